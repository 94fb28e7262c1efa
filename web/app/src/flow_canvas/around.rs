//! What lies around the nodes: notes, and the frames of groups. Drawn behind them.

use super::Shown;
use super::node::pixels;
use crate::words::{fill, words};
use canvas::{PlacedGroup, PlacedNote, Rect};
use leptos::prelude::*;
use model::GroupId;
use ui::{Icon, Markdown, Picture};

/// A note to be read.
pub fn note(note: PlacedNote) -> impl IntoView {
    let Rect { min, size } = note.area;
    view! {
        <div
            class="kl-sticky"
            role="note"
            data-colour=note.colour.as_str()
            on:pointerdown=let_follow
            style:--x=pixels(min.x)
            style:--y=pixels(min.y)
            style:--w=pixels(size.width)
            style:--h=pixels(size.height)
        >
            <Markdown text=note.text/>
        </div>
    }
}

/// A press on a link is for the link; the canvas would take the pointer away from it.
pub fn let_follow(event: web_sys::PointerEvent) {
    let link = super::surface::element_of(&event).and_then(|target| target.closest("a[href]").ok().flatten());
    if link.is_some() {
        event.stop_propagation();
    }
}

/// The groups of a flow to be looked at: each person folds them as they like.
#[component]
pub fn Groups(shown: Shown, redrawn: Memo<u64>) -> impl IntoView {
    let groups = Memo::new(move |_| {
        redrawn.track();
        shown.canvas.with_untracked(|canvas| canvas.scene().groups.clone())
    });
    let ids =
        Memo::new(move |_| groups.with(|all| all.iter().map(|group| group.id.clone()).collect::<Vec<_>>()));
    view! { <For each=move || ids.get() key=GroupId::clone let:id><Group shown groups id/></For> }
}

#[component]
fn Group(shown: Shown, groups: Memo<Vec<PlacedGroup>>, id: GroupId) -> impl IntoView {
    let key = id.clone();
    let group = Memo::new(move |_| groups.with(|all| all.iter().find(|group| group.id == key).cloned()));
    let of = move |what: fn(Rect) -> f64| {
        move || pixels(group.with(|group| group.as_ref().map(|group| what(group.area)).unwrap_or_default()))
    };
    let text = move |what: fn(&PlacedGroup) -> String| {
        move || group.with(|group| group.as_ref().map(what).unwrap_or_default())
    };
    let folded = Memo::new(move |_| group.with(|group| group.as_ref().is_some_and(|group| group.folded)));
    let told = |group: &PlacedGroup| match group.folded {
        true => group_holds(group),
        false => group.description.clone(),
    };
    let name = id.to_string();
    view! {
        <div
            class="kl-group"
            role="group"
            aria-label=text(|group| group.name.clone())
            data-group=name
            data-folded=move || folded.get().then_some("")
            style:--x=of(|area| area.min.x)
            style:--y=of(|area| area.min.y)
            style:--w=of(|area| area.size.width)
            style:--h=of(|area| area.size.height)
        >
            <div class="kl-group-head">
                <FoldButton folded on_fold=move |()| shown.fold(id.clone(), !folded.get_untracked())/>
                <b>{text(|group| group.name.clone())}</b>
                <small>{text(told)}</small>
            </div>
        </div>
    }
}

#[component]
pub fn FoldButton(#[prop(into)] folded: Signal<bool>, #[prop(into)] on_fold: Callback<()>) -> impl IntoView {
    let w = words();
    let label = move || if folded.get() { w.group_unfold } else { w.group_fold };
    view! {
        // A press on it is not a press on the canvas.
        <button class="kl-group-fold" type="button" aria-expanded=move || (!folded.get()).to_string() aria-label=label title=label on:click=move |_| on_fold.run(()) on:pointerdown=|event| event.stop_propagation() on:dblclick=|event| event.stop_propagation()>
            {move || view! { <Picture icon=if folded.get() { Icon::Next } else { Icon::Down }/> }}
        </button>
    }
}

/// "3 nodes": what a folded group holds.
pub fn group_holds(group: &PlacedGroup) -> String {
    crate::words::count(words().group_holds, group.nodes.len() as u64)
}

/// What a note is called by a reader: its first words.
pub fn note_name(text: &str) -> String {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let first: String = first.chars().filter(|c| !matches!(c, '*' | '#' | '_' | '`')).take(60).collect();
    fill(words().note_named, &[&first.trim()])
}
