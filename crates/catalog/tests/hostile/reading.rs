//! Requests that change nothing although they are no GET, and such as change something although they are one.

use crate::server::Asked;

/// Sign-ins, wherever they are.
const SIGN_INS: [&str; 5] = ["/token", "oauth", "/auth/", "/Login", "authenticate"];

/// By connector: a piece of the address, or of the body, of a request that only reads.
const READING: &[(&str, &str)] = &[
    ("flash", "/estimate_rate"),
    ("flash", "/ping"),
    ("flash", "/pre_print"),
    ("flash", "/routes"),
    ("flash", "/warehouses"),
    ("hubspot", "/batch/read"),
    ("hubspot", "/search"),
    ("jt", "/logistics/trace"),
    ("jt", "/order/getOrders"),
    ("jt", "/order/printOrder"),
    ("line_shopping", "/parcel-label"),
    ("odoo", "\"version\""),
    ("odoo", "/web/version"),
    ("odoo", "common"),
    ("odoo", "fields_get"),
    ("odoo", "name_search"),
    ("odoo", "search_count"),
    ("odoo", "search_read"),
    ("odoo", "/read"),
    ("odoo", "\"read\""),
    ("peak", "/clienttoken"),
    ("shopee", "/logistics/create_shipping_document"),
    ("shopee", "/logistics/download_shipping_document"),
    ("shopee", "/logistics/get_shipping_document"),
    ("shopee", "/order/get_buyer_invoice_info"),
    ("shopee", "/order/search_package_list"),
    ("thailand_post", "/track"),
    ("tiktok_shop", "/calculate"),
    ("tiktok_shop", "/search"),
    ("tryton", "common.db.login"),
    ("tryton", ".read\""),
    ("tryton", ".search\""),
    ("tryton", ".search_read\""),
];

/// Lazada takes changes as GET, too.
const CHANGING: [&str; 3] = ["/cancel/create", "/decide", "/return/update"];

pub fn only_reads(connector: &str, asked: &Asked) -> bool {
    if connector == "lazada" && CHANGING.iter().any(|piece| asked.target.contains(piece)) {
        return false;
    }
    if matches!(asked.method.as_str(), "GET" | "HEAD")
        || SIGN_INS.iter().any(|piece| asked.target.contains(piece))
    {
        return true;
    }
    let (target, body) = (asked.target.as_str(), asked.body());
    // All of GraphQL is one address.
    if matches!(connector, "shopify" | "graphql") && !body.contains("mutation") {
        return true;
    }
    READING.iter().any(|(of, piece)| *of == connector && (target.contains(piece) || body.contains(piece)))
}
