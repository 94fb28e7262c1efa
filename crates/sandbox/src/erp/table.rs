//! The rows of one model, with an index for each field that is searched by equality.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::cell::Cell;
use super::fields::Model;

/// One row. The cells stand in the order of the model's fields.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub id: i64,
    cells: Box<[Cell]>,
}

impl Record {
    pub(crate) fn new(id: i64, model: Model) -> Self {
        Self { id, cells: vec![Cell::Empty; model.fields().len()].into() }
    }

    pub(crate) fn at(&self, place: usize) -> &Cell {
        &self.cells[place]
    }

    pub(crate) fn put(&mut self, place: usize, cell: Cell) {
        self.cells[place] = cell;
    }

    /// Puts the value only where the caller gave none.
    pub(crate) fn default_to(&mut self, place: usize, cell: impl FnOnce() -> Cell) {
        if self.cells[place] == Cell::Empty {
            self.cells[place] = cell();
        }
    }
}

/// All rows of one model. Ids only grow, as in PostgreSQL: a deleted id is not used again.
pub(crate) struct Table {
    rows: BTreeMap<i64, Arc<Record>>,
    indexes: HashMap<usize, HashMap<Box<str>, Vec<i64>>>,
    next_id: i64,
}

impl Table {
    pub(crate) fn new(model: Model) -> Self {
        let indexed = model.fields().iter().enumerate().filter(|(_, field)| field.indexed);
        let indexes = indexed.map(|(place, _)| (place, HashMap::new())).collect();
        Self { rows: BTreeMap::new(), indexes, next_id: 1 }
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn get(&self, id: i64) -> Option<&Arc<Record>> {
        self.rows.get(&id)
    }

    pub(crate) fn contains(&self, id: i64) -> bool {
        self.rows.contains_key(&id)
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = i64> + '_ {
        self.rows.keys().copied()
    }

    pub(crate) fn records(&self) -> impl Iterator<Item = &Arc<Record>> {
        self.rows.values()
    }

    pub(crate) fn oldest(&self) -> Option<i64> {
        self.rows.keys().next().copied()
    }

    /// The id the next new row gets.
    pub(crate) fn take_id(&mut self) -> i64 {
        self.next_id += 1;
        self.next_id - 1
    }

    /// Lets seeded rows have the ids they have in a fresh Odoo (Thailand is 217).
    pub(crate) fn continue_after(&mut self, id: i64) {
        self.next_id = self.next_id.max(id + 1);
    }

    pub(crate) fn save(&mut self, record: Record) {
        self.remove(record.id);
        for (place, index) in &mut self.indexes {
            if let Some(text) = record.at(*place).as_text() {
                index.entry(text.into()).or_default().push(record.id);
            }
        }
        self.rows.insert(record.id, Arc::new(record));
    }

    pub(crate) fn remove(&mut self, id: i64) {
        let Some(record) = self.rows.remove(&id) else {
            return;
        };
        for (place, index) in &mut self.indexes {
            let Some(text) = record.at(*place).as_text() else {
                continue;
            };
            if let Some(ids) = index.get_mut(text) {
                ids.retain(|held| *held != id);
                if ids.is_empty() {
                    index.remove(text);
                }
            }
        }
    }

    pub(crate) fn clear(&mut self) {
        self.rows.clear();
        self.indexes.values_mut().for_each(HashMap::clear);
    }

    /// The rows with this text in this field; `None` if the field has no index.
    pub(crate) fn with_text(&self, place: usize, text: &str) -> Option<&[i64]> {
        let index = self.indexes.get(&place)?;
        Some(index.get(text).map_or(&[], Vec::as_slice))
    }

    /// How many different texts the field holds; 0 if it has no index.
    pub(crate) fn distinct(&self, place: usize) -> usize {
        self.indexes.get(&place).map_or(0, HashMap::len)
    }
}
