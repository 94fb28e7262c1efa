//! Texts in files, in the characters that systems in Thailand write them in.

use crate::failure;
use connector::Error;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_874};
use model::Field;
use serde::Deserialize;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Charset {
    #[default]
    #[serde(rename = "none")]
    None,
    #[serde(rename = "utf-8")]
    Utf8,
    /// Windows-874 is the same with a few signs more.
    #[serde(rename = "tis-620")]
    Tis620,
    #[serde(rename = "utf-16")]
    Utf16,
}

const OPTIONS: [(&str, &str, &str); 3] = [
    ("utf-8", "UTF-8", "UTF-8"),
    ("tis-620", "TIS-620 (Windows-874)", "TIS-620 (Windows-874)"),
    ("utf-16", "UTF-16", "UTF-16"),
];

fn options(
    none: (&'static str, &'static str, &'static str),
) -> Vec<(&'static str, &'static str, &'static str)> {
    std::iter::once(none).chain(OPTIONS).collect()
}

/// The field of operations that read.
pub fn read_field() -> Field {
    Field::choice("text", &options(("none", "No", "ไม่อ่าน")), "Read as text", "อ่านเป็นข้อความ")
        .about(
            "Gives the content as a text, too, written in these characters. Files of older Thai programs are in TIS-620.",
            "ให้เนื้อหาเป็นข้อความด้วย โดยอ่านตามรหัสอักขระนี้ ไฟล์จากโปรแกรมไทยรุ่นเก่ามักเป็น TIS-620",
        )
        .default("none")
        .example("tis-620")
}

/// The field of the operation that writes.
pub fn write_field() -> Field {
    Field::choice("charset", &options(("none", "As it is", "ตามเดิม")), "Characters", "รหัสอักขระ")
        .about(
            "Writes a file that is a text in UTF-8 in other characters, as older Thai programs want it.",
            "เขียนไฟล์ข้อความ UTF-8 ด้วยรหัสอักขระอื่น ตามที่โปรแกรมไทยรุ่นเก่าต้องการ",
        )
        .default("none")
        .example("tis-620")
        .advanced()
}

impl Charset {
    pub fn of(text: Option<&str>) -> Self {
        match text {
            Some("utf-8") => Self::Utf8,
            Some("tis-620") => Self::Tis620,
            Some("utf-16") => Self::Utf16,
            _ => Self::None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::None => "no text",
            Self::Utf8 => "UTF-8",
            Self::Tis620 => "TIS-620",
            Self::Utf16 => "UTF-16",
        }
    }

    /// The text in a file; a byte order mark is no part of it.
    pub fn read(self, bytes: &[u8]) -> Result<String, Error> {
        let encoding: &'static Encoding = match self {
            Self::None | Self::Utf8 => UTF_8,
            Self::Tis620 => WINDOWS_874,
            Self::Utf16 if bytes.starts_with(&[0xfe, 0xff]) => UTF_16BE,
            Self::Utf16 => UTF_16LE,
        };
        let (text, wrong) = encoding.decode_with_bom_removal(bytes);
        match wrong {
            true => Err(failure::refused(
                format!("the file is not written in {}", self.name()),
                "Choose the characters that the file is written in.",
            )),
            false => Ok(text.into_owned()),
        }
    }

    /// A text of UTF-8 in these characters.
    pub fn write(self, text: &str) -> Result<Vec<u8>, Error> {
        match self {
            Self::None | Self::Utf8 => Ok(text.as_bytes().to_vec()),
            Self::Utf16 => {
                Ok(std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect())
            }
            Self::Tis620 => {
                let (bytes, _, wrong) = WINDOWS_874.encode(text);
                match wrong {
                    true => Err(failure::input(
                        "the text holds a letter that TIS-620 does not know, such as a smiley",
                        "Remove it, or write the file in UTF-8.",
                    )),
                    false => Ok(bytes.into_owned()),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thai_comes_back_in_each_of_the_characters() {
        let text = "สวัสดี,ราคา 10.50 บาท\r\n";
        for charset in [Charset::Utf8, Charset::Tis620, Charset::Utf16] {
            let bytes = charset.write(text).expect("written");
            assert_eq!(charset.read(&bytes).as_deref(), Ok(text), "{charset:?}");
        }
        assert_eq!(Charset::Tis620.read(b"\xca\xc7\xd1\xca\xb4\xd5").as_deref(), Ok("สวัสดี"));
        assert_eq!(Charset::Utf8.read(b"\xef\xbb\xbfsku").as_deref(), Ok("sku"));
        assert_eq!(Charset::Utf16.read(b"\xfe\xff\x0e\x01").as_deref(), Ok("ก"));
    }

    #[test]
    fn what_is_not_in_them_is_said() {
        assert_eq!(Charset::Utf8.read(b"\xca\xc7\xd1").map_err(|error| error.code()), Err("E0308"));
        assert_eq!(Charset::Tis620.write("😀").map_err(|error| error.code()), Err("E0301"));
    }
}
