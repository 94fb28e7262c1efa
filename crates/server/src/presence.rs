//! Who has which flow open in the editor. Windows say so from time to time; one that is silent is gone.

use std::sync::{Mutex, PoisonError};
use store::Ms;

/// A window that has said nothing for so long has been left.
const SILENT_MS: Ms = 45 * 1_000;
/// Windows that are remembered; the one that was silent longest is forgotten first.
const WINDOWS_MAX: usize = 256;

struct Window {
    flow: String,
    id: String,
    who: String,
    seen: Ms,
}

#[derive(Default)]
pub struct Presence(Mutex<Vec<Window>>);

impl Presence {
    /// A window of somebody is open at a flow. Gives whose other windows are, each person once.
    pub fn open(&self, now: Ms, flow: &str, id: &str, who: &str) -> Vec<String> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|one| one.seen + SILENT_MS > now && !(one.flow == flow && one.id == id && one.who == who));
        if all.len() >= WINDOWS_MAX {
            all.remove(0);
        }
        let mut others: Vec<String> =
            all.iter().filter(|one| one.flow == flow).map(|one| one.who.clone()).collect();
        others.sort_unstable();
        others.dedup();
        // The one that was seen last stands last.
        all.push(Window { flow: flow.to_owned(), id: id.to_owned(), who: who.to_owned(), seen: now });
        others
    }

    pub fn leave(&self, flow: &str, id: &str, who: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|one| !(one.flow == flow && one.id == id && one.who == who));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_windows_see_one_another_and_a_silent_one_is_gone() {
        let presence = Presence::default();
        assert!(presence.open(0, "orders", "w1", "ann").is_empty());
        assert_eq!(presence.open(0, "orders", "w2", "bob"), ["ann"]);
        assert!(presence.open(0, "stock", "w3", "cid").is_empty(), "another flow");
        assert_eq!(presence.open(SILENT_MS - 1, "orders", "w1", "ann"), ["bob"]);
        assert!(presence.open(SILENT_MS + 1, "orders", "w1", "ann").is_empty());
    }

    #[test]
    fn whoever_leaves_is_gone_at_once() {
        let presence = Presence::default();
        presence.open(0, "orders", "w1", "ann");
        presence.leave("orders", "w1", "bob");
        assert_eq!(presence.open(1, "orders", "w2", "bob"), ["ann"]);
        presence.leave("orders", "w1", "ann");
        assert!(presence.open(2, "orders", "w2", "bob").is_empty());
    }

    #[test]
    fn as_many_windows_as_there_are_no_more_are_remembered() {
        let presence = Presence::default();
        for window in 0..WINDOWS_MAX + 50 {
            presence.open(0, "orders", &window.to_string(), "ann");
        }
        assert_eq!(presence.0.lock().expect("no thread has died").len(), WINDOWS_MAX);
    }
}
