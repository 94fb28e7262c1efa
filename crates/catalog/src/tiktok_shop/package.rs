//! Packages: they exist on their own, and are shipped one by one.

use super::api::{Api, VENDOR};
use super::failure;
use super::order;
use crate::market::{list, mistake, text_at};
use crate::values::{Id, Ids, Text};
use connector::Error;
use http::Method;
use serde_json::{Value, json};

/// The package is on its way already.
const SHIPPED_ALREADY: [&str; 4] = ["11006021", "21008099", "21011020", "21011040"];

/// How packages are handed over.
pub struct Wish<'i> {
    /// `PICKUP`, `DROP_OFF`, or nothing where the seller ships himself.
    pub method: &'i str,
    pub slot: Option<(i64, i64)>,
    pub tracking_number: &'i Text,
    pub provider: &'i Id,
}

pub async fn one(api: &Api<'_>, id: &str) -> Result<Value, Error> {
    api.get(&format!("/fulfillment/202309/packages/{id}"), Vec::new()).await
}

/// Whether a package was handed over: it waits for the courier, or is further. Any other is shipped, and TikTok Shop says
/// where that cannot be.
pub fn is_arranged(package: &Value) -> bool {
    matches!(text_at(package, "/package_status").as_str(), "PROCESSING" | "FULFILLING" | "COMPLETED")
}

/// The packages of an order that are meant: those named, or all.
pub fn chosen(order: &Value, wanted: &Ids) -> Result<Vec<String>, Error> {
    let all = order::packages(order);
    if let Some(unknown) = wanted.texts().iter().find(|id| !all.iter().any(|known| known == *id)) {
        return Err(mistake(format!("the order has no package {unknown}"), "Read the order's packages."));
    }
    let named: Vec<String> = wanted.texts().into_iter().map(str::to_owned).collect();
    match if named.is_empty() { all } else { named } {
        packages if packages.is_empty() => {
            Err(mistake("the order has no package yet", "Wait until the order is no longer on hold."))
        }
        packages => Ok(packages),
    }
}

/// Ships a package; one that is on its way already is no failure.
pub async fn ship(api: &Api<'_>, id: &str, wish: &Wish<'_>) -> Result<(), Error> {
    let body = match wish.tracking_number.filled() {
        Some(number) => {
            let provider = wish.provider.need("courier")?;
            json!({"self_shipment": {"tracking_number": number, "shipping_provider_id": provider}})
        }
        None => by_tiktok(api, id, wish).await?,
    };
    let path = format!("/fulfillment/202309/packages/{id}/ship");
    match api.ask(Method::POST, &path, Vec::new(), Some(body)).await? {
        Err(said) if !SHIPPED_ALREADY.contains(&said.code.as_str()) => Err(failure::of(VENDOR, &said)),
        _ => Ok(()),
    }
}

/// The first time that is offered, where a courier comes and no time was said.
async fn by_tiktok(api: &Api<'_>, id: &str, wish: &Wish<'_>) -> Result<Value, Error> {
    let mut body = json!({"handover_method": wish.method});
    if wish.method != "PICKUP" {
        return Ok(body);
    }
    let slot = match wish.slot {
        Some((from, to)) => Some(json!({"start_time": from, "end_time": to})),
        None => {
            let path = format!("/fulfillment/202309/packages/{id}/handover_time_slots");
            let told = api.get(&path, Vec::new()).await?;
            let free =
                |slot: &&Value| slot.get("avaliable").or(slot.get("available")) != Some(&Value::Bool(false));
            let slot = list(&told, "/pickup_slots").iter().find(free);
            slot.map(|slot| json!({"start_time": slot.get("start_time"), "end_time": slot.get("end_time")}))
        }
    };
    if let Some(slot) = slot {
        body["pickup_slot"] = slot;
    }
    Ok(body)
}

/// What is told of a package.
pub fn output(package: &Value, id: &str) -> Value {
    json!({
        "package_id": id,
        "tracking_number": text_at(package, "/tracking_number"),
        "shipment_provider": text_at(package, "/shipping_provider_name"),
        "status": text_at(package, "/package_status"),
    })
}
