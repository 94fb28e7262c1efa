//! What is to be imported: each text that came, what it is, and what became of it.

use crate::client::{Client, Error, client, path as fill_path};
use crate::foreign::read_n8n;
use crate::scripts;
use crate::shell::specs;
use crate::words::{count, fill, language, words};
use api::{ConnectionList, FlowList, Imported, SaveDraft, SavedDraft, path};
use leptos::prelude::*;
use model::{FlowDocument, FlowId, Problem, Specs, Surroundings};
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

/// Files that are looked into at once.
const FILES_MAX: usize = 100;

#[derive(Clone, PartialEq)]
pub enum Source {
    File(String),
    /// Typed or pasted into the field; it is read anew with each change.
    Typed,
}

/// What a text is.
#[derive(Clone)]
pub enum Found {
    Flow { text: String, document: Option<Box<FlowDocument>>, problems: Vec<Problem>, becomes: Becomes },
    N8n(Box<n8n::Imported>),
    Unreadable(String),
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Becomes {
    New,
    Version(u32),
    /// What is live already does the same.
    Same,
}

/// What became of it.
#[derive(Clone)]
pub enum Stands {
    Waiting,
    Busy,
    Done { at: String, news: String },
    Refused(Error),
}

#[derive(Clone)]
pub struct Entry {
    pub key: u32,
    pub source: Source,
    pub found: Found,
    pub stands: Stands,
}

impl Entry {
    pub fn can_go(&self) -> bool {
        let good = match &self.found {
            Found::Flow { document, problems, .. } => {
                document.is_some() && !problems.iter().any(Problem::is_error)
            }
            Found::N8n(_) => true,
            Found::Unreadable(_) => false,
        };
        good && !matches!(self.stands, Stands::Done { .. } | Stands::Busy)
    }

    fn id(&self) -> Option<&FlowId> {
        match &self.found {
            Found::Flow { document, .. } => document.as_ref().map(|document| &document.id),
            Found::N8n(imported) => Some(&imported.document.id),
            Found::Unreadable(_) => None,
        }
    }
}

/// One dialog's work.
#[derive(Clone, Copy)]
pub struct Batch {
    pub entries: RwSignal<Vec<Entry>>,
    pub busy: RwSignal<bool>,
    next: StoredValue<u32>,
    /// Counts what was typed: an answer to an older text is dropped.
    typed: StoredValue<u32>,
    around: RwSignal<Surroundings>,
    flows: RwSignal<Vec<(FlowId, u32)>>,
    drafts: RwSignal<Vec<FlowId>>,
    client: Client,
    specs: StoredValue<std::sync::Arc<Specs>>,
}

impl Batch {
    pub fn new() -> Self {
        let batch = Self {
            entries: RwSignal::new(Vec::new()),
            busy: RwSignal::new(false),
            next: StoredValue::new(0),
            typed: StoredValue::new(0),
            around: RwSignal::new(Surroundings::default()),
            flows: RwSignal::new(Vec::new()),
            drafts: RwSignal::new(Vec::new()),
            client: client(),
            specs: StoredValue::new(specs()),
        };
        leptos::task::spawn_local(batch.look_around());
        batch
    }

    /// What there is already. Without an answer the check knows less; the server checks again anyway.
    async fn look_around(self) {
        if let Ok(list) = self.client.get::<ConnectionList>(path::CONNECTIONS).await {
            let known =
                list.connections.into_iter().map(|connection| (connection.name, connection.connector));
            self.around.try_set(Surroundings {
                connections_known: true,
                connections: known.collect(),
                ..Surroundings::default()
            });
        }
        if let Ok(list) = self.client.get::<FlowList>(path::FLOWS).await {
            self.drafts.try_set(list.drafts.into_iter().map(|draft| draft.id).collect());
            self.flows.try_set(list.flows.into_iter().map(|flow| (flow.id, flow.version)).collect());
        }
        self.check_again().await;
    }

    async fn check_again(self) {
        let texts = self.entries.try_with_untracked(|entries| {
            let text = |entry: &Entry| match &entry.found {
                Found::Flow { text, .. } => Some((entry.key, text.clone())),
                _ => None,
            };
            entries.iter().filter_map(text).collect::<Vec<_>>()
        });
        for (key, text) in texts.into_iter().flatten() {
            let Some(found) = self.checked(text).await else { return };
            self.change(key, |entry| entry.found = found);
            self.compare(key);
        }
    }

    fn change(self, key: u32, change: impl FnOnce(&mut Entry)) {
        self.entries.try_update(|entries| {
            if let Some(entry) = entries.iter_mut().find(|entry| entry.key == key) {
                change(entry);
            }
        });
    }

    /// Nothing where the dialog was closed meanwhile.
    async fn checked(self, text: String) -> Option<Found> {
        let (specs, around) = (self.specs.try_get_value()?, self.around.try_get_untracked()?);
        let (document, problems) = scripts::check_flow(text.clone(), specs, around).await;
        let version = document.as_ref().and_then(|document| {
            self.flows.try_with_untracked(|flows| {
                flows.iter().find(|(id, _)| *id == document.id).map(|(_, version)| *version)
            })?
        });
        let becomes = version.map_or(Becomes::New, |version| Becomes::Version(version + 1));
        Some(Found::Flow { text, document: document.map(Box::new), problems, becomes })
    }

    /// One file after the other, so that of two workflows with one name the second is given another id.
    pub fn take_files(self, files: Vec<File>) {
        leptos::task::spawn_local(async move {
            let too_many = files.len().saturating_sub(FILES_MAX);
            for file in files.into_iter().take(FILES_MAX) {
                self.take_file(file).await;
            }
            if too_many > 0 {
                let (title, why) = (count(words().import_left_out, too_many as u64), words().import_at_once);
                self.add(Source::File(title), Found::Unreadable(fill(why, &[&FILES_MAX])));
            }
        });
    }

    async fn take_file(self, file: File) {
        let source = Source::File(file.name());
        if file.size() > model::DOCUMENT_BYTES_MAX as f64 {
            let words = fill(words().file_too_large, &[&(model::DOCUMENT_BYTES_MAX >> 20)]);
            return self.add(source, Found::Unreadable(words));
        }
        match JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string()) {
            Some(text) => self.take(source, text, None).await,
            None => self.add(source, Found::Unreadable(words().file_unreadable.to_owned())),
        }
    }

    /// What stands in the field, in place of what stood there.
    pub fn take_typed(self, text: String) {
        let number = self.typed.get_value() + 1;
        self.typed.set_value(number);
        self.entries.update(|entries| entries.retain(|entry| entry.source != Source::Typed));
        if !text.trim().is_empty() {
            leptos::task::spawn_local(self.take(Source::Typed, text, Some(number)));
        }
    }

    async fn take(self, source: Source, text: String, number: Option<u32>) {
        let is_old = move || number.is_some_and(|number| self.typed.try_get_value() != Some(number));
        if !n8n::is_n8n(text.as_bytes()) {
            let found = self.checked(text).await;
            if let Some(found) = found.filter(|_| !is_old()) {
                self.add(source, found);
            }
            return;
        }
        let read = read_n8n(text, self.taken()).await;
        if is_old() {
            return;
        }
        match read {
            Ok(flows) => {
                flows.into_iter().for_each(|flow| self.add(source.clone(), Found::N8n(Box::new(flow))))
            }
            Err(refused) => self.add(source, Found::Unreadable(refused.to_string())),
        }
    }

    /// Ids that are in use, here or on the server.
    fn taken(self) -> Vec<FlowId> {
        let here = self
            .entries
            .with_untracked(|entries| entries.iter().filter_map(Entry::id).cloned().collect::<Vec<_>>());
        let flows =
            self.flows.with_untracked(|flows| flows.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>());
        [here, flows, self.drafts.get_untracked()].concat()
    }

    fn add(self, source: Source, found: Found) {
        let Some(key) = self.next.try_get_value() else { return };
        self.next.set_value(key + 1);
        self.entries
            .try_update(|entries| entries.push(Entry { key, source, found, stands: Stands::Waiting }));
        self.compare(key);
    }

    /// Looks whether the live version does the same already.
    fn compare(self, key: u32) {
        let known = self.entries.try_with_untracked(|entries| {
            let entry = entries.iter().find(|entry| entry.key == key)?;
            match &entry.found {
                Found::Flow { document: Some(document), becomes: Becomes::Version(_), .. } => {
                    Some((document.id.clone(), document.digest()))
                }
                _ => None,
            }
        });
        let Some((id, digest)) = known.flatten() else { return };
        leptos::task::spawn_local(async move {
            let live = self.client.get::<FlowDocument>(&fill_path(path::FLOW_EXPORT, id.as_str())).await;
            if live.is_ok_and(|live| live.digest() == digest) {
                self.change(key, |entry| {
                    if let Found::Flow { becomes, .. } = &mut entry.found {
                        *becomes = Becomes::Same;
                    }
                });
            }
        });
    }

    pub fn drop_entry(self, key: u32) {
        self.entries.update(|entries| entries.retain(|entry| entry.key != key));
    }

    /// Imports what is good, one after the other; what is not stays. Gives the only place there is to go to.
    pub async fn import(self) -> Option<String> {
        self.busy.set(true);
        let ready = self.entries.with_untracked(|entries| {
            entries.iter().filter(|entry| entry.can_go()).cloned().collect::<Vec<_>>()
        });
        for entry in ready {
            self.change(entry.key, |entry| entry.stands = Stands::Busy);
            let stands = match self.send(entry.found).await {
                Ok((at, news)) => Stands::Done { at, news },
                Err(error) => Stands::Refused(error),
            };
            self.change(entry.key, |entry| entry.stands = stands);
        }
        self.busy.try_set(false);
        self.entries.try_with_untracked(|entries| match &**entries {
            [Entry { stands: Stands::Done { at, .. }, .. }] => Some(at.clone()),
            _ => None,
        })?
    }

    async fn send(self, found: Found) -> Result<(String, String), Error> {
        match found {
            Found::N8n(imported) => {
                let document = imported.with_todo_note(language() == crate::words::Language::Thai);
                let id = document.id.clone();
                let body = SaveDraft { document, revision: 0, based_on: 0 };
                self.client.put::<SavedDraft>(&fill_path(path::FLOW_DRAFT, id.as_str()), &body).await?;
                Ok((format!("/flows/{id}/edit"), words().imported_draft.to_owned()))
            }
            Found::Flow { text, .. } => {
                let imported = self.client.post_text::<Imported>(path::FLOWS, text).await?;
                Ok((format!("/flows/{}", imported.id), news(&imported)))
            }
            Found::Unreadable(_) => Ok(Default::default()),
        }
    }
}

fn news(imported: &Imported) -> String {
    match imported.changed || imported.created {
        true => fill(words().imported_version, &[&imported.version]),
        false => words().imported_unchanged.to_owned(),
    }
}
