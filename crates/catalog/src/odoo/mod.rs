//! Odoo, from 14 to now: one way to call it, two protocols underneath.

pub mod create_sales_order;
mod failure;
mod lookup;
mod order;
mod partner;
mod product;
mod rpc;

use async_trait::async_trait;
use connector::lookup::{Page, Wanted};
use connector::{Connection, Connector, Error, Http, Parts};
use model::{ConnectorSpec, Field, FieldKind, Purpose, Span};
pub use rpc::Sessions;

/// How long Odoo's own servers let a request work (`limit_time_real`).
pub const SETTLE_DEFAULT: Span = Span::from_secs(120);

pub struct Odoo(pub Sessions);

#[async_trait]
impl Connector for Odoo {
    fn spec(&self) -> ConnectorSpec {
        ConnectorSpec::new("odoo", Purpose::BackOffice, "Odoo", "Odoo")
            .about(
                "Sales orders and customers in Odoo, by JSON-2 (19 and later) or JSON-RPC (14 to 18).",
                "คำสั่งขายและลูกค้าใน Odoo ผ่าน JSON-2 (ตั้งแต่รุ่น 19) หรือ JSON-RPC (รุ่น 14 ถึง 18)",
            )
            .connection(fields())
    }

    async fn test(&self, http: &Http, connection: &Connection) -> Result<String, Error> {
        rpc::describe(http, connection, &self.0).await
    }

    fn lookups(&self) -> Vec<&'static str> {
        lookup::names()
    }

    async fn look_up(&self, http: &Http, connection: &Connection, wanted: &Wanted) -> Result<Page, Error> {
        lookup::look_up(http, connection, &self.0, wanted).await
    }
}

pub fn parts() -> Parts {
    let sessions = Sessions::default();
    Parts::of(Odoo(sessions.clone())).action(create_sales_order::CreateSalesOrder(sessions))
}

fn fields() -> Vec<Field> {
    vec![
        Field::new("url", FieldKind::Url, "Address", "ที่อยู่")
            .about("Where Odoo is opened in the browser.", "ที่อยู่ที่ใช้เปิด Odoo ในเบราว์เซอร์")
            .required()
            .example("https://my-company.odoo.com"),
        Field::new("database", FieldKind::Text, "Database", "ฐานข้อมูล")
            .about(
                "The database's name; on Odoo Online it is the first part of the address.",
                "ชื่อฐานข้อมูล สำหรับ Odoo Online คือส่วนแรกของที่อยู่",
            )
            .required()
            .example("my-company"),
        Field::new("username", FieldKind::Text, "User name", "ชื่อผู้ใช้")
            .about(
                "The user that Khlong works as; give it only the rights that the flows need.",
                "ผู้ใช้ที่ Khlong ใช้ทำงาน ให้สิทธิ์เท่าที่โฟลว์ต้องใช้เท่านั้น",
            )
            .required()
            .example("khlong@my-company.com"),
        Field::new("api_key", FieldKind::Secret, "API key", "API key")
            .about(
                "Made in Odoo under Preferences, Account Security. It expires: put a reminder into the calendar.",
                "สร้างใน Odoo ที่ Preferences > Account Security คีย์มีวันหมดอายุ ควรตั้งเตือนในปฏิทิน",
            )
            .required(),
        Field::choice(
            "protocol",
            &[
                ("auto", "Find out", "ตรวจเอง"),
                ("json2", "JSON-2", "JSON-2"),
                ("jsonrpc", "JSON-RPC", "JSON-RPC"),
            ],
            "Protocol",
            "โปรโตคอล",
        )
        .about("How to speak to this Odoo.", "วิธีสื่อสารกับ Odoo นี้")
        .default("auto")
        .example("auto")
        .advanced(),
        Field::new("settle", FieldKind::Span, "Longest request", "คำขอนานที่สุด")
            .about(
                "How long a request whose answer was lost may still be at work in Odoo: its worker time limit.",
                "คำขอที่คำตอบหายไปอาจยังทำงานใน Odoo ได้นานเท่าใด คือค่า worker time limit ของ Odoo",
            )
            .default(SETTLE_DEFAULT.to_string())
            .example(SETTLE_DEFAULT.to_string())
            .advanced(),
        Field::rate(None),
    ]
}
