//! What is asked for of each kind of record, in Shopify's own names: the whole of what flows book.

use super::api::{Api, plain};
use connector::Error;
use serde_json::{Map, Value, json};

/// Lines that come with an order; those beyond are read on, so many pages of them at most.
const LINE_PAGES_MAX: usize = 20;

/// Books are kept in the shop's own currency.
const MONEY: &str = " fragment money on MoneyBag{shopMoney{amount currencyCode}}";
const ADDRESS: &str = " fragment address on MailingAddress{name company address1 address2 city province zip \
                       countryCodeV2 phone}";

/// `quantity` is what was ordered, `currentQuantity` what is left of it after edits and refunds.
const LINE: &str = " fragment line on LineItem{id sku title variantTitle quantity currentQuantity \
                    originalUnitPriceSet{...money} discountedTotalSet{...money} \
                    taxLines{title rate priceSet{...money}}}";

const ORDER: &str = "id legacyResourceId name createdAt updatedAt processedAt cancelledAt cancelReason closedAt test \
                     note tags email phone displayFinancialStatus displayFulfillmentStatus paymentGatewayNames \
                     taxesIncluded currencyCode totalPriceSet{...money} currentTotalPriceSet{...money} \
                     currentSubtotalPriceSet{...money} currentTotalTaxSet{...money} \
                     currentTotalDiscountsSet{...money} totalShippingPriceSet{...money} totalRefundedSet{...money} \
                     customer{id firstName lastName email phone} billingAddress{...address} \
                     shippingAddress{...address} shippingLines(first:10){nodes{title code \
                     discountedPriceSet{...money} taxLines{title rate priceSet{...money}}}} \
                     lineItems(first:100){pageInfo{hasNextPage endCursor} nodes{...line}}";

/// What became of an order: its parcels with what is in them, and what was refunded of it.
const PARTS: &str = " fulfillments(first:20){id name status createdAt trackingInfo{company number url} \
                     fulfillmentLineItems(first:50){nodes{quantity lineItem{id sku}}}} \
                     refunds(first:20){id createdAt note totalRefundedSet{...money} \
                     refundLineItems(first:50){nodes{quantity restockType subtotalSet{...money} \
                     totalTaxSet{...money} lineItem{id sku}}}}";

const REFUND: &str = "id createdAt updatedAt note totalRefundedSet{...money} order{id name} \
                      refundLineItems(first:100){nodes{quantity restockType subtotalSet{...money} \
                      totalTaxSet{...money} lineItem{id sku}}} \
                      transactions(first:20){nodes{id kind status gateway amountSet{...money}}}";

const CUSTOMER: &str = "id legacyResourceId firstName lastName email phone note tags taxExempt createdAt updatedAt \
                        numberOfOrders defaultAddress{...address} addresses(first:10){...address}";

const PRODUCT: &str = "id legacyResourceId title handle status vendor productType tags descriptionHtml createdAt \
                       updatedAt variants(first:100){nodes{id sku barcode title price compareAtPrice \
                       inventoryQuantity inventoryItem{id tracked} selectedOptions{name value}}}";

/// A page of records that a search finds, by when they changed.
fn list(root: &str, fields: &str, fragments: &[&str]) -> String {
    format!(
        "query($first:Int!,$after:String,$query:String,$reverse:Boolean){{{root}(first:$first,after:$after,\
         sortKey:UPDATED_AT,reverse:$reverse,query:$query){{pageInfo{{hasNextPage endCursor}} nodes{{{fields}}}}}}}{}",
        fragments.concat()
    )
}

fn one(name: &str, fields: &str, fragments: &[&str]) -> String {
    format!("query($id:ID!){{{name}(id:$id){{{fields}}}}}{}", fragments.concat())
}

pub fn orders() -> String {
    list("orders", ORDER, &[MONEY, ADDRESS, LINE])
}

pub fn order() -> String {
    one("order", ORDER, &[MONEY, ADDRESS, LINE])
}

/// One order with what became of it: too dear for a page of orders.
pub fn order_with_parts() -> String {
    one("order", &format!("{ORDER}{PARTS}"), &[MONEY, ADDRESS, LINE])
}

pub fn customers() -> String {
    list("customers", CUSTOMER, &[ADDRESS])
}

pub fn customer() -> String {
    one("customer", CUSTOMER, &[ADDRESS])
}

pub fn products() -> String {
    list("products", PRODUCT, &[])
}

/// Orders with what was refunded of them.
pub fn refunded_orders() -> String {
    list("orders", &format!("id name updatedAt refunds(first:50){{{REFUND}}}"), &[MONEY])
}

pub fn refunds_of_order() -> String {
    one("order", &format!("id name refunds(first:50){{{REFUND}}}"), &[MONEY])
}

pub fn refund() -> String {
    one("refund", REFUND, &[MONEY])
}

/// An order with all of its lines, as it goes out to flows.
pub async fn whole_order(api: &Api<'_>, mut order: Value) -> Result<Value, Error> {
    let more = order.pointer("/lineItems/pageInfo/hasNextPage").and_then(Value::as_bool).unwrap_or_default();
    let end = order.pointer("/lineItems/pageInfo/endCursor").and_then(Value::as_str).map(str::to_owned);
    if let (true, Some(end)) = (more, end) {
        let rest = lines_after(api, order.get("id").cloned().unwrap_or_default(), end).await?;
        let lines = order.pointer_mut("/lineItems/nodes").and_then(Value::as_array_mut);
        lines.into_iter().for_each(|lines| lines.extend(rest.iter().cloned()));
    }
    Ok(plain(order))
}

async fn lines_after(api: &Api<'_>, order: Value, after: String) -> Result<Vec<Value>, Error> {
    let query = format!(
        "query($id:ID!,$first:Int!,$after:String){{order(id:$id){{lineItems(first:$first,after:$after){{\
         pageInfo{{hasNextPage endCursor}} nodes{{...line}}}}}}}}{MONEY}{LINE}"
    );
    let (mut lines, mut next) = (Vec::new(), Some(after));
    for _ in 0..LINE_PAGES_MAX {
        let Some(after) = next.take() else { break };
        let variables = json!({"id": order, "first": 100, "after": after});
        let variables: Map<String, Value> = variables.as_object().cloned().unwrap_or_default();
        let page = api.page(&query, variables, "/order/lineItems").await?;
        lines.extend(page.nodes);
        next = page.next;
    }
    Ok(lines)
}
