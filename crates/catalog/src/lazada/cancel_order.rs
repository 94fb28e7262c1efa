//! `lazada/cancel_order`: the seller cancels an order, or some units of it.

use super::api::{Api, VENDOR};
use super::order;
use crate::market::{Said, fields, list, text_at};
use crate::values::{Id, Ids};
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    order_id: Id,
    #[serde(default)]
    order_item_ids: Ids,
    reason_id: Id,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::of(cx)?;
    let (order_id, reason) = (input.order_id.need("order id")?, input.reason_id.need("reason")?);
    let rows = order::rows(&api, order_id).await?;
    let named = order::named(&rows, &input.order_item_ids.0)?;
    if named.is_empty() {
        return Err(
            Said::new("order_id", "the order has no rows").refused(VENDOR, "Check the order's number.")
        );
    }
    let open: Vec<&Value> = named.iter().copied().filter(|row| !order::is_cancelled(row)).collect();
    if !open.is_empty() {
        check(&reasons(&api, order_id, &open).await?, reason)?;
        let mut pairs = of_rows(order_id, &open);
        pairs.push(("reason_id", reason.to_owned()));
        refuse_tip(&api.get("/order/reverse/cancel/create", pairs).await?)?;
    }
    Ok(output(order_id, &named))
}

/// The units are cancelled already, whoever did it.
pub async fn probe(cx: &ActionCx<'_>, input: Input) -> Result<Option<Value>, Error> {
    let api = Api::of(cx)?;
    let order_id = input.order_id.need("order id")?;
    let rows = order::rows(&api, order_id).await?;
    let named = order::named(&rows, &input.order_item_ids.0)?;
    let all = !named.is_empty() && named.iter().all(|row| order::is_cancelled(row));
    Ok(all.then(|| output(order_id, &named)))
}

/// The reasons that can be given for these rows now.
pub async fn reasons(api: &Api<'_>, order_id: &str, rows: &[&Value]) -> Result<Vec<Value>, Error> {
    let data = api.get("/order/reverse/cancel/validate", of_rows(order_id, rows)).await?;
    refuse_tip(&data)?;
    Ok(list(&data, "/reason_options").to_vec())
}

/// A success may come with a tip that says it is none.
fn refuse_tip(told: &Value) -> Result<(), Error> {
    if text_at(told, "/tip_type") != "error" {
        return Ok(());
    }
    let said = Said::new("tip", &text_at(told, "/tip_content"));
    Err(said.refused(VENDOR, "Read what Lazada says; the order may be on its way already."))
}

fn of_rows(order_id: &str, rows: &[&Value]) -> super::api::Pairs {
    let ids: Vec<String> = rows.iter().map(|row| order::row_id(row)).collect();
    vec![("order_id", order_id.to_owned()), ("order_item_id_list", format!("[{}]", ids.join(",")))]
}

fn check(options: &[Value], reason: &str) -> Result<(), Error> {
    if options.is_empty() || options.iter().any(|option| text_at(option, "/reason_id") == reason) {
        return Ok(());
    }
    let name =
        |option: &Value| format!("{} {}", text_at(option, "/reason_id"), text_at(option, "/reason_name"));
    let names: Vec<String> = options.iter().map(name).collect();
    let said = Said::new(
        "reason_id",
        &format!("{reason} is none of the reasons for this order: {}", names.join(", ")),
    );
    Err(said.refused(VENDOR, "Choose one of the reasons that the message names."))
}

fn output(order_id: &str, rows: &[&Value]) -> Value {
    json!({"order_id": order_id, "order_item_ids": order::ids_of(rows), "cancelled": true})
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("lazada/cancel_order", "Cancel an order", "ยกเลิกคำสั่งซื้อ")
        .about(
            "Cancels an order, or some of its units, until it is shipped. An out-of-stock or pricing reason sets the \
             stock of its SKUs to 0, and a packed package is cancelled as a whole.",
            "ยกเลิกคำสั่งซื้อหรือบางชิ้นก่อนจัดส่ง หากใช้เหตุผลสินค้าหมดหรือราคาผิด สต็อกของ SKU จะถูกตั้งเป็น 0 \
             และพัสดุที่แพ็กแล้วจะถูกยกเลิกทั้งกล่อง",
        )
        .effect(EffectRule::Probe)
        .connection(Need::Required)
        .field(fields::order("order_id", "260422900198363"))
        .field(super::item_ids())
        .field(
            fields::text("reason_id", "Reason", "เหตุผล")
                .about(
                    "The number of one of Lazada's reasons; \"Find reasons\" reads them, and a wrong one is answered with \
                     the right ones.",
                    "หมายเลขเหตุผลของ Lazada ดูได้จาก \"ดึงเหตุผลที่เลือกได้\" หากไม่ถูกต้องจะแจ้งรายการที่ใช้ได้",
                )
                .required()
                .example("10000021"),
        )
        .example(
            json!({"order_id": "260422900198363", "reason_id": "10000021"}),
            json!({"order_id": "260422900198363", "order_item_ids": [260422900298363u64], "cancelled": true}),
        )
}
