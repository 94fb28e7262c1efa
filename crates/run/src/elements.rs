//! The elements of a list one after the other, without a tree of the whole.

use crate::{Data, text};
use bytes::Bytes;
use model::Value;
use std::fmt;

/// What a for-each goes through, while it goes through it.
pub struct Elements {
    /// How many there are.
    pub total: u64,
    from: From,
}

enum From {
    Text {
        text: Bytes,
        at: usize,
    },
    /// A list that is open already, and how many of its elements were taken.
    Tree {
        list: Data,
        at: usize,
    },
    One(Option<Data>),
    Kept(Box<dyn Iterator<Item = Data> + Send>),
}

impl Elements {
    pub fn of_text(text: Bytes, total: u64) -> Self {
        let at = text::first_element(&text);
        Self { total, from: From::Text { text, at } }
    }

    /// A value that is not a list counts as a list of one.
    pub(crate) fn of_tree(list: Data) -> Self {
        match list.value().as_array().map(Vec::len) {
            Some(total) => Self { total: total as u64, from: From::Tree { list, at: 0 } },
            None => Self::one(list),
        }
    }

    pub(crate) fn one(data: Data) -> Self {
        Self { total: 1, from: From::One(Some(data)) }
    }

    pub fn kept(total: u64, elements: Box<dyn Iterator<Item = Data> + Send>) -> Self {
        Self { total, from: From::Kept(elements) }
    }
}

impl Iterator for Elements {
    type Item = Data;

    fn next(&mut self) -> Option<Data> {
        match &mut self.from {
            From::Text { text, at } => {
                let (element, next) = text::element(text, *at)?;
                *at = next;
                // Of its own: a part would keep the whole text.
                Some(Data::from_text(Bytes::copy_from_slice(&element)))
            }
            From::Tree { list, at } => {
                let element = list.value().as_array().and_then(|list: &Vec<Value>| list.get(*at)).cloned()?;
                *at += 1;
                Some(Data::from(element))
            }
            From::One(data) => data.take(),
            From::Kept(elements) => elements.next(),
        }
    }
}

impl fmt::Debug for Elements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Elements").field("total", &self.total).finish_non_exhaustive()
    }
}
