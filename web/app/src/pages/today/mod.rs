//! The start page: how the day goes, what needs a person, and whether the other systems are there.

mod figures;

use super::order::{FindOrder, Timeline, address as order_address};
use crate::client::{client, encode};
use crate::errors::Told;
use crate::live::Live;
use crate::load::{self, Load, Soon};
use crate::shell::{specs, title_window};
use crate::time::{Now, bangkok_clock, bangkok_weekday, in_bangkok, length};
use crate::words::{count, fill, grouped, language, words};
use api::{ConnectionState, OpenErrors, Story, path};
use figures::{Change, change};
use leptos::prelude::*;
use leptos_router::components::A;
use run::doc::BlockedWhy;
use ui::{ChartData, ChartLine, Empty, Icon, Pill, TimeChart, Tone};

const CONNECTIONS_SHOWN: usize = 6;
/// Of one order's story: the last of it, for what happened last is what people ask about.
const EVENTS_SHOWN: usize = 6;

#[component]
pub fn Today() -> impl IntoView {
    let w = words();
    title_window(w.today);
    let client = client();
    let load = Load::new(move || async move { client.get::<api::Today>(path::TODAY).await });
    let (live, soon, now) = (expect_context::<Live>(), Soon::new(load), expect_context::<Now>());
    live.on_runs(move |_| soon.ask());
    live.on_flows(move |_| soon.ask());
    live.on_resumed(move || soon.ask());
    // And by itself, for time goes on without events too.
    Effect::new(move |first: Option<()>| {
        now.get();
        if first.is_some() {
            soon.ask();
        }
    });
    let sub = move || fill(w.today_sub, &[&in_bangkok(now.get())]);
    view! {
        <main class="kl-page">
            <header class="kl-page-head">
                <div><h1>{w.today}</h1><p>{sub}</p></div>
                <FindOrder/>
            </header>
            {load::draw(load, |today| view! { <Whole today/> })}
        </main>
    }
}

#[component]
fn Whole(today: Signal<api::Today>) -> impl IntoView {
    let w = words();
    let is_new = Memo::new(move |_| today.with(|today| today.flows == 0));
    let nothing = move || {
        view! {
            <Empty icon=Icon::Flows title=w.today_empty_title text=w.today_empty_text>
                <A href="/flows" attr:class="kl-button" attr:data-kind="primary">{w.to_flows}</A>
            </Empty>
        }
    };
    let order = Memo::new(move |_| today.with(|today| today.order.clone()));
    view! {
        <Show when=move || !is_new.get() fallback=nothing>
            <div class="kl-today">
                <Figures today/>
                <section class="kl-card" data-wide="3"><Chart today/></section>
                <section class="kl-card"><h2>{w.connections}</h2><Systems today/></section>
                <section class="kl-card" data-wide="2">
                    <h2>{w.today_needs} <A href="/errors">{w.today_open_errors}</A></h2>
                    <Errors today/>
                </section>
                <section class="kl-card" data-wide="2">{move || latest(order.get())}</section>
            </div>
        </Show>
    }
}

/// The four numbers.
#[component]
fn Figures(today: Signal<api::Today>) -> impl IntoView {
    let w = words();
    let into_erp = Memo::new(move |_| today.with(|today| today.orders.is_some()));
    let named =
        move |with: &'static str, without: &'static str| move || if into_erp.get() { with } else { without };
    let counted = move || today.with(|today| today.orders.clone().unwrap_or_else(|| today.done.clone()));
    let weekday = move || bangkok_weekday(today.with(|today| today.since));
    let compared = move || {
        let (tone, text) = match change(&counted()) {
            Change::Unknown => ("", w.today_no_week.to_owned()),
            Change::Same => ("", fill(w.today_same, &[&weekday()])),
            Change::More(percent) => ("good", format!("▲ {}", fill(w.today_more, &[&percent, &weekday()]))),
            Change::Less(percent) => ("warn", format!("▼ {}", fill(w.today_more, &[&percent, &weekday()]))),
        };
        view! { <small data-tone=tone>{text}</small> }
    };
    let took = move || today.with(|today| today.took.clone());
    let median = move || took().median.map_or_else(|| "–".to_owned(), |median| length(median, w));
    let p99 = move || match took().p99 {
        Some(p99) => view! { <small data-tone="good">{fill(w.today_p99, &[&length(p99, w)])}</small> },
        None => view! { <small data-tone="">{w.today_nothing_ended.to_owned()}</small> },
    };
    let under_way = move || grouped(today.with(|today| today.open_runs));
    let retried =
        move || fill(w.today_retried, &[&grouped(today.with(|today| today.series.retried.iter().sum()))]);
    let people = move || grouped(today.with(|today| today.people.open));
    let waiting = move || {
        let people = today.with(|today| today.people.clone());
        let (tone, text) = match (people.open, people.over_an_hour) {
            (0, _) => ("good", w.today_nobody.to_owned()),
            (_, 0) => ("", w.today_all_new.to_owned()),
            (_, over) => ("bad", fill(w.today_over_hour, &[&grouped(over)])),
        };
        view! { <small data-tone=tone>{text}</small> }
    };
    view! {
        <section class="kl-card kl-figure"><h2>{named(w.today_orders, w.today_runs)}</h2><b>{move || grouped(counted().runs)}</b>{compared}</section>
        <section class="kl-card kl-figure"><h2>{named(w.today_median_order, w.today_median_run)}</h2><b>{median}</b>{p99}</section>
        <section class="kl-card kl-figure"><h2>{w.today_under_way}</h2><b>{under_way}</b><small data-tone="">{retried}</small></section>
        <section class="kl-card kl-figure"><h2>{w.today_people}</h2><b>{people}</b>{waiting}</section>
    }
}

#[component]
fn Chart(today: Signal<api::Today>) -> impl IntoView {
    let w = words();
    let series = Memo::new(move |_| today.with(|today| today.series.clone()));
    let data = Memo::new(move |_| {
        let series = series.get();
        let line = |name: &str, tone, filled, values| ChartLine { name: name.into(), tone, filled, values };
        let at = |place: usize| bangkok_clock(series.since + series.every * place as i64);
        ChartData {
            moments: (0..series.done.len()).map(at).collect(),
            lines: vec![
                line(w.today_done, Tone::Brand, true, series.done.clone()),
                line(w.today_retrying, Tone::Warn, false, series.retried.clone()),
                line(w.today_failed, Tone::Bad, false, series.failed.clone()),
            ],
        }
    });
    let key = |tone: &'static str, name: &'static str| view! { <span data-tone=tone>{name}</span> };
    view! {
        <h2>
            {w.today_chart}
            <span class="kl-chart-key">{key("brand", w.today_done)}{key("warn", w.today_retrying)}{key("bad", w.today_failed)}</span>
        </h2>
        <TimeChart data label=w.today_chart as_table=w.today_as_table moment=w.started/>
    }
}

#[component]
fn Systems(today: Signal<api::Today>) -> impl IntoView {
    let w = words();
    let states = Memo::new(move |_| today.with(|today| today.connections.clone()));
    let rows = move || {
        let states = states.get();
        if states.is_empty() {
            return view! { <p class="kl-muted">{w.today_no_connections}</p> }.into_any();
        }
        let rows = states.into_iter().take(CONNECTIONS_SHOWN).map(system).collect_view();
        view! { <ul class="kl-systems">{rows}</ul> }.into_any()
    };
    view! { {rows} }
}

fn system(state: ConnectionState) -> impl IntoView {
    let w = words();
    let specs = specs();
    let title = specs.connectors.get(&state.connector).map(|spec| language().of(&spec.title).to_owned());
    let (tone, text) = match (&state.blocked, state.waiting) {
        (Some(blocked), _) if blocked.why == BlockedWhy::Breaker => (Tone::Bad, w.today_down.to_owned()),
        (Some(_), _) => (Tone::Warn, w.today_asked.to_owned()),
        (None, 0) => (Tone::Good, w.today_up.to_owned()),
        (None, waiting) => (Tone::Warn, fill(w.today_busy, &[&waiting])),
    };
    let why = state.blocked.map(|blocked| blocked.error).filter(|error| !error.is_empty());
    view! {
        <li title=why>
            <A href="/connections">{title.unwrap_or(state.connector)} " " <small>{state.name.to_string()}</small></A>
            <Pill tone>{text}</Pill>
        </li>
    }
}

#[component]
fn Errors(today: Signal<api::Today>) -> impl IntoView {
    let w = words();
    let errors = Memo::new(move |_| today.with(|today| today.errors.clone()));
    let now = expect_context::<Now>();
    let rows = move || {
        let errors = errors.get();
        if errors.is_empty() {
            return view! { <p class="kl-muted">{w.today_no_errors}</p> }.into_any();
        }
        let rows = errors.into_iter().map(|error| error_row(error, now)).collect_view();
        view! {
            <table class="kl-table kl-today-errors">
                <thead><tr>
                    <th scope="col">{w.today_what}</th><th scope="col">{w.flow}</th>
                    <th scope="col" class="kl-number">{w.runs}</th><th scope="col" class="kl-number">{w.today_since}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    view! { {rows} }
}

fn error_row(error: OpenErrors, now: Now) -> impl IntoView {
    let w = words();
    let OpenErrors { group, since } = error;
    let told = Told::of(language(), &group.code, &group.message, "");
    let href = format!("/errors?group={}", encode(&group.fingerprint));
    let waits = move || figures::waits(now.get() - since, w);
    let runs = count(w.today_run_count, group.open);
    view! {
        <tr>
            <td><A href><b>{told.title}</b></A></td>
            <td><A href=format!("/flows/{}", group.flow)>{group.flow_name}</A></td>
            <td class="kl-number" aria-label=runs>{grouped(group.open)}</td>
            <td class="kl-number">{waits}</td>
        </tr>
    }
}

/// One order that something happened to lately.
fn latest(key: Option<String>) -> impl IntoView {
    let w = words();
    let Some(key) = key else {
        return view! { <h2>{w.order_title}</h2><p class="kl-muted">{w.today_no_order}</p> }.into_any();
    };
    let client = client();
    let (title, href) = (fill(w.order_named, &[&key]), order_address(&key));
    let own = key.clone();
    let load = Load::new(move || {
        let address = format!("{}?key={}", path::ORDER, encode(&own));
        async move { client.get::<Story>(&address).await }
    });
    load::follow_runs(load, move |run| run.key.as_ref() == Some(&key));
    view! {
        <h2><span class="kl-clip">{title}</span> <A href>{w.today_all_happened}</A></h2>
        {load::draw(load, |story| {
            move || {
                let mut events = story.get().events;
                let events = events.split_off(events.len().saturating_sub(EVENTS_SHOWN));
                view! { <Timeline events/> }
            }
        })}
    }
    .into_any()
}
