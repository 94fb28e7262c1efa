//! What a script looks at. A tree is made when it is looked at, and of a long value only what is.

use crate::Error;
use serde_json::Value;
use std::{borrow::Cow, sync::Arc};

/// A value that a script may look at.
pub trait Seen {
    /// The tree, where it is at hand or costs little.
    fn tree(&self) -> Option<&Value>;

    /// A tree with at least what is at these paths of members; an empty path means the whole. Asked where there is no
    /// tree at hand.
    fn look(&self, paths: &[Vec<&str>]) -> Result<Cow<'_, Value>, Error>;

    /// How many elements the list at this path has, where that is known without looking.
    fn count(&self, _path: &[&str]) -> Option<u64> {
        None
    }
}

impl Seen for Value {
    fn tree(&self) -> Option<&Value> {
        Some(self)
    }

    fn look(&self, _: &[Vec<&str>]) -> Result<Cow<'_, Value>, Error> {
        Ok(Cow::Borrowed(self))
    }
}

impl<T: Seen + ?Sized> Seen for Arc<T> {
    fn tree(&self) -> Option<&Value> {
        (**self).tree()
    }

    fn look(&self, paths: &[Vec<&str>]) -> Result<Cow<'_, Value>, Error> {
        (**self).look(paths)
    }

    fn count(&self, path: &[&str]) -> Option<u64> {
        (**self).count(path)
    }
}
