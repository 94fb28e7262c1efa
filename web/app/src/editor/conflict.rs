//! Two have worked on one draft, and both have changed the same: each of these things is shown as either has it, and a person
//! decides. Everything else is put together already.

use super::desk::{Desk, Dispute};
use super::saved_words;
use crate::words::{count, fill, language, words};
use canvas::compare::{Conflict as Disputed, Part, Side};
use leptos::prelude::*;
use model::{NodeId, Value};
use std::collections::HashMap;
use std::sync::Arc;
use ui::{Button, ButtonKind};

/// Letters of a value that are shown.
const SHOWN_LETTERS_MAX: usize = 300;

#[component]
pub fn Conflict(desk: Desk) -> impl IntoView {
    move || desk.dispute.get().map(|dispute| view! { <Asked desk dispute/> })
}

#[component]
fn Asked(desk: Desk, dispute: Arc<Dispute>) -> impl IntoView {
    let w = words();
    let choices = RwSignal::new(HashMap::<Part, Side>::new());
    let of = StoredValue::new(dispute.clone());
    // What is disputed follows what is still being changed here.
    let disputed = Memo::new(move |_| {
        desk.changed.track();
        of.with_value(|dispute| desk.merged(dispute, |_| Side::Mine))
            .map(|merged| merged.conflicts)
            .unwrap_or_default()
    });
    let settle = move |choose: &dyn Fn(&Part) -> Side| {
        let dispute = of.get_value();
        if let Some(merged) = desk.merged(&dispute, choose) {
            desk.adopt(&dispute, merged);
        }
    };
    let take = move |_| {
        let choices = choices.get_untracked();
        settle(&|part| choices.get(part).copied().unwrap_or(Side::Mine));
    };
    view! {
        <section class="kl-conflict" role="alert" aria-label=w.conflict_title>
            <p><b>{move || count(w.conflict_both, disputed.with(Vec::len) as u64)}</b> " " {w.conflict_rest} " " {saved_words(&dispute.theirs)}</p>
            <ul>
                <For each=move || disputed.get() key=|one| one.part.clone() let:one><Row desk one choices/></For>
            </ul>
            <div class="kl-row">
                <Button kind=ButtonKind::Primary on_click=take>{w.conflict_take}</Button>
                <Button on_click=move |_| settle(&|_| Side::Mine)>{w.conflict_mine}</Button>
                <Button on_click=move |_| settle(&|_| Side::Theirs)>{w.conflict_theirs}</Button>
            </div>
        </section>
    }
}

#[component]
fn Row(desk: Desk, one: Disputed, choices: RwSignal<HashMap<Part, Side>>) -> impl IntoView {
    let w = words();
    let part = StoredValue::new(one.part.clone());
    let (name, what) = (format!("kl-conflict-{:?}", one.part), part_words(desk, &one.part));
    let choice = move |side: Side, title: &'static str, value: Option<&Value>| {
        let on = move || {
            choices.with(|choices| part.with_value(|part| choices.get(part).copied().unwrap_or(Side::Mine)))
                == side
        };
        let choose = move |_| choices.update(|choices| _ = choices.insert(part.get_value(), side));
        let shown = part.with_value(|part| shown(part, value));
        view! {
            <label class="kl-conflict-side">
                <input type="radio" name=name.clone() prop:checked=on on:change=choose/>
                <span><b>{title}</b><code>{shown}</code></span>
            </label>
        }
    };
    view! {
        <li>
            <span class="kl-conflict-what">{what}</span>
            {choice(Side::Mine, w.conflict_yours, one.mine.as_ref())}
            {choice(Side::Theirs, w.conflict_others, one.theirs.as_ref())}
        </li>
    }
}

fn shown(part: &Part, value: Option<&Value>) -> String {
    let w = words();
    let text = match (part, value) {
        (_, None) => return w.conflict_taken_out.to_owned(),
        (Part::Node(_), Some(_)) => return w.conflict_changed.to_owned(),
        (_, Some(Value::String(text))) => text.clone(),
        (_, Some(value)) => value.to_string(),
    };
    match text.char_indices().nth(SHOWN_LETTERS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// "Create sales order, Order": the node and what of it.
pub fn part_words(desk: Desk, part: &Part) -> String {
    let w = words();
    match part {
        Part::Flow(name) if name == "name" => w.flow_name.to_owned(),
        Part::Flow(name) => name.clone(),
        Part::Setting(name) => fill(w.part_setting, &[name]),
        Part::Node(node) => label(desk, node),
        Part::Of(node, what) => format!("{}, {}", label(desk, node), what_words(desk, node, what)),
        Part::Edge(from, to) => fill(w.part_edge, &[from, to]),
        Part::Place(node) => label(desk, node),
        Part::Drawn(_, id) => id.clone(),
        Part::Sample(node) => format!("{}, {}", label(desk, node), w.test_pin_edit),
    }
}

fn label(desk: Desk, node: &NodeId) -> String {
    desk.document().node(node.as_str()).map_or_else(|| node.to_string(), |node| node.label().to_owned())
}

fn what_words(desk: Desk, node: &NodeId, what: &str) -> String {
    let (doc, specs) = (desk.document(), desk.specs());
    let spec = doc.node(node.as_str()).and_then(|node| specs.operation(&node.operation));
    crate::pages::what_words(spec, what, language())
}
