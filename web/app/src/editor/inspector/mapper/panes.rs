//! The two sides of a mapping, in the whole window.

use super::bar::Bar;
use super::drag::{self, Ghost};
use super::state::Mapper;
use super::targets::TargetList;
use super::tree::SourceTree;
use crate::editor::divider::Divider;
use crate::editor::inspector::errors::ErrorsTab;
use crate::editor::inspector::large::LEFT;
use crate::editor::inspector::node::Opened;
use crate::editor::inspector::notes::NotesTab;
use crate::editor::inspector::output::OutputPane;
use crate::editor::keys::pressed;
use crate::words::words;
use canvas::Canvas;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use ui::Tabs;

#[component]
pub fn MapperPanes(opened: Opened) -> impl IntoView {
    let w = words();
    let mapper = Mapper::new(opened.desk, opened.node.clone());
    drag::attach(mapper);
    let left = LEFT.recall();
    let tab = RwSignal::new("setup");
    let tabs = [("setup", w.mapper_fields), ("output", w.output), ("errors", w.errors), ("notes", w.notes)];
    let tabs: Vec<_> = tabs.map(|(name, words)| (name, words.to_owned())).into();
    let is_setup = move || tab.get() == "setup";
    let rest = move || match tab.get() {
        "output" => view! { <OutputPane opened=opened.clone()/> }.into_any(),
        "errors" => view! { <ErrorsTab opened=opened.clone()/> }.into_any(),
        "notes" => view! { <NotesTab opened=opened.clone()/> }.into_any(),
        _ => ().into_any(),
    };
    let is_dragging = move || mapper.drag.held.with(Option::is_some).then_some("");
    view! {
        <div class="kl-panes kl-mapper" data-dragging=is_dragging style:--left=move || format!("{}%", left.get()) on:keydown=move |event| key(mapper, &event)>
            <section class="kl-pane kl-mapper-sources" aria-label=w.mapper_source>
                <h2 class="kl-pane-head">{w.mapper_source}</h2>
                <div class="kl-pane-body"><SourceTree mapper/></div>
            </section>
            <Divider label=w.pane_wider value=left extent=LEFT/>
            <section class="kl-pane" aria-label=w.setup>
                <Tabs label=w.inspector_tabs tabs=Signal::stored(tabs) selected=tab/>
                <div class="kl-mapper-body" hidden=move || !is_setup()>
                    <Bar mapper/>
                    <div class="kl-mapper-targets"><TargetList mapper/></div>
                    <p class="kl-mapper-said" role="status">{move || mapper.said.get()}</p>
                </div>
                <div class="kl-pane-body kl-inspector-body" hidden=is_setup>{rest}</div>
            </section>
            <Ghost drag=mapper.drag/>
        </div>
    }
}

/// Undo is the document's also where somebody types; Escape lets go of what is in hand before it closes anything.
fn key(mapper: Mapper, event: &KeyboardEvent) {
    match pressed(event).as_deref() {
        Some("Ctrl+Z") => drop(mapper.desk.does(Canvas::undo)),
        Some("Ctrl+Shift+Z" | "Ctrl+Y") => drop(mapper.desk.does(Canvas::redo)),
        Some("Escape") if mapper.chosen.with_untracked(Option::is_some) => {
            mapper.chosen.set(None);
            event.stop_propagation();
        }
        _ => return,
    }
    event.prevent_default();
}
