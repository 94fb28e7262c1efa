//! What is set in a conversion, as somebody types it.

use super::target::{text_of, value_of};
use super::{TargetKind, date_with};
use model::mapping::Conversion;
use model::template::has_expression;
use serde_json::Number;

/// One thing that can be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Setting {
    Digits,
    Currency,
    Rate,
    Letters,
    Instead,
    Between,
    Read,
    Write,
    Zone,
    Yes,
    No,
}

const DIGITS_MAX: u32 = 20;
const LETTERS_MAX: u64 = 1_000_000;
const RATE_MAX: f64 = 100.0;

/// All that can be set in a conversion; a lookup's table is more than texts.
pub fn settings(conversion: &Conversion) -> &'static [Setting] {
    match conversion {
        Conversion::Round(_) => &[Setting::Digits],
        Conversion::Money(_) => &[Setting::Currency],
        Conversion::WithVat(_) | Conversion::WithoutVat(_) | Conversion::VatOf(_) => &[Setting::Rate],
        Conversion::Cut(_) => &[Setting::Letters],
        Conversion::Default(_) => &[Setting::Instead],
        Conversion::Join(_) | Conversion::Split(_) => &[Setting::Between],
        Conversion::Date(_) => &[Setting::Read, Setting::Write, Setting::Zone],
        Conversion::Boolean { .. } => &[Setting::Yes, Setting::No],
        _ => &[],
    }
}

impl Setting {
    pub fn shown(self, conversion: &Conversion) -> String {
        match (self, conversion) {
            (_, Conversion::Round(digits)) => digits.to_string(),
            (_, Conversion::Money(text) | Conversion::Join(text) | Conversion::Split(text)) => text.clone(),
            (_, Conversion::WithVat(rate) | Conversion::WithoutVat(rate) | Conversion::VatOf(rate)) => {
                rate.to_string()
            }
            (_, Conversion::Cut(letters)) => letters.to_string(),
            (_, Conversion::Default(value)) => text_of(value),
            (Self::Read, Conversion::Date(form)) => form.read.clone().unwrap_or_default(),
            (Self::Write, Conversion::Date(form)) => form.write.clone().unwrap_or_default(),
            (_, Conversion::Date(form)) => form.zone.clone().unwrap_or_default(),
            (Self::Yes, Conversion::Boolean { yes, .. }) => yes.join(", "),
            (_, Conversion::Boolean { no, .. }) => no.join(", "),
            _ => String::new(),
        }
    }

    /// The conversion with this set, for a field that takes such values; nothing where it cannot be set so.
    pub fn set(self, conversion: &Conversion, text: &str, wants: TargetKind) -> Option<Conversion> {
        Some(match conversion {
            Conversion::Round(_) => Conversion::Round(number(text, DIGITS_MAX)?),
            Conversion::Cut(_) => Conversion::Cut(number(text, LETTERS_MAX)?),
            Conversion::Money(_) => Conversion::Money(currency(text)?),
            Conversion::WithVat(_) => Conversion::WithVat(rate(text)?),
            Conversion::WithoutVat(_) => Conversion::WithoutVat(rate(text)?),
            Conversion::VatOf(_) => Conversion::VatOf(rate(text)?),
            Conversion::Default(_) => Conversion::Default(value_of(text, wants)),
            Conversion::Join(_) => Conversion::Join(text.to_owned()),
            Conversion::Split(_) if text.is_empty() => return None,
            Conversion::Split(_) => Conversion::Split(text.to_owned()),
            Conversion::Date(form) => Conversion::Date(date_with(form, self.date_part(), text)),
            Conversion::Boolean { yes, .. } if self == Self::No => {
                Conversion::Boolean { yes: yes.clone(), no: words(text) }
            }
            Conversion::Boolean { no, .. } => Conversion::Boolean { yes: words(text), no: no.clone() },
            _ => return None,
        })
    }

    const fn date_part(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            _ => "zone",
        }
    }
}

fn number<N: std::str::FromStr + PartialOrd>(text: &str, most: N) -> Option<N> {
    text.trim().parse().ok().filter(|number| *number <= most)
}

fn rate(text: &str) -> Option<Number> {
    let rate: Number = text.trim().trim_end_matches('%').trim().parse().ok()?;
    rate.as_f64().is_some_and(|rate| (0.0..=RATE_MAX).contains(&rate)).then_some(rate)
}

fn currency(text: &str) -> Option<String> {
    let text = text.trim();
    let code = text.len() == 3 && text.bytes().all(|letter| letter.is_ascii_alphabetic());
    (code || has_expression(text)).then(|| if code { text.to_uppercase() } else { text.to_owned() })
}

fn words(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
