//! Where a text stands in a value.

use crate::json_tree::rows::pointer;
use serde_json::Value;
use std::collections::HashSet;

/// Values that one search looks at; what lies behind them is not found.
const VALUES_MAX: usize = 50_000;

/// JSON pointers of what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// All of it is meant.
    pub by_name: HashSet<String>,
    /// Something in it is meant.
    pub on_the_way: HashSet<String>,
}

/// Looks for a text in names and values, whatever its case.
pub fn find(value: &Value, text: &str) -> Found {
    let mut search = Search { text: text.trim().to_lowercase(), left: VALUES_MAX, found: Found::default() };
    search.below(value, "");
    search.found
}

struct Search {
    text: String,
    left: usize,
    found: Found,
}

impl Search {
    fn below(&mut self, value: &Value, path: &str) -> bool {
        let mut any = false;
        match value {
            Value::Object(fields) => {
                for (name, child) in fields {
                    any |= self.child(name, child, path);
                }
            }
            Value::Array(items) => {
                for (index, child) in items.iter().enumerate() {
                    any |= self.child(&index.to_string(), child, path);
                }
            }
            Value::String(text) => any = text.to_lowercase().contains(&self.text),
            Value::Number(number) => any = number.to_string().contains(&self.text),
            Value::Bool(yes) => any = yes.to_string() == self.text,
            Value::Null => {}
        }
        any
    }

    fn child(&mut self, name: &str, value: &Value, path: &str) -> bool {
        let Some(left) = self.left.checked_sub(1) else { return false };
        self.left = left;
        let path = pointer(path, name);
        if name.to_lowercase().contains(&self.text) {
            self.found.by_name.insert(path);
            return true;
        }
        let any = self.below(value, &path);
        if any {
            self.found.on_the_way.insert(path);
        }
        any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json_tree::rows::rows_among;
    use serde_json::json;

    fn names(value: &Value, text: &str) -> Vec<String> {
        let found = find(value, text);
        rows_among(value, &HashSet::new(), Some(&found), 50).0.into_iter().map(|row| row.path).collect()
    }

    fn order() -> Value {
        json!({"name": "#1042", "customer": {"name": "Somsri", "phone": "081"}, "lines": [{"sku": "TEA-250"}, {"sku": "CUP"}]})
    }

    #[test]
    fn a_value_is_found_with_the_way_to_it() {
        assert_eq!(names(&order(), "tea"), ["/lines", "/lines/0", "/lines/0/sku"]);
    }

    #[test]
    fn a_name_is_found_with_all_that_is_in_it() {
        assert_eq!(names(&order(), "CUSTOMER"), ["/customer", "/customer/name", "/customer/phone"]);
    }

    #[test]
    fn what_is_nowhere_leaves_nothing() {
        assert!(names(&order(), "coffee").is_empty());
    }

    #[test]
    fn a_search_in_much_comes_to_an_end() {
        let many: Vec<Value> = (0..VALUES_MAX + 10).map(|n| json!(n)).collect();
        let last = (VALUES_MAX + 9).to_string();
        assert!(names(&json!({ "many": many }), &format!("{last}x")).is_empty());
    }
}
