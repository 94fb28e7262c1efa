//! `thailand_post/status_pushed`: Thailand Post says how parcels stand, with a bearer that the shop has set.

use super::{COURIER, items};
use crate::parcel::track::{self, Status};
use crate::{door, signature, words};
use connector::{Connection, Delivery, Refusal, Request, Webhook};
use model::{Need, OperationSpec};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

const PATH: &str = "thailand-post/status-pushed";
const BODY_BYTES_MAX: u64 = 1 << 20;

pub struct StatusPushed;

impl Webhook for StatusPushed {
    fn spec(&self) -> OperationSpec {
        let shipment = track::example(COURIER, "EY145587898TH", Status::PickedUp, "103", "รับฝาก");
        OperationSpec::trigger("thailand_post/status_pushed", "Status pushed", "สถานะพัสดุถูกส่งมา")
            .about(
                "Starts when Thailand Post pushes the statuses of parcels; one push may hold several.",
                "เริ่มเมื่อไปรษณีย์ไทยส่งสถานะพัสดุ หนึ่งครั้งอาจมีหลายพัสดุ",
            )
            .connection(Need::Required)
            .field(words::path(PATH))
            .example(json!({ "path": PATH }), track::pushed(COURIER, vec![shipment]))
    }

    fn body_bytes_max(&self, _with: &Map<String, Value>) -> u64 {
        BODY_BYTES_MAX
    }

    fn receive(
        &self,
        request: &Request<'_>,
        _with: &Map<String, Value>,
        connection: Option<&Connection>,
    ) -> Result<Delivery, Refusal> {
        door::posted(request, BODY_BYTES_MAX)?;
        let key = signature::secret_for(connection, "push_key")?;
        signature::must_be(door::header(request.headers, "authorization"), &format!("Bearer {key}"))?;
        let pushed = door::read_json(request.body)?.into_value();
        let items = pushed.get("items").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let shipments = items::shipments(items);
        if shipments.is_empty() {
            return Err(Refusal::Ignored("the push names no parcel".into()));
        }
        // When it was sent is not in the id: the same again is the same event.
        let id = hex::encode(Sha256::digest(Value::from(items).to_string()));
        let head = door::place(request);
        Ok(door::delivery(Some(id), track::pushed(COURIER, shipments).into(), head))
    }
}
