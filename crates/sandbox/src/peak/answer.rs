//! How PEAK answers: status 200, a node of its own for each kind of record, and a result code in the node and each item.

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// Why PEAK does not do what it was asked, for the whole call or for one item of it.
#[derive(Debug, PartialEq)]
pub(super) struct Refused {
    code: u16,
    text: String,
}

impl Refused {
    pub(super) fn new(code: u16, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }

    pub(super) fn bad(text: impl Into<String>) -> Self {
        Self::new(400, text)
    }

    fn node(&self) -> Value {
        json!({ "resCode": self.code.to_string(), "resDesc": self.text })
    }
}

/// The node around the records, and what they are called in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Node {
    pub name: &'static str,
    pub list: &'static str,
}

impl Node {
    pub(super) const TOKEN: Self = Self { name: "PeakClientToken", list: "" };
    pub(super) const CONTACTS: Self = Self { name: "PeakContacts", list: "contacts" };
    pub(super) const PRODUCTS: Self = Self { name: "PeakProducts", list: "products" };
    pub(super) const SERVICES: Self = Self { name: "PeakServices", list: "services" };
    pub(super) const PAYMENT_METHODS: Self = Self { name: "PeakPaymentMethods", list: "paymentMethods" };
    pub(super) const INVOICES: Self = Self { name: "PeakInvoices", list: "invoices" };

    /// The whole call went well, whatever its items say.
    pub(super) fn good(self, members: Value) -> Response {
        let mut node = json!({ "resCode": "200", "resDesc": "Success" });
        if let (Some(node), Value::Object(members)) = (node.as_object_mut(), members) {
            node.extend(members);
        }
        self.wrap(node)
    }

    pub(super) fn refuse(self, refused: &Refused) -> Response {
        self.wrap(refused.node())
    }

    fn wrap(self, node: Value) -> Response {
        let mut envelope = Map::new();
        envelope.insert(self.name.to_owned(), node);
        Json(envelope).into_response()
    }

    pub(super) fn list(self, items: Vec<Value>) -> Response {
        let mut members = Map::new();
        members.insert(self.list.to_owned(), items.into());
        self.good(members.into())
    }
}

/// One item of an answer; what was sent under this code is named again, so that the caller can tell them apart.
pub(super) fn item(result: Result<Value, Refused>, code: &str) -> Value {
    let mut item = match result {
        Ok(record) => {
            let mut item = json!({ "resCode": "200", "resDesc": "Success" });
            if let (Some(item), Value::Object(record)) = (item.as_object_mut(), record) {
                item.extend(record);
            }
            item
        }
        Err(refused) => refused.node(),
    };
    if item["code"].is_null() {
        item["code"] = json!(code);
    }
    item
}
