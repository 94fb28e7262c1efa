//! Pages of a list: what fits the filter, in the wanted order.

use std::cmp::Ordering;
use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::Refused;

const PAGE_SIZE_MAX: usize = 200;
const CONDITIONS_MAX: usize = 10;

/// One condition of a filter.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Condition {
    column_name: String,
    column_value: String,
    #[serde(default)]
    column_predicate_operator: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Order {
    name: String,
    sort_order: String,
}

/// `currentPage` and `pageSize` must be there; `filter` and `sortBy` may.
pub(super) fn page(
    query: &HashMap<String, String>,
    rows: impl Iterator<Item = Value>,
    contains: bool,
) -> Result<Value, Refused> {
    let (current, size) = (number(query, "currentPage")?, number(query, "pageSize")?);
    if size > PAGE_SIZE_MAX {
        return Err(Refused::bad(format!("pageSize is at most {PAGE_SIZE_MAX}.")));
    }
    let conditions: Vec<Condition> = read(query, "filter")?;
    let orders: Vec<Order> = read(query, "sortBy")?;
    let mut found: Vec<Value> = rows.filter(|row| fits(row, &conditions, contains)).collect();
    found.sort_by(|one, other| compare(one, other, &orders));
    let total = found.len();
    let list: Vec<Value> = found.into_iter().skip((current - 1).saturating_mul(size)).take(size).collect();
    Ok(json!({ "total": total, "list": list }))
}

fn number(query: &HashMap<String, String>, name: &str) -> Result<usize, Refused> {
    let value = query.get(name).and_then(|text| text.parse().ok()).filter(|number| *number > 0);
    value.ok_or_else(|| Refused::bad(format!("{name} is required.")))
}

/// JSON with single quotes; what is not there is an empty list.
fn read<T: for<'a> Deserialize<'a>>(query: &HashMap<String, String>, name: &str) -> Result<Vec<T>, Refused> {
    let text = query.get(name).map_or("[]", String::as_str).replace('\'', "\"");
    let list: Vec<T> =
        serde_json::from_str(&text).map_err(|_| Refused::bad(format!("{name} cannot be read.")))?;
    if list.len() > CONDITIONS_MAX {
        return Err(Refused::bad(format!("{name} has more than {CONDITIONS_MAX} parts.")));
    }
    Ok(list)
}

/// All conditions with `And`, any with `Or`.
fn fits(row: &Value, conditions: &[Condition], contains: bool) -> bool {
    let fits = |condition: &Condition| {
        let (held, wanted) =
            (cell(row, &condition.column_name).to_lowercase(), condition.column_value.to_lowercase());
        if contains { held.contains(&wanted) } else { held == wanted }
    };
    let is_or = |condition: &Condition| {
        condition.column_predicate_operator.as_deref().is_some_and(|word| word.eq_ignore_ascii_case("or"))
    };
    match conditions.iter().any(is_or) {
        true => conditions.iter().any(fits),
        false => conditions.iter().all(fits),
    }
}

/// Columns are named in several ways: `Contact.NameLocal`, `productCode`, `DocumentSerial`.
fn cell(row: &Value, column: &str) -> String {
    let name = column.rsplit('.').next().unwrap_or(column);
    let name = match name.to_ascii_lowercase().as_str() {
        "namelocal" => "contactname".to_owned(),
        "productcode" => "code".to_owned(),
        "status" => "statusstring".to_owned(),
        other => other.to_owned(),
    };
    let members = row.as_object().into_iter().flatten();
    let value =
        members.filter(|(member, _)| member.eq_ignore_ascii_case(&name)).map(|(_, value)| value).next();
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

fn compare(one: &Value, other: &Value, orders: &[Order]) -> Ordering {
    let by = |order: &Order| {
        let ordering = cell(one, &order.name).cmp(&cell(other, &order.name));
        if order.sort_order.eq_ignore_ascii_case("desc") { ordering.reverse() } else { ordering }
    };
    orders.iter().map(by).find(|ordering| ordering.is_ne()).unwrap_or(Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(query: &[(&str, &str)], contains: bool) -> Result<Vec<u64>, Refused> {
        let rows = [
            json!({ "n": 1, "reference": "SHOPIFY-1001", "contactName": "ก" }),
            json!({ "n": 2, "reference": "SHOPIFY-100", "contactName": "ข" }),
        ];
        let query = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let page = page(&query, rows.into_iter(), contains)?;
        Ok(page["list"].as_array().unwrap().iter().map(|row| row["n"].as_u64().unwrap()).collect())
    }

    const FIRST: [(&str, &str); 2] = [("currentPage", "1"), ("pageSize", "20")];
    const BY_REFERENCE: &str =
        "[{'columnName':'reference','columnValue':'SHOPIFY-100','columnPredicateOperator':'And'}]";

    #[test]
    fn a_filter_finds_more_than_was_meant_unless_set_otherwise() {
        let query = [FIRST[0], FIRST[1], ("filter", BY_REFERENCE)];
        assert_eq!(found(&query, true), Ok(vec![1, 2]));
        assert_eq!(found(&query, false), Ok(vec![2]));
    }

    #[test]
    fn a_page_is_sorted_and_both_its_numbers_are_needed() {
        let sort = ("sortBy", "[{'name':'Contact.NameLocal','sortOrder':'desc'}]");
        assert_eq!(found(&[FIRST[0], FIRST[1], sort], true), Ok(vec![2, 1]));
        assert_eq!(found(&[("currentPage", "2"), ("pageSize", "1"), sort], true), Ok(vec![1]));
        assert!(found(&[FIRST[0]], true).is_err());
        assert!(found(&[FIRST[0], FIRST[1], ("filter", "reference=1")], true).is_err());
    }
}
