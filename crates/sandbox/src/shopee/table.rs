//! Which path is answered by what, and who may ask.

use super::call::{Gate, Handler};
use super::{
    auth, cancel, details, logistics, money, orders, packages, products, push, returns, shop, stock,
};

pub(super) fn handler(name: &str) -> Option<(&'static str, Gate, Handler)> {
    public(name).or_else(|| order(name)).or_else(|| other(name))
}

fn get(handler: Handler) -> Option<(&'static str, Gate, Handler)> {
    Some(("GET", Gate::Shop, handler))
}

fn post(handler: Handler) -> Option<(&'static str, Gate, Handler)> {
    Some(("POST", Gate::Shop, handler))
}

fn public(name: &str) -> Option<(&'static str, Gate, Handler)> {
    let (verb, handler): (&str, Handler) = match name {
        "auth/token/get" => ("POST", auth::create),
        "auth/access_token/get" => ("POST", auth::refresh),
        "push/set_app_push_config" => ("POST", push::configure),
        "push/get_app_push_config" => ("GET", push::configuration),
        "push/get_lost_push_message" => ("GET", push::lost),
        "push/confirm_consumed_lost_push_message" => ("POST", push::confirm),
        "public/get_shops_by_partner" => ("GET", shop::by_partner),
        "public/get_shopee_ip_ranges" => ("GET", shop::ip_ranges),
        _ => return None,
    };
    Some((verb, Gate::Public, handler))
}

fn order(name: &str) -> Option<(&'static str, Gate, Handler)> {
    match name {
        "order/get_order_list" => get(orders::list),
        "order/get_order_detail" => get(details::detail),
        "order/search_package_list" => post(packages::search),
        "order/split_order" => post(packages::split),
        "order/unsplit_order" => post(packages::unsplit),
        "order/cancel_order" => post(cancel::cancel),
        "order/handle_buyer_cancellation" => post(cancel::decide),
        "order/get_buyer_invoice_info" => post(money::invoice_info),
        "payment/get_escrow_detail" => get(money::escrow),
        "logistics/get_shipping_parameter" => get(logistics::parameter),
        "logistics/ship_order" => post(logistics::ship),
        "logistics/get_tracking_number" => get(logistics::tracking),
        "logistics/create_shipping_document" => post(logistics::document),
        "logistics/get_shipping_document_result" => post(logistics::document),
        "logistics/download_shipping_document" => post(logistics::download),
        "returns/get_return_list" => get(returns::list),
        "returns/get_return_detail" => get(returns::detail),
        "returns/confirm" => post(returns::confirm),
        "returns/offer" => post(returns::offer),
        "returns/dispute" => post(returns::dispute),
        _ => None,
    }
}

fn other(name: &str) -> Option<(&'static str, Gate, Handler)> {
    match name {
        "product/get_item_list" => get(products::list),
        "product/get_item_base_info" => get(products::base_info),
        "product/get_model_list" => get(products::models),
        "product/search_item" => get(products::search),
        "product/add_item" => post(products::add),
        "product/update_item" => post(products::update),
        "product/update_price" => post(stock::price),
        "product/update_stock" => post(stock::stock),
        "shop/get_shop_info" => get(shop::info),
        "shop/get_warehouse_detail" => get(shop::warehouses),
        _ => None,
    }
}
