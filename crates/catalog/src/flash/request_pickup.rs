//! `flash/request_pickup`: a courier comes for the parcels.

use super::api::{Api, text};
use super::{COURIER, address, failure};
use crate::parcel::{self, Party};
use crate::values;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

const PARCELS_MAX: u64 = 10_000;

#[derive(Debug, Deserialize)]
pub struct Input {
    sender: Party,
    #[serde(default, deserialize_with = "values::whole")]
    parcels: Option<u64>,
    #[serde(default, deserialize_with = "values::text")]
    note: String,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let mut fields = address::from(&input.sender.ready("sender")?);
    let parcels = input.parcels.unwrap_or(1).clamp(1, PARCELS_MAX);
    fields.extend([("estimateParcelNumber", parcels.to_string()), ("remark", input.note)]);
    let (host, said) = Api::of(cx)?.ask("/open/v1/notify", fields).await?;
    match said.code() {
        Some(1) => Ok(output(true, said.data)),
        Some(failure::PICKUP_ASKED) => Ok(output(false, said.data)),
        _ => Err(failure::of(&host, &said)),
    }
}

/// `requested` is false where a courier had been asked to come already.
fn output(requested: bool, data: Value) -> Value {
    let word = |name: &str| Some(text(&data, name)).filter(|text| !text.is_empty());
    let (ticket, staff, until) = (word("ticketPickupId"), word("staffInfoName"), word("timeoutAtText"));
    json!({"courier": COURIER, "requested": requested, "ticket": ticket, "staff": staff, "until": until, "raw": data})
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("flash/request_pickup", "Request a pick-up", "เรียกเข้ารับพัสดุ")
        .about(
            "Asks Flash to send a courier. Where one is on the way already, that counts as done.",
            "เรียกพนักงาน Flash เข้ารับพัสดุ หากเรียกไว้แล้วถือว่าสำเร็จ",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(parcel::sender())
        .field(
            Field::new("parcels", FieldKind::Number, "Parcels", "จำนวนพัสดุ")
                .about("About how many.", "จำนวนโดยประมาณ")
                .default(1)
                .at_least(1)
                .at_most(PARCELS_MAX)
                .example(25),
        )
        .field(
            Field::new("note", FieldKind::Text, "Note", "หมายเหตุ")
                .about("For the courier.", "ข้อความถึงพนักงาน")
                .at_most(200)
                .example("รับหลัง 15.00 น."),
        )
        .example(
            json!({"sender": parcel::example()["sender"], "parcels": 25}),
            output(true, json!({"ticketPickupId": "1048321", "staffInfoName": "สมหญิง", "timeoutAtText": "20/11 18:00"})),
        )
}
