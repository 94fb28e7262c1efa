//! `shopify/cancel_order`: cancels an order. Shopify does it a moment later, and never takes it back.

use super::api::{Api, gid};
use super::{failure, terms};
use crate::values::{Filled, Text, or_default};
use connector::{ActionCx, Connection, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec, Span};
use serde::Deserialize;
use serde_json::{Value, json};

const ORDER: &str = "query($id:ID!){order(id:$id){id name cancelledAt cancelReason}}";
const JOB: &str =
    "query($id:ID!,$job:ID!){order(id:$id){id name cancelledAt cancelReason} job(id:$job){id done}}";
const CANCEL: &str = "mutation($id:ID!,$refund:OrderCancelRefundMethodInput!,$restock:Boolean!,\
                      $reason:OrderCancelReason!,$note:String,$notify:Boolean){orderCancel(orderId:$id,\
                      refundMethod:$refund,restock:$restock,reason:$reason,staffNote:$note,\
                      notifyCustomer:$notify){job{id done} orderCancelUserErrors{code message}}}";

const REASONS: [(&str, &str, &str); 6] = [
    ("CUSTOMER", "The customer changed their mind", "ลูกค้าเปลี่ยนใจ"),
    ("DECLINED", "The payment was declined", "การชำระเงินถูกปฏิเสธ"),
    ("FRAUD", "Fraud", "ทุจริต"),
    ("INVENTORY", "Out of stock", "สินค้าหมด"),
    ("STAFF", "A mistake of ours", "ความผิดพลาดของร้าน"),
    ("OTHER", "Another reason", "เหตุผลอื่น"),
];

#[derive(Debug, Deserialize)]
pub struct Input {
    pub order_id: Filled,
    #[serde(default)]
    pub reason: Text,
    #[serde(default, deserialize_with = "or_default")]
    pub refund: bool,
    #[serde(default = "yes")]
    pub restock: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub notify: bool,
    #[serde(default)]
    pub note: Text,
}

fn yes() -> bool {
    true
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("shopify/cancel_order", "Cancel an order", "ยกเลิกคำสั่งซื้อ")
        .about(
            "Cancels an order, unless it is cancelled already. Shopify never takes that back.",
            "ยกเลิกคำสั่งซื้อ เว้นแต่ถูกยกเลิกไปแล้ว เมื่อยกเลิกแล้วไม่สามารถย้อนกลับได้",
        )
        .effect(EffectRule::Probe)
        .connection(Need::Required)
        .field(terms::order_id())
        .field(
            Field::choice("reason", &REASONS, "Reason", "เหตุผล")
                .about("Why it is cancelled, as Shopify keeps it.", "เหตุผลที่ยกเลิกซึ่ง Shopify จะบันทึกไว้")
                .default("OTHER")
                .example("INVENTORY"),
        )
        .field(
            Field::new("refund", FieldKind::Bool, "Pay back", "คืนเงิน")
                .about(
                    "What was paid goes back the way it came. Off: no money moves.",
                    "คืนเงินตามช่องทางที่ลูกค้าชำระ หากปิดจะไม่มีการคืนเงิน",
                )
                .default(false)
                .example(true),
        )
        .field(
            Field::new("restock", FieldKind::Bool, "Restock", "คืนสต็อก")
                .about("The goods can be sold again.", "นำสินค้ากลับเข้าสต็อกเพื่อขายต่อ")
                .default(true)
                .example(true),
        )
        .field(terms::notify("The customer gets Shopify's message.", "ให้ Shopify ส่งข้อความแจ้งลูกค้า"))
        .field(
            Field::new("note", FieldKind::Text, "Note for the staff", "หมายเหตุสำหรับพนักงาน")
                .about("Stays within the shop.", "เห็นเฉพาะภายในร้าน")
                .example("ของหมด"),
        )
        .example(
            json!({"order_id": "gid://shopify/Order/5551", "reason": "INVENTORY", "refund": true}),
            json!({"id": "gid://shopify/Order/5551", "name": "#1001", "cancelledAt": "2026-11-20T03:10:00Z",
                "cancelReason": "INVENTORY", "done": true, "already": false}),
        )
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::open(cx)?;
    let id = gid("Order", input.order_id.as_str());
    let order = api.record(ORDER, json!({"id": id}), "order").await?;
    if is_cancelled(&order) {
        return Ok(output(order, true, true));
    }
    let variables = json!({
        "id": id, "refund": {"originalPaymentMethodsRefund": input.refund}, "restock": input.restock,
        "reason": input.reason.filled().unwrap_or("OTHER"), "note": input.note.filled(), "notify": input.notify,
    });
    let told = api.try_change(CANCEL, &variables, "orderCancel").await?;
    let errors = failure::user_errors(&told);
    if !errors.is_empty() {
        // It may be that an earlier attempt is at work, or that somebody was faster.
        let order = api.record(ORDER, json!({"id": id}), "order").await?;
        let refused = failure::refused(&api.host(), &errors);
        return if is_cancelled(&order) { Ok(output(order, true, true)) } else { Err(refused) };
    }
    look_again(&api, &id, told.pointer("/job/id")).await
}

/// Shopify cancels a moment later: the output says whether it has come to it. What was accepted is not sent again because
/// this cannot be read.
async fn look_again(api: &Api<'_>, id: &str, job: Option<&Value>) -> Result<Value, Error> {
    let waiting =
        || output(json!({"id": id, "name": null, "cancelledAt": null, "cancelReason": null}), false, false);
    let Some(job) = job else { return Ok(waiting()) };
    let Ok(mut data) = api.read(JOB, json!({"id": id, "job": job})).await else { return Ok(waiting()) };
    let done = data.pointer("/job/done").and_then(Value::as_bool).unwrap_or_default();
    match data.get_mut("order").map(Value::take) {
        Some(order) if order.is_object() => Ok(output(order, done, false)),
        _ => Ok(waiting()),
    }
}

/// A cancellation that was accepted shows at the order when its job is done, which takes some seconds.
pub fn settle(_connection: Option<&Connection>) -> Span {
    Span::from_secs(30)
}

pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let id = gid("Order", input.order_id.as_str());
    let order = Api::open(cx)?.record(ORDER, json!({"id": id}), "order").await?;
    Ok(is_cancelled(&order).then(|| output(order, true, false)))
}

fn is_cancelled(order: &Value) -> bool {
    order.get("cancelledAt").is_some_and(|at| !at.is_null())
}

fn output(mut order: Value, done: bool, already: bool) -> Value {
    if let Some(order) = order.as_object_mut() {
        order.extend([("done".to_owned(), Value::Bool(done)), ("already".to_owned(), Value::Bool(already))]);
    }
    order
}
