//! The command bar: pages, flows, orders, and in the editor its nodes and actions, found by a few letters.

use super::{About, Commands, lines};
use crate::client::{client, encode};
use crate::editor::keys::{Keys, row_named};
use crate::pages::{order_address, use_language, use_theme};
use crate::picker::{Line, Picker};
use crate::shell::Catalog;
use crate::storage;
use crate::words::{Language, language, words};
use api::{FlowList, RunList, RunSummary, path};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

/// Letters of a key before the server is asked for orders that begin so, and the pause in typing.
const ORDER_LETTERS_MIN: usize = 2;
const ORDER_PAUSE_MS: f64 = 200.0;
const ORDER_RUNS_MAX: usize = 50;

#[lazy]
pub fn fetch() -> ViewFn {
    ViewFn::from(|| view! { <Bar/> })
}

#[component]
fn Bar() -> impl IntoView {
    let commands = Commands::here();
    let searched = commands.searched;
    let list = flows(commands.bar);
    let runs = orders(searched);
    let (catalog, keys) = (Catalog::here(), Keys::here());
    let lines = Memo::new(move |_| {
        if !commands.bar.get() {
            return Vec::new();
        }
        let (w, en) = (words(), Language::English.words());
        let typed = searched.get();
        let flows = list.with(|list| lines::flows(list, w));
        let offers = match commands.about.get() {
            About::Flows => flows.into_iter().filter(|flow| flow.line.id.ends_with("/edit")).collect(),
            About::All => {
                let mut offers = lines::pages(w, en);
                offers.extend(flows);
                offers.extend(runs.with(|runs| lines::orders(&typed, runs, w)));
                if let Some(door) = commands.door.get() {
                    offers.extend(lines::actions(door, keys, w));
                    offers.extend(lines::settings(w, en));
                    offers.extend(lines::nodes(&catalog.get(), language(), w));
                } else {
                    offers.extend(lines::settings(w, en));
                }
                offers
            }
        };
        lines::arrange(&typed, offers, &storage::read_list(storage::RECENT), w)
    });
    let navigate = use_navigate();
    let choose = move |id: String| {
        storage::put_first(storage::RECENT, &id, lines::RECENT_MAX);
        let Some((kind, what)) = id.split_once(':') else { return };
        let door = commands.door.get_untracked();
        match (kind, door) {
            ("page", _) => navigate(what, Default::default()),
            ("order", _) => navigate(&order_address(what), Default::default()),
            ("language", _) => use_language(Language::from_tag(what)),
            ("theme", _) => use_theme(what),
            ("node", Some(door)) => door.add.run(what.into()),
            ("action", Some(door)) => {
                if let Some(row) = row_named(what) {
                    door.run.run(row.action);
                }
            }
            _ => {}
        }
    };
    let label = Signal::derive(move || match commands.about.get() {
        About::All => words().bar_title,
        About::Flows => words().action_open_flow,
    });
    let label = Signal::derive(move || label.get().to_owned());
    let lines: Signal<Vec<Line>> = lines.into();
    view! { <Picker open=commands.bar label searched entered=commands.entered lines on_choose=Callback::new(choose)/> }
}

/// The flows as they are when the bar is opened.
fn flows(open: RwSignal<bool>) -> RwSignal<FlowList> {
    let list = RwSignal::new(FlowList { flows: Vec::new(), drafts: Vec::new() });
    let client = client();
    Effect::new(move |_| {
        if open.get() {
            leptos::task::spawn_local(async move {
                // Without them the rest of the bar is as good.
                if let Ok(came) = client.get::<FlowList>(path::FLOWS).await {
                    list.try_set(came);
                }
            });
        }
    });
    list
}

/// Runs whose ordering keys begin with what is typed.
fn orders(searched: RwSignal<String>) -> RwSignal<Vec<RunSummary>> {
    let runs = RwSignal::new(Vec::new());
    let client = client();
    let ask = leptos_use::use_debounce_fn(
        move || {
            let typed = searched.try_get_untracked().unwrap_or_default().trim().to_owned();
            if typed.chars().count() < ORDER_LETTERS_MIN {
                return;
            }
            let path = format!("{}?key_start={}&limit={ORDER_RUNS_MAX}", path::RUNS, encode(&typed));
            leptos::task::spawn_local(async move {
                if let Ok(list) = client.get::<RunList>(&path).await {
                    runs.try_set(list.runs);
                }
            });
        },
        ORDER_PAUSE_MS,
    );
    Effect::new(move |_| {
        searched.track();
        ask();
    });
    runs
}
