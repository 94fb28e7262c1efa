//! `write_date desc, id asc`

use std::cmp::Ordering;
use std::sync::Arc;

use super::cell::Cell;
use super::database::Database;
use super::exception::Exception;
use super::fields::{ID, Model};
use super::table::Record;

/// A parsed `order` argument: field places, each with "descending".
pub(crate) struct Order(Vec<(usize, bool)>);

impl Order {
    pub(crate) fn parse(database: &Database, model: Model, text: &str) -> Result<Self, Exception> {
        let terms = text.split(',').map(str::trim).filter(|term| !term.is_empty());
        terms.map(|term| parse_term(database, model, term)).collect::<Result<_, _>>().map(Self)
    }

    /// The rows come in the order of their ids.
    pub(crate) fn sort(&self, database: &Database, model: Model, records: &mut [&Arc<Record>]) {
        match self.0.as_slice() {
            [] | [(ID, false)] => {}
            terms => records.sort_by(|a, b| compare(database, model, terms, a, b)),
        }
    }
}

fn parse_term(database: &Database, model: Model, term: &str) -> Result<(usize, bool), Exception> {
    let mut words = term.split_whitespace();
    let name = words.next().unwrap_or_default();
    let descending = match words.next().map(str::to_ascii_lowercase).as_deref() {
        None | Some("asc") => false,
        Some("desc") => true,
        Some(_) => {
            let advice = "a comma-separated list of field names with an optional direction is expected";
            return Err(Exception::user(format!("Invalid \"order\" specified ({term}): {advice}")));
        }
    };
    Ok((database.field(model, name)?.0, descending))
}

fn compare(database: &Database, model: Model, terms: &[(usize, bool)], a: &Record, b: &Record) -> Ordering {
    for (place, descending) in terms {
        let ordering = compare_cells(&database.value(model, a, *place), &database.value(model, b, *place));
        let ordering = if *descending { ordering.reverse() } else { ordering };
        if ordering.is_ne() {
            return ordering;
        }
    }
    Ordering::Equal
}

/// Empty sorts last when ascending, as NULL does in PostgreSQL.
pub(crate) fn compare_cells(a: &Cell, b: &Cell) -> Ordering {
    match (a, b) {
        (Cell::Empty, Cell::Empty) => Ordering::Equal,
        (Cell::Empty, _) => Ordering::Greater,
        (_, Cell::Empty) => Ordering::Less,
        (Cell::Text(a), Cell::Text(b)) => a.cmp(b),
        (Cell::Time(a), Cell::Time(b)) => a.cmp(b),
        (Cell::Bool(a), Cell::Bool(b)) => a.cmp(b),
        (a, b) => a.as_number().total_cmp(&b.as_number()),
    }
}
