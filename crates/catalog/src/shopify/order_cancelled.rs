use super::webhook;
use connector::{Connection, Delivery, Refusal, Request, Webhook};
use model::OperationSpec;
use serde_json::{Map, Value};

pub const TOPIC: &str = "orders/cancelled";
const PATH: &str = "shopify/order-cancelled";

pub struct OrderCancelled;

impl Webhook for OrderCancelled {
    fn spec(&self) -> OperationSpec {
        let spec = OperationSpec::trigger("shopify/order_cancelled", "Order cancelled", "คำสั่งซื้อถูกยกเลิก")
            .about("Starts when an order is cancelled.", "เริ่มเมื่อคำสั่งซื้อถูกยกเลิก");
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
