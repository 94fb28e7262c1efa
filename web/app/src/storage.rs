//! The few things that this browser remembers. Without storage they last as long as the page.

use web_sys::Storage;

pub const LANGUAGE: &str = "khlong.language";
pub const THEME: &str = "khlong.theme";
/// Followed by a flow's id: which part of it was looked at.
pub const VIEW: &str = "khlong.view.";

/// Followed by a flow's id: changes that the server does not have yet.
pub const DRAFT: &str = "khlong.draft.";

/// For good.
pub fn read(key: &str) -> Option<String> {
    get(local(), key)
}

pub fn write(key: &str, value: &str) {
    set(local(), key, value);
}

pub fn remove(key: &str) {
    if let Some(storage) = local() {
        let _ = storage.remove_item(key);
    }
}

/// As long as the window is open.
pub fn recall(key: &str) -> Option<String> {
    get(session(), key)
}

pub fn keep(key: &str, value: &str) {
    set(session(), key, value);
}

fn local() -> Option<Storage> {
    leptos::prelude::window().local_storage().ok().flatten()
}

fn session() -> Option<Storage> {
    leptos::prelude::window().session_storage().ok().flatten()
}

fn get(storage: Option<Storage>, key: &str) -> Option<String> {
    storage?.get_item(key).ok().flatten()
}

fn set(storage: Option<Storage>, key: &str, value: &str) {
    if let Some(storage) = storage {
        // A full or forbidden storage only means that the choice is asked again next time.
        let _ = storage.set_item(key, value);
    }
}
