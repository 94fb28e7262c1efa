//! What a test has made of a node and of an edge, on the drawing.

use super::super::desk::Desk;
use super::{count, pins};
use crate::words::words;
use leptos::prelude::*;
use model::{Edge, NodeId};
use rehearsal::{Mark, Standing};
use ui::{Icon, Picture};

/// The standing as an attribute of what is drawn; nothing while no test says anything about it.
pub fn standing_name(desk: Desk, node: &NodeId) -> Option<&'static str> {
    let standing = desk.marks.with(|marks| marks.get(node).map(|mark| mark.standing))?;
    name(standing)
}

pub const fn name(standing: Standing) -> Option<&'static str> {
    Some(match standing {
        Standing::NotRun => return None,
        Standing::Skipped => "skipped",
        Standing::Done => "done",
        Standing::Sends => "sends",
        Standing::Pinned => "pinned",
        Standing::Failed => "failed",
    })
}

pub fn standing_words(standing: Standing) -> &'static str {
    let w = words();
    match standing {
        Standing::NotRun => w.test_not_run,
        Standing::Skipped => w.state_skipped,
        Standing::Done => w.state_done,
        Standing::Sends => w.test_sends,
        Standing::Pinned => w.test_pinned,
        Standing::Failed => w.state_failed,
    }
}

/// "✓ 3", "! 1", "would send": what stands in the node's corner.
fn badge(mark: Mark) -> String {
    let times = |sign: &str| match mark.times {
        0 | 1 => sign.to_owned(),
        times => format!("{sign} {times}"),
    };
    match mark.standing {
        Standing::NotRun => String::new(),
        Standing::Skipped => "–".to_owned(),
        Standing::Done | Standing::Pinned => times("✓"),
        Standing::Sends => times(words().test_sends),
        Standing::Failed => times("!"),
    }
}

/// The mark in the corner of a node.
#[component]
pub fn NodeMark(desk: Desk, node: NodeId) -> impl IntoView {
    let mark = Memo::new(move |_| {
        let mark = desk.marks.with(|marks| marks.get(&node).copied());
        mark.filter(|mark| mark.standing != Standing::NotRun)
    });
    move || {
        let mark = mark.get()?;
        let state = standing_words(mark.standing);
        let (said, sign) = match mark.stale {
            true => (format!("{state}, {}", words().test_stale), format!("↻ {}", badge(mark))),
            false => (state.to_owned(), badge(mark)),
        };
        let title = said.clone();
        Some(view! {
            <span class="kl-sr">{said}</span>
            <span class="kl-node-mark" data-stale=mark.stale.then_some("") title=title aria-hidden="true">{sign}</span>
        })
    }
}

/// Whether what a node gives is pinned.
#[component]
pub fn NodePin(desk: Desk, node: NodeId) -> impl IntoView {
    let pinned = pins::is_pinned(desk, node);
    move || {
        pinned.get().then(|| {
            view! { <span class="kl-node-pin" title=words().test_pinned><span class="kl-sr">{words().test_pinned}</span><Picture icon=Icon::Pin/></span> }
        })
    }
}

/// Whether the test went along an edge, as an attribute.
pub fn taken(desk: Desk, edge: &Edge) -> Option<&'static str> {
    count(desk, edge).map(|count| if count > 0 { "yes" } else { "no" })
}
