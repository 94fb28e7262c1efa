//! `woocommerce/push_product`: a product, found by its SKU, else made.

use super::api::Api;
use super::failure;
use super::push_price::PRICE_MAX;
use super::sku::{self, Product};
use crate::values::{Filled, Money, Text, Whole, or_default};
use connector::{ActionCx, Error};
use http::Method;
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    pub sku: Filled,
    pub name: Filled,
    #[serde(default)]
    pub price: Money,
    #[serde(default)]
    pub sale_price: Money,
    #[serde(default)]
    pub quantity: Option<Whole>,
    #[serde(default)]
    pub description: Text,
    #[serde(default)]
    pub short_description: Text,
    #[serde(default)]
    pub status: Text,
    #[serde(default, deserialize_with = "or_default")]
    pub keep_status: bool,
}

pub fn spec() -> OperationSpec {
    let statuses = [
        ("publish", "On sale", "วางขาย"),
        ("draft", "Draft", "ฉบับร่าง"),
        ("pending", "To be reviewed", "รอตรวจสอบ"),
        ("private", "Private", "ส่วนตัว"),
    ];
    let money =
        |name: &str, en: &str, th: &str| Field::new(name, FieldKind::Money(None), en, th).at_most(PRICE_MAX);
    let long = |name: &str, en: &str, th: &str| {
        Field::new(name, FieldKind::LongText, en, th)
            .about("In HTML. Empty: it stays as it is.", "เขียนเป็น HTML หากเว้นว่างจะคงเดิม")
            .example("<p>ชาเขียวอบแห้ง</p>")
    };
    OperationSpec::action("woocommerce/push_product", "Push a product", "ส่งข้อมูลสินค้า")
        .about(
            "Changes the product or variation that has the SKU, or makes a simple product. A product with options is made in \
             the store; its variations get their prices and stock by SKU.",
            "แก้ไขสินค้าหรือตัวเลือกสินค้าที่มี SKU นี้ หรือสร้างสินค้าแบบธรรมดาหากยังไม่มี สินค้าที่มีตัวเลือกให้สร้างในร้าน \
             แล้วส่งราคาและสต็อกของแต่ละตัวเลือกตาม SKU",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(
            Field::new("sku", FieldKind::Text, "SKU", "รหัสสินค้า (SKU)")
                .about("By it the product is found again.", "ใช้ค้นหาสินค้าเดิม")
                .required()
                .example("ABC-1"),
        )
        .field(
            Field::new("name", FieldKind::Text, "Name", "ชื่อสินค้า")
                .about("As the store shows it; a variation keeps its product's.", "ชื่อที่แสดงในร้าน ตัวเลือกสินค้าจะใช้ชื่อของสินค้าหลัก")
                .required()
                .example("Green tea 100 g"),
        )
        .field(
            money("price", "Price", "ราคา")
                .about("The regular price; empty: it stays as it is.", "ราคาปกติ หากเว้นว่างจะคงเดิม")
                .example("590.00"),
        )
        .field(
            money("sale_price", "Sale price", "ราคาลด")
                .about("The price while it is on sale.", "ราคาช่วงลดราคา")
                .example("490.00"),
        )
        .field(
            Field::new("quantity", FieldKind::Number, "Quantity", "จำนวน")
                .about("How many there are; empty: stock stays as it is.", "จำนวนคงเหลือ หากเว้นว่างสต็อกจะคงเดิม")
                .at_most(1_000_000_000)
                .example(12),
        )
        .field(long("description", "Description", "คำอธิบาย"))
        .field(long("short_description", "Short description", "คำอธิบายแบบย่อ"))
        .field(
            Field::choice("status", &statuses, "Status", "สถานะ")
                .about("Whether it is on sale.", "วางขายหรือไม่")
                .default("publish")
                .example("publish"),
        )
        .field(
            Field::new("keep_status", FieldKind::Bool, "Leave the status", "คงสถานะเดิม")
                .about(
                    "A product that is there keeps the status that people gave it in the store.",
                    "สินค้าที่มีอยู่แล้วจะคงสถานะที่ตั้งไว้ในร้าน",
                )
                .default(false)
                .example(true),
        )
        .example(
            json!({"sku": "ABC-1", "name": "Green tea 100 g", "price": "590.00", "quantity": 12}),
            json!({"id": 93, "sku": "ABC-1", "permalink": "https://shop.example.com/product/green-tea-100-g", "created": true}),
        )
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::open(cx)?;
    let sku = input.sku.as_str();
    match sku::find(&api, &[sku]).await?.first("WooCommerce", &[sku])? {
        Some(product) => change(&api, &input, product).await,
        None => make(&api, &input).await,
    }
}

async fn change(api: &Api<'_>, input: &Input, product: &Product) -> Result<Value, Error> {
    let (route, mut fields) = match product.parent {
        None => (format!("wc/v3/products/{}", product.id), named(input)),
        Some(parent) => (format!("wc/v3/products/{parent}/variations/{}", product.id), Map::new()),
    };
    fields.extend(priced(input));
    if input.keep_status {
        fields.remove("status");
    }
    let told = api.put(&route, &Value::Object(fields)).await?;
    Ok(output(&told, false))
}

async fn make(api: &Api<'_>, input: &Input) -> Result<Value, Error> {
    let mut fields = named(input);
    fields.extend(priced(input));
    fields.insert("type".into(), "simple".into());
    fields.insert("sku".into(), input.sku.as_str().into());
    let answer = api.try_send(Method::POST, "wc/v3/products", &Value::Object(fields)).await?;
    // Somebody was faster, or an earlier attempt was: the store names the product that has the SKU.
    let there = taken_by(&answer);
    match there {
        Some(id) => change(api, input, &Product { id, parent: None }).await,
        None => failure::read(answer).map(|told| output(&told, true)),
    }
}

/// A variation's SKU leads to no product that can be changed as one, so that refusal stands.
fn taken_by(answer: &connector::http::Answer) -> Option<u64> {
    let body = answer.json::<Value>().ok().filter(|_| answer.status == 400)?;
    let code = body.get("code")?.as_str()?;
    let id = body.pointer("/data/resource_id")?.as_u64()?;
    code.ends_with("product_invalid_sku").then_some(id)
}

fn named(input: &Input) -> Map<String, Value> {
    let pairs = [
        ("name", Some(input.name.as_str())),
        ("description", input.description.filled()),
        ("short_description", input.short_description.filled()),
        ("status", Some(input.status.filled().unwrap_or("publish"))),
    ];
    pairs.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?.into()))).collect()
}

fn priced(input: &Input) -> Map<String, Value> {
    let pairs = [("regular_price", input.price.filled()), ("sale_price", input.sale_price.filled())];
    let mut fields: Map<String, Value> =
        pairs.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?.into()))).collect();
    if let Some(Whole(quantity)) = input.quantity {
        fields.insert("manage_stock".into(), true.into());
        fields.insert("stock_quantity".into(), quantity.into());
    }
    fields
}

fn output(told: &Value, created: bool) -> Value {
    json!({"id": told.get("id"), "sku": told.get("sku"), "permalink": told.get("permalink"), "created": created})
}
