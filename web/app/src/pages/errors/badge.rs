//! How many failures wait for somebody, on the rail.

use crate::client::client;
use crate::load::{self, Load};
use crate::words::{count, words};
use api::{ErrorCount, RunState, path};
use leptos::prelude::*;

/// More than this is "many" to whoever looks.
const SHOWN_MAX: u64 = 99;

/// Says that the number may be another one: somebody has put something aside, or settled it.
#[derive(Clone, Copy)]
pub struct ErrorsChanged(RwSignal<u32>);

impl ErrorsChanged {
    pub fn provide() {
        provide_context(Self(RwSignal::new(0)));
    }

    pub fn tell() {
        if let Some(Self(times)) = use_context::<Self>() {
            times.update(|times| *times += 1);
        }
    }
}

#[component]
pub fn ErrorsBadge() -> impl IntoView {
    let client = client();
    let load = Load::new(move || async move { client.get::<ErrorCount>(path::ERRORS_COUNT).await });
    load::follow_runs(load, |run| {
        let goes_on = run.retry_of.is_some() && matches!(run.state, RunState::Done | RunState::Cancelled);
        run.state == RunState::Failed || goes_on
    });
    if let Some(ErrorsChanged(times)) = use_context::<ErrorsChanged>() {
        Effect::new(move |last: Option<u32>| {
            let now = times.get();
            if last.is_some_and(|last| last != now) {
                load.refresh();
            }
            now
        });
    }
    move || {
        load.get().map(|found| found.records).filter(|records| *records > 0).map(|records| {
            let short = if records > SHOWN_MAX { format!("{SHOWN_MAX}+") } else { records.to_string() };
            let told = count(words().errors_waiting, records);
            let title = told.clone();
            view! { <span class="kl-badge" title=title><span aria-hidden="true">{short}</span><span class="kl-sr">{told}</span></span> }
        })
    }
}
