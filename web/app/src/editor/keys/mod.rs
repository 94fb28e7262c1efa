//! The keys of the editor and of the product: one table for those who listen, who show and who change them.

mod chord;
mod listen;
mod table;

use super::action::Action;
use crate::storage;
use chord::caps;
pub use chord::{announced, pressed, spoken};
use leptos::prelude::*;
pub use listen::listen;
use std::collections::{BTreeMap, HashMap};
pub use table::{Part, Place, Row, TABLE, row_named, row_of};

/// What a press means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit {
    This(&'static Row),
    /// The first of two keys.
    Begins,
    Nothing,
}

/// The keys as somebody has them: a cheap handle, for as long as the window.
#[derive(Clone, Copy)]
pub struct Keys {
    own: RwSignal<Own>,
    rows: Memo<HashMap<String, usize>>,
    /// The first of two keys, which was pressed.
    begun: StoredValue<Option<String>>,
}

/// What somebody has changed, by the names of rows.
type Own = BTreeMap<String, Vec<String>>;

impl Keys {
    /// Takes up what this browser keeps.
    pub fn provide() -> Self {
        let kept = storage::read(storage::KEYS).and_then(|text| serde_json::from_str(&text).ok());
        let own = RwSignal::new(kept.unwrap_or_default());
        let rows = Memo::new(move |_| own.with(by_key));
        let keys = Self { own, rows, begun: StoredValue::new(None) };
        provide_context(keys);
        keys
    }

    pub fn here() -> Self {
        expect_context()
    }

    /// The row of a key that was pressed, perhaps behind another.
    pub fn hit(self, key: &str) -> Hit {
        let begun = self.begun.try_update_value(Option::take).flatten();
        self.rows.with_untracked(|rows| {
            let behind = begun.and_then(|first| rows.get(&format!("{first} {key}")));
            if let Some(row) = behind.or_else(|| rows.get(key)) {
                return Hit::This(&TABLE[*row]);
            }
            let begins =
                rows.keys().any(|one| one.strip_prefix(key).is_some_and(|rest| rest.starts_with(' ')));
            if !begins {
                return Hit::Nothing;
            }
            self.begun.set_value(Some(key.to_owned()));
            Hit::Begins
        })
    }

    /// The row of a key by itself.
    pub fn single(self, key: &str) -> Option<&'static Row> {
        self.rows.with_untracked(|rows| rows.get(key).map(|row| &TABLE[*row]))
    }

    pub fn of(self, row: &Row) -> Vec<String> {
        self.own.with(|own| keys_of(own, row))
    }

    pub fn is_own(self, row: &Row) -> bool {
        self.own.with(|own| own.contains_key(row.name))
    }

    pub fn has_own(self) -> bool {
        self.own.with(|own| !own.is_empty())
    }

    /// The first key of an action, to stand behind its name.
    pub fn first(self, action: Action) -> Option<String> {
        row_of(action).and_then(|row| self.of(row).into_iter().next())
    }

    /// Who else has a key.
    pub fn holder(self, key: &str, row: &Row) -> Option<&'static Row> {
        let fixed = || TABLE.iter().find(|row| row.fixed && row.keys.contains(&key));
        let at = self.rows.with(|rows| rows.get(key).copied());
        at.map(|at| &TABLE[at]).or_else(fixed).filter(|holder| holder.name != row.name)
    }

    /// Gives a row one key, or none. Whoever had it has it no more.
    pub fn give(self, row: &Row, key: Option<&str>) {
        self.change(|own| {
            key.iter().for_each(|key| take_from_others(own, key, row));
            own.insert(row.name.to_owned(), key.map(str::to_owned).into_iter().collect());
        });
    }

    pub fn reset(self, row: &Row) {
        self.change(|own| {
            row.keys.iter().for_each(|key| take_from_others(own, key, row));
            own.remove(row.name);
        });
    }

    pub fn reset_all(self) {
        self.change(Own::clear);
    }

    fn change(self, make: impl FnOnce(&mut Own)) {
        self.own.update(make);
        let text = self.own.with_untracked(|own| serde_json::to_string(own).unwrap_or_default());
        storage::write(storage::KEYS, &text);
    }
}

fn keys_of(own: &Own, row: &Row) -> Vec<String> {
    own.get(row.name).cloned().unwrap_or_else(|| row.keys.iter().map(|key| (*key).to_owned()).collect())
}

/// Which row a key means. Where what is kept has one twice, the first has it.
fn by_key(own: &Own) -> HashMap<String, usize> {
    let mut rows = HashMap::new();
    for (at, row) in TABLE.iter().enumerate().filter(|(_, row)| !row.fixed) {
        for key in keys_of(own, row) {
            rows.entry(key).or_insert(at);
        }
    }
    rows
}

fn take_from_others(own: &mut Own, key: &str, row: &Row) {
    for other in TABLE.iter().filter(|other| other.name != row.name && !other.fixed) {
        let had = keys_of(own, other);
        if had.iter().any(|one| one == key) {
            let left = had.into_iter().filter(|one| one != key).collect();
            own.insert(other.name.to_owned(), left);
        }
    }
}

/// A key as it looks on the keyboard.
#[component]
pub fn Caps(#[prop(into)] key: String) -> impl IntoView {
    let cap = |cap: String| match cap.is_empty() {
        true => view! { <span class="kl-caps-then"></span> }.into_any(),
        false => view! { <kbd class="kl-kbd">{cap}</kbd> }.into_any(),
    };
    view! { <span class="kl-caps">{caps(&key).into_iter().map(cap).collect_view()}</span> }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str) -> &'static Row {
        row_named(name).expect("the table has it")
    }

    #[test]
    fn a_key_that_is_given_away_is_no_longer_where_it_was() {
        let mut own = Own::new();
        take_from_others(&mut own, "Ctrl+D", row("undo"));
        own.insert("undo".into(), vec!["Ctrl+D".into()]);
        let rows = by_key(&own);
        assert_eq!(rows.get("Ctrl+D").map(|at| TABLE[*at].name), Some("undo"));
        assert!(keys_of(&own, row("duplicate")).is_empty());
        assert!(!rows.contains_key("Ctrl+Z"));
    }

    #[test]
    fn what_is_kept_twice_means_the_first() {
        let own = Own::from([("redo".into(), vec!["Ctrl+Z".into()])]);
        assert_eq!(by_key(&own).get("Ctrl+Z").map(|at| TABLE[*at].name), Some("undo"));
    }
}
