//! Where cells are, as people write it: `B3:F20`.

pub const ROWS: u32 = 1_048_576;
pub const COLUMNS: u32 = 16_384;

/// Cells from one corner to the other, both in it; counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    pub rows: (u32, u32),
    pub columns: (u32, u32),
}

impl Area {
    pub const ALL: Self = Self { rows: (0, ROWS - 1), columns: (0, COLUMNS - 1) };

    /// `B3:F20`, or whole columns `B:F`, or whole rows `3:20`.
    pub fn read(text: &str) -> Option<Self> {
        let (from, to) = text.trim().split_once(':').unwrap_or((text, text));
        let (from, to) = (corner(from)?, corner(to)?);
        let side = |from: Option<u32>, to: Option<u32>, most: u32| match (from, to) {
            (Some(from), Some(to)) if from <= to && to < most => Some((from, to)),
            (None, None) => Some((0, most - 1)),
            _ => None,
        };
        if from == (None, None) {
            return None;
        }
        Some(Self { columns: side(from.0, to.0, COLUMNS)?, rows: side(from.1, to.1, ROWS)? })
    }

    pub fn has(&self, row: u32, column: u32) -> bool {
        (self.rows.0..=self.rows.1).contains(&row) && (self.columns.0..=self.columns.1).contains(&column)
    }
}

fn corner(text: &str) -> Option<(Option<u32>, Option<u32>)> {
    let text = text.trim().replace('$', "");
    let split = text.find(|letter: char| letter.is_ascii_digit()).unwrap_or(text.len());
    let (letters, digits) = text.split_at(split);
    if letters.len() > 3 || !letters.bytes().all(|letter| letter.is_ascii_alphabetic()) {
        return None;
    }
    let column = letters
        .bytes()
        .fold(0, |column, letter| column * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1);
    let row = match digits {
        "" => None,
        digits => Some(digits.parse::<u32>().ok()?.checked_sub(1)?),
    };
    Some((column.checked_sub(1), row))
}

/// `AB` for 27.
pub fn letters(column: u32) -> String {
    let mut left = column + 1;
    let mut letters = Vec::new();
    while left > 0 {
        left -= 1;
        letters.push(char::from(b'A' + u8::try_from(left % 26).unwrap_or_default()));
        left /= 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_as_a_spreadsheet_writes_it() {
        let area = |columns, rows| Some(Area { rows, columns });
        assert_eq!(Area::read("B3:F20"), area((1, 5), (2, 19)));
        assert_eq!(Area::read(" $b$3 : $f$20 "), area((1, 5), (2, 19)));
        assert_eq!(Area::read("B:C"), area((1, 2), (0, ROWS - 1)));
        assert_eq!(Area::read("3:4"), area((0, COLUMNS - 1), (2, 3)));
        assert_eq!(Area::read("AB7"), area((27, 27), (6, 6)));
        for wrong in ["", ":", "F20:B3", "B3:F", "A0", "ABCD1", "A1:XFE1", "ก1", "A99999999999"] {
            assert_eq!(Area::read(wrong), None, "{wrong}");
        }
        assert_eq!(
            [letters(0), letters(25), letters(26), letters(701), letters(702)],
            ["A", "Z", "AA", "ZZ", "AAA"]
        );
    }
}
