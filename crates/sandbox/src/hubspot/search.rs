//! The search: groups of filters, a few operators, and two bounds that a caller must know.

use std::cmp::Ordering;

use chrono::{DateTime, TimeDelta};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Value, json};

use super::HubSpot;
use super::answer::{Refused, Said, ok};
use super::objects::Call;
use super::records::Record;

const PAGE: usize = 10;
const PAGE_MAX: usize = 200;
/// Beyond so many results a query gives no more: the caller must narrow it.
const RESULTS_MAX: usize = 10_000;
const GROUPS_MAX: usize = 5;
const FILTERS_MAX: usize = 6;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    filters: Vec<Filter>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Filter {
    property_name: String,
    operator: String,
    value: Option<Value>,
    #[serde(default)]
    values: Vec<Value>,
    high_value: Option<Value>,
}

/// A page that was asked for.
struct Page {
    limit: usize,
    after: usize,
}

impl HubSpot {
    pub(super) fn search(&self, call: &Call<'_>) -> Result<Said, Refused> {
        let groups = groups(&call.body)?;
        let page = page(&call.body)?;
        let (name, descending) = sort(call);
        let lag = TimeDelta::seconds(self.settings.get().index_lag_seconds);
        let indexed = self.stand.now() - lag;
        let records = self.records();
        let mut found: Vec<&Record> =
            records.all(call.kind).filter(|record| record.updated <= indexed).collect();
        found.retain(|record| fits(record, &groups));
        found.sort_by(|one, other| {
            let ordering = compare(&value(one, &name), &value(other, &name));
            if descending { ordering.reverse() } else { ordering }
        });
        let wanted = call.body["properties"].as_array().into_iter().flatten();
        let wanted: Vec<String> = wanted.filter_map(Value::as_str).map(str::to_owned).collect();
        let shown = found.iter().skip(page.after).take(page.limit).map(|record| record.show(&wanted));
        let mut answer = json!({ "total": found.len(), "results": shown.collect::<Vec<_>>() });
        let next = page.after + page.limit;
        if next < found.len() {
            answer["paging"] = json!({ "next": { "after": next.to_string() } });
        }
        Ok(ok(answer))
    }
}

fn groups(body: &Value) -> Result<Vec<Group>, Refused> {
    if body["filterGroups"].is_null() {
        return Ok(Vec::new());
    }
    let groups: Vec<Group> = serde_json::from_value(body["filterGroups"].clone())
        .map_err(|error| Refused::invalid(format!("Invalid input JSON: {error}")))?;
    let filters = groups.iter().flat_map(|group| &group.filters);
    for filter in filters {
        known(&filter.operator)?;
    }
    if groups.len() > GROUPS_MAX || groups.iter().any(|group| group.filters.len() > FILTERS_MAX) {
        return Err(Refused::invalid(format!("at most {GROUPS_MAX} groups of {FILTERS_MAX} filters")));
    }
    Ok(groups)
}

fn known(operator: &str) -> Result<(), Refused> {
    const OPERATORS: [&str; 12] = [
        "EQ",
        "NEQ",
        "LT",
        "LTE",
        "GT",
        "GTE",
        "BETWEEN",
        "IN",
        "NOT_IN",
        "HAS_PROPERTY",
        "NOT_HAS_PROPERTY",
        "CONTAINS_TOKEN",
    ];
    match OPERATORS.contains(&operator) {
        true => Ok(()),
        false => Err(Refused::invalid(format!("Invalid operator {operator}"))),
    }
}

fn page(body: &Value) -> Result<Page, Refused> {
    let number = |name: &str, otherwise: usize| match &body[name] {
        Value::Null => Some(otherwise),
        Value::String(text) => text.parse().ok(),
        other => other.as_u64().and_then(|number| usize::try_from(number).ok()),
    };
    let (Some(limit), Some(after)) = (number("limit", PAGE), number("after", 0)) else {
        return Err(Refused::invalid("limit and after are numbers"));
    };
    if !(1..=PAGE_MAX).contains(&limit) {
        return Err(Refused::invalid(format!("limit is from 1 to {PAGE_MAX}")));
    }
    if after.saturating_add(limit) > RESULTS_MAX {
        return Err(Refused::invalid(format!("paging is possible up to {RESULTS_MAX} results")));
    }
    Ok(Page { limit, after })
}

/// The first of `sorts`, by name or as an object; otherwise as they were made.
fn sort(call: &Call<'_>) -> (String, bool) {
    let first = &call.body["sorts"][0];
    let descending = first["direction"].as_str() == Some("DESCENDING");
    match first.as_str().or_else(|| first["propertyName"].as_str()) {
        Some(name) => match name.strip_prefix('-') {
            Some(name) => (name.to_owned(), true),
            None => (name.to_owned(), descending),
        },
        None => ("hs_object_id".to_owned(), false),
    }
}

/// Any group, all filters of it.
fn fits(record: &Record, groups: &[Group]) -> bool {
    groups.is_empty() || groups.iter().any(|group| group.filters.iter().all(|filter| passes(record, filter)))
}

fn passes(record: &Record, filter: &Filter) -> bool {
    let held = record.get(&filter.property_name);
    let Some(held) = held else {
        return matches!(filter.operator.as_str(), "NOT_HAS_PROPERTY" | "NEQ" | "NOT_IN");
    };
    let against =
        |wanted: &Option<Value>| compare(&moment(&held), &text(wanted.as_ref().unwrap_or(&Value::Null)));
    let is_one_of = || filter.values.iter().any(|value| text(value).eq_ignore_ascii_case(&held));
    let ordering = against(&filter.value);
    match filter.operator.as_str() {
        "EQ" => ordering.is_eq(),
        "NEQ" => ordering.is_ne(),
        "LT" => ordering.is_lt(),
        "LTE" => ordering.is_le(),
        "GT" => ordering.is_gt(),
        "GTE" => ordering.is_ge(),
        "BETWEEN" => ordering.is_ge() && against(&filter.high_value).is_le(),
        "IN" => is_one_of(),
        "NOT_IN" => !is_one_of(),
        "HAS_PROPERTY" => true,
        "CONTAINS_TOKEN" => {
            let wanted = text(filter.value.as_ref().unwrap_or(&Value::Null)).to_lowercase();
            held.to_lowercase().contains(wanted.trim_matches('*'))
        }
        _ => false,
    }
}

fn value(record: &Record, name: &str) -> String {
    moment(&record.get(name).unwrap_or_default())
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => moment(text),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// A time is compared as its milliseconds, however it is written.
fn moment(text: &str) -> String {
    match DateTime::parse_from_rfc3339(text) {
        Ok(time) => time.timestamp_millis().to_string(),
        Err(_) => text.to_owned(),
    }
}

/// Numbers by their worth, anything else by its letters whatever their case.
fn compare(one: &str, other: &str) -> Ordering {
    match (Decimal::from_str_exact(one), Decimal::from_str_exact(other)) {
        (Ok(one), Ok(other)) => one.cmp(&other),
        _ => one.to_lowercase().cmp(&other.to_lowercase()),
    }
}
