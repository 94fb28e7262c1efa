//! What can be asked for on every page: the command bar, and the list of keys. Both are fetched when they are first wanted.

mod bar;
mod early;
mod keys_list;
mod lines;

use crate::editor::action::Action;
use crate::editor::is_typing;
use crate::editor::keys::{Keys, Place, pressed};
use crate::later::with_page;
use crate::words::words;
pub use keys_list::KeysRoute;
use leptos::ev;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use leptos_use::use_event_listener;
use model::OperationId;
use std::future::Future;
use ui::Dialog;
use web_sys::KeyboardEvent;

/// What the command bar lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum About {
    All,
    Flows,
}

/// A cheap handle; the shell provides it.
#[derive(Clone, Copy)]
pub struct Commands {
    bar: RwSignal<bool>,
    about: RwSignal<About>,
    keys: RwSignal<bool>,
    door: RwSignal<Option<Door>>,
    /// What is typed into the command bar.
    searched: RwSignal<String>,
    /// Enter was pressed before the bar was there to take it.
    entered: RwSignal<bool>,
    /// Counts the editors that were opened.
    opened: StoredValue<u32>,
}

/// The way into the editor, while one is open.
#[derive(Clone, Copy)]
pub struct Door {
    pub run: Callback<Action>,
    pub can: Callback<Action, bool>,
    pub add: Callback<OperationId>,
}

impl Commands {
    pub fn provide() -> Self {
        let commands = Self {
            bar: RwSignal::new(false),
            about: RwSignal::new(About::All),
            keys: RwSignal::new(false),
            door: RwSignal::new(None),
            searched: RwSignal::new(String::new()),
            entered: RwSignal::new(false),
            opened: StoredValue::new(0),
        };
        provide_context(commands);
        commands
    }

    pub fn here() -> Self {
        expect_context()
    }

    pub fn toggle_bar(self) {
        self.toggle(About::All);
    }

    /// For as long as the calling component lives.
    pub fn lead_into(self, door: Door) {
        let turn = self.opened.get_value() + 1;
        self.opened.set_value(turn);
        self.door.set(Some(door));
        on_cleanup(move || {
            // Another editor may have been opened before this one was gone.
            if self.opened.try_get_value() == Some(turn) {
                self.door.try_set(None);
            }
        });
    }

    /// Does what concerns no flow; says whether it was that.
    pub fn run(self, action: Action) -> bool {
        match action {
            Action::CommandBar => self.toggle(About::All),
            Action::OpenFlow => self.toggle(About::Flows),
            Action::Shortcuts => self.keys.update(|open| *open = !*open),
            Action::NewFlow => use_navigate()("/flows/new", Default::default()),
            _ => return false,
        }
        true
    }

    fn toggle(self, about: About) {
        self.about.set(about);
        self.searched.set(String::new());
        self.entered.set(false);
        self.bar.update(|open| *open = !*open);
    }
}

/// The keys that count everywhere, and what they open.
#[component]
pub fn Everywhere() -> impl IntoView {
    let commands = Commands::here();
    listen(commands);
    early::listen(commands);
    let bar = fetched(commands.bar, bar::fetch);
    let list = fetched(commands.keys, keys_list::fetch);
    let w = words();
    view! {
        {move || bar.get().map(|bar| bar.run())}
        <Dialog open=commands.keys title=w.keys_title.to_owned() close=w.close wide=true>
            {move || list.get().map(|list| list.run())}
        </Dialog>
    }
}

/// A part of the page that is fetched when it is first wanted.
fn fetched<F: Future<Output = ViewFn> + 'static>(
    wanted: RwSignal<bool>,
    fetch: impl Fn() -> F + 'static,
) -> RwSignal<Option<ViewFn>> {
    let part = RwSignal::new(None::<ViewFn>);
    Effect::new(move |asked: Option<bool>| {
        let asked = asked.unwrap_or(false);
        if wanted.get() && !asked {
            let coming = fetch();
            leptos::task::spawn_local(async move {
                let came = coming.await;
                part.try_set(Some(came));
            });
            return true;
        }
        asked
    });
    part
}

fn listen(commands: Commands) {
    let keys = Keys::here();
    let _ = use_event_listener(
        window(),
        ev::keydown,
        with_page(move |event: KeyboardEvent| {
            let Some(key) = pressed(&event).filter(|_| !event.default_prevented()) else { return };
            let Some(row) = keys.single(&key).filter(|row| row.place == Place::Everywhere) else { return };
            if is_typing(&event) && !key.starts_with("Ctrl+") {
                return;
            }
            event.prevent_default();
            commands.run(row.action);
        }),
    );
}
