//! The panel below the drawing.

use super::super::desk::Desk;
use super::super::divider::{Divider, Extent, Side, Unit};
use super::listening::{ListenButton, WaitingNote};
use super::past::PastEvents;
use super::result::StepResult;
use super::steps::{Steps, follow_selection, time};
use super::{can_run_with_more, clear, event, run, run_with_more, step_on};
use crate::words::{count, fill, words};
use leptos::prelude::*;
use model::NodeId;
use rehearsal::Reach;
use ui::{Button, ButtonKind, Choice, Icon, IconButton, Pill, Select, Tone};

/// How high the panel is.
const HEIGHT: Extent = Extent {
    kept: "khlong.pane.test",
    side: Side::Below,
    unit: Unit::Pixel,
    usual: 380.0,
    least: 140.0,
    most: 1_000.0,
};

#[component]
pub fn TestButton(desk: Desk) -> impl IntoView {
    view! { <Button icon=Icon::Play on_click=move |_| run(desk, Reach::All)>{words().test_run}</Button> }
}

/// Shows one side of the step that is looked at.
pub fn look_at(desk: Desk, side: &'static str) {
    desk.testing.open.set(true);
    desk.testing.side.set(side);
}

#[component]
pub fn TestPanel(desk: Desk) -> impl IntoView {
    follow_selection(desk);
    let height = HEIGHT.recall();
    move || {
        desk.testing.open.get().then(|| {
            view! { <Divider label=words().test_higher value=height extent=HEIGHT/> <Panel desk height/> }
        })
    }
}

#[component]
fn Panel(desk: Desk, height: RwSignal<f64>) -> impl IntoView {
    let w = words();
    let has_record = Memo::new(move |_| desk.testing.record.with(Option::is_some));
    let past = RwSignal::new(false);
    let body = move || match has_record.get() {
        true => {
            view! { <div class="kl-test-body"><Steps desk/><StepResult desk side=desk.testing.side/></div> }
                .into_any()
        }
        false => view! { <p class="kl-test-empty">{w.test_empty}</p> }.into_any(),
    };
    view! {
        <section class="kl-test" aria-label=w.test_panel style:--height=move || format!("{}px", height.get())>
            <header class="kl-test-head">
                <h2>{w.test_panel}</h2>
                <Runs desk/>
                <Button icon=Icon::Clock on_click=move |_| past.set(true)>{w.test_past}</Button>
                <ListenButton desk/>
                <WhichTrigger desk/>
                <span class="kl-spring"></span>
                <Summary desk/>
                <IconButton icon=Icon::Cross label=w.close on_click=move |()| desk.testing.open.set(false)/>
            </header>
            <WaitingNote desk/>
            <CutShort desk/>
            {body}
            <PastEvents desk open=past/>
        </section>
    }
}

/// What can be run, by how far.
#[component]
fn Runs(desk: Desk) -> impl IntoView {
    let w = words();
    let node = Memo::new(move |_| desk.canvas.with(|canvas| canvas.selected().cloned()));
    let none = Signal::derive(move || node.with(Option::is_none));
    let to = move |reach: fn(NodeId) -> Reach| {
        if let Some(node) = node.get_untracked() {
            run(desk, reach(node));
        }
    };
    let stepping = Memo::new(move |_| desk.testing.is_stepping());
    view! {
        <Button kind=ButtonKind::Primary icon=Icon::Play on_click=move |_| run(desk, Reach::All)>{w.test_all}</Button>
        <Button disabled=none on_click=move |_| to(Reach::Only)>{w.test_only}</Button>
        <Button disabled=none on_click=move |_| to(Reach::To)>{w.test_to}</Button>
        <Button icon=Icon::Next on_click=move |_| step_on(desk)>{w.test_next}</Button>
        {move || stepping.get().then(|| view! {
            <Button icon=Icon::Stop on_click=move |_| clear(desk)>{w.test_stop}</Button>
        })}
    }
}

/// Where a flow has several triggers, the one to begin at.
#[component]
fn WhichTrigger(desk: Desk) -> impl IntoView {
    let specs = desk.specs();
    let all = desk.of_document(move |doc| {
        let choice = |id: NodeId| {
            let title = doc.node(id.as_str()).map(|node| node.label().to_owned()).unwrap_or_default();
            (id.to_string(), title)
        };
        event::triggers(doc, &specs).into_iter().map(choice).collect::<Vec<_>>()
    });
    // Where a test begins as things are: the list shows it, however it was chosen.
    let begins = Memo::new(move |_| {
        let chosen = desk.testing.trigger.get();
        all.with(|all| {
            let is_chosen = |(id, _): &&(String, String)| {
                chosen.as_ref().is_some_and(|chosen| chosen.as_str() == id.as_str())
            };
            let found = all.iter().find(is_chosen).or_else(|| all.first());
            found.map(|(id, _)| id.clone()).unwrap_or_default()
        })
    });
    let value = RwSignal::new(begins.get_untracked());
    Effect::new(move |_| value.set(begins.get()));
    Effect::new(move |_| {
        let picked = value.get();
        if begins.with_untracked(|begins| *begins != picked) {
            desk.testing.trigger.set(Some(picked.as_str().into()));
        }
    });
    let choices = Signal::derive(move || {
        all.get().into_iter().map(|(id, title)| Choice::new(id, title)).collect::<Vec<_>>()
    });
    move || {
        all.with(|all| all.len() > 1).then(|| {
            view! { <div class="kl-test-trigger"><Select label=words().test_from value choices/></div> }
        })
    }
}

#[component]
fn Summary(desk: Desk) -> impl IntoView {
    let w = words();
    move || {
        let record = desk.testing.record.get()?;
        let (tone, text) = match &record.failed {
            Some(_) => (Tone::Bad, w.state_failed),
            None if matches!(record.reach, Reach::Steps(_)) => (Tone::Info, w.test_stepping),
            None => (Tone::Good, w.test_passed),
        };
        let steps = count(w.test_step_count, record.steps.len() as u64);
        let sends = (record.sends() > 0).then(|| count(w.test_send_count, record.sends() as u64));
        Some(view! {
            <span class="kl-test-summary" role="status">
                <Pill tone dot=true>{text}</Pill>
                <span class="kl-muted">{fill("{}, {}", &[&steps, &time(record.took_ms())])}</span>
                {sends.map(|sends| view! { <Pill tone=Tone::Info>{sends}</Pill> })}
            </span>
        })
    }
}

/// There was more than a test goes through at once: said, and gone on with where one wants.
#[component]
fn CutShort(desk: Desk) -> impl IntoView {
    let w = words();
    move || {
        let cut = desk.testing.record.with(|record| record.as_ref().is_some_and(|record| record.cut_short));
        cut.then(|| {
            let more = can_run_with_more(desk).then(|| {
                view! { <Button on_click=move |_| run_with_more(desk)>{w.test_run_more}</Button> }
            });
            view! { <p class="kl-test-note">{w.test_cut_short} " " {more}</p> }
        })
    }
}
