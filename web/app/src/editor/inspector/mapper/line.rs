//! One field of the target: what it is filled with, what becomes of it, and what is wrong.

use super::conversions::Conversions;
use super::names::summary;
use super::state::{Given, Mapper, name_of};
use super::targets::AddField;
use super::typed::SourceInput;
use super::walk::focus_input;
use super::when::ListSettings;
use crate::errors::Told;
use crate::words::{count, fill, language, words};
use canvas::mapper::{TargetKind, TargetRow, pointer_of, text_of};
use leptos::prelude::*;
use std::collections::HashSet;
use ui::{Button, ButtonKind, Icon, IconButton, Picture};

/// Letters of a value beside its line.
const SHOWN_LETTERS_MAX: usize = 120;

/// What is seen at the end of a line.
#[derive(Clone, Debug, PartialEq)]
enum Outcome {
    Nothing,
    LeftOut,
    /// The cross-references have not answered yet, or cannot be asked.
    Unasked,
    Value(String),
    Wrong(String),
}

#[component]
pub fn TargetLine(mapper: Mapper, target: String, folded: RwSignal<HashSet<String>>) -> impl IntoView {
    let w = words();
    let row = mapper.row(target.clone());
    let own = StoredValue::new(target.clone());
    let opened = RwSignal::new(false);
    let outcome = {
        let target = target.clone();
        Memo::new(move |_| row.with(|row| outcome(mapper, row, &target)))
    };
    let is_missed = {
        let target = target.clone();
        Memo::new(move |_| {
            mapper.coverage.with(|found| found.as_ref().is_some_and(|found| found.missing.contains(&target)))
        })
    };
    let is_over = {
        let target = target.clone();
        Memo::new(move |_| {
            mapper
                .drag
                .held
                .with(|held| held.as_ref().is_some_and(|held| held.over.as_deref() == Some(target.as_str())))
        })
    };
    // An id has no blanks, which a name of one's own may have.
    let id = format!("kl-mapper-{}", target.replace(char::is_whitespace, "_"));
    let (note, gives) = (format!("{id}-note"), format!("{id}-gives"));
    let wrong = Signal::derive(move || outcome.with(|outcome| matches!(outcome, Outcome::Wrong(_))));
    let shown = move || {
        match outcome.get() {
        Outcome::Value(text) => {
            view! { <output class="kl-mapper-value" aria-live="off" title=text.clone()>{text.clone()}</output> }.into_any()
        }
        Outcome::LeftOut => {
            view! { <output class="kl-mapper-value" aria-live="off" data-tone="mute">{w.mapper_left_out}</output> }.into_any()
        }
        Outcome::Unasked => {
            let text = move || if mapper.desk.xrefs.failed.get() { w.xref_unasked } else { w.xref_asking };
            view! { <output class="kl-mapper-value" aria-live="off" data-tone="mute">{text}</output> }.into_any()
        }
        _ => ().into_any(),
    }
    };
    let told = move || match outcome.get() {
        Outcome::Wrong(text) => Some(view! { <span data-tone="bad">{text}</span> }.into_any()),
        _ if is_missed.get() => Some(view! { <span data-tone="warn">{w.mapper_open}</span> }.into_any()),
        _ => None,
    };
    let clear = move |()| {
        own.with_value(|own| {
            mapper.clear(own);
            focus_input(own);
        })
    };
    let has_line = Memo::new(move |_| row.with(|row| row.source.is_some()));
    let (input_id, note_ids) = (id.clone(), format!("{gives} {note}"));
    view! {
        <li
            class="kl-mapper-line"
            data-mapper-target=target
            data-over=move || is_over.get().then_some("")
            data-open=move || is_missed.get().then_some("")
            data-wrong=move || wrong.get().then_some("")
            style:--depth=move || row.with(|row| row.depth).to_string()
        >
            <Name mapper row folded id/>
            <SourceInput mapper row id=input_id notes=note_ids wrong/>
            <div class="kl-mapper-outcome" id=gives>{shown}</div>
            <div class="kl-mapper-tools">
                <Put mapper row/>
                <Show when=move || has_line.get()>
                    <Settings row opened/>
                    <IconButton icon=Icon::Cross label=row.with_untracked(|row| fill(w.mapper_clear, &[&name_of(row)])) on_click=clear/>
                </Show>
            </div>
            <p class="kl-note kl-mapper-note" id=note>{told}</p>
            <Offer mapper row/>
            <Show when=move || opened.get() && has_line.get()><Opened mapper row/></Show>
        </li>
    }
}

fn outcome(mapper: Mapper, row: &TargetRow, target: &str) -> Outcome {
    if row.source.is_none() {
        return Outcome::Nothing;
    }
    let pointer = pointer_of(target);
    let is_here = |at: &str| {
        at.strip_prefix(&pointer).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with('/') && !(row.each && rest.starts_with("/fields/"))
        })
    };
    let problem =
        mapper.problems.with(|all| all.iter().find(|(at, _)| is_here(at)).map(|(_, text)| text.clone()));
    match problem {
        Some(text) => Outcome::Wrong(text),
        None => mapper
            .given
            .with(|given| given.get(target).map_or(Outcome::Nothing, |given| shown(given, row.each))),
    }
}

fn shown(given: &Given, each: bool) -> Outcome {
    match given {
        Ok(Some(value)) => Outcome::Value(match value.as_u64().filter(|_| each) {
            Some(many) => count(words().items, many),
            None => cut(&value.to_string()),
        }),
        Ok(None) => Outcome::LeftOut,
        Err(script::Error::Unasked(_)) => Outcome::Unasked,
        Err(error) => {
            let error = match error {
                script::Error::Field { source, .. } => &**source,
                error => error,
            };
            let advice = error.advice().unwrap_or_default();
            Outcome::Wrong(Told::of(language(), error.code(), &error.to_string(), advice).text())
        }
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN_LETTERS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// What the field is called, and whether it is required; a list is folded by it.
#[component]
fn Name(
    mapper: Mapper,
    row: Memo<TargetRow>,
    folded: RwSignal<HashSet<String>>,
    id: String,
) -> impl IntoView {
    let w = words();
    let target = StoredValue::new(row.with_untracked(|row| row.target.clone()));
    let is_list = Memo::new(move |_| row.with(|row| row.each || row.kind == TargetKind::List));
    let is_open = move || target.with_value(|target| folded.with(|folded| !folded.contains(target)));
    let fold = move |_| {
        folded.update(|folded| {
            let target = target.get_value();
            if !folded.remove(&target) {
                folded.insert(target);
            }
        });
    };
    let title = move || row.with(|row| language().of(&row.about).to_owned());
    let path = move || row.with(|row| row.target.rsplit("[].").next().unwrap_or_default().to_owned());
    // A click on the name takes the source in hand.
    let put = move |_| {
        if let Some(source) = mapper.chosen.get_untracked() {
            target.with_value(|target| mapper.assign(target, &source));
        }
    };
    view! {
        <div class="kl-mapper-field">
            <Show when=move || is_list.get()>
                <button class="kl-mapper-fold" type="button" aria-expanded=move || is_open().to_string() aria-label=move || row.with(|row| fill(w.mapper_fold, &[&name_of(row)])) on:click=fold data-open=move || is_open().to_string()><Picture icon=Icon::Next/></button>
            </Show>
            <label for=id title=title data-required=move || row.with(|row| row.required.then_some("")) on:click=put>
                <span>{move || row.with(name_of)}</span>
                <small>{path}</small>
            </label>
        </div>
    }
}

/// Puts the source in hand here.
#[component]
fn Put(mapper: Mapper, row: Memo<TargetRow>) -> impl IntoView {
    let w = words();
    let put = move |_| {
        if let Some(source) = mapper.chosen.get_untracked() {
            mapper.assign(&row.with_untracked(|row| row.target.clone()), &source);
        }
    };
    let label = move || row.with(|row| fill(w.mapper_put_in, &[&name_of(row)]));
    view! {
        <Show when=move || mapper.chosen.with(Option::is_some)>
            <button class="kl-mapper-put" type="button" aria-label=label on:click=put>{w.mapper_put}</button>
        </Show>
    }
}

/// Opens what is set in the line, and says it in short.
#[component]
fn Settings(row: Memo<TargetRow>, opened: RwSignal<bool>) -> impl IntoView {
    let w = words();
    let said = move || {
        row.with(|row| match row.each {
            true if row.when.is_empty() => String::new(),
            true => fill(w.mapper_only_when, &[&text_of(&row.when.as_str().into())]),
            false => row.conversions.iter().map(|one| summary(one, w)).collect::<Vec<_>>().join(" → "),
        })
    };
    let label = move || {
        row.with(|row| {
            let what = if row.each { w.mapper_set_list } else { w.mapper_convert_field };
            fill(what, &[&name_of(row)])
        })
    };
    view! {
        <button class="kl-mapper-set" type="button" aria-label=label aria-expanded=move || opened.get().to_string() title=said on:click=move |_| opened.update(|opened| *opened = !*opened)>
            <Picture icon=Icon::Function/>
            <span>{move || { let said = said(); if said.is_empty() && !row.with(|row| row.each) { w.mapper_convert.to_owned() } else { said } }}</span>
        </button>
    }
}

#[component]
fn Opened(mapper: Mapper, row: Memo<TargetRow>) -> impl IntoView {
    let each = Memo::new(move |_| row.with(|row| row.each));
    let list = move || row.with_untracked(|row| row.target.clone());
    let is_free = move || each.get() && mapper.shape.with(Vec::is_empty);
    view! {
        <div class="kl-mapper-opened">
            {move || match each.get() {
                true => view! { <ListSettings mapper row/> }.into_any(),
                false => view! { <Conversions mapper row/> }.into_any(),
            }}
            <Show when=is_free><AddField mapper list=list()/></Show>
        </div>
    }
}

/// What a suggestion would put here, to be accepted or not.
#[component]
fn Offer(mapper: Mapper, row: Memo<TargetRow>) -> impl IntoView {
    let w = words();
    let offered = Memo::new(move |_| {
        mapper.suggested.with(|suggested| {
            let suggested = suggested.as_ref()?;
            let target = row.with(|row| row.target.clone());
            suggested.targets.contains(&target).then_some(())?;
            let row = suggested.rows.iter().find(|row| row.target == target)?;
            let value = match suggested.given.get(&target).map(|given| shown(given, row.each)) {
                Some(Outcome::Value(text) | Outcome::Wrong(text)) => text,
                _ => String::new(),
            };
            let conversions: Vec<String> = row.conversions.iter().map(|one| summary(one, w)).collect();
            Some((target, row.source.clone().unwrap_or_default(), conversions.join(" → "), value))
        })
    });
    move || {
        let (target, source, conversions, value) = offered.get()?;
        let (accepted, dismissed) = (target.clone(), target.clone());
        let name = row.with_untracked(name_of);
        Some(view! {
            <div class="kl-mapper-offer" role="group" aria-label=fill(w.mapper_offer, &[&name])>
                <span class="kl-chip">{source}</span>
                {(!conversions.is_empty()).then(|| view! { <small>{conversions}</small> })}
                <output class="kl-mapper-value" aria-live="off">{value}</output>
                <span class="kl-spring"></span>
                <Button kind=ButtonKind::Plain on_click=move |_| mapper.accept(std::slice::from_ref(&accepted))>{w.mapper_accept}</Button>
                <Button kind=ButtonKind::Quiet on_click=move |_| mapper.dismiss(&dismissed)>{w.mapper_dismiss}</Button>
            </div>
        })
    }
}
