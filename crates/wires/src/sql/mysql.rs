//! MySQL and MariaDB.

use super::dialect::{Dialect, Writing};
use super::mysql_value;
use super::name::{self, Table};
use super::reading::Lexis;
use super::rows::{Decimal, Found, Gathering, Most, read_bytes};
use super::statement::{Given, Statement};
use super::trouble::{Failed, Trouble, of_sqlx};
use super::words::Limits as _;
use super::{times, words};
use crate::place::Place;
use crate::tls;
use async_trait::async_trait;
use chrono_tz::Tz;
use connector::{Connection, Error};
use futures::TryStreamExt;
use model::{ConnectorSpec, Field, Purpose};
use secrecy::ExposeSecret;
use serde_json::{Number, Value};
use sqlx::mysql::{MySqlArguments, MySqlConnectOptions, MySqlConnection, MySqlDatabaseError, MySqlSslMode};
use sqlx::{Arguments, AssertSqlSafe, Column, ConnectOptions, Row, query_with, raw_sql};
use std::time::Duration;

const PORT: u16 = 3306;
/// Digits that its decimals have.
const PRECISION_MAX: usize = 65;
const SCALE_MAX: usize = 30;

pub struct MySql {
    connection: MySqlConnection,
    zone: Tz,
    is_mariadb: bool,
    whole: bool,
}

fn failed(error: &sqlx::Error) -> Failed {
    of_sqlx(error, |answer| {
        answer
            .try_downcast_ref::<MySqlDatabaseError>()
            .map_or(Trouble::Refused, |answer| trouble(answer.number()))
    })
}

fn trouble(number: u16) -> Trouble {
    match number {
        1205 | 1213 | 1020 => Trouble::Again,
        1040 | 1041 | 1037 | 1038 | 1203 | 1226 | 1114 => Trouble::Busy,
        1053 | 1077 | 1079 | 1927 | 4031 => Trouble::Lost,
        1317 | 1969 | 3024 => Trouble::TooLong,
        1045 | 1698 | 1862 | 1251 | 3118 => Trouble::Login,
        1044 | 1049 => Trouble::NoDatabase,
        1142 | 1143 | 1227 | 1370 | 1419 => Trouble::NoRight,
        1290 | 1792 | 1836 => Trouble::ReadOnly,
        _ => Trouble::Refused,
    }
}

fn options(connection: &Connection) -> Result<MySqlConnectOptions, Error> {
    let place = Place::of(connection, "host", "port", PORT)?;
    let mut options = MySqlConnectOptions::new()
        .host(&place.host)
        .port(place.port)
        .username(connection.need("username")?)
        .password(connection.need_secret("password")?.expose_secret())
        .database(connection.need("database")?)
        .pipes_as_concat(false)
        .timezone(times::offset_or_name(times::zone(connection)?))
        .statement_cache_capacity(0);
    if !tls::certificates(connection)?.is_empty() {
        let pem = connection.text(tls::CA_PEM).unwrap_or_default();
        options = options.ssl_ca_from_pem(pem.as_bytes().to_vec());
    }
    Ok(options.ssl_mode(match words::tls(connection)? {
        words::Tls::Full => MySqlSslMode::VerifyIdentity,
        words::Tls::Authority => MySqlSslMode::VerifyCa,
        words::Tls::Off => MySqlSslMode::Disabled,
    }))
}

impl MySql {
    async fn run(&mut self, sql: String) -> Result<(), Failed> {
        raw_sql(AssertSqlSafe(sql))
            .execute(&mut self.connection)
            .await
            .map(drop)
            .map_err(|error| failed(&error))
    }

    /// The text with a question mark for each value, and the values in that order.
    fn ready(&self, statement: &Statement) -> Result<(String, MySqlArguments), Failed> {
        let mut arguments = MySqlArguments::default();
        for given in statement.in_order() {
            self.bind(&mut arguments, given)
                .map_err(|error| Failed::new(Trouble::Refused, error.to_string()))?;
        }
        Ok((statement.render(|at| place(&statement.values[at])), arguments))
    }

    fn bind(&self, arguments: &mut MySqlArguments, given: &Given) -> Result<(), sqlx::error::BoxDynError> {
        match given {
            Given::Bytes(bytes) => arguments.add(bytes.clone()),
            Given::Text(text) => arguments.add(text.clone()),
            Given::Json(Value::Null) => arguments.add(None::<String>),
            Given::Json(Value::Bool(yes)) => arguments.add(i64::from(*yes)),
            Given::Json(Value::String(text)) => {
                arguments.add(times::local(text, self.zone).unwrap_or_else(|| text.clone()))
            }
            Given::Json(Value::Number(number)) => match (whole(number), exact(number)) {
                (Some(whole), _) => arguments.add(whole),
                (None, Some(decimal)) => arguments.add(decimal.text),
                (None, None) => arguments.add(number.as_f64()),
            },
            Given::Json(value) => arguments.add(value.to_string()),
        }
    }
}

fn whole(number: &Number) -> Option<i64> {
    number.as_i64()
}

/// A number that binary ones would not hold: it goes as text, and is a decimal from there on.
fn exact(number: &Number) -> Option<Decimal> {
    Decimal::read(number).filter(|decimal| decimal.precision <= PRECISION_MAX && decimal.scale <= SCALE_MAX)
}

fn place(given: &Given) -> String {
    let Given::Json(Value::Number(number)) = given else { return "?".into() };
    match exact(number).filter(|_| whole(number).is_none()) {
        Some(Decimal { precision, scale, .. }) => format!("CAST(? AS DECIMAL({precision},{scale}))"),
        None => "?".into(),
    }
}

#[async_trait]
impl Dialect for MySql {
    const ID: &'static str = "mysql";
    const LEXIS: Lexis =
        Lexis { backslash: true, brackets: false, backticks: true, hash: true, dollars: false };
    const VALUES_MAX: usize = 60_000;
    const MEETS_EVERY_KEY: bool = true;

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
        let opening = async {
            let mut connection = options.disable_statement_logging().connect().await?;
            let version: String = sqlx::query_scalar("SELECT VERSION()").fetch_one(&mut connection).await?;
            let is_mariadb = version.contains("MariaDB");
            Ok(Self { connection, zone, is_mariadb, whole: true })
        };
        opening.await.map_err(|error| failed(&error).at_the_door(&place.to_string()))
    }

    async fn describe(&mut self) -> Result<String, Failed> {
        let system = if self.is_mariadb { "MariaDB" } else { "MySQL" };
        let asked = sqlx::query_scalar::<_, String>("SELECT CONCAT(VERSION(), ', database ', DATABASE())");
        let said = asked.fetch_one(&mut self.connection).await.map_err(|error| failed(&error))?;
        Ok(format!("{system} {said}"))
    }

    async fn begin(&mut self, only_reads: bool, most: Duration) -> Result<(), Failed> {
        let bound = match self.is_mariadb {
            true => format!("max_statement_time = {}", most.as_secs().max(1)),
            false => format!("max_execution_time = {}", most.as_millis().clamp(1, u32::MAX.into())),
        };
        let mode = if only_reads { "READ ONLY" } else { "READ WRITE" };
        // Without the strict mode, what does not fit would be cut off without a word.
        let strict = "sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES')";
        let locks = format!("innodb_lock_wait_timeout = {}", most.as_secs().clamp(1, 50));
        self.run(format!("SET {strict}, {bound}, {locks}; START TRANSACTION {mode}")).await
    }

    async fn read(&mut self, statement: &Statement, most: Most) -> Result<Found, Failed> {
        let (sql, arguments) = self.ready(statement)?;
        let zone = self.zone;
        self.whole = false;
        let mut rows =
            query_with(AssertSqlSafe(sql), arguments).persistent(false).fetch(&mut self.connection);
        let mut gathering: Option<Gathering> = None;
        while let Some(row) = rows.try_next().await.map_err(|error| failed(&error))? {
            let names = || row.columns().iter().map(|column| column.name().to_owned());
            let gathering = gathering.get_or_insert_with(|| Gathering::new(names(), most));
            let values = (0..row.len()).map(|at| mysql_value::read(&row, at, zone));
            let values =
                values.collect::<Result<_, _>>().map_err(|why| Failed::new(Trouble::Unreadable, why))?;
            if !gathering.take(values) {
                return Ok(std::mem::take(&mut gathering.found));
            }
        }
        drop(rows);
        self.whole = true;
        Ok(gathering.map(|gathering| gathering.found).unwrap_or_default())
    }

    async fn change(&mut self, statement: &Statement) -> Result<u64, Failed> {
        let (sql, arguments) = self.ready(statement)?;
        self.whole = false;
        let asked = query_with(AssertSqlSafe(sql), arguments).persistent(false);
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
        name::backticks(name)
    }

    fn columns(table: &Table) -> Statement {
        let statement = Statement::new(
            "SELECT COLUMN_NAME AS name, COLUMN_TYPE AS type FROM information_schema.COLUMNS WHERE ",
        );
        of_table(statement, table).text(" ORDER BY ORDINAL_POSITION")
    }

    fn unique_keys(table: &Table) -> Option<Statement> {
        let statement = Statement::new(
            "SELECT INDEX_NAME AS `key`, COLUMN_NAME AS name FROM information_schema.STATISTICS WHERE NON_UNIQUE = 0 AND ",
        );
        Some(of_table(statement, table).text(" ORDER BY INDEX_NAME, SEQ_IN_INDEX"))
    }

    fn tables(like: &str, from: usize, most: usize) -> Statement {
        Statement::new(
            "SELECT CASE WHEN TABLE_SCHEMA = DATABASE() THEN '' ELSE TABLE_SCHEMA END AS `schema`, TABLE_NAME AS name, \
             TABLE_COMMENT AS about FROM information_schema.TABLES \
             WHERE TABLE_SCHEMA NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys') AND LOWER(TABLE_NAME) LIKE ",
        )
        .value(like)
        .text(format!(" ESCAPE '!' ORDER BY TABLE_NAME, TABLE_SCHEMA LIMIT {most} OFFSET {from}"))
    }

    fn given(&self, value: Value, kind: &str) -> Result<Given, String> {
        let kind = kind.to_ascii_lowercase();
        let is = |names: &[&str]| names.iter().any(|name| kind.starts_with(name));
        match value {
            value if is(&["binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"]) => {
                read_bytes(&value).map(Given::Bytes)
            }
            Value::String(text) if !is(&["datetime", "timestamp"]) => Ok(Given::Text(text)),
            Value::Number(number) if is(&["bit"]) => Ok(Given::Json(Value::Number(number))),
            value => Ok(Given::Json(value)),
        }
    }

    fn at_most(rows: usize) -> String {
        format!(" LIMIT {rows}")
    }

    fn upsert(writing: &Writing<'_>) -> Statement {
        let rest = writing.rest();
        let sets: Vec<String> = match rest.is_empty() {
            true => writing.keys.iter().map(|key| format!("{key} = {}.{key}", writing.table)).collect(),
            false => rest.iter().map(|column| format!("{column} = VALUES({column})")).collect(),
        };
        writing.insert().text(format!(" ON DUPLICATE KEY UPDATE {}", sets.join(", ")))
    }
}

fn of_table(statement: Statement, table: &Table) -> Statement {
    let statement = statement.text("TABLE_NAME = ").value(table.name()).text(" AND TABLE_SCHEMA = ");
    match table.schema() {
        Some(schema) => statement.value(schema),
        None => statement.text("DATABASE()"),
    }
}

fn spec() -> ConnectorSpec {
    let [mode, authority] = words::encryption();
    ConnectorSpec::new("mysql", Purpose::Data, "MySQL and MariaDB", "MySQL และ MariaDB")
        .about("Rows of a MySQL or MariaDB database.", "อ่านและเขียนข้อมูลในฐานข้อมูล MySQL หรือ MariaDB")
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
            "Let the administrator make a user for Khlong: CREATE USER khlong IDENTIFIED BY '…', and grant it SELECT, INSERT and UPDATE on the tables that flows use, no more.",
            "ให้ผู้ดูแลสร้างผู้ใช้สำหรับ Khlong: CREATE USER khlong IDENTIFIED BY '…' และให้สิทธิ์ SELECT, INSERT และ UPDATE เฉพาะตารางที่โฟลว์ใช้",
        )
        .step(
            "Ask for the host, the port and the database's name. The certificate that MySQL makes for itself has no name in it: paste its ca.pem, and choose to check only the certificate.",
            "ขอโฮสต์ พอร์ต และชื่อฐานข้อมูล ใบรับรองที่ MySQL สร้างเองไม่มีชื่อเซิร์ฟเวอร์ ให้วาง ca.pem และเลือกตรวจเฉพาะใบรับรอง",
        )
        .step(
            "Set the time zone that columns of the type DATETIME are meant in.",
            "กำหนดเขตเวลาของคอลัมน์ชนิด DATETIME",
        )
        .limits()
        .quirk(
            "Tables of the engine MyISAM know no transactions: what was written before a failure stays.",
            "ตารางชนิด MyISAM ไม่รองรับทรานแซกชัน ข้อมูลที่เขียนก่อนเกิดข้อผิดพลาดจะยังคงอยู่",
        )
        .quirk(
            "BOOLEAN is a number there, 0 or 1, and BIT comes as a number. JSON columns of MariaDB are texts. Dates of zeros come as null.",
            "BOOLEAN เป็นตัวเลข 0 หรือ 1 ส่วน BIT มาเป็นตัวเลข คอลัมน์ JSON ของ MariaDB เป็นข้อความ วันที่ที่เป็นศูนย์จะเป็น null",
        )
        .quirk(
            "A parameter of a query that is a whole time with an offset is sent as a time of the connection's zone. Tried against MariaDB; MySQL itself was not tried, and without TLS it takes no password by caching_sha2_password.",
            "พารามิเตอร์ที่เป็นวันเวลาพร้อมออฟเซ็ตจะส่งเป็นเวลาในเขตเวลาของการเชื่อมต่อ ทดสอบกับ MariaDB แล้ว แต่ยังไม่ได้ทดสอบกับ MySQL และหากไม่ใช้ TLS จะใช้รหัสผ่านแบบ caching_sha2_password ไม่ได้",
        )
        .quirk(
            "To insert or update, rows may fill the columns of one unique key only: MySQL would change the row that any of them meets.",
            "การเพิ่มหรือแก้ไขแถวต้องมีคอลัมน์ของคีย์ที่ไม่ซ้ำเพียงคีย์เดียว เพราะ MySQL จะแก้แถวที่ตรงกับคีย์ใดก็ได้",
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits_on_the_way_there() {
        let given = |text: &str| place(&Given::Json(serde_json::from_str(text).expect("a number")));
        assert_eq!(given("9007199254740993"), "?");
        assert_eq!(given("18446744073709551615"), "CAST(? AS DECIMAL(20,0))");
        assert_eq!(given("-10.50"), "CAST(? AS DECIMAL(4,2))");
        assert_eq!(given("1e300"), "?");
        assert_eq!(given("\"10.50\""), "?");
    }

    #[test]
    fn only_what_is_not_a_key_is_set() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let (columns, keys) = (names(&["`k`", "`a`"]), names(&["`k`"]));
        let rows = [vec![Given::from("1"), Given::from("2")]];
        let mut writing =
            Writing { table: "`t`", columns: &columns, keys: &keys, rows: &rows, updates: true };
        let text = |writing: &Writing<'_>| MySql::upsert(writing).render(|_| "?".into());
        let insert = "INSERT INTO `t` (`k`, `a`) VALUES (?, ?) ON DUPLICATE KEY UPDATE";
        assert_eq!(text(&writing), format!("{insert} `a` = VALUES(`a`)"));
        writing.updates = false;
        assert_eq!(text(&writing), format!("{insert} `k` = `t`.`k`"));
    }
}
