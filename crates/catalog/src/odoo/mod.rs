//! Odoo, from 14 to now: one way to call it, two protocols underneath.

mod cancel_sales_order;
mod changes;
mod create_credit_note;
mod create_invoice;
pub mod create_sales_order;
mod failure;
mod find_orders;
mod get_invoice;
mod get_order;
mod invoice;
mod lookup;
mod order;
mod orders_changed;
mod partner;
mod picking;
mod post_invoice;
mod product;
mod product_record;
mod products_changed;
mod record;
mod rpc;
mod sale;
mod set_stock_count;
mod set_tracking;
mod shipments_changed;
mod stock;
mod stock_changed;
mod stock_levels;
mod upsert_customer;

use connector::action;

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
                "Orders, customers, stock, prices, invoices and deliveries in Odoo, by JSON-2 (19 and later) or JSON-RPC (14 to 18).",
                "คำสั่งขาย ลูกค้า สต็อก ราคา ใบแจ้งหนี้ และการจัดส่งใน Odoo ผ่าน JSON-2 (ตั้งแต่รุ่น 19) หรือ JSON-RPC (รุ่น 14 ถึง 18)",
            )
            .connection(fields())
            .step(
                "In Odoo, make a user of its own for Khlong under Settings, Users, with only the rights that the flows need.",
                "ใน Odoo สร้างผู้ใช้สำหรับ Khlong ที่ Settings > Users ให้สิทธิ์เท่าที่โฟลว์ต้องใช้",
            )
            .step(
                "Sign in as that user, open Preferences, Account Security, New API Key, and choose the longest duration.",
                "เข้าสู่ระบบด้วยผู้ใช้นั้น เปิด Preferences > Account Security > New API Key แล้วเลือกอายุที่นานที่สุด",
            )
            .step(
                "Copy the key into the connection; Odoo shows it once. Where a duration had to be chosen the key ends: after three months at most for \
                 ordinary users. Enter its last day under More settings, Key ends on; Khlong warns two weeks before. Make a new key and enter it \
                 here before that day.",
                "คัดลอกคีย์มาใส่ในการเชื่อมต่อ Odoo แสดงคีย์เพียงครั้งเดียว หาก Odoo ให้เลือกอายุ คีย์จะหมดอายุ ผู้ใช้ทั่วไปได้ไม่เกินสามเดือน \
                 ใส่วันสุดท้ายที่ การตั้งค่าเพิ่มเติม > คีย์หมดอายุวันที่ Khlong จะเตือนล่วงหน้าสองสัปดาห์ ให้สร้างคีย์ใหม่มาใส่ก่อนถึงวันนั้น",
            )
            .step(
                "For an Odoo in your own network, enter its address there, such as http://192.168.1.20:8069, and have whoever runs Khlong start it \
                 with --allow-private. Otherwise Khlong calls no private address and says E0304.",
                "หาก Odoo อยู่ในเครือข่ายของคุณเอง ให้กรอกที่อยู่ในเครือข่าย เช่น http://192.168.1.20:8069 และให้ผู้ดูแลเปิด Khlong ด้วย --allow-private \
                 มิฉะนั้น Khlong จะไม่เรียกที่อยู่ภายในและแจ้ง E0304",
            )
            .limit(
                "Odoo Online allows the external API only in the Custom plan, and about one or two requests a second.",
                "Odoo Online เปิดให้ใช้ API ภายนอกเฉพาะแพ็กเกจ Custom และรับได้ราวหนึ่งถึงสองคำขอต่อวินาที",
            )
            .quirk(
                "Records that are deleted in Odoo leave no trace; archive them instead, and they come with active: false.",
                "ข้อมูลที่ถูกลบใน Odoo จะไม่ทิ้งร่องรอย ควรเก็บเข้าคลัง (archive) แทน แล้วจะได้ active เป็น false",
            )
            .quirk(
                "Tracking numbers need the module Delivery Costs; free quantities per warehouse need Inventory.",
                "เลขพัสดุต้องมีโมดูล Delivery Costs จำนวนพร้อมขายต่อคลังต้องมีโมดูล Inventory",
            )
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
    let sessions = Sessions::shared().clone();
    Parts::of(Odoo(sessions.clone()))
        .action(create_sales_order::CreateSalesOrder(sessions))
        .action(action!(cancel_sales_order))
        .action(action!(create_credit_note, probe, settle))
        .action(action!(create_invoice, probe, settle))
        .action(action!(find_orders))
        .action(action!(get_invoice))
        .action(action!(get_order))
        .action(action!(post_invoice))
        .action(action!(set_stock_count))
        .action(action!(set_tracking))
        .action(action!(stock_levels))
        .action(action!(upsert_customer))
        .poll(orders_changed::OrdersChanged)
        .poll(products_changed::ProductsChanged)
        .poll(shipments_changed::ShipmentsChanged)
        .poll(stock_changed::StockChanged)
}

fn fields() -> Vec<Field> {
    vec![
        Field::new("url", FieldKind::Url, "Address", "ที่อยู่")
            .about(
                "Where Odoo is opened in the browser; in your own network with its port, such as http://192.168.1.20:8069.",
                "ที่อยู่ที่ใช้เปิด Odoo ในเบราว์เซอร์ หากอยู่ในเครือข่ายของคุณเองให้ใส่พอร์ตด้วย เช่น http://192.168.1.20:8069",
            )
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
                "Made in Odoo under Preferences, Account Security. It ends with the duration that was chosen there, three months at most for \
                 ordinary users.",
                "สร้างใน Odoo ที่ Preferences > Account Security คีย์หมดอายุตามอายุที่เลือกไว้ที่นั่น ผู้ใช้ทั่วไปได้ไม่เกินสามเดือน",
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
