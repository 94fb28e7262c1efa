//! Functions and methods that have an exact twin.

use super::operators::{self, in_text, number};
use super::translate::{Kind, Rhai, Translator, finish};
use super::tree::Js;
use super::{Why, dates, text_literal};

/// Longer counts are no paddings or cuts that somebody wrote.
const COUNT_DIGITS_MAX: usize = 6;

pub fn call(translator: &Translator, function: &Js, arguments: &[Js]) -> Result<Rhai, Why> {
    match function {
        Js::Name(name) => by_name(translator, name, arguments),
        Js::Member(inner, method, optional) => {
            if let Js::Name(root) = &**inner
                && let Some(found) = of_root(translator, root, method, arguments)
            {
                return found;
            }
            if let Js::Regex(pattern, flags) = &**inner {
                return test(translator, (pattern, flags), method, arguments);
            }
            if *optional {
                return Err(Why::NoTwin(format!("?.{method}()")));
            }
            of_value(translator, inner, method, arguments)
        }
        _ => Err(Why::NoTwin("calling this".into())),
    }
}

fn by_name(translator: &Translator, name: &str, arguments: &[Js]) -> Result<Rhai, Why> {
    match (name, arguments) {
        ("$", [Js::Text(node)]) => Ok(Rhai::tight(node.clone(), Kind::Node)),
        ("$items", []) => translator.all_of(translator.scene.here()?, "$items()"),
        ("$items", [Js::Text(node)]) => translator.all_of(translator.scene.node(node)?, "$items()"),
        ("$if", [condition, yes, no]) => {
            let whole = Js::If(Box::new(condition.clone()), Box::new(yes.clone()), Box::new(no.clone()));
            translator.value(&whole)
        }
        ("Number" | "parseFloat", [value]) => number(translator.value(value)?),
        ("parseInt", [value] | [value, Js::Number(_)]) => {
            if matches!(arguments.get(1), Some(Js::Number(base)) if base != "10") {
                return Err(Why::NoTwin("parseInt with another base".into()));
            }
            let value = number(translator.value(value)?)?;
            Ok(Rhai::tight(format!("{}.int()", value.operand()), Kind::Number))
        }
        ("String", [value]) => text_of(translator.value(value)?),
        ("Boolean", [value]) => operators::truth(translator, value),
        ("encodeURIComponent", [_]) => Err(Why::NoTwin("encodeURIComponent (url_encode is close)".into())),
        _ => Err(Why::NoTwin(format!("{name}()"))),
    }
}

/// A value as a text; nothing stays nothing.
pub fn text_of(value: Rhai) -> Result<Rhai, Why> {
    match value.kind {
        Kind::Text => Ok(value),
        Kind::Any | Kind::Number | Kind::Bool => {
            Ok(Rhai::tight(format!("{}.to_string()", value.operand()), Kind::Text))
        }
        Kind::When(_) => dates::as_text(value),
        _ => Err(Why::Kinds("a list or an object as a text".into())),
    }
}

fn of_root(translator: &Translator, root: &str, method: &str, arguments: &[Js]) -> Option<Result<Rhai, Why>> {
    Some(match root {
        "Math" => math(translator, method, arguments),
        "JSON" => json(translator, method, arguments),
        "Object" => object(translator, method, arguments),
        "Array" => match (method, arguments) {
            ("isArray", [value]) => translator
                .value(value)
                .map(|value| Rhai::loose(format!("type_of({}) == \"array\"", value.code), Kind::Bool)),
            _ => Err(Why::NoTwin(format!("Array.{method}()"))),
        },
        "Number" => match (method, arguments) {
            ("parseFloat", [value]) => translator.value(value).and_then(number),
            _ => Err(Why::NoTwin(format!("Number.{method}()"))),
        },
        "DateTime" | "Date" => dates::of_class(translator, root, method, arguments),
        _ => return None,
    })
}

fn math(translator: &Translator, method: &str, arguments: &[Js]) -> Result<Rhai, Why> {
    let numbers: Vec<Rhai> =
        arguments.iter().map(|js| translator.value(js).and_then(number)).collect::<Result<_, _>>()?;
    let call = |code: String| Ok(Rhai::tight(code, Kind::Number));
    match (method, &*numbers) {
        // Halves go up in JavaScript, also those below zero.
        ("round", [x]) => call(format!("({} + 0.5).floor()", x.operand())),
        ("floor", [x]) => call(format!("{}.floor()", x.operand())),
        ("ceil", [x]) => call(format!("{}.ceiling()", x.operand())),
        ("trunc", [x]) => call(format!("{}.int()", x.operand())),
        ("abs", [x]) => call(format!("abs({})", x.code)),
        ("min" | "max", [first, rest @ ..]) if !rest.is_empty() => {
            let folded =
                rest.iter().fold(first.code.clone(), |code, next| format!("{method}({code}, {})", next.code));
            call(folded)
        }
        _ => Err(Why::NoTwin(format!("Math.{method}()"))),
    }
}

fn json(translator: &Translator, method: &str, arguments: &[Js]) -> Result<Rhai, Why> {
    match (method, arguments) {
        ("parse", [value]) => {
            let value = translator.value(value)?;
            Ok(Rhai::tight(format!("parse_json({})", value.code), Kind::Any))
        }
        ("stringify", _) => Err(Why::Order("JSON.stringify()".into())),
        _ => Err(Why::NoTwin(format!("JSON.{method}()"))),
    }
}

fn object(translator: &Translator, method: &str, arguments: &[Js]) -> Result<Rhai, Why> {
    match (method, arguments) {
        ("keys" | "values" | "entries", [_]) => Err(Why::Order(format!("Object.{method}()"))),
        // Another first one would be changed.
        ("assign", [first @ Js::Map(_), rest @ ..]) => {
            let mut code = translator.value(first)?.code;
            for next in rest {
                code = format!("merge({code}, {})", translator.value(next)?.code);
            }
            Ok(Rhai::tight(code, Kind::Map))
        }
        _ => Err(Why::NoTwin(format!("Object.{method}()"))),
    }
}

/// `Object.keys(x).length` counts, whatever their order.
pub fn count_of_keys(translator: &Translator, inner: &Js) -> Option<Result<Rhai, Why>> {
    let Js::Call(function, arguments) = inner else { return None };
    let (Js::Member(root, method, _), [map]) = (&**function, &**arguments) else { return None };
    let counts =
        **root == Js::Name("Object".into()) && matches!(method.as_str(), "keys" | "values" | "entries");
    counts.then(|| Ok(Rhai::tight(format!("{}.len()", translator.value(map)?.operand()), Kind::Number)))
}

fn of_value(translator: &Translator, inner: &Js, method: &str, arguments: &[Js]) -> Result<Rhai, Why> {
    let value = translator.value(inner)?;
    match value.kind {
        Kind::Input | Kind::Node => return items(translator, &value, method, arguments),
        Kind::When(_) => return dates::call(translator, value, method, arguments),
        Kind::Item => return Err(Why::NoTwin(format!(".{method}()"))),
        _ => {}
    }
    if let Some(found) = with_function(translator, &value, method, arguments) {
        return found;
    }
    if let (Some(Js::Regex(pattern, flags)), "replace" | "replaceAll" | "match") = (arguments.first(), method)
    {
        return patterns(translator, value, (pattern, flags), method, arguments);
    }
    let given: Vec<Rhai> =
        arguments.iter().map(|js| translator.value(js).and_then(finish)).collect::<Result<_, _>>()?;
    plain(value, method, arguments, &given)
}

/// `.all()`, `.first()` and `.last()` of a node or of what comes in.
fn items(translator: &Translator, value: &Rhai, method: &str, arguments: &[Js]) -> Result<Rhai, Why> {
    let way = if value.kind == Kind::Input {
        translator.scene.here()?
    } else {
        translator.scene.node(&value.code)?
    };
    match (method, arguments) {
        ("all", []) => translator.all_of(way, ".all()"),
        ("first" | "last", []) => translator.end_of(way, method),
        _ => Err(Why::NoTwin(format!(".{method}()"))),
    }
}

fn plain(value: Rhai, method: &str, arguments: &[Js], given: &[Rhai]) -> Result<Rhai, Why> {
    let no_twin = || Err(Why::NoTwin(format!(".{method}()")));
    let is_text = matches!(value.kind, Kind::Any | Kind::Text);
    let is_list = matches!(value.kind, Kind::Any | Kind::List | Kind::Items);
    let x = value.operand();
    let text = |code: String| Ok(Rhai::tight(code, Kind::Text));
    let same = |code: String| Ok(Rhai::tight(code, value.kind.clone()));
    match (method, given) {
        ("toUpperCase", []) if is_text => text(format!("{x}.to_upper()")),
        ("toLowerCase", []) if is_text => text(format!("{x}.to_lower()")),
        ("trim", []) if is_text => text(format!("trimmed({})", value.code)),
        ("toString", []) => text_of(value),
        ("toFixed", [_]) if matches!(value.kind, Kind::Any | Kind::Number) => {
            let digits = count(arguments.first())?;
            text(format!("replaced(format_number({}, {digits}), \",\", \"\")", number(value)?.code))
        }
        ("includes", [what]) if is_text || is_list => {
            Ok(Rhai::tight(format!("{x}.contains({})", what.code), Kind::Bool))
        }
        ("startsWith", [what]) if is_text => {
            Ok(Rhai::tight(format!("{x}.starts_with({})", what.code), Kind::Bool))
        }
        ("endsWith", [what]) if is_text => {
            Ok(Rhai::tight(format!("{x}.ends_with({})", what.code), Kind::Bool))
        }
        ("indexOf", [what]) if is_text || is_list => {
            Ok(Rhai::tight(format!("{x}.index_of({})", what.code), Kind::Number))
        }
        ("split", [between]) if is_text && is_some_text(arguments) => {
            Ok(Rhai::tight(format!("{x}.split({})", between.code), Kind::List))
        }
        ("replaceAll", [what, with]) if is_text && is_some_text(arguments) => {
            plain_with(arguments)?;
            text(format!("replaced({}, {}, {})", value.code, what.code, with.code))
        }
        ("padStart" | "padEnd", [_] | [_, _]) if is_text => {
            let twin = if method == "padStart" { "pad_start" } else { "pad_end" };
            let with = match arguments.get(1) {
                None => " ",
                Some(Js::Text(with)) if with.chars().count() == 1 => with,
                _ => return no_twin(),
            };
            text(format!("{twin}({}, {}, {})", value.code, count(arguments.first())?, text_literal(with)))
        }
        ("substring", [_, _]) if is_text => {
            let (from, to) = (count(arguments.first())?, count(arguments.get(1))?);
            text(format!("{x}.sub_string({}, {})", from.min(to), from.abs_diff(to)))
        }
        ("substring" | "substr", [_]) if is_text => {
            text(format!("{x}.sub_string({})", count(arguments.first())?))
        }
        ("substr", [_, _]) if is_text => {
            text(format!("{x}.sub_string({}, {})", count(arguments.first())?, count(arguments.get(1))?))
        }
        ("slice", [_] | [_, _]) => slice(&value, arguments),
        ("join", [] | [_]) if is_list && value.kind != Kind::Items => {
            let between = given.first().map_or_else(|| "\",\"".to_owned(), |between| between.code.clone());
            text(format!("join({x}.map(|part| part ?? \"\"), {between})"))
        }
        ("reverse" | "toReversed", []) if is_list && arguments_are_fresh(&value) => {
            same(format!("reversed({})", value.code))
        }
        ("flat", []) if is_list => same(format!("flatten({})", value.code)),
        ("concat", [other]) if value.kind == Kind::List && other.kind == Kind::List => {
            Ok(Rhai::loose(format!("{x} + {}", other.operand()), Kind::List))
        }
        ("first" | "last", []) if value.kind == Kind::List => {
            Ok(Rhai::tight(format!("{method}({})", value.code), Kind::Any))
        }
        _ => no_twin(),
    }
}

/// What is turned around in place must not be seen by its other name.
fn arguments_are_fresh(value: &Rhai) -> bool {
    value.code.contains(['(', '['])
}

fn is_some_text(arguments: &[Js]) -> bool {
    matches!(arguments.first(), Some(Js::Text(text)) if !text.is_empty())
}

/// In what is put in, `$&` and the like have a meaning of their own.
fn plain_with(arguments: &[Js]) -> Result<(), Why> {
    match arguments.get(1) {
        Some(Js::Text(with)) if !with.contains('$') => Ok(()),
        _ => Err(Why::NoTwin("a replacement that is computed or holds $".into())),
    }
}

fn count(js: Option<&Js>) -> Result<usize, Why> {
    let digits = match js {
        Some(Js::Number(number)) if number.len() <= COUNT_DIGITS_MAX => number.parse().ok(),
        _ => None,
    };
    digits.ok_or_else(|| Why::Kinds("a count that is computed".into()))
}

/// Counted from the end where it is negative.
fn place(js: &Js) -> Result<(bool, usize), Why> {
    match js {
        Js::Unary("-", inner) => count(Some(inner)).map(|count| (true, count)),
        other => count(Some(other)).map(|count| (false, count)),
    }
}

fn slice(value: &Rhai, arguments: &[Js]) -> Result<Rhai, Why> {
    let from = place(&arguments[0])?;
    let span = match (from, arguments.get(1).map(place).transpose()?) {
        ((true, 0), _) => return Err(Why::NoTwin(".slice(-0)".into())),
        ((true, back), None) => format!("-{back}"),
        ((false, from), None) => from.to_string(),
        ((false, from), Some((false, to))) => format!("{from}, {}", to.saturating_sub(from)),
        _ => return Err(Why::NoTwin(".slice() to a place from the end".into())),
    };
    let x = value.operand();
    match value.kind {
        Kind::Text => Ok(Rhai::tight(format!("{x}.sub_string({span})"), Kind::Text)),
        Kind::List | Kind::Items => Ok(Rhai::tight(format!("{x}.extract({span})"), value.kind.clone())),
        Kind::Any => {
            let code = format!(
                "if type_of({}) == \"array\" {{ {x}.extract({span}) }} else {{ {x}.sub_string({span}) }}",
                value.code
            );
            Ok(Rhai::loose(code, Kind::Any))
        }
        _ => Err(Why::NoTwin(".slice() of this".into())),
    }
}

/// What goes through a list; nothing where the method is none of these.
fn with_function(
    translator: &Translator,
    list: &Rhai,
    method: &str,
    arguments: &[Js],
) -> Option<Result<Rhai, Why>> {
    let element = match list.kind {
        Kind::Items => Kind::Item,
        Kind::Any | Kind::List => Kind::Any,
        _ => return None,
    };
    let x = list.operand();
    let one = [element.clone()];
    Some(match (method, arguments) {
        ("map", [function]) => translator.arrow(function, &one).and_then(|(names, value)| match value.kind {
            Kind::Item => Ok(Rhai::tight(format!("{x}.map({names} {})", value.code), Kind::Items)),
            _ => {
                finish(value).map(|value| Rhai::tight(format!("{x}.map({names} {})", value.code), Kind::List))
            }
        }),
        ("flatMap", [function]) => translator.arrow(function, &one).and_then(|(names, value)| {
            let kind = if value.kind == Kind::Items { Kind::Items } else { Kind::List };
            let value = if kind == Kind::Items { value } else { finish(value)? };
            Ok(Rhai::tight(format!("flatten({x}.map({names} {}))", value.code), kind))
        }),
        ("filter" | "find" | "some" | "every", [function]) => {
            condition(translator, function, &one).map(|(names, code)| {
                let (twin, kind) = match method {
                    "filter" => ("filter", list.kind.clone()),
                    "find" => ("find", element),
                    "some" => ("some", Kind::Bool),
                    _ => ("all", Kind::Bool),
                };
                let kind = if method == "filter" && kind == Kind::Any { Kind::List } else { kind };
                Rhai::tight(format!("{x}.{twin}({names} {code})"), kind)
            })
        }
        ("reduce", [function, start]) => reduce(translator, list, function, start, element),
        ("sort", _) => sort(translator, list, arguments),
        _ => return None,
    })
}

/// A function that says yes or no.
fn condition(translator: &Translator, function: &Js, kinds: &[Kind]) -> Result<(String, String), Why> {
    // JavaScript's own test for values that are there.
    if *function == Js::Name("Boolean".into()) {
        return Ok(("|value|".into(), "![(), false, 0, \"\"].contains(value)".into()));
    }
    let (names, value) = translator.arrow_read(function, kinds, operators::truth)?;
    match value.kind {
        Kind::Bool => Ok((names, value.code)),
        _ => Err(Why::Kinds("what the function says".into())),
    }
}

fn reduce(
    translator: &Translator,
    list: &Rhai,
    function: &Js,
    start: &Js,
    element: Kind,
) -> Result<Rhai, Why> {
    let start = finish(translator.value(start)?)?;
    // What is carried along has the kind it began with, where the function keeps it.
    let kind = start.kind.clone();
    let (names, value) = translator.arrow(function, &[kind.clone(), element.clone()])?;
    let (names, value) = match value.kind == kind {
        true => (names, value),
        false => translator.arrow(function, &[Kind::Any, element])?,
    };
    let kind = if value.kind == kind { kind } else { Kind::Any };
    Ok(Rhai::tight(
        format!("{}.reduce({names} {}, {})", list.operand(), finish(value)?.code, start.code),
        kind,
    ))
}

/// `(a, b) => a.x - b.x`, and the other way round.
fn sort(translator: &Translator, list: &Rhai, arguments: &[Js]) -> Result<Rhai, Why> {
    let no_twin = || Why::NoTwin(".sort() but by a - b".into());
    let [Js::Arrow(names, super::tree::Body::Value(body))] = arguments else { return Err(no_twin()) };
    let ([first, second], Js::Binary("-", left, right)) = (&**names, &**body) else { return Err(no_twin()) };
    if !arguments_are_fresh(list) {
        return Err(Why::NoTwin(".sort() of a list that has another name".into()));
    }
    let key = |name: &String, side: &Js| {
        let kind = if list.kind == Kind::Items { Kind::Item } else { Kind::Any };
        translator
            .arrow(&Js::Arrow(vec![name.clone()], super::tree::Body::Value(Box::new(side.clone()))), &[kind])
    };
    let sorted = |names: &str, key: Rhai, list: &str| -> Result<String, Why> {
        Ok(format!("sort_by({list}, {names} {})", number(key)?.code))
    };
    let renamed = |side: &Js, from: &str, to: &str| super::code::renamed(side, from, to);
    if **right == renamed(left, first, second) {
        let (names, key) = key(first, left)?;
        return Ok(Rhai::tight(sorted(&names, key, &list.code)?, list.kind.clone()));
    }
    if **left == renamed(right, first, second) {
        // Equal ones stay in their order, so the list is turned before and after.
        let (names, key) = key(first, right)?;
        let inner = sorted(&names, key, &format!("reversed({})", list.code))?;
        return Ok(Rhai::tight(format!("reversed({inner})"), list.kind.clone()));
    }
    Err(no_twin())
}

fn test(translator: &Translator, pattern: (&str, &str), method: &str, arguments: &[Js]) -> Result<Rhai, Why> {
    match (method, arguments) {
        ("test", [value]) => {
            let value = in_text(translator.value(value)?)?;
            Ok(Rhai::tight(format!("matches({}, {})", value.code, regex(pattern, "i")?), Kind::Bool))
        }
        _ => Err(Why::NoTwin(format!("/…/.{method}()"))),
    }
}

fn patterns(
    _: &Translator,
    value: Rhai,
    pattern: (&str, &str),
    method: &str,
    arguments: &[Js],
) -> Result<Rhai, Why> {
    if method == "match" || !pattern.1.contains('g') || arguments.len() != 2 {
        return Err(Why::NoTwin(format!(".{method}(/…/)")));
    }
    plain_with(arguments)?;
    let Some(Js::Text(with)) = arguments.get(1) else { return Err(Why::NoTwin(format!(".{method}()"))) };
    let code = format!("replace_matches({}, {}, {})", value.code, regex(pattern, "gi")?, text_literal(with));
    Ok(Rhai::tight(code, Kind::Text))
}

/// A pattern that means the same in both, as a text.
pub fn regex((pattern, flags): (&str, &str), known: &str) -> Result<String, Why> {
    let no_twin = || Why::NoTwin(format!("the pattern /{pattern}/{flags}"));
    if pattern.is_empty() || flags.chars().any(|flag| !known.contains(flag)) || !pattern.is_ascii() {
        return Err(no_twin());
    }
    let (mut written, mut chars, mut class) = (String::new(), pattern.chars().peekable(), false);
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('s') => {
                    let blanks = "\\s\\x{a0}\\x{feff}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}";
                    written.push_str(&if class { blanks.to_owned() } else { format!("[{blanks}]") });
                }
                Some(c @ ('d' | 'D' | 'w' | 't' | 'n' | 'r')) => written.extend(['\\', c]),
                Some(c) if c.is_ascii_punctuation() => written.extend(['\\', c]),
                _ => return Err(no_twin()),
            },
            // Look-around and names; further brackets in a class.
            '(' if chars.peek() == Some(&'?') => return Err(no_twin()),
            '[' if class => written.push_str("\\["),
            '&' | '~' if class => written.extend(['\\', c]),
            '{' | '}' if !class && !is_count(&written, chars.clone()) && c == '{' => return Err(no_twin()),
            _ => {
                class = c == '[' || class && c != ']';
                written.push(c);
            }
        }
    }
    let prefix = if flags.contains('i') { "(?i)" } else { "" };
    Ok(text_literal(&format!("{prefix}{written}")))
}

/// Whether what stands in braces says how often.
fn is_count(before: &str, rest: std::iter::Peekable<std::str::Chars>) -> bool {
    let inner: String = rest.take_while(|c| *c != '}').collect();
    let digits = inner.bytes().all(|b| b.is_ascii_digit() || b == b',');
    !before.is_empty() && digits && inner.starts_with(|c: char| c.is_ascii_digit())
}
