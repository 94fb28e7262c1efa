//! `sap_business_one/products_changed`: items that changed, or whose price did.

use super::SYSTEM;
use super::api::Api;
use super::changes::{self, Kind};
use crate::office::{self, Watch};
use async_trait::async_trait;
use connector::{Error, Poll, PollCx, Polled};
use model::OperationSpec;
use serde_json::{Map, Value, json};

/// No quantities among them: an item whose stock alone moved has not changed.
const FIELDS: &str =
    "ItemCode,ItemName,BarCode,ItemsGroupCode,Valid,Frozen,SalesUnit,ItemPrices,UpdateDate,UpdateTime";

pub struct ProductsChanged;

#[async_trait]
impl Poll for ProductsChanged {
    fn spec(&self) -> OperationSpec {
        Watch::Products.spec(
            SYSTEM,
            json!({
                "ItemCode": "TEA-100", "ItemName": "ชาเขียว 100 g", "BarCode": "8850001000012", "Valid": "tYES", "Frozen": "tNO",
                "price": 250.00, "currency": "THB", "UpdateDate": "2026-11-20", "UpdateTime": "10:11:09",
                "ItemPrices": [{"PriceList": 1, "Price": 250.00, "Currency": "THB"}]
            }),
        )
    }

    async fn poll(
        &self,
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let api = Api::new(cx.http, office::of_look(cx, SYSTEM.name)?)?;
        let list = price_list(&api)?;
        let kind = Kind { entity: "Items", key: "ItemCode", select: FIELDS };
        let page = changes::page(&api, cx, with, cursor, &kind).await?;
        let deliveries =
            page.rows.into_iter().map(|item| changes::delivery("ItemCode", with_price(item, list))).collect();
        Ok(Polled { deliveries, cursor: page.cursor, more: page.more, ..Polled::default() })
    }
}

fn price_list(api: &Api<'_>) -> Result<i64, Error> {
    let text = api.connection.text("price_list").unwrap_or("1").trim();
    text.parse().map_err(|_| Error::Connection {
        message: format!("\"{text}\" is no number of a price list"),
        advice: "Write the price list's number into the connection, such as 1.".into(),
    })
}

/// The item with the price of one list, and all of them in short.
fn with_price(mut item: Value, list: i64) -> Value {
    let rows: Vec<Value> =
        item.get("ItemPrices").and_then(Value::as_array).into_iter().flatten().map(short).collect();
    let own = rows.iter().find(|row| row.get("PriceList").and_then(Value::as_i64) == Some(list));
    let field = |name: &str| own.and_then(|row| row.get(name)).cloned().unwrap_or_default();
    let (price, currency) = (field("Price"), field("Currency"));
    if let Some(fields) = item.as_object_mut() {
        fields.insert("price".into(), price);
        fields.insert("currency".into(), currency);
        fields.insert("ItemPrices".into(), rows.into());
    }
    item
}

fn short(row: &Value) -> Value {
    super::order::kept(row, &["PriceList", "Price", "Currency"]).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_price_is_that_of_the_chosen_list() {
        let item = json!({"ItemCode": "TEA-100", "ItemPrices": [{"PriceList": 1, "Price": 250.0, "Currency": "THB", "Factor": 1.0},
                                                               {"PriceList": 2, "Price": 230.0, "Currency": "THB"}]});
        assert_eq!(with_price(item.clone(), 2)["price"], json!(230.0));
        assert_eq!(with_price(item.clone(), 9)["price"], Value::Null);
        assert_eq!(
            with_price(item, 1)["ItemPrices"][0],
            json!({"PriceList": 1, "Price": 250.0, "Currency": "THB"})
        );
    }
}
