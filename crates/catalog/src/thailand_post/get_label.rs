//! `thailand_post/get_label`: the label as a PDF.

use super::eparcel::{EParcel, said};
use super::{COURIER, failure};
use crate::parcel::label;
use crate::parcel::words::{self, One};
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde_json::{Value, json};

pub type Input = One;

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let barcode = &input.tracking_number;
    words::check_number(barcode)?;
    let answer = EParcel::of(cx)?.get("/LabelPDF", barcode).await?;
    match label::of_file(COURIER, barcode, &answer) {
        Some(label) => Ok(label),
        None => Err(failure::of(&said(&answer)?)),
    }
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("thailand_post/get_label", "Get a label", "ดึงใบปะหน้า")
        .about("Gives a parcel's label as a PDF in base64.", "ได้ใบปะหน้าพัสดุเป็น PDF แบบ base64")
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(words::tracking_number("EY145587898TH"))
        .example(
            json!({"tracking_number": "EY145587898TH"}),
            label::of_base64(COURIER, "EY145587898TH", "JVBERi0xLjQK"),
        )
}
