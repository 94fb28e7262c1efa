//! What is read from SAP Business One, and what has changed there.

use super::{NOW, asked, failed, list, logged_in, runner};
use crate::common::fake::Fake;
use crate::common::{http_at, look, names};
use connector::Error;
use connector::lookup::Wanted;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn item(sku: &str) -> Value {
    json!({"ItemCode": sku, "ItemWarehouseInfoCollection": [
        {"WarehouseCode": "01", "InStock": 40.0, "Committed": 2.0, "Ordered": 10.0},
        {"WarehouseCode": "02", "InStock": 5.0, "Committed": 0.0, "Ordered": 0.0}]})
}

#[tokio::test]
async fn stock_is_read_by_warehouse_in_groups_and_over_pages() {
    let fake = Fake::start().await;
    let skus: Vec<Value> = (0..21).map(|number| json!({"sku": format!("SKU-{number:02}")})).collect();
    let rows = |from: usize, to: usize| {
        (from..to).map(|number| item(&format!("SKU-{number:02}"))).collect::<Value>()
    };
    fake.answers(200, json!({"value": rows(0, 10), "@odata.nextLink": "Items?$skip=10"}))
        .answers(200, json!({"value": rows(10, 20)}))
        .answers(200, list(json!([])));
    let output = runner(&fake, "stock_levels").run(json!({"items": skus, "warehouse": "02"})).await.unwrap();
    let levels = output["levels"].as_array().unwrap();
    assert_eq!((levels.len(), &levels[0]["warehouse"], &levels[0]["free"]), (20, &json!("02"), &json!(5)));
    assert_eq!(output["unknown"], json!(["SKU-20"]));
    let all = fake.asked();
    assert_eq!(all[0].header("prefer"), "odata.maxpagesize=20");
    assert!(all[0].pair("$filter").unwrap().ends_with("or ItemCode eq 'SKU-19'"));
    assert_eq!((all[1].path.as_str(), all[1].query.as_str()), ("/b1s/v2/Items", "$skip=10"));
    assert_eq!(all[2].pair("$filter").as_deref(), Some("ItemCode eq 'SKU-20'"));
}

#[tokio::test]
async fn a_second_page_that_fails_fails_the_whole_and_a_link_elsewhere_is_not_followed() {
    let fake = Fake::start().await;
    let input = json!({"items": [{"sku": "TEA-100"}, {"sku": "CUP"}]});
    let page = |link: &str| json!({"value": [item("TEA-100")], "@odata.nextLink": link});
    fake.answers(200, page("Items?$skip=1")).answers(503, json!({}));
    let error = runner(&fake, "stock_levels").run(input.clone()).await.unwrap_err();
    assert_eq!(error.code(), "E0307", "{error:?}");
    fake.answers(200, page("https://elsewhere.example/Items"));
    let error = runner(&fake, "stock_levels").run(input).await.unwrap_err();
    assert!(matches!(error, Error::Unreadable { .. }) && fake.asked().len() == 3, "{error:?}");
}

fn changed(entry: i64, day: &str, time: &str) -> Value {
    json!({"DocEntry": entry, "DocNum": entry, "UpdateDate": day, "UpdateTime": time, "DocumentLines": []})
}

#[tokio::test]
async fn changed_orders_are_asked_for_by_day_and_told_by_their_time() {
    let fake = Fake::start().await;
    let company = logged_in(&fake);
    let with = json!({"since": "2026-11-20T10:00:00+07:00"});
    let (early, late) = (changed(1, "2026-11-20", "09:59:59"), changed(2, "2026-11-20", "10:11:09"));
    fake.answers(200, list(json!([early, late]))).answers(200, list(json!([late])));
    let polled =
        look(&http_at(NOW), "sap_business_one/orders_changed", with.clone(), &company, None).await.unwrap();
    assert_eq!(polled.deliveries.len(), 1);
    let id = polled.deliveries[0].id.clone().unwrap();
    assert!(id.starts_with("2@2026-11-20T10:11:09#"), "{id}");
    let all = fake.asked();
    assert_eq!(all[0].pair("$filter").as_deref(), Some("UpdateDate ge '2026-11-20'"));
    assert_eq!(all[0].pair("$orderby").as_deref(), Some("UpdateDate,DocEntry"));
    assert_eq!(all[1].pair("$filter").as_deref(), Some("DocEntry eq 2"));
    // The next look sees it again, as the same event.
    fake.answers(200, list(json!([early, late]))).answers(200, list(json!([late])));
    let again = look(&http_at(NOW), "sap_business_one/orders_changed", with, &company, Some(&polled.cursor))
        .await
        .unwrap();
    assert_eq!(again.deliveries[0].id.as_deref(), Some(id.as_str()));
    assert!(!again.more);
}

#[tokio::test]
async fn a_day_with_more_changes_than_a_page_is_gone_through_by_key() {
    let fake = Fake::start().await;
    let company = logged_in(&fake);
    let rows = |from: i64, count: i64| -> Vec<Value> {
        (from..from + count).map(|entry| changed(entry, "2026-11-20", "10:11:09")).collect()
    };
    let with = json!({"since": "2026-11-20"});
    let answers = |page: &[Value]| {
        fake.answers(200, list(json!(page)));
        page.chunks(20).for_each(|group| _ = fake.answers(200, list(json!(group))));
    };
    answers(&rows(1, 100));
    answers(&rows(101, 3));
    let mut ids = BTreeSet::new();
    let mut cursor: Option<Value> = None;
    for _ in 0..2 {
        let operation = "sap_business_one/orders_changed";
        let polled = look(&http_at(NOW), operation, with.clone(), &company, cursor.as_ref()).await.unwrap();
        assert_eq!(polled.more, cursor.is_none());
        ids.extend(polled.deliveries.into_iter().filter_map(|delivery| delivery.id));
        cursor = Some(polled.cursor);
    }
    assert_eq!(ids.len(), 103);
    let second = fake.asked()[6].pair("$filter").unwrap();
    assert_eq!(second, "(UpdateDate gt '2026-11-20' or (UpdateDate eq '2026-11-20' and DocEntry gt 100))");
}

#[tokio::test]
async fn a_look_whose_second_page_fails_is_made_again_from_where_it_began() {
    let fake = Fake::start().await;
    let company = logged_in(&fake);
    fake.answers(
        200,
        json!({"value": [changed(1, "2026-11-20", "10:11:09")], "@odata.nextLink": "Orders?$skip=1"}),
    )
    .answers(500, json!({}));
    let cursor = json!({"at": NOW});
    let failed =
        look(&http_at(NOW), "sap_business_one/orders_changed", json!({}), &company, Some(&cursor)).await;
    assert!(failed.is_err());
}

#[tokio::test]
async fn products_come_with_the_price_of_the_connection_s_list_and_shipments_with_their_parcels() {
    let fake = Fake::start().await;
    let mut company = logged_in(&fake);
    company.fields.insert("price_list".into(), "2".into());
    let tea = json!({"ItemCode": "TEA-100", "UpdateDate": "2026-11-20", "UpdateTime": "10:11:09",
                     "ItemPrices": [{"PriceList": 1, "Price": 250.0}, {"PriceList": 2, "Price": 230.0, "Currency": "THB"}]});
    let with = json!({"since": "2026-11-20"});
    fake.answers(200, list(json!([tea]))).answers(200, list(json!([tea])));
    let polled =
        look(&http_at(NOW), "sap_business_one/products_changed", with.clone(), &company, None).await.unwrap();
    let connector::Body::Value(body) = &polled.deliveries[0].body else { panic!("no value") };
    assert_eq!((&body["price"], &body["currency"]), (&json!(230.0), &json!("THB")));
    assert_eq!(fake.asked()[1].pair("$filter").as_deref(), Some("ItemCode eq 'TEA-100'"));
    let note = changed(6101, "2026-11-20", "11:00:00");
    fake.answers(200, list(json!([note]))).answers(200, list(json!([note])));
    let polled =
        look(&http_at(NOW), "sap_business_one/shipments_changed", with, &company, None).await.unwrap();
    assert_eq!(polled.deliveries.len(), 1);
    assert!(fake.asked()[3].pair("$select").unwrap().ends_with(",TrackingNumber"));
}

#[tokio::test]
async fn stock_that_moved_is_found_in_the_journal_by_a_query_that_is_made_when_it_is_missing() {
    let fake = Fake::start().await;
    let company = logged_in(&fake);
    let operation = "sap_business_one/stock_changed";
    fake.answers(404, failed("-2028", "No matching records found"))
        .answers(201, json!({}))
        .answers(400, failed("-2035", "This entry already exists in the following tables"))
        .answers(200, list(json!([{"Last": 88122}])));
    let first = look(&http_at(NOW), operation, json!({}), &company, None).await.unwrap();
    assert_eq!((first.deliveries.len(), &first.cursor), (0, &json!({"entry": 88122})));
    let all = fake.asked();
    assert_eq!(asked(&all[0]), "GET SQLQueries('khlong_oinm_last')/List");
    assert_eq!(
        all[1].json()["SqlText"],
        r#"SELECT T0."TransNum", T0."ItemCode", T0."Warehouse" FROM OINM T0 WHERE T0."TransNum" > :after ORDER BY T0."TransNum""#
    );
    fake.answers(200, list(json!([{"TransNum": 88123, "ItemCode": "TEA-100", "Warehouse": "01"}])))
        .answers(200, list(json!([item("TEA-100")])));
    let moved = look(&http_at(NOW), operation, json!({}), &company, Some(&first.cursor)).await.unwrap();
    let ids = names(&moved);
    assert_eq!((ids, &moved.cursor), (vec!["TEA-100/01@88123"], &json!({"entry": 88123})));
    assert_eq!(fake.asked()[4].query, "after=88122");
    fake.answers(200, list(json!([])));
    let nothing = look(&http_at(NOW), operation, json!({}), &company, Some(&moved.cursor)).await.unwrap();
    assert_eq!((nothing.deliveries.len(), &nothing.cursor), (0, &json!({"entry": 88123})));
}

#[tokio::test]
async fn records_are_chosen_by_name_or_code_in_any_letters() {
    let fake = Fake::start().await;
    let sap = catalog::all().connector("sap_business_one").unwrap().clone();
    let company = logged_in(&fake);
    fake.answers(200, list(json!([{"CardCode": "SHOP-8891", "CardName": "สมชาย ใจดี"}, {"CardCode": "WEB", "CardName": null}])));
    let wanted = Wanted { kind: "customer".into(), text: "o'neil".into(), ..Wanted::default() };
    let page = sap.look_up(&http_at(NOW), &company, &wanted).await.unwrap();
    let told: Vec<(Value, &str, &str)> = page
        .records
        .iter()
        .map(|record| (record.id.clone(), record.label.as_str(), record.detail.as_str()))
        .collect();
    assert_eq!(told, [(json!("SHOP-8891"), "สมชาย ใจดี", "SHOP-8891"), (json!("WEB"), "WEB", "")]);
    let told = &fake.asked()[0];
    assert_eq!(
        told.pair("$filter").as_deref(),
        Some("CardType eq 'cCustomer' and (contains(CardName,'o''neil') or contains(CardCode,'o''neil'))")
    );
    assert_eq!(told.header("b1s-caseinsensitive"), "true");
    fake.answers(200, list(json!([{"WarehouseCode": "01", "WarehouseName": "คลังหลัก"}])));
    let wanted = Wanted { kind: "warehouse".into(), id: Some(json!("01")), ..Wanted::default() };
    let page = sap.look_up(&http_at(NOW), &company, &wanted).await.unwrap();
    assert_eq!((page.records[0].label.as_str(), page.next), ("คลังหลัก", None));
    let strange = Wanted { kind: "moon".into(), ..Wanted::default() };
    assert!(sap.look_up(&http_at(NOW), &company, &strange).await.is_err());
}
