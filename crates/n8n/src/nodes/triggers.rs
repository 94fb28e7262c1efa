//! What begins a workflow.

use super::{carried, list, parameter, text, unknown};
use crate::build::{Builder, Input, Plural, object};
use crate::report;
use crate::source::Node;
use model::{NodeId, PortRef};
use serde_json::{Map, Value, json};

const KNOWN: [&str; 11] = [
    "manualTrigger",
    "start",
    "webhook",
    "scheduleTrigger",
    "cron",
    "interval",
    "executeWorkflowTrigger",
    "errorTrigger",
    "shopifyTrigger",
    "emailReadImap",
    "n8nTrigger",
];

pub fn is_trigger(node: &Node) -> bool {
    KNOWN.contains(&node.kind.as_str())
        || node.kind.ends_with("Trigger")
        || node.kind.ends_with(".chatTrigger")
}

pub fn write(builder: &mut Builder, at: usize, input: &Input) {
    match builder.n8n(at).kind.as_str() {
        "manualTrigger" | "start" => plain(builder, at, input, "core/manual"),
        "executeWorkflowTrigger" => plain(builder, at, input, "core/called"),
        "errorTrigger" => {
            builder.say(&report::ERROR_TRIGGER, at, []);
            plain(builder, at, input, "core/called");
        }
        "webhook" => webhook(builder, at, input),
        "scheduleTrigger" | "cron" | "interval" => schedule(builder, at, input),
        "shopifyTrigger" => shopify(builder, at, input),
        _ => unknown(builder, at, input),
    }
}

fn plain(builder: &mut Builder, at: usize, input: &Input, operation: &str) {
    builder.place(at, input, operation, Map::new());
    builder.gives(at, input, &["out"], Plural::One, "@");
    carried(builder, at, operation);
}

/// n8n's item holds the whole request; here the body goes on, and `trigger` holds the rest.
fn webhook(builder: &mut Builder, at: usize, input: &Input) {
    let node = builder.n8n(at);
    let path = text(node, "path").unwrap_or_default().trim_matches('/').to_owned();
    let plain = !path.is_empty()
        && path.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'/'));
    let methods: Vec<String> = match parameter(node, "httpMethod") {
        Some(Value::String(method)) => vec![method.to_uppercase()],
        Some(Value::Array(methods)) => {
            methods.iter().filter_map(Value::as_str).map(str::to_uppercase).collect()
        }
        _ => vec!["GET".to_owned()],
    };
    let mut with = object(json!({"path": path, "methods": methods}));
    let answer = text(node, "responseMode").unwrap_or("onReceived");
    if answer != "onReceived" {
        with.insert("answer".into(), "result".into());
    }
    let auth = match text(node, "authentication").unwrap_or("none") {
        "none" => None,
        "basicAuth" => Some("basic"),
        "headerAuth" => Some("header"),
        other => {
            builder.say(&report::SETTING, at, [format!("authentication: {other}")]);
            None
        }
    };
    with.extend(auth.map(|auth| ("auth".to_owned(), Value::from(auth))));
    builder.place(at, input, "core/webhook", with);
    builder.connect(at);
    builder.gives(at, input, &["out"], Plural::One, "trigger");
    carried(builder, at, "core/webhook");
    if !plain {
        builder.say(&report::SETTING, at, [format!("path: {path}")]);
    }
    super::left_options(
        builder,
        at,
        "",
        &[
            "path",
            "httpMethod",
            "responseMode",
            "authentication",
            "options",
            "multipleMethods",
            "responseCode",
            "responseData",
        ],
    );
    if let Some(code) = parameter(builder.n8n(at), "responseCode").filter(|code| **code != json!(200)) {
        builder.say(&report::SETTING, at, [format!("responseCode: {code}")]);
    }
    super::left_options(builder, at, "options", &["noResponseBody"]);
    if answer == "lastNode"
        && text(builder.n8n(at), "responseData").is_some_and(|what| what != "firstEntryJson")
    {
        builder.say(&report::SETTING, at, ["responseData".to_owned()]);
    }
}

fn shopify(builder: &mut Builder, at: usize, input: &Input) {
    let operation = match text(builder.n8n(at), "topic") {
        Some("orders/create") => "shopify/order_created",
        Some("orders/paid") => "shopify/order_paid",
        Some("orders/updated") => "shopify/order_updated",
        Some("orders/cancelled") => "shopify/order_cancelled",
        _ => return unknown(builder, at, input),
    };
    let path = operation.replace('_', "-");
    builder.place(at, input, operation, object(json!({"path": path})));
    builder.connect(at);
    builder.gives(at, input, &["out"], Plural::One, "@");
    carried(builder, at, operation);
}

/// Each rule is a trigger of its own.
fn schedule(builder: &mut Builder, at: usize, input: &Input) {
    let node = builder.n8n(at);
    let rules: Vec<Option<String>> = match node.kind.as_str() {
        "scheduleTrigger" => {
            let rules = list(node, "rule.interval");
            if rules.is_empty() {
                vec![Some("0 0 * * *".into())]
            } else {
                rules.iter().map(interval_rule).collect()
            }
        }
        "cron" => list(node, "triggerTimes.item").iter().map(cron_rule).collect(),
        _ => vec![every(parameter(node, "interval"), text(node, "unit").unwrap_or("seconds"))],
    };
    let zone = builder.zone().to_owned();
    builder.zone_missed = true;
    let mut outs: Vec<NodeId> = Vec::new();
    for (number, rule) in rules.iter().enumerate() {
        let Some(cron) = rule else {
            builder.say(&report::SETTING, at, [format!("rule {}", number + 1)]);
            continue;
        };
        let with = object(json!({"cron": cron, "time_zone": zone}));
        builder.say(&report::SCHEDULE, at, [cron.clone(), zone.clone()]);
        if outs.is_empty() {
            builder.place(at, input, "core/schedule", with);
            outs.push(builder.ids[at].clone());
        } else {
            let id = NodeId::from(&*builder.extra.node(builder.ids[at].clone().as_str(), "schedule"));
            let place = builder.n8n(at).at;
            let title = builder.n8n(at).name.clone();
            builder.put(&id, &title, "core/schedule", with, [place[0], place[1] + 110.0 * number as f64]);
            outs.push(id);
        }
    }
    let Some((_, others)) = outs.split_first() else { return unknown(builder, at, input) };
    builder.gives(at, input, &["out"], Plural::One, "@");
    if is_read(builder, at) {
        builder.say(&report::TRIGGER_DATA, at, [builder.n8n(at).kind.clone()]);
    }
    // What follows the first follows each of them.
    let targets: Vec<usize> =
        builder.workflow.connections.iter().filter(|edge| edge.from == at).map(|edge| edge.to).collect();
    let others: Vec<PortRef> =
        others.iter().map(|id| PortRef { node: id.clone(), port: "out".into() }).collect();
    for (from, to) in others.iter().flat_map(|from| targets.iter().map(move |to| (from, to))) {
        let to = builder.ids[*to].clone();
        builder.edge(from.clone(), to);
    }
}

/// Whether what follows reads what it gives.
fn is_read(builder: &Builder, at: usize) -> bool {
    let follows =
        |node: &usize| builder.workflow.connections.iter().any(|edge| edge.from == at && edge.to == *node);
    (0..builder.workflow.nodes.len()).filter(follows).any(|node| {
        let parameters = Value::Object(builder.n8n(node).parameters.clone()).to_string();
        ["$json", "$input", "items"].iter().any(|name| parameters.contains(name))
    })
}

fn number(rule: &Value, name: &str, otherwise: u64) -> Option<u64> {
    match rule.get(name) {
        None | Some(Value::Null) => Some(otherwise),
        Some(value) => value.as_u64(),
    }
}

/// Every so many, where so many fit evenly into what they are counted in: cron begins anew there.
fn step(count: u64, of: u64) -> Option<String> {
    match count {
        1 => Some("*".into()),
        count if count > 1 && of.is_multiple_of(count) => Some(format!("*/{count}")),
        _ => None,
    }
}

fn interval_rule(rule: &Value) -> Option<String> {
    let field = rule.get("field").and_then(Value::as_str).unwrap_or("days");
    let minute = number(rule, "triggerAtMinute", 0).filter(|minute| *minute < 60);
    let hour = number(rule, "triggerAtHour", 0).filter(|hour| *hour < 24);
    match field {
        "seconds" => Some(format!("{} * * * * *", step(number(rule, "secondsInterval", 30)?, 60)?)),
        "minutes" => Some(format!("{} * * * *", step(number(rule, "minutesInterval", 5)?, 60)?)),
        "hours" => Some(format!("{} {} * * *", minute?, step(number(rule, "hoursInterval", 1)?, 24)?)),
        "days" if number(rule, "daysInterval", 1)? == 1 => Some(format!("{} {} * * *", minute?, hour?)),
        "weeks" if number(rule, "weeksInterval", 1)? == 1 => {
            let days = rule.get("triggerAtDay").and_then(Value::as_array);
            let days: Vec<String> = match days {
                Some(days) => days
                    .iter()
                    .map(|day| day.as_u64().filter(|day| *day < 7).map(|day| day.to_string()))
                    .collect::<Option<_>>()?,
                None => vec!["0".into()],
            };
            (!days.is_empty()).then_some(())?;
            Some(format!("{} {} * * {}", minute?, hour?, days.join(",")))
        }
        "months" if number(rule, "monthsInterval", 1)? == 1 => {
            let day = number(rule, "triggerAtDayOfMonth", 1).filter(|day| (1..=31).contains(day))?;
            Some(format!("{} {} {day} * *", minute?, hour?))
        }
        "cronExpression" => cron_line(rule.get("expression").and_then(Value::as_str)?),
        _ => None,
    }
}

fn cron_line(line: &str) -> Option<String> {
    let line = line.trim();
    let fields = line.split_whitespace().count();
    (!line.starts_with('=') && (fields == 5 || fields == 6)).then(|| line.to_owned())
}

fn every(count: Option<&Value>, unit: &str) -> Option<String> {
    let count = count.map_or(Some(1), Value::as_u64)?;
    match unit {
        "seconds" => Some(format!("{} * * * * *", step(count, 60)?)),
        "minutes" => Some(format!("{} * * * *", step(count, 60)?)),
        "hours" => Some(format!("0 {} * * *", step(count, 24)?)),
        _ => None,
    }
}

fn cron_rule(rule: &Value) -> Option<String> {
    let (minute, hour) = (number(rule, "minute", 0)?, number(rule, "hour", 14)?);
    match rule.get("mode").and_then(Value::as_str).unwrap_or("everyDay") {
        "everyMinute" => Some("* * * * *".into()),
        "everyHour" => Some(format!("{minute} * * * *")),
        "everyDay" => Some(format!("{minute} {hour} * * *")),
        "everyWeek" => {
            let day = rule.get("weekday").map_or(Some("1".into()), |day| {
                day.as_str().map(str::to_owned).or_else(|| day.as_u64().map(|day| day.to_string()))
            })?;
            Some(format!("{minute} {hour} * * {day}"))
        }
        "everyMonth" => Some(format!("{minute} {hour} {} * *", number(rule, "dayOfMonth", 1)?)),
        "everyX" => every(rule.get("value"), rule.get("unit").and_then(Value::as_str).unwrap_or("hours")),
        "custom" => cron_line(rule.get("cronExpression").and_then(Value::as_str)?),
        _ => None,
    }
}
