//! `woocommerce/find_customers`: customers by their e-mail address, or a text in their names.

use super::api::Api;
use super::search::{self, pairs, text};
use super::{examples, terms};
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
    pub search: Text,
    #[serde(default)]
    pub limit: Limit,
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("woocommerce/find_customers", "Find customers", "ค้นหาลูกค้า")
        .about("Finds registered customers.", "ค้นหาลูกค้าที่สมัครสมาชิก")
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(
            Field::new("email", FieldKind::Text, "E-mail", "อีเมล")
                .about("The whole address.", "อีเมลแบบเต็ม")
                .example("somchai@example.com"),
        )
        .field(
            Field::new("search", FieldKind::Text, "Text", "ข้อความ")
                .about("A part of a name or an e-mail address.", "บางส่วนของชื่อหรืออีเมล")
                .example("สมชาย"),
        )
        .field(terms::limit())
        .example(
            json!({"email": "somchai@example.com"}),
            json!({"customers": [examples::customer()], "more": false}),
        )
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let order = [("orderby", Some("registered_date".to_owned())), ("order", Some("desc".to_owned()))];
    let wanted =
        [("email", text(&input.email)), ("search", text(&input.search)), ("role", Some("all".to_owned()))];
    let pairs = pairs(wanted.into_iter().chain(order));
    let (customers, more) = search::find(&Api::open(cx)?, "wc/v3/customers", &pairs, input.limit).await?;
    Ok(json!({"customers": customers, "more": more}))
}
