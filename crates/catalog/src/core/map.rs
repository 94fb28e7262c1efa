use model::{Field, FieldKind, OperationSpec};
use serde_json::{Value, json};

pub fn spec() -> OperationSpec {
    OperationSpec::transform("core/map", "Map fields", "จับคู่ฟิลด์")
        .about(
            "Makes one value of another, line by line: which field of the target comes from where, and what becomes of it \
             on the way. A line whose source is missing is left out, unless the target needs it.",
            "สร้างข้อมูลชุดใหม่จากข้อมูลที่เข้ามาทีละบรรทัด: ฟิลด์ปลายทางใดมาจากที่ใด และแปลงอย่างไรระหว่างทาง \
             บรรทัดที่ไม่มีค่าต้นทางจะถูกข้าม เว้นแต่ปลายทางต้องใช้ค่านั้น",
        )
        .field(
            Field::new("target", FieldKind::Text, "Made for", "ปลายทาง")
                .about(
                    "The operation and its field that the result goes into. Its fields are then known here, and which of \
                     them it cannot be without. Empty: any fields.",
                    "การทำงานและฟิลด์ที่จะรับผลลัพธ์ เมื่อระบุแล้วระบบจะรู้ว่าปลายทางมีฟิลด์ใดบ้างและฟิลด์ใดจำเป็น \
                     หากเว้นว่างจะใช้ฟิลด์ใดก็ได้",
                )
                .example("odoo/create_sales_order.order"),
        )
        .field(
            Field::new("fields", FieldKind::Mapping, "Fields", "ฟิลด์")
                .about(
                    "One line for each field of the target: an expression or a fixed value; {\"from\", \"as\"} where it is \
                     converted; {\"each\", \"when\", \"fields\"} where a list is made of another, whose elements are item. \
                     A name with points is inside of an object.",
                    "หนึ่งบรรทัดต่อหนึ่งฟิลด์ปลายทาง: นิพจน์หรือค่าคงที่ ใช้ {\"from\", \"as\"} เมื่อต้องแปลงค่า \
                     ใช้ {\"each\", \"when\", \"fields\"} เมื่อสร้างรายการจากอีกรายการหนึ่ง โดยแต่ละรายการคือ item \
                     ชื่อที่มีจุดคือฟิลด์ที่อยู่ข้างในออบเจ็กต์",
                )
                .required()
                .example(fields()),
        )
        .example(
            json!({"target": "odoo/create_sales_order.order", "fields": fields()}),
            json!({
                "reference": "SHOPIFY-820982911946154508",
                "date": "2026-11-20T10:10:00+07:00",
                "partner": {"name": "สมชาย ใจดี", "zip": "10110"},
                "lines": [{"sku": "TEA-100", "quantity": 2, "price": exactly("535.00")}]
            }),
        )
}

/// The binary number that a literal would be forgets a price's zeros.
fn exactly(digits: &str) -> Value {
    digits.parse().map(Value::Number).unwrap_or_default()
}

fn fields() -> Value {
    json!({
        "reference": "SHOPIFY-${input.id}",
        "date": "${input.created_at}",
        "partner.name": {"from": ["${input.customer.first_name}", "${input.customer.last_name}"], "as": {"join": " "}},
        "partner.zip": {"from": "${input.shipping_address.zip}", "as": ["trim", {"default": "10110"}]},
        "lines": {
            "each": "${input.line_items}",
            "fields": {
                "sku": {"from": "${item.sku}", "as": "upper"},
                "quantity": {"from": "${item.quantity}", "as": "integer"},
                "price": {"from": "${item.price}", "as": {"money": "THB"}}
            }
        }
    })
}
