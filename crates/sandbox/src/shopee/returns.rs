//! Returns and refunds: read by time, agreed to, bargained over, disputed. A seller cannot start one.

use std::sync::Arc;

use serde_json::{Value, json};

use super::call::{Answer, Params, Reply};
use super::order::{Order, Return};
use super::orders::window;
use super::refused::Refused;
use super::{Shopee, State};
use crate::money::{number, satang};

const PAGE_MAX: usize = 100;

fn lost() -> Refused {
    Refused::new("error_data", "The return you queried doesn't exist.")
}

pub(super) fn list(shopee: &Arc<Shopee>, params: &Params) -> Answer {
    let query = &params.query;
    let page = params.number("page_no", 0, 0, 1_000_000)?;
    let size = params.number("page_size", 0, 1, PAGE_MAX)?;
    let updated = window(query, "update_time_from", "update_time_to")?;
    let created = window(query, "create_time_from", "create_time_to")?;
    let status = query.get("status");
    let within =
        |bounds: Option<(i64, i64)>, at: i64| bounds.is_none_or(|(from, to)| (from..=to).contains(&at));
    let state = shopee.state();
    let all = state.book.all().flat_map(|order| order.returns.iter().map(move |back| (order, back)));
    let found: Vec<_> = all
        .filter(|(_, back)| {
            within(updated, back.updated_at.timestamp())
                && within(created, back.at.timestamp())
                && status.is_none_or(|status| status == back.status)
        })
        .collect();
    let start = page.saturating_mul(size);
    let rows: Vec<Value> =
        found.iter().skip(start).take(size).map(|(order, back)| show(order, back)).collect();
    let more = start.saturating_add(rows.len()) < found.len();
    Ok(Reply::Response(json!({ "more": more, "return": rows })))
}

pub(super) fn detail(shopee: &Arc<Shopee>, params: &Params) -> Answer {
    let (state, sn) = (shopee.state(), params.query.text("return_sn"));
    let found =
        state.book.all().find_map(|order| Some((order, order.returns.iter().find(|back| back.sn == sn)?)));
    found.map(|(order, back)| Reply::Response(show(order, back))).ok_or_else(lost)
}

fn show(order: &Order, back: &Return) -> Value {
    let (item_id, model_id) = order.ids(back.line).unwrap_or_default();
    let line = order.line(back.line);
    let sku = line.map(|line| line.sku.as_str()).unwrap_or_default();
    let item = json!({
        "item_id": item_id, "model_id": model_id, "name": line.map(|line| line.title.as_str()), "amount": 1,
        "item_price": number(back.amount), "refund_amount": number(back.amount),
        "item_sku": if model_id == 0 { sku } else { "" },
        "variation_sku": if model_id == 0 { "" } else { sku },
        "is_add_on_deal": false, "is_main_item": true,
    });
    json!({
        "return_sn": back.sn,
        "order_sn": order.sn,
        "status": back.status,
        "reason": "ITEM_DAMAGED",
        "text_reason": "แตกเสียหาย",
        "refund_amount": number(back.amount),
        "amount_before_discount": number(back.amount),
        "currency": "THB",
        "create_time": back.at.timestamp(),
        "update_time": back.updated_at.timestamp(),
        "due_date": back.at.timestamp() + 2 * 86_400,
        "needs_logistics": false,
        "tracking_number": "",
        "user": { "username": format!("customer{}", order.sale.customer), "email": "", "portrait": "" },
        "item": [item],
    })
}

/// Moves a return that is not decided yet; gives the order's number and the push.
fn decided(
    shopee: &Shopee,
    state: &mut State,
    sn: &str,
    change: impl FnOnce(&mut Return) -> Result<(), Refused>,
) -> Result<(String, crate::stand::Parcel), Refused> {
    let now = shopee.stand.now();
    let order =
        state.book.all_mut().find(|order| order.returns.iter().any(|back| back.sn == sn)).ok_or_else(lost)?;
    let back = order.returns.iter_mut().find(|back| back.sn == sn).ok_or_else(lost)?;
    if !["REQUESTED", "PROCESSING"].contains(&back.status) {
        return Err(Refused::new("error_status", "The return can not be changed in its status."));
    }
    change(back)?;
    back.updated_at = now;
    order.updated_at = now;
    let back = order.returns.iter().find(|back| back.sn == sn).ok_or_else(lost)?;
    Ok((order.sn.clone(), shopee.return_parcel(order, back)))
}

fn act(
    shopee: &Arc<Shopee>,
    params: &Params,
    change: impl FnOnce(&mut Return) -> Result<(), Refused>,
) -> Answer {
    let sn = params.text("return_sn")?;
    let (order, parcel) = decided(shopee, &mut shopee.state(), sn, change)?;
    shopee.stand.ledger.note(shopee.stand.now(), "refund", &order, params.body.clone());
    shopee.announce(vec![parcel]);
    Ok(Reply::Response(json!({ "return_sn": sn })))
}

pub(super) fn confirm(shopee: &Arc<Shopee>, params: &Params) -> Answer {
    act(shopee, params, |back| {
        back.status = "ACCEPTED";
        Ok(())
    })
}

/// A part of the money; the buyer must agree, and here he does.
pub(super) fn offer(shopee: &Arc<Shopee>, params: &Params) -> Answer {
    let amount = satang(&params.body["proposed_adjusted_refund_amount"]).filter(|amount| *amount > 0);
    act(shopee, params, |back| {
        let amount = amount.filter(|amount| *amount <= back.amount);
        back.amount = amount.ok_or_else(|| {
            Refused::parameter("Wrong parameters, detail: proposed_adjusted_refund_amount.")
        })?;
        back.status = "ACCEPTED";
        Ok(())
    })
}

pub(super) fn dispute(shopee: &Arc<Shopee>, params: &Params) -> Answer {
    act(shopee, params, |back| {
        back.status = "SELLER_DISPUTE";
        Ok(())
    })
}
