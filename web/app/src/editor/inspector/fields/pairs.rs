//! Names and values, a row for each, as somebody types them.

use super::edit::as_text;
use super::editing::owned;
use leptos::prelude::*;
use model::Value;
use serde_json::Map;
use std::collections::BTreeSet;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// A row stays the same one whatever is typed in it.
    pub id: usize,
    pub name: RwSignal<String>,
    pub value: RwSignal<String>,
    /// What was held for it, which it is until another text stands for it.
    held: StoredValue<Value>,
}

/// A cheap handle.
#[derive(Clone, Copy)]
pub struct Pairs {
    pub rows: RwSignal<Vec<Pair>>,
    /// A name that is there twice.
    pub twice: RwSignal<Option<String>>,
    last: StoredValue<usize>,
    /// A row lives as long as the field, whatever made it.
    owner: StoredValue<Option<Owner>>,
}

impl Pairs {
    /// Rows for an object: they follow it, and it follows them. `read` makes a value of what is typed.
    pub fn of(
        held: Memo<Option<Value>>,
        read: impl Fn(&str) -> Value + Copy + Send + Sync + 'static,
        write: impl Fn(Option<Value>) + Send + Sync + 'static,
    ) -> Self {
        let pairs = Self {
            rows: RwSignal::new(Vec::new()),
            twice: RwSignal::new(None),
            last: StoredValue::new(0),
            owner: StoredValue::new(Owner::current()),
        };
        let said = move || {
            let value = |pair: &Pair| {
                let (held, text) = (pair.held.get_value(), pair.value.get());
                let value = if as_text(&held) == text { held } else { read(&text) };
                (pair.name.get(), value)
            };
            said(pairs.rows.with(|rows| rows.iter().map(value).collect()))
        };
        Effect::new(move |_| {
            let held = held.get();
            if untrack(said).is_ok_and(|said| said == held) {
                return;
            }
            if let Some(Value::Object(map)) = &held {
                pairs.rows.set(map.iter().map(|(name, value)| pairs.row(name, value.clone())).collect());
            } else if held.is_none() {
                pairs.rows.update(|rows| rows.retain(|pair| pair.name.with_untracked(String::is_empty)));
            }
        });
        Effect::new(move |first: Option<()>| match said() {
            Err(name) => pairs.twice.set(Some(name)),
            Ok(said) => {
                pairs.twice.set(None);
                let is_map = held.with_untracked(|held| held.as_ref().is_none_or(Value::is_object));
                if first.is_some() && is_map && held.with_untracked(|held| *held != said) {
                    write(said);
                }
            }
        });
        pairs
    }

    fn row(self, name: &str, value: Value) -> Pair {
        self.last.update_value(|last| *last += 1);
        owned(self.owner, || Pair {
            id: self.last.get_value(),
            name: RwSignal::new(name.into()),
            value: RwSignal::new(as_text(&value)),
            held: StoredValue::new(value),
        })
    }

    pub fn add(self, name: &str, value: &str) {
        self.rows.update(|rows| rows.push(self.row(name, value.into())));
    }

    pub fn remove(self, id: usize) {
        self.rows.update(|rows| rows.retain(|row| row.id != id));
    }
}

/// What the rows say: names of no letters are not said yet, and a name that is there twice says nothing.
fn said(rows: Vec<(String, Value)>) -> Result<Option<Value>, String> {
    let mut names = BTreeSet::new();
    let mut map = Map::new();
    for (name, value) in rows.into_iter().filter(|(name, _)| !name.is_empty()) {
        if !names.insert(name.clone()) {
            return Err(name);
        }
        map.insert(name, value);
    }
    Ok((!map.is_empty()).then_some(Value::Object(map)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rows(rows: &[(&str, &str)]) -> Result<Option<Value>, String> {
        said(rows.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect())
    }

    #[test]
    fn rows_are_names_and_texts() {
        assert_eq!(
            rows(&[("accept", "text/csv"), ("", "not yet"), ("x-key", "${vars.key}")]),
            Ok(Some(json!({"accept": "text/csv", "x-key": "${vars.key}"})))
        );
        assert_eq!(rows(&[("", "")]), Ok(None));
    }

    #[test]
    fn a_name_that_is_there_twice_is_told() {
        assert_eq!(rows(&[("a", "1"), ("a", "2")]), Err("a".to_owned()));
    }
}
