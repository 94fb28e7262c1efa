use super::webhook;
use connector::{Connection, Delivery, Refusal, Request, Webhook};
use model::OperationSpec;
use serde_json::{Map, Value};

pub const TOPIC: &str = "orders/create";
const PATH: &str = "shopify/order-created";

pub struct OrderCreated;

impl Webhook for OrderCreated {
    fn spec(&self) -> OperationSpec {
        let spec = OperationSpec::trigger("shopify/order_created", "Order created", "มีคำสั่งซื้อใหม่")
            .about("Starts when an order is placed, paid or not.", "เริ่มเมื่อมีการสั่งซื้อ ไม่ว่าจะชำระเงินแล้วหรือยัง");
        webhook::order_spec(spec, PATH)
    }

    fn path(&self, with: &Map<String, Value>) -> Option<String> {
        webhook::path(with, PATH)
    }

    fn body_bytes_max(&self, _with: &Map<String, Value>) -> u64 {
        webhook::BODY_BYTES_MAX
    }

    fn receive(
        &self,
        request: &Request<'_>,
        _with: &Map<String, Value>,
        connection: Option<&Connection>,
    ) -> Result<Delivery, Refusal> {
        webhook::receive(request, TOPIC, connection)
    }
}
