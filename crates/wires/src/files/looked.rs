//! What one look at a folder tells the next.

use super::Entry;
use super::known::{Known, Mark};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Files that are watched until they have stopped growing; those beyond are watched later.
const WAITING_MAX: usize = 1_000;

/// A file in a list, with the number that tells its states apart.
#[derive(Clone, Debug)]
pub struct Listed {
    pub entry: Entry,
    pub mark: Mark,
    /// The same for the same file in the same state: the event's id.
    pub id: String,
}

impl Listed {
    pub fn new(entry: Entry) -> Self {
        let state = json!([entry.path.real(), entry.bytes, entry.modified, entry.etag]);
        let hash: [u8; 32] = Sha256::digest(state.to_string()).into();
        let id = hex::encode(&hash[..16]);
        let mark = hash.first_chunk().map_or(0, |bytes| Mark::from_be_bytes(*bytes));
        Self { entry, mark, id }
    }

    /// The order in which files become events.
    pub fn order(&self) -> (i64, Mark) {
        (self.entry.modified.unwrap_or(0), self.mark)
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Looked {
    /// What was asked: another folder, or other names, begin anew.
    question: String,
    known: Known,
    /// The latest that was taken.
    last: (i64, Mark),
    /// Since when, in seconds, those have not changed that are not taken yet.
    waiting: BTreeMap<Mark, u32>,
}

impl Looked {
    /// Before anything was looked at; `existing` are those that count as taken.
    pub fn first(question: &str, existing: &[Listed]) -> Self {
        let last = existing.iter().map(Listed::order).max().unwrap_or_default();
        let known = existing.iter().map(|listed| listed.mark).collect();
        Self { question: question.to_owned(), known, last, waiting: BTreeMap::new() }
    }

    /// Where the last look ended, if it was for the same question.
    pub fn read(cursor: &Value, question: &str) -> Option<Self> {
        let text = |name: &str| cursor.get(name).and_then(Value::as_str);
        if text("question") != Some(question) {
            return None;
        }
        let known = Known::read(text("known")?, cursor.get("many") == Some(&Value::Bool(true)))?;
        let number = |at: usize| cursor.get("last")?.get(at)?.as_str()?.parse::<i128>().ok();
        let last = (i64::try_from(number(0)?).ok()?, Mark::try_from(number(1)?).ok()?);
        let bytes = STANDARD.decode(text("waiting")?).ok()?;
        let one = |chunk: &[u8]| {
            let (mark, since) = chunk.split_at_checked(8)?;
            Some((Mark::from_be_bytes(mark.try_into().ok()?), u32::from_be_bytes(since.try_into().ok()?)))
        };
        let waiting = bytes.chunks_exact(12).filter_map(one).collect();
        Some(Self { question: question.to_owned(), known, last, waiting })
    }

    pub fn write(&self) -> Value {
        let waiting = self.waiting.iter().flat_map(|(mark, since)| {
            mark.to_be_bytes().into_iter().chain(since.to_be_bytes()).collect::<Vec<_>>()
        });
        json!({
            "question": self.question,
            "known": self.known.write(),
            "many": self.known.is_many(),
            "last": [self.last.0.to_string(), self.last.1.to_string()],
            "waiting": STANDARD.encode(waiting.collect::<Vec<_>>()),
        })
    }

    /// Those that have not been taken, in the order in which they are to be.
    pub fn new_among(&self, present: &[Listed]) -> New {
        let marks = present.iter().map(|listed| listed.mark).collect();
        let worked_out = self.known.new_among(&marks);
        let is_new = |listed: &&Listed| match &worked_out {
            Some(new) => new.contains(&listed.mark),
            None => listed.order() > self.last,
        };
        let mut listed: Vec<Listed> = present.iter().filter(is_new).cloned().collect();
        listed.sort_by_key(Listed::order);
        New { listed, by_order: worked_out.is_none() }
    }

    /// Since when a file has been as it is, in seconds.
    pub fn unchanged_since(&self, mark: Mark) -> Option<u32> {
        self.waiting.get(&mark).copied()
    }

    /// What the next look has to know.
    pub fn after(
        self,
        present: &[Listed],
        new: &New,
        taken: &BTreeSet<Mark>,
        waiting: BTreeMap<Mark, u32>,
    ) -> Self {
        let latest = new.listed.iter().filter(|listed| taken.contains(&listed.mark)).map(Listed::order).max();
        let last = latest.map_or(self.last, |latest| latest.max(self.last));
        // More came than can be worked out: what is known grows until it can be.
        let known = match new.by_order && present.len() >= self.known.count() {
            true => self.known.with(taken.iter().copied()),
            false => {
                let left: BTreeSet<Mark> = new.listed.iter().map(|listed| listed.mark).collect();
                let is_known = |mark: &Mark| !left.contains(mark) || taken.contains(mark);
                present.iter().map(|listed| listed.mark).filter(is_known).collect()
            }
        };
        let waiting = waiting.into_iter().take(WAITING_MAX).collect();
        Self { question: self.question, known, last, waiting }
    }
}

/// Files that have not been taken.
pub struct New {
    pub listed: Vec<Listed>,
    /// Told by their times alone.
    by_order: bool,
}
