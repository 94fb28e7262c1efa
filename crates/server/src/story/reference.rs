//! What people call a thing at the system that has it: the number on an order, a waybill, an invoice.

use model::Value;

/// The fields that say so, the best first. Ids come last: people seldom see them.
const FIELDS: [&str; 10] = [
    "name",
    "reference",
    "number",
    "order_number",
    "invoice_number",
    "tracking_number",
    "document_number",
    "order_sn",
    "code",
    "id",
];
/// Where an answer keeps what it is about.
const INSIDE: [&str; 3] = ["body", "data", "result"];
const CHARS_MAX: usize = 60;

/// Looks at the top of a value, and at the top of what it holds.
pub fn reference(value: &Value) -> Option<String> {
    let inside = INSIDE.iter().filter_map(|field| value.get(field)).find_map(here);
    // An answer of HTTP has a name for nothing but what is inside.
    inside.or_else(|| here(value))
}

fn here(value: &Value) -> Option<String> {
    FIELDS.iter().find_map(|field| match value.get(field)? {
        Value::String(text) => Some(text.trim()).filter(|text| is_short(text)).map(str::to_owned),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

fn is_short(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= CHARS_MAX && !text.contains('\n')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn people_call_a_sales_order_by_its_name_and_not_by_its_id() {
        let told = |value: Value| reference(&value);
        assert_eq!(told(json!({"id": 120, "name": "S00120"})).as_deref(), Some("S00120"));
        assert_eq!(told(json!({"id": 120, "name": " "})).as_deref(), Some("120"));
        assert_eq!(
            told(json!({"status": 200, "body": {"tracking_number": "TH01"}})).as_deref(),
            Some("TH01")
        );
        assert_eq!(
            told(json!({"body": {"id": 820982911946154508u64, "name": "#1001"}})).as_deref(),
            Some("#1001")
        );
        assert_eq!(told(json!([1, 2])), None);
        assert_eq!(told(json!({"name": "a text that goes on and on ".repeat(9)})), None);
    }
}
