//! A value of the document and where it stands.

use serde_json::Value;
use std::fmt::Display;

#[derive(Clone, Debug)]
pub(crate) struct Node<'d> {
    pub value: &'d Value,
    /// A JSON pointer.
    pub at: String,
}

impl<'d> Node<'d> {
    pub fn get(&self, name: &str) -> Option<Self> {
        let value = self.value.as_object()?.get(name)?;
        Some(Self { value, at: join(&self.at, name) })
    }

    pub fn text(&self, name: &str) -> Option<&'d str> {
        self.value.as_object()?.get(name)?.as_str()
    }

    /// A text that says something.
    pub fn words(&self, name: &str) -> Option<&'d str> {
        self.text(name).filter(|text| !text.trim().is_empty())
    }

    pub fn flag(&self, name: &str) -> Option<bool> {
        self.value.as_object()?.get(name)?.as_bool()
    }

    /// The entries of the object that it is, in the document's order.
    pub fn entries(&self) -> impl Iterator<Item = (&'d str, Node<'d>)> + use<'d> {
        let at = self.at.clone();
        let map = self.value.as_object();
        map.into_iter()
            .flatten()
            .map(move |(name, value)| (name.as_str(), Self { value, at: join(&at, name) }))
    }

    /// The entries of the list that it is.
    pub fn items(&self) -> impl Iterator<Item = Node<'d>> + use<'d> {
        let at = self.at.clone();
        let list = self.value.as_array();
        list.into_iter().flatten().enumerate().map(move |(index, value)| Self { value, at: join(&at, index) })
    }

    pub fn entries_of(&self, name: &str) -> impl Iterator<Item = (&'d str, Node<'d>)> + use<'d> {
        self.get(name).into_iter().flat_map(|node| node.entries())
    }

    pub fn items_of(&self, name: &str) -> impl Iterator<Item = Node<'d>> + use<'d> {
        self.get(name).into_iter().flat_map(|node| node.items())
    }

    /// The texts of a list, or the one text that stands in its place.
    pub fn texts_of(&self, name: &str) -> Vec<&'d str> {
        match self.get(name).map(|node| node.value) {
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
            Some(Value::String(text)) => vec![text],
            _ => Vec::new(),
        }
    }
}

/// A JSON pointer with one more step.
pub(crate) fn join(at: &str, step: impl Display) -> String {
    let step = step.to_string();
    if step.contains(['~', '/']) {
        return format!("{at}/{}", step.replace('~', "~0").replace('/', "~1"));
    }
    format!("{at}/{step}")
}
