//! What comes in, as a tree: each value can be dragged to a field, or chosen and then put there.

use super::names::kind_words;
use super::state::Mapper;
use super::walk::{focus_source, next_input};
use crate::words::{fill, words};
use canvas::mapper::{Kind, TreeRow, in_sight};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use std::collections::HashSet;
use ui::{Button, ButtonKind, Icon, Picture};

/// How many rows are drawn before "more" is asked for.
const ROWS_STEP: usize = 200;

/// How the tree is looked at.
#[derive(Clone, Copy)]
struct Tree {
    mapper: Mapper,
    /// Folded or opened by hand.
    turned: RwSignal<HashSet<String>>,
    sight: Memo<(Vec<TreeRow>, bool)>,
    /// The row that Tab comes to.
    current: RwSignal<String>,
    used: Memo<HashSet<String>>,
}

#[component]
pub fn SourceTree(mapper: Mapper) -> impl IntoView {
    let w = words();
    let text = RwSignal::new(String::new());
    let turned = RwSignal::new(HashSet::<String>::new());
    let limit = RwSignal::new(ROWS_STEP);
    let sight = Memo::new(move |_| {
        mapper.sources.with(|all| {
            let all = all.as_deref().unwrap_or_default();
            text.with(|text| turned.with(|turned| in_sight(all, text, turned, limit.get())))
        })
    });
    let tree =
        Tree { mapper, turned, sight, current: RwSignal::new("input".to_owned()), used: mapper.used() };
    let rows =
        move || sight.with(|(rows, _)| rows.iter().map(|row| row.row.path.clone()).collect::<Vec<_>>());
    let is_reached = Memo::new(move |_| mapper.sources.with(Option::is_some));
    let nothing = move || sight.with(|(rows, _)| rows.is_empty()) && is_reached.get();
    view! {
        <div class="kl-mapper-search">
            <Picture icon=Icon::Search/>
            <input class="kl-input" type="search" placeholder=w.data_search aria-label=w.data_search prop:value=move || text.get() on:input=move |event| text.set(event_target_value(&event))/>
        </div>
        <div class="kl-mapper-tree" role="tree" aria-label=w.mapper_source aria-describedby="kl-mapper-hint" on:keydown=move |event| tree.key(&event)>
            <For each=rows key=|path| path.clone() let:path><SourceRow tree path/></For>
        </div>
        <Show when=move || !is_reached.get()><p class="kl-muted">{w.preview_not_reached}</p></Show>
        <Show when=nothing><p class="kl-muted">{w.data_nothing}</p></Show>
        <Show when=move || sight.with(|(_, more)| *more)>
            <Button kind=ButtonKind::Quiet on_click=move |_| limit.update(|limit| *limit += ROWS_STEP)>{w.load_more}</Button>
        </Show>
        <p class="kl-muted kl-mapper-hint" id="kl-mapper-hint">{w.mapper_hint}</p>
    }
}

impl Tree {
    fn with_row<T>(self, path: &str, ask: impl FnOnce(&TreeRow) -> T) -> Option<T> {
        self.sight.with(|(rows, _)| rows.iter().find(|row| row.row.path == path).map(ask))
    }

    fn turn(self, path: &str) {
        self.turned.update(|turned| {
            if !turned.remove(path) {
                turned.insert(path.to_owned());
            }
        });
    }

    /// Chooses a value to be put somewhere, or lets it be.
    fn choose(self, path: &str) -> bool {
        let row = untrack(|| self.with_row(path, |row| row.row.clone()));
        let chosen = self.mapper.chosen;
        let again = chosen.with_untracked(|chosen| chosen.as_ref().is_some_and(|one| one.path == path));
        chosen.set(row.filter(|_| !again));
        self.current.set(path.to_owned());
        match again {
            true => self.mapper.said.set(String::new()),
            false => self.mapper.said.set(fill(words().mapper_chosen, &[&path])),
        }
        !again
    }

    fn key(self, event: &KeyboardEvent) {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let rows = self.sight.with_untracked(|(rows, _)| rows.clone());
        let here = self.current.get_untracked();
        let Some(at) = rows.iter().position(|row| row.row.path == here).or((!rows.is_empty()).then_some(0))
        else {
            return;
        };
        let row = &rows[at];
        let to = match event.key().as_str() {
            "ArrowDown" => (at + 1).min(rows.len() - 1),
            "ArrowUp" => at.saturating_sub(1),
            "Home" => 0,
            "End" => rows.len() - 1,
            "ArrowRight" if row.open == Some(true) => (at + 1).min(rows.len() - 1),
            "ArrowLeft" if row.open != Some(true) => {
                rows[..at].iter().rposition(|above| above.row.depth < row.row.depth).unwrap_or(at)
            }
            "ArrowRight" | "ArrowLeft" => {
                event.prevent_default();
                if row.open.is_some() {
                    self.turn(&row.row.path);
                }
                return;
            }
            "Enter" | " " => {
                event.prevent_default();
                if self.choose(&row.row.path) {
                    next_input(self.mapper);
                }
                return;
            }
            _ => return,
        };
        event.prevent_default();
        self.current.set(rows[to].row.path.clone());
        focus_source(&rows[to].row.path);
    }
}

#[component]
fn SourceRow(tree: Tree, path: String) -> impl IntoView {
    let w = words();
    let mapper = tree.mapper;
    let own = StoredValue::new(path.clone());
    let seen = {
        let path = path.clone();
        Memo::new(move |_| tree.with_row(&path, Clone::clone))
    };
    let first = seen.get_untracked().map(|seen| seen.row).unwrap_or_default();
    let (name, depth) = (first.name.clone(), first.depth);
    let is_first = Memo::new(move |_| {
        tree.sight
            .with(|(rows, _)| rows.first().is_some_and(|row| own.with_value(|own| row.row.path == *own)))
    });
    let is_current = Memo::new(move |_| {
        let current = tree.current.get();
        own.with_value(|own| *own == current) || is_first.get() && tree.with_row(&current, |_| ()).is_none()
    });
    let is_chosen = Memo::new(move |_| {
        mapper.chosen.with(|chosen| chosen.as_ref().is_some_and(|one| own.with_value(|own| one.path == *own)))
    });
    let is_used = Memo::new(move |_| tree.used.with(|used| own.with_value(|own| used.contains(own))));
    let open = Memo::new(move |_| seen.with(|seen| seen.as_ref().and_then(|seen| seen.open)));
    let shown = move || seen.with(|seen| seen.as_ref().map(|seen| seen.row.shown.clone()));
    let kind = move || seen.with(|seen| seen.as_ref().map_or(Kind::Nothing, |seen| seen.row.kind));
    let press = move |event: web_sys::PointerEvent| {
        if let Some(seen) = seen.get_untracked() {
            mapper.drag.press(&event, seen.row);
        }
    };
    let fold = move |event: web_sys::MouseEvent| {
        event.stop_propagation();
        own.with_value(|own| tree.turn(own));
    };
    view! {
        <div
            class="kl-mapper-source"
            role="treeitem"
            data-source=path
            data-used=move || is_used.get().then_some("")
            attr:aria-level=(depth + 1).to_string()
            aria-expanded=move || open.get().map(|open| open.to_string())
            aria-selected=move || is_chosen.get().to_string()
            tabindex=move || if is_current.get() { "0" } else { "-1" }
            style:--depth=depth.to_string()
            on:pointerdown=press
            on:click=move |_| { own.with_value(|own| tree.choose(own)); }
            on:focus=move |_| tree.current.set(own.get_value())
        >
            <span class="kl-mapper-fold" aria-hidden="true" data-open=move || open.get().map(|open| open.to_string()) on:click=fold>{move || open.get().map(|_| view! { <Picture icon=Icon::Next/> })}</span>
            <span class="kl-mapper-name">{name}</span>
            <span class="kl-mapper-kind">{move || kind_words(kind(), w)}</span>
            <span class="kl-mapper-shown">{shown}</span>
        </div>
    }
}
