//! Expressions for values that somebody points at, and between values and expressions for them.

use model::Value;
use model::template::{Part, only_expression, parts};

/// What a drag of a value carries: the expression for it.
pub const DRAGGED: &str = "application/x-khlong-expression";

/// The expression for a part of a value: `input.lines[0].sku`.
pub fn of_part(root: &str, value: &Value, pointer: &str) -> String {
    let mut expression = root.to_owned();
    let mut at = Some(value);
    for step in pointer.split('/').skip(1) {
        let name = step.replace("~1", "/").replace("~0", "~");
        let is_index = at.is_some_and(Value::is_array);
        at = at.and_then(|value| match value {
            Value::Array(items) => name.parse::<usize>().ok().and_then(|index| items.get(index)),
            other => other.get(&name),
        });
        match is_index {
            true => expression.push_str(&format!("[{name}]")),
            false => expression.push_str(&member(&name)),
        }
    }
    expression
}

/// What a node gave: `nodes.map`, or `nodes["to-erp"]`.
pub fn of_node(id: &str) -> String {
    format!("nodes{}", member(id))
}

fn member(name: &str) -> String {
    let mut letters = name.chars();
    let starts = letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
    if starts && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_') {
        format!(".{name}")
    } else {
        format!("[{}]", Value::from(name))
    }
}

/// A field's text that is this expression and nothing else; nothing where it would not be read as that.
pub fn as_field(expression: &str) -> Option<String> {
    let text = format!("${{{expression}}}");
    (only_expression(&text) == Some(expression)).then_some(text)
}

/// An expression that gives what a field holds. What is written in it as expressions is computed as before.
pub fn from_value(value: &Value) -> String {
    match value {
        Value::Null => "()".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) => from_text(text),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(from_value).collect::<Vec<_>>().join(", "))
        }
        Value::Object(fields) => {
            let field =
                |(name, value): (&String, &Value)| format!("{}: {}", Value::from(&**name), from_value(value));
            format!("#{{ {} }}", fields.iter().map(field).collect::<Vec<_>>().join(", "))
        }
    }
}

fn from_text(text: &str) -> String {
    if let Some(expression) = only_expression(text) {
        return expression.to_owned();
    }
    let Ok(parts) = parts(text) else { return quoted(text) };
    if parts.iter().all(|part| matches!(part, Part::Text(_))) {
        let piece = |part: &Part<'_>| match part {
            Part::Text(text) | Part::Expression(text) => (*text).to_owned(),
        };
        let plain: String = parts.iter().map(piece).collect();
        return quoted(&plain);
    }
    let piece = |part: &Part<'_>| match part {
        Part::Text(text) => quoted(text),
        Part::Expression(source) => format!("({source})"),
    };
    // A text at the front makes the sum a text, whatever comes after it.
    let start = if matches!(parts.first(), Some(Part::Text(_))) { "" } else { "\"\" + " };
    format!("{start}{}", parts.iter().map(piece).collect::<Vec<_>>().join(" + "))
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// The value that an expression is, where it is no more than that: `"paid"`, `3`, `true`.
pub fn constant(expression: &str) -> Option<Value> {
    let value: Value = serde_json::from_str(expression.trim()).ok()?;
    (!value.is_array() && !value.is_object() && !value.is_null()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_value_that_somebody_points_at_has_an_expression() {
        let order = json!({"lines": [{"sku": "TEA"}], "tax-id": {"0": 1, "a/b": 2}});
        let of = |pointer: &str| of_part("input", &order, pointer);
        assert_eq!(of(""), "input");
        assert_eq!(of("/lines/0/sku"), "input.lines[0].sku");
        assert_eq!(of("/tax-id/0"), r#"input["tax-id"]["0"]"#);
        assert_eq!(of("/tax-id/a~1b"), r#"input["tax-id"]["a/b"]"#);
        assert_eq!((of_node("map"), of_node("to-erp")), ("nodes.map".into(), r#"nodes["to-erp"]"#.into()));
    }

    #[test]
    fn an_expression_that_is_not_closed_is_no_field() {
        assert_eq!(as_field("input.a"), Some("${input.a}".into()));
        assert_eq!(as_field("#{ a: 1 }"), Some("${#{ a: 1 }}".into()));
        assert_eq!((as_field("input.a }"), as_field("\"a"), as_field("#{")), (None, None, None));
    }

    #[test]
    fn what_a_field_holds_becomes_an_expression_for_it() {
        let expression = |value: Value| from_value(&value);
        assert_eq!(expression(json!("paid")), "\"paid\"");
        assert_eq!(expression(json!("$${x}")), "\"${x}\"");
        assert_eq!(expression(json!("${input.a}")), "input.a");
        assert_eq!(expression(json!("Order ${input.a}!")), "\"Order \" + (input.a) + \"!\"");
        assert_eq!(expression(json!("${a}${b}")), "\"\" + (a) + (b)");
        assert_eq!(
            expression(json!({"ref": "${input.a}", "n": [1, true]})),
            "#{ \"ref\": input.a, \"n\": [1, true] }"
        );
    }

    #[test]
    fn an_expression_that_is_only_a_value_becomes_that_value() {
        assert_eq!(constant(" \"paid\" "), Some(json!("paid")));
        assert_eq!((constant("3"), constant("true")), (Some(json!(3)), Some(json!(true))));
        assert_eq!((constant("input.a"), constant("[1]"), constant("")), (None, None, None));
    }
}
