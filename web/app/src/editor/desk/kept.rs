//! What this browser keeps of changes that the server does not have yet: a copy of each window's own.

use crate::storage;
use canvas::compare::{Side, merge};
use model::FlowDocument;

/// Copies of one flow that are taken up at once; what is left waits for the next time.
const COPIES_MAX: usize = 8;

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Kept {
    /// When, in milliseconds.
    #[serde(default)]
    pub at: i64,
    pub revision: i64,
    /// What the server had at that revision.
    #[serde(default)]
    pub base: Option<FlowDocument>,
    /// Earlier documents that were sent and got no answer: the server may have one of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sent: Vec<FlowDocument>,
    pub document: FlowDocument,
}

impl Kept {
    /// Whether this is what it was made of, or an earlier state of it. A live flow without a draft is at revision 0 whatever
    /// is published, so the number alone does not tell.
    pub fn stands_on(&self, revision: i64, document: &FlowDocument) -> bool {
        match &self.base {
            Some(base) => base == document || self.sent.contains(document),
            None => self.revision == revision,
        }
    }
}

/// Keeps a window's copy; tells whether there is room.
pub fn keep(flow: &str, window: &str, kept: &Kept) -> bool {
    storage::write(&key(flow, window), &serde_json::to_string(kept).unwrap_or_default())
}

pub fn of_window(flow: &str, window: &str) -> Option<Kept> {
    read(&key(flow, window))
}

pub fn forget(flow: &str, window: &str) {
    storage::remove(&key(flow, window));
}

/// Takes up what all windows have kept of a flow: from then on it is whoever took it that keeps it.
pub fn take(flow: &str) -> Option<Kept> {
    let keys = storage::keys(&format!("{}{flow}", storage::DRAFT)).into_iter().filter(|key| is_of(key, flow));
    let mut copies: Vec<(String, Kept)> = keys.filter_map(|key| Some((key.clone(), read(&key)?))).collect();
    copies.sort_by_key(|(_, kept)| kept.at);
    copies.truncate(COPIES_MAX);
    copies.iter().for_each(|(key, _)| storage::remove(key));
    together(copies.into_iter().map(|(_, kept)| kept))
}

/// Several copies put together, the oldest first. All of it is one person's: where two say something else, the newer does.
fn together(copies: impl Iterator<Item = Kept>) -> Option<Kept> {
    copies.reduce(|all, newer| {
        let base = newer.base.as_ref().or(all.base.as_ref());
        let merged = base.and_then(|base| merge(base, &newer.document, &all.document, |_| Side::Mine));
        let Some(merged) = merged else { return newer };
        Kept {
            at: newer.at,
            revision: newer.revision,
            base: all.base.or(newer.base),
            sent: [all.sent, newer.sent].concat(),
            document: merged.document,
        }
    })
}

fn read(key: &str) -> Option<Kept> {
    serde_json::from_str(&storage::read(key)?).ok()
}

fn key(flow: &str, window: &str) -> String {
    format!("{}{flow}/{window}", storage::DRAFT)
}

/// Whether it is a copy of this flow, and not of one whose id begins with the same letters. Before windows were told apart there
/// was one copy of a flow, under its id alone.
fn is_of(key: &str, flow: &str) -> bool {
    let rest = key.strip_prefix(storage::DRAFT).and_then(|rest| rest.strip_prefix(flow));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn named(name: &str) -> FlowDocument {
        let flow = json!({"khlong": 1, "id": "orders", "name": name, "nodes": []});
        serde_json::from_value(flow).expect("a flow")
    }

    fn made_of(base: &FlowDocument, document: FlowDocument) -> Kept {
        Kept { at: 1, revision: 0, base: Some(base.clone()), sent: Vec::new(), document }
    }

    #[test]
    fn a_version_that_was_published_meanwhile_is_not_what_the_edits_were_made_of() {
        let kept = made_of(&named("Version 1"), named("Mine"));
        assert!(kept.stands_on(0, &named("Version 1")));
        assert!(!kept.stands_on(0, &named("Version 2")));
        // Kept before what it was made of was kept with it.
        let kept = Kept { base: None, ..kept };
        assert!(kept.stands_on(0, &named("Version 2")) && !kept.stands_on(1, &named("Version 2")));
    }

    #[test]
    fn what_was_saved_and_got_no_answer_is_one_s_own() {
        let kept = Kept { sent: vec![named("Half")], ..made_of(&named("Before"), named("Whole")) };
        assert!(kept.stands_on(4, &named("Half")));
        assert!(!kept.stands_on(4, &named("Theirs")));
    }

    #[test]
    fn what_two_windows_have_kept_is_taken_up_together() {
        let base = named("Before");
        let one = FlowDocument { folder: "Shop".into(), ..named("One") };
        let other = FlowDocument { tags: vec!["erp".into()], ..named("Other") };
        let both = [made_of(&base, one), made_of(&base, other.clone())];
        let taken = together(both.into_iter()).expect("there are two");
        assert_eq!(taken.document, FlowDocument { folder: "Shop".into(), ..other });
        assert!(taken.stands_on(0, &base));
        assert_eq!(together(std::iter::empty()), None);
    }

    #[test]
    fn a_flow_s_copies_are_told_by_the_whole_of_its_id() {
        for (kept, is_its_own) in
            [("orders", true), ("orders/w1", true), ("orders-2/w1", false), ("order", false)]
        {
            assert_eq!(is_of(&format!("{}{kept}", storage::DRAFT), "orders"), is_its_own, "{kept}");
        }
    }
}
