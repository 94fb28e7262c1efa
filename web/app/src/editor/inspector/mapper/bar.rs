//! What the mapping is made for, how much of it is there, and what can be done with all of it.

use super::state::Mapper;
use super::walk::jump;
use crate::words::{count, fill, language, words};
use canvas::Canvas;
use canvas::mapper::{TargetChoice, next_target, targets};
use leptos::prelude::*;
use ui::{Button, ButtonKind, Icon, IconButton};

#[component]
pub fn Bar(mapper: Mapper) -> impl IntoView {
    let w = words();
    let desk = mapper.desk;
    let step = move |ask: fn(&canvas::draft::Draft) -> bool| {
        Signal::derive(move || {
            desk.changed.track();
            !desk.canvas.with_untracked(|canvas| canvas.draft().is_some_and(ask))
        })
    };
    let is_open = move || {
        mapper.coverage.with(|coverage| coverage.as_ref().is_some_and(|found| !found.missing.is_empty()))
    };
    let has_shape = move || mapper.shape.with(|shape| !shape.is_empty());
    view! {
        <div class="kl-mapper-bar">
            <MadeFor mapper/>
            <Covered mapper/>
            <Show when=is_open><Button icon=Icon::Next on_click=move |_| { jump(mapper); }>{w.mapper_jump}</Button></Show>
            <span class="kl-spring"></span>
            <Show when=has_shape><Button icon=Icon::Bolt on_click=move |_| mapper.suggest()>{w.mapper_fill}</Button></Show>
            <span class="kl-mapper-steps">
                <IconButton icon=Icon::Undo label=w.undo on_click=move |()| drop(desk.does(Canvas::undo)) disabled=step(canvas::draft::Draft::can_undo)/>
                <IconButton icon=Icon::Redo label=w.redo on_click=move |()| drop(desk.does(Canvas::redo)) disabled=step(canvas::draft::Draft::can_redo)/>
            </span>
        </div>
        <SuggestedBar mapper/>
    }
}

/// The operation and its field, from a list; what comes next is offered first.
#[component]
pub fn MadeFor(mapper: Mapper) -> impl IntoView {
    let w = words();
    let desk = mapper.desk;
    let all = StoredValue::new(targets(&desk.specs()));
    let target = mapper.target;
    let next = Memo::new(move |_| {
        desk.changed.track();
        next_target(&desk.document(), &desk.specs(), &mapper.node())
            .filter(|next| target.with(|target| *target != next.target))
    });
    let unknown = Memo::new(move |_| {
        let target = target.get();
        let known =
            target.is_empty() || all.with_value(|all| all.iter().any(|choice| choice.target == target));
        (!known).then_some(target)
    });
    let option = move |choice: TargetChoice| {
        let own = choice.target.clone();
        view! { <option value=choice.target.clone() prop:selected=move || target.with(|target| *target == own)>{title(&choice)}</option> }
    };
    let take_next = move |_| {
        if let Some(next) = next.get_untracked() {
            mapper.make_for(next.target, Some((next.node, next.field)));
        }
    };
    let next_title = move || {
        let found = next.get()?;
        all.with_value(|all| all.iter().find(|choice| choice.target == found.target).map(title))
    };
    view! {
        <div class="kl-mapper-for">
            <label class="kl-mapper-for-label"><span>{w.mapper_for}</span>
                <select class="kl-input kl-select" on:change=move |event| mapper.make_for(event_target_value(&event), None)>
                    <option value="" prop:selected=move || target.with(String::is_empty)>{w.mapper_any}</option>
                    {move || unknown.get().map(|own| view! { <option value=own.clone() prop:selected=true>{own.clone()}</option> })}
                    {all.get_value().into_iter().map(option).collect_view()}
                </select>
            </label>
            {move || next_title().map(|title| view! { <Button on_click=take_next>{fill(w.mapper_next, &[&title])}</Button> })}
        </div>
    }
}

fn title(choice: &TargetChoice) -> String {
    let titles = choice.titles.iter().map(|title| language().of(title)).filter(|title| !title.is_empty());
    titles.collect::<Vec<_>>().join(" · ")
}

/// "5 of 6 required fields, 83 %"
#[component]
pub fn Covered(mapper: Mapper) -> impl IntoView {
    let w = words();
    move || {
        let Some(found) = mapper.coverage.get() else {
            let lines = mapper.mapping.with(|mapping| mapping.lines.len());
            return view! { <p class="kl-mapper-covered">{count(w.mapper_lines, lines as u64)}</p> }
                .into_any();
        };
        let percent = found.percent();
        let text = fill(w.mapper_covered, &[&found.mapped, &found.required, &percent]);
        view! {
            <p class="kl-mapper-covered" data-full=(percent == 100).then_some("")>
                <span class="kl-mapper-meter" aria-hidden="true" style:--share=format!("{percent}%")></span>
                <span role="status">{text}</span>
            </p>
        }
        .into_any()
    }
}

#[component]
fn SuggestedBar(mapper: Mapper) -> impl IntoView {
    let w = words();
    let targets = move || {
        mapper.suggested.with(|suggested| suggested.as_ref().map(|suggested| suggested.targets.clone()))
    };
    let accept = move |_| mapper.accept(&untrack(targets).unwrap_or_default());
    move || {
        targets().map(|targets| {
            view! {
                <div class="kl-mapper-suggested" role="group" aria-label=w.mapper_fill>
                    <span>{count(w.mapper_suggested, targets.len() as u64)}</span>
                    <span class="kl-spring"></span>
                    <Button kind=ButtonKind::Primary icon=Icon::Check on_click=accept>{w.mapper_accept_all}</Button>
                    <Button kind=ButtonKind::Quiet on_click=move |_| mapper.suggested.set(None)>{w.mapper_dismiss_all}</Button>
                </div>
            }
        })
    }
}
