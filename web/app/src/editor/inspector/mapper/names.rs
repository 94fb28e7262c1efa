//! What conversions and their settings are called.

use crate::words::Words;
use canvas::mapper::{Kind, Setting};
use model::mapping::{Conversion, Within};

/// By what they are for, in the order in which they are offered.
pub const GROUPS: [&[&str]; 4] = [
    &["integer", "decimal", "round", "money", "with_vat", "without_vat", "vat_of"],
    &["text", "trim", "upper", "lower", "cut", "join", "split"],
    &["date", "boolean"],
    &["lookup", "default"],
];

pub fn group_words(group: usize, w: &Words) -> &'static str {
    [w.conv_group_numbers, w.conv_group_texts, w.conv_group_kinds, w.conv_group_values][group]
}

pub fn conversion_words(name: &str, w: &Words) -> &'static str {
    match name {
        "text" => w.conv_text,
        "integer" => w.conv_integer,
        "decimal" => w.conv_decimal,
        "round" => w.conv_round,
        "money" => w.conv_money,
        "with_vat" => w.conv_with_vat,
        "without_vat" => w.conv_without_vat,
        "vat_of" => w.conv_vat_of,
        "date" => w.conv_date,
        "boolean" => w.conv_boolean,
        "trim" => w.conv_trim,
        "upper" => w.conv_upper,
        "lower" => w.conv_lower,
        "cut" => w.conv_cut,
        "default" => w.conv_default,
        "join" => w.conv_join,
        "split" => w.conv_split,
        _ => w.conv_lookup,
    }
}

/// "Money THB": a conversion with what is set in it, where that is short.
pub fn summary(conversion: &Conversion, w: &Words) -> String {
    let name = conversion_words(conversion.name(), w);
    let set = match conversion {
        Conversion::Round(digits) => digits.to_string(),
        Conversion::Money(currency) => currency.clone(),
        Conversion::WithVat(rate) | Conversion::WithoutVat(rate) | Conversion::VatOf(rate) => {
            format!("{rate} %")
        }
        Conversion::Cut(letters) => letters.to_string(),
        Conversion::Default(_) => Setting::Instead.shown(conversion),
        Conversion::Date(form) => form.write.clone().or(form.read.clone()).unwrap_or_default(),
        Conversion::Lookup(lookup) => match &lookup.within {
            Within::Table(table) => table.len().to_string(),
            Within::Xref(xref) => return format!("{} {} {}", w.lookup_xref, xref.entity, xref.system),
        },
        _ => String::new(),
    };
    if set.is_empty() { name.to_owned() } else { format!("{name} {set}") }
}

pub const fn setting_words(setting: Setting, w: &Words) -> &'static str {
    match setting {
        Setting::Digits => w.set_digits,
        Setting::Currency => w.set_currency,
        Setting::Rate => w.set_rate,
        Setting::Letters => w.set_letters,
        Setting::Instead => w.set_instead,
        Setting::Between => w.set_between,
        Setting::Read => w.set_read,
        Setting::Write => w.set_write,
        Setting::Zone => w.set_zone,
        Setting::Yes => w.set_yes,
        Setting::No => w.set_no,
    }
}

/// What is most often wanted, to be picked instead of typed.
pub const fn usual(setting: Setting) -> &'static [&'static str] {
    match setting {
        Setting::Currency => &["THB", "USD", "EUR", "JPY", "${input.currency}"],
        Setting::Rate => &["7", "10"],
        Setting::Read => &["%d/%m/%BE", "%d/%m/%Y", "%Y-%m-%d", "%d/%m/%BE %H:%M", "%Y-%m-%d %H:%M:%S"],
        Setting::Write => &["date", "utc", "odoo", "%Y-%m-%d", "%d/%m/%Y", "%d/%m/%BE"],
        Setting::Zone => &["Asia/Bangkok", "UTC"],
        _ => &[],
    }
}

pub const fn kind_words(kind: Kind, w: &Words) -> &'static str {
    match kind {
        Kind::Text => w.kind_text,
        Kind::Number => w.kind_number,
        Kind::Bool => w.kind_yes_no,
        Kind::List => w.kind_list,
        Kind::Object => w.kind_object,
        Kind::Nothing => w.kind_nothing,
    }
}
