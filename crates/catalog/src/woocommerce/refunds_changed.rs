//! `woocommerce/refunds_changed`: a refund shows as a change of its order, so orders are looked through for new ones.

use super::api::{Api, order};
use super::examples;
use super::walk::{Walk, version};
use crate::{since, words};
use async_trait::async_trait;
use connector::{Delivery, Error, Poll, PollCx, Polled};
use model::{Need, OperationSpec};
use serde_json::{Map, Value, json};
use std::collections::HashSet;

/// Refunds of one order: two hundred.
const REFUND_PAGES_MAX: usize = 2;

pub struct RefundsChanged;

#[async_trait]
impl Poll for RefundsChanged {
    fn spec(&self) -> OperationSpec {
        OperationSpec::trigger("woocommerce/refunds_changed", "Refunds changed", "การคืนเงินที่เปลี่ยนแปลง")
            .about(
                "Asks for refunds that are new, one event for each, with the order's id and number.",
                "ถามหาการคืนเงินใหม่ โดยแต่ละรายการเป็นหนึ่งเหตุการณ์ พร้อมรหัสและเลขที่คำสั่งซื้อ",
            )
            .connection(Need::Required)
            .field(words::every())
            .field(words::since())
            .example(json!({"every": "5m"}), examples::refund())
    }

    /// One page of orders in a look: each that has refunds is asked for them.
    async fn poll(
        &self,
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let api = Api::look(cx)?;
        let mut walk = Walk::read(cx, with, cursor)?;
        let page = walk.next(&api, "wc/v3/orders").await?;
        let more = walk.pass(&page);
        let (mut deliveries, mut known) = (Vec::new(), HashSet::new());
        for found in page.rows.iter().filter(|found| has_refunds(found)) {
            let new = refunds(&api, found, walk.floor).await?;
            deliveries.extend(new.into_iter().filter(|one| known.insert(one.id.clone())));
        }
        Ok(Polled { deliveries, cursor: walk.cursor(more), more, ..Polled::default() })
    }
}

fn has_refunds(order: &Value) -> bool {
    order.get("refunds").and_then(Value::as_array).is_some_and(|refunds| !refunds.is_empty())
}

/// The refunds of an order that were made since a time, oldest first.
async fn refunds(api: &Api<'_>, found: &Value, since_ms: i64) -> Result<Vec<Delivery>, Error> {
    let id = found.get("id").map(Value::to_string).unwrap_or_default();
    let route = format!("{}/refunds", order(&id)?);
    let mut refunds = api.all(&route, &[], REFUND_PAGES_MAX).await?;
    refunds.retain(|refund| since::read_iso(version(refund)).is_none_or(|at| at >= since_ms));
    refunds.reverse();
    Ok(refunds.into_iter().map(|refund| event(refund, found)).collect())
}

fn event(mut refund: Value, found: &Value) -> Delivery {
    let id = refund.get("id").map(Value::to_string).unwrap_or_default();
    let version = version(&refund).to_owned();
    if let Some(fields) = refund.as_object_mut() {
        fields.insert("order".into(), json!({"id": found.get("id"), "number": found.get("number")}));
    }
    since::changed(&id, &version, refund)
}
