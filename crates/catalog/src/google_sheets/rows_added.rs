//! `google_sheets/rows_added`: rows that are new in a sheet.
//!
//! A sheet keeps no record of changes. So rows are new that stand below the last one, or whose key was not there before: the
//! first costs little, the second also sees what was put in between, and is not confused by sorting or deleting.

use super::api::{Api, Render};
use super::cells::said;
use super::place::{Block, Columns};
use super::table::Table;
use super::words::{self, Place};
use crate::{office, since};
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use connector::{Delivery, Error, Poll, PollCx, Polled};
use model::{Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

const PAGE: u64 = 200;
/// Looks for the end of a sheet whose first column is not filled everywhere.
const PAGES_MAX: usize = 10;
/// Keys that are remembered: their marks have to fit into what is kept of a trigger.
const KEYS_MAX: usize = 5_000;
const MARK_BYTES: usize = 8;

#[derive(Deserialize)]
struct Input {
    #[serde(default)]
    spreadsheet: Option<String>,
    sheet: String,
    #[serde(default = "words::first_row")]
    header_row: u64,
    #[serde(default)]
    columns: Option<String>,
    #[serde(default)]
    key: Option<String>,
    #[serde(default)]
    existing: bool,
    #[serde(default)]
    render: Render,
}

pub struct RowsAdded;

#[async_trait]
impl Poll for RowsAdded {
    fn spec(&self) -> OperationSpec {
        spec()
    }

    async fn poll(
        &self,
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let input: Input = connector::decode(Value::Object(with.clone()))?;
        let place = Place::new(&input.sheet, input.header_row)?;
        let connection = office::of_look(cx, "Google Sheets")?;
        let api = Api::new(cx.http, connection, input.spreadsheet.as_deref())?;
        let columns = Columns::read(input.columns.as_deref().unwrap_or_default())?;
        let table = Table::read(&api, place, columns).await?;
        let look = Look { api, table, columns, input };
        match look.input.key.as_deref().map(str::trim).filter(|key| !key.is_empty()) {
            Some(key) => look.by_key(key, cursor.and_then(|cursor| cursor.get("keys")?.as_str())).await,
            None => look.by_place(cursor.and_then(|cursor| cursor.get("row")?.as_u64())).await,
        }
    }
}

/// A row with the key that was found in it.
type New<'k> = (u64, &'k String);

struct Look<'a> {
    api: Api<'a>,
    table: Table,
    columns: Columns,
    input: Input,
}

impl Look<'_> {
    async fn rows(&self, first: u64, count: u64) -> Result<Vec<Vec<Value>>, Error> {
        self.api.rows(&Block::new(&self.table.sheet, self.columns, first, count), self.input.render).await
    }

    /// What stands below the last row. That one is read along: where it is gone, rows were deleted, and the end is looked for anew.
    async fn by_place(&self, last: Option<u64>) -> Result<Polled, Error> {
        let top = self.table.header_row;
        let last = match last {
            None if self.input.existing => top,
            None => return Ok(at(self.end().await?, Vec::new(), false)),
            Some(last) => last.max(top),
        };
        let found = self.rows(last, PAGE + 1).await?;
        let is_there = found.first().is_some_and(|cells| cells.iter().any(|cell| !said(cell).is_empty()));
        if last > top && !is_there {
            return Ok(at(self.end().await?.min(last), Vec::new(), false));
        }
        let full = u64::try_from(found.len()).unwrap_or(u64::MAX) > PAGE;
        let (mut reached, mut deliveries) = (last, Vec::new());
        for (number, cells) in (last..).zip(found).skip(1) {
            if let Some(row) = self.table.object(number, cells) {
                reached = number;
                deliveries.push(delivery(&number.to_string(), row));
            }
        }
        Ok(at(reached, deliveries, full && reached > last))
    }

    /// The last row that says anything.
    async fn end(&self) -> Result<u64, Error> {
        let top = self.table.header_row;
        let column =
            self.api.rows(&Block::down(&self.table.sheet, self.table.left, top), Render::Values).await?;
        let mut end = top + u64::try_from(column.len()).unwrap_or_default().saturating_sub(1);
        for _ in 0..PAGES_MAX {
            let found = self.rows(end + 1, PAGE).await?;
            let says = |cells: &Vec<Value>| cells.iter().any(|cell| !said(cell).is_empty());
            match found.iter().rposition(says) {
                Some(index) => end += u64::try_from(index).unwrap_or_default() + 1,
                None => break,
            }
        }
        Ok(end)
    }

    /// Rows whose key has no mark yet, a page of them.
    async fn by_key(&self, key: &str, marks: Option<&str>) -> Result<Polled, Error> {
        let standing = self.table.keys(&self.api, key).await?;
        if standing.len() > KEYS_MAX {
            return Err(Error::Refused {
                message: format!("the sheet has {} keys, and {KEYS_MAX} are remembered", standing.len()),
                advice: "Move old rows to another sheet, or leave the key column empty: then rows below the last one are new.".into(),
            });
        }
        let before = match marks {
            Some(marks) => read_marks(marks),
            None if self.input.existing => BTreeSet::new(),
            None => return Ok(Polled { cursor: marked(standing.keys()), ..Polled::default() }),
        };
        let mut new: Vec<New<'_>> = standing
            .iter()
            .filter(|(key, _)| !before.contains(&mark(key)))
            .filter_map(|(key, rows)| Some((*rows.first()?, key)))
            .collect();
        new.sort_unstable();
        let more = new.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
        let mut later: BTreeSet<&String> =
            new.iter().skip(usize::try_from(PAGE).unwrap_or_default()).map(|(_, key)| *key).collect();
        new.retain(|(_, key)| !later.contains(key));
        let (deliveries, moved) = self.read_new(self.table.column(key)?, &new).await?;
        later.extend(moved);
        // Only keys that stand are kept: one that was deleted and comes again is new.
        let seen = standing.keys().filter(|key| !later.contains(key));
        Ok(Polled { deliveries, cursor: marked(seen), more, ..Polled::default() })
    }

    /// The rows of new keys, and the keys that stand elsewhere by now: somebody sorts the sheet while it is read.
    async fn read_new<'k>(
        &self,
        column: usize,
        new: &[New<'k>],
    ) -> Result<(Vec<Delivery>, Vec<&'k String>), Error> {
        let found = self.cells_of(new, self.input.render).await?;
        // Keys are compared as they were found, however the rows are told.
        let keyed = match self.input.render {
            Render::Values => found.clone(),
            _ => self.cells_of(new, Render::Values).await?,
        };
        let (mut deliveries, mut moved) = (Vec::new(), Vec::new());
        for (((row, key), cells), keyed) in new.iter().zip(found).zip(keyed) {
            match self.table.object(*row, cells) {
                Some(object) if keyed.get(column).map(said).as_ref() == Some(*key) => {
                    deliveries.push(delivery(key, object));
                }
                _ => moved.push(*key),
            }
        }
        Ok((deliveries, moved))
    }

    async fn cells_of(&self, new: &[New<'_>], render: Render) -> Result<Vec<Vec<Value>>, Error> {
        let range = |(row, _): &New<'_>| Block::new(&self.table.sheet, self.columns, *row, 1).written();
        let ranges: Vec<String> = new.iter().map(range).collect();
        let found = self.api.ranges(&ranges, render).await?;
        Ok(found.into_iter().map(|rows| rows.into_iter().next().unwrap_or_default()).collect())
    }
}

fn at(row: u64, deliveries: Vec<Delivery>, more: bool) -> Polled {
    Polled { deliveries, cursor: json!({ "row": row }), more, ..Polled::default() }
}

/// A row as an event: the same place with another content is another one.
fn delivery(name: &str, row: Map<String, Value>) -> Delivery {
    let content =
        row.iter().filter(|(name, _)| *name != super::table::ROW).map(|(_, value)| value.to_string());
    let digest = hex::encode(Sha256::digest(content.collect::<Vec<_>>().join("\u{1f}")));
    since::changed(name, &digest[..16], Value::Object(row))
}

fn mark(key: &str) -> [u8; MARK_BYTES] {
    let mut mark = [0; MARK_BYTES];
    mark.copy_from_slice(&Sha256::digest(key)[..MARK_BYTES]);
    mark
}

fn marked<'k>(keys: impl Iterator<Item = &'k String>) -> Value {
    let marks: Vec<u8> = keys.flat_map(|key| mark(key)).collect();
    json!({"keys": STANDARD_NO_PAD.encode(marks)})
}

fn read_marks(text: &str) -> BTreeSet<[u8; MARK_BYTES]> {
    let bytes = STANDARD_NO_PAD.decode(text).unwrap_or_default();
    bytes.chunks_exact(MARK_BYTES).filter_map(|chunk| chunk.try_into().ok()).collect()
}

fn spec() -> OperationSpec {
    let spec = OperationSpec::trigger("google_sheets/rows_added", "Rows added", "มีแถวใหม่")
        .about(
            "Starts for each row that is new in a sheet: below the last one, or with a key that was not there before.",
            "เริ่มเมื่อมีแถวใหม่ในชีต คือแถวที่อยู่ใต้แถวสุดท้ายเดิม หรือแถวที่มีคีย์ซึ่งไม่เคยมี",
        )
        .connection(Need::Required)
        .field(crate::words::every());
    words::place(spec)
        .field(words::key(
            "Where rows are sorted, put in between or deleted: the column that tells them apart; 5,000 keys at most. Empty: rows below the last \
             one are new.",
            "หากมีการเรียงลำดับ แทรก หรือลบแถว: คอลัมน์ที่ใช้แยกแถว ไม่เกิน 5,000 คีย์ หากเว้นว่าง แถวใต้แถวสุดท้ายคือแถวใหม่",
        ))
        .field(
            Field::new("existing", FieldKind::Bool, "Also what is there already", "รวมแถวที่มีอยู่แล้ว")
                .about("Rows that the sheet has when the flow goes live come as well.", "แถวที่มีอยู่ตอนเปิดใช้โฟลว์จะถูกนำเข้าด้วย")
                .default(false)
                .example(false)
                .advanced(),
        )
        .field(words::columns())
        .field(words::render())
        .example(
            json!({"every": "5m", "sheet": "Orders"}),
            json!({"_row": 12, "Order": "1001", "Phone": "0812345678", "Total": 535}),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_marks_as_there_may_be_fit_into_what_is_kept() {
        let keys: Vec<String> = (0..KEYS_MAX).map(|number| format!("order-{number}")).collect();
        let cursor = marked(keys.iter());
        assert!(cursor.to_string().len() < 60_000, "{}", cursor.to_string().len());
        let marks = read_marks(cursor["keys"].as_str().unwrap());
        assert_eq!(marks.len(), KEYS_MAX);
        assert!(marks.contains(&mark("order-7")) && !marks.contains(&mark("order-5000")));
    }
}
