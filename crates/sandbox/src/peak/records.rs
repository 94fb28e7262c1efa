//! Contacts, products, services, ways of payment.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Value, json};

use super::Peak;
use super::answer::{Node, Refused};

/// Records of one answer, if a call does not name one by its code.
const LIST_MAX: usize = 100;

type Held = State<Arc<Peak>>;
type Asked = Query<HashMap<String, String>>;

pub(super) async fn contacts(held: Held, asked: Asked, headers: HeaderMap) -> Response {
    held.look_up(Node::CONTACTS, &asked, &headers)
}

pub(super) async fn products(held: Held, asked: Asked, headers: HeaderMap) -> Response {
    held.look_up(Node::PRODUCTS, &asked, &headers)
}

pub(super) async fn services(held: Held, asked: Asked, headers: HeaderMap) -> Response {
    held.look_up(Node::SERVICES, &asked, &headers)
}

pub(super) async fn payment_methods(held: Held, asked: Asked, headers: HeaderMap) -> Response {
    held.look_up(Node::PAYMENT_METHODS, &asked, &headers)
}

pub(super) async fn add_contacts(held: Held, headers: HeaderMap, body: Bytes) -> Response {
    held.add(Node::CONTACTS, "contact", &headers, &body)
}

pub(super) async fn add_products(held: Held, headers: HeaderMap, body: Bytes) -> Response {
    held.add(Node::PRODUCTS, "product", &headers, &body)
}

pub(super) async fn add_services(held: Held, headers: HeaderMap, body: Bytes) -> Response {
    held.add(Node::SERVICES, "service", &headers, &body)
}

pub(super) async fn edit_contacts(held: Held, headers: HeaderMap, body: Bytes) -> Response {
    held.edit(Node::CONTACTS, &headers, &body)
}

pub(super) async fn edit_products(held: Held, headers: HeaderMap, body: Bytes) -> Response {
    held.edit(Node::PRODUCTS, &headers, &body)
}

impl Peak {
    /// One by `?code=`, or the newest; a code that nobody has gives an empty list, not an error.
    pub(super) fn look_up(
        &self,
        node: Node,
        asked: &HashMap<String, String>,
        headers: &HeaderMap,
    ) -> Response {
        self.entered(node, headers, |_| {
            let mut registers = self.registers();
            let register = registers.of(node);
            Ok(node.list(match asked.get("code") {
                Some(code) => register.get(code).cloned().into_iter().collect(),
                None => register.all().take(LIST_MAX).cloned().collect(),
            }))
        })
    }

    fn add(&self, node: Node, word: &'static str, headers: &HeaderMap, body: &[u8]) -> Response {
        self.each(node, headers, body, |record, _| {
            if record["name"].as_str().is_none_or(str::is_empty) {
                return Err(Refused::bad("name is required"));
            }
            let mut registers = self.registers();
            let mut record = record.clone();
            let code = match record["code"].as_str() {
                Some(code) if !code.is_empty() => code.to_owned(),
                _ => registers.next_code("K"),
            };
            if registers.of(node).get(&code).is_some() {
                return Err(Refused::bad(format!("code {code} exists already")));
            }
            record["code"] = json!(code);
            self.stand.ledger.note(self.stand.now(), word, &code, record.clone());
            registers.add(node, record)
        })
    }

    /// The named members change; the id and the code stay.
    fn edit(&self, node: Node, headers: &HeaderMap, body: &[u8]) -> Response {
        self.each(node, headers, body, |changed, _| {
            let name = changed["id"].as_str().or_else(|| changed["code"].as_str()).unwrap_or_default();
            let mut registers = self.registers();
            let record = registers.find(node, name)?;
            let members = changed.as_object().into_iter().flatten();
            for (member, value) in members.filter(|(member, _)| !matches!(member.as_str(), "id" | "code")) {
                record[member] = value.clone();
            }
            Ok::<Value, Refused>(record.clone())
        })
    }
}
