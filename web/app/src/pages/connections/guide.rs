//! What people have to know of a system before they enter anything: how to get the credentials, limits, surprises.

use crate::words::{language, words};
use leptos::prelude::*;
use model::{Guide, Words};

/// A window at least so wide has it beside the form; else it stands above, and only the way to the credentials is unfolded.
const WIDE_PIXELS: f64 = 720.0;

/// Each part unfolds by itself; all of it is unfolded for who has never connected the system.
#[component]
pub fn SystemGuide(guide: Guide, #[prop(into)] open: bool) -> impl IntoView {
    let w = words();
    let Guide { steps, limits, quirks } = guide;
    let is_wide =
        window().inner_width().ok().and_then(|width| width.as_f64()).is_some_and(|width| width > WIDE_PIXELS);
    let text = |words: Words| view! { <li>{language().of(&words).to_owned()}</li> };
    let part = move |title: &'static str, words: Vec<Words>| {
        let some = !words.is_empty();
        some.then(|| {
            view! {
                <details class="kl-guide" open=open && is_wide>
                    <summary>{title}</summary>
                    <ul>{words.into_iter().map(text).collect_view()}</ul>
                </details>
            }
        })
    };
    let how = (!steps.is_empty()).then(|| {
        view! {
            <details class="kl-guide" open=open>
                <summary>{w.guide_steps}</summary>
                <ol>{steps.into_iter().map(text).collect_view()}</ol>
            </details>
        }
    });
    view! { {how} {part(w.guide_limits, limits)} {part(w.guide_quirks, quirks)} }
}
