//! MariaDB, by the connector for MySQL.

use super::{Base, scenes};
use crate::common::{connection, in_the_end};
use connector::Retry;
use serde_json::{Value, json};
use sqlx::mysql::MySqlConnection;
use sqlx::{AssertSqlSafe, Connection as _, raw_sql};
use testkit_servers::{MariaDb, here};

const ORDERS: &str = "CREATE TABLE orders (id bigint AUTO_INCREMENT PRIMARY KEY, order_no varchar(100) UNIQUE NOT NULL, customer text, \
    total decimal(20, 2), updated_at timestamp(6) NOT NULL DEFAULT current_timestamp(6))";

struct Server {
    maria: MariaDb,
    base: Base,
}

async fn server() -> Option<Server> {
    let maria: MariaDb = here()?;
    let fields = json!({
        "host": "127.0.0.1", "port": maria.port(), "database": maria.database(), "username": maria.user(), "tls": "off",
        "time_zone": "Asia/Bangkok",
    });
    let base = Base::new(connection("mysql", fields, &[("password", maria.password())]));
    let server = Server { maria, base };
    server.does(ORDERS).await;
    Some(server)
}

impl Server {
    async fn connect(&self) -> MySqlConnection {
        MySqlConnection::connect(&self.maria.url()).await.expect("connected")
    }

    async fn does(&self, sql: &str) {
        does(&mut self.connect().await, sql).await;
    }
}

async fn does(connection: &mut MySqlConnection, sql: &str) {
    raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await.expect(sql);
}

#[tokio::test]
async fn flows_read_and_write_mariadb() {
    let Some(server) = server().await else { return };
    let found = server.base.test().await.expect("it is there");
    assert!(found.starts_with("MariaDB ") && found.ends_with("database khlong"), "{found}");
    scenes::all(&server.base).await;
    let dropping = server.base.run("run_statement", json!({"sql": "DROP TABLE orders"})).await;
    assert_eq!(dropping.expect_err("tables are not its matter").code(), "E0301");
}

#[tokio::test]
async fn every_type_of_mariadb_comes_back_as_it_went() {
    let Some(server) = server().await else { return };
    server.does(
        "CREATE TABLE `ชนิด` (k int PRIMARY KEY, a tinyint, b bigint unsigned, c decimal(65, 30), d float, e double, f boolean, g bit(12), \
         h text, i char(3), j varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, l blob, m varbinary(9), n date, o time(6), p datetime(6), \
         q timestamp(3) NULL, r year, s enum('ใหม่', 'paid'), t set('a', 'b'), u json, v mediumint, w smallint unsigned, x uuid, y inet6, z text)",
    )
    .await;
    let row: Value = serde_json::from_str(
        r#"{"k": 1, "a": -128, "b": 18446744073709551615, "c": 12345678901234567890.123456789012345678901234567890, "d": 1.5, "e": 0.1,
        "f": 1, "g": 2748, "h": "ภาษาไทย 'q' \\ \"", "i": "กขค", "j": "ไบนารี", "l": "AAH//g==", "m": "/w==", "n": "2026-11-20",
        "o": "-100:10:00.500000", "p": "2026-11-20T10:10:00.123456", "q": "2026-11-20T10:10:00.500+07:00", "r": 2026, "s": "ใหม่", "t": "a,b",
        "u": "{\"ก\": 2.50}", "v": -8388608, "w": 65535, "x": "6f1c2a54-4f2e-4b56-9a1e-0123456789ab", "y": "::1", "z": null}"#,
    )
    .expect("JSON");
    let written = server.base.run("insert_rows", json!({"table": "ชนิด", "rows": row, "keys": "k"})).await;
    assert_eq!(written.expect("written")["inserted"], 1);
    let found = server.base.rows("SELECT * FROM `ชนิด`", Value::Null).await;
    assert_eq!(found[0], row);
    let sql = "SELECT k FROM `ชนิด` WHERE b = :b AND c = :c AND q = :q AND p = :p AND f = :f";
    let given = json!({"b": row["b"], "c": row["c"], "q": "2026-11-20T03:10:00.5Z", "p": "2026-11-20T03:10:00.123456Z", "f": true});
    assert_eq!(server.base.rows(sql, given).await, json!([{"k": 1}]));
    let long = json!({"table": "ชนิด", "rows": {"k": 2, "i": "สี่ตัว"}});
    let error = server.base.run("insert_rows", long).await.expect_err("it does not fit");
    assert_eq!(error.retry(), Retry::Never, "nothing is cut off: {error}");
}

#[tokio::test]
async fn a_time_with_an_offset_is_written_as_the_zone_s_clock() {
    let Some(server) = server().await else { return };
    server.does("CREATE TABLE times (k int PRIMARY KEY, without datetime, with_zone timestamp NULL, note varchar(50))").await;
    let at = "2026-11-20T03:10:00Z";
    let rows = json!({"k": 1, "without": at, "with_zone": at, "note": at});
    server.base.run("insert_rows", json!({"table": "times", "rows": rows})).await.expect("written");
    let found = server.base.rows("SELECT without, with_zone, note FROM times", Value::Null).await;
    let wanted =
        json!([{"without": "2026-11-20T10:10:00", "with_zone": "2026-11-20T10:10:00+07:00", "note": at}]);
    assert_eq!(found, wanted);
    let utc = server.base.with(&[("time_zone", json!("UTC"))]);
    let found = utc.one("SELECT with_zone FROM times", Value::Null).await;
    assert_eq!(found, json!("2026-11-20T03:10:00Z"));
}

#[tokio::test]
async fn a_row_is_never_changed_by_another_key_than_the_one_that_is_named() {
    let Some(server) = server().await else { return };
    server.does("CREATE TABLE people (id int PRIMARY KEY, email varchar(50) UNIQUE, name text)").await;
    let upsert = async |rows: Value, keys: &str| {
        server.base.run("upsert_rows", json!({"table": "people", "rows": rows, "keys": keys})).await
    };
    upsert(json!({"id": 1, "name": "ก"}), "id").await.expect("by its key");
    let error = upsert(json!({"id": 2, "email": "a@example.com"}), "id").await.expect_err("two keys");
    assert!(error.to_string().contains("another unique key (email)"), "{error}");
    let error = upsert(json!({"name": "ก"}), "name").await.expect_err("no key");
    assert!(error.to_string().contains("no unique key"), "{error}");
}

#[tokio::test]
async fn what_is_wrong_with_a_connection_is_said_and_its_own_authority_is_trusted() {
    let Some(server) = server().await else { return };
    let base = &server.base;
    let mut wrong = base.connection.clone();
    wrong.secrets.insert("password".into(), "WR0NG-WORD".into());
    let error = Base::new(wrong).test().await.expect_err("not the password");
    crate::common::is_the_connection_s_fault(&error, "WR0NG-WORD", "sign-in");
    let error = base.with(&[("database", json!("nowhere"))]).test().await.expect_err("no such database");
    assert!(error.code() == "E0302" && error.to_string().contains("no such database"), "{error}");
    let error = base.with(&[("tls", json!("full"))]).test().await.expect_err("nobody vouches for it");
    assert!(error.code() == "E0302" && error.to_string().contains("certificate"), "{error}");
    let authority = json!(server.maria.authority().expect("an authority"));
    for mode in ["full", "authority"] {
        let trusting = base.with(&[("tls", json!(mode)), ("ca_pem", authority.clone())]);
        trusting.test().await.expect("trusted");
        let cipher = trusting.rows("SHOW STATUS LIKE 'Ssl_cipher'", Value::Null).await;
        assert_ne!(cipher[0]["Value"], json!(""), "{mode}: {cipher}");
    }
    let error = base.with(&[("port", json!(1))]).test().await.expect_err("nobody");
    assert_eq!((error.code(), error.retry()), ("E0303", Retry::Backoff), "{error}");
}

#[tokio::test]
async fn ten_thousand_rows_of_one_moment_come_once_each() {
    let Some(server) = server().await else { return };
    server.does("INSERT INTO orders (order_no) SELECT CONCAT('n', seq) FROM seq_1_to_10000").await;
    let change = async || server.does("UPDATE orders SET updated_at = '2037-01-01 00:00:00'").await;
    scenes::ten_thousand_of_one_moment_come_once_each(&server.base, change).await;
}

#[tokio::test]
async fn a_query_changes_nothing() {
    let Some(server) = server().await else { return };
    server.does("CREATE FUNCTION evil() RETURNS int BEGIN INSERT INTO orders (order_no) VALUES ('x'); RETURN 1; END").await;
    let error = server.base.run("query", json!({"sql": "SELECT evil()"})).await.expect_err("it reads");
    assert_eq!(error.code(), "E0308", "{error}");
    assert_eq!(server.base.one("SELECT COUNT(*) FROM orders", Value::Null).await, json!(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_dies_in_the_middle_has_each_row_once_in_the_end() {
    let Some(mut server) = server().await else { return };
    let mut holder = server.connect().await;
    does(&mut holder, "INSERT INTO orders (order_no) VALUES ('G-0700')").await;
    does(&mut holder, "START TRANSACTION; UPDATE orders SET customer = 'held'").await;
    let rows: Vec<Value> =
        (0..1_000).map(|at| json!({"order_no": format!("G-{at:04}"), "total": at})).collect();
    let mut watcher = server.connect().await;
    let (base, maria) = (&server.base, &mut server.maria);
    let writing = base.upsert(json!(rows), "order_no");
    let killing = async {
        let waiting = "SELECT 1 FROM information_schema.INNODB_TRX WHERE trx_state = 'LOCK WAIT'";
        in_the_end(async || sqlx::query(waiting).fetch_one(&mut watcher).await).await;
        maria.kill().expect("it is killed");
    };
    let (written, ()) = tokio::join!(writing, killing);
    let error = written.expect_err("it died");
    assert_eq!((error.retry(), error.may_have_happened()), (Retry::Backoff, false), "{error:?}");
    server.maria.start_again().expect("it comes back");
    let base = &server.base;
    let told = in_the_end(async || base.upsert(json!(rows), "order_no").await).await;
    assert_eq!(told, json!({"rows": 1000, "inserted": 999, "updated": 1}), "nothing had stayed");
    assert_eq!(base.one("SELECT COUNT(*) FROM orders", Value::Null).await, json!(1000));
}

#[tokio::test]
async fn a_lock_that_is_not_let_go_of_is_tried_again() {
    let Some(server) = server().await else { return };
    server.does("INSERT INTO orders (order_no) VALUES ('held')").await;
    let mut holder = server.connect().await;
    does(&mut holder, "START TRANSACTION; UPDATE orders SET customer = 'held'").await;
    let sql = "UPDATE orders SET total = 1 WHERE id IN (SELECT id FROM (SELECT id FROM orders FOR UPDATE NOWAIT) AS o)";
    let error = server.base.run("run_statement", json!({"sql": sql})).await.expect_err("it is held");
    assert_eq!((error.retry(), error.may_have_happened()), (Retry::Backoff, false), "{error}");
}
