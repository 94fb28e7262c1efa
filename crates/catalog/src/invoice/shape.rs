//! What a sale is made of, for whoever maps to one.

use super::input::LINES_MAX;
use model::money::Currency;
use model::{Field, FieldKind};

/// More than any sale has of anything.
const NUMBER_MAX: u64 = 1_000_000_000_000;

/// The field of operations that book a sale.
pub fn field() -> Field {
    Field::new("sale", FieldKind::Json, "Sale", "รายการขาย")
        .about(
            "The shop's number, date, buyer and lines. Amounts are texts with exact digits.",
            "เลขอ้างอิงของร้าน วันที่ ผู้ซื้อ และรายการสินค้า จำนวนเงินเป็นข้อความที่มีทศนิยมแน่นอน",
        )
        .required()
        .example("${nodes.map}")
        .shape(sale_shape())
}

fn text(name: &str, en: &str, th: &str) -> Field {
    Field::new(name, FieldKind::Text, en, th)
}

fn money(name: &str, en: &str, th: &str) -> Field {
    let currency = Currency::Field("currency".into());
    Field::new(name, FieldKind::Money(Some(currency)), en, th).at_most(NUMBER_MAX)
}

fn sale_shape() -> Vec<Field> {
    vec![
        text("reference", "Reference", "เลขอ้างอิง").required().about(
            "The shop's own number of the order: a second document with it is not made.",
            "เลขคำสั่งซื้อของร้าน จะไม่สร้างเอกสารซ้ำด้วยเลขเดียวกัน",
        ),
        text("date", "Date", "วันที่").required().about(
            "Of the document, such as 2026-11-20; a time counts as its day in Thailand.",
            "วันที่ของเอกสาร เช่น 2026-11-20 หากเป็นเวลาจะใช้วันที่ตามเวลาไทย",
        ),
        text("due_date", "Due", "ครบกำหนด")
            .about("When it is to be paid; empty: at once.", "วันครบกำหนดชำระ หากเว้นว่างคือทันที"),
        text("currency", "Currency", "สกุลเงิน")
            .about("Three letters; empty: baht.", "อักษรสามตัว หากเว้นว่างคือบาท"),
        Field::new("buyer", FieldKind::Json, "Buyer", "ผู้ซื้อ")
            .about(
                "Who bought; a full tax invoice needs name, address and tax id.",
                "ผู้ซื้อ ใบกำกับภาษีเต็มรูปต้องมีชื่อ ที่อยู่ และเลขประจำตัวผู้เสียภาษี",
            )
            .shape(buyer_shape()),
        Field::new("lines", FieldKind::List(line_shape()), "Lines", "รายการ")
            .required()
            .at_most(LINES_MAX as u64)
            .about("What was sold; shipping is a line, too.", "สินค้าที่ขาย รวมค่าจัดส่งเป็นหนึ่งรายการ"),
        Field::new("prices_include_vat", FieldKind::Bool, "Prices include VAT", "ราคารวม VAT")
            .about("Whether prices and discounts contain the VAT.", "ราคาและส่วนลดรวมภาษีมูลค่าเพิ่มแล้วหรือไม่"),
        money("discount", "Discount", "ส่วนลดท้ายบิล").about("Off the whole document.", "ส่วนลดจากยอดทั้งเอกสาร"),
        money("total", "Expected total", "ยอดรวมที่ถูกต้อง").about(
            "What the buyer pays, with VAT. Where the lines come to another amount, nothing is made.",
            "ยอดที่ผู้ซื้อชำระรวม VAT หากรายการรวมได้ยอดอื่นจะไม่สร้างเอกสาร",
        ),
        text("note", "Note", "หมายเหตุ").about("Stands on the document.", "แสดงบนเอกสาร"),
    ]
}

pub fn buyer_shape() -> Vec<Field> {
    vec![
        text("code", "Customer's number", "รหัสลูกค้า")
            .about("The shop's number of the customer.", "รหัสลูกค้าของร้าน"),
        text("name", "Name", "ชื่อ").about("As it is to stand on the document.", "ชื่อที่จะแสดงบนเอกสาร"),
        Field::new("company", FieldKind::Bool, "Company", "นิติบุคคล")
            .about("A company, not a person.", "เป็นนิติบุคคล ไม่ใช่บุคคลธรรมดา"),
        text("tax_id", "Tax id", "เลขประจำตัวผู้เสียภาษี").about("Thirteen digits.", "เลข 13 หลัก"),
        text("branch", "Branch", "สาขา").about("00000 is the head office.", "00000 คือสำนักงานใหญ่"),
        text("address", "Address", "ที่อยู่")
            .about("On one line, without the postcode.", "ที่อยู่ในบรรทัดเดียว ไม่รวมรหัสไปรษณีย์"),
        text("zip", "Postcode", "รหัสไปรษณีย์").about("Five digits.", "เลข 5 หลัก"),
        text("email", "E-mail", "อีเมล").about("An address for mail.", "ที่อยู่อีเมล"),
        text("phone", "Phone", "โทรศัพท์").about("A number for calls.", "หมายเลขโทรศัพท์"),
    ]
}

fn line_shape() -> Vec<Field> {
    vec![
        text("sku", "SKU", "รหัสสินค้า (SKU)")
            .about("The product's code in the accounting system.", "รหัสสินค้าในระบบบัญชี"),
        text("name", "Description", "คำอธิบาย")
            .required()
            .about("What stands on the document.", "ข้อความบนเอกสาร"),
        Field::new("quantity", FieldKind::Number, "Quantity", "จำนวน")
            .required()
            .at_most(NUMBER_MAX)
            .about("How many were sold.", "จำนวนที่ขาย"),
        text("unit", "Unit", "หน่วย").about("Such as bag or piece.", "เช่น ถุง หรือ ชิ้น"),
        money("price", "Unit price", "ราคาต่อหน่วย").required().about("Of one.", "ราคาต่อหนึ่งหน่วย"),
        money("discount", "Discount", "ส่วนลด")
            .about("Off this line, as an amount.", "ส่วนลดของรายการนี้เป็นจำนวนเงิน"),
        Field::new("no_vat", FieldKind::Bool, "Without VAT", "ไม่มี VAT").about(
            "This bears no VAT, such as books and fresh food.",
            "รายการที่ไม่มีภาษีมูลค่าเพิ่ม เช่น หนังสือ อาหารสด",
        ),
    ]
}
