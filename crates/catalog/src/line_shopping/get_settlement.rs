//! `line_shopping/get_settlement`: what LINE pays out for an order.

use super::api::{Api, order_path};
use super::words;
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(deserialize_with = "crate::values::text")]
    order_number: String,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    read(&Api::of(cx)?, &input.order_number).await
}

pub async fn read(api: &Api<'_>, order_number: &str) -> Result<Value, Error> {
    let path = order_path(order_number, "")?.replacen("/orders/", "/settlements/", 1);
    api.get(&path, &[]).await
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("line_shopping/get_settlement", "Get a settlement", "ดึงข้อมูลการโอนเงิน")
        .about(
            "Reads what LINE pays out for an order: fees, tax withheld and the rest.",
            "อ่านยอดที่ LINE โอนให้สำหรับคำสั่งซื้อ รวมค่าธรรมเนียมและภาษีหัก ณ ที่จ่าย",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(words::order_number())
        .example(
            json!({"order_number": words::ORDER}),
            json!({
                "settlementDetail": {"status": "PENDING"},
                "orderIncomeDetail": {"totalPayByBuyer": 628, "transactionFee": 15.7, "serviceFee": 0, "vatAmount": 1.1,
                                      "WHT": 0.47, "orderIncome": 611.67}
            }),
        )
}
