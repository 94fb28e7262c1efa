//! Conditions: n8n's own operators, each by the kind that it compares.

use super::{carried, flag, list, parameter, script, text};
use crate::build::{Builder, Input, Plural, object};
use crate::js::{self, Kind, Why};
use crate::report;
use crate::source::Node;
use crate::written::{Written, left, written};
use serde_json::{Value, json};

/// One comparison, whichever version wrote it.
struct Condition<'v> {
    kind: String,
    operation: String,
    left: &'v Value,
    right: &'v Value,
    ignore_case: bool,
    /// Other kinds are turned into the one that is compared.
    loose: bool,
    /// As If and Switch had it before version 2.
    old: bool,
}

/// A node with a condition: yes or no.
pub fn branch(builder: &mut Builder, at: usize, input: &Input) {
    let node = builder.n8n(at);
    let is_filter = node.kind == "filter";
    let (conditions, all) = of_node(node);
    if input.plural == Plural::Many {
        return filter_list(builder, at, input, &conditions, all);
    }
    let when = whole(builder, at, input, None, &conditions, all);
    builder.place(at, input, "core/filter", object(json!({"when": format!("${{{when}}}")})));
    builder.say(&report::CONDITION, at, [when]);
    let ports: &[&str] = if is_filter { &["out"] } else { &["out", "else"] };
    builder.gives(at, input, ports, Plural::One, &input.lens.clone());
}

/// Of a list, those for which it holds.
fn filter_list(builder: &mut Builder, at: usize, input: &Input, conditions: &[Condition], all: bool) {
    let when = whole(builder, at, input, Some("item"), conditions, all);
    let items = super::items(input);
    script(builder, at, input, format!("{items}.filter(|item| {when})"));
    builder.say(&report::CONDITION, at, [when]);
    builder.gives(at, input, &["out"], Plural::Many, "@");
}

/// The conditions of If and Filter in all versions, and whether all of them have to hold.
fn of_node(node: &Node) -> (Vec<Condition<'_>>, bool) {
    match parameter(node, "conditions.conditions") {
        Some(_) => of_filter(
            parameter(node, "conditions").unwrap_or(&Value::Null),
            flag(node, "options.looseTypeValidation", flag(node, "looseTypeValidation", false)),
            node,
        ),
        None => (
            old_conditions(node),
            text(node, "combineOperation")
                .or(text(node, "combineConditions"))
                .unwrap_or("all")
                .eq_ignore_ascii_case("all")
                || text(node, "combineConditions") == Some("AND"),
        ),
    }
}

fn of_filter<'v>(filter: &'v Value, loose: bool, node: &Node) -> (Vec<Condition<'v>>, bool) {
    let options = &filter["options"];
    let ignore = node.parameters.get("options").and_then(|options| options["ignoreCase"].as_bool());
    let ignore_case = match options["caseSensitive"].as_bool() {
        Some(sensitive) => !sensitive,
        None => ignore.unwrap_or(false),
    };
    let loose = loose || options["typeValidation"].as_str() == Some("loose");
    let one = |condition: &'v Value| Condition {
        kind: condition["operator"]["type"].as_str().unwrap_or_default().to_owned(),
        operation: condition["operator"]["operation"].as_str().unwrap_or_default().to_owned(),
        left: &condition["leftValue"],
        right: &condition["rightValue"],
        ignore_case,
        loose,
        old: false,
    };
    let conditions = filter["conditions"].as_array().into_iter().flatten().map(one).collect();
    (conditions, filter["combinator"].as_str() != Some("or"))
}

fn old_conditions(node: &Node) -> Vec<Condition<'_>> {
    let mut conditions = Vec::new();
    for kind in ["boolean", "dateTime", "number", "string"] {
        for condition in list(node, &format!("conditions.{kind}")) {
            conditions.push(old(kind, condition, &condition["value1"]));
        }
    }
    conditions
}

fn old<'v>(kind: &str, condition: &'v Value, left: &'v Value) -> Condition<'v> {
    let default = if kind == "number" { "smaller" } else { "equal" };
    Condition {
        kind: kind.to_owned(),
        operation: condition["operation"].as_str().unwrap_or(default).to_owned(),
        left,
        right: &condition["value2"],
        ignore_case: false,
        loose: true,
        old: true,
    }
}

/// All conditions as one.
fn whole(
    builder: &mut Builder,
    at: usize,
    input: &Input,
    element: Option<&str>,
    conditions: &[Condition],
    all: bool,
) -> String {
    if conditions.is_empty() {
        return all.to_string();
    }
    let mut codes = Vec::new();
    for condition in conditions {
        let code = one(builder, at, input, element, condition);
        let code = code.unwrap_or_else(|why| {
            let original =
                format!("{} {} {}", shown(condition.left), condition.operation, shown(condition.right));
            builder.say_why(&report::NO_TWIN, at, &[&original], &why);
            left(&original)
        });
        codes.push(code);
    }
    match &*codes {
        [one] => one.clone(),
        _ => {
            let bracketed: Vec<String> = codes
                .iter()
                .map(|code| if code.contains(' ') { format!("({code})") } else { code.clone() })
                .collect();
            bracketed.join(if all { " && " } else { " || " })
        }
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim_start_matches('=').to_owned(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// One side, after translation.
fn side(
    builder: &Builder,
    at: usize,
    input: &Input,
    element: Option<&str>,
    value: &Value,
) -> Result<Written, Why> {
    let view = builder.view(at, input);
    let written = match element {
        Some(element) => written(value, &view.of_element(element)),
        None => written(value, &view),
    };
    match written {
        Written::Left(_, why) => Err(why),
        written => Ok(written),
    }
}

fn one(
    builder: &mut Builder,
    at: usize,
    input: &Input,
    element: Option<&str>,
    condition: &Condition,
) -> Result<String, Why> {
    let a = side(builder, at, input, element, condition.left)?;
    // A value that is only looked at has no other side.
    let b = match side(builder, at, input, element, condition.right) {
        Err(_) if is_single(&condition.operation) => Written::Fixed(Value::Null),
        other => other?,
    };
    let code = compared(condition, &a, &b)?;
    for side in [&a, &b] {
        builder.tell_of_values(at, &side.code());
    }
    Ok(code)
}

fn is_single(operation: &str) -> bool {
    matches!(
        operation,
        "exists" | "notExists" | "empty" | "notEmpty" | "isEmpty" | "isNotEmpty" | "true" | "false"
    )
}

fn compared(condition: &Condition, a: &Written, b: &Written) -> Result<String, Why> {
    let no_twin = || Why::NoTwin(format!("{}: {}", condition.kind, condition.operation));
    match condition.operation.as_str() {
        "exists" => return Ok(format!("{} != ()", a.operand())),
        "notExists" => return Ok(format!("{} == ()", a.operand())),
        "isEmpty" | "isNotEmpty" => {
            let code = format!("[(), \"\", [], #{{}}].contains({})", a.code());
            return Ok(if condition.operation == "isEmpty" { code } else { format!("!{code}") });
        }
        _ => {}
    }
    match condition.kind.as_str() {
        "string" => texts(condition, a, b),
        "number" => numbers(condition, a, b),
        "boolean" => bools(condition, a, b),
        "dateTime" => moments(condition, a, b),
        "array" => lists(condition, a, b),
        "object" => match condition.operation.as_str() {
            "empty" => Ok(format!("[(), #{{}}].contains({})", a.code())),
            "notEmpty" => Ok(format!("![(), #{{}}].contains({})", a.code())),
            _ => Err(no_twin()),
        },
        _ => Err(no_twin()),
    }
}

/// A side as text. What is nothing is the empty text, as n8n has it since version 2.
fn as_text(side: &Written, condition: &Condition) -> String {
    if let (Written::Fixed(Value::String(text)), true) = (side, condition.ignore_case) {
        return js::text_literal(&text.to_lowercase());
    }
    let code = match side.kind() {
        Kind::Text => side.operand(),
        Kind::Nothing => "\"\"".into(),
        Kind::Number | Kind::Bool => format!("{}.to_string()", side.operand()),
        _ if condition.old => side.operand(),
        _ if condition.loose => format!("({} ?? \"\").to_string()", side.operand()),
        _ => format!("({} ?? \"\")", side.operand()),
    };
    if condition.ignore_case { format!("{code}.to_lower()") } else { code }
}

fn texts(condition: &Condition, a: &Written, b: &Written) -> Result<String, Why> {
    let (x, y) = (as_text(a, condition), as_text(b, condition));
    let (negated, operation) = match condition.operation.strip_prefix("not") {
        Some(rest) => (true, rest.to_lowercase()),
        None => (false, condition.operation.to_lowercase()),
    };
    let not = |code: String| if negated { format!("!{code}") } else { code };
    Ok(match operation.as_str() {
        "equals" | "equal" => format!("{x} {} {y}", if negated { "!=" } else { "==" }),
        "contains" => not(format!("{x}.contains({y})")),
        "startswith" => not(format!("{x}.starts_with({y})")),
        "endswith" => not(format!("{x}.ends_with({y})")),
        "empty" => format!("{x} {} \"\"", if negated { "!=" } else { "==" }),
        "regex" => {
            let Written::Fixed(Value::String(pattern)) = b else {
                return Err(Why::NoTwin("a computed pattern".into()));
            };
            let (pattern, flags) = match pattern.strip_prefix('/').and_then(|rest| rest.rsplit_once('/')) {
                Some((pattern, flags)) => (pattern, flags),
                None => (pattern.as_str(), ""),
            };
            not(format!("matches({x}, {})", js::regex((pattern, flags.trim_matches('g')), "i")?))
        }
        _ => return Err(Why::NoTwin(format!("string: {}", condition.operation))),
    })
}

/// A side as a number. A fixed one is written as such also where it was typed as a text.
fn as_number(side: &Written, condition: &Condition) -> Result<String, Why> {
    match side {
        Written::Fixed(Value::Number(_)) => Ok(side.code()),
        Written::Fixed(Value::String(text)) => match text.trim().parse::<f64>() {
            Ok(_) if !text.contains(['e', 'E']) => Ok(text.trim().to_owned()),
            _ => Err(Why::Kinds(format!("\"{text}\" as a number"))),
        },
        Written::Fixed(_) => Err(Why::Kinds("this as a number".into())),
        _ if side.kind() == Kind::Number => Ok(side.operand()),
        // Nothing counts as zero there.
        _ if condition.old => Ok(format!("decimal({} ?? 0)", side.operand())),
        _ => Ok(format!("decimal({})", side.code())),
    }
}

fn numbers(condition: &Condition, a: &Written, b: &Written) -> Result<String, Why> {
    let sign = match condition.operation.as_str() {
        "equals" | "equal" => "==",
        "notEquals" | "notEqual" => "!=",
        "gt" | "larger" => ">",
        "gte" | "largerEqual" => ">=",
        "lt" | "smaller" => "<",
        "lte" | "smallerEqual" => "<=",
        "empty" => return Ok(format!("{} == ()", a.operand())),
        "notEmpty" => return Ok(format!("{} != ()", a.operand())),
        other => return Err(Why::NoTwin(format!("number: {other}"))),
    };
    if condition.old && matches!(sign, "==" | "!=") {
        return Ok(format!("{} {sign} {}", a.operand(), b.operand()));
    }
    // What is missing is no number, and equals none.
    if matches!(sign, "==" | "!=") && matches!(b, Written::Fixed(_)) {
        let (x, number) = (a.operand(), as_number(b, condition)?);
        return Ok(match (condition.loose, sign) {
            (false, _) => format!("{x} {sign} {number}"),
            (true, "==") => format!("is_number({0}) && decimal({0}) == {number}", a.code()),
            _ => format!("!(is_number({0}) && decimal({0}) == {number})", a.code()),
        });
    }
    Ok(format!("{} {sign} {}", as_number(a, condition)?, as_number(b, condition)?))
}

fn bools(condition: &Condition, a: &Written, b: &Written) -> Result<String, Why> {
    let plain = |side: &Written| match side {
        Written::Fixed(Value::String(text)) if text == "true" || text == "false" => text.clone(),
        other => other.operand(),
    };
    // Turning other kinds into yes and no is left to a person; what is nothing is not yes.
    if condition.loose && !condition.old && a.kind() != Kind::Bool {
        return Err(Why::Kinds("a condition that takes other kinds for yes and no".into()));
    }
    match condition.operation.as_str() {
        "true" => Ok(format!("{} == true", plain(a))),
        "false" => Ok(format!("{} != true", plain(a))),
        "equals" | "equal" => Ok(format!("{} == {}", plain(a), plain(b))),
        "notEquals" | "notEqual" => Ok(format!("{} != {}", plain(a), plain(b))),
        other => Err(Why::NoTwin(format!("boolean: {other}"))),
    }
}

/// A moment that names its zone, or is read in Bangkok's on both sides.
fn moments(condition: &Condition, a: &Written, b: &Written) -> Result<String, Why> {
    let (x, y) = (a.code(), b.code());
    Ok(match condition.operation.as_str() {
        "after" => format!("is_before({y}, {x})"),
        "before" => format!("is_before({x}, {y})"),
        "afterOrEquals" => format!("!is_before({x}, {y})"),
        "beforeOrEquals" => format!("!is_before({y}, {x})"),
        "equals" => format!("!is_before({x}, {y}) && !is_before({y}, {x})"),
        other => return Err(Why::NoTwin(format!("dateTime: {other}"))),
    })
}

fn lists(condition: &Condition, a: &Written, b: &Written) -> Result<String, Why> {
    let x = format!("({} ?? [])", a.operand());
    let counted = |sign: &str| Ok(format!("{x}.len() {sign} {}", as_number(b, condition)?));
    match condition.operation.as_str() {
        "contains" if !condition.ignore_case => Ok(format!("{x}.contains({})", b.code())),
        "notContains" if !condition.ignore_case => Ok(format!("!{x}.contains({})", b.code())),
        "empty" => Ok(format!("{x}.len() == 0")),
        "notEmpty" => Ok(format!("{x}.len() != 0")),
        "lengthEquals" => counted("=="),
        "lengthNotEquals" => counted("!="),
        "lengthGt" => counted(">"),
        "lengthGte" => counted(">="),
        "lengthLt" => counted("<"),
        "lengthLte" => counted("<="),
        other => Err(Why::NoTwin(format!("array: {other}"))),
    }
}

/// A switch: the first rule that holds.
pub fn switch(builder: &mut Builder, at: usize, input: &Input) {
    let node = builder.n8n(at);
    let mut cases: Vec<(usize, String)> = Vec::new();
    let mut outputs = 0;
    let mut fallback = None;
    if text(node, "mode") == Some("expression") {
        let written = builder.read(at, input, parameter(node, "output").unwrap_or(&Value::Null));
        outputs = parameter(node, "numberOutputs")
            .or(parameter(node, "outputsAmount"))
            .and_then(Value::as_u64)
            .unwrap_or(4)
            .min(32) as usize;
        cases.extend((0..outputs).map(|output| (output, format!("{} == {output}", written.operand()))));
    } else if let Some(rules) = parameter(node, "rules.values").and_then(Value::as_array) {
        for (output, rule) in rules.iter().enumerate().take(32) {
            let loose = flag(node, "options.looseTypeValidation", flag(node, "looseTypeValidation", false));
            let (conditions, all) = of_filter(&rule["conditions"], loose, node);
            cases.push((output, whole(builder, at, input, None, &conditions, all)));
        }
        outputs = rules.len().min(32);
        fallback = match parameter(node, "options.fallbackOutput") {
            Some(Value::String(text)) if text == "extra" => Some(outputs),
            Some(Value::Number(output)) => output.as_u64().map(|output| output as usize),
            _ => None,
        };
        outputs += usize::from(fallback == Some(outputs));
    } else {
        let kind = text(node, "dataType").unwrap_or("number").to_owned();
        let left = parameter(node, "value1").unwrap_or(&Value::Null);
        for (number, rule) in list(node, "rules.rules").iter().enumerate().take(32) {
            let output = rule["output"].as_u64().map_or(number, |output| output as usize).min(31);
            let condition = old(&kind, rule, left);
            cases.push((output, whole(builder, at, input, None, &[condition], true)));
            outputs = outputs.max(output + 1);
        }
        fallback = parameter(node, "fallbackOutput")
            .and_then(Value::as_i64)
            .and_then(|output| usize::try_from(output).ok());
        outputs = outputs.max(fallback.map_or(0, |output| output + 1)).min(33);
    }
    place_switch(builder, at, input, &cases, outputs, fallback);
}

fn place_switch(
    builder: &mut Builder,
    at: usize,
    input: &Input,
    cases: &[(usize, String)],
    outputs: usize,
    fallback: Option<usize>,
) {
    let names = port_names(builder.n8n(at), outputs);
    let mut ports = names.clone();
    let mut listed: Vec<Value> = Vec::new();
    for (number, (output, when)) in cases.iter().enumerate() {
        // Several rules may lead to one output: they become one case.
        if let Some(same) =
            listed.iter_mut().find(|case| case["port"].as_str() == Some(names[*output].as_str()))
        {
            let before = same["when"]
                .as_str()
                .unwrap_or_default()
                .trim_start_matches("${")
                .trim_end_matches('}')
                .to_owned();
            same["when"] = Value::from(format!("${{({before}) || ({when})}}"));
            if number > 1 {
                builder.say(
                    &report::SETTING,
                    at,
                    ["several rules for one output, with others between".to_owned()],
                );
            }
        } else {
            listed.push(json!({"port": names[*output], "when": format!("${{{when}}}")}));
        }
        builder.say(&report::CONDITION, at, [when.clone()]);
    }
    if let Some(output) = fallback.filter(|output| *output < ports.len()) {
        if cases.iter().any(|(case, _)| *case == output) {
            builder.say(&report::SETTING, at, ["fallbackOutput".to_owned()]);
        } else {
            ports[output] = "else".into();
        }
    }
    if flag(builder.n8n(at), "options.allMatchingOutputs", false) {
        builder.say(&report::SETTING, at, ["allMatchingOutputs".to_owned()]);
    }
    builder.place(at, input, "core/switch", object(json!({"cases": listed})));
    let ports: Vec<&str> = ports.iter().map(String::as_str).collect();
    builder.gives(at, input, &ports, Plural::One, &input.lens.clone());
    carried(builder, at, "core/switch");
}

/// What the outputs are called, as ports.
fn port_names(node: &Node, outputs: usize) -> Vec<String> {
    let mut ids = crate::names::Ids::default();
    ids.unique("else".into(), '_');
    ids.unique("error".into(), '_');
    let key = |output: usize| {
        let rule = list(node, "rules.values").get(output).or_else(|| list(node, "rules.rules").get(output));
        rule.and_then(|rule| rule["outputKey"].as_str()).filter(|key| !key.is_empty()).map(str::to_owned)
    };
    let name =
        |output: usize| crate::names::id_of(&key(output).unwrap_or_default(), '-', &format!("case-{output}"));
    (0..outputs).map(|output| ids.unique(name(output), '-')).collect()
}
