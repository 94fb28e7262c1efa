//! Microsoft SQL Server, by the client `tiberius`, which encrypts nothing: see `tds`.

mod encryption;
mod tds;
mod value;

use super::dialect::{Dialect, Writing};
use super::name::{self, Table};
use super::reading::Lexis;
use super::rows::{Found, Gathering, Most, read_bytes};
use super::statement::{Given, Statement};
use super::trouble::{Failed, Trouble};
use super::words::Limits as _;
use super::{times, words};
use crate::failure;
use crate::place::Place;
use async_trait::async_trait;
use chrono_tz::Tz;
use connector::{Connection, Error};
use futures::TryStreamExt;
use model::{ConnectorSpec, Field, Purpose};
use rustls::pki_types::ServerName;
use secrecy::ExposeSecret;
use serde_json::Value;
use std::time::Duration;
use tiberius::error::Error as Refusal;
use tiberius::{AuthMethod, Client, Config, EncryptionLevel, Query, QueryItem};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::compat::{Compat, TokioAsyncWriteCompatExt};

const PORT: u16 = 1433;

/// A connection, encrypted or not.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send + Sync {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + Sync> Stream for S {}

pub struct SqlServer {
    client: Client<Compat<Box<dyn Stream>>>,
    zone: Tz,
    only_reads: bool,
    whole: bool,
}

fn failed(error: &Refusal) -> Failed {
    let trouble = match error {
        Refusal::Server(answer) => trouble(answer.code()),
        Refusal::Io { .. } | Refusal::Tls(_) | Refusal::Protocol(_) => Trouble::Lost,
        Refusal::Conversion(_) | Refusal::Encoding(_) => Trouble::Refused,
        _ => Trouble::Unreadable,
    };
    let said = match error {
        Refusal::Server(answer) => answer.message().to_owned(),
        Refusal::Routing { host, port } => format!("the server is reached at {host}:{port}"),
        other => other.to_string(),
    };
    Failed::new(trouble, said)
}

/// By the number of the error, as Microsoft lists them.
fn trouble(number: u32) -> Trouble {
    match number {
        1205 | 1222 | 3960 | 3961 | 41302 | 41305 | 41325 => Trouble::Again,
        701 | 802 | 8645 | 8651 | 10928 | 10929 | 40197 | 40501 | 40613 | 49918 | 49919 | 49920 => {
            Trouble::Busy
        }
        6005 => Trouble::Lost,
        18452 | 18456 | 18470 | 18486 | 18487 | 18488 => Trouble::Login,
        911 | 4060 | 4064 | 40532 => Trouble::NoDatabase,
        229 | 230 | 262 | 297 | 300 | 916 | 15247 => Trouble::NoRight,
        3906 => Trouble::ReadOnly,
        _ => Trouble::Refused,
    }
}

async fn connect(connection: &Connection, place: &Place) -> Result<Box<dyn Stream>, Error> {
    let encryption = encryption::config(connection)?;
    let stream = place.connect().await?;
    let Some(config) = encryption else { return Ok(Box::new(stream)) };
    let name = ServerName::try_from(place.host.clone())
        .map_err(|_| connection.lacks("host that is a name or an address"))?;
    let encrypted = tds::encrypted(stream, name, config).await;
    Ok(Box::new(encrypted.map_err(|error| failure::connecting(place, &failure::chain(&error)))?))
}

impl SqlServer {
    async fn run(&mut self, sql: String) -> Result<(), Failed> {
        self.whole = false;
        let asked = self.client.simple_query(sql).await.map_err(|error| failed(&error))?;
        asked.into_results().await.map_err(|error| failed(&error))?;
        self.whole = true;
        Ok(())
    }
}

fn ready(statement: &Statement) -> Query<'static> {
    let mut query = Query::new(statement.render(|at| format!("@P{}", at + 1)));
    statement.values.iter().for_each(|given| value::bind(&mut query, given));
    query
}

#[async_trait]
impl Dialect for SqlServer {
    const ID: &'static str = "sql_server";
    const LEXIS: Lexis =
        Lexis { backslash: false, brackets: true, backticks: false, hash: false, dollars: false };
    /// One less than it takes, and some for itself.
    const VALUES_MAX: usize = 2_000;

    fn spec() -> ConnectorSpec {
        spec()
    }

    fn place(connection: &Connection) -> Result<String, Error> {
        Place::of(connection, "host", "port", PORT).map(|place| place.to_string())
    }

    async fn open(connection: &Connection) -> Result<Self, Error> {
        let (place, zone) = (Place::of(connection, "host", "port", PORT)?, times::zone(connection)?);
        let password = connection.need_secret("password")?.expose_secret();
        let mut config = Config::new();
        config.host(&place.host);
        config.port(place.port);
        config.database(connection.need("database")?);
        config.authentication(AuthMethod::sql_server(connection.need("username")?, password));
        config.application_name("khlong");
        config.encryption(EncryptionLevel::NotSupported);
        let stream = connect(connection, &place).await?;
        let client = Client::connect(config, stream.compat_write()).await;
        let client = client.map_err(|error| failed(&error).at_the_door(&place.to_string()))?;
        Ok(Self { client, zone, only_reads: false, whole: true })
    }

    async fn describe(&mut self) -> Result<String, Failed> {
        let statement = Statement::new(
            "SELECT CONCAT('SQL Server ', CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128)), ', database ', DB_NAME()) AS said",
        );
        let found = self.read(&statement, Most::rows(1)).await?;
        Ok(found.rows.first().map(|row| super::table::text(row, "said")).unwrap_or_default())
    }

    async fn begin(&mut self, only_reads: bool, most: Duration) -> Result<(), Failed> {
        self.only_reads = only_reads;
        let locks = most.as_millis().clamp(1, 50_000);
        // After an error nothing of the transaction stays, whatever the error was.
        self.run(format!("SET XACT_ABORT ON; SET LOCK_TIMEOUT {locks}; BEGIN TRANSACTION")).await
    }

    async fn read(&mut self, statement: &Statement, most: Most) -> Result<Found, Failed> {
        self.whole = false;
        let mut rows = ready(statement).query(&mut self.client).await.map_err(|error| failed(&error))?;
        let mut gathering: Option<Gathering> = None;
        while let Some(item) = rows.try_next().await.map_err(|error| failed(&error))? {
            let QueryItem::Row(row) = item else { continue };
            let names = || row.columns().iter().map(|column| column.name().to_owned());
            let gathering = gathering.get_or_insert_with(|| Gathering::new(names(), most));
            let values = row.cells().map(|(_, held)| value::read(held)).collect::<Option<Vec<_>>>();
            let values = values.ok_or_else(|| Failed::new(Trouble::Unreadable, "a time that cannot be"))?;
            if !gathering.take(values) {
                return Ok(std::mem::take(&mut gathering.found));
            }
        }
        drop(rows);
        self.whole = true;
        Ok(gathering.map(|gathering| gathering.found).unwrap_or_default())
    }

    async fn change(&mut self, statement: &Statement) -> Result<u64, Failed> {
        self.whole = false;
        let done = ready(statement).execute(&mut self.client).await.map_err(|error| failed(&error))?;
        self.whole = true;
        Ok(done.total())
    }

    /// It knows no transaction that only reads: one that was to is undone, whatever was in it.
    async fn commit(&mut self) -> Result<(), Failed> {
        let end =
            if self.only_reads { "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION" } else { "COMMIT TRANSACTION" };
        self.run(end.into()).await
    }

    fn is_whole(&self) -> bool {
        self.whole
    }

    fn quote(name: &str) -> String {
        name::brackets(name)
    }

    fn columns(table: &Table) -> Statement {
        Statement::new(
            "SELECT c.name AS name, TYPE_NAME(c.system_type_id) AS type FROM sys.all_columns AS c WHERE c.object_id = OBJECT_ID(",
        )
        .value(table.quoted(name::brackets).as_str())
        .text(") ORDER BY c.column_id")
    }

    fn unique_keys(table: &Table) -> Option<Statement> {
        let statement = Statement::new(
            "SELECT i.name AS [key], c.name AS name FROM sys.indexes AS i \
             JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id AND k.is_included_column = 0 \
             JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id \
             WHERE i.is_unique = 1 AND i.has_filter = 0 AND i.object_id = OBJECT_ID(",
        );
        let statement = statement.value(table.quoted(name::brackets).as_str());
        Some(statement.text(") ORDER BY i.name, k.key_ordinal"))
    }

    fn tables(like: &str, from: usize, most: usize) -> Statement {
        Statement::new(
            "SELECT CASE WHEN s.name = SCHEMA_NAME() THEN N'' ELSE s.name END AS [schema], o.name AS name, N'' AS about \
             FROM sys.objects AS o JOIN sys.schemas AS s ON s.schema_id = o.schema_id \
             WHERE o.type IN ('U', 'V') AND o.is_ms_shipped = 0 AND LOWER(o.name) LIKE ",
        )
        .value(like)
        .text(format!(" ESCAPE '!' ORDER BY o.name, s.name OFFSET {from} ROWS FETCH NEXT {most} ROWS ONLY"))
    }

    fn given(&self, value: Value, kind: &str) -> Result<Given, String> {
        match kind {
            "binary" | "varbinary" | "image" | "timestamp" => read_bytes(&value).map(Given::Bytes),
            "datetime" | "datetime2" | "smalldatetime" => Ok(match value {
                // The letter between day and time keeps it apart from the ways of writing that the server's language decides.
                Value::String(text) => Given::Text(
                    times::local(&text, self.zone).map_or(text, |local| local.replacen(' ', "T", 1)),
                ),
                value => Given::Json(value),
            }),
            _ => Ok(Given::Json(value)),
        }
    }

    fn at_most(rows: usize) -> String {
        format!(" OFFSET 0 ROWS FETCH NEXT {rows} ROWS ONLY")
    }

    fn upsert(writing: &Writing<'_>) -> Statement {
        let columns = writing.columns.join(", ");
        let same: Vec<String> =
            writing.keys.iter().map(|key| format!("target.{key} = source.{key}")).collect();
        let sets: Vec<String> =
            writing.rest().iter().map(|column| format!("{column} = source.{column}")).collect();
        let matched = match sets.is_empty() {
            true => String::new(),
            false => format!(" WHEN MATCHED THEN UPDATE SET {}", sets.join(", ")),
        };
        let values: Vec<String> = writing.columns.iter().map(|column| format!("source.{column}")).collect();
        // Held to the end, so that nobody else inserts the same key in between.
        Statement::new(format!("MERGE INTO {} WITH (HOLDLOCK) AS target USING (VALUES ", writing.table))
            .rows(writing.rows)
            .text(format!(
                ") AS source ({columns}) ON {}{matched} WHEN NOT MATCHED THEN INSERT ({columns}) VALUES ({});",
                same.join(" AND "),
                values.join(", ")
            ))
    }
}

fn spec() -> ConnectorSpec {
    let [mode, authority] = words::encryption();
    ConnectorSpec::new("sql_server", Purpose::Data, "Microsoft SQL Server", "Microsoft SQL Server")
        .about("Rows of a Microsoft SQL Server or Azure SQL database.", "อ่านและเขียนข้อมูลในฐานข้อมูล Microsoft SQL Server หรือ Azure SQL")
        .connection(vec![
            words::host("sql.example.com"),
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
            "Let the administrator switch on SQL Server authentication and TCP, and make a login and a user for Khlong: CREATE LOGIN khlong WITH PASSWORD = '…'; CREATE USER khlong FOR LOGIN khlong; and grant it SELECT, INSERT and UPDATE on the tables that flows use, no more.",
            "ให้ผู้ดูแลเปิดการยืนยันตัวตนแบบ SQL Server และ TCP แล้วสร้างล็อกอินและผู้ใช้: CREATE LOGIN khlong WITH PASSWORD = '…'; CREATE USER khlong FOR LOGIN khlong; และให้สิทธิ์ SELECT, INSERT และ UPDATE เฉพาะตารางที่โฟลว์ใช้",
        )
        .step(
            "Ask for the host, the port (a named instance has one of its own) and the database's name. For a certificate that the server made for itself, paste it as the authority; where it bears another name, choose to check only the certificate.",
            "ขอโฮสต์ พอร์ต (อินสแตนซ์ที่มีชื่อจะมีพอร์ตของตนเอง) และชื่อฐานข้อมูล หากเซิร์ฟเวอร์สร้างใบรับรองเองให้วางใบรับรองนั้น และหากชื่อในใบรับรองไม่ตรงให้เลือกตรวจเฉพาะใบรับรอง",
        )
        .step(
            "Set the time zone that columns of the types datetime and datetime2 are meant in.",
            "กำหนดเขตเวลาของคอลัมน์ชนิด datetime และ datetime2",
        )
        .limits()
        .quirk(
            "Not tried against a real SQL Server: none could be installed where Khlong is tested. The statements follow Microsoft's documentation; the values, the errors and the encryption are tested against packets made after it. Try each operation on a copy first.",
            "ยังไม่ได้ทดสอบกับ SQL Server จริง เพราะไม่สามารถติดตั้งในสภาพแวดล้อมที่ใช้ทดสอบ Khlong คำสั่งเขียนตามเอกสารของ Microsoft ส่วนค่า ข้อผิดพลาด และการเข้ารหัสทดสอบกับแพ็กเก็ตที่สร้างตามเอกสาร ควรทดลองกับสำเนาฐานข้อมูลก่อน",
        )
        .quirk(
            "Encrypted by TLS 1.2 (2016 and newer; older ones offer no cipher that is taken). A database that only takes TDS 8.0 (strict) cannot be reached. Windows and Entra sign-in are absent.",
            "เข้ารหัสด้วย TLS 1.2 (รุ่น 2016 ขึ้นไป รุ่นเก่ากว่าไม่มีรูปแบบการเข้ารหัสที่รับได้) เชื่อมต่อฐานข้อมูลที่รับเฉพาะ TDS 8.0 (strict) ไม่ได้ และไม่มีการยืนยันตัวตนแบบ Windows หรือ Entra",
        )
        .quirk(
            "It knows no transaction that only reads: a query runs in one that is undone at its end.",
            "ไม่มีทรานแซกชันแบบอ่านอย่างเดียว คำสั่งสอบถามจึงทำงานในทรานแซกชันที่ยกเลิกเมื่อจบ",
        )
        .quirk(
            "money comes as a binary number: CAST it AS decimal(19, 4) where it has more than 15 digits. A rowversion grows with each change: in a query, CAST it AS bigint. $1 is a parameter, not an amount of money; a date as a parameter is CAST AS datetimeoffset.",
            "ชนิด money มาเป็นเลขฐานสอง หากเกิน 15 หลักให้ CAST AS decimal(19, 4) ส่วน rowversion เพิ่มขึ้นทุกการเปลี่ยนแปลง ให้ CAST AS bigint ในคำสั่งสอบถาม $1 คือพารามิเตอร์ ไม่ใช่จำนวนเงิน พารามิเตอร์วันเวลาให้ CAST AS datetimeoffset",
        )
}

#[cfg(test)]
mod tests;
