//! `shopify/note_invoice`: the number of the tax invoice, and where it is, kept with the order.

use super::api::{Api, gid};
use super::terms;
use crate::values::{Filled, Text};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

const SET: &str = "mutation($m:[MetafieldsSetInput!]!){metafieldsSet(metafields:$m){metafields{key value} \
                   userErrors{field message code}}}";
const NAMESPACE: &str = "khlong";

#[derive(Debug, Deserialize)]
pub struct Input {
    pub order_id: Filled,
    pub number: Filled,
    #[serde(default)]
    pub url: Text,
    #[serde(default)]
    pub namespace: Text,
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("shopify/note_invoice", "Note the invoice", "บันทึกเลขใบกำกับภาษี")
        .about(
            "Keeps the tax invoice's number, and where it is, as metafields of the order (tax_invoice_no and \
             tax_invoice_url). Shopify has no invoice of its own.",
            "เก็บเลขใบกำกับภาษีและลิงก์ไว้ใน metafield ของคำสั่งซื้อ (tax_invoice_no และ tax_invoice_url) เพราะ Shopify ไม่มีใบกำกับภาษีของตัวเอง",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(terms::order_id())
        .field(
            Field::new("number", FieldKind::Text, "Invoice number", "เลขที่ใบกำกับภาษี")
                .about("As it stands on the invoice.", "ตามที่แสดงบนใบกำกับภาษี")
                .required()
                .example("INV6901-0001"),
        )
        .field(
            Field::new("url", FieldKind::Url, "Link", "ลิงก์")
                .about("Where the invoice can be opened.", "ที่อยู่สำหรับเปิดใบกำกับภาษี")
                .example("https://files.example.com/INV6901-0001.pdf"),
        )
        .field(
            Field::new("namespace", FieldKind::Text, "Namespace", "เนมสเปซ")
                .about("Under which the metafields are kept.", "ใช้จัดกลุ่ม metafield ที่บันทึก")
                .default(NAMESPACE)
                .example(NAMESPACE)
                .advanced(),
        )
        .example(
            json!({"order_id": "gid://shopify/Order/5551", "number": "INV6901-0001"}),
            json!({"metafields": [{"key": "tax_invoice_no", "value": "INV6901-0001"}]}),
        )
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::open(cx)?;
    let owner = gid("Order", input.order_id.as_str());
    let namespace = input.namespace.filled().unwrap_or(NAMESPACE);
    let field = |key: &str, kind: &str, value: &str| json!({"ownerId": owner, "namespace": namespace, "key": key, "type": kind, "value": value});
    let number = field("tax_invoice_no", "single_line_text_field", input.number.as_str());
    let url = input.url.filled().map(|url| field("tax_invoice_url", "url", url));
    let fields: Vec<Value> = [number].into_iter().chain(url).collect();
    let mut told = api.change(SET, &json!({"m": fields}), "metafieldsSet").await?;
    Ok(json!({"metafields": told.get_mut("metafields").map(Value::take)}))
}
