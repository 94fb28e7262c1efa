//! The system's clipboard, as far as the browser lets this page have it: over plain HTTP it is there for pages of the same
//! machine only.

use leptos::prelude::window;
use std::future::Future;
use wasm_bindgen_futures::JsFuture;
use web_sys::Clipboard;

/// Puts a text on it. The answer says whether it is there now.
///
/// The browser is asked at once, within the click that wants it, and not when the answer is waited for.
pub fn copy(text: &str) -> impl Future<Output = bool> + use<> {
    let writing = clipboard().map(|clipboard| clipboard.write_text(text));
    async move {
        match writing {
            Some(writing) => JsFuture::from(writing).await.is_ok(),
            None => false,
        }
    }
}

/// The text that is on it; nothing where the browser or the person does not let this page look.
pub fn read() -> impl Future<Output = Option<String>> + use<> {
    let reading = clipboard().map(|clipboard| clipboard.read_text());
    async move { JsFuture::from(reading?).await.ok()?.as_string() }
}

/// Where there is none, the browser has nothing under its name, and asking that for anything would throw.
fn clipboard() -> Option<Clipboard> {
    Some(window().navigator().clipboard()).filter(|clipboard| !clipboard.is_undefined())
}
