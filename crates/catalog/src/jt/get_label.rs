//! `jt/get_label`: the label as a PDF, or where it is.

use super::COURIER;
use super::api::{Api, object, text};
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

#[derive(Clone, Copy, Debug, Default, Deserialize)]
enum Size {
    #[default]
    #[serde(rename = "150x100")]
    Of150x100,
    #[serde(rename = "100x75")]
    Of100x75,
    #[serde(rename = "100x80")]
    Of100x80,
    #[serde(rename = "100x100")]
    Of100x100,
    #[serde(rename = "76x100")]
    Of76x100,
}

impl Size {
    const fn code(self) -> u8 {
        match self {
            Self::Of150x100 => 1,
            Self::Of100x75 => 2,
            Self::Of100x80 => 3,
            Self::Of100x100 => 4,
            Self::Of76x100 => 5,
        }
    }
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let number = &input.tracking_number;
    words::check_number(number)?;
    let mut content = object([("billCode", number)]);
    content.insert("type".into(), input.size.code().into());
    let data = Api::of(cx)?.call("/order/printOrder", content).await?;
    let (base64, url) = (text(&data, "base64EncodeContent"), text(&data, "urlContent"));
    match (base64.is_empty(), url.is_empty()) {
        (false, _) => Ok(label::of_base64(COURIER, number, &base64)),
        (true, false) => Ok(label::of_url(COURIER, number, &url)),
        (true, true) => Err(Error::Refused {
            message: format!("J&T gives no label for {number}"),
            advice: "Try again in a minute; if it stays so, print it in J&T's console.".into(),
        }),
    }
}

pub fn spec() -> OperationSpec {
    let sizes = [
        ("150x100", "150 x 100 mm", "150 x 100 มม."),
        ("100x75", "100 x 75 mm", "100 x 75 มม."),
        ("100x80", "100 x 80 mm", "100 x 80 มม."),
        ("100x100", "100 x 100 mm", "100 x 100 มม."),
        ("76x100", "76 x 100 mm", "76 x 100 มม."),
    ];
    OperationSpec::action("jt/get_label", "Get a label", "ดึงใบปะหน้า")
        .about(
            "Gives a parcel's label: as a PDF in base64, or the address where J&T keeps it.",
            "ได้ใบปะหน้าพัสดุเป็น PDF แบบ base64 หรือที่อยู่ไฟล์ของ J&T",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(words::tracking_number("600000000001"))
        .field(
            Field::choice("size", &sizes, "Label", "ขนาดใบปะหน้า")
                .about("Which paper it is for.", "ขนาดกระดาษที่ใช้")
                .default("150x100")
                .example("76x100"),
        )
        .example(
            json!({"tracking_number": "600000000001", "size": "76x100"}),
            label::of_base64(COURIER, "600000000001", "JVBERi0xLjQK"),
        )
}
