//! Calls of other systems.

use super::{carried, flag, left_options, list, parameter, text, unknown, values};
use crate::build::{Builder, Input, Plural, object};
use crate::report;
use model::{NodeId, PortRef};
use serde_json::{Map, Value, json};

pub fn http(builder: &mut Builder, at: usize, input: &Input) {
    let node = builder.n8n(at);
    if node.version < 3.0 {
        return old_http(builder, at, input);
    }
    let mut with = head(builder, at, input, "method");
    if flag(builder.n8n(at), "sendQuery", false) {
        let query = pairs(builder, at, input, "specifyQuery", "queryParameters.parameters", "jsonQuery");
        with.extend(query.map(|query| ("query".to_owned(), query)));
    }
    if flag(builder.n8n(at), "sendHeaders", false) {
        let headers =
            pairs(builder, at, input, "specifyHeaders", "headerParameters.parameters", "jsonHeaders");
        with.extend(headers.map(|headers| ("headers".to_owned(), headers)));
    }
    if flag(builder.n8n(at), "sendBody", false) && !body(builder, at, input, &mut with) {
        return unknown(builder, at, input);
    }
    let full = flag(builder.n8n(at), "options.response.response.fullResponse", false);
    if flag(builder.n8n(at), "options.response.response.neverError", false) {
        with.insert("fail_on_status".into(), false.into());
    }
    let format =
        text(builder.n8n(at), "options.response.response.responseFormat").unwrap_or("autodetect").to_owned();
    if !matches!(format.as_str(), "autodetect" | "json") {
        builder.say(&report::SETTING, at, [format!("responseFormat: {format}")]);
    }
    if let Some(ms) = parameter(builder.n8n(at), "options.timeout").and_then(Value::as_u64) {
        with.insert("timeout".into(), model::Span::from_ms(ms).to_string().into());
    }
    if !flag(builder.n8n(at), "options.redirect.redirect.followRedirects", true) {
        builder.say(&report::SETTING, at, ["followRedirects: false".to_owned()]);
    }
    left_options(builder, at, "options", &["response", "timeout", "redirect"]);
    finish(builder, at, input, with, full);
}

fn head(builder: &mut Builder, at: usize, input: &Input, method: &str) -> Map<String, Value> {
    let method = text(builder.n8n(at), method).unwrap_or("GET").to_owned();
    let url = parameter(builder.n8n(at), "url").cloned().unwrap_or_default();
    let url = builder.read(at, input, &url).field();
    object(json!({"method": method, "url": url}))
}

/// Names and values, listed or as JSON.
fn pairs(
    builder: &mut Builder,
    at: usize,
    input: &Input,
    how: &str,
    listed: &str,
    json: &str,
) -> Option<Value> {
    if text(builder.n8n(at), how) == Some("json") {
        let original = parameter(builder.n8n(at), json).cloned().unwrap_or_default();
        return Some(values::json_field(builder, at, input, &original));
    }
    let mut map = Map::new();
    for pair in list(builder.n8n(at), listed) {
        let name = pair["name"].as_str().unwrap_or_default();
        if name.is_empty() {
            continue;
        }
        if name.starts_with('=') || map.contains_key(name) {
            builder.say(&report::SETTING, at, [name.to_owned()]);
            continue;
        }
        let value = builder.read(at, input, &pair["value"]).field();
        map.insert(name.to_owned(), value);
    }
    (!map.is_empty()).then_some(Value::Object(map))
}

/// Tells whether it could be said.
fn body(builder: &mut Builder, at: usize, input: &Input, with: &mut Map<String, Value>) -> bool {
    let kind = text(builder.n8n(at), "contentType").unwrap_or("json").to_owned();
    let value = match kind.as_str() {
        "json" | "form-urlencoded" => {
            let how = "specifyBody";
            if text(builder.n8n(at), how) == Some("string") {
                let original = parameter(builder.n8n(at), "body").cloned().unwrap_or_default();
                let value = builder.read(at, input, &original).field();
                with.insert("body_kind".into(), "text".into());
                Some(value)
            } else {
                pairs(builder, at, input, how, "bodyParameters.parameters", "jsonBody")
            }
        }
        "raw" => {
            let original = parameter(builder.n8n(at), "body").cloned().unwrap_or_default();
            with.insert("body_kind".into(), "text".into());
            if let Some(kind) = text(builder.n8n(at), "rawContentType").map(str::to_owned) {
                let headers = with.entry("headers").or_insert_with(|| json!({}));
                headers["content-type"] = kind.into();
            }
            Some(builder.read(at, input, &original).field())
        }
        other => {
            builder.say(&report::SETTING, at, [format!("contentType: {other}")]);
            return false;
        }
    };
    if kind == "form-urlencoded" {
        with.insert("body_kind".into(), "form".into());
    }
    with.extend(value.map(|value| ("body".to_owned(), value)));
    true
}

/// Versions 1 and 2: the same under other names.
fn old_http(builder: &mut Builder, at: usize, input: &Input) {
    let mut with = head(builder, at, input, "requestMethod");
    let as_json = flag(builder.n8n(at), "jsonParameters", false);
    let parts = [
        ("query", "queryParametersUi.parameter", "queryParametersJson"),
        ("headers", "headerParametersUi.parameter", "headerParametersJson"),
        ("body", "bodyParametersUi.parameter", "bodyParametersJson"),
    ];
    for (name, listed, json) in parts {
        let value = match as_json {
            true => {
                let original = parameter(builder.n8n(at), json).cloned();
                original.map(|original| values::json_field(builder, at, input, &original))
            }
            false => pairs(builder, at, input, "", listed, ""),
        };
        with.extend(value.map(|value| (name.to_owned(), value)));
    }
    match text(builder.n8n(at), "options.bodyContentType") {
        None | Some("json") => {}
        Some("form-urlencoded") => drop(with.insert("body_kind".into(), "form".into())),
        Some(other) => {
            let other = other.to_owned();
            builder.say(&report::SETTING, at, [format!("bodyContentType: {other}")]);
        }
    }
    if let Some(format @ ("string" | "file")) = text(builder.n8n(at), "responseFormat") {
        builder.say(&report::SETTING, at, [format!("responseFormat: {format}")]);
    }
    let full = flag(builder.n8n(at), "options.fullResponse", false);
    left_options(builder, at, "options", &["bodyContentType", "fullResponse"]);
    finish(builder, at, input, with, full);
}

fn finish(builder: &mut Builder, at: usize, input: &Input, mut with: Map<String, Value>, full: bool) {
    // A secret that was left out is the connection's to give: an empty one would stand in its way.
    for part in ["headers", "query"] {
        if let Some(named) = with.get_mut(part).and_then(Value::as_object_mut) {
            named.retain(|name, value| *value != "" || !crate::secrets::is_secret(name));
        }
    }
    builder.place(at, input, "http/request", with);
    builder.connect(at);
    let asks = text(builder.n8n(at), "authentication").is_some_and(|kind| kind != "none");
    if asks && builder.n8n(at).credentials.is_empty() {
        builder.say(&report::SETTING, at, ["authentication".to_owned()]);
    }
    builder.gives(at, input, &["out"], Plural::One, if full { "@" } else { "@.body" });
    carried(builder, at, "http/request");
    if full && !builder.n8n(at).disabled {
        return whole_answer(builder, at);
    }
    let goes_on = builder.workflow.connections.iter().any(|edge| edge.from == at);
    if goes_on && !builder.knows_one(at) && !builder.n8n(at).disabled {
        builder.say(&report::LIST_ANSWER, at, []);
    }
}

/// The whole answer, by the names that n8n gives its parts.
fn whole_answer(builder: &mut Builder, at: usize) {
    let id = builder.ids[at].clone();
    let answer = NodeId::from(&*builder.extra.node(&format!("{id}_answer"), "answer"));
    let value =
        json!({"body": "${input.body}", "headers": "${input.headers}", "statusCode": "${input.status}"});
    let (place, title) = (builder.n8n(at).at, builder.n8n(at).name.clone());
    builder.put(&answer, &title, "core/set", object(json!({"value": value})), [place[0] + 110.0, place[1]]);
    let from = PortRef { node: id, port: "out".into() };
    builder.edge(from, answer.clone());
    if let Some(out) = builder.infos[at].as_mut().and_then(|info| info.outs.first_mut()) {
        out.from = PortRef { node: answer.clone(), port: "out".into() };
    }
    builder.stands_for(at, answer);
}
