//! What a product and its variants are made of, as people give it and as Shopify takes it.

use crate::values::{Filled, Money, Text, or_default};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Shopify takes 2,048; more than this is another kind of work than a flow's.
pub const VARIANTS_MAX: usize = 100;
const PRICE_MAX: u64 = 1_000_000_000;
/// What the one variant of a product without options is called.
const ONLY: (&str, &str) = ("Title", "Default Title");

#[derive(Debug, Deserialize)]
pub struct Variant {
    pub sku: Filled,
    #[serde(default)]
    pub price: Money,
    #[serde(default)]
    pub compare_at_price: Money,
    #[serde(default)]
    pub barcode: Text,
    /// Such as `{"Size": "L"}`.
    #[serde(default, deserialize_with = "or_default")]
    pub options: Map<String, Value>,
}

impl Variant {
    fn prices(&self) -> Map<String, Value> {
        let pairs = [
            ("price", self.price.filled()),
            ("compareAtPrice", self.compare_at_price.filled()),
            ("barcode", self.barcode.filled()),
        ];
        pairs.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into()))).collect()
    }

    fn options(&self) -> Vec<(&str, String)> {
        if self.options.is_empty() {
            return vec![(ONLY.0, ONLY.1.to_owned())];
        }
        let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        self.options.iter().map(|(name, value)| (name.as_str(), plain(value))).collect()
    }

    fn option_values(&self) -> Value {
        let written = |(option, name): (&str, String)| json!({"optionName": option, "name": name});
        self.options().into_iter().map(written).collect()
    }

    /// A variant of a product that is made with it.
    pub fn made(&self) -> Value {
        let mut fields = self.prices();
        fields.insert("optionValues".into(), self.option_values());
        fields.insert("sku".into(), self.sku.as_str().into());
        fields.insert("inventoryItem".into(), json!({"tracked": true}));
        Value::Object(fields)
    }

    /// A variant that is added to a product.
    pub fn added(&self) -> Value {
        let mut fields = self.prices();
        fields.insert("optionValues".into(), self.option_values());
        fields.insert("inventoryItem".into(), json!({"sku": self.sku.as_str(), "tracked": true}));
        Value::Object(fields)
    }

    /// A variant that is there.
    pub fn changed(&self, id: &str) -> Value {
        let mut fields = Map::from_iter([("id".to_owned(), id.into())]);
        fields.extend(self.prices());
        Value::Object(fields)
    }
}

/// The options that the variants have, and all of their values.
pub fn options(variants: &[Variant]) -> Value {
    let mut options: Vec<(&str, Vec<String>)> = Vec::new();
    for (name, value) in variants.iter().flat_map(Variant::options) {
        match options.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) if values.contains(&value) => {}
            Some((_, values)) => values.push(value),
            None => options.push((name, vec![value])),
        }
    }
    let named = |value: String| json!({"name": value});
    let written = |(name, values): (&str, Vec<String>)| json!({"name": name, "values": values.into_iter().map(named).collect::<Vec<_>>()});
    options.into_iter().map(written).collect()
}

pub fn spec() -> OperationSpec {
    let statuses =
        [("ACTIVE", "On sale", "วางขาย"), ("DRAFT", "Draft", "ฉบับร่าง"), ("ARCHIVED", "Archived", "เก็บถาวร")];
    let text = |name: &str, en: &str, th: &str| Field::new(name, FieldKind::Text, en, th);
    OperationSpec::action("shopify/push_product", "Push a product", "ส่งข้อมูลสินค้า")
        .about(
            "Changes the product that has one of the SKUs, or makes it. Variants that are not given stay as they are.",
            "แก้ไขสินค้าที่มี SKU ที่ระบุ หรือสร้างใหม่หากยังไม่มี ตัวเลือกสินค้าที่ไม่ได้ระบุจะคงเดิม",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(
            text("title", "Title", "ชื่อสินค้า")
                .about("As the shop shows it.", "ชื่อที่แสดงในร้าน")
                .required()
                .example("Green tea 100 g"),
        )
        .field(variants())
        .field(
            Field::new("description", FieldKind::LongText, "Description", "คำอธิบาย")
                .about("In HTML. Empty: it stays as it is.", "เขียนเป็น HTML หากเว้นว่างจะคงเดิม")
                .example("<p>ชาเขียวอบแห้ง</p>"),
        )
        .field(
            Field::choice("status", &statuses, "Status", "สถานะ")
                .about("Whether it is on sale.", "วางขายหรือไม่")
                .default("ACTIVE")
                .example("ACTIVE"),
        )
        .field(
            Field::new("keep_status", FieldKind::Bool, "Leave the status", "คงสถานะเดิม")
                .about(
                    "A product that is there keeps the status that people gave it in Shopify.",
                    "สินค้าที่มีอยู่แล้วจะคงสถานะที่ตั้งไว้ใน Shopify",
                )
                .default(false)
                .example(true),
        )
        .field(text("vendor", "Vendor", "ผู้ขาย").about("Who makes or sells it.", "ผู้ผลิตหรือผู้ขาย").example("Khlong Tea"))
        .field(
            text("product_type", "Kind", "ประเภทสินค้า").about("A word of the shop's own.", "ประเภทที่ร้านกำหนดเอง").example("Tea"),
        )
        .field(
            text("tags", "Tags", "แท็ก")
                .about("Separated by commas; they replace those there are.", "คั่นด้วยเครื่องหมายจุลภาค และแทนที่แท็กเดิมทั้งหมด")
                .example("tea,green"),
        )
        .field(
            text("handle", "Handle", "Handle")
                .about(
                    "The product's name in addresses. Empty: made of the first SKU when the product is made.",
                    "ชื่อสินค้าในลิงก์ หากเว้นว่างจะสร้างจาก SKU แรกเมื่อสร้างสินค้าใหม่",
                )
                .example("green-tea-100")
                .advanced(),
        )
        .example(
            json!({"title": "Green tea 100 g", "variants": [{"sku": "TEA-100", "price": "590.00"}]}),
            json!({"id": "gid://shopify/Product/7001", "handle": "tea-100", "created": true}),
        )
}

fn variants() -> Field {
    let money = |name: &str, en: &str, th: &str| {
        Field::new(name, FieldKind::Money(None), en, th).at_most(PRICE_MAX).example("590.00")
    };
    let variant = vec![
        Field::new("sku", FieldKind::Text, "SKU", "รหัสสินค้า (SKU)")
            .about("By it the variant is found again.", "ใช้ค้นหาตัวเลือกสินค้าเดิม")
            .required()
            .example("TEA-100"),
        money("price", "Price", "ราคา").about("Empty: it stays as it is.", "หากเว้นว่างจะคงเดิม"),
        money("compare_at_price", "Price before", "ราคาก่อนลด")
            .about("The price that is shown struck through.", "ราคาที่แสดงแบบขีดฆ่า"),
        Field::new("barcode", FieldKind::Text, "Barcode", "บาร์โค้ด")
            .about("GTIN or the like.", "เช่น GTIN")
            .example("8850000000017"),
        Field::new("options", FieldKind::Map, "Options", "ตัวเลือก")
            .about(
                "What tells it from the other variants, such as Size: L. Used when a variant is made.",
                "สิ่งที่ต่างจากตัวเลือกอื่น เช่น ขนาด: L ใช้เมื่อสร้างตัวเลือกสินค้าใหม่",
            )
            .example(json!({"Size": "L"})),
    ];
    Field::new("variants", FieldKind::List(variant), "Variants", "ตัวเลือกสินค้า")
        .about("One for a product without options.", "ระบุหนึ่งรายการหากสินค้าไม่มีตัวเลือก")
        .required()
        .at_most(VARIANTS_MAX as u64)
        .example(json!([{"sku": "TEA-100", "price": "590.00"}]))
}
