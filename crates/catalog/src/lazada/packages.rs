//! Packages of an order: what of it is packed, and marking packages ready to ship.

use super::api::{Api, VENDOR};
use super::order;
use crate::market::{Said, list, mistake, text_at};
use connector::Error;
use serde_json::{Value, json};

/// Packages that Lazada takes in one call.
pub const BATCH: usize = 20;

/// Whether a row lies in a package.
pub fn is_packed(row: &Value) -> bool {
    !text_at(row, "/package_id").is_empty() && !matches!(order::status(row), "pending" | "topack" | "unpaid")
}

/// Whether a row's package was marked ready, or is further.
pub fn is_ready(row: &Value) -> bool {
    matches!(order::status(row), "ready_to_ship" | "shipped" | "delivered" | "failed")
}

/// The packages of these rows, each once, with what is in them.
pub fn of(rows: &[&Value]) -> Vec<Value> {
    let mut ids: Vec<String> = Vec::new();
    for row in rows.iter().filter(|row| is_packed(row)) {
        let id = text_at(row, "/package_id");
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    let package = |id: &String| {
        let inside: Vec<&Value> =
            rows.iter().copied().filter(|row| text_at(row, "/package_id") == *id).collect();
        let first = inside.first().copied().unwrap_or(&Value::Null);
        let tracking = [text_at(first, "/tracking_number"), text_at(first, "/tracking_code")];
        json!({
            "package_id": id,
            "tracking_number": tracking.iter().find(|text| !text.is_empty()).cloned().unwrap_or_default(),
            "shipment_provider": text_at(first, "/shipment_provider"),
            "order_item_ids": order::ids_of(&inside),
        })
    };
    ids.iter().map(package).collect()
}

/// Marks packages ready to ship.
pub async fn mark_ready(api: &Api<'_>, packages: &[String]) -> Result<(), Error> {
    for batch in packages.chunks(BATCH) {
        each(api, "/order/package/rts", "readyToShipReq", batch).await?;
    }
    Ok(())
}

/// Tells Lazada something of each package, where a success may hold the failure of one.
pub async fn each(api: &Api<'_>, path: &str, name: &'static str, packages: &[String]) -> Result<(), Error> {
    let ids: Vec<Value> = packages.iter().map(|id| json!({"package_id": id})).collect();
    let data = api.post(path, vec![(name, json!({"packages": ids}).to_string())]).await?;
    let rows: Vec<&Value> = list(&data, "/packages").iter().collect();
    failed(&rows, "/package_id").map_or(Ok(()), Err)
}

/// The error of those rows that failed, if any did.
pub fn failed(rows: &[&Value], id: &str) -> Option<Error> {
    let bad: Vec<&&Value> =
        rows.iter().filter(|row| !matches!(text_at(row, "/item_err_code").as_str(), "0" | "")).collect();
    let first = bad.first()?;
    let code = text_at(first, "/item_err_code");
    let named: Vec<String> =
        bad.iter().map(|row| format!("{}: {}", text_at(row, id), text_at(row, "/msg"))).collect();
    let said = Said::new(code, &named.join("; "));
    let passing = bad.iter().all(|row| {
        matches!(text_at(row, "/retry").as_str(), "true") || row.get("retry") == Some(&Value::Bool(true))
    });
    if passing && bad.len() == rows.len() {
        return Some(Error::Status { host: VENDOR.into(), status: 503, message: said.message, after: None });
    }
    Some(
        said.refused(
            VENDOR,
            "Look at the order in Seller Center: it may be cancelled, or not to be packed yet.",
        ),
    )
}

/// The packages of an order by name; all of them where none are named.
pub fn chosen(rows: &[&Value], wanted: &[&str]) -> Result<Vec<Value>, Error> {
    let all = of(rows);
    if wanted.is_empty() {
        return Ok(all);
    }
    let find = |id: &&str| {
        let package = all.iter().find(|package| text_at(package, "/package_id") == **id);
        package.cloned().ok_or_else(|| {
            mistake(format!("the order has no package {id}"), "Pack it first, or correct the number.")
        })
    };
    wanted.iter().map(find).collect()
}

/// Those of the packages that are not marked ready yet.
pub fn waiting(rows: &[&Value], packages: &[Value]) -> Vec<String> {
    let ids = packages.iter().map(|package| text_at(package, "/package_id"));
    let waits = |id: &String| rows.iter().any(|row| text_at(row, "/package_id") == *id && !is_ready(row));
    ids.filter(waits).collect()
}
