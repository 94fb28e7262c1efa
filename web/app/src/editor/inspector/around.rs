//! What is shown for a chosen note, and for a chosen group.

use super::fields::edit_text;
use crate::editor::action::{Action, colour_words};
use crate::editor::desk::Desk;
use crate::words::{fill, words};
use canvas::draft::{NoteEdit, Stroke, drawing};
use leptos::prelude::*;
use model::{FlowDocument, Group, GroupId, NodeId, NoteColour, NoteId};
use std::collections::BTreeSet;
use ui::{Button, ButtonKind, Icon, TextArea, TextField};

#[component]
pub fn NoteEditor(desk: Desk, note: NoteId) -> impl IntoView {
    let w = words();
    let id = StoredValue::new(note);
    let of =
        move |doc: &FlowDocument| id.with_value(|id| doc.notes.iter().find(|note| note.id == *id).cloned());
    let stroke = Stroke::Typing { node: None, field: format!("note {}", id.get_value()) };
    let read = move |doc: &FlowDocument| of(doc).map(|note| note.text).unwrap_or_default();
    let text = edit_text(desk, stroke, read, move |doc, text| {
        id.with_value(|id| drawing::edit_note(doc, id, NoteEdit::Write(text.to_owned())));
    });
    let painted = desk.of_document(move |doc| of(doc).map(|note| note.colour));
    let paint = |colour: NoteColour| {
        let pressed = move || (painted.get() == Some(colour)).to_string();
        let label = colour_words(colour);
        view! {
            <button class="kl-swatch-button" type="button" aria-label=label title=label aria-pressed=pressed on:click=move |_| Action::Paint(colour).run(desk)><span class="kl-swatch" data-colour=colour.as_str()></span></button>
        }
    };
    view! {
        <header class="kl-inspector-head"><div class="kl-inspector-title"><h2>{w.menu_note}</h2></div></header>
        <div class="kl-inspector-body">
            <TextArea label=w.note_text value=text rows=8 hint=w.note_hint/>
            <div class="kl-field" role="group" aria-label=w.note_colour><span class="kl-label">{w.note_colour}</span><div class="kl-row">{NoteColour::ALL.map(paint).collect_view()}</div></div>
            <Button kind=ButtonKind::Danger icon=Icon::Bin on_click=move |_| Action::Delete.run(desk)>{w.delete}</Button>
        </div>
    }
}

/// The group that is chosen, as a whole and alone.
pub fn chosen_group(desk: Desk) -> Memo<Option<GroupId>> {
    Memo::new(move |_| {
        desk.canvas.with(|canvas| canvas.chosen_group().filter(|_| canvas.selection().len() > 1).cloned())
    })
}

#[component]
pub fn GroupEditor(desk: Desk, group: GroupId) -> impl IntoView {
    let w = words();
    let id = StoredValue::new(group);
    let of = move |doc: &FlowDocument| {
        id.with_value(|id| doc.groups.iter().find(|group| group.id == *id).cloned())
    };
    let stroke =
        |field: &str| Stroke::Typing { node: None, field: format!("group {field} {}", id.get_value()) };
    let change = move |doc: &mut FlowDocument, how: &dyn Fn(Group) -> Group| {
        if let Some(Group { id, name, description, .. }) = of(doc).map(how) {
            drawing::name_group(doc, &id, &name, &description);
        }
    };
    let name = edit_text(
        desk,
        stroke("name"),
        move |doc| of(doc).map(|group| group.name).unwrap_or_default(),
        move |doc, text| {
            change(doc, &|group| Group { name: text.to_owned(), ..group });
        },
    );
    let about = edit_text(
        desk,
        stroke("about"),
        move |doc| of(doc).map(|group| group.description).unwrap_or_default(),
        move |doc, text| {
            change(doc, &|group| Group { description: text.to_owned(), ..group });
        },
    );
    let left = move || {
        let used = about.with(|about| about.chars().count());
        format!("{used} / {}", Group::DESCRIPTION_CHARS_MAX)
    };
    let members: BTreeSet<NodeId> =
        of(&desk.document()).map(|group| group.nodes.into_iter().collect()).unwrap_or_default();
    let button = move |action: Action, icon: Icon| view! { <Button icon on_click=move |_| action.run(desk)>{action.words()}</Button> };
    view! {
        <header class="kl-inspector-head"><div class="kl-inspector-title"><h2>{w.group}</h2><p>{fill(w.nodes_chosen, &[&members.len()])}</p></div></header>
        <div class="kl-inspector-body">
            <TextField label=w.group_name value=name/>
            <TextArea label=w.group_about value=about rows=3/>
            <p class="kl-muted">{left}</p>
            <div class="kl-row">{button(Action::Fold, Icon::Fit)} {button(Action::Ungroup, Icon::Cross)} {button(Action::Duplicate, Icon::Copy)}</div>
            <Button kind=ButtonKind::Danger icon=Icon::Bin on_click=move |_| Action::Delete.run(desk)>{w.delete}</Button>
        </div>
    }
}
