//! Lazada: orders, stock, prices, products, packing and returns of a seller, signed and paged as its open platform wants.

mod api;
mod auth;
mod cancel_order;
mod decide_cancellation;
mod decide_refund;
mod failure;
mod find_orders;
mod find_reasons;
mod find_refunds;
mod fulfil_order;
mod get_label;
mod get_order;
mod get_refund;
mod lookup;
mod order;
mod orders_changed;
mod packages;
mod products_changed;
mod push;
mod push_price;
mod push_product;
mod push_stock;
mod pushing;
mod ready_to_ship;
mod refund;
mod report_delivery;
mod returns_changed;
mod set_invoice_number;
mod sku;
mod track_order;
mod undo_packing;

use crate::market::{fields, text_at};
use api::{AUTH_URL, Api, URL};
use async_trait::async_trait;
use connector::action;
use connector::lookup::{Page, Wanted};
use connector::sign_in::{Consent, Grant, TokenRule, Tokens};
use connector::{Connection, Connector, Error, Http, Parts};
use model::{ConnectorSpec, Field, FieldKind, Purpose, Rate, Span};
use serde_json::json;
use url::Url;

/// Lazada publishes no limit for most services; the item lookup takes ten a second.
const RATE: Rate = Rate::new(10, Span::from_secs(1), 20);

pub struct Lazada;

#[async_trait]
impl Connector for Lazada {
    fn spec(&self) -> ConnectorSpec {
        guide(ConnectorSpec::new("lazada", Purpose::Shop, "Lazada", "Lazada"))
            .about(
                "Orders, stock, prices, products, packing and returns of a Lazada seller.",
                "คำสั่งซื้อ สต็อก ราคา สินค้า การแพ็ก และการคืนสินค้าของผู้ขายบน Lazada",
            )
            .connection(connection())
            .signs_in()
    }

    fn token_rule(&self, _connection: &Connection) -> TokenRule {
        TokenRule::Consent
    }

    fn consent_url(&self, connection: &Connection, consent: &Consent<'_>) -> Result<Url, Error> {
        auth::consent_url(connection, consent)
    }

    async fn tokens(&self, http: &Http, connection: &Connection, grant: &Grant<'_>) -> Result<Tokens, Error> {
        auth::tokens(http, connection, grant).await
    }

    async fn test(&self, http: &Http, connection: &Connection) -> Result<String, Error> {
        let seller = Api::new(http, connection).get("/seller/get", Vec::new()).await?;
        let names = ["/name", "/name_company", "/short_code"].map(|place| text_at(&seller, place));
        let name = names.into_iter().find(|name| !name.is_empty()).unwrap_or_else(|| "the seller".into());
        Ok(format!("Lazada, as {name}"))
    }

    fn lookups(&self) -> Vec<&'static str> {
        vec![lookup::WAREHOUSE]
    }

    async fn look_up(&self, http: &Http, connection: &Connection, wanted: &Wanted) -> Result<Page, Error> {
        lookup::look_up(http, connection, wanted).await
    }
}

pub fn parts() -> Parts {
    Parts::of(Lazada)
        .poll(orders_changed::OrdersChanged)
        .poll(products_changed::ProductsChanged)
        .poll(returns_changed::ReturnsChanged)
        .action(action!(cancel_order, probe))
        .action(action!(decide_cancellation))
        .action(action!(decide_refund))
        .action(action!(find_orders))
        .action(action!(find_reasons))
        .action(action!(find_refunds))
        .action(action!(fulfil_order, probe, effect))
        .action(action!(get_label))
        .action(action!(get_order))
        .action(action!(get_refund))
        .action(action!(push_price))
        .action(action!(push_product))
        .action(action!(push_stock))
        .action(action!(ready_to_ship, probe))
        .action(action!(report_delivery))
        .action(action!(set_invoice_number))
        .action(action!(track_order))
        .action(action!(undo_packing))
}

fn connection() -> Vec<Field> {
    vec![
        fields::text("app_key", "App key", "App key")
            .about("The number of the app in Lazada's open platform.", "หมายเลขแอปใน Lazada Open Platform")
            .required()
            .example("123456"),
        Field::new("app_secret", FieldKind::Secret, "App secret", "App secret")
            .about("The app's secret; it also signs the pushes.", "รหัสลับของแอป ใช้ตรวจลายเซ็นของแจ้งเตือนด้วย")
            .required(),
        Field::new("url", FieldKind::Url, "API address", "ที่อยู่ API")
            .about(
                "The shop's country decides it: api.lazada.co.th, .sg, .com.my, .vn, .com.ph or .co.id, each with /rest.",
                "ขึ้นกับประเทศของร้าน: api.lazada.co.th, .sg, .com.my, .vn, .com.ph หรือ .co.id ตามด้วย /rest",
            )
            .default(URL)
            .example(URL)
            .advanced(),
        Field::new("auth_url", FieldKind::Url, "Sign-in address", "ที่อยู่ลงชื่อเข้าใช้")
            .about("The same for all countries.", "ใช้ที่อยู่เดียวกันทุกประเทศ")
            .default(AUTH_URL)
            .example(AUTH_URL)
            .advanced(),
        Field::rate(Some(RATE)),
    ]
}

fn guide(spec: ConnectorSpec) -> ConnectorSpec {
    spec.step(
        "At open.lazada.com, sign up as a developer and make an app (own store, or one listed in the service market).",
        "ที่ open.lazada.com สมัครเป็นนักพัฒนาและสร้างแอป (สำหรับร้านตนเอง หรือแอปในตลาดบริการ)",
    )
    .step(
        "In the app console, copy App Key and App Secret into the connection, and enter the redirect address that the \
         connection's page shows as callback URL.",
        "ในคอนโซลของแอป คัดลอก App Key และ App Secret มาใส่ในการเชื่อมต่อ และใส่ที่อยู่ redirect ที่หน้าการเชื่อมต่อแสดงเป็น \
         Callback URL",
    )
    .step(
        "Save the connection and press Sign in: the seller signs in at Lazada and agrees.",
        "บันทึกการเชื่อมต่อแล้วกดลงชื่อเข้าใช้ ผู้ขายลงชื่อเข้าใช้ที่ Lazada และยินยอม",
    )
    .step(
        "For pushes, enter the address of the trigger that needs them most in the app console under Push Mechanism: an \
         app has one address. The other triggers ask by themselves.",
        "หากต้องการแจ้งเตือนทันที ใส่ที่อยู่ของตัวเริ่มที่สำคัญที่สุดใน Push Mechanism ของคอนโซล แอปหนึ่งมีได้ที่อยู่เดียว \
         ตัวเริ่มอื่นจะดึงข้อมูลตามรอบเอง",
    )
    .limit(
        "Orders: 50 to a page. Stock and prices: 20 SKUs to a call, 50 calls a second. Labels and packages: 20 to a call.",
        "คำสั่งซื้อหน้าละ 50 รายการ สต็อกและราคาครั้งละ 20 SKU ไม่เกิน 50 ครั้งต่อวินาที ใบปะหน้าและพัสดุครั้งละ 20 รายการ",
    )
    .limit(
        "Tokens of an app that is online last 30 days and are renewed by themselves; after 180 days the seller signs in \
         again, whatever happened in between.",
        "โทเคนของแอปที่ออนไลน์มีอายุ 30 วันและต่ออายุเอง แต่ครบ 180 วันผู้ขายต้องลงชื่อเข้าใช้ใหม่เสมอ",
    )
    .quirk(
        "Orders come with one row per unit. `items` holds Lazada's rows; `lines` groups rows alike in SKU, price and \
         status, with a quantity.",
        "คำสั่งซื้อมีหนึ่งแถวต่อหนึ่งชิ้น `items` คือแถวของ Lazada ส่วน `lines` รวมแถวที่ SKU ราคา และสถานะเหมือนกัน พร้อมจำนวน",
    )
    .quirk(
        "Names and phones of buyers are masked until the app has passed Lazada's review for personal data.",
        "ชื่อและโทรศัพท์ของผู้ซื้อถูกปิดบัง จนกว่าแอปจะผ่านการตรวจสอบข้อมูลส่วนบุคคลของ Lazada",
    )
    .quirk(
        "Refund amounts come in satang; `refund` holds them in baht.",
        "จำนวนเงินคืนมาเป็นสตางค์ ส่วน `refund` เป็นบาท",
    )
    .quirk(
        "The codes AppCallLimit and SellerCallLimit are taken for throttling; this is not confirmed by the vendor's \
         documentation. Neither is which shops in Thailand may deliver themselves.",
        "รหัส AppCallLimit และ SellerCallLimit ถือเป็นการจำกัดจำนวนครั้ง ซึ่งเอกสารของ Lazada ไม่ได้ยืนยัน \
         เช่นเดียวกับร้านใดในไทยที่จัดส่งเองได้",
    )
    .quirk(
        "Pushes go to an address whose certificate comes from a public authority; Lazada may refuse a simple (DV) one, \
         which is not confirmed by the vendor's documentation.",
        "ที่อยู่รับแจ้งเตือนต้องมีใบรับรองจากผู้ออกสาธารณะ Lazada อาจไม่รับใบรับรองแบบ DV ซึ่งเอกสารของ Lazada ไม่ได้ยืนยัน",
    )
}

/// Units of an order.
fn item_ids() -> Field {
    fields::ids("order_item_ids", "Units", "รายการต่อชิ้น", json!([260422900298363u64])).about(
        "The `order_item_id` of each unit that is meant, as a list. Empty: all of the order.",
        "`order_item_id` ของแต่ละชิ้นที่ต้องการ เป็นลิสต์ หากเว้นว่างคือทั้งคำสั่งซื้อ",
    )
}

fn package_ids() -> Field {
    fields::ids("package_ids", "Packages", "พัสดุ", json!(["FP022511752246001"]))
}

fn reverse_order() -> Field {
    fields::text("reverse_order_id", "Return or cancellation", "การคืนหรือยกเลิก")
        .about("Its number, `reverse_order_id`.", "หมายเลข `reverse_order_id`")
        .required()
        .example("260422900598363")
}
