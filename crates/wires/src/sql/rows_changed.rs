//! `rows_changed`: rows that are new or changed, by a column that grows.

use super::dialect::Dialect;
use super::name::Table;
use super::rows::{Found, Most};
use super::sessions::{Databases, Transaction};
use super::statement::{self, Given, Statement};
use super::table::Columns;
use super::trouble::refused_input;
use super::walk::{Place, Walk};
use super::{times, words};
use crate::words::{need, short_key, std_span, text};
use async_trait::async_trait;
use connector::poll::{EVERY, EVERY_DEFAULT};
use connector::{Body, Connection, Delivery, Error, Poll, PollCx, Polled};
use model::{Field, FieldKind, Need, OperationSpec, Span};
use serde_json::{Map, Value, json};
use tokio::time::Instant;

/// Rows of one look.
const PAGE: usize = 500;
const QUESTION: &str = "question";
const SINCE: &str = "since";
const OVERLAP: &str = "overlap";
const OVERLAP_USUAL: Span = Span::from_secs(2 * 60);
const OVERLAP_MOST_MS: i64 = 60 * 60 * 1_000;

pub struct RowsChanged<D>(pub Databases<D>);

fn fields(spec: OperationSpec) -> OperationSpec {
    spec.field(words::table())
        .field(
            Field::new("query", FieldKind::LongText, "Or a query", "หรือคำสั่งสอบถาม")
                .about(
                    "In the place of a table: a SELECT without parameters and without an order, such as a join.",
                    "ใช้แทนตาราง เป็น SELECT ที่ไม่มีพารามิเตอร์และไม่เรียงลำดับ เช่น การรวมหลายตาราง",
                )
                .at_most(20_000)
                .example("SELECT o.id, o.updated_at, c.name FROM orders o JOIN customers c ON c.id = o.customer_id")
                .advanced(),
        )
        .field(
            Field::new("changed_column", FieldKind::Text, "Column that grows", "คอลัมน์ที่เพิ่มขึ้น")
                .about(
                    "A column whose value grows with each change, such as updated_at; or an id, for new rows only. An index on it keeps the database fast.",
                    "คอลัมน์ที่ค่าเพิ่มขึ้นทุกครั้งที่มีการเปลี่ยนแปลง เช่น updated_at หรือใช้ id หากต้องการเฉพาะแถวใหม่ ควรมีดัชนีที่คอลัมน์นี้",
                )
                .required()
                .at_most(128)
                .example("updated_at"),
        )
        .field(
            Field::new("key_column", FieldKind::Text, "Key column", "คอลัมน์คีย์")
                .about(
                    "A column that has another value in each row, such as id: it tells rows apart that changed at the same moment.",
                    "คอลัมน์ที่มีค่าไม่ซ้ำกันในแต่ละแถว เช่น id ใช้แยกแถวที่เปลี่ยนในเวลาเดียวกัน",
                )
                .required()
                .at_most(128)
                .example("id"),
        )
        .field(
            Field::new(SINCE, FieldKind::Text, "Since", "ตั้งแต่")
                .about(
                    "From which value on the first look takes rows: a time such as 2026-11-20T00:00:00+07:00, a date, or an id. Empty: only what changes from now on.",
                    "ค่าเริ่มต้นของการดูครั้งแรก เป็นวันเวลา เช่น 2026-11-20T00:00:00+07:00 เป็นวันที่ หรือเป็น id หากเว้นว่างจะรับเฉพาะการเปลี่ยนแปลงนับจากนี้",
                )
                .at_most(100)
                .example("2026-11-20")
                .advanced(),
        )
        .field(
            Field::new(OVERLAP, FieldKind::Span, "Look back", "ย้อนดู")
                .about(
                    "How much later than others a row may become visible, because its transaction took longer; one hour at most. What is seen twice is one event.",
                    "แถวอาจปรากฏช้ากว่าแถวอื่นได้นานเท่านี้ เพราะทรานแซกชันใช้เวลานานกว่า ไม่เกินหนึ่งชั่วโมง แถวที่เห็นซ้ำนับเป็นเหตุการณ์เดียว",
                )
                .default(OVERLAP_USUAL.to_string())
                .example(OVERLAP_USUAL.to_string())
                .advanced(),
        )
        .field(
            Field::new(EVERY, FieldKind::Span, "Every", "ทุก")
                .about("How often the database is asked; 10 seconds at least.", "ถามฐานข้อมูลบ่อยเพียงใด ถี่ที่สุดทุก 10 วินาที")
                .default(EVERY_DEFAULT.to_string())
                .example(EVERY_DEFAULT.to_string()),
        )
}

#[async_trait]
impl<D: Dialect> Poll for RowsChanged<D> {
    fn spec(&self) -> OperationSpec {
        let spec = OperationSpec::trigger(&format!("{}/rows_changed", D::ID), "Row changed", "แถวเปลี่ยนแปลง").about(
            "Begins a run for each row that is new or changed, by a column whose value grows. A row that changes twice between two looks comes once, as it is then. Deleted rows are not seen.",
            "เริ่มทำงานสำหรับแต่ละแถวที่เพิ่มหรือเปลี่ยน โดยดูจากคอลัมน์ที่ค่าเพิ่มขึ้น แถวที่เปลี่ยนหลายครั้งระหว่างการดูสองครั้งจะมาครั้งเดียวตามค่าล่าสุด และไม่เห็นแถวที่ถูกลบ",
        );
        fields(spec.connection(Need::Required)).example(
            json!({"table": "orders", "changed_column": "updated_at", "key_column": "id"}),
            json!({"id": 1001, "order_no": "SHOPIFY-1001", "total": 1250.5, "updated_at": "2026-11-20T03:10:00+00:00"}),
        )
    }

    async fn poll(
        &self,
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let began = Instant::now();
        let connection = cx.connection()?;
        let mut open = self.0.begin(connection, true, std_span(cx.timeout)).await?;
        let looking = Looking::at(&mut open, connection, with).await?;
        let mut walk = match cursor.and_then(|cursor| kept(cursor, with)) {
            Some(walk) => walk,
            None => match looking.since.clone() {
                Some(since) => Walk::first(cx.now, Some(vec![since])),
                None => {
                    let highest = looking.highest(&mut open).await?;
                    open.leave().await;
                    let cursor = cursor_of(&Walk::first(cx.now, highest), with);
                    return Ok(Polled { cursor, ..Polled::default() });
                }
            },
        };
        let from = walk.from(cx.now, overlap_ms(with));
        let found = looking.page(&mut open, from).await?;
        open.leave().await;
        let places = found.rows.iter().map(|row| looking.place(row)).collect::<Result<Vec<_>, _>>()?;
        let full = found.more || found.rows.len() >= PAGE;
        let took = i64::try_from(began.elapsed().as_millis()).unwrap_or_default();
        walk.step(cx.now.saturating_add(took), places.last().cloned(), full);
        let deliveries =
            found.rows.into_iter().zip(places).map(|(row, place)| delivery(row, &place)).collect();
        Ok(Polled {
            deliveries,
            cursor: cursor_of(&walk, with),
            more: walk.is_under_way(),
            ..Polled::default()
        })
    }
}

/// Where the last look ended, if it was for the same question: a place in one table is none in another. A cursor of an earlier
/// release does not say, and counts.
fn kept(cursor: &Value, with: &Map<String, Value>) -> Option<Walk> {
    let is_same = |name: &str, now: Value| cursor.get(name).is_none_or(|kept| *kept == now);
    // Whoever empties the field for the first look wants nothing else by it.
    let begun = text(with, SINCE).is_none_or(|since| is_same(SINCE, since.into()));
    (begun && is_same(QUESTION, question(with).into())).then(|| Walk::read(cursor)).flatten()
}

fn cursor_of(walk: &Walk, with: &Map<String, Value>) -> Value {
    let mut cursor = walk.cursor();
    if let Some(fields) = cursor.as_object_mut() {
        fields.insert(QUESTION.into(), question(with).into());
        fields.insert(SINCE.into(), text(with, SINCE).into());
    }
    cursor
}

/// What is asked. Where there is a query, nobody looks at the table's name.
fn question(with: &Map<String, Value>) -> String {
    let query = text(with, "query");
    let table = text(with, "table").filter(|_| query.is_none());
    connector::digest(&json!([table, query, text(with, "changed_column"), text(with, "key_column")]))
}

fn overlap_ms(with: &Map<String, Value>) -> i64 {
    let given = text(with, OVERLAP).and_then(|text| text.parse::<Span>().ok()).unwrap_or(OVERLAP_USUAL);
    i64::try_from(given.as_ms()).unwrap_or(OVERLAP_MOST_MS).min(OVERLAP_MOST_MS)
}

/// The same row that says the same is the same event. Two changes may fall within one value of the column, whose times may
/// be whole seconds.
fn delivery(row: Map<String, Value>, place: &Place) -> Delivery {
    let told = |at: usize| match place.get(at) {
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => String::new(),
    };
    let (changed, key) = (told(0), told(1));
    let body = Value::from(row);
    let id = short_key(&format!("{key}@{changed}#{}", connector::digest(&body)));
    let head = Map::from_iter([("key".into(), key.into()), ("changed".into(), changed.into())]);
    Delivery { id: Some(id), body: Body::Value(body), head }
}

/// What is looked at.
struct Looking {
    source: Statement,
    /// As they are called, and as they are written.
    changed: (String, String),
    key: (String, String),
    columns: Option<Columns>,
    since: Option<Value>,
}

impl Looking {
    async fn at<D: Dialect>(
        open: &mut Transaction<D>,
        connection: &Connection,
        with: &Map<String, Value>,
    ) -> Result<Self, Error> {
        let column = |field: &str| -> Result<(String, String), Error> {
            let name = need(with, field)?;
            super::name::check(name)?;
            Ok((name.to_owned(), format!("q.{}", D::quote(name))))
        };
        let (changed, key) = (column("changed_column")?, column("key_column")?);
        let zone = times::zone(connection)?;
        let since = text(with, SINCE).map(|since| match since.parse::<i64>() {
            Ok(number) => number.into(),
            Err(_) => times::beginning(since, zone).into(),
        });
        if let Some(sql) = text(with, "query") {
            let source = statement::source(sql, D::LEXIS)?;
            return Ok(Self { source, changed, key, columns: None, since });
        }
        let written = need(with, "table")?;
        let table = Table::read(written)?;
        let columns = Columns::of(open, &table, written).await?;
        columns.kind(&changed.0)?;
        columns.kind(&key.0)?;
        let source = Statement::new(table.quoted(D::quote));
        Ok(Self { source, changed, key, columns: Some(columns), since })
    }

    fn select(&self, what: &str) -> Statement {
        let statement = Statement::new(format!("SELECT {what} FROM ")).join(self.source.clone());
        statement.text(format!(" AS q WHERE {} IS NOT NULL", self.changed.1))
    }

    async fn highest<D: Dialect>(&self, open: &mut Transaction<D>) -> Result<Option<Place>, Error> {
        let (changed, key) = (&self.changed.1, &self.key.1);
        let statement = self
            .select(&format!("{changed} AS v, {key} AS k"))
            .text(format!(" ORDER BY {changed} DESC, {key} DESC{}", D::at_most(1)));
        let found = open.read(&statement, Most::rows(1)).await?;
        Ok(found.rows.into_iter().next().map(|row| row.into_iter().map(|(_, value)| value).collect()))
    }

    async fn page<D: Dialect>(&self, open: &mut Transaction<D>, from: Option<Place>) -> Result<Found, Error> {
        let (changed, key) = (&self.changed.1, &self.key.1);
        let mut statement = self.select("q.*");
        if let Some(from) = from {
            let value = self.given(&open.session, &self.changed.0, from.first())?;
            statement = match from.get(1) {
                Some(last) => {
                    let last = self.given(&open.session, &self.key.0, Some(last))?;
                    let behind = statement.text(format!(" AND ({changed} > ")).value(value.clone());
                    let same = behind.text(format!(" OR ({changed} = ")).value(value);
                    same.text(format!(" AND {key} > ")).value(last).text("))")
                }
                None => statement.text(format!(" AND {changed} >= ")).value(value),
            };
        }
        let statement = statement.text(format!(" ORDER BY {changed}, {key}{}", D::at_most(PAGE)));
        open.read(&statement, Most::rows(PAGE)).await
    }

    fn given<D: Dialect>(&self, session: &D, column: &str, value: Option<&Value>) -> Result<Given, Error> {
        let value = value.cloned().unwrap_or_default();
        match &self.columns {
            Some(columns) => columns.fit(session, column, value),
            None => Ok(Given::Json(value)),
        }
    }

    fn place(&self, row: &Map<String, Value>) -> Result<Place, Error> {
        let value = |name: &str| match row.get(name) {
            Some(value) if !value.is_null() => Ok(value.clone()),
            _ => Err(refused_input(
                format!("a row has no value in the column \"{name}\""),
                "Choose a key column that has a value in each row, and name the columns as the query does.",
            )),
        };
        Ok(vec![value(&self.changed.0)?, value(&self.key.0)?])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_named_by_the_row_and_its_change() {
        let place = vec![json!("2026-11-20T03:10:00+00:00"), json!(7)];
        let id = |total: f64| delivery(Map::from_iter([("total".into(), json!(total))]), &place).id;
        assert!(id(1.5).is_some_and(|id| id.starts_with("7@2026-11-20T03:10:00+00:00#")));
        assert_eq!(id(1.5), id(1.5));
        assert_ne!(id(1.5), id(2.5), "a second change within the same second");
    }

    #[test]
    fn another_table_column_or_beginning_begins_anew() {
        let with = |more: Value| {
            let mut with = json!({"table": "orders", "changed_column": "updated_at", "key_column": "id"});
            more.as_object().into_iter().flatten().for_each(|(name, value)| with[name] = value.clone());
            with.as_object().cloned().expect("fields")
        };
        let (asked, walk) = (with(json!({"since": "2026-11-20"})), Walk::first(1, Some(vec![json!(5)])));
        let cursor = cursor_of(&walk, &asked);
        for same in [json!({"since": "2026-11-20"}), json!({}), json!({OVERLAP: "5s"})] {
            assert_eq!(kept(&cursor, &with(same.clone())), Some(walk.clone()), "{same}");
        }
        for other in [
            json!({"table": "returns"}),
            json!({"query": "SELECT * FROM orders"}),
            json!({"changed_column": "id"}),
            json!({"key_column": "order_no"}),
            json!({"since": "2026-11-01"}),
        ] {
            assert_eq!(kept(&cursor, &with(other.clone())), None, "{other}");
        }
        assert_eq!(kept(&walk.cursor(), &asked), Some(walk), "one of an earlier release");
    }

    #[test]
    fn looking_back_is_bounded() {
        let with = |text: &str| Map::from_iter([(OVERLAP.into(), json!(text))]);
        assert_eq!(overlap_ms(&Map::new()), 120_000);
        assert_eq!(overlap_ms(&with("5s")), 5_000);
        assert_eq!(overlap_ms(&with("10d")), OVERLAP_MOST_MS);
    }
}
