//! Orders whose rows come one per unit, as lines with a quantity.

use super::text_of;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// How rows become lines.
pub struct Lines<'a> {
    /// What rows of one line have in common: the name in the line, and the row's field.
    pub same: &'a [(&'a str, &'a str)],
    /// The row's id.
    pub id: &'a str,
    /// What the line calls its rows' ids.
    pub ids: &'a str,
}

impl Lines<'_> {
    /// Rows alike in everything named are one line, with how many they are. Lines are in the order of their first rows.
    pub fn of(&self, rows: &[Value]) -> Value {
        let mut lines: Vec<(Map<String, Value>, Vec<Value>)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for row in rows {
            let values = self.same.iter().map(|(_, field)| row.get(*field).map(text_of).unwrap_or_default());
            let values: Vec<String> = values.collect();
            let id = row.get(self.id).cloned().unwrap_or_default();
            let place = *places.entry(values.join("\u{1f}")).or_insert_with(|| {
                let named = self.same.iter().zip(values);
                let line = named.map(|((name, _), value)| ((*name).to_owned(), value.into())).collect();
                lines.push((line, Vec::new()));
                lines.len() - 1
            });
            if let Some((_, ids)) = lines.get_mut(place) {
                ids.push(id);
            }
        }
        let whole = |(mut line, ids): (Map<String, Value>, Vec<Value>)| {
            line.insert("quantity".into(), ids.len().into());
            line.insert(self.ids.into(), ids.into());
            Value::Object(line)
        };
        lines.into_iter().map(whole).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn units_alike_are_one_line_and_another_price_is_another() {
        let rows = json!([
            {"id": 1, "sku": "TEA", "price": 590.00}, {"id": 2, "sku": "CUP", "price": 90},
            {"id": 3, "sku": "TEA", "price": 590.00}, {"id": 4, "sku": "TEA", "price": 589.99}
        ]);
        let lines = Lines { same: &[("sku", "sku"), ("price", "price")], id: "id", ids: "row_ids" };
        assert_eq!(
            lines.of(rows.as_array().unwrap()),
            json!([
                {"sku": "TEA", "price": json!(590.00).to_string(), "quantity": 2, "row_ids": [1, 3]},
                {"sku": "CUP", "price": "90", "quantity": 1, "row_ids": [2]},
                {"sku": "TEA", "price": "589.99", "quantity": 1, "row_ids": [4]}
            ])
        );
    }
}
