//! `jt/track`: where parcels are, asked for one at a time.

use super::api::{Api, object};
use super::{COURIER, scans};
use crate::parcel::mistake;
use crate::parcel::track::{self, Status};
use crate::parcel::words::{self, Several};
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const NUMBERS_MAX: usize = 100;

pub type Input = Several;

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let numbers = input.checked()?;
    if numbers.len() > NUMBERS_MAX {
        return Err(mistake(format!("there are more than {NUMBERS_MAX} tracking numbers")));
    }
    let api = Api::of(cx)?;
    let mut found = BTreeMap::new();
    for number in &numbers {
        let asked = object([("billCode", number), ("lang", "th")]);
        if let Some(data) = api.find("/logistics/trace", asked).await? {
            let shipment = track::shipment(COURIER, number, "", scans::events(record(&data, number)));
            found.insert(number.clone(), shipment);
        }
    }
    Ok(track::tracked(COURIER, &numbers, found))
}

/// The answer, or the one of a list that is about the number.
fn record<'v>(data: &'v Value, number: &str) -> &'v Value {
    let list = data.as_array().into_iter().flatten();
    list.into_iter().find(|record| record["billCode"] == number).unwrap_or(data)
}

pub fn spec() -> OperationSpec {
    let shipment = track::example(COURIER, "600000000001", Status::Delivered, "100", "เซ็นรับพัสดุ");
    OperationSpec::action("jt/track", "Track", "ติดตามพัสดุ")
        .about(
            "Reads where parcels are, one call for each. Numbers that J&T does not know are in missing.",
            "อ่านสถานะพัสดุ เรียกหนึ่งครั้งต่อเลข เลขที่ J&T ไม่รู้จักอยู่ใน missing",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(words::tracking_numbers("600000000001"))
        .example(
            json!({"tracking_numbers": ["600000000001"]}),
            json!({"courier": COURIER, "shipments": [shipment], "missing": []}),
        )
}
