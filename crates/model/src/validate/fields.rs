//! The fields of an operation: are they there, known, of their kind and within their bounds?

use super::Check;
use super::expressions::Reach;
use super::texts;
use crate::nearest::{did_you_mean, list};
use crate::parse::{kind_of, spoken};
use crate::{Field, FieldKind, Span, codes, pointer, template};
use serde_json::{Map, Value};

impl Check<'_> {
    pub(super) fn fields(
        &mut self,
        fields: &[Field],
        with: &Map<String, Value>,
        at: &str,
        reach: &mut Reach,
    ) {
        for name in with.keys().filter(|name| fields.iter().all(|field| field.name != **name)) {
            let names = fields.iter().map(|field| field.name.as_str());
            let advice = did_you_mean(name, names, "The fields here are");
            let message = format!("There is no field \"{name}\"");
            self.error(codes::UNKNOWN_FIELD, pointer::join(at, name), message, advice);
        }
        for field in fields {
            match with.get(&field.name).filter(|value| is_filled(field, value)) {
                Some(value) => self.field(field, value, &pointer::join(at, &field.name), reach),
                None if field.required => {
                    let message = format!("The field \"{}\" is required", field.name);
                    self.error(codes::MISSING_FIELD, at, message, fill_in(field));
                }
                None => {}
            }
        }
    }

    fn field(&mut self, field: &Field, value: &Value, at: &str, reach: &mut Reach) {
        let fixed = !field.kind.takes_expressions();
        match value.as_str() {
            Some(text) if field.kind == FieldKind::Code => self.code(field, text, at, reach),
            Some(text) if field.kind == FieldKind::Condition => self.condition(text, at, reach),
            // What an expression gives is known when it runs.
            Some(text) if template::has_expression(text) => {
                let mut nothing = Reach::nothing();
                self.template(text, at, if fixed { &mut nothing } else { reach });
            }
            _ => self.plain(field, value, at, reach),
        }
    }

    /// A value that is not one text with expressions.
    fn plain(&mut self, field: &Field, value: &Value, at: &str, reach: &mut Reach) {
        match (&field.kind, value) {
            (FieldKind::Json, value) => self.templates(value, at, reach),
            (FieldKind::Mapping, Value::Object(lines)) => {
                self.templates(&Value::Object(lines.clone()), at, reach)
            }
            (FieldKind::Bool, Value::Bool(_)) | (FieldKind::Condition, Value::Bool(_)) => {}
            (FieldKind::Number, Value::Number(number)) => {
                let number = number.as_f64().unwrap_or(f64::INFINITY);
                let least = field.at_least.is_none_or(|least| number >= least as f64);
                let most = field.at_most.is_none_or(|most| number <= most as f64);
                if !(least && most) {
                    self.out_of_bounds(field, "The number", at);
                }
            }
            (FieldKind::Money(currency), Value::Number(number)) => {
                self.money(field, currency.as_ref(), number.as_str(), at, reach);
            }
            (FieldKind::Money(currency), Value::String(text)) => {
                self.money(field, currency.as_ref(), text, at, reach);
            }
            (FieldKind::Record(_), Value::Number(id)) if !id.is_f64() => {}
            (FieldKind::Map, Value::Object(entries)) => {
                self.count(field, entries.len(), "entries", at);
                for (name, value) in entries {
                    self.entry(value, &pointer::join(at, name), reach);
                }
            }
            (FieldKind::List(fields), Value::Array(entries)) => {
                self.count(field, entries.len(), "entries", at);
                for (index, entry) in entries.iter().enumerate() {
                    self.row(fields, entry, &pointer::join(at, index), reach);
                }
            }
            (kind, Value::String(text)) if is_text(kind) => self.text(field, text, at),
            (kind, value) => self.wrong_kind(wanted(kind), value, at, reach),
        }
    }

    fn wrong_kind(&mut self, wanted: &str, value: &Value, at: &str, reach: &Reach) {
        let message = format!("Here belongs {wanted}, not {}", spoken(kind_of(value)));
        let advice = match reach.is_nothing() {
            true => format!("Write {wanted}."),
            false => format!("Write {wanted}, or an expression ${{…}} that gives it."),
        };
        self.error(codes::WRONG_FIELD_KIND, at, message, advice);
    }

    fn entry(&mut self, value: &Value, at: &str, reach: &mut Reach) {
        match value.as_str() {
            Some(text) => self.template(text, at, reach),
            None => self.wrong_kind("a text", value, at, reach),
        }
    }

    fn row(&mut self, fields: &[Field], entry: &Value, at: &str, reach: &mut Reach) {
        match entry {
            Value::Object(with) => self.fields(fields, with, at, reach),
            Value::String(text) if template::has_expression(text) => self.template(text, at, reach),
            other => self.wrong_kind("an object", other, at, reach),
        }
    }

    fn text(&mut self, field: &Field, text: &str, at: &str) {
        self.count(field, text.chars().count(), "characters", at);
        let problem = match &field.kind {
            FieldKind::Choice(options) => {
                let values = options.iter().map(|option| option.value.as_str());
                let known = values.clone().any(|value| value == text);
                (!known).then(|| {
                    let message = format!("\"{text}\" is none of the choices");
                    (codes::NOT_A_CHOICE, message, format!("Write one of {}", list(values)))
                })
            }
            FieldKind::Span => text
                .parse::<Span>()
                .err()
                .map(|message| (codes::BAD_SPAN, message, "Write it like 500ms, 2s, 10m, 1h or 7d.".into())),
            FieldKind::Cron => texts::cron(text).err().map(|message| {
                (
                    codes::BAD_CRON,
                    message,
                    "Write minute, hour, day, month and weekday, such as 0 8 * * MON-FRI.".into(),
                )
            }),
            FieldKind::TimeZone => (!texts::is_time_zone(text)).then(|| {
                (
                    codes::BAD_TIME_ZONE,
                    format!("\"{text}\" is not a time zone"),
                    "Write it like Asia/Bangkok or UTC.".into(),
                )
            }),
            FieldKind::Url => texts::url(text).err().map(|message| {
                (
                    codes::BAD_URL,
                    message,
                    "Write the whole address, such as https://api.example.com/orders.".into(),
                )
            }),
            FieldKind::Path if texts::is_taken_by_waits(text) => Some((
                codes::BAD_PATH,
                format!("\"{text}\" cannot be a webhook's path: what begins with resume/ ends waits"),
                "Choose another first part, such as continue/.".into(),
            )),
            FieldKind::Path => (!texts::is_path(text)).then(|| {
                (
                    codes::BAD_PATH,
                    format!("\"{text}\" cannot be a webhook's path"),
                    "Write it like shop/orders: letters, digits, - and _, with / between.".into(),
                )
            }),
            FieldKind::Flow => return self.check_id(text, at),
            _ => None,
        };
        if let Some((code, message, advice)) = problem {
            self.error(code, at, message, advice);
        }
    }

    fn code(&mut self, field: &Field, source: &str, at: &str, reach: &mut Reach) {
        self.count(field, source.chars().count(), "characters", at);
        match self.scripts.script(source) {
            Ok(()) => self.references(source, at, reach),
            Err(problem) => {
                let advice = "Statements end with ;, an object is written #{ name: value }, the last value is the result.";
                self.error(codes::BAD_SCRIPT, at, problem.to_string(), advice);
            }
        }
    }

    fn condition(&mut self, text: &str, at: &str, reach: &mut Reach) {
        match template::parts(text) {
            Ok(_) if template::only_expression(text).is_none() => {
                let message = "The condition is not one expression";
                self.error(codes::NOT_A_CONDITION, at, message, "Write it like ${input.total > 1000}.");
            }
            _ => self.template(text, at, reach),
        }
    }

    fn count(&mut self, field: &Field, count: usize, what: &str, at: &str) {
        if field.at_most.is_some_and(|most| count as u64 > most) {
            self.out_of_bounds(field, &format!("The number of {what}"), at);
        }
    }

    pub(super) fn out_of_bounds(&mut self, field: &Field, what: &str, at: &str) {
        let bounds = match (field.at_least, field.at_most) {
            (Some(least), Some(most)) => format!("from {least} to {most}"),
            (Some(least), None) => format!("at least {least}"),
            (None, most) => format!("at most {}", most.unwrap_or(u64::MAX)),
        };
        let message = format!("{what} in \"{}\" has to be {bounds}", field.name);
        self.error(codes::OUT_OF_BOUNDS, at, message, format!("Stay within: {bounds}."));
    }
}

fn fill_in(field: &Field) -> String {
    let mut advice = format!("Fill in \"{}\".", field.name);
    if !field.about.en.is_empty() {
        advice.push_str(&format!(" {}", field.about.en));
    }
    if !field.example.is_null() {
        advice.push_str(&format!(" For example: {}", field.example));
    }
    advice
}

/// Whether a field has been filled in; nothing is a value of its own only where any JSON is.
fn is_filled(field: &Field, value: &Value) -> bool {
    match value {
        Value::Null => field.kind == FieldKind::Json,
        Value::String(text) => !(field.required && text.trim().is_empty() && is_text(&field.kind)),
        _ => true,
    }
}

fn is_text(kind: &FieldKind) -> bool {
    !matches!(
        kind,
        FieldKind::Number
            | FieldKind::Bool
            | FieldKind::Json
            | FieldKind::Map
            | FieldKind::List(_)
            | FieldKind::Mapping
            | FieldKind::Rate
    )
}

fn wanted(kind: &FieldKind) -> &'static str {
    match kind {
        FieldKind::Number => "a number",
        FieldKind::Money(_) => "an amount of money",
        FieldKind::Bool => "true or false",
        FieldKind::Map => "an object of names and texts",
        FieldKind::Mapping => "an object with a line for each field",
        FieldKind::List(_) => "a list",
        FieldKind::Condition => "a condition",
        FieldKind::Span => "a length of time such as \"10m\"",
        FieldKind::Record(_) => "a record's id",
        _ => "a text",
    }
}
