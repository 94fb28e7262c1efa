//! Shopee: orders, stock, prices, products, shipping and returns of a shop, signed and paged as its open platform wants.

mod api;
mod auth;
mod cancel_order;
mod decide_cancellation;
mod decide_refund;
mod failure;
mod find_orders;
mod find_packages;
mod find_refunds;
mod fulfil_order;
mod get_income;
mod get_invoice_data;
mod get_label;
mod get_order;
mod get_refund;
mod image;
mod item;
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
mod refund;
mod returns_changed;
mod split_order;
mod track_order;

use crate::market::{fields, text_at};
use api::{Api, URL};
use async_trait::async_trait;
use auth::CONSENT_URL;
use connector::action;
use connector::lookup::{Page, Wanted};
use connector::sign_in::{Consent, Grant, TokenRule, Tokens};
use connector::{Connection, Connector, Error, Http, Parts};
use model::{ConnectorSpec, Field, FieldKind, Purpose, Rate, Span};
use url::Url;

/// Shopee publishes no limits. This is a guess on the quick side: what is throttled is made again later.
const RATE: Rate = Rate::new(10, Span::from_secs(1), 20);

pub struct Shopee;

#[async_trait]
impl Connector for Shopee {
    fn spec(&self) -> ConnectorSpec {
        guide(ConnectorSpec::new("shopee", Purpose::Shop, "Shopee", "Shopee"))
            .about(
                "Orders, stock, prices, products, shipping and returns of a Shopee shop.",
                "คำสั่งซื้อ สต็อก ราคา สินค้า การจัดส่ง และการคืนสินค้าของร้านบน Shopee",
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
        let shop = Api::new(http, connection).get("shop/get_shop_info", Vec::new()).await?;
        let (name, region) = (text_at(&shop, "/shop_name"), text_at(&shop, "/region"));
        let until =
            text_at(&shop, "/expire_time").parse::<i64>().ok().map(|secs| crate::since::iso(secs * 1_000));
        let until = until.map_or_else(String::new, |until| format!("; the consent ends {until}"));
        Ok(format!("Shopee {region}, as {name}{until}"))
    }

    fn lookups(&self) -> Vec<&'static str> {
        lookup::names()
    }

    async fn look_up(&self, http: &Http, connection: &Connection, wanted: &Wanted) -> Result<Page, Error> {
        lookup::look_up(http, connection, wanted).await
    }
}

pub fn parts() -> Parts {
    Parts::of(Shopee)
        .poll(orders_changed::OrdersChanged)
        .poll(products_changed::ProductsChanged)
        .poll(returns_changed::ReturnsChanged)
        .action(action!(cancel_order, probe, effect))
        .action(action!(decide_cancellation, probe))
        .action(action!(decide_refund, probe, effect))
        .action(action!(find_orders))
        .action(action!(find_packages))
        .action(action!(find_refunds))
        .action(action!(fulfil_order, probe))
        .action(action!(get_income))
        .action(action!(get_invoice_data))
        .action(action!(get_label))
        .action(action!(get_order))
        .action(action!(get_refund))
        .action(action!(push_price))
        .action(action!(push_product))
        .action(action!(push_stock))
        .action(action!(split_order, probe))
        .action(action!(track_order))
}

fn connection() -> Vec<Field> {
    vec![
        fields::text("partner_id", "Partner id", "Partner ID")
            .about("The number of the app in Shopee's open platform.", "หมายเลขแอปใน Shopee Open Platform")
            .required()
            .example("2001887"),
        Field::new("partner_key", FieldKind::Secret, "Partner key", "Partner Key")
            .about("The app's key; it also signs the pushes.", "คีย์ของแอป ใช้ตรวจลายเซ็นของแจ้งเตือนด้วย")
            .required(),
        Field::new("push_url", FieldKind::Url, "Push address", "ที่อยู่รับแจ้งเตือน")
            .about(
                "The address of the trigger exactly as it is entered in Shopee's console: it is a part of the signature.",
                "ที่อยู่ของตัวเริ่มตามที่กรอกในคอนโซลของ Shopee ทุกตัวอักษร เพราะเป็นส่วนหนึ่งของลายเซ็น",
            )
            .example("https://hooks.example.com/hooks/shopee/orders"),
        fields::text("shop_id", "Shop", "ร้าน")
            .about(
                "Only where one signs in by a main account with several shops: the number of the one that is meant.",
                "เฉพาะเมื่อลงชื่อเข้าใช้ด้วยบัญชีหลักที่มีหลายร้าน: หมายเลขร้านที่ต้องการ",
            )
            .example("14701711")
            .advanced(),
        Field::new("url", FieldKind::Url, "API address", "ที่อยู่ API")
            .about(
                "The sandbox is https://openplatform.sandbox.test-stable.shopee.sg.",
                "แซนด์บ็อกซ์คือ https://openplatform.sandbox.test-stable.shopee.sg",
            )
            .default(URL)
            .example(URL)
            .advanced(),
        Field::new("consent_url", FieldKind::Url, "Sign-in address", "ที่อยู่ลงชื่อเข้าใช้")
            .about(
                "The sandbox has https://open.sandbox.test-stable.shopee.com/auth.",
                "แซนด์บ็อกซ์ใช้ https://open.sandbox.test-stable.shopee.com/auth",
            )
            .default(CONSENT_URL)
            .example(CONSENT_URL)
            .advanced(),
        Field::rate(Some(RATE)),
    ]
}

fn guide(spec: ConnectorSpec) -> ConnectorSpec {
    spec.step(
        "At open.shopee.com, sign up as a developer and make an app of the kind ERP System or Seller In-house System.",
        "ที่ open.shopee.com สมัครเป็นนักพัฒนาและสร้างแอปประเภท ERP System หรือ Seller In-house System",
    )
    .step(
        "When the app is live, copy Live Partner ID and Live Partner Key into the connection. Test keys work with the \
         sandbox's addresses only.",
        "เมื่อแอปเปิดใช้งานแล้ว คัดลอก Live Partner ID และ Live Partner Key มาใส่ในการเชื่อมต่อ คีย์ทดสอบใช้ได้กับที่อยู่แซนด์บ็อกซ์เท่านั้น",
    )
    .step(
        "In the app's settings, enter the domain of the redirect address that the connection's page shows, and this \
         server's IP address if the white list is on.",
        "ในการตั้งค่าแอป ใส่โดเมนของที่อยู่ redirect ที่หน้าการเชื่อมต่อแสดง และ IP ของเซิร์ฟเวอร์นี้หากเปิด IP white list",
    )
    .step(
        "Save the connection and press Sign in: the seller signs in at Shopee and agrees for a year at most.",
        "บันทึกการเชื่อมต่อแล้วกดลงชื่อเข้าใช้ ผู้ขายลงชื่อเข้าใช้ที่ Shopee และยินยอมได้นานสุดหนึ่งปี",
    )
    .step(
        "For pushes, enter a trigger's address in the console under Push Mechanism, and the same text as push address \
         here. An app has one address: give it to the orders' trigger. The others ask by themselves.",
        "หากต้องการแจ้งเตือนทันที ใส่ที่อยู่ของตัวเริ่มใน Push Mechanism ของคอนโซล และใส่ข้อความเดียวกันเป็นที่อยู่รับแจ้งเตือนที่นี่ \
         แอปหนึ่งมีได้ที่อยู่เดียว ควรใช้กับตัวเริ่มของคำสั่งซื้อ ตัวเริ่มอื่นจะดึงข้อมูลตามรอบเอง",
    )
    .limit(
        "Lists cover 15 days and give 100 orders to a page; details come for 50 orders at once; prices and stock go out for \
         50 variants of one product at once.",
        "รายการครอบคลุม 15 วัน หน้าละ 100 คำสั่งซื้อ รายละเอียดครั้งละ 50 คำสั่งซื้อ ราคาและสต็อกครั้งละ 50 ตัวเลือกของสินค้าเดียว",
    )
    .limit(
        "Tokens last 4 hours and are renewed by themselves; a refresh token is good once and for 30 days.",
        "โทเคนมีอายุ 4 ชั่วโมงและต่ออายุเอง refresh token ใช้ได้ครั้งเดียวภายใน 30 วัน",
    )
    .limit(
        "Shopee publishes no number of calls; that an app has 100 a minute is not confirmed by the vendor's documentation. \
         The rate budget can be set under More settings.",
        "Shopee ไม่ประกาศจำนวนครั้งที่เรียกได้ ตัวเลข 100 ครั้งต่อนาทีต่อแอปไม่ได้รับการยืนยันในเอกสาร ตั้งงบการเรียกได้ในการตั้งค่าเพิ่มเติม",
    )
    .quirk(
        "`lines` of an order holds SKU (of the variant, or of the product where it has none), quantity, and the price that \
         the buyer pays; `item_list` is Shopee's own.",
        "`lines` ของคำสั่งซื้อมี SKU (ของตัวเลือก หรือของสินค้าหากไม่มีตัวเลือก) จำนวน และราคาที่ผู้ซื้อจ่าย ส่วน `item_list` เป็นของ Shopee",
    )
    .quirk(
        "There is no service for customers: an order holds the buyer, masked by market and status.",
        "ไม่มีบริการข้อมูลลูกค้า คำสั่งซื้อมีข้อมูลผู้ซื้อซึ่งถูกปิดบังตามประเทศและสถานะ",
    )
    .quirk(
        "Orders with cash on delivery are READY_TO_SHIP before any money has come.",
        "คำสั่งซื้อเก็บเงินปลายทางมีสถานะ READY_TO_SHIP ก่อนได้รับเงิน",
    )
    .quirk(
        "In Thailand listed prices are in whole baht; that others are rounded is not confirmed by the vendor's documentation.",
        "ราคาที่ลงขายในไทยเป็นบาทเต็ม การปัดเศษราคาอื่นไม่ได้รับการยืนยันในเอกสารของ Shopee",
    )
    .quirk(
        "Whether Shopee's search finds the SKUs of variants is not confirmed by the vendor's documentation. Up to 20 SKUs are \
         searched one by one; what is not found, and longer lists, are looked for among the first 2,000 products. Give \
         item_id and model_id for more speed.",
        "เอกสารของ Shopee ไม่ได้ยืนยันว่าการค้นหาพบ SKU ของตัวเลือก ระบบจะค้นหาทีละรายการเมื่อไม่เกิน 20 SKU \
         ที่ไม่พบหรือมีมากกว่านั้นจะค้นในสินค้า 2,000 รายการแรก หากต้องการความเร็วให้ระบุ item_id และ model_id",
    )
    .quirk(
        "How long Shopee waits for an answer to a push and when it sends again is not confirmed by the vendor's \
         documentation; the triggers ask in any case.",
        "เวลาที่ Shopee รอคำตอบของแจ้งเตือนและการส่งซ้ำไม่ได้รับการยืนยันในเอกสาร ตัวเริ่มจะดึงข้อมูลตามรอบอยู่แล้ว",
    )
}

/// Where a SKU is, for flows that know.
fn places() -> [Field; 2] {
    [
        fields::text("item_id", "Item", "สินค้า")
            .about(
                "Shopee's number of the product, if it is known: then nothing is searched.",
                "หมายเลขสินค้าของ Shopee หากทราบ จะไม่ต้องค้นหา",
            )
            .example("1000"),
        fields::text("model_id", "Model", "ตัวเลือก")
            .about(
                "Shopee's number of the variant; 0 where there is none.",
                "หมายเลขตัวเลือกของ Shopee หากไม่มีคือ 0",
            )
            .example("3456"),
    ]
}

fn package_number() -> Field {
    fields::text("package_number", "Package", "พัสดุ")
        .about("For orders that were split: which package.", "สำหรับคำสั่งซื้อที่แยกพัสดุ: พัสดุใด")
        .example("OFG1929")
}

fn return_id() -> Field {
    fields::text("return_id", "Return", "การคืน")
        .about("Its number, `return_sn`.", "หมายเลข `return_sn`")
        .required()
        .example("2212080000001")
}
