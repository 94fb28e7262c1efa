//! What flows do with any database. Each has a table `orders` (id, order_no unique, customer, total, updated_at).

use super::Base;
use connector::Retry;
use model::EffectRule;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub async fn the_same_rows_twice_are_there_once(base: &Base) {
    let rows = json!([
        {"order_no": "A-1", "customer": "สมชาย ใจดี", "total": "10.50"},
        {"order_no": "A-2", "customer": "น้ำใส 😀", "total": "9007199254740.93"},
    ]);
    assert_eq!(
        base.upsert(rows.clone(), "order_no").await,
        Ok(json!({"rows": 2, "inserted": 2, "updated": 0}))
    );
    assert_eq!(base.upsert(rows, "order_no").await, Ok(json!({"rows": 2, "inserted": 0, "updated": 2})));
    let changed = json!([{"order_no": "A-1", "total": "11.00"}, {"order_no": "A-3", "customer": null}]);
    assert_eq!(base.upsert(changed, "order_no").await, Ok(json!({"rows": 2, "inserted": 1, "updated": 1})));
    let found =
        base.rows("SELECT order_no, customer, total FROM orders ORDER BY order_no", Value::Null).await;
    // Where a column is of texts, the total is one.
    let total = |at: usize| found[at]["total"].to_string().replace('"', "");
    let told = |at: usize| format!("{} {} {}", found[at]["order_no"], found[at]["customer"], total(at));
    assert!(told(0).starts_with("\"A-1\" \"สมชาย ใจดี\" 11"), "what is not given stays: {}", told(0));
    assert_eq!(told(1), "\"A-2\" \"น้ำใส 😀\" 9007199254740.93");
    assert_eq!(told(2), "\"A-3\" null null");
    assert_eq!(found.as_array().map(Vec::len), Some(3));
}

pub async fn what_is_inserted_by_its_key_is_inserted_once(base: &Base) {
    let input = |total: &str, keys: &str| json!({"table": "orders", "rows": {"order_no": "B-1", "total": total}, "keys": keys});
    assert_eq!(base.effect("insert_rows", input("1", "order_no")), EffectRule::Idempotent);
    assert_eq!(base.effect("insert_rows", input("1", "")), EffectRule::Ask);
    let first = base.run("insert_rows", input("1.00", "order_no")).await;
    assert_eq!(first, Ok(json!({"rows": 1, "inserted": 1, "kept": 0})));
    let again = base.run("insert_rows", input("2.00", "order_no")).await;
    assert_eq!(again, Ok(json!({"rows": 1, "inserted": 0, "kept": 1})));
    let total = base.one("SELECT total FROM orders WHERE order_no = :no", json!({"no": "B-1"})).await;
    assert!(total.to_string().replace('"', "").starts_with('1'), "{total}");
    let plain = base.run("insert_rows", input("3.00", "")).await.expect_err("it is there");
    assert_eq!((plain.retry(), plain.may_have_happened()), (Retry::Never, false), "{plain}");
}

pub async fn nothing_stays_of_what_is_refused(base: &Base) {
    let rows = json!([{"order_no": "C-1", "total": "1"}, {"order_no": "C-2", "total": "no number"}]);
    let error = base.upsert(rows, "order_no").await.expect_err("a text is no number");
    assert_eq!(error.retry(), Retry::Never, "{error}");
    let count = base.one("SELECT COUNT(*) FROM orders WHERE order_no LIKE 'C-%'", Value::Null).await;
    assert_eq!(count, json!(0));
}

pub async fn names_and_values_stay_names_and_values(base: &Base) {
    let evil = "x'); DROP TABLE orders; --";
    base.upsert(json!([{"order_no": evil, "customer": "\"; DELETE FROM orders; #\\"}]), "order_no")
        .await
        .expect("it is a text");
    let sql = "SELECT customer FROM orders WHERE order_no = :no OR order_no = $2";
    let found = base.run("query", json!({"sql": sql, "parameters": [evil]})).await;
    assert_eq!(found.expect_err("names and numbers do not go together").code(), "E0301");
    let found = base.rows("SELECT customer FROM orders WHERE order_no = :no", json!({"no": evil})).await;
    assert_eq!(found, json!([{"customer": "\"; DELETE FROM orders; #\\"}]));
    for (table, column, keys) in [
        ("orders; DROP TABLE orders", "order_no", "order_no"),
        ("orders\" (order_no) VALUES ('1'); --", "order_no", "order_no"),
        ("orders` ; --", "order_no", "order_no"),
        ("orders", "order_no) VALUES ('1'); DROP TABLE orders; --", "order_no"),
        ("orders", "order_no", "order_no) DO NOTHING; DROP TABLE orders; --"),
    ] {
        let input = json!({"table": table, "rows": [{"order_no": "D-1", column: "D-1"}], "keys": keys});
        let error = base.run("upsert_rows", input).await.expect_err("no such name");
        assert_eq!(error.code(), "E0301", "{table} {column} {keys}: {error}");
    }
    for sql in [
        "SELECT 1; DROP TABLE orders",
        "DELETE FROM orders",
        "DROP TABLE orders",
        "/* SELECT */ UPDATE orders SET total = 1",
    ] {
        let error = base.run("query", json!({"sql": sql})).await.expect_err("it reads");
        assert_eq!(error.code(), "E0301", "{sql}: {error}");
    }
    assert_ne!(base.one("SELECT COUNT(*) FROM orders", Value::Null).await, json!(0));
}

pub async fn a_statement_says_how_many_rows_it_changed(base: &Base) {
    base.upsert(json!([{"order_no": "E-1"}, {"order_no": "E-2"}]), "order_no").await.expect("there");
    let input = json!({
        "sql": "UPDATE orders SET customer = $1 WHERE order_no LIKE $2", "parameters": ["นาย ก", "E-%"], "repeats": "send",
    });
    assert_eq!(base.effect("run_statement", input.clone()), EffectRule::Idempotent);
    assert_eq!(base.effect("run_statement", json!({})), EffectRule::Ask);
    assert_eq!(base.run("run_statement", input).await, Ok(json!({"changed": 2})));
    let wrong = base.run("run_statement", json!({"sql": "UPDATE orders SET nothing = 1"})).await;
    let wrong = wrong.expect_err("no such column");
    assert_eq!((wrong.code(), wrong.retry()), ("E0308", Retry::Never), "{wrong}");
}

pub async fn what_is_read_is_bounded(base: &Base) {
    let rows: Vec<Value> = (0..450).map(|at| json!({"order_no": format!("F-{at:04}")})).collect();
    assert_eq!(base.upsert(rows.into(), "order_no").await.expect("written")["inserted"], 450);
    let sql = "SELECT order_no FROM orders WHERE order_no LIKE 'F-%' ORDER BY order_no";
    for (most, count, more) in [(450, 450, false), (449, 449, true), (1, 1, true)] {
        let found = base.run("query", json!({"sql": sql, "rows_max": most})).await.expect("found");
        assert_eq!((&found["count"], &found["more"]), (&json!(count), &json!(more)));
    }
    let fine = base.one("SELECT COUNT(*) FROM orders WHERE order_no LIKE 'F-%'", Value::Null).await;
    assert_eq!(fine, json!(450), "the session is whole, or another one");
}

pub fn watching() -> Value {
    json!({"table": "orders", "changed_column": "updated_at", "key_column": "id"})
}

/// Ten thousand rows that changed at the same moment: `change` gives all rows that time.
pub async fn ten_thousand_of_one_moment_come_once_each(base: &Base, change: impl AsyncFn()) {
    let (with, mut cursor) = (watching(), None);
    assert_eq!(base.looks(&with, &mut cursor, 1_000_000).await, [], "nothing of the past");
    change().await;
    let came = base.looks(&with, &mut cursor, 2_000_000).await;
    assert_eq!(came.len(), 10_000);
    let mut events: BTreeMap<&str, usize> = BTreeMap::new();
    came.iter().for_each(|(id, _)| *events.entry(id).or_default() += 1);
    assert_eq!(events.len(), 10_000, "each is an event of its own");
    let again = base.looks(&with, &mut cursor, 3_000_000).await;
    assert!(
        again.iter().all(|(id, _)| events.contains_key(id.as_str())),
        "what is seen again is the same event"
    );
    assert_eq!(base.looks(&with, &mut cursor, 4_000_000).await, [], "and it is not seen for ever");
}

pub async fn tables_are_found_to_choose_from(base: &Base) {
    let page = base.look_up("RDER", None).await;
    let orders = page.records.iter().find(|record| record.id == json!("orders"));
    assert!(orders.is_some(), "{page:?}");
    assert_eq!(base.look_up("", Some(json!("orders"))).await.records.len(), 1);
    assert_eq!(base.look_up("%", None).await.records, [], "a sign is a sign");
    let missing = base.run("upsert_rows", json!({"table": "nowhere", "rows": {"a": 1}, "keys": "a"})).await;
    assert!(missing.expect_err("no such table").to_string().contains("no table \"nowhere\""));
    let column =
        base.upsert(json!([{"order_no": "1", "tootal": 1}]), "order_no").await.expect_err("no such column");
    assert!(column.to_string().contains("no column \"tootal\""), "{column}");
    assert!(column.advice().contains("total"), "{}", column.advice());
}

/// Everything that needs no more than the table.
pub async fn all(base: &Base) {
    tables_are_found_to_choose_from(base).await;
    the_same_rows_twice_are_there_once(base).await;
    what_is_inserted_by_its_key_is_inserted_once(base).await;
    nothing_stays_of_what_is_refused(base).await;
    names_and_values_stay_names_and_values(base).await;
    a_statement_says_how_many_rows_it_changed(base).await;
    what_is_read_is_bounded(base).await;
}
