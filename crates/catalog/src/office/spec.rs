//! The operations in the words that they have for every back office.

use super::input::ITEMS_MAX;
use super::{CUSTOMER, WAREHOUSE};
use crate::invoice;
use model::money::Currency;
use model::{EffectRule, Field, FieldKind, Made, Need, OperationSpec};
use serde_json::{Value, json};

/// More than any order has of anything.
const NUMBER_MAX: u64 = 1_000_000_000_000;

/// A system by its connector's id and by its name.
#[derive(Clone, Copy, Debug)]
pub struct System {
    pub id: &'static str,
    pub name: &'static str,
}

impl System {
    pub fn operation(self, name: &str) -> String {
        format!("{}/{name}", self.id)
    }

    pub(super) fn action(self, name: &str, en: &str, th: &str, rule: EffectRule) -> OperationSpec {
        OperationSpec::action(&self.operation(name), en, th).effect(rule).connection(Need::Required)
    }

    pub fn upsert_customer(self, output: Value) -> OperationSpec {
        self.action("upsert_customer", "Make or update a customer", "สร้างหรืออัปเดตลูกค้า", EffectRule::Idempotent)
            .about(
                "Makes a customer, or brings the one with this number up to date. Empty values leave what is there.",
                "สร้างลูกค้าใหม่ หรืออัปเดตลูกค้าที่มีรหัสนี้ ค่าที่ว่างจะไม่ทับข้อมูลเดิม",
            )
            .field(
                Field::new("buyer", FieldKind::Json, "Customer", "ลูกค้า")
                    .about("The customer's number, name and address.", "รหัส ชื่อ และที่อยู่ของลูกค้า")
                    .required()
                    .example("${nodes.map}")
                    .shape(invoice::buyer_shape()),
            )
            .example(json!({"buyer": buyer()}), output)
    }

    pub fn create_sales_order(self, output: Value) -> OperationSpec {
        self.action("create_sales_order", "Create a sales order", "สร้างคำสั่งขาย", EffectRule::Probe)
            .about(
                "Makes a sales order with its lines, unless there is one with this reference. Where it comes to another total than was \
                 computed, it is not confirmed and a person looks at it.",
                "สร้างคำสั่งขายพร้อมรายการ เว้นแต่มีคำสั่งขายที่ใช้เลขอ้างอิงนี้แล้ว หากยอดรวมต่างจากที่คำนวณไว้ จะไม่ยืนยันและรอให้คนตรวจสอบ",
            )
            .makes(Made::Order)
            .field(invoice::field())
            .field(
                Field::new("delivery_date", FieldKind::Text, "Delivery date", "วันที่จัดส่ง")
                    .about("When it is to be delivered; empty: the day of the order.", "วันที่ต้องจัดส่ง หากเว้นว่างจะใช้วันที่สั่งซื้อ")
                    .example("2026-11-23"),
            )
            .field(
                Field::new("customer", FieldKind::Record(CUSTOMER.into()), "Book to customer", "ลูกค้าที่ใช้บันทึก")
                    .about(
                        "One customer for every order, such as a marketplace. Empty: the customer with the buyer's number.",
                        "ลูกค้ารายเดียวสำหรับทุกคำสั่งซื้อ เช่น มาร์เก็ตเพลส หากเว้นว่างจะใช้ลูกค้าตามรหัสผู้ซื้อ",
                    )
                    .example("${input.customer}"),
            )
            .field(warehouse("Where the goods are sent from. Empty: the connection's or the system's own choice.", "คลังที่ใช้ส่งสินค้า หากเว้นว่างจะใช้ค่าของการเชื่อมต่อหรือของระบบ"))
            .field(
                Field::new("confirm", FieldKind::Bool, "Confirm it", "ยืนยันคำสั่งขาย")
                    .about("Off: it stays as it is made, and a person confirms it.", "หากปิด จะคงสถานะตามที่สร้างให้คนยืนยันเอง")
                    .default(false)
                    .example(true),
            )
            .example(json!({"sale": sale(), "confirm": true}), output)
    }

    pub fn get_order(self, output: Value) -> OperationSpec {
        self.action("get_order", "Get a sales order", "ดึงคำสั่งขาย", EffectRule::Read)
            .about("Reads one sales order with its lines.", "อ่านคำสั่งขายหนึ่งรายการพร้อมสินค้า")
            .field(order())
            .field(by())
            .example(json!({"order": "SHOPIFY-1001"}), output)
    }

    pub fn cancel_order(self, output: Value) -> OperationSpec {
        self.action("cancel_order", "Cancel a sales order", "ยกเลิกคำสั่งขาย", EffectRule::Idempotent)
            .about(
                "Cancels a sales order; one that is cancelled already stays so. What has been shipped or invoiced cannot be cancelled.",
                "ยกเลิกคำสั่งขาย หากยกเลิกแล้วจะคงเดิม คำสั่งขายที่ส่งสินค้าหรือออกใบแจ้งหนี้แล้วยกเลิกไม่ได้",
            )
            .field(order())
            .field(by())
            .example(json!({"order": "SHOPIFY-1001"}), output)
    }

    pub fn stock_levels(self, output: Value) -> OperationSpec {
        let items = FieldKind::List(vec![sku()]);
        self.action("stock_levels", "Read stock", "อ่านสต็อก", EffectRule::Read)
            .about(
                "Reads what is on hand and free of each SKU, by warehouse where the system tells it so.",
                "อ่านจำนวนคงคลังและจำนวนพร้อมขายของแต่ละ SKU แยกตามคลังหากระบบมีข้อมูล",
            )
            .field(
                Field::new("items", items, "Products", "สินค้า")
                    .about("Which products.", "สินค้าที่ต้องการอ่าน")
                    .required()
                    .at_most(u64::try_from(ITEMS_MAX).unwrap_or(u64::MAX))
                    .example("${input.items}"),
            )
            .field(warehouse("Only this warehouse.", "เฉพาะคลังนี้"))
            .example(json!({"items": [{"sku": "TEA-100"}]}), output)
    }

    pub fn create_invoice(self, output: Value) -> OperationSpec {
        self.action("create_invoice", "Invoice a sales order", "ออกใบแจ้งหนี้จากคำสั่งขาย", EffectRule::Probe)
            .about(
                "Invoices a sales order, unless it has an invoice already.",
                "ออกใบแจ้งหนี้จากคำสั่งขาย เว้นแต่มีใบแจ้งหนี้แล้ว",
            )
            .field(order())
            .field(by())
            .field(post())
            .example(json!({"order": "SHOPIFY-1001", "post": true}), output)
    }

    pub fn create_credit_note(self, output: Value) -> OperationSpec {
        self.action("create_credit_note", "Make a credit note", "สร้างใบลดหนี้", EffectRule::Probe)
            .about(
                "Takes back an invoice, all of it or some lines, once for each reference.",
                "ลดหนี้ใบแจ้งหนี้ทั้งใบหรือบางรายการ หนึ่งครั้งต่อเลขอ้างอิง",
            )
            .field(
                Field::new("invoice", FieldKind::Text, "Invoice", "ใบแจ้งหนี้")
                    .about("Its id, as making it gave.", "ไอดีตามที่ได้เมื่อสร้าง")
                    .required()
                    .example("${nodes.invoice.id}"),
            )
            .field(
                Field::new("reference", FieldKind::Text, "Refund's number", "เลขที่การคืนเงิน")
                    .about("A second credit note with it is not made.", "จะไม่สร้างใบลดหนี้ซ้ำด้วยเลขเดียวกัน")
                    .required()
                    .example("SHOPIFY-1001-R1"),
            )
            .field(
                Field::new("date", FieldKind::Text, "Date", "วันที่")
                    .about("Of the credit note; empty: today.", "วันที่ของใบลดหนี้ หากเว้นว่างคือวันนี้")
                    .example("2026-11-25"),
            )
            .field(returned(vec![sku(), quantity()]))
            .field(post())
            .example(json!({"invoice": "7001", "reference": "SHOPIFY-1001-R1"}), output)
    }

    /// The same where the system keeps a reason, and a note can be looked at before it is posted.
    pub fn create_checked_credit_note(self, output: Value) -> OperationSpec {
        let mut spec = self.create_credit_note(output);
        let post = spec.fields.pop();
        for field in &mut spec.fields {
            if field.name == "lines" {
                *field = returned(vec![sku(), quantity(), price()]);
            }
        }
        spec.fields.extend([reason(), discount(), note_total()]);
        spec.fields.extend(post);
        spec
    }

    pub fn set_tracking(self, shipment: &str, output: Value) -> OperationSpec {
        self.action("set_tracking", "Set a tracking number", "บันทึกเลขพัสดุ", EffectRule::Idempotent)
            .about("Writes a parcel's number onto a shipment.", "บันทึกเลขพัสดุลงในรายการจัดส่ง")
            .field(
                Field::new("shipment", FieldKind::Text, "Shipment", "การจัดส่ง")
                    .about("Its id, as Shipments changed gives it.", "ไอดีตามที่ตัวเริ่มการจัดส่งเปลี่ยนแปลงให้")
                    .required()
                    .example(shipment),
            )
            .field(
                Field::new("number", FieldKind::Text, "Tracking number", "เลขพัสดุ")
                    .about("The courier's number of the parcel.", "เลขพัสดุของขนส่ง")
                    .required()
                    .example("TH01234567890"),
            )
            .field(
                Field::new("carrier", FieldKind::Text, "Courier", "ขนส่ง")
                    .about("Its name, where the system has a place for it.", "ชื่อขนส่ง หากระบบมีช่องสำหรับบันทึก")
                    .example("Flash Express"),
            )
            .example(json!({"shipment": shipment, "number": "TH01234567890"}), output)
    }
}

fn quantity() -> Field {
    Field::new("quantity", FieldKind::Number, "Quantity", "จำนวน")
        .about("How many are taken back.", "จำนวนที่คืน")
        .required()
        .at_most(NUMBER_MAX)
        .example(1)
}

fn money(name: &str, en: &str, th: &str) -> Field {
    Field::new(name, FieldKind::Money(Some(Currency::Fixed("THB".into()))), en, th).at_most(NUMBER_MAX)
}

fn price() -> Field {
    money("price", "Unit price", "ราคาต่อหน่วย")
        .about(
            "Of one, in the terms of the invoice's prices; empty: as on the invoice.",
            "ราคาต่อหน่วยตามแบบราคาในใบแจ้งหนี้ หากเว้นว่างจะใช้ราคาตามใบแจ้งหนี้",
        )
        .example("535.00")
}

/// What is taken back. What is missing in the data must not take back more than was meant.
fn returned(line: Vec<Field>) -> Field {
    Field::new("lines", FieldKind::List(line), "Lines", "รายการ")
        .about(
            "What is taken back. Left out: the whole invoice. A list that turns out empty is an error.",
            "รายการที่คืน หากไม่กำหนดช่องนี้คือทั้งใบ หากรายการที่ได้ว่างเปล่าจะถือว่าผิดพลาด",
        )
        .at_most(u64::try_from(ITEMS_MAX).unwrap_or(u64::MAX))
        .example(json!([{"sku": "TEA-100", "quantity": 1}]))
}

fn reason() -> Field {
    Field::new("reason", FieldKind::Text, "Reason", "เหตุผล")
        .about("Stands on the credit note, as the law wants it.", "แสดงบนใบลดหนี้ตามที่กฎหมายกำหนด")
        .example("ลูกค้าคืนสินค้า")
}

/// What is off a credit note, for whoever takes back less than the prices of its lines.
pub fn discount() -> Field {
    money("discount", "Discount", "ส่วนลด")
        .about(
            "Off the whole note, in the terms of the invoice's prices. Empty: the share that the lines have of the invoice's discount, \
             but for lines with a price of their own.",
            "ส่วนลดจากยอดทั้งใบลดหนี้ ตามแบบราคาในใบแจ้งหนี้ หากเว้นว่างจะใช้สัดส่วนของรายการจากส่วนลดท้ายบิล ยกเว้นรายการที่ระบุราคาเอง",
        )
        .example("35.00")
}

pub fn note_total() -> Field {
    money("total", "Expected total", "ยอดรวมที่ถูกต้อง")
        .about(
            "What is refunded, with tax and without a sign. Where the note comes to another amount, it stays a draft and a person looks at it.",
            "ยอดที่คืนรวมภาษี ไม่ใส่เครื่องหมาย หากใบลดหนี้มียอดอื่น จะเป็นฉบับร่างและรอให้คนตรวจสอบ",
        )
        .example("267.50")
}

fn order() -> Field {
    Field::new("order", FieldKind::Text, "Order", "คำสั่งขาย")
        .about("The shop's reference, or the system's id.", "เลขอ้างอิงของร้าน หรือไอดีในระบบ")
        .required()
        .example("SHOPIFY-1001")
}

fn by() -> Field {
    let ways = [("reference", "The shop's reference", "เลขอ้างอิงของร้าน"), ("id", "Id", "ไอดี")];
    Field::choice("by", &ways, "Found by", "ค้นหาด้วย")
        .about("What the order is named by.", "ค่าที่ใช้ระบุคำสั่งขาย")
        .default("reference")
        .example("reference")
}

fn post() -> Field {
    Field::new("post", FieldKind::Bool, "Post it", "ยืนยันเอกสาร")
        .about(
            "Off: it stays a draft that a person posts, where the system has drafts.",
            "หากปิด จะเป็นฉบับร่างให้คนยืนยันเอง หากระบบมีฉบับร่าง",
        )
        .default(false)
        .example(true)
}

fn sku() -> Field {
    Field::new("sku", FieldKind::Text, "SKU", "รหัสสินค้า (SKU)")
        .about("The product's code.", "รหัสสินค้าในระบบ")
        .required()
        .example("TEA-100")
}

fn warehouse(en: &str, th: &str) -> Field {
    Field::new("warehouse", FieldKind::Record(WAREHOUSE.into()), "Warehouse", "คลังสินค้า")
        .about(en, th)
        .example("${input.warehouse}")
}

fn buyer() -> Value {
    json!({"code": "SHOP-8891", "name": "สมชาย ใจดี", "email": "somchai@example.com", "address": "99 ถ.สุขุมวิท กรุงเทพมหานคร", "zip": "10110"})
}

fn sale() -> Value {
    json!({
        "reference": "SHOPIFY-1001", "date": "2026-11-20", "currency": "THB", "prices_include_vat": true, "total": "535.00",
        "buyer": buyer(),
        "lines": [{"sku": "TEA-100", "name": "ชาเขียว 100 g", "quantity": 2, "price": "267.50"}]
    })
}
