//! Notes and groups that can be worked on.

use super::super::desk::Desk;
use super::board::Board;
use crate::flow_canvas::around::{FoldButton, group_holds, let_follow, note_name};
use crate::flow_canvas::pixels;
use crate::focus::focus_soon;
use crate::words::words;
use canvas::{Canvas, PlacedGroup, PlacedNote, Rect, Selection};
use leptos::ev::{FocusEvent, KeyboardEvent};
use leptos::html;
use leptos::prelude::*;
use model::{GroupId, Note, NoteId};
use std::collections::BTreeSet;
use ui::Markdown;

/// All notes, in the order in which they lie on one another.
#[component]
pub fn Notes(board: Board) -> impl IntoView {
    let ids = Memo::new(move |_| {
        board.redrawn.track();
        board.desk.canvas.with_untracked(|canvas| {
            canvas.scene().notes.iter().map(|note| note.id.clone()).collect::<Vec<_>>()
        })
    });
    view! { <For each=move || ids.get() key=NoteId::clone let:id><EditNote board id/></For> }
}

#[component]
fn EditNote(board: Board, id: NoteId) -> impl IntoView {
    let (desk, w) = (board.desk, words());
    let placed: Memo<Option<PlacedNote>> = {
        let note = id.clone();
        board.of_note(id.clone(), move |canvas| canvas.scene().note(&note).cloned())
    };
    let id = StoredValue::new(id);
    let of = move |what: fn(Rect) -> f64| {
        move || pixels(placed.with(|note| note.as_ref().map(|note| what(note.area)).unwrap_or_default()))
    };
    let text = Memo::new(move |_| {
        placed.with(|note| note.as_ref().map(|note| note.text.clone()).unwrap_or_default())
    });
    let colour = move || placed.with(|note| note.as_ref().map(|note| note.colour.as_str()));
    let chosen = move || board.selection.with(|all| id.with_value(|id| all.notes().contains(id)));
    let writing = Memo::new(move |_| {
        desk.drawing.writing.with(|writing| id.with_value(|id| writing.as_ref() == Some(id)))
    });
    let key = move |event: KeyboardEvent| {
        if matches!(event.key().as_str(), "Enter" | "F2") && !writing.get_untracked() {
            event.prevent_default();
            event.stop_propagation();
            desk.drawing.writing.set(Some(id.get_value()));
        }
    };
    let focus = move |event: FocusEvent| {
        if crate::flow_canvas::surface::by_keyboard(&event) {
            desk.does(|canvas| canvas.choose_all(Selection::of_note(id.get_value())));
        }
    };
    let inside = move || match writing.get() {
        true => view! { <Writing desk id=id.get_value() text=text.get_untracked()/> }.into_any(),
        false if text.with(|text| text.trim().is_empty()) => {
            view! { <p class="kl-sticky-empty">{w.note_empty}</p> }.into_any()
        }
        false => view! { <Markdown text/> }.into_any(),
    };
    view! {
        <div
            class="kl-sticky"
            role="note"
            tabindex="0"
            aria-label=move || text.with(|text| note_name(text))
            data-note=id.get_value().to_string()
            data-colour=colour
            data-chosen=move || chosen().then_some("")
            on:keydown=key
            on:focus=focus
            on:pointerdown=let_follow
            style:--x=of(|area| area.min.x)
            style:--y=of(|area| area.min.y)
            style:--w=of(|area| area.size.width)
            style:--h=of(|area| area.size.height)
        >
            {inside}
            <span class="kl-sticky-rim" data-side="right"></span>
            <span class="kl-sticky-rim" data-side="bottom"></span>
            <span class="kl-sticky-rim" data-side="corner"></span>
        </div>
    }
}

/// A note's text while it is written: in the document at once, as one step for undo.
#[component]
fn Writing(desk: Desk, id: NoteId, text: String) -> impl IntoView {
    let area = NodeRef::<html::Textarea>::new();
    Effect::new(move |_| {
        if let Some(area) = area.get() {
            let _ = area.focus();
        }
    });
    let id = StoredValue::new(id);
    // Also called when the field has just been taken away, which takes its focus.
    let end = move || {
        desk.canvas.try_update_untracked(Canvas::lift);
        let Some(own) = id.try_get_value() else { return };
        let mine = desk.drawing.writing.try_with_untracked(|writing| writing.as_ref() == Some(&own));
        if mine == Some(true) {
            desk.drawing.writing.set(None);
        }
    };
    let key = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            event.stop_propagation();
            end();
            id.with_value(focus_note);
        }
    };
    let write = move |event| {
        let text = event_target_value(&event);
        id.with_value(|id| drop(desk.does(|canvas| canvas.write_note(id, &text))));
    };
    view! {
        <textarea
            node_ref=area
            aria-label=words().note_text
            maxlength=Note::TEXT_CHARS_MAX.to_string()
            prop:value=text
            on:input=write
            on:keydown=key
            on:blur=move |_| end()
            on:pointerdown=|event| event.stop_propagation()
            on:dblclick=|event| event.stop_propagation()
        ></textarea>
    }
}

/// Gives a note the focus, once it is drawn.
pub fn focus_note(note: &NoteId) {
    focus_soon(format!("[data-note=\"{note}\"]"));
}

#[component]
pub fn Groups(board: Board) -> impl IntoView {
    let groups = Memo::new(move |_| {
        board.laid.track();
        board.desk.canvas.with_untracked(|canvas| canvas.scene().groups.clone())
    });
    let ids =
        Memo::new(move |_| groups.with(|all| all.iter().map(|group| group.id.clone()).collect::<Vec<_>>()));
    view! { <For each=move || ids.get() key=GroupId::clone let:id><EditGroup board groups id/></For> }
}

#[component]
fn EditGroup(board: Board, groups: Memo<Vec<PlacedGroup>>, id: GroupId) -> impl IntoView {
    let desk = board.desk;
    let (name, key) = (id.to_string(), id.clone());
    let group = Memo::new(move |last: Option<&Option<PlacedGroup>>| {
        let now = groups.with(|all| all.iter().find(|group| group.id == key).cloned());
        now.or_else(|| last.cloned().flatten())
    });
    let of = move |what: fn(Rect) -> f64| {
        move || pixels(group.with(|group| group.as_ref().map(|group| what(group.area)).unwrap_or_default()))
    };
    let text = move |what: fn(&PlacedGroup) -> String| {
        move || group.with(|group| group.as_ref().map(what).unwrap_or_default())
    };
    let folded = Memo::new(move |_| group.with(|group| group.as_ref().is_some_and(|group| group.folded)));
    let own = id.clone();
    let chosen = Memo::new(move |_| {
        board.redrawn.track();
        let members = desk
            .canvas
            .with_untracked(|canvas| canvas.scene().group(&own).map(|group| canvas.scene().members(group)));
        board.selection.with(|all| members.is_some_and(|members| members.is_subset(all.nodes())))
    });
    let fold = move |()| {
        let folded = folded.get_untracked();
        let id = BTreeSet::from([id.clone()]);
        desk.drawing.fold(desk, &id, !folded);
    };
    view! {
        <div
            class="kl-group"
            role="group"
            aria-label=text(|group| group.name.clone())
            data-group=name
            data-folded=move || folded.get().then_some("")
            data-chosen=move || chosen.get().then_some("")
            style:--x=of(|area| area.min.x)
            style:--y=of(|area| area.min.y)
            style:--w=of(|area| area.size.width)
            style:--h=of(|area| area.size.height)
        >
            <div class="kl-group-head">
                <FoldButton folded on_fold=fold/>
                <b>{text(|group| group.name.clone())}</b>
                <small>{move || if folded.get() { text(group_holds)() } else { text(|group| group.description.clone())() }}</small>
            </div>
        </div>
    }
}
