//! What is set for a list: whether it is gone through, and which of its elements are taken.

use super::state::Mapper;
use crate::words::words;
use canvas::mapper::TargetRow;
use leptos::prelude::*;
use model::template::only_expression;
use ui::TextField;

#[component]
pub fn ListSettings(mapper: Mapper, row: Memo<TargetRow>) -> impl IntoView {
    let w = words();
    let target = StoredValue::new(row.with_untracked(|row| row.target.clone()));
    let held = Memo::new(move |_| {
        row.with(|row| match only_expression(&row.when) {
            Some(source) => source.trim().to_owned(),
            None => row.when.clone(),
        })
    });
    let text = RwSignal::new(held.get_untracked());
    Effect::new(move |_| {
        let held = held.get();
        if text.with_untracked(|text| text.trim() != held) {
            text.set(held);
        }
    });
    Effect::new(move |started: Option<()>| {
        let typed = text.get();
        if started.is_some() && held.with_untracked(|held| *held != typed.trim()) {
            target.with_value(|target| mapper.type_when(target, &typed));
        }
    });
    view! {
        <TextField label=w.mapper_when value=text hint=w.mapper_when_hint placeholder="item.quantity > 0"/>
        <EachSwitch mapper row/>
    }
}

/// Between an object for each element, and the value as it is.
#[component]
pub fn EachSwitch(mapper: Mapper, row: Memo<TargetRow>) -> impl IntoView {
    let w = words();
    let each = Memo::new(move |_| row.with(|row| row.each));
    let turn = move |wanted: bool| mapper.set_each(&row.with_untracked(|row| row.target.clone()), wanted);
    view! {
        <label class="kl-switch">
            <input type="checkbox" role="switch" prop:checked=move || each.get() on:change=move |event| turn(event_target_checked(&event))/>
            <span>{w.mapper_each}</span>
        </label>
    }
}
