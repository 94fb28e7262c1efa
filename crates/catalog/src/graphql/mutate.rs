//! `graphql/mutate`: changes something.

use super::api::{Api, Question};
use super::failure::{Told, refused};
use super::query::{OnErrors, output};
use super::words;
use connector::http::shorten;
use connector::{ActionCx, Error};
use model::{EffectRule, Field, FieldKind, Need, OperationSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Deserialize)]
pub struct Input {
    mutation: String,
    #[serde(default)]
    variables: Map<String, Value>,
    #[serde(default)]
    operation_name: String,
    #[serde(default)]
    field: String,
    #[serde(default)]
    on_errors: OnErrors,
    #[serde(default)]
    refused_at: String,
    #[serde(default)]
    key_variable: String,
    #[serde(default)]
    key_header: String,
}

/// Nobody but the node's author knows whether the API takes a repeat for one.
pub fn effect(input: &Value) -> EffectRule {
    match input.get("repeats").and_then(Value::as_str) {
        Some("send") => EffectRule::Idempotent,
        _ => EffectRule::Ask,
    }
}

pub async fn run(cx: &ActionCx<'_>, mut input: Input) -> Result<Value, Error> {
    if !input.key_variable.is_empty() {
        words::check_takes(&input.mutation, &input.key_variable)?;
        input.variables.insert(input.key_variable.clone(), cx.step_key.into());
    }
    let question =
        Question { document: &input.mutation, variables: &input.variables, name: &input.operation_name };
    let key = (!input.key_header.is_empty()).then_some((input.key_header.as_str(), cx.step_key));
    let told = Api::open(cx)?.send(&question, key).await?;
    if !told.errors.is_empty() && input.on_errors == OnErrors::Fail {
        return Err(of_part(&told));
    }
    if let Some(message) = told_refusal(&told.data, &input.refused_at) {
        return Err(refused(&told.host, &message));
    }
    output(told, &input.field)
}

/// Errors beside data: what is there was done, and must not be done again.
fn of_part(told: &Told) -> Error {
    let fields = told.data.as_object().into_iter().flatten();
    let done: Vec<&str> =
        fields.filter(|(_, value)| !value.is_null()).map(|(name, _)| name.as_str()).collect();
    match done.is_empty() {
        true => refused(&told.host, &told.said()),
        false => Error::Unreadable {
            host: told.host.clone(),
            message: shorten(&format!("{} was done, and a part was not: {}", done.join(", "), told.said())),
        },
    }
}

/// Many APIs refuse within the data, so that the answer looks like a success.
fn told_refusal(data: &Value, places: &str) -> Option<String> {
    let places = places.split(',').map(str::trim).filter(|place| !place.is_empty());
    let mut found = places.filter_map(|place| data.pointer(place)).filter(|value| is_something(value));
    found.next().map(|value| {
        let said = value.pointer("/0/message").or_else(|| value.get("message")).unwrap_or(value);
        shorten(&crate::http::body::as_text(said))
    })
}

fn is_something(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        _ => true,
    }
}

pub fn spec() -> OperationSpec {
    let example = "mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { ... on Customer { id } ... on ErrorResult { errorCode message } } }";
    let spec = OperationSpec::action("graphql/mutate", "Change by a mutation", "เปลี่ยนข้อมูลด้วย mutation")
        .about(
            "Sends a mutation and gives the data of the answer.",
            "ส่ง mutation และให้ข้อมูลในคำตอบ",
        )
        .effect(EffectRule::Ask)
        .connection(Need::Required)
        .field(
            Field::new("mutation", FieldKind::LongText, "Mutation", "Mutation")
                .about(
                    "The mutation in GraphQL. Values that come from the flow belong into the variables.",
                    "ข้อความ mutation ภาษา GraphQL ค่าที่มาจากโฟลว์ให้ใส่ในตัวแปร",
                )
                .required()
                .at_most(words::DOCUMENT_CHARS_MAX)
                .example(example),
        )
        .field(words::variables())
        .field(
            Field::new("refused_at", FieldKind::Text, "Where a refusal is told", "ตำแหน่งที่บอกการปฏิเสธ")
                .about(
                    "JSON pointers into the data, with commas between. Where something stands at one, the step fails with it: for APIs that refuse within the data.",
                    "JSON pointer ในข้อมูล คั่นด้วยจุลภาค หากมีค่าอยู่ที่ตำแหน่งใด ขั้นตอนจะล้มเหลวพร้อมข้อความนั้น ใช้กับ API ที่บอกการปฏิเสธไว้ในข้อมูล",
                )
                .at_most(1_000)
                .default("")
                .example("/createCustomer/errorCode"),
        )
        .field(words::operation_name())
        .field(words::field("mutation"));
    care().into_iter().fold(spec, OperationSpec::field).example(
        json!({
            "mutation": example, "refused_at": "/createCustomer/errorCode",
            "variables": {"input": {"firstName": "Somchai", "lastName": "Jaidee", "emailAddress": "somchai@example.com"}}
        }),
        json!({"data": {"createCustomer": {"id": "7"}}, "errors": []}),
    )
}

fn care() -> [Field; 4] {
    [
        words::on_errors(
            "Errors beside data mean that a part was done. Fail: the step says which, and is not tried again by itself.",
            "หากมีข้อผิดพลาดมาพร้อมข้อมูล แปลว่าทำไปแล้วบางส่วน หากถือว่าล้มเหลว ขั้นตอนจะบอกว่าส่วนใดทำแล้ว และจะไม่ลองใหม่เอง",
        ),
        Field::choice(
            "repeats",
            &[("ask", "Ask a person", "ให้คนตัดสินใจ"), ("send", "Send it again", "ส่งอีกครั้ง")],
            "When an answer was lost",
            "เมื่อคำตอบสูญหาย",
        )
        .about(
            "Choose to send again where the API knows a repeat by the key below, or where a repeat does no harm.",
            "เลือกส่งอีกครั้งเมื่อ API รู้จักคำขอซ้ำจากคีย์ด้านล่าง หรือเมื่อการทำซ้ำไม่ก่อปัญหา",
        )
        .default("ask")
        .example("ask")
        .advanced(),
        Field::new("key_variable", FieldKind::Text, "Variable of the key", "ตัวแปรของคีย์กันซ้ำ")
            .about(
                "The variable that takes the step's key, which is the same in every attempt. Empty: none.",
                "ตัวแปรที่รับคีย์ของขั้นตอน ซึ่งเหมือนเดิมทุกครั้งที่ลองใหม่ หากว่างจะไม่ส่ง",
            )
            .at_most(100)
            .default("")
            .example("clientMutationId")
            .advanced(),
        Field::new("key_header", FieldKind::Text, "Header of the key", "เฮดเดอร์ของคีย์กันซ้ำ")
            .about(
                "The header that takes the step's key, where the API wants it there. Empty: none.",
                "เฮดเดอร์ที่รับคีย์ของขั้นตอน หาก API ต้องการให้ส่งในเฮดเดอร์ หากว่างจะไม่ส่ง",
            )
            .at_most(100)
            .default("")
            .example("Idempotency-Key")
            .advanced(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_within_the_data_is_found_where_it_is_told() {
        let data =
            json!({"a": {"userErrors": [], "errorCode": null}, "b": {"userErrors": [{"message": "Taken"}]}});
        assert_eq!(told_refusal(&data, "/a/userErrors, /a/errorCode,/c"), None);
        assert_eq!(told_refusal(&data, "/a/userErrors,/b/userErrors").as_deref(), Some("Taken"));
        assert_eq!(told_refusal(&json!({"a": "NO"}), "/a").as_deref(), Some("NO"));
    }
}
