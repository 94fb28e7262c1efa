//! Something that a page fetches: on its way, failed, or there.

use crate::client::Error;
use crate::errors::Told;
use crate::live::Live;
use crate::words::{language, words};
use api::RunSummary;
use leptos::prelude::*;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use ui::{Failed, Skeleton};

type Fetch<T> = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<T, Error>>>> + Send + Sync>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Loading,
    Failed,
    There,
}

/// A value from the server and the way to get it again. Copies are handles to the same value.
pub struct Load<T: Send + Sync + 'static> {
    value: RwSignal<Option<T>>,
    error: RwSignal<Option<Error>>,
    /// Counts the requests, so that an answer overtaken by a later request is dropped.
    asked: StoredValue<u64>,
    fetch: StoredValue<Fetch<T>>,
}

impl<T: Send + Sync + 'static> Clone for Load<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Load<T> {}

impl<T: Clone + Send + Sync + 'static> Load<T> {
    /// Starts fetching at once.
    pub fn new<F: Future<Output = Result<T, Error>> + 'static>(
        fetch: impl Fn() -> F + Send + Sync + 'static,
    ) -> Self {
        Self::resume(None, fetch)
    }

    /// Begins with what is known from before, and asks what has become of it.
    pub fn resume<F: Future<Output = Result<T, Error>> + 'static>(
        known: Option<T>,
        fetch: impl Fn() -> F + Send + Sync + 'static,
    ) -> Self {
        let fetch: Fetch<T> = Arc::new(move || Box::pin(fetch()));
        let load = Self {
            value: RwSignal::new(known),
            error: RwSignal::new(None),
            asked: StoredValue::new(0),
            fetch: StoredValue::new(fetch),
        };
        load.refresh();
        load
    }

    /// Fetches again and shows the old value meanwhile. Nothing where what showed it has gone.
    pub fn refresh(self) {
        let Some(turn) = self.asked.try_get_value().map(|last| last + 1) else { return };
        self.asked.set_value(turn);
        let answer = self.fetch.with_value(|fetch| fetch());
        leptos::task::spawn_local(async move {
            let answer = answer.await;
            // The page may have gone meanwhile, and its values with it.
            if self.asked.try_get_value() == Some(turn) {
                self.take(answer);
            }
        });
    }

    /// Fetches again from nothing: something else is wanted now.
    pub fn restart(self) {
        self.value.set(None);
        self.error.set(None);
        self.refresh();
    }

    fn take(self, answer: Result<T, Error>) {
        match answer {
            Ok(value) => {
                self.error.try_set(None);
                self.value.try_set(Some(value));
            }
            Err(error) => {
                self.error.try_set(Some(error));
            }
        }
    }

    pub fn get(self) -> Option<T> {
        self.value.get()
    }

    /// Asks something of the value, if it is there, without following it.
    pub fn peek<R>(self, ask: impl FnOnce(&T) -> R) -> Option<R> {
        self.value.try_with_untracked(|value| value.as_ref().map(ask)).flatten()
    }

    /// Takes over what an answer said; it may have come after what showed the value has gone.
    pub fn update(self, change: impl FnOnce(&mut T)) {
        self.value.try_maybe_update(|value| (value.as_mut().map(change).is_some(), ()));
    }

    /// Whether an answer has come, of whatever kind.
    pub fn is_answered(self) -> bool {
        self.stage() != Stage::Loading
    }

    fn stage(self) -> Stage {
        match (self.value.with(Option::is_some), self.error.with(Option::is_some)) {
            (true, _) => Stage::There,
            (false, true) => Stage::Failed,
            (false, false) => Stage::Loading,
        }
    }
}

/// How long news is gathered before what is counted on the server is asked for again.
const SOON: Duration = Duration::from_millis(1_500);

/// Fetches again a little after something happened, however much of it happens.
pub struct Soon<T: Send + Sync + 'static> {
    load: Load<T>,
    asked: StoredValue<bool>,
}

impl<T: Send + Sync + 'static> Clone for Soon<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Soon<T> {}

impl<T: Clone + Send + Sync + 'static> Soon<T> {
    pub fn new(load: Load<T>) -> Self {
        Self { load, asked: StoredValue::new(false) }
    }

    pub fn ask(self) {
        if self.asked.try_get_value() != Some(false) {
            return;
        }
        self.asked.set_value(true);
        let fetch = move || {
            if self.asked.try_set_value(false).is_none() {
                self.load.refresh();
            }
        };
        set_timeout(fetch, SOON);
    }
}

/// Asks again a little after runs that matter to it changed, and after the stream of news was broken.
pub fn follow_runs<T: Clone + Send + Sync + 'static>(
    load: Load<T>,
    is_news: impl Fn(&RunSummary) -> bool + Send + Sync + 'static,
) {
    let (live, soon) = (expect_context::<Live>(), Soon::new(load));
    live.on_runs(move |runs| {
        if runs.iter().any(&is_news) {
            soon.ask();
        }
    });
    live.on_resumed(move || soon.ask());
}

/// Draws a load in each of its stages. `there` is called once the value is there, and gets it as a signal.
pub fn draw<T, V>(load: Load<T>, there: impl Fn(Signal<T>) -> V + Send + Sync + 'static) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let stage = Memo::new(move |_| load.stage());
    move || match stage.get() {
        Stage::Loading => view! { <Skeleton label=words().loading/> }.into_any(),
        Stage::Failed => failed(load).into_any(),
        Stage::There => match load.value.get_untracked() {
            Some(first) => view! { <Stale load/> {there(following(load, first))} }.into_any(),
            None => ().into_any(),
        },
    }
}

/// The value as it changes. It keeps the last one while the load starts from nothing again.
fn following<T: Clone + PartialEq + Send + Sync + 'static>(load: Load<T>, first: T) -> Signal<T> {
    Memo::new(move |last: Option<&T>| {
        load.value.get().or_else(|| last.cloned()).unwrap_or_else(|| first.clone())
    })
    .into()
}

/// What is shown could not be asked for again: it may be another by now.
#[component]
fn Stale<T: Clone + Send + Sync + 'static>(load: Load<T>) -> impl IntoView {
    let told = move || {
        let error = load.error.get()?;
        let why = Told::refused(language(), &error).text();
        Some(view! {
            {words().load_stale} " " {why} " "
            <button class="kl-link" type="button" on:click=move |_| load.refresh()>{words().try_again}</button>
        })
    };
    view! { <div class="kl-stale" role="status">{told}</div> }
}

fn failed<T: Clone + Send + Sync + 'static>(load: Load<T>) -> impl IntoView {
    let error = load.error.get_untracked();
    let missing = error.as_ref().is_some_and(Error::is_not_found);
    let title = if missing { words().not_found_title } else { words().went_wrong };
    let told = error.map(|error| Told::refused(language(), &error)).unwrap_or_default();
    view! { <Failed title text=told.text() detail=told.detail again=words().try_again on_again=move |()| load.restart()/> }
}
