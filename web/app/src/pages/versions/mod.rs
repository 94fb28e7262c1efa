//! The versions of a flow: who made which when, what each changed, and the way back to one.

mod compared;
mod drawing;
mod json;
mod told;
mod which;

use super::{load_named, restart_on};
use crate::client::{Error, client, path as fill_path};
use crate::load::{self, Load};
use crate::shell::title_window;
use crate::time::{Ago, date_time};
use crate::words::words;
use api::{Draft, PointSummary, VersionList, VersionSummary, path};
use canvas::compare::changes;
use compared::Comparison;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::{use_navigate, use_query_map};
use leptos_router::{LazyRoute, NavigateOptions, lazy_route};
use model::FlowDocument;
use std::collections::HashMap;
use std::sync::Arc;
pub use told::what_words;
use ui::{Icon, Picture, Pill, Tone};
pub use which::Which;

/// Versions in the list that say what they changed: each is one request.
const TOLD_MAX: usize = 15;

/// The flow's documents, fetched as they are looked at. A cheap handle.
#[derive(Clone, Copy)]
pub struct Documents {
    all: RwSignal<HashMap<Which, Arc<FlowDocument>>>,
    /// What could not be fetched.
    failed: RwSignal<HashMap<Which, Error>>,
    draft: StoredValue<Draft>,
    /// In the order of the list, with what people call them.
    names: StoredValue<Vec<(Which, String)>>,
}

impl Documents {
    fn get(self, which: Which) -> Option<Arc<FlowDocument>> {
        self.all.with(|all| all.get(&which).cloned())
    }

    fn error(self, which: Which) -> Option<Error> {
        self.failed.with(|failed| failed.get(&which).cloned())
    }

    /// The version before another one; of what was drawn on the live one, that.
    fn before(self, which: Which) -> Option<Which> {
        let is_before = |other: &Which| match (other, which) {
            (Which::Version(other), Which::Version(number)) => *other < number,
            (Which::Version(_), _) => true,
            _ => false,
        };
        self.names.with_value(|names| names.iter().map(|(which, _)| *which).find(is_before))
    }

    fn knows(self, which: Which) -> bool {
        self.names.with_value(|names| names.iter().any(|(one, _)| *one == which))
    }

    fn name(self, which: Which) -> String {
        let found = |names: &Vec<(Which, String)>| names.iter().find(|(one, _)| *one == which).cloned();
        self.names.with_value(found).map_or_else(|| which.to_string(), |(_, name)| name)
    }

    /// Fetches one after the other what is not there yet.
    fn fetch(self, flow: String, wanted: Vec<Which>) {
        let client = client();
        leptos::task::spawn_local(async move {
            for which in wanted {
                let there = self.all.try_with_untracked(|all| all.contains_key(&which));
                let path = match there {
                    Some(false) => which.path(&flow),
                    Some(true) => continue,
                    None => return,
                };
                let Some(path) = path else { continue };
                match client.get::<FlowDocument>(&path).await {
                    Ok(document) => {
                        self.failed.try_update(|failed| drop(failed.remove(&which)));
                        self.all.try_update(|all| drop(all.insert(which, Arc::new(document))));
                    }
                    Err(error) => {
                        self.failed.try_update(|failed| drop(failed.insert(which, error)));
                    }
                }
            }
        });
    }
}

/// A piece of its own, fetched when somebody compares versions.
pub struct VersionsRoute;

#[lazy_route]
impl LazyRoute for VersionsRoute {
    fn data() -> Self {
        Self
    }

    fn view(this: Self) -> AnyView {
        let VersionsRoute = this;
        view! { <Versions/> }.into_any()
    }
}

#[component]
fn Versions() -> impl IntoView {
    let (draft, id) = load_named::<Draft>(path::FLOW_DRAFT);
    let client = client();
    let list: Load<VersionList> = Load::new(move || {
        let path = fill_path(path::FLOW_VERSIONS, &id.get_untracked());
        async move { client.get::<VersionList>(&path).await }
    });
    restart_on(list, id);
    load::draw(draft, move |draft| {
        load::draw(list, move |list| {
            view! { <Page draft=draft.get_untracked() list=list.get_untracked()/> }
        })
    })
}

#[component]
fn Page(draft: Draft, list: VersionList) -> impl IntoView {
    let w = words();
    let (id, name) = (draft.document.id.to_string(), draft.document.name.clone());
    title_window(&format!("{name}, {}", w.versions));
    let has_draft = draft.revision > 0;
    let VersionList { versions, points } = list;
    let drafts = has_draft.then(|| (Which::Draft, w.draft.to_owned()));
    let kept = points.iter().map(|point| (Which::Point(point.number), point.name.clone()));
    let made = versions.iter().map(|one| (Which::Version(one.number), format!("v{}", one.number)));
    let names: Vec<(Which, String)> = drafts.into_iter().chain(kept).chain(made).collect();
    let first = names.first().map_or(Which::Draft, |(which, _)| *which);
    let documents = Documents {
        all: RwSignal::new(HashMap::from([(Which::Draft, Arc::new(draft.document.clone()))])),
        failed: RwSignal::default(),
        draft: StoredValue::new(draft),
        names: StoredValue::new(names),
    };
    let told = versions.iter().map(|version| Which::Version(version.number)).take(TOLD_MAX + 1);
    documents.fetch(id.clone(), told.collect());
    let chosen = chosen_by_address(format!("/flows/{id}/versions"), documents, first);
    let rows =
        versions.into_iter().map(|version| view! { <VersionRow version documents chosen/> }).collect_view();
    let points = points.into_iter().map(|point| view! { <PointRow point chosen/> }).collect_view();
    let draft = has_draft.then(|| view! { <DraftRow documents chosen/> });
    view! {
        <header class="kl-top">
            <h1 class="kl-crumb"><A href="/flows">{w.flows}</A><span>"/"</span><A href=format!("/flows/{id}")>{name}</A><span>"/"</span><b>{w.versions}</b></h1>
            <span class="kl-spring"></span>
            <A href=format!("/flows/{id}/edit") attr:class="kl-button"><Picture icon=Icon::Pen/>{w.edit}</A>
        </header>
        <main class="kl-versions">
            <ol class="kl-version-list" aria-label=w.versions_list>{draft}{points}{rows}</ol>
            <Comparison documents chosen flow=id/>
        </main>
    }
}

/// Which one is looked at, as the address says it too: it can be sent to somebody, and "back" leads to the page before.
fn chosen_by_address(page: String, documents: Documents, first: Which) -> RwSignal<Which> {
    let (query, navigate) = (use_query_map(), use_navigate());
    let named = Memo::new(move |_| {
        let named = query.with(|query| query.get("show")).and_then(|text| text.parse::<Which>().ok());
        named.filter(|which| documents.knows(*which)).unwrap_or(first)
    });
    let chosen = RwSignal::new(named.get_untracked());
    Effect::new(move |_| {
        let named = named.get();
        if chosen.get_untracked() != named {
            chosen.set(named);
        }
    });
    Effect::new(move |last: Option<Which>| {
        let now = chosen.get();
        if last.is_some_and(|last| last != now) && named.get_untracked() != now {
            let options = NavigateOptions { replace: true, scroll: false, ..Default::default() };
            navigate(&format!("{page}?show={now}"), options);
        }
        now
    });
    chosen
}

/// One entry of the list.
#[component]
fn Entry(which: Which, chosen: RwSignal<Which>, children: Children) -> impl IntoView {
    view! {
        <li>
            <button class="kl-version" type="button" aria-pressed=move || (chosen.get() == which).to_string() on:click=move |_| chosen.set(which)>
                {children()}
            </button>
        </li>
    }
}

#[component]
fn DraftRow(documents: Documents, chosen: RwSignal<Which>) -> impl IntoView {
    let (at, by) =
        documents.draft.with_value(|draft| (draft.saved_at, draft.saved_by.clone().unwrap_or_default()));
    view! {
        <Entry which=Which::Draft chosen>
            <b>{words().draft}</b>
            <small>{by} " " {at.map(|at| view! { <Ago at/> })}</small>
            <Summary documents of=Which::Draft/>
        </Entry>
    }
}

#[component]
fn PointRow(point: PointSummary, chosen: RwSignal<Which>) -> impl IntoView {
    view! {
        <Entry which=Which::Point(point.number) chosen>
            <b>{point.name}</b>
            <Pill tone=Tone::Mute>{words().point}</Pill>
            <small title=date_time(point.created_at)>{point.created_by} " " <Ago at=point.created_at/></small>
        </Entry>
    }
}

#[component]
fn VersionRow(version: VersionSummary, documents: Documents, chosen: RwSignal<Which>) -> impl IntoView {
    let which = Which::Version(version.number);
    view! {
        <Entry which chosen>
            <b>{format!("v{}", version.number)}</b>
            {version.live.then(|| view! { <Pill tone=Tone::Good dot=true>{words().version_live}</Pill> })}
            <small title=date_time(version.created_at)>{version.created_by} " " <Ago at=version.created_at/></small>
            <Summary documents of=which/>
        </Entry>
    }
}

/// What was changed since the version before, in a few words.
#[component]
fn Summary(documents: Documents, of: Which) -> impl IntoView {
    let text = Memo::new(move |_| {
        let after = documents.get(of)?;
        let Some(before) = documents.before(of) else { return Some(words().version_first.to_owned()) };
        let before = documents.get(before)?;
        Some(told::in_short(&changes(&before.logic(), &after.logic())))
    });
    view! { <small class="kl-version-what">{move || text.get()}</small> }
}
