//! A label as operations give it: a PDF in base64, or where it is.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use connector::http::Answer;
use serde_json::{Value, json};

/// A label that came as a file; nothing where the answer is none, such as a refusal in JSON.
pub fn of_file(courier: &str, number: &str, answer: &Answer) -> Option<Value> {
    let is_pdf = answer.body.starts_with(b"%PDF");
    is_pdf.then(|| of_base64(courier, number, &STANDARD.encode(&answer.body)))
}

pub fn of_base64(courier: &str, number: &str, base64: &str) -> Value {
    let label = json!({"content_type": "application/pdf", "base64": base64, "url": null});
    json!({"courier": courier, "tracking_number": number, "label": label})
}

pub fn of_url(courier: &str, number: &str, url: &str) -> Value {
    let label = json!({"content_type": "application/pdf", "base64": null, "url": url});
    json!({"courier": courier, "tracking_number": number, "label": label})
}
