//! `shopify/create_refund`: pays back and takes back lines of an order, once.

use super::api::{Api, gid, plain};
use super::find_refunds::refunds_of;
use super::refund_spec::LINES_MAX;
use super::{documents, refund_spec};
use crate::retry_key;
use crate::values::{Filled, Money, Text, Whole, or_default};
use connector::{ActionCx, Error};
use model::OperationSpec;
use serde::Deserialize;
use serde_json::{Map, Value, json};

const SUGGEST: &str = "query($id:ID!,$lines:[RefundLineItemInput!],$shipping:Money){order(id:$id){\
                       suggestedRefund(refundLineItems:$lines,shippingAmount:$shipping){\
                       amountSet{shopMoney{amount currencyCode}} suggestedTransactions{gateway \
                       amountSet{shopMoney{amount}} parentTransaction{id}}}}}";
const REFUND: &str = "mutation($i:RefundInput!,$k:String!){refundCreate(input:$i) @idempotent(key:$k){\
                      refund{id note totalRefundedSet{shopMoney{amount currencyCode}}} \
                      userErrors{field message}}}";

#[derive(Debug, Deserialize)]
pub struct Input {
    pub order_id: Filled,
    #[serde(default, deserialize_with = "or_default")]
    pub lines: Vec<Line>,
    #[serde(default)]
    pub shipping: Money,
    #[serde(default)]
    pub amount: Money,
    #[serde(default, deserialize_with = "or_default")]
    pub pay_back: bool,
    #[serde(default)]
    pub restock: Text,
    #[serde(default)]
    pub location: Text,
    #[serde(default)]
    pub note: Text,
    #[serde(default)]
    pub reference: Text,
    #[serde(default, deserialize_with = "or_default")]
    pub notify: bool,
}

#[derive(Debug, Deserialize)]
pub struct Line {
    #[serde(default)]
    pub sku: Text,
    #[serde(default)]
    pub line_id: Text,
    pub quantity: Whole,
}

pub fn spec() -> OperationSpec {
    refund_spec::spec()
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    if input.lines.len() > usize::from(LINES_MAX) {
        return Err(mistake(&format!("there are more than {LINES_MAX} lines")));
    }
    let api = Api::open(cx)?;
    let marker = marker(cx, &input);
    if let Some(found) = find(&api, &input, &marker).await? {
        return Ok(output(found, false));
    }
    let order = gid("Order", input.order_id.as_str());
    let lines = lines(&api, &input, &order).await?;
    let transactions = match input.pay_back {
        true => transactions(&api, &input, &order, &lines).await?,
        false => Vec::new(),
    };
    let note = [input.note.as_str(), &marker].join(" ");
    let mut refund = json!({"orderId": order, "note": note.trim(), "notify": input.notify,
        "refundLineItems": lines, "transactions": transactions});
    if let (Some(amount), Some(fields)) = (input.shipping.filled(), refund.as_object_mut()) {
        fields.insert("shipping".into(), json!({"amount": amount}));
    }
    let key = retry_key::uuid_of(&[cx.step_key, "create_refund"]);
    let mut told = api.change(REFUND, &json!({"i": refund, "k": key}), "refundCreate").await?;
    Ok(output(told.get_mut("refund").map(Value::take).unwrap_or_default(), true))
}

pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let found = find(&Api::open(cx)?, &input, &marker(cx, &input)).await?;
    Ok(found.map(|refund| output(refund, true)))
}

/// Stands in the refund's note, so that it is found again: our own reference, else the step's key.
fn marker(cx: &ActionCx<'_>, input: &Input) -> String {
    let reference = input.reference.filled().map(str::to_owned);
    format!("[{}]", reference.unwrap_or_else(|| retry_key::uuid_of(&[cx.step_key, "reference"])))
}

async fn find(api: &Api<'_>, input: &Input, marker: &str) -> Result<Option<Value>, Error> {
    let id = gid("Order", input.order_id.as_str());
    let order = api.record(&documents::refunds_of_order(), json!({"id": id}), "order").await?;
    let is_ours =
        |refund: &Value| refund.get("note").and_then(Value::as_str).is_some_and(|note| note.contains(marker));
    Ok(refunds_of(order).into_iter().find(is_ours))
}

fn output(refund: Value, created: bool) -> Value {
    json!({"id": refund.get("id"), "totalRefundedSet": refund.get("totalRefundedSet"), "created": created})
}

/// The lines as Shopify takes them; what is given by SKU is looked for in the order.
async fn lines(api: &Api<'_>, input: &Input, order: &str) -> Result<Vec<Value>, Error> {
    if input.lines.is_empty() {
        return Ok(Vec::new());
    }
    let by_sku = input.lines.iter().any(|line| line.line_id.filled().is_none());
    let known = if by_sku { order_lines(api, order).await? } else { Vec::new() };
    let restock = input.restock.filled().unwrap_or("RETURN");
    let mut lines = Vec::with_capacity(input.lines.len());
    for line in &input.lines {
        let mut written = Map::from_iter([
            ("lineItemId".into(), line_id(line, &known)?.into()),
            ("quantity".into(), line.quantity.0.into()),
            ("restockType".into(), restock.into()),
        ]);
        let location = input.location.filled().filter(|_| restock != "NO_RESTOCK");
        written.extend(location.map(|id| ("locationId".into(), gid("Location", id).into())));
        lines.push(Value::Object(written));
    }
    Ok(lines)
}

async fn order_lines(api: &Api<'_>, order: &str) -> Result<Vec<Value>, Error> {
    let order = api.record(&documents::order(), json!({"id": order}), "order").await?;
    match documents::whole_order(api, order).await?.get_mut("lineItems").map(Value::take) {
        Some(Value::Array(lines)) => Ok(lines),
        _ => Ok(Vec::new()),
    }
}

fn line_id(line: &Line, known: &[Value]) -> Result<String, Error> {
    if let Some(id) = line.line_id.filled() {
        return Ok(gid("LineItem", id));
    }
    let sku = line.sku.filled().ok_or_else(|| mistake("a line has neither a SKU nor an id"))?;
    let ids: Vec<&str> = known
        .iter()
        .filter(|line| line.get("sku").and_then(Value::as_str) == Some(sku))
        .filter_map(|line| line.get("id")?.as_str())
        .collect();
    match ids.as_slice() {
        [id] => Ok((*id).to_owned()),
        [] => Err(mistake(&format!("the order has no line with the SKU {sku}"))),
        _ => Err(mistake(&format!("the order has several lines with the SKU {sku}; give the line's id"))),
    }
}

/// What goes back on which way, as Shopify proposes it, or another amount where there is one way only.
async fn transactions(
    api: &Api<'_>,
    input: &Input,
    order: &str,
    lines: &[Value],
) -> Result<Vec<Value>, Error> {
    let variables = json!({"id": order, "lines": lines, "shipping": input.shipping.filled()});
    let found = plain(api.record(SUGGEST, variables, "order").await?);
    let ways = found.pointer("/suggestedRefund/suggestedTransactions").and_then(Value::as_array);
    let ways = ways.map(Vec::as_slice).unwrap_or_default();
    if ways.is_empty() || (input.amount.filled().is_some() && ways.len() > 1) {
        return Err(Error::Refused {
            message: format!("Shopify proposes {} ways to pay back", ways.len()),
            advice: "Pay back in Shopify, or leave the amount to Shopify's proposal, then retry.".into(),
        });
    }
    Ok(ways.iter().map(|way| transaction(way, order, input.amount.filled())).collect())
}

fn transaction(way: &Value, order: &str, amount: Option<&str>) -> Value {
    let proposed = way.pointer("/amountSet/shopMoney/amount").cloned().unwrap_or_default();
    json!({
        "orderId": order, "parentId": way.pointer("/parentTransaction/id"), "kind": "REFUND",
        "gateway": way.get("gateway"), "amount": amount.map_or(proposed, Value::from),
    })
}

fn mistake(message: &str) -> Error {
    Error::Input {
        message: message.to_owned(),
        advice: "Correct the data or the script before this node, then retry.".into(),
    }
}
