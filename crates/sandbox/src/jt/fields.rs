//! The fields of an order, as strictly as the platform describes them.

use chrono::NaiveDateTime;
use serde_json::Value;

use super::Values;
use super::answer::Refused;
use super::door::Asked;
use crate::courier::address::{self, Place};
use crate::money::plain_satang;

const TXLOGISTIC_ID_MAX: usize = 50;
const NAME_MAX: usize = 50;
const ADDRESS_MAX: usize = 300;
const ITEMS_MAX: usize = 100;
/// Pick-up, drop-off, warehouse.
const SERVICES: [&str; 3] = ["1", "6", "7"];
const TIME: &str = "%Y-%m-%d %H:%M:%S";

/// A text or a number, as the platform takes both for most fields.
pub(super) fn text(of: &Asked, name: &str) -> String {
    match of.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

pub(super) fn required(of: &Asked, name: &str, max: usize) -> Result<String, Refused> {
    let value = text(of, name);
    match value.chars().count() {
        0 => Err(Refused::bad(format!("{name} is required"))),
        length if length > max => Err(Refused::bad(format!("{name} is longer than {max}"))),
        _ => Ok(value),
    }
}

fn part<'a>(of: &'a Asked, name: &str) -> Result<&'a Asked, Refused> {
    of.get(name).and_then(Value::as_object).ok_or_else(|| Refused::bad(format!("{name} is required")))
}

/// Everything that `addOrder` looks at; gives the order's own number.
pub(super) fn check_order(asked: &Asked, values: &Values) -> Result<String, Refused> {
    let reference = required(asked, "txlogisticId", TXLOGISTIC_ID_MAX)?;
    for name in ["orderType", "payType", "expressType", "deliveryType"] {
        required(asked, name, NAME_MAX)?;
    }
    if required(asked, "actionType", NAME_MAX)? != "add" {
        return Err(Refused::bad("actionType is add"));
    }
    if !SERVICES.contains(&required(asked, "serviceType", 2)?.as_str()) {
        return Err(Refused::bad("serviceType is 1, 6 or 7"));
    }
    for name in ["createOrderTime", "sendStartTime", "sendEndTime"] {
        check_time(asked, name)?;
    }
    check_person(part(asked, "sender")?)?;
    check_person(part(asked, "receiver")?)?;
    check_package(part(asked, "packageInfo")?)?;
    check_items(asked)?;
    check_money(asked, values)?;
    Ok(reference)
}

fn check_time(asked: &Asked, name: &str) -> Result<(), Refused> {
    match NaiveDateTime::parse_from_str(&required(asked, name, 19)?, TIME) {
        Ok(_) => Ok(()),
        Err(_) => Err(Refused::bad(format!("{name} is not yyyy-MM-dd HH:mm:ss"))),
    }
}

fn check_person(person: &Asked) -> Result<(), Refused> {
    required(person, "name", NAME_MAX)?;
    required(person, "address", ADDRESS_MAX)?;
    required(person, "area", NAME_MAX)?;
    if !address::is_phone(&required(person, "mobile", 20)?) {
        return Err(Refused::bad("mobile is not a Thai telephone number"));
    }
    if required(person, "countryCode", 3)? != "THA" {
        return Err(Refused::bad("countryCode is THA"));
    }
    let (prov, city, post) = (
        required(person, "prov", NAME_MAX)?,
        required(person, "city", NAME_MAX)?,
        required(person, "postCode", 5)?,
    );
    let place = Place { province: &prov, district: &city, postcode: &post };
    address::check(place).map_err(|wrong| Refused::bad(wrong.text()))
}

/// Kilograms with two digits after the point, and at least one package.
fn check_package(package: &Asked) -> Result<(), Refused> {
    let quantity = required(package, "packageQuantity", 5)?;
    if quantity.parse::<u32>().is_ok_and(|count| count > 0)
        && plain_satang(&required(package, "weight", 10)?).is_some_and(|hundredths| hundredths > 0)
    {
        return Ok(());
    }
    Err(Refused::bad("packageInfo: weight is in kilograms, packageQuantity a whole number"))
}

fn check_items(asked: &Asked) -> Result<(), Refused> {
    let items = asked.get("items").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if items.is_empty() || items.len() > ITEMS_MAX {
        return Err(Refused::bad(format!("items are from 1 to {ITEMS_MAX}")));
    }
    for item in items {
        let item = item.as_object().ok_or_else(|| Refused::bad("an item is an object"))?;
        required(item, "itemName", 200)?;
        required(item, "number", 10)?;
        baht(item, "itemValue")?;
    }
    Ok(())
}

fn check_money(asked: &Asked, values: &Values) -> Result<(), Refused> {
    baht(asked, "goodsValue")?;
    let Some(cod) = asked.get("codInfo").filter(|cod| !cod.is_null()) else {
        return Ok(());
    };
    let cod = cod.as_object().ok_or_else(|| Refused::bad("codInfo is an object"))?;
    match baht(cod, "codValue")? {
        0 => Ok(()),
        _ if values.cod_allowed => Ok(()),
        _ => Err(Refused::bad("COD is not allowed for this customer")),
    }
}

/// Baht with satang after a point; gives satang.
fn baht(of: &Asked, name: &str) -> Result<u64, Refused> {
    plain_satang(&required(of, name, 15)?)
        .ok_or_else(|| Refused::bad(format!("{name} is not an amount in baht")))
}
