//! The first sheet of a workbook. Its texts are held, its cells are not.

use super::{in_file, wrong};
use crate::archive;
use crate::excel::{cells, place};
use crate::rows::{self, COLUMNS_MAX, Row};
use calamine::{DataRef, Reader, Xlsx, XlsxError};
use connector::Error;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// A workbook is a ZIP, in which a little may become a lot.
const UNPACKED_BYTES_MAX: u64 = 1 << 30;
const PARTS_MAX: usize = 2_000;

pub fn each<E: From<Error>>(path: &Path, mut row: impl FnMut(u64, Row) -> Result<(), E>) -> Result<(), E> {
    let damaged = |error: XlsxError| wrong(path, error, "Save it again as an Excel workbook (.xlsx).");
    let mut workbook = open(path)?;
    let sheet = workbook.sheet_names().first().cloned().unwrap_or_default();
    let mut reader = workbook.worksheet_cells_reader(&sheet).map_err(damaged)?;
    let mut table = Table::default();
    while let Some(cell) = reader.next_cell().map_err(damaged)? {
        let (at, column) = cell.get_position();
        if *cell.get_value() == DataRef::Empty {
            continue;
        }
        let value = cells::value(cell.get_value().clone(), cells::How::default()).map_err(|what| {
            let what = format!("cell {}{}: {what}", place::letters(column), at + 1);
            wrong(path, what, "Correct the cell.")
        })?;
        let Some(value) = value else { continue };
        if at != table.row {
            table.end_row(path, &mut row)?;
            if at < table.row {
                return Err(wrong(path, "its rows are not in order", "Save it again with Excel.").into());
            }
            table.row = at;
        }
        table.cells.insert(column, value);
    }
    table.end_row(path, &mut row)
}

fn open(path: &Path) -> Result<Xlsx<BufReader<File>>, Error> {
    let advice = "Look at the file and at who may read it; an older .xls has to be saved as .xlsx.";
    let file = || File::open(path).map(BufReader::new).map_err(|error| wrong(path, error, advice));
    let parts = zip::ZipArchive::new(file()?).map_err(|error| wrong(path, error, advice))?;
    archive::check_parts(parts, PARTS_MAX, UNPACKED_BYTES_MAX)
        .map_err(|what| in_file(path, crate::failure::input(what, advice)))?;
    Xlsx::new(file()?).map_err(|error| wrong(path, error, advice))
}

/// A table as far as it was read.
#[derive(Default)]
struct Table {
    names: Option<BTreeMap<u32, String>>,
    /// The row that is being read, counted from 0, and what is in it.
    row: u32,
    cells: BTreeMap<u32, Value>,
}

impl Table {
    /// The first row with anything in it has the names.
    fn end_row<E: From<Error>>(
        &mut self,
        path: &Path,
        row: &mut impl FnMut(u64, Row) -> Result<(), E>,
    ) -> Result<(), E> {
        let cells = std::mem::take(&mut self.cells);
        if cells.is_empty() {
            return Ok(());
        }
        if cells.len() > COLUMNS_MAX {
            let what = format!("row {} has more than {COLUMNS_MAX} cells", self.row + 1);
            return Err(wrong(path, what, "Leave out columns that nobody needs.").into());
        }
        match &self.names {
            None => self.names = Some(names(&cells)),
            Some(names) => row(u64::from(self.row) + 1, named(names, cells))?,
        }
        Ok(())
    }
}

fn names(cells: &BTreeMap<u32, Value>) -> BTreeMap<u32, String> {
    let titles: Vec<_> = cells.values().map(|title| rows::text(Some(title))).collect();
    cells.keys().copied().zip(rows::names(titles.iter().map(|title| &**title))).collect()
}

/// A cell below no name is called by its column.
fn named(names: &BTreeMap<u32, String>, mut cells: BTreeMap<u32, Value>) -> Row {
    let mut row: Row = names
        .iter()
        .map(|(column, name)| (name.clone(), cells.remove(column).unwrap_or(Value::Null)))
        .collect();
    for (column, value) in cells {
        row.entry(place::letters(column)).or_insert(value);
    }
    row
}
