//! Secrets, in every way in which they are written on their way, and what our own crates note down.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use connector::Connection;
use secrecy::ExposeSecret;
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::Write;
use std::sync::{Mutex, Once, PoisonError};
use tracing_subscriber::EnvFilter;

/// Every secret of a connection, as it is and as it may be written.
pub fn of(connection: &Connection) -> BTreeSet<String> {
    let tokens = connection.tokens.iter().flat_map(|tokens| tokens.refresh.iter().chain([&tokens.access]));
    let secrets: Vec<String> =
        connection.secrets.values().chain(tokens).map(|secret| secret.expose_secret().to_owned()).collect();
    let users = connection.fields.values().filter_map(Value::as_str).map(str::to_owned);
    let users: Vec<String> = users.chain(secrets.clone()).chain([String::new()]).collect();
    let forms = |secret: &String| {
        let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        let pairs = users.iter().map(|user| format!("{user}:{secret}"));
        let encoded = pairs.chain([secret.clone()]).flat_map(|text| {
            [&STANDARD, &URL_SAFE, &STANDARD_NO_PAD, &URL_SAFE_NO_PAD].map(|engine| engine.encode(&text))
        });
        let json = serde_json::to_string(secret).unwrap();
        encoded.chain([secret.clone(), form, json.trim_matches('"').to_owned()]).collect::<Vec<_>>()
    };
    secrets.iter().flat_map(forms).collect()
}

/// The first of them that a text says.
pub fn said(text: &str, secrets: &BTreeSet<String>) -> Option<String> {
    secrets.iter().find(|secret| text.contains(secret.as_str())).cloned()
}

static NOTED: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Note;

impl Write for Note {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        NOTED.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// From now on everything that our crates trace is noted down.
pub fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let ours =
            EnvFilter::new("off,catalog=trace,connector=trace,wires=trace,hostile=trace,hyper_util=trace");
        tracing_subscriber::fmt().with_env_filter(ours).with_ansi(false).with_writer(|| Note).init();
    });
}

/// What was noted down so far.
pub fn noted() -> String {
    String::from_utf8_lossy(&NOTED.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
}
