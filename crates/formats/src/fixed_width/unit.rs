//! What a place is counted in.

use crate::charset;
use model::Field;
use serde::Deserialize;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A vowel above and a tone mark count as much as a consonant: each is a byte of TIS-620.
    #[default]
    Bytes,
    /// What stands above or below another letter counts nothing.
    Letters,
}

pub fn field() -> Field {
    Field::choice(
        "unit",
        &[
            ("bytes", "By byte of TIS-620", "ตามไบต์ของ TIS-620"),
            ("letters", "By letter as seen", "ตามตัวอักษรที่เห็น"),
        ],
        "Widths count",
        "นับความกว้าง",
    )
    .about(
        "By byte, every vowel and tone mark counts: banks and government offices count so. By letter, what stands above or below a consonant counts nothing, and columns are straight on paper.",
        "ตามไบต์จะนับสระและวรรณยุกต์ทุกตัว เป็นแบบที่ธนาคารและหน่วยราชการใช้ ตามตัวอักษรจะไม่นับสระและวรรณยุกต์ที่อยู่บนหรือล่าง คอลัมน์จึงตรงกันเมื่อพิมพ์",
    )
    .default("bytes")
    .example("bytes")
}

impl Unit {
    /// How many places a character takes; nothing where it has no byte in TIS-620.
    pub fn of(self, letter: char) -> Option<usize> {
        match self {
            Self::Bytes => charset::tis_620(letter).map(|_| 1),
            Self::Letters => Some(usize::from(!is_mark(letter))),
        }
    }

    /// How many places a text takes; else the character that has none.
    pub fn width(self, text: &str) -> Result<usize, char> {
        text.chars().try_fold(0, |width, letter| self.of(letter).map(|one| width + one).ok_or(letter))
    }
}

/// Whether a character stands above or below the one before it.
pub fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}' | '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200d}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thai_word_is_shorter_to_the_eye_than_in_bytes() {
        assert_eq!((Unit::Bytes.width("ที่นี่"), Unit::Letters.width("ที่นี่")), (Ok(6), Ok(2)));
        assert_eq!((Unit::Bytes.width("น้ำ"), Unit::Letters.width("น้ำ")), (Ok(3), Ok(2)));
        assert_eq!((Unit::Bytes.width("🙂"), Unit::Letters.width("🙂")), (Err('🙂'), Ok(1)));
    }
}
