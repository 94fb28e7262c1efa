//! SQLite. Its library answers while it works, so it works on threads that may wait; and it asks, before it does anything,
//! whether that is allowed: other files never are.

mod folder;

pub use folder::allow_below;

use super::dialect::{Dialect, Writing};
use super::name::{self, Table};
use super::reading::Lexis;
use super::rows::{Decimal, Found, Gathering, Most, bytes, double, read_bytes};
use super::statement::{Given, Statement};
use super::trouble::{Failed, Trouble};
use super::words::Limits as _;
use async_trait::async_trait;
use connector::{Connection, Error};
use model::{ConnectorSpec, Field, FieldKind, Purpose};
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::types::{Value as Held, ValueRef};
use rusqlite::{ErrorCode, InterruptHandle, OpenFlags, params_from_iter};
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long a lock of somebody else is waited for.
const LOCK_MAX: Duration = Duration::from_secs(5);
/// What is asked for here; every other pragma, and every other file, is somebody's SQL and refused.
const PRAGMAS: [&str; 3] = ["query_only", "table_xinfo", "busy_timeout"];

pub struct Sqlite {
    database: Arc<Mutex<rusqlite::Connection>>,
    interrupt: Arc<InterruptHandle>,
    whole: bool,
}

/// Stops what is at work when nobody waits for it any more.
struct Stopping(Option<Arc<InterruptHandle>>);

impl Drop for Stopping {
    fn drop(&mut self) {
        if let Some(interrupt) = self.0.take() {
            interrupt.interrupt();
        }
    }
}

fn failed(error: &rusqlite::Error) -> Failed {
    let trouble = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Trouble::Again,
        Some(ErrorCode::DiskFull | ErrorCode::OutOfMemory | ErrorCode::SystemIoFailure) => Trouble::Busy,
        Some(ErrorCode::OperationInterrupted) => Trouble::TooLong,
        Some(ErrorCode::ReadOnly) => Trouble::ReadOnly,
        Some(ErrorCode::CannotOpen | ErrorCode::NotADatabase) => Trouble::NoDatabase,
        Some(ErrorCode::PermissionDenied | ErrorCode::AuthorizationForStatementDenied) => Trouble::NoRight,
        _ => Trouble::Refused,
    };
    Failed::new(trouble, error.to_string())
}

fn allowed(asked: AuthContext<'_>) -> Authorization {
    match asked.action {
        AuthAction::Attach { .. } | AuthAction::Detach { .. } => Authorization::Deny,
        AuthAction::Pragma { pragma_name, .. } if !PRAGMAS.contains(&pragma_name) => Authorization::Deny,
        AuthAction::Function { function_name: "load_extension" } => Authorization::Deny,
        _ => Authorization::Allow,
    }
}

impl Sqlite {
    /// Works with the library on a thread of its own.
    async fn on<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&rusqlite::Connection) -> Result<T, rusqlite::Error> + Send + 'static,
    ) -> Result<T, Failed> {
        let database = self.database.clone();
        self.whole = false;
        let mut stopping = Stopping(Some(self.interrupt.clone()));
        let working = tokio::task::spawn_blocking(move || {
            work(&database.lock().unwrap_or_else(PoisonError::into_inner))
        });
        let done = working.await.map_err(|error| Failed::new(Trouble::Lost, error.to_string()))?;
        stopping.0 = None;
        let done = done.map_err(|error| failed(&error))?;
        self.whole = true;
        Ok(done)
    }
}

fn held(given: &Given) -> Held {
    match given {
        Given::Bytes(bytes) => bytes.clone().map_or(Held::Null, Held::Blob),
        Given::Text(text) => Held::Text(text.clone()),
        Given::Json(Value::Null) => Held::Null,
        Given::Json(Value::Bool(yes)) => Held::Integer((*yes).into()),
        Given::Json(Value::String(text)) => Held::Text(text.clone()),
        Given::Json(Value::Number(number)) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Held::Integer(whole),
            // A binary number where it has the same digits; else the text, which a column of texts keeps.
            (None, Some(real)) if same_digits(number, real) => Held::Real(real),
            _ => Held::Text(number.to_string()),
        },
        Given::Json(value) => Held::Text(value.to_string()),
    }
}

fn same_digits(number: &serde_json::Number, real: f64) -> bool {
    let Some(given) = Decimal::read(number) else { return true };
    let plain = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text.to_owned(),
    };
    plain(&given.text) == plain(&real.to_string())
}

fn value(held: ValueRef<'_>) -> Value {
    match held {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(whole) => whole.into(),
        ValueRef::Real(real) => double(real),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into(),
        ValueRef::Blob(blob) => bytes(blob),
    }
}

fn ready(statement: &Statement) -> (String, Vec<Held>) {
    (statement.render(|at| format!("?{}", at + 1)), statement.values.iter().map(held).collect())
}

#[async_trait]
impl Dialect for Sqlite {
    const ID: &'static str = "sqlite";
    const LEXIS: Lexis =
        Lexis { backslash: false, brackets: true, backticks: true, hash: false, dollars: false };
    const VALUES_MAX: usize = 30_000;

    fn spec() -> ConnectorSpec {
        spec()
    }

    fn place(connection: &Connection) -> Result<String, Error> {
        connection.need("file").map(|file| format!("SQLite {file}"))
    }

    async fn open(connection: &Connection) -> Result<Self, Error> {
        let place = Self::place(connection)?;
        let file = folder::file(connection)?;
        let opening = move || -> Result<rusqlite::Connection, rusqlite::Error> {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
                | OpenFlags::SQLITE_OPEN_NO_MUTEX
                | OpenFlags::SQLITE_OPEN_NOFOLLOW;
            let database = rusqlite::Connection::open_with_flags(file, flags)?;
            database.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
            database.busy_timeout(LOCK_MAX)?;
            database.authorizer(Some(allowed))?;
            // It is looked into no sooner than it is asked something.
            database.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
            Ok(database)
        };
        let opened = tokio::task::spawn_blocking(opening).await;
        let opened =
            opened.map_err(|error| Failed::new(Trouble::Lost, error.to_string()).before_commit(&place))?;
        let database = opened.map_err(|error| failed(&error).at_the_door(&place))?;
        let interrupt = Arc::new(database.get_interrupt_handle());
        Ok(Self { database: Arc::new(Mutex::new(database)), interrupt, whole: true })
    }

    async fn describe(&mut self) -> Result<String, Failed> {
        self.on(|database| {
            let tables =
                "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'";
            let tables: i64 = database.query_row(tables, [], |row| row.get(0))?;
            Ok(format!("SQLite {}, {tables} tables", rusqlite::version()))
        })
        .await
    }

    async fn begin(&mut self, only_reads: bool, _most: Duration) -> Result<(), Failed> {
        self.on(move |database| {
            database.pragma_update(None, "query_only", only_reads)?;
            // A transaction that is to write waits for its turn now: later there would be none.
            database.execute_batch(if only_reads { "BEGIN" } else { "BEGIN IMMEDIATE" })
        })
        .await
    }

    async fn read(&mut self, statement: &Statement, most: Most) -> Result<Found, Failed> {
        let (sql, values) = ready(statement);
        self.on(move |database| {
            let mut statement = database.prepare(&sql)?;
            let names: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
            let (count, mut gathering) = (names.len(), Gathering::new(names, most));
            let mut rows = statement.query(params_from_iter(values))?;
            while let Some(row) = rows.next()? {
                let values = (0..count).map(|at| row.get_ref(at).map(value)).collect::<Result<_, _>>()?;
                if !gathering.take(values) {
                    break;
                }
            }
            Ok(gathering.found)
        })
        .await
    }

    async fn change(&mut self, statement: &Statement) -> Result<u64, Failed> {
        let (sql, values) = ready(statement);
        self.on(move |database| {
            let before = database.total_changes();
            let mut statement = database.prepare(&sql)?;
            let mut rows = statement.query(params_from_iter(values))?;
            // What it gives back is of no matter, and it has done its work when it has given all of it.
            while rows.next()?.is_some() {}
            // Those of triggers are not counted.
            Ok(if database.total_changes() > before { database.changes() } else { 0 })
        })
        .await
    }

    async fn commit(&mut self) -> Result<(), Failed> {
        self.on(|database| database.execute_batch("COMMIT")).await
    }

    fn is_whole(&self) -> bool {
        self.whole
    }

    fn quote(name: &str) -> String {
        name::double(name)
    }

    fn columns(table: &Table) -> Statement {
        let statement = Statement::new("SELECT name, type FROM pragma_table_xinfo(").value(table.name());
        let statement = match table.schema() {
            Some(schema) => statement.text(", ").value(schema),
            None => statement,
        };
        statement.text(") ORDER BY cid")
    }

    fn tables(like: &str, from: usize, most: usize) -> Statement {
        Statement::new(
            "SELECT '' AS schema, t.name AS name, (SELECT group_concat(c.name, ', ') FROM pragma_table_xinfo(t.name) AS c) AS about \
             FROM sqlite_schema AS t WHERE t.type IN ('table', 'view') AND t.name NOT LIKE 'sqlite!_%' ESCAPE '!' AND lower(t.name) LIKE ",
        )
        .value(like)
        .text(format!(" ESCAPE '!' ORDER BY t.name LIMIT {most} OFFSET {from}"))
    }

    fn given(&self, value: Value, kind: &str) -> Result<Given, String> {
        match kind.to_ascii_lowercase().contains("blob") {
            true => read_bytes(&value).map(Given::Bytes),
            false => Ok(Given::Json(value)),
        }
    }

    fn at_most(rows: usize) -> String {
        format!(" LIMIT {rows}")
    }

    fn upsert(writing: &Writing<'_>) -> Statement {
        writing.on_conflict()
    }
}

fn spec() -> ConnectorSpec {
    ConnectorSpec::new("sqlite", Purpose::Data, "SQLite", "SQLite")
        .about("Rows of a SQLite file beside the server.", "อ่านและเขียนข้อมูลในไฟล์ SQLite ที่อยู่กับเซิร์ฟเวอร์")
        .connection(vec![
            Field::new("file", FieldKind::Text, "File", "ไฟล์")
                .about(
                    "The database file's path below the folder that the operator allows.",
                    "พาธของไฟล์ฐานข้อมูลภายใต้โฟลเดอร์ที่ผู้ดูแลอนุญาต",
                )
                .required()
                .at_most(400)
                .example("shop/orders.db"),
            Field::rate(None),
        ])
        .step(
            "Let whoever runs the server start it with --sqlite-dir FOLDER (or KHLONG_SQLITE_DIR), and put the file below that folder. Without it no file is opened.",
            "ให้ผู้ดูแลเริ่มเซิร์ฟเวอร์ด้วย --sqlite-dir FOLDER หรือ KHLONG_SQLITE_DIR แล้ววางไฟล์ไว้ในโฟลเดอร์นั้น หากไม่กำหนดจะไม่เปิดไฟล์ใดเลย",
        )
        .step(
            "Write the path below the folder, such as shop/orders.db. Links, .. and other databases (ATTACH) are refused, and no file is made.",
            "ระบุพาธภายใต้โฟลเดอร์ เช่น shop/orders.db ไม่รับลิงก์ .. และฐานข้อมูลอื่น (ATTACH) และจะไม่สร้างไฟล์ใหม่",
        )
        .limits()
        .limit(
            "One writes at a time, whoever it is; others wait five seconds, then the step is tried again.",
            "เขียนได้ครั้งละหนึ่งรายเท่านั้น รายอื่นจะรอห้าวินาทีแล้วลองใหม่",
        )
        .quirk(
            "Columns take any type. Decimal numbers with more digits than a binary number holds are kept as text, in a column of the type TEXT; in others SQLite rounds them.",
            "คอลัมน์รับค่าได้ทุกชนิด เลขทศนิยมที่มีหลักมากเกินจะเก็บเป็นข้อความในคอลัมน์ชนิด TEXT ส่วนคอลัมน์ชนิดอื่น SQLite จะปัดเศษ",
        )
        .quirk(
            "There are no types for times: they are the texts or numbers that somebody wrote, are not converted, and \"since\" is written like them.",
            "ไม่มีชนิดข้อมูลวันเวลา ค่าที่ได้คือข้อความหรือตัวเลขตามที่บันทึกไว้โดยไม่แปลง และ \"ตั้งแต่\" ต้องเขียนรูปแบบเดียวกัน",
        )
        .quirk(
            "With several servers on one store, each opens the file on its own disk.",
            "หากมีหลายเซิร์ฟเวอร์ใช้ที่เก็บข้อมูลร่วมกัน แต่ละเซิร์ฟเวอร์จะเปิดไฟล์ในดิสก์ของตนเอง",
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_number_is_binary_only_where_its_digits_stay() {
        let held = |text: &str| held(&Given::Json(serde_json::from_str(text).expect("a number")));
        assert_eq!(held("10.50"), Held::Real(10.5));
        assert_eq!(held("9007199254740993"), Held::Integer(9_007_199_254_740_993));
        assert_eq!(held("1234567890123456.789"), Held::Text("1234567890123456.789".into()));
        assert_eq!(held("18446744073709551615"), Held::Text("18446744073709551615".into()));
        assert_eq!(value(ValueRef::Real(0.1)), json!(0.1));
    }
}
