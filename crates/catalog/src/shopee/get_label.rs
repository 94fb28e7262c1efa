//! `shopee/get_label`: the shipping label of a package, which Shopee makes while one waits.

use super::api::{Api, VENDOR};
use super::package;
use crate::market::{Said, fields, list, text_at};
use crate::values::{Id, Text};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct Input {
    order_id: Id,
    #[serde(default)]
    package_number: Id,
    #[serde(default)]
    kind: Text,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let api = Api::of(cx)?;
    let order_id = input.order_id.need("order id")?;
    let kind = input.kind.filled().unwrap_or("NORMAL_AIR_WAYBILL");
    let mut row = package::body_of(order_id, input.package_number.filled());
    row.insert("shipping_document_type".into(), kind.into());
    if state(&api, &row.clone().into()).await?.as_deref() != Some("READY") {
        create(&api, &row.clone().into(), order_id, &input).await?;
        wait(state(&api, &row.clone().into()).await?)?;
    }
    row.remove("shipping_document_type");
    let body = json!({"shipping_document_type": kind, "order_list": [row]});
    let file = api.download("logistics/download_shipping_document", body).await?;
    Ok(json!({"order_id": order_id, "content": STANDARD.encode(file), "format": "PDF"}))
}

/// How far a label is; nothing where none was asked for yet.
async fn state(api: &Api<'_>, row: &Value) -> Result<Option<String>, Error> {
    let told = api.ask("logistics/get_shipping_document_result", json!({"order_list": [row]})).await?;
    let told = told.ok().and_then(|told| list(&told, "/result_list").first().cloned());
    Ok(told.map(|told| text_at(&told, "/status")).filter(|status| !status.is_empty()))
}

async fn create(api: &Api<'_>, row: &Value, order_id: &str, input: &Input) -> Result<(), Error> {
    let tracking = package::tracking_number(api, order_id, input.package_number.filled()).await?;
    let mut row = row.clone();
    if !tracking.is_empty() {
        row["tracking_number"] = tracking.into();
    }
    let told = api.post("logistics/create_shipping_document", json!({"order_list": [row]})).await?;
    let failed = list(&told, "/result_list").iter().find(|row| !text_at(row, "/fail_error").is_empty());
    failed.map_or(Ok(()), |row| {
        let said = Said::new(text_at(row, "/fail_error"), &text_at(row, "/fail_message"));
        Err(said.refused(VENDOR, "Arrange the shipment first; a label needs a tracking number."))
    })
}

/// A label that is still being made is asked for again after a while.
fn wait(state: Option<String>) -> Result<(), Error> {
    match state.as_deref() {
        Some("READY") => Ok(()),
        Some("FAILED") => {
            Err(Said::new("FAILED", "the label could not be made")
                .refused(VENDOR, "Print it in Seller Centre."))
        }
        _ => Err(Error::Status {
            host: VENDOR.into(),
            status: 425,
            message: "the label is still being made".into(),
            after: None,
        }),
    }
}

pub fn spec() -> OperationSpec {
    let kinds = [
        ("NORMAL_AIR_WAYBILL", "A4", "A4"),
        ("THERMAL_AIR_WAYBILL", "Thermal printer", "เครื่องพิมพ์ความร้อน"),
        ("NORMAL_JOB_AIR_WAYBILL", "A4, with job", "A4 พร้อมใบงาน"),
        ("THERMAL_JOB_AIR_WAYBILL", "Thermal printer, with job", "เครื่องพิมพ์ความร้อน พร้อมใบงาน"),
    ];
    OperationSpec::action("shopee/get_label", "Get a shipping label", "ดึงใบปะหน้าพัสดุ")
        .about(
            "Reads the label of a package that is arranged. Shopee makes it first; the step waits for that. `content` is the \
             PDF in Base64.",
            "อ่านใบปะหน้าของพัสดุที่จัดเตรียมแล้ว Shopee จะสร้างก่อนและขั้นตอนจะรอ โดย `content` คือ PDF ในรูปแบบ Base64",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(fields::order("order_id", "201218V2Y6E59M"))
        .field(super::package_number())
        .field(
            Field::choice("kind", &kinds, "Kind", "ชนิด")
                .about("What the label is printed on.", "ชนิดของใบปะหน้า")
                .default("NORMAL_AIR_WAYBILL")
                .example("THERMAL_AIR_WAYBILL"),
        )
        .example(
            json!({"order_id": "201218V2Y6E59M", "kind": "THERMAL_AIR_WAYBILL"}),
            json!({"order_id": "201218V2Y6E59M", "content": "JVBERi0xLjQK", "format": "PDF"}),
        )
}
