//! Lists of failures that are made longer a page at a time. They move while one looks, so as many as are wanted are fetched as a
//! whole each time: no answer makes such a list shorter than somebody has made it, or leaves a gap in it.

use crate::client::{Client, Error, encode};
use crate::load::Load;
use crate::words::{fill, words};
use api::{ErrorList, InboxList};
use leptos::prelude::*;
use serde::de::DeserializeOwned;
use ui::Button;

/// As many as the server gives at once.
const ASKED_MAX: usize = 200;
/// More than anybody goes through one by one, and all of them are fetched again with each news.
const SHOWN_MAX: usize = 500;

/// A list that the server gives in pages.
pub trait Pages: Clone + DeserializeOwned + Send + Sync + 'static {
    fn rows(&self) -> usize;

    /// Where the page behind it begins, if there may be one.
    fn next(&self) -> Option<&str>;

    fn add(&mut self, page: Self);
}

impl Pages for ErrorList {
    fn rows(&self) -> usize {
        self.groups.len()
    }

    fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }

    fn add(&mut self, page: Self) {
        self.groups.extend(page.groups);
        self.next = page.next;
    }
}

impl Pages for InboxList {
    fn rows(&self) -> usize {
        self.records.len()
    }

    fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }

    fn add(&mut self, page: Self) {
        self.records.extend(page.records);
        self.next = page.next;
    }
}

/// As many as are wanted, as the server has them now. The address has a question already.
pub async fn fetch<L: Pages>(client: Client, address: &str, wanted: usize) -> Result<L, Error> {
    let first = format!("{address}&limit={}", wanted.min(ASKED_MAX));
    let mut list = client.get::<L>(&first).await?;
    while list.rows() < wanted {
        let Some(next) = list.next() else { break };
        let limit = (wanted - list.rows()).min(ASKED_MAX);
        let behind = format!("{address}&limit={limit}&before={}", encode(next));
        let page = client.get::<L>(&behind).await?;
        list.add(page);
    }
    Ok(list)
}

/// How much of a list is wanted: a page of it, until somebody asks for more. A cheap handle.
#[derive(Clone, Copy)]
pub struct Length {
    rows: RwSignal<usize>,
    page: usize,
}

impl Length {
    pub fn new(page: usize) -> Self {
        Self { rows: RwSignal::new(page), page }
    }

    pub fn wanted(self) -> usize {
        self.rows.get_untracked()
    }

    /// Another list is looked at, from its first page on.
    pub fn reset(self) {
        self.rows.set(self.page);
    }

    fn grow(self) {
        self.rows.update(|rows| *rows = (*rows + self.page).min(SHOWN_MAX));
    }
}

/// What stands below such a list: the way to more of it, or what is said of the rest where no more is shown.
#[component]
pub fn More<L: Pages>(
    list: Signal<L>,
    load: Load<L>,
    length: Length,
    /// With a place for how many are shown.
    rest: &'static str,
) -> impl IntoView {
    let goes_on = Memo::new(move |_| list.with(|list| list.next().map(|_| list.rows())));
    let busy = Signal::derive(move || goes_on.get().is_some_and(|rows| rows < length.rows.get()));
    let room = move || goes_on.get().is_some_and(|rows| rows < SHOWN_MAX);
    let full = move || goes_on.get().is_some_and(|rows| rows >= SHOWN_MAX);
    let more = move || {
        length.grow();
        load.refresh();
    };
    view! {
        <Show when=room>
            <Button busy on_click=move |_| more()>{words().load_more}</Button>
        </Show>
        <Show when=full>
            <p class="kl-muted">{fill(rest, &[&SHOWN_MAX])}</p>
        </Show>
    }
}
