//! n8n's fields: fixed values, and texts with `{{ … }}` in them.

use crate::js::{self, Kind, Rhai, Scene, Why, text_literal};
use serde_json::{Map, Value};

/// A variable that does not exist: where it stands, the flow cannot be published, and says where.
pub const MARK: &str = "needs_a_person";
/// Ends of an expression that are tried.
const ENDS_MAX: usize = 40;

/// A value of a field, after translation.
#[derive(Clone, Debug, PartialEq)]
pub enum Written {
    Fixed(Value),
    /// One expression.
    Lone(Rhai),
    /// Texts and expressions.
    Text(Vec<Piece>),
    Left(String, Why),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    Text(String),
    Code(Rhai),
}

/// Translates a field.
pub fn written(value: &Value, scene: &dyn Scene) -> Written {
    let Some(source) = value.as_str().and_then(|text| text.strip_prefix('=')) else {
        return Written::Fixed(value.clone());
    };
    match pieces(source, scene) {
        Ok(pieces) => match <[Piece; 1]>::try_from(pieces) {
            Ok([Piece::Code(rhai)]) => Written::Lone(rhai),
            Ok([Piece::Text(text)]) => Written::Fixed(Value::String(text)),
            Err(pieces) if pieces.is_empty() => Written::Fixed(Value::String(String::new())),
            Err(pieces) => Written::Text(pieces),
        },
        Err(why) => Written::Left(source.to_owned(), why),
    }
}

/// Cut into texts and sources.
pub fn chunks(source: &str) -> Result<Vec<Result<js::Js, String>>, Why> {
    let (mut chunks, mut rest) = (Vec::new(), source);
    while let Some(start) = rest.find("{{") {
        if start > 0 {
            chunks.push(Err(rest[..start].to_owned()));
        }
        let inner = &rest[start + 2..];
        let (js, length) = closed(inner)?;
        chunks.push(Ok(js));
        rest = &inner[length + 2..];
    }
    if !rest.is_empty() {
        chunks.push(Err(rest.to_owned()));
    }
    Ok(chunks)
}

/// The expression up to the first `}}` that makes it one: an object in it may end with two braces as well.
fn closed(inner: &str) -> Result<(js::Js, usize), Why> {
    let mut first = None;
    for (at, _) in inner.match_indices("}}").take(ENDS_MAX) {
        match js::expression(&inner[..at]) {
            Ok(js) => return Ok((js, at)),
            Err(why) => first = first.or(Some(why)),
        }
    }
    Err(first.unwrap_or_else(|| Why::Syntax("{{ without }}".into())))
}

fn pieces(source: &str, scene: &dyn Scene) -> Result<Vec<Piece>, Why> {
    let chunks = chunks(source)?;
    let in_text = chunks.len() > 1;
    let piece = |chunk: Result<js::Js, String>| match chunk {
        Ok(js) if in_text => js::translate_in_text(&js, scene).map(Piece::Code),
        Ok(js) => js::translate(&js, scene).map(Piece::Code),
        Err(text) => Ok(Piece::Text(text)),
    };
    let pieces: Vec<Piece> = chunks.into_iter().map(piece).collect::<Result<_, _>>()?;
    let is_whole = |piece: &Piece| matches!(piece, Piece::Code(Rhai { kind: Kind::List | Kind::Map, .. }));
    if in_text && pieces.iter().any(is_whole) {
        return Err(Why::Kinds("a list or an object in a text".into()));
    }
    Ok(pieces)
}

impl Written {
    /// As a field of ours.
    pub fn field(&self) -> Value {
        match self {
            Written::Fixed(value) => escaped(value),
            Written::Lone(rhai) => Value::String(format!("${{{}}}", rhai.code)),
            Written::Text(pieces) => {
                let piece = |piece: &Piece| match piece {
                    Piece::Text(text) => text.replace("${", "$${"),
                    Piece::Code(rhai) => format!("${{{}}}", rhai.code),
                };
                Value::String(pieces.iter().map(piece).collect())
            }
            Written::Left(original, _) => Value::String(format!("${{{}}}", left(original))),
        }
    }

    /// As code of ours.
    pub fn code(&self) -> String {
        match self {
            Written::Fixed(value) => literal(value),
            Written::Lone(rhai) => rhai.code.clone(),
            Written::Text(pieces) => {
                let piece = |piece: &Piece| match piece {
                    Piece::Text(text) => text_literal(text),
                    Piece::Code(rhai) => rhai.operand(),
                };
                let parts: Vec<String> = pieces.iter().map(piece).collect();
                // What begins with a value has to be told that it is a text.
                let start = if matches!(pieces.first(), Some(Piece::Text(_))) { "" } else { "\"\" + " };
                format!("{start}{}", parts.join(" + "))
            }
            Written::Left(original, _) => left(original),
        }
    }

    /// The code as an operand.
    pub fn operand(&self) -> String {
        match self {
            Written::Lone(rhai) => rhai.operand(),
            Written::Text(_) => format!("({})", self.code()),
            _ => self.code(),
        }
    }

    pub fn kind(&self) -> Kind {
        match self {
            Written::Fixed(value) => match value {
                Value::Null => Kind::Nothing,
                Value::Bool(_) => Kind::Bool,
                Value::Number(_) => Kind::Number,
                Value::String(_) => Kind::Text,
                Value::Array(_) => Kind::List,
                Value::Object(_) => Kind::Map,
            },
            Written::Lone(rhai) => rhai.kind.clone(),
            Written::Text(_) => Kind::Text,
            Written::Left(..) => Kind::Any,
        }
    }
}

/// What could not be translated, where it stood.
pub fn left(original: &str) -> String {
    format!("{MARK} /* n8n: {} */", remark(original))
}

/// A text that stays inside of a remark.
pub fn remark(text: &str) -> String {
    text.replace("*/", "* /").replace("/*", "/ *")
}

/// A fixed value: `${` in it is no expression.
pub fn escaped(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(text.replace("${", "$${")),
        Value::Array(list) => list.iter().map(escaped).collect(),
        Value::Object(map) => {
            Value::Object(map.iter().map(|(name, value)| (name.clone(), escaped(value))).collect())
        }
        other => other.clone(),
    }
}

/// A fixed value as Rhai writes it.
pub fn literal(value: &Value) -> String {
    match value {
        Value::Null => "()".into(),
        Value::Bool(yes) => yes.to_string(),
        Value::Number(number) => {
            let text = number.to_string();
            let plain = text.len() <= 18
                && text.trim_start_matches('-').bytes().all(|b| b.is_ascii_digit() || b == b'.');
            if plain { text } else { format!("parse_json({})", text_literal(&text)) }
        }
        Value::String(text) => text_literal(text),
        Value::Array(list) => format!("[{}]", list.iter().map(literal).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => map_literal(map.iter().map(|(name, value)| (name.clone(), literal(value)))),
    }
}

pub fn map_literal(fields: impl Iterator<Item = (String, String)>) -> String {
    let fields: Vec<String> =
        fields.map(|(name, code)| format!("{}: {code}", js::field_name(&name))).collect();
    if fields.is_empty() { "#{}".into() } else { format!("#{{ {} }}", fields.join(", ")) }
}

/// A text of JSON with expressions in it, as JSON with expressions in it.
///
/// An expression that stands where a value does is read as JSON where it is a text, and else keeps its kind; one inside of a
/// text is written into it.
pub fn json_with_expressions(source: &str, scene: &dyn Scene) -> Result<Value, Why> {
    let chunks = chunks(source)?;
    if let [Ok(js)] = &*chunks {
        return in_json(js, scene).map(|rhai| Written::Lone(rhai).field());
    }
    let (mut json, mut codes, mut in_text) = (String::new(), Vec::new(), false);
    for chunk in chunks {
        match chunk {
            Err(text) => {
                let mut escape = false;
                for c in text.chars() {
                    in_text ^= c == '"' && !escape;
                    escape = c == '\\' && !escape;
                }
                json.push_str(&text);
            }
            Ok(js) => {
                codes.push(match in_text {
                    true => js::translate_in_text(&js, scene)?,
                    false => in_json(&js, scene)?,
                });
                let hole = format!("\\u0001{}\\u0002", codes.len() - 1);
                json.push_str(&if in_text { hole } else { format!("\"\\u0003{hole}\"") });
            }
        }
    }
    let value: Value = serde_json::from_str(&json).map_err(|_| Why::Syntax("this JSON".into()))?;
    filled(&value, &codes)
}

/// An expression where JSON has a value: n8n writes it there and reads the whole.
fn in_json(js: &js::Js, scene: &dyn Scene) -> Result<Rhai, Why> {
    if let Some(inner) = stringified(js) {
        return js::translate(inner, scene);
    }
    Ok(read_if_text(js::translate(js, scene)?))
}

/// A text as the JSON that it holds.
pub fn read_if_text(rhai: Rhai) -> Rhai {
    let code = &rhai.code;
    match rhai.kind {
        Kind::Text => Rhai::tight(format!("parse_json({code})"), Kind::Any),
        Kind::Any => Rhai::loose(
            format!("if type_of({code}) == \"string\" {{ parse_json({code}) }} else {{ {code} }}"),
            Kind::Any,
        ),
        _ => rhai,
    }
}

/// `x` of `JSON.stringify(x)`, where what is wanted is its JSON.
fn stringified(js: &js::Js) -> Option<&js::Js> {
    use js::Js::{Call, Member, Name};
    let Call(function, arguments) = js else { return None };
    let is_it = matches!(&**function, Member(root, method, _) if **root == Name("JSON".into()) && method == "stringify");
    arguments.first().filter(|_| is_it)
}

fn filled(value: &Value, codes: &[Rhai]) -> Result<Value, Why> {
    match value {
        Value::String(text) => filled_text(text, codes),
        Value::Array(list) => {
            list.iter().map(|value| filled(value, codes)).collect::<Result<_, _>>().map(Value::Array)
        }
        Value::Object(map) => {
            let field = |(name, value): (&String, &Value)| match name.contains('\u{1}') {
                true => Err(Why::NoTwin("a computed name in JSON".into())),
                false => Ok((name.clone(), filled(value, codes)?)),
            };
            map.iter().map(field).collect::<Result<Map<_, _>, _>>().map(Value::Object)
        }
        other => Ok(other.clone()),
    }
}

fn filled_text(text: &str, codes: &[Rhai]) -> Result<Value, Why> {
    let (whole, mut rest) = match text.strip_prefix('\u{3}') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let mut pieces = Vec::new();
    while let Some(start) = rest.find('\u{1}') {
        let end = rest[start..]
            .find('\u{2}')
            .map(|end| end + start)
            .ok_or_else(|| Why::Syntax("this JSON".into()))?;
        if start > 0 {
            pieces.push(Piece::Text(rest[..start].to_owned()));
        }
        let code = rest[start + 1..end].parse().ok().and_then(|at: usize| codes.get(at));
        pieces.push(Piece::Code(code.ok_or_else(|| Why::Syntax("this JSON".into()))?.clone()));
        rest = &rest[end + 1..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    Ok(match &*pieces {
        [Piece::Code(rhai)] if whole => Written::Lone(rhai.clone()).field(),
        // In quotes it is a text, whatever it was.
        [Piece::Code(rhai)] if rhai.kind != Kind::Text => {
            Value::String(format!("${{\"\" + {}}}", rhai.operand()))
        }
        [Piece::Code(rhai)] => Written::Lone(rhai.clone()).field(),
        [] => Value::String(String::new()),
        _ => Written::Text(pieces).field(),
    })
}
