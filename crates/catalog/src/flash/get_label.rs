//! `flash/get_label`: the label as a PDF.

use super::api::Api;
use super::{COURIER, failure};
use crate::parcel::{label, words};
use crate::values;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(deserialize_with = "values::text")]
    tracking_number: String,
    #[serde(default)]
    size: Size,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Size {
    #[default]
    Usual,
    Small,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let number = &input.tracking_number;
    words::check_number(number)?;
    let size = if input.size == Size::Small { "/small" } else { "" };
    let answer = Api::of(cx)?.raw(&format!("/open/v1/orders/{number}{size}/pre_print"), Vec::new()).await?;
    match label::of_file(COURIER, number, &answer) {
        Some(label) => Ok(label),
        None => Err(failure::of(&answer.host(), &answer.json()?)),
    }
}

pub fn spec() -> OperationSpec {
    let size = Field::choice(
        "size",
        &[("usual", "Usual", "ปกติ"), ("small", "Small", "เล็ก")],
        "Label",
        "ขนาดใบปะหน้า",
    );
    OperationSpec::action("flash/get_label", "Get a label", "ดึงใบปะหน้า")
        .about("Gives a parcel's label as a PDF in base64.", "ได้ใบปะหน้าพัสดุเป็น PDF แบบ base64")
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(words::tracking_number("TH0101ABCD0A"))
        .field(
            size.about("Which of Flash's two layouts.", "เลือกหนึ่งในสองแบบของ Flash")
                .default("usual")
                .example("small"),
        )
        .example(
            json!({"tracking_number": "TH0101ABCD0A", "size": "small"}),
            label::of_base64(COURIER, "TH0101ABCD0A", "JVBERi0xLjQK"),
        )
}
