//! Operators. JavaScript's turn almost any kind of value into any other; each is written out here, or refused.

use super::translate::{Kind, Rhai, Translator};
use super::tree::Js;
use super::{Why, dates};

/// What JavaScript takes for false.
const FALSE: &str = "[(), false, 0, \"\"]";

pub fn truth(translator: &Translator, js: &Js) -> Result<Rhai, Why> {
    let both = |sign: &str, left: &Js, right: &Js| {
        let (left, right) = (truth(translator, left)?, truth(translator, right)?);
        Ok(Rhai::loose(format!("{} {sign} {}", left.operand(), right.operand()), Kind::Bool))
    };
    match js {
        Js::Unary("!", inner) => not(truth(translator, inner)?),
        Js::Binary("&&", left, right) => both("&&", left, right),
        Js::Binary("||", left, right) => both("||", left, right),
        _ => {
            let value = translator.value(js)?;
            Ok(match value.kind {
                Kind::Bool => value,
                Kind::Number => Rhai::loose(format!("{} != 0", value.operand()), Kind::Bool),
                Kind::Text => Rhai::loose(format!("{} != \"\"", value.operand()), Kind::Bool),
                Kind::Nothing => Rhai::tight("false", Kind::Bool),
                // One that was looked for may not be there.
                Kind::Item => Rhai::loose(format!("{} != ()", value.operand()), Kind::Bool),
                Kind::Any => Rhai::loose(format!("!{FALSE}.contains({})", value.code), Kind::Bool),
                _ => Rhai::tight("true", Kind::Bool),
            })
        }
    }
}

fn not(inner: Rhai) -> Result<Rhai, Why> {
    Ok(match inner.code.strip_prefix("!") {
        // What was negated is a call, which stands by itself.
        Some(rest) if rest.starts_with(FALSE) && rest.matches(".contains(").count() == 1 => {
            Rhai::tight(rest.to_owned(), Kind::Bool)
        }
        _ => Rhai::loose(format!("!{}", inner.operand()), Kind::Bool),
    })
}

pub fn unary(translator: &Translator, sign: &str, inner: &Js) -> Result<Rhai, Why> {
    match sign {
        "!" => not(truth(translator, inner)?),
        "-" => Ok(Rhai::loose(format!("-{}", number(translator.value(inner)?)?.operand()), Kind::Number)),
        "+" => number(translator.value(inner)?),
        _ => Err(Why::NoTwin(sign.to_owned())),
    }
}

/// A value that is computed with: what is no number is an error there, where JavaScript goes on with NaN.
pub fn number(value: Rhai) -> Result<Rhai, Why> {
    match value.kind {
        Kind::Number => Ok(value),
        Kind::Any | Kind::Text => Ok(Rhai::tight(format!("decimal({})", value.code), Kind::Number)),
        _ => Err(Why::Kinds("computing with what is no number".into())),
    }
}

pub fn binary(translator: &Translator, sign: &'static str, left: &Js, right: &Js) -> Result<Rhai, Why> {
    match sign {
        "===" | "==" | "!==" | "!=" => equal(translator, sign, left, right),
        "&&" | "||" | "??" => one_of(translator, sign, left, right),
        "<" | ">" | "<=" | ">=" => compare(translator, sign, left, right),
        "+" => plus(translator.value(left)?, translator.value(right)?),
        "-" | "*" | "%" | "/" => {
            let (left, right) = (number(translator.value(left)?)?, number(translator.value(right)?)?);
            let code = match sign {
                "/" => return Ok(Rhai::tight(format!("div({}, {})", left.code, right.code), Kind::Number)),
                _ => format!("{} {sign} {}", left.operand(), right.operand()),
            };
            Ok(Rhai::loose(code, Kind::Number))
        }
        "in" => {
            let (name, map) = (translator.value(left)?, translator.value(right)?);
            match (&name.kind, &map.kind) {
                (Kind::Text, Kind::Any | Kind::Map) => {
                    Ok(Rhai::loose(format!("{} in {}", name.operand(), map.operand()), Kind::Bool))
                }
                _ => Err(Why::Kinds("in".into())),
            }
        }
        _ => Err(Why::NoTwin(sign.to_owned())),
    }
}

fn plus(left: Rhai, right: Rhai) -> Result<Rhai, Why> {
    use Kind::{Any, Bool, Number, Text};
    let kind = match (&left.kind, &right.kind) {
        (Number, Number) => Number,
        (Text, Text | Any | Number | Bool) | (Any | Number | Bool, Text) => Text,
        // Numbers add, texts join, a number and a text join: the same on both sides.
        (Any, Any | Number) | (Number, Any) => Any,
        (Text, Kind::When(_)) | (Kind::When(_), Text) => return plus(in_text(left)?, in_text(right)?),
        _ => return Err(Why::Kinds("+".into())),
    };
    Ok(Rhai::loose(format!("{} + {}", left.operand(), right.operand()), kind))
}

/// Text with values in it.
pub fn template(translator: &Translator, texts: &[String], values: &[Js]) -> Result<Rhai, Why> {
    let values: Vec<Rhai> =
        values.iter().map(|js| in_text(translator.value(js)?)).collect::<Result<_, _>>()?;
    let plain =
        texts.iter().all(|text| !text.contains(['`', '\\', '\r', '$'])) && !texts[0].starts_with('\n');
    if plain {
        let mut code = String::from("`");
        for (at, text) in texts.iter().enumerate() {
            code.push_str(text);
            if let Some(value) = values.get(at) {
                code.push_str(&format!("${{{}}}", value.code));
            }
        }
        return Ok(Rhai::tight(code + "`", Kind::Text));
    }
    let mut parts = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        if at == 0 || !text.is_empty() {
            parts.push(super::text_literal(text));
        }
        parts.extend(values.get(at).map(Rhai::operand));
    }
    Ok(Rhai::loose(parts.join(" + "), Kind::Text))
}

/// A value that is written into a text.
pub fn in_text(value: Rhai) -> Result<Rhai, Why> {
    match value.kind {
        Kind::Any | Kind::Text | Kind::Number | Kind::Bool => Ok(value),
        Kind::When(_) => dates::as_text(value),
        _ => Err(Why::Kinds("a list or an object in a text".into())),
    }
}

fn is_nothing(js: &Js) -> bool {
    matches!(js, Js::Null | Js::Undefined)
}

fn equal(translator: &Translator, sign: &str, left: &Js, right: &Js) -> Result<Rhai, Why> {
    if let Some(kind) = asked_kind(translator, left, right)? {
        return Ok(if sign.starts_with('!') { not(kind)? } else { kind });
    }
    let (strict, rhai) = (sign.len() == 3, &sign[..2]);
    let (a, b) = (translator.value(left)?, translator.value(right)?);
    let plain =
        |kind: &Kind| matches!(kind, Kind::Any | Kind::Text | Kind::Number | Kind::Bool | Kind::Nothing);
    if !plain(&a.kind) || !plain(&b.kind) {
        // Objects are compared by what they are, not by what is in them.
        return Err(Why::Kinds(sign.to_owned()));
    }
    let same_kind = a.kind == b.kind && a.kind != Kind::Any;
    let text = |js: &Js| matches!(js, Js::Text(text) if text.trim().parse::<f64>().is_err() && !text.trim().is_empty());
    if strict || same_kind || is_nothing(left) || is_nothing(right) || text(left) || text(right) {
        return Ok(Rhai::loose(format!("{} {rhai} {}", a.operand(), b.operand()), Kind::Bool));
    }
    if let (Js::Text(text), value) | (value, Js::Text(text)) = (left, right)
        && let Some(found) = number_in_text(text, &translator.value(value)?)
    {
        return Ok(if rhai == "!=" { not(found)? } else { found });
    }
    // A number and a text that is the same number are equal by `==`.
    let (value, number) = match (&a.kind, &b.kind) {
        (Kind::Any | Kind::Text, Kind::Number) => (a, b),
        (Kind::Number, Kind::Any | Kind::Text) => (b, a),
        _ => return Err(Why::Kinds(sign.to_owned())),
    };
    if number.code == "0" {
        return Err(Why::Kinds(format!("{sign} 0")));
    }
    let mut code = format!("is_number({0}) && decimal({0}) == {1}", value.code, number.operand());
    // So are one and true; which of the two a computed number is, nobody knows.
    match (&value.kind, number.code.parse::<f64>()) {
        (Kind::Any, Ok(1.0)) => code = format!("{} == true || {code}", value.operand()),
        (Kind::Any, Err(_)) => return Err(Why::Kinds(sign.to_owned())),
        _ => {}
    }
    let code = if rhai == "!=" { format!("!({code})") } else { code };
    Ok(Rhai::loose(code, Kind::Bool))
}

/// `x == "5"`: the text, or the number.
fn number_in_text(text: &str, value: &Rhai) -> Option<Rhai> {
    let plain = !text.is_empty() && text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit());
    if !plain || value.kind != Kind::Any || text.len() > 1 && text.starts_with('0') {
        return None;
    }
    let also = match text {
        "1" => ", true",
        "0" => ", false",
        _ => "",
    };
    Some(Rhai::tight(format!("[\"{text}\", {text}{also}].contains({})", value.code), Kind::Bool))
}

/// `typeof x === "string"`.
fn asked_kind(translator: &Translator, left: &Js, right: &Js) -> Result<Option<Rhai>, Why> {
    let (Js::Unary("typeof", inner), Js::Text(kind)) = (left, right) else { return Ok(None) };
    let value = translator.value(inner)?;
    let test = |names: &str| Rhai::loose(format!("{names}.contains(type_of({}))", value.code), Kind::Bool);
    Ok(Some(match kind.as_str() {
        "string" => Rhai::loose(format!("type_of({}) == \"string\"", value.code), Kind::Bool),
        "number" => test("[\"i64\", \"decimal\"]"),
        "boolean" => Rhai::loose(format!("type_of({}) == \"bool\"", value.code), Kind::Bool),
        "undefined" => Rhai::loose(format!("{} == ()", value.operand()), Kind::Bool),
        _ => return Err(Why::Kinds(format!("typeof … \"{kind}\""))),
    }))
}

/// One of two values, and the kind that both have. A moment that may be something else is what it is written as.
pub fn either(one: Rhai, other: Rhai) -> Result<(Rhai, Rhai, Kind), Why> {
    let is_n8n = |kind: &Kind| matches!(kind, Kind::Item | Kind::Items | Kind::Node | Kind::Input);
    let kind = match (&one.kind, &other.kind) {
        (a, b) if a == b => a.clone(),
        (Kind::Item, Kind::Nothing) | (Kind::Nothing, Kind::Item) => Kind::Item,
        (Kind::Items, Kind::List) if other.code == "[]" => Kind::Items,
        (Kind::List, Kind::Items) if one.code == "[]" => Kind::Items,
        (a, b) if is_n8n(a) || is_n8n(b) => return Err(Why::Kinds("an item or something else".into())),
        _ => return Ok((dates::written(one), dates::written(other), Kind::Any)),
    };
    Ok((one, other, kind))
}

/// `a || b`, `a && b`, `a ?? b` as values.
fn one_of(translator: &Translator, sign: &str, left: &Js, right: &Js) -> Result<Rhai, Why> {
    let (a, b, kind) = either(translator.value(left)?, translator.value(right)?)?;
    if sign == "??" {
        return Ok(Rhai::loose(format!("{} ?? {}", a.operand(), b.operand()), kind));
    }
    if a.kind == Kind::Bool && b.kind == Kind::Bool {
        return Ok(Rhai::loose(format!("{} {sign} {}", a.operand(), b.operand()), Kind::Bool));
    }
    let holds = truth(translator, left)?;
    if sign == "&&" {
        return Ok(Rhai::loose(format!("if {} {{ {} }} else {{ {} }}", holds.code, b.code, a.code), kind));
    }
    Ok(Rhai::loose(format!("if {} {{ {} }} else {{ {} }}", holds.code, a.code, b.code), kind))
}

fn compare(translator: &Translator, sign: &str, left: &Js, right: &Js) -> Result<Rhai, Why> {
    let (a, b) = (translator.value(left)?, translator.value(right)?);
    let code = match (&a.kind, &b.kind) {
        (Kind::Number, Kind::Number) | (Kind::Text, Kind::Text) => {
            format!("{} {sign} {}", a.operand(), b.operand())
        }
        (Kind::Number, _) | (_, Kind::Number) => {
            format!("{} {sign} {}", number(a)?.operand(), number(b)?.operand())
        }
        (Kind::When(_), Kind::When(_)) => match sign {
            "<" => return Ok(Rhai::tight(format!("is_before({}, {})", a.code, b.code), Kind::Bool)),
            ">" => return Ok(Rhai::tight(format!("is_before({}, {})", b.code, a.code), Kind::Bool)),
            "<=" => format!("!is_before({}, {})", b.code, a.code),
            _ => format!("!is_before({}, {})", a.code, b.code),
        },
        // Two texts by their letters, anything else as numbers.
        (Kind::Any | Kind::Text, Kind::Any | Kind::Text) => {
            let texts = format!("type_of({}) == \"string\" && type_of({}) == \"string\"", a.code, b.code);
            let plain = format!("{} {sign} {}", a.operand(), b.operand());
            format!("if {texts} {{ {plain} }} else {{ decimal({}) {sign} decimal({}) }}", a.code, b.code)
        }
        _ => return Err(Why::Kinds(sign.to_owned())),
    };
    Ok(Rhai::loose(code, Kind::Bool))
}
