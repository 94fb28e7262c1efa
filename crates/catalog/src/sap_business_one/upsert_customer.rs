//! `sap_business_one/upsert_customer`: a buyer becomes a business partner whose code is the shop's number.

use super::SYSTEM;
use super::api::{Api, named};
use crate::failure::Failure;
use crate::invoice::Buyer;
use crate::office;
pub use crate::office::Upsert as Input;
use crate::values::filled;
use connector::{ActionCx, Error};
use model::OperationSpec;
use serde_json::{Map, Value, json};

pub const PARTNERS: &str = "BusinessPartners";
/// The name of the one address that is kept up to date. Others are people's own.
const ADDRESS: &str = "Ship";

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let (code, name) = input.known()?;
    let api = Api::of(cx)?;
    let created = match find(&api, code).await? {
        Some(standing) => {
            change(&api, &input.buyer, code, name, &standing).await?;
            false
        }
        None => make(&api, &input.buyer, code, name).await?,
    };
    Ok(json!({"id": code, "created": created}))
}

/// The code of the buyer, who is a customer already.
pub async fn found(api: &Api<'_>, buyer: &Buyer) -> Result<String, Error> {
    let code = filled(buyer.code.as_ref())
        .ok_or_else(|| office::lacks("number of the buyer, and no customer is chosen"))?;
    find(api, code).await?.ok_or_else(|| office::missing(SYSTEM.name, "customer", code))?;
    Ok(code.to_owned())
}

async fn find(api: &Api<'_>, code: &str) -> Result<Option<Value>, Error> {
    api.get(&named(PARTNERS, code), "CardCode,BPAddresses").await
}

async fn make(api: &Api<'_>, buyer: &Buyer, code: &str, name: &str) -> Result<bool, Error> {
    let mut body = fields(buyer, name, &Value::Null);
    body.insert("CardCode".into(), code.into());
    body.insert("CardType".into(), "cCustomer".into());
    let group = api.connection.text("customer_group").and_then(|group| group.trim().parse::<i64>().ok());
    body.extend(group.map(|group| ("GroupCode".into(), group.into())));
    match api.create(PARTNERS, &Value::Object(body)).await {
        Ok(_) => Ok(true),
        // Somebody was faster, or an answer was lost: the code is the key, so it is the same customer.
        Err(Failure::Taken(error)) => {
            let standing = find(api, code).await?.ok_or(error)?;
            change(api, buyer, code, name, &standing).await.map(|()| false)
        }
        Err(failure) => Err(failure.into()),
    }
}

async fn change(api: &Api<'_>, buyer: &Buyer, code: &str, name: &str, standing: &Value) -> Result<(), Error> {
    api.update(&named(PARTNERS, code), &fields(buyer, name, standing).into()).await
}

fn fields(buyer: &Buyer, name: &str, standing: &Value) -> Map<String, Value> {
    let text = |value: Option<&str>| value.map(str::trim).filter(|text| !text.is_empty()).map(Value::from);
    let given = [
        ("CardName", text(Some(name))),
        ("FederalTaxID", text(filled(buyer.tax_id.as_ref()))),
        ("Cellular", text(filled(buyer.phone.as_ref()))),
        ("EmailAddress", text(buyer.email.as_deref())),
        ("BPAddresses", address(buyer, standing).map(|address| json!([address]))),
    ];
    given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// The address as a row. Without the number of the row that is there, each change would add another one, until the name is refused.
fn address(buyer: &Buyer, standing: &Value) -> Option<Value> {
    let street = buyer.address.as_deref().map(str::trim).filter(|street| !street.is_empty())?;
    let rows = standing.get("BPAddresses").and_then(Value::as_array).into_iter().flatten();
    let is_ours = |row: &&Value| {
        office::text(row, "AddressName") == ADDRESS && office::text(row, "AddressType") == "bo_ShipTo"
    };
    let number = rows.filter(is_ours).find_map(|row| row.get("RowNum").cloned());
    let mut row = Map::from_iter([
        ("AddressName".into(), ADDRESS.into()),
        ("AddressType".into(), "bo_ShipTo".into()),
        ("Street".into(), street.into()),
        ("Country".into(), "TH".into()),
    ]);
    row.extend(filled(buyer.zip.as_ref()).map(|zip| ("ZipCode".into(), zip.into())));
    row.extend(number.map(|number| ("RowNum".into(), number)));
    Some(Value::Object(row))
}

pub fn spec() -> OperationSpec {
    SYSTEM.upsert_customer(json!({"id": "SHOP-8891", "created": true}))
}
