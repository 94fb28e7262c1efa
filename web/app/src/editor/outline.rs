//! The flow that is worked on, as a list: what the drawing can do, a list can do.

use super::action::Action;
use super::connecting;
use super::desk::Desk;
use super::renaming::RenameField;
use crate::flow_canvas::{GlyphBox, leads_to};
use crate::flow_view::{Face, face, family_name};
use crate::words::{fill, language, words};
use canvas::walk::Direction;
use canvas::{Canvas, Input};
use leptos::prelude::*;
use model::NodeId;
use ui::{Icon, IconButton};

#[component]
pub fn EditOutline(desk: Desk) -> impl IntoView {
    let w = words();
    let ids = desk.of_document(|doc| doc.nodes.iter().map(|node| node.id.clone()).collect::<Vec<_>>());
    view! {
        <section class="kl-outline-desk" aria-label=w.outline aria-description=w.outline_help>
            <ol class="kl-outline" aria-label=w.outline>
                <For each=move || ids.get() key=NodeId::clone let:id><OutlineRow desk id/></For>
            </ol>
            {move || ids.with(Vec::is_empty).then(|| view! { <p class="kl-muted">{w.editor_empty}</p> })}
        </section>
    }
}

#[component]
fn OutlineRow(desk: Desk, id: NodeId) -> impl IntoView {
    let w = words();
    let node = StoredValue::new(id.clone());
    let specs = desk.specs();
    let label = {
        let id = id.clone();
        desk.of_document(move |doc| {
            doc.node(id.as_str()).map(|node| node.label().to_owned()).unwrap_or_default()
        })
    };
    let look = {
        let id = id.clone();
        Memo::new(move |last: Option<&Option<Face>>| {
            desk.changed.track();
            // Looked at where it lies: each row asks at each keystroke.
            let now = desk.canvas.with_untracked(|canvas| {
                let node = canvas.draft()?.doc().node(id.as_str())?;
                Some(face(node, &specs, language()))
            });
            now.or_else(|| last.cloned().flatten())
        })
    };
    let off = {
        let id = id.clone();
        desk.of_document(move |doc| doc.node(id.as_str()).is_some_and(|node| node.disabled))
    };
    let leads = Memo::new(move |_| {
        desk.changed.track();
        desk.canvas.with_untracked(|canvas| node.with_value(|node| leads_to(canvas, node)))
    });
    let wrong = Memo::new(move |_| node.with_value(|node| desk.problems_of(Some(node)).len()));
    let chosen = Memo::new(move |_| {
        desk.canvas.with(|canvas| node.with_value(|node| canvas.selection().contains(node)))
    });
    let renaming = Memo::new(move |_| {
        node.with_value(|node| desk.asking.renaming.with(|now| now.as_ref() == Some(node)))
    });
    let name = move || match renaming.get() {
        true => view! { <RenameField desk node=node.get_value()/> }.into_any(),
        false => view! { <b>{label}</b> }.into_any(),
    };
    let does = move |action: Action| {
        desk.does(|canvas| canvas.select(Some(node.get_value())));
        action.run(desk);
    };
    let tool = move |icon, text: &'static str, action: Action| {
        let words = move || fill(text, &[&label.get()]);
        move || view! { <IconButton icon label=words() on_click=move |()| does(action)/> }
    };
    let can_lead = Memo::new(move |_| {
        desk.changed.track();
        desk.canvas.with_untracked(|canvas| node.with_value(|node| connecting::can_begin(canvas, node)))
    });
    let problems = move || {
        (wrong.get() > 0).then(|| view! { <small class="kl-outline-wrong">{crate::words::count(w.problems, wrong.get() as u64)}</small> })
    };
    view! {
        <li class="kl-outline-row">
            <div
                class="kl-outline-item"
                role="button"
                tabindex="0"
                data-node=id.to_string()
                data-disabled=move || off.get().then_some("")
                aria-pressed=move || chosen.get().to_string()
                on:focus=move |_| drop(desk.handle(Input::Focus(node.get_value())))
                on:dblclick=move |_| does(Action::Open)
            >
                {move || look.get().map(|look| view! { <GlyphBox glyph=look.glyph family=family_name(look.family)/> })}
                <span class="kl-outline-text">
                    {name}
                    <small>{move || look.get().map(|look| look.subtitle)}</small>
                    <small class="kl-muted">{leads}</small>
                    {problems}
                </span>
            </div>
            <span class="kl-outline-tools">
                {tool(Icon::Pen, w.outline_rename, Action::Rename)}
                {move || can_lead.get().then(|| tool(Icon::Flows, w.outline_connect, Action::Connect))}
                {tool(Icon::Up, w.outline_earlier, Action::Earlier)}
                {tool(Icon::Down, w.outline_later, Action::Later)}
                {tool(Icon::Bin, w.outline_delete, Action::Delete)}
            </span>
        </li>
    }
}

/// Where an arrow leads in the list: up and down is the next line, and not what lies above on the drawing.
pub fn step(canvas: &Canvas, direction: Direction) -> Option<NodeId> {
    let nodes = &canvas.draft()?.doc().nodes;
    let by = match direction {
        Direction::Up => -1,
        Direction::Down => 1,
        Direction::Back | Direction::Forward => return None,
    };
    let here = canvas.selected().and_then(|id| nodes.iter().position(|node| node.id == *id));
    let next = here.map_or(Some(0), |here| here.checked_add_signed(by))?;
    nodes.get(next).map(|node| node.id.clone())
}
