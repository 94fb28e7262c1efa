//! Thailand Post, against a server that answers what its guides show.

use crate::common::fake::Fake;
use crate::common::parcel::{paid, parcel, told};
use crate::common::{Knock, Runner, connection, http_at, sign_in};
use connector::sign_in::{Grant, TokenRule};
use connector::{Connection, Error, Refusal};
use serde_json::{Value, json};

const KEY: &str = "static-key-91c4e7";
const BARCODE: &str = "EY145587898TH";
const NOW: i64 = 1_795_143_600_000;

fn shop(url: &str) -> Connection {
    let fields = json!({
        "eparcel_url": format!("{url}/webservice"), "tracking_url": format!("{url}/post/api/v1"),
        "push_url": format!("{url}/push/api/v1"), "username": "myshop", "merchant_id": "10023", "store_location": "1"
    });
    connection(
        "thailand_post",
        fields,
        &[("tracking_key", KEY), ("password", "e-parcel-pw"), ("push_key", "bearer-77")],
    )
}

async fn signed_in(fake: &Fake) -> Connection {
    fake.answers(200, json!({"expire": "2026-12-20 10:18:20+07:00", "token": "jwt-1"}));
    let mut shop = shop(&fake.url);
    sign_in(&http_at(NOW), &mut shop, Grant::Keys).await.unwrap();
    shop
}

fn runner(connection: Connection, operation: &str) -> Runner {
    Runner::new(&format!("thailand_post/{operation}"), Some(connection))
}

fn good() -> Value {
    json!({"statusCode": "000", "message": "success"})
}

fn code(code: &str) -> Value {
    json!({"statusCode": code, "message": "no"})
}

fn create() -> Value {
    json!({"parcel": paid(), "barcode": BARCODE, "manifest_no": "20261120-1"})
}

#[tokio::test]
async fn a_parcel_goes_out_as_the_manual_shows() {
    let fake = Fake::start().await;
    fake.answers(200, good());
    let output = runner(shop(&fake.url), "create_shipment").run(create()).await.unwrap();
    assert_eq!((&output["tracking_number"], &output["created"]), (&json!(BARCODE), &json!(true)));
    let asked = &fake.asked()[0];
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("POST", "/webservice/addItem"));
    assert_eq!(asked.header("authorization"), "Basic bXlzaG9wOmUtcGFyY2VsLXB3");
    let wanted = json!({
        "orderId": "SHOPIFY-1001-1", "invNo": "SHOPIFY-1001-1", "barcode": BARCODE, "shipperName": "ร้านชาดี",
        "shipperAddress": "88 ถ.สีลม แขวงสีลม เขตบางรัก กรุงเทพมหานคร", "shipperZipcode": "10500",
        "shipperMobile": "0810000002", "cusName": "สมชาย ใจดี", "cusAdd": "99 หมู่ 1 ต.สันทรายน้อย", "cusAmp": "สันทราย",
        "cusProv": "เชียงใหม่", "cusZipcode": "50210", "cusTel": "0810000001", "productInbox": "ชาเขียว 1", "orderType": "D",
        "productPrice": serde_json::from_str::<Value>("267.50").unwrap(), "productWeight": 1000,
        "manifestNo": "20261120-1", "merchantId": "10023", "storeLocationNo": "1"
    });
    assert_eq!(asked.json(), wanted);
}

#[tokio::test]
async fn a_barcode_that_is_used_already_is_done_for_this_parcel_and_refused_for_another() {
    let fake = Fake::start().await;
    let create_shipment = runner(shop(&fake.url), "create_shipment");
    for found in [
        json!({"statusCode": "000", "orderId": "SHOPIFY-1001-1"}),
        json!({"code": "000", "data": {"orderId": "SHOPIFY-1001-1"}}),
    ] {
        fake.answers(200, code("018")).answers(200, found);
        let output = create_shipment.run(create()).await.unwrap();
        assert_eq!((&output["created"], &output["tracking_number"]), (&json!(false), &json!(BARCODE)));
    }
    let asked = &fake.asked()[1];
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("GET", "/webservice/getOrderByBarcode"));
    assert_eq!(asked.pair("barcode").as_deref(), Some(BARCODE));
    fake.answers(200, code("018")).answers(200, json!({"statusCode": "000", "orderId": "SHOPIFY-9"}));
    let error = create_shipment.run(create()).await.unwrap_err();
    assert!(error.advice().contains("another barcode"), "{error:?}");
}

#[tokio::test]
async fn a_wrong_check_digit_and_cash_on_delivery_are_refused_before_anything_is_sent() {
    let fake = Fake::start().await;
    let create_shipment = runner(shop(&fake.url), "create_shipment");
    let mut wrong = create();
    wrong["barcode"] = "EY145587896TH".into();
    let error = create_shipment.run(wrong.clone()).await.unwrap_err();
    assert_eq!(error.to_string(), "the check digit of EY145587896TH should be 8");
    let error = create_shipment.run(json!({"parcel": parcel(), "barcode": BARCODE})).await.unwrap_err();
    assert!(error.to_string().contains("paid at the door"), "{error}");
    assert!(fake.asked().is_empty());
    fake.answers(200, good());
    wrong["check_digit"] = false.into();
    assert_eq!(create_shipment.run(wrong).await.unwrap()["tracking_number"], "EY145587896TH");
}

#[tokio::test]
async fn refusals_keys_and_breakdowns_are_told_apart_and_no_secret_is_told() {
    let fake = Fake::start().await;
    fake.answers(200, code("001"))
        .answers(200, code("016"))
        .answers(200, code("031"))
        .answers(429, json!({}));
    fake.answers_with(200, &[("content-type", "text/html")], "<html>post</html>");
    let create_shipment = runner(shop(&fake.url), "create_shipment");
    let mut errors = Vec::new();
    for _ in 0..5 {
        errors.push(create_shipment.run(create()).await.unwrap_err());
    }
    let kinds: Vec<&str> = errors.iter().map(Error::code).collect();
    assert_eq!(kinds, ["E0302", "E0308", "E0307", "E0306", "E0309"]);
    assert!(!format!("{errors:?}").contains("e-parcel-pw"));
}

#[tokio::test]
async fn a_parcel_is_taken_back_and_its_label_printed() {
    let fake = Fake::start().await;
    fake.answers(200, good()).answers_with(200, &[("content-type", "application/pdf")], "%PDF-1.4");
    fake.answers(200, code("002"));
    let one = json!({ "tracking_number": BARCODE });
    let output = runner(shop(&fake.url), "cancel_shipment").run(one.clone()).await.unwrap();
    assert_eq!(output["cancelled"], true);
    assert_eq!(fake.asked()[0].json(), json!({ "barcode": BARCODE }));
    let label = runner(shop(&fake.url), "get_label");
    assert_eq!(label.run(one.clone()).await.unwrap()["label"]["base64"], "JVBERi0xLjQ=");
    let asked = &fake.asked()[1];
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("GET", "/webservice/LabelPDF"));
    assert!(matches!(label.run(one).await, Err(Error::Refused { .. })));
}

#[tokio::test]
async fn a_static_key_gets_a_token_for_as_long_as_it_says() {
    let fake = Fake::start().await;
    let shop = signed_in(&fake).await;
    let asked = &fake.asked()[0];
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("POST", "/post/api/v1/authenticate/token"));
    assert_eq!(asked.header("authorization"), format!("Token {KEY}"));
    let tokens = shop.tokens.clone().unwrap();
    assert_eq!(tokens.expires_at, Some(1_797_736_700_000), "2026-12-20T03:18:20Z");
    let all = catalog::all();
    let post = all.connector("thailand_post").unwrap();
    assert_eq!(post.token_rule(&shop), TokenRule::Keys);
    let for_parcels = connection("thailand_post", json!({"username": "u"}), &[("password", "p")]);
    assert_eq!(post.token_rule(&for_parcels), TokenRule::None);
    assert!(post.test(&http_at(NOW), &for_parcels).await.unwrap().starts_with("Complete for parcels"));
}

fn scan(status: &str, text: &str, date: &str) -> Value {
    json!({"barcode": BARCODE, "status": status, "status_description": text, "status_date": date, "location": "สีลม",
           "postcode": "10500", "delivery_status": null, "receiver_name": null})
}

#[tokio::test]
async fn parcels_are_followed_with_years_of_our_era() {
    let fake = Fake::start().await;
    let shop = signed_in(&fake).await;
    let items = json!({BARCODE: [scan("103", "รับฝาก", "20/11/2569 10:12:26+07:00")], "EY000000005TH": []});
    let count = json!({"track_date": "23/11/2569", "count_number": 1, "track_count_limit": 1500});
    let body =
        json!({"response": {"items": items, "track_count": count}, "message": "successful", "status": true});
    fake.answers(200, body);
    let input = json!({"tracking_numbers": [BARCODE, "EY000000005TH"]});
    let output = runner(shop, "track").run(input).await.unwrap();
    let shipment = &output["shipments"][0];
    let wanted = [json!(BARCODE), json!("picked_up"), json!("103"), json!("2026-11-20T10:12:26+07:00")];
    assert_eq!(told(shipment), [&wanted[0], &wanted[1], &wanted[2], &wanted[3]]);
    assert_eq!((&shipment["text"], &shipment["location"]), (&json!("รับฝาก"), &json!("สีลม")));
    assert_eq!(
        (&output["missing"], &output["track_count"]["track_count_limit"]),
        (&json!(["EY000000005TH"]), &json!(1500))
    );
    let asked = &fake.asked()[1];
    assert_eq!((asked.path.as_str(), asked.header("authorization")), ("/post/api/v1/track", "Token jwt-1"));
    assert_eq!(
        asked.json(),
        json!({"status": "all", "language": "TH", "barcode": [BARCODE, "EY000000005TH"]})
    );
}

#[tokio::test]
async fn a_hundred_barcodes_are_asked_for_with_one_question() {
    let fake = Fake::start().await;
    let shop = signed_in(&fake).await;
    let nothing =
        json!({"response": {"items": {}, "track_count": {}}, "message": "successful", "status": true});
    fake.answers(200, nothing.clone()).answers(200, nothing);
    let numbers: Vec<String> = (0..101).map(|at| format!("EY{at:09}TH")).collect();
    let output = runner(shop, "track").run(json!({ "tracking_numbers": numbers })).await.unwrap();
    assert_eq!(output["missing"].as_array().unwrap().len(), 101);
    let counts: Vec<usize> =
        fake.asked().iter().skip(1).map(|asked| asked.json()["barcode"].as_array().unwrap().len()).collect();
    assert_eq!(counts, [100, 1]);
}

#[tokio::test]
async fn a_token_that_has_ended_is_renewed_and_a_day_that_is_used_up_is_told() {
    let fake = Fake::start().await;
    let shop = signed_in(&fake).await;
    fake.answers(401, json!({})).answers(200, json!({"message": "limit exceeded", "status": false}));
    let track = runner(shop, "track");
    let input = json!({ "tracking_numbers": BARCODE });
    assert!(matches!(track.run(input.clone()).await, Err(Error::TokenEnded { .. })));
    let error = track.run(input).await.unwrap_err();
    assert_eq!(error.to_string(), "Thailand Post refuses: limit exceeded");
    assert!(!format!("{error:?}").contains("jwt-1"));
}

#[tokio::test]
async fn pushes_are_asked_for_with_what_has_happened() {
    let fake = Fake::start().await;
    let shop = signed_in(&fake).await;
    fake.answers(200, json!({"message": "successful", "status": true}));
    let output = runner(shop, "subscribe").run(json!({"tracking_numbers": [BARCODE]})).await.unwrap();
    assert_eq!(output["subscribed"], 1);
    let asked = &fake.asked()[1];
    assert_eq!(asked.path, "/push/api/v1/hook");
    assert_eq!(
        asked.json(),
        json!({"status": "all", "language": "TH", "barcode": [BARCODE], "req_previous_status": true})
    );
}

fn push(items: &Value, sent: &str, bearer: &str) -> Knock {
    let body = json!({"items": items, "track_datetime": sent}).to_string();
    Knock::post(body).header("authorization", bearer)
}

fn receive(knock: &Knock) -> Result<connector::Delivery, Refusal> {
    knock.at(&catalog::all(), "thailand_post/status_pushed", json!({}), Some(&shop("https://post.example")))
}

#[test]
fn a_push_of_several_parcels_is_one_event_however_often_it_is_sent() {
    let mut other = scan("501", "นำจ่ายสำเร็จ", "21/11/2569 09:00:00+07:00");
    other["barcode"] = "EX000000005TH".into();
    let items = json!([scan("103", "รับฝาก", "20/11/2569 10:12:26+07:00"), other]);
    let of = |sent: &str| receive(&push(&items, sent, "Bearer bearer-77")).unwrap();
    let (first, again) = (of("20/11/2569 10:17+07:00"), of("20/11/2569 10:27+07:00"));
    assert_eq!((&first.id, &first.body), (&again.id, &again.body));
    let body = first.body.into_value();
    let words: Vec<[&Value; 4]> = body["shipments"].as_array().unwrap().iter().map(told).collect();
    assert_eq!((words[0][0], words[0][1]), (&json!(BARCODE), &json!("picked_up")));
    assert_eq!((words[1][0], words[1][1]), (&json!("EX000000005TH"), &json!("delivered")));
}

#[test]
fn a_push_without_the_bearer_is_refused() {
    let items = json!([scan("103", "รับฝาก", "20/11/2569 10:12:26+07:00")]);
    for bearer in ["", "Bearer ", "Bearer other", "bearer-77"] {
        assert_eq!(receive(&push(&items, "", bearer)), Err(Refusal::Unauthorized), "{bearer}");
    }
    let empty = push(&json!([]), "", "Bearer bearer-77");
    assert!(matches!(receive(&empty), Err(Refusal::Ignored(_))));
}

#[tokio::test]
async fn the_host_with_an_underscore_can_be_called() {
    let url = connector::http::read_url("https://r_dservice.thailandpost.com/webservice/addItem").unwrap();
    assert_eq!(url.host_str(), Some("r_dservice.thailandpost.com"));
    assert!(http::Uri::try_from(url.as_str()).is_ok());
}
