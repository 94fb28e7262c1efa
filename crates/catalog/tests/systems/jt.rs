//! J&T Express, against a server that answers what its open platform shows.

use crate::common::fake::{Asked, Fake};
use crate::common::parcel::{paid, parcel, told};
use crate::common::{Knock, Runner, connection, http_at};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use connector::{Connection, Error, Refusal};
use md5::{Digest, Md5};
use serde_json::{Value, json};

const KEY: &str = "0123456789abcdef0123456789abcdef";
/// 2026-11-20T10:11:00+07:00
const NOW: i64 = 1_795_144_260_000;
const BILL: &str = "600000000001";

fn customer(url: &str) -> Connection {
    let fields = json!({"url": url, "api_account": "640826271705595946", "customer_code": "J0086474299"});
    connection("jt", fields, &[("private_key", KEY), ("password", "H5CD3zE6")])
}

fn runner(fake: &Fake, operation: &str) -> Runner {
    let runner = Runner::new(&format!("jt/{operation}"), Some(customer(&fake.url)));
    Runner { http: http_at(NOW), ..runner }
}

fn good(data: Value) -> Value {
    json!({"code": "1", "msg": "success", "data": data})
}

fn refusal(code: &str) -> Value {
    json!({"code": code, "msg": "no", "data": null})
}

fn digest(content: &str) -> String {
    STANDARD.encode(Md5::digest(format!("{content}{KEY}")))
}

/// What was asked, once its digest has been checked.
fn content(asked: &Asked) -> Value {
    let content = asked.pair("bizContent").unwrap();
    assert_eq!(asked.header("digest"), digest(&content));
    assert_eq!(
        (asked.header("apiAccount"), asked.header("timestamp")),
        ("640826271705595946", &*NOW.to_string())
    );
    serde_json::from_str(&content).unwrap()
}

fn made() -> Value {
    json!({"billCode": BILL, "txlogisticId": "SHOPIFY-1001-1", "sortingCode": "50210-C", "thirdSortingCode": "001"})
}

#[tokio::test]
async fn a_parcel_goes_out_in_kilograms_and_baht_after_its_reference_was_looked_for() {
    let fake = Fake::start().await;
    fake.answers(200, good(json!([]))).answers(200, good(made()));
    let input = json!({"parcel": parcel(), "pickup_from": "2026-11-20T13:00:00+07:00", "pickup_to": "2026-11-20T11:00:00Z"});
    let output = runner(&fake, "create_shipment").run(input).await.unwrap();
    assert_eq!(
        output,
        json!({"courier": "jt", "reference": "SHOPIFY-1001-1", "tracking_number": BILL, "created": true, "raw": made()})
    );
    let asked = fake.asked();
    assert_eq!(asked[0].path, "/order/getOrders");
    assert_eq!(
        content(&asked[0]),
        json!({"customerCode": "J0086474299", "password": "6A272C3DD1F3CD2F92BF567C37040910", "txlogisticId": "SHOPIFY-1001-1"})
    );
    assert_eq!(asked[1].path, "/order/addOrder");
    assert_eq!(
        content(&asked[1]),
        json!({
            "customerCode": "J0086474299", "password": "6A272C3DD1F3CD2F92BF567C37040910", "actionType": "add",
            "txlogisticId": "SHOPIFY-1001-1", "orderType": 1, "serviceType": 1, "payType": "PP_PM", "expressType": "EZ",
            "deliveryType": 1, "createOrderTime": "2026-11-20 10:11:00", "sendStartTime": "2026-11-20 13:00:00",
            "sendEndTime": "2026-11-20 18:00:00",
            "sender": {"name": "ร้านชาดี", "mobile": "0810000002", "countryCode": "THA", "prov": "กรุงเทพมหานคร",
                       "city": "บางรัก", "area": "สีลม", "postCode": "10500", "address": "88 ถ.สีลม"},
            "receiver": {"name": "สมชาย ใจดี", "mobile": "0810000001", "countryCode": "THA", "prov": "เชียงใหม่",
                         "city": "สันทราย", "area": "สันทรายน้อย", "postCode": "50210", "address": "99 หมู่ 1"},
            "packageInfo": {"packageQuantity": "1", "weight": "1.00", "length": "20", "width": "15", "height": "10"},
            "goodsValue": "267.50", "codInfo": {"codValue": "267.50"},
            "items": [{"itemName": "ชาเขียว", "number": "1", "itemValue": "267.50"}]
        })
    );
}

#[tokio::test]
async fn a_parcel_that_j_and_t_has_is_not_made_again_whether_it_comes_in_a_list_or_alone() {
    for found in [json!([made()]), made()] {
        let fake = Fake::start().await;
        fake.answers(200, good(found));
        let output = runner(&fake, "create_shipment").run(json!({ "parcel": parcel() })).await.unwrap();
        assert_eq!((&output["created"], &output["tracking_number"]), (&json!(false), &json!(BILL)));
        assert_eq!(fake.asked().len(), 1);
    }
}

#[tokio::test]
async fn after_an_unclear_end_the_parcel_is_found_or_is_not_there() {
    let fake = Fake::start().await;
    let mut cancelled = made();
    cancelled["orderStatus"] = "104".into();
    fake.answers(200, good(json!([made()])))
        .answers(200, good(Value::Null))
        .answers(200, good(json!([cancelled])));
    let create = runner(&fake, "create_shipment");
    let input = json!({ "parcel": parcel() });
    assert_eq!(create.probe(input.clone()).await.unwrap().unwrap()["tracking_number"], BILL);
    assert_eq!(create.probe(input.clone()).await.unwrap(), None);
    assert_eq!(create.probe(input).await.unwrap(), None, "a cancelled one is none");
}

#[tokio::test]
async fn a_paid_parcel_collects_nothing_and_a_pick_up_is_within_a_day() {
    let fake = Fake::start().await;
    fake.answers(200, refusal("145003050"))
        .answers(200, json!({"code": 1, "msg": "success", "data": made()}));
    let input = json!({"parcel": paid(), "service": "drop_off"});
    runner(&fake, "create_shipment").run(input).await.unwrap();
    let sent = content(&fake.asked()[1]);
    assert_eq!(
        (sent.get("codInfo"), &sent["goodsValue"], &sent["serviceType"]),
        (None, &json!("267.50"), &json!(6))
    );
    assert_eq!(
        (&sent["sendStartTime"], &sent["sendEndTime"]),
        (&json!("2026-11-20 10:11:00"), &json!("2026-11-21 10:11:00"))
    );
}

#[tokio::test]
async fn refusals_keys_and_breakdowns_are_told_apart_and_no_secret_is_told() {
    let fake = Fake::start().await;
    fake.answers(200, refusal("145003030")).answers(200, good(json!([]))).answers(200, refusal("145003050"));
    fake.answers(503, json!({})).answers_with(200, &[("content-type", "text/html")], "<html>J&T</html>");
    let create = runner(&fake, "create_shipment");
    let mut errors = Vec::new();
    for _ in 0..4 {
        errors.push(create.run(json!({ "parcel": parcel() })).await.unwrap_err());
    }
    assert!(matches!(errors[0], Error::Connection { .. }), "{errors:?}");
    assert!(matches!(errors[1], Error::Refused { .. }), "{errors:?}");
    assert!(matches!(errors[2], Error::Status { status: 503, .. }), "{errors:?}");
    assert!(matches!(errors[3], Error::Unreadable { .. }), "{errors:?}");
    for secret in [KEY, "H5CD3zE6", "6A272C3DD1F3CD2F92BF567C37040910"] {
        assert!(!format!("{errors:?}").contains(secret));
    }
}

#[tokio::test]
async fn a_label_is_a_file_or_an_address() {
    let fake = Fake::start().await;
    fake.answers(200, good(json!({"base64EncodeContent": "JVBERi0="})));
    fake.answers(200, good(json!({"urlContent": "https://jt.example/label.pdf"})))
        .answers(200, good(json!({})));
    let label = runner(&fake, "get_label");
    let input = json!({"tracking_number": BILL, "size": "76x100"});
    assert_eq!(label.run(input.clone()).await.unwrap()["label"]["base64"], "JVBERi0=");
    assert_eq!(label.run(input.clone()).await.unwrap()["label"]["url"], "https://jt.example/label.pdf");
    assert!(matches!(label.run(input).await, Err(Error::Refused { .. })));
    let sent = content(&fake.asked()[0]);
    assert_eq!(
        (fake.asked()[0].path.as_str(), &sent["billCode"], &sent["type"]),
        ("/order/printOrder", &json!(BILL), &json!(5))
    );
}

fn scans() -> Value {
    json!([
        {"scanTime": "2026-11-21 14:00:00", "scanType": "เซ็นรับพัสดุ", "scanTypeCode": "100", "desc": "ผู้รับเซ็นรับแล้ว"},
        {"scanTime": "2026-11-21 09:00:00", "scanType": "สแกนนำจ่ายพัสดุ", "scanTypeCode": "94", "desc": "กำลังนำจ่าย"},
        {"scanTime": "2026-11-20 20:00:00", "scanType": "สแกนนำส่งพัสดุ", "scanTypeCode": "20", "desc": "กำลังขนส่ง"},
        {"scanTime": "2026-11-20 15:00:00", "scanType": "รับพัสดุ", "scanTypeCode": "10", "desc": "รับพัสดุแล้ว"}
    ])
}

#[tokio::test]
async fn parcels_are_followed_in_the_words_of_all_couriers() {
    let fake = Fake::start().await;
    fake.answers(200, good(json!({"billCode": BILL, "details": scans()}))).answers(200, refusal("145003050"));
    let input = json!({"tracking_numbers": format!("{BILL}, 600000000009")});
    let output = runner(&fake, "track").run(input).await.unwrap();
    let shipment = &output["shipments"][0];
    let wanted = [json!(BILL), json!("delivered"), json!("100"), json!("2026-11-21T14:00:00+07:00")];
    assert_eq!(told(shipment), [&wanted[0], &wanted[1], &wanted[2], &wanted[3]]);
    let words: Vec<&str> = shipment["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["status"].as_str().unwrap())
        .collect();
    assert_eq!(words, ["picked_up", "in_transit", "out_for_delivery", "delivered"]);
    assert_eq!(output["missing"], json!(["600000000009"]));
    let sent = content(&fake.asked()[0]);
    assert_eq!((&sent["billCode"], &sent["lang"]), (&json!(BILL), &json!("th")));
}

#[tokio::test]
async fn every_scan_of_thailand_has_its_word() {
    for (scan, word) in [
        ("รับพัสดุ", json!("picked_up")),
        ("สแกนนำส่งพัสดุ", json!("in_transit")),
        ("สแกนนำจ่ายพัสดุ", json!("out_for_delivery")),
        ("เซ็นรับพัสดุ", json!("delivered")),
        ("สแกนพัสดุมีปัญหา", json!("problem")),
        ("สแกนพัสดุตีกลับ", json!("returning")),
        ("เซ็นรับพัสดุตีกลับ", json!("returned")),
        ("สแกนอย่างอื่น", Value::Null),
    ] {
        let fake = Fake::start().await;
        let details = json!([{"scanTime": "2026-11-20 15:00:00", "scanType": scan}]);
        fake.answers(200, good(json!([{"billCode": BILL, "details": details}])));
        let output = runner(&fake, "track").run(json!({"tracking_numbers": [BILL]})).await.unwrap();
        assert_eq!(output["shipments"][0]["status"], word, "{scan}");
    }
}

#[tokio::test]
async fn more_parcels_than_j_and_t_can_be_asked_for_are_not_asked_for() {
    let fake = Fake::start().await;
    let numbers: Vec<String> = (0..101).map(|at| format!("6{at:011}")).collect();
    let error = runner(&fake, "track").run(json!({ "tracking_numbers": numbers })).await.unwrap_err();
    assert!(matches!(error, Error::Input { .. }), "{error:?}");
    assert!(fake.asked().is_empty());
}

#[tokio::test]
async fn cancelling_is_done_where_it_was_done_and_refused_where_it_is_too_late() {
    let fake = Fake::start().await;
    let cancel = runner(&fake, "cancel_shipment");
    let input = json!({"tracking_number": BILL, "reference": "SHOPIFY-1001-1", "reason": "ลูกค้ายกเลิก"});
    fake.answers(200, good(json!({ "billCode": BILL })));
    assert_eq!(cancel.run(input.clone()).await.unwrap()["cancelled"], true);
    let sent = content(&fake.asked()[0]);
    assert_eq!(
        (&sent["txlogisticId"], &sent["billCode"], &sent["reason"]),
        (&json!("SHOPIFY-1001-1"), &json!(BILL), &json!("ลูกค้ายกเลิก"))
    );
    let mut cancelled = made();
    cancelled["orderStatus"] = 104.into();
    fake.answers(200, refusal("145003050")).answers(200, good(json!([cancelled])));
    assert_eq!(cancel.run(input.clone()).await.unwrap()["cancelled"], true);
    fake.answers(200, refusal("145003050")).answers(200, good(json!([made()])));
    assert!(matches!(cancel.run(input).await, Err(Error::Refused { .. })));
}

#[tokio::test]
async fn testing_a_connection_makes_nothing() {
    let fake = Fake::start().await;
    fake.answers(200, good(json!([]))).answers(200, refusal("145003010"));
    let all = catalog::all();
    let jt = all.connector("jt").unwrap();
    let said = jt.test(&http_at(NOW), &customer(&fake.url)).await.unwrap();
    assert_eq!(said, "J&T accepts the keys of the customer J0086474299.");
    assert!(matches!(jt.test(&http_at(NOW), &customer(&fake.url)).await, Err(Error::Connection { .. })));
    assert!(fake.asked().iter().all(|asked| asked.path == "/order/getOrders"));
}

fn push(content: &str, digest: &str) -> Knock {
    let form =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("bizContent", content).finish();
    let kind = "application/x-www-form-urlencoded";
    Knock::post(form)
        .header("content-type", kind)
        .header("apiaccount", "640826271705595946")
        .header("digest", digest)
}

fn pushed(list: &str) -> String {
    let scan =
        json!({"scanTime": "2026-11-20 15:00:00", "scanType": "รับพัสดุ", "txlogisticid": "SHOPIFY-1001-1"});
    json!({"logisticproviderid": "JNT", "billCode": BILL, list: [scan]}).to_string()
}

fn receive(knock: &Knock) -> Result<connector::Delivery, Refusal> {
    knock.at(&catalog::all(), "jt/status_pushed", json!({}), Some(&customer("https://jt.example")))
}

#[test]
fn a_push_is_believed_by_its_digest_and_both_names_of_its_list_are_the_same_event() {
    let of = |list: &str| receive(&push(&pushed(list), &digest(&pushed(list)))).unwrap();
    let (one, other) = (of("details"), of("traces"));
    assert_eq!((&one.id, &one.body), (&other.id, &other.body));
    let body = one.body.into_value();
    let shipment = &body["shipments"][0];
    let wanted = [json!(BILL), json!("picked_up"), json!("รับพัสดุ"), json!("2026-11-20T15:00:00+07:00")];
    assert_eq!(told(shipment), [&wanted[0], &wanted[1], &wanted[2], &wanted[3]]);
    assert_eq!(shipment["reference"], "SHOPIFY-1001-1");
}

#[test]
fn a_push_without_the_right_digest_is_refused() {
    let content = pushed("details");
    let of_digits = STANDARD.encode(hex::encode(Md5::digest(format!("{content}{KEY}"))));
    for wrong in ["", "tnv+ZiWcuiPzGZYxETBQKg==", &of_digits] {
        assert_eq!(receive(&push(&content, wrong)), Err(Refusal::Unauthorized), "{wrong}");
    }
    assert_eq!(receive(&push(&content.replace("JNT", "JNX"), &digest(&content))), Err(Refusal::Unauthorized));
    assert!(matches!(receive(&Knock::post("{}")), Err(Refusal::Malformed(_))));
}

#[test]
fn j_and_t_is_answered_in_its_own_words() {
    let all = catalog::all();
    let answer = all.webhook(&"jt/status_pushed".into()).unwrap().answer().unwrap();
    assert_eq!((&answer["code"], &answer["succ"], &answer["fail"]), (&json!(1), &json!(true), &json!(false)));
}
