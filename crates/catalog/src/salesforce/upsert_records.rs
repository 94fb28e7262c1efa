//! `salesforce/upsert_records`: up to 200 records at once, by their external ids.

use super::api::Api;
use super::{soql, upsert_record};
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};

const RECORDS_MAX: usize = 200;

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(default = "upsert_record::contact")]
    pub object: String,
    pub records: Vec<Map<String, Value>>,
    #[serde(default)]
    pub on_failure: Option<String>,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    if !(1..=RECORDS_MAX).contains(&input.records.len()) {
        return Err(Error::Input {
            message: format!("{} records are given; 1 to {RECORDS_MAX} go at once", input.records.len()),
            advice: "Go through the list in parts of 200, with a for-each.".into(),
        });
    }
    let api = Api::of(cx)?;
    let (object, field) = (soql::name(&input.object)?, soql::name(api.external_field())?);
    let ids: Vec<Value> =
        input.records.iter().map(|record| record.get(field).cloned().unwrap_or_default()).collect();
    let typed = |mut record: Map<String, Value>| {
        record.insert("attributes".into(), json!({"type": object}));
        record
    };
    let records: Vec<Map<String, Value>> = input.records.into_iter().map(typed).collect();
    let body = json!({"allOrNone": false, "records": records});
    let answer: Vec<Value> =
        api.patch(&["composite", "sobjects", object, field], &[], &body).await?.json()?;
    told(&answer, &ids, input.on_failure.as_deref() == Some("report"))
}

/// The results come in the order of the records.
fn told(answer: &[Value], ids: &[Value], report: bool) -> Result<Value, Error> {
    let success = |row: &Value| row.get("success").and_then(Value::as_bool);
    if answer.len() != ids.len() || answer.iter().any(|row| success(row).is_none()) {
        let message = "it does not say of each record what became of it".into();
        return Err(Error::Unreadable { host: "Salesforce".into(), message });
    }
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    for (row, id) in answer.iter().zip(ids) {
        if success(row) == Some(true) {
            done.push(json!({"id": row.get("id"), "external_id": id, "created": row.get("created")}));
        } else {
            let error = |name: &str| row.pointer(&format!("/errors/0/{name}")).cloned().unwrap_or_default();
            failed.push(json!({"external_id": id, "code": error("statusCode"), "message": error("message")}));
        }
    }
    if failed.is_empty() || report {
        return Ok(json!({"records": done, "failed": failed}));
    }
    let first = &failed[0];
    Err(Error::Refused {
        message: format!(
            "Salesforce refuses {} of {} records; the first is {}: {}",
            failed.len(),
            ids.len(),
            first["external_id"],
            connector::http::shorten(first["message"].as_str().unwrap_or_default())
        ),
        advice:
            "Correct these records, then retry: those that went through are only brought up to date again."
                .into(),
    })
}

pub fn spec() -> OperationSpec {
    let record = json!({"Khlong_Id__c": "shopify:8891", "LastName": "ใจดี"});
    OperationSpec::action("salesforce/upsert_records", "Make or update many records", "สร้างหรืออัปเดตหลายรายการ")
        .about(
            "Makes up to 200 records, or brings those with the same external ids up to date.",
            "สร้างข้อมูลไม่เกิน 200 รายการ หรืออัปเดตข้อมูลที่มี external id ตรงกัน",
        )
        .effect(EffectRule::Idempotent)
        .connection(Need::Required)
        .field(upsert_record::object())
        .field(
            Field::new("records", FieldKind::Json, "Records", "ข้อมูล")
                .about("A list of objects, each with its external id field.", "รายการอ็อบเจกต์ แต่ละรายการมีฟิลด์ external id")
                .required()
                .example("${nodes.map}"),
        )
        .field(
            Field::choice(
                "on_failure",
                &[("fail", "Fail", "ถือว่าผิดพลาด"), ("report", "Report it", "รายงานไว้")],
                "If one is refused",
                "หากบางรายการถูกปฏิเสธ",
            )
            .about("What happens where Salesforce refuses some of them.", "ให้ทำอย่างไรหาก Salesforce ปฏิเสธบางรายการ")
            .default("fail")
            .example("fail"),
        )
        .example(
            json!({"records": [record]}),
            json!({"records": [{"id": "003xx0000004TmiAAE", "external_id": "shopify:8891", "created": true}], "failed": []}),
        )
}
