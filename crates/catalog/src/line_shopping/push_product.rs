//! `line_shopping/push_product`: a product with one variant, made if there is none with its SKU, else brought up to date.
//!
//! Whether an earlier attempt made it is asked in `run` itself, which goes on with what it finds.

use super::api::Api;
use super::goods::{Variant, find, one};
use super::words;
use crate::values::{self, BAHT_MAX, Baht};
use connector::{ActionCx, Error};
use http::Method;
use model::money::Currency;
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};

const IMAGES_MAX: usize = 7;
const GRAMS_MAX: u64 = 999_990;

#[derive(Debug, Deserialize)]
pub struct Input {
    product: Product,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Product {
    #[serde(deserialize_with = "values::text")]
    sku: String,
    #[serde(deserialize_with = "values::text")]
    name: String,
    #[serde(deserialize_with = "values::text")]
    description: String,
    #[serde(deserialize_with = "values::text")]
    brand: String,
    #[serde(deserialize_with = "values::whole")]
    category_id: Option<u64>,
    image_urls: Vec<String>,
    #[serde(deserialize_with = "values::baht")]
    price: Option<Baht>,
    #[serde(deserialize_with = "values::whole")]
    weight_grams: Option<u64>,
    #[serde(deserialize_with = "values::whole")]
    stock: Option<u64>,
    on_sale: Option<bool>,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let product = input.product;
    product.check()?;
    let api = Api::of(cx)?;
    let found = find(&api, &[&product.sku]).await?;
    let (id, created) = if found.contains_key(&product.sku) {
        let variant = one(&found, &product.sku)?;
        update(&api, variant, &product).await?;
        (variant.product_id(), false)
    } else {
        let made = api.send(Method::POST, "/products", &product.whole()?).await?;
        (made.get("id").map(ToString::to_string).unwrap_or_default(), true)
    };
    if let Some(on_sale) = product.on_sale {
        let way = if on_sale { "onsale" } else { "hide" };
        api.send(Method::POST, &format!("/products/{id}/display-status/{way}"), &Value::Null).await?;
    }
    Ok(output(&id, &product.sku, created))
}

fn output(id: &str, sku: &str, created: bool) -> Value {
    let id: Value = serde_json::from_str(id).unwrap_or_default();
    json!({"id": id, "sku": sku, "created": created})
}

async fn update(api: &Api<'_>, variant: &Variant, product: &Product) -> Result<(), Error> {
    let path = format!("/products/{}", variant.product_id());
    let details = product.details();
    if !details.is_empty() {
        api.send(Method::PATCH, &path, &Value::Object(details)).await?;
    }
    let mut line = variant.id().map_or_else(Map::new, |id| Map::from_iter([("id".to_owned(), id.clone())]));
    if let Some(price) = product.price {
        line.insert("price".into(), price.json());
        let discount = variant.product.get("instantDiscount").filter(|discount| discount.is_number());
        let body =
            json!({"instantDiscount": discount.cloned().unwrap_or_else(|| 0.into()), "variants": [line]});
        api.send(Method::PATCH, &format!("{path}/prices"), &body).await?;
        line.remove("price");
    }
    if let Some(weight) = product.weight() {
        line.insert("weight".into(), weight);
        api.send(Method::PATCH, &format!("{path}/variant"), &Value::Object(line)).await?;
    }
    Ok(())
}

impl Product {
    fn check(&self) -> Result<(), Error> {
        if self.sku.is_empty() {
            return Err(mistake("the product has no SKU".into()));
        }
        if self.image_urls.len() > IMAGES_MAX {
            return Err(mistake(format!("{} has more than {IMAGES_MAX} images", self.sku)));
        }
        match self.weight_grams {
            Some(grams) if !(10..=GRAMS_MAX).contains(&grams) => {
                Err(mistake(format!("{} does not weigh from 10 grams to 999.99 kilograms", self.sku)))
            }
            _ => Ok(()),
        }
    }

    /// In kilograms with two places. What is between is rounded up: too light would cost the shop money.
    fn weight(&self) -> Option<Value> {
        let hundredths = self.weight_grams?.div_ceil(10);
        serde_json::from_str(&format!("{}.{:02}", hundredths / 100, hundredths % 100)).ok()
    }

    /// What is given of the product itself.
    fn details(&self) -> Map<String, Value> {
        let texts = [("name", &self.name), ("description", &self.description), ("brand", &self.brand)];
        let texts = texts.into_iter().filter(|(_, text)| !text.is_empty());
        let mut details: Map<String, Value> =
            texts.map(|(name, text)| (name.to_owned(), text.as_str().into())).collect();
        if let Some(category) = self.category_id {
            details.insert("categoryId".into(), category.into());
        }
        if !self.image_urls.is_empty() {
            details.insert("imageUrls".into(), json!(self.image_urls));
        }
        details
    }

    /// A new product needs everything.
    fn whole(&self) -> Result<Value, Error> {
        let lacks = |what: &str| mistake(format!("the new product {} has no {what}", self.sku));
        if self.name.is_empty() {
            return Err(lacks("name"));
        }
        if self.image_urls.is_empty() {
            return Err(lacks("image"));
        }
        self.category_id.ok_or_else(|| lacks("category"))?;
        let price = self.price.filter(|price| !price.is_nothing()).ok_or_else(|| lacks("price"))?;
        let weight = self.weight().ok_or_else(|| lacks("weight"))?;
        let mut whole = self.details();
        whole.insert("code".into(), self.sku.as_str().into());
        let stock = self.stock.unwrap_or_default();
        let variant =
            json!({"sku": self.sku, "price": price.json(), "onHandNumber": stock, "weight": weight});
        whole.insert("variants".into(), json!([variant]));
        Ok(Value::Object(whole))
    }
}

fn mistake(message: String) -> Error {
    Error::Input { message, advice: "Correct the product before this node, then retry.".into() }
}

fn shape() -> Vec<Field> {
    let baht = FieldKind::Money(Some(Currency::Fixed("THB".into())));
    let text = |name: &str, en: &str, th: &str| Field::new(name, FieldKind::Text, en, th);
    let number = |name: &str, en: &str, th: &str| Field::new(name, FieldKind::Number, en, th);
    vec![
        words::sku(),
        text("name", "Name", "ชื่อสินค้า").about("A new product needs one.", "สินค้าใหม่ต้องมี"),
        Field::new("description", FieldKind::LongText, "Description", "คำอธิบาย")
            .about("HTML is allowed.", "ใช้ HTML ได้"),
        text("brand", "Brand", "แบรนด์").about("Who makes it.", "ยี่ห้อของสินค้า"),
        number("category_id", "Category", "หมวดหมู่")
            .at_most(1_000_000_000)
            .about("The id of LINE's category; a new product needs one.", "รหัสหมวดหมู่ของ LINE สินค้าใหม่ต้องมี"),
        Field::new("image_urls", FieldKind::Json, "Images", "รูปภาพ").about(
            "A list of one to seven addresses; a new product needs one.",
            "รายการที่อยู่รูปภาพ 1 ถึง 7 รูป สินค้าใหม่ต้องมี",
        ),
        Field::new("price", baht, "Price", "ราคา")
            .at_most(BAHT_MAX)
            .about("In baht, with VAT; a new product needs one.", "หน่วยเป็นบาท รวมภาษี สินค้าใหม่ต้องมี"),
        number("weight_grams", "Weight in grams", "น้ำหนัก (กรัม)").at_most(GRAMS_MAX).about(
            "Written to LINE in kilograms, rounded up to ten grams; a new product needs one.",
            "ส่งให้ LINE เป็นกิโลกรัม ปัดขึ้นเป็นหลักสิบกรัม สินค้าใหม่ต้องมี",
        ),
        number("stock", "Stock at first", "สต็อกเริ่มต้น").at_most(99_999).about(
            "Only when the product is made; later levels go by Push stock levels.",
            "ใช้เมื่อสร้างสินค้าเท่านั้น ภายหลังให้ใช้ \"ส่งจำนวนสต็อก\"",
        ),
        Field::new("on_sale", FieldKind::Bool, "On sale", "เปิดขาย").about(
            "Shown in the shop or hidden. Empty: as it is; a new product is hidden.",
            "แสดงในร้านหรือซ่อน หากเว้นว่างจะคงเดิม สินค้าใหม่จะถูกซ่อน",
        ),
    ]
}

pub fn spec() -> OperationSpec {
    let product = json!({
        "sku": "TEA-100", "name": "ชาเขียว 100 กรัม", "description": "<p>ชาเขียวจากเชียงใหม่</p>", "category_id": 55,
        "image_urls": ["https://shop.example/tea.jpg"], "price": "590.00", "weight_grams": 200, "stock": 12, "on_sale": true
    });
    OperationSpec::action("line_shopping/push_product", "Push a product", "ส่งข้อมูลสินค้า")
        .about(
            "Makes a product with one variant, or updates the one that has this SKU. What is empty stays as it is.",
            "สร้างสินค้าที่มีตัวเลือกเดียว หรือปรับปรุงสินค้าที่มี SKU นี้ ค่าที่เว้นว่างจะคงเดิม",
        )
        .effect(EffectRule::Probe)
        .connection(Need::Required)
        .field(
            Field::new("product", FieldKind::Json, "Product", "สินค้า")
                .about("What the product is and costs.", "รายละเอียดและราคาของสินค้า")
                .required()
                .example("${nodes.map}")
                .shape(shape()),
        )
        .example(json!({"product": product}), json!({"id": 9001, "sku": "TEA-100", "created": true}))
}
