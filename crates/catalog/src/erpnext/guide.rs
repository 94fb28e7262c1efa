//! What people are told and asked when they connect ERPNext.

use super::REFERENCE;
use super::create_sales_order::TERMS;
use crate::invoice;
use model::{ConnectorSpec, Field, FieldKind, Purpose, Rate, Span};

/// ERPNext limits nothing by itself; this leaves its workers to the people who work with it.
const RATE: Rate = Rate::new(5, Span::from_secs(1), 4);

pub fn spec() -> ConnectorSpec {
    ConnectorSpec::new("erpnext", Purpose::BackOffice, "ERPNext", "ERPNext")
        .about(
            "Customers, sales orders, stock, prices, invoices and deliveries in ERPNext 15 and 16.",
            "ลูกค้า คำสั่งขาย สต็อก ราคา ใบแจ้งหนี้ และการจัดส่งใน ERPNext รุ่น 15 และ 16",
        )
        .connection(fields())
        .step(
            "In ERPNext, make a user of its own for Khlong with the roles Sales User, Stock User and Accounts User.",
            "ใน ERPNext สร้างผู้ใช้สำหรับ Khlong ให้บทบาท Sales User, Stock User และ Accounts User",
        )
        .step(
            "Open that user, tab Settings, API Access, and press Generate Keys. Copy key and secret; the secret is shown once.",
            "เปิดผู้ใช้นั้น แท็บ Settings > API Access แล้วกด Generate Keys คัดลอกคีย์และรหัสลับ รหัสลับแสดงเพียงครั้งเดียว",
        )
        .step(
            "Under Customize Form, add the field External ID (Data, Unique, No Copy; name custom_external_id) to Customer, Sales Order, \
             Sales Invoice and Delivery Note: by it nothing is made twice.",
            "ที่ Customize Form เพิ่มฟิลด์ External ID (Data, Unique, No Copy ชื่อ custom_external_id) ใน Customer, Sales Order, \
             Sales Invoice และ Delivery Note เพื่อไม่ให้สร้างเอกสารซ้ำ",
        )
        .step(
            "For changes at once: add a Webhook on Item, Bin or Delivery Note to the trigger's hint path, with Enable Security and the \
             same secret as here.",
            "หากต้องการทราบการเปลี่ยนแปลงทันที: เพิ่ม Webhook ของ Item, Bin หรือ Delivery Note ส่งมายังพาธรับสัญญาณ เปิด Enable Security \
             และใช้รหัสลับเดียวกับที่นี่",
        )
        .limit(
            "A site may limit the time its server works for one user; Khlong waits as long as the answer says.",
            "ไซต์อาจจำกัดเวลาประมวลผลต่อผู้ใช้ Khlong จะรอตามที่คำตอบระบุ",
        )
        .quirk(
            "Webhooks are tried three times and then lost, so triggers ask as well.",
            "ระบบส่งเว็บฮุคสามครั้งแล้วเลิก ตัวเริ่มจึงถามระบบเป็นระยะด้วย",
        )
        .quirk(
            "The delivery note's field for tracking numbers is the transporter's number (lr_no); that it can be written after submitting \
             is not confirmed by the vendor's documentation, and another field can be set under Tracking field.",
            "ฟิลด์เลขพัสดุในใบส่งของคือเลขที่ของผู้ขนส่ง (lr_no) ยังไม่ยืนยันจากเอกสารของผู้ให้บริการว่าแก้ไขได้หลังยืนยันเอกสาร \
             ตั้งเป็นฟิลด์อื่นได้ที่ ฟิลด์เลขพัสดุ",
        )
        .quirk(
            "A price list may hold prices for one customer, one batch or whole packs. Products or prices changed leaves them out: its prices \
             are those that hold for everybody.",
            "รายการราคาอาจมีราคาเฉพาะลูกค้า เฉพาะล็อต หรือเฉพาะเมื่อซื้อยกแพ็ก ตัวเริ่มสินค้าหรือราคาเปลี่ยนแปลงจะไม่รวมราคาเหล่านี้ ได้เฉพาะราคาที่ใช้กับทุกคน",
        )
        .quirk(
            "A credit note bears its share of the discount that its invoice has on the whole document, unless a node says how much.",
            "ใบลดหนี้จะหักส่วนลดท้ายบิลของใบแจ้งหนี้ตามสัดส่วน เว้นแต่โหนดระบุจำนวนไว้",
        )
        .quirk(
            "A draft that is cancelled is deleted, as ERPNext cancels only what has been submitted.",
            "การยกเลิกฉบับร่างคือการลบ เพราะ ERPNext ยกเลิกได้เฉพาะเอกสารที่ยืนยันแล้ว",
        )
}

fn text(name: &str, en: &str, th: &str) -> Field {
    Field::new(name, FieldKind::Text, en, th)
}

fn fields() -> Vec<Field> {
    vec![
        Field::new("url", FieldKind::Url, "Address", "ที่อยู่")
            .about("Where ERPNext is opened in the browser.", "ที่อยู่ที่ใช้เปิด ERPNext ในเบราว์เซอร์")
            .required()
            .example("https://my-company.frappe.cloud"),
        text("api_key", "API key", "API key")
            .about("Of Khlong's user.", "ของผู้ใช้ Khlong")
            .required()
            .example("15e4f7a2c0b93d8"),
        Field::new("api_secret", FieldKind::Secret, "API secret", "API secret")
            .about("Belongs to the API key.", "รหัสลับคู่กับ API key")
            .required(),
        text("company", "Company", "บริษัท")
            .about("The company's name in ERPNext.", "ชื่อบริษัทใน ERPNext")
            .required()
            .example("Khlong Demo"),
        text("warehouse", "Usual warehouse", "คลังหลัก")
            .about(
                "Where goods are sent from, unless a node says otherwise.",
                "คลังที่ใช้ส่งสินค้า เว้นแต่ระบุไว้ในโหนด",
            )
            .example("Stores - KD"),
        text("vat_account", "VAT account", "บัญชี VAT")
            .about(
                "The account that sales VAT is booked to. Empty: orders are made without VAT.",
                "บัญชีภาษีขาย หากเว้นว่างจะสร้างคำสั่งขายโดยไม่มี VAT",
            )
            .example("VAT - KD"),
        text("vat_rate", "VAT in percent", "อัตรา VAT (%)")
            .about("What the account's tax is.", "อัตราภาษีของบัญชี")
            .default(invoice::VAT_RATE)
            .example(invoice::VAT_RATE)
            .advanced(),
        text("exempt_template", "Item tax template without VAT", "แม่แบบภาษีสินค้าไม่มี VAT")
            .about("Put onto lines that bear no VAT.", "ใช้กับรายการที่ไม่มีภาษีมูลค่าเพิ่ม")
            .example("VAT 0% - KD")
            .advanced(),
        text("price_list", "Price list", "รายการราคา")
            .about("The price list that prices are read from.", "รายการราคาที่ใช้อ่านราคา")
            .default("Standard Selling")
            .example("Standard Selling"),
        text("customer_group", "Customer group", "กลุ่มลูกค้า")
            .about("The group of customers that are made.", "กลุ่มของลูกค้าที่สร้างใหม่")
            .default("Individual")
            .example("Individual")
            .advanced(),
        text("territory", "Territory", "เขตการขาย")
            .about("The territory of customers that are made.", "เขตการขายของลูกค้าที่สร้างใหม่")
            .default("Thailand")
            .example("Thailand")
            .advanced(),
        text("reference_field", "Field of the shop's number", "ฟิลด์เลขของร้าน")
            .about("The custom field that the shop's numbers are kept in.", "ฟิลด์ที่เก็บเลขของร้าน")
            .default(REFERENCE)
            .example(REFERENCE)
            .advanced(),
        text("note_field", "Field of the note", "ฟิลด์หมายเหตุ")
            .about(
                "The sales order's field that a sale's note is written into; terms are printed and go on to delivery notes and invoices.",
                "ฟิลด์ของคำสั่งขายที่ใช้บันทึกหมายเหตุ ค่า terms จะแสดงเมื่อพิมพ์ และติดไปกับใบส่งของและใบแจ้งหนี้",
            )
            .default(TERMS)
            .example(TERMS)
            .advanced(),
        text("tracking_field", "Tracking field", "ฟิลด์เลขพัสดุ")
            .about("The delivery note's field for tracking numbers.", "ฟิลด์เลขพัสดุในใบส่งของ")
            .default("lr_no")
            .example("lr_no")
            .advanced(),
        text("utc_offset", "Time zone", "เขตเวลา")
            .about(
                "The site's own, in hours from UTC: times come without it.",
                "เขตเวลาของไซต์เทียบกับ UTC เพราะเวลาที่ได้ไม่มีเขตเวลา",
            )
            .default("+07:00")
            .example("+07:00")
            .advanced(),
        Field::new("webhook_secret", FieldKind::Secret, "Webhook secret", "รหัสลับเว็บฮุค").about(
            "As entered in ERPNext's webhooks; only where they are used.",
            "ตามที่ใส่ในเว็บฮุคของ ERPNext ใช้เฉพาะเมื่อใช้เว็บฮุค",
        ),
        Field::rate(Some(RATE)),
    ]
}
