//! Rows that are new in a sheet.

use super::{NOW, asked, failed, signed_in, values};
use crate::common::fake::Fake;
use crate::common::{http_at, look};
use connector::{Body, Polled};
use serde_json::{Value, json};

const OPERATION: &str = "google_sheets/rows_added";

fn header() -> Value {
    values(json!([["Order", "Total"]]))
}

async fn looked(fake: &Fake, with: &Value, cursor: Option<&Value>) -> Polled {
    look(&http_at(NOW), OPERATION, with.clone(), &signed_in(fake), cursor).await.unwrap()
}

fn bodies(polled: &Polled) -> Value {
    let body = |delivery: &connector::Delivery| match &delivery.body {
        Body::Value(value) => value.clone(),
        Body::Json(_) => Value::Null,
    };
    polled.deliveries.iter().map(body).collect()
}

#[tokio::test]
async fn rows_below_the_last_one_are_new() {
    let fake = Fake::start().await;
    let with = json!({"sheet": "Orders"});
    // What is there at first is not news.
    fake.answers(200, header())
        .answers(200, values(json!([["Order"], ["1000"], ["1001"]])))
        .answers(200, values(json!([])));
    let first = looked(&fake, &with, None).await;
    assert_eq!((first.deliveries.len(), &first.cursor), (0, &json!({"row": 3})));
    fake.answers(200, header()).answers(200, values(json!([["1001", 1], ["1002", 267.5], [], ["1003"]])));
    let second = looked(&fake, &with, Some(&first.cursor)).await;
    assert_eq!(
        bodies(&second),
        json!([{"_row": 4, "Order": "1002", "Total": 267.5}, {"_row": 6, "Order": "1003", "Total": ""}])
    );
    assert_eq!((second.more, &second.cursor), (false, &json!({"row": 6})));
    assert_eq!(asked(&fake.asked()[4]), "GET values/'Orders'!3:203");
    // The sheet is full: what is behind it is nothing.
    let beyond = failed(
        "INVALID_ARGUMENT",
        "Range ('Orders'!6:206) exceeds grid limits. Max rows: 6, max columns: 26",
    );
    fake.answers(200, header()).answers(400, beyond).answers(200, values(json!([["1003"]])));
    let third = looked(&fake, &with, Some(&second.cursor)).await;
    assert_eq!((third.deliveries.len(), &third.cursor), (0, &json!({"row": 6})));
}

#[tokio::test]
async fn rows_that_were_deleted_do_not_hide_later_ones() {
    let fake = Fake::start().await;
    let with = json!({"sheet": "Orders"});
    fake.answers(200, header())
        .answers(200, values(json!([])))
        .answers(200, values(json!([["Order"], ["1000"]])))
        .answers(200, values(json!([])));
    let shrunk = looked(&fake, &with, Some(&json!({"row": 9}))).await;
    assert_eq!((shrunk.deliveries.len(), &shrunk.cursor), (0, &json!({"row": 2})));
    fake.answers(200, header()).answers(200, values(json!([["1000"], ["1001"]])));
    assert_eq!(looked(&fake, &with, Some(&shrunk.cursor)).await.deliveries.len(), 1);
}

#[tokio::test]
async fn many_rows_come_page_by_page_also_those_that_were_there() {
    let fake = Fake::start().await;
    let with = json!({"sheet": "Orders", "existing": true});
    let rows = |from: usize, to: usize| values((from..to).map(|number| json!([number])).collect());
    fake.answers(200, header())
        .answers(200, rows(0, 201))
        .answers(200, header())
        .answers(200, rows(200, 203));
    let first = looked(&fake, &with, None).await;
    assert_eq!((first.deliveries.len(), first.more, &first.cursor), (200, true, &json!({"row": 201})));
    let second = looked(&fake, &with, Some(&first.cursor)).await;
    assert_eq!((second.deliveries.len(), second.more, &second.cursor), (2, false, &json!({"row": 203})));
}

#[tokio::test]
async fn a_row_with_a_new_key_is_new_wherever_it_stands() {
    let fake = Fake::start().await;
    let with = json!({"sheet": "Orders", "key": "Order"});
    fake.answers(200, header()).answers(200, values(json!([["1000"], ["1001"]])));
    let first = looked(&fake, &with, None).await;
    assert_eq!(first.deliveries.len(), 0);
    // Sorted the other way around, with a new one in between.
    fake.answers(200, header())
        .answers(200, values(json!([["1001"], ["1002"], ["1000"]])))
        .answers(200, json!({"valueRanges": [values(json!([["1002", 5]]))]}));
    let second = looked(&fake, &with, Some(&first.cursor)).await;
    assert_eq!(bodies(&second), json!([{"_row": 3, "Order": "1002", "Total": 5}]));
    assert!(second.deliveries[0].id.as_deref().unwrap().starts_with("1002@"));
    assert_eq!(fake.asked()[4].pair("ranges").as_deref(), Some("'Orders'!3:3"));
    fake.answers(200, header()).answers(200, values(json!([["1001"], ["1002"], ["1000"]])));
    let third = looked(&fake, &with, Some(&second.cursor)).await;
    assert_eq!((third.deliveries.len(), &third.cursor), (0, &second.cursor));
}

#[tokio::test]
async fn a_row_that_is_sorted_away_while_the_sheet_is_read_comes_with_the_next_look() {
    let fake = Fake::start().await;
    for render in ["values", "shown"] {
        let with = json!({"sheet": "Orders", "key": "Order", "existing": true, "render": render});
        let ranges = |rows: Value| json!({"valueRanges": rows.as_array().unwrap().iter().map(|row| values(json!([row]))).collect::<Value>()});
        let told = |rows: Value| {
            fake.answers(200, ranges(rows.clone()));
            if render == "shown" {
                fake.answers(200, ranges(rows));
            }
        };
        // Between the keys and the rows, 1002 and 1003 change places with what is known.
        fake.answers(200, header()).answers(200, values(json!([["1001"], ["1002"], ["1003"]])));
        told(json!([["1001", 5], ["1004", 6], ["1002", 7]]));
        let first = looked(&fake, &with, None).await;
        assert_eq!(bodies(&first), json!([{"_row": 2, "Order": "1001", "Total": 5}]), "{render}");
        fake.answers(200, header()).answers(200, values(json!([["1001"], ["1004"], ["1002"], ["1003"]])));
        told(json!([["1004", 6], ["1002", 7], ["1003", 8]]));
        let second = looked(&fake, &with, Some(&first.cursor)).await;
        let names: Vec<Value> =
            bodies(&second).as_array().unwrap().iter().map(|row| row["Order"].clone()).collect();
        assert_eq!(names, ["1004", "1002", "1003"], "{render}");
    }
}

#[tokio::test]
async fn more_new_keys_than_a_page_are_all_told_once() {
    let fake = Fake::start().await;
    let with = json!({"sheet": "Orders", "key": "Order", "existing": true});
    let keys = || values((0..203).map(|number| json!([format!("K{number:03}")])).collect());
    let ranges = |from: usize, to: usize| json!({"valueRanges": (from..to).map(|number| values(json!([[format!("K{number:03}")]]))).collect::<Value>()});
    fake.answers(200, header()).answers(200, keys());
    (0..4).for_each(|group| _ = fake.answers(200, ranges(group * 50, group * 50 + 50)));
    let first = looked(&fake, &with, None).await;
    assert_eq!((first.deliveries.len(), first.more), (200, true));
    fake.answers(200, header()).answers(200, keys()).answers(200, ranges(200, 203));
    let second = looked(&fake, &with, Some(&first.cursor)).await;
    assert_eq!((second.deliveries.len(), second.more), (3, false));
    let names: std::collections::BTreeSet<String> = first
        .deliveries
        .iter()
        .chain(&second.deliveries)
        .filter_map(|delivery| delivery.id.clone())
        .collect();
    assert_eq!(names.len(), 203);
}

#[tokio::test]
async fn a_look_whose_second_page_fails_is_made_again_and_too_many_keys_are_told() {
    let fake = Fake::start().await;
    let with = json!({"sheet": "Orders", "key": "Order", "existing": true});
    let keys = |count: usize| values((0..count).map(|number| json!([format!("K{number:04}")])).collect());
    let ranges = json!({"valueRanges": (0..50).map(|_| values(json!([["K"]]))).collect::<Value>()});
    fake.answers(200, header()).answers(200, keys(60)).answers(200, ranges).answers(503, json!({}));
    assert!(look(&http_at(NOW), OPERATION, with.clone(), &signed_in(&fake), None).await.is_err());
    fake.answers(200, header()).answers(200, keys(5_001));
    let error = look(&http_at(NOW), OPERATION, with, &signed_in(&fake), None).await.unwrap_err();
    assert!(error.to_string().contains("5001 keys"), "{error}");
}
