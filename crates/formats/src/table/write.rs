//! What was found out, as a table for people.

use crate::csv::write as csv;
use crate::excel::{sheet::Sheet, write as excel};
use crate::rows::{self, Row};
use connector::Error;

/// A line of CSV. Texts that a spreadsheet would compute have a ' before them.
pub fn csv_line<'c>(cells: impl IntoIterator<Item = &'c str>) -> String {
    let mut text = String::new();
    csv::line(csv::How::FOR_PEOPLE, cells.into_iter().map(Into::into), &mut text);
    text
}

/// A workbook of one sheet, with these columns. It has 100,000 rows at most.
pub fn workbook(sheet: &str, columns: &[&str], rows: Vec<Row>) -> Result<Vec<u8>, Error> {
    rows::check(rows.len(), columns.len())?;
    excel::bytes(&[Sheet::of(sheet, columns, rows)])
}
