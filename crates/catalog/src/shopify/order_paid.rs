use super::webhook;
use connector::{Connection, Delivery, Refusal, Request, Webhook};
use model::OperationSpec;
use serde_json::{Map, Value};

pub const TOPIC: &str = "orders/paid";
const PATH: &str = "shopify/order-paid";

pub struct OrderPaid;

impl Webhook for OrderPaid {
    fn spec(&self) -> OperationSpec {
        let spec = OperationSpec::trigger("shopify/order_paid", "Order paid", "คำสั่งซื้อชำระเงินแล้ว")
            .about("Starts when an order is paid in full.", "เริ่มเมื่อคำสั่งซื้อได้รับการชำระเงินครบ");
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
