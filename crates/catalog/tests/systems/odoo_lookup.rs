//! Records of Odoo to choose from, asked of the stand-in, which speaks Odoo's own wire formats.

use crate::common::erp::Erp;
use connector::lookup::{PAGE_MAX, Page, Wanted};
use connector::{Error, Http, HttpPolicy};
use sandbox::{Options, Series};
use serde_json::{Value, json};

async fn start(series: Series) -> Erp {
    Erp::with(|keys| Options { series, customers: 40, ..Options::new(keys) }).await
}

async fn look_up(erp: &Erp, wanted: Wanted) -> Result<Page, Error> {
    let http = Http::new(HttpPolicy { allow_private: true, ..HttpPolicy::default() }).unwrap();
    let all = catalog::all();
    all.connector("odoo").unwrap().look_up(&http, &erp.connection("auto"), &wanted).await
}

fn customers(text: &str) -> Wanted {
    Wanted { kind: "customer".into(), text: text.into(), ..Wanted::default() }
}

fn by_id(id: Value) -> Wanted {
    Wanted { id: Some(id), ..customers("") }
}

#[tokio::test]
async fn customers_come_a_page_at_a_time_over_either_protocol_and_none_comes_twice() {
    for series in [Series::V19, Series::V17] {
        let erp = start(series).await;
        let first = look_up(&erp, customers("")).await.unwrap();
        assert_eq!(first.records.len(), PAGE_MAX, "{series:?}");
        let rest = look_up(&erp, Wanted { after: first.next.clone(), ..customers("") }).await.unwrap();
        // The company itself is a contact, too.
        assert_eq!((rest.records.len(), rest.next), (41 - PAGE_MAX, None), "{series:?}");
        let mut ids: Vec<String> =
            first.records.iter().chain(&rest.records).map(|record| record.id.to_string()).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 41, "{series:?}");
    }
}

#[tokio::test]
async fn a_customer_is_found_by_number_mail_or_name_and_told_apart() {
    let erp = start(Series::V19).await;
    let by_number = look_up(&erp, customers("c0007")).await.unwrap().records;
    assert_eq!(by_number.len(), 1);
    let found = &by_number[0];
    assert!(found.detail.starts_with("C0007 · customer7@example.com · "), "{found:?}");
    assert_eq!(look_up(&erp, customers("customer7@")).await.unwrap().records[0], *found);
    assert!(look_up(&erp, customers(&found.label)).await.unwrap().records.contains(found));
    assert_eq!(look_up(&erp, by_id(found.id.clone())).await.unwrap().records, by_number);
    assert_eq!(look_up(&erp, by_id(found.id.to_string().into())).await.unwrap().records, by_number);
}

#[tokio::test]
async fn what_is_not_there_is_an_empty_page() {
    let erp = start(Series::V19).await;
    for wanted in [customers("nobody at all"), by_id(json!(999_999)), by_id(json!("the best one"))] {
        assert_eq!(look_up(&erp, wanted).await.unwrap(), Page::default());
    }
}

#[tokio::test]
async fn warehouses_are_told_with_their_short_names() {
    let erp = start(Series::V19).await;
    let wanted = Wanted { kind: "warehouse".into(), text: "cnx".into(), ..Wanted::default() };
    let found = look_up(&erp, wanted).await.unwrap().records;
    assert_eq!((found[0].label.as_str(), found[0].detail.as_str()), ("คลังเชียงใหม่", "CNX"));
}

#[tokio::test]
async fn a_kind_that_nobody_knows_and_a_place_that_is_none_are_refused_before_anything_is_sent() {
    let erp = start(Series::V19).await;
    let kind = Wanted { kind: "res.users".into(), ..Wanted::default() };
    let place = Wanted { after: Some("next".into()), ..customers("") };
    for wanted in [kind, place] {
        assert_eq!(look_up(&erp, wanted).await.unwrap_err().code(), "E0301");
    }
}
