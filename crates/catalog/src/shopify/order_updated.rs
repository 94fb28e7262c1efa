use super::webhook;
use connector::{Connection, Delivery, Refusal, Request, Webhook};
use model::OperationSpec;
use serde_json::{Map, Value};

pub const TOPIC: &str = "orders/updated";
const PATH: &str = "shopify/order-updated";

pub struct OrderUpdated;

impl Webhook for OrderUpdated {
    fn spec(&self) -> OperationSpec {
        let spec = OperationSpec::trigger("shopify/order_updated", "Order updated", "คำสั่งซื้อมีการเปลี่ยนแปลง").about(
            "Starts when anything about an order changes; compare updated_at, for there is no order among deliveries.",
            "เริ่มเมื่อข้อมูลใดของคำสั่งซื้อเปลี่ยน ให้เทียบ updated_at เพราะลำดับการส่งไม่แน่นอน",
        );
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
