//! Flash Express, against a server that answers what Flash's documents show.

use crate::common::fake::{Asked, Fake};
use crate::common::parcel::{paid, parcel, told};
use crate::common::{Knock, Runner, connection, http_at};
use connector::{Connection, Error, Refusal, Retry};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const KEY: &str = "flash-secret-5b7e19d0c2";
const PNO: &str = "TH0101ABCD0A";

fn merchant(url: &str) -> Connection {
    connection("flash", json!({"url": url, "merchant_id": "AA2315"}), &[("secret_key", KEY)])
}

fn runner(fake: &Fake, operation: &str) -> Runner {
    let runner = Runner::new(&format!("flash/{operation}"), Some(merchant(&fake.url)));
    Runner { http: http_at(1_795_143_600_000), ..runner }
}

fn good(data: Value) -> Value {
    json!({"code": 1, "message": "success", "data": data})
}

fn code(code: i64) -> Value {
    json!({"code": code, "message": "no", "data": null})
}

/// The form that was sent, without what every form has.
fn form(asked: &Asked) -> Vec<(String, String)> {
    let own = ["mchId", "nonceStr", "sign"];
    let mut pairs: Vec<(String, String)> = url::form_urlencoded::parse(&asked.body).into_owned().collect();
    pairs.retain(|(name, _)| !own.contains(&name.as_str()));
    pairs
}

/// Works the signature out as Flash does: from what arrived.
fn is_signed(asked: &Asked) -> bool {
    let mut pairs: Vec<(String, String)> = url::form_urlencoded::parse(&asked.body).into_owned().collect();
    pairs.retain(|(name, _)| name != "sign");
    pairs.sort();
    let joined: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let wanted = hex::encode_upper(Sha256::digest(format!("{}&key={KEY}", joined.join("&"))));
    asked.pair("sign") == Some(wanted)
}

#[tokio::test]
async fn a_parcel_goes_out_in_grams_satang_and_official_district_names() {
    let fake = Fake::start().await;
    let data = json!({"pno": PNO, "mchId": "AA2315", "outTradeNo": "SHOPIFY-1001-1", "sortCode": "11A"});
    fake.answers(200, good(data.clone()));
    let output = runner(&fake, "create_shipment")
        .run(json!({"parcel": parcel(), "article": "daily_goods"}))
        .await
        .unwrap();
    assert_eq!(
        output,
        json!({"courier": "flash", "reference": "SHOPIFY-1001-1", "tracking_number": PNO, "created": true, "raw": data})
    );
    let asked = &fake.asked()[0];
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("POST", "/open/v3/orders"));
    assert_eq!(asked.header("content-type"), "application/x-www-form-urlencoded");
    assert_eq!((asked.header("accept"), asked.header("accept-language")), ("application/json", "th"));
    assert_eq!(asked.pair("mchId").as_deref(), Some("AA2315"));
    assert_eq!(asked.pair("nonceStr").as_deref(), Some("07070707070707070707070707070707"));
    assert!(is_signed(asked));
    let wanted = [
        ("articleCategory", "2"),
        ("codAmount", "26750"),
        ("codEnabled", "1"),
        ("dstCityName", "สันทราย"),
        ("dstDetailAddress", "99 หมู่ 1"),
        ("dstDistrictName", "สันทรายน้อย"),
        ("dstName", "สมชาย ใจดี"),
        ("dstPhone", "0810000001"),
        ("dstPostalCode", "50210"),
        ("dstProvinceName", "เชียงใหม่"),
        ("expressCategory", "1"),
        ("height", "10"),
        ("insured", "0"),
        ("length", "20"),
        ("outTradeNo", "SHOPIFY-1001-1"),
        ("srcCityName", "เขตบางรัก"),
        ("srcDetailAddress", "88 ถ.สีลม"),
        ("srcDistrictName", "สีลม"),
        ("srcName", "ร้านชาดี"),
        ("srcPhone", "0810000002"),
        ("srcPostalCode", "10500"),
        ("srcProvinceName", "กรุงเทพมหานคร"),
        ("weight", "1000"),
        ("width", "15"),
    ];
    assert_eq!(form(asked), wanted.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[tokio::test]
async fn a_value_is_insured_and_what_is_paid_is_not_collected() {
    let fake = Fake::start().await;
    fake.answers(200, good(json!({ "pno": PNO })));
    runner(&fake, "create_shipment").run(json!({ "parcel": paid() })).await.unwrap();
    let asked = &fake.asked()[0];
    let of = |name: &str| asked.pair(name);
    assert_eq!((of("insured").as_deref(), of("insureDeclareValue").as_deref()), (Some("1"), Some("26750")));
    assert_eq!((of("codEnabled").as_deref(), of("codAmount")), (Some("0"), None));
}

#[tokio::test]
async fn a_parcel_that_is_there_already_is_done_where_flash_names_it() {
    let fake = Fake::start().await;
    fake.answers(200, json!({"code": "1003", "message": "exists", "data": {"pno": PNO}}));
    let create = runner(&fake, "create_shipment");
    let output = create.run(json!({ "parcel": parcel() })).await.unwrap();
    assert_eq!((&output["created"], &output["tracking_number"]), (&json!(false), &json!(PNO)));
    fake.answers(200, code(1003));
    let error = create.run(json!({ "parcel": parcel() })).await.unwrap_err();
    assert!(error.advice().contains("it is there already"), "{error:?}");
    assert!(!error.may_have_happened());
}

#[tokio::test]
async fn an_address_that_cannot_be_is_not_sent() {
    let fake = Fake::start().await;
    let mut wrong = parcel();
    wrong["recipient"]["postcode"] = "502".into();
    let error = runner(&fake, "create_shipment").run(json!({ "parcel": wrong })).await.unwrap_err();
    assert_eq!(error.to_string(), "the recipient's postcode \"502\" is not one of Thailand");
    assert!(fake.asked().is_empty());
}

#[tokio::test]
async fn refusals_keys_and_breakdowns_are_told_apart_and_no_secret_is_told() {
    let fake = Fake::start().await;
    fake.answers(200, code(1022)).answers(200, code(1002)).answers(200, code(0)).answers(429, json!({}));
    fake.answers_with(200, &[("content-type", "text/html")], "<html>busy</html>");
    let create = runner(&fake, "create_shipment");
    let mut errors = Vec::new();
    for _ in 0..5 {
        errors.push(create.run(json!({ "parcel": parcel() })).await.unwrap_err());
    }
    assert!(matches!(errors[0], Error::Refused { .. }), "{errors:?}");
    assert!(matches!(errors[1], Error::Connection { .. }), "{errors:?}");
    assert_eq!(errors[2].retry(), Retry::Backoff);
    assert!(matches!(errors[3], Error::RateLimited { .. }), "{errors:?}");
    assert!(matches!(errors[4], Error::Unreadable { .. }) && errors[4].may_have_happened(), "{errors:?}");
    assert!(!format!("{errors:?}").contains(KEY));
}

#[tokio::test]
async fn a_label_is_a_file_and_a_refusal_is_json() {
    let fake = Fake::start().await;
    fake.answers_with(200, &[("content-type", "application/pdf")], "%PDF-1.4");
    fake.answers(200, code(1006));
    let label = runner(&fake, "get_label");
    let output = label.run(json!({"tracking_number": PNO, "size": "small"})).await.unwrap();
    assert_eq!(
        output["label"],
        json!({"content_type": "application/pdf", "base64": "JVBERi0xLjQ=", "url": null})
    );
    assert_eq!(fake.asked()[0].path, format!("/open/v1/orders/{PNO}/small/pre_print"));
    let error = label.run(json!({ "tracking_number": PNO })).await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
    assert_eq!(fake.asked()[1].path, format!("/open/v1/orders/{PNO}/pre_print"));
}

fn routes(pno: &str) -> Value {
    json!({"pno": pno, "state": "5", "stateText": "Delivered", "routes": [
        {"routedAt": 1795143600, "routeAction": "DELIVERY_CONFIRM", "message": "นำส่งสำเร็จ"},
        {"routedAt": 1795136400, "routeAction": "DELIVERY_TICKET_CREATION_SCAN", "message": "กำลังนำส่ง"},
        {"routedAt": 1795050000, "routeAction": "RECEIVED", "message": "รับพัสดุแล้ว"}
    ]})
}

#[tokio::test]
async fn one_parcel_is_followed_in_the_words_of_all_couriers() {
    let fake = Fake::start().await;
    fake.answers(200, good(routes(PNO)));
    let output = runner(&fake, "track").run(json!({ "tracking_numbers": PNO })).await.unwrap();
    let shipment = &output["shipments"][0];
    let wanted =
        [json!(PNO), json!("delivered"), json!("DELIVERY_CONFIRM"), json!("2026-11-20T10:00:00+07:00")];
    assert_eq!(told(shipment), [&wanted[0], &wanted[1], &wanted[2], &wanted[3]]);
    let words: Vec<&str> = shipment["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["status"].as_str().unwrap())
        .collect();
    assert_eq!(words, ["picked_up", "out_for_delivery", "delivered"]);
    assert_eq!(output["missing"], json!([]));
    assert_eq!(fake.asked()[0].path, format!("/open/v1/orders/{PNO}/routes"));
}

#[tokio::test]
async fn many_parcels_are_asked_for_at_once_and_unknown_ones_are_missing() {
    let fake = Fake::start().await;
    fake.answers(
        200,
        good(json!([routes("TH2"), {"pno": "TH1", "state": 9, "stateText": "Cancelled", "routes": []}])),
    );
    let track = runner(&fake, "track");
    let output = track.run(json!({"tracking_numbers": ["TH1", "TH2", "TH3", "TH1"]})).await.unwrap();
    let numbers: Vec<&Value> =
        output["shipments"].as_array().unwrap().iter().map(|shipment| &shipment["tracking_number"]).collect();
    assert_eq!(numbers, ["TH1", "TH2"]);
    assert_eq!(output["shipments"][0]["status"], "cancelled");
    assert_eq!(output["missing"], json!(["TH3"]));
    assert_eq!(fake.asked()[0].path, "/open/v1/orders/routesBatch");
    assert_eq!(fake.asked()[0].pair("pnos").as_deref(), Some("TH1,TH2,TH3"));

    fake.answers(200, code(1006));
    let output = track.run(json!({"tracking_numbers": ["TH9"]})).await.unwrap();
    assert_eq!(output["missing"], json!(["TH9"]));
}

#[tokio::test]
async fn cancelling_is_done_where_it_was_done_and_refused_where_it_is_too_late() {
    let fake = Fake::start().await;
    let cancelled = json!({"pno": PNO, "state": 9, "stateText": "Cancelled", "routes": []});
    let cancel = runner(&fake, "cancel_shipment");
    let input = json!({ "tracking_number": PNO });
    fake.answers(200, good(Value::Null));
    assert_eq!(cancel.run(input.clone()).await.unwrap()["cancelled"], true);
    assert_eq!(fake.asked()[0].path, format!("/open/v1/orders/{PNO}/cancel"));
    fake.answers(200, code(1006)).answers(200, good(cancelled.clone()));
    assert_eq!(cancel.run(input.clone()).await.unwrap()["cancelled"], true);
    fake.answers(200, code(1015)).answers(200, good(routes(PNO)));
    let error = cancel.run(input.clone()).await.unwrap_err();
    assert!(error.to_string().contains("1015"), "{error}");
    fake.answers(200, good(cancelled)).answers(200, good(routes(PNO)));
    assert!(cancel.probe(input.clone()).await.unwrap().is_some());
    assert!(cancel.probe(input).await.unwrap().is_none());
}

#[tokio::test]
async fn a_courier_is_asked_to_come_once() {
    let fake = Fake::start().await;
    fake.answers(
        200,
        good(json!({"ticketPickupId": 1048321, "staffInfoName": "สมหญิง", "timeoutAtText": "18:00"})),
    );
    fake.answers(200, code(1010));
    let pickup = runner(&fake, "request_pickup");
    let input = json!({"sender": parcel()["sender"], "parcels": "25"});
    let output = pickup.run(input.clone()).await.unwrap();
    assert_eq!((&output["requested"], &output["ticket"]), (&json!(true), &json!("1048321")));
    let asked = &fake.asked()[0];
    assert_eq!(
        (asked.path.as_str(), asked.pair("estimateParcelNumber").as_deref()),
        ("/open/v1/notify", Some("25"))
    );
    assert_eq!(asked.pair("srcCityName").as_deref(), Some("เขตบางรัก"));
    assert_eq!(pickup.run(input).await.unwrap()["requested"], false);
}

#[tokio::test]
async fn a_price_comes_in_baht() {
    let fake = Fake::start().await;
    fake.answers(200, good(json!({"estimatePrice": "3805"})));
    let output = runner(&fake, "estimate_rate").run(json!({ "parcel": parcel() })).await.unwrap();
    assert_eq!((&output["price"], &output["currency"]), (&json!("38.05"), &json!("THB")));
    assert_eq!(fake.asked()[0].path, "/open/v1/orders/estimate_rate");
    assert_eq!(fake.asked()[0].pair("outTradeNo"), None);
}

#[tokio::test]
async fn a_webhook_is_registered_and_a_connection_is_tried() {
    let fake = Fake::start().await;
    fake.answers(200, good(Value::Null))
        .answers(200, good(json!([{"warehouseNo": "AA2315_001", "name": "สีลม"}])));
    runner(&fake, "set_webhook").run(json!({"url": "https://k.example/hooks/flash"})).await.unwrap();
    let asked = &fake.asked()[0];
    assert_eq!(asked.path, "/open/v1/setting/web_hook_service");
    let wanted =
        [("serviceCategory", "1"), ("url", "https://k.example/hooks/flash"), ("webhookApiCode", "0")];
    assert_eq!(form(asked), wanted.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let all = catalog::all();
    let said = all.connector("flash").unwrap().test(&http_at(0), &merchant(&fake.url)).await.unwrap();
    assert_eq!(said, "Flash accepts the merchant AA2315; its warehouses: สีลม.");
}

fn signature() -> String {
    hex::encode_upper(Sha256::digest(format!("mchId=AA2315&nonceStr=n1&key={KEY}")))
}

const SAID: &str = r#"{"pno":"TH0101ABCD0A","outTradeNo":"SHOPIFY-1001-1","state":5,"stateText":"Delivered","stateDate":1795143600}"#;

fn push(data: &str, sign: &str) -> Knock {
    let body = format!(r#"{{"mchId":"AA2315","nonceStr":"n1","sign":"{sign}","data":{data}}}"#);
    Knock::post(body).header("content-type", "application/json")
}

fn receive(knock: &Knock) -> Result<connector::Delivery, Refusal> {
    knock.at(&catalog::all(), "flash/status_pushed", json!({}), Some(&merchant("https://flash.example")))
}

#[test]
fn a_push_comes_as_json_or_as_a_form_and_is_the_same_event() {
    let fields = [("mchId", "AA2315"), ("nonceStr", "n1"), ("sign", &signature()), ("dataJson", SAID)];
    let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let form = Knock::post(form).header("content-type", "application/x-www-form-urlencoded");
    let (json, form) = (receive(&push(SAID, &signature())).unwrap(), receive(&form).unwrap());
    assert_eq!((&json.id, &json.body), (&form.id, &form.body));
    let body = json.body.into_value();
    let shipment = &body["shipments"][0];
    let wanted = [json!(PNO), json!("delivered"), json!("5"), json!("2026-11-20T10:00:00+07:00")];
    assert_eq!(told(shipment), [&wanted[0], &wanted[1], &wanted[2], &wanted[3]]);
    assert_eq!(shipment["reference"], "SHOPIFY-1001-1");
}

#[test]
fn a_push_without_the_right_signature_is_refused() {
    let none = Knock::post(r#"{"mchId":"AA2315","nonceStr":"n1","data":{}}"#)
        .header("content-type", "application/json");
    for knock in [none, push(SAID, ""), push(SAID, &signature().to_lowercase()), push(SAID, &"0".repeat(64))]
    {
        assert_eq!(receive(&knock), Err(Refusal::Unauthorized));
    }
    assert!(matches!(receive(&push("\"no json\"", &signature())), Err(Refusal::Malformed(_))));
    assert!(matches!(receive(&push("{}", &signature())), Err(Refusal::Ignored(_))));
}

#[test]
fn flash_is_answered_in_its_own_words() {
    let all = catalog::all();
    let answer = all.webhook(&"flash/status_pushed".into()).unwrap().answer();
    assert_eq!(answer, Some(json!({"errorCode": "1", "state": "success"})));
}
