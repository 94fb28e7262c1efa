//! `shopify/find_customers`: customers by their e-mail, phone, change, or a search.

use super::api::{Api, plain, quoted};
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
    pub email: Text,
    #[serde(default)]
    pub phone: Text,
    #[serde(default)]
    pub changed_after: Text,
    #[serde(default)]
    pub query: Text,
    #[serde(default)]
    pub limit: Limit,
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("shopify/find_customers", "Find customers", "ค้นหาลูกค้า")
        .about(
            "Finds customers. Without any field, those who changed last.",
            "ค้นหาลูกค้า หากไม่ระบุช่องใดเลยจะได้ลูกค้าที่เปลี่ยนแปลงล่าสุด",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(
            Field::new("email", FieldKind::Text, "E-mail", "อีเมล")
                .about("The customer's address.", "อีเมลของลูกค้า")
                .example("somchai@example.com"),
        )
        .field(
            Field::new("phone", FieldKind::Text, "Phone", "โทรศัพท์")
                .about("With the country's code.", "ระบุรหัสประเทศด้วย")
                .example("+66810000001"),
        )
        .field(terms::changed_after())
        .field(terms::search())
        .field(terms::limit())
        .example(
            json!({"email": "somchai@example.com"}),
            json!({"customers": [examples::customer_read()], "more": false}),
        )
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::open(cx)?;
    let search = Search::new(&input.query)
        .term("email", input.email.filled().map(quoted))
        .term("phone", input.phone.filled().map(quoted))
        .changed_after(&input.changed_after)?;
    let (found, more) =
        search::find(&api, &documents::customers(), "customers", &search, input.limit).await?;
    Ok(json!({"customers": found.into_iter().map(plain).collect::<Vec<_>>(), "more": more}))
}
