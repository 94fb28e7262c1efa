//! `shopee/push_product`: an item, made or changed.

use super::api::{Api, VENDOR};
use super::{image, item};
use crate::market::{fields, mistake, text_at};
use crate::values::{Amount, Id, Quantity, Text, Texts};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Shopee shows nine.
const IMAGES_MAX: usize = 9;

#[derive(Debug, Deserialize)]
pub struct Input {
    sku: Text,
    #[serde(default)]
    name: Text,
    #[serde(default)]
    description: Text,
    #[serde(default)]
    category: Id,
    #[serde(default)]
    price: Option<Amount>,
    #[serde(default)]
    quantity: Option<Quantity>,
    #[serde(default)]
    weight: Option<Amount>,
    #[serde(default)]
    images: Texts,
    #[serde(default)]
    logistics: Id,
    #[serde(default)]
    variations: Option<Map<String, Value>>,
    #[serde(default)]
    attributes: Option<Map<String, Value>>,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let sku = input.sku.filled().ok_or_else(|| mistake("the product has no SKU", "Fill in its SKU."))?;
    if input.images.0.len() > IMAGES_MAX {
        return Err(mistake("Shopee shows 9 images at most", "Send the first nine."));
    }
    let api = Api::of(cx)?;
    let skus = known_by(&input, sku);
    let places = item::find(&api, &skus).await?;
    let found = places.first(VENDOR, &skus)?.map(|place| place.item_id.clone());
    let mut body = common(&api, &input, sku).await?;
    let item_id = match &found {
        Some(item_id) => {
            body.insert("item_id".into(), number(item_id)?);
            api.post("product/update_item", body.into()).await?;
            item_id.clone()
        }
        None => {
            body.extend(new_item(&input)?);
            text_at(&api.post("product/add_item", body.into()).await?, "/item_id")
        }
    };
    vary(&api, &input, &item_id, found.is_some()).await?;
    Ok(json!({"item_id": item_id, "created": found.is_none()}))
}

/// The SKUs that a product may be found by: its own, and those of its variants.
fn known_by<'i>(input: &'i Input, sku: &'i str) -> Vec<&'i str> {
    let models = input.variations.as_ref().and_then(|variations| variations.get("model")?.as_array());
    let own = models.into_iter().flatten().filter_map(|model| model.get("model_sku")?.as_str());
    std::iter::once(sku).chain(own).collect()
}

fn number(digits: &str) -> Result<Value, Error> {
    Ok(Value::Number(Id::read(digits).unwrap_or_default().number()?))
}

/// What a new item and a change have in common: only what was given.
async fn common(api: &Api<'_>, input: &Input, sku: &str) -> Result<Map<String, Value>, Error> {
    let mut body = Map::from_iter([("item_sku".to_owned(), Value::from(sku))]);
    for (name, text) in [("item_name", &input.name), ("description", &input.description)] {
        body.extend(text.filled().map(|text| (name.to_owned(), text.into())));
    }
    if input.category.filled().is_some() {
        body.insert("category_id".into(), Value::Number(input.category.number()?));
    }
    body.extend(input.weight.as_ref().map(|weight| ("weight".to_owned(), weight.number())));
    if input.logistics.filled().is_some() {
        let channel = json!({"logistic_id": input.logistics.number()?, "enabled": true});
        body.insert("logistic_info".into(), json!([channel]));
    }
    let mut images = Vec::with_capacity(input.images.0.len());
    for url in &input.images.0 {
        images.push(image::upload(api, url).await?);
    }
    if !images.is_empty() {
        body.insert("image".into(), json!({"image_id_list": images}));
    }
    body.extend(input.attributes.clone().unwrap_or_default());
    Ok(body)
}

/// Price and stock belong to a new item; later they are pushed on their own.
fn new_item(input: &Input) -> Result<Map<String, Value>, Error> {
    input.category.need("category, which a new product needs,")?;
    let price =
        input.price.as_ref().ok_or_else(|| mistake("a new product needs a price", "Fill in the price."))?;
    let stock = input.quantity.map_or(0, |quantity| quantity.0);
    Ok(Map::from_iter([
        ("original_price".to_owned(), price.number()),
        ("seller_stock".to_owned(), json!([{"stock": stock}])),
    ]))
}

/// Variants are made once: an item that has some keeps them.
async fn vary(api: &Api<'_>, input: &Input, item_id: &str, existed: bool) -> Result<(), Error> {
    let Some(variations) = input.variations.clone().filter(|variations| !variations.is_empty()) else {
        return Ok(());
    };
    if existed {
        let items = item::whole(api, &[item_id.to_owned()]).await?;
        if items.iter().any(|item| item.get("has_model") == Some(&Value::Bool(true))) {
            return Ok(());
        }
    }
    let mut body = variations;
    body.insert("item_id".into(), number(item_id)?);
    api.post("product/init_tier_variation", body.into()).await.map(drop)
}

pub fn spec() -> OperationSpec {
    let variations = json!({
        "tier_variation": [{"name": "Size", "option_list": [{"option": "100 g"}]}],
        "model": [{"tier_index": [0], "model_sku": "ABC-1", "original_price": 590, "seller_stock": [{"stock": 12}]}]
    });
    OperationSpec::action("shopee/push_product", "Push a product", "ส่งข้อมูลสินค้า")
        .about(
            "Changes the product that has the SKU, or makes a new one. Only what is filled in is changed; price and stock of \
             a product that is there are pushed on their own.",
            "แก้ไขสินค้าที่มี SKU ตรงกัน หรือสร้างสินค้าใหม่ จะแก้เฉพาะค่าที่กรอก ส่วนราคาและสต็อกของสินค้าที่มีอยู่แล้วให้ส่งแยก",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(fields::sku())
        .field(fields::text("name", "Name", "ชื่อสินค้า").about("What buyers read first.", "ชื่อที่ผู้ซื้อเห็น").at_most(255).example("Green tea"))
        .field(
            Field::new("description", FieldKind::LongText, "Description", "รายละเอียด")
                .about("What it is.", "รายละเอียดสินค้า")
                .at_most(5_000)
                .example("From Chiang Rai."),
        )
        .field(
            fields::text("category", "Category", "หมวดหมู่")
                .about("The number of Shopee's category; a new product needs it.", "หมายเลขหมวดหมู่ของ Shopee จำเป็นสำหรับสินค้าใหม่")
                .example("100629"),
        )
        .field(fields::price())
        .field(
            fields::number("quantity", "Quantity", "จำนวน", 1_000_000_000)
                .about("Pieces at the beginning.", "จำนวนเริ่มต้น")
                .example(12),
        )
        .field(fields::text("weight", "Weight (kg)", "น้ำหนัก (กก.)").about("Of the package.", "น้ำหนักพัสดุ").example("0.2"))
        .field(
            fields::ids("images", "Images", "รูปภาพ", json!(["https://example.com/tea.jpg"]))
                .about("Addresses of up to 9 images, as a list.", "ที่อยู่รูปภาพไม่เกิน 9 รูป เป็นลิสต์"),
        )
        .field(
            Field::new("logistics", FieldKind::Record(super::lookup::CHANNEL.into()), "Shipping channel", "ช่องทางจัดส่ง")
                .about("A new product needs one.", "จำเป็นสำหรับสินค้าใหม่")
                .example(70021),
        )
        .field(
            fields::ids("variations", "Variants", "ตัวเลือกสินค้า", variations).about(
                "Variants as Shopee takes them: tier_variation and model. They are made once.",
                "ตัวเลือกตามรูปแบบของ Shopee คือ tier_variation และ model สร้างได้ครั้งเดียว",
            ),
        )
        .field(
            fields::ids("attributes", "Further fields", "ฟิลด์เพิ่มเติม", json!({"brand": {"brand_id": 0}})).about(
                "Further fields of the product by Shopee's own names, as an object.",
                "ฟิลด์อื่นของสินค้าตามชื่อของ Shopee เป็นออบเจ็กต์",
            ),
        )
        .example(
            json!({
                "sku": "ABC-1", "name": "Green tea", "description": "From Chiang Rai.", "category": "100629",
                "price": "590", "quantity": 12, "weight": "0.2", "logistics": 70021
            }),
            json!({"item_id": "1000", "created": true}),
        )
}
