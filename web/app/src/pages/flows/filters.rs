//! What narrows the list: a search, how flows stand, tags, and folders, which also take what is dropped on them.

use super::find::{Order, Standing, all_tags, folders_in, standing_count};
use super::shelf::Shelf;
use crate::words::{Words, words};
use leptos::prelude::*;
use std::time::Duration;
use ui::{Choice, Icon, Picture, Select};

/// How long typing pauses before the address follows.
const TYPING_PAUSE: Duration = Duration::from_millis(250);
/// Tags offered beside the list; the others are found by typing.
const TAGS_MAX: usize = 16;

pub const fn standing_words(standing: Standing, w: &Words) -> &'static str {
    match standing {
        Standing::Live => w.standing_live,
        Standing::Paused => w.flow_paused,
        Standing::Held => w.flow_held,
        Standing::Failing => w.standing_failing,
        Standing::Draft => w.standing_draft,
        Standing::Shadow => w.standing_shadow,
    }
}

#[component]
pub fn Filters(shelf: Shelf) -> impl IntoView {
    view! {
        <form class="kl-flows-tools" role="search" on:submit=|event| event.prevent_default()>
            <Search shelf/>
            <Sorting shelf/>
        </form>
        <Standings shelf/>
        <Tags shelf/>
        <Folders shelf/>
    }
}

#[component]
fn Search(shelf: Shelf) -> impl IntoView {
    let w = words();
    let input = NodeRef::<leptos::html::Input>::new();
    let follow = leptos_use::use_debounce_fn(move || shelf.typed(), TYPING_PAUSE.as_millis() as f64);
    // A link to another search, or "back", is taken over.
    Effect::new(move |_| {
        let text = shelf.query.with(|query| query.text.clone());
        if shelf.text.get_untracked().trim() != text.trim() {
            shelf.text.set(text);
        }
    });
    let _ = leptos_use::use_event_listener(document(), leptos::ev::keydown, move |event| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() || is_typing(&event) {
            return;
        }
        match event.key().as_str() {
            "/" => {
                event.prevent_default();
                if let Some(input) = input.get_untracked() {
                    let _ = input.focus();
                    input.select();
                }
            }
            "n" | "N" => {
                event.prevent_default();
                shelf.begin();
            }
            _ => {}
        }
    });
    view! {
        <label class="kl-flows-search">
            <span class="kl-sr">{w.search_flows}</span>
            <Picture icon=Icon::Search/>
            <input
                node_ref=input
                class="kl-input"
                type="search"
                placeholder=w.search_flows_hint
                spellcheck="false"
                prop:value=move || shelf.text.get()
                on:input=move |event| { shelf.text.set(event_target_value(&event)); follow(); }
            />
            <kbd class="kl-kbd" aria-hidden="true">"/"</kbd>
        </label>
    }
}

/// Whether a key belongs to a field or a dialog, not to the page.
fn is_typing(event: &web_sys::KeyboardEvent) -> bool {
    let target =
        event.target().and_then(|target| wasm_bindgen::JsCast::dyn_into::<web_sys::Element>(target).ok());
    target.is_some_and(|element| {
        let within = "input, textarea, select, [contenteditable], dialog";
        element.closest(within).ok().flatten().is_some()
    })
}

#[component]
fn Sorting(shelf: Shelf) -> impl IntoView {
    let w = words();
    let words_of = |order: Order| match order {
        Order::Name => w.sort_name,
        Order::Ran => w.sort_ran,
        Order::Changed => w.sort_changed,
        Order::Errors => w.sort_errors,
    };
    let choices: Vec<_> =
        Order::ALL.iter().map(|order| Choice::new(order.as_str(), words_of(*order))).collect();
    let now = move || shelf.query.with(|query| query.order).unwrap_or(Order::Name);
    let value = RwSignal::new(now().as_str().to_owned());
    Effect::new(move |_| value.set(now().as_str().to_owned()));
    Effect::new(move |before: Option<String>| {
        let wanted = value.get();
        if before.is_some_and(|before| before != wanted) && now().as_str() != wanted {
            shelf.look_for(|query| query.order = Order::of(&wanted).filter(|order| *order != Order::Name));
        }
        wanted
    });
    view! { <Select label=w.sort_by value choices=Signal::stored(choices) label_hidden=true/> }
}

#[component]
fn Standings(shelf: Shelf) -> impl IntoView {
    let w = words();
    let chip = move |standing: Option<Standing>| {
        let n = Memo::new(move |_| {
            shelf.entries.with(|all| standing.map_or(all.len(), |standing| standing_count(all, standing)))
        });
        let on = Memo::new(move |_| shelf.query.with(|query| query.standing == standing));
        let text = standing.map_or(w.standing_all, |standing| standing_words(standing, w));
        let shown = move || standing.is_none() || on.get() || n.get() > 0;
        view! {
            <Show when=shown>
                <button
                    class="kl-chip-button"
                    type="button"
                    data-standing=standing.map(Standing::as_str)
                    aria-pressed=move || on.get().to_string()
                    on:click=move |_| shelf.look_for(|query| query.standing = standing)
                >{text} <b>{move || n.get()}</b></button>
            </Show>
        }
    };
    let all = [None].into_iter().chain(Standing::ALL.iter().copied().map(Some));
    view! { <div class="kl-flows-chips" role="group" aria-label=w.state>{all.map(chip).collect_view()}</div> }
}

#[component]
fn Tags(shelf: Shelf) -> impl IntoView {
    let w = words();
    let tags = Memo::new(move |_| {
        let mut tags: Vec<String> =
            shelf.entries.with(|all| all_tags(all)).into_iter().map(|(tag, _)| tag).take(TAGS_MAX).collect();
        let chosen = shelf.query.with(|query| query.tag.clone());
        if !chosen.is_empty() && !tags.contains(&chosen) {
            tags.push(chosen);
        }
        tags
    });
    let chip = move |tag: String| {
        let (own, name) = (tag.clone(), tag.clone());
        let on = Memo::new(move |_| shelf.query.with(|query| query.tag == own));
        view! {
            <button
                class="kl-chip-button"
                type="button"
                aria-pressed=move || on.get().to_string()
                on:click=move |_| {
                    let tag = if on.get_untracked() { String::new() } else { tag.clone() };
                    shelf.look_for(|query| query.tag = tag);
                }
            >"#" {name}</button>
        }
    };
    view! {
        <Show when=move || tags.with(|tags| !tags.is_empty())>
            <div class="kl-flows-chips" role="group" aria-label=w.tags>
                <For each=move || tags.get() key=|tag| tag.clone() let:tag>{chip(tag)}</For>
            </div>
        </Show>
    }
}

/// Where one is, and what is inside. Shown once there is a folder.
#[component]
fn Folders(shelf: Shelf) -> impl IntoView {
    let w = words();
    let here = Memo::new(move |_| shelf.query.with(|query| query.folder.clone()));
    let inside = Memo::new(move |_| shelf.entries.with(|all| here.with(|here| folders_in(all, here))));
    let way = move || {
        let here = here.get();
        let ends: Vec<usize> = here.match_indices('/').map(|(at, _)| at).chain([here.len()]).collect();
        let folders = ends.into_iter().filter(|end| *end > 0).map(|end| here[..end].to_owned());
        [String::new()].into_iter().chain(folders).collect::<Vec<_>>()
    };
    let crumb = move |folder: String| {
        let name =
            folder.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or(w.all_folders).to_owned();
        let own = folder.clone();
        let current = move || here.with(|here| *here == own);
        view! {
            <li><Target shelf folder><span aria-current=move || current().then_some("true")>{name}</span></Target></li>
        }
    };
    let child = move |(name, n): (String, usize)| {
        let folder =
            here.with_untracked(|here| if here.is_empty() { name.clone() } else { format!("{here}/{name}") });
        view! { <li><Target shelf folder><Picture icon=Icon::Folder/>{name} <b>{n}</b></Target></li> }
    };
    let any = move || here.with(|here| !here.is_empty()) || inside.with(|inside| !inside.is_empty());
    view! {
        <Show when=any>
            <nav class="kl-folders" aria-label=w.folders>
                <ol class="kl-folder-way">
                    <For each=way key=|folder| folder.clone() let:folder>{crumb(folder)}</For>
                </ol>
                <ul class="kl-folder-list">
                    {move || inside.get().into_iter().map(child).collect_view()}
                </ul>
            </nav>
        </Show>
    }
}

/// A folder to go to, and to drop flows on.
#[component]
fn Target(shelf: Shelf, folder: String, children: Children) -> impl IntoView {
    let over = RwSignal::new(false);
    let (there, dropped) = (folder.clone(), folder);
    let drag_over = move |event: web_sys::DragEvent| {
        if shelf.dragged.with_untracked(|dragged| !dragged.is_empty()) {
            event.prevent_default();
            over.set(true);
        }
    };
    let drop_here = move |event: web_sys::DragEvent| {
        event.prevent_default();
        over.set(false);
        let ids = std::mem::take(&mut *shelf.dragged.write());
        shelf.move_to(ids, dropped.clone());
    };
    view! {
        <button
            class="kl-folder"
            type="button"
            data-over=move || over.get().then_some("")
            on:click=move |_| { let there = there.clone(); shelf.look_for(|query| query.folder = there) }
            on:dragover=drag_over
            on:dragleave=move |_| over.set(false)
            on:drop=drop_here
        >{children()}</button>
    }
}
