//! What this browser keeps of changes that the server does not have yet.

use crate::storage;
use model::FlowDocument;

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Kept {
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

pub fn keep(flow: &str, kept: &Kept) -> bool {
    storage::write(&key(flow), &serde_json::to_string(kept).unwrap_or_default())
}

pub fn kept(flow: &str) -> Option<Kept> {
    serde_json::from_str(&storage::read(&key(flow))?).ok()
}

pub fn forget(flow: &str) {
    storage::remove(&key(flow));
}

fn key(flow: &str) -> String {
    format!("{}{flow}", storage::DRAFT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn named(name: &str) -> FlowDocument {
        let flow = json!({"khlong": 1, "id": "orders", "name": name, "nodes": []});
        serde_json::from_value(flow).expect("a flow")
    }

    #[test]
    fn a_version_that_was_published_meanwhile_is_not_what_the_edits_were_made_of() {
        let kept =
            Kept { revision: 0, base: Some(named("Version 1")), sent: Vec::new(), document: named("Mine") };
        assert!(kept.stands_on(0, &named("Version 1")));
        assert!(!kept.stands_on(0, &named("Version 2")));
        // Kept before what it was made of was kept with it.
        let kept = Kept { base: None, ..kept };
        assert!(kept.stands_on(0, &named("Version 2")) && !kept.stands_on(1, &named("Version 2")));
    }

    #[test]
    fn what_was_saved_and_got_no_answer_is_one_s_own() {
        let (base, sent) = (Some(named("Before")), vec![named("Half")]);
        let kept = Kept { revision: 3, base, sent, document: named("Whole") };
        assert!(kept.stands_on(4, &named("Half")));
        assert!(!kept.stands_on(4, &named("Theirs")));
    }
}
