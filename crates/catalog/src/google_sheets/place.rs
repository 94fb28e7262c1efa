//! Places in a sheet, as Google writes them.

use connector::Error;

/// As many columns as a sheet may have.
#[cfg(test)]
const COLUMNS_MAX: usize = 18_278;
/// No sheet has as many: ten million cells is all that Google takes.
pub const ROW_MAX: u64 = 10_000_000;

/// The letters of a column, counted from 0.
pub fn letters(column: usize) -> String {
    let (mut letters, mut left) = (Vec::new(), column + 1);
    while left > 0 {
        let digit = (left - 1) % 26;
        letters.push(b'A' + u8::try_from(digit).unwrap_or_default());
        left = (left - 1) / 26;
    }
    letters.reverse();
    String::from_utf8(letters).unwrap_or_default()
}

/// The number of a column by its letters, counted from 0.
fn number(letters: &str) -> Option<usize> {
    let valid =
        (1..=3).contains(&letters.len()) && letters.bytes().all(|letter| letter.is_ascii_alphabetic());
    let value = |sum: usize, letter: u8| sum * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1;
    valid.then(|| letters.bytes().fold(0, value) - 1)
}

/// Some columns next to one another; all of a sheet's where none are named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    bounds: Option<(usize, usize)>,
}

impl Columns {
    /// Reads `A:F`, or `C` for one alone.
    pub fn read(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Self::default());
        }
        let (first, last) = text.split_once(':').unwrap_or((text, text));
        let bounds = number(first.trim()).zip(number(last.trim())).filter(|(first, last)| first <= last);
        bounds.map(|bounds| Self { bounds: Some(bounds) }).ok_or_else(|| Error::Input {
            message: format!("\"{}\" are no columns", connector::http::shorten(text)),
            advice: "Write the first and the last column's letters, such as A:F.".into(),
        })
    }

    /// The first of them, counted from 0.
    pub fn first(self) -> usize {
        self.bounds.map_or(0, |(first, _)| first)
    }
}

/// Rows of some columns, from the first to the last one; to the end of the sheet where no last one is named.
#[derive(Clone, Copy, Debug)]
pub struct Block<'s> {
    pub sheet: &'s str,
    pub columns: Columns,
    pub first: u64,
    pub last: Option<u64>,
}

impl<'s> Block<'s> {
    pub fn new(sheet: &'s str, columns: Columns, first: u64, count: u64) -> Self {
        Self { sheet, columns, first, last: Some(first.saturating_add(count).saturating_sub(1)) }
    }

    /// One column, counted from 0, to its end.
    pub fn down(sheet: &'s str, column: usize, first: u64) -> Self {
        Self { sheet, columns: Columns { bounds: Some((column, column)) }, first, last: None }
    }

    /// As Google writes it.
    pub fn written(&self) -> String {
        let Self { first, last, .. } = self;
        let last = last.map(|row| row.to_string()).unwrap_or_default();
        let (left, right) = match self.columns.bounds {
            None => (String::new(), String::new()),
            Some((left, right)) => (letters(left), letters(right)),
        };
        format!("{}!{left}{first}:{right}{last}", quoted(self.sheet))
    }
}

/// So many cells of a row.
pub fn across(sheet: &str, column: usize, count: usize, row: u64) -> String {
    let last = letters(column + count.max(1) - 1);
    format!("{}!{}{row}:{last}{row}", quoted(sheet), letters(column))
}

/// A sheet's name, whatever letters are in it.
pub fn quoted(sheet: &str) -> String {
    format!("'{}'", sheet.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_as_google_letters_them() {
        for (column, written) in
            [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")]
        {
            assert_eq!(letters(column), written);
            assert_eq!(number(written), Some(column));
        }
        assert_eq!(number("aa"), Some(26));
        assert_eq!((number(""), number("A1"), number("ก")), (None, None, None));
        assert_eq!(letters(COLUMNS_MAX - 1), "ZZZ");
    }

    #[test]
    fn a_name_with_quotes_stays_one_name() {
        assert_eq!(Block::new("Jan's", Columns::default(), 2, 500).written(), "'Jan''s'!2:501");
        let columns = Columns::read("b:D").unwrap();
        assert_eq!(Block::new("คำสั่งซื้อ", columns, 2, 8).written(), "'คำสั่งซื้อ'!B2:D9");
        assert_eq!(Block::down("S", 2, 2).written(), "'S'!C2:C");
        assert_eq!(across("S", 1, 3, 7), "'S'!B7:D7");
        for wrong in ["A1:F", "F:A", "1:2", "A:B:C"] {
            assert!(Columns::read(wrong).is_err(), "{wrong}");
        }
    }
}
