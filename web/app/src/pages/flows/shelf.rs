//! What the flows page works with: the list, what is looked for, what is chosen, and what is done with it.

use super::super::act;
use super::copied::copy_of;
use super::find::{Entry, Query, entries};
use super::new::id_of;
use crate::client::{Client, Error, client, path as fill_path};
use crate::errors::Told;
use crate::load::Load;
use crate::shell::specs;
use crate::words::{count, fill, language, words};
use api::{Draft, FlowList, FlowState, Labels, SaveDraft, SavedDraft, SetFlowState, path};
use gloo_net::http::Method;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use model::{FlowId, Specs};
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::Arc;
use ui::{Toasts, Tone};

/// A cheap handle, shared by everything on the page.
#[derive(Clone, Copy)]
pub struct Shelf {
    pub load: Load<FlowList>,
    pub entries: Memo<Vec<Entry>>,
    pub by_id: Memo<BTreeMap<FlowId, Entry>>,
    /// What the address says.
    pub query: Memo<Query>,
    /// What is typed; the address follows after a moment.
    pub text: RwSignal<String>,
    pub chosen: RwSignal<BTreeSet<FlowId>>,
    /// What a dialog is open for.
    pub asked: RwSignal<Option<Asked>>,
    /// What is being dragged onto a folder.
    pub dragged: RwSignal<Vec<FlowId>>,
    pub busy: RwSignal<bool>,
    go: Callback<(Query, bool)>,
    open: Callback<String>,
    specs: StoredValue<Arc<Specs>>,
    client: Client,
    toasts: Toasts,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    Move(Vec<FlowId>),
    Tag(Vec<FlowId>),
    Delete(Vec<FlowId>),
}

impl Shelf {
    pub fn new(load: Load<FlowList>, list: Signal<FlowList>, query: Memo<Query>) -> Self {
        let specs = specs();
        let known = specs.clone();
        let entries = Memo::new(move |_| list.with(|list| entries(list, &known)));
        let by_id = Memo::new(move |_| {
            entries.with(|all| all.iter().map(|entry| (entry.id.clone(), entry.clone())).collect())
        });
        let (to, navigate) = (use_navigate(), use_navigate());
        let go = Callback::new(move |(query, replace): (Query, bool)| {
            to(&query.address(), NavigateOptions { replace, scroll: false, ..Default::default() });
        });
        Self {
            load,
            entries,
            by_id,
            query,
            text: RwSignal::new(query.with_untracked(|query| query.text.clone())),
            chosen: RwSignal::new(BTreeSet::new()),
            asked: RwSignal::new(None),
            dragged: RwSignal::new(Vec::new()),
            busy: RwSignal::new(false),
            go,
            open: Callback::new(move |address: String| navigate(&address, Default::default())),
            specs: StoredValue::new(specs),
            client: client(),
            toasts: expect_context::<Toasts>(),
        }
    }

    /// Narrows the list otherwise: a step that "back" takes back.
    pub fn look_for(self, change: impl FnOnce(&mut Query)) {
        let mut query = self.query.get_untracked();
        query.text = self.text.get_untracked();
        change(&mut query);
        self.text.set(query.text.clone());
        self.go.run((query, false));
    }

    /// The address takes over what was typed, without a step of its own.
    pub fn typed(self) {
        let Some(text) = self.text.try_get_untracked() else { return };
        let query = self.query.get_untracked();
        if query.text != text {
            self.go.run((Query { text, ..query }, true));
        }
    }

    /// What is looked for right now, typing included.
    pub fn wanted(self) -> Query {
        Query { text: self.text.get(), ..self.query.get() }
    }

    pub fn entry(self, id: &FlowId) -> Option<Entry> {
        self.by_id.with_untracked(|all| all.get(id).cloned())
    }

    pub fn chosen_now(self) -> Vec<FlowId> {
        self.chosen.get_untracked().into_iter().collect()
    }

    /// Does one thing to each flow in turn and says what came of it. What fails does not keep the others.
    fn each<F: Future<Output = Result<(), Error>> + 'static>(
        self,
        ids: Vec<FlowId>,
        make: impl Fn(Client, Entry) -> F + 'static,
        done: &'static str,
    ) {
        let entries: Vec<Entry> = ids.iter().filter_map(|id| self.entry(id)).collect();
        let language = language();
        self.busy.set(true);
        leptos::task::spawn_local(async move {
            let mut good = 0;
            let mut failed = None;
            for entry in entries {
                let name = entry.name.clone();
                match make(self.client, entry).await {
                    Ok(()) => good += 1,
                    Err(error) => failed = Some((name, error)),
                }
            }
            if let Some((name, error)) = failed {
                let told = Told::refused(language, &error);
                self.toasts.push_with_detail(Tone::Bad, format!("{name}: {}", told.text()), told.detail);
            } else {
                self.chosen.try_set(BTreeSet::new());
            }
            if good > 0 {
                self.toasts.push(Tone::Good, count(done, good));
            }
            self.busy.try_set(false);
            self.load.refresh();
        });
    }

    pub fn set_state(self, ids: Vec<FlowId>, state: FlowState) {
        let w = words();
        let done = match state {
            FlowState::Live => w.flows_resumed,
            FlowState::Paused => w.flows_paused,
            FlowState::Held => w.flows_held,
        };
        let ids =
            ids.into_iter().filter(|id| self.entry(id).is_some_and(|entry| entry.flow.is_some())).collect();
        let set = move |client: Client, entry: Entry| async move {
            let path = fill_path(path::FLOW_STATE, entry.id.as_str());
            client.act(Method::PUT, &path, Some(&SetFlowState { state })).await
        };
        self.each(ids, set, done);
    }

    pub fn move_to(self, ids: Vec<FlowId>, folder: String) {
        let set = move |client: Client, entry: Entry| {
            let labels = Labels { folder: Some(folder.clone()), tags: None };
            async move { label(client, &entry, labels).await }
        };
        self.each(ids, set, words().flows_moved);
    }

    /// Gives some tags, and takes some away.
    pub fn tag(self, ids: Vec<FlowId>, tags: BTreeMap<String, bool>) {
        let set = move |client: Client, entry: Entry| {
            let labels = Labels { folder: None, tags: Some(retagged(&entry.tags, &tags)) };
            async move { label(client, &entry, labels).await }
        };
        self.each(ids, set, words().flows_tagged);
    }

    pub fn delete(self, ids: Vec<FlowId>) {
        let delete = |client: Client, entry: Entry| async move {
            if entry.flow.is_some() {
                return client.delete(&fill_path(path::FLOW, entry.id.as_str())).await;
            }
            let revision = entry.draft.map_or(0, |draft| draft.revision);
            let path = fill_path(path::FLOW_DRAFT, entry.id.as_str());
            client.delete(&format!("{path}?revision={revision}")).await
        };
        self.each(ids, delete, words().flows_deleted);
    }

    /// Opens the editor on a copy.
    pub fn duplicate(self, id: FlowId) {
        let (specs, client) = (self.specs.get_value(), self.client);
        let work = async move {
            let draft = client.get::<Draft>(&fill_path(path::FLOW_DRAFT, id.as_str())).await?;
            let name = fill(words().copy_of, &[&draft.document.name]);
            let new = id_of(id.as_str(), crate::time::now_ms());
            let document = copy_of(&draft.document, new.clone(), name, &specs);
            let body = SaveDraft { document, revision: 0, based_on: 0 };
            client.put::<SavedDraft>(&fill_path(path::FLOW_DRAFT, new.as_str()), &body).await?;
            Ok::<FlowId, Error>(new)
        };
        act(self.busy, work, move |new| {
            self.open.try_run(format!("/flows/{new}/edit"));
        });
    }

    /// Saves the flow files one after the other, as a link with `download` does.
    pub fn export(self, ids: Vec<FlowId>) {
        for id in ids.into_iter().filter(|id| self.entry(id).is_some_and(|entry| entry.flow.is_some())) {
            let link = document().create_element("a").ok();
            let Some(link) = link else { continue };
            let _ = link.set_attribute("href", &fill_path(path::FLOW_EXPORT, id.as_str()));
            let _ = link.set_attribute("download", &format!("{id}.json"));
            if let Ok(link) = wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>(link) {
                link.click();
            }
        }
    }

    pub fn begin(self) {
        self.open.run("/flows/new".to_owned());
    }
}

async fn label(client: Client, entry: &Entry, labels: Labels) -> Result<(), Error> {
    client.act(Method::PUT, &fill_path(path::FLOW_LABELS, entry.id.as_str()), Some(&labels)).await
}

fn retagged(own: &[String], wanted: &BTreeMap<String, bool>) -> Vec<String> {
    let kept = own.iter().filter(|tag| wanted.get(*tag) != Some(&false)).cloned();
    let new = wanted.iter().filter(|(tag, on)| **on && !own.contains(tag)).map(|(tag, _)| tag.clone());
    kept.chain(new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_given_and_taken_and_what_is_left_alone_stays() {
        let own = ["a".to_owned(), "b".to_owned()];
        let wanted =
            BTreeMap::from([("b".to_owned(), false), ("c".to_owned(), true), ("a".to_owned(), true)]);
        assert_eq!(retagged(&own, &wanted), ["a", "c"]);
    }
}
