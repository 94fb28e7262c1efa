//! What is done with several flows at once, and the dialogs that ask for a folder or tags.

use super::super::confirm::ConfirmDialog;
use super::find::{Entry, all_folders, all_tags};
use super::shelf::{Asked, Shelf};
use crate::words::{count, fill, words};
use api::FlowState;
use leptos::prelude::*;
use model::{FlowId, labels};
use std::collections::BTreeMap;
use ui::{Button, ButtonKind, Dialog, Icon};

/// Tags offered for choosing; others are typed.
const TAGS_OFFERED_MAX: usize = 60;

/// Says how many are chosen and what can be done with them.
#[component]
pub fn Bar(shelf: Shelf) -> impl IntoView {
    let w = words();
    let n = Memo::new(move |_| shelf.chosen.with(|chosen| chosen.len()));
    let busy = shelf.busy;
    view! {
        <Show when=move || n.with(|n| *n != 0)>
            <div class="kl-flows-bar" role="toolbar" aria-label=w.with_chosen>
                <b role="status">{move || count(w.chosen_count, n.get() as u64)}</b>
                <Button icon=Icon::Pause busy on_click=move |_| shelf.set_state(shelf.chosen_now(), FlowState::Paused)>{w.pause}</Button>
                <Button icon=Icon::Play busy on_click=move |_| shelf.set_state(shelf.chosen_now(), FlowState::Live)>{w.resume}</Button>
                <Button icon=Icon::Tag busy on_click=move |_| shelf.asked.set(Some(Asked::Tag(shelf.chosen_now())))>{w.tags_of}</Button>
                <Button icon=Icon::Folder busy on_click=move |_| shelf.asked.set(Some(Asked::Move(shelf.chosen_now())))>{w.move_to_folder}</Button>
                <Button icon=Icon::Download on_click=move |_| shelf.export(shelf.chosen_now())>{w.export}</Button>
                <Button kind=ButtonKind::Quiet icon=Icon::Cross on_click=move |_| shelf.chosen.update(|chosen| chosen.clear())>{w.flows_choose_none}</Button>
            </div>
        </Show>
    }
}

#[component]
pub fn Dialogs(shelf: Shelf) -> impl IntoView {
    let w = words();
    let (moving, tagging, deleting) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    Effect::new(move |_| {
        let asked = shelf.asked.get();
        moving.set(matches!(asked, Some(Asked::Move(_))));
        tagging.set(matches!(asked, Some(Asked::Tag(_))));
        deleting.set(matches!(asked, Some(Asked::Delete(_))));
    });
    Effect::new(move |was: Option<bool>| {
        let open = moving.get() || tagging.get() || deleting.get();
        if was == Some(true) && !open {
            shelf.asked.set(None);
        }
        open
    });
    let names = move || {
        let ids = asked_for(shelf.asked.get());
        let names: Vec<_> = ids.iter().filter_map(|id| shelf.entry(id)).map(|entry| entry.name).collect();
        names.join(", ")
    };
    let delete = move |()| {
        shelf.delete(asked_for(shelf.asked.get_untracked()));
        deleting.set(false);
    };
    view! {
        <Dialog open=moving title=w.move_to_folder.to_owned() close=w.close><MoveForm shelf/></Dialog>
        <Dialog open=tagging title=w.tags_of.to_owned() close=w.close><TagForm shelf/></Dialog>
        <ConfirmDialog open=deleting verb=w.delete question=Signal::derive(move || fill(w.delete_flow_sure, &[&names()])) busy=shelf.busy on_yes=delete/>
    }
}

fn asked_for(asked: Option<Asked>) -> Vec<FlowId> {
    match asked {
        Some(Asked::Move(ids) | Asked::Tag(ids) | Asked::Delete(ids)) => ids,
        None => Vec::new(),
    }
}

#[component]
fn MoveForm(shelf: Shelf) -> impl IntoView {
    let w = words();
    let ids = asked_for(shelf.asked.get_untracked());
    let own = ids.first().and_then(|id| shelf.entry(id)).map(|entry| entry.folder).unwrap_or_default();
    let (folder, wrong) = (RwSignal::new(own), RwSignal::new(None::<String>));
    let folders = shelf.entries.with_untracked(|all| all_folders(all));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let wanted = labels::tidy_folder(&folder.get_untracked());
        match labels::folder_trouble(&wanted) {
            Some(_) => wrong.set(Some(fill(
                w.folder_wrong,
                &[&labels::FOLDER_DEPTH_MAX, &labels::FOLDER_NAME_CHARS_MAX],
            ))),
            None => {
                shelf.move_to(ids.clone(), wanted);
                shelf.asked.set(None);
            }
        }
    };
    let choice = move |name: String| {
        let wanted = name.clone();
        view! { <button class="kl-chip-button" type="button" on:click=move |_| folder.set(wanted.clone())>{name}</button> }
    };
    view! {
        <form class="kl-stack" on:submit=submit>
            <ui::TextField label=w.folder value=folder placeholder="Shop/Orders" hint=w.folder_hint error=wrong autofocus=true/>
            <div class="kl-flows-chips">{folders.into_iter().take(TAGS_OFFERED_MAX).map(choice).collect_view()}</div>
            <div class="kl-dialog-foot">
                <Button on_click=move |_| shelf.asked.set(None)>{w.cancel}</Button>
                <Button kind=ButtonKind::Primary submit=true busy=shelf.busy>{w.move_here}</Button>
            </div>
        </form>
    }
}

/// Which tags are given and taken. Only what somebody turns is changed: what some of several flows have, they keep.
#[derive(Clone, Copy)]
struct Tagging {
    shelf: Shelf,
    entries: StoredValue<Vec<Entry>>,
    turned: RwSignal<BTreeMap<String, bool>>,
    typed: RwSignal<String>,
    wrong: RwSignal<Option<String>>,
}

impl Tagging {
    fn new(shelf: Shelf) -> Self {
        let ids = asked_for(shelf.asked.get_untracked());
        let entries = ids.iter().filter_map(|id| shelf.entry(id)).collect();
        Self {
            shelf,
            entries: StoredValue::new(entries),
            turned: RwSignal::default(),
            typed: RwSignal::default(),
            wrong: RwSignal::default(),
        }
    }

    /// Whether all of the flows have a tag, none, or some: as `aria-pressed` says it.
    fn pressed(self, tag: &str) -> &'static str {
        let had = |entries: &Vec<Entry>| {
            (entries.iter().filter(|entry| entry.tags.iter().any(|own| own == tag)).count(), entries.len())
        };
        match (self.turned.with(|turned| turned.get(tag).copied()), self.entries.with_value(had)) {
            (Some(true), _) => "true",
            (Some(false), _) | (None, (0, _)) => "false",
            (None, (had, all)) if had == all => "true",
            (None, _) => "mixed",
        }
    }

    fn turn(self, tag: String) {
        let on = untrack(|| self.pressed(&tag)) != "true";
        self.turned.update(|turned| {
            turned.insert(tag, on);
        });
    }

    /// Takes over what is typed; says whether that can be tags.
    fn add(self) -> bool {
        let new = labels::tidy_tags(&self.typed.get_untracked());
        if labels::tags_trouble(&new).is_some() {
            self.wrong.set(Some(fill(words().tag_wrong, &[&labels::TAG_CHARS_MAX])));
            return false;
        }
        self.wrong.set(None);
        self.turned.update(|turned| turned.extend(new.into_iter().map(|tag| (tag, true))));
        self.typed.set(String::new());
        true
    }

    fn save(self) {
        let ids = self.entries.with_value(|entries| entries.iter().map(|entry| entry.id.clone()).collect());
        self.shelf.tag(ids, self.turned.get_untracked());
        self.shelf.asked.set(None);
    }
}

#[component]
fn TagForm(shelf: Shelf) -> impl IntoView {
    let w = words();
    let tagging = Tagging::new(shelf);
    let known: Vec<String> = shelf
        .entries
        .with_untracked(|all| all_tags(all))
        .into_iter()
        .map(|(tag, _)| tag)
        .take(TAGS_OFFERED_MAX)
        .collect();
    let offered = Memo::new(move |_| {
        let new = tagging.turned.get().into_keys().filter(|tag| !known.contains(tag));
        known.iter().cloned().chain(new).collect::<Vec<_>>()
    });
    let chip = move |tag: String| {
        let (own, name) = (tag.clone(), tag.clone());
        let pressed = move || tagging.pressed(&own);
        view! { <button class="kl-chip-button" type="button" aria-pressed=pressed on:click=move |_| tagging.turn(tag.clone())>"#" {name}</button> }
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        // Enter after a word takes the word; Enter in an empty field is done.
        let had_word = !tagging.typed.get_untracked().trim().is_empty();
        if tagging.add() && !had_word {
            tagging.save();
        }
    };
    let save = move |_| {
        if tagging.add() {
            tagging.save();
        }
    };
    view! {
        <form class="kl-stack" on:submit=submit>
            <ui::TextField label=w.new_tag value=tagging.typed hint=w.new_tag_hint error=tagging.wrong autofocus=true/>
            <div class="kl-flows-chips" role="group" aria-label=w.tags>
                <For each=move || offered.get() key=|tag| tag.clone() let:tag>{chip(tag)}</For>
            </div>
            <div class="kl-dialog-foot">
                <Button on_click=move |_| shelf.asked.set(None)>{w.cancel}</Button>
                <Button kind=ButtonKind::Primary busy=shelf.busy on_click=save>{w.save}</Button>
            </div>
        </form>
    }
}
