//! The editor's own file, loaded when a script is shown for the first time.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(
    inline_js = "export async function mount(host, url, options) { return (await import(url)).mount(host, options); }"
)]
extern "C" {
    pub type Handle;

    #[wasm_bindgen(catch)]
    async fn mount(host: &web_sys::HtmlElement, url: &str, options: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method)]
    pub fn set(this: &Handle, text: &str);
    #[wasm_bindgen(method)]
    pub fn insert(this: &Handle, text: &str);
    #[wasm_bindgen(method)]
    pub fn focus(this: &Handle);
    /// Puts the cursor behind so many UTF-16 units, as a browser counts.
    #[wasm_bindgen(method)]
    pub fn go_to(this: &Handle, at: u32);
    #[wasm_bindgen(method)]
    pub fn destroy(this: &Handle);
}

/// Where an element keeps its editor.
const KEPT: &str = "khlongCode";

/// Puts an editor into an element; nothing where its file cannot be had.
pub async fn open(host: &web_sys::HtmlElement, options: &JsValue) -> Option<Handle> {
    let url = leptos::prelude::document().query_selector("meta[name=khlong-code]").ok().flatten()?;
    let handle = mount(host, &url.get_attribute("content")?, options).await.ok()?;
    let _ = js_sys::Reflect::set(host, &KEPT.into(), &handle);
    Some(handle.unchecked_into())
}

/// Gives the focus to what one types into: where an element has been given an editor, to that.
pub fn focus(entry: &web_sys::HtmlElement) {
    match of(entry) {
        Some(code) => code.focus(),
        None => drop(entry.focus()),
    }
}

/// The editor that an element has been given.
pub fn of(host: &web_sys::HtmlElement) -> Option<Handle> {
    let handle = js_sys::Reflect::get(host, &KEPT.into()).ok()?;
    handle.is_object().then(|| handle.unchecked_into())
}
