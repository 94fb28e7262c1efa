//! `woocommerce/find_refunds`: what was refunded of an order.

use super::api::{Api, order};
use super::{examples, terms};
use crate::values::Filled;
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

/// Refunds of one order: two hundred.
const PAGES_MAX: usize = 2;

#[derive(Debug, Deserialize)]
pub struct Input {
    pub order_id: Filled,
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("woocommerce/find_refunds", "Find refunds", "ค้นหาการคืนเงิน")
        .about(
            "The refunds of an order, with their lines and taxes.",
            "การคืนเงินของคำสั่งซื้อ พร้อมรายการสินค้าและภาษี",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(terms::order_id())
        .example(json!({"order_id": "727"}), json!({"refunds": [examples::refund()]}))
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let refunds = of_order(&Api::open(cx)?, input.order_id.as_str()).await?;
    Ok(json!({"refunds": refunds}))
}

pub async fn of_order(api: &Api<'_>, id: &str) -> Result<Vec<Value>, Error> {
    api.all(&format!("{}/refunds", order(id)?), &[], PAGES_MAX).await
}
