//! Saving by itself, and going on together with whoever else works on the same draft.

use super::kept::{self, Kept};
use super::{AGAIN_AFTER, Desk, KEEP_AFTER, SAVE_AFTER, Saving, Server};
use crate::client::{Client, Error, path as fill_path};
use crate::time::now_ms;
use crate::words::{count, fill, words};
use api::{Draft, SaveDraft, SavedDraft, path};
use canvas::compare::{Merge, Part, Side, merge};
use leptos::prelude::*;
use model::FlowDocument;
use std::sync::Arc;
use ui::Tone;

/// Two have changed the same, and a person decides.
#[derive(Clone, Debug, PartialEq)]
pub struct Dispute {
    /// What both began from.
    pub base: FlowDocument,
    pub theirs: Draft,
}

impl Desk {
    pub(super) fn keep_saved(self) {
        let save = leptos_use::use_debounce_fn(move || self.save(), SAVE_AFTER.as_millis() as f64);
        let keep = leptos_use::use_debounce_fn(move || self.keep_here(), KEEP_AFTER.as_millis() as f64);
        Effect::new(move |_| {
            let changed = self.changed.get();
            if changed == self.server.with_value(|server| server.saved) {
                return;
            }
            if self.saving.get_untracked() != Saving::Overtaken {
                self.saving.set(Saving::Unsaved);
            }
            keep();
            save();
        });
        let _ = leptos_use::use_event_listener(window(), leptos::ev::beforeunload, move |event| {
            if !matches!(self.saving.get_untracked(), Saving::Saved) {
                self.keep_here();
                event.prevent_default();
            }
        });
        // Whoever goes on to another page does not wait for the pauses to be over.
        on_cleanup(move || self.leave());
    }

    /// Sends what is not saved yet; of what cannot be sent it is said where it stays.
    fn leave(self) {
        self.keep_here();
        self.save();
        let stays = matches!(
            self.saving.try_get_untracked(),
            Some(Saving::Offline | Saving::Overtaken | Saving::Refused(_))
        );
        if stays {
            let name = self.document().name;
            self.toasts.push(Tone::Warn, fill(words().left_unsaved, &[&name]));
        }
    }

    /// Keeps in this browser what the server does not have. It may have it by now.
    fn keep_here(self) {
        if self.changed.try_get_untracked() == self.server.try_with_value(|server| server.saved) {
            return;
        }
        let (server, document) = (self.server.get_value(), self.document());
        let (revision, sent) = (server.revision, server.sent.others_than(&document));
        let kept = Kept { at: now_ms(), revision, base: Some(server.base), sent, document };
        self.kept_here.try_set(kept::keep(&server.flow, &server.window, &kept));
    }

    /// Saves now what is not saved yet, one request at a time.
    pub fn save(self) {
        let Some(server) = self.server.try_get_value() else { return };
        let now = self.changed.get_untracked();
        if server.busy || now == server.saved || self.saving.get_untracked() == Saving::Overtaken {
            return;
        }
        let document = self.document();
        self.server.update_value(|server| {
            server.busy = true;
            // Whether it arrives is not known before there is an answer: what the server has then tells.
            server.sent.add(document.clone(), now);
        });
        let body =
            SaveDraft { document: document.clone(), revision: server.revision, based_on: server.based_on };
        let path = fill_path(path::FLOW_DRAFT, &server.flow);
        leptos::task::spawn_local(async move {
            let answer = self.client.put::<SavedDraft>(&path, &body).await;
            let is_left = self.server.try_update_value(|server| server.busy = false).is_none();
            match answer {
                Ok(saved) if is_left => send_rest(self.client, &server, saved.revision, &document).await,
                Ok(saved) => self.has_saved(saved, document, now),
                Err(Error::Offline) => {
                    self.saving.try_set(Saving::Offline);
                    self.save_later();
                }
                Err(error) if error.code() == Some("E0442") => self.catch_up().await,
                Err(error) => self.is_refused(error),
            }
        });
    }

    /// Asks again in a while, once however many requests have failed meanwhile: each edit makes one of its own.
    fn save_later(self) {
        let is_waiting = self.server.try_update_value(|server| std::mem::replace(&mut server.waiting, true));
        if is_waiting != Some(false) {
            return;
        }
        let again = move || {
            if self.server.try_update_value(|server| server.waiting = false).is_some() {
                self.save();
            }
        };
        set_timeout(again, AGAIN_AFTER);
    }

    /// A server in trouble is asked again; anything else a person must mend.
    fn is_refused(self, error: Error) {
        if error.may_pass() {
            self.save_later();
        }
        self.saving.try_set(Saving::Refused(error));
    }

    fn has_saved(self, saved: SavedDraft, document: FlowDocument, at: u64) {
        self.server.try_update_value(|server| {
            (server.revision, server.saved, server.base) = (saved.revision, at, document);
            server.sent.clear();
        });
        self.problems.try_set(saved.problems);
        self.hooks.try_set(saved.hooks);
        if self.changed.try_get_untracked() == Some(at) {
            self.is_saved();
        } else {
            self.save();
        }
    }

    pub(super) fn is_saved(self) {
        self.server.try_with_value(|server| kept::forget(&server.flow, &server.window));
        self.saving.try_set(Saving::Saved);
    }

    /// Fetches what somebody else has saved, and goes on with both.
    pub async fn catch_up(self) {
        let Some(server) = self.server.try_get_value() else { return };
        let path = fill_path(path::FLOW_DRAFT, &server.flow);
        // Nothing is saved meanwhile: what comes would be older than that.
        self.server.update_value(|server| server.busy = true);
        let answer = self.client.get::<Draft>(&path).await;
        self.server.try_update_value(|server| server.busy = false);
        match answer {
            Ok(theirs) => self.meet(theirs),
            Err(Error::Offline) => {
                self.saving.try_set(Saving::Offline);
                self.save_later();
            }
            Err(error) => self.is_refused(error),
        }
    }

    /// Puts together what the server has and what is here; where both have changed the same, a person is asked.
    fn meet(self, theirs: Draft) {
        let Some(server) = self.server.try_get_value() else { return };
        // It was our own, and only the answer was lost.
        if let Some(at) = server.sent.find(&theirs.document) {
            self.stand_on(&theirs);
            self.server.try_update_value(|server| server.saved = at);
            if self.changed.try_get_untracked() == Some(at) {
                return self.is_saved();
            }
            self.saving.try_set(Saving::Unsaved);
            return self.save();
        }
        let dispute = Dispute { base: server.base, theirs };
        match self.merged(&dispute, |_| Side::Mine) {
            Some(merged) if merged.conflicts.is_empty() => {
                let taken = merged.theirs_taken;
                self.adopt(&dispute, merged);
                if taken > 0 {
                    let told = count(words().merged, taken as u64);
                    // A version that was published bears no name.
                    let by = dispute.theirs.saved_by.as_ref();
                    let told = by.map_or_else(|| told.clone(), |by| fill("{} ({})", &[&told, by]));
                    self.toasts.push(Tone::Info, told);
                }
            }
            _ => {
                self.dispute.try_set(Some(Arc::new(dispute)));
                self.saving.try_set(Saving::Overtaken);
            }
        }
    }

    pub fn merged(self, dispute: &Dispute, choose: impl Fn(&Part) -> Side) -> Option<Merge> {
        merge(&dispute.base, &self.document(), &dispute.theirs.document, choose)
    }

    /// Goes on with what was put together. Undo brings back one's own.
    pub fn adopt(self, dispute: &Dispute, merged: Merge) {
        self.stand_on(&dispute.theirs);
        let same = merged.document == dispute.theirs.document;
        self.does(move |canvas| canvas.become_like(merged.document));
        self.dispute.set(None);
        let now = self.changed.get_untracked();
        self.server.update_value(|server| server.saved = if same { now } else { u64::MAX });
        if same {
            return self.is_saved();
        }
        self.saving.set(Saving::Unsaved);
        self.keep_here();
        self.save();
    }

    /// What the server has is what is gone on from.
    fn stand_on(self, theirs: &Draft) {
        self.server.try_update_value(|server| {
            (server.revision, server.based_on) = (theirs.revision, theirs.based_on);
            server.base = theirs.document.clone();
            server.sent.clear();
        });
        self.live.try_set(theirs.live);
        self.hooks.try_set(theirs.hooks.clone());
    }

    /// What was kept here while the server could not be reached, and was not saved before the window was closed. Where another
    /// window is still open with it, both have it from here on.
    pub(super) fn take_up(self, kept: Kept, draft: Draft) {
        if kept.document == draft.document {
            return;
        }
        let goes_on = kept.stands_on(draft.revision, &draft.document);
        let Kept { base, sent, document, .. } = kept;
        let own = document.clone();
        // A step of its own: whoever does not want it takes it back.
        self.does(move |canvas| canvas.become_like(own));
        if !goes_on {
            let base = base.unwrap_or_else(|| draft.document.clone());
            self.server.update_value(|server| server.base = base);
            self.meet(draft);
            return self.keep_here();
        }
        // What was sent before the page was left may arrive only now.
        let now = self.changed.get_untracked();
        self.server.update_value(|server| {
            sent.into_iter().for_each(|sent| server.sent.add(sent, u64::MAX));
            server.sent.add(document, now);
        });
        self.keep_here();
    }
}

/// The page was left while something was on its way: what was changed after that follows it, and when all has arrived nothing
/// is kept in this browser. Where it does not arrive it stays kept, and is taken up when the flow is opened again.
async fn send_rest(client: Client, server: &Server, revision: i64, sent: &FlowDocument) {
    let Some(kept) = kept::of_window(&server.flow, &server.window) else { return };
    if kept.document != *sent {
        let body = SaveDraft { document: kept.document, revision, based_on: server.based_on };
        let path = fill_path(path::FLOW_DRAFT, &server.flow);
        if client.put::<SavedDraft>(&path, &body).await.is_err() {
            return;
        }
    }
    kept::forget(&server.flow, &server.window);
}
