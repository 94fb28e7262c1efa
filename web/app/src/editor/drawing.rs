//! What is open on the drawing, and where the pointer is.

use super::desk::Desk;
use super::menu::Asked;
use crate::flow_canvas::folds;
use crate::flow_canvas::surface::place;
use canvas::{Change, Point};
use leptos::ev;
use leptos::html::Section;
use leptos::prelude::*;
use leptos_use::use_event_listener;
use model::{GroupId, NoteId};
use std::collections::BTreeSet;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// A cheap handle.
#[derive(Clone, Copy)]
pub struct Drawing {
    /// The note that is written in.
    pub writing: RwSignal<Option<NoteId>>,
    pub menu: RwSignal<Option<Asked>>,
    /// What had the focus before a menu was opened.
    before: StoredValue<Option<HtmlElement>, LocalStorage>,
    /// Where the pointer is while it is over the canvas, in pixels from its corner.
    pointer: StoredValue<Option<Point>>,
    /// Where a menu was opened, while what was chosen in it is done.
    asked: StoredValue<Option<Point>>,
}

impl Drawing {
    pub fn new() -> Self {
        Self {
            writing: RwSignal::new(None),
            menu: RwSignal::new(None),
            before: StoredValue::new_local(None),
            pointer: StoredValue::new(None),
            asked: StoredValue::new(None),
        }
    }

    /// Folds groups, and remembers it: each person folds for themselves, so it is not in the document.
    pub fn fold(self, desk: Desk, groups: &BTreeSet<GroupId>, folded: bool) -> Vec<Change> {
        let changes = desk.does(|canvas| canvas.fold(groups, folded));
        let flow = desk.document().id;
        desk.canvas.with_untracked(|canvas| folds::keep(flow.as_str(), canvas.folded()));
        changes
    }

    pub fn keep_focus(self) {
        // A menu that follows another gives the focus back to where the first took it from.
        if self.menu.with_untracked(Option::is_none) {
            let active = document().active_element().and_then(|element| element.dyn_into().ok());
            self.before.set_value(active);
        }
    }

    pub fn give_back_focus(self) {
        if let Some(element) = self.before.try_update_value(Option::take).flatten() {
            let _ = element.focus();
        }
    }

    pub fn asked(self) -> Option<Point> {
        self.asked.get_value()
    }

    /// Does something as asked for at a place.
    pub fn at(self, place: Option<Point>, what: impl FnOnce()) {
        self.asked.set_value(place);
        what();
        self.asked.set_value(None);
    }

    /// Where on the canvas something new comes: where it was asked for, else at the pointer, else in the middle of what is seen.
    pub fn place(self, desk: Desk) -> Point {
        desk.canvas.with_untracked(|canvas| {
            let pointed = self.asked().or_else(|| self.pointer.get_value());
            let middle = || canvas.view().visible(canvas.screen()).centre();
            pointed.map_or_else(middle, |at| canvas.view().to_canvas(at))
        })
    }
}

/// Folds what was folded the last time.
pub fn fold_again(desk: Desk) {
    let groups = folds::recall(desk.document().id.as_str());
    desk.does(|canvas| canvas.fold(&groups, true));
}

pub fn attach(area: NodeRef<Section>, desk: Desk) {
    let pointer = desk.drawing.pointer;
    let _ = use_event_listener(area, ev::pointermove, move |event: web_sys::PointerEvent| {
        pointer.set_value(place(area, &event));
    });
    let _ = use_event_listener(area, ev::pointerleave, move |_| pointer.set_value(None));
}
