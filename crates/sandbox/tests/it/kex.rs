//! KEX Express.

use serde_json::{Value, json};
use url::form_urlencoded::parse;

use crate::booth::Booth;

struct Kex(Booth);

impl Kex {
    async fn open() -> Self {
        Self(Booth::open("kex").await)
    }

    async fn send(&self, app_key: &str, shipment: Value) -> Value {
        let url = self.0.url("/ediwebapi/SmartEDI/shipment_info");
        let body = json!({ "req": { "shipment": shipment } }).to_string();
        let request =
            self.0.client.http.post(url).header("app_id", self.0.key("app_id")).header("app_key", app_key);
        let (status, answer) = self.0.client.send(request.body(body)).await;
        assert_eq!(status, 200, "both ways");
        answer["res"]["shipment"].clone()
    }

    async fn order(&self, change: Value) -> Value {
        let mut shipment = shipment();
        for (name, value) in change.as_object().unwrap() {
            shipment[name] = value.clone();
        }
        self.send(self.0.key("app_key"), shipment).await
    }
}

fn shipment() -> Value {
    serde_json::from_str(
        r#"{"con_no":"KHL0000001001","s_name":"ร้านชา","s_address":"1 ถนนสีลม","s_subdistrict":"สีลม","s_district":"บางรัก",
        "s_province":"กรุงเทพมหานคร","s_zipcode":"10500","s_mobile1":"0810000002","s_contact":"ร้านชา",
        "r_name":"สมชาย ใจดี","r_address":"99 หมู่ 1","r_subdistrict":"สันทรายน้อย","r_district":"สันทราย",
        "r_province":"เชียงใหม่","r_zipcode":"50210","r_mobile1":"0810000001","r_contact":"สมชาย",
        "special_note":"","service_code":"ND","cod_amount":267.50,"cod_type":"CASH","tot_pkg":1,"declare_value":0,
        "ref_no":"SHOPIFY-1001","action_code":"A"}"#,
    )
    .unwrap()
}

#[tokio::test]
async fn a_consignment_is_taken_and_its_repeat_written_over() {
    let kex = Kex::open().await;
    let answer = kex.order(json!({})).await;
    assert_eq!(
        answer,
        json!({ "con_no": "KHL0000001001", "status_code": "000", "status_desc": "Successfully received" })
    );
    assert_eq!(kex.order(json!({ "r_name": "กนกวรรณ" })).await["status_code"], "000");
    let held = kex.0.client.get(kex.0.url("/_sandbox/shipments")).await;
    assert_eq!((held.as_array().unwrap().len(), &held[0]["asked"]["r_name"]), (1, &json!("กนกวรรณ")));
}

#[tokio::test]
async fn what_is_wrong_is_said_in_words_under_one_code() {
    let kex = Kex::open().await;
    let refused = kex.send("wrong", shipment()).await;
    assert_eq!(
        (&refused["status_code"], &refused["status_desc"]),
        (&json!("999"), &json!("Invalid app_id or app_key"))
    );
    for (change, word) in [
        (json!({ "con_no": "ABC0000001001" }), "con_no"),
        (json!({ "r_zipcode": "50200" }), "postcode"),
        (json!({ "r_mobile1": "66810000001" }), "r_mobile1"),
        (json!({ "cod_amount": -1 }), "cod_amount"),
        (json!({ "cod_type": "" }), "cod_type"),
        (json!({ "tot_pkg": 0 }), "tot_pkg"),
        (json!({ "action_code": "X" }), "action_code"),
    ] {
        let answer = kex.order(change).await;
        assert_eq!(answer["status_code"], "999");
        assert!(answer["status_desc"].as_str().unwrap().contains(word), "{answer}");
    }
}

#[tokio::test]
async fn a_consignment_is_deleted_until_it_is_picked_up() {
    let kex = Kex::open().await;
    kex.order(json!({})).await;
    kex.0.advance("KHL0000001001", "picked_up").await;
    assert_eq!(kex.order(json!({ "action_code": "D" })).await["status_code"], "999");
    kex.order(json!({ "con_no": "KHL0000001002" })).await;
    assert_eq!(
        kex.order(json!({ "con_no": "KHL0000001002", "action_code": "D" })).await["status_code"],
        "000"
    );
}

#[tokio::test]
async fn scans_are_pushed_unsigned_and_in_two_forms() {
    let kex = Kex::open().await;
    let mut listener = kex.0.listener().await;
    kex.order(json!({})).await;
    kex.0.advance("SHOPIFY-1001", "delivered").await;
    let pushes = listener.all();
    let status = |push: &Value| push["req"]["status"]["status_code"].clone();
    assert_eq!((status(&pushes[0].json()), status(&pushes[3].json())), (json!("010"), json!("POD")));
    assert_eq!(pushes[0].json()["req"]["status"]["status_date"], "2026-11-20 10:10:01");
    kex.0.set(json!({ "push_form": "form_key" })).await;
    kex.0.advance("SHOPIFY-1001", "delivered").await;
    let again = listener.all();
    let (key, value) = parse(&again[0].body).next().unwrap();
    assert_eq!((status(&serde_json::from_str(&key).unwrap()), value.as_ref()), (json!("POD"), ""));
}

#[tokio::test]
async fn a_fault_answers_as_a_system_error() {
    let kex = Kex::open().await;
    kex.0.fault(json!({ "kind": "500", "times": 1 })).await;
    assert_eq!(kex.order(json!({})).await["status_desc"], "System error");
    assert_eq!(kex.0.received("order").await.len(), 0);
}
