//! `line/event_received`: somebody wrote, added the account, or pressed a button.

use crate::{door, signature, words};
use connector::oauth2::CLIENT_SECRET;
use connector::{Body, Connection, Delivery, Refusal, Request, Webhook};
use model::{Field, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// LINE sends at most some hundred events at once.
const BODY_BYTES_MAX: u64 = 2 << 20;
const SIGNATURE: &str = "x-line-signature";
/// The events whose ids make the delivery's id, where a request brings several.
const NAMED_MAX: usize = 8;

pub struct EventReceived;

#[derive(Deserialize)]
struct Sent {
    #[serde(default)]
    destination: String,
    #[serde(default)]
    events: Vec<Value>,
}

impl Webhook for EventReceived {
    fn spec(&self) -> OperationSpec {
        spec()
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
        let secret = signature::secret_for(connection, CLIENT_SECRET)?;
        let wanted = signature::hmac_sha256_base64(secret, request.body);
        signature::must_be(door::header(request.headers, SIGNATURE), &wanted)?;
        let sent: Sent = serde_json::from_slice(request.body)
            .map_err(|error| Refusal::Malformed(format!("the body is not what LINE sends: {error}")))?;
        let kind = with.get("kind").and_then(Value::as_str).unwrap_or("any");
        delivery(request, sent, kind)
    }
}

fn delivery(request: &Request<'_>, sent: Sent, kind: &str) -> Result<Delivery, Refusal> {
    let text =
        |event: &Value, name: &str| event.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let events: Vec<Value> =
        sent.events.into_iter().filter(|event| kind == "any" || text(event, "type") == kind).collect();
    if events.is_empty() {
        // The console's check sends none.
        return Err(Refusal::Ignored("there is no event of this kind".into()));
    }
    let ids: Vec<String> = events.iter().take(NAMED_MAX).map(|event| text(event, "webhookEventId")).collect();
    let id = ids.iter().all(|id| !id.is_empty()).then(|| format!("{}/{}", ids.join("+"), events.len()));
    let again = events.iter().any(|event| {
        event.pointer("/deliveryContext/isRedelivery").and_then(Value::as_bool).unwrap_or_default()
    });
    let mut head = door::place(request);
    head.insert("redelivery".into(), again.into());
    let body = json!({"destination": sent.destination, "events": events});
    Ok(Delivery { id, body: Body::Value(body), head })
}

fn spec() -> OperationSpec {
    OperationSpec::trigger("line/event_received", "Event received", "ได้รับเหตุการณ์")
        .about(
            "Starts when somebody writes to the account, adds it, leaves it or presses a button. One request may bring several events.",
            "เริ่มเมื่อมีผู้เขียนข้อความถึงบัญชี เพิ่มเพื่อน เลิกติดตาม หรือกดปุ่ม หนึ่งคำขออาจมีหลายเหตุการณ์",
        )
        .connection(Need::Required)
        .field(words::path("line/events"))
        .field(
            Field::choice(
                "kind",
                &[
                    ("any", "Any", "ทุกประเภท"),
                    ("message", "Message", "ข้อความ"),
                    ("follow", "Account added", "เพิ่มเพื่อน"),
                    ("unfollow", "Account blocked", "บล็อกบัญชี"),
                    ("join", "Joined a group", "เข้ากลุ่ม"),
                    ("postback", "Button pressed", "กดปุ่ม"),
                ],
                "Kind",
                "ประเภท",
            )
            .about("Only events of this kind.", "เฉพาะเหตุการณ์ประเภทนี้")
            .default("any")
            .example("message"),
        )
        .example(
            json!({"path": "line/events", "kind": "message"}),
            json!({
                "destination": "U8e742f61d673b39c7fff3cecb7536ef0",
                "events": [{
                    "type": "message", "webhookEventId": "01HF8Z9T4JQ2X7C5M3K6N8P0RS",
                    "deliveryContext": {"isRedelivery": false}, "timestamp": 1795143600000u64,
                    "source": {"type": "user", "userId": "U4af4980629e2d3f1b0c7a5e8d9f60123"},
                    "replyToken": "nHuyWiB7yP5Zw52FIkcQobQuGDXCTA",
                    "message": {"id": "461230966842064897", "type": "text", "text": "สินค้ามีไหมคะ"}
                }]
            }),
        )
}
