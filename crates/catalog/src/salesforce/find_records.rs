//! `salesforce/find_records`: records by the value of one field.

use super::api::Api;
use super::{soql, upsert_record};
use crate::values::Text;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Value, json};

const FOUND_MAX: u64 = 2_000;

#[derive(Debug, Deserialize)]
pub struct Input {
    #[serde(default = "upsert_record::contact")]
    pub object: String,
    pub field: String,
    pub value: Text,
    #[serde(default)]
    pub fields: String,
    #[serde(default = "most")]
    pub limit: u64,
}

fn most() -> u64 {
    50
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    let query = format!(
        "SELECT {} FROM {} WHERE {} = {} ORDER BY Id LIMIT {}",
        soql::fields(&input.fields, &["Id"])?,
        soql::name(&input.object)?,
        soql::name(&input.field)?,
        soql::quoted(input.value.as_str()),
        input.limit.clamp(1, FOUND_MAX)
    );
    Ok(json!({"records": Api::of(cx)?.query(&query, false).await?}))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("salesforce/find_records", "Find records", "ค้นหาข้อมูล")
        .about("Finds records by the value of one text field.", "ค้นหาข้อมูลจากค่าของฟิลด์ข้อความหนึ่งฟิลด์")
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(upsert_record::object())
        .field(
            Field::new("field", FieldKind::Text, "Field", "ฟิลด์")
                .about("Which field is compared.", "ฟิลด์ที่ใช้เทียบ")
                .required()
                .example("Email"),
        )
        .field(
            Field::new("value", FieldKind::Text, "Value", "ค่า")
                .about("What it has to be.", "ค่าที่ต้องตรงกัน")
                .required()
                .example("somchai@example.com"),
        )
        .field(
            Field::new("fields", FieldKind::Text, "Fields to read", "ฟิลด์ที่อ่าน")
                .about("With commas between; the id comes always.", "คั่นด้วยจุลภาค ไอดีจะอ่านเสมอ")
                .example("FirstName, LastName, Email"),
        )
        .field(
            Field::new("limit", FieldKind::Number, "At most", "ไม่เกิน")
                .about("How many records at most.", "จำนวนสูงสุด")
                .at_least(1)
                .at_most(FOUND_MAX)
                .default(50)
                .example(50),
        )
        .example(
            json!({"object": "Contact", "field": "Email", "value": "somchai@example.com", "fields": "FirstName"}),
            json!({"records": [{"Id": "003xx0000004TmiAAE", "FirstName": "สมชาย"}]}),
        )
}
