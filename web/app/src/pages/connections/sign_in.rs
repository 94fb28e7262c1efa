//! Signing in to other systems: how a connection stands, the way to a consent page, and the page that it leads back to.

use super::act;
use crate::client::{client, path as fill_path};
use crate::errors::Told;
use crate::shell::title_window;
use crate::time::date_time;
use crate::words::{fill, language, words};
use api::{SignInReturn, SignInState, SignInUrl, SignedIn, path};
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_query_map;
use std::collections::BTreeMap;
use ui::{Button, ButtonKind, Empty, Icon, Picture};

/// When people are told that a sign-in is about to end.
const SOON_MS: i64 = 14 * 86_400_000;

/// How a connection stands that carries tokens.
#[component]
pub fn SignInRow(name: String, state: SignInState, now: i64) -> impl IntoView {
    let w = words();
    let (client, busy) = (client(), RwSignal::new(false));
    let SignInState { by_consent, signed_in, ended, until, .. } = state;
    let ends = until.filter(|until| *until - now < SOON_MS);
    let (tone, text) = match (signed_in, ends) {
        (false, _) => ("warn", w.not_signed_in.to_owned()),
        _ if ended => ("bad", w.sign_in_ended.to_owned()),
        (true, Some(until)) if until <= now => ("bad", w.sign_in_ended.to_owned()),
        (true, Some(until)) => ("warn", fill(w.sign_in_ends, &[&date_time(until)])),
        (true, None) => ("good", w.signed_in.to_owned()),
    };
    let go = move |_| {
        let path = fill_path(path::CONNECTION_SIGN_IN, &name);
        act(busy, async move { client.post::<SignInUrl>(&path, &()).await }, |to| {
            // The consent page is the other system's own, and comes back to ours.
            window().location().set_href(&to.url).ok();
        });
    };
    let kind = if tone == "good" { ButtonKind::Quiet } else { ButtonKind::Primary };
    by_consent.then(|| {
        view! {
            <div class="kl-callout" data-tone=tone>
                <Picture icon=if tone == "good" { Icon::Check } else { Icon::Warning }/>
                <div class="kl-stack">
                    <p>{text}</p>
                    <Button kind busy on_click=go>{if signed_in { w.sign_in_again } else { w.sign_in_there }}</Button>
                </div>
            </div>
        }
    })
}

/// Where consent pages send the browser back to.
#[component]
pub fn SignedInPage() -> impl IntoView {
    let w = words();
    title_window(w.connections);
    let client = client();
    let query: BTreeMap<String, String> = use_query_map().with_untracked(|query| {
        query.clone().into_iter().map(|(name, value)| (name.into_owned(), value)).collect()
    });
    let came = RwSignal::new(None::<Result<String, Told>>);
    leptos::task::spawn_local(async move {
        let answer = client.post::<SignedIn>(path::SIGN_IN_RETURN, &SignInReturn { query }).await;
        let answer = answer.map(|done| done.connection.to_string());
        came.try_set(Some(answer.map_err(|error| Told::refused(language(), &error))));
    });
    let back = move || view! { <A href="/connections" attr:class="kl-button">{w.to_connections}</A> };
    let told = move || {
        match came.get() {
        None => view! { <p class="kl-muted" role="status">{w.signing_in}</p> }.into_any(),
        Some(Ok(name)) => {
            view! { <Empty icon=Icon::Check title=w.signed_in_title text=fill(w.signed_in_text, &[&name])>{back()}</Empty> }
                .into_any()
        }
        Some(Err(told)) => {
            let text = [told.text(), told.detail.clone()].join(" ");
            view! { <Empty icon=Icon::Warning title=w.sign_in_failed text>{back()}</Empty> }.into_any()
        }
    }
    };
    view! { <main class="kl-page">{told}</main> }
}
