//! What bytes are, by how they begin.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// Files that are told of in one value.
pub const FILES_MAX: usize = 3;
/// Values that are looked at to find them.
const VALUES_MAX: usize = 5_000;
/// How much of a file is looked into.
const HEAD_BYTES: usize = 3_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A picture that browsers draw, by its media type.
    Picture(&'static str),
    /// Its beginning, where it is text.
    Text(String),
    /// Something with a name of its own, such as PDF.
    Named(&'static str),
    Unknown,
}

/// A file among data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// JSON pointer.
    pub at: String,
    pub base64: String,
}

/// The files in a value: each is an object with nothing but `base64`, as the server writes bytes that are no text.
pub fn files(value: &Value) -> Vec<File> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), value)];
    let mut left = VALUES_MAX;
    while let Some((at, value)) = open.pop() {
        if left == 0 || found.len() == FILES_MAX {
            break;
        }
        left -= 1;
        match value {
            Value::Object(fields) => match fields.get("base64").and_then(Value::as_str) {
                Some(base64) if fields.len() == 1 => {
                    found.push(File { at, base64: base64.to_owned() });
                }
                _ => open.extend(
                    fields
                        .iter()
                        .rev()
                        .map(|(name, field)| (crate::json_tree::rows::pointer(&at, name), field)),
                ),
            },
            Value::Array(items) => {
                open.extend(
                    items.iter().enumerate().take(left).rev().map(|(index, item)| {
                        (crate::json_tree::rows::pointer(&at, &index.to_string()), item)
                    }),
                )
            }
            _ => {}
        }
    }
    found
}

/// Bytes of what is written so.
pub fn size(base64: &str) -> usize {
    let filled = base64.bytes().rev().take_while(|byte| *byte == b'=').count().min(2);
    (base64.len() / 4 * 3).saturating_sub(filled)
}

/// What it is; `Unknown` also of what is no base64.
pub fn kind(base64: &str) -> Kind {
    // Four letters are three bytes.
    let head = base64.get(..base64.len().min(HEAD_BYTES / 3 * 4)).unwrap_or_default();
    let whole = head.len() == base64.len();
    STANDARD.decode(head).map_or(Kind::Unknown, |head| kind_of(&head, whole))
}

fn kind_of(head: &[u8], whole: bool) -> Kind {
    const BEGINNINGS: [(&[u8], Kind); 8] = [
        (b"\x89PNG\r\n\x1a\n", Kind::Picture("image/png")),
        (b"\xff\xd8\xff", Kind::Picture("image/jpeg")),
        (b"GIF8", Kind::Picture("image/gif")),
        (b"%PDF-", Kind::Named("PDF")),
        // Spreadsheets and documents of an office, too.
        (b"PK\x03\x04", Kind::Named("ZIP")),
        (b"\x1f\x8b", Kind::Named("GZIP")),
        (b"\xd0\xcf\x11\xe0", Kind::Named("Office")),
        (b"SQLite format 3", Kind::Named("SQLite")),
    ];
    if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        return Kind::Picture("image/webp");
    }
    if let Some((_, kind)) = BEGINNINGS.iter().find(|(begins, _)| head.starts_with(begins)) {
        return kind.clone();
    }
    text(head, whole).map_or(Kind::Unknown, Kind::Text)
}

/// UTF-8, or the Thai of older systems (TIS-620).
fn text(head: &[u8], whole: bool) -> Option<String> {
    let is_plain = |text: &str| !text.chars().any(|letter| letter.is_control() && !letter.is_whitespace());
    match std::str::from_utf8(head) {
        Ok(text) => Some(text.to_owned()).filter(|text| !text.is_empty() && is_plain(text)),
        // Cut within a letter.
        Err(error) if !whole && error.error_len().is_none() => {
            let (text, _) = head.split_at(error.valid_up_to());
            std::str::from_utf8(text).ok().filter(|text| is_plain(text)).map(str::to_owned)
        }
        Err(_) => head.iter().map(|byte| thai_letter(*byte)).collect(),
    }
}

fn thai_letter(byte: u8) -> Option<char> {
    match byte {
        b'\t' | b'\n' | b'\r' | 0x20..=0x7e => Some(char::from(byte)),
        0xa1..=0xda | 0xdf..=0xfb => char::from_u32(0x0e00 + u32::from(byte) - 0xa0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(bytes: &[u8]) -> Kind {
        kind(&STANDARD.encode(bytes))
    }

    #[test]
    fn a_file_is_known_by_how_it_begins() {
        assert_eq!(of(b"\x89PNG\r\n\x1a\n\0\0"), Kind::Picture("image/png"));
        assert_eq!(of(b"RIFF\x10\0\0\0WEBPVP8 "), Kind::Picture("image/webp"));
        assert_eq!(of(b"%PDF-1.7\n\xe2\xe3"), Kind::Named("PDF"));
        assert_eq!(of(b"\0\x01\x02"), Kind::Unknown);
        assert_eq!(kind("no base64!"), Kind::Unknown);
        assert_eq!(kind(""), Kind::Unknown);
    }

    #[test]
    fn a_text_is_read_also_in_the_thai_of_older_systems_and_where_it_is_cut() {
        assert_eq!(of("sku;ชื่อ\nTEA;ชา".as_bytes()), Kind::Text("sku;ชื่อ\nTEA;ชา".into()));
        assert_eq!(of(b"TEA;\xaa\xd2"), Kind::Text("TEA;ชา".into()));
        let long = "ก".repeat(HEAD_BYTES);
        assert!(
            matches!(of(long.as_bytes()), Kind::Text(text) if !text.is_empty() && long.starts_with(&text))
        );
        let cut = format!("a{long}");
        assert!(matches!(of(cut.as_bytes()), Kind::Text(text) if cut.starts_with(&text)));
    }

    #[test]
    fn files_are_found_wherever_they_are_and_only_so_many() {
        let file = |text: &str| json!({ "base64": STANDARD.encode(text) });
        let value =
            json!({ "body": { "list": [1, file("one")], "note": { "base64": "x", "name": "no file" } } });
        let found = files(&value);
        assert_eq!(found, [File { at: "/body/list/1".into(), base64: "b25l".into() }]);
        assert_eq!(files(&file("whole"))[0].at, "");
        assert_eq!(files(&json!([file("1"), file("2"), file("3"), file("4")])).len(), FILES_MAX);
    }

    #[test]
    fn the_size_is_that_of_the_bytes() {
        for length in 0..7 {
            assert_eq!(size(&STANDARD.encode(vec![0; length])), length);
        }
        assert_eq!(size("="), 0);
    }
}
