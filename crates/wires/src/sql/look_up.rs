//! Tables of a database to choose from.

use super::dialect::Dialect;
use super::name::Table;
use super::rows::Most;
use super::sessions::Databases;
use super::table::text;
use super::trouble::refused_input;
use connector::lookup::{PAGE_MAX, Page, Record, Wanted};
use connector::{Connection, Error};
use serde_json::{Map, Value};
use std::time::Duration;

pub const TABLE: &str = "table";
/// People wait for it.
const ANSWER_MAX: Duration = Duration::from_secs(10);

pub async fn tables<D: Dialect>(
    databases: &Databases<D>,
    connection: &Connection,
    wanted: &Wanted,
) -> Result<Page, Error> {
    if wanted.kind != TABLE {
        return Err(refused_input(
            format!("there are no records of the kind \"{}\"", wanted.kind),
            "Write it by hand.",
        ));
    }
    let id = wanted.id.as_ref().and_then(Value::as_str).map(Table::read).transpose()?;
    let letters = id.as_ref().map_or(wanted.text.trim(), Table::name);
    let from = wanted.after.as_deref().and_then(|after| after.parse().ok()).unwrap_or_default();
    let mut open = databases.begin(connection, true, ANSWER_MAX).await?;
    // One more than is told: whether there is a next page.
    let like = if id.is_some() { itself(letters) } else { format!("%{}%", itself(letters)) };
    let statement = D::tables(&like, from, PAGE_MAX + 1);
    let found = open.read(&statement, Most::rows(PAGE_MAX + 1)).await?;
    open.leave().await;
    let next = (found.rows.len() > PAGE_MAX).then(|| (from + PAGE_MAX).to_string());
    let mut records: Vec<Record> = found.rows.iter().take(PAGE_MAX).map(record).collect();
    if let Some(id) = &wanted.id {
        records.retain(|record| record.id == *id);
        return Ok(Page { records, next: None });
    }
    Ok(Page { records, next })
}

fn record(row: &Map<String, Value>) -> Record {
    let (schema, name, about) = (text(row, "schema"), text(row, "name"), text(row, "about"));
    let schema = Some(schema).filter(|schema| !schema.is_empty());
    let id = Table::written(schema.as_deref(), &name);
    Record { label: id.clone(), id: id.into(), detail: about }
}

/// Letters as a pattern of small ones; what is special in a pattern is taken for itself.
fn itself(letters: &str) -> String {
    let mut pattern = String::new();
    for letter in letters.chars().take(130) {
        if matches!(letter, '%' | '_' | '!' | '[') {
            pattern.push('!');
        }
        pattern.extend(letter.to_lowercase());
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_taken_for_themselves() {
        assert_eq!(itself("Order_%"), "order!_!%");
        assert_eq!(itself(""), "");
    }
}
