//! Orders: seen, read, shipped, cancelled.

use super::{NUMBER, order, page, refusal, runner, shop};
use crate::common::fake::Fake;
use crate::common::{http_at, look, names};
use base64::Engine as _;
use connector::source::Source;
use connector::{Error, Retry};
use model::Span;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicI64, Ordering};

/// 2026-01-05T03:30:00Z
const NOW: i64 = 1_767_583_800_000;

#[tokio::test]
async fn changed_orders_come_whole_and_again_as_the_same_events() {
    let fake = Fake::start().await;
    let (one, two) = (order("1", "2026-01-05T03:21:12Z"), order("2", "2026-01-05T03:25:00Z"));
    fake.answers(200, page(&[one.clone(), two.clone()], 1, 1))
        .answers(200, one.clone())
        .answers(200, two.clone());
    let http = http_at(NOW);
    let with = json!({"since": "2026-01-05T10:00:00+07:00"});
    let first =
        look(&http, "line_shopping/orders_changed", with.clone(), &shop(&fake.url), None).await.unwrap();
    assert_eq!(names(&first), ["1@2026-01-05T03:21:12Z", "2@2026-01-05T03:25:00Z"]);
    assert_eq!(first.deliveries[0].body, one.clone().into());
    assert!(!first.more);
    let asked = fake.asked();
    assert_eq!(asked[0].pair("startAt").as_deref(), Some("2026-01-05T03:00:00Z"));
    assert_eq!(asked[0].pair("sortBy").as_deref(), Some("UPDATED_AT"));
    assert_eq!(asked[0].pair("orderBy").as_deref(), Some("ASC"));
    assert_eq!(asked[2].path, "/myshop/v1/orders/2");

    fake.answers(200, page(std::slice::from_ref(&two), 1, 1)).answers(200, two);
    let next = look(&http, "line_shopping/orders_changed", with, &shop(&fake.url), Some(&first.cursor)).await;
    let next = next.unwrap();
    assert_eq!(names(&next), ["2@2026-01-05T03:25:00Z"], "the same id is the same event");
    assert_eq!(fake.asked()[3].pair("startAt").as_deref(), Some("2026-01-05T03:20:00Z"), "five minutes back");
    assert_eq!(next.cursor, first.cursor);
}

#[tokio::test]
async fn a_look_that_finds_more_goes_on_at_the_last_change_and_turns_no_page_that_may_slip() {
    let fake = Fake::start().await;
    let (one, two) = (order("1", "2026-01-05T03:21:12Z"), order("2", "2026-01-05T03:25:00Z"));
    fake.answers(200, page(std::slice::from_ref(&one), 1, 2)).answers(200, one);
    let http = http_at(NOW);
    let with = json!({"since": "2026-01-05T03:00:00Z"});
    let first =
        look(&http, "line_shopping/orders_changed", with.clone(), &shop(&fake.url), None).await.unwrap();
    assert!(first.more);
    fake.answers(200, page(std::slice::from_ref(&two), 1, 1)).answers(200, two);
    let next = look(&http, "line_shopping/orders_changed", with, &shop(&fake.url), Some(&first.cursor)).await;
    assert_eq!(names(&next.unwrap()), ["2@2026-01-05T03:25:00Z"]);
    let asked = &fake.asked()[2];
    assert_eq!(asked.pair("startAt").as_deref(), Some("2026-01-05T03:21:12Z"), "without an overlap");
    assert_eq!(asked.pair("page").as_deref(), Some("1"));
}

#[tokio::test]
async fn orders_that_all_changed_in_one_second_are_seen_by_turning_the_page() {
    let fake = Fake::start().await;
    let at = "2026-01-05T03:00:00Z";
    let (one, two) = (order("1", at), order("2", at));
    fake.answers(200, page(std::slice::from_ref(&one), 1, 2));
    fake.answers(200, page(std::slice::from_ref(&two), 2, 2)).answers(200, one).answers(200, two);
    let with = json!({ "since": at });
    let seen =
        look(&http_at(NOW), "line_shopping/orders_changed", with, &shop(&fake.url), None).await.unwrap();
    assert_eq!((seen.deliveries.len(), seen.more), (2, false));
    assert_eq!(fake.asked()[1].pair("page").as_deref(), Some("2"));
}

#[tokio::test]
async fn a_slow_shop_is_looked_at_in_pieces() {
    let fake = Fake::start().await;
    let orders = ["1", "2", "3"].map(|number| order(number, &format!("2026-01-05T03:21:0{number}Z")));
    fake.answers(200, page(&orders, 1, 1)).answers(200, orders[0].clone());
    // Each look at the clock takes 16 seconds, and a look may take half a minute.
    let clock = AtomicI64::new(NOW);
    let slow = http_at(0).with_source(Source::of_clock(move || clock.fetch_add(16_000, Ordering::Relaxed)));
    let with = json!({"since": "2026-01-05T03:00:00Z"});
    let first =
        look(&slow, "line_shopping/orders_changed", with.clone(), &shop(&fake.url), None).await.unwrap();
    assert_eq!((first.deliveries.len(), first.more), (1, true));
    let third = orders[2].clone();
    fake.answers(200, page(&[orders[1].clone(), third.clone()], 1, 1))
        .answers(200, orders[1].clone())
        .answers(200, third);
    let quick = http_at(NOW);
    let next =
        look(&quick, "line_shopping/orders_changed", with, &shop(&fake.url), Some(&first.cursor)).await;
    assert_eq!(names(&next.unwrap()), ["2@2026-01-05T03:21:02Z", "3@2026-01-05T03:21:03Z"]);
    assert_eq!(fake.asked()[2].pair("startAt").as_deref(), Some("2026-01-05T03:21:01Z"));
}

#[test]
fn an_order_trigger_listens_only_where_it_is_told_to() {
    let all = catalog::all();
    let poll = all.poll(&"line_shopping/orders_changed".into()).unwrap();
    let path = |with: Value| poll.path(&crate::common::object(with));
    assert_eq!(path(json!({})), None);
    assert_eq!(path(json!({"path": "line/orders"})).as_deref(), Some("line/orders"));
}

#[tokio::test]
async fn a_refund_is_an_event_for_each_of_its_states() {
    let fake = Fake::start().await;
    let mut refunded = order("1", "2026-01-05T03:21:12Z");
    refunded["paymentStatus"] = "PENDING_REFUND".into();
    let paid = order("2", "2026-01-05T03:22:00Z");
    fake.answers(200, page(&[refunded.clone(), paid], 1, 1)).answers(200, refunded.clone());
    fake.answers(404, refusal("NOT_FOUND"));
    let with = json!({"since": "2026-01-05T03:00:00Z"});
    let seen =
        look(&http_at(NOW), "line_shopping/refunds_changed", with, &shop(&fake.url), None).await.unwrap();
    assert_eq!(names(&seen), ["1@PENDING_REFUND"]);
    let body = seen.deliveries[0].body.clone().into_value();
    assert_eq!(body, json!({"status": "PENDING_REFUND", "order": refunded, "settlement": null}));
    assert_eq!(fake.asked()[2].path, "/myshop/v1/settlements/1");
}

#[tokio::test]
async fn a_throttle_waits_and_a_page_that_is_no_json_is_told() {
    let fake = Fake::start().await;
    fake.answers(429, refusal("TOO_MANY"));
    fake.answers_with(200, &[("content-type", "text/html")], "<html>maintenance</html>");
    let get = runner(&fake, "get_order");
    let error = get.run(json!({"order_number": NUMBER})).await.unwrap_err();
    assert_eq!(error.retry(), Retry::After(Span::from_secs(1)));
    let error = get.run(json!({"order_number": NUMBER})).await.unwrap_err();
    assert!(matches!(error, Error::Unreadable { .. }), "{error:?}");
}

#[tokio::test]
async fn an_order_keeps_the_digits_of_its_ids_and_prices() {
    let fake = Fake::start().await;
    fake.answers(200, order(NUMBER, "2026-01-05T03:21:12Z"));
    let output = runner(&fake, "get_order").run(json!({"order_number": NUMBER})).await.unwrap();
    assert_eq!(output["orderItems"][0]["productId"].to_string(), "9007199254740993");
    assert_eq!(fake.asked()[0].path, format!("/myshop/v1/orders/{NUMBER}"));
}

#[tokio::test]
async fn a_number_that_would_lead_elsewhere_is_not_sent() {
    let fake = Fake::start().await;
    for number in ["../products", "1/cancel", "", "1?x=1"] {
        let error = runner(&fake, "get_order").run(json!({"order_number": number})).await.unwrap_err();
        assert!(matches!(error, Error::Input { .. }), "{number}: {error:?}");
    }
    assert!(fake.asked().is_empty());
}

#[tokio::test]
async fn orders_are_found_by_their_states_as_answers_name_them() {
    let fake = Fake::start().await;
    let mut unpaid = order("1", "2026-01-05T03:21:12Z");
    unpaid["paymentStatus"] = "PENDING".into();
    let paid = order("2", "2026-01-05T03:22:00Z");
    fake.answers(200, page(&[unpaid, paid.clone()], 1, 1)).answers(200, paid.clone());
    let input =
        json!({"changed_from": "2026-01-05T10:00:00+07:00", "payment_status": "PAID", "with_items": true});
    let output = runner(&fake, "find_orders").run(input).await.unwrap();
    assert_eq!(output, json!({"orders": [paid], "more": false}));
    let asked = &fake.asked()[0];
    assert_eq!(asked.pair("startAt").as_deref(), Some("2026-01-05T03:00:00Z"));
    assert_eq!(asked.pair("paymentStatus"), None);
}

#[tokio::test]
async fn refunds_are_found_in_every_state_that_they_have() {
    let fake = Fake::start().await;
    let of = |number: &str, status: &str| {
        let mut order = order(number, "2026-01-05T03:21:12Z");
        order["paymentStatus"] = status.into();
        order
    };
    let states =
        ["PAID", "REFUND", "PENDING_REFUND", "FAILED_REFUND", "REJECTED_REFUND", "FAILED_AFTER_PAID"];
    let rows: Vec<Value> = states.iter().map(|status| of(status, status)).collect();
    fake.answers(200, page(&rows, 1, 1));
    let output = runner(&fake, "find_refunds").run(json!({})).await.unwrap();
    let found: Vec<&Value> =
        output["refunds"].as_array().unwrap().iter().map(|refund| &refund["order"]["orderNumber"]).collect();
    assert_eq!(found, ["REFUND", "PENDING_REFUND", "FAILED_REFUND", "REJECTED_REFUND"]);
    assert_eq!(output["more"], false);
}

#[tokio::test]
async fn a_limit_says_that_there_are_more() {
    let fake = Fake::start().await;
    let rows = [order("1", "2026-01-05T03:21:12Z"), order("2", "2026-01-05T03:21:13Z")];
    fake.answers(200, page(&rows, 1, 1));
    let output = runner(&fake, "find_orders").run(json!({"limit": 1})).await.unwrap();
    assert_eq!((output["orders"].as_array().unwrap().len(), &output["more"]), (1, &json!(true)));
}

#[tokio::test]
async fn shipping_tells_the_number_once() {
    let fake = Fake::start().await;
    let open = order(NUMBER, "2026-01-05T03:21:12Z");
    let mut shipped = open.clone();
    shipped["shipmentDetail"]["trackingNumber"] = "TH0001".into();
    fake.answers(200, open.clone()).answers(200, shipped.clone());
    let input = json!({"order_number": NUMBER, "tracking_number": "TH0001", "tracking_url": "https://t.example/TH0001"});
    let fulfil = runner(&fake, "fulfil_order");
    let output = fulfil.run(input.clone()).await.unwrap();
    assert_eq!((&output["shipped"], &output["outcome"]), (&json!(true), &json!("shipped")));
    let sent = &fake.asked()[1];
    assert_eq!(sent.path, format!("/myshop/v1/orders/{NUMBER}/mark-as-ship"));
    assert_eq!(sent.json(), json!({"trackingNumber": "TH0001", "trackingUrl": "https://t.example/TH0001"}));

    // Again: LINE says that it is shipped, under the same number.
    fake.answers(200, shipped.clone()).answers(409, refusal("DATA_CONFLICT")).answers(200, shipped.clone());
    let output = fulfil.run(input).await.unwrap();
    assert_eq!(output["outcome"], "already_shipped");

    fake.answers(200, shipped.clone()).answers(409, refusal("DATA_CONFLICT")).answers(200, shipped);
    let other = json!({"order_number": NUMBER, "tracking_number": "TH0002"});
    let error = fulfil.run(other).await.unwrap_err();
    assert_eq!(error.to_string(), format!("order {NUMBER} is shipped under TH0001 already"));
}

#[tokio::test]
async fn an_order_whose_number_line_fills_in_is_left_alone() {
    let fake = Fake::start().await;
    let mut auto = order(NUMBER, "2026-01-05T03:21:12Z");
    auto["shipmentDetail"]["isAutoTracking"] = true.into();
    fake.answers(200, auto);
    let input = json!({"order_number": NUMBER, "tracking_number": "TH0001"});
    let output = runner(&fake, "fulfil_order").run(input).await.unwrap();
    assert_eq!((&output["shipped"], &output["outcome"]), (&json!(false), &json!("auto_tracking")));
    assert_eq!(fake.asked().len(), 1);
}

#[tokio::test]
async fn a_number_is_corrected_and_a_cod_order_is_paid() {
    let fake = Fake::start().await;
    let done = json!({"orderNumber": NUMBER, "paymentStatus": "PAID"});
    fake.answers(200, done.clone()).answers(200, done.clone());
    let input = json!({"order_number": NUMBER, "tracking_number": "TH0002"});
    runner(&fake, "set_tracking").run(input).await.unwrap();
    let paid = runner(&fake, "mark_paid");
    assert_eq!(paid.run(json!({"order_number": NUMBER})).await.unwrap(), done);
    fake.answers(409, refusal("DATA_CONFLICT")).answers(200, done.clone());
    assert_eq!(paid.run(json!({"order_number": NUMBER})).await.unwrap(), done, "paid already is done");
    let asked = fake.asked();
    assert_eq!(
        (asked[0].method.as_str(), asked[0].path.as_str()),
        ("PUT", "/myshop/v1/orders/2026010500001/shipments")
    );
    assert_eq!(asked[0].json(), json!({"trackingNumber": "TH0002"}));
    assert_eq!(
        (asked[1].method.as_str(), asked[1].path.as_str()),
        ("POST", "/myshop/v1/orders/2026010500001/mark-as-paid")
    );
}

#[tokio::test]
async fn cancelling_twice_is_cancelled_once_and_a_shipped_order_is_refused() {
    let fake = Fake::start().await;
    let cancelled = json!({"orderNumber": NUMBER, "orderStatus": "CANCELED"});
    fake.answers(200, cancelled.clone());
    let cancel = runner(&fake, "cancel_order");
    let input = json!({"order_number": NUMBER, "reason": "out of stock"});
    cancel.run(input.clone()).await.unwrap();
    let asked = &fake.asked()[0];
    assert_eq!(
        (asked.method.as_str(), asked.path.as_str()),
        ("PUT", "/myshop/v1/orders/2026010500001/cancel")
    );
    assert_eq!(asked.json(), json!({"remarkCancel": "out of stock"}));
    fake.answers(409, refusal("DATA_CONFLICT")).answers(200, cancelled.clone());
    assert_eq!(cancel.run(input.clone()).await.unwrap(), cancelled);
    fake.answers(409, refusal("DATA_CONFLICT")).answers(200, order(NUMBER, "2026-01-05T03:21:12Z"));
    let error = cancel.run(input).await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
}

#[tokio::test]
async fn a_label_comes_as_a_file_or_as_numbers() {
    let fake = Fake::start().await;
    fake.answers_with(200, &[("content-type", "application/pdf")], "%PDF-1.4 label");
    fake.answers(200, json!([37, 80, 68, 70, 45]));
    let label = runner(&fake, "get_label");
    let input = json!({"order_number": NUMBER, "size": "thermal"});
    let decode = |output: Value| {
        let text = output["label"]["base64"].as_str().unwrap().to_owned();
        base64::engine::general_purpose::STANDARD.decode(text).unwrap()
    };
    assert_eq!(decode(label.run(input.clone()).await.unwrap()), b"%PDF-1.4 label");
    assert_eq!(decode(label.run(input).await.unwrap()), b"%PDF-");
    let sent = fake.asked()[0].json();
    assert_eq!(sent, json!({"size": "THERMAL", "option": "SENDER_AND_RECIPIENT", "language": "TH"}));
}

#[tokio::test]
async fn a_settlement_is_told_as_it_is() {
    let fake = Fake::start().await;
    let settled = json!({"orderIncomeDetail": {"orderIncome": 611.67, "WHT": 0.47}});
    fake.answers(200, settled.clone());
    let output = runner(&fake, "get_settlement").run(json!({"order_number": NUMBER})).await.unwrap();
    assert_eq!(output.to_string(), settled.to_string());
}
