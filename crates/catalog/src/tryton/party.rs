//! Customers: parties that are found by an identifier with the shop's number.

use super::SYSTEM;
use super::rpc::{Rpc, id, ids};
use crate::invoice::Buyer;
use crate::office;
use crate::values::filled;
use connector::Error;
use serde_json::{Map, Value, json};

pub const PARTY: &str = "party.party";
const FIELDS: [&str; 4] = ["id", "name", "addresses", "contact_mechanisms"];

pub async fn find(rpc: &Rpc<'_>, code: &str) -> Result<Option<Value>, Error> {
    let domain = json!([["identifiers.code", "=", code]]);
    Ok(rpc.search_read(PARTY, domain, json!([["id", "ASC"]]), &FIELDS, 1).await?.pop())
}

/// The party that an order is for, with its first address.
pub async fn of_order(
    rpc: &Rpc<'_>,
    chosen: Option<&str>,
    buyer: &Buyer,
) -> Result<(i64, Option<i64>), Error> {
    let party = match chosen {
        Some(chosen) => {
            let missing = || office::missing(SYSTEM.name, "customer", chosen);
            let wanted = chosen.parse().map_err(|_| missing())?;
            rpc.read(PARTY, &[wanted], &FIELDS).await?.pop().ok_or_else(missing)?
        }
        None => {
            let code = filled(buyer.code.as_ref())
                .ok_or_else(|| office::lacks("number of the buyer, and no customer is chosen"))?;
            find(rpc, code).await?.ok_or_else(|| office::missing(SYSTEM.name, "customer", code))?
        }
    };
    Ok((id(&party), ids(&party, "addresses").first().copied()))
}

/// Everything nested: one call is one transaction.
pub async fn make(rpc: &Rpc<'_>, buyer: &Buyer, code: &str, name: &str) -> Result<i64, Error> {
    let mut identifiers = vec![json!({"type": null, "code": code})];
    identifiers.extend(filled(buyer.tax_id.as_ref()).map(|tax_id| json!({"type": null, "code": tax_id})));
    let mut vals = Map::from_iter([
        ("name".to_owned(), json!(name)),
        ("identifiers".to_owned(), json!([["create", identifiers]])),
    ]);
    let contacts = contacts(buyer);
    if !contacts.is_empty() {
        vals.insert("contact_mechanisms".into(), json!([["create", contacts]]));
    }
    vals.extend(address(buyer).map(|address| ("addresses".to_owned(), json!([["create", [address]]]))));
    rpc.create(PARTY, Value::Object(vals)).await
}

pub async fn change(rpc: &Rpc<'_>, party: &Value, buyer: &Buyer, name: &str) -> Result<(), Error> {
    let mut vals = Map::from_iter([("name".to_owned(), json!(name))]);
    let first = ids(party, "addresses").first().copied();
    vals.extend(address(buyer).map(|address| {
        let change =
            first.map_or_else(|| json!(["create", [address]]), |first| json!(["write", [first], address]));
        ("addresses".to_owned(), json!([change]))
    }));
    rpc.write(PARTY, id(party), Value::Object(vals)).await
}

fn contacts(buyer: &Buyer) -> Vec<Value> {
    let email = buyer.email.as_deref().map(str::trim).filter(|email| !email.is_empty());
    let email = email.map(|email| json!({"type": "email", "value": email}));
    let phone = filled(buyer.phone.as_ref()).map(|phone| json!({"type": "phone", "value": phone}));
    email.into_iter().chain(phone).collect()
}

fn address(buyer: &Buyer) -> Option<Value> {
    let street = buyer.address.as_deref().map(str::trim).filter(|street| !street.is_empty())?;
    Some(json!({"street": street, "postal_code": filled(buyer.zip.as_ref())}))
}
