//! Records of TikTok Shop to choose from: warehouses, and couriers that the seller may use himself.

use super::api::Api;
use crate::market::{list, text_at, text_of};
use connector::lookup::{PAGE_MAX, Page, Record, Wanted};
use connector::{Connection, Error, Http};
use http::Method;
use serde_json::Value;

pub const WAREHOUSE: &str = "warehouse";
pub const PROVIDER: &str = "provider";

/// Warehouses, and ways of delivery of each, that are asked for couriers.
const ASKED_MAX: usize = 3;

pub async fn look_up(http: &Http, connection: &Connection, wanted: &Wanted) -> Result<Page, Error> {
    let api = Api::new(http, connection);
    let rows = match wanted.kind.as_str() {
        WAREHOUSE => warehouses(&api).await?,
        PROVIDER => providers(&api).await?,
        _ => {
            return Err(crate::market::mistake(
                "TikTok Shop has no records of this kind",
                "Write the id by hand.",
            ));
        }
    };
    let records = rows.iter().map(record).filter(|record| is_wanted(record, wanted)).take(PAGE_MAX).collect();
    Ok(Page { records, next: None })
}

async fn warehouses(api: &Api<'_>) -> Result<Vec<Value>, Error> {
    let told = api.get("/logistics/202309/warehouses", Vec::new()).await?;
    Ok(list(&told, "/warehouses").to_vec())
}

/// Couriers belong to ways of delivery, and those to warehouses. A way that TikTok itself sees to has none, and is answered with
/// a refusal.
async fn providers(api: &Api<'_>) -> Result<Vec<Value>, Error> {
    let mut found: Vec<Value> = Vec::new();
    for warehouse in warehouses(api).await?.iter().take(ASKED_MAX) {
        let path = format!("/logistics/202309/warehouses/{}/delivery_options", text_at(warehouse, "/id"));
        for option in listed(api, &path, "/delivery_options").await?.iter().take(ASKED_MAX) {
            let path =
                format!("/logistics/202309/delivery_options/{}/shipping_providers", text_at(option, "/id"));
            for provider in listed(api, &path, "/shipping_providers").await? {
                if !found.iter().any(|known| text_at(known, "/id") == text_at(&provider, "/id")) {
                    found.push(provider);
                }
            }
        }
    }
    Ok(found)
}

async fn listed(api: &Api<'_>, path: &str, place: &str) -> Result<Vec<Value>, Error> {
    let answered = api.ask(Method::GET, path, Vec::new(), None).await?;
    Ok(answered.map(|told| list(&told, place).to_vec()).unwrap_or_default())
}

fn record(row: &Value) -> Record {
    let detail = ["/type", "/sub_type", "/effect_status"].map(|place| text_at(row, place));
    let detail: Vec<String> = detail.into_iter().filter(|text| !text.is_empty()).collect();
    Record { id: text_at(row, "/id").into(), label: text_at(row, "/name"), detail: detail.join(" · ") }
}

fn is_wanted(record: &Record, wanted: &Wanted) -> bool {
    let text = wanted.text.trim().to_lowercase();
    let by_text =
        [&record.label, &text_of(&record.id)].iter().any(|known| known.to_lowercase().contains(&text));
    wanted.id.as_ref().map_or(by_text, |id| text_of(id) == text_of(&record.id))
}
