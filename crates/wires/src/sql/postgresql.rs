//! PostgreSQL. Values go as text and are read by the server as the type that it expects in their place; rows come as the
//! server's own JSON. So every type there is works, with its digits, and none is known here but bytes and times.

use super::dialect::{Dialect, Writing};
use super::name::{self, Table};
use super::reading::Lexis;
use super::rows::{Found, Gathering, Most, read_bytes};
use super::statement::{Given, Statement};
use super::trouble::{Failed, Trouble, of_sqlx};
use super::{times, words};
use crate::place::Place;
use crate::tls;
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono_tz::Tz;
use connector::{Connection, Error};
use futures::TryStreamExt;
use model::{ConnectorSpec, Field, Purpose};
use secrecy::ExposeSecret;
use serde_json::Value;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{Arguments, AssertSqlSafe, Column, ConnectOptions, Either, Executor, Row, SqlSafeStr, TypeInfo};
use sqlx::{Statement as _, query_with, raw_sql};
use std::collections::HashMap;
use std::time::Duration;

const PORT: u16 = 5432;

pub struct Postgres {
    connection: PgConnection,
    zone: Tz,
    /// Names of types by their numbers, as casts write them.
    types: HashMap<u32, String>,
    whole: bool,
}

/// A statement as it is sent.
struct Ready {
    sql: String,
    arguments: PgArguments,
    columns: Vec<(String, bool)>,
}

fn failed(error: &sqlx::Error) -> Failed {
    of_sqlx(error, |answer| trouble(answer.code().as_deref().unwrap_or_default(), answer.message()))
}

/// By SQLSTATE.
fn trouble(code: &str, said: &str) -> Trouble {
    match code {
        "40001" | "40P01" | "55P03" => Trouble::Again,
        // A plan that a change of the table has made old.
        "0A000" if said.contains("cached plan") => Trouble::Again,
        "57014" => Trouble::TooLong,
        "57P01" | "57P02" | "57P05" => Trouble::Lost,
        "57P03" => Trouble::Busy,
        "3D000" => Trouble::NoDatabase,
        "42501" => Trouble::NoRight,
        "25006" => Trouble::ReadOnly,
        code if code.starts_with("28") => Trouble::Login,
        code if code.starts_with("08") => Trouble::Lost,
        code if code.starts_with("53") => Trouble::Busy,
        _ => Trouble::Refused,
    }
}

fn options(connection: &Connection) -> Result<PgConnectOptions, Error> {
    let place = Place::of(connection, "host", "port", PORT)?;
    let mut options = PgConnectOptions::new_without_pgpass()
        .host(&place.host)
        .port(place.port)
        .username(connection.need("username")?)
        .password(connection.need_secret("password")?.expose_secret())
        .database(connection.need("database")?)
        .application_name("khlong")
        .statement_cache_capacity(32);
    if !tls::certificates(connection)?.is_empty() {
        let pem = connection.text(tls::CA_PEM).unwrap_or_default();
        options = options.ssl_root_cert_from_pem(pem.as_bytes().to_vec());
    }
    Ok(options.ssl_mode(match words::tls(connection)? {
        words::Tls::Full => PgSslMode::VerifyFull,
        words::Tls::Authority => PgSslMode::VerifyCa,
        words::Tls::Off => PgSslMode::Disable,
    }))
}

impl Postgres {
    async fn run(&mut self, sql: String) -> Result<(), Failed> {
        raw_sql(AssertSqlSafe(sql))
            .execute(&mut self.connection)
            .await
            .map(drop)
            .map_err(|error| failed(&error))
    }

    /// Asks the server what it expects in each place, and casts what is sent to that.
    async fn ready(&mut self, statement: &Statement) -> Result<Ready, Failed> {
        let plain = AssertSqlSafe(statement.render(|at| format!("${}", at + 1))).into_sql_str();
        let prepared = (&mut self.connection).prepare(plain).await.map_err(|error| failed(&error))?;
        let is_bytes = |column: &sqlx::postgres::PgColumn| column.type_info().name() == "BYTEA";
        let columns =
            prepared.columns().iter().map(|column| (column.name().to_owned(), is_bytes(column))).collect();
        let kinds = match prepared.parameters() {
            Some(Either::Left(kinds)) => kinds.iter().map(|kind| kind.oid().map(|oid| oid.0)).collect(),
            _ => Vec::new(),
        };
        let mut casts = Vec::new();
        let mut arguments = PgArguments::default();
        for (at, given) in statement.values.iter().enumerate() {
            let kind = self.type_name(kinds.get(at).copied().flatten()).await?;
            let text = self.text(given, &kind)?;
            arguments.add(text).map_err(|error| Failed::new(Trouble::Refused, error.to_string()))?;
            casts.push(match kind.as_str() {
                "bytea" => format!("decode(${}::text, 'base64')", at + 1),
                kind => format!("CAST(${}::text AS {kind})", at + 1),
            });
        }
        Ok(Ready { sql: statement.render(|at| casts[at].clone()), arguments, columns })
    }

    async fn type_name(&mut self, oid: Option<u32>) -> Result<String, Failed> {
        let Some(oid) = oid else { return Ok("text".into()) };
        if let Some(known) = self.types.get(&oid) {
            return Ok(known.clone());
        }
        // With -1, as without it "bit" would be a bit(1), and "character" one character.
        let asked =
            sqlx::query_scalar::<_, String>("SELECT format_type($1::bigint::oid, -1)").bind(i64::from(oid));
        let name = asked.fetch_one(&mut self.connection).await.map_err(|error| failed(&error))?;
        self.types.insert(oid, name.clone());
        Ok(name)
    }

    /// A value as the server reads it.
    fn text(&self, given: &Given, kind: &str) -> Result<Option<String>, Failed> {
        let value = match given {
            Given::Bytes(bytes) => return Ok(bytes.as_ref().map(|bytes| STANDARD.encode(bytes))),
            Given::Text(text) => return Ok(Some(text.clone())),
            Given::Json(value) => value,
        };
        Ok(match (kind, value) {
            (_, Value::Null) => None,
            ("bytea", value) => {
                let bytes = read_bytes(value).map_err(|why| Failed::new(Trouble::Refused, why))?;
                bytes.map(|bytes| STANDARD.encode(bytes))
            }
            ("json" | "jsonb", value) => Some(value.to_string()),
            ("timestamp without time zone", Value::String(text)) => {
                Some(times::local(text, self.zone).unwrap_or_else(|| text.clone()))
            }
            (kind, Value::Array(list)) if kind.ends_with("[]") => Some(array(list)),
            (_, Value::String(text)) => Some(text.clone()),
            (_, value) => Some(value.to_string()),
        })
    }
}

/// A list as PostgreSQL writes one: `{1,"ก ข",NULL}`.
fn array(list: &[Value]) -> String {
    let entry = |value: &Value| match value {
        Value::Null => "NULL".to_owned(),
        Value::Array(list) => array(list),
        Value::String(text) => quoted(text),
        value @ Value::Object(_) => quoted(&value.to_string()),
        value => value.to_string(),
    };
    format!("{{{}}}", list.iter().map(entry).collect::<Vec<_>>().join(","))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The rows of a query, each column as the server's JSON of it.
fn as_json(ready: &Ready) -> String {
    let column = |(at, (_, bytes)): (usize, &(String, bool))| match bytes {
        true => format!("to_json(translate(encode(c{at}, 'base64'), E'\\n', ''))::text"),
        false => format!("to_json(c{at})::text"),
    };
    let columns: Vec<String> = ready.columns.iter().enumerate().map(column).collect();
    let names: Vec<String> = (0..columns.len()).map(|at| format!("c{at}")).collect();
    format!("SELECT {} FROM (\n{}\n) AS khlong ({})", columns.join(", "), ready.sql, names.join(", "))
}

#[async_trait]
impl Dialect for Postgres {
    const ID: &'static str = "postgresql";
    const LEXIS: Lexis =
        Lexis { backslash: false, brackets: false, backticks: false, hash: false, dollars: true };
    const VALUES_MAX: usize = 60_000;

    fn spec() -> ConnectorSpec {
        spec()
    }

    fn place(connection: &Connection) -> Result<String, Error> {
        Place::of(connection, "host", "port", PORT).map(|place| place.to_string())
    }

    async fn open(connection: &Connection) -> Result<Self, Error> {
        let (place, options) = (Place::of(connection, "host", "port", PORT)?, options(connection)?);
        let zone = times::zone(connection)?;
        place.check().await?;
        let connected = options.disable_statement_logging().connect().await;
        let connection = connected.map_err(|error| failed(&error).at_the_door(&place.to_string()))?;
        Ok(Self { connection, zone, types: HashMap::new(), whole: true })
    }

    async fn describe(&mut self) -> Result<String, Failed> {
        let asked = sqlx::query_scalar::<_, String>(
            "SELECT 'PostgreSQL ' || current_setting('server_version') || ', database ' || current_database()",
        );
        asked.fetch_one(&mut self.connection).await.map_err(|error| failed(&error))
    }

    async fn begin(&mut self, only_reads: bool, most: Duration) -> Result<(), Failed> {
        let mode = if only_reads { "READ ONLY" } else { "READ WRITE" };
        // Local to the transaction: a pooler between may give the connection to others.
        self.run(format!(
            "BEGIN {mode}; SET LOCAL statement_timeout = {}; SET LOCAL timezone = 'UTC'; SET LOCAL intervalstyle = 'iso_8601'",
            most.as_millis().clamp(1, i32::MAX as u128)
        ))
        .await
    }

    async fn read(&mut self, statement: &Statement, most: Most) -> Result<Found, Failed> {
        let ready = self.ready(statement).await?;
        let sql = as_json(&ready);
        let mut gathering = Gathering::new(ready.columns.into_iter().map(|(name, _)| name), most);
        self.whole = false;
        let mut rows =
            query_with(AssertSqlSafe(sql), ready.arguments).persistent(false).fetch(&mut self.connection);
        while let Some(row) = rows.try_next().await.map_err(|error| failed(&error))? {
            let value = |at| {
                let text = row.try_get::<Option<&str>, _>(at).map_err(|error| failed(&error))?;
                let read = text.map(serde_json::from_str::<Value>).transpose();
                read.map(Option::unwrap_or_default)
                    .map_err(|error| Failed::new(Trouble::Unreadable, error.to_string()))
            };
            if !gathering.take((0..row.len()).map(value).collect::<Result<_, _>>()?) {
                return Ok(gathering.found);
            }
        }
        drop(rows);
        self.whole = true;
        Ok(gathering.found)
    }

    async fn change(&mut self, statement: &Statement) -> Result<u64, Failed> {
        self.whole = false;
        let ready = self.ready(statement).await?;
        let asked = query_with(AssertSqlSafe(ready.sql), ready.arguments).persistent(false);
        let done = asked.execute(&mut self.connection).await.map_err(|error| failed(&error))?;
        self.whole = true;
        Ok(done.rows_affected())
    }

    async fn commit(&mut self) -> Result<(), Failed> {
        self.run("COMMIT".into()).await
    }

    fn is_whole(&self) -> bool {
        self.whole
    }

    fn quote(name: &str) -> String {
        name::double(name)
    }

    fn columns(table: &Table) -> Statement {
        Statement::new(
            "SELECT a.attname::text AS name, format_type(a.atttypid, NULL) AS type FROM pg_attribute a \
             WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attrelid = to_regclass(",
        )
        .value(table.quoted(name::double).as_str())
        .text(") ORDER BY a.attnum")
    }

    fn tables(like: &str, from: usize, most: usize) -> Statement {
        Statement::new(
            "SELECT CASE WHEN pg_table_is_visible(c.oid) THEN '' ELSE n.nspname::text END AS schema, \
             c.relname::text AS name, (SELECT string_agg(a.attname::text, ', ' ORDER BY a.attnum) FROM pg_attribute a \
             WHERE a.attrelid = c.oid AND a.attnum BETWEEN 1 AND 12 AND NOT a.attisdropped) AS about \
             FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') \
             AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_t%' \
             AND lower(c.relname) LIKE ",
        )
        .value(like)
        .text(format!(" ESCAPE '!' ORDER BY c.relname, n.nspname LIMIT {most} OFFSET {from}"))
    }

    fn given(&self, value: Value, _kind: &str) -> Result<Given, String> {
        Ok(Given::Json(value))
    }

    fn at_most(rows: usize) -> String {
        format!(" LIMIT {rows}")
    }

    fn upsert(writing: &Writing<'_>) -> Statement {
        writing.on_conflict()
    }
}

fn spec() -> ConnectorSpec {
    let [mode, authority] = words::encryption();
    ConnectorSpec::new("postgresql", Purpose::Data, "PostgreSQL", "PostgreSQL")
        .about("Rows of a PostgreSQL database.", "อ่านและเขียนข้อมูลในฐานข้อมูล PostgreSQL")
        .connection(vec![
            words::host("db.example.com"),
            words::port(PORT),
            words::database(),
            words::user(),
            words::password(),
            mode,
            authority,
            words::zone(),
            Field::rate(None),
        ])
        .step(
            "Let the administrator make a user for Khlong: CREATE ROLE khlong LOGIN PASSWORD '…'. It needs CONNECT on the database and USAGE on the schema.",
            "ให้ผู้ดูแลสร้างผู้ใช้สำหรับ Khlong: CREATE ROLE khlong LOGIN PASSWORD '…' ผู้ใช้นี้ต้องมีสิทธิ์ CONNECT ของฐานข้อมูล และ USAGE ของสคีมา",
        )
        .step(
            "Let the user have these rights on the tables that flows use, and no more. Query and Row changed: SELECT. Insert rows: INSERT, with key columns \
             also SELECT. Insert or update rows: SELECT, INSERT and UPDATE. Run a statement: what the statement does, such as DELETE. Where a table numbers \
             its rows by a sequence (serial), also USAGE on that sequence.",
            "ให้สิทธิ์เฉพาะตารางที่โฟลว์ใช้ดังนี้ สอบถามข้อมูลและแถวเปลี่ยนแปลง: SELECT เพิ่มแถว: INSERT หากระบุคอลัมน์คีย์ต้องมี SELECT ด้วย \
             เพิ่มหรือแก้ไขแถว: SELECT, INSERT และ UPDATE สั่งคำสั่ง SQL: สิทธิ์ตามคำสั่ง เช่น DELETE หากตารางออกเลขแถวด้วยซีเควนซ์ (serial) ต้องมี USAGE ของซีเควนซ์นั้นด้วย",
        )
        .step(
            "Ask for the host, the port and the database's name, and whether the server has a certificate of the company's own; if so, paste its authority.",
            "ขอโฮสต์ พอร์ต และชื่อฐานข้อมูล และถามว่าเซิร์ฟเวอร์ใช้ใบรับรองของบริษัทเองหรือไม่ หากใช้ให้วางใบรับรองของผู้ออก",
        )
        .step(
            "Set the time zone that columns of the type timestamp (without time zone) are meant in.",
            "กำหนดเขตเวลาของคอลัมน์ชนิด timestamp ที่ไม่มีเขตเวลา",
        )
        .limits()
        .quirk(
            "A query stands within another SELECT, so it begins with SELECT, WITH, VALUES or TABLE; SHOW and EXPLAIN are not taken. A slice of an array, a[1:n], is written with a function.",
            "คำสั่งสอบถามจะอยู่ภายใน SELECT อีกชั้น จึงต้องขึ้นต้นด้วย SELECT, WITH, VALUES หรือ TABLE ไม่รับ SHOW และ EXPLAIN ส่วน a[1:n] ให้ใช้ฟังก์ชันแทน",
        )
        .quirk(
            "Each row comes as PostgreSQL's own JSON: numbers with all digits, NaN and infinity as texts, intervals in ISO 8601.",
            "แต่ละแถวมาเป็น JSON ของ PostgreSQL เอง ตัวเลขครบทุกหลัก NaN และ infinity เป็นข้อความ ช่วงเวลาเป็น ISO 8601",
        )
}

use words::Limits as _;

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_list_is_written_as_the_server_reads_it() {
        let list = json!([1, "ก\"ข\\", null, [true], "a,b}"]);
        let list = list.as_array().expect("a list");
        assert_eq!(array(list), r#"{1,"ก\"ข\\",NULL,{true},"a,b}"}"#);
    }

    #[test]
    fn codes_are_sorted_by_what_can_help() {
        assert_eq!(trouble("40P01", ""), Trouble::Again);
        assert_eq!(trouble("23505", ""), Trouble::Refused);
        assert_eq!(trouble("42601", ""), Trouble::Refused);
        assert_eq!(trouble("42501", ""), Trouble::NoRight);
        assert_eq!(trouble("28P01", ""), Trouble::Login);
        assert_eq!(trouble("53300", ""), Trouble::Busy);
    }
}
