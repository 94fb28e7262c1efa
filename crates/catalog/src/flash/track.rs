//! `flash/track`: where parcels are.

use super::api::Api;
use super::status;
use super::{COURIER, failure};
use crate::parcel::track::{self, Status};
use crate::parcel::words::{self, Several};
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Flash's own bound for the list, in characters.
const LIST_MAX: usize = 500;

pub type Input = Several;

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let numbers = input.checked()?;
    let api = Api::of(cx)?;
    let mut found = BTreeMap::new();
    for batch in batches(&numbers) {
        found.extend(ask(&api, batch).await?);
    }
    Ok(track::tracked(COURIER, &numbers, found))
}

/// One parcel has a question of its own, which Flash documents better.
async fn ask(api: &Api<'_>, numbers: &[String]) -> Result<Vec<(String, Value)>, Error> {
    if let [number] = numbers {
        return Ok(one(api, number).await?.into_iter().collect());
    }
    let fields = vec![("pnos", numbers.join(","))];
    let data = api.call("/open/v1/orders/routesBatch", fields).await?;
    Ok(data.as_array().into_iter().flatten().filter_map(status::shipment).collect())
}

/// A parcel with its routes, where there is one.
pub async fn one(api: &Api<'_>, number: &str) -> Result<Option<(String, Value)>, Error> {
    let (host, said) = api.ask(&format!("/open/v1/orders/{number}/routes"), Vec::new()).await?;
    match said.code() {
        Some(1) => Ok(status::shipment(&said.data)),
        Some(failure::NO_SUCH_ORDER) => Ok(None),
        _ => Err(failure::of(&host, &said)),
    }
}

fn batches(numbers: &[String]) -> Vec<&[String]> {
    let (mut batches, mut rest) = (Vec::new(), numbers);
    while !rest.is_empty() {
        let mut length = 0;
        let fits = |number: &&String| {
            length += number.len() + 1;
            length <= LIST_MAX + 1
        };
        let count = rest.iter().take_while(fits).count().max(1);
        let (batch, after) = rest.split_at(count);
        batches.push(batch);
        rest = after;
    }
    batches
}

pub fn spec() -> OperationSpec {
    let shipment =
        track::example(COURIER, "TH0101ABCD0A", Status::Delivered, "DELIVERY_CONFIRM", "นำส่งสำเร็จ");
    OperationSpec::action("flash/track", "Track", "ติดตามพัสดุ")
        .about(
            "Reads where parcels are, many with one call. Numbers that Flash does not know are in missing.",
            "อ่านสถานะพัสดุ ถามได้หลายเลขในครั้งเดียว เลขที่ Flash ไม่รู้จักอยู่ใน missing",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(words::tracking_numbers("TH0101ABCD0A"))
        .example(
            json!({"tracking_numbers": ["TH0101ABCD0A"]}),
            json!({"courier": COURIER, "shipments": [shipment], "missing": []}),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_never_longer_than_flash_takes() {
        let numbers: Vec<String> = (0..100).map(|at| format!("TH0101ABCD{at:03}")).collect();
        let batches = batches(&numbers);
        assert!(batches.iter().all(|batch| batch.join(",").len() <= LIST_MAX));
        assert_eq!(batches[0].len(), 35, "35 numbers of 13 and 34 commas are 489");
        assert_eq!(batches.concat(), numbers);
    }
}
