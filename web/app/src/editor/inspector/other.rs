//! What is shown for an edge, and for several nodes at once.

use crate::editor::action::Action;
use crate::editor::desk::Desk;
use crate::words::{fill, words};
use leptos::prelude::*;
use model::{Edge, NodeId};
use ui::{Button, ButtonKind, Icon};

#[component]
pub fn EdgeEditor(desk: Desk, edge: Edge) -> impl IntoView {
    let w = words();
    let label = |node: &NodeId| {
        desk.canvas
            .with_untracked(|canvas| canvas.scene().node(node.as_str()).map(|node| node.label.clone()))
            .unwrap_or_default()
    };
    let text = fill(w.edge_leads, &[&label(&edge.from.node), &edge.from.port, &label(&edge.to)]);
    view! {
        <header class="kl-inspector-head"><div class="kl-inspector-title"><h2>{w.edge}</h2><p>{text}</p></div></header>
        <div class="kl-inspector-body">
            <Button icon=Icon::Plus on_click=move |_| Action::PutBetween.run(desk)>{Action::PutBetween.words()}</Button>
            <Button kind=ButtonKind::Danger icon=Icon::Bin on_click=move |_| Action::Delete.run(desk)>{w.delete}</Button>
        </div>
    }
}

#[component]
pub fn SeveralEditor(desk: Desk, many: usize) -> impl IntoView {
    let w = words();
    let button = |icon, kind, action: Action| {
        view! { <Button kind icon on_click=move |_| action.run(desk)>{action.words()}</Button> }
    };
    view! {
        <header class="kl-inspector-head"><div class="kl-inspector-title"><h2>{fill(w.things_chosen, &[&many])}</h2></div></header>
        <div class="kl-inspector-body">
            {button(Icon::Copy, ButtonKind::Plain, Action::Duplicate)}
            {button(Icon::Skip, ButtonKind::Plain, Action::Toggle)}
            {button(Icon::Tidy, ButtonKind::Plain, Action::TidyUp)}
            {button(Icon::Bin, ButtonKind::Danger, Action::Delete)}
        </div>
    }
}
