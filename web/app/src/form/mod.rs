//! A form drawn from the fields of a spec: what stands in them, what to mend, and what comes of it.

mod grouped;
mod input;
mod parts;
mod values;

use crate::words::words;
pub use grouped::{GroupedFields, field_of};
use input::FieldInput;
use leptos::prelude::*;
use model::{Field, Value};
pub use parts::{Leaf, Part, described, leaves, taken_apart};
use serde_json::Map;
use std::collections::BTreeMap;
pub use values::Collected;

/// A form being filled in: a cheap handle.
#[derive(Clone, Copy)]
pub struct Form {
    fields: StoredValue<Vec<Field>>,
    texts: StoredValue<BTreeMap<String, RwSignal<String>>>,
    /// What the fields held before anybody touched them.
    first: StoredValue<BTreeMap<String, String>>,
    /// The secrets that are kept already and may be left empty.
    stored: StoredValue<Vec<String>>,
    /// What to mend, by field.
    wrong: RwSignal<BTreeMap<String, String>>,
}

impl Form {
    pub fn new(fields: Vec<Field>, values: &Map<String, Value>, stored: Vec<String>) -> Self {
        Self::begin(fields, values, stored, values::begun)
    }

    /// Values that are there, to be repaired: what nobody touches stays as it is.
    pub fn repair(fields: Vec<Field>, values: &Map<String, Value>) -> Self {
        Self::begin(fields, values, Vec::new(), values::shown)
    }

    fn begin(
        fields: Vec<Field>,
        values: &Map<String, Value>,
        stored: Vec<String>,
        text: fn(&Field, Option<&Value>) -> String,
    ) -> Self {
        let text = |field: &Field| (field.name.clone(), text(field, values.get(&field.name)));
        let first: BTreeMap<String, String> = fields.iter().map(text).collect();
        let texts = first.iter().map(|(name, text)| (name.clone(), RwSignal::new(text.clone()))).collect();
        Self {
            fields: StoredValue::new(fields),
            texts: StoredValue::new(texts),
            first: StoredValue::new(first),
            stored: StoredValue::new(stored),
            wrong: RwSignal::default(),
        }
    }

    /// What the form says; nothing while there is something to mend, which then stands below its field.
    pub fn collect(self) -> Option<Collected> {
        let now = self.now();
        self.mend(self.fields.with_value(|fields| {
            self.stored.with_value(|stored| values::collect(fields, &now, stored, words()))
        }))
    }

    /// What was changed of what was there, by field, nothing for what was emptied; nothing at all while there is something to
    /// mend, which then stands below its field.
    pub fn changed(self) -> Option<BTreeMap<String, Option<Value>>> {
        let now = self.now();
        self.mend(self.fields.with_value(|fields| {
            self.first.with_value(|first| values::changed(fields, first, &now, words()))
        }))
    }

    fn now(self) -> BTreeMap<String, String> {
        self.texts.with_value(|texts| {
            texts.iter().map(|(name, text)| (name.clone(), text.get_untracked())).collect()
        })
    }

    fn mend<T>(self, given: Result<T, BTreeMap<String, String>>) -> Option<T> {
        match given {
            Ok(given) => {
                self.wrong.set(BTreeMap::new());
                Some(given)
            }
            Err(wrong) => {
                self.wrong.set(wrong);
                None
            }
        }
    }

    /// Asks for another answer in one field.
    pub fn reject(self, name: &str, reason: &str) {
        self.wrong.update(|wrong| drop(wrong.insert(name.to_owned(), reason.to_owned())));
    }

    fn inputs(self, advanced: bool) -> Vec<AnyView> {
        let fields = self.fields.with_value(|fields| {
            fields.iter().filter(|field| field.advanced == advanced).cloned().collect::<Vec<_>>()
        });
        fields.into_iter().filter_map(|field| self.input(field)).collect()
    }

    fn input(self, field: Field) -> Option<AnyView> {
        let name = field.name.clone();
        let value = self.texts.with_value(|texts| texts.get(&name).copied())?;
        let is_stored = self.stored.with_value(|stored| stored.contains(&name));
        let error = Signal::derive(move || self.wrong.with(|wrong| wrong.get(&name).cloned()));
        Some(view! { <FieldInput field value error is_stored/> }.into_any())
    }
}

/// The form's inputs; those for the few who need them fold away under `more`.
#[component]
pub fn FormFields(
    form: Form,
    #[prop(into)] more: String,
    /// What those are for, and who needs them.
    #[prop(optional, into)]
    about: String,
) -> impl IntoView {
    let advanced = form.inputs(true);
    let about = (!about.is_empty()).then(|| view! { <p class="kl-muted">{about}</p> });
    let folded = (!advanced.is_empty()).then(|| {
        view! { <details class="kl-details"><summary>{more}</summary><div class="kl-stack">{about}{advanced}</div></details> }
    });
    view! { {form.inputs(false)} {folded} }
}
