//! `woocommerce/create_refund`: pays back and takes back lines of an order, once.

use super::api::{Api, is_id, order};
use super::find_refunds::of_order;
use super::refund_spec;
use crate::values::{self, Filled, Money, Text, Whole, or_default};
use connector::{ActionCx, Error};
use model::OperationSpec;
use serde::Deserialize;
use serde_json::{Map, Number, Value, json};

/// Stands in the refund's meta data, so that it is found again.
const REFERENCE: &str = "_khlong_reference";

#[derive(Debug, Deserialize)]
pub struct Input {
    pub order_id: Filled,
    pub amount: Money,
    #[serde(default)]
    pub reason: Text,
    #[serde(default, deserialize_with = "or_default")]
    pub pay_back: bool,
    #[serde(default = "yes")]
    pub restock: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub lines: Vec<Line>,
    #[serde(default)]
    pub reference: Text,
}

#[derive(Debug, Deserialize)]
pub struct Line {
    #[serde(default)]
    pub sku: Text,
    #[serde(default)]
    pub line_id: Text,
    pub quantity: Whole,
    #[serde(default)]
    pub total: Money,
    #[serde(default, deserialize_with = "or_default")]
    pub taxes: Vec<Tax>,
}

#[derive(Debug, Deserialize)]
pub struct Tax {
    pub id: Filled,
    pub total: Money,
}

fn yes() -> bool {
    true
}

pub fn spec() -> OperationSpec {
    refund_spec::spec()
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let amount = input.amount.filled().ok_or_else(|| mistake("there is no amount"))?;
    let api = Api::open(cx)?;
    let id = input.order_id.as_str();
    if let Some(found) = find(&api, cx, &input).await? {
        return Ok(output(&found, false));
    }
    let lines = lines(&api, &input).await?;
    let body = json!({
        "amount": amount, "reason": input.reason.as_str(), "api_refund": input.pay_back, "api_restock": input.restock,
        "line_items": lines, "meta_data": [{"key": REFERENCE, "value": reference(cx, &input)}],
    });
    let told = api.post(&format!("{}/refunds", order(id)?), &body).await?;
    Ok(output(&told, true))
}

pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let found = find(&Api::open(cx)?, cx, &input).await?;
    Ok(found.map(|refund| output(&refund, true)))
}

fn reference<'i>(cx: &ActionCx<'i>, input: &'i Input) -> &'i str {
    input.reference.filled().unwrap_or(cx.step_key)
}

async fn find(api: &Api<'_>, cx: &ActionCx<'_>, input: &Input) -> Result<Option<Value>, Error> {
    let reference = reference(cx, input);
    let is_ours = |refund: &Value| {
        let pairs = refund.get("meta_data").and_then(Value::as_array).into_iter().flatten();
        pairs.into_iter().any(|pair| pair["key"] == REFERENCE && pair["value"] == reference)
    };
    Ok(of_order(api, input.order_id.as_str()).await?.into_iter().find(is_ours))
}

fn output(refund: &Value, created: bool) -> Value {
    json!({"id": refund.get("id"), "amount": refund.get("amount"), "created": created})
}

/// The lines as the store takes them. What is not said of one is taken from the order, where all of it comes back.
async fn lines(api: &Api<'_>, input: &Input) -> Result<Vec<Value>, Error> {
    if input.lines.len() > usize::from(refund_spec::LINES_MAX) {
        return Err(mistake("there are too many lines"));
    }
    let complete = |line: &Line| line.line_id.filled().is_some() && line.total.filled().is_some();
    let known = match input.lines.iter().all(complete) {
        true => Vec::new(),
        false => {
            let found = api.get(&order(input.order_id.as_str())?, &[]).await?;
            values::records(&found, "/line_items", "WooCommerce")?.to_vec()
        }
    };
    input.lines.iter().map(|line| written(line, &known)).collect()
}

fn written(line: &Line, known: &[Value]) -> Result<Value, Error> {
    let ordered = find_line(line, known)?;
    let id = match line.line_id.filled() {
        Some(id) => exact(id)?,
        None => ordered.and_then(|ordered| ordered.get("id").cloned()).unwrap_or_default(),
    };
    let mut fields = Map::from_iter([("id".to_owned(), id), ("quantity".to_owned(), line.quantity.0.into())]);
    match (line.total.filled(), ordered) {
        (Some(total), _) => {
            fields.insert("refund_total".into(), exact(total)?);
            let taxes = line.taxes.iter().map(Tax::written).collect::<Result<Vec<_>, _>>()?;
            fields.insert("refund_tax".into(), taxes.into());
        }
        (None, Some(ordered)) if ordered["quantity"] == line.quantity.0 => whole(ordered, &mut fields)?,
        _ => return Err(mistake("a part of a line needs its total, and its taxes where it has any")),
    }
    Ok(Value::Object(fields))
}

/// A line that comes back whole: what it cost, with its taxes.
fn whole(ordered: &Value, fields: &mut Map<String, Value>) -> Result<(), Error> {
    fields.insert("refund_total".into(), exact(ordered["total"].as_str().unwrap_or_default())?);
    let taxes = ordered["taxes"].as_array().into_iter().flatten();
    // Where a tax applies and comes to nothing, its total is empty.
    let taxes = taxes.map(|tax| {
        let total = tax["total"].as_str().filter(|total| !total.is_empty()).unwrap_or("0");
        Ok(json!({"id": tax["id"], "refund_total": exact(total)?}))
    });
    fields.insert("refund_tax".into(), taxes.collect::<Result<Vec<Value>, Error>>()?.into());
    Ok(())
}

fn find_line<'k>(line: &Line, known: &'k [Value]) -> Result<Option<&'k Value>, Error> {
    let is = |one: &&Value| match (line.line_id.filled(), line.sku.filled()) {
        (Some(id), _) => is_id(&one["id"], id),
        (None, Some(sku)) => one["sku"] == sku,
        (None, None) => false,
    };
    let mut found = known.iter().filter(is);
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(Some(one)),
        (None, _) if line.line_id.filled().is_some() => Ok(None),
        (None, _) => Err(mistake(&format!("the order has no line with the SKU \"{}\"", line.sku.as_str()))),
        (Some(_), Some(_)) => Err(mistake("the order has several lines with that SKU; give the line's id")),
    }
}

impl Tax {
    fn written(&self) -> Result<Value, Error> {
        Ok(
            json!({"id": exact(self.id.as_str())?, "refund_total": exact(self.total.filled().unwrap_or("0"))?}),
        )
    }
}

/// A number with the digits that it was written with.
fn exact(text: &str) -> Result<Value, Error> {
    text.parse::<Number>().map(Value::Number).map_err(|_| mistake(&format!("\"{text}\" is not a number")))
}

fn mistake(message: &str) -> Error {
    Error::Input {
        message: connector::http::shorten(message),
        advice: "Correct the data or the script before this node, then retry.".into(),
    }
}
