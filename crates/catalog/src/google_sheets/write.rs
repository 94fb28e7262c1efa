//! Rows that are found again by a key, and what is to be written of them.

use super::api::Piece;
use super::cells::said;
use super::table::Table;
use connector::Error;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

type Rows = [Map<String, Value>];
type Keys = BTreeMap<String, Vec<u64>>;

/// The keys of rows that are to be written, each once.
pub fn keys_of(rows: &Rows, key: &str) -> Result<Vec<String>, Error> {
    let mut seen = BTreeSet::new();
    let of = |(index, row): (usize, &Map<String, Value>)| {
        let said = row.get(key.trim()).map(said).filter(|said| !said.is_empty());
        let said = said.ok_or_else(|| mistake(format!("row {} has no value for \"{key}\"", index + 1)))?;
        match seen.insert(said.clone()) {
            true => Ok(said),
            false => Err(mistake(format!("\"{}\" is given twice", connector::http::shorten(&said)))),
        }
    };
    rows.iter().enumerate().map(of).collect()
}

/// What is to be written where rows with these keys stand, and which of the rows stand nowhere. A key that stands twice is nobody's.
pub fn split(
    table: &Table,
    rows: &Rows,
    keys: &[String],
    standing: &Keys,
) -> Result<(Vec<Piece>, Vec<usize>), Error> {
    let (mut pieces, mut missing) = (Vec::new(), Vec::new());
    for (index, (row, key)) in rows.iter().zip(keys).enumerate() {
        match standing.get(key).map(Vec::as_slice) {
            Some([number]) => pieces.push(Piece { range: table.range(*number), cells: table.cells(row)? }),
            Some([_, _, ..]) => {
                return Err(Error::Refused {
                    message: format!(
                        "several rows of the sheet have the key \"{}\"",
                        connector::http::shorten(key)
                    ),
                    advice: "Remove all but one of them, then retry. Nothing was written.".into(),
                });
            }
            _ => missing.push(index),
        }
    }
    Ok((pieces, missing))
}

fn mistake(message: String) -> Error {
    Error::Input { message, advice: "Correct the data or the script before this node, then retry.".into() }
}
