//! `line_shopping/refunds_changed`: an order's money goes back, or was to go back and does not.

use super::api::{Api, text};
use super::{get_settlement, window};
use crate::since::changed;
use crate::words;
use async_trait::async_trait;
use connector::{Error, Poll, PollCx, Polled};
use model::{Need, OperationSpec};
use serde_json::{Map, Value, json};

pub const STATES: [&str; 4] = ["REFUND", "PENDING_REFUND", "FAILED_REFUND", "REJECTED_REFUND"];

pub struct RefundsChanged;

#[async_trait]
impl Poll for RefundsChanged {
    fn spec(&self) -> OperationSpec {
        OperationSpec::trigger("line_shopping/refunds_changed", "Refunds changed", "การคืนเงินเปลี่ยนแปลง")
            .about(
                "Starts once for each state of an order's refund, with the order and its settlement. Partial refunds cannot \
                 be told apart from whole ones.",
                "เริ่มหนึ่งครั้งต่อแต่ละสถานะการคืนเงินของคำสั่งซื้อ พร้อมคำสั่งซื้อและข้อมูลการโอนเงิน แยกการคืนเงินบางส่วนไม่ได้",
            )
            .connection(Need::Required)
            .field(words::every())
            .field(words::since())
            .example(
                json!({"every": "15m"}),
                json!({"status": "PENDING_REFUND", "order": {"orderNumber": "2026010500001"},
                       "settlement": {"settlementDetail": {"status": "PENDING"}}}),
            )
    }

    async fn poll(
        &self,
        cx: &PollCx<'_>,
        with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let connection = cx.connection()?;
        let api = Api::new(cx.http, connection);
        let looked = window::look(&api, cx, with, cursor).await?;
        let mut deliveries = Vec::new();
        for row in &looked.rows {
            let status = text(row, "paymentStatus");
            if STATES.contains(&status) {
                let number = text(row, "orderNumber");
                let body = json!({"status": status, "order": api.order(number).await?,
                                  "settlement": settlement(&api, number).await?});
                deliveries.push(changed(number, status, body));
            }
        }
        Ok(Polled { deliveries, cursor: looked.cursor, more: looked.more, ..Polled::default() })
    }
}

/// There is none before the money was paid out.
async fn settlement(api: &Api<'_>, number: &str) -> Result<Value, Error> {
    match get_settlement::read(api, number).await {
        Err(Error::Refused { .. }) => Ok(Value::Null),
        answer => answer,
    }
}
