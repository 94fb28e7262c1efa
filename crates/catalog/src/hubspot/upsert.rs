//! Making and updating objects by a unique property, up to a hundred at once.

use super::api::Api;
use crate::values;
use connector::{ActionCx, Error};
use model::{Field, FieldKind};
use serde::Deserialize;
use serde_json::{Map, Value, json};

const BATCH_MAX: usize = 100;

#[derive(Debug, Deserialize)]
pub struct Input {
    /// One record, or a list of them; each is an object of properties.
    pub records: Value,
    #[serde(default)]
    pub id_property: Option<String>,
    #[serde(default)]
    pub on_failure: Option<String>,
}

pub async fn run(cx: &ActionCx<'_>, object: &str, input: Input) -> Result<Value, Error> {
    let api = Api::of(cx)?;
    let given = input.id_property.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let property = given.or_else(|| api.connection.text("id_property")).unwrap_or("khlong_external_id");
    let inputs = records(input.records)?.into_iter().enumerate();
    let inputs: Vec<Value> =
        inputs.map(|(index, record)| entry(property, index, record)).collect::<Result<_, Error>>()?;
    let answer = api.objects(object, &["batch", "upsert"], &json!({"inputs": inputs})).await?;
    let failed = failed(values::rows_or_none(&answer, "/errors", "HubSpot")?, &inputs);
    if !failed.is_empty() && input.on_failure.as_deref() != Some("report") {
        return Err(refused(&failed));
    }
    let done = done(values::rows(&answer, "/results", "HubSpot")?, property);
    Ok(json!({"records": done, "failed": failed}))
}

fn records(value: Value) -> Result<Vec<Map<String, Value>>, Error> {
    let list = match value {
        Value::Array(list) => list,
        one => vec![one],
    };
    if list.is_empty() || list.len() > BATCH_MAX {
        return Err(mistake(format!("{} records are given; 1 to {BATCH_MAX} go at once", list.len())));
    }
    let record = |value: Value| match value {
        Value::Object(record) => Ok(record),
        _ => Err(mistake("a record is an object of properties".into())),
    };
    list.into_iter().map(record).collect()
}

/// HubSpot reads every property as a text; what is nothing is left as it is there.
fn entry(property: &str, index: usize, record: Map<String, Value>) -> Result<Value, Error> {
    let text = |value: Value| match value {
        Value::String(text) => Some(text),
        Value::Null => None,
        other => Some(other.to_string()),
    };
    let properties: Map<String, Value> =
        record.into_iter().filter_map(|(name, value)| Some((name, text(value)?.into()))).collect();
    let id = properties.get(property).and_then(Value::as_str).map(str::trim).filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| mistake(format!("record {} has no {property}", index + 1)))?;
    Ok(
        json!({"idProperty": property, "id": id, "objectWriteTraceId": index.to_string(), "properties": properties}),
    )
}

fn done(results: &[Value], property: &str) -> Vec<Value> {
    let told = |row: &Value| json!({"id": row.get("id"), "external_id": row.pointer(&format!("/properties/{property}")), "created": row.get("new")});
    results.iter().map(told).collect()
}

/// What was refused, with the id that it was sent under.
fn failed(errors: &[Value], inputs: &[Value]) -> Vec<Value> {
    let told = |error: &Value| {
        let trace = error.pointer("/context/objectWriteTraceId/0").and_then(Value::as_str);
        let id = trace.and_then(|trace| inputs.get(trace.parse::<usize>().ok()?)?.get("id")).cloned();
        json!({"external_id": id, "code": error.get("category"), "message": error.get("message")})
    };
    errors.iter().map(told).collect()
}

fn refused(failed: &[Value]) -> Error {
    let first = failed.first().and_then(|failed| failed["message"].as_str()).unwrap_or_default();
    let ids: Vec<&str> = failed.iter().filter_map(|failed| failed["external_id"].as_str()).take(10).collect();
    Error::Refused {
        message: format!(
            "HubSpot refuses {} of them ({}): {}",
            failed.len(),
            ids.join(", "),
            connector::http::shorten(first)
        ),
        advice:
            "Correct these records, then retry: those that went through are only brought up to date again."
                .into(),
    }
}

fn mistake(message: String) -> Error {
    Error::Input { message, advice: "Correct the data or the script before this node, then retry.".into() }
}

pub fn id_property() -> Field {
    Field::new("id_property", FieldKind::Text, "Unique property", "property ที่ไม่ซ้ำ")
        .about(
            "What a record is found again by. Empty: the connection's.",
            "property ที่ใช้ค้นหาข้อมูลเดิม หากเว้นว่างจะใช้ค่าของการเชื่อมต่อ",
        )
        .example("khlong_external_id")
        .advanced()
}

pub fn on_failure() -> Field {
    Field::choice(
        "on_failure",
        &[("fail", "Fail", "ถือว่าผิดพลาด"), ("report", "Report it", "รายงานไว้")],
        "If one is refused",
        "หากบางรายการถูกปฏิเสธ",
    )
    .about("What happens where HubSpot refuses some of them.", "ให้ทำอย่างไรหาก HubSpot ปฏิเสธบางรายการ")
    .default("fail")
    .example("fail")
}
