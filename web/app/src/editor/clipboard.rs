//! What is copied goes to the system's clipboard as text, and what is pasted comes from there: from another tab, another
//! installation, a chat.

use super::desk::Desk;
use super::events::is_typing;
use crate::flow_canvas::surface::is_by_keyboard;
use crate::words::words;
use canvas::Canvas;
use canvas::draft::edits::Gap;
use leptos::ev;
use leptos::prelude::*;
use leptos_use::use_event_listener;
use ui::{Tone, clipboard};
use web_sys::ClipboardEvent;

/// By the browser's own keys and menu: then the event holds the clipboard, and nobody has to be asked for leave.
pub fn attach(desk: Desk) {
    let _ = use_event_listener(window(), ev::copy, move |event: ClipboardEvent| {
        let copied =
            desk.canvas.with_untracked(Canvas::copy).filter(|_| !is_typing(&event) && nothing_marked());
        if let Some((copied, data)) = copied.zip(event.clipboard_data()) {
            let _ = data.set_data("text/plain", &copied);
            event.prevent_default();
        }
    });
    let _ = use_event_listener(window(), ev::cut, move |event: ClipboardEvent| {
        if is_typing(&event) || !nothing_marked() {
            return;
        }
        let beside = desk.canvas.with_untracked(Canvas::beside_chosen).filter(|_| is_by_keyboard());
        let cut = desk.canvas.try_update(Canvas::cut).flatten();
        if let Some(((copied, _), data)) = cut.zip(event.clipboard_data()) {
            let _ = data.set_data("text/plain", &copied);
            event.prevent_default();
            if let Some(node) = beside {
                super::focus_node(node);
            }
        }
    });
    let _ = use_event_listener(window(), ev::paste, move |event: ClipboardEvent| {
        if is_typing(&event) {
            return;
        }
        let data = event.clipboard_data();
        let text = data.and_then(|data| data.get_data("text/plain").ok()).unwrap_or_default();
        if paste(desk, text) {
            event.prevent_default();
        }
    });
}

/// Puts in what a text describes, at the pointer; tells whether it describes anything.
fn paste(desk: Desk, text: String) -> bool {
    let at = desk.drawing.place(desk);
    let pasted = desk.canvas.try_update(|canvas| canvas.paste(&text, Some(at)));
    matches!(pasted, Some(Ok(_))) || super::foreign::paste(desk, desk.toasts, text, at)
}

/// Copies by a menu or a button.
pub fn write(desk: Desk) {
    let Some(copied) = desk.canvas.with_untracked(Canvas::copy) else { return };
    let copying = clipboard::copy(&copied);
    leptos::task::spawn_local(async move {
        if !copying.await {
            desk.toasts.push(Tone::Warn, words().clipboard_not_copied);
        }
    });
}

/// Cuts by a menu: what could not be copied stays.
pub fn cut(desk: Desk) {
    let Some(copied) = desk.canvas.with_untracked(Canvas::copy) else { return };
    let (copying, by_keyboard) = (clipboard::copy(&copied), is_by_keyboard());
    leptos::task::spawn_local(async move {
        if !copying.await {
            return desk.toasts.push(Tone::Warn, words().clipboard_not_copied);
        }
        // Something else may have been chosen while the browser asked.
        let beside = desk.canvas.try_update(|canvas| {
            if canvas.copy().as_ref() != Some(&copied) {
                return None;
            }
            let beside = canvas.beside_chosen();
            drop(canvas.remove(Gap::Open));
            beside
        });
        if let Some(node) = beside.flatten().filter(|_| by_keyboard) {
            super::focus_node(node);
        }
    });
}

/// Pastes by a menu or a button; the browser may ask the person for leave.
pub fn read(desk: Desk) {
    let at = desk.drawing.asked();
    let reading = clipboard::read();
    leptos::task::spawn_local(async move {
        match reading.await {
            Some(text) => desk.drawing.at(at, || {
                paste(desk, text);
            }),
            None => desk.toasts.push(Tone::Warn, words().clipboard_closed),
        }
    });
}

fn nothing_marked() -> bool {
    let marked = window().get_selection().ok().flatten();
    marked.is_none_or(|marked| marked.is_collapsed())
}
