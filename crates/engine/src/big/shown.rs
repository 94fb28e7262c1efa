//! What a script or an expression sees of a value that may be large.

use super::room::size;
use crate::codes;
use model::Value;
use run::doc::StepError;
use run::{Data, TooMuch, TreeMax};
use script::{Error, Seen};
use std::borrow::Cow;

/// Text that a script may look at as a whole; a tree of it is made for as long as the script runs. The same as the
/// largest body that is held whole.
pub const LOOK_BYTES_MAX: u64 = 16 << 20;

/// Elements that such a tree may have: as many list items and map entries as a script may have in one value.
const LOOK_ELEMENTS_MAX: u64 = 1_200_000;

/// A value as scripts see it.
#[derive(Debug)]
pub struct Shown(pub Data);

impl Seen for Shown {
    fn tree(&self) -> Option<&Value> {
        self.0.tree()
    }

    fn look(&self, paths: &[Vec<&str>]) -> Result<Cow<'_, Value>, Error> {
        let paths: Vec<&[&str]> = paths.iter().map(Vec::as_slice).collect();
        let most = TreeMax { bytes: LOOK_BYTES_MAX, elements: LOOK_ELEMENTS_MAX };
        self.0.pick(&paths, most).map(Cow::Owned).map_err(|much| unseen(much, &self.0))
    }

    fn count(&self, path: &[&str]) -> Option<u64> {
        self.0.walk(path)?.count()
    }
}

/// Said of a value that is wanted as a whole and cannot be had.
pub fn too_large() -> StepError {
    codes::error(
        codes::TOO_LARGE,
        format!("this step wants a value as a whole that is larger than {}", size(LOOK_BYTES_MAX)),
        "Go through it with a for-each, and send or keep one item at a time.",
    )
}

fn unseen(much: TooMuch, data: &Data) -> Error {
    let facts = data.as_large().and_then(|large| large.facts().as_object());
    let names = facts.map(|facts| facts.keys().cloned().collect::<Vec<_>>().join(", "));
    let instead =
        names.map_or_else(String::new, |names| format!(" Of the value itself only {names} can be read."));
    let (has, may) = match much {
        TooMuch::Bytes(bytes) => (size(bytes), size(LOOK_BYTES_MAX)),
        TooMuch::Elements(elements) => (format!("{elements} elements"), LOOK_ELEMENTS_MAX.to_string()),
    };
    Error::TooLarge {
        code: codes::TOO_LARGE,
        message: format!("this looks at a value of {has}, and a script can look at {may} at once"),
        advice: format!("Go through it with a for-each, and look at one item at a time.{instead}"),
    }
}

/// The value as text, where it may be looked at as a whole.
pub fn whole(data: &Data) -> Option<Data> {
    match data.as_large() {
        Some(large) if large.len() > LOOK_BYTES_MAX => None,
        Some(large) => large.read().map(Data::from_text),
        None => Some(data.clone()),
    }
}
