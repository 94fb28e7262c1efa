//! The flow on the desk: its document, what is wrong with it, and whether the server has it.

use super::preview;
use crate::client::{Client, Error};
use crate::scripts;
use crate::storage;
use api::{Draft, SaveDraft, SavedDraft, path};
use canvas::{Canvas, Change, Input};
use leptos::prelude::*;
use model::{FlowDocument, NodeId, Problem, Specs, Surroundings};
use rehearsal::Rehearsal;
use std::sync::Arc;
use std::time::Duration;

/// A pause in the changes after which they are saved.
const SAVE_AFTER: Duration = Duration::from_millis(700);
/// How long to wait before a server that did not answer is asked again.
const AGAIN_AFTER: Duration = Duration::from_secs(4);

/// Whether the server has what is drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum Saving {
    Saved,
    /// Changed, and about to be saved; or on its way.
    Unsaved,
    /// The server cannot be reached: this browser keeps the changes meanwhile.
    Offline,
    /// Somebody else has saved: a person decides whose is to go on.
    Overtaken,
    Refused(Error),
}

/// A cheap handle, shared by everything on the editor's page.
#[derive(Clone, Copy)]
pub struct Desk {
    pub canvas: RwSignal<Canvas>,
    pub saving: RwSignal<Saving>,
    pub problems: RwSignal<Vec<Problem>>,
    /// An edge that was let go over nothing, and where: the palette is asked what is to be there.
    pub wanted: RwSignal<Option<Wanted>>,
    /// What to tell about the last gesture, such as why an edge was refused.
    pub told: RwSignal<Option<Told>>,
    /// What would come of an event, as the flow is drawn now.
    pub rehearsal: RwSignal<Option<Rehearsal>, LocalStorage>,
    /// Grows with each rehearsal.
    pub rehearsed: RwSignal<u64>,
    /// Grows with each change of the document.
    pub changed: Memo<u64>,
    pub live: RwSignal<Option<u32>>,
    server: StoredValue<Server>,
    specs: StoredValue<Arc<Specs>>,
    client: Client,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    pub place: canvas::draft::Inserted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    Refused(canvas::draft::Refusal),
}

/// What the server has.
#[derive(Clone, Debug)]
struct Server {
    flow: String,
    revision: i64,
    based_on: u32,
    /// The draft's revision here that was saved last.
    saved: u64,
    busy: bool,
}

/// What this browser keeps of changes that the server does not have yet.
#[derive(serde::Serialize, serde::Deserialize)]
struct Kept {
    revision: i64,
    document: FlowDocument,
}

impl Desk {
    pub fn new(draft: &Draft, specs: Arc<Specs>, client: Client) -> Self {
        let flow = draft.document.id.to_string();
        let kept =
            kept(&flow).filter(|kept| kept.revision == draft.revision && kept.document != draft.document);
        let mut canvas = Canvas::edit(draft.document.clone(), specs.clone());
        if let Some(kept) = kept {
            // A step of its own: whoever does not want it takes it back.
            canvas.become_like(kept.document);
        }
        let canvas = RwSignal::new(canvas);
        let changed = Memo::new(move |_| {
            canvas.with(|canvas| canvas.draft().map_or(0, canvas::draft::Draft::revision))
        });
        let server =
            Server { flow, revision: draft.revision, based_on: draft.based_on, saved: 0, busy: false };
        let desk = Self {
            canvas,
            saving: RwSignal::new(Saving::Saved),
            problems: RwSignal::new(draft.problems.clone()),
            wanted: RwSignal::new(None),
            told: RwSignal::new(None),
            rehearsal: RwSignal::new_local(None),
            rehearsed: RwSignal::new(0),
            changed,
            live: RwSignal::new(draft.live),
            server: StoredValue::new(server),
            specs: StoredValue::new(specs),
            client,
        };
        desk.keep_saved();
        desk.keep_checked();
        desk
    }

    pub fn document(self) -> FlowDocument {
        self.canvas
            .with_untracked(|canvas| canvas.draft().map(|draft| draft.doc().clone()))
            .expect("it is edited")
    }

    pub fn specs(self) -> Arc<Specs> {
        self.specs.get_value()
    }

    pub fn handle(self, input: Input) -> Vec<Change> {
        let changes = self.canvas.try_update(|canvas| canvas.handle(input)).unwrap_or_default();
        for change in &changes {
            match change {
                Change::AskForNode { from, at } => {
                    let place = canvas::draft::Inserted::Behind(from.clone(), Some(*at));
                    self.wanted.set(Some(Wanted { place }));
                }
                Change::Refused { why, .. } => self.told.set(Some(Told::Refused(*why))),
                Change::Document | Change::Selection => self.told.set(None),
                _ => {}
            }
        }
        changes
    }

    /// Something that a button, a menu or a key does.
    pub fn does(self, what: impl FnOnce(&mut Canvas) -> Vec<Change>) -> Vec<Change> {
        self.canvas.try_update(what).unwrap_or_default()
    }

    /// Something of the document that follows its changes.
    pub fn of_document<T: Default + PartialEq + Send + Sync + 'static>(
        self,
        ask: impl Fn(&FlowDocument) -> T + Send + Sync + 'static,
    ) -> Memo<T> {
        Memo::new(move |_| {
            self.changed.track();
            self.canvas
                .with_untracked(|canvas| canvas.draft().map(|draft| ask(draft.doc())))
                .unwrap_or_default()
        })
    }

    /// Problems of one node, or of the flow itself.
    pub fn problems_of(self, node: Option<&NodeId>) -> Vec<Problem> {
        self.problems
            .with(|all| all.iter().filter(|problem| problem.node.as_ref() == node).cloned().collect())
    }

    pub fn errors(self) -> usize {
        self.problems.with(|all| all.iter().filter(|problem| problem.is_error()).count())
    }

    pub fn revision(self) -> i64 {
        self.server.with_value(|server| server.revision)
    }

    /// The document was published: nothing is left to be saved.
    pub fn published(self, version: u32) {
        self.server.update_value(|server| (server.revision, server.based_on) = (0, version));
        self.live.set(Some(version));
        self.saving.set(Saving::Saved);
        forget(&self.server.with_value(|server| server.flow.clone()));
    }

    fn keep_checked(self) {
        let engine = Arc::new(scripts::engine());
        let specs = self.specs();
        // The server's own validator; what only the server knows, it says when the draft is saved.
        let check = leptos_use::use_debounce_fn(
            move || {
                let document = Arc::new(self.document());
                self.rehearsal.try_set(preview::walk(self, &document, &engine));
                self.rehearsed.try_update(|times| *times += 1);
                let problems = model::validate(&document, &specs, &Surroundings::default(), &*engine);
                self.problems.try_set(problems);
            },
            200.0,
        );
        Effect::new(move |_| {
            self.changed.track();
            check();
        });
    }

    fn keep_saved(self) {
        let save = leptos_use::use_debounce_fn(move || self.save(), SAVE_AFTER.as_millis() as f64);
        Effect::new(move |_| {
            let changed = self.changed.get();
            if changed == self.server.with_value(|server| server.saved) {
                return;
            }
            if self.saving.get_untracked() != Saving::Overtaken {
                self.saving.set(Saving::Unsaved);
            }
            self.keep_here();
            save();
        });
        let _ = leptos_use::use_event_listener(window(), leptos::ev::beforeunload, move |event| {
            if !matches!(self.saving.get_untracked(), Saving::Saved) {
                event.prevent_default();
            }
        });
    }

    fn keep_here(self) {
        let (flow, revision) = self.server.with_value(|server| (server.flow.clone(), server.revision));
        let kept = Kept { revision, document: self.document() };
        storage::write(
            &format!("{}{flow}", storage::DRAFT),
            &serde_json::to_string(&kept).unwrap_or_default(),
        );
    }

    /// Saves now what is not saved yet, one request at a time.
    pub fn save(self) {
        let Some(server) = self.server.try_get_value() else { return };
        let now = self.changed.get_untracked();
        if server.busy || now == server.saved || self.saving.get_untracked() == Saving::Overtaken {
            return;
        }
        self.server.update_value(|server| server.busy = true);
        let body =
            SaveDraft { document: self.document(), revision: server.revision, based_on: server.based_on };
        let path = crate::client::path(path::FLOW_DRAFT, &server.flow);
        leptos::task::spawn_local(async move {
            let answer = self.client.put::<SavedDraft>(&path, &body).await;
            self.server.try_update_value(|server| server.busy = false);
            match answer {
                Ok(saved) => {
                    self.server
                        .try_update_value(|server| (server.revision, server.saved) = (saved.revision, now));
                    self.problems.try_set(saved.problems);
                    if self.changed.try_get_untracked() == Some(now) {
                        forget(&server.flow);
                        self.saving.try_set(Saving::Saved);
                    } else {
                        self.save();
                    }
                }
                Err(Error::Offline) => {
                    self.saving.try_set(Saving::Offline);
                    set_timeout(move || self.save(), AGAIN_AFTER);
                }
                Err(error) if error.code() == Some("E0442") => {
                    self.saving.try_set(Saving::Overtaken);
                }
                Err(error) => {
                    self.saving.try_set(Saving::Refused(error));
                }
            }
        });
    }

    /// Goes on with this window's document over what somebody else saved.
    pub fn insist(self, theirs: &Draft) {
        self.server.update_value(|server| (server.revision, server.saved) = (theirs.revision, u64::MAX));
        self.saving.set(Saving::Unsaved);
        self.save();
    }

    /// Goes on with what somebody else saved. Undo brings back one's own.
    pub fn take_theirs(self, theirs: &Draft) {
        self.server.update_value(|server| server.revision = theirs.revision);
        let document = theirs.document.clone();
        self.does(move |canvas| canvas.become_like(document));
        self.server.update_value(|server| server.saved = self.changed.get_untracked());
        self.live.set(theirs.live);
        self.saving.set(Saving::Saved);
        forget(&self.server.with_value(|server| server.flow.clone()));
    }

    /// What the server has now.
    pub async fn theirs(self) -> Result<Draft, Error> {
        let path =
            crate::client::path(path::FLOW_DRAFT, &self.server.with_value(|server| server.flow.clone()));
        self.client.get::<Draft>(&path).await
    }
}

fn kept(flow: &str) -> Option<Kept> {
    let text = storage::read(&format!("{}{flow}", storage::DRAFT))?;
    serde_json::from_str(&text).ok()
}

fn forget(flow: &str) {
    storage::remove(&format!("{}{flow}", storage::DRAFT));
}
