//! A value that is too much to be kept as a sample, made short enough.

use model::Value;

/// How many elements of each list, and letters of each text, are left: tried from the first on.
const TRIES: [(usize, usize); 5] = [(100, 10_000), (20, 2_000), (5, 500), (2, 100), (1, 40)];

/// The value as it is where its JSON is short enough; else with the first elements of its lists and the beginnings of its texts.
/// Also says whether anything was left out.
pub fn shorten(value: Value, bytes_max: usize) -> (Value, bool) {
    if bytes(&value) <= bytes_max {
        return (value, false);
    }
    let shorter = TRIES.iter().map(|(items, letters)| cut(&value, *items, *letters));
    let fits = shorter.into_iter().find(|shorter| bytes(shorter) <= bytes_max);
    (fits.unwrap_or(Value::Null), true)
}

fn bytes(value: &Value) -> usize {
    serde_json::to_string(value).map_or(usize::MAX, |text| text.len())
}

fn cut(value: &Value, items: usize, letters: usize) -> Value {
    match value {
        Value::String(text) => Value::from(text.chars().take(letters).collect::<String>()),
        Value::Array(list) => list.iter().take(items).map(|item| cut(item, items, letters)).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, field)| (name.clone(), cut(field, items, letters))).collect()
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_short_enough_stays_as_it_is() {
        let order = json!({"name": "#1042", "lines": [1, 2, 3]});
        assert_eq!(shorten(order.clone(), 1_000), (order, false));
    }

    #[test]
    fn of_a_long_list_the_first_elements_stay_and_the_form_with_them() {
        let lines: Vec<Value> = (0..5_000).map(|line| json!({"line": line})).collect();
        let (short, cut) = shorten(json!({"name": "#1042", "lines": lines}), 1_000);
        assert!(cut && bytes(&short) <= 1_000, "{} bytes", bytes(&short));
        assert_eq!((&short["name"], &short["lines"][0]), (&json!("#1042"), &json!({"line": 0})));
        assert!(short["lines"].as_array().is_some_and(|lines| lines.len() >= 20));
    }
}
