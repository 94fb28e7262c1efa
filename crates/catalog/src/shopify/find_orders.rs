//! `shopify/find_orders`: orders by their name, their change, or a search.

use super::api::{Api, quoted};
use super::search::{self, Search};
use super::{documents, examples, terms};
use crate::values::{Limit, Text};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(default)]
    pub name: Text,
    #[serde(default)]
    pub email: Text,
    #[serde(default)]
    pub changed_after: Text,
    #[serde(default)]
    pub query: Text,
    #[serde(default)]
    pub limit: Limit,
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("shopify/find_orders", "Find orders", "ค้นหาคำสั่งซื้อ")
        .about(
            "Finds orders and gives each one whole. Without any field, the latest.",
            "ค้นหาคำสั่งซื้อและแสดงข้อมูลทั้งหมด หากไม่ระบุช่องใดเลยจะได้คำสั่งซื้อล่าสุด",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(
            Field::new("name", FieldKind::Text, "Order number", "เลขที่คำสั่งซื้อ")
                .about("As people see it, with or without the #.", "เลขที่ที่แสดงในร้าน จะมี # หรือไม่ก็ได้")
                .example("#1001"),
        )
        .field(
            Field::new("email", FieldKind::Text, "E-mail", "อีเมล")
                .about("The customer's address.", "อีเมลของลูกค้า")
                .example("somchai@example.com"),
        )
        .field(terms::changed_after())
        .field(terms::search())
        .field(terms::limit())
        .example(json!({"name": "#1001"}), json!({"orders": [examples::order_read()], "more": false}))
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::open(cx)?;
    let search = Search::new(&input.query)
        .term("name", input.name.filled().map(quoted))
        .term("email", input.email.filled().map(quoted))
        .changed_after(&input.changed_after)?;
    let (found, more) = search::find(&api, &documents::orders(), "orders", &search, input.limit).await?;
    let mut orders = Vec::with_capacity(found.len());
    for order in found {
        orders.push(documents::whole_order(&api, order).await?);
    }
    Ok(json!({"orders": orders, "more": more}))
}
