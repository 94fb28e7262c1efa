//! What is pressed: buttons with words, buttons with a picture, and the one that copies.

use crate::{Icon, Picture, clipboard};
use leptos::ev::MouseEvent;
use leptos::prelude::*;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    #[default]
    Plain,
    /// What the page is for: at most one in sight.
    Primary,
    Quiet,
    Danger,
}

impl ButtonKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            ButtonKind::Plain => "plain",
            ButtonKind::Primary => "primary",
            ButtonKind::Quiet => "quiet",
            ButtonKind::Danger => "danger",
        }
    }
}

/// A button with words. While `busy` it keeps its size and its focus, and cannot be pressed twice.
#[component]
pub fn Button(
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] icon: Option<Icon>,
    /// Submits the form that it is in.
    #[prop(optional)]
    submit: bool,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] busy: Signal<bool>,
    #[prop(optional, into)] on_click: Option<Callback<MouseEvent>>,
    children: Children,
) -> impl IntoView {
    let press = move |event: MouseEvent| match on_click {
        Some(on_click) if !busy.get_untracked() => on_click.run(event),
        Some(_) => {}
        None if busy.get_untracked() => event.prevent_default(),
        None => {}
    };
    view! {
        <button
            class="kl-button"
            type=if submit { "submit" } else { "button" }
            data-kind=kind.as_str()
            aria-busy=move || busy.get().to_string()
            disabled=move || disabled.get()
            on:click=press
        >
            {icon.map(|icon| view! { <Picture icon/> })}
            {children()}
        </button>
    }
}

/// A button with a picture and a name that is read out and shown as its tooltip.
#[component]
pub fn IconButton(
    icon: Icon,
    #[prop(into)] label: String,
    #[prop(optional, into)] pressed: Option<Signal<bool>>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(into)] on_click: Callback<()>,
) -> impl IntoView {
    view! {
        <button
            class="kl-button kl-button-icon"
            type="button"
            data-kind="quiet"
            title=label.clone()
            aria-label=label
            aria-pressed=move || pressed.map(|pressed| pressed.get().to_string())
            disabled=move || disabled.get()
            on:click=move |_| on_click.run(())
        >
            <Picture icon/>
        </button>
    }
}

/// Puts a text on the clipboard and says so by its own words.
#[component]
pub fn CopyButton(
    #[prop(into)] text: Signal<String>,
    #[prop(into)] label: String,
    #[prop(into)] done: String,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let copy = move |_| {
        let copying = clipboard::copy(&text.get_untracked());
        wasm_bindgen_futures::spawn_local(async move {
            copied.try_set(copying.await);
        });
    };
    view! {
        <button class="kl-button kl-button-copy" type="button" data-kind="quiet" on:click=copy on:blur=move |_| copied.set(false)>
            {move || view! { <Picture icon=if copied.get() { Icon::Check } else { Icon::Copy }/> }}
            <span aria-live="polite">{move || if copied.get() { done.clone() } else { label.clone() }}</span>
        </button>
    }
}
