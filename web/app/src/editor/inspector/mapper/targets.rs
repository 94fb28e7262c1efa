//! The fields of the target, a line for each.

use super::line::TargetLine;
use super::state::Mapper;
use crate::focus::soon;
use crate::words::words;
use leptos::prelude::*;
use std::collections::HashSet;
use ui::{Button, Icon};

#[component]
pub fn TargetList(mapper: Mapper) -> impl IntoView {
    let w = words();
    let folded = RwSignal::new(HashSet::<String>::new());
    let in_sight = move || {
        let is_folded = |target: &str| {
            folded.with(|folded| target.match_indices("[].").any(|(end, _)| folded.contains(&target[..end])))
        };
        mapper.rows.with(|rows| {
            let targets = rows.iter().map(|row| row.target.clone());
            targets.filter(|target| !is_folded(target)).collect::<Vec<_>>()
        })
    };
    let is_free = move || mapper.shape.with(Vec::is_empty);
    view! {
        <ul class="kl-mapper-lines" aria-label=w.mapper_fields>
            <For each=in_sight key=|target| target.clone() let:target><TargetLine mapper target folded/></For>
        </ul>
        <Show when=is_free><AddField mapper/></Show>
    }
}

/// A field by its name, where nobody has said which there are.
#[component]
pub fn AddField(
    mapper: Mapper,
    /// The list that the field is in.
    #[prop(optional, into)]
    list: Option<String>,
) -> impl IntoView {
    let w = words();
    let name = RwSignal::new(String::new());
    let add = move || {
        let typed = name.get_untracked();
        let target = match &list {
            Some(list) => format!("{list}[].{}", typed.trim()),
            None => typed.trim().to_owned(),
        };
        if mapper.add(&target) {
            name.set(String::new());
            soon(move || {
                super::walk::focus_input(&target);
            });
        }
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        add();
    };
    view! {
        <form class="kl-mapper-add" on:submit=submit>
            <input class="kl-input" type="text" spellcheck="false" autocomplete="off" placeholder=w.mapper_add_name aria-label=w.mapper_add_name prop:value=move || name.get() on:input=move |event| name.set(event_target_value(&event))/>
            <Button submit=true icon=Icon::Plus disabled=Signal::derive(move || name.with(|name| name.trim().is_empty()))>{w.mapper_add}</Button>
        </form>
    }
}
