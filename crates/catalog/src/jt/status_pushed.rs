//! `jt/status_pushed`: J&T says how a parcel stands, with the same digest as a call.

use super::api::text;
use super::{COURIER, scans, sign};
use crate::parcel::track::{self, Event, Status};
use crate::{door, signature, words};
use connector::{Connection, Delivery, Refusal, Request, Webhook};
use model::{Need, OperationSpec};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use url::form_urlencoded;

const PATH: &str = "jt/status-pushed";
const BODY_BYTES_MAX: u64 = 256 << 10;

pub struct StatusPushed;

impl Webhook for StatusPushed {
    fn spec(&self) -> OperationSpec {
        let shipment = track::example(COURIER, "600000000001", Status::Delivered, "เซ็นรับพัสดุ", "เซ็นรับพัสดุ");
        OperationSpec::trigger("jt/status_pushed", "Status pushed", "สถานะพัสดุถูกส่งมา")
            .about(
                "Starts when J&T says that a parcel was scanned; its digest is checked.",
                "เริ่มเมื่อ J&T แจ้งการสแกนพัสดุ โดยตรวจลายเซ็นก่อน",
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
        let mut pairs = form_urlencoded::parse(request.body);
        let content = pairs.find(|(name, _)| name == "bizContent").map(|(_, value)| value.into_owned());
        let content = content.ok_or_else(|| Refusal::Malformed("the form holds no bizContent".into()))?;
        let key = signature::secret_for(connection, "private_key")?;
        signature::must_be(door::header(request.headers, "digest"), &sign::digest(&content, key))?;
        let pushed = door::read_json(&content.into_bytes().into())?.into_value();
        let number = text(&pushed, "billCode");
        if number.is_empty() {
            return Err(Refusal::Ignored("the push names no parcel".into()));
        }
        let events = scans::events(&pushed);
        let id = id(&number, &events);
        let reference =
            events.iter().map(|event| text(&event.raw, "txlogisticid")).find(|text| !text.is_empty());
        let shipment = track::shipment(COURIER, &number, &reference.unwrap_or_default(), events);
        let head = door::place(request);
        Ok(door::delivery(Some(id), track::pushed(COURIER, vec![shipment]).into(), head))
    }

    fn answer(&self) -> Option<Value> {
        Some(json!({"code": 1, "msg": "success", "data": null, "succ": true, "fail": false}))
    }
}

/// The parcel and each of its scans: J&T gives no id, and sends the same again.
fn id(number: &str, events: &[Event]) -> String {
    let scans = events
        .iter()
        .map(|event| format!("{}|{}\n", text(&event.raw, "scanTime"), text(&event.raw, "scanType")));
    let digest = Sha256::digest(format!("{number}\n{}", scans.collect::<String>()));
    format!("{number}/{}", hex::encode(digest))
}
