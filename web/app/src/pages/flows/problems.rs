//! What is wrong with a flow document, as a list that leads to each place.

use crate::errors::{Detail, Told};
use crate::words::{count, language, words};
use leptos::prelude::*;
use model::Problem;

#[component]
pub fn Problems(#[prop(into)] problems: Signal<Vec<Problem>>) -> impl IntoView {
    let w = words();
    let title = move || {
        problems.with(|problems| {
            let errors = problems.iter().filter(|problem| problem.is_error()).count() as u64;
            let warnings = problems.len() as u64 - errors;
            let parts = [(errors, w.problems), (warnings, w.warnings)];
            parts
                .into_iter()
                .filter(|(n, _)| *n > 0)
                .map(|(n, text)| count(text, n))
                .collect::<Vec<_>>()
                .join(", ")
        })
    };
    let row = |problem: Problem| {
        let place = match &problem.node {
            Some(node) => format!("{node} {}", problem.at),
            None => problem.at.clone(),
        };
        let code = problem.code.to_string();
        let told = Told::of(language(), &code, &problem.message, &problem.advice);
        let tone = if problem.is_error() { "bad" } else { "warn" };
        view! {
            <li class="kl-problem" data-tone=tone>
                <p><code class="kl-problem-code">{code}</code> {told.title}</p>
                {(!told.advice.is_empty()).then(|| view! { <p class="kl-muted">{told.advice}</p> })}
                <Detail text=told.detail/>
                {(!place.trim().is_empty()).then(|| view! { <code class="kl-problem-place">{place}</code> })}
            </li>
        }
    };
    view! {
        <section class="kl-problems" aria-label=title>
            <h3>{title}</h3>
            <ul>{move || problems.get().into_iter().map(row).collect_view()}</ul>
        </section>
    }
}
