//! `erpnext/upsert_customer`: a buyer is made or brought up to date, with an address of its own.

use super::SYSTEM;
use super::api::Api;
use crate::invoice::Buyer;
use crate::office;
pub use crate::office::Upsert as Input;
use crate::values::filled;
use connector::{ActionCx, Error};
use model::OperationSpec;
use serde_json::{Map, Value, json};

const CUSTOMER: &str = "Customer";
const ADDRESS: &str = "Address";

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let (code, name) = input.known()?;
    let api = Api::of(cx)?;
    let (id, created) = match find(&api, code).await? {
        Some(id) => {
            api.update(CUSTOMER, &id, &Value::Object(columns(&input.buyer, name))).await?;
            (id, false)
        }
        None => (make(&api, &input.buyer, code, name).await?, true),
    };
    put_address(&api, &input.buyer, &id, name).await?;
    Ok(json!({"id": id, "created": created}))
}

/// The customer with a buyer's number.
pub async fn found(api: &Api<'_>, buyer: &Buyer) -> Result<String, Error> {
    let code = filled(buyer.code.as_ref())
        .ok_or_else(|| office::lacks("number of the buyer, and no customer is chosen"))?;
    find(api, code).await?.ok_or_else(|| office::missing(SYSTEM.name, "customer", code))
}

async fn find(api: &Api<'_>, code: &str) -> Result<Option<String>, Error> {
    let found = api.first(CUSTOMER, &["name"], json!([[api.reference(), "=", code]])).await?;
    Ok(found.map(|row| office::text(&row, "name").to_owned()))
}

fn columns(buyer: &Buyer, name: &str) -> Map<String, Value> {
    let kind = if buyer.company { "Company" } else { "Individual" };
    let mut body =
        Map::from_iter([("customer_name".into(), name.into()), ("customer_type".into(), kind.into())]);
    body.extend(filled(buyer.tax_id.as_ref()).map(|id| ("tax_id".into(), id.into())));
    body
}

async fn make(api: &Api<'_>, buyer: &Buyer, code: &str, name: &str) -> Result<String, Error> {
    let usual = |field: &str, usual: &str| Value::from(api.connection.text(field).unwrap_or(usual));
    let mut body = columns(buyer, name);
    body.insert("customer_group".into(), usual("customer_group", "Individual"));
    body.insert("territory".into(), usual("territory", "Thailand"));
    body.insert(api.reference().into(), code.into());
    let made = api.create(CUSTOMER, &Value::Object(body)).await?;
    Some(office::text(&made, "name").to_owned())
        .filter(|name| !name.is_empty())
        .ok_or_else(|| office::unread(SYSTEM.name, "the customer"))
}

/// Addresses are documents of their own: the one of this customer is changed, and there is never a second one.
async fn put_address(api: &Api<'_>, buyer: &Buyer, customer: &str, name: &str) -> Result<(), Error> {
    let Some(street) = buyer.address.as_deref().map(str::trim).filter(|street| !street.is_empty()) else {
        return Ok(());
    };
    let mut body = Map::from_iter([("address_line1".into(), street.into())]);
    body.extend(filled(buyer.zip.as_ref()).map(|zip| ("pincode".into(), zip.into())));
    body.extend(filled(buyer.phone.as_ref()).map(|phone| ("phone".into(), phone.into())));
    body.extend(
        buyer
            .email
            .as_deref()
            .filter(|email| !email.is_empty())
            .map(|email| ("email_id".into(), email.into())),
    );
    let linked = json!([
        ["Dynamic Link", "link_doctype", "=", CUSTOMER],
        ["Dynamic Link", "link_name", "=", customer],
        ["address_type", "=", "Shipping"]
    ]);
    if let Some(address) = api.first(ADDRESS, &["name"], linked).await? {
        return api.update(ADDRESS, office::text(&address, "name"), &Value::Object(body)).await.map(drop);
    }
    let new = [
        ("address_title", json!(name)),
        ("address_type", json!("Shipping")),
        // It has to be filled, and a buyer's address is on one line.
        ("city", json!("-")),
        ("country", json!("Thailand")),
        ("links", json!([{"link_doctype": CUSTOMER, "link_name": customer}])),
    ];
    body.extend(new.map(|(field, value)| (field.to_owned(), value)));
    api.create(ADDRESS, &Value::Object(body)).await.map(drop)
}

pub fn spec() -> OperationSpec {
    SYSTEM.upsert_customer(json!({"id": "สมชาย ใจดี", "created": true}))
}
