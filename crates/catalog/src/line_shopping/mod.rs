//! LINE SHOPPING (MyShop of an OA Plus account): orders, stock, prices and products of a Thai shop.

mod api;
mod cancel_order;
mod failure;
mod find_orders;
mod find_refunds;
mod fulfil_order;
mod get_label;
mod get_order;
mod get_settlement;
mod goods;
mod mark_paid;
mod order_pushed;
mod orders_changed;
mod push;
mod push_price;
mod push_product;
mod push_stock;
mod refunds_changed;
mod set_tracking;
mod window;
mod words;

use api::Api;
use async_trait::async_trait;
use connector::action;
use connector::{Connection, Connector, Error, Http, Parts};
use model::{ConnectorSpec, Field, FieldKind, Purpose, Rate, Span};

const VENDOR: &str = "LINE SHOPPING";
const URL: &str = "https://developers-oaplus.line.biz";
/// 1,000 calls a minute are granted for orders and as many for products, and never more than 50 a second.
const RATE: Rate = Rate::new(16, Span::from_secs(1), 40);

pub struct LineShopping;

#[async_trait]
impl Connector for LineShopping {
    fn spec(&self) -> ConnectorSpec {
        let spec = ConnectorSpec::new("line_shopping", Purpose::Shop, VENDOR, VENDOR)
            .about(
                "Orders, stock, prices and products of a LINE SHOPPING (MyShop) shop in Thailand.",
                "คำสั่งซื้อ สต็อก ราคา และสินค้าของร้าน LINE SHOPPING (MyShop) ในประเทศไทย",
            )
            .connection(fields());
        guide(spec)
    }

    async fn test(&self, http: &Http, connection: &Connection) -> Result<String, Error> {
        let page = Api::new(http, connection).get("/products", &[("page", "1"), ("perPage", "1")]).await?;
        let count = page.get("totalRow").map(ToString::to_string);
        Ok(format!("The key is accepted; the shop has {} products.", count.as_deref().unwrap_or("some")))
    }
}

pub fn parts() -> Parts {
    Parts::of(LineShopping)
        .poll(orders_changed::OrdersChanged)
        .poll(refunds_changed::RefundsChanged)
        .webhook(order_pushed::OrderPushed)
        .action(action!(cancel_order))
        .action(action!(find_orders))
        .action(action!(find_refunds))
        .action(action!(fulfil_order))
        .action(action!(get_label))
        .action(action!(get_order))
        .action(action!(get_settlement))
        .action(action!(mark_paid))
        .action(action!(push_price))
        .action(action!(push_product))
        .action(action!(push_stock))
        .action(action!(set_tracking))
}

fn fields() -> Vec<Field> {
    vec![
        Field::new("api_key", FieldKind::Secret, "API key", "API key")
            .about(
                "Made in OA Plus under Settings, API keys. It opens this one shop.",
                "สร้างใน OA Plus ที่ ตั้งค่า > API keys คีย์หนึ่งใช้ได้กับร้านเดียว",
            )
            .required(),
        Field::new("webhook_secret", FieldKind::Secret, "Webhook secret token", "Webhook secret token")
            .about(
                "What OA Plus shows beside the webhook's address. Only for triggers that LINE sends to.",
                "ค่าที่ OA Plus แสดงข้างที่อยู่เว็บฮุค ใช้กับตัวเริ่มที่ LINE ส่งข้อมูลมาเท่านั้น",
            ),
        Field::choice(
            "signed_with",
            &[
                ("webhook_secret", "Webhook secret token", "Webhook secret token"),
                ("api_key", "API key", "API key"),
            ],
            "Webhooks are signed with",
            "คีย์ที่ใช้ลงลายเซ็นเว็บฮุค",
        )
        .about(
            "Choose the API key if the shop has no webhook secret token and its webhooks are refused.",
            "เลือก API key หากร้านไม่มี webhook secret token และเว็บฮุคถูกปฏิเสธ",
        )
        .default("webhook_secret")
        .example("webhook_secret")
        .advanced(),
        Field::new("url", FieldKind::Url, "Address", "ที่อยู่")
            .about("Where LINE's API is; another one for tests only.", "ที่อยู่ API ของ LINE เปลี่ยนเฉพาะเมื่อทดสอบ")
            .default(URL)
            .example(URL)
            .advanced(),
        Field::rate(Some(RATE)),
    ]
}

fn guide(spec: ConnectorSpec) -> ConnectorSpec {
    spec.step(
        "Open oaplus.line.biz as an administrator of the LINE Official Account.",
        "เปิด oaplus.line.biz ด้วยสิทธิ์ผู้ดูแลของ LINE Official Account",
    )
    .step(
        "Go to Settings, API keys, make a key for Khlong and copy it into API key. A shop has ten keys at most.",
        "ไปที่ ตั้งค่า > API keys สร้างคีย์สำหรับ Khlong แล้วคัดลอกมาใส่ในช่อง API key หนึ่งร้านมีได้ไม่เกิน 10 คีย์",
    )
    .step(
        "To be told of orders at once, enter the address of the trigger as the webhook's address there, and copy its secret token here.",
        "หากต้องการรับคำสั่งซื้อทันที ให้ใส่ที่อยู่ของตัวเริ่มเป็นที่อยู่เว็บฮุคในหน้าเดียวกัน แล้วคัดลอก secret token มาใส่ที่นี่",
    )
    .limit(
        "LINE grants 50 calls a second and 1,000 a minute, for orders and for products each.",
        "LINE อนุญาต 50 ครั้งต่อวินาที และ 1,000 ครั้งต่อนาที แยกกันสำหรับคำสั่งซื้อและสินค้า",
    )
    .limit(
        "A shop has one webhook address: let one flow listen, and others ask.",
        "หนึ่งร้านมีที่อยู่เว็บฮุคเดียว ให้โฟลว์เดียวรับเว็บฮุค ส่วนโฟลว์อื่นใช้การดึงข้อมูล",
    )
    .quirk(
        "An order is shipped once, with one tracking number. There are no partial shipments.",
        "คำสั่งซื้อหนึ่งรายการจัดส่งได้ครั้งเดียวด้วยเลขพัสดุเดียว แบ่งส่งไม่ได้",
    )
    .quirk(
        "Refunds are made in OA Plus; the API only shows them. Partial refunds cannot be told apart.",
        "การคืนเงินทำใน OA Plus เท่านั้น API แสดงได้แต่สถานะ และแยกการคืนเงินบางส่วนไม่ได้",
    )
    .quirk(
        "No webhook comes when an order expires or is refunded: the trigger Orders changed sees both.",
        "ไม่มีเว็บฮุคเมื่อคำสั่งซื้อหมดอายุหรือคืนเงิน แต่ตัวเริ่ม \"คำสั่งซื้อเปลี่ยนแปลง\" เห็นทั้งสองกรณี",
    )
    .quirk(
        "How long a key lives and how often a webhook is sent again is not confirmed by LINE's documentation.",
        "อายุของคีย์และจำนวนครั้งที่ส่งเว็บฮุคซ้ำ ยังไม่มีเอกสารของ LINE ยืนยัน",
    )
    .quirk(
        "Prices are in baht and include VAT; a buyer's tax id is in the note, if anywhere.",
        "ราคาเป็นบาทและรวมภาษีมูลค่าเพิ่มแล้ว เลขประจำตัวผู้เสียภาษีของผู้ซื้อ หากมี จะอยู่ในหมายเหตุ",
    )
}
