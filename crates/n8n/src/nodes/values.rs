//! Nodes that put a value together.

use super::{carried, flag, left_options, list, parameter, script, text, unknown};
use crate::build::{Builder, Input, Plural, object};
use crate::js::{self, Kind, Why, text_literal};
use crate::report;
use crate::written::{Written, json_with_expressions, literal, map_literal, read_if_text};
use serde_json::{Map, Value, json};

/// A name, and what it is set to.
type Fields = Vec<(String, Written)>;

pub fn set(builder: &mut Builder, at: usize, input: &Input) {
    let node = builder.n8n(at);
    let old = node.version < 3.0;
    let keeps = match () {
        () if old => !flag(node, "keepOnlySet", false),
        () if node.version >= 3.3 => flag(node, "includeOtherFields", false),
        () => text(node, "include").unwrap_or("all") != "none",
    };
    let include = text(node, "include").unwrap_or("all").to_owned();
    let dotted = flag(node, "options.dotNotation", true);
    let known = ["dotNotation", "ignoreConversionErrors", "includeBinary", "stripBinary"];
    left_options(builder, at, "options", &known);
    if matches!(text(builder.n8n(at), "mode"), Some("raw" | "json")) {
        return raw(builder, at, input, keeps);
    }
    let fields = if old { old_fields(builder, at, input) } else { new_fields(builder, at, input) };
    if keeps && !matches!(include.as_str(), "all" | "selected" | "except") {
        builder.say(&report::SETTING, at, [format!("include: {include}")]);
    }
    let nested = dotted && fields.iter().any(|(name, _)| name.contains('.'));
    if !keeps {
        let value = tree(&fields, dotted);
        builder.place(at, input, "core/set", object(json!({"value": value})));
        carried(builder, at, "core/set");
    } else {
        let whole = kept(builder, at, input, &include);
        let source = if nested {
            nested_script(&whole, &fields)
        } else {
            format!("merge({whole}, {})", as_map(&fields))
        };
        match nested {
            true => script(builder, at, input, source),
            false => builder.place(at, input, "core/set", object(json!({"value": format!("${{{source}}}")}))),
        }
        builder.say(&report::SCRIPT, at, [builder.n8n(at).kind.clone()]);
    }
    builder.gives(at, input, &["out"], Plural::One, "@");
}

/// The fields of the item that stay beside those that are set.
fn kept(builder: &Builder, at: usize, input: &Input, include: &str) -> String {
    let item = item_code(input);
    let names = |path: &str| {
        let names = text(builder.n8n(at), path)
            .unwrap_or_default()
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty());
        names.map(text_literal).collect::<Vec<_>>().join(", ")
    };
    match include {
        "selected" => format!("pick({item}, [{}])", names("includeFields")),
        "except" => format!("omit({item}, [{}])", names("excludeFields")),
        _ => item,
    }
}

/// The item at hand.
pub fn item_code(input: &Input) -> String {
    let code = input.lens.replace('@', "input");
    match input.plural {
        Plural::Many => format!("first({code})"),
        Plural::One => code,
    }
}

/// Members in the order in which they are set; each on its own where a name has points.
fn nested_script(whole: &str, fields: &Fields) -> String {
    let mut lines = vec![format!("let item = {whole};")];
    for (name, written) in fields {
        let parts: Vec<&str> = name.split('.').collect();
        let mut path = "item".to_owned();
        for part in &parts[..parts.len() - 1] {
            path.push_str(&js::member_step(part));
            lines.push(format!("if type_of({path}) != \"map\" {{ {path} = #{{}}; }}"));
        }
        lines.push(format!("{path}{} = {};", js::member_step(parts[parts.len() - 1]), written.code()));
    }
    lines.push("item".into());
    lines.join("\n")
}

fn as_map(fields: &Fields) -> String {
    map_literal(fields.iter().map(|(name, written)| (name.clone(), written.code())))
}

/// As JSON with expressions in it.
fn tree(fields: &Fields, dotted: bool) -> Value {
    let mut value = Map::new();
    for (name, written) in fields {
        let mut parts: Vec<&str> = if dotted { name.split('.').collect() } else { vec![name] };
        let last = parts.pop().unwrap_or_default();
        let mut inner = &mut value;
        for part in parts {
            let entry = inner.entry(part.to_owned()).or_insert_with(|| json!({}));
            if !entry.is_object() {
                *entry = json!({});
            }
            match entry {
                Value::Object(map) => inner = map,
                _ => return Value::Null,
            }
        }
        inner.insert(last.to_owned(), written.field());
    }
    Value::Object(value)
}

fn old_fields(builder: &mut Builder, at: usize, input: &Input) -> Fields {
    let mut fields = Vec::new();
    for kind in ["string", "number", "boolean"] {
        for entry in list(builder.n8n(at), &format!("values.{kind}")) {
            let written = builder.read(at, input, &entry["value"]);
            fields.push((entry["name"].as_str().unwrap_or("propertyName").to_owned(), written));
        }
    }
    fields
}

fn new_fields(builder: &mut Builder, at: usize, input: &Input) -> Fields {
    let node = builder.n8n(at);
    let (entries, newest) = match parameter(node, "assignments.assignments") {
        Some(entries) => (entries.as_array().map(Vec::as_slice).unwrap_or_default(), true),
        None => (list(node, "fields.values"), false),
    };
    let mut fields = Vec::new();
    for entry in entries {
        let (kind, value) = match newest {
            true => (entry["type"].as_str().unwrap_or("string"), &entry["value"]),
            false => {
                let name = entry["type"].as_str().unwrap_or("stringValue");
                (name.trim_end_matches("Value"), &entry[name])
            }
        };
        let written = builder.read(at, input, value);
        fields.push((
            entry["name"].as_str().unwrap_or_default().to_owned(),
            of_kind(builder, at, kind, value, written),
        ));
    }
    fields
}

/// Since version 3 a field has a kind, and its value is turned into that.
fn of_kind(builder: &mut Builder, at: usize, kind: &str, original: &Value, written: Written) -> Written {
    let has = written.kind();
    match (kind, &written) {
        (_, Written::Left(..)) => written,
        ("string", Written::Fixed(Value::Number(number))) => {
            Written::Fixed(Value::String(number.to_string()))
        }
        ("string", Written::Lone(rhai)) if matches!(has, Kind::Any | Kind::Number | Kind::Bool) => {
            Written::Lone(js::Rhai::tight(format!("{}?.to_string()", rhai.operand()), Kind::Text))
        }
        ("string", _) => written,
        ("number", Written::Fixed(Value::String(text))) => match serde_json::from_str(text.trim()) {
            Ok(number @ Value::Number(_)) => Written::Fixed(number),
            _ => refused(builder, at, original, "a text as a number"),
        },
        ("number", Written::Lone(rhai)) if has != Kind::Number => {
            Written::Lone(js::Rhai::tight(format!("decimal({})", rhai.code), Kind::Number))
        }
        ("number", Written::Text(_)) => {
            Written::Lone(js::Rhai::tight(format!("decimal({})", written.code()), Kind::Number))
        }
        ("boolean", Written::Fixed(Value::String(text))) if text == "true" || text == "false" => {
            Written::Fixed(Value::Bool(text == "true"))
        }
        ("boolean", Written::Lone(rhai)) if has != Kind::Bool => Written::Lone(as_bool(rhai)),
        ("boolean", Written::Text(_)) => Written::Lone(as_bool(&js::Rhai::loose(written.code(), Kind::Text))),
        ("array" | "object", Written::Lone(rhai)) => Written::Lone(read_if_text(rhai.clone())),
        ("array" | "object", Written::Text(_)) => {
            Written::Lone(read_if_text(js::Rhai::loose(written.code(), Kind::Text)))
        }
        ("array" | "object", Written::Fixed(Value::String(text))) => {
            match serde_json::from_str::<Value>(text) {
                Ok(value) => Written::Fixed(value),
                Err(_) => refused(builder, at, original, "this JSON"),
            }
        }
        _ => written,
    }
}

/// What n8n takes for yes and no; nothing stays nothing.
fn as_bool(rhai: &js::Rhai) -> js::Rhai {
    let code = &rhai.code;
    let (yes, no) = (r#""true", "True", "TRUE""#, r#""false", "False", "FALSE""#);
    let code = format!(
        "if [true, {yes}, 1, \"1\"].contains({code}) {{ true }} \
         else if [false, {no}, 0, \"0\"].contains({code}) {{ false }} \
         else if {} == () {{ () }} else {{ throw \"This is neither true nor false.\" }}",
        rhai.operand()
    );
    js::Rhai::loose(code, Kind::Any)
}

fn refused(builder: &mut Builder, at: usize, original: &Value, what: &str) -> Written {
    let original = original.as_str().unwrap_or_default().to_owned();
    let why = Why::Kinds(what.to_owned());
    builder.say_why(&report::NO_TWIN, at, &[&original], &why);
    Written::Left(original, why)
}

/// A text of JSON.
fn raw(builder: &mut Builder, at: usize, input: &Input, keeps: bool) {
    let original = parameter(builder.n8n(at), "jsonOutput").cloned().unwrap_or_default();
    let value = json_field(builder, at, input, &original);
    if keeps {
        let item = item_code(input);
        match value.as_str().and_then(model::template::only_expression) {
            Some(code) => {
                let value = format!("${{merge({item}, {code})}}");
                builder.place(at, input, "core/set", object(json!({"value": value})));
            }
            None => {
                let source = format!("merge({item}, {})", code_of(&value));
                script(builder, at, input, source);
            }
        }
    } else {
        builder.place(at, input, "core/set", object(json!({"value": value})));
    }
    carried(builder, at, "core/set");
    builder.gives(at, input, &["out"], Plural::One, "@");
}

/// A value with `${…}` in it, as code.
fn code_of(value: &Value) -> String {
    match value {
        Value::String(text) => {
            let parts = model::template::parts(text).unwrap_or_default();
            let part = |part: &model::template::Part| match part {
                model::template::Part::Text(text) => text_literal(text),
                model::template::Part::Expression(code) => format!("({code})"),
            };
            match &*parts {
                [] => "\"\"".into(),
                [one] => part(one),
                [first, ..] => {
                    let start = if matches!(first, model::template::Part::Text(_)) { "" } else { "\"\" + " };
                    format!("{start}{}", parts.iter().map(part).collect::<Vec<_>>().join(" + "))
                }
            }
        }
        Value::Array(list) => format!("[{}]", list.iter().map(code_of).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => map_literal(map.iter().map(|(name, value)| (name.clone(), code_of(value)))),
        other => literal(other),
    }
}

/// A field that holds JSON as a text, maybe with expressions; as the JSON that it is.
pub fn json_field(builder: &mut Builder, at: usize, input: &Input, original: &Value) -> Value {
    let Some(text) = original.as_str() else { return crate::written::escaped(original) };
    let Some(source) = text.strip_prefix('=') else {
        return match serde_json::from_str::<Value>(text) {
            Ok(value) => crate::written::escaped(&value),
            Err(_) if text.trim().is_empty() => json!({}),
            Err(_) => refused(builder, at, original, "this JSON").field(),
        };
    };
    let read = json_with_expressions(source, &builder.view(at, input));
    match read {
        Ok(value) => {
            builder.say(&report::EXPRESSION, at, [source.to_owned(), value.to_string()]);
            builder.tell_of_values(at, &value.to_string());
            value
        }
        Err(why) => {
            builder.say_why(&report::NO_TWIN, at, &[source], &why);
            Written::Left(source.to_owned(), why).field()
        }
    }
}

/// Dates that are formatted or moved.
pub fn date_time(builder: &mut Builder, at: usize, input: &Input) {
    let node = builder.n8n(at);
    let operation = text(node, "operation").unwrap_or("getCurrentDate").to_owned();
    if node.version < 2.0 {
        return unknown(builder, at, input);
    }
    let zone_name = builder.zone().to_owned();
    let zone = text_literal(&zone_name);
    let output = text(node, "outputFieldName").unwrap_or(match operation.as_str() {
        "getCurrentDate" => "currentDate",
        "formatDate" => "formattedDate",
        _ => "newDate",
    });
    let output = output.to_owned();
    let read = |builder: &mut Builder, name: &str| {
        let value = parameter(builder.n8n(at), name).cloned().unwrap_or_default();
        builder.read(at, input, &value)
    };
    let code = match operation.as_str() {
        "getCurrentDate" if flag(node, "includeTime", true) => Ok(js::iso("now()", &zone_name)),
        "getCurrentDate" => Ok(js::iso(&format!("start_of_day(now(), {zone})"), &zone_name)),
        "formatDate" => {
            let format = text(node, "format").unwrap_or("MM/dd/yyyy").to_owned();
            let format = if format == "custom" {
                text(node, "customFormat").unwrap_or_default().to_owned()
            } else {
                format
            };
            let date = read(builder, "date");
            js::strftime(&format)
                .map(|pattern| format!("format_date({}, {}, {zone})", date.code(), text_literal(&pattern)))
        }
        "addToDate" | "subtractFromDate" => {
            let unit = text(node, "timeUnit").unwrap_or("days").to_owned();
            let date = read(builder, "magnitude");
            let count = match read(builder, "duration") {
                Written::Lone(rhai) => format!("whole({})", rhai.code),
                Written::Text(pieces) => format!("whole({})", Written::Text(pieces).code()),
                count => count.operand(),
            };
            let sign = if operation == "addToDate" { "" } else { "-" };
            match unit.as_str() {
                "seconds" | "minutes" | "hours" | "days" | "weeks" | "months" | "years" => {
                    let from = format!("to_zone({}, {zone})", date.code());
                    let moved = format!("add_time({from}, {sign}{count}, \"{unit}\")");
                    Ok(js::iso(&moved, &zone_name))
                }
                _ => Err(Why::NoTwin(unit)),
            }
        }
        other => Err(Why::NoTwin(other.to_owned())),
    };
    with_field(builder, at, input, &output, code, "options.includeInputFields", false);
}

/// Hashes, signatures and new ids.
pub fn crypto(builder: &mut Builder, at: usize, input: &Input) {
    let node = builder.n8n(at);
    let (action, kind) =
        (text(node, "action").unwrap_or("hash").to_owned(), text(node, "type").unwrap_or("MD5").to_owned());
    let encoding = text(node, "encoding").unwrap_or("hex").to_owned();
    let output = text(node, "dataPropertyName").unwrap_or("data").to_owned();
    let read = |builder: &mut Builder, name: &str| {
        let value = parameter(builder.n8n(at), name).cloned().unwrap_or_default();
        builder.read(at, input, &value).code()
    };
    let code = match (action.as_str(), kind.as_str(), encoding.as_str()) {
        ("hash", "MD5", "hex") => Ok(format!("md5({})", read(builder, "value"))),
        ("hash", "SHA256", "hex") => Ok(format!("sha256({})", read(builder, "value"))),
        ("generate", ..) if text(node, "encodingType").unwrap_or("uuid") == "uuid" => {
            Ok("new_id()".to_owned())
        }
        // A signing secret in a workflow's parameters is one that everybody can read.
        _ => Err(Why::NoTwin(format!("{action} {kind} {encoding}"))),
    };
    with_field(builder, at, input, &output, code, "", true);
}

/// The item with one field more; or only the field.
fn with_field(
    builder: &mut Builder,
    at: usize,
    input: &Input,
    name: &str,
    code: Result<String, Why>,
    flag_path: &str,
    keeps: bool,
) {
    let code = match code {
        Ok(code) => code,
        Err(why) => {
            return super::not_exact(builder, at, input, &why);
        }
    };
    let keeps = keeps || !flag_path.is_empty() && flag(builder.n8n(at), flag_path, false);
    let map = map_literal([(name.to_owned(), code)].into_iter());
    let source = if keeps { format!("merge({}, {map})", item_code(input)) } else { map };
    script(builder, at, input, source);
    builder.say(&report::SCRIPT, at, [builder.n8n(at).kind.clone()]);
    builder.gives(at, input, &["out"], Plural::One, "@");
}
