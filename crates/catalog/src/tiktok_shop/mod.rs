//! TikTok Shop: orders, stock, prices, products, shipping and returns of a shop, signed and paged as its Partner API wants.

mod api;
mod auth;
mod cancel_order;
mod create_refund;
mod decide_cancellation;
mod decide_refund;
mod failure;
mod find_cancellations;
mod find_orders;
mod find_reasons;
mod find_refunds;
mod fulfil_order;
mod get_label;
mod get_order;
mod get_refund;
mod get_stock;
mod image;
mod lookup;
mod order;
mod orders_changed;
mod package;
mod products_changed;
mod push;
mod push_price;
mod push_product;
mod push_stock;
mod pushing;
mod returns_changed;
mod search;
mod set_product_status;
mod set_reference;
mod set_tracking;
mod set_webhook;
mod sku;
mod split_order;
mod track_order;

use crate::market::fields;
use api::{Api, URL};
use async_trait::async_trait;
use auth::{AUTH_URL, CONSENT_URL};
use connector::action;
use connector::lookup::{Page, Wanted};
use connector::sign_in::{Consent, Grant, TokenRule, Tokens};
use connector::{Connection, Connector, Error, Http, Parts};
use http::Method;
use model::{ConnectorSpec, Field, FieldKind, Purpose, Rate, Span};
use serde_json::json;
use url::Url;

/// By the documentation 50 a second for each app, shop and endpoint; later notes speak of limits that move.
const RATE: Rate = Rate::new(20, Span::from_secs(1), 40);

pub struct TikTokShop;

#[async_trait]
impl Connector for TikTokShop {
    fn spec(&self) -> ConnectorSpec {
        guide(ConnectorSpec::new("tiktok_shop", Purpose::Shop, "TikTok Shop", "TikTok Shop"))
            .about(
                "Orders, stock, prices, products, shipping and returns of a TikTok shop.",
                "คำสั่งซื้อ สต็อก ราคา สินค้า การจัดส่ง และการคืนสินค้าของร้านบน TikTok Shop",
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
        let token = connection.access_token()?;
        Api::new(http, connection).shopless(Method::GET, "/authorization/202309/shops", None, token).await?;
        let fact = |name: &str| connection.fact(name).unwrap_or_default();
        Ok(format!("TikTok Shop {}, as {}", fact("region"), fact("shop_name")))
    }

    fn lookups(&self) -> Vec<&'static str> {
        vec![lookup::WAREHOUSE, lookup::PROVIDER]
    }

    async fn look_up(&self, http: &Http, connection: &Connection, wanted: &Wanted) -> Result<Page, Error> {
        lookup::look_up(http, connection, wanted).await
    }
}

pub fn parts() -> Parts {
    Parts::of(TikTokShop)
        .poll(orders_changed::OrdersChanged)
        .poll(products_changed::ProductsChanged)
        .poll(returns_changed::ReturnsChanged)
        .action(action!(cancel_order, probe))
        .action(action!(create_refund))
        .action(action!(decide_cancellation, probe))
        .action(action!(decide_refund))
        .action(action!(find_cancellations))
        .action(action!(find_orders))
        .action(action!(find_reasons))
        .action(action!(find_refunds))
        .action(action!(fulfil_order, probe))
        .action(action!(get_label))
        .action(action!(get_order))
        .action(action!(get_refund))
        .action(action!(get_stock))
        .action(action!(push_price))
        .action(action!(push_product))
        .action(action!(push_stock))
        .action(action!(set_product_status))
        .action(action!(set_reference))
        .action(action!(set_tracking))
        .action(action!(set_webhook))
        .action(action!(split_order, probe))
        .action(action!(track_order))
}

fn connection() -> Vec<Field> {
    let url = |name: &str, en: &str, th: &str, about: &str, about_th: &str, default: &str| {
        Field::new(name, FieldKind::Url, en, th)
            .about(about, about_th)
            .default(default)
            .example(default)
            .advanced()
    };
    vec![
        fields::text("app_key", "App key", "App key")
            .about("The app's key in Partner Center.", "คีย์ของแอปใน Partner Center")
            .required()
            .example("29a39d"),
        Field::new("app_secret", FieldKind::Secret, "App secret", "App secret")
            .about("The app's secret; it also signs the webhooks.", "รหัสลับของแอป ใช้ตรวจลายเซ็นของเว็บฮุคด้วย")
            .required(),
        fields::text("service_id", "Service id", "Service ID")
            .about(
                "The app's service id: the page on which the seller agrees goes by it.",
                "Service ID ของแอป ใช้เปิดหน้ายินยอมของผู้ขาย",
            )
            .required()
            .example("7312345678901234567"),
        fields::text("shop_id", "Shop", "ร้าน")
            .about(
                "Only where the seller has several shops: the number of the one that is meant.",
                "เฉพาะเมื่อผู้ขายมีหลายร้าน: หมายเลขร้านที่ต้องการ",
            )
            .example("7495540735365777507")
            .advanced(),
        url("url", "API address", "ที่อยู่ API", "The same for all markets.", "ใช้ที่อยู่เดียวกันทุกตลาด", URL),
        url("auth_url", "Token address", "ที่อยู่ขอโทเคน", "Where tokens are got.", "ที่อยู่สำหรับขอโทเคน", AUTH_URL),
        url(
            "consent_url",
            "Sign-in address",
            "ที่อยู่ลงชื่อเข้าใช้",
            "Where the seller agrees. Sellers in the US have services.tiktokshops.us.",
            "หน้าที่ผู้ขายยินยอม ผู้ขายในสหรัฐฯ ใช้ services.tiktokshops.us",
            CONSENT_URL,
        ),
        Field::rate(Some(RATE)),
    ]
}

fn guide(spec: ConnectorSpec) -> ConnectorSpec {
    spec.step(
        "At partner.tiktokshop.com, sign up as a developer for the region Rest of World and make a custom app.",
        "ที่ partner.tiktokshop.com สมัครเป็นนักพัฒนาในภูมิภาค Rest of World และสร้างแอปแบบ Custom",
    )
    .step(
        "Give the app the permissions for orders, products, logistics, fulfilment and returns, and enter the redirect \
         address that the connection's page shows.",
        "ให้สิทธิ์แอปเรื่องคำสั่งซื้อ สินค้า โลจิสติกส์ การจัดส่ง และการคืนสินค้า และใส่ที่อยู่ redirect ที่หน้าการเชื่อมต่อแสดง",
    )
    .step(
        "Copy App Key, App Secret and Service ID into the connection, save it, and press Sign in: the seller agrees.",
        "คัดลอก App Key, App Secret และ Service ID มาใส่ในการเชื่อมต่อ บันทึกแล้วกดลงชื่อเข้าใช้ ผู้ขายกดยินยอม",
    )
    .step(
        "For webhooks, enter the triggers' addresses in Partner Center, or set them with \"Set a webhook\": each kind of event \
         may have its own. Inventory events are switched on in Partner Center only.",
        "หากต้องการแจ้งเตือนทันที ใส่ที่อยู่ของตัวเริ่มใน Partner Center หรือใช้ \"ตั้งค่าเว็บฮุค\" แต่ละชนิดมีที่อยู่ของตนเองได้ \
         เหตุการณ์สต็อกเปิดได้ใน Partner Center เท่านั้น",
    )
    .limit(
        "Orders come 100 to a page, returns 50. Stock and prices go out for 100 SKUs of one product at once.",
        "คำสั่งซื้อหน้าละ 100 รายการ การคืนสินค้าหน้าละ 50 รายการ สต็อกและราคาครั้งละ 100 SKU ของสินค้าเดียว",
    )
    .limit(
        "Tokens last 7 days and are renewed by themselves until the seller's consent ends.",
        "โทเคนมีอายุ 7 วันและต่ออายุเองจนกว่าการยินยอมของผู้ขายจะสิ้นสุด",
    )
    .limit(
        "The number of calls that Thailand's shops have is not confirmed by the vendor's documentation; the rate budget can \
         be set under More settings.",
        "จำนวนครั้งที่ร้านในไทยเรียกได้ไม่ได้รับการยืนยันในเอกสาร ตั้งงบการเรียกได้ในการตั้งค่าเพิ่มเติม",
    )
    .quirk(
        "Orders come with one row per unit. `line_items` holds TikTok Shop's rows; `lines` groups rows alike in SKU, price, \
         status and package, with a quantity.",
        "คำสั่งซื้อมีหนึ่งแถวต่อหนึ่งชิ้น `line_items` คือแถวของ TikTok Shop ส่วน `lines` รวมแถวที่ SKU ราคา สถานะ และพัสดุเหมือนกัน พร้อมจำนวน",
    )
    .quirk(
        "An order ON_HOLD may still be cancelled by the buyer: do not ship it.",
        "คำสั่งซื้อที่ ON_HOLD ผู้ซื้อยังยกเลิกได้ อย่าเพิ่งจัดส่ง",
    )
    .quirk(
        "There is no service for customers: an order holds the buyer, with name and phone masked where TikTok ships, and a \
         `user_id` that stays the same.",
        "ไม่มีบริการข้อมูลลูกค้า คำสั่งซื้อมีข้อมูลผู้ซื้อซึ่งชื่อและโทรศัพท์ถูกปิดบังเมื่อ TikTok จัดส่ง และ `user_id` ที่คงเดิม",
    )
    .quirk(
        "Discounts of the platform are paid by TikTok, discounts of the seller by the seller: book them apart.",
        "ส่วนลดของแพลตฟอร์ม TikTok เป็นผู้รับภาระ ส่วนลดของผู้ขายผู้ขายเป็นผู้รับภาระ ควรบันทึกแยกกัน",
    )
    .quirk(
        "Whether a stock of 0 is taken is not confirmed by the vendor's documentation. Where it is refused, take the product \
         off sale with \"Put products on sale or off\".",
        "เอกสารไม่ได้ยืนยันว่าตั้งสต็อกเป็น 0 ได้ หากถูกปฏิเสธให้ปิดการขายด้วย \"เปิดหรือปิดการขายสินค้า\"",
    )
    .quirk(
        "Versions stand in each address; that 202502 (products) and 202507 (orders) are the newest is not confirmed by the \
         vendor's documentation.",
        "เวอร์ชันอยู่ในที่อยู่ของแต่ละบริการ เอกสารไม่ได้ยืนยันว่า 202502 (สินค้า) และ 202507 (คำสั่งซื้อ) เป็นรุ่นล่าสุด",
    )
}

fn currency() -> Field {
    fields::text("currency", "Currency", "สกุลเงิน")
        .about("Three letters; empty: THB.", "อักษรสามตัว หากเว้นว่างคือ THB")
        .at_most(3)
        .default("THB")
        .example("THB")
        .advanced()
}

fn return_id() -> Field {
    fields::text("return_id", "Return", "การคืน")
        .about("Its number, `return_id`.", "หมายเลข `return_id`")
        .required()
        .example("4035633364159959000")
}

fn reject_reason() -> Field {
    fields::text("reason", "Reason", "เหตุผล")
        .about("For a refusal; \"Find reasons\" reads them.", "ใช้เมื่อปฏิเสธ ดูได้จาก \"ดึงเหตุผลที่เลือกได้\"")
        .example("seller_reject_apply_product_has_been_packed")
}

fn package_ids() -> Field {
    fields::ids("package_ids", "Packages", "พัสดุ", json!(["1152921504606846976"]))
}
