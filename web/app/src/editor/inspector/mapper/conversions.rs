//! What becomes of a value on its way: one conversion after the other.

use super::lookup::LookupEditor;
use super::names::{GROUPS, conversion_words, group_words, summary};
use super::setting::SettingInput;
use super::state::{Mapper, name_of};
use super::when::EachSwitch;
use crate::focus::focus_soon;
use crate::words::{fill, words};
use canvas::mapper::{TargetKind, TargetRow, fit, settings};
use leptos::prelude::*;
use model::mapping::Conversion;
use ui::{Button, Icon, IconButton};

/// One conversion of a line: where it stands among the others.
#[derive(Clone, Copy)]
pub struct Place {
    pub mapper: Mapper,
    target: StoredValue<String>,
    pub wants: TargetKind,
    pub all: Memo<Vec<Conversion>>,
    pub index: usize,
}

impl Place {
    /// Typing is one step for undo, as long as it is about the same.
    pub fn set(self, typed: Option<&str>, conversion: Conversion) {
        let index = self.index;
        let typed = typed.map(|typed| format!("{index}/{typed}"));
        self.change(typed, move |all| {
            if let Some(one) = all.get_mut(index) {
                *one = conversion;
            }
        });
    }

    /// Its field's name, as part of an element's id.
    pub fn target_id(self) -> String {
        self.target.with_value(|target| target.replace(char::is_whitespace, "_"))
    }

    fn change(self, typed: Option<String>, what: impl FnOnce(&mut Vec<Conversion>)) {
        self.target.with_value(|target| self.mapper.convert(target, typed, what));
    }
}

#[component]
pub fn Conversions(mapper: Mapper, row: Memo<TargetRow>) -> impl IntoView {
    let w = words();
    let (target, wants) = row.with_untracked(|row| (row.target.clone(), row.kind));
    let target = StoredValue::new(target);
    let all = Memo::new(move |_| row.with(|row| row.conversions.clone()));
    let names = move || {
        all.with(|all| all.iter().map(Conversion::name).enumerate().collect::<Vec<(usize, &'static str)>>())
    };
    let offered = Memo::new(move |_| {
        mapper.sources.with(|sources| row.with(|row| fit(row, sources.as_deref().unwrap_or_default())))
    });
    let add = move |all: Vec<Conversion>| {
        target.with_value(|target| mapper.convert(target, None, |held| held.extend(all)));
    };
    let offer = move || {
        let all = offered.get();
        let text = all.iter().map(|one| summary(one, w)).collect::<Vec<_>>().join(" → ");
        (!all.is_empty()).then(|| {
            view! { <Button icon=Icon::Bolt on_click=move |_| add(all.clone())>{fill(w.mapper_fit, &[&text])}</Button> }
        })
    };
    let may_be_list = move || wants == TargetKind::List || mapper.shape.with(Vec::is_empty);
    view! {
        <ol class="kl-mapper-conversions" aria-label=row.with_untracked(|row| fill(w.mapper_convert_field, &[&name_of(row)]))>
            <For each=names key=|key| *key children=move |(index, _)| view! { <Step place=Place { mapper, target, wants, all, index }/> }/>
        </ol>
        <div class="kl-row">
            <AddConversion on_add=Callback::new(move |one: Conversion| add(vec![one]))/>
            {offer}
        </div>
        <Show when=may_be_list><EachSwitch mapper row/></Show>
    }
}

#[component]
fn AddConversion(on_add: Callback<Conversion>) -> impl IntoView {
    let w = words();
    let chosen = NodeRef::<leptos::html::Select>::new();
    let add = move |name: String| {
        if let Some(conversion) = Conversion::named(&name) {
            on_add.run(conversion);
        }
        if let Some(select) = chosen.get_untracked() {
            select.set_value("");
        }
    };
    let group = |(at, names): (usize, &&'static [&'static str])| {
        let option = |name: &&'static str| view! { <option value=*name>{conversion_words(name, w)}</option> };
        view! { <optgroup label=group_words(at, w)>{names.iter().map(option).collect_view()}</optgroup> }
    };
    view! {
        <select class="kl-input kl-select kl-mapper-add-conversion" node_ref=chosen aria-label=w.conv_add on:change=move |event| add(event_target_value(&event))>
            <option value="">{w.conv_add}</option>
            {GROUPS.iter().enumerate().map(group).collect_view()}
        </select>
    }
}

#[component]
fn Step(place: Place) -> impl IntoView {
    let w = words();
    let (index, all) = (place.index, place.all);
    let first = all.with_untracked(|all| all.get(index).cloned());
    let Some(first) = first else { return ().into_any() };
    let name = conversion_words(first.name(), w);
    let is_last = Memo::new(move |_| all.with(|all| index + 1 >= all.len()));
    let again = move |index: usize| {
        place.target.with_value(|target| {
            let line = format!(".kl-mapper [data-mapper-target={}]", model::Value::from(target.as_str()));
            focus_soon(format!("{line} [data-step=\"{index}\"] button:not(:disabled)"));
        });
    };
    let swap = move |with: usize| {
        place.change(None, |all| {
            if index < all.len() && with < all.len() {
                all.swap(index, with);
            }
        });
        again(with);
    };
    let remove = move |()| {
        place.change(None, |all| {
            if index < all.len() {
                all.remove(index);
            }
        });
        again(index.saturating_sub(1));
    };
    let inputs = settings(&first)
        .iter()
        .map(|setting| view! { <SettingInput place setting=*setting/> })
        .collect_view();
    let table = matches!(first, Conversion::Lookup(_)).then(|| view! { <LookupEditor place/> });
    view! {
        <li class="kl-mapper-step" data-step=index.to_string()>
            <div class="kl-mapper-step-head">
                <b>{index + 1} ". " {name}</b>
                <span class="kl-spring"></span>
                <IconButton icon=Icon::Up label=fill(w.conv_up, &[&name]) on_click=move |()| swap(index.saturating_sub(1)) disabled=Signal::stored(index == 0)/>
                <IconButton icon=Icon::Down label=fill(w.conv_down, &[&name]) on_click=move |()| swap(index + 1) disabled=is_last/>
                <IconButton icon=Icon::Bin label=fill(w.conv_remove, &[&name]) on_click=remove/>
            </div>
            <div class="kl-mapper-settings">{inputs}</div>
            {table}
        </li>
    }
    .into_any()
}
