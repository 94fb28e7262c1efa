//! The fields of a consignment.

use serde_json::{Map, Value};

use super::Values;
use crate::courier::address::{self, Place};
use crate::money::plain_satang;

const CON_NO_MAX: usize = 20;
const TEXT_MAX: usize = 250;
const PACKAGES_MAX: u64 = 999;
/// What both ends must have beside province, district and postcode.
const OF_AN_END: [&str; 3] = ["name", "address", "subdistrict"];

type Asked = Map<String, Value>;

/// A text or a number as text; empty if there is none.
pub(super) fn text(asked: &Asked, name: &str) -> String {
    match asked.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

pub(super) fn check(asked: &Asked, values: &Values) -> Result<(), String> {
    check_number(&text(asked, "con_no"), &values.prefix)?;
    for end in ["s", "r"] {
        check_end(asked, end)?;
    }
    required(asked, "service_code")?;
    match text(asked, "tot_pkg").parse::<u64>() {
        Ok(1..=PACKAGES_MAX) => {}
        _ => return Err("tot_pkg is a whole number".to_owned()),
    }
    check_cod(asked, values)
}

/// The prefix, then digits and letters, all upper case: it is printed as a bar code.
fn check_number(number: &str, prefix: &str) -> Result<(), String> {
    let rest = number.strip_prefix(prefix).ok_or_else(|| format!("con_no does not begin with {prefix}"))?;
    let good = !rest.is_empty()
        && number.len() <= CON_NO_MAX
        && rest.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    if good { Ok(()) } else { Err(format!("con_no is {prefix} and up to {CON_NO_MAX} characters in all")) }
}

fn required(asked: &Asked, name: &str) -> Result<String, String> {
    let value = text(asked, name);
    match value.chars().count() {
        0 => Err(format!("{name} is required")),
        length if length > TEXT_MAX => Err(format!("{name} is too long")),
        _ => Ok(value),
    }
}

fn check_end(asked: &Asked, end: &str) -> Result<(), String> {
    for name in OF_AN_END {
        required(asked, &format!("{end}_{name}"))?;
    }
    // The contact is seen under both names.
    if text(asked, &format!("{end}_contact")).is_empty() {
        required(asked, &format!("{end}_contactperson"))?;
    }
    if !address::is_phone(&required(asked, &format!("{end}_mobile1"))?) {
        return Err(format!("{end}_mobile1 is not a Thai telephone number"));
    }
    let of = |name: &str| required(asked, &format!("{end}_{name}"));
    let (province, district, postcode) = (of("province")?, of("district")?, of("zipcode")?);
    let place = Place { province: &province, district: &district, postcode: &postcode };
    address::check(place).map_err(|wrong| format!("{end}: {}", wrong.text()))
}

/// Baht; an amount needs to say how it is paid.
fn check_cod(asked: &Asked, values: &Values) -> Result<(), String> {
    let amount = text(asked, "cod_amount");
    let satang = if amount.is_empty() { Some(0) } else { plain_satang(&amount) };
    match satang.ok_or("cod_amount is not an amount in baht")? {
        0 => Ok(()),
        _ if !values.cod_allowed => Err("COD is not allowed for this account".to_owned()),
        _ => required(asked, "cod_type").map(|_| ()),
    }
}
