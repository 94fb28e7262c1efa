//! Testing while building: the flow is gone through here in the browser, nothing is sent, and what came of each step stays on the
//! drawing while one goes on.

mod event;
mod listening;
mod marks;
mod panel;
mod past;
mod pins;
mod real;
mod result;
mod steps;

use super::desk::Desk;
use crate::words::words;
use canvas::Input;
pub use event::{adopt, received, triggers};
use leptos::prelude::*;
pub use listening::{Addresses, copy_address};
pub use marks::{NodeMark, NodePin, standing_name, taken};
use model::{Edge, NodeId};
pub use panel::{TestButton, TestPanel, look_at};
pub use pins::{may_pin, toggle_now as toggle_pin};
pub use real::AskButton;
use rehearsal::{Bounds, ITEMS_MAX, Mark, Reach, Record, STEPS_MAX, rehearse_within};
pub use result::{PinButton, Pinning};
use std::collections::HashMap;
use std::sync::Arc;
use ui::Tone;

/// Where somebody asks for more elements, so many times as many are gone through.
const MORE: usize = 10;
/// The most that the browser is asked to do at once.
const ITEMS_LIMIT: usize = 2_000;
const STEPS_LIMIT: usize = 20_000;

/// The last test and what of it is looked at. A cheap handle.
#[derive(Clone, Copy)]
pub struct Testing {
    /// Whether the panel is open.
    pub open: RwSignal<bool>,
    pub record: RwSignal<Option<Arc<Record>>>,
    /// The step that is looked at, by its place in the record.
    pub chosen: RwSignal<Option<usize>>,
    /// Which side of it.
    pub side: RwSignal<&'static str>,
    /// The trigger that tests begin at, where somebody has chosen one.
    pub trigger: RwSignal<Option<NodeId>>,
    /// An event that is waited for.
    pub waiting: RwSignal<Option<listening::Waiting>>,
    /// Elements that a for-each goes through.
    items_max: RwSignal<usize>,
    /// The time of the test that is gone through step by step.
    begun: StoredValue<i64>,
    scripts: StoredValue<script::Engine, LocalStorage>,
}

impl Testing {
    pub fn new() -> Self {
        Self {
            open: RwSignal::new(false),
            record: RwSignal::new(None),
            chosen: RwSignal::new(None),
            side: RwSignal::new("output"),
            trigger: RwSignal::new(None),
            waiting: RwSignal::new(None),
            items_max: RwSignal::new(ITEMS_MAX),
            begun: StoredValue::new(0),
            scripts: StoredValue::new_local(crate::scripts::engine()),
        }
    }

    pub fn is_stepping(self) -> bool {
        self.record
            .with(|record| record.as_ref().is_some_and(|record| matches!(record.reach, Reach::Steps(_))))
    }
}

/// The nodes' marks as they follow the test and the document.
pub fn marks(desk: Desk) -> Memo<HashMap<NodeId, Mark>> {
    let specs = desk.specs();
    Memo::new(move |_| {
        desk.changed.track();
        let record = desk.testing.record.get();
        let doc = desk.canvas.with_untracked(|canvas| canvas.draft().map(|draft| draft.doc().clone()));
        record.zip(doc).map(|(record, doc)| record.marks(&doc, &specs)).unwrap_or_default()
    })
}

/// One cross-reference may follow another, and one mapping another.
const ASKS_MAX: usize = 16;

/// Tests the flow as it is drawn now.
pub fn run(desk: Desk, reach: Reach) {
    run_again(desk, reach, ASKS_MAX);
}

/// `asks` is how often it may be begun again, knowing more cross-references than before.
fn run_again(desk: Desk, reach: Reach, asks: usize) {
    let testing = desk.testing;
    testing.open.set(true);
    let (doc, specs) = (Arc::new(desk.document()), desk.specs());
    let Some(trigger) = event::trigger(testing, &doc, &specs) else {
        return desk.toasts.push(Tone::Warn, words().test_no_trigger);
    };
    let last = testing.record.get_untracked();
    let last = last.as_ref().filter(|_| matches!(reach, Reach::Only(_)));
    let to = match &reach {
        Reach::To(node) | Reach::Only(node) => Some(node.clone()),
        Reach::All | Reach::Steps(_) => None,
    };
    let known = last.zip(to.as_ref()).map(|(record, node)| record.known(&doc, &specs, node));
    let again = last.and_then(|record| record.received(&doc, &specs, &trigger));
    let event = again.unwrap_or_else(|| received(&doc, &specs, &trigger));
    let items_max = testing.items_max.get_untracked();
    let steps_max = match reach {
        Reach::Steps(steps) => steps,
        _ => (STEPS_MAX * items_max / ITEMS_MAX).min(STEPS_LIMIT),
    };
    if !matches!(reach, Reach::Steps(2..)) {
        testing.begun.set_value(crate::time::now_ms());
    }
    let clock = || window().performance().map_or(0.0, |clock| clock.now());
    let references = desk.xrefs.known();
    let bounds = Bounds {
        to: to.as_ref(),
        known: known.as_ref(),
        steps_max,
        items_max,
        item: &[],
        references: Some(&references),
        clock: &clock,
        ..Bounds::default()
    };
    let now = testing.begun.get_value();
    let rehearsal = testing
        .scripts
        .with_value(|scripts| rehearse_within(&doc, &specs, scripts, &trigger, event, now, &bounds));
    let Some(rehearsal) = rehearsal else { return };
    if asks > 0 && !rehearsal.asks.is_empty() {
        leptos::task::spawn_local(async move {
            // Where the server cannot be asked, the step says what is not known.
            let left = desk.xrefs.find(rehearsal.asks).await.map_or(0, |()| asks - 1);
            if desk.changed.try_get_untracked().is_some() {
                run_again(desk, reach, left);
            }
        });
        return;
    }
    // With nothing left to be gone through, stepping has come to the end of the flow.
    let reach = match reach {
        Reach::Steps(steps) if rehearsal.steps.len() < steps => Reach::All,
        reach => reach,
    };
    let record = Record::new(&rehearsal, &doc, &specs, reach.clone());
    let record = match (&reach, last) {
        (Reach::Only(node), Some(last)) => Record::clone(last).with_node(record, node),
        _ => record,
    };
    show(desk, record, &reach);
}

/// Leads to what one wants to see of a test: what failed, else what was asked for.
fn show(desk: Desk, record: Record, reach: &Reach) {
    let place = |node: &NodeId| record.steps.iter().position(|step| step.node == *node);
    let failed = record.failed.as_ref().and_then(|(node, _)| place(node));
    let chosen = desk.canvas.with_untracked(|canvas| canvas.selected().cloned());
    let wanted = match reach {
        Reach::To(node) | Reach::Only(node) => place(node),
        Reach::All => chosen.as_ref().and_then(place),
        Reach::Steps(_) => None,
    };
    let step = failed.or(wanted).or(record.steps.len().checked_sub(1));
    let node = step.map(|step| record.steps[step].node.clone());
    desk.testing.record.set(Some(Arc::new(record)));
    desk.testing.chosen.set(step);
    if failed.is_some() || matches!(reach, Reach::Steps(_)) {
        node.map(|node| desk.handle(Input::Focus(node)));
    }
}

/// One step more.
pub fn step_on(desk: Desk) {
    let steps = desk.testing.record.with_untracked(|record| match record.as_ref()?.reach {
        Reach::Steps(steps) => Some(steps),
        _ => None,
    });
    run(desk, Reach::Steps(steps.unwrap_or(0) + 1));
}

/// Ends stepping, or forgets the test.
pub fn clear(desk: Desk) {
    desk.testing.record.set(None);
    desk.testing.chosen.set(None);
}

/// Again, with more elements of each list.
pub fn run_with_more(desk: Desk) {
    desk.testing.items_max.update(|items| *items = (*items * MORE).min(ITEMS_LIMIT));
    run(desk, Reach::All);
}

pub fn can_run_with_more(desk: Desk) -> bool {
    desk.testing.items_max.get() < ITEMS_LIMIT
}

/// How many values went along an edge in the last test.
pub fn count(desk: Desk, edge: &Edge) -> Option<u64> {
    desk.testing.record.with(|record| record.as_ref()?.count(edge))
}
