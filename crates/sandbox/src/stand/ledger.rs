//! What a vendor was told: stock, prices, fulfilments, cancellations. A test counts here what really arrived.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

/// Entries remembered; the oldest are forgotten beyond that.
const KEPT_MAX: usize = 20_000;

struct Entry {
    number: u64,
    at: DateTime<Utc>,
    kind: &'static str,
    reference: String,
    said: Value,
}

#[derive(Default)]
struct Entries {
    kept: VecDeque<Entry>,
    counts: HashMap<&'static str, u64>,
    next: u64,
}

/// A bounded log, oldest first, with counts that forget nothing.
#[derive(Default)]
pub(crate) struct Ledger(Mutex<Entries>);

impl Ledger {
    /// `kind` is a word as `stock`, `price`, `fulfilment`, `cancel`; `reference` the SKU or the order's id.
    pub(crate) fn note(&self, at: DateTime<Utc>, kind: &'static str, reference: &str, said: Value) {
        let mut entries = self.entries();
        let number = entries.next;
        entries.next += 1;
        *entries.counts.entry(kind).or_default() += 1;
        entries.kept.push_back(Entry { number, at, kind, reference: reference.to_owned(), said });
        if entries.kept.len() > KEPT_MAX {
            entries.kept.pop_front();
        }
    }

    /// Entries of this kind and reference (any, if none is named), oldest first.
    pub(crate) fn show(&self, kind: Option<&str>, reference: Option<&str>) -> Vec<Value> {
        let entries = self.entries();
        let fits = |entry: &&Entry| {
            kind.is_none_or(|kind| kind == entry.kind)
                && reference.is_none_or(|reference| reference == entry.reference)
        };
        entries.kept.iter().filter(fits).map(Entry::show).collect()
    }

    /// How often each kind came, since the last [`Ledger::clear`].
    pub(crate) fn counts(&self) -> Value {
        json!(self.entries().counts)
    }

    pub(crate) fn clear(&self) {
        let mut entries = self.entries();
        entries.kept.clear();
        entries.counts.clear();
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    fn show(&self) -> Value {
        json!({
            "number": self.number,
            "time": self.at.to_rfc3339_opts(SecondsFormat::Millis, true),
            "kind": self.kind,
            "reference": self.reference,
            "said": self.said,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ledger_is_asked_by_kind_and_reference_and_forgets_the_oldest_only() {
        let ledger = Ledger::default();
        for number in 0..=KEPT_MAX {
            let kind = if number % 2 == 0 { "stock" } else { "price" };
            ledger.note(DateTime::UNIX_EPOCH, kind, &format!("TEA-{}", number % 4), json!(number));
        }
        assert_eq!(ledger.show(None, None).len(), KEPT_MAX);
        assert_eq!(ledger.show(Some("stock"), None)[0]["said"], 2, "the very first is forgotten");
        assert_eq!(ledger.show(Some("price"), Some("TEA-3"))[0]["said"], 3);
        assert_eq!(ledger.counts(), json!({ "stock": KEPT_MAX / 2 + 1, "price": KEPT_MAX / 2 }));
        ledger.clear();
        assert_eq!((ledger.show(None, None).len(), ledger.counts()), (0, json!({})));
    }
}
