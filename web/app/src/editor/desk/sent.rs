//! What was sent to the server as long as no answer came: the server may have it.

use model::FlowDocument;

/// Documents that are remembered.
const SENT_MAX: usize = 3;

/// Each with the draft's revision here.
#[derive(Clone, Debug, Default)]
pub struct Sent(Vec<(FlowDocument, u64)>);

impl Sent {
    /// Of all that gets no answer the server takes what arrives first, since the rest is of a revision that is over by then: the
    /// oldest is never forgotten.
    pub fn add(&mut self, document: FlowDocument, at: u64) {
        if let Some(known) = self.0.iter_mut().find(|(sent, _)| *sent == document) {
            known.1 = at;
            return;
        }
        self.0.push((document, at));
        if self.0.len() > SENT_MAX {
            self.0.remove(1);
        }
    }

    /// Whether a document is one's own, and of which revision.
    pub fn find(&self, document: &FlowDocument) -> Option<u64> {
        self.0.iter().find(|(sent, _)| sent == document).map(|(_, at)| *at)
    }

    pub fn others_than(self, document: &FlowDocument) -> Vec<FlowDocument> {
        self.0.into_iter().map(|(sent, _)| sent).filter(|sent| sent != document).collect()
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }
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
    fn what_was_sent_first_is_known_however_often_a_server_that_is_away_is_asked() {
        let mut sent = Sent::default();
        for at in 1..=9 {
            sent.add(named(&at.to_string()), at);
        }
        assert_eq!(
            [1, 5, 8, 9].map(|at: u64| sent.find(&named(&at.to_string()))),
            [Some(1), None, Some(8), Some(9)]
        );
        sent.add(named("1"), 10);
        assert_eq!(sent.find(&named("1")), Some(10));
        assert_eq!(sent.others_than(&named("9")), [named("1"), named("8")]);
    }
}
