//! What is known while somebody looks for a record: asked for as it is typed, a page at a time.

use super::super::edit::{Notation, as_text};
use super::super::editing::Editing;
use crate::client::{self, Client, path as fill_path};
use crate::errors::Told;
use crate::words::{Language, language};
use api::{FoundRecord, FoundRecords, LookUp, path};
use leptos::prelude::*;
use model::Value;
use std::cell::RefCell;
use std::collections::HashMap;

/// Records whose names are remembered while the page is open.
const REMEMBERED_MAX: usize = 500;

thread_local! {
    /// By connection, kind and id: a node that is looked at again asks nobody.
    static REMEMBERED: RefCell<HashMap<[String; 3], FoundRecord>> = RefCell::default();
}

/// How asking stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Asking {
    /// Nobody has asked yet.
    Idle,
    Busy,
    Answered,
    Failed(Told),
}

/// A cheap handle for the parts of one field.
#[derive(Clone, Copy)]
pub struct Picker {
    client: Client,
    language: Language,
    kind: StoredValue<String>,
    pub held: Memo<Option<Value>>,
    pub connection: Memo<Option<String>>,
    /// What is typed; nothing while the chosen record is shown.
    pub typed: RwSignal<Option<String>>,
    pub open: RwSignal<bool>,
    pub asking: RwSignal<Asking>,
    pub found: RwSignal<Vec<FoundRecord>>,
    pub next: RwSignal<Option<String>>,
    /// The option that Enter chooses.
    pub active: RwSignal<Option<usize>>,
    /// The chosen record, once the system has said what it is called; nothing inside where it has no such record.
    pub chosen: RwSignal<Option<Option<FoundRecord>>>,
    /// Counts the questions, so that an answer overtaken by a later one is dropped.
    turn: StoredValue<u64>,
    /// Whether the last answer was none; it counts until there is another.
    fails: StoredValue<bool>,
}

impl Picker {
    pub fn new(editing: &Editing, kind: String) -> Self {
        let (desk, node) = (editing.desk, editing.place.node.clone());
        let connection = desk.of_document(move |doc| {
            doc.node(node.as_str())?.connection.as_ref().map(|name| name.as_str().to_owned())
        });
        let picker = Self {
            client: desk.client(),
            language: language(),
            kind: StoredValue::new(kind),
            held: editing.held,
            connection,
            typed: RwSignal::new(None),
            open: RwSignal::new(false),
            asking: RwSignal::new(Asking::Idle),
            found: RwSignal::new(Vec::new()),
            next: RwSignal::new(None),
            active: RwSignal::new(None),
            chosen: RwSignal::new(None),
            turn: StoredValue::new(0),
            fails: StoredValue::new(false),
        };
        Effect::new(move |_| {
            picker.connection.track();
            picker.forget();
        });
        Effect::new(move |_| picker.name_chosen());
        picker
    }

    /// Whether there is somebody to ask who answers; else what is typed is taken as an id.
    pub fn is_usable(self) -> bool {
        self.connection.with_untracked(Option::is_some) && !self.fails.get_value()
    }

    fn forget(self) {
        self.turn.update_value(|turn| *turn += 1);
        self.fails.set_value(false);
        self.asking.set(Asking::Idle);
        self.found.set(Vec::new());
        self.next.set(None);
        self.active.set(None);
    }

    /// What the field shows: what is typed, or what the chosen record is called.
    pub fn shown(self) -> String {
        let named = || match self.chosen.get() {
            Some(Some(record)) => record.label,
            _ => self.held.with(|held| held.as_ref().map(as_text)).unwrap_or_default(),
        };
        self.typed.get().unwrap_or_else(named)
    }

    /// Asks for the first page of what is typed.
    pub fn search(self) {
        self.ask(None);
    }

    pub fn more(self) {
        if let Some(after) = self.next.get_untracked() {
            self.ask(Some(after));
        }
    }

    /// Asks anew for all of them, and what the chosen one is called.
    pub fn refresh(self) {
        REMEMBERED.with_borrow_mut(HashMap::clear);
        self.chosen.set(None);
        self.typed.set(None);
        self.forget();
        self.name_chosen();
        self.open.set(true);
        self.search();
    }

    fn ask(self, after: Option<String>) {
        let Some(connection) = self.connection.get_untracked() else { return };
        let turn = self.turn.get_value() + 1;
        self.turn.set_value(turn);
        self.asking.set(Asking::Busy);
        let text = self.typed.get_untracked().unwrap_or_default();
        let asked = LookUp { kind: self.kind.get_value(), text, id: None, after: after.clone() };
        leptos::task::spawn_local(async move {
            let answer = self.send(&connection, &asked).await;
            // Something else is wanted now, or the field is gone.
            if self.turn.try_get_value() != Some(turn) {
                return;
            }
            match answer {
                Ok(page) => self.take(&connection, page, after.is_some()),
                Err(error) => self.fail(&error),
            }
        });
    }

    fn fail(self, error: &client::Error) {
        self.fails.set_value(true);
        self.asking.set(Asking::Failed(Told::refused(self.language, error)));
    }

    async fn send(self, connection: &str, asked: &LookUp) -> Result<FoundRecords, client::Error> {
        self.client.post(&fill_path(path::CONNECTION_LOOKUP, connection), asked).await
    }

    fn take(self, connection: &str, page: FoundRecords, goes_on: bool) {
        for record in &page.records {
            self.remember(connection, record);
        }
        let before = if goes_on { self.found.with_untracked(Vec::len) } else { 0 };
        self.found.update(|found| {
            found.truncate(before);
            found.extend(page.records);
        });
        self.next.set(page.next);
        self.fails.set_value(false);
        self.asking.set(Asking::Answered);
        let is_typed = self.typed.with_untracked(|typed| typed.as_ref().is_some_and(|text| !text.is_empty()));
        let any = self.found.with_untracked(|found| found.len() > before);
        // What was loaded on top is gone on with; what is searched for is likely the first that is found.
        self.active.set((any && (goes_on || is_typed)).then_some(before));
    }

    fn key(self, connection: &str, id: &Value) -> [String; 3] {
        [connection.to_owned(), self.kind.get_value(), as_text(id)]
    }

    fn remember(self, connection: &str, record: &FoundRecord) {
        let key = self.key(connection, &record.id);
        REMEMBERED.with_borrow_mut(|known| {
            if known.len() >= REMEMBERED_MAX {
                known.clear();
            }
            known.insert(key, record.clone());
        });
    }

    /// Finds out what the chosen record is called.
    fn name_chosen(self) {
        let id = self.held.get().filter(is_id);
        let (Some(id), Some(connection)) = (id, self.connection.get()) else { return self.chosen.set(None) };
        let key = self.key(&connection, &id);
        if let Some(known) = REMEMBERED.with_borrow(|known| known.get(&key).cloned()) {
            return self.chosen.set(Some(Some(known)));
        }
        self.chosen.set(None);
        // A person who writes an id by hand is not asked about each digit.
        if self.typed.with_untracked(Option::is_some) {
            return;
        }
        let asked =
            LookUp { kind: self.kind.get_value(), text: String::new(), id: Some(id.clone()), after: None };
        leptos::task::spawn_local(async move {
            let answer = self.send(&connection, &asked).await;
            let is_old = self.held.try_get_untracked().flatten() != Some(id);
            if is_old {
                return;
            }
            match answer {
                Ok(page) => {
                    let record = page.records.into_iter().next();
                    if let Some(record) = &record {
                        self.remember(&connection, record);
                    }
                    self.chosen.set(Some(record));
                }
                Err(error) => self.fail(&error),
            }
        });
    }
}

fn is_id(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.trim().is_empty() && !text.contains("${"),
        other => other.is_number(),
    }
}

/// What is typed as an id: a number where it is one.
pub fn typed_id(text: &str) -> Option<Value> {
    Notation::Number.read(text.trim()).ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_id_by_hand_is_a_number_where_it_is_one() {
        assert_eq!(typed_id(" 57 "), Some(json!(57)));
        assert_eq!(typed_id("gid://shop/Location/1"), Some(json!("gid://shop/Location/1")));
        assert_eq!(typed_id("  "), None);
    }

    #[test]
    fn an_expression_names_no_record() {
        assert!(is_id(&json!(57)) && is_id(&json!("gid://shop/Location/1")));
        assert!(!is_id(&json!("${input.id}")) && !is_id(&json!("")) && !is_id(&json!({})));
    }
}
