//! The fields of a request, read as strictly as Flash's documents describe them.

use std::collections::BTreeMap;

use super::answer::Refused;
use super::{AreaMismatch, Values};
use crate::courier::address::{self, Place, Wrong};

const NAME_MAX: usize = 50;
const ADDRESS_MAX: usize = 200;
const OUT_TRADE_NO_MAX: usize = 64;
const GRAMS_MAX: u64 = 100_000;
const ARTICLE_OTHER: u64 = 99;

/// A form whose signature was good.
pub(super) type Form = BTreeMap<String, String>;

/// A field that must be there, in so many characters at most.
pub(super) fn required<'a>(form: &'a Form, name: &str, max: usize) -> Result<&'a str, Refused> {
    let value = form.get(name).map_or("", String::as_str);
    match value.chars().count() {
        0 => Err(Refused::bad_value(format!("{name} is required"))),
        length if length > max => Err(Refused::bad_value(format!("{name} is longer than {max}"))),
        _ if value.trim().is_empty() => Err(Refused::bad_value(format!("{name} is blank"))),
        _ => Ok(value),
    }
}

fn whole(form: &Form, name: &str) -> Result<u64, Refused> {
    let value = required(form, name, 20)?;
    value.parse().map_err(|_| Refused::bad_value(format!("{name} is not a whole number")))
}

/// Everything that `POST /open/v3/orders` looks at.
pub(super) fn check_order(form: &Form, values: &Values) -> Result<(), Refused> {
    if form.contains_key("outTradeNo") {
        required(form, "outTradeNo", OUT_TRADE_NO_MAX)?;
    }
    for end in [End::SOURCE, End::DESTINATION] {
        check_person(form, end)?;
    }
    check_route(form, values)?;
    check_article(form)?;
    check_insurance(form)?;
    check_cod(form, values)
}

/// Where a shipment begins or ends, by the prefix of its fields.
#[derive(Clone, Copy)]
struct End {
    prefix: &'static str,
    /// What Flash says when the place does not fit together.
    code: u32,
    training_code: u32,
}

impl End {
    const SOURCE: Self = Self { prefix: "src", code: 1004, training_code: 40_004 };
    const DESTINATION: Self = Self { prefix: "dst", code: 1005, training_code: 40_005 };

    fn field(self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }
}

fn check_person(form: &Form, end: End) -> Result<(), Refused> {
    required(form, &end.field("Name"), NAME_MAX)?;
    required(form, &end.field("DetailAddress"), ADDRESS_MAX)?;
    let name = end.field("Phone");
    let phone = required(form, &name, 20)?;
    if !address::is_phone(phone) {
        return Err(Refused::bad_value(format!("{name} is not a Thai telephone number")));
    }
    Ok(())
}

/// Both places of an order or of a price.
pub(super) fn check_route(form: &Form, values: &Values) -> Result<(), Refused> {
    for end in [End::SOURCE, End::DESTINATION] {
        let (province, city, postcode) =
            (end.field("ProvinceName"), end.field("CityName"), end.field("PostalCode"));
        let place = Place {
            province: required(form, &province, NAME_MAX)?,
            district: required(form, &city, NAME_MAX)?,
            postcode: required(form, &postcode, 5)?,
        };
        check_place(place, end, values)?;
    }
    Ok(())
}

fn check_place(place: Place<'_>, end: End, values: &Values) -> Result<(), Refused> {
    let wrong = match address::check(place) {
        Ok(()) if address::is_official_district(place) => None,
        Ok(()) => Some(Wrong::District),
        Err(wrong) => Some(wrong),
    };
    let code = match (wrong, values.area_mismatch) {
        (None, _) if values.no_service.iter().any(|postcode| postcode == place.postcode) => {
            return Err(Refused::new(1022, format!("{} is not served", place.postcode)));
        }
        (None, _) => return Ok(()),
        (Some(Wrong::Postcode), _) => 1021,
        (Some(_), AreaMismatch::BadValue) => 1000,
        (Some(_), AreaMismatch::Ends) => end.code,
        (Some(_), AreaMismatch::Training) => end.training_code,
    };
    let why = wrong.map_or("", Wrong::text);
    Err(Refused::new(code, format!("{}: {why}", end.prefix)))
}

fn check_article(form: &Form) -> Result<(), Refused> {
    required(form, "expressCategory", 2)?;
    if whole(form, "articleCategory")? > ARTICLE_OTHER {
        return Err(Refused::bad_value("articleCategory is unknown"));
    }
    grams(form).map(|_| ())
}

pub(super) fn grams(form: &Form) -> Result<u64, Refused> {
    let grams = whole(form, "weight")?;
    if (1..=GRAMS_MAX).contains(&grams) { Ok(grams) } else { Err(Refused::bad_value("weight is in grams")) }
}

fn check_insurance(form: &Form) -> Result<(), Refused> {
    match required(form, "insured", 1)? {
        "0" => Ok(()),
        "1" => whole(form, "insureDeclareValue").map(|_| ()),
        _ => Err(Refused::bad_value("insured is 0 or 1")),
    }
}

/// In satang: a point in it is as wrong as a sign before it.
fn check_cod(form: &Form, values: &Values) -> Result<(), Refused> {
    match required(form, "codEnabled", 1)? {
        "0" => return Ok(()),
        "1" if !values.cod_allowed => return Err(Refused::new(1008, "COD is not allowed for this merchant")),
        "1" => {}
        _ => return Err(Refused::bad_value("codEnabled is 0 or 1")),
    }
    if form.get("codAmount").is_some_and(|amount| amount.starts_with('-')) {
        return Err(Refused::new(1009, "codAmount is negative"));
    }
    match whole(form, "codAmount")? {
        0 => Err(Refused::bad_value("codAmount is required with COD")),
        _ => Ok(()),
    }
}
