//! How KEX is called: two headers, and a code in the answer.

use super::URL;
use connector::http::{read_url, shorten};
use connector::{ActionCx, Connection, Error};
use serde_json::{Map, Value, json};
use url::{Host, Url};

/// Where the connection's shipments go. Names, phones and the key are not sent in the open.
pub fn address(connection: &Connection) -> Result<Url, Error> {
    let url = read_url(connection.text("url").unwrap_or(URL))?;
    let here = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    if url.scheme() == "https" || here {
        return Ok(url);
    }
    Err(Error::Connection {
        message: "the address of KEX does not begin with https".into(),
        advice: "Enter the https address in the connection; ask KEX for it.".into(),
    })
}

/// Sends one shipment and gives what KEX says of it.
pub async fn send(cx: &ActionCx<'_>, shipment: Map<String, Value>) -> Result<Value, Error> {
    let connection = cx.connection()?;
    let call = cx
        .http
        .post(address(connection)?.as_str())
        .header("app_id", connection.need("app_id")?)
        .secret_header("app_key", connection.need_secret("app_key")?)
        .json(&json!({"req": {"shipment": shipment}}));
    let answer = call.send().await?.error_for_status(|_| None)?;
    let said: Value = answer.json()?;
    let shipment = said.pointer("/res/shipment").cloned().unwrap_or_default();
    match shipment.get("status_code").map(word).as_deref() {
        Some("000") => Ok(shipment),
        Some(code) => Err(refused(code, shipment.get("status_desc").map(word).unwrap_or_default().as_str())),
        None => {
            Err(Error::Unreadable { host: answer.host(), message: "an answer without a status code".into() })
        }
    }
}

/// A text that may be written as a number.
pub fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// KEX has one code for everything that it does not take; the rest is in its words.
fn refused(code: &str, words: &str) -> Error {
    Error::Refused {
        message: format!("KEX refuses ({code}): {}", shorten(words)),
        advice:
            "Correct what KEX names, then retry; if it is about app_id or app_key, correct the connection."
                .into(),
    }
}
