//! What a value becomes on its way: the standard library's own functions, so that both mean the same.

use super::failure::{self, Failure};
use super::references::{self, References};
use super::source::Source;
use crate::digits::{decimal, number_out};
use crate::library::{Answer, dates, message_of, money, numbers, thai};
use crate::path::as_text;
use crate::{Engine, Error, Scope};
use model::FieldKind;
use model::mapping::{Conversion, DateForm, Lookup, Otherwise, Within};
use model::money::{Amount, Currency, NotMoney, places, plain};
use rhai::Dynamic;
use rust_decimal::Decimal;
use serde_json::{Number, Value};
use std::borrow::Cow;

const YES: [&str; 8] = ["yes", "y", "true", "1", "on", "ใช่", "จริง", "มี"];
const NO: [&str; 9] = ["no", "n", "false", "0", "off", "ไม่", "ไม่ใช่", "เท็จ", "ไม่มี"];

/// A conversion with the expression in it compiled.
#[derive(Debug)]
pub(super) enum Step {
    Plain(Conversion),
    Money(Source),
    Default(Source),
}

pub(super) fn compile(engine: &Engine, all: &[Conversion], at: &str) -> Result<Vec<Step>, Error> {
    let step = |conversion: &Conversion| {
        Ok(match conversion {
            Conversion::Money(currency) => {
                Step::Money(Source::compile(engine, &Value::from(currency.as_str()), at)?)
            }
            Conversion::Default(value) => Step::Default(Source::compile(engine, value, at)?),
            Conversion::Lookup(Lookup { within: Within::Xref(xref), .. }) => match xref.trouble() {
                Some(trouble) => return Err(failure::unfinished(trouble, at)),
                None => Step::Plain(conversion.clone()),
            },
            plain => Step::Plain(plain.clone()),
        })
    };
    all.iter().map(step).collect()
}

/// Whether a conversion reads what is not in its run.
pub(super) fn refers(steps: &[Step]) -> bool {
    let is_xref =
        |step: &Step| matches!(step, Step::Plain(Conversion::Lookup(Lookup { within: Within::Xref(_), .. })));
    steps.iter().any(is_xref)
}

/// One conversion after the other. What is missing stays missing, unless a default or a table has something for it.
pub(super) fn all(
    steps: &[Step],
    value: Option<Value>,
    engine: &Engine,
    scope: &Scope,
    deadline_ms: u64,
    known: &References,
) -> Result<Option<Value>, Failure> {
    let given = |source: &Source| source.value(engine, scope, deadline_ms).map_err(Failure::expression);
    steps.iter().try_fold(value, |value, step| match (step, value) {
        (Step::Default(instead), value) if value.as_ref().is_none_or(is_blank) => given(instead),
        (Step::Default(_), value) => Ok(value),
        (Step::Plain(Conversion::Lookup(lookup)), value) => look_up(lookup, value, known),
        (_, None) => Ok(None),
        (Step::Money(currency), Some(value)) => {
            let currency = given(currency)?.unwrap_or_default();
            in_currency(&value, &currency).map(Some)
        }
        (Step::Plain(conversion), Some(value)) => {
            one(conversion, value).map(|made| Some(made).filter(|made| !made.is_null()))
        }
    })
}

fn is_blank(value: &Value) -> bool {
    value.is_null() || is_blank_text(value) || value.as_array().is_some_and(Vec::is_empty)
}

pub(super) fn is_blank_text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.trim().is_empty())
}

fn look_up(lookup: &Lookup, value: Option<Value>, known: &References) -> Result<Option<Value>, Failure> {
    let found = match (&lookup.within, &value) {
        (Within::Table(table), value) => {
            let key = value.as_ref().map(as_text).unwrap_or_default();
            table.get(&*key).or_else(|| table.get(key.trim())).cloned()
        }
        (Within::Xref(_), None) => None,
        (Within::Xref(xref), Some(value)) => references::find(xref, value, known)?,
    };
    match (found, &lookup.otherwise, value) {
        (Some(found), ..) => Ok(Some(found)),
        (None, Otherwise::Value(instead), _) => Ok(Some(instead.clone())),
        (None, Otherwise::Keep, value) => Ok(value),
        (None, Otherwise::Fail, None) => Ok(None),
        (None, Otherwise::Fail, Some(value)) => Err(match &lookup.within {
            Within::Table(_) => Failure::not_in_table(&value),
            Within::Xref(xref) => Failure::not_in_xref(xref, &value),
        }),
    }
    .map(|made| made.filter(|made| !made.is_null()))
}

fn one(conversion: &Conversion, value: Value) -> Result<Value, Failure> {
    match conversion {
        Conversion::Text => Ok(Value::String(as_text(&value).into_owned())),
        Conversion::Integer => integer(value),
        Conversion::Decimal => number(value),
        Conversion::Round(digits) => {
            computed(&value, |amount| numbers::round(amount, i64::from(*digits)).map(Dynamic::from))
        }
        Conversion::WithVat(rate) => {
            computed(&value, |net| part(money::vat_added(net, exactly(rate)?)?, "gross"))
        }
        Conversion::WithoutVat(rate) => {
            computed(&value, |gross| part(money::vat_included(gross, exactly(rate)?)?, "net"))
        }
        Conversion::VatOf(rate) => {
            computed(&value, |gross| part(money::vat_included(gross, exactly(rate)?)?, "vat"))
        }
        Conversion::Trim => text(value, |text| text.trim().to_owned()),
        Conversion::Upper => text(value, str::to_uppercase),
        Conversion::Lower => text(value, str::to_lowercase),
        Conversion::Cut(most) => {
            text(value, |text| text.chars().take(usize::try_from(*most).unwrap_or(usize::MAX)).collect())
        }
        Conversion::Date(form) => date(value, form),
        Conversion::Boolean { yes, no } => boolean(value, yes, no),
        Conversion::Join(between) => join(value, between),
        Conversion::Split(between) => split(value, between),
        Conversion::Money(_) | Conversion::Default(_) | Conversion::Lookup(_) => Ok(value),
    }
}

fn text(value: Value, change: impl FnOnce(&str) -> String) -> Result<Value, Failure> {
    match &value {
        Value::Array(_) | Value::Object(_) => {
            Err(Failure::value(&value, "is no text", "Join the list first, or choose one value of it."))
        }
        value => Ok(Value::String(change(&as_text(value)))),
    }
}

const NUMBER_ADVICE: &str = "Correct the value where it comes from, or put a default or a lookup before. Numbers are written like 1,234.50.";

const AMOUNT_ADVICE: &str =
    "Add the conversion \"decimal\", which reads a number as people write it, or choose another value.";

fn no_number(value: &Value) -> Failure {
    Failure::value(value, "is no number", NUMBER_ADVICE)
}

fn amount(value: &Value) -> Result<Decimal, Failure> {
    let found = match value {
        Value::Number(number) => decimal(number.as_str()),
        Value::String(text) => plain(text).and_then(|digits| decimal(&digits)),
        _ => None,
    };
    found.ok_or_else(|| no_number(value))
}

/// The number with the digits that it has.
fn number(value: Value) -> Result<Value, Failure> {
    match &value {
        Value::Number(_) => Ok(value),
        value => amount(value).map(|amount| number_out(amount.to_string())),
    }
}

fn integer(value: Value) -> Result<Value, Failure> {
    match &value {
        // However long it is.
        Value::Number(number) if !number.as_str().contains(['.', 'e', 'E']) => Ok(value),
        value => {
            let amount = amount(value)?;
            if !amount.fract().is_zero() {
                let advice = "Round it first with {\"round\": 0}, or leave the fraction with \"decimal\".";
                return Err(Failure::value(value, "is no whole number", advice));
            }
            Ok(number_out(amount.trunc().normalize().to_string()))
        }
    }
}

fn exactly(rate: &Number) -> Answer<Decimal> {
    numbers::decimal_of(&Dynamic::from(rate.as_str().to_owned()))
}

fn part(mut parts: rhai::Map, name: &str) -> Answer<Dynamic> {
    Ok(parts.remove(name).unwrap_or(Dynamic::UNIT))
}

fn computed(value: &Value, compute: impl FnOnce(Decimal) -> Answer<Dynamic>) -> Result<Value, Failure> {
    let made = compute(amount(value)?).map_err(|error| {
        Failure::value(value, format!("cannot be used: {}", message_of(&error)), NUMBER_ADVICE)
    })?;
    match made.as_decimal() {
        Ok(made) => Ok(number_out(made.to_string())),
        Err(_) => Err(no_number(value)),
    }
}

fn in_currency(value: &Value, currency: &Value) -> Result<Value, Failure> {
    let digits = money::digits(&as_text(currency)).map_err(|_| {
        let advice = "Give the line's money conversion a currency of three letters, such as THB.";
        Failure::value(currency, "is no currency", advice)
    })?;
    computed(value, |amount| numbers::round(amount, digits).map(Dynamic::from))
}

fn date(value: Value, form: &DateForm) -> Result<Value, Failure> {
    let made = dated(&value, form);
    made.map(Value::String).map_err(|error| {
        let advice = match &form.read {
            Some(pattern) => format!("It is read as {pattern}. Correct the value or what is read."),
            None => "Say how it is read, such as {\"date\": {\"read\": \"%d/%m/%BE\"}}.".into(),
        };
        Failure::value(&value, format!("cannot be used as a date: {}", message_of(&error)), advice)
    })
}

fn dated(value: &Value, form: &DateForm) -> Answer<String> {
    let zone = dates::zone_or_home(form.zone.as_deref())?;
    let text = match (value, &form.read) {
        // Seconds since 1970, as many systems write it.
        (Value::Number(number), None) => Cow::Owned(dates::from_unix(number.as_str())?),
        (value, Some(pattern)) => Cow::Owned(dates::parse_date(&as_text(value), pattern, zone)?),
        (Value::String(text), None) => Cow::Owned(thai::arabic_digits(text.trim())),
        (value, None) => as_text(value),
    };
    dates::written(&text, form.write.as_deref(), form.zone.as_deref(), zone)
}

fn boolean(value: Value, yes: &[String], no: &[String]) -> Result<Value, Failure> {
    if value.is_boolean() && yes.is_empty() && no.is_empty() {
        return Ok(value);
    }
    let text = as_text(&value).trim().to_lowercase();
    let usual = yes.is_empty() && no.is_empty();
    let among = |words: &[String], usual_words: &[&str]| match usual {
        true => usual_words.contains(&text.as_str()),
        false => words.iter().any(|word| word.trim().to_lowercase() == text),
    };
    if among(yes, &YES) {
        return Ok(Value::Bool(true));
    }
    if among(no, &NO) {
        return Ok(Value::Bool(false));
    }
    // Words for one of the two say what the other is.
    match (yes.is_empty(), no.is_empty()) {
        (false, true) => Ok(Value::Bool(false)),
        (true, false) => Ok(Value::Bool(true)),
        _ => Err(Failure::value(&value, "is neither yes nor no", "Add the word to those for yes or for no.")),
    }
}

fn join(value: Value, between: &str) -> Result<Value, Failure> {
    let Value::Array(items) = &value else { return text(value, str::to_owned) };
    if items.iter().any(|item| item.is_array() || item.is_object()) {
        let advice = "Join a list of texts, such as ${input.tags}.";
        return Err(Failure::value(&value, "has more than texts in it", advice));
    }
    let parts: Vec<_> = items.iter().map(as_text).filter(|part| !part.trim().is_empty()).collect();
    // Nothing joined is nothing.
    Ok(if parts.is_empty() { Value::Null } else { Value::String(parts.join(between)) })
}

fn split(value: Value, between: &str) -> Result<Value, Failure> {
    if value.is_array() {
        return Ok(value);
    }
    let Value::String(whole) = text(value, str::to_owned)? else { return Ok(Value::Null) };
    let parts = whole.split(between).map(str::trim).filter(|part| !part.is_empty());
    Ok(parts.map(Value::from).collect())
}

/// The value, unless it is of a kind that the target could not take.
pub(super) fn check(value: Option<Value>, wants: Option<&FieldKind>) -> Result<Option<Value>, Failure> {
    let (Some(made), Some(wants)) = (&value, wants) else { return Ok(value) };
    if let FieldKind::Money(currency) = wants {
        check_amount(made, currency.as_ref())?;
        return Ok(value);
    }
    let is_text = !made.is_array() && !made.is_object();
    let (fine, what, advice) = match wants {
        FieldKind::Number => (amount_is_plain(made), "no number", NUMBER_ADVICE),
        FieldKind::Bool => (
            made.is_boolean(),
            "neither true nor false",
            "Add the conversion \"boolean\", with the words for yes and for no.",
        ),
        FieldKind::List(_) => (made.is_array(), "no list", "Make one with \"each\" or \"split\"."),
        FieldKind::Text | FieldKind::LongText => {
            (is_text, "no text", "Choose a value inside of it, or join a list.")
        }
        _ => return Ok(value),
    };
    match fine {
        true => Ok(value),
        false => Err(Failure::value(made, format!("is {what}, which this field takes"), advice)),
    }
}

/// Shops write money as text, so a text that is nothing but a number is one too.
fn amount_is_plain(value: &Value) -> bool {
    match value {
        Value::Number(_) => true,
        Value::String(text) => decimal(text.trim()).is_some(),
        _ => false,
    }
}

/// Only a fixed currency is known here; what another line makes of it is the target's to compare.
fn check_amount(value: &Value, currency: Option<&Currency>) -> Result<(), Failure> {
    let text = match value {
        Value::Number(number) => number.as_str(),
        Value::String(text) => text,
        _ => "",
    };
    let code = match currency {
        Some(Currency::Fixed(code)) => code.as_str(),
        _ => "",
    };
    match Amount::read(text).and_then(|amount| amount.of_places(places(code))) {
        Ok(_) => Ok(()),
        Err(NotMoney::TooFine) => {
            let advice = format!("Add the conversion {{\"money\": \"{code}\"}}, which rounds half up.");
            Err(Failure::value(value, format!("has more digits after the point than {code}"), advice))
        }
        Err(_) => Err(Failure::value(value, "is no amount of money, which this field takes", AMOUNT_ADVICE)),
    }
}
