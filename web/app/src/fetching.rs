//! An address that was pasted: what it leads to is fetched by the server, and only after somebody was asked.

use crate::client::client;
use crate::errors::Told;
use crate::words::{fill, language, words};
use api::{FetchFlow, FetchedFlow, path};
use leptos::prelude::*;
use ui::{Button, ButtonKind, Icon};

/// An address and nothing else.
pub fn is_link(text: &str) -> bool {
    let text = text.trim();
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
}

/// Whose address it is.
fn host(url: &str) -> &str {
    let rest = url.trim().split_once("://").map_or(url, |(_, rest)| rest);
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    &rest[..end]
}

/// Asks whether the flow shall be fetched, fetches it, and says why where that cannot be done.
#[component]
pub fn FetchLink(url: String, #[prop(into)] on_text: Callback<String>) -> impl IntoView {
    let (w, language, client) = (words(), language(), client());
    let (busy, refused) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let question = fill(w.fetch_question, &[&host(&url)]);
    let shown = url.clone();
    let fetch = move |_| {
        let body = FetchFlow { url: url.trim().to_owned() };
        busy.set(true);
        refused.set(None);
        leptos::task::spawn_local(async move {
            let answer = client.post::<FetchedFlow>(path::FETCH, &body).await;
            busy.try_set(false);
            match answer {
                Ok(FetchedFlow { text }) => {
                    on_text.try_run(text);
                }
                Err(error) => {
                    refused.try_set(Some(Told::refused(language, &error).text()));
                }
            }
        });
    };
    view! {
        <div class="kl-stack">
            <p>{question}</p>
            <code class="kl-data-path">{shown}</code>
            <p class="kl-muted">{w.fetch_text}</p>
            <div aria-live="polite">{move || refused.get().map(|why| view! { <p class="kl-callout" data-tone="bad">{why}</p> })}</div>
            <div class="kl-row"><Button kind=ButtonKind::Primary icon=Icon::Download busy on_click=fetch>{w.fetch}</Button></div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_alone_is_a_link() {
        assert!(is_link(" https://example.com/flow.json\n"));
        for text in ["https://", "see https://example.com", "https://a b", "ftp://example.com", "{}"] {
            assert!(!is_link(text), "{text}");
        }
    }

    #[test]
    fn whose_address_it_is_is_said_without_what_stands_behind_it() {
        assert_eq!(host("https://example.com:8443/a?token=x"), "example.com:8443");
        assert_eq!(host("http://example.com?x"), "example.com");
    }
}
