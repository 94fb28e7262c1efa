//! `business_central/upsert_customer`: a buyer becomes a customer whose number is the shop's.

use super::SYSTEM;
use super::api::{Api, record};
use super::create_sales_order::address_lines;
use super::order;
use crate::failure::Failure;
use crate::invoice::Buyer;
use crate::odata::quoted;
use crate::office;
pub use crate::office::Upsert as Input;
use crate::values::filled;
use connector::{ActionCx, Error};
use model::OperationSpec;
use serde_json::{Map, Value, json};

pub const CUSTOMERS: &str = "customers";

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let (code, name) = input.known()?;
    let api = Api::of(cx).await?;
    let body = fields(&input.buyer, name);
    let (id, created) = match find(&api, code).await? {
        Some(standing) => (change(&api, &standing, &body).await?, false),
        None => make(&api, code, &body).await?,
    };
    Ok(json!({"id": id, "created": created}))
}

/// The number of the buyer, who is a customer already.
pub async fn found(api: &Api<'_>, buyer: &Buyer) -> Result<String, Error> {
    let code = filled(buyer.code.as_ref())
        .ok_or_else(|| office::lacks("number of the buyer, and no customer is chosen"))?;
    find(api, code).await?.ok_or_else(|| office::missing(SYSTEM.name, "customer", code))?;
    Ok(code.to_owned())
}

async fn find(api: &Api<'_>, code: &str) -> Result<Option<Value>, Error> {
    api.first(CUSTOMERS, format!("number eq {}", quoted(code))).await
}

async fn make(api: &Api<'_>, code: &str, body: &Map<String, Value>) -> Result<(String, bool), Error> {
    let mut whole = Map::from_iter([("number".to_owned(), code.into())]);
    whole.extend(body.clone());
    match api.create(CUSTOMERS, &Value::Object(whole)).await {
        Ok(made) => Ok((order::id(&made).to_owned(), true)),
        // Somebody was faster, or an answer was lost: the number is the key, so it is the same customer.
        Err(Failure::Taken(error)) => {
            let standing = find(api, code).await?.ok_or(error)?;
            Ok((change(api, &standing, body).await?, false))
        }
        Err(failure) => Err(failure.into()),
    }
}

async fn change(api: &Api<'_>, standing: &Value, body: &Map<String, Value>) -> Result<String, Error> {
    let id = order::id(standing);
    api.update(&record(CUSTOMERS, id), standing, &body.clone().into()).await?;
    Ok(id.to_owned())
}

fn fields(buyer: &Buyer, name: &str) -> Map<String, Value> {
    let text = |value: Option<&str>| value.map(str::trim).filter(|text| !text.is_empty()).map(Value::from);
    let address = address_lines(buyer.address.as_deref());
    let country = address.as_ref().map(|_| "TH");
    let (first, second) = address.unwrap_or_default();
    let given = [
        ("displayName", text(Some(name))),
        ("type", text(Some(if buyer.company { "Company" } else { "Person" }))),
        ("email", text(buyer.email.as_deref())),
        ("phoneNumber", text(filled(buyer.phone.as_ref()))),
        ("addressLine1", text(Some(&first))),
        ("addressLine2", text(Some(&second))),
        ("postalCode", text(filled(buyer.zip.as_ref()))),
        ("country", text(country)),
        ("taxRegistrationNumber", text(filled(buyer.tax_id.as_ref()))),
    ];
    given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

pub fn spec() -> OperationSpec {
    SYSTEM.upsert_customer(json!({"id": "6a1d2c3b-5d4e-ed11-946f-000d3a2feca1", "created": true}))
}
