//! `slack/command_received`: somebody typed a slash command, or pressed a button.
//!
//! Slack signs the time, too: what is older than five minutes is not let in.

use super::SIGNING_SECRET;
use crate::{door, signature, words};
use connector::{Body, Connection, Delivery, Refusal, Request, Webhook};
use model::{Need, OperationSpec};
use serde_json::{Map, Value, json};

const BODY_BYTES_MAX: u64 = 256 << 10;
const VERSION: &str = "v0";
/// Older proofs of the sender, and keys to the workspace.
const SECRETS: [&str; 2] = ["token", "bot_access_token"];

pub struct CommandReceived;

impl Webhook for CommandReceived {
    fn spec(&self) -> OperationSpec {
        spec()
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
        let secret = signature::secret_for(connection, SIGNING_SECRET)?;
        let header = |name: &str| door::header(request.headers, name);
        let time = header("x-slack-request-timestamp").ok_or(Refusal::Unauthorized)?;
        signature::must_be(header("x-slack-signature"), &sign(secret, time, request.body))?;
        let signed_at = time.parse::<i64>().ok();
        signature::must_be_fresh(request, signed_at.map(|secs| secs.saturating_mul(1_000)))?;
        let mut fields = said(request.body)?;
        let id = fields.get("trigger_id").and_then(Value::as_str).map(str::to_owned);
        fields.retain(|name, _| !SECRETS.contains(&name.as_str()));
        let mut head = door::place(request);
        head.insert("timestamp".into(), time.into());
        Ok(Delivery { id, body: Body::Value(fields.into()), head })
    }
}

/// A command comes as a form, what its buttons do as JSON in a form's only field.
fn said(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    let form = door::pairs(body);
    let said = match form.get("payload") {
        Some(Value::String(text)) => door::read_inner(text),
        Some(_) => None,
        None => Some(form),
    };
    match said {
        Some(Value::Object(fields)) => Ok(fields),
        _ => Err(Refusal::Malformed("the payload is not a JSON object".into())),
    }
}

fn sign(secret: &str, time: &str, body: &[u8]) -> String {
    let message = [VERSION.as_bytes(), b":", time.as_bytes(), b":", body].concat();
    format!("{VERSION}={}", signature::hmac_sha256_hex(secret, &message))
}

fn spec() -> OperationSpec {
    OperationSpec::trigger("slack/command_received", "Command received", "ได้รับคำสั่ง")
        .about(
            "Starts when somebody types the app's slash command, or presses one of its buttons.",
            "เริ่มเมื่อมีผู้พิมพ์ slash command ของแอป หรือกดปุ่มของแอป",
        )
        .connection(Need::Required)
        .field(words::path("slack/command"))
        .example(
            json!({"path": "slack/command"}),
            json!({"command": "/stock", "text": "TEA-100", "user_name": "somchai", "channel_name": "warehouse",
                   "response_url": "https://hooks.slack.com/commands/T1/1/abc", "trigger_id": "398738663015.47445629121"}),
        )
}
