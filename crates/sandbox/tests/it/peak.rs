//! PEAK.

use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha1::Sha1;

use crate::booth::Booth;

/// What the clock of these tests says, in UTC.
const NOW: &str = "20261120031000";

struct Peak {
    booth: Booth,
    token: String,
}

fn signature(key: &str, time: &str) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(time.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

impl Peak {
    async fn open() -> Self {
        let mut peak = Self { booth: Booth::open("peak").await, token: String::new() };
        let asked = json!({ "PeakClientToken": {
            "connectId": peak.booth.key("connect_id"), "password": peak.booth.key("connect_key") } });
        let answer = peak.post("/clienttoken", &asked).await;
        assert_eq!(answer["PeakClientToken"]["resCode"], "200", "{answer}");
        peak.token = answer["PeakClientToken"]["token"].as_str().unwrap().to_owned();
        peak
    }

    async fn send(&self, request: reqwest::RequestBuilder, time: &str, signature: &str) -> Value {
        let request = request
            .header("Time-Stamp", time)
            .header("Time-Signature", signature)
            .header("Client-Token", &self.token)
            .header("User-Token", self.booth.key("user_token"));
        let (status, answer) = self.booth.client.send(request).await;
        assert_eq!(status, 200, "whatever the body says");
        answer
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let request =
            self.booth.client.http.post(self.booth.url(&format!("/api/v1{path}"))).body(body.to_string());
        self.send(request, NOW, &signature(self.booth.key("connect_id"), NOW)).await
    }

    async fn get(&self, path: &str) -> Value {
        let request = self.booth.client.http.get(self.booth.url(&format!("/api/v1{path}")));
        self.send(request, NOW, &signature(self.booth.key("connect_id"), NOW)).await
    }

    /// The ids of a contact and of a way of payment.
    async fn prepared(&self) -> (Value, Value) {
        let contact = json!({ "PeakContacts": { "contacts": [{ "code": "C-8891", "name": "สมชาย ใจดี" }] } });
        let contact = self.post("/contacts", &contact).await["PeakContacts"]["contacts"][0]["id"].clone();
        let methods = self.get("/paymentmethods?code=BNK001").await;
        (contact, methods["PeakPaymentMethods"]["paymentMethods"][0]["id"].clone())
    }

    async fn invoices(&self, invoices: Value) -> Value {
        self.post("/invoices", &json!({ "PeakInvoices": { "invoices": invoices } })).await["PeakInvoices"]
            .clone()
    }
}

fn invoice(code: &str, (contact, method): &(Value, Value)) -> Value {
    json!({ "code": code, "issuedDate": "20261120", "dueDate": "20261120", "contactId": contact, "tags": ["khlong"],
        "istaxInvoice": 1,
        "products": [{ "productCode": "TEA-100", "accountCode": "410201", "description": "ชาเขียว 100 g", "quantity": 1,
            "price": "250.00", "discount": "0", "vatType": 1 }],
        "paidPayments": { "paymentDate": "20261120", "withHoldingTaxAmount": "0",
            "payments": [{ "paymentMethodId": method, "amount": "267.50", "note": "transfer" }] } })
}

#[tokio::test]
async fn the_time_is_signed_and_must_be_near() {
    let peak = Peak::open().await;
    let get = || peak.booth.client.http.get(peak.booth.url("/api/v1/contacts"));
    peak.booth.set(json!({ "connect_id": "demo-connect-id", "skew_seconds": 300_000 })).await;
    let vector = "9dc463d32c502f078120935828455e19f9b6ef68";
    let code = |answer: Value| answer["PeakContacts"]["resCode"].clone();
    assert_eq!(code(peak.send(get(), "20261123031500", vector).await), "200");
    assert_eq!(code(peak.send(get(), "20261123031501", vector).await), "401");
    peak.booth.set(json!({ "signature_as": "base64" })).await;
    assert_eq!(code(peak.send(get(), "20261123031500", "ncRj0yxQLweBIJNYKEVeGfm272g=").await), "200");
    peak.booth.set(json!({ "skew_seconds": 300 })).await;
    assert_eq!(code(peak.send(get(), "20261123031500", "ncRj0yxQLweBIJNYKEVeGfm272g=").await), "401");
}

#[tokio::test]
async fn an_invoice_is_made_with_its_totals_and_found_by_its_code() {
    let peak = Peak::open().await;
    let ids = peak.prepared().await;
    let made = peak.invoices(json!([invoice("KHL-SHOPIFY-1001", &ids)])).await;
    assert_eq!((&made["resCode"], &made["invoices"][0]["resCode"]), (&json!("200"), &json!("200")), "{made}");
    assert_eq!(
        (&made["invoices"][0]["netAmount"], &made["invoices"][0]["status"]),
        (&json!("267.50"), &json!("paid"))
    );
    let found = peak.get("/invoices?code=KHL-SHOPIFY-1001").await;
    assert_eq!(found["PeakInvoices"]["invoices"][0]["id"], made["invoices"][0]["id"]);
    let list = peak.get("/invoices/list?limit=20&page=1").await;
    assert_eq!(
        (&list["PeakInvoices"]["total"], &list["PeakInvoices"]["invoices"][0]["code"]),
        (&json!(1), &json!("KHL-SHOPIFY-1001"))
    );
}

#[tokio::test]
async fn one_item_fails_while_the_node_and_the_others_succeed() {
    let peak = Peak::open().await;
    let ids = peak.prepared().await;
    let mut short = invoice("KHL-2", &ids);
    short["paidPayments"]["payments"][0]["amount"] = json!("267.49");
    let answer = peak.invoices(json!([invoice("KHL-1", &ids), short, invoice("KHL-1", &ids)])).await;
    let codes: Vec<_> = answer["invoices"].as_array().unwrap().iter().map(|item| &item["resCode"]).collect();
    assert_eq!(
        (&answer["resCode"], codes),
        (&json!("200"), vec![&json!("200"), &json!("400"), &json!("400")])
    );
    assert!(answer["invoices"][1]["resDesc"].as_str().unwrap().contains("267.49"));
    peak.booth.set(json!({ "repeat": "accept" })).await;
    assert_eq!(peak.invoices(json!([invoice("KHL-1", &ids)])).await["invoices"][0]["resCode"], "200");
}

#[tokio::test]
async fn the_type_of_vat_decides_what_an_invoice_comes_to() {
    let peak = Peak::open().await;
    let ids = peak.prepared().await;
    for (kind, price, net) in [(1, "250.00", "267.50"), (3, "267.50", "267.50"), (2, "267.50", "267.50")] {
        let mut sale = invoice(&format!("KHL-{kind}"), &ids);
        sale["products"][0]["vatType"] = json!(kind);
        sale["products"][0]["price"] = json!(price);
        let made = peak.invoices(json!([sale])).await["invoices"][0].clone();
        let vat = if kind == 2 { "0.00" } else { "17.50" };
        assert_eq!((&made["netAmount"], &made["vatAmount"]), (&json!(net), &json!(vat)), "{made}");
    }
}

#[tokio::test]
async fn a_token_ends_and_a_package_is_used_up() {
    let peak = Peak::open().await;
    let ids = peak.prepared().await;
    peak.booth.set(json!({ "transactions_max": 0 })).await;
    let full = peak.invoices(json!([invoice("KHL-1", &ids)])).await;
    assert_eq!(full["invoices"][0]["resDesc"], "Transaction Limit exceeded");
    peak.booth.fault(json!({ "kind": "token_expired", "times": 1 })).await;
    assert_eq!(peak.get("/contacts").await["PeakContacts"]["resCode"], "401");
}

#[tokio::test]
async fn an_invoice_is_approved_then_paid_then_its_payment_made_void() {
    let peak = Peak::open().await;
    let ids = peak.prepared().await;
    let mut sale = invoice("KHL-1", &ids);
    let paid = sale.as_object_mut().unwrap().shift_remove("paidPayments").unwrap();
    peak.invoices(json!([sale])).await;
    let named = |item: Value| json!({ "PeakInvoices": { "invoices": [item] } });
    let status = |answer: Value| answer["PeakInvoices"]["invoices"][0]["status"].clone();
    assert_eq!(
        status(peak.post("/invoices/approve", &named(json!({ "code": "KHL-1" }))).await),
        "awaiting payment"
    );
    let pay = named(json!({ "code": "KHL-1", "paidPayments": paid }));
    assert_eq!(status(peak.post("/invoices/paidpayment", &pay).await), "paid");
    let void = named(json!({ "code": "KHL-1" }));
    assert_eq!(status(peak.post("/invoices/voidpayment", &void).await), "awaiting payment");
}
