//! An event that really came, taken for tests.

use super::super::desk::Desk;
use super::{event, run as run_test};
use crate::client::{Client, client, encode, path as fill_path};
use crate::flow_view::run_state;
use crate::load::{self, Load};
use crate::time::Ago;
use crate::words::words;
use api::{RunDetail, RunList, RunSummary, path};
use leptos::prelude::*;
use rehearsal::Reach;
use ui::{Dialog, Pill};

/// Events to choose from: the newest.
const EVENTS: usize = 20;

#[component]
pub fn PastEvents(desk: Desk, open: RwSignal<bool>) -> impl IntoView {
    let w = words();
    view! { <Dialog open title=w.test_past_title.to_owned() close=w.close><Events desk open/></Dialog> }
}

#[component]
fn Events(desk: Desk, open: RwSignal<bool>) -> impl IntoView {
    let w = words();
    let client = client();
    let flow = desk.document().id.to_string();
    let load = Load::new(move || {
        let address = format!("{}?limit={EVENTS}&flow={}", path::RUNS, encode(&flow));
        async move { client.get::<RunList>(&address).await }
    });
    view! {
        <p class="kl-muted">{w.test_past_text}</p>
        {load::draw(load, move |list| {
            let runs = list.get_untracked().runs;
            match runs.is_empty() {
                true => view! { <p>{w.test_past_none}</p> }.into_any(),
                false => view! { <ul class="kl-test-events">{runs.into_iter().map(|run| view! { <Event desk open client run/> }).collect_view()}</ul> }.into_any(),
            }
        })}
    }
}

#[component]
fn Event(desk: Desk, open: RwSignal<bool>, client: Client, run: RunSummary) -> impl IntoView {
    let (tone, state) = run_state(run.state, words());
    let (busy, name) = (RwSignal::new(false), run.key.clone().unwrap_or_else(|| run.id.clone()));
    let id = run.id.clone();
    let take = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let path = fill_path(path::RUN, &id);
        leptos::task::spawn_local(async move {
            let answer = client.get::<RunDetail>(&path).await;
            busy.try_set(false);
            // The editor may have been left meanwhile.
            if desk.changed.try_get_untracked().is_none() {
                return;
            }
            match answer {
                Ok(detail) => {
                    if event::adopt(desk, detail).is_some() {
                        run_test(desk, Reach::All);
                    }
                    open.try_set(false);
                }
                Err(error) => desk.tell(&error),
            }
        });
    };
    view! {
        <li>
            <button class="kl-test-step" type="button" aria-busy=move || busy.get().to_string() on:click=take>
                <b>{name}</b><Pill tone>{state}</Pill><small class="kl-muted"><Ago at=run.started_at/></small>
            </button>
        </li>
    }
}
