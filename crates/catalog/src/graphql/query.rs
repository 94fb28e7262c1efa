//! `graphql/query`: asks for data.

use super::api::{Api, Question};
use super::failure::{Told, refused};
use super::words;
use connector::{ActionCx, Error};
use model::{EffectRule, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Deserialize)]
pub struct Input {
    query: String,
    #[serde(default)]
    variables: Map<String, Value>,
    #[serde(default)]
    operation_name: String,
    #[serde(default)]
    field: String,
    #[serde(default)]
    on_errors: OnErrors,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnErrors {
    #[default]
    Fail,
    Keep,
}

pub async fn run(cx: &ActionCx<'_>, input: Input) -> Result<Value, Error> {
    words::check_reads(&input.query)?;
    let question =
        Question { document: &input.query, variables: &input.variables, name: &input.operation_name };
    let told = Api::open(cx)?.read(&question).await?;
    if !told.errors.is_empty() && input.on_errors == OnErrors::Fail {
        return Err(refused(&told.host, &told.said()));
    }
    output(told, &input.field)
}

/// The data, or one field of it, and what is wrong with the rest.
pub fn output(mut told: Told, field: &str) -> Result<Value, Error> {
    if !field.is_empty() {
        let picked = told.data.get_mut(field).map(Value::take);
        told.data = picked.ok_or_else(|| Error::Refused {
            message: format!("the answer of {} has no field \"{field}\"", told.host),
            advice: "Name a field that the text asks for, by the alias that it has there.".into(),
        })?;
    }
    Ok(json!({"data": told.data, "errors": told.errors}))
}

pub fn spec() -> OperationSpec {
    OperationSpec::action("graphql/query", "Ask by a query", "ถามด้วยคิวรี")
        .about(
            "Sends a query and gives the data of the answer. A text that changes something is refused.",
            "ส่งคิวรีและให้ข้อมูลในคำตอบ หากข้อความมีการเปลี่ยนแปลงข้อมูลจะไม่ส่ง",
        )
        .effect(EffectRule::Read)
        .connection(Need::Required)
        .field(words::query().example("query ($id: ID!) { product(id: $id) { id name } }"))
        .field(words::variables())
        .field(words::operation_name())
        .field(words::field("query"))
        .field(words::on_errors(
            "An API may answer with a part of the data, and errors about the rest. Go on: the errors come out beside the data.",
            "บาง API ตอบข้อมูลมาเพียงบางส่วนพร้อมข้อผิดพลาดของส่วนที่เหลือ หากทำต่อ ข้อผิดพลาดจะส่งออกไปพร้อมข้อมูล",
        ))
        .example(
            json!({"query": "query ($id: ID!) { product(id: $id) { id name } }", "variables": {"id": "3"}}),
            json!({"data": {"product": {"id": "3", "name": "Green tea"}}, "errors": []}),
        )
}
