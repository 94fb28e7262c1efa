//! FlowAccount.

use serde_json::{Value, json};

use crate::booth::Booth;

struct FlowAccount {
    booth: Booth,
    token: String,
}

const INVOICE: &str = r#"{"contactCode":"SHOP-8891","contactName":"สมชาย ใจดี","contactAddress":"99 ถ.สุขุมวิท กรุงเทพมหานคร 10110",
 "contactTaxId":"1103700000001","contactBranch":"สำนักงานใหญ่","contactZipCode":"10110","contactGroup":1,
 "publishedOn":"2026-11-20","creditType":3,"creditDays":0,"dueDate":"2026-11-20","reference":"SHOPIFY-1001",
 "isVat":true,"isVatInclusive":true,"useInlineVat":true,"useInlineDiscount":true,
 "items":[{"type":5,"name":"ชาเขียว 100 g","quantity":1,"unitName":"ถุง","pricePerUnit":267.50,"discountAmount":0,"vatRate":7,"total":267.50}],
 "subTotal":267.50,"total":267.50,"totalAfterDiscount":267.50,"exemptAmount":0,"vatableAmount":250.00,"vatAmount":17.50,"grandTotal":267.50,
 "documentPaymentStructureType":"InlineDocumentWithPaymentReceivingTransfer","paymentMethod":5,"paymentDate":"2026-11-20","collected":267.50,
 "transferBankAccountId":2,"bankAccountId":1201}"#;

impl FlowAccount {
    async fn open() -> Self {
        let mut flowaccount = Self { booth: Booth::open("flowaccount").await, token: String::new() };
        let (status, token) = flowaccount.sign_in(flowaccount.booth.key("client_secret")).await;
        assert_eq!((status, &token["token_type"]), (200, &json!("Bearer")));
        flowaccount.token = token["access_token"].as_str().unwrap().to_owned();
        flowaccount
    }

    async fn sign_in(&self, secret: &str) -> (u16, Value) {
        let id = self.booth.key("client_id");
        let body = format!(
            "grant_type=client_credentials&scope=flowaccount-api&client_id={id}&client_secret={secret}"
        );
        self.booth.client.send(self.booth.client.http.post(self.booth.url("/v1/token")).body(body)).await
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        self.get_with(&self.token, path).await
    }

    async fn get_with(&self, token: &str, path: &str) -> (u16, Value) {
        let request = self.booth.client.http.get(self.booth.url(&format!("/v1{path}")));
        self.booth.client.send(request.bearer_auth(token)).await
    }

    async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let request = self.booth.client.http.post(self.booth.url(&format!("/v1{path}")));
        self.booth.client.send(request.bearer_auth(&self.token).body(body.to_string())).await
    }

    async fn sell(&self) -> Value {
        let (status, answer) = self.post("/cash-invoices/inline/with-payment", &invoice()).await;
        assert_eq!((status, &answer["status"]), (200, &json!(true)), "{answer}");
        answer["data"].clone()
    }

    async fn by_reference(&self, reference: &str) -> Value {
        let filter = format!(
            "[{{'columnName':'reference','columnValue':'{reference}','columnPredicateOperator':'And'}}]"
        );
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("currentPage", "1"), ("pageSize", "20"), ("filter", &filter)])
            .finish();
        self.get(&format!("/cash-invoices?{query}")).await.1["data"].clone()
    }
}

fn invoice() -> Value {
    serde_json::from_str(INVOICE).unwrap()
}

#[tokio::test]
async fn a_paid_sale_becomes_a_numbered_document_that_its_reference_finds() {
    let flowaccount = FlowAccount::open().await;
    let made = flowaccount.sell().await;
    assert_eq!((&made["recordId"], &made["documentSerial"]), (&json!(881), &json!("CA2026110001")));
    assert_eq!(made["statusString"], "paid");
    let found = flowaccount.by_reference("SHOPIFY-1001").await;
    assert_eq!((&found["total"], &found["list"][0]["documentSerial"]), (&json!(1), &made["documentSerial"]));
    assert_eq!(flowaccount.by_reference("SHOPIFY-2").await["total"], 0);
}

#[tokio::test]
async fn nothing_keeps_a_second_document_of_the_same_reference_away() {
    let flowaccount = FlowAccount::open().await;
    flowaccount.sell().await;
    assert_eq!(flowaccount.sell().await["documentSerial"], "CA2026110002");
    assert_eq!(flowaccount.by_reference("SHOPIFY-1001").await["total"], 2);
}

#[tokio::test]
async fn totals_that_do_not_add_up_fail_under_status_200() {
    let flowaccount = FlowAccount::open().await;
    for (name, value) in
        [("vatAmount", "17.51"), ("grandTotal", "267.49"), ("collected", "267.00"), ("total", "267.505")]
    {
        let mut document = invoice();
        document[name] = serde_json::from_str(value).unwrap();
        let (status, answer) = flowaccount.post("/cash-invoices/inline/with-payment", &document).await;
        assert_eq!(
            (status, &answer["status"], &answer["code"]),
            (200, &json!(false), &json!(400)),
            "{name}: {answer}"
        );
        assert!(answer["message"].as_str().unwrap().contains(name), "{answer}");
    }
    assert_eq!(flowaccount.booth.received("cash-invoices").await.len(), 0);
}

#[tokio::test]
async fn a_wrong_secret_gets_no_token_and_an_old_token_ends() {
    let flowaccount = FlowAccount::open().await;
    assert_eq!(flowaccount.sign_in("wrong").await, (400, json!({ "error": "invalid_client" })));
    flowaccount.booth.fault(json!({ "kind": "token_expired", "times": 1 })).await;
    let (status, answer) = flowaccount.get("/contacts?currentPage=1&pageSize=20").await;
    assert_eq!((status, &answer["status"]), (401, &json!(false)));
    flowaccount.booth.set(json!({ "token_seconds": 0 })).await;
    let (_, token) = flowaccount.sign_in(flowaccount.booth.key("client_secret")).await;
    let ended = flowaccount.get_with(token["access_token"].as_str().unwrap(), "/company/info").await;
    assert_eq!((&token["expires_in"], ended.0), (&json!(0), 401), "obey expires_in");
}

#[tokio::test]
async fn a_document_is_shared_and_made_void_but_never_deleted() {
    let flowaccount = FlowAccount::open().await;
    let id = flowaccount.sell().await["recordId"].clone();
    let shared = flowaccount.post("/cash-invoices/sharedocument", &json!({ "documentId": id })).await.1;
    let page =
        flowaccount.booth.client.http.get(shared["data"]["link"].as_str().unwrap()).send().await.unwrap();
    assert!(page.text().await.unwrap().contains("CA2026110001"));
    let path = format!("/cash-invoices/{id}");
    let delete = flowaccount.booth.client.http.delete(flowaccount.booth.url(&format!("/v1{path}")));
    let refused = flowaccount.booth.client.send(delete.bearer_auth(&flowaccount.token)).await;
    assert_eq!((refused.0, &refused.1["status"]), (200, &json!(false)));
    let void = flowaccount.post(&format!("{path}/status/void"), &json!({})).await.1;
    assert_eq!(void["data"]["statusString"], "void");
    let back = flowaccount.post(&format!("{path}/status/awaiting"), &json!({})).await.1;
    assert_eq!(back["status"], false);
}

#[tokio::test]
async fn a_plain_document_says_its_structure_and_waits_for_its_payment() {
    let flowaccount = FlowAccount::open().await;
    let mut document = invoice();
    assert_eq!(flowaccount.post("/tax-invoices/inline", &document).await.1["status"], false);
    document["documentStructureType"] = json!("InlineDocument");
    let made = flowaccount.post("/tax-invoices/inline", &document).await.1;
    assert_eq!(made["data"]["statusString"], "awaiting", "{made}");
    let path = format!("/tax-invoices/{}/payment", made["data"]["recordId"]);
    let paid = flowaccount.post(&path, &serde_json::from_str(r#"{"collected":267.50}"#).unwrap()).await.1;
    assert_eq!(paid["data"]["statusString"], "paid", "{paid}");
}

#[tokio::test]
async fn contacts_are_checked_and_products_are_the_shops() {
    let flowaccount = FlowAccount::open().await;
    let contact = json!({ "contactCode": "SHOP-8891", "contactName": "สมชาย ใจดี", "contactGroup": 1, "contactType": 3,
        "contactShippingAddress": "หาย", "conatactShippingAddress": "อยู่" });
    let made = flowaccount.post("/contacts", &contact).await.1;
    assert_eq!((&made["data"]["id"], &made["data"]["conatactShippingAddress"]), (&json!(1), &json!("อยู่")));
    assert!(made["data"]["contactShippingAddress"].is_null(), "only the odd spelling counts");
    assert_eq!(flowaccount.post("/contacts", &json!({ "contactName": "ก" })).await.1["status"], false);
    assert_eq!(flowaccount.get("/products").await.1["status"], false, "a page must be asked for");
    let products = flowaccount.get("/products?currentPage=1&pageSize=200").await.1;
    let tea =
        products["data"]["list"].as_array().unwrap().iter().find(|row| row["code"] == "TEA-103").unwrap();
    assert_eq!(tea["sellPrice"].to_string(), "149.25");
}
