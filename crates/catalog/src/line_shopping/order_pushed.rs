//! `line_shopping/order_pushed`: what LINE sends, as it sends it.

use super::get_order::an_order;
use super::push;
use crate::{door, words};
use connector::{Connection, Delivery, Refusal, Request, Webhook};
use model::{Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

const PATH: &str = "line-shopping/order-pushed";

pub struct OrderPushed;

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Pushed {
    order_number: Value,
    event: Event,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Event {
    name: String,
    timestamp: Value,
}

impl Webhook for OrderPushed {
    fn spec(&self) -> OperationSpec {
        let mut example = an_order();
        example["event"] = json!({"name": "ORDER.READY_TO_SHIP", "timestamp": "2026-01-05T03:21:12Z"});
        OperationSpec::trigger("line_shopping/order_pushed", "Order pushed by LINE", "LINE ส่งคำสั่งซื้อ")
            .about(
                "Starts for each webhook of LINE: ORDER.PENDING_PAYMENT, ORDER.READY_TO_SHIP, ORDER.CANCELED, \
                 ORDER.COMPLETED and ORDER_DETAIL.SHIPPING_ADDRESS_UPDATED, in event.name. They may come late, out of order \
                 or never: Orders changed is the safer one.",
                "เริ่มเมื่อ LINE ส่งเว็บฮุค ชนิดเหตุการณ์อยู่ใน event.name เหตุการณ์อาจมาช้า สลับลำดับ หรือไม่มา \
                 ตัวเริ่ม \"คำสั่งซื้อเปลี่ยนแปลง\" แน่นอนกว่า",
            )
            .connection(Need::Required)
            .field(words::path(PATH))
            .example(json!({ "path": PATH }), example)
    }

    fn body_bytes_max(&self, _with: &Map<String, Value>) -> u64 {
        push::BODY_BYTES_MAX
    }

    fn receive(
        &self,
        request: &Request<'_>,
        _with: &Map<String, Value>,
        connection: Option<&Connection>,
    ) -> Result<Delivery, Refusal> {
        push::check(request, connection)?;
        let body = door::read_json(request.body)?;
        let pushed: Pushed = body.read().unwrap_or_default();
        let id = door::header(request.headers, "x-request-id").map(str::to_owned);
        let mut head = door::place(request);
        head.insert("event".into(), pushed.event.name.as_str().into());
        Ok(door::delivery(Some(id.unwrap_or_else(|| own_id(&pushed, request.body))), body, head))
    }
}

/// Where LINE gives none: what it is about, and what it says.
fn own_id(pushed: &Pushed, body: &[u8]) -> String {
    let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let digest = hex::encode(Sha256::digest(body));
    let Pushed { order_number, event } = pushed;
    format!("{}/{}/{}/{digest}", word(order_number), event.name, word(&event.timestamp))
}
