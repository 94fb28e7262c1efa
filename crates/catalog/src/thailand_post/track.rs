//! `thailand_post/track`: where parcels are, a hundred with one call.

use super::{COURIER, items, tracking};
use crate::parcel::track::{self, Status};
use crate::parcel::words::{self, Several};
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub type Input = Several;

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let numbers = input.checked()?;
    let (mut found, mut count) = (BTreeMap::new(), Value::Null);
    for batch in numbers.chunks(tracking::BATCH_MAX) {
        let body = json!({"status": "all", "language": "TH", "barcode": batch});
        let mut said = tracking::ask(cx, "/track", &body).await?;
        count = said.pointer_mut("/response/track_count").map(Value::take).unwrap_or_default();
        let Some(Value::Object(parcels)) = said.pointer_mut("/response/items").map(Value::take) else {
            let message = "the answer holds no parcels".into();
            return Err(Error::Unreadable { host: "Thailand Post".into(), message });
        };
        // A parcel that nobody knows has an empty list.
        let known = parcels.iter().filter_map(|(barcode, list)| Some((barcode, list.as_array()?)));
        let known = known.filter(|(_, list)| !list.is_empty());
        found.extend(known.map(|(barcode, list)| (barcode.clone(), items::shipment(barcode, list))));
    }
    let mut output = track::tracked(COURIER, &numbers, found);
    output["track_count"] = count;
    Ok(output)
}

pub fn spec() -> OperationSpec {
    let shipment = track::example(COURIER, "EY145587898TH", Status::PickedUp, "103", "รับฝาก");
    OperationSpec::action("thailand_post/track", "Track", "ติดตามพัสดุ")
        .about(
            "Reads where parcels are, a hundred with one call. Each counts against the day's number, which is in track_count.",
            "อ่านสถานะพัสดุ ครั้งละไม่เกินหนึ่งร้อยเลข นับรวมในจำนวนต่อวันซึ่งแสดงใน track_count",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(words::tracking_numbers("EY145587898TH"))
        .example(
            json!({"tracking_numbers": ["EY145587898TH"]}),
            json!({"courier": COURIER, "shipments": [shipment], "missing": [],
                   "track_count": {"track_date": "23/11/2569", "count_number": 1, "track_count_limit": 1500}}),
        )
}
