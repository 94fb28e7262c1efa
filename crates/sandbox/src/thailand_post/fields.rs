//! The fields of a parcel.

use serde_json::{Map, Value};

use super::Values;
use super::barcode::{check_digit_is_right, has_form};
use super::parcels::Refused;
use crate::courier::address::{self, Place, is_phone};
use crate::money::plain_satang;

const TEXT_MAX: usize = 250;
const REQUIRED: [&str; 8] = [
    "orderId",
    "shipperName",
    "shipperAddress",
    "shipperZipcode",
    "cusName",
    "cusAdd",
    "productInbox",
    "orderType",
];
const PHONES: [&str; 2] = ["shipperMobile", "cusTel"];

pub(super) type Asked = Map<String, Value>;

fn bad(message: String) -> Refused {
    Refused { code: "002", message }
}

/// A text or a number as text; empty if there is none.
pub(super) fn text(asked: &Asked, name: &str) -> String {
    match asked.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

fn required(asked: &Asked, name: &str) -> Result<String, Refused> {
    let value = text(asked, name);
    match value.chars().count() {
        0 => Err(bad(format!("{name} is required"))),
        length if length > TEXT_MAX => Err(bad(format!("{name} is too long"))),
        _ => Ok(value),
    }
}

/// Gives the barcode.
pub(super) fn check(asked: &Asked, values: &Values) -> Result<String, Refused> {
    let barcode = required(asked, "barcode")?;
    if !has_form(&barcode) || (values.checks_digit && !check_digit_is_right(&barcode)) {
        return Err(bad(format!("{barcode} is not a barcode")));
    }
    for name in REQUIRED {
        required(asked, name)?;
    }
    for name in PHONES {
        if !is_phone(&required(asked, name)?) {
            return Err(bad(format!("{name} is not a Thai telephone number")));
        }
    }
    check_place(asked)?;
    if plain_satang(&required(asked, "productPrice")?).is_none() {
        return Err(bad("productPrice is not an amount in baht".to_owned()));
    }
    match text(asked, "productWeight").parse::<u64>() {
        Ok(grams) if grams > values.grams_max => {
            Err(Refused { code: "016", message: "the parcel is too heavy".to_owned() })
        }
        Ok(grams) if grams > 0 => Ok(barcode),
        _ => Err(bad("productWeight is in grams".to_owned())),
    }
}

fn check_place(asked: &Asked) -> Result<(), Refused> {
    let (province, district, postcode) =
        (required(asked, "cusProv")?, required(asked, "cusAmp")?, required(asked, "cusZipcode")?);
    let place = Place { province: &province, district: &district, postcode: &postcode };
    address::check(place).map_err(|wrong| bad(wrong.text().to_owned()))
}
