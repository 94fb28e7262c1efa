//! One stored value, and how it goes to and from Odoo's JSON.

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use serde_json::Value;

use super::exception::Exception;
use super::fields::{Field, Kind};

/// Odoo's integers, ids included, are 32 bits wide in PostgreSQL: a shop's int64 id does not fit.
const INTEGER_MAX: i64 = i32::MAX as i64;

const TIME_FORMAT: &str = "%Y-%m-%d %H:%M:%S";
/// The day at the beginning of a time.
const DAY_CHARS: usize = 10;

/// A value. A many2one is the `Int` of its id.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Cell {
    #[default]
    Empty,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Box<str>),
    Time(i64),
    Ids(Vec<i64>),
}

impl Cell {
    pub(crate) fn text(text: impl Into<Box<str>>) -> Self {
        Cell::Text(text.into())
    }

    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Cell::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn as_int(&self) -> Option<i64> {
        match self {
            Cell::Int(int) => Some(*int),
            _ => None,
        }
    }

    /// Numbers are 0 where nothing was stored, as Odoo reads them.
    pub(crate) fn as_number(&self) -> f64 {
        match self {
            Cell::Int(int) => *int as f64,
            Cell::Float(float) => *float,
            _ => 0.0,
        }
    }

    pub(crate) fn ids(&self) -> &[i64] {
        match self {
            Cell::Ids(ids) => ids,
            _ => &[],
        }
    }

    /// True for what `= false` in a domain finds.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Cell::Empty | Cell::Bool(false) => true,
            Cell::Text(text) => text.is_empty(),
            Cell::Ids(ids) => ids.is_empty(),
            _ => false,
        }
    }

    /// Reads a plain value (relations are the database's business, but for a bare many2one id).
    pub(crate) fn parse(field: &Field, value: &Value) -> Result<Self, Exception> {
        if matches!(value, Value::Null | Value::Bool(false)) {
            return Ok(if field.kind == Kind::Boolean { Cell::Bool(false) } else { Cell::Empty });
        }
        match field.kind {
            Kind::Char | Kind::Text => Ok(Cell::text(as_python_text(value))),
            Kind::Selection(options) => selection(field, options, value),
            Kind::Integer | Kind::Many2one(_) => integer(value),
            Kind::Float => Ok(Cell::Float(float(value)?)),
            Kind::Money => Ok(Cell::Float(round_money(float(value)?))),
            Kind::Boolean => Ok(Cell::Bool(truthy(value))),
            Kind::Date | Kind::Datetime => time(value),
            Kind::One2many(_) | Kind::Many2many(_) => {
                Err(Exception::value(format!("Wrong value for {}", field.label)))
            }
        }
    }

    /// The bare value; a many2one is its id here.
    pub(crate) fn to_json(&self, kind: Kind) -> Value {
        match (self, kind) {
            (Cell::Empty, Kind::Integer) => 0.into(),
            (Cell::Empty, Kind::Float | Kind::Money) => 0.0.into(),
            (Cell::Empty, Kind::One2many(_) | Kind::Many2many(_)) => Value::Array(Vec::new()),
            (Cell::Empty, _) => false.into(),
            (Cell::Bool(flag), _) => (*flag).into(),
            (Cell::Int(int), Kind::Float | Kind::Money) => (*int as f64).into(),
            (Cell::Int(int), _) => (*int).into(),
            (Cell::Float(float), _) => (*float).into(),
            (Cell::Text(text), _) => (**text).into(),
            (Cell::Time(seconds), Kind::Date) => format_time(*seconds)[..DAY_CHARS].into(),
            (Cell::Time(seconds), _) => format_time(*seconds).into(),
            (Cell::Ids(ids), _) => ids.clone().into(),
        }
    }
}

/// Half up, to the satang, with the little nudge that keeps 1.005 from becoming 1.00.
pub(crate) fn round_money(amount: f64) -> f64 {
    let satang = amount * 100.0;
    (satang + satang.signum() * satang.abs() * f64::EPSILON).round() / 100.0
}

pub(crate) fn format_time(seconds: i64) -> String {
    let time = DateTime::from_timestamp(seconds, 0).unwrap_or(DateTime::UNIX_EPOCH);
    time.format(TIME_FORMAT).to_string()
}

/// Python's `str()` of what came in: Odoo stores a number given for a text as its digits.
pub(crate) fn as_python_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "True".to_owned(),
        other => other.to_string(),
    }
}

pub(crate) fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(map) => !map.is_empty(),
    }
}

fn selection(field: &Field, options: &[&str], value: &Value) -> Result<Cell, Exception> {
    match value.as_str() {
        Some(text) if options.contains(&text) => Ok(Cell::text(text)),
        _ => Err(Exception::value(format!("Wrong value for {}: {value}", field.label))),
    }
}

fn integer(value: &Value) -> Result<Cell, Exception> {
    let int = match value {
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|float| float as i64)),
        Value::String(text) => text.trim().parse().ok(),
        Value::Bool(_) => Some(1),
        _ => None,
    };
    let int =
        int.ok_or_else(|| Exception::value(format!("invalid literal for int() with base 10: {value}")))?;
    if int.abs() > INTEGER_MAX { Err(Exception::out_of_range()) } else { Ok(Cell::Int(int)) }
}

fn float(value: &Value) -> Result<f64, Exception> {
    let float = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        Value::Bool(_) => Some(1.0),
        _ => None,
    };
    let refuse = || Exception::value(format!("could not convert string to float: {value}"));
    float.filter(|float| float.is_finite()).ok_or_else(refuse)
}

/// `YYYY-MM-DD HH:MM:SS` in UTC, or a bare day. A `T` or a zone is refused, as Odoo does.
fn time(value: &Value) -> Result<Cell, Exception> {
    let text = as_python_text(value);
    let time = NaiveDateTime::parse_from_str(&text, TIME_FORMAT).ok();
    let day = || NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0);
    match time.or_else(day) {
        Some(time) => Ok(Cell::Time(time.and_utc().timestamp())),
        None => Err(Exception::value(format!("time data '{text}' does not match format '{TIME_FORMAT}'"))),
    }
}
