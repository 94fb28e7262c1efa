//! Two versions as text, line by line, in the order in which every flow file is written.

use crate::words::{count, words};
use canvas::compare::{Line, LineSide, lines};
use leptos::prelude::*;
use model::FlowDocument;
use std::sync::Arc;

/// Lines that are drawn.
const LINES_MAX: usize = 3_000;

#[component]
pub fn JsonDiff(before: Arc<FlowDocument>, after: Arc<FlowDocument>) -> impl IntoView {
    let w = words();
    let all = lines(&before.logic().to_text(), &after.logic().to_text());
    let same = all.iter().all(|line| matches!(line.side, LineSide::Both | LineSide::Gap(_)));
    let cut = all.len() > LINES_MAX;
    let body = match same {
        true => view! { <p class="kl-muted">{w.version_same}</p> }.into_any(),
        false => all.into_iter().take(LINES_MAX).map(row).collect_view().into_any(),
    };
    view! {
        <div class="kl-diff-json" role="region" aria-label=w.version_json tabindex="0">
            {body}
            {cut.then(|| view! { <p class="kl-muted">{w.version_cut}</p> })}
        </div>
    }
}

fn row(line: Line) -> impl IntoView {
    let (kind, sign) = match line.side {
        LineSide::Both => ("same", " "),
        LineSide::Before => ("removed", "−"),
        LineSide::After => ("added", "+"),
        LineSide::Gap(many) => {
            let text = count(words().version_gap, many as u64);
            return view! { <div class="kl-diff-line" data-diff="gap"><span></span><span></span><span></span><code>{text}</code></div> }.into_any();
        }
    };
    let number = |number: Option<usize>| number.map(|number| number.to_string());
    view! {
        <div class="kl-diff-line" data-diff=kind>
            <span>{number(line.before)}</span><span>{number(line.after)}</span><span>{sign}</span><code>{line.text}</code>
        </div>
    }
    .into_any()
}
