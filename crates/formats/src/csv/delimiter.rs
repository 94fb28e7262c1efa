//! What stands between the fields, and between people who choose a format and those who have to read it.

use super::parse::Records;
use serde::Deserialize;

/// In the order in which they are believed where several fit.
const CANDIDATES: [Delimiter; 4] = [Delimiter::Tab, Delimiter::Semicolon, Delimiter::Comma, Delimiter::Pipe];
const LOOKED_AT: usize = 20;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delimiter {
    #[default]
    Comma,
    Semicolon,
    Tab,
    Pipe,
}

impl Delimiter {
    pub fn letter(self) -> char {
        match self {
            Self::Comma => ',',
            Self::Semicolon => ';',
            Self::Tab => '\t',
            Self::Pipe => '|',
        }
    }

    /// That of a text: the one by which the first lines have most fields, and equally many.
    pub fn of(text: &str, skip: usize, quote: Option<char>) -> Self {
        let mut best = (0, Self::Comma);
        for candidate in CANDIDATES {
            let records = Records::new(text, candidate.letter(), quote).skip_lines(skip).take(LOOKED_AT);
            let counts: Vec<usize> =
                records.map_while(Result::ok).map(|record| record.fields.len()).collect();
            let first = counts.first().copied().unwrap_or_default();
            let same = counts.iter().filter(|count| **count == first).count();
            let score = same * first.saturating_sub(1);
            if score > best.0 {
                best = (score, candidate);
            }
        }
        best.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_the_one_that_gives_every_line_the_same_fields() {
        for (text, wanted) in [
            ("sku,qty\nTEA-01,2\n", Delimiter::Comma),
            ("sku;ราคา\nTEA;1,50\nTEA;2,50\n", Delimiter::Semicolon),
            ("sku\tชื่อ\nTEA\tชา, อู่หลง\n", Delimiter::Tab),
            ("a|b|c\n1|2|3,4\n", Delimiter::Pipe),
            ("\"a;b\",c\n\"d;e;f\",g\n", Delimiter::Comma),
            ("only\none\n", Delimiter::Comma),
            ("", Delimiter::Comma),
        ] {
            assert_eq!(Delimiter::of(text, 0, Some('"')), wanted, "{text:?}");
        }
    }
}
