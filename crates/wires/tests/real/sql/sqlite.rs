//! SQLite files.

use super::{Base, scenes};
use crate::common::connection;
use connector::Retry;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

const ORDERS: &str = "CREATE TABLE orders (id INTEGER PRIMARY KEY, order_no TEXT UNIQUE NOT NULL, customer TEXT, \
    total TEXT CHECK (total GLOB '[0-9]*'), updated_at TEXT NOT NULL DEFAULT '2026-11-20 03:10:00')";

/// The process says once where files may be, so all tests have one folder.
fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder").keep();
        wires::allow_sqlite_below(folder.clone());
        folder
    })
}

struct File {
    path: PathBuf,
    base: Base,
}

fn file(name: &str) -> File {
    let path = folder().join(name);
    let file = File { base: Base::new(connection("sqlite", json!({"file": name}), &[])), path };
    file.does("PRAGMA journal_mode = WAL");
    file.does(ORDERS);
    file
}

impl File {
    fn open(&self) -> Connection {
        Connection::open(&self.path).expect("opened")
    }

    fn does(&self, sql: &str) {
        self.open().execute_batch(sql).expect(sql);
    }
}

impl Drop for File {
    fn drop(&mut self) {
        for ending in ["", "-wal", "-shm"] {
            std::fs::remove_file(format!("{}{ending}", self.path.display())).ok();
        }
    }
}

#[tokio::test]
async fn flows_read_and_write_a_file() {
    let file = file("flows.db");
    let found = file.base.test().await.expect("it is there");
    assert!(found.starts_with("SQLite 3") && found.ends_with("1 tables"), "{found}");
    scenes::all(&file.base).await;
}

#[tokio::test]
async fn every_kind_of_value_comes_back_as_it_went() {
    let file = file("types.db");
    file.does("CREATE TABLE types (k INTEGER PRIMARY KEY, a, b TEXT, c REAL, d BLOB, e, f, g)");
    let row: Value = serde_json::from_str(
        r#"{"k": 1, "a": 9223372036854775807, "b": "12345678901234567890.10", "c": 0.1, "d": "AAH//g==", "e": "ภาษาไทย 'q' \\ \"", "f": null,
        "g": 12345678901234567890.12}"#,
    )
    .expect("JSON");
    let written = file.base.run("insert_rows", json!({"table": "types", "rows": row, "keys": ["k"]})).await;
    assert_eq!(written.expect("written")["inserted"], 1);
    let found = file.base.rows("SELECT * FROM types", Value::Null).await;
    let mut wanted = row.clone();
    wanted["g"] = json!("12345678901234567890.12");
    assert_eq!(found[0], wanted, "more digits than a binary number has are a text");
    let sql = "SELECT k FROM types WHERE a = :a AND e = :e AND c = :c";
    assert_eq!(file.base.rows(sql, row).await, json!([{"k": 1}]));
}

#[tokio::test]
async fn no_other_file_is_reached_and_none_is_made() {
    let file = file("only.db");
    let other = folder().join("other.db");
    Connection::open(&other).expect("made").execute_batch("CREATE TABLE secrets (a)").expect("made");
    let attach = format!("ATTACH '{}' AS other", other.display());
    for sql in
        [attach.as_str(), "VACUUM INTO '/tmp/khlong-copy.db'", "PRAGMA journal_mode = DELETE", "DETACH main"]
    {
        for operation in ["query", "run_statement"] {
            assert!(file.base.run(operation, json!({"sql": sql})).await.is_err(), "{sql}");
        }
    }
    let pragma = json!({"sql": "SELECT * FROM pragma_database_list"});
    let error = file.base.run("query", pragma).await.expect_err("where the file is, is nobody's matter");
    assert_eq!((error.code(), error.retry()), ("E0308", Retry::Never), "{error}");
    std::os::unix::fs::symlink(&other, folder().join("link.db")).expect("linked");
    for name in ["../etc/passwd", "/etc/passwd", "link.db", "nowhere.db", "only.db/../other.db", ""] {
        let error = file.base.with(&[("file", json!(name))]).test().await.expect_err(name);
        assert_eq!(error.code(), "E0302", "{name}: {error}");
    }
    std::fs::write(folder().join("text.db"), "this is no database, however long it is ".repeat(50))
        .expect("written");
    let error = file.base.with(&[("file", json!("text.db"))]).test().await.expect_err("no database");
    assert_eq!(error.code(), "E0302", "{error}");
    assert!(!folder().join("nowhere.db").exists());
}

#[tokio::test]
async fn somebody_else_s_lock_is_waited_for_and_then_tried_again() {
    let file = file("lock.db");
    let holder = file.open();
    holder.execute_batch("BEGIN IMMEDIATE; INSERT INTO orders (order_no) VALUES ('held')").expect("held");
    let error = file.base.upsert(json!([{"order_no": "L-1"}]), "order_no").await.expect_err("it is held");
    assert_eq!((error.retry(), error.may_have_happened()), (Retry::Backoff, false), "{error}");
    holder.execute_batch("COMMIT").expect("let go of");
    assert_eq!(
        file.base.upsert(json!([{"order_no": "L-1"}]), "order_no").await.expect("written")["inserted"],
        1
    );
}

#[tokio::test]
async fn ten_thousand_rows_of_one_moment_come_once_each() {
    let file = file("many.db");
    file.does(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) \
         INSERT INTO orders (order_no) SELECT 'n' || i FROM n",
    );
    let change = async || file.does("UPDATE orders SET updated_at = '2026-11-21 03:10:00'");
    scenes::ten_thousand_of_one_moment_come_once_each(&file.base, change).await;
}

#[tokio::test]
async fn a_query_that_takes_too_long_is_stopped() {
    let file = file("long.db");
    let catalog = crate::common::catalog();
    let (http, connection) = (crate::common::http(), &file.base.connection);
    let cx = connector::ActionCx {
        http: &http,
        connection: Some(connection),
        step_key: "k",
        timeout: model::Span::from_ms(300),
    };
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    let query = catalog.action(&"sqlite/query".into()).expect("an action");
    let error = query.run(&cx, json!({"sql": endless})).await.expect_err("it never ends");
    assert_eq!(error.retry(), Retry::Backoff, "{error}");
    assert_eq!(file.base.one("SELECT COUNT(*) FROM orders", Value::Null).await, json!(0));
}
