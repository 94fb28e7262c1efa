//! What a newer document changes, before it is taken over.

use super::changes::{Changes, Noticed, What};
use crate::words::{fill, words};
use leptos::prelude::*;
use model::OperationId;
use ui::{Icon, Picture};

/// Names of operations in a sentence; of more, how many.
const NAMED_MAX: usize = 12;

#[component]
pub fn ChangesCard(changes: Memo<Changes>) -> impl IntoView {
    let w = words();
    let list = move || {
        changes.with(|changes| {
            let lines = [(w.api_added, &changes.added), (w.api_gone, &changes.gone)];
            let lines = lines.into_iter().filter(|(_, ids)| !ids.is_empty());
            let lines = lines.map(|(text, ids)| view! { <p>{fill(text, &[&named(ids.iter())])}</p> });
            let flows = changes.flows.iter().map(flow_line).collect_view();
            let changed = (!changes.changed.is_empty())
                .then(|| view! { <p>{w.api_changed} ": " {named(changes.changed.keys())}</p> });
            let is_same = *changes == Changes::default();
            view! {
                {flows}
                {lines.collect_view()}
                {changed}
                {is_same.then(|| view! { <p class="kl-muted">{w.api_changes_none}</p> })}
            }
        })
    };
    view! {
        <section class="kl-card">
            <h2>{w.api_changes}</h2>
            <div class="kl-api-changes" aria-live="polite">{list}</div>
        </section>
    }
}

fn named<'a>(ids: impl ExactSizeIterator<Item = &'a OperationId>) -> String {
    let more = ids.len().saturating_sub(NAMED_MAX);
    let mut names: Vec<String> = ids.take(NAMED_MAX).map(|id| id.operation().to_owned()).collect();
    if more > 0 {
        names.push(format!("+ {more}"));
    }
    names.join(", ")
}

fn flow_line(noticed: &Noticed) -> impl IntoView + use<> {
    let w = words();
    let (flow, operation) = (&noticed.flow, noticed.operation.operation());
    let (tone, text) = match &noticed.what {
        What::Breaks => ("bad", fill(w.api_breaks, &[flow, &operation])),
        What::Asks(fields) => ("warn", fill(w.api_asks_more, &[flow, &operation, &fields.join(", ")])),
        What::Drops(fields) => ("warn", fill(w.api_takes_less, &[flow, &operation, &fields.join(", ")])),
        What::Touched => ("info", fill(w.api_touched, &[flow, &operation])),
    };
    let icon = if tone == "info" { Icon::Info } else { Icon::Warning };
    view! { <div class="kl-callout" data-tone=tone><Picture icon/><p>{text}</p></div> }
}
