//! Sales orders as they stand in SAP Business One.

use super::SYSTEM;
use super::api::{Api, numbered};
use crate::odata::{Query, quoted};
use crate::office::{self, By, GetOrder};
use connector::Error;
use serde_json::{Map, Value, json};

pub const ORDERS: &str = "Orders";
const HEAD: &str = "DocEntry,DocNum,CardCode,CardName,NumAtCard,DocDate,DocDueDate,DocCurrency,DocTotal,DocTotalFc,VatSum,\
                    DocumentStatus,Cancelled,Confirmed,Comments,UpdateDate,UpdateTime";
/// What is kept of a line, which has some two hundred fields.
const LINE: [&str; 18] = [
    "LineNum",
    "ItemCode",
    "ItemDescription",
    "Quantity",
    "RemainingOpenQuantity",
    "UnitPrice",
    "DiscountPercent",
    "Price",
    "PriceAfterVAT",
    "Currency",
    "VatGroup",
    "WarehouseCode",
    "LineTotal",
    "LineStatus",
    "BaseType",
    "BaseEntry",
    "BaseLine",
    "TreeType",
];
/// The type of orders, by which documents name the one that they come from.
pub const ORDER_TYPE: i64 = 17;

/// What is asked for of a document.
pub fn fields(api: &Api<'_>, lines: bool) -> String {
    let own = Some(api.reference()).filter(|field| *field != "NumAtCard").into_iter();
    let lines = lines.then_some("DocumentLines").into_iter();
    [HEAD].into_iter().chain(own).chain(lines).collect::<Vec<_>>().join(",")
}

/// The order with a reference. One that people cancelled and made again is found in its later form.
pub async fn find(api: &Api<'_>, reference: &str) -> Result<Option<Value>, Error> {
    newest(api, ORDERS, &format!("{} eq {}", api.reference(), quoted(reference))).await
}

/// The newest document that meets a filter.
pub async fn newest(api: &Api<'_>, entity: &str, filter: &str) -> Result<Option<Value>, Error> {
    let select = fields(api, false);
    let (filter, order) = (filter.to_owned(), "DocEntry desc");
    let query = Query { entity, select: &select, filter, order, most: 1, ..Query::default() };
    Ok(api.list(&query).await?.into_iter().next())
}

/// Tries whether orders, and the field of the shop's numbers, can be read.
pub async fn look(api: &Api<'_>) -> Result<(), Error> {
    let select = fields(api, false);
    api.list(&Query { entity: ORDERS, select: &select, most: 1, ..Query::default() }).await.map(drop)
}

/// The whole order that is meant.
pub async fn meant(api: &Api<'_>, input: &GetOrder) -> Result<Value, Error> {
    let wanted = input.order.filled().ok_or_else(|| office::lacks("order"))?;
    let missing = || office::missing(SYSTEM.name, "sales order", wanted);
    let entry = match input.by {
        By::Id => wanted.parse().map_err(|_| missing())?,
        By::Reference => entry(&find(api, wanted).await?.ok_or_else(missing)?),
    };
    read(api, ORDERS, entry).await?.ok_or_else(missing)
}

/// A whole document, with what is kept of its lines.
pub async fn read(api: &Api<'_>, entity: &str, entry: i64) -> Result<Option<Value>, Error> {
    Ok(api.get(&numbered(entity, entry), &fields(api, true)).await?.map(with_short_lines))
}

pub fn with_short_lines(mut document: Value) -> Value {
    if let Some(lines) = document.get_mut("DocumentLines").and_then(Value::as_array_mut) {
        lines.iter_mut().for_each(|line| *line = kept(line, &LINE).into());
    }
    document
}

pub fn kept(row: &Value, fields: &[&str]) -> Map<String, Value> {
    let field =
        |name: &&str| Some(((*name).to_owned(), row.get(*name).filter(|value| !value.is_null())?.clone()));
    fields.iter().filter_map(field).collect()
}

pub fn lines(document: &Value) -> impl Iterator<Item = &Value> {
    document.get("DocumentLines").and_then(Value::as_array).into_iter().flatten()
}

/// The key of a document; 0 is none.
pub fn entry(document: &Value) -> i64 {
    document.get("DocEntry").and_then(Value::as_i64).unwrap_or_default()
}

pub fn is(document: &Value, field: &str) -> bool {
    office::text(document, field) == "tYES"
}

/// What a document comes to, in its own currency.
pub fn total(document: &Value) -> Option<&Value> {
    let foreign = document.get("DocTotalFc").filter(|total| total.as_f64().is_some_and(|total| total != 0.0));
    foreign.or_else(|| document.get("DocTotal"))
}

/// A document that was just made. Where its kind has to be approved, a draft was made instead, which has no number yet.
pub fn made(document: Value) -> Result<Value, Error> {
    match entry(&document) {
        0 => Err(Error::Refused {
            message: "SAP Business One took the document without giving it a number, as where an approval is needed first".into(),
            advice: "Approve the draft in SAP Business One, or take Khlong's user out of the approval procedure. Then resolve the step \
                     by hand."
                .into(),
        }),
        _ => Ok(document),
    }
}

pub fn output(document: &Value, created: bool) -> Value {
    let field = |name: &str| document.get(name).cloned().unwrap_or_default();
    let status = match is(document, "Cancelled") {
        true => "cancelled".into(),
        false => field("DocumentStatus"),
    };
    json!({"id": field("DocEntry"), "number": field("DocNum"), "status": status, "total": total(document), "created": created})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_s_total_is_that_of_its_own_currency() {
        let local = json!({"DocTotal": 535.0, "DocTotalFc": 0.0});
        let foreign = json!({"DocTotal": 535.0, "DocTotalFc": 15.2});
        assert_eq!((total(&local), total(&foreign)), (Some(&json!(535.0)), Some(&json!(15.2))));
    }
}
