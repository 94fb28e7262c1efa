//! Which element of a for-each a node in it is looked at from.

use crate::editor::desk::Desk;
use crate::words::{fill, words};
use leptos::prelude::*;
use model::NodeId;
use rehearsal::Step;
use ui::{Choice, Select};

/// Elements that can be picked; a rehearsal goes through a few of each list.
const PICKED_MAX: usize = 500;

/// Shown where the node ran for several elements.
#[component]
pub fn ItemPicker(desk: Desk, node: NodeId) -> impl IntoView {
    let items = Memo::new(move |_| {
        desk.rehearsed.track();
        desk.rehearsal.with(|rehearsal| {
            let steps = rehearsal.iter().flat_map(|rehearsal| rehearsal.of(&node));
            steps.map(|step| step.item.clone()).take(PICKED_MAX).collect::<Vec<_>>()
        })
    });
    let value = RwSignal::new(String::new());
    // What is picked elsewhere is shown here, too.
    Effect::new(move |_| {
        let picked = desk.look.item.get();
        let shown = items.with(|items| {
            let fitting = items.iter().find(|item| fits(item, &picked)).or(items.first());
            fitting.map(|item| written(item)).unwrap_or_default()
        });
        if value.with_untracked(|value| *value != shown) {
            value.set(shown);
        }
    });
    Effect::new(move |started: Option<()>| {
        let wanted = value.get();
        let item: Option<Vec<u32>> = wanted.split('.').map(|part| part.parse().ok()).collect();
        let is_new = desk.look.item.with_untracked(|picked| {
            item.as_ref().is_some_and(|item| picked.len() < item.len() || !fits(item, picked))
        });
        if let Some(item) = item.filter(|_| started.is_some() && is_new) {
            desk.look.item.set(item);
        }
    });
    let choices = Signal::derive(move || {
        let choice = |item: &Vec<u32>| Choice::new(written(item), fill(words().item_number, &[&told(item)]));
        items.with(|items| items.iter().map(choice).collect::<Vec<_>>())
    });
    let is_one_of_several = Memo::new(move |_| items.with(|items| items.len() > 1));
    move || {
        is_one_of_several.get().then(|| {
            view! { <div class="kl-item-picker"><Select label=words().item_picked value choices/></div> }
        })
    }
}

/// Of a node's steps, the one that is looked at.
pub fn picked(desk: Desk, steps: &[Step]) -> Option<Step> {
    let item = desk.look.item.get();
    steps.iter().find(|step| fits(&step.item, &item)).or(steps.first()).cloned()
}

fn fits(item: &[u32], picked: &[u32]) -> bool {
    item.iter().zip(picked).all(|(item, picked)| item == picked)
}

fn written(item: &[u32]) -> String {
    item.iter().map(u32::to_string).collect::<Vec<_>>().join(".")
}

/// As people count.
fn told(item: &[u32]) -> String {
    item.iter().map(|at| (at + 1).to_string()).collect::<Vec<_>>().join(" › ")
}
