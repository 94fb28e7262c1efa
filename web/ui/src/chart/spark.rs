//! How something has gone of late, as large as a word.

use super::line::{HEIGHT, WIDTH, area, line};
use leptos::prelude::*;

/// The values as a small picture, the newest at the right. `label` says the same in words.
#[component]
pub fn Sparkline(
    #[prop(into)] values: Signal<Vec<u64>>,
    #[prop(into)] label: Signal<String>,
) -> impl IntoView {
    let top = move || values.with(|values| values.iter().copied().max().unwrap_or(0));
    let is_flat = move || (top() == 0).then_some("");
    view! {
        <svg class="kl-spark" viewBox=format!("0 -12 {WIDTH} {}", HEIGHT + 24.0) preserveAspectRatio="none" role="img"
            aria-label=move || label.get() data-flat=is_flat>
            <path class="kl-spark-area" d=move || values.with(|values| area(values, top()))/>
            <path class="kl-spark-line" d=move || values.with(|values| line(values, top()))/>
        </svg>
    }
}
