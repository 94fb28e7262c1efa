//! Cross-references: which record of a system is which of ours.

use crate::{Error, Ms};
use async_trait::async_trait;
use model::xref::{Found, KEYS_MAX, Key, Way};
use std::collections::{BTreeMap, HashMap};

/// What entities and systems there are is told of so many.
pub const KINDS_MAX: usize = 200;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XrefRow {
    /// What kind of record: `customer`.
    pub entity: String,
    pub system: String,
    /// The system's id. With the entity and the system, it belongs to one row.
    pub external: String,
    /// Our id. Several records of a system may be the same one of ours.
    pub own: String,
    pub changed_at: Ms,
    pub changed_by: String,
}

/// Where a row stands: entity, system, the system's id.
pub type XrefPlace = (String, String, String);

impl XrefRow {
    pub fn place(&self) -> XrefPlace {
        (self.entity.clone(), self.system.clone(), self.external.clone())
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct XrefFilter {
    pub entity: Option<String>,
    pub system: Option<String>,
    /// Part of one of the two ids.
    pub text: Option<String>,
    /// Only what comes behind this one.
    pub after: Option<XrefPlace>,
    pub limit: usize,
}

impl XrefFilter {
    /// What is looked for, where that is anything.
    pub fn wanted(&self) -> Option<&str> {
        self.text.as_deref().map(str::trim).filter(|text| !text.is_empty())
    }

    /// How many rows are given.
    pub fn most(&self) -> usize {
        self.limit.min(KEYS_MAX)
    }
}

#[async_trait]
pub trait Xrefs: Send + Sync {
    /// What is known of each key, in their order; `Conflict` where they are more than `KEYS_MAX`.
    async fn find_xrefs(&self, keys: &[Key]) -> Result<Vec<Found>, Error>;
    /// Puts all of them or none, in place of what has their places; of two with one place, the later. `Conflict` where they
    /// are more than `KEYS_MAX`.
    async fn put_xrefs(&self, rows: Vec<XrefRow>) -> Result<(), Error>;
    /// Says whether it was there.
    async fn remove_xref(&self, place: &XrefPlace) -> Result<bool, Error>;
    /// In order of their places.
    async fn xrefs(&self, filter: &XrefFilter) -> Result<Vec<XrefRow>, Error>;
    /// Entities with their systems, in order, `KINDS_MAX` at most.
    async fn xref_kinds(&self) -> Result<Vec<(String, String)>, Error>;
}

/// Refuses more than is put or asked for at once.
pub fn check_count(many: usize) -> Result<(), Error> {
    match many > KEYS_MAX {
        true => Err(Error::Conflict(format!("{many} cross-references at once are more than {KEYS_MAX}"))),
        false => Ok(()),
    }
}

/// The rows in order of their places, each place once.
pub fn in_order(rows: Vec<XrefRow>) -> BTreeMap<XrefPlace, XrefRow> {
    rows.into_iter().map(|row| (row.place(), row)).collect()
}

/// What keys have in common: SQL asks one question for all of one entity, system and way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind<'k> {
    pub entity: &'k str,
    pub system: &'k str,
    pub way: Way,
}

impl Kind<'_> {
    /// The columns of what is known, and of what is asked for.
    pub fn columns(&self) -> (&'static str, &'static str) {
        match self.way {
            Way::ToOwn => ("external", "own"),
            Way::ToSystem => ("own", "external"),
        }
    }
}

/// Keys by their kind, and the answers to them.
#[derive(Default)]
pub struct Asked<'k> {
    pub kinds: BTreeMap<Kind<'k>, Vec<&'k str>>,
    found: HashMap<(Kind<'k>, String), Found>,
}

impl<'k> Asked<'k> {
    pub fn of(keys: &'k [Key]) -> Result<Self, Error> {
        check_count(keys.len())?;
        let mut asked = Self::default();
        for key in keys {
            asked.kinds.entry(kind(key)).or_default().push(&key.id);
        }
        Ok(asked)
    }

    /// What is known of one kind: the id that was asked about, the least of its others, and how many those are.
    pub fn found(&mut self, kind: Kind<'k>, rows: Vec<(String, String, i64)>) {
        for (id, other, many) in rows {
            let found = if many > 1 { Found::Several(many.unsigned_abs()) } else { Found::One(other) };
            self.found.insert((kind, id), found);
        }
    }

    /// In the order of the keys.
    pub fn answers(&self, keys: &'k [Key]) -> Vec<Found> {
        let answer = |key: &'k Key| self.found.get(&(kind(key), key.id.clone())).cloned();
        keys.iter().map(|key| answer(key).unwrap_or(Found::Nothing)).collect()
    }
}

fn kind(key: &Key) -> Kind<'_> {
    Kind { entity: &key.entity, system: &key.system, way: key.way }
}
