//! `line_shopping/fulfil_order`: an order is shipped, and the buyer is told its tracking number.

use super::api::{Api, order_path, text};
use super::words;
use crate::values;
use connector::{ActionCx, Error};
use http::Method;
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(deserialize_with = "values::text")]
    pub order_number: String,
    #[serde(deserialize_with = "values::text")]
    pub tracking_number: String,
    #[serde(default, deserialize_with = "values::text")]
    pub tracking_url: String,
}

impl Input {
    pub fn body(&self) -> Value {
        let pairs = [("trackingNumber", &self.tracking_number), ("trackingUrl", &self.tracking_url)];
        let given = pairs.into_iter().filter(|(_, text)| !text.is_empty());
        Value::Object(
            given.map(|(name, text)| (name.to_owned(), text.as_str().into())).collect::<Map<_, _>>(),
        )
    }
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::of(cx)?;
    let order = api.order(&input.order_number).await?;
    // The courier that LINE itself ordered fills the number in.
    if order.pointer("/shipmentDetail/isAutoTracking") == Some(&Value::Bool(true)) {
        return Ok(output(false, "auto_tracking", order));
    }
    let path = order_path(&input.order_number, "/mark-as-ship")?;
    match api.send(Method::POST, &path, &input.body()).await {
        Ok(order) => Ok(output(true, "shipped", order)),
        Err(refused @ Error::Refused { .. }) => already(&api, &input, refused).await,
        Err(error) => Err(error),
    }
}

/// LINE refuses what is shipped already: under the same number that is done, under another it is somebody else's doing.
async fn already(api: &Api<'_>, input: &Input, refused: Error) -> Result<Value, Error> {
    let order = api.order(&input.order_number).await?;
    let number = order.get("shipmentDetail").map(|detail| text(detail, "trackingNumber")).unwrap_or_default();
    if number == input.tracking_number {
        return Ok(output(true, "already_shipped", order));
    }
    if number.is_empty() {
        return Err(refused);
    }
    Err(Error::Refused {
        message: format!("order {} is shipped under {number} already", input.order_number),
        advice: "Use Correct a tracking number if the new one is right.".into(),
    })
}

fn output(shipped: bool, outcome: &str, order: Value) -> Value {
    json!({"shipped": shipped, "outcome": outcome, "order": order})
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("line_shopping/fulfil_order", "Ship an order", "จัดส่งคำสั่งซื้อ")
        .about(
            "Marks a whole order as shipped with its tracking number. LINE knows no partial shipments: send it once, with \
             the first number or several in one text. Where LINE's own courier fills the number in, nothing is done.",
            "บันทึกการจัดส่งทั้งคำสั่งซื้อพร้อมเลขพัสดุ LINE ไม่รองรับการแบ่งส่ง ให้ส่งครั้งเดียวด้วยเลขแรกหรือหลายเลขในข้อความเดียว \
             หากขนส่งของ LINE กรอกเลขให้เอง จะไม่ทำอะไร",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(words::order_number())
        .field(words::tracking_number())
        .field(words::tracking_url())
        .example(
            json!({"order_number": words::ORDER, "tracking_number": "TH0101ABCD0A"}),
            json!({"shipped": true, "outcome": "shipped",
                   "order": {"orderNumber": words::ORDER, "orderStatus": "COMPLETED", "shipmentStatus": "SHIPPED_ALL"}}),
        )
}
