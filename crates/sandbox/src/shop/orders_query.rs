//! The answer to a query: pages of orders, and the fields that were asked of each.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};
use std::sync::Arc;

use super::query::Selection;
use super::{Shop, ShopOrder};

/// Nodes of one page.
const FIRST_MAX: u64 = 250;

/// A query's mistake, as Shopify words it.
#[derive(Debug)]
pub(crate) struct Refused {
    pub message: String,
    pub extensions: Value,
}

fn refused(message: impl Into<String>, code: &str) -> Refused {
    Refused { message: message.into(), extensions: json!({ "code": code }) }
}

/// A value of the schema, before anybody asked for parts of it.
enum Node {
    Leaf(Value),
    Object(&'static str, Vec<(&'static str, Node)>),
    List(Vec<Node>),
    Connection(Vec<Node>),
}

/// What surrounds the nodes of a connection.
#[derive(Default)]
struct Page {
    cursors: Vec<String>,
    more_after: bool,
    more_before: bool,
}

/// Answers the root's fields.
pub(crate) fn answer(shop: &Shop, query: &[Selection]) -> Result<Value, Refused> {
    let mut data = Map::new();
    for field in query {
        let value = match field.name.as_str() {
            "orders" => orders(shop, field)?,
            "order" => {
                let id =
                    field.arguments.get("id").and_then(Value::as_str).and_then(|gid| gid.rsplit('/').next());
                let order = id.and_then(|id| shop.find(&id.into()));
                order.map_or(Ok(Value::Null), |order| project(&order_node(&order), field))?
            }
            "shop" => project(&shop_node(shop), field)?,
            "__typename" => "QueryRoot".into(),
            other => return Err(unknown(other, "QueryRoot")),
        };
        data.insert(field.alias.clone(), value);
    }
    Ok(data.into())
}

/// A rough price of a query: an object is a point, a connection two and a tenth of its nodes.
pub(crate) fn cost(query: &[Selection]) -> u64 {
    let one = |field: &Selection| {
        let nodes =
            field.arguments.get("first").and_then(Value::as_u64).map_or(0, |first| 2 + first.div_ceil(10));
        nodes + u64::from(!field.inner.is_empty() && nodes == 0) + cost(&field.inner)
    };
    query.iter().map(one).sum()
}

fn orders(shop: &Shop, field: &Selection) -> Result<Value, Refused> {
    let argument = |name: &str| field.arguments.get(name);
    let first = page_size(argument("first"))?;
    let filter = Filter::parse(argument("query").and_then(Value::as_str).unwrap_or_default())?;
    let after = argument("after").filter(|after| !after.is_null()).map(read_cursor).transpose()?;
    let mut found: Vec<Arc<ShopOrder>> =
        shop.state().orders.values().filter(|order| filter.fits(order)).cloned().collect();
    // Numbers and times rise together, so every sort key of this shop is the number's order.
    if argument("reverse") == Some(&Value::Bool(true)) {
        found.reverse();
    }
    let start = match after {
        None => 0,
        Some(number) => {
            found.iter().position(|order| order.number == number).map_or(found.len(), |place| place + 1)
        }
    };
    let page: Vec<_> = found.iter().skip(start).take(first).collect();
    let around = Page {
        cursors: page.iter().map(|order| cursor(order.number)).collect(),
        more_after: start + page.len() < found.len(),
        more_before: start > 0,
    };
    let nodes: Vec<Node> = page.into_iter().map(|order| order_node(order)).collect();
    project_connection(&nodes, &around, &field.inner)
}

fn page_size(first: Option<&Value>) -> Result<usize, Refused> {
    match first.and_then(Value::as_u64) {
        Some(first @ 1..=FIRST_MAX) => Ok(first as usize),
        Some(_) => Err(refused(format!("first must be between 1 and {FIRST_MAX}"), "BAD_USER_INPUT")),
        None => Err(refused("you must provide one of first or last", "BAD_REQUEST")),
    }
}

fn cursor(number: u64) -> String {
    STANDARD.encode(json!({ "last_id": number }).to_string())
}

fn read_cursor(cursor: &Value) -> Result<u64, Refused> {
    let bytes = cursor.as_str().and_then(|text| STANDARD.decode(text).ok());
    let json: Option<Value> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let number = json.and_then(|json| json["last_id"].as_u64());
    number.ok_or_else(|| refused("invalid cursor for current pagination sort", "BAD_USER_INPUT"))
}

/// The search syntax, as far as a pull uses it: `updated_at:>='…'`, `created_at:<…`, `financial_status:paid`, `name:#1001`.
struct Filter(Vec<Term>);

enum Term {
    Time { later: bool, or_equal: bool, than: DateTime<Utc> },
    Status(String),
    Name(String),
    Id(String),
}

impl Filter {
    /// Terms it does not know are ignored, as Shopify does.
    fn parse(text: &str) -> Result<Self, Refused> {
        let mut terms = Vec::new();
        for word in text.split_whitespace().filter(|word| !word.eq_ignore_ascii_case("and")) {
            let Some((name, value)) = word.split_once(':') else {
                continue;
            };
            match name {
                "updated_at" | "created_at" | "processed_at" => terms.push(time_term(value)?),
                "financial_status" => terms.push(Term::Status(unquote(value).to_lowercase())),
                "name" => terms.push(Term::Name(unquote(value).trim_start_matches('#').to_owned())),
                "id" => terms.push(Term::Id(unquote(value).to_owned())),
                _ => {}
            }
        }
        Ok(Self(terms))
    }

    fn fits(&self, order: &ShopOrder) -> bool {
        // Kept and compared to the second: that is all an answer shows.
        let made = order.created_at.timestamp();
        self.0.iter().all(|term| match term {
            Term::Time { later: true, or_equal, than } => {
                made > than.timestamp() || (*or_equal && made == than.timestamp())
            }
            Term::Time { later: false, or_equal, than } => {
                made < than.timestamp() || (*or_equal && made == than.timestamp())
            }
            Term::Status(status) => order.financial_status == *status,
            Term::Name(name) => order.name.trim_start_matches('#') == name,
            Term::Id(id) => order.id.to_string() == *id,
        })
    }
}

fn unquote(text: &str) -> &str {
    text.trim_matches(['\'', '"'])
}

fn time_term(value: &str) -> Result<Term, Refused> {
    let (later, or_equal, text) = match value.as_bytes() {
        [b'>', b'=', ..] => (true, true, &value[2..]),
        [b'<', b'=', ..] => (false, true, &value[2..]),
        [b'>', ..] => (true, false, &value[1..]),
        [b'<', ..] => (false, false, &value[1..]),
        _ => (true, true, value),
    };
    let text = unquote(text);
    let full = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
    let than = DateTime::parse_from_rfc3339(&full)
        .map_err(|_| refused(format!("invalid time {text:?}"), "BAD_USER_INPUT"))?;
    Ok(Term::Time { later, or_equal, than: than.to_utc() })
}

fn unknown(field: &str, of: &str) -> Refused {
    let message = format!("Field '{field}' doesn't exist on type '{of}'");
    Refused { message, extensions: json!({ "code": "undefinedField", "typeName": of, "fieldName": field }) }
}

/// Takes out of a node what was asked for.
fn project(node: &Node, asked: &Selection) -> Result<Value, Refused> {
    match node {
        Node::Leaf(value) => Ok(value.clone()),
        Node::List(nodes) => nodes.iter().map(|node| project(node, asked)).collect(),
        Node::Object(name, fields) => project_object(name, fields, &asked.inner),
        Node::Connection(nodes) => {
            let first = page_size(asked.arguments.get("first"))?.min(nodes.len());
            let cursors = (0..first as u64).map(cursor).collect();
            let page = Page { cursors, more_after: first < nodes.len(), more_before: false };
            project_connection(&nodes[..first], &page, &asked.inner)
        }
    }
}

fn project_object(
    name: &'static str,
    fields: &[(&str, Node)],
    asked: &[Selection],
) -> Result<Value, Refused> {
    if asked.is_empty() {
        let message = format!("Field must have selections (type '{name}' returns an object)");
        return Err(refused(message, "selectionMismatch"));
    }
    let mut object = Map::new();
    for wanted in asked {
        let value = match fields.iter().find(|(field, _)| *field == wanted.name) {
            Some((_, node)) => project(node, wanted)?,
            None if wanted.name == "__typename" => name.into(),
            None => return Err(unknown(&wanted.name, name)),
        };
        object.insert(wanted.alias.clone(), value);
    }
    Ok(object.into())
}

fn project_connection(nodes: &[Node], page: &Page, asked: &[Selection]) -> Result<Value, Refused> {
    let mut object = Map::new();
    for wanted in asked {
        let value = match wanted.name.as_str() {
            "nodes" => nodes.iter().map(|node| project(node, wanted)).collect::<Result<_, _>>()?,
            "edges" => edges(nodes, page, &wanted.inner)?,
            "pageInfo" => project(&page_info(page), wanted)?,
            "__typename" => "Connection".into(),
            other => return Err(unknown(other, "Connection")),
        };
        object.insert(wanted.alias.clone(), value);
    }
    Ok(object.into())
}

fn edges(nodes: &[Node], page: &Page, asked: &[Selection]) -> Result<Value, Refused> {
    let edge = |(node, cursor): (&Node, &String)| {
        let mut edge = Map::new();
        for wanted in asked {
            let value = match wanted.name.as_str() {
                "node" => project(node, wanted)?,
                "cursor" => cursor.as_str().into(),
                other => return Err(unknown(other, "Edge")),
            };
            edge.insert(wanted.alias.clone(), value);
        }
        Ok(Value::from(edge))
    };
    nodes.iter().zip(&page.cursors).map(edge).collect()
}

fn page_info(page: &Page) -> Node {
    Node::Object(
        "PageInfo",
        vec![
            ("hasNextPage", Node::Leaf(page.more_after.into())),
            ("hasPreviousPage", Node::Leaf(page.more_before.into())),
            ("startCursor", Node::Leaf(json!(page.cursors.first()))),
            ("endCursor", Node::Leaf(json!(page.cursors.last()))),
        ],
    )
}

fn shop_node(shop: &Shop) -> Node {
    Node::Object(
        "Shop",
        vec![
            ("id", Node::Leaf("gid://shopify/Shop/1".into())),
            ("name", Node::Leaf("Khlong Tea".into())),
            ("myshopifyDomain", Node::Leaf(shop.domain().into())),
            ("currencyCode", Node::Leaf("THB".into())),
            ("taxesIncluded", Node::Leaf(true.into())),
            ("ianaTimezone", Node::Leaf("Asia/Bangkok".into())),
        ],
    )
}

/// The webhook's JSON in the schema's words: UTC times, enums in capitals, money in sets.
fn order_node(order: &ShopOrder) -> Node {
    let body: Value = serde_json::from_slice(&order.body).unwrap_or_default();
    let leaf = |name: &str| Node::Leaf(body[name].clone());
    let fulfillment = if body["fulfillment_status"].is_null() { "UNFULFILLED" } else { "FULFILLED" };
    Node::Object(
        "Order",
        vec![
            ("id", leaf("admin_graphql_api_id")),
            ("legacyResourceId", Node::Leaf(order.id.to_string().into())),
            ("name", leaf("name")),
            ("email", leaf("email")),
            ("phone", leaf("phone")),
            ("note", leaf("note")),
            ("tags", Node::List(tags(&body))),
            ("test", leaf("test")),
            ("createdAt", utc(&body["created_at"])),
            ("processedAt", utc(&body["processed_at"])),
            ("updatedAt", utc(&body["updated_at"])),
            ("cancelledAt", utc(&body["cancelled_at"])),
            ("cancelReason", capitals(&body["cancel_reason"])),
            ("displayFinancialStatus", capitals(&body["financial_status"])),
            ("displayFulfillmentStatus", Node::Leaf(fulfillment.into())),
            ("taxesIncluded", leaf("taxes_included")),
            ("currencyCode", leaf("currency")),
            ("paymentGatewayNames", leaf("payment_gateway_names")),
            ("totalPriceSet", money_bag(&body["total_price"])),
            ("currentTotalPriceSet", money_bag(&body["current_total_price"])),
            ("currentSubtotalPriceSet", money_bag(&body["current_subtotal_price"])),
            ("currentTotalTaxSet", money_bag(&body["current_total_tax"])),
            ("currentTotalDiscountsSet", money_bag(&body["current_total_discounts"])),
            ("totalShippingPriceSet", money_bag(&body["total_shipping_price_set"]["shop_money"]["amount"])),
            ("customer", customer(&body["customer"])),
            ("billingAddress", address(&body["billing_address"])),
            ("shippingAddress", address(&body["shipping_address"])),
            ("lineItems", Node::Connection(items(&body["line_items"]).map(line_item).collect())),
        ],
    )
}

fn items(list: &Value) -> std::slice::Iter<'_, Value> {
    list.as_array().map_or(&[][..], Vec::as_slice).iter()
}

fn tags(body: &Value) -> Vec<Node> {
    let tags =
        body["tags"].as_str().unwrap_or_default().split(',').map(str::trim).filter(|tag| !tag.is_empty());
    tags.map(|tag| Node::Leaf(tag.into())).collect()
}

fn utc(time: &Value) -> Node {
    let time = time.as_str().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    Node::Leaf(json!(time.map(|time| time.to_utc().to_rfc3339_opts(SecondsFormat::Secs, true))))
}

fn capitals(text: &Value) -> Node {
    Node::Leaf(json!(text.as_str().map(str::to_uppercase)))
}

/// GraphQL cuts a trailing zero: `"1070.00"` comes as `"1070.0"`.
fn money_bag(amount: &Value) -> Node {
    let amount = amount.as_str().unwrap_or_default();
    let amount = if amount.contains('.') { amount.strip_suffix('0').unwrap_or(amount) } else { amount };
    let money = || {
        let fields = vec![("amount", Node::Leaf(amount.into())), ("currencyCode", Node::Leaf("THB".into()))];
        Node::Object("MoneyV2", fields)
    };
    Node::Object("MoneyBag", vec![("shopMoney", money()), ("presentmentMoney", money())])
}

fn customer(customer: &Value) -> Node {
    if customer.is_null() {
        return Node::Leaf(Value::Null);
    }
    let leaf = |name: &str| Node::Leaf(customer[name].clone());
    Node::Object(
        "Customer",
        vec![
            ("id", leaf("admin_graphql_api_id")),
            ("firstName", leaf("first_name")),
            ("lastName", leaf("last_name")),
            ("email", leaf("email")),
            ("phone", leaf("phone")),
            ("defaultAddress", address(&customer["default_address"])),
        ],
    )
}

fn address(address: &Value) -> Node {
    if address.is_null() {
        return Node::Leaf(Value::Null);
    }
    let leaf = |name: &str| Node::Leaf(address[name].clone());
    Node::Object(
        "MailingAddress",
        vec![
            ("name", leaf("name")),
            ("firstName", leaf("first_name")),
            ("lastName", leaf("last_name")),
            ("company", leaf("company")),
            ("address1", leaf("address1")),
            ("address2", leaf("address2")),
            ("city", leaf("city")),
            ("province", leaf("province")),
            ("provinceCode", leaf("province_code")),
            ("zip", leaf("zip")),
            ("country", leaf("country")),
            ("countryCodeV2", leaf("country_code")),
            ("phone", leaf("phone")),
        ],
    )
}

fn line_item(line: &Value) -> Node {
    let leaf = |name: &str| Node::Leaf(line[name].clone());
    Node::Object(
        "LineItem",
        vec![
            ("id", leaf("admin_graphql_api_id")),
            ("sku", leaf("sku")),
            ("name", leaf("name")),
            ("title", leaf("title")),
            ("quantity", leaf("quantity")),
            ("currentQuantity", leaf("current_quantity")),
            ("originalUnitPriceSet", money_bag(&line["price"])),
            ("discountedTotalSet", money_bag(&discounted_total(line).into())),
            ("taxLines", Node::List(items(&line["tax_lines"]).map(tax_line).collect())),
        ],
    )
}

/// After line discounts but before the order's code, which is how Shopify defines this field.
fn discounted_total(line: &Value) -> String {
    let satang: i64 = line["price"].as_str().unwrap_or_default().replace('.', "").parse().unwrap_or(0);
    let total = satang * line["quantity"].as_i64().unwrap_or(0);
    format!("{}.{:02}", total / 100, total % 100)
}

fn tax_line(tax: &Value) -> Node {
    let fields = vec![
        ("title", Node::Leaf(tax["title"].clone())),
        ("rate", Node::Leaf(tax["rate"].clone())),
        ("priceSet", money_bag(&tax["price"])),
    ];
    Node::Object("TaxLine", fields)
}
