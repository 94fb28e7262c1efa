//! What people are told and asked when they connect Tryton.

use crate::invoice;
use model::{ConnectorSpec, Field, FieldKind, Purpose, Rate, Span};

/// Tryton limits only signing in; this leaves its workers to the people who work with it.
const RATE: Rate = Rate::new(5, Span::from_secs(1), 4);

pub fn spec() -> ConnectorSpec {
    ConnectorSpec::new("tryton", Purpose::BackOffice, "Tryton", "Tryton")
        .about(
            "Customers, sales, stock, prices, invoices and shipments in Tryton, by JSON-RPC.",
            "ลูกค้า การขาย สต็อก ราคา ใบแจ้งหนี้ และการจัดส่งใน Tryton ผ่าน JSON-RPC",
        )
        .connection(fields())
        .step(
            "In Tryton, make a user of its own for Khlong under Administration, Users, with the groups for sales, stock and accounts.",
            "ใน Tryton สร้างผู้ใช้สำหรับ Khlong ที่ Administration > Users ให้อยู่ในกลุ่มการขาย สต็อก และบัญชี",
        )
        .step(
            "Give that user the company, in the user's form, and a password that nobody else knows.",
            "กำหนดบริษัทให้ผู้ใช้นั้นในฟอร์มผู้ใช้ และตั้งรหัสผ่านที่ไม่มีใครทราบ",
        )
        .step(
            "Enter the server's address, the database's name, user name and password into the connection.",
            "ใส่ที่อยู่เซิร์ฟเวอร์ ชื่อฐานข้อมูล ชื่อผู้ใช้ และรหัสผ่านในการเชื่อมต่อ",
        )
        .limit(
            "Tryton slows down those who sign in too often; Khlong keeps one session and renews it when it has ended.",
            "Tryton จำกัดการเข้าสู่ระบบที่ถี่เกินไป Khlong จึงใช้เซสชันเดียวและเข้าสู่ระบบใหม่เมื่อหมดอายุ",
        )
        .quirk(
            "Prices in Tryton are without VAT: prices that include it are computed back to four digits, and the total is compared.",
            "ราคาใน Tryton ไม่รวม VAT ราคาที่รวม VAT จะถูกคำนวณกลับเป็นทศนิยมสี่ตำแหน่งแล้วตรวจยอดรวม",
        )
        .quirk(
            "Two orders with one reference are not refused by Tryton itself; Khlong asks before it makes one.",
            "Tryton ไม่ได้ห้ามเลขอ้างอิงซ้ำ Khlong จะตรวจก่อนสร้างทุกครั้ง",
        )
        .quirk(
            "Series before 8.0 are called at another path, which is found out when signing in; they are not confirmed by tests.",
            "รุ่นก่อน 8.0 ใช้พาธอื่นซึ่งตรวจพบเองเมื่อเข้าสู่ระบบ แต่ยังไม่ยืนยันด้วยการทดสอบ",
        )
}

fn text(name: &str, en: &str, th: &str) -> Field {
    Field::new(name, FieldKind::Text, en, th)
}

fn fields() -> Vec<Field> {
    vec![
        Field::new("url", FieldKind::Url, "Address", "ที่อยู่")
            .about("Where the server answers.", "ที่อยู่ของเซิร์ฟเวอร์")
            .required()
            .example("https://tryton.example.com"),
        text("database", "Database", "ฐานข้อมูล")
            .about("The database's name.", "ชื่อฐานข้อมูล")
            .required()
            .example("demo"),
        text("username", "User name", "ชื่อผู้ใช้")
            .about("Khlong's user.", "ผู้ใช้ของ Khlong")
            .required()
            .example("khlong"),
        Field::new("password", FieldKind::Secret, "Password", "รหัสผ่าน")
            .about("Of that user.", "ของผู้ใช้นั้น")
            .required(),
        text("company", "Company's id", "ไอดีบริษัท")
            .about("Which company is worked for.", "บริษัทที่ใช้งาน")
            .default("1")
            .example("1"),
        text("warehouse", "Usual warehouse", "คลังหลัก")
            .about(
                "The id of the warehouse that goods are sent from. Empty: the first one.",
                "ไอดีคลังที่ใช้ส่งสินค้า หากเว้นว่างจะใช้คลังแรก",
            )
            .example("5"),
        text("payment_term", "Payment term's id", "ไอดีเงื่อนไขการชำระเงิน")
            .about("What orders are paid by. Empty: none.", "เงื่อนไขการชำระเงินของคำสั่งขาย หากเว้นว่างจะไม่ระบุ")
            .example("1")
            .advanced(),
        text("vat_rate", "VAT in percent", "อัตรา VAT (%)")
            .about("What the products' tax is.", "อัตราภาษีของสินค้า")
            .default(invoice::VAT_RATE)
            .example(invoice::VAT_RATE)
            .advanced(),
        Field::rate(Some(RATE)),
    ]
}
