//! What a view shows before it has something to show: nothing yet, on its way, or gone wrong.

use crate::{Button, Icon, Picture};
use leptos::prelude::*;

#[component]
pub fn Empty(
    icon: Icon,
    #[prop(into)] title: String,
    #[prop(into)] text: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="kl-empty">
            <span class="kl-empty-icon"><Picture icon/></span>
            <h2>{title}</h2>
            <p>{text}</p>
            {children.map(|children| view! { <div class="kl-row">{children()}</div> })}
        </div>
    }
}

/// What went wrong and a way to try again.
#[component]
pub fn Failed(
    #[prop(into)] title: String,
    #[prop(into)] text: String,
    /// Below the text in small type.
    #[prop(optional, into)]
    detail: String,
    #[prop(into)] again: String,
    #[prop(into)] on_again: Callback<()>,
) -> impl IntoView {
    view! {
        <div class="kl-empty" role="alert" data-tone="bad">
            <span class="kl-empty-icon"><Picture icon=Icon::Warning/></span>
            <h2>{title}</h2>
            <p>{text} {(!detail.is_empty()).then(|| view! { <small>{detail}</small> })}</p>
            <Button icon=Icon::Again on_click=move |_| on_again.run(())>{again}</Button>
        </div>
    }
}

#[component]
pub fn Spinner(#[prop(into)] label: String) -> impl IntoView {
    view! { <span class="kl-spinner" role="status" aria-label=label></span> }
}

/// Grey lines where text will be.
#[component]
pub fn Skeleton(#[prop(default = 4)] lines: usize, #[prop(into)] label: String) -> impl IntoView {
    let line = |_| view! { <span class="kl-skeleton-line"></span> };
    view! { <div class="kl-skeleton" role="status" aria-label=label>{(0..lines).map(line).collect_view()}</div> }
}
