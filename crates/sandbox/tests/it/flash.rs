//! Flash Express.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::form_urlencoded::{Serializer, parse};

use crate::booth::Booth;

const VECTOR: [(&str, &str); 20] = [
    ("articleCategory", "99"),
    ("codEnabled", "0"),
    ("dstCityName", "สันทราย"),
    ("dstDetailAddress", "example detail address"),
    ("dstName", "น้ำพริกแม่อำพร"),
    ("dstPhone", "0123456789"),
    ("dstPostalCode", "50210"),
    ("dstProvinceName", "เชียงใหม่"),
    ("expressCategory", "1"),
    ("insured", "0"),
    ("mchId", "AA2315"),
    ("nonceStr", "nonce"),
    ("srcCityName", "เมืองอุบลราชธานี"),
    ("srcDetailAddress", "example detail address"),
    ("srcName", "หอมรวม  create order test name"),
    ("srcPhone", "0123456789"),
    ("srcPostalCode", "34000"),
    ("srcProvinceName", "อุบลราชธานี"),
    ("weight", "1000"),
    ("sign", "E266747637E48BE2843FA673765C08419C5CE6638A6B4D2ADA7B9AE8101ABCFB"),
];

struct Flash(Booth);

impl Flash {
    async fn open() -> Self {
        Self(Booth::open("flash").await)
    }

    /// A form with a good signature.
    async fn call(&self, path: &str, fields: &[(&str, &str)]) -> (String, Vec<u8>) {
        let mut signed: BTreeMap<_, _> = fields.iter().copied().collect();
        signed.extend([("mchId", self.0.key("mch_id")), ("nonceStr", "n-1")]);
        let filled = signed.iter().filter(|(_, value)| !value.trim().is_empty());
        let text: String = filled.map(|(name, value)| format!("{name}={value}&")).collect();
        let sign = hex::encode_upper(Sha256::digest(format!("{text}key={}", self.0.key("key"))));
        signed.insert("sign", &sign);
        self.raw(path, signed).await
    }

    async fn raw<'a>(
        &self,
        path: &str,
        fields: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> (String, Vec<u8>) {
        let body = Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.0.client.http.post(self.0.url(path)).body(body);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = request.send().await.unwrap();
        let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
        (kind, answer.bytes().await.unwrap().to_vec())
    }

    async fn say(&self, path: &str, fields: &[(&str, &str)]) -> Value {
        serde_json::from_slice(&self.call(path, fields).await.1).unwrap()
    }

    async fn order(&self, change: &[(&'static str, &'static str)]) -> Value {
        let mut fields: BTreeMap<_, _> = VECTOR.into_iter().filter(|(name, _)| *name != "sign").collect();
        fields.extend([("outTradeNo", "SHOPIFY-1001-1"), ("codEnabled", "1"), ("codAmount", "26750")]);
        fields.extend(change.iter().copied());
        self.say("/open/v3/orders", &fields.into_iter().collect::<Vec<_>>()).await
    }
}

#[tokio::test]
async fn the_order_of_flashs_own_test_is_taken() {
    let flash = Flash::open().await;
    flash.0.set(json!({ "mch_id": "AA2315", "key": "key" })).await;
    let answer: Value = serde_json::from_slice(&flash.raw("/open/v3/orders", VECTOR).await.1).unwrap();
    assert_eq!((&answer["code"], &answer["data"]["mchId"]), (&json!(1), &json!("AA2315")), "{answer}");
}

#[tokio::test]
async fn an_empty_field_is_not_signed_but_still_missed() {
    let flash = Flash::open().await;
    flash.0.set(json!({ "mch_id": "AA2315", "key": "key" })).await;
    let mut fields = VECTOR.to_vec();
    fields[4].1 = "";
    fields[19].1 = "BF9F58D0FF15352E9996327F9620AE8E13DAABF029D38AA5965E653DACCB5B23";
    let answer: Value = serde_json::from_slice(&flash.raw("/open/v3/orders", fields).await.1).unwrap();
    assert_eq!(answer["code"], 1000, "the signature is good, the name is missing: {answer}");
}

#[tokio::test]
async fn a_wrong_signature_and_an_unknown_merchant_have_codes_of_their_own() {
    let flash = Flash::open().await;
    let code = async |fields: &[(&str, &str)]| {
        let body = flash.raw("/open/v1/ping", fields.iter().copied()).await.1;
        serde_json::from_slice::<Value>(&body).unwrap()["code"].clone()
    };
    assert_eq!(code(&[("mchId", "AA2315"), ("nonceStr", "n"), ("sign", "00")]).await, 1002);
    assert_eq!(code(&[("mchId", "BB1"), ("nonceStr", "n"), ("sign", "00")]).await, 1001);
    assert_eq!(flash.say("/open/v1/ping", &[]).await["code"], 1);
}

#[tokio::test]
async fn an_order_is_made_once_and_its_repeat_is_told() {
    let flash = Flash::open().await;
    let first = flash.order(&[]).await;
    assert_eq!(first["code"], 1, "{first}");
    let again = flash.order(&[]).await;
    assert_eq!((&again["code"], &again["data"]), (&json!(1003), &json!(null)));
    flash.0.set(json!({ "pno_on_repeat": true })).await;
    assert_eq!(flash.order(&[]).await["data"]["pno"], first["data"]["pno"]);
    assert_eq!(flash.0.received("order").await.len(), 1);
}

#[tokio::test]
async fn each_mistake_of_an_order_has_its_code() {
    let flash = Flash::open().await;
    for (change, code) in [
        (("dstCityName", "เมือง"), 1000),
        (("dstCityName", "อำเภอสันทราย"), 1000),
        (("dstPostalCode", "5021"), 1021),
        (("dstPhone", "+66810000001"), 1000),
        (("codAmount", "-1"), 1009),
        (("codAmount", "267.50"), 1000),
        (("weight", "1.5"), 1000),
        (("dstProvinceName", "เชียงใหม่่"), 1000),
        (("warehouseNo", "AA2315_009"), 1007),
    ] {
        let answer = flash.order(&[change]).await;
        assert_eq!(answer["code"], code, "{change:?}: {answer}");
    }
    flash.0.set(json!({ "cod_allowed": false })).await;
    assert_eq!(flash.order(&[("outTradeNo", "B")]).await["code"], 1008);
    flash.0.set(json!({ "area_mismatch": "ends", "cod_allowed": true })).await;
    assert_eq!(flash.order(&[("outTradeNo", "C"), ("dstPostalCode", "50200")]).await["code"], 1005);
}

#[tokio::test]
async fn a_label_is_a_pdf_and_an_unknown_number_is_json() {
    let flash = Flash::open().await;
    let order = flash.order(&[]).await;
    let pno = order["data"]["pno"].as_str().unwrap();
    let (kind, pdf) = flash.call(&format!("/open/v1/orders/{pno}/pre_print"), &[]).await;
    assert_eq!((kind.as_str(), &pdf[..5]), ("application/pdf", &b"%PDF-"[..]));
    let (kind, body) = flash.call("/open/v1/orders/TH0/pre_print", &[]).await;
    assert!(kind.starts_with("application/json") && String::from_utf8(body).unwrap().contains("1006"));
}

#[tokio::test]
async fn a_parcel_goes_its_way_and_each_scan_is_pushed_with_a_signature() {
    let flash = Flash::open().await;
    let mut listener = flash.0.listener().await;
    let order = flash.order(&[]).await;
    let pno = order["data"]["pno"].as_str().unwrap().to_owned();
    flash.0.advance("SHOPIFY-1001-1", "delivered").await;
    let routes = flash.say(&format!("/open/v1/orders/{pno}/routes"), &[]).await;
    assert_eq!((&routes["data"]["state"], &routes["data"]["stateText"]), (&json!(5), &json!("Delivered")));
    assert_eq!(routes["data"]["routes"][0]["routeAction"], "DELIVERY_CONFIRM", "newest first");
    assert_eq!(routes["data"]["routes"].as_array().unwrap().len(), 4);
    let pushes = listener.all();
    assert_eq!(pushes.len(), 4);
    let fields: BTreeMap<_, _> = parse(&pushes[3].body).into_owned().collect();
    let signed =
        format!("mchId={}&nonceStr={}&key={}", fields["mchId"], fields["nonceStr"], flash.0.key("key"));
    assert_eq!(fields["sign"], hex::encode_upper(Sha256::digest(signed)), "the content is not signed");
    let said: Value = serde_json::from_str(&fields["data"]).unwrap();
    assert_eq!((&said["pno"], &said["state"]), (&json!(pno), &json!(5)));
    let cancel = flash.say(&format!("/open/v1/orders/{pno}/cancel"), &[]).await;
    assert_eq!(cancel["code"], 1015);
}

#[tokio::test]
async fn an_order_can_be_cancelled_until_it_is_picked_up() {
    let flash = Flash::open().await;
    let order = flash.order(&[]).await;
    let path = format!("/open/v1/orders/{}/cancel", order["data"]["pno"].as_str().unwrap());
    assert_eq!(flash.say(&path, &[]).await["code"], 1);
    let (status, answer) =
        flash.0.control("advance", json!({ "ref": "SHOPIFY-1001-1", "to": "delivered" })).await;
    assert_eq!(status, 422, "{answer}");
    assert_eq!(flash.0.control("advance", json!({ "ref": "nobody", "to": "delivered" })).await.0, 404);
}

#[tokio::test]
async fn one_courier_a_day_is_asked_for() {
    let flash = Flash::open().await;
    assert_eq!(flash.say("/open/v1/notify", &[]).await["data"]["ticketPickupId"], "20261120");
    assert_eq!(flash.say("/open/v1/notify", &[]).await["code"], 1010);
}

#[tokio::test]
async fn the_one_code_to_try_again_comes_on_demand() {
    let flash = Flash::open().await;
    flash.0.fault(json!({ "kind": "500", "times": 1, "match": { "path": "/open/v3/orders" } })).await;
    assert_eq!(flash.order(&[]).await["code"], 0);
    assert_eq!(flash.order(&[]).await["code"], 1);
}

#[tokio::test]
async fn pushes_go_where_the_set_up_says() {
    let flash = Flash::open().await;
    let mut listener = crate::client::Listener::answering(&[]).await;
    let url = listener.url.clone();
    let on = [("serviceCategory", "1"), ("webhookApiCode", "0"), ("url", url.as_str())];
    assert_eq!(flash.say("/open/v1/setting/web_hook_service", &on).await["code"], 1);
    flash.order(&[]).await;
    flash.0.advance("SHOPIFY-1001-1", "picked_up").await;
    assert_eq!(listener.all().len(), 1);
    let off = [("serviceCategory", "0"), ("webhookApiCode", "0")];
    assert_eq!(flash.say("/open/v1/setting/web_hook_service", &off).await["code"], 1);
    flash.0.advance("SHOPIFY-1001-1", "in_transit").await;
    assert_eq!(listener.all().len(), 0);
}
