//! The flow on the desk: its document, what is wrong with it, and whether the server has it.

mod kept;
mod saving;
mod sent;

use super::asking::Asking;
use super::drawing::Drawing;
use super::inspector::Look;
use super::preview;
use super::testing::{self, Testing};
use super::xrefs::Xrefs;
use crate::client::{Client, Error};
use crate::errors::Told as Refused;
use crate::scripts;
use crate::time::now_ms;
use crate::words::language;
use api::{Draft, HookAddress};
use canvas::{Canvas, Change, Input};
use leptos::prelude::*;
use model::{FlowDocument, NodeId, Problem, Specs, Surroundings};
use rehearsal::{Mark, Rehearsal};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use ui::{Toasts, Tone};

pub use saving::Dispute;
use sent::Sent;

/// A pause in the changes after which they are saved.
const SAVE_AFTER: Duration = Duration::from_millis(700);
/// A shorter one, after which this browser keeps them: typing does not wait for all of the document to be written down.
const KEEP_AFTER: Duration = Duration::from_millis(150);
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

impl Saving {
    pub const fn as_str(&self) -> &'static str {
        match self {
            Saving::Saved => "saved",
            Saving::Unsaved => "unsaved",
            Saving::Offline => "offline",
            Saving::Overtaken => "overtaken",
            Saving::Refused(_) => "refused",
        }
    }
}

/// A cheap handle, shared by everything on the editor's page.
#[derive(Clone, Copy)]
pub struct Desk {
    pub canvas: RwSignal<Canvas>,
    pub saving: RwSignal<Saving>,
    /// This browser has what the server does not.
    pub kept_here: RwSignal<bool>,
    pub problems: RwSignal<Vec<Problem>>,
    /// The palette is asked for a node, such as where an edge was let go over nothing.
    pub wanted: RwSignal<Option<Wanted>>,
    /// Where the window is narrow the palette is a sheet: it was opened without being asked for a node.
    pub shelf: RwSignal<bool>,
    /// What to tell about the last gesture, such as why an edge was refused.
    pub told: RwSignal<Option<Told>>,
    /// What would come of an event, as the flow is drawn now.
    pub rehearsal: RwSignal<Option<Rehearsal>, LocalStorage>,
    /// Grows with each rehearsal.
    pub rehearsed: RwSignal<u64>,
    pub testing: Testing,
    /// What the last test has made of each node.
    pub marks: Signal<HashMap<NodeId, Mark>>,
    pub toasts: Toasts,
    /// Where its webhook triggers listen, or will.
    pub hooks: RwSignal<Vec<HookAddress>>,
    /// What both have changed, and nobody has decided yet.
    pub dispute: RwSignal<Option<Arc<Dispute>>>,
    /// It is asked how the flow shall be taken out of service.
    pub unpublishing: RwSignal<bool>,
    /// It is asked under which name it shall be kept.
    pub naming: RwSignal<bool>,
    /// Grows with each change of the document.
    pub changed: Memo<u64>,
    pub live: RwSignal<Option<u32>>,
    pub look: Look,
    pub drawing: Drawing,
    pub asking: Asking,
    /// What is known of the cross-references that its mappings read.
    pub xrefs: Xrefs,
    server: StoredValue<Server>,
    /// The next frame is waited for already.
    ticking: StoredValue<bool>,
    specs: StoredValue<Arc<Specs>>,
    /// One for all: what it has compiled it keeps.
    scripts: StoredValue<script::Engine>,
    client: Client,
}

/// What the palette is asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    Put(canvas::draft::Inserted),
    /// Another operation in this node's place.
    Replace(NodeId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    Refused(canvas::draft::Refusal),
}

/// What the server has.
#[derive(Clone, Debug)]
struct Server {
    flow: String,
    /// What tells this window from all others that have the flow open.
    window: String,
    revision: i64,
    based_on: u32,
    /// The draft's revision here that was saved last.
    saved: u64,
    busy: bool,
    /// It is asked again in a while.
    waiting: bool,
    /// The document as the server has it.
    base: FlowDocument,
    sent: Sent,
}

impl Desk {
    pub fn new(draft: &Draft, specs: Arc<Specs>, client: Client) -> Self {
        let flow = draft.document.id.to_string();
        let kept = kept::take(&flow);
        let canvas = RwSignal::new(Canvas::edit(draft.document.clone(), specs.clone()));
        let changed = Memo::new(move |_| {
            canvas.with(|canvas| canvas.draft().map_or(0, canvas::draft::Draft::revision))
        });
        let server = Server {
            flow,
            window: format!("w{:x}{:x}", js_sys::Math::random().to_bits(), now_ms()),
            revision: draft.revision,
            based_on: draft.based_on,
            saved: 0,
            busy: false,
            waiting: false,
            base: draft.document.clone(),
            sent: Sent::default(),
        };
        let mut desk = Self {
            canvas,
            saving: RwSignal::new(Saving::Saved),
            kept_here: RwSignal::new(true),
            problems: RwSignal::new(draft.problems.clone()),
            wanted: RwSignal::new(None),
            shelf: RwSignal::new(false),
            told: RwSignal::new(None),
            rehearsal: RwSignal::new_local(None),
            rehearsed: RwSignal::new(0),
            testing: Testing::new(),
            marks: Signal::stored(HashMap::new()),
            toasts: expect_context::<Toasts>(),
            hooks: RwSignal::new(draft.hooks.clone()),
            dispute: RwSignal::new(None),
            unpublishing: RwSignal::new(false),
            naming: RwSignal::new(false),
            changed,
            live: RwSignal::new(draft.live),
            look: Look::new(),
            drawing: Drawing::new(),
            asking: Asking::new(),
            xrefs: Xrefs::new(client),
            server: StoredValue::new(server),
            ticking: StoredValue::new(false),
            specs: StoredValue::new(specs),
            scripts: StoredValue::new(scripts::engine()),
            client,
        };
        desk.marks = testing::marks(desk).into();
        if let Some(kept) = kept {
            desk.take_up(kept, draft.clone());
        }
        desk.keep_saved();
        desk.keep_checked();
        desk
    }

    /// Whether its page is still there: what was waited for may come when the page was left.
    pub fn is_open(self) -> bool {
        self.changed.try_get_untracked().is_some()
    }

    pub fn document(self) -> FlowDocument {
        self.canvas
            .with_untracked(|canvas| canvas.draft().map(|draft| draft.doc().clone()))
            .expect("it is edited")
    }

    pub fn specs(self) -> Arc<Specs> {
        self.specs.get_value()
    }

    /// Asks the script language; nothing when the page is gone.
    pub fn scripts<T>(self, ask: impl FnOnce(&script::Engine) -> T) -> Option<T> {
        self.scripts.try_with_value(ask)
    }

    pub fn handle(self, input: Input) -> Vec<Change> {
        let changes = self.canvas.try_update(|canvas| canvas.handle(input)).unwrap_or_default();
        self.pass_time();
        for change in &changes {
            match change {
                Change::AskForNode(place) => self.wanted.set(Some(Wanted::Put(place.clone()))),
                Change::Refused { why, .. } => self.told.set(Some(Told::Refused(*why))),
                Change::Document | Change::Selection => self.told.set(None),
                _ => {}
            }
        }
        changes
    }

    /// A drag at the rim of the canvas goes on while its pointer stands still.
    fn pass_time(self) {
        let waits = self.canvas.try_with_untracked(Canvas::is_at_rim).unwrap_or(false);
        if waits && self.ticking.try_get_value() == Some(false) {
            self.ticking.set_value(true);
            request_animation_frame(move || {
                if self.ticking.try_update_value(|ticking| *ticking = false).is_some() {
                    self.handle(Input::Moment);
                }
            });
        }
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

    /// Says why the server did not do something.
    pub fn tell(self, error: &Error) {
        let told = Refused::refused(language(), error);
        self.toasts.push_with_detail(Tone::Bad, told.text(), told.detail);
    }

    pub fn client(self) -> Client {
        self.client
    }

    /// Whether the server has another revision than what is gone on from here, and nothing about that is under way.
    pub fn is_behind(self, revision: i64) -> bool {
        let known = self.server.try_with_value(|server| (server.revision, server.busy));
        let disputed = self.dispute.try_with_untracked(Option::is_some) == Some(true);
        known.is_some_and(|(known, busy)| !busy && known != revision) && !disputed
    }

    /// What tells this window from all others that have the flow open.
    pub fn window(self) -> String {
        self.server.with_value(|server| server.window.clone())
    }

    pub fn revision(self) -> i64 {
        self.server.with_value(|server| server.revision)
    }

    /// The draft was published as it was saved at this revision. What was changed since then is still to be saved.
    pub fn published(self, version: u32, revision: i64) {
        let saved = self.server.try_update_value(|server| {
            server.based_on = version;
            if server.revision == revision {
                server.revision = 0;
            }
            server.saved
        });
        self.live.try_set(Some(version));
        if saved.is_some() && saved == self.changed.try_get_untracked() {
            self.is_saved();
        }
    }

    fn keep_checked(self) {
        let engine = Arc::new(self.scripts.get_value());
        let specs = self.specs();
        // The server's own validator; what only the server knows, it says when the draft is saved.
        let check = leptos_use::use_debounce_fn(
            move || {
                let document = Arc::new(self.document());
                let rehearsal = preview::walk(self, &document, &engine);
                self.xrefs.want(rehearsal.iter().flat_map(|rehearsal| rehearsal.asks.iter().cloned()));
                self.rehearsal.try_set(rehearsal);
                self.rehearsed.try_update(|times| *times += 1);
                let problems = model::validate(&document, &specs, &Surroundings::default(), &*engine);
                self.problems.try_set(problems);
            },
            200.0,
        );
        Effect::new(move |_| {
            self.changed.track();
            self.look.item.track();
            self.xrefs.heard.track();
            check();
        });
    }
}
