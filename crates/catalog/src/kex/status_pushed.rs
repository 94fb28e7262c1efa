//! `kex/status_pushed`: KEX says how a parcel stands.
//!
//! Nothing is signed: whoever knows the address and its key is believed.

use super::COURIER;
use super::api::word;
use crate::parcel::track::{self, Event, Status, bangkok};
use crate::{door, signature, words};
use connector::{Connection, Delivery, Refusal, Request, Webhook};
use model::{Field, FieldKind, Need, OperationSpec};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use url::form_urlencoded;

const PATH: &str = "kex/status-pushed";
const BODY_BYTES_MAX: u64 = 64 << 10;

pub struct StatusPushed;

impl Webhook for StatusPushed {
    fn spec(&self) -> OperationSpec {
        let known = json!({"010": "picked_up", "POD": "delivered"});
        let shipment = track::example(COURIER, "KHL0000001001", Status::PickedUp, "010", "Picked up");
        OperationSpec::trigger("kex/status_pushed", "Status pushed", "สถานะพัสดุถูกส่งมา")
            .about(
                "Starts when KEX says that a parcel's status changed. KEX signs nothing: the address has to end with ?key= \
                 and the connection's key for pushes. Let your firewall take it from KEX's addresses only.",
                "เริ่มเมื่อ KEX แจ้งว่าสถานะพัสดุเปลี่ยน KEX ไม่ลงลายเซ็น ที่อยู่จึงต้องลงท้ายด้วย ?key= และคีย์สำหรับรับสถานะ \
                 ควรให้ไฟร์วอลล์รับเฉพาะที่อยู่ของ KEX",
            )
            .connection(Need::Required)
            .field(words::path(PATH))
            .field(
                Field::new("statuses", FieldKind::Map, "Codes and what they mean", "รหัสและความหมาย")
                    .about(
                        "KEX's codes, and created, picked_up, in_transit, out_for_delivery, delivered, problem, returning, \
                         returned or cancelled. A code that is not here comes without a status, with KEX's words.",
                        "รหัสของ KEX คู่กับ created, picked_up, in_transit, out_for_delivery, delivered, problem, returning, \
                         returned หรือ cancelled รหัสที่ไม่อยู่ในนี้จะไม่มีสถานะ แต่มีข้อความของ KEX",
                    )
                    .default(known.clone())
                    .example(known)
                    .advanced(),
            )
            .example(json!({ "path": PATH }), track::pushed(COURIER, vec![shipment]))
    }

    fn body_bytes_max(&self, _with: &Map<String, Value>) -> u64 {
        BODY_BYTES_MAX
    }

    fn receive(
        &self,
        request: &Request<'_>,
        with: &Map<String, Value>,
        connection: Option<&Connection>,
    ) -> Result<Delivery, Refusal> {
        door::posted(request, BODY_BYTES_MAX)?;
        check_key(request, connection)?;
        let body = read(request)?;
        let pushed = body.pointer("/req/status").filter(|status| status.is_object());
        let pushed = pushed.ok_or_else(|| Refusal::Malformed("the push holds no req.status".into()))?;
        let text =
            |name: &str| pushed.get(name).filter(|value| !value.is_null()).map(word).unwrap_or_default();
        let number = text("con_no");
        if number.is_empty() {
            return Err(Refusal::Ignored("the push names no parcel".into()));
        }
        let code = text("status_code");
        let event = Event {
            status: status(with, &code),
            text: text("status_desc"),
            at: bangkok(&text("status_date"), "%Y-%m-%d %H:%M:%S"),
            location: text("location"),
            raw: pushed.clone(),
            code,
        };
        let id = format!("{number}/{}", hex::encode(Sha256::digest(pushed.to_string())));
        let shipment = track::shipment(COURIER, &number, &text("ref_no"), vec![event]);
        // The query is not kept: the key is in it.
        let head = door::place(request);
        Ok(door::delivery(Some(id), track::pushed(COURIER, vec![shipment]).into(), head))
    }

    fn answer(&self) -> Option<Value> {
        Some(json!({"res": {"status": {"status_code": "000", "status_desc": "Success"}}}))
    }
}

fn check_key(request: &Request<'_>, connection: Option<&Connection>) -> Result<(), Refusal> {
    let wanted = signature::secret_for(connection, "push_key")?;
    let mut pairs = form_urlencoded::parse(request.query.unwrap_or_default().as_bytes());
    let given = pairs.find(|(name, _)| name == "key").map(|(_, value)| value.into_owned());
    signature::must_be(given.as_deref(), wanted)
}

/// JSON; from some installations as a form whose one name it is.
fn read(request: &Request<'_>) -> Result<Value, Refusal> {
    let is_form =
        door::header(request.headers, "content-type").is_some_and(|kind| kind.contains("form-urlencoded"));
    if !is_form {
        return Ok(door::read_json(request.body)?.into_value());
    }
    let first = form_urlencoded::parse(request.body).next();
    let (name, value) = first.ok_or_else(|| Refusal::Malformed("the form is empty".into()))?;
    let text = if value.is_empty() { name.into_owned() } else { format!("{name}={value}") };
    Ok(door::read_json(&text.into_bytes().into())?.into_value())
}

fn status(with: &Map<String, Value>, code: &str) -> Option<Status> {
    let usual = match code {
        "010" => Some(Status::PickedUp),
        "POD" => Some(Status::Delivered),
        _ => None,
    };
    let set = with.get("statuses").and_then(|statuses| statuses.get(code)?.as_str());
    set.and_then(Status::read).or(usual)
}
