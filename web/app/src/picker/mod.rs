//! Something is chosen from a long list: one types a few letters, goes up and down, and presses Enter. A pointer works as well.

use crate::editor::keys::Caps;
use crate::later::Page;
use crate::words::words;
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use web_sys::MouseEvent;

/// More nobody reads; another letter makes fewer.
const SHOWN_MAX: usize = 80;
/// How far Page Up and Page Down go.
const PAGE: usize = 8;
const LIST: &str = "kl-picker-list";

/// One line to choose. Those of one group that stand together have one heading.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// What is told when it is chosen.
    pub id: String,
    pub group: String,
    pub title: String,
    pub detail: String,
    /// Its key, where it has one.
    pub key: Option<String>,
    /// Why it cannot be chosen.
    pub refused: Option<String>,
}

impl Line {
    pub fn new(id: impl Into<String>, group: impl Into<String>, title: impl Into<String>) -> Self {
        Self { id: id.into(), group: group.into(), title: title.into(), ..Self::default() }
    }

    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    pub fn key(mut self, key: Option<String>) -> Self {
        self.key = key;
        self
    }

    pub fn refused(mut self, why: Option<impl Into<String>>) -> Self {
        self.refused = why.map(Into::into);
        self
    }
}

/// `lines` follow what is `searched` for: they come fitting, and in order.
///
/// What was chosen is told only after the list has closed and the focus is back where it was: it may lead to another page,
/// and take all of this away.
#[component]
pub fn Picker(
    open: RwSignal<bool>,
    #[prop(into)] label: Signal<String>,
    searched: RwSignal<String>,
    /// Enter was pressed before the list was there to take it.
    #[prop(optional)]
    entered: Option<RwSignal<bool>>,
    #[prop(into)] lines: Signal<Vec<Line>>,
    #[prop(into)] on_choose: Callback<String>,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        match (open.get(), dialog.open()) {
            // Refused only if the element has left the page, and then there is nothing to show.
            (true, false) => drop(dialog.show_modal()),
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    // The event comes a moment after the list was closed, which may be open again by then.
    let closed = move |_| {
        if dialog.try_get_untracked().flatten().is_some_and(|dialog| !dialog.open()) {
            open.try_set(false);
        }
    };
    let page = Page::here();
    let choose = Callback::new(move |id: String| {
        open.set(false);
        let page = page.clone();
        // The first frame closes the list, which gives the focus back.
        request_animation_frame(move || {
            request_animation_frame(move || {
                page.with(|| on_choose.try_run(id));
            });
        });
    });
    // A click on what is around it; the list itself fills the dialog.
    let beside = move |event: MouseEvent| {
        if event.target().as_ref() == dialog.get_untracked().as_deref().map(AsRef::as_ref) {
            open.set(false);
        }
    };
    view! {
        <dialog class="kl-picker" node_ref=dialog aria-label=move || label.get() on:click=beside on:close=closed>
            {move || open.get().then(|| view! { <Body label searched entered lines choose/> })}
        </dialog>
    }
}

#[component]
fn Body(
    label: Signal<String>,
    searched: RwSignal<String>,
    entered: Option<RwSignal<bool>>,
    lines: Signal<Vec<Line>>,
    choose: Callback<String>,
) -> impl IntoView {
    let w = words();
    let shown = Memo::new(move |_| {
        let mut shown = lines.get();
        shown.truncate(SHOWN_MAX);
        shown
    });
    let at = RwSignal::new(0);
    Effect::new(move |_| at.set(shown.with(|shown| first(shown))));
    let take = move || {
        let line = shown.try_with_untracked(|shown| shown.get(at.get_untracked()).cloned()).flatten();
        if let Some(line) = line.filter(|line| line.refused.is_none()) {
            choose.run(line.id);
        }
    };
    let input = NodeRef::<html::Input>::new();
    input.on_load(move |input| {
        // The dialog is shown in this very moment; a closed one takes no focus.
        request_animation_frame(move || {
            let _ = input.focus();
            if entered.and_then(|entered| entered.try_update(std::mem::take)) == Some(true) {
                take();
            }
        });
    });
    let key = move |event: KeyboardEvent| {
        let count = shown.with_untracked(Vec::len);
        let here = at.get_untracked();
        let next = match event.key().as_str() {
            "ArrowDown" => (here + 1) % count.max(1),
            "ArrowUp" => (here + count.max(1) - 1) % count.max(1),
            "PageDown" => (here + PAGE).min(count.saturating_sub(1)),
            "PageUp" => here.saturating_sub(PAGE),
            // In the middle of a word that is being put together, Enter ends the word.
            "Enter" if !event.is_composing() => {
                event.prevent_default();
                return take();
            }
            _ => return,
        };
        event.prevent_default();
        at.set(next);
        bring_into_view(next);
    };
    let count_words = move || match shown.with(Vec::len) {
        0 => w.picker_nothing.to_owned(),
        many => crate::words::count(w.picker_count, many as u64),
    };
    view! {
        <div class="kl-picker-body">
            <input
                node_ref=input
                class="kl-picker-input"
                type="text"
                role="combobox"
                aria-label=move || label.get()
                placeholder=move || label.get()
                aria-expanded="true"
                aria-autocomplete="list"
                aria-controls=LIST
                aria-activedescendant=move || shown.with(|shown| !shown.is_empty()).then(|| line_id(at.get()))
                autocomplete="off"
                spellcheck="false"
                prop:value=move || searched.get()
                on:input=move |event| searched.set(event_target_value(&event))
                on:keydown=key
            />
            <div class="kl-picker-list" id=LIST role="listbox" aria-label=move || label.get()>
                {move || groups(shown.get()).into_iter().map(|(name, lines)| view! { <Group name lines at choose/> }).collect_view()}
            </div>
            <p class="kl-picker-foot" role="status">{count_words}</p>
        </div>
    }
}

/// The first that can be chosen.
fn first(lines: &[Line]) -> usize {
    lines.iter().position(|line| line.refused.is_none()).unwrap_or(0)
}

/// Lines under their headings, each with its place in the whole list.
fn groups(lines: Vec<Line>) -> Vec<(String, Vec<(usize, Line)>)> {
    let mut groups: Vec<(String, Vec<(usize, Line)>)> = Vec::new();
    for (place, line) in lines.into_iter().enumerate() {
        match groups.last_mut() {
            Some((name, lines)) if *name == line.group => lines.push((place, line)),
            _ => groups.push((line.group.clone(), vec![(place, line)])),
        }
    }
    groups
}

#[component]
fn Group(
    name: String,
    lines: Vec<(usize, Line)>,
    at: RwSignal<usize>,
    choose: Callback<String>,
) -> impl IntoView {
    let heading = (!name.is_empty())
        .then(|| view! { <div class="kl-picker-group" aria-hidden="true">{name.clone()}</div> });
    view! {
        <div role="group" aria-label=name>
            {heading}
            {lines.into_iter().map(|(place, line)| view! { <Choice place line at choose/> }).collect_view()}
        </div>
    }
}

#[component]
fn Choice(place: usize, line: Line, at: RwSignal<usize>, choose: Callback<String>) -> impl IntoView {
    let chosen = Memo::new(move |_| at.get() == place);
    let refused = line.refused.is_some();
    let id = line.id;
    let press = move |_| {
        if !refused {
            choose.run(id.clone());
        }
    };
    let detail = line.refused.unwrap_or(line.detail);
    view! {
        <div
            class="kl-picker-line"
            id=line_id(place)
            role="option"
            aria-selected=move || chosen.get().to_string()
            aria-disabled=refused.to_string()
            on:click=press
            on:pointermove=move |_| if at.get_untracked() != place { at.set(place) }
        >
            <span class="kl-picker-title">{line.title}</span>
            {(!detail.is_empty()).then(|| view! { <small>{detail}</small> })}
            {line.key.map(|key| view! { <Caps key/> })}
        </div>
    }
}

fn line_id(place: usize) -> String {
    format!("kl-picker-{place}")
}

/// Scrolls the list as little as shows the line.
fn bring_into_view(place: usize) {
    let element = |id: &str| document().get_element_by_id(id);
    let Some((list, line)) = element(LIST).zip(element(&line_id(place))) else { return };
    let (frame, area) = (list.get_bounding_client_rect(), line.get_bounding_client_rect());
    let (above, below) = (frame.top() - area.top(), area.bottom() - frame.bottom());
    let by = if above > 0.0 { -above } else { below.max(0.0) };
    list.set_scroll_top(list.scroll_top() + by.round() as i32);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_can_be_chosen_is_offered() {
        let open = Line::new("b", "", "B");
        let refused = Line::new("a", "", "A").refused(Some("not here"));
        assert_eq!([first(&[refused.clone(), open]), first(&[refused]), first(&[])], [1, 0, 0]);
    }

    #[test]
    fn lines_stand_under_their_headings_with_their_place_in_the_whole() {
        let lines = ["a", "b", "c"].map(|id| Line::new(id, if id == "c" { "two" } else { "one" }, id));
        let places: Vec<(String, Vec<usize>)> = groups(lines.into())
            .into_iter()
            .map(|(name, lines)| (name, lines.into_iter().map(|(place, _)| place).collect()))
            .collect();
        assert_eq!(places, [("one".to_owned(), vec![0, 1]), ("two".to_owned(), vec![2])]);
    }
}
