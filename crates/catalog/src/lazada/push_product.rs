//! `lazada/push_product`: a product with its SKUs, made or changed.

use super::api::{Api, VENDOR};
use super::sku;
use crate::market::{fields, mistake, text_at};
use crate::values::{Amount, Id, Quantity, Text, Texts};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Lazada shows eight.
const IMAGES_MAX: usize = 8;
/// Variants of one product.
const SKUS_MAX: usize = 100;
/// Where images have to be before a product may show them.
const OWN_HOSTS: [&str; 3] = ["slatic.net", "lazcdn.com", "alicdn.com"];

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(default)]
    category: Id,
    #[serde(default)]
    name: Text,
    #[serde(default)]
    brand: Text,
    #[serde(default)]
    description: Text,
    #[serde(default)]
    attributes: Option<Map<String, Value>>,
    #[serde(default)]
    images: Texts,
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
    weight: Option<Amount>,
    #[serde(default)]
    length: Option<Amount>,
    #[serde(default)]
    width: Option<Amount>,
    #[serde(default)]
    height: Option<Amount>,
    #[serde(default)]
    attributes: Option<Map<String, Value>>,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    check(&input)?;
    let api = Api::of(cx)?;
    let skus: Vec<&str> = input.skus.iter().map(|sku| sku.sku.as_str()).collect();
    let places = sku::find(&api, &skus).await?;
    let found = places.first(VENDOR, &skus)?;
    if found.is_none() {
        input.category.need("category, which a new product needs,")?;
    }
    let images = migrated(&api, &input.images.0).await?;
    let product = product(&input, found.map(|place| place.item_id.as_str()), &images);
    let payload = vec![("payload", json!({"Request": {"Product": product}}).to_string())];
    let path = if found.is_some() { "/product/update" } else { "/product/create" };
    let answer = api.post(path, payload).await?;
    let item_id = found.map_or_else(|| text_at(&answer, "/item_id"), |place| place.item_id.clone());
    Ok(json!({"item_id": item_id, "created": found.is_none(), "skus": skus}))
}

fn check(input: &Input) -> Result<(), Error> {
    let many = input.skus.len();
    if many == 0 || many > SKUS_MAX || input.skus.iter().any(|sku| sku.sku.filled().is_none()) {
        return Err(mistake("a product has 1 to 100 SKUs, each with its text", "Correct the list of SKUs."));
    }
    if input.images.0.len() > IMAGES_MAX {
        return Err(mistake("Lazada shows 8 images at most", "Send the first eight."));
    }
    Ok(())
}

/// Images as Lazada's own: those from elsewhere are copied there first.
async fn migrated(api: &Api<'_>, images: &[String]) -> Result<Vec<String>, Error> {
    let mut own = Vec::with_capacity(images.len());
    for image in images {
        let host = connector::http::read_url(image)?.host_str().unwrap_or_default().to_owned();
        if OWN_HOSTS.iter().any(|known| host.ends_with(known)) {
            own.push(image.clone());
            continue;
        }
        let payload = format!("<Request><Image><Url>{}</Url></Image></Request>", sku::escaped(image));
        let told = api.post("/image/migrate", vec![("payload", payload)]).await?;
        own.push(text_at(&told, "/image/url"));
    }
    Ok(own)
}

/// Only what was given: a change leaves the rest of the product alone.
fn product(input: &Input, item_id: Option<&str>, images: &[String]) -> Value {
    let named = [("name", &input.name), ("brand", &input.brand), ("description", &input.description)];
    let mut attributes: Map<String, Value> =
        named.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text.filled()?.into()))).collect();
    attributes.extend(input.attributes.clone().unwrap_or_default());
    let mut product = Map::new();
    if let Some(item_id) = item_id {
        product.insert("ItemId".into(), item_id.into());
    }
    if let Some(category) = input.category.filled() {
        product.insert("PrimaryCategory".into(), category.into());
    }
    if !images.is_empty() {
        product.insert("Images".into(), json!({"Image": images}));
    }
    if !attributes.is_empty() {
        product.insert("Attributes".into(), attributes.into());
    }
    let skus: Vec<Value> = input.skus.iter().map(variant).collect();
    product.insert("Skus".into(), json!({"Sku": skus}));
    product.into()
}

fn variant(sku: &Sku) -> Value {
    let amounts = [
        ("price", &sku.price),
        ("package_weight", &sku.weight),
        ("package_length", &sku.length),
        ("package_width", &sku.width),
        ("package_height", &sku.height),
    ];
    let mut fields = Map::from_iter([("SellerSku".into(), Value::from(sku.sku.as_str()))]);
    if let Some(Quantity(quantity)) = sku.quantity {
        fields.insert("quantity".into(), quantity.to_string().into());
    }
    let given = amounts
        .into_iter()
        .filter_map(|(name, amount)| Some((name.to_owned(), amount.as_ref()?.0.clone().into())));
    fields.extend(given);
    fields.extend(sku.attributes.clone().unwrap_or_default());
    fields.into()
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("lazada/push_product", "Push a product", "ส่งข้อมูลสินค้า")
        .about(
            "Changes the product that has one of the SKUs, or makes a new one. Only what is filled in is changed; images \
             are copied to Lazada first.",
            "แก้ไขสินค้าที่มี SKU ตรงกัน หรือสร้างสินค้าใหม่ จะแก้เฉพาะค่าที่กรอก และคัดลอกรูปไปยัง Lazada ก่อน",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(
            fields::text("category", "Category", "หมวดหมู่")
                .about("The number of Lazada's category; a new product needs it.", "หมายเลขหมวดหมู่ของ Lazada จำเป็นสำหรับสินค้าใหม่")
                .example("10002019"),
        )
        .field(fields::text("name", "Name", "ชื่อสินค้า").about("What buyers read first.", "ชื่อที่ผู้ซื้อเห็น").at_most(255).example("Green tea"))
        .field(fields::text("brand", "Brand", "แบรนด์").about("A brand that Lazada knows, or No Brand.", "แบรนด์ที่ Lazada รู้จัก หรือ No Brand").example("No Brand"))
        .field(
            Field::new("description", FieldKind::LongText, "Description", "รายละเอียด")
                .about("Text or HTML.", "ข้อความหรือ HTML")
                .example("<p>From Chiang Rai.</p>"),
        )
        .field(
            fields::ids("attributes", "Attributes", "คุณลักษณะ", json!({"tea_type": "Green"}))
                .about("Further attributes by Lazada's own names, as an object.", "คุณลักษณะอื่นตามชื่อของ Lazada เป็นออบเจ็กต์"),
        )
        .field(
            fields::ids("images", "Images", "รูปภาพ", json!(["https://example.com/tea.jpg"]))
                .about("Addresses of up to 8 images, as a list.", "ที่อยู่รูปภาพไม่เกิน 8 รูป เป็นลิสต์"),
        )
        .field(skus())
        .example(
            json!({
                "category": "10002019", "name": "Green tea", "brand": "No Brand",
                "skus": [{"sku": "ABC-1", "price": "590.00", "quantity": 12, "weight": "0.2", "length": "10", "width": "8", "height": "5"}]
            }),
            json!({"item_id": "260422", "created": true, "skus": ["ABC-1"]}),
        )
}

fn skus() -> Field {
    let size = |name: &str, en: &str, th: &str, about: &str, about_th: &str, example: &str| {
        fields::text(name, en, th).about(about, about_th).example(example)
    };
    let inner = vec![
        fields::sku(),
        fields::price(),
        fields::number("quantity", "Quantity", "จำนวน", 1_000_000_000)
            .about("Pieces at the beginning.", "จำนวนเริ่มต้น")
            .example(12),
        size("weight", "Weight (kg)", "น้ำหนัก (กก.)", "Of the package.", "น้ำหนักพัสดุ", "0.2"),
        size("length", "Length (cm)", "ยาว (ซม.)", "Of the package.", "ความยาวพัสดุ", "10"),
        size("width", "Width (cm)", "กว้าง (ซม.)", "Of the package.", "ความกว้างพัสดุ", "8"),
        size("height", "Height (cm)", "สูง (ซม.)", "Of the package.", "ความสูงพัสดุ", "5"),
        fields::ids("attributes", "Attributes", "คุณลักษณะ", json!({"color_family": "Green"}))
            .about("Further fields of the variant by Lazada's own names.", "ค่าอื่นของตัวเลือกตามชื่อของ Lazada"),
    ];
    Field::new("skus", FieldKind::List(inner), "SKUs", "SKU")
        .about("The product's variants, one at least.", "ตัวเลือกของสินค้า อย่างน้อยหนึ่งรายการ")
        .at_most(SKUS_MAX as u64)
        .required()
        .example(json!([{"sku": "ABC-1", "price": "590.00", "quantity": 12}]))
}
