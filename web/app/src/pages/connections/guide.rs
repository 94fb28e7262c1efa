//! What people have to know of a system before they enter anything: how to get the credentials, limits, surprises.

use crate::words::{language, words};
use leptos::prelude::*;
use model::{Guide, Words};

#[component]
pub fn SystemGuide(guide: Guide, #[prop(into)] open: bool) -> impl IntoView {
    let w = words();
    let Guide { steps, limits, quirks } = guide;
    let text = |words: Words| view! { <li>{language().of(&words).to_owned()}</li> };
    let list = move |title: &'static str, words: Vec<Words>| {
        let some = !words.is_empty();
        some.then(|| view! { <p class="kl-guide-title">{title}</p><ul>{words.into_iter().map(text).collect_view()}</ul> })
    };
    let how = (!steps.is_empty()).then(|| {
        view! {
            <details class="kl-guide" open=open>
                <summary>{w.guide_steps}</summary>
                <ol>{steps.into_iter().map(text).collect_view()}</ol>
            </details>
        }
    });
    let more = (!limits.is_empty() || !quirks.is_empty()).then(|| {
        view! {
            <details class="kl-guide">
                <summary>{w.guide_more}</summary>
                {list(w.guide_limits, limits)}
                {list(w.guide_quirks, quirks)}
            </details>
        }
    });
    view! { {how} {more} }
}
