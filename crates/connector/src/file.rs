//! A file on its way through a flow: whole, small, and with its bytes as they were.
//!
//! `{"name": "orders.csv", "content_type": "text/csv", "bytes": 6, "base64": "c2t1LHF0eQ=="}`; whoever makes one may write
//! `text` in the place of `base64`. Mail, file servers, object stores and the formats all speak of files like this, so that
//! what one brings goes into the other as it is.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use model::{Field, FieldKind};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::json;

/// The largest file that goes through a flow.
pub const BYTES_MAX: usize = 10 << 20;
/// What is said of a file whose type nobody knows.
pub const ANY_TYPE: &str = "application/octet-stream";
const NAME_CHARS_MAX: usize = 200;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// What it is called, without a folder.
    pub name: String,
    pub content_type: String,
    pub bytes: Bytes,
}

impl File {
    pub fn new(name: &str, content_type: &str, bytes: impl Into<Bytes>) -> Self {
        Self { name: name.to_owned(), content_type: content_type.to_owned(), bytes: bytes.into() }
    }

    /// Its bytes as text, where they are UTF-8; a byte order mark is no part of it.
    pub fn text(&self) -> Option<&str> {
        let text = std::str::from_utf8(&self.bytes).ok()?;
        Some(text.strip_prefix('\u{feff}').unwrap_or(text))
    }
}

/// The type of a file by the ending of its name.
pub fn type_of(name: &str) -> &'static str {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    match ending.as_deref() {
        Some("csv") => "text/csv",
        Some("tsv" | "tab") => "text/tab-separated-values",
        Some("txt" | "dat" | "prn") => "text/plain",
        Some("json") => "application/json",
        Some("jsonl" | "ndjson") => "application/x-ndjson",
        Some("xml") => "application/xml",
        Some("pdf") => "application/pdf",
        Some("zip") => "application/zip",
        Some("xls") => "application/vnd.ms-excel",
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        _ => ANY_TYPE,
    }
}

/// A field that takes a file.
pub fn field(name: &str) -> Field {
    Field::new(name, FieldKind::Json, "File", "ไฟล์")
        .about(
            "A file of the step before, as it is: ${input.file}; a mail's attachment: ${input.attachments[0]}. Or made here of name, content_type, and \
             text or base64. 10 MB at most.",
            "ไฟล์จากขั้นตอนก่อนหน้า เขียนว่า ${input.file} หากเป็นไฟล์แนบของอีเมล เขียนว่า ${input.attachments[0]} หรือสร้างที่นี่จาก name, content_type และ \
             text หรือ base64 ไม่เกิน 10 MB",
        )
        .example(json!({"name": "orders.csv", "content_type": "text/csv", "text": "sku,qty\nTEA-01,2\n"}))
}

impl Serialize for File {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        json!({
            "name": self.name,
            "content_type": self.content_type,
            "bytes": self.bytes.len(),
            "base64": STANDARD.encode(&self.bytes),
        })
        .serialize(to)
    }
}

#[derive(Deserialize)]
struct Written {
    name: String,
    #[serde(default)]
    content_type: Option<String>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    base64: Option<String>,
}

impl<'de> Deserialize<'de> for File {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let written = Written::deserialize(from)?;
        let wrong = |what: &str| de::Error::custom(format!("the file \"{}\" {what}", written.name));
        let name = written.name.trim();
        if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
            return Err(wrong("needs a name of at most 200 characters"));
        }
        if name.contains(['/', '\\']) || matches!(name, "." | "..") {
            return Err(wrong("has a name with a folder in it; the folder is a field of its own"));
        }
        let bytes = match (&written.text, &written.base64) {
            (Some(text), None) => Bytes::copy_from_slice(text.as_bytes()),
            (None, Some(base64)) => {
                STANDARD.decode(base64.trim()).map_err(|_| wrong("is not written in base64"))?.into()
            }
            _ => return Err(wrong("needs its content: either text or base64")),
        };
        if bytes.len() > BYTES_MAX {
            return Err(wrong("is larger than 10 MB"));
        }
        let given = written.content_type.as_deref().map(str::trim).filter(|given| !given.is_empty());
        Ok(Self {
            name: name.to_owned(),
            content_type: given.unwrap_or_else(|| type_of(name)).to_owned(),
            bytes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn read(value: Value) -> Result<File, String> {
        serde_json::from_value(value).map_err(|error| error.to_string())
    }

    #[test]
    fn a_file_comes_back_as_it_went() {
        let file = File::new("ใบแจ้งหนี้.pdf", "application/pdf", vec![0x25, 0x50, 0xff, 0x00]);
        let written = serde_json::to_value(&file).unwrap();
        assert_eq!(written["bytes"], 4);
        assert_eq!(read(written).unwrap(), file);
    }

    #[test]
    fn a_script_may_write_text_and_leave_the_type_to_the_name() {
        let file = read(json!({"name": " a.CSV ", "text": "\u{feff}sku\nTEA"})).unwrap();
        assert_eq!((file.name.as_str(), file.content_type.as_str()), ("a.CSV", "text/csv"));
        assert_eq!(file.text(), Some("sku\nTEA"));
    }

    #[test]
    fn what_is_no_file_is_told_with_its_name() {
        for (value, says) in [
            (json!({"name": "a.csv"}), "either text or base64"),
            (json!({"name": "a.csv", "text": "", "base64": ""}), "either text or base64"),
            (json!({"name": "a.csv", "base64": "%%"}), "not written in base64"),
            (json!({"name": "../a.csv", "text": ""}), "folder"),
            (json!({"name": "..", "text": ""}), "folder"),
            (json!({"name": "a\n.csv", "text": ""}), "name of at most 200"),
            (json!({"name": "  ", "text": ""}), "name of at most 200"),
            (json!({"name": "a.csv", "text": "x".repeat(BYTES_MAX + 1)}), "larger than 10 MB"),
        ] {
            assert!(read(value).unwrap_err().contains(says), "{says}");
        }
    }
}
