//! KEX Express, against a server that answers what its specification shows.

use crate::common::fake::Fake;
use crate::common::parcel::{paid, parcel, told};
use crate::common::{Knock, Runner, connection};
use connector::{Connection, Error, Refusal};
use serde_json::{Value, json};

const KEY: &str = "kex-app-key-88e1";

fn shop(url: &str) -> Connection {
    let fields = json!({"url": format!("{url}/ediwebapi/SmartEDI/shipment_info"), "app_id": "my-shop"});
    connection("kex", fields, &[("app_key", KEY), ("push_key", "pushes-4711")])
}

fn runner(fake: &Fake, operation: &str) -> Runner {
    Runner::new(&format!("kex/{operation}"), Some(shop(&fake.url)))
}

fn answer(code: &str, words: &str) -> Value {
    json!({"res": {"shipment": {"con_no": "KHL0000001001", "status_code": code, "status_desc": words}}})
}

#[tokio::test]
async fn a_parcel_goes_out_as_the_specification_shows() {
    let fake = Fake::start().await;
    fake.answers(200, answer("000", "Successfully received"));
    let input = json!({"parcel": parcel(), "con_no": "KHL0000001001"});
    let output = runner(&fake, "create_shipment").run(input).await.unwrap();
    assert_eq!((&output["tracking_number"], &output["created"]), (&json!("KHL0000001001"), &json!(true)));
    let asked = &fake.asked()[0];
    assert_eq!((asked.header("app_id"), asked.header("app_key")), ("my-shop", KEY));
    let wanted = r#"{"req":{"shipment":{"con_no":"KHL0000001001","s_name":"ร้านชาดี","s_address":"88 ถ.สีลม","s_subdistrict":"สีลม","s_district":"บางรัก","s_province":"กรุงเทพมหานคร","s_zipcode":"10500","s_mobile1":"0810000002","s_contact":"ร้านชาดี","r_name":"สมชาย ใจดี","r_address":"99 หมู่ 1","r_subdistrict":"สันทรายน้อย","r_district":"สันทราย","r_province":"เชียงใหม่","r_zipcode":"50210","r_mobile1":"0810000001","r_contact":"สมชาย ใจดี","special_note":"","service_code":"ND","cod_amount":267.50,"cod_type":"CASH","tot_pkg":1,"declare_value":0,"ref_no":"SHOPIFY-1001-1","action_code":"A"}}}"#;
    assert_eq!(String::from_utf8_lossy(&asked.body), wanted);
}

#[tokio::test]
async fn a_paid_parcel_collects_nothing_and_the_letter_s_names_are_used() {
    let fake = Fake::start().await;
    fake.answers(200, answer("000", "ok"));
    let mut mine = shop(&fake.url);
    mine.fields.insert("contact_field".into(), "contactperson".into());
    mine.fields.insert("merchant_id".into(), "10023".into());
    let input = json!({"parcel": paid(), "con_no": "KHL0000001002"});
    Runner::new("kex/create_shipment", Some(mine)).run(input).await.unwrap();
    let sent = fake.asked()[0].json()["req"]["shipment"].take();
    assert_eq!((&sent["cod_amount"], &sent["cod_type"]), (&json!(0), &json!("")));
    assert_eq!(sent["declare_value"].to_string(), "267.50");
    assert_eq!((&sent["merchant_id"], &sent["s_contactperson"]), (&json!("10023"), &json!("ร้านชาดี")));
    assert!(sent.get("s_contact").is_none());
}

#[tokio::test]
async fn a_refusal_is_told_in_kex_s_words_and_html_is_no_answer() {
    let fake = Fake::start().await;
    fake.answers(200, answer("999", "r_zipcode is invalid")).answers(500, json!({}));
    fake.answers_with(200, &[("content-type", "text/html")], "<html>Kerry</html>");
    let create = runner(&fake, "create_shipment");
    let input = json!({"parcel": parcel(), "con_no": "KHL0000001001"});
    let error = create.run(input.clone()).await.unwrap_err();
    assert_eq!(error.to_string(), "KEX refuses (999): r_zipcode is invalid");
    let error = create.run(input.clone()).await.unwrap_err();
    assert!(matches!(error, Error::Status { status: 500, .. }), "{error:?}");
    let error = create.run(input).await.unwrap_err();
    assert!(matches!(error, Error::Unreadable { .. }), "{error:?}");
    assert!(!format!("{error:?}").contains(KEY));
}

#[tokio::test]
async fn nothing_is_sent_without_https_or_without_a_number() {
    let open = connection(
        "kex",
        json!({"url": "http://exch.th.kerryexpress.com/x", "app_id": "a"}),
        &[("app_key", KEY)],
    );
    let error = Runner::new("kex/create_shipment", Some(open))
        .run(json!({"parcel": parcel(), "con_no": "KHL1"}))
        .await;
    assert_eq!(error.unwrap_err().to_string(), "the address of KEX does not begin with https");
    let fake = Fake::start().await;
    let error = runner(&fake, "create_shipment")
        .run(json!({"parcel": parcel(), "con_no": "KHL 1/2"}))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Input { .. }), "{error:?}");
    assert!(fake.asked().is_empty());
}

#[tokio::test]
async fn a_parcel_is_taken_back_with_d() {
    let fake = Fake::start().await;
    fake.answers(200, answer("000", "ok"));
    let output =
        runner(&fake, "cancel_shipment").run(json!({"tracking_number": "KHL0000001001"})).await.unwrap();
    assert_eq!(output["cancelled"], true);
    let sent = fake.asked()[0].json();
    assert_eq!(sent, json!({"req": {"shipment": {"con_no": "KHL0000001001", "action_code": "D"}}}));
}

#[tokio::test]
async fn testing_a_connection_says_that_nothing_was_asked() {
    let all = catalog::all();
    let kex = all.connector("kex").unwrap();
    let said = kex.test(&crate::common::http(1_000), &shop("https://exch.th.kex-express.com")).await.unwrap();
    assert!(said.contains("exch.th.kex-express.com"), "{said}");
    let empty = connection("kex", json!({"app_id": "a"}), &[]);
    assert!(matches!(kex.test(&crate::common::http(1_000), &empty).await, Err(Error::Connection { .. })));
}

const PUSH: &str = r#"{"req":{"status":{"con_no":"KHL0000001001","status_code":"010","status_desc":"Picked up","status_date":"2026-11-20 15:00:00","update_date":"2026-11-20 15:00:02","ref_no":"SHOPIFY-1001","location":"สีลม"}}}"#;

fn push(body: &str) -> Knock {
    let mut knock = Knock::post(body.to_owned()).header("content-type", "application/json");
    knock.query = Some("key=pushes-4711");
    knock
}

fn receive(knock: &Knock, with: Value) -> Result<connector::Delivery, Refusal> {
    knock.at(&catalog::all(), "kex/status_pushed", with, Some(&shop("https://kex.example")))
}

#[test]
fn a_push_is_told_in_the_words_of_all_couriers_and_its_key_is_not_kept() {
    let delivery = receive(&push(PUSH), json!({})).unwrap();
    assert!(!format!("{:?}", delivery.head).contains("4711"));
    let body = delivery.body.into_value();
    let shipment = &body["shipments"][0];
    let wanted =
        [json!("KHL0000001001"), json!("picked_up"), json!("010"), json!("2026-11-20T15:00:00+07:00")];
    assert_eq!(told(shipment), [&wanted[0], &wanted[1], &wanted[2], &wanted[3]]);
    assert_eq!((&shipment["reference"], &shipment["location"]), (&json!("SHOPIFY-1001"), &json!("สีลม")));
}

#[test]
fn json_that_is_a_form_s_name_is_the_same_event() {
    let encoded: String = url::form_urlencoded::byte_serialize(PUSH.as_bytes()).collect();
    for form in [encoded.clone(), format!("{encoded}=")] {
        let knock = push(&form).header("content-type", "application/x-www-form-urlencoded");
        let (one, other) = (receive(&knock, json!({})).unwrap(), receive(&push(PUSH), json!({})).unwrap());
        assert_eq!((one.id, one.body), (other.id, other.body));
    }
}

#[test]
fn a_code_that_nobody_knows_keeps_its_words_and_can_be_given_a_meaning() {
    let unknown = PUSH.replace("010", "045");
    let shipment =
        |with: Value| receive(&push(&unknown), with).unwrap().body.into_value()["shipments"][0].take();
    let told = shipment(json!({}));
    assert_eq!(
        (&told["status"], &told["code"], &told["text"]),
        (&Value::Null, &json!("045"), &json!("Picked up"))
    );
    assert_eq!(shipment(json!({"statuses": {"045": "out_for_delivery"}}))["status"], "out_for_delivery");
    let delivered = receive(&push(&PUSH.replace("010", "POD")), json!({})).unwrap().body.into_value();
    assert_eq!(delivered["shipments"][0]["status"], "delivered");
}

#[test]
fn a_push_without_the_key_is_refused() {
    for query in [None, Some(""), Some("key="), Some("key=pushes-4712"), Some("k=pushes-4711")] {
        let mut knock = push(PUSH);
        knock.query = query;
        assert_eq!(receive(&knock, json!({})), Err(Refusal::Unauthorized), "{query:?}");
    }
    let unset = connection("kex", json!({}), &[("app_key", KEY)]);
    let refusal = push(PUSH).at(&catalog::all(), "kex/status_pushed", json!({}), Some(&unset)).unwrap_err();
    assert!(matches!(refusal, Refusal::NotSetUp(_)), "{refusal:?}");
    assert!(matches!(receive(&push("{}"), json!({})), Err(Refusal::Malformed(_))));
}

#[test]
fn kex_is_answered_in_its_own_words() {
    let all = catalog::all();
    let answer = all.webhook(&"kex/status_pushed".into()).unwrap().answer();
    assert_eq!(answer, Some(json!({"res": {"status": {"status_code": "000", "status_desc": "Success"}}})));
}
