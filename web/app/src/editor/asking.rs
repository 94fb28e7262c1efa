//! What the editor is asking for at the moment, and what it says to whoever listens rather than looks.

use super::action::Action;
use super::desk::Desk;
use crate::words::{count, fill, words};
use canvas::{Change, Point};
use leptos::prelude::*;
use model::{NodeId, PortRef};

/// One for each desk: a cheap handle.
#[derive(Clone, Copy)]
pub struct Asking {
    /// The node whose name is being written, where it is drawn.
    pub renaming: RwSignal<Option<NodeId>>,
    /// A list is open to choose where an edge leads.
    pub connecting: RwSignal<bool>,
    /// The node that it begins at, and the way out, once that is chosen.
    pub from: RwSignal<Option<(NodeId, Option<PortRef>)>>,
    /// The search in the flow is open.
    pub finding: RwSignal<bool>,
    /// It is being published.
    pub publishing: RwSignal<bool>,
    /// It is asked whether another version, which went live meanwhile, shall be replaced.
    pub replacing: RwSignal<bool>,
    /// That version.
    pub replaced: RwSignal<u32>,
    /// It is asked whether a link that was pasted shall be fetched.
    pub fetching: RwSignal<bool>,
    /// That link, and where it was pasted.
    pub link: RwSignal<(String, Point)>,
    /// The flow is shown as a list.
    pub outline: RwSignal<bool>,
    said: RwSignal<String>,
}

impl Asking {
    pub fn new() -> Self {
        Self {
            renaming: RwSignal::new(None),
            connecting: RwSignal::new(false),
            from: RwSignal::new(None),
            finding: RwSignal::new(false),
            publishing: RwSignal::new(false),
            replacing: RwSignal::new(false),
            replaced: RwSignal::new(0),
            fetching: RwSignal::new(false),
            link: RwSignal::new((String::new(), Point::default())),
            outline: RwSignal::new(false),
            said: RwSignal::new(String::new()),
        }
    }

    /// Asks whether what a link leads to shall be put in there.
    pub fn fetch(self, link: String, at: Point) {
        self.link.set((link, at));
        self.fetching.set(true);
    }

    /// Says something to a screen reader. The same words are said again, too.
    pub fn say(self, text: impl Into<String>) {
        let text = text.into();
        let again = self.said.with_untracked(|said| *said == text);
        self.said.set(if again { format!("{text}\u{a0}") } else { text });
    }
}

#[component]
pub fn Said(desk: Desk) -> impl IntoView {
    view! { <p class="kl-sr" role="status" data-said="">{move || desk.asking.said.get()}</p> }
}

/// So many names are read out; of more, how many there were.
const NAMES_MAX: usize = 3;

/// What the chosen nodes are called.
pub fn chosen_names(desk: Desk) -> Vec<String> {
    desk.canvas.with_untracked(|canvas| {
        let nodes = canvas.selection().nodes().iter().filter_map(|node| canvas.scene().node(node.as_str()));
        nodes.map(|node| node.label.clone()).collect()
    })
}

/// "Deleted: Script. Undo brings it back."
pub fn removed_words(names: &[String]) -> String {
    let w = words();
    match names.len() {
        // An edge, or a note.
        0 => w.said_removed.to_owned(),
        1..=NAMES_MAX => fill(w.said_removed_named, &[&names.join(", ")]),
        many => count(w.said_removed_many, many as u64),
    }
}

/// Says what was done, where one hears nothing of it otherwise: a node that gets the focus is read out by itself.
pub fn tell(desk: Desk, action: Action, changes: &[Change]) {
    let w = words();
    if changes.is_empty() {
        return;
    }
    let chosen = || desk.canvas.with_untracked(|canvas| canvas.selection().len());
    let text = match action {
        Action::Undo => w.said_undone.to_owned(),
        Action::Redo => w.said_redone.to_owned(),
        Action::Toggle => w.said_switched.to_owned(),
        Action::TidyUp => w.said_tidied.to_owned(),
        Action::Nudge(..) | Action::Earlier | Action::Later => count(w.said_moved_many, chosen() as u64),
        Action::SelectAll | Action::SelectUpstream | Action::SelectDownstream | Action::SelectConnected => {
            count(w.said_chosen, chosen() as u64)
        }
        _ => return,
    };
    desk.asking.say(text);
}
