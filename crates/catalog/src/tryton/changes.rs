//! Asking for "changed since".
//!
//! A record that was made and not changed since may have no time of change, so what is new and what has changed are asked for one
//! after the other, each with its own place in the cursor. What comes twice has the same version and is one event.

use super::rpc::{Rpc, id};
use super::typed;
use crate::keyset::Walk;
use crate::office;
use connector::{Error, PollCx};
use serde_json::{Map, Value, json};

/// A long transaction shows its records late, with the time at which it began.
const OVERLAP_MS: i64 = 5 * 60_000;
const STEP_MS: i64 = 1_000;
/// Records of one kind that one look reads.
pub const PAGE: usize = 50;
pub const STAMPS: [&str; 2] = ["create_date", "write_date"];

pub struct Changes {
    pub ids: Vec<i64>,
    pub cursor: Value,
    pub more: bool,
}

/// What changed of a model: the ids of a page of what is new, and of a page of what was changed.
pub async fn of(
    rpc: &Rpc<'_>,
    cx: &PollCx<'_>,
    with: &Map<String, Value>,
    cursor: Option<&Value>,
    model: &str,
    only: &[Value],
) -> Result<Changes, Error> {
    let mut all = Changes { ids: Vec::new(), cursor: json!({}), more: false };
    for stamp in STAMPS {
        let place = cursor.and_then(|cursor| cursor.get(stamp));
        let walk = Walk::read(cx, with, place, OVERLAP_MS, STEP_MS)?;
        let page = page(rpc, &walk, model, stamp, only).await?;
        let last =
            page.last().and_then(|row| Some((typed::ms(office::text(row, stamp))?, id(row).to_string())));
        let next = walk.next(last.as_ref().map(|(time, id)| (*time, id.as_str())), page.len() >= PAGE);
        all.ids.extend(page.iter().map(id));
        all.cursor[stamp] = next.cursor;
        all.more |= next.more;
    }
    all.ids.sort_unstable();
    all.ids.dedup();
    Ok(all)
}

async fn page(
    rpc: &Rpc<'_>,
    walk: &Walk,
    model: &str,
    stamp: &str,
    only: &[Value],
) -> Result<Vec<Value>, Error> {
    let mut domain = only.to_vec();
    domain.push(json!([stamp, ">=", typed::datetime(walk.from)]));
    let order = match &walk.after {
        Some(after) => {
            domain.push(json!([stamp, "<", typed::datetime(walk.until())]));
            domain.push(json!(["id", ">", after.parse::<i64>().unwrap_or(0)]));
            json!([["id", "ASC"]])
        }
        None => json!([[stamp, "ASC"], ["id", "ASC"]]),
    };
    rpc.search_read(model, domain.into(), order, &["id", stamp], PAGE).await
}

/// When a record changed last, as a text that sorts.
pub fn version(row: &Value) -> &str {
    STAMPS.iter().map(|stamp| office::text(row, stamp)).max().unwrap_or_default()
}
