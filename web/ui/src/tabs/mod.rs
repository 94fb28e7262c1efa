//! One of several views of the same thing. Arrow keys go from tab to tab, as the pattern asks for.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// `tabs` are values and their words; the value is what `selected` holds.
#[component]
pub fn Tabs(
    #[prop(into)] label: String,
    #[prop(into)] tabs: Signal<Vec<(&'static str, String)>>,
    selected: RwSignal<&'static str>,
    /// Small and framed, for the head of a card.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    let turn = move |event: KeyboardEvent| {
        let by = match event.key().as_str() {
            "ArrowRight" => 1,
            "ArrowLeft" => -1,
            _ => return,
        };
        event.prevent_default();
        let names: Vec<&'static str> = tabs.get_untracked().iter().map(|(name, _)| *name).collect();
        selected.set(neighbour(&names, selected.get_untracked(), by));
        focus_selected(&event);
    };
    let tab = move |(name, words): (&'static str, String)| {
        let on = move || selected.get() == name;
        view! {
            <button
                class="kl-tab"
                type="button"
                role="tab"
                aria-selected=move || on().to_string()
                tabindex=move || if on() { "0" } else { "-1" }
                on:click=move |_| selected.set(name)
            >
                {words}
            </button>
        }
    };
    view! {
        <div class="kl-tabs" role="tablist" aria-label=label data-small=small.then_some("") on:keydown=turn>
            {move || tabs.get().into_iter().map(tab).collect_view()}
        </div>
    }
}

/// The tab beside another, around the end; the first one if the other is gone.
fn neighbour(names: &[&'static str], from: &'static str, by: isize) -> &'static str {
    let at = names.iter().position(|name| *name == from);
    match at {
        Some(at) => names[(at as isize + by).rem_euclid(names.len() as isize) as usize],
        None => names.first().copied().unwrap_or(from),
    }
}

fn focus_selected(event: &KeyboardEvent) {
    let list = event.current_target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let tab = list.and_then(|list| list.query_selector("[aria-selected=true]").ok().flatten());
    if let Some(tab) = tab.and_then(|tab| tab.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = tab.focus();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_go_around_the_ends() {
        let names = ["setup", "input", "output"];
        assert_eq!(neighbour(&names, "output", 1), "setup");
        assert_eq!(neighbour(&names, "setup", -1), "output");
        assert_eq!(neighbour(&names, "gone", 1), "setup");
    }
}
