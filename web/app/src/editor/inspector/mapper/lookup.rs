//! What goes on in place of what comes: by a table of the line's own, or by the cross-references that all flows share.

use super::conversions::Place;
use crate::client::client;
use crate::editor::inspector::fields::Pairs;
use crate::load::Load;
use crate::words::{fill, words};
use api::{XrefKinds, path};
use canvas::mapper::{fixed_of, text_of};
use leptos::prelude::*;
use leptos_router::components::A;
use model::Value;
use model::mapping::{Conversion, Lookup, Otherwise, Within, Xref};
use model::xref::Way;
use serde_json::Map;
use std::collections::BTreeSet;
use ui::{Button, Icon, IconButton};

#[component]
pub fn LookupEditor(place: Place) -> impl IntoView {
    let w = words();
    let lookup = Memo::new(move |_| {
        place.all.with(|all| match all.get(place.index) {
            Some(Conversion::Lookup(lookup)) => lookup.clone(),
            _ => Lookup::default(),
        })
    });
    let is_xref = Memo::new(move |_| lookup.with(|lookup| matches!(lookup.within, Within::Xref(_))));
    let choose = move |name: String| {
        let within = match name.as_str() {
            "xref" => Within::Xref(Xref::default()),
            _ => Within::default(),
        };
        place.set(None, Conversion::Lookup(Lookup { within, ..lookup.get_untracked() }));
    };
    view! {
        <div class="kl-mapper-table" role="group" aria-label=w.conv_lookup>
            <label class="kl-mapper-else"><span>{w.lookup_where}</span>
                <select class="kl-input kl-select" on:change=move |event| choose(event_target_value(&event))>
                    <option value="table" prop:selected=move || !is_xref.get()>{w.lookup_here}</option>
                    <option value="xref" prop:selected=move || is_xref.get()>{w.lookup_xref}</option>
                </select>
            </label>
            {move || match is_xref.get() {
                true => view! { <XrefEditor place lookup/> }.into_any(),
                false => view! { <TableEditor place lookup/> }.into_any(),
            }}
            <Else place lookup/>
        </div>
    }
}

#[component]
fn TableEditor(place: Place, lookup: Memo<Lookup>) -> impl IntoView {
    let w = words();
    let held = Memo::new(move |_| {
        lookup.with(|lookup| match &lookup.within {
            Within::Table(table) => (!table.is_empty()).then(|| Value::Object(table.clone())),
            Within::Xref(_) => None,
        })
    });
    let wants = place.wants;
    let pairs = Pairs::of(
        held,
        move |text| fixed_of(text, wants),
        move |said| {
            let table = match said {
                Some(Value::Object(table)) => table,
                _ => Map::new(),
            };
            let within = Within::Table(table);
            place.set(Some("table"), Conversion::Lookup(Lookup { within, ..lookup.get_untracked() }));
        },
    );
    let twice = move || pairs.twice.with(|name| name.as_ref().map(|name| fill(w.map_twice, &[name])));
    view! {
        <div class="kl-mapper-table-row" aria-hidden="true"><span>{w.lookup_is}</span><span>{w.lookup_becomes}</span><span></span></div>
        <For each=move || pairs.rows.get() key=|pair| pair.id let:pair>
            <div class="kl-mapper-table-row">
                <input class="kl-input" type="text" spellcheck="false" aria-label=w.lookup_is prop:value=move || pair.name.get() on:input=move |event| pair.name.set(event_target_value(&event))/>
                <input class="kl-input" type="text" spellcheck="false" aria-label=w.lookup_becomes prop:value=move || pair.value.get() on:input=move |event| pair.value.set(event_target_value(&event))/>
                <IconButton icon=Icon::Bin label=w.map_remove on_click=move |()| pairs.remove(pair.id)/>
            </div>
        </For>
        <p class="kl-note" data-tone="bad">{twice}</p>
        <div><Button icon=Icon::Plus on_click=move |_| pairs.add("", "")>{w.lookup_add}</Button></div>
    }
}

/// Which cross-references: entities and systems that there are some of are offered.
#[component]
fn XrefEditor(place: Place, lookup: Memo<Lookup>) -> impl IntoView {
    let w = words();
    let client = client();
    let kinds = Load::new(move || async move { client.get::<XrefKinds>(path::XREF_KINDS).await });
    let xref = Memo::new(move |_| {
        lookup.with(|lookup| match &lookup.within {
            Within::Xref(xref) => xref.clone(),
            Within::Table(_) => Xref::default(),
        })
    });
    let set = move |typed: Option<&str>, xref: Xref| {
        let within = Within::Xref(xref);
        place.set(typed, Conversion::Lookup(Lookup { within, ..lookup.get_untracked() }));
    };
    let name = |event: leptos::ev::Event| event_target_value(&event).trim().to_owned();
    let turn = move |text: String| {
        let way = if text == "to" { Way::ToSystem } else { Way::ToOwn };
        set(None, Xref { way, ..xref.get_untracked() });
    };
    let entities = move || {
        let kinds = kinds.get().map(|known| known.kinds).unwrap_or_default();
        kinds.into_iter().map(|kind| kind.entity).collect::<BTreeSet<_>>()
    };
    let systems = move || {
        let entity = xref.with(|xref| xref.entity.clone());
        let kinds = kinds.get().map(|known| known.kinds).unwrap_or_default();
        let is_known = kinds.iter().any(|kind| kind.entity == entity);
        let mine = kinds.into_iter().filter(|kind| !is_known || kind.entity == entity);
        mine.map(|kind| kind.system).collect::<BTreeSet<_>>()
    };
    let options = |all: BTreeSet<String>| {
        all.into_iter().map(|one| view! { <option value=one></option> }).collect_view()
    };
    let id = format!("kl-xref-{}-{}", place.target_id(), place.index);
    let (entity_list, system_list) = (format!("{id}-entity"), format!("{id}-system"));
    view! {
        <label class="kl-mapper-else"><span>{w.xref_entity}</span>
            <input class="kl-input" type="text" spellcheck="false" autocomplete="off" placeholder="customer" list=entity_list.clone() prop:value=move || xref.with(|xref| xref.entity.clone()) on:input=move |event| set(Some("entity"), Xref { entity: name(event), ..xref.get_untracked() })/>
        </label>
        <datalist id=entity_list>{move || options(entities())}</datalist>
        <label class="kl-mapper-else"><span>{w.xref_system}</span>
            <input class="kl-input" type="text" spellcheck="false" autocomplete="off" placeholder="shopify" list=system_list.clone() prop:value=move || xref.with(|xref| xref.system.clone()) on:input=move |event| set(Some("system"), Xref { system: name(event), ..xref.get_untracked() })/>
        </label>
        <datalist id=system_list>{move || options(systems())}</datalist>
        <label class="kl-mapper-else"><span>{w.xref_way}</span>
            <select class="kl-input kl-select" on:change=move |event| turn(event_target_value(&event))>
                <option value="from" prop:selected=move || xref.with(|xref| xref.way == Way::ToOwn)>{w.xref_to_own}</option>
                <option value="to" prop:selected=move || xref.with(|xref| xref.way == Way::ToSystem)>{w.xref_to_system}</option>
            </select>
        </label>
        <p class="kl-note"><A href="/settings/xref" target="_blank">{w.xref_open}</A></p>
    }
}

const fn name_of(otherwise: &Otherwise) -> &'static str {
    match otherwise {
        Otherwise::Fail => "fail",
        Otherwise::Value(_) => "else",
        Otherwise::Keep => "keep",
    }
}

/// What becomes of what is not in the table.
#[component]
fn Else(place: Place, lookup: Memo<Lookup>) -> impl IntoView {
    let w = words();
    let kind = Memo::new(move |_| lookup.with(|lookup| name_of(&lookup.otherwise)));
    let set = move |typed: Option<&str>, otherwise: Otherwise| {
        place.set(typed, Conversion::Lookup(Lookup { otherwise, ..lookup.get_untracked() }));
    };
    let choose = move |name: String| {
        set(
            None,
            match name.as_str() {
                "else" => Otherwise::Value(Value::from("")),
                "keep" => Otherwise::Keep,
                _ => Otherwise::Fail,
            },
        );
    };
    let instead = move || {
        lookup.with(|lookup| match &lookup.otherwise {
            Otherwise::Value(value) => text_of(value),
            _ => String::new(),
        })
    };
    let option = move |(name, words): (&'static str, &'static str)| {
        view! { <option value=name prop:selected=move || kind.get() == name>{words}</option> }
    };
    let options = [("fail", w.lookup_fail), ("else", w.lookup_else), ("keep", w.lookup_keep)];
    view! {
        <label class="kl-mapper-else"><span>{w.lookup_otherwise}</span>
            <select class="kl-input kl-select" on:change=move |event| choose(event_target_value(&event))>{options.map(option).collect_view()}</select>
        </label>
        <Show when=move || kind.get() == "else">
            <input class="kl-input" type="text" spellcheck="false" aria-label=w.lookup_else prop:value=instead on:input=move |event| set(Some("else"), Otherwise::Value(fixed_of(&event_target_value(&event), place.wants)))/>
        </Show>
    }
}
