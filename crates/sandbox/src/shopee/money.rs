//! What the seller really gets, and what the buyer wants on his tax invoice.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Shopee;
use super::call::{Answer, Params, Reply};
use super::order::Order;
use super::refused::Refused;
use crate::money::number;

/// Orders of one question.
const QUERIES_MAX: usize = 50;

/// In hundredths of a percent of what the buyer pays for the goods.
const COMMISSION: i64 = 535;
const TRANSACTION: i64 = 321;

pub(super) fn escrow(shopee: &Arc<Shopee>, params: &Params) -> Answer {
    let state = shopee.state();
    let order = state.order(params.query.text("order_sn"))?;
    let share = |rate: i64, of: i64| (of * rate + 5_000) / 10_000;
    let items = order.items_total();
    let (commission, transaction) = (share(COMMISSION, items), share(TRANSACTION, order.total()));
    let income = json!({
        "escrow_amount": number(items - commission - transaction),
        "buyer_total_amount": number(order.total()),
        "original_price": number(order.sale.items()),
        "seller_discount": number(order.sale.items() - items),
        "shopee_discount": number(0),
        "voucher_from_seller": number(0),
        "voucher_from_shopee": number(0),
        "coins": number(0),
        "buyer_paid_shipping_fee": number(order.sale.shipping),
        "actual_shipping_fee": number(order.sale.shipping),
        "commission_fee": number(commission),
        "service_fee": number(0),
        "seller_transaction_fee": number(transaction),
        "buyer_transaction_fee": number(0),
    });
    let returns: Vec<&str> = order.returns.iter().map(|back| back.sn.as_str()).collect();
    Ok(Reply::Response(json!({
        "order_sn": order.sn,
        "buyer_user_name": format!("customer{}", order.sale.customer),
        "return_order_sn_list": returns,
        "order_income": income,
    })))
}

/// Empty for a buyer who gave no tax id.
pub(super) fn invoice_info(shopee: &Arc<Shopee>, params: &Params) -> Answer {
    let queries =
        params.body["queries"].as_array().filter(|queries| (1..=QUERIES_MAX).contains(&queries.len()));
    let queries = queries.ok_or_else(|| {
        Refused::parameter("Order SN is a required parameter. Please check your request data.")
    })?;
    let state = shopee.state();
    let info = |query: &Value| Ok(invoice_of(state.order(query["order_sn"].as_str().unwrap_or_default())?));
    let list: Vec<Value> = queries.iter().map(info).collect::<Result<_, Refused>>()?;
    Ok(Reply::Response(json!({ "invoice_info_list": list })))
}

fn invoice_of(order: &Order) -> Value {
    let (sale, person) = (&order.sale, &order.sale.person);
    let Some(tax_id) = &sale.overrides.tax_id else {
        return json!({ "order_sn": order.sn, "invoice_type": "", "invoice_detail": {} });
    };
    let address = json!({
        "region": "Thailand", "state": person.place.province, "city": person.place.district, "town": "",
        "postcode": sale.postcode(), "detailed_address": person.street, "additional_info": "",
    });
    json!({
        "order_sn": order.sn,
        "invoice_type": "personal",
        "invoice_detail": {
            "name": person.name(), "email": person.email, "phone_number": person.local_phone(),
            "tax_id": tax_id,
            "address_breakdown": address,
        },
    })
}
