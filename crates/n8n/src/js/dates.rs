//! Moments: Luxon's, and the few things that people ask of JavaScript's own `Date`.

use super::Why;
use super::operators::number;
use super::translate::{Kind, Rhai, Translator, text_literal};
use super::tree::{Field, Js};

/// The zone that Khlong reads a time in which names none.
pub const HOME: &str = "Asia/Bangkok";
/// Stands for a zone where a moment is one of JavaScript's own.
const DATE: &str = "Date";

pub fn now(zone: &str) -> Rhai {
    Rhai::tight(format!("to_zone(now(), {})", text_literal(zone)), Kind::When(zone.to_owned()))
}

pub fn new(translator: &Translator, class: &Js, arguments: &[Js]) -> Result<Rhai, Why> {
    match (class, arguments) {
        (Js::Name(name), []) if name == "Date" => Ok(date("now()".into())),
        (Js::Name(name), [value]) if name == "Date" => {
            read(translator, value, "UTC").map(|when| date(when.code))
        }
        (Js::Name(name), _) => Err(Why::NoTwin(format!("new {name}()"))),
        _ => Err(Why::NoTwin("new".into())),
    }
}

/// JavaScript's own; it speaks UTC.
fn date(code: String) -> Rhai {
    Rhai::tight(code, Kind::When(DATE.into()))
}

/// A moment on its way out, as n8n writes it; anything else as it is.
pub fn written(value: Rhai) -> Rhai {
    match &value.kind {
        Kind::When(zone) => Rhai::tight(iso(&value.code, zone), Kind::Text),
        _ => value,
    }
}

/// The same where it becomes part of a text: a `Date` is written in English words there.
pub fn as_text(value: Rhai) -> Result<Rhai, Why> {
    match &value.kind {
        Kind::When(zone) if zone == DATE => Err(Why::NoTwin("a Date in a text".into())),
        _ => Ok(written(value)),
    }
}

/// To the millisecond, also where there are none, by a zone's clock.
pub fn iso(code: &str, zone: &str) -> String {
    let (zone, end) = match zone {
        DATE | "UTC" => ("UTC", "Z"),
        zone => (zone, "%:z"),
    };
    format!("format_date({code}, \"%Y-%m-%dT%H:%M:%S%.3f{end}\", {})", text_literal(zone))
}

pub fn of_class(translator: &Translator, class: &str, method: &str, arguments: &[Js]) -> Result<Rhai, Why> {
    let zone = translator.scene.zone();
    match (class, method, arguments) {
        ("DateTime", "now" | "local", []) => Ok(now(zone)),
        ("DateTime", "utc", []) => Ok(now("UTC")),
        ("DateTime", "fromISO", [value]) => read(translator, value, zone),
        ("Date", "now", []) => Ok(Rhai::tight("unix_ms(now())", Kind::Number)),
        _ => Err(Why::NoTwin(format!("{class}.{method}()"))),
    }
}

/// A text that holds a time. One that names no zone is read in Bangkok's, so it is refused where n8n reads it in another.
fn read(translator: &Translator, value: &Js, zone: &str) -> Result<Rhai, Why> {
    let value = translator.value(value)?;
    match value.kind {
        Kind::When(_) => Ok(value),
        Kind::Any | Kind::Text if zone == HOME => Ok(Rhai::tight(
            format!("to_zone({}, {})", value.code, text_literal(zone)),
            Kind::When(zone.to_owned()),
        )),
        Kind::Any | Kind::Text => Err(Why::Kinds("a time that may name no zone".into())),
        _ => Err(Why::NoTwin("a time of this".into())),
    }
}

pub fn member(when: &Rhai, name: &str) -> Result<Rhai, Why> {
    let Kind::When(zone) = &when.kind else { return Err(Why::NoTwin(format!(".{name}"))) };
    let part = |pattern: &str| {
        let code = format!("whole(format_date({}, \"{pattern}\", {}))", when.code, text_literal(zone));
        Ok(Rhai::tight(code, Kind::Number))
    };
    match name {
        _ if zone == DATE => Err(Why::NoTwin(format!(".{name}"))),
        "year" => part("%Y"),
        "month" => part("%m"),
        "day" => part("%d"),
        "hour" => part("%H"),
        "minute" => part("%M"),
        "second" => part("%S"),
        "millisecond" => part("%3f"),
        "weekday" if zone == HOME => Ok(Rhai::tight(format!("weekday({})", when.code), Kind::Number)),
        _ => Err(Why::NoTwin(format!(".{name}"))),
    }
}

pub fn call(translator: &Translator, when: Rhai, method: &str, arguments: &[Js]) -> Result<Rhai, Why> {
    let Kind::When(zone) = when.kind.clone() else { return Err(Why::NoTwin(format!(".{method}()"))) };
    if zone == DATE {
        return of_date(&when, method, arguments);
    }
    let (code, quoted) = (&when.code, text_literal(&zone));
    let text = |code: String| Ok(Rhai::tight(code, Kind::Text));
    match (method, arguments) {
        ("toISO" | "toString" | "toJSON", []) => text(iso(code, &zone)),
        ("toISODate", []) => text(format!("date_of({code}, {quoted})")),
        ("toFormat" | "format", [Js::Text(pattern)]) => {
            text(format!("format_date({code}, {}, {quoted})", text_literal(&strftime(pattern)?)))
        }
        ("toMillis" | "valueOf", []) => Ok(Rhai::tight(format!("unix_ms({code})"), Kind::Number)),
        ("toSeconds", []) => Ok(Rhai::tight(format!("div(unix_ms({code}), 1000)"), Kind::Number)),
        ("toUnixInteger", []) => Ok(Rhai::tight(format!("unix_time({code})"), Kind::Number)),
        ("plus" | "minus", [Js::Map(fields)]) => match &**fields {
            [Field::Named(unit, count)] => moved(translator, &when, method, count, unit),
            _ => Err(Why::NoTwin(format!(".{method}() of several units"))),
        },
        ("plus" | "minus", [count, Js::Text(unit)]) => moved(translator, &when, method, count, unit),
        ("startOf", [Js::Text(unit)]) if unit == "day" => {
            Ok(Rhai::tight(format!("start_of_day({code}, {quoted})"), when.kind.clone()))
        }
        ("setZone", [Js::Text(to)]) if !to.is_empty() => {
            Ok(Rhai::tight(format!("to_zone({code}, {})", text_literal(to)), Kind::When(to.clone())))
        }
        ("toUTC", []) => Ok(Rhai::tight(format!("to_utc({code})"), Kind::When("UTC".into()))),
        _ => Err(Why::NoTwin(format!(".{method}()"))),
    }
}

fn moved(translator: &Translator, when: &Rhai, method: &str, count: &Js, unit: &str) -> Result<Rhai, Why> {
    let unit = match unit.trim_end_matches('s') {
        unit @ ("second" | "minute" | "hour" | "day" | "week" | "month" | "year") => format!("{unit}s"),
        _ => return Err(Why::NoTwin(format!(".{method}() in {unit}"))),
    };
    let count = whole(translator.value(count)?)?;
    let count = if method == "minus" { format!("-{}", count.operand()) } else { count.code };
    Ok(Rhai::tight(format!("add_time({}, {count}, \"{unit}\")", when.code), when.kind.clone()))
}

/// A count, as `add_time` takes it.
fn whole(count: Rhai) -> Result<Rhai, Why> {
    let number = number(count.clone())?;
    let is_whole = number.code.parse::<i64>().is_ok();
    Ok(if is_whole { number } else { Rhai::tight(format!("whole({})", count.code), Kind::Number) })
}

fn of_date(when: &Rhai, method: &str, arguments: &[Js]) -> Result<Rhai, Why> {
    let code = &when.code;
    match (method, arguments) {
        ("toISOString" | "toJSON", []) => Ok(Rhai::tight(iso(code, DATE), Kind::Text)),
        ("getTime" | "valueOf", []) => Ok(Rhai::tight(format!("unix_ms({code})"), Kind::Number)),
        _ => Err(Why::NoTwin(format!("a Date's .{method}()"))),
    }
}

/// Luxon's pattern as Rhai's.
pub fn strftime(pattern: &str) -> Result<String, Why> {
    let no_twin = |what: &str| Why::NoTwin(format!("{what} in a date's pattern"));
    let (mut written, mut rest) = (String::new(), pattern);
    while let Some(c) = rest.chars().next() {
        if c == '\'' {
            let end = rest[1..].find('\'').ok_or_else(|| no_twin("'"))?;
            written.push_str(&rest[1..=end].replace('%', "%%"));
            rest = &rest[end + 2..];
            continue;
        }
        let length = rest.bytes().take_while(|b| *b == c as u8).count().max(1);
        if c.is_ascii_alphabetic() {
            let token = &rest[..length];
            written.push_str(match token {
                "yyyy" => "%Y",
                "MM" => "%m",
                "dd" => "%d",
                "HH" => "%H",
                "mm" => "%M",
                "ss" => "%S",
                _ => return Err(no_twin(token)),
            });
            rest = &rest[length..];
        } else {
            written.push_str(&if c == '%' { "%%".to_owned() } else { c.to_string() });
            rest = &rest[c.len_utf8()..];
        }
    }
    Ok(written)
}
