//! Cross-references that the flow's mappings read while it is drawn: asked of the server, many in one go after a pause, and kept
//! until somebody opens a mapper anew.

use crate::client::{Client, Error};
use api::{FindXrefs, FoundXrefs, path};
use leptos::prelude::*;
use model::xref::{KEYS_MAX, Key};
use script::References;
use std::collections::BTreeSet;
use std::time::Duration;

/// More keys are wanted within this pause, most often.
const PAUSE: Duration = Duration::from_millis(250);
/// With more than this, what is known is forgotten and asked for again where it is needed.
const KNOWN_MAX: usize = 10 * KEYS_MAX;

/// A cheap handle, shared by everything on the editor's page.
#[derive(Clone, Copy)]
pub struct Xrefs {
    client: Client,
    known: StoredValue<References>,
    wanted: StoredValue<BTreeSet<Key>>,
    /// The pause or the answer is waited for.
    waiting: StoredValue<bool>,
    /// Grows with each answer.
    pub heard: RwSignal<u64>,
    /// The server could not be asked.
    pub failed: RwSignal<bool>,
}

impl Xrefs {
    pub fn new(client: Client) -> Self {
        Self {
            client,
            known: StoredValue::new(References::default()),
            wanted: StoredValue::new(BTreeSet::new()),
            waiting: StoredValue::new(false),
            heard: RwSignal::new(0),
            failed: RwSignal::new(false),
        }
    }

    pub fn known(self) -> References {
        self.known.try_get_value().unwrap_or_default()
    }

    /// They may have been changed elsewhere.
    pub fn forget(self) {
        if self.known.with_value(|known| !known.is_empty()) {
            self.known.set_value(References::default());
            self.heard.update(|times| *times += 1);
        }
    }

    /// Asks for what is not known of these, after a pause.
    pub fn want(self, keys: impl IntoIterator<Item = Key>) {
        let new: Vec<Key> = self
            .known
            .try_with_value(|known| keys.into_iter().filter(|key| known.get(key).is_none()).collect())
            .unwrap_or_default();
        if new.is_empty() {
            return;
        }
        self.wanted.try_update_value(|wanted| {
            let left = KEYS_MAX.saturating_sub(wanted.len());
            wanted.extend(new.into_iter().take(left));
        });
        if self.waiting.try_get_value() == Some(false) {
            self.waiting.set_value(true);
            set_timeout(move || self.ask(), PAUSE);
        }
    }

    fn ask(self) {
        let Some(wanted) = self.wanted.try_update_value(std::mem::take) else { return };
        leptos::task::spawn_local(async move {
            let fine = self.find(wanted).await.is_ok();
            self.waiting.try_set_value(false);
            self.failed.try_set(!fine);
            let more = self.wanted.try_update_value(std::mem::take).unwrap_or_default();
            // Those that could not be asked for are asked for again when they are needed again.
            if fine {
                self.heard.try_update(|times| *times += 1);
                self.want(more);
            }
        });
    }

    /// Asks for what is not known of these, now.
    pub async fn find(self, keys: BTreeSet<Key>) -> Result<(), Error> {
        let known = self.known();
        let keys: Vec<Key> = keys.into_iter().filter(|key| known.get(key).is_none()).collect();
        if keys.is_empty() {
            return Ok(());
        }
        let asked = FindXrefs { keys };
        let FoundXrefs { found } = self.client.post(path::XREF_FIND, &asked).await?;
        self.known.try_update_value(|known| {
            if known.len() > KNOWN_MAX {
                *known = References::default();
            }
            known.extend(asked.keys.into_iter().zip(found));
        });
        Ok(())
    }
}
