//! `woocommerce/get_customer`: a registered customer.

use super::api::{Api, number};
use super::examples;
use crate::values::Filled;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    pub customer_id: Filled,
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("woocommerce/get_customer", "Get a customer", "ดูข้อมูลลูกค้า")
        .about(
            "Reads a customer. An order of a guest has the customer id 0; then only the order's billing address is known.",
            "อ่านข้อมูลลูกค้า คำสั่งซื้อของผู้ที่ไม่ได้สมัครสมาชิกจะมีรหัสลูกค้าเป็น 0 และมีเพียงที่อยู่เรียกเก็บเงินในคำสั่งซื้อ",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(
            Field::new("customer_id", FieldKind::Text, "Customer", "ลูกค้า")
                .about("The customer's id.", "รหัสลูกค้า")
                .required()
                .example("25"),
        )
        .example(json!({"customer_id": "25"}), examples::customer())
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let id = number(input.customer_id.as_str())?;
    if id.trim_start_matches('0').is_empty() {
        return Err(Error::Refused {
            message: "the order was placed by a guest, who is no customer of the store".into(),
            advice: "Take the name and address from the order's billing.".into(),
        });
    }
    Api::open(cx)?.get(&format!("wc/v3/customers/{id}"), &[]).await
}
