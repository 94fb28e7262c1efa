//! The steps of a run below the drawing, as bars in time; a click shows the step in the drawing, and the other way round.

use super::Picked;
use super::bars::{Bar, Bars, Part, Scale};
use crate::flow_canvas::Shown;
use crate::flow_view::{step_state, step_state_name};
use crate::time::{clock, length, now_ms};
use crate::words::{count, fill, words};
use api::RunDetail;
use leptos::html::Section;
use leptos::prelude::*;
use model::NodeId;
use ui::{Button, ButtonKind, TextField, TextKind};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Bars drawn at first, and with each "more".
const BARS_STEP: usize = 50;
/// Marks on the scale.
const TICKS: i64 = 4;
/// With fewer steps there is nothing to search.
const SEARCHED_FROM: usize = 12;

#[component]
pub fn Gantt(run: Signal<RunDetail>, shown: Shown, picked: Picked) -> impl IntoView {
    let w = words();
    let (text, limit, open) = (RwSignal::new(String::new()), RwSignal::new(BARS_STEP), RwSignal::new(true));
    let bars = Memo::new(move |_| run.with(|run| Bars::of(run, now_ms())));
    let found = Memo::new(move |_| bars.with(|bars| bars.found(&text.get())));
    let number = move || fill(w.gantt_count, &[&found.with(Vec::len), &bars.with(|bars| bars.bars.len())]);
    let panel = NodeRef::<Section>::new();
    follow_selection(panel, shown);
    let searched = Memo::new(move |_| bars.with(|bars| bars.bars.len() >= SEARCHED_FROM));
    let scale = Memo::new(move |_| bars.with(|bars| bars.scale));
    let rows = move || {
        let scale = scale.get();
        let rows = found.get().into_iter().take(limit.get());
        rows.map(|bar| view! { <Row bar scale shown picked/> }).collect_view()
    };
    let more = move || found.with(Vec::len) > limit.get();
    view! {
        <section class="kl-gantt" node_ref=panel aria-label=w.gantt data-open=move || open.get().then_some("")>
            <header class="kl-gantt-head">
                <h2>{w.gantt}</h2>
                <span class="kl-muted" role="status">{number}</span>
                <span class="kl-spring"></span>
                <Show when=move || open.get() && searched.get()>
                    <TextField label=w.gantt_search value=text kind=TextKind::Search placeholder=w.gantt_search label_hidden=true/>
                </Show>
                <Button kind=ButtonKind::Quiet on_click=move |_| open.update(|open| *open = !*open)>
                    {move || if open.get() { w.gantt_hide } else { w.gantt_show }}
                </Button>
            </header>
            <Show when=move || open.get()>
                <div class="kl-gantt-scale" aria-hidden="true">{move || ticks(scale.get())}</div>
                <ol class="kl-gantt-rows">{rows}</ol>
                <Show when=move || found.with(Vec::is_empty)><p class="kl-muted kl-gantt-none">{w.gantt_none}</p></Show>
                <Show when=more><div class="kl-list-more"><Button on_click=move |_| limit.update(|n| *n += BARS_STEP)>{w.load_more}</Button></div></Show>
            </Show>
        </section>
    }
}

fn ticks(scale: Scale) -> impl IntoView {
    let whole = scale.to - scale.from;
    let tick = move |n: i64| {
        let at = format!("{:.2}%", n as f64 / TICKS as f64 * 100.0);
        view! { <span style:left=at>{length(whole * n / TICKS, words())}</span> }
    };
    (0..TICKS).map(tick).collect_view()
}

/// Whoever chooses a node in the drawing sees where its first bar is. Only the panel scrolls, never the page.
fn follow_selection(panel: NodeRef<Section>, shown: Shown) {
    Effect::new(move |_| {
        let Some(node) = shown.selected.get() else { return };
        let Some(panel) = panel.get_untracked() else { return };
        // An id holds letters, digits, `-` and `_`: nothing that a selector would have to escape.
        let found = panel.query_selector(&format!("[data-step=\"{node}\"]")).ok().flatten();
        if let Some(row) = found.and_then(|row| row.dyn_into::<HtmlElement>().ok()) {
            let (top, height) = (row.offset_top(), panel.client_height());
            if top < panel.scroll_top() || top > panel.scroll_top() + height - row.offset_height() {
                panel.set_scroll_top(top - height / 2);
            }
        }
    });
}

#[component]
fn Row(bar: Bar, scale: Scale, shown: Shown, picked: Picked) -> impl IntoView {
    let w = words();
    let (node, item) = (bar.node.clone(), bar.item.clone());
    let own = (bar.node.clone(), bar.item.clone());
    let is_shown = move || {
        let node = shown.selected.with(|selected| selected.as_ref() == Some(&own.0));
        // What was picked of another node says nothing about this one's items.
        let picked_here = |(of, item): &(NodeId, Vec<u32>)| *of != own.0 || *item == own.1;
        let item = picked.0.with(|picked| picked.as_ref().is_none_or(picked_here));
        (node && item).to_string()
    };
    let show = move |_| {
        picked.0.set(Some((node.clone(), item.clone())));
        shown.show(node.clone());
    };
    let item = (!bar.item.is_empty()).then(|| fill(w.item_number, &[&bar.item_words()]));
    let state = step_state(bar.state, w).1;
    let waited = bar.waited();
    let notes: Vec<String> = [
        Some(length(bar.to - bar.from, w)),
        (bar.attempts > 1).then(|| count(w.gantt_attempts, bar.attempts as u64)),
        (waited > 0 && bar.parts.len() > 1).then(|| fill(w.gantt_waited, &[&length(waited, w)])),
    ]
    .into_iter()
    .flatten()
    .collect();
    let part = |part: &Part| {
        let (from, to) = (scale.place(part.from), scale.place(part.to));
        let (left, width) = (format!("{from:.2}%"), format!("{:.2}%", to - from));
        view! { <i data-kind=part.kind.as_str() style:left=left style:width=width></i> }
    };
    view! {
        <li>
            <button class="kl-gantt-row kl-walk" type="button" data-step=bar.node.to_string() data-state=step_state_name(bar.state) aria-pressed=is_shown title=clock(bar.from) on:click=show>
                <span class="kl-gantt-title">
                    <b>{bar.title.clone()}</b>
                    {item.map(|item| view! { <small>{item}</small> })}
                    <span class="kl-sr">{state}</span>
                </span>
                <span class="kl-gantt-track" aria-hidden="true">{bar.parts.iter().map(part).collect_view()}</span>
                <small class="kl-gantt-notes">{notes.join(" · ")}</small>
            </button>
        </li>
    }
}
