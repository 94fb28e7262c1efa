//! What files in an archive are called.

use encoding_rs::{IBM866, WINDOWS_874};
use std::borrow::Cow;

const PARTS_MAX: usize = 20;
const CHARS_MAX: usize = 200;

/// A name as it was meant. Windows in Thai writes names in its own charset, and says nothing of it.
pub fn decoded(raw: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(raw) {
        Ok(name) => Cow::Borrowed(name),
        Err(_) => {
            let thai = WINDOWS_874.decode_without_bom_handling_and_without_replacement(raw);
            thai.unwrap_or_else(|| IBM866.decode_without_bom_handling(raw).0)
        }
    }
}

/// The folder and the name, where the way stays inside of the archive: `2026/พ.ย.` and `a.csv`.
pub fn split(path: &str) -> Option<(String, String)> {
    let path = path.replace('\\', "/");
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let (name, folders) = parts.split_last()?;
    let fine = |part: &&str| {
        !part.is_empty()
            && *part != ".."
            && !part.chars().any(char::is_control)
            && part.chars().count() <= CHARS_MAX
    };
    let has_drive = parts[0].len() == 2 && parts[0].ends_with(':');
    let inside = !path.starts_with('/') && !has_drive && parts.len() <= PARTS_MAX && parts.iter().all(fine);
    inside.then(|| (folders.join("/"), name.trim().to_owned())).filter(|(_, name)| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_that_leads_out_is_none() {
        let told = |folder: &str, name: &str| Some((folder.to_owned(), name.to_owned()));
        assert_eq!(split("a.csv"), told("", "a.csv"));
        assert_eq!(split("2026/พฤศจิกายน/ใบแจ้งหนี้.pdf"), told("2026/พฤศจิกายน", "ใบแจ้งหนี้.pdf"));
        assert_eq!(split("2026\\a.csv"), told("2026", "a.csv"));
        for wrong in ["/etc/passwd", "../a", "a/../../b", "C:\\a", "c:/a", "", "..", "a\n", "..\\a"] {
            assert_eq!(split(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn names_of_a_thai_windows_are_thai() {
        assert_eq!(decoded("ชา.csv".as_bytes()), "ชา.csv");
        assert_eq!(decoded(&[0xaa, 0xd2, b'.', b'c', b's', b'v']), "ชา.csv");
        assert!(!decoded(&[0xff, 0xfe, b'a']).is_empty());
    }
}
