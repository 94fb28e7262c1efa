//! What is typed between the key that asks for the command bar and the moment in which the bar has the focus: the first time it is
//! still being fetched. It belongs into the bar, and is nothing that the page below may take for its own keys.

use super::Commands;
use crate::flow_canvas::surface::element_of;
use crate::later::with_page;
use leptos::ev;
use leptos::prelude::*;
use leptos_use::{UseEventListenerOptions, use_event_listener_with_options};
use web_sys::KeyboardEvent;

/// Nobody types more than this blindly.
const LETTERS_MAX: usize = 200;

/// What a key does to a bar that is not there yet.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Early {
    Write(char),
    TakeBack,
    Choose,
    Close,
}

pub fn listen(commands: Commands) {
    // Before everybody else.
    let options = UseEventListenerOptions::default().capture(true);
    let listener = with_page(move |event: KeyboardEvent| {
        if !commands.bar.get_untracked() || is_in_bar(&event) {
            return;
        }
        let held = event.ctrl_key() || event.meta_key() || event.alt_key();
        let Some(early) = meaning(&event.key()).filter(|_| !held) else { return };
        event.prevent_default();
        event.stop_propagation();
        take(commands, early);
    });
    let _ = use_event_listener_with_options(window(), ev::keydown, listener, options);
}

fn is_in_bar(event: &KeyboardEvent) -> bool {
    element_of(event).is_some_and(|target| target.matches(".kl-picker-input").unwrap_or(false))
}

fn meaning(key: &str) -> Option<Early> {
    let mut letters = key.chars();
    match (key, letters.next(), letters.next()) {
        ("Backspace", ..) => Some(Early::TakeBack),
        ("Enter", ..) => Some(Early::Choose),
        ("Escape", ..) => Some(Early::Close),
        (_, Some(letter), None) => Some(Early::Write(letter)),
        _ => None,
    }
}

fn take(commands: Commands, early: Early) {
    // What comes behind Enter is for what Enter leads to.
    if commands.entered.get_untracked() && early != Early::Close {
        return;
    }
    match early {
        Early::Write(letter) => commands.searched.update(|text| {
            if text.chars().count() < LETTERS_MAX {
                text.push(letter);
            }
        }),
        Early::TakeBack => commands.searched.update(|text| {
            text.pop();
        }),
        Early::Choose => commands.entered.set(true),
        Early::Close => commands.bar.set(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_kept_and_keys_that_write_nothing_are_left_alone() {
        assert_eq!([meaning("n"), meaning("ก")], [Some(Early::Write('n')), Some(Early::Write('ก'))]);
        assert_eq!([meaning(" "), meaning("Enter")], [Some(Early::Write(' ')), Some(Early::Choose)]);
        assert_eq!([meaning("F5"), meaning("Shift"), meaning("ArrowDown")], [None, None, None]);
    }
}
