//! PostgreSQL.

use super::{Base, scenes};
use crate::common::{connection, in_the_end};
use connector::Retry;
use serde_json::{Value, json};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _, raw_sql};
use testkit_postgres::{Cluster, Database, Kill};

const ORDERS: &str = "CREATE TABLE orders (id bigserial PRIMARY KEY, order_no text UNIQUE NOT NULL, customer text, \
    total numeric(20, 2), updated_at timestamptz NOT NULL DEFAULT now())";

fn at(url: &str, zone: &str) -> Base {
    let (login, place) = url.trim_start_matches("postgres://").split_once('@').expect("a login");
    let (user, password) = login.split_once(':').expect("a password");
    let (place, database) = place.split_once('/').expect("a database");
    let (host, port) = place.split_once(':').expect("a port");
    let fields = json!({
        "host": host, "port": port, "database": database, "username": user, "tls": "off", "time_zone": zone,
    });
    Base::new(connection("postgresql", fields, &[("password", password)]))
}

struct Server {
    database: Database,
    base: Base,
}

async fn server() -> Option<Server> {
    if std::env::var(testkit_postgres::SERVER).is_err() && !testkit_postgres::are_installed() {
        println!("PostgreSQL is not installed: this test does nothing");
        return None;
    }
    let database = Database::create().await.expect("a database");
    let base = at(&database.url(), "Asia/Bangkok");
    let server = Server { database, base };
    server.does(ORDERS).await;
    Some(server)
}

impl Server {
    async fn does(&self, sql: &str) {
        does(&mut self.database.connect().await.expect("connected"), sql).await;
    }
}

async fn does(connection: &mut PgConnection, sql: &str) {
    raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await.expect(sql);
}

#[tokio::test]
async fn flows_read_and_write_postgresql() {
    let Some(server) = server().await else { return };
    let found = server.base.test().await.expect("it is there");
    assert!(found.starts_with("PostgreSQL ") && found.contains(server.database.name()), "{found}");
    scenes::all(&server.base).await;
}

#[tokio::test]
async fn every_type_of_postgresql_comes_back_as_it_went() {
    let Some(server) = server().await else { return };
    server.does(
        "CREATE TYPE state AS ENUM ('ใหม่', 'paid'); CREATE DOMAIN satang AS numeric(38, 4); CREATE SCHEMA \"odd.one\"; \
         CREATE TABLE \"odd.one\".\"ชนิด\" (k int PRIMARY KEY, a smallint, b bigint, c numeric, d satang, e real, f double precision, g boolean, \
         h text, i varchar(9), j bytea, k2 date, l time, m timestamp, n timestamptz, o interval, p uuid, q jsonb, r json, s state, \
         t int[], u text[], v inet, w \"char\", x bit(3), y int4range, z timestamptz)",
    )
    .await;
    let row: Value = serde_json::from_str(
        r#"{"k": 1, "a": -32768, "b": 9223372036854775807, "c": 12345678901234567890123456789.1234567890, "d": 0.0100,
        "e": 1.5, "f": 0.1, "g": true, "h": "ภาษาไทย 'q' \\ \"", "i": "กขค", "j": "AAH//g==", "k2": "2026-11-20", "l": "10:10:00",
        "m": "2026-11-20T10:10:00.123456", "n": "2026-11-20T03:10:00.5+00:00", "o": "P1DT2H", "p": "6f1c2a54-4f2e-4b56-9a1e-0123456789ab",
        "q": {"ก": [1, 2.50]}, "r": [null], "s": "ใหม่", "t": [1, null, 3], "u": ["a,b", "\"", "ข"], "v": "10.0.0.1", "w": "x", "x": "101",
        "y": "[1,3)", "z": null}"#,
    )
    .expect("JSON");
    let table = "\"odd.one\".\"ชนิด\"";
    let written = server.base.run("insert_rows", json!({"table": table, "rows": row, "keys": "k"})).await;
    assert_eq!(written.expect("written")["inserted"], 1);
    let found = server.base.rows(&format!("SELECT * FROM {table}"), Value::Null).await;
    assert_eq!(found[0], row);
    let sql = "SELECT k FROM \"odd.one\".\"ชนิด\" WHERE b = :b AND c = :c AND n = :n AND j = :j AND k = ANY(:ks) AND s = :s";
    let given = json!({"b": row["b"], "c": row["c"], "n": "2026-11-20T10:10:00.5+07:00", "j": row["j"], "ks": [1, 2], "s": "ใหม่"});
    assert_eq!(server.base.rows(sql, given).await, json!([{"k": 1}]));
    let odd = server
        .base
        .rows("SELECT 'NaN'::numeric AS a, 1 AS b, 2 AS b, 'infinity'::float8 AS c", Value::Null)
        .await;
    assert_eq!(odd, json!([{"a": "NaN", "b": 1, "b_2": 2, "c": "Infinity"}]));
}

#[tokio::test]
async fn a_time_with_an_offset_is_written_as_the_zone_s_clock_where_the_column_has_no_zone() {
    let Some(server) = server().await else { return };
    server.does("CREATE TABLE times (k int PRIMARY KEY, without timestamp, with_zone timestamptz)").await;
    let rows = json!({"k": 1, "without": "2026-11-20T03:10:00Z", "with_zone": "2026-11-20T10:10:00+07:00"});
    server.base.run("insert_rows", json!({"table": "times", "rows": rows})).await.expect("written");
    let found = server.base.rows("SELECT without, with_zone FROM times", Value::Null).await;
    assert_eq!(found, json!([{"without": "2026-11-20T10:10:00", "with_zone": "2026-11-20T03:10:00+00:00"}]));
    let sql = "SELECT COUNT(*) FROM times WHERE without = :at";
    assert_eq!(server.base.one(sql, json!({"at": "2026-11-20T03:10:00Z"})).await, json!(1));
}

#[tokio::test]
async fn a_query_changes_nothing_even_by_a_function() {
    let Some(server) = server().await else { return };
    server.does("CREATE FUNCTION evil() RETURNS int LANGUAGE sql AS 'INSERT INTO orders (order_no) VALUES (''x'') RETURNING 1'").await;
    let error = server.base.run("query", json!({"sql": "SELECT evil()"})).await.expect_err("it reads");
    assert_eq!(error.code(), "E0308", "{error}");
    let with = "WITH gone AS (DELETE FROM orders RETURNING id) SELECT * FROM gone";
    assert!(server.base.run("query", json!({"sql": with})).await.is_err());
    assert_eq!(server.base.one("SELECT COUNT(*) FROM orders", Value::Null).await, json!(0));
}

#[tokio::test]
async fn what_is_wrong_with_a_connection_is_said() {
    let Some(server) = server().await else { return };
    let base = &server.base;
    let mut wrong = base.connection.clone();
    wrong.secrets.insert("password".into(), "WR0NG-WORD".into());
    let error = Base::new(wrong).test().await.expect_err("not the password");
    crate::common::is_the_connection_s_fault(&error, "WR0NG-WORD", "sign-in");
    let error = base.with(&[("database", json!("nowhere"))]).test().await.expect_err("no such database");
    assert!(error.code() == "E0302" && error.to_string().contains("no such database"), "{error}");
    let error = base.with(&[("tls", json!("full"))]).test().await.expect_err("it has no TLS");
    assert!(error.code() == "E0302" && error.to_string().contains("does not speak TLS"), "{error}");
    let error = base.with(&[("tls", json!("authority"))]).test().await.expect_err("no authority");
    assert!(error.to_string().contains("certificate authority"), "{error}");
    let error = base.with(&[("port", json!(1))]).test().await.expect_err("nobody");
    assert_eq!((error.code(), error.retry()), ("E0303", Retry::Backoff), "{error}");
    let error = base.with(&[("host", json!("169.254.169.254"))]).test().await.expect_err("never");
    assert_eq!(error.code(), "E0304", "{error}");
}

#[tokio::test]
async fn ten_thousand_rows_of_one_moment_come_once_each() {
    let Some(server) = server().await else { return };
    server.does("INSERT INTO orders (order_no) SELECT 'n' || i FROM generate_series(1, 10000) i").await;
    let change = async || server.does("UPDATE orders SET updated_at = now() + interval '1 hour'").await;
    scenes::ten_thousand_of_one_moment_come_once_each(&server.base, change).await;
}

#[tokio::test]
async fn a_row_whose_transaction_ends_later_than_others_is_not_lost() {
    let Some(server) = server().await else { return };
    let with = json!({"table": "orders", "changed_column": "id", "key_column": "id", "overlap": "1m"});
    let mut cursor = None;
    server.base.looks(&with, &mut cursor, 0).await;
    let mut slow = server.database.connect().await.expect("connected");
    does(&mut slow, "BEGIN; INSERT INTO orders (order_no) VALUES ('slow')").await;
    server.does("INSERT INTO orders (order_no) VALUES ('fast')").await;
    let came = server.base.looks(&with, &mut cursor, 100_000).await;
    assert_eq!(came.iter().map(|(_, row)| &row["order_no"]).collect::<Vec<_>>(), ["fast"]);
    does(&mut slow, "COMMIT").await;
    let came = server.base.looks(&with, &mut cursor, 130_000).await;
    assert!(came.iter().any(|(_, row)| row["order_no"] == "slow"), "{came:?}");
}

#[tokio::test]
async fn since_brings_what_was_there_and_a_query_may_take_the_place_of_a_table() {
    let Some(server) = server().await else { return };
    server.does(
        "INSERT INTO orders (order_no, updated_at) VALUES ('old', '2026-11-19T16:59:59Z'), ('new', '2026-11-19T17:00:00Z')",
    )
    .await;
    let mut with = scenes::watching();
    with["since"] = json!("2026-11-20");
    let mut cursor = None;
    let came = server.base.looks(&with, &mut cursor, 0).await;
    assert_eq!(
        came.iter().map(|(_, row)| &row["order_no"]).collect::<Vec<_>>(),
        ["new"],
        "midnight in Bangkok"
    );
    with["query"] = json!("SELECT o.order_no AS no, o.updated_at AS at FROM orders o -- all of them");
    (with["changed_column"], with["key_column"]) = (json!("at"), json!("no"));
    let came = server.base.looks(&with, &mut None, 0).await;
    assert_eq!(came.iter().map(|(_, row)| &row["no"]).collect::<Vec<_>>(), ["new"]);
}

#[tokio::test]
async fn a_lock_and_a_time_that_is_up_are_tried_again() {
    let Some(server) = server().await else { return };
    server.does("INSERT INTO orders (order_no) VALUES ('held')").await;
    let mut holder = server.database.connect().await.expect("connected");
    does(&mut holder, "BEGIN; SELECT * FROM orders FOR UPDATE").await;
    let sql = "UPDATE orders SET total = 1 WHERE id IN (SELECT id FROM orders FOR UPDATE NOWAIT)";
    let error = server.base.run("run_statement", json!({"sql": sql})).await.expect_err("it is held");
    assert_eq!((error.retry(), error.may_have_happened()), (Retry::Backoff, false), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_dies_in_the_middle_has_each_row_once_in_the_end() {
    if !testkit_postgres::are_installed() {
        return;
    }
    let cluster = Cluster::start().expect("a server");
    let base = at(&cluster.url(), "UTC");
    let mut holder = PgConnection::connect(&cluster.url()).await.expect("connected");
    does(&mut holder, ORDERS).await;
    does(&mut holder, "INSERT INTO orders (order_no) VALUES ('G-0700')").await;
    does(&mut holder, "BEGIN; SELECT * FROM orders FOR UPDATE").await;
    let rows: Vec<Value> =
        (0..1_000).map(|at| json!({"order_no": format!("G-{at:04}"), "total": at})).collect();
    let writing = base.upsert(json!(rows), "order_no");
    let killing = async {
        let mut watcher = PgConnection::connect(&cluster.url()).await.expect("connected");
        let waiting =
            "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'INSERT%'";
        in_the_end(async || sqlx::query(waiting).fetch_one(&mut watcher).await).await;
        cluster.stop(Kill::Immediate).expect("it is killed");
    };
    let (written, ()) = tokio::join!(writing, killing);
    let error = written.expect_err("it died");
    assert_eq!((error.retry(), error.may_have_happened()), (Retry::Backoff, false), "{error:?}");
    cluster.start_again().expect("it comes back");
    let told = in_the_end(async || base.upsert(json!(rows), "order_no").await).await;
    assert_eq!(told, json!({"rows": 1000, "inserted": 999, "updated": 1}), "nothing had stayed");
    assert_eq!(base.one("SELECT COUNT(*) FROM orders", Value::Null).await, json!(1000));
    // Between two steps: the session that is kept is dead, and nobody notices.
    cluster.stop(Kill::Fast).expect("it stops");
    cluster.start_again().expect("it comes back");
    assert_eq!(base.one("SELECT SUM(total) FROM orders", Value::Null).await.to_string(), "499500.00");
}
