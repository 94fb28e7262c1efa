//! `graphql/changed`: records that changed, by a query that takes the time from which on it is to look.

use super::api::{Api, Question};
use super::words;
use crate::keyset::{Seen, Walk};
use crate::{since, words as common};
use async_trait::async_trait;
use connector::http::shorten;
use connector::{Error, Poll, PollCx, Polled};
use model::{Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Systems write a change down some seconds after its time, and their clocks differ from ours.
const OVERLAP_MS: i64 = 60_000;
/// Times are asked for to the second.
const STEP_MS: i64 = 1_000;
const SIZE_DEFAULT: u64 = 100;
/// Numbers from here on count milliseconds; in seconds it would be the year 5138.
const MS_FROM: i64 = 100_000_000_000;

pub struct Changed;

#[derive(Deserialize)]
struct With {
    query: String,
    #[serde(default)]
    variables: Map<String, Value>,
    #[serde(default = "since_variable")]
    time_variable: String,
    #[serde(default)]
    time_as: TimeAs,
    list: String,
    #[serde(default = "id_place")]
    id: String,
    #[serde(default = "time_place")]
    time: String,
    #[serde(default = "take")]
    size_variable: String,
    #[serde(default = "size_default")]
    size: u64,
}

fn since_variable() -> String {
    "since".into()
}

fn id_place() -> String {
    "/id".into()
}

fn time_place() -> String {
    "/updatedAt".into()
}

fn take() -> String {
    "take".into()
}

fn size_default() -> u64 {
    SIZE_DEFAULT
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum TimeAs {
    #[default]
    Text,
    Seconds,
    Milliseconds,
}

impl TimeAs {
    fn write(self, ms: i64) -> Value {
        match self {
            Self::Text => since::iso(ms).into(),
            Self::Seconds => (ms / 1_000).into(),
            Self::Milliseconds => ms.into(),
        }
    }
}

impl With {
    fn see(&self, record: Value, host: &str) -> Result<Seen, Error> {
        let found =
            |place: &str| record.pointer(place).filter(|value| !value.is_null() && !value.is_object());
        let (id, version) = (found(&self.id), found(&self.time));
        let at = version.and_then(time_of);
        let (Some(id), Some(version), Some(at)) = (id, version, at) else {
            return Err(Error::Refused {
                message: format!(
                    "a record of {host} has no id at \"{}\" or no time at \"{}\": {}",
                    self.id,
                    self.time,
                    shorten(&record.to_string())
                ),
                advice: "Ask for both in the query, and write where they are within a record.".into(),
            });
        };
        let (id, version) = (crate::http::body::as_text(id), crate::http::body::as_text(version));
        Ok(Seen { at, id, version, record })
    }
}

fn time_of(value: &Value) -> Option<i64> {
    let number = value.as_i64().or_else(|| value.as_str()?.parse().ok());
    match number {
        Some(number) if number.abs() >= MS_FROM => Some(number),
        Some(number) => number.checked_mul(1_000),
        None => since::read_iso(value.as_str()?),
    }
}

#[async_trait]
impl Poll for Changed {
    fn spec(&self) -> OperationSpec {
        spec()
    }

    async fn poll(
        &self,
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let mut input: With = connector::decode(Value::Object(with.clone()))?;
        words::check_reads(&input.query)?;
        words::check_takes(&input.query, &input.time_variable)?;
        words::check_takes(&input.query, &input.size_variable)?;
        let walk = Walk::read(cx, with, cursor, OVERLAP_MS, STEP_MS)?;
        let mut variables = std::mem::take(&mut input.variables);
        variables.insert(input.time_variable.clone(), input.time_as.write(walk.from));
        let size = input.size.clamp(1, words::SIZE_MAX);
        variables.insert(input.size_variable.clone(), size.into());
        let question = Question { document: &input.query, variables: &variables, name: "" };
        let mut told = Api::look(cx)?.read_whole(&question).await?;
        let found = words::list_at(&mut told.data, &input.list, &told.host)?;
        let is_full = found.len() as u64 >= size;
        let seen: Vec<Seen> =
            found.into_iter().map(|record| input.see(record, &told.host)).collect::<Result<_, _>>()?;
        look_on(&walk, seen, is_full)
    }
}

/// A page is gone on from at its last time, so it has to be in the order of time; also one that is not full, for many an API gives
/// fewer than it was asked for. The end is where a look brings nothing of a later moment.
fn look_on(walk: &Walk, seen: Vec<Seen>, is_full: bool) -> Result<Polled, Error> {
    if !seen.is_sorted_by_key(|seen| seen.at) {
        return Err(Error::Refused {
            message: "the records do not come in the order of their time".into(),
            advice: "Sort the records in the query by the time of their change, the oldest first.".into(),
        });
    }
    let goes_on = is_full || seen.last().is_some_and(|last| walk.is_beyond(last.at));
    let next = walk.next(seen.last().map(|last| (last.at, last.id.as_str())), goes_on);
    if next.cursor.get("after").is_some() {
        return Err(Error::Refused {
            message: format!("more than {} records changed within one second", seen.len()),
            advice: "Ask for more records at once; what changed together has to fit.".into(),
        });
    }
    let deliveries = seen.into_iter().map(Seen::delivery).collect();
    Ok(Polled { deliveries, cursor: next.cursor, more: next.more, ..Polled::default() })
}

pub fn spec() -> OperationSpec {
    let example = "query ($since: DateTime, $take: Int) { orders(options: {filter: {updatedAt: {after: $since}}, sort: {updatedAt: ASC}, take: $take}) { items { id code updatedAt } } }";
    OperationSpec::trigger("graphql/changed", "Record changed", "ข้อมูลมีการเปลี่ยนแปลง")
        .about(
            "Asks now and then for records that changed, by a query that takes the time from which on it is to look. Each state of a record is one event.",
            "ถามเป็นระยะว่ามีรายการใดเปลี่ยนแปลง ด้วยคิวรีที่รับเวลาเริ่มค้น แต่ละสถานะของรายการเป็นหนึ่งเหตุการณ์",
        )
        .connection(Need::Required)
        .field(words::query().example(example))
        .field(
            Field::new("list", FieldKind::Text, "Where the list is", "ตำแหน่งของรายการ")
                .about("A JSON pointer to the records, below data.", "JSON pointer ไปยังรายการ ใต้ data")
                .required()
                .at_most(200)
                .example("/orders/items"),
        )
        .field(words::variable(
            "id",
            "/id",
            "Where the id is",
            "ตำแหน่งของรหัส",
            "A JSON pointer within a record.",
            "JSON pointer ภายในรายการ",
        ))
        .field(words::variable(
            "time",
            "/updatedAt",
            "Where the time is",
            "ตำแหน่งของเวลา",
            "A JSON pointer within a record to when it changed.",
            "JSON pointer ภายในรายการ ไปยังเวลาที่เปลี่ยนแปลง",
        ))
        .field(common::every())
        .field(common::since())
        .field(words::variables().advanced())
        .field(
            words::variable(
                "time_variable",
                "since",
                "Variable of the time",
                "ตัวแปรของเวลา",
                "The query's variable for the time from which on it is to look.",
                "ตัวแปรในคิวรีที่รับเวลาเริ่มค้น",
            )
            .advanced(),
        )
        .field(
            Field::choice(
                "time_as",
                &[
                    ("text", "2026-11-20T03:10:00Z", "2026-11-20T03:10:00Z"),
                    ("seconds", "Seconds since 1970", "วินาทีนับจากปี 1970"),
                    ("milliseconds", "Milliseconds since 1970", "มิลลิวินาทีนับจากปี 1970"),
                ],
                "The time as",
                "รูปแบบของเวลา",
            )
            .about("How the API takes a time.", "รูปแบบเวลาที่ API รับ")
            .default("text")
            .example("text")
            .advanced(),
        )
        .field(
            words::variable(
                "size_variable",
                "take",
                "Variable of the size",
                "ตัวแปรของจำนวน",
                "The query's variable for how many records it gives at most. They are sorted by time, the oldest first.",
                "ตัวแปรในคิวรีที่บอกจำนวนรายการสูงสุด โดยต้องเรียงตามเวลาจากเก่าไปใหม่",
            )
            .advanced(),
        )
        .field(words::size(SIZE_DEFAULT).advanced())
        .example(
            json!({"query": example, "list": "/orders/items"}),
            json!({"id": "12", "code": "T3KQ", "updatedAt": "2026-11-20T03:10:00.000Z"}),
        )
}
