//! The steps of a test in the order in which they ran; one leads to its node, and the node to it.

use super::super::desk::Desk;
use super::marks::{name, standing_words};
use crate::words::{count, fill, words};
use canvas::Input;
use leptos::prelude::*;
use model::{NodeId, Value};
use rehearsal::{Answer, Came, Record, Standing, Step};
use std::collections::HashMap;
use std::sync::Arc;
use ui::Button;

/// Rows at first, and with each "more".
const ROWS: usize = 200;

#[component]
pub fn Steps(desk: Desk) -> impl IntoView {
    let w = words();
    let shown = RwSignal::new(ROWS);
    let titles = desk.of_document(|doc| {
        let title = |node: &model::Node| (node.id.clone(), node.label().to_owned());
        doc.nodes.iter().map(title).collect::<HashMap<NodeId, String>>()
    });
    let rows = move || {
        let record = desk.testing.record.get()?;
        let rows = record.steps.iter().enumerate().take(shown.get());
        let rows = rows.map(|(at, step)| view! { <Row desk at step=step.clone() titles/> }).collect_view();
        let more = record.steps.len().saturating_sub(shown.get());
        let more = (more > 0).then(|| {
            view! { <li><Button on_click=move |_| shown.update(|shown| *shown += ROWS)>{fill(w.test_more_steps, &[&more])}</Button></li> }
        });
        Some(view! { {rows} {more} })
    };
    view! { <ol class="kl-test-steps" aria-label=w.test_steps>{rows}</ol> }
}

#[component]
fn Row(desk: Desk, at: usize, step: Step, titles: Memo<HashMap<NodeId, String>>) -> impl IntoView {
    let standing = standing_of(&step);
    let id = step.node.clone();
    let title = {
        let id = id.clone();
        move || titles.with(|titles| titles.get(&id).cloned().unwrap_or_else(|| id.to_string()))
    };
    let node = id.clone();
    let stale = move || desk.marks.with(|marks| marks.get(&id).is_some_and(|mark| mark.stale));
    let element = step.item.last().map(|item| format!("#{}", item + 1));
    let choose = move |_| {
        desk.testing.chosen.set(Some(at));
        desk.handle(Input::Focus(node.clone()));
    };
    view! {
        <li style:--level=step.item.len().to_string()>
            <button
                class="kl-test-step"
                type="button"
                data-state=name(standing)
                data-stale=move || stale().then_some("")
                aria-pressed=move || (desk.testing.chosen.get() == Some(at)).to_string()
                on:click=choose
            >
                <span class="kl-test-sign" aria-hidden="true">{sign(standing)}</span>
                <b>{title}</b>
                <small>{element}</small>
                <span class="kl-test-state">{standing_words(standing)}</span>
                <small class="kl-test-count">{items(&step)}</small>
                <small class="kl-test-time">{time(step.took_ms)}</small>
            </button>
        </li>
    }
}

pub fn standing_of(step: &Step) -> Standing {
    match step.came {
        Came::Failed(_) | Came::Answered { answer: Answer::Refuses(_), .. } => Standing::Failed,
        _ if step.pinned => Standing::Pinned,
        Came::WouldSend { .. } | Came::Answered { .. } => Standing::Sends,
        Came::Gave(..) => Standing::Done,
    }
}

const fn sign(standing: Standing) -> &'static str {
    match standing {
        Standing::Failed => "!",
        Standing::Sends => "↗",
        Standing::Pinned => "•",
        Standing::NotRun | Standing::Skipped => "–",
        Standing::Done => "✓",
    }
}

/// "3 items", where a step gave a list.
fn items(step: &Step) -> Option<String> {
    let list = step.came.gave().and_then(Value::as_array)?;
    Some(count(words().items, list.len() as u64))
}

/// Browsers do not tell time finer than this.
pub fn time(ms: f64) -> String {
    if ms < 0.1 { "<0.1 ms".to_owned() } else { format!("{ms:.1} ms") }
}

/// The first step of the node that is chosen on the drawing, unless one of its steps is looked at already.
pub fn follow_selection(desk: Desk) {
    let selected = Memo::new(move |_| desk.canvas.with(|canvas| canvas.selected().cloned()));
    Effect::new(move |_| {
        let Some(node) = selected.get() else { return };
        let Some(record): Option<Arc<Record>> = desk.testing.record.get_untracked() else { return };
        let looked_at = desk.testing.chosen.get_untracked().and_then(|at| record.steps.get(at));
        if looked_at.is_none_or(|step| step.node != node) {
            desk.testing.chosen.set(record.steps.iter().position(|step| step.node == node));
        }
    });
}
