//! A state in one word.

use leptos::prelude::*;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Mute,
    Good,
    Warn,
    Bad,
    Info,
    Brand,
}

impl Tone {
    pub const fn as_str(self) -> &'static str {
        match self {
            Tone::Mute => "mute",
            Tone::Good => "good",
            Tone::Warn => "warn",
            Tone::Bad => "bad",
            Tone::Info => "info",
            Tone::Brand => "brand",
        }
    }
}

#[component]
pub fn Pill(
    #[prop(into)] tone: Signal<Tone>,
    #[prop(optional)] dot: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <span class="kl-pill" data-tone=move || tone.get().as_str() data-dot=dot.then_some("")>{children()}</span>
    }
}
