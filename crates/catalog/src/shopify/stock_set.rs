//! Setting a batch of quantities, of which Shopify does all or nothing.

use super::api::Api;
use super::failure::{self, UserError};
use crate::pushed::Pushed;
use crate::retry_key;
use connector::Error;
use serde_json::{Value, json};

const SET: &str = "mutation($i:InventorySetQuantitiesInput!,$k:String!){inventorySetQuantities(input:$i) \
                   @idempotent(key:$k){inventoryAdjustmentGroup{id} userErrors{field message code}}}";
/// What is passed as `available` or `onHand` is the first quantity there.
const ACTIVATE: [(&str, &str); 2] = [
    (
        "on_hand",
        "mutation($item:ID!,$at:ID!,$n:Int!,$k:String!){inventoryActivate(inventoryItemId:$item,locationId:$at,\
         onHand:$n) @idempotent(key:$k){inventoryLevel{id} userErrors{field message}}}",
    ),
    (
        "available",
        "mutation($item:ID!,$at:ID!,$n:Int!,$k:String!){inventoryActivate(inventoryItemId:$item,locationId:$at,\
         available:$n) @idempotent(key:$k){inventoryLevel{id} userErrors{field message}}}",
    ),
];
const NOT_STOCKED: &str = "ITEM_NOT_STOCKED_AT_LOCATION";

/// An item whose ids are known.
pub struct Quantity<'i> {
    pub sku: &'i str,
    pub inventory_item: String,
    pub location: String,
    pub quantity: i64,
}

/// How quantities are set.
pub struct Setting<'s> {
    pub api: &'s Api<'s>,
    pub step_key: &'s str,
    /// `available` or `on_hand`
    pub name: &'s str,
    /// Items that are not stocked at a location are from now on.
    pub activate: bool,
}

impl Setting<'_> {
    /// Sets a batch. What is refused is taken out and the rest is sent again; each time there is less to send.
    pub async fn set(&self, mut batch: Vec<Quantity<'_>>, pushed: &mut Pushed) -> Result<(), Error> {
        while !batch.is_empty() {
            let errors = self.send(&batch).await?;
            if errors.is_empty() {
                pushed.took(batch.len());
                return Ok(());
            }
            let (rest, refused) = take_out(batch, &errors);
            for (quantity, error) in refused {
                match self.activate && error.code == NOT_STOCKED {
                    true => self.stock(&quantity, pushed).await?,
                    false => pushed.refused(quantity.sku, &error.code, &error.message),
                }
            }
            batch = rest;
        }
        Ok(())
    }

    async fn send(&self, batch: &[Quantity<'_>]) -> Result<Vec<UserError>, Error> {
        let quantities: Value = batch.iter().map(Quantity::written).collect();
        // Another content is another mutation, also within the same step.
        let key = retry_key::uuid_of(&[self.step_key, "push_stock", self.name, &quantities.to_string()]);
        let input = json!({"name": self.name, "reason": "correction",
            "referenceDocumentUri": format!("khlong://step/{}", self.step_key), "quantities": quantities});
        let variables = json!({"i": input, "k": key});
        let told = self.api.try_change(SET, &variables, "inventorySetQuantities").await?;
        let errors = failure::user_errors(&told);
        match errors.iter().find(|error| error.passes()) {
            Some(error) => Err(failure::refused(&self.api.host(), std::slice::from_ref(error))),
            None => Ok(errors),
        }
    }

    async fn stock(&self, quantity: &Quantity<'_>, pushed: &mut Pushed) -> Result<(), Error> {
        let (item, at) = (quantity.inventory_item.as_str(), quantity.location.as_str());
        let count = quantity.quantity.to_string();
        let key = retry_key::uuid_of(&[self.step_key, "activate", self.name, item, at, &count]);
        let variables = json!({"item": item, "at": at, "n": quantity.quantity, "k": key});
        let document = ACTIVATE.iter().find(|(name, _)| *name == self.name).unwrap_or(&ACTIVATE[1]).1;
        let told = self.api.try_change(document, &variables, "inventoryActivate").await?;
        match failure::user_errors(&told).first() {
            None => pushed.took(1),
            Some(error) => pushed.refused(quantity.sku, NOT_STOCKED, &error.message),
        }
        Ok(())
    }
}

/// The batch without what the errors are about, and that with its errors. An error about no place is about everything.
fn take_out<'i, 'e>(
    batch: Vec<Quantity<'i>>,
    errors: &'e [UserError],
) -> (Vec<Quantity<'i>>, Vec<(Quantity<'i>, &'e UserError)>) {
    let placed = |index: usize| errors.iter().find(|error| error.index_in("quantities") == Some(index));
    let whole = errors.iter().find(|error| error.index_in("quantities").is_none_or(|at| at >= batch.len()));
    let (mut rest, mut refused) = (Vec::with_capacity(batch.len()), Vec::new());
    for (index, quantity) in batch.into_iter().enumerate() {
        match placed(index).or(whole) {
            Some(error) => refused.push((quantity, error)),
            None => rest.push(quantity),
        }
    }
    (rest, refused)
}

impl Quantity<'_> {
    /// Without an expected old value: what is pushed is how it is.
    fn written(&self) -> Value {
        json!({"inventoryItemId": self.inventory_item, "locationId": self.location, "quantity": self.quantity,
            "changeFromQuantity": null})
    }
}
