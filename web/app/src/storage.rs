//! The few choices that this browser remembers. Without storage they last as long as the page.

pub const LANGUAGE: &str = "khlong.language";
pub const THEME: &str = "khlong.theme";

fn storage() -> Option<web_sys::Storage> {
    leptos::prelude::window().local_storage().ok().flatten()
}

pub fn read(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

pub fn write(key: &str, value: &str) {
    if let Some(storage) = storage() {
        // A full or forbidden storage only means that the choice is asked again next time.
        let _ = storage.set_item(key, value);
    }
}
