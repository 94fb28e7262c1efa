//! The objects of the portal, and their links.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use super::answer::Refused;
use super::kinds::Kind;
use super::properties::Properties;

/// Objects of all kinds.
const OBJECTS_MAX: usize = 50_000;
const LINKS_MAX: usize = 100_000;
/// Above 2^53 and odd, as every id of these stand-ins, so that a float shows.
const FIRST_ID: u64 = 9_007_199_254_741_505;

#[derive(Clone, Debug)]
pub(super) struct Record {
    pub id: u64,
    pub kind: Kind,
    pub properties: Properties,
    pub created: DateTime<Utc>,
    pub updated: DateTime<Utc>,
}

impl Record {
    /// A property, those that HubSpot keeps itself among them.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        match name {
            "hs_object_id" => Some(self.id.to_string()),
            "createdate" | "hs_createdate" => Some(time(self.created)),
            _ if name == self.kind.modified() => Some(time(self.updated)),
            _ => self.properties.get(name).filter(|value| !value.is_empty()).cloned(),
        }
    }

    /// The named properties and those that always come; all if none is named.
    pub(super) fn show(&self, wanted: &[String]) -> Value {
        let mut shown = Map::new();
        let always = ["createdate", "hs_object_id", self.kind.modified()].map(str::to_owned);
        let all: Vec<String> = self.properties.keys().cloned().collect();
        let wanted = if wanted.is_empty() { &all[..] } else { wanted };
        for name in wanted.iter().chain(&always) {
            shown.insert(name.clone(), json!(self.get(name)));
        }
        json!({
            "id": self.id.to_string(),
            "properties": shown,
            "createdAt": time(self.created),
            "updatedAt": time(self.updated),
            "archived": false,
        })
    }
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[derive(Default)]
pub(super) struct Records {
    by_id: BTreeMap<u64, Record>,
    /// By kind, property and value, for the properties that no two share.
    unique: HashMap<(Kind, String, String), u64>,
    links: BTreeSet<(u64, u64)>,
    made: u64,
    events: u64,
}

impl Records {
    /// Refused if another has one of its unique values.
    pub(super) fn create(
        &mut self,
        kind: Kind,
        properties: Properties,
        unique: &[String],
        now: DateTime<Utc>,
    ) -> Result<&Record, Refused> {
        self.must_be_free(kind, &properties, unique, None)?;
        if self.by_id.len() >= OBJECTS_MAX {
            return Err(Refused::invalid("The portal is full"));
        }
        let id = FIRST_ID + 2 * self.made;
        self.made += 1;
        self.claim(kind, &properties, unique, id);
        let record = Record { id, kind, properties, created: now, updated: now };
        Ok(self.by_id.entry(id).or_insert(record))
    }

    pub(super) fn update(
        &mut self,
        id: u64,
        changed: Properties,
        unique: &[String],
        now: DateTime<Utc>,
    ) -> Result<&Record, Refused> {
        let kind = self.by_id.get(&id).ok_or_else(Refused::missing)?.kind;
        self.must_be_free(kind, &changed, unique, Some(id))?;
        self.unique.retain(|(_, name, _), held| *held != id || !changed.contains_key(name));
        self.claim(kind, &changed, unique, id);
        let record = self.by_id.get_mut(&id).ok_or_else(Refused::missing)?;
        record.properties.extend(changed);
        record.updated = now;
        Ok(record)
    }

    fn must_be_free(
        &self,
        kind: Kind,
        properties: &Properties,
        unique: &[String],
        own: Option<u64>,
    ) -> Result<(), Refused> {
        let taken = |(name, value): (&String, &String)| {
            let holder = self.by_unique(kind, name, value).filter(|id| Some(*id) != own)?;
            is_unique(kind, name, unique).then_some(holder)
        };
        match properties.iter().find_map(taken) {
            None => Ok(()),
            Some(id) if kind == Kind::Contacts => Err(Refused::conflict("Contact", id)),
            Some(id) => Err(Refused::conflict("Object", id)),
        }
    }

    fn claim(&mut self, kind: Kind, properties: &Properties, unique: &[String], id: u64) {
        for (name, value) in properties {
            if is_unique(kind, name, unique) && !value.is_empty() {
                self.unique.insert((kind, name.clone(), value.clone()), id);
            }
        }
    }

    fn by_unique(&self, kind: Kind, name: &str, value: &str) -> Option<u64> {
        self.unique.get(&(kind, name.to_owned(), value.to_owned())).copied()
    }

    /// By its id, or by the value of a property that no two share.
    pub(super) fn find(&self, kind: Kind, value: &str, property: Option<&str>) -> Result<&Record, Refused> {
        let id = match property {
            None | Some("hs_object_id") => value.parse().ok(),
            Some("email") => self.by_unique(kind, "email", &value.to_lowercase()),
            Some(name) => self.by_unique(kind, name, value),
        };
        let record = id.and_then(|id| self.by_id.get(&id)).filter(|record| record.kind == kind);
        record.ok_or_else(Refused::missing)
    }

    /// The id of an event; none comes twice.
    pub(super) fn next_event(&mut self) -> u64 {
        self.events += 1;
        self.events
    }

    /// Oldest first.
    pub(super) fn all(&self, kind: Kind) -> impl Iterator<Item = &Record> {
        self.by_id.values().filter(move |record| record.kind == kind)
    }

    pub(super) fn archive(&mut self, id: u64) {
        self.by_id.remove(&id);
        self.unique.retain(|_, held| *held != id);
        self.links.retain(|(one, other)| *one != id && *other != id);
    }

    /// Both ways at once.
    pub(super) fn link(&mut self, one: u64, other: u64) -> Result<(), Refused> {
        if self.links.len() >= LINKS_MAX {
            return Err(Refused::invalid("Too many associations"));
        }
        self.links.extend([(one, other), (other, one)]);
        Ok(())
    }

    pub(super) fn linked(&self, id: u64, to: Kind) -> impl Iterator<Item = &Record> {
        let others = self.links.range((id, 0)..=(id, u64::MAX));
        others.filter_map(|(_, other)| self.by_id.get(other)).filter(move |record| record.kind == to)
    }
}

/// The e-mail of a contact always is.
pub(super) fn is_unique(kind: Kind, name: &str, unique: &[String]) -> bool {
    (kind == Kind::Contacts && name == "email") || unique.iter().any(|held| held == name)
}
