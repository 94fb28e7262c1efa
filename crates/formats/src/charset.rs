//! The bytes of letters: UTF-8, what Thai Windows calls ANSI, UTF-16.

use crate::failure;
use connector::{Error, File};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_874};
use model::Field;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Characters of windows-874 below its Thai block; what lies between them means nothing.
const WINDOWS_ONLY: [(char, u8); 10] = [
    ('€', 0x80),
    ('…', 0x85),
    ('‘', 0x91),
    ('’', 0x92),
    ('“', 0x93),
    ('”', 0x94),
    ('•', 0x95),
    ('–', 0x96),
    ('—', 0x97),
    ('\u{a0}', 0xa0),
];

/// How a file that is read is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    #[default]
    Auto,
    #[serde(rename = "utf_8")]
    Utf8,
    #[serde(rename = "tis_620")]
    Tis620,
    #[serde(rename = "utf_16")]
    Utf16,
}

/// How a file is to be written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Charset {
    #[default]
    #[serde(rename = "utf_8")]
    Utf8,
    #[serde(rename = "utf_8_bom")]
    Utf8Bom,
    #[serde(rename = "tis_620")]
    Tis620,
    #[serde(rename = "utf_16")]
    Utf16,
}

pub fn source_field() -> Field {
    Field::choice(
        "charset",
        &[
            ("auto", "Found by itself", "ตรวจหาเอง"),
            ("utf_8", "UTF-8", "UTF-8"),
            ("tis_620", "TIS-620 / windows-874 (Thai ANSI)", "TIS-620 / windows-874 (ANSI ไทย)"),
            ("utf_16", "UTF-16 (Unicode text of Excel)", "UTF-16 (Unicode text ของ Excel)"),
        ],
        "Charset",
        "รหัสอักขระ",
    )
    .about(
        "How letters are written in the file. Found by itself: a byte order mark, else UTF-8 where the file is that, else TIS-620.",
        "รหัสอักขระของไฟล์ หากให้ตรวจหาเองจะดู byte order mark ก่อน ถ้าไม่มีและเป็น UTF-8 ที่ถูกต้องจะใช้ UTF-8 มิฉะนั้นใช้ TIS-620",
    )
    .default("auto")
    .example("auto")
    .advanced()
}

pub fn target_field() -> Field {
    Field::choice(
        "charset",
        &[
            ("utf_8", "UTF-8", "UTF-8"),
            ("utf_8_bom", "UTF-8 with BOM (Excel shows Thai right)", "UTF-8 มี BOM (Excel แสดงภาษาไทยถูกต้อง)"),
            ("tis_620", "TIS-620 / windows-874 (Thai ANSI)", "TIS-620 / windows-874 (ANSI ไทย)"),
            ("utf_16", "UTF-16 with BOM", "UTF-16 มี BOM"),
        ],
        "Charset",
        "รหัสอักขระ",
    )
    .about(
        "How letters are written. Older Thai programs, banks and government offices take TIS-620; people who open the file in Excel need the BOM.",
        "รหัสอักขระที่ใช้เขียน โปรแกรมไทยรุ่นเก่า ธนาคาร และหน่วยราชการใช้ TIS-620 หากจะเปิดด้วย Excel ต้องมี BOM",
    )
    .default("utf_8")
    .example("utf_8")
    .advanced()
}

/// The text of a file, and what it turned out to be written in.
pub fn read(file: &File, source: Source) -> Result<(Cow<'_, str>, &'static str), Error> {
    let bytes = &*file.bytes;
    let (encoding, skip) = match source {
        Source::Auto => found(bytes),
        Source::Utf8 => (UTF_8, if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 }),
        Source::Tis620 => (WINDOWS_874, 0),
        Source::Utf16 => match bytes {
            [0xfe, 0xff, ..] => (UTF_16BE, 2),
            [0xff, 0xfe, ..] => (UTF_16LE, 2),
            _ => (UTF_16LE, 0),
        },
    };
    decode(file, encoding, skip).map(|text| (text, word(encoding)))
}

/// The text in an encoding that the file itself names.
pub fn read_as<'f>(file: &'f File, label: &str) -> Result<Cow<'f, str>, Error> {
    let (found, skip) = found(&file.bytes);
    let named = Encoding::for_label(label.as_bytes())
        .ok_or_else(|| failure::unreadable(file, format!("its charset \"{label}\" is not known")))?;
    // A byte order mark is right where the words beside it are wrong, and no ASCII words name what is not ASCII.
    let encoding = if skip > 0 || matches!(named.name(), "UTF-16LE" | "UTF-16BE") { found } else { named };
    decode(file, encoding, skip)
}

fn found(bytes: &[u8]) -> (&'static Encoding, usize) {
    match Encoding::for_bom(bytes) {
        Some((encoding, length)) => (encoding, length),
        None if std::str::from_utf8(bytes).is_ok() => (UTF_8, 0),
        None => (WINDOWS_874, 0),
    }
}

fn decode<'f>(file: &'f File, encoding: &'static Encoding, skip: usize) -> Result<Cow<'f, str>, Error> {
    let bytes = &file.bytes[skip..];
    encoding.decode_without_bom_handling_and_without_replacement(bytes).ok_or_else(|| {
        let what = format!("it has bytes that {} does not know", spoken(encoding));
        failure::unreadable(file, what)
    })
}

fn word(encoding: &'static Encoding) -> &'static str {
    match encoding.name() {
        "UTF-8" => "utf_8",
        "windows-874" => "tis_620",
        _ => "utf_16",
    }
}

pub fn spoken(encoding: &'static Encoding) -> &'static str {
    match encoding.name() {
        "windows-874" => "TIS-620",
        name => name,
    }
}

/// The byte of a character in windows-874, of which TIS-620 is the Thai part.
pub fn tis_620(letter: char) -> Option<u8> {
    match letter as u32 {
        code @ 0..0x80 => u8::try_from(code).ok(),
        code @ (0xe01..=0xe3a | 0xe3f..=0xe5b) => u8::try_from(code - 0xe00 + 0xa0).ok(),
        _ => WINDOWS_ONLY.iter().find(|(known, _)| *known == letter).map(|(_, byte)| *byte),
    }
}

/// The bytes of a text.
pub fn write(text: &str, charset: Charset) -> Result<Vec<u8>, Error> {
    match charset {
        Charset::Utf8 => Ok(text.as_bytes().to_vec()),
        Charset::Utf8Bom => Ok([b"\xef\xbb\xbf", text.as_bytes()].concat()),
        Charset::Utf16 => {
            let units = std::iter::once(0xfeff).chain(text.encode_utf16());
            Ok(units.flat_map(u16::to_le_bytes).collect())
        }
        Charset::Tis620 => {
            text.chars().map(|letter| tis_620(letter).ok_or_else(|| unknown(text, letter))).collect()
        }
    }
}

fn unknown(text: &str, letter: char) -> Error {
    let before = text.split(letter).next().unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    failure::input(
        format!("TIS-620 has no character \"{letter}\", which is in line {line}"),
        "Take the character out before this step, or choose UTF-8.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(bytes: &[u8]) -> File {
        File::new("a.txt", "text/plain", bytes.to_vec())
    }

    #[test]
    fn thai_goes_and_comes_in_every_charset() {
        let text = "ก๊วยเตี๋ยวน้ำตกใส่ไข่ ฿50 – “ฎีกา” ๑๒๓";
        for (charset, word) in [
            (Charset::Utf8, "utf_8"),
            (Charset::Utf8Bom, "utf_8"),
            (Charset::Tis620, "tis_620"),
            (Charset::Utf16, "utf_16"),
        ] {
            let file = file(&write(text, charset).unwrap());
            let (found, told) = read(&file, Source::Auto).unwrap();
            assert_eq!((&*found, told), (text, word));
        }
    }

    #[test]
    fn every_byte_of_windows_874_is_the_character_that_others_say() {
        for byte in 0..=255_u8 {
            let bytes = [byte];
            let theirs = WINDOWS_874.decode_without_bom_handling_and_without_replacement(&bytes);
            let letter = theirs.and_then(|text| text.chars().next());
            if let Some(letter) = letter.filter(|letter| !('\u{80}'..'\u{a0}').contains(letter)) {
                assert_eq!(tis_620(letter), Some(byte), "{letter:?}");
            }
        }
    }

    #[test]
    fn what_a_charset_does_not_have_is_named_with_its_line() {
        let error = write("ก\nข🙂", Charset::Tis620).unwrap_err();
        assert_eq!(error.to_string(), "TIS-620 has no character \"🙂\", which is in line 2");
        let error = read(&file(&[0xa1, 0xff, 0xdb]), Source::Auto).unwrap_err();
        assert!(error.to_string().contains("TIS-620"), "{error}");
        assert!(read(&file(b"\xff\xfe\x00"), Source::Utf8).is_err());
    }

    #[test]
    fn a_byte_order_mark_is_believed_before_what_the_file_says_of_itself() {
        let bom = file(&write("ก", Charset::Utf8Bom).unwrap());
        assert_eq!(&*read_as(&bom, "windows-874").unwrap(), "ก");
        let ansi = file(&[0xa1]);
        assert_eq!(&*read_as(&ansi, "TIS-620").unwrap(), "ก");
        assert!(read_as(&ansi, "klingon").is_err());
    }
}
