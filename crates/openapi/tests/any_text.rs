//! Whatever text stands in a field, it comes out at the other side as the same text, and in its own place.

mod common;

use common::read;
use openapi::{Imported, Prepared};
use percent_encoding::percent_decode_str;
use proptest::prelude::*;
use serde_json::{Value, json};
use url::Url;

fn imported() -> Imported {
    let text = |name: &str, place: &str| json!({"name": name, "in": place, "required": place == "path", "schema": {"type": "string"}});
    let body = json!({"content": {"application/x-www-form-urlencoded": {"schema": {"type": "object", "properties": {"sent": {"type": "string"}}}}}});
    let reserved =
        json!({"name": "open", "in": "query", "allowReserved": true, "schema": {"type": "string"}});
    let document = json!({
        "openapi": "3.1.0", "info": {"title": "Any"},
        "paths": {"/before/{id}/after": {"post": {
            "operationId": "send", "requestBody": body,
            "parameters": [text("id", "path"), text("q", "query"), text("c", "cookie"), reserved],
        }}},
    });
    read(&document.to_string())
}

fn prepared(fields: Value) -> Option<Prepared> {
    openapi::request(&imported().operations[0], &fields).ok()
}

fn address(prepared: &Prepared) -> Url {
    Url::parse(&format!("https://x.example{}", prepared.target)).expect("an address")
}

proptest! {
    #[test]
    fn a_text_in_the_path_is_one_step_of_it(id in ".*") {
        let Some(prepared) = prepared(json!({"id": id})) else {
            prop_assert!(id.trim().is_empty() || id == "." || id == "..");
            return Ok(());
        };
        let url = address(&prepared);
        let steps: Vec<_> = url.path_segments().expect("steps").collect();
        prop_assert_eq!(steps.len(), 3);
        prop_assert_eq!(percent_decode_str(steps[1]).decode_utf8().expect("a text"), id);
    }

    #[test]
    fn a_text_in_the_query_is_one_parameter(q in ".*") {
        let prepared = prepared(json!({"id": "1", "q": q, "open": "x"})).expect("a request");
        let pairs: Vec<(String, String)> = address(&prepared).query_pairs().into_owned().collect();
        prop_assert_eq!(pairs, vec![("q".to_owned(), q), ("open".to_owned(), "x".to_owned())]);
    }

    #[test]
    fn a_text_with_reserved_signs_is_one_parameter_too(open in "[ -~ก-๛]*") {
        let prepared = prepared(json!({"id": "1", "open": open})).expect("a request");
        let pairs: Vec<(String, String)> = address(&prepared).query_pairs().into_owned().collect();
        let read = percent_decode_str(&open).decode_utf8_lossy().into_owned();
        prop_assert_eq!(pairs.len(), 1);
        prop_assert_eq!((pairs[0].0.as_str(), pairs[0].1.as_str()), ("open", read.as_str()));
    }

    #[test]
    fn a_text_in_a_form_and_a_cookie_comes_back(sent in ".*") {
        let prepared = prepared(json!({"id": "1", "sent": sent, "c": sent})).expect("a request");
        let body = prepared.body.unwrap_or_default();
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(&body).into_owned().collect();
        prop_assert_eq!(pairs, vec![("sent".to_owned(), sent.clone())]);
        let (_, cookie) = prepared.headers.iter().find(|(name, _)| name == "cookie").expect("a cookie");
        let value = cookie.strip_prefix("c=").expect("its name");
        prop_assert_eq!(percent_decode_str(value).decode_utf8().expect("a text"), sent);
    }
}
