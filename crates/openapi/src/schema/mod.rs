//! JSON Schema as OpenAPI uses it, as far as a form, a call and an example need it.

mod bounds;
pub(crate) mod example;
mod field;
pub(crate) mod fits;
mod open;
mod own;
mod variants;

use crate::document::Document;
use crate::limits::{FIELDS_TOTAL_MAX, SHAPE_FIELDS_MAX, SHAPE_FIELDS_TOTAL_MAX};
use crate::node::Node;
pub(crate) use bounds::Bounds;
pub(crate) use field::{Made, plain_field, without_x};
use indexmap::IndexMap;
use serde_json::Value;
use std::collections::BTreeSet;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Type {
    Text,
    Number,
    Bool,
    List,
    Object,
    File,
}

/// What an object may hold besides the members that are told.
#[derive(Clone, Debug, Default)]
pub(crate) enum Others<'d> {
    #[default]
    Unsaid,
    Any,
    None,
    Like(Node<'d>),
}

/// A schema whose references have been followed, and its parts put together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Schema<'d> {
    pub at: String,
    pub types: BTreeSet<Type>,
    pub whole: bool,
    pub nullable: bool,
    pub title: Option<&'d str>,
    pub description: Option<&'d str>,
    pub format: Option<&'d str>,
    /// Values that it may have, without null; and words for them.
    pub choices: Option<Vec<&'d Value>>,
    pub choice_words: Vec<String>,
    pub default: Option<&'d Value>,
    pub example: Option<&'d Value>,
    pub bounds: Bounds,
    pub properties: IndexMap<&'d str, Node<'d>>,
    pub required: BTreeSet<&'d str>,
    pub items: Option<Node<'d>>,
    pub others: Others<'d>,
    /// Several forms of which it has one.
    pub variants: Vec<Node<'d>>,
    pub read_only: bool,
    pub write_only: bool,
    pub deprecated: bool,
    /// It leads back to what it is a part of.
    pub circular: bool,
    /// References that were followed to get here.
    opened: Vec<String>,
}

impl<'d> Schema<'d> {
    /// One that says nothing, or only its type.
    pub fn of(at: &str, types: impl IntoIterator<Item = Type>) -> Self {
        Self { at: at.to_owned(), types: types.into_iter().collect(), ..Self::default() }
    }

    /// The one type that a value has; nothing where it may have several, or any.
    pub fn only_type(&self) -> Option<Type> {
        let mut types = self.types.iter();
        types.next().filter(|_| types.next().is_none()).copied()
    }

    pub fn is_any(&self) -> bool {
        self.types.is_empty() && self.variants.is_empty() && self.choices.is_none()
    }
}

/// Reads schemas of one document, and keeps within its bounds.
pub(crate) struct Schemas<'a, 'd> {
    pub document: &'a Document<'d>,
    /// References on the way from the top to where we are: one that comes again is a circle.
    trail: Vec<String>,
    /// Fields that may still be told: of all operations, of the objects of this one, and of all objects.
    fields_left: usize,
    shape_left: usize,
    shapes_left: usize,
    /// Values that an example may still have.
    example_left: usize,
}

impl<'a, 'd> Schemas<'a, 'd> {
    pub fn new(document: &'a Document<'d>) -> Self {
        Self {
            document,
            trail: Vec::new(),
            fields_left: FIELDS_TOTAL_MAX,
            shape_left: SHAPE_FIELDS_MAX,
            shapes_left: SHAPE_FIELDS_TOTAL_MAX,
            example_left: 0,
        }
    }

    /// The next operation has fields of its own.
    pub fn begin_operation(&mut self) {
        self.shape_left = SHAPE_FIELDS_MAX;
    }

    /// Counts so many fields; false where the document may not have them.
    pub fn may_add(&mut self, count: usize) -> bool {
        let left = self.fields_left.checked_sub(count);
        self.fields_left = left.unwrap_or(self.fields_left);
        left.is_some()
    }

    /// Opens a part of a schema, which knows by which references both were found.
    pub fn open_in(&mut self, around: &Schema<'d>, node: Node<'d>) -> Schema<'d> {
        let mut inner = self.inside(around, |schemas| schemas.open(node));
        inner.opened.extend(around.opened.iter().cloned());
        inner
    }

    /// Does something with the parts of a schema, and knows meanwhile by which references it got there.
    fn inside<T>(&mut self, schema: &Schema<'d>, then: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.trail.len();
        self.trail.extend(schema.opened.iter().cloned());
        let result = then(self);
        self.trail.truncate(length);
        result
    }
}
