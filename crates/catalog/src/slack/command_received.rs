//! `slack/command_received`: somebody typed a slash command.
//!
//! Slack signs the time, too: what is older than five minutes is not let in.

use super::SIGNING_SECRET;
use crate::{door, signature, words};
use connector::{Body, Connection, Delivery, Refusal, Request, Webhook};
use model::{Need, OperationSpec};
use serde_json::{Map, Value, json};

const BODY_BYTES_MAX: u64 = 256 << 10;
const VERSION: &str = "v0";

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
        if request.method != http::Method::POST {
            return Err(Refusal::Method { allowed: "POST".into() });
        }
        door::check_size(request, BODY_BYTES_MAX)?;
        let secret = signature::secret_for(connection, SIGNING_SECRET)?;
        let header = |name: &str| door::header(request.headers, name);
        let time = header("x-slack-request-timestamp").ok_or(Refusal::Unauthorized)?;
        signature::must_be(header("x-slack-signature"), &sign(secret, time, request.body))?;
        let signed_at = time.parse::<i64>().ok();
        signature::must_be_fresh(request, signed_at.map(|secs| secs.saturating_mul(1_000)))?;
        let mut body = door::pairs(request.body);
        let id = ["trigger_id"].iter().find_map(|name| body.get(*name)?.as_str()).map(str::to_owned);
        // The token is an older proof of the sender, and a secret.
        if let Some(fields) = body.as_object_mut() {
            fields.shift_remove("token");
        }
        let head = Map::from_iter([
            ("method".into(), request.method.as_str().into()),
            ("path".into(), request.path.into()),
            ("timestamp".into(), time.into()),
        ]);
        Ok(Delivery { id, body: Body::Value(body), head })
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
