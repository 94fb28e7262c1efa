//! An API document becomes a connector: given, looked through, imported. Nothing is kept before somebody says so.

mod changes;
mod changes_view;
mod done;
mod notes;
mod operations;
mod preview;
mod source;
mod state;

use crate::errors::{ErrorWords, Told};
use crate::shell::{specs, title_window};
use crate::words::{fill, language, words};
use done::Done;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};
use preview::Preview;
use source::SourceCard;
use state::{Importing, Wrong};
use ui::{Icon, Picture};

pub struct ImportApiRoute;

#[lazy_route]
impl LazyRoute for ImportApiRoute {
    fn data() -> Self {
        Self
    }

    fn view(this: Self) -> AnyView {
        let ImportApiRoute = this;
        let id = use_query_map().with_untracked(|query| query.get("id"));
        view! { <ImportApi id/> }.into_any()
    }
}

#[component]
fn ImportApi(id: Option<String>) -> impl IntoView {
    let w = words();
    let known = id
        .as_ref()
        .and_then(|id| specs().connectors.get(id).map(|spec| language().of(&spec.title).to_owned()));
    let (title, sub) = match &known {
        Some(name) => (fill(w.api_replace_title, &[name]), w.api_replace_sub),
        None => (w.api_import.to_owned(), w.api_import_sub),
    };
    title_window(&title);
    let importing = Importing::new(id.filter(|_| known.is_some()));
    let steps = move || {
        match importing.saved.get() {
        Some(saved) => view! { <Done importing saved/> }.into_any(),
        None => view! {
            <SourceCard importing/>
            <div role="alert">{move || importing.wrong.get().map(|wrong| view! { <Refused wrong/> })}</div>
            <div role="status">{move || importing.busy.get().then(|| view! { <p class="kl-muted">{w.api_reading}</p> })}</div>
            {move || importing.preview.get().map(|shown| view! { <Preview importing shown/> })}
        }
        .into_any(),
    }
    };
    view! {
        <main class="kl-page">
            <header class="kl-page-head">
                <div><h1>{title}</h1><p>{sub}</p></div>
                <A href="/connectors" attr:class="kl-button"><Picture icon=Icon::Back/>{w.apis}</A>
            </header>
            <div class="kl-api">{steps}</div>
        </main>
    }
}

/// Why there is nothing to look at, or why it cannot be imported so.
#[component]
fn Refused(wrong: Wrong) -> impl IntoView {
    let told = match wrong {
        Wrong::File(why) => Told::plain(&why),
        Wrong::Server(error) => Told::refused(language(), &error),
    };
    view! {
        <div class="kl-callout kl-error" data-tone="bad">
            <Picture icon=Icon::Warning/>
            <div><p><b>{words().api_unreadable}</b></p><ErrorWords told/></div>
        </div>
    }
}
