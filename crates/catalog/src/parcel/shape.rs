//! What a parcel is made of, for whoever maps to one.

use super::{GRAMS_MAX, ITEMS_MAX, SIDE_CM_MAX};
use crate::values::BAHT_MAX;
use model::money::Currency;
use model::{Field, FieldKind};
use serde_json::{Value, json};

/// The field that every courier's create_shipment has.
pub fn field() -> Field {
    Field::new("parcel", FieldKind::Json, "Parcel", "พัสดุ")
        .about(
            "From whom, to whom, how heavy; the same for every courier.",
            "ผู้ส่ง ผู้รับ และน้ำหนัก ใช้รูปแบบเดียวกันทุกขนส่ง",
        )
        .required()
        .example("${nodes.map}")
        .shape(shape())
}

/// Who sends, for operations that need no whole parcel.
pub fn sender() -> Field {
    Field::new("sender", FieldKind::Json, "Sender", "ผู้ส่ง")
        .required()
        .about("Where the parcels are.", "ที่อยู่ที่ให้ไปรับพัสดุ")
        .example("${nodes.map}")
        .shape(party())
}

fn text(name: &str, en: &str, th: &str) -> Field {
    Field::new(name, FieldKind::Text, en, th).at_most(200)
}

fn number(name: &str, en: &str, th: &str, most: u64) -> Field {
    Field::new(name, FieldKind::Number, en, th).at_most(most)
}

fn baht(name: &str, en: &str, th: &str) -> Field {
    let kind = FieldKind::Money(Some(Currency::Fixed("THB".into())));
    Field::new(name, kind, en, th).at_least(0).at_most(BAHT_MAX)
}

fn shape() -> Vec<Field> {
    vec![
        text("reference", "Reference", "เลขอ้างอิง").at_most(50).required().about(
            "The shop's own number of this parcel: a second one with it is not made.",
            "เลขพัสดุของร้านเอง จะไม่สร้างพัสดุซ้ำด้วยเลขเดียวกัน",
        ),
        Field::new("sender", FieldKind::Json, "Sender", "ผู้ส่ง")
            .required()
            .about("Where it comes from and goes back to.", "ต้นทางและที่อยู่สำหรับส่งคืน")
            .shape(party()),
        Field::new("recipient", FieldKind::Json, "Recipient", "ผู้รับ")
            .required()
            .about("Where it goes.", "ปลายทางของพัสดุ")
            .shape(party()),
        number("weight_grams", "Weight in grams", "น้ำหนัก (กรัม)", GRAMS_MAX)
            .required()
            .at_least(1)
            .about("In whole grams, whatever unit the courier wants.", "กรัมเต็มจำนวน ไม่ว่าขนส่งใช้หน่วยใด"),
        Field::new("size", FieldKind::Json, "Size", "ขนาด")
            .about("Its sides in whole centimetres.", "ด้านของกล่องเป็นเซนติเมตรเต็ม")
            .shape([
                number("length_cm", "Length in cm", "ยาว (ซม.)", SIDE_CM_MAX)
                    .about("The longest side.", "ด้านยาวที่สุด"),
                number("width_cm", "Width in cm", "กว้าง (ซม.)", SIDE_CM_MAX)
                    .about("The second side.", "ด้านที่สอง"),
                number("height_cm", "Height in cm", "สูง (ซม.)", SIDE_CM_MAX)
                    .about("The shortest side.", "ด้านสั้นที่สุด"),
            ]),
        baht("cod", "Cash on delivery", "เก็บเงินปลายทาง").about(
            "What the recipient pays at the door, in baht; empty or 0 for none.",
            "ยอดที่ผู้รับชำระปลายทางเป็นบาท เว้นว่างหรือ 0 หากไม่มี",
        ),
        baht("declared_value", "Declared value", "มูลค่าสินค้า").about(
            "What the goods are worth, in baht, where they are to be insured.",
            "มูลค่าสินค้าเป็นบาท สำหรับทำประกัน",
        ),
        Field::new("items", FieldKind::List(item()), "Items", "สินค้าในพัสดุ")
            .at_most(ITEMS_MAX as u64)
            .about("What is in it.", "สิ่งที่อยู่ในพัสดุ"),
        text("note", "Note", "หมายเหตุ").about("For the courier.", "ข้อความถึงขนส่ง"),
    ]
}

fn party() -> Vec<Field> {
    vec![
        text("name", "Name", "ชื่อ").required().about("A person or a shop.", "ชื่อบุคคลหรือร้าน"),
        text("phone", "Phone", "โทรศัพท์")
            .required()
            .about("Of Thailand, with or without +66.", "เบอร์โทรศัพท์ในไทย มีหรือไม่มี +66 ก็ได้"),
        text("address", "Address", "ที่อยู่")
            .required()
            .about("House number, building and street.", "บ้านเลขที่ อาคาร และถนน"),
        text("subdistrict", "Subdistrict", "ตำบล/แขวง")
            .about("In Thai, with or without the word for it.", "ภาษาไทย มีหรือไม่มีคำนำหน้าก็ได้"),
        text("district", "District", "อำเภอ/เขต")
            .required()
            .about("In Thai, with or without the word for it.", "ภาษาไทย มีหรือไม่มีคำนำหน้าก็ได้"),
        text("province", "Province", "จังหวัด").required().about(
            "In Thai or English; กทม. and Bangkok are known.",
            "ภาษาไทยหรืออังกฤษ รองรับ กทม. และ Bangkok",
        ),
        text("postcode", "Postcode", "รหัสไปรษณีย์").required().about("Five digits.", "เลข 5 หลัก"),
    ]
}

fn item() -> Vec<Field> {
    vec![
        text("name", "Name", "ชื่อสินค้า").required().about("As the courier may read it.", "ชื่อที่ขนส่งอ่านได้"),
        number("quantity", "Quantity", "จำนวน", 1_000_000)
            .about("How many; 1 where it is empty.", "จำนวนชิ้น หากเว้นว่างคือ 1"),
        baht("price", "Price of one", "ราคาต่อชิ้น").about("In baht.", "หน่วยเป็นบาท"),
    ]
}

pub fn example() -> Value {
    json!({
        "reference": "SHOPIFY-1001-1",
        "sender": {
            "name": "ร้านชาดี", "phone": "0810000002", "address": "88 ถ.สีลม", "subdistrict": "สีลม", "district": "บางรัก",
            "province": "กรุงเทพมหานคร", "postcode": "10500"
        },
        "recipient": {
            "name": "สมชาย ใจดี", "phone": "0810000001", "address": "99 หมู่ 1", "subdistrict": "สันทรายน้อย",
            "district": "สันทราย", "province": "เชียงใหม่", "postcode": "50210"
        },
        "weight_grams": 1000,
        "size": {"length_cm": 20, "width_cm": 15, "height_cm": 10},
        "cod": "267.50",
        "items": [{"name": "ชาเขียว", "quantity": 1, "price": "267.50"}]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{OperationSpec, Purpose};
    use std::collections::BTreeSet;

    /// The operations of every courier that end with this name.
    fn of_couriers(name: &str) -> Vec<OperationSpec> {
        let all = crate::all();
        let specs = all.specs();
        let couriers = specs.connectors.values().filter(|connector| connector.purpose == Purpose::Courier);
        let ids = couriers.map(|courier| format!("{}/{name}", courier.id).as_str().into());
        ids.filter_map(|id| specs.operation(&id).cloned()).collect()
    }

    fn names(value: &Value) -> BTreeSet<&str> {
        value.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect()
    }

    #[test]
    fn a_flow_changes_couriers_by_changing_an_operation() {
        let creating = of_couriers("create_shipment");
        assert_eq!(creating.len(), 4);
        for spec in &creating {
            assert_eq!(spec.find_field("parcel"), Some(&field()), "{}", spec.id);
            let given = names(&spec.example_output);
            assert_eq!(
                given,
                BTreeSet::from(["courier", "created", "raw", "reference", "tracking_number"]),
                "{}",
                spec.id
            );
        }
        let told = crate::parcel::track::shipment("any", "1", "", Vec::new());
        let telling = of_couriers("status_pushed").into_iter().chain(of_couriers("track"));
        for spec in telling {
            let output = &spec.example_output;
            assert_eq!(names(&output["shipments"][0]), names(&told), "{}", spec.id);
        }
    }
}
