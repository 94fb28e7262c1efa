//! Which path is answered by what.

use super::call::Handler;
use super::{auth, cancel, fulfil, invoice, orders, packages, products, reverse, seller, stock};

pub(super) fn handler(path: &str) -> Option<Handler> {
    Some(match path {
        "/auth/token/create" => auth::create,
        "/auth/token/refresh" => auth::refresh,
        "/orders/get" => orders::list,
        "/order/get" => orders::one,
        "/order/items/get" => orders::items,
        "/orders/items/get" => orders::many_items,
        "/products/get" => products::list,
        "/product/item/get" => products::one,
        "/product/create" => products::create,
        "/product/update" => products::update,
        "/product/deactivate" => products::deactivate,
        "/product/remove" => products::remove,
        "/product/price_quantity/update" => stock::price_quantity,
        "/product/stock/sellable/update" => stock::sellable,
        "/product/stock/sellable/adjust" => stock::adjust,
        "/order/shipment/providers/get" => fulfil::providers,
        "/order/fulfill/pack" => fulfil::pack,
        "/order/package/rts" => packages::ready_to_ship,
        "/order/package/repack" => packages::repack,
        "/order/package/document/get" => packages::document,
        "/logistic/order/trace" => packages::trace,
        "/order/reverse/cancel/validate" => cancel::validate,
        "/order/reverse/cancel/create" => cancel::create,
        "/order/reverse/cancel/seller/decide" => cancel::decide,
        "/reverse/getreverseordersforseller" => reverse::list,
        "/order/reverse/return/detail/list" => reverse::detail,
        "/order/reverse/return/update" => reverse::update,
        "/order/reverse/onlyrefund/seller/decide" => reverse::update,
        "/order/reverse/reason/list" => reverse::reasons,
        "/order/invoice_number/set" => invoice::set_number,
        "/order/document/get" => invoice::document,
        "/seller/get" => seller::about,
        "/seller/warehouse/get" => seller::warehouses,
        "/rc/warehouse/get" => seller::older_warehouses,
        _ => return None,
    })
}
