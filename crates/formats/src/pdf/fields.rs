//! The fields of a document. The sale has the shape that accounting operations take, so that one mapping makes both.

use super::checks::LINES_MAX;
use model::money::Currency;
use model::{Field, FieldKind};
use serde_json::{Value, json};

/// More than any sale has of anything.
const NUMBER_MAX: u64 = 1_000_000_000_000;

pub fn all() -> Vec<Field> {
    vec![
        Field::choice(
            "kind",
            &[
                ("tax_invoice", "Tax invoice", "ใบกำกับภาษี"),
                ("receipt_tax_invoice", "Receipt and tax invoice", "ใบเสร็จรับเงิน/ใบกำกับภาษี"),
                ("invoice", "Invoice", "ใบแจ้งหนี้"),
                ("receipt", "Receipt", "ใบเสร็จรับเงิน"),
                ("delivery_note", "Delivery note, without prices", "ใบส่งของ ไม่แสดงราคา"),
            ],
            "Kind",
            "ชนิดเอกสาร",
        )
        .about("Which document it is.", "เอกสารที่จะสร้าง")
        .default("tax_invoice")
        .example("tax_invoice"),
        text("number", "Number", "เลขที่เอกสาร")
            .about("The document's serial number; with the book's number before it, where there are books.", "เลขที่ของเอกสาร หากมีเล่มที่ให้ใส่ไว้ข้างหน้า")
            .required()
            .at_most(80)
            .example("IV2026-000081"),
        Field::new("seller", FieldKind::Json, "Seller", "ผู้ขาย")
            .about("Who issues the document, as registered for VAT.", "ผู้ออกเอกสาร ตามที่จดทะเบียนภาษีมูลค่าเพิ่ม")
            .required()
            .shape(seller_shape())
            .example(seller()),
        Field::new("sale", FieldKind::Json, "Sale", "รายการขาย")
            .about(
                "Date, buyer, lines and total, as accounting operations take them. Amounts are texts with exact digits.",
                "วันที่ ผู้ซื้อ รายการสินค้า และยอดรวม รูปแบบเดียวกับการทำงานด้านบัญชี จำนวนเงินเป็นข้อความที่มีทศนิยมแน่นอน",
            )
            .required()
            .shape(sale_shape())
            .example("${nodes.map}"),
        Field::new("vat_rate", FieldKind::Number, "VAT in percent", "อัตราภาษีมูลค่าเพิ่ม (%)")
            .about("0 where the seller is not registered for VAT.", "ใส่ 0 หากผู้ขายไม่ได้จดทะเบียนภาษีมูลค่าเพิ่ม")
            .at_least(0)
            .at_most(30)
            .default(7)
            .example(7),
        Field::choice(
            "language",
            &[("both", "Thai and English", "ไทยและอังกฤษ"), ("th", "Thai", "ไทย"), ("en", "English", "อังกฤษ")],
            "Language",
            "ภาษา",
        )
        .about("The language of the words on it; a tax invoice always has its Thai name.", "ภาษาของข้อความบนเอกสาร ใบกำกับภาษีจะมีชื่อภาษาไทยเสมอ")
        .default("both")
        .example("both"),
        Field::choice(
            "copies",
            &[
                ("original", "Original", "ต้นฉบับ"),
                ("copy", "Copy", "สำเนา"),
                ("original_and_copy", "Original and copy in one file", "ต้นฉบับและสำเนาในไฟล์เดียว"),
            ],
            "Copies",
            "ต้นฉบับ/สำเนา",
        )
        .about("What it is marked as.", "คำที่แสดงบนเอกสาร")
        .default("original")
        .example("original_and_copy"),
        Field::choice(
            "calendar",
            &[
                ("auto", "By the language", "ตามภาษา"),
                ("buddhist", "Buddhist era", "พุทธศักราช"),
                ("common", "Common era", "คริสต์ศักราช"),
            ],
            "Years",
            "ปี",
        )
        .about("Which years dates on the document have.", "ศักราชของวันที่บนเอกสาร")
        .default("auto")
        .example("auto")
        .advanced(),
        text("paid_by", "Paid by", "ชำระโดย")
            .about("Stands on a receipt, such as cash or transfer.", "แสดงบนใบเสร็จ เช่น เงินสด หรือ โอนเงิน")
            .at_most(80)
            .example("โอนเงิน"),
        Field::new("signatures", FieldKind::Bool, "Places to sign", "ช่องลงนาม")
            .about("Whether there are lines to sign on.", "มีเส้นสำหรับลงนามหรือไม่")
            .default(true)
            .example(true)
            .advanced(),
        text("name", "Name of the file", "ชื่อไฟล์")
            .about("What the file is to be called; empty: the number with .pdf.", "ชื่อไฟล์ที่ต้องการ หากเว้นว่างจะใช้เลขที่เอกสารตามด้วย .pdf")
            .at_most(200)
            .example("IV2026-000081.pdf"),
    ]
}

fn text(name: &str, en: &str, th: &str) -> Field {
    Field::new(name, FieldKind::Text, en, th)
}

fn money(name: &str, en: &str, th: &str) -> Field {
    Field::new(name, FieldKind::Money(Some(Currency::Field("currency".into()))), en, th).at_most(NUMBER_MAX)
}

fn seller_shape() -> Vec<Field> {
    vec![
        text("name", "Name", "ชื่อ").required().about("The registered name.", "ชื่อที่จดทะเบียน"),
        text("address", "Address", "ที่อยู่")
            .about("As registered; a tax invoice needs it.", "ที่อยู่ตามที่จดทะเบียน จำเป็นสำหรับใบกำกับภาษี"),
        text("tax_id", "Tax id", "เลขประจำตัวผู้เสียภาษี")
            .about("Thirteen digits; a tax invoice needs it.", "เลข 13 หลัก จำเป็นสำหรับใบกำกับภาษี"),
        text("branch", "Branch", "สาขา").about(
            "00000 is the head office; a tax invoice needs it.",
            "00000 คือสำนักงานใหญ่ จำเป็นสำหรับใบกำกับภาษี",
        ),
        text("phone", "Phone", "โทรศัพท์").about("A number for calls.", "หมายเลขโทรศัพท์"),
        text("email", "E-mail", "อีเมล").about("An address for mail.", "ที่อยู่อีเมล"),
    ]
}

fn sale_shape() -> Vec<Field> {
    vec![
        text("reference", "Reference", "เลขอ้างอิง").about("The shop's own number of the order.", "เลขคำสั่งซื้อของร้าน"),
        text("date", "Date", "วันที่")
            .required()
            .about("Of the document, such as 2026-11-20; a time counts as its day in Thailand.", "วันที่ของเอกสาร เช่น 2026-11-20 หากเป็นเวลาจะใช้วันที่ตามเวลาไทย"),
        text("due_date", "Due", "ครบกำหนด").about("When it is to be paid.", "วันครบกำหนดชำระ"),
        text("currency", "Currency", "สกุลเงิน").about("Three letters; empty: baht.", "อักษรสามตัว หากเว้นว่างคือบาท"),
        Field::new("buyer", FieldKind::Json, "Buyer", "ผู้ซื้อ")
            .about("Who bought; a tax invoice needs name and address.", "ผู้ซื้อ ใบกำกับภาษีต้องมีชื่อและที่อยู่")
            .shape(buyer_shape()),
        Field::new("lines", FieldKind::List(line_shape()), "Lines", "รายการ")
            .required()
            .at_most(LINES_MAX as u64)
            .about("What was sold; shipping is a line, too.", "สินค้าที่ขาย รวมค่าจัดส่งเป็นหนึ่งรายการ"),
        Field::new("prices_include_vat", FieldKind::Bool, "Prices include VAT", "ราคารวม VAT")
            .about("Whether prices and discounts contain the VAT.", "ราคาและส่วนลดรวมภาษีมูลค่าเพิ่มแล้วหรือไม่"),
        money("discount", "Discount", "ส่วนลดท้ายบิล").about("Off the whole document.", "ส่วนลดจากยอดทั้งเอกสาร"),
        money("total", "Expected total", "ยอดรวมที่ถูกต้อง").about(
            "What the buyer pays, with VAT. Where the lines come to another amount, nothing is made. A delivery note needs none.",
            "ยอดที่ผู้ซื้อชำระรวม VAT หากรายการรวมได้ยอดอื่นจะไม่สร้างเอกสาร ใบส่งของไม่ต้องมี",
        ),
        text("note", "Note", "หมายเหตุ").about("Stands on the document.", "แสดงบนเอกสาร"),
    ]
}

fn buyer_shape() -> Vec<Field> {
    vec![
        text("code", "Customer's number", "รหัสลูกค้า")
            .about("The shop's number of the customer.", "รหัสลูกค้าของร้าน"),
        text("name", "Name", "ชื่อ").about("As it is to stand on the document.", "ชื่อที่จะแสดงบนเอกสาร"),
        Field::new("company", FieldKind::Bool, "Company", "นิติบุคคล").about(
            "A company, not a person: it needs tax id and branch.",
            "เป็นนิติบุคคล ไม่ใช่บุคคลธรรมดา ต้องมีเลขประจำตัวผู้เสียภาษีและสาขา",
        ),
        text("tax_id", "Tax id", "เลขประจำตัวผู้เสียภาษี").about("Thirteen digits.", "เลข 13 หลัก"),
        text("branch", "Branch", "สาขา").about("00000 is the head office.", "00000 คือสำนักงานใหญ่"),
        text("address", "Address", "ที่อยู่").about("With or without the postcode.", "ที่อยู่ มีหรือไม่มีรหัสไปรษณีย์ก็ได้"),
        text("zip", "Postcode", "รหัสไปรษณีย์").about("Stands behind the address.", "แสดงต่อจากที่อยู่"),
        text("email", "E-mail", "อีเมล").about("An address for mail.", "ที่อยู่อีเมล"),
        text("phone", "Phone", "โทรศัพท์").about("A number for calls.", "หมายเลขโทรศัพท์"),
    ]
}

fn line_shape() -> Vec<Field> {
    vec![
        text("sku", "SKU", "รหัสสินค้า (SKU)").about("The product's code.", "รหัสสินค้า"),
        text("name", "Description", "คำอธิบาย")
            .required()
            .about("What stands on the document.", "ข้อความบนเอกสาร"),
        Field::new("quantity", FieldKind::Number, "Quantity", "จำนวน")
            .required()
            .at_most(NUMBER_MAX)
            .about("How many were sold.", "จำนวนที่ขาย"),
        text("unit", "Unit", "หน่วย").about("Such as bag or piece.", "เช่น ถุง หรือ ชิ้น"),
        money("price", "Unit price", "ราคาต่อหน่วย")
            .about("Of one; a delivery note needs none.", "ราคาต่อหนึ่งหน่วย ใบส่งของไม่ต้องมี"),
        money("discount", "Discount", "ส่วนลด")
            .about("Off this line, as an amount.", "ส่วนลดของรายการนี้เป็นจำนวนเงิน"),
        Field::new("no_vat", FieldKind::Bool, "Without VAT", "ไม่มี VAT").about(
            "This bears no VAT, such as books and fresh food.",
            "รายการที่ไม่มีภาษีมูลค่าเพิ่ม เช่น หนังสือ อาหารสด",
        ),
    ]
}

fn seller() -> Value {
    json!({
        "name": "บริษัท ชาดอยไทย จำกัด", "address": "99/9 ถนนพหลโยธิน แขวงจตุจักร เขตจตุจักร กรุงเทพมหานคร 10900",
        "tax_id": "0105556176239", "branch": "00000", "phone": "02 123 4567",
    })
}

pub fn example() -> Value {
    json!({
        "kind": "tax_invoice",
        "number": "IV2026-000081",
        "seller": seller(),
        "sale": {
            "reference": "SHOPIFY-1001",
            "date": "2026-11-20",
            "buyer": {"name": "คุณสมศรี น้ำใจดี", "address": "12 หมู่ 3 ต.แม่สลองใน อ.แม่ฟ้าหลวง จ.เชียงราย", "zip": "57110"},
            "lines": [{"sku": "TEA-01", "name": "ชาอู่หลง 100 กรัม", "quantity": "2", "unit": "ถุง", "price": "133.75"}],
            "prices_include_vat": true,
            "total": "267.50",
        },
        "copies": "original_and_copy",
    })
}

pub fn example_output() -> Value {
    json!({
        "file": {"name": "IV2026-000081.pdf", "content_type": "application/pdf", "bytes": 40372, "base64": "JVBERi0xLjcK…"},
        "pages": 2,
        "left_out": [],
        "net": 250.00,
        "vat": 17.50,
        "total": 267.50,
        "in_words": "สองร้อยหกสิบเจ็ดบาทห้าสิบสตางค์",
    })
}
