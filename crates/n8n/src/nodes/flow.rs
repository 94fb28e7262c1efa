//! Waiting, calling, answering, looping.

use super::{carried, left_options, list, parameter, text, unknown, values};
use crate::build::{Builder, Info, Input, Loop, Out, Plural, object};
use crate::report;
use crate::source::OnError;
use model::PortRef;
use serde_json::{Map, Value, json};

pub fn passes(builder: &mut Builder, at: usize, input: &Input) {
    builder.place(at, input, "core/set", object(json!({"value": "${input}"})));
    builder.gives(at, input, &["out"], input.plural, &input.lens.clone());
    builder.say(&report::PASSES, at, []);
}

pub fn wait(builder: &mut Builder, at: usize, input: &Input) {
    let node = builder.n8n(at);
    let resume = text(node, "resume").unwrap_or("timeInterval").to_owned();
    let mut with = Map::new();
    let (mut plural, mut lens) = (input.plural, input.lens.clone());
    match resume.as_str() {
        "timeInterval" => {
            let (amount, unit) = if node.version < 1.1 { (1, "hours") } else { (5, "seconds") };
            let suffix = match text(node, "unit").unwrap_or(unit) {
                "seconds" => "s",
                "minutes" => "m",
                "hours" => "h",
                _ => "d",
            };
            let amount = parameter(node, "amount").cloned().unwrap_or(json!(amount));
            let written = builder.read(at, input, &amount);
            let span = match written.field() {
                Value::String(text) => format!("{text}{suffix}"),
                other => format!("{other}{suffix}"),
            };
            with.insert("for".into(), span.into());
        }
        "specificTime" => {
            let time = parameter(node, "dateTime").cloned().unwrap_or_default();
            let written = builder.read(at, input, &time);
            with.insert("until".into(), written.field());
        }
        "webhook" => {
            with.insert("callback".into(), true.into());
            (plural, lens) = (Plural::One, "@".into());
            builder.say(&report::TRIGGER_DATA, at, ["wait".to_owned()]);
        }
        _ => return unknown(builder, at, input),
    }
    builder.place(at, input, "core/wait", with);
    builder.gives(at, input, &["out"], plural, &lens);
    carried(builder, at, "core/wait");
}

pub fn stop(builder: &mut Builder, at: usize, input: &Input) {
    let name = if text(builder.n8n(at), "errorType") == Some("errorObject") {
        "errorObject"
    } else {
        "errorMessage"
    };
    let message = parameter(builder.n8n(at), name).cloned().unwrap_or_default();
    let written = builder.read(at, input, &message);
    super::script(builder, at, input, format!("throw {};", written.code()));
    builder.gives(at, input, &["out"], Plural::One, "@");
    builder.say(&report::SCRIPT, at, [builder.n8n(at).kind.clone()]);
}

pub fn call(builder: &mut Builder, at: usize, input: &Input) {
    let node = builder.n8n(at);
    if text(node, "source").is_some_and(|source| source != "database") {
        return unknown(builder, at, input);
    }
    let (id, title) = match parameter(node, "workflowId") {
        Some(Value::String(id)) => (id.clone(), String::new()),
        Some(locator) => (
            locator["value"].as_str().unwrap_or_default().to_owned(),
            locator["cachedResultName"].as_str().unwrap_or_default().to_owned(),
        ),
        None => (String::new(), String::new()),
    };
    if id.starts_with('=') {
        builder.say(&report::SETTING, at, ["workflowId".to_owned()]);
        return unknown(builder, at, input);
    }
    let known = builder
        .flows
        .iter()
        .find(|known| !known.n8n.is_empty() && known.n8n == id)
        .map(|known| known.id.to_string());
    let flow = known
        .clone()
        .unwrap_or_else(|| crate::names::id_of(&title, '-', &crate::names::id_of(&id, '-', "n8n-workflow")));
    let mut with = object(json!({"flow": flow}));
    let fields = parameter(node, "workflowInputs.value")
        .and_then(Value::as_object)
        .filter(|fields| !fields.is_empty())
        .cloned();
    match fields {
        Some(fields) => {
            let value = builder.read_tree(at, input, &Value::Object(fields));
            with.insert("input".into(), value);
        }
        None if input.lens != "@" || input.plural == Plural::Many => {
            with.insert("input".into(), format!("${{{}}}", values::item_code(input)).into());
        }
        None => {}
    }
    builder.place(at, input, "core/call", with);
    builder.gives(at, input, &["out"], Plural::One, "@");
    carried(builder, at, "core/call");
    if known.is_none() {
        let called = if title.is_empty() { id } else { title };
        builder.say(&report::CALLED_FLOW, at, [called, flow]);
    }
    // Here it is called for each of them: what is called takes one item.
    let in_loop = input.scope.last().is_some_and(|index| builder.loops[*index].implicit);
    if in_loop && text(builder.n8n(at), "mode").unwrap_or("once") == "once" {
        builder.say(&report::SETTING, at, ["mode: once, with all items".to_owned()]);
    }
    if parameter(builder.n8n(at), "options.waitForSubWorkflow") == Some(&Value::Bool(false)) {
        builder.say(&report::SETTING, at, ["waitForSubWorkflow: false".to_owned()]);
    }
}

pub fn respond(builder: &mut Builder, at: usize, input: &Input) {
    let node = builder.n8n(at);
    let item = values::item_code(input);
    let what = text(node, "respondWith").unwrap_or("firstIncomingItem").to_owned();
    let mut with = Map::new();
    let mut headers: Map<String, Value> = Map::new();
    let body = match what.as_str() {
        "firstIncomingItem" => Some(Value::String(format!("${{{item}}}"))),
        "allIncomingItems" => Some(Value::String(format!("${{{}}}", super::items(input)))),
        "json" => {
            let original = parameter(node, "responseBody").cloned().unwrap_or_default();
            Some(values::json_field(builder, at, input, &original))
        }
        "text" => {
            let original = parameter(node, "responseBody").cloned().unwrap_or_default();
            headers.insert("content-type".into(), "text/html; charset=utf-8".into());
            Some(builder.read(at, input, &original).field())
        }
        "noData" => Some(Value::String(String::new())),
        "redirect" => {
            let original = parameter(node, "redirectURL").cloned().unwrap_or_default();
            with.insert("status".into(), 307.into());
            headers.insert("location".into(), builder.read(at, input, &original).field());
            Some(Value::String(String::new()))
        }
        _ => return unknown(builder, at, input),
    };
    if let Some(status) = parameter(builder.n8n(at), "options.responseCode").cloned() {
        let status = builder.read(at, input, &status).field();
        with.insert("status".into(), status);
    }
    for header in list(builder.n8n(at), "options.responseHeaders.entries") {
        let value = builder.read(at, input, &header["value"]).field();
        headers.insert(header["name"].as_str().unwrap_or_default().to_lowercase(), value);
    }
    if !headers.is_empty() {
        with.insert("headers".into(), Value::Object(headers));
    }
    with.extend(body.map(|body| ("body".to_owned(), body)));
    left_options(builder, at, "options", &["responseCode", "responseHeaders"]);
    builder.place(at, input, "core/respond", with);
    builder.gives(at, input, &["out"], input.plural, &input.lens.clone());
    carried(builder, at, "core/respond");
}

/// Loop over items: its loop output is the for-each's `item`, and what is done comes out at `done`.
pub fn batches(builder: &mut Builder, at: usize, input: &Input) {
    let node = builder.n8n(at);
    let Some(loop_output) = super::loop_output(node) else { return unknown(builder, at, input) };
    let size = match parameter(node, "batchSize") {
        None if node.version >= 3.0 => Some(1),
        None => Some(10),
        Some(size) => size.as_u64().filter(|size| *size > 0),
    };
    let Some(size) = size else {
        builder.say(&report::SETTING, at, ["batchSize".to_owned()]);
        return unknown(builder, at, input);
    };
    let items = super::items(input);
    let list = if size == 1 { items } else { format!("chunks({items}, {size})") };
    builder.place(
        at,
        input,
        "core/for_each",
        object(json!({"items": format!("${{{list}}}"), "parallel": 1})),
    );
    builder.loops.push(Loop {
        id: builder.ids[at].clone(),
        implicit: false,
        over: at,
        lens: if size == 1 { "@" } else { "chunk" }.into(),
    });
    let index = builder.loops.len() - 1;
    let port = |port: &str| PortRef { node: builder.ids[at].clone(), port: port.into() };
    let inside: Vec<usize> = input.scope.iter().copied().chain([index]).collect();
    let item = Out {
        from: port("item"),
        plural: if size == 1 { Plural::One } else { Plural::Many },
        lens: "@".into(),
        scope: inside,
        taken: input.taken.clone(),
    };
    let results = if size == 1 { "@" } else { "flatten(@)" };
    let done = Out {
        from: port("done"),
        plural: Plural::Many,
        lens: results.into(),
        scope: input.scope.clone(),
        taken: input.taken.clone(),
    };
    let outs = if loop_output == 1 { vec![done, item] } else { vec![item, done] };
    builder.infos[at] = Some(Info { outs, error: Some(port("error")) });
    builder.say(&report::BATCHES, at, []);
    if builder.n8n(at).on_error != OnError::Stop {
        builder.say(&report::SETTING, at, ["onError".to_owned()]);
    }
    if parameter(builder.n8n(at), "options.reset").is_some_and(|reset| *reset != Value::Bool(false)) {
        builder.say(&report::SETTING, at, ["reset".to_owned()]);
    }
}
