//! Returns and refunds: reading them, and the seller's part in them. Amounts are whole satang here.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Lazada;
use super::call::{Answer, Reply, ids};
use super::order::{Order, Reverse};
use super::product::{item_id, shop_sku};
use super::refused::Refused;
use crate::market::{Asked, article_number};

const PAGE_MAX: usize = 100;

fn lost() -> Refused {
    Refused::service("112", "E0112: no reverse order found")
}

pub(super) fn list(lazada: &Arc<Lazada>, asked: &Asked) -> Answer {
    let number = |name: &str| asked.get(name).and_then(|text| text.parse::<usize>().ok());
    let page = number("page_no").filter(|page| *page > 0).ok_or_else(|| Refused::missing("page_no"))?;
    let size = number("page_size").filter(|size| (1..=PAGE_MAX).contains(size));
    let size = size.ok_or_else(|| Refused::service("120", "E0120: page size invalid"))?;
    let bound = |name: &str| asked.get(name).and_then(|text| text.parse::<i64>().ok());
    let (start, end) =
        (bound("ReverseOrderLineModifiedTimeRangeStart"), bound("ReverseOrderLineModifiedTimeRangeEnd"));
    let order_wanted = asked.get("trade_order_id").and_then(|text| text.parse::<u64>().ok());
    let state = lazada.state();
    let all = state.book.all().flat_map(|order| order.reverse.iter().map(move |reverse| (order, reverse)));
    let found: Vec<_> = all
        .filter(|(order, reverse)| {
            let at = reverse.updated_at.timestamp_millis();
            start.is_none_or(|start| at >= start)
                && end.is_none_or(|end| at <= end)
                && order_wanted.is_none_or(|wanted| wanted == order.id)
        })
        .collect();
    let skipped = (page - 1).saturating_mul(size);
    let items: Vec<Value> =
        found.iter().skip(skipped).take(size).map(|(order, reverse)| show(order, reverse, false)).collect();
    Ok(Reply::Result(json!({
        "success": true, "page_no": page, "page_size": size, "total": found.len(), "items": items,
    })))
}

pub(super) fn detail(lazada: &Arc<Lazada>, asked: &Asked) -> Answer {
    let wanted: u64 = asked.number("reverse_order_id", 0).unwrap_or(0);
    let state = lazada.state();
    let found = state
        .book
        .all()
        .find_map(|order| Some((order, order.reverse.iter().find(|back| back.id == wanted)?)));
    let (order, reverse) =
        found.ok_or_else(|| Refused::service("105", "E0105: reverse order id is empty or invalid"))?;
    Ok(Reply::Data(show(order, reverse, true)))
}

/// The detail words a few names differently from the list.
fn show(order: &Order, reverse: &Reverse, detail: bool) -> Value {
    let unit = order.unit(reverse.unit);
    let sku = unit.map(|unit| order.sku_of(unit)).unwrap_or_default();
    let article = article_number(sku);
    let mut line = json!({
        "reverse_order_line_id": reverse.id + 1,
        "trade_order_line_id": reverse.unit,
        "reverse_status": reverse.status,
        "ofc_status": reverse.ofc_status,
        "refund_amount": reverse.amount,
        "item_unit_price": unit.map(|unit| unit.price),
        "reason_text": if reverse.request == "CANCEL" { "Change of mind" } else { "Damaged" },
        "reason_code": 10_000_021,
        "refund_payment_method": "PromptPay",
        "is_need_refund": true,
        "is_dispute": false,
        "seller_sku_id": sku,
        "platform_sku_id": shop_sku(article),
        "tracking_number": "",
        "trade_order_gmt_create": order.sale.at.timestamp(),
        "return_order_line_gmt_create": reverse.at.timestamp(),
        "return_order_line_gmt_modified": reverse.updated_at.timestamp(),
    });
    let product =
        json!({ "product_id": item_id(article), "product_sku": shop_sku(article), "sku": shop_sku(article) });
    line[if detail { "productDTO" } else { "product" }] = product;
    let lines = if detail { "reverseOrderLineDTOList" } else { "reverse_order_lines" };
    let mut shown = json!({
        "reverse_order_id": reverse.id,
        "trade_order_id": order.id,
        "request_type": reverse.request,
        "is_rtm": true,
        "shipping_type": "DROP_OFF",
    });
    shown[lines] = json!([line]);
    shown
}

/// The seller agrees or refuses; what is agreed is paid back at once here.
pub(super) fn update(lazada: &Arc<Lazada>, asked: &Asked) -> Answer {
    let wanted: u64 = asked.number("reverse_order_id", 0).unwrap_or(0);
    let (status, ofc_status, word) = match asked.text("action") {
        "instantRefund" | "agreeRefund" => ("REFUND_ISSUED", "RETURN_DELIVERED", "REFUND_SUCCESS"),
        "agreeReturn" => ("RETURN_APPROVED", "RETURN_INITIATED", "RTM_APPROVED"),
        "confirmDelivery" => ("RETURN_APPROVED", "RETURN_DELIVERED", "RTM_RECEIVE_ITEM"),
        "refuseReturn" | "refuseRefund" => ("REQUEST_REJECT", "RETURN_CANCELED", "RTM_REJECT"),
        "startDispute" => ("DISPUTE", "RETURN_INITIATED", "DISPUTE_INIT"),
        _ => return Err(Refused::service("107", "E0107: invalid action")),
    };
    let lines = ids(asked, "reverse_order_item_ids")?;
    let (parcel, order, now) = {
        let (mut state, now) = (lazada.state(), lazada.stand.now());
        let found = state.book.all_mut().find_map(|order| {
            let reverse = order
                .reverse
                .iter_mut()
                .find(|reverse| reverse.id == wanted && reverse.request == "RETURN")?;
            if !lines.contains(&(reverse.id + 1)) {
                return Some(Err(Refused::service("126", "E0126: invalid reverse order lines")));
            }
            if matches!(reverse.status, "REFUND_ISSUED" | "REQUEST_REJECT") {
                return Some(Err(Refused::service(
                    "114",
                    "E0114: this reverse does not support this action",
                )));
            }
            (reverse.status, reverse.ofc_status, reverse.updated_at) = (status, ofc_status, now);
            Some(Ok(order.id))
        });
        let order = found.ok_or_else(lost)??;
        let kept = state.order(order)?;
        let reverse = kept.reverse.iter().find(|reverse| reverse.id == wanted).ok_or_else(lost)?;
        (lazada.reversal(kept, reverse, word), order, now)
    };
    let said = json!({ "reverse_order_id": wanted, "action": asked.text("action") });
    lazada.stand.ledger.note(now, "refund", &order.to_string(), said);
    lazada.announce(vec![parcel]);
    Ok(Reply::Data(json!({ "reverse_order_id": wanted })))
}

pub(super) fn reasons(_: &Arc<Lazada>, _: &Asked) -> Answer {
    let reason = |id: u64, text: &str| json!({ "reason_id": id, "text": text, "muti_language_text": text });
    Ok(Reply::Data(json!([reason(10_001, "The item is not damaged"), reason(10_002, "The item is used")])))
}
