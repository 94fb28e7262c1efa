//! What a store's errors mean for a step. Hosts, firewalls and caches answer in its place, and then not in JSON.

use connector::Error;
use connector::http::{Answer, shorten};
use serde_json::Value;

/// The value of an answer that is a success.
pub fn read(answer: Answer) -> Result<Value, Error> {
    if answer.status.is_success() { answer.json() } else { Err(of_answer(answer)) }
}

/// A refusal in the store's own words.
struct Said {
    code: String,
    message: String,
}

impl Said {
    /// Nothing where something else than the store has answered.
    fn read(answer: &Answer) -> Option<Self> {
        let body = answer.json::<Value>().ok()?;
        let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(Self { code: text("code")?, message: plain(&text("message").unwrap_or_default()) })
    }
}

/// Messages may hold HTML.
fn plain(message: &str) -> String {
    let mut text = String::with_capacity(message.len());
    let mut in_tag = false;
    for letter in message.chars() {
        match letter {
            '<' => in_tag = true,
            '>' if in_tag => in_tag = false,
            _ if in_tag => {}
            _ => text.push(letter),
        }
    }
    shorten(&text)
}

/// Whether an older store does not know how to sort by the time of a change.
pub fn cannot_sort(answer: &Answer) -> bool {
    let body = answer.json::<Value>().unwrap_or_default();
    let is = body.get("code").and_then(Value::as_str) == Some("rest_invalid_param");
    answer.status == 400 && is && body.pointer("/data/params/orderby").is_some()
}

pub fn of_answer(answer: Answer) -> Error {
    let host = answer.host();
    let said = Said::read(&answer);
    let (code, message) = match &said {
        Some(said) => (said.code.as_str(), said.message.as_str()),
        None => ("", "no message"),
    };
    match answer.status.as_u16() {
        400 => refused(code, message),
        401 if code.starts_with("woocommerce_rest_cannot") => not_allowed(message),
        401 => Error::Connection {
            message: format!("{host} did not accept the keys: {message}"),
            advice: "Check consumer key and secret; where they are right, the host may drop them: choose \"In the address\" under More settings.".into(),
        },
        403 if said.is_some() => not_allowed(message),
        403 => Error::Connection {
            message: format!("{host} lets nobody in (status 403); a firewall may have answered"),
            advice: "Let the store's host admit calls of its API from this machine's address.".into(),
        },
        404 if said.is_none() || code == "rest_no_route" => Error::Connection {
            message: format!("{host} has no WooCommerce API at this address"),
            advice: "Check the store's address, that WooCommerce and the plugin for this step are active, and its permalinks: where they are plain, choose that under More settings.".into(),
        },
        404 | 405 | 409 | 410 | 422 => refused(code, message),
        _ => answer.failed(&said.map(|said| said.message).unwrap_or_default()),
    }
}

fn not_allowed(message: &str) -> Error {
    Error::Connection {
        message: format!("the keys may not do this in the store: {message}"),
        advice: "Give the keys read and write permission, and their user the role of a shop manager.".into(),
    }
}

fn refused(code: &str, message: &str) -> Error {
    let advice = match code {
        "rest_invalid_param" => "Correct the field that is named, or update WooCommerce, then retry.",
        code if code.ends_with("invalid_sku") => {
            "Another product has this SKU: correct one of them, then retry."
        }
        code if code.ends_with("invalid_id") => {
            "Check the id; the record may have been deleted in the store."
        }
        _ => "Correct the data here or the record in the store, then retry.",
    };
    Error::Refused { message: format!("WooCommerce refuses: {message}"), advice: advice.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use connector::Retry;
    use http::StatusCode;
    use serde_json::json;

    fn answer(status: u16, body: &str) -> Answer {
        Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: http::HeaderMap::new(),
            body: Bytes::copy_from_slice(body.as_bytes()),
            url: "https://shop.example.com/wp-json".parse().unwrap(),
        }
    }

    fn error(status: u16, code: &str) -> Error {
        let body =
            json!({"code": code, "message": "<strong>Error:</strong> no.", "data": {"status": status}});
        read(answer(status, &body.to_string())).unwrap_err()
    }

    #[test]
    fn every_status_is_tried_again_or_not_as_the_vendor_says() {
        let table = [
            (400, "rest_invalid_param", "E0308", Retry::Never),
            (400, "woocommerce_rest_product_invalid_id", "E0308", Retry::Never),
            (400, "product_invalid_sku", "E0308", Retry::Never),
            (401, "woocommerce_rest_authentication_error", "E0302", Retry::Never),
            (401, "woocommerce_rest_cannot_edit", "E0302", Retry::Never),
            (403, "rest_forbidden", "E0302", Retry::Never),
            (404, "woocommerce_rest_shop_order_invalid_id", "E0308", Retry::Never),
            (404, "rest_no_route", "E0302", Retry::Never),
            (429, "too_many", "E0306", Retry::Backoff),
            (500, "internal_server_error", "E0307", Retry::Backoff),
            (503, "maintenance", "E0307", Retry::Backoff),
        ];
        for (status, code, ours, retry) in table {
            let error = error(status, code);
            assert_eq!((error.code(), error.retry()), (ours, retry), "{status} {code}: {error:?}");
        }
        assert_eq!(error(400, "x").to_string(), "WooCommerce refuses: Error: no.");
    }

    #[test]
    fn a_page_of_html_is_no_answer_of_the_store_whatever_its_status() {
        let page = "<html>Checking your browser</html>";
        let codes = [200, 403, 404, 503].map(|status| read(answer(status, page)).unwrap_err().code());
        assert_eq!(codes, ["E0309", "E0302", "E0302", "E0307"]);
        assert!(read(answer(200, page)).unwrap_err().may_have_happened());
    }

    #[test]
    fn an_older_store_is_known_by_what_it_cannot_sort_by() {
        let body =
            json!({"code": "rest_invalid_param", "data": {"status": 400, "params": {"orderby": "no"}}});
        assert!(cannot_sort(&answer(400, &body.to_string())));
        let other =
            json!({"code": "rest_invalid_param", "data": {"status": 400, "params": {"status": "no"}}});
        assert!(!cannot_sort(&answer(400, &other.to_string())));
    }
}
