//! One import: the document, what it would become, and what of it is wanted.

use super::changes::Changes;
use crate::client::{Client, Error, client, path as fill_path};
use crate::shell::Catalog;
use crate::words::{fill, language, words};
use api::{ConnectorPreview, PreviewConnector, SaveConnector, SavedConnector, path};
use leptos::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

/// What the server takes.
const FILE_MEGABYTES_MAX: u64 = 20;

#[derive(Clone)]
pub enum Source {
    Text { name: String, text: Arc<str> },
    Address(String),
}

impl Source {
    pub fn name(&self) -> String {
        match self {
            Source::Text { name, .. } => name.clone(),
            Source::Address(url) => url.clone(),
        }
    }

    /// The document, or else its address.
    fn given(&self) -> (Option<String>, Option<String>) {
        match self {
            Source::Text { text, .. } => (Some(text.to_string()), None),
            Source::Address(url) => (None, Some(url.clone())),
        }
    }
}

/// Why there is no preview.
#[derive(Clone)]
pub enum Wrong {
    File(String),
    Server(Error),
}

/// A cheap handle.
#[derive(Clone, Copy)]
pub struct Importing {
    pub source: RwSignal<Option<Source>>,
    pub preview: RwSignal<Option<Arc<ConnectorPreview>>>,
    pub wrong: RwSignal<Option<Wrong>>,
    pub busy: RwSignal<bool>,
    pub title: RwSignal<String>,
    pub id: RwSignal<String>,
    /// By the part of an operation's id behind the slash.
    pub chosen: RwSignal<BTreeSet<String>>,
    pub saved: RwSignal<Option<SavedConnector>>,
    /// The connector that a newer document is for.
    pub replaces: StoredValue<Option<String>>,
    /// Counts what was asked: an answer to an older question is dropped.
    asked: StoredValue<u32>,
    catalog: Catalog,
    client: Client,
}

impl Importing {
    pub fn new(replaces: Option<String>) -> Self {
        Self {
            source: RwSignal::new(None),
            preview: RwSignal::new(None),
            wrong: RwSignal::new(None),
            busy: RwSignal::new(false),
            title: RwSignal::new(String::new()),
            id: RwSignal::new(replaces.clone().unwrap_or_default()),
            chosen: RwSignal::default(),
            saved: RwSignal::new(None),
            replaces: StoredValue::new(replaces),
            asked: StoredValue::new(0),
            catalog: Catalog::here(),
            client: client(),
        }
    }

    pub fn take_file(self, file: File) {
        self.begin_anew();
        leptos::task::spawn_local(async move {
            if file.size() > (FILE_MEGABYTES_MAX << 20) as f64 {
                let why = fill(words().api_too_large, &[&FILE_MEGABYTES_MAX]);
                self.wrong.try_set(Some(Wrong::File(why)));
                return;
            }
            match JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string()) {
                Some(text) => self.take(Source::Text { name: file.name(), text: text.into() }),
                None => drop(self.wrong.try_set(Some(Wrong::File(words().file_unreadable.to_owned())))),
            }
        });
    }

    pub fn take(self, source: Source) {
        self.begin_anew();
        self.source.try_set(Some(source));
        leptos::task::spawn_local(self.look());
    }

    pub fn begin_anew(self) {
        self.preview.try_set(None);
        self.wrong.try_set(None);
        self.source.try_set(None);
        if self.replaces.try_get_value().flatten().is_none() {
            self.id.try_set(String::new());
        }
    }

    /// Under another id it may be another connector's newer document: asked again.
    pub fn look_under(self, id: &str) {
        let shown = self.preview.with_untracked(|shown| shown.as_ref().map(|shown| shown.spec.id.clone()));
        if shown.is_some_and(|shown| shown != id) || self.wrong.with_untracked(Option::is_some) {
            leptos::task::spawn_local(self.look());
        }
    }

    async fn look(self) {
        let given = self.source.try_with_untracked(|source| source.as_ref().map(Source::given));
        let Some((document, url)) = given.flatten() else { return };
        let turn = self.asked.get_value() + 1;
        self.asked.set_value(turn);
        let id = Some(self.id.get_untracked().trim().to_owned()).filter(|id| !id.is_empty());
        self.busy.set(true);
        let body = PreviewConnector { document, url, id, tags: Vec::new() };
        let answer = self.client.post::<ConnectorPreview>(path::CONNECTORS_PREVIEW, &body).await;
        if self.asked.try_get_value() != Some(turn) {
            return;
        }
        self.busy.try_set(false);
        match answer {
            Ok(preview) => self.show(preview),
            Err(error) => drop(self.wrong.try_set(Some(Wrong::Server(error)))),
        }
    }

    fn show(self, preview: ConnectorPreview) {
        let there = self.catalog.get_untracked();
        let known = there.connectors.get(&preview.spec.id);
        let title = known.map_or(&preview.spec.title, |known| &known.title);
        let ids = preview.operations.iter().map(|spec| &spec.id);
        let is_first = self.preview.with_untracked(Option::is_none);
        // Of a newer document what was taken before is taken again; what is new is looked at by a person.
        let is_there = ids.clone().any(|id| there.operations.contains_key(id));
        let wanted = ids.filter(|id| !is_there || there.operations.contains_key(*id));
        // Another id keeps what somebody has chosen and typed, unless it is that of a connector.
        if is_first || is_there {
            self.chosen.try_set(wanted.map(|id| id.operation().to_owned()).collect());
            self.title.try_set(language().of(title).to_owned());
        }
        self.id.try_set(preview.spec.id.clone());
        self.wrong.try_set(None);
        self.preview.try_set(Some(Arc::new(preview)));
    }

    /// Whether a connector of this id is there already.
    pub fn is_known(self) -> bool {
        self.preview.with(|preview| {
            preview
                .as_ref()
                .is_some_and(|preview| self.catalog.get().connectors.contains_key(&preview.spec.id))
        })
    }

    pub fn changes(self) -> Changes {
        self.preview.with(|preview| match preview {
            Some(preview) => self.chosen.with(|chosen| Changes::of(&self.catalog.get(), preview, chosen)),
            None => Changes::default(),
        })
    }

    pub async fn save(self) -> Result<SavedConnector, Error> {
        let (source, id) = (self.source.get_untracked(), self.id.get_untracked().trim().to_owned());
        let (document, url) = source.map(|source| source.given()).unwrap_or_default();
        let chosen = self.chosen.get_untracked();
        let all =
            self.preview.with_untracked(|preview| preview.as_ref().map_or(0, |shown| shown.operations.len()));
        let operations = if chosen.len() == all { Vec::new() } else { chosen.into_iter().collect() };
        // The document's own name may be another in each language.
        let title = self.title.get_untracked();
        let is_own = self.preview.with_untracked(|shown| {
            shown.as_ref().is_some_and(|shown| language().of(&shown.spec.title) == title.trim())
        });
        let title = Some(title).filter(|_| !is_own);
        let body = SaveConnector { document, url, tags: Vec::new(), title, operations };
        let saved = self.client.put::<SavedConnector>(&fill_path(path::CONNECTOR, &id), &body).await?;
        // Its operations stand in the editor at once.
        self.catalog.renew(self.client).await?;
        Ok(saved)
    }
}
