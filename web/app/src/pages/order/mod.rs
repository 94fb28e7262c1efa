//! One order: everything that happened to one ordering key, over all flows.

mod told;

use crate::client::{client, encode};
use crate::flow_view::run_state;
use crate::load::{self, Load};
use crate::pages::query_of_page;
use crate::shell::{specs, title_window};
use crate::time::{Ago, Moment};
use crate::words::{fill, language, words};
use api::{RunSummary, Story, path};
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::{use_navigate, use_params_map};
use told::Line;
use ui::{Button, Empty, Icon, Pill};

/// Where the story of a key is told. One with a slash or the like does not stand in a path, which proxies may rewrite.
pub fn address(key: &str) -> String {
    let is_plain = key.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter));
    if is_plain { format!("/orders/{key}") } else { format!("/orders?key={}", encode(key)) }
}

#[component]
pub fn Order() -> impl IntoView {
    let w = words();
    title_window(w.order_title);
    let (params, query) = (use_params_map(), query_of_page());
    let key = Memo::new(move |_| {
        let named = params.with(|params| params.get("key")).filter(|key| !key.is_empty());
        named.or_else(|| query("key")).unwrap_or_default()
    });
    let title = move || match key.get() {
        key if key.is_empty() => w.find_order.to_owned(),
        key => fill(w.order_named, &[&key]),
    };
    let story = move || {
        let key = key.get();
        (!key.is_empty()).then(|| view! { <Told key/> })
    };
    view! {
        <main class="kl-page">
            <header class="kl-page-head">
                <div><h1 class="kl-order-title">{title}</h1><p>{w.order_sub}</p></div>
                <FindOrder/>
            </header>
            {story}
        </main>
    }
}

/// A key that leads to its story.
#[component]
pub fn KeyLink(key: String) -> impl IntoView {
    let href = address(&key);
    view! { <A href attr:class="kl-mono kl-key">{key}</A> }
}

/// A key goes in, its story comes out.
#[component]
pub fn FindOrder() -> impl IntoView {
    let w = words();
    let text = RwSignal::new(String::new());
    let navigate = use_navigate();
    let find = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let key = text.get_untracked().trim().to_owned();
        if !key.is_empty() {
            text.set(String::new());
            navigate(&address(&key), Default::default());
        }
    };
    view! {
        <form class="kl-find-order" role="search" on:submit=find>
            <input class="kl-input" type="search" aria-label=w.find_order placeholder=w.find_order_hint maxlength="1000" prop:value=text
                on:input=move |event| text.set(event_target_value(&event))/>
            <button class="kl-button" type="submit">{w.find}</button>
        </form>
    }
}

#[component]
fn Told(key: String) -> impl IntoView {
    let client = client();
    // Older pages come before what is there; the newest is asked for again when something happens.
    let older = RwSignal::new(Vec::<Story>::new());
    let own = key.clone();
    let load = Load::new(move || {
        let address = format!("{}?key={}", path::ORDER, encode(&own));
        async move { client.get::<Story>(&address).await }
    });
    let mine = key.clone();
    load::follow_runs(load, move |run| run.key.as_deref() == Some(mine.as_str()));
    load::draw(load, move |story| view! { <Whole story older key=key.clone()/> })
}

#[component]
fn Whole(story: Signal<Story>, older: RwSignal<Vec<Story>>, key: String) -> impl IntoView {
    let w = words();
    let is_known = Memo::new(move |_| story.with(|story| !story.runs.is_empty()));
    let events = Memo::new(move |_| {
        let (mut events, newest) = (Vec::new(), story.get().events);
        older.with(|older| older.iter().rev().for_each(|page| events.extend(page.events.clone())));
        events.extend(newest);
        events
    });
    let runs = Memo::new(move |_| {
        let mut runs = story.get().runs;
        older.with(|older| older.iter().for_each(|page| runs.extend(page.runs.clone())));
        runs
    });
    let next = Memo::new(move |_| {
        older.with(|older| older.last().map(|page| page.next.clone())).unwrap_or_else(|| story.get().next)
    });
    let shortened = move || {
        story.with(|story| story.shortened).then(|| view! { <p class="kl-muted">{w.order_shortened}</p> })
    };
    let unknown =
        move || view! { <Empty icon=Icon::Search title=w.order_unknown text=w.order_unknown_text/> };
    view! {
        <Show when=move || is_known.get() fallback=unknown>
            <div class="kl-order">
                <section class="kl-card">
                    <h2>{w.order_happened}</h2>
                    <Older next older key=key.clone()/>
                    {move || view! { <Timeline events=events.get()/> }}
                    {shortened}
                </section>
                <section class="kl-card">
                    <h2>{w.order_runs}</h2>
                    <ul class="kl-order-runs">{move || runs.get().into_iter().map(run_row).collect_view()}</ul>
                </section>
            </div>
        </Show>
    }
}

#[component]
fn Older(next: Memo<Option<String>>, older: RwSignal<Vec<Story>>, key: String) -> impl IntoView {
    let (client, busy) = (client(), RwSignal::new(false));
    let ask = move |_| {
        let Some(before) = next.get_untracked() else { return };
        let address = format!("{}?key={}&before={}", path::ORDER, encode(&key), encode(&before));
        super::act(busy, async move { client.get::<Story>(&address).await }, move |page| {
            older.try_update(|older| older.push(page));
        });
    };
    view! {
        <Show when=move || next.with(Option::is_some)>
            <div class="kl-row"><Button busy on_click=ask.clone()>{words().order_older}</Button></div>
        </Show>
    }
}

/// What happened, from first to last.
#[component]
pub fn Timeline(events: Vec<api::StoryEvent>) -> impl IntoView {
    let (specs, language) = (specs(), language());
    let line = |event: &api::StoryEvent| told::line(event, &specs, language);
    let rows = events.iter().map(line).map(row).collect_view();
    view! { <ol class="kl-timeline">{rows}</ol> }
}

fn row(line: Line) -> impl IntoView {
    let w = words();
    let time = match line.at {
        Some(at) => view! { <Moment at/> }.into_any(),
        None => view! { <time>{w.story_now}</time> }.into_any(),
    };
    let mend = line.fingerprint.map(|group| {
        let href = format!("/errors?group={}&run={}", encode(&group), encode(&line.run));
        view! { " " <A href>{w.story_mend}</A> }
    });
    let more = (!line.more.is_empty()).then(|| format!(" {}", line.more));
    let sep = if line.tone == "bad" || line.tone == "warn" { ":" } else { "" };
    let run = format!("/runs/{}", line.run);
    view! {
        <li data-tone=line.tone title=line.effect_key.map(|key| format!("{}: {key}", w.effect_key))>
            {time} <A href=run attr:class="kl-story-link"><b>{line.title}</b></A> {more.map(|more| format!("{sep}{more}"))} {mend}
        </li>
    }
}

fn run_row(run: RunSummary) -> impl IntoView {
    let href = format!("/runs/{}", run.id);
    let (tone, state) = run_state(run.state, words());
    view! {
        <li>
            <A href><b>{run.flow_name}</b></A>
            <Pill tone>{state}</Pill>
            <small class="kl-muted"><Ago at=run.started_at/></small>
        </li>
    }
}
