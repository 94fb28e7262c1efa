//! A script to read, in the colours of its parts.

mod tokens;

use leptos::prelude::*;
pub use tokens::{Token, tokens};

#[component]
pub fn Code(#[prop(into)] text: String, #[prop(into)] label: String) -> impl IntoView {
    let piece = |(kind, text): (Token, &str)| match kind {
        Token::Plain => text.to_owned().into_any(),
        kind => view! { <span data-token=kind.as_str()>{text.to_owned()}</span> }.into_any(),
    };
    // It can be longer than its place: with the focus, the arrows scroll it.
    view! { <pre class="kl-code" tabindex="0" role="region" aria-label=label><code>{tokens(&text).into_iter().map(piece).collect_view()}</code></pre> }
}
