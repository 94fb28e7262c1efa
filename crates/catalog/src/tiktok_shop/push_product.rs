//! `tiktok_shop/push_product`: a product with its SKUs, made or changed.

use super::api::{Api, VENDOR};
use super::{image, lookup, sku};
use crate::market::{fields, list, mistake, text_at};
use crate::values::{Amount, Id, Quantity, Text, Texts};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// TikTok Shop shows nine.
const IMAGES_MAX: usize = 9;
/// Variants of one product.
const SKUS_MAX: usize = 100;

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(default)]
    name: Text,
    #[serde(default)]
    description: Text,
    #[serde(default)]
    category: Id,
    #[serde(default)]
    weight: Option<Amount>,
    #[serde(default)]
    images: Texts,
    #[serde(default)]
    warehouse: Id,
    #[serde(default)]
    currency: Text,
    #[serde(default)]
    attributes: Option<Map<String, Value>>,
    skus: Vec<Sku>,
}

#[derive(Debug, Deserialize)]
struct Sku {
    sku: Text,
    #[serde(default)]
    price: Option<Amount>,
    #[serde(default)]
    quantity: Option<Quantity>,
    #[serde(default)]
    sales_attributes: Option<Vec<Value>>,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    check(&input)?;
    let api = Api::of(cx)?;
    let skus: Vec<&str> = input.skus.iter().map(|sku| sku.sku.as_str()).collect();
    let places = sku::find(&api, &skus).await?;
    let found = places.first(VENDOR, &skus)?.map(|place| place.product_id.clone());
    let mut body = common(&api, &input).await?;
    match found {
        // Prices, stock and variants of a product that is there are pushed on their own.
        Some(product_id) => {
            let path = format!("/product/202309/products/{product_id}/partial_edit");
            api.post(&path, Vec::new(), body.into()).await?;
            Ok(json!({"product_id": product_id, "created": false, "skus": skus}))
        }
        None => {
            body.insert("skus".into(), new_skus(&input)?);
            let told = api.post("/product/202309/products", Vec::new(), body.into()).await?;
            let made = list(&told, "/skus").iter().map(|sku| text_at(sku, "/seller_sku")).collect::<Vec<_>>();
            Ok(json!({"product_id": text_at(&told, "/product_id"), "created": true, "skus": made}))
        }
    }
}

fn check(input: &Input) -> Result<(), Error> {
    let many = input.skus.len();
    if many == 0 || many > SKUS_MAX || input.skus.iter().any(|sku| sku.sku.filled().is_none()) {
        return Err(mistake("a product has 1 to 100 SKUs, each with its text", "Correct the list of SKUs."));
    }
    if input.images.0.len() > IMAGES_MAX {
        return Err(mistake("TikTok Shop shows 9 images at most", "Send the first nine."));
    }
    Ok(())
}

/// What a new product and a change have in common: only what was given.
async fn common(api: &Api<'_>, input: &Input) -> Result<Map<String, Value>, Error> {
    let mut body = Map::new();
    for (name, text) in [("title", &input.name), ("description", &input.description)] {
        body.extend(text.filled().map(|text| (name.to_owned(), text.into())));
    }
    body.extend(input.category.filled().map(|category| ("category_id".to_owned(), category.into())));
    if let Some(Amount(weight)) = &input.weight {
        body.insert("package_weight".into(), json!({"value": weight, "unit": "KILOGRAM"}));
    }
    let mut images = Vec::with_capacity(input.images.0.len());
    for url in &input.images.0 {
        images.push(json!({"uri": image::upload(api, url).await?}));
    }
    if !images.is_empty() {
        body.insert("main_images".into(), images.into());
    }
    body.extend(input.attributes.clone().unwrap_or_default());
    Ok(body)
}

fn new_skus(input: &Input) -> Result<Value, Error> {
    input.category.need("category, which a new product needs,")?;
    let warehouse = input.warehouse.need("warehouse, which a new product needs,")?;
    let currency = input.currency.filled().unwrap_or("THB");
    let one = |sku: &Sku| {
        let price = sku.price.as_ref().ok_or_else(|| {
            mistake(
                format!("the new SKU {} has no price", sku.sku),
                "Give each SKU of a new product a price.",
            )
        })?;
        Ok(json!({
            "seller_sku": sku.sku.as_str(),
            "price": {"amount": price.0, "currency": currency},
            "inventory": [{"warehouse_id": warehouse, "quantity": sku.quantity.map_or(0, |quantity| quantity.0)}],
            "sales_attributes": sku.sales_attributes.clone().unwrap_or_default(),
        }))
    };
    input.skus.iter().map(one).collect()
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("tiktok_shop/push_product", "Push a product", "ส่งข้อมูลสินค้า")
        .about(
            "Changes the product that has one of the SKUs, or makes a new one, which goes through an audit. Only what is \
             filled in is changed; prices and stock of a product that is there are pushed on their own.",
            "แก้ไขสินค้าที่มี SKU ตรงกัน หรือสร้างสินค้าใหม่ซึ่งต้องผ่านการตรวจสอบ จะแก้เฉพาะค่าที่กรอก \
             ส่วนราคาและสต็อกของสินค้าที่มีอยู่แล้วให้ส่งแยก",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(fields::text("name", "Name", "ชื่อสินค้า").about("What buyers read first.", "ชื่อที่ผู้ซื้อเห็น").at_most(255).example("Green tea"))
        .field(
            Field::new("description", FieldKind::LongText, "Description", "รายละเอียด")
                .about("Text or HTML.", "ข้อความหรือ HTML")
                .example("<p>From Chiang Rai.</p>"),
        )
        .field(
            fields::text("category", "Category", "หมวดหมู่")
                .about("The number of a category without further ones; a new product needs it.", "หมายเลขหมวดหมู่ย่อยสุด จำเป็นสำหรับสินค้าใหม่")
                .example("600001"),
        )
        .field(fields::text("weight", "Weight (kg)", "น้ำหนัก (กก.)").about("Of the package.", "น้ำหนักพัสดุ").example("0.2"))
        .field(
            fields::ids("images", "Images", "รูปภาพ", json!(["https://example.com/tea.jpg"]))
                .about("Addresses of up to 9 images, as a list.", "ที่อยู่รูปภาพไม่เกิน 9 รูป เป็นลิสต์"),
        )
        .field(
            Field::new("warehouse", FieldKind::Record(lookup::WAREHOUSE.into()), "Warehouse", "คลังสินค้า")
                .about("Where a new product's stock lies.", "คลังของสต็อกสินค้าใหม่")
                .example("7068517275539719942"),
        )
        .field(super::currency())
        .field(
            fields::ids("attributes", "Further fields", "ฟิลด์เพิ่มเติม", json!({"brand_id": "7082427311584347905"})).about(
                "Further fields of the product by TikTok Shop's own names, as an object.",
                "ฟิลด์อื่นของสินค้าตามชื่อของ TikTok Shop เป็นออบเจ็กต์",
            ),
        )
        .field(skus())
        .example(
            json!({
                "name": "Green tea", "description": "<p>From Chiang Rai.</p>", "category": "600001", "weight": "0.2",
                "images": ["https://example.com/tea.jpg"], "warehouse": "7068517275539719942",
                "skus": [{"sku": "ABC-1", "price": "590.00", "quantity": 12}]
            }),
            json!({"product_id": "1729592969712203232", "created": true, "skus": ["ABC-1"]}),
        )
}

fn skus() -> Field {
    let inner = vec![
        fields::sku(),
        fields::price(),
        fields::number("quantity", "Quantity", "จำนวน", 1_000_000_000)
            .about("Pieces at the beginning.", "จำนวนเริ่มต้น")
            .example(12),
        fields::ids(
            "sales_attributes",
            "Sales attributes",
            "คุณลักษณะการขาย",
            json!([{"name": "Size", "value_name": "100 g"}]),
        )
        .about("What tells variants apart, as TikTok Shop takes it.", "สิ่งที่แยกตัวเลือก ตามรูปแบบของ TikTok Shop"),
    ];
    Field::new("skus", FieldKind::List(inner), "SKUs", "SKU")
        .about("The product's variants, one at least.", "ตัวเลือกของสินค้า อย่างน้อยหนึ่งรายการ")
        .at_most(SKUS_MAX as u64)
        .required()
        .example(json!([{"sku": "ABC-1", "price": "590.00", "quantity": 12}]))
}
