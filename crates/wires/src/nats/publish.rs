//! `nats/publish`: a message that a stream has acknowledged.

use super::client;
use crate::pool::Pool;
use crate::{failure, payload, words};
use async_nats::{Client, HeaderMap, HeaderName, HeaderValue};
use async_trait::async_trait;
use connector::{Action, ActionCx, Error, decode};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::str::FromStr;

/// Of a message's bytes, those that its headers may take.
const HEADER_BYTES: usize = 4 << 10;

pub struct Publish(pub Pool<Client>);

#[derive(Deserialize)]
pub struct Input {
    subject: String,
    body: Value,
    #[serde(default = "payload::json_type")]
    content_type: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

fn spec() -> OperationSpec {
    OperationSpec::action("nats/publish", "Publish a message", "ส่งข้อความ")
        .about(
            "Sends a message to a subject and waits until a stream has it. The step's key travels as Nats-Msg-Id, by which the stream drops a repeat.",
            "ส่งข้อความไปยัง subject และรอจนสตรีมเก็บแล้ว คีย์ของขั้นตอนจะส่งเป็น Nats-Msg-Id สตรีมจึงตัดข้อความซ้ำได้",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(
            Field::new("subject", FieldKind::Text, "Subject", "Subject")
                .about("A subject that a stream keeps.", "Subject ที่มีสตรีมเก็บ")
                .required()
                .at_most(255)
                .example("orders.created"),
        )
        .field(words::body())
        .field(words::content_type())
        .field(words::headers())
        .example(
            json!({"subject": "orders.created", "body": {"order_no": "SHOPIFY-1001"}}),
            json!({"stream": "orders", "sequence": 1042, "duplicate": false}),
        )
}

#[async_trait]
impl Action for Publish {
    fn spec(&self) -> OperationSpec {
        spec()
    }

    fn check(&self, input: Value) -> Result<(), Error> {
        decode::<Input>(input).map(drop)
    }

    async fn run(&self, cx: &ActionCx<'_>, input: Value) -> Result<Value, Error> {
        let input: Input = decode(input)?;
        let connection = cx.connection()?;
        let place = client::place(connection)?;
        let body = payload::written(&input.body, &input.content_type)?;
        let headers = headers(&input, cx.step_key)?;
        let shared = self.0.of(connection);
        let late = || failure::unreachable(&place, &"connecting takes too long");
        let nats = shared.get(client::connect(connection), late).await?;
        if !client::is_up(&nats) {
            shared.broke(&nats).await;
            return Err(failure::unreachable(&place, &"the connection is broken"));
        }
        let limit = nats.server_info().max_payload.saturating_sub(HEADER_BYTES);
        if body.len() > limit {
            let message = format!("the message has {} bytes; this NATS takes {limit} at most", body.len());
            return Err(failure::input(message, "Send less at once, or the address of what is to be read."));
        }
        let kept = client::publish(&nats, &place, &input.subject, headers, body.into()).await?;
        Ok(json!({"stream": kept.stream, "sequence": kept.seq, "duplicate": kept.duplicate}))
    }
}

fn headers(input: &Input, key: &str) -> Result<HeaderMap, Error> {
    let wrong =
        |what: &str| failure::input(format!("the header \"{what}\" cannot be sent"), "Correct the headers.");
    words::bounded(&input.headers, "headers", HEADER_BYTES / 2)?;
    let mut headers = HeaderMap::new();
    for (name, value) in &input.headers {
        let value = HeaderValue::from_str(value).map_err(|_| wrong(name))?;
        headers.insert(HeaderName::from_str(name).map_err(|_| wrong(name))?, value);
    }
    let kind = HeaderValue::from_str(&input.content_type).map_err(|_| wrong("Content-Type"))?;
    headers.insert("Content-Type", kind);
    headers.insert("Nats-Msg-Id", words::short_key(key).as_str());
    Ok(headers)
}
