//! Which connection stands where: one that is there, or one that is made on the spot, tried before it is used.

use super::super::super::act;
use super::super::super::connections::{ConnectionDialog, Editing, TestResult};
use super::answers::Wizard;
use super::{Foot, Step};
use crate::client::{client, path as fill_path};
use crate::load::{self, Load};
use crate::shell::specs;
use crate::words::{count, fill, language, words};
use api::{ConnectionInfo, ConnectionList, Tested, path};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use templates::Slot;
use ui::{Button, Choice, Icon, Select};

#[component]
pub fn Connect(wizard: Wizard) -> impl IntoView {
    let client = client();
    let load = Load::new(move || async move { client.get::<ConnectionList>(path::CONNECTIONS).await });
    load::draw(load, move |list| view! { <Slots wizard list load/> })
}

#[component]
fn Slots(wizard: Wizard, list: Signal<ConnectionList>, load: Load<ConnectionList>) -> impl IntoView {
    let w = words();
    let editing = RwSignal::new(None::<Editing>);
    // The slot for which a connection is being made, and the names that were there before.
    let wanted = RwSignal::new(None::<(String, Vec<String>)>);
    let slots = wizard.template.with_value(|template| template.manifest.connections.clone());
    Effect::new(move |_| {
        let all = list.get().connections;
        let slots = wizard.template.with_value(|template| template.manifest.connections.clone());
        // What was just made is what was meant.
        if let Some((slot, before)) = wanted.get_untracked() {
            let connector = slots.iter().find(|one| one.name == slot).map(|one| one.connector.clone());
            let fits = |one: &&ConnectionInfo| Some(&one.connector) == connector.as_ref();
            let new = all.iter().filter(fits).find(|one| !before.contains(&one.name.to_string()));
            if let Some(new) = new {
                wizard.said.update(|said| drop(said.connections.insert(slot, new.name.to_string())));
                wanted.set(None);
            }
        }
        for slot in slots {
            preselect(wizard, &slot, &all);
        }
    });
    let make = Callback::new(move |slot: Slot| {
        let before =
            list.with_untracked(|list| list.connections.iter().map(|one| one.name.to_string()).collect());
        wanted.set(Some((slot.name, before)));
        editing.set(Some(Editing::NewOf(slot.connector)));
    });
    let left = Memo::new(move |_| wizard.unconnected());
    let navigate = use_navigate();
    let next = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        navigate(&wizard.address(Step::Settings), Default::default());
    };
    view! {
        <form class="kl-stack kl-wizard-step" on:submit=next>
            {slots.into_iter().map(|slot| view! { <SlotCard wizard wanted=slot list make/> }).collect_view()}
            <p class="kl-muted" role="status">{move || (left.get() > 0).then(|| count(w.connections_left, left.get() as u64))}</p>
            <Foot back=wizard.before(Step::Connections) next=w.wizard_next.to_owned() disabled=Signal::derive(move || left.get() > 0)/>
        </form>
        // Not inside the form: Enter there is about the connection.
        <ConnectionDialog editing on_saved=move |()| load.refresh()/>
    }
}

/// Where nothing was chosen yet, the one of the slot's own name, or the only one there is.
fn preselect(wizard: Wizard, slot: &Slot, all: &[ConnectionInfo]) {
    let fit: Vec<String> =
        all.iter().filter(|one| one.connector == slot.connector).map(|one| one.name.to_string()).collect();
    let chosen = wizard.said.with_untracked(|said| said.connections.get(&slot.name).cloned());
    if chosen.is_some_and(|chosen| fit.contains(&chosen)) {
        return;
    }
    let first = fit.iter().find(|name| **name == slot.name).or(fit.first().filter(|_| fit.len() == 1));
    let name = first.cloned().unwrap_or_default();
    wizard.said.update(|said| drop(said.connections.insert(slot.name.clone(), name)));
}

#[component]
fn SlotCard(
    wizard: Wizard,
    wanted: Slot,
    list: Signal<ConnectionList>,
    make: Callback<Slot>,
) -> impl IntoView {
    let w = words();
    let (client, busy, tested) = (client(), RwSignal::new(false), RwSignal::new(None::<Tested>));
    let connector = wanted.connector.clone();
    let system = specs()
        .connectors
        .get(&connector)
        .map_or(connector.clone(), |spec| language().of(&spec.title).to_owned());
    let name = wanted.name.clone();
    let chosen =
        Memo::new(move |_| wizard.said.with(|said| said.connections.get(&name).cloned().unwrap_or_default()));
    let value = RwSignal::new(chosen.get_untracked());
    let choices = Signal::derive(move || {
        let fit = list.get().connections.into_iter().filter(|one| one.connector == connector);
        let none = Choice::new("", w.choose);
        [none]
            .into_iter()
            .chain(fit.map(|one| Choice::new(one.name.to_string(), one.name.to_string())))
            .collect::<Vec<_>>()
    });
    Effect::new(move |_| value.set(chosen.get()));
    let own = wanted.name.clone();
    Effect::new(move |last: Option<String>| {
        let now = value.get();
        if last.is_some_and(|last| last != now) && chosen.get_untracked() != now {
            wizard.said.update(|said| drop(said.connections.insert(own.clone(), now.clone())));
            tested.set(None);
        }
        now
    });
    let test = move |_| {
        let path = fill_path(path::CONNECTION_TEST, &chosen.get_untracked());
        tested.set(None);
        act(busy, async move { client.post::<Tested>(&path, &()).await }, move |answer| {
            drop(tested.try_set(Some(answer)))
        });
    };
    let title = language().of(&wanted.title).to_owned();
    let wanted = StoredValue::new(wanted);
    view! {
        <div class="kl-card kl-wizard-slot">
            <Select label=format!("{title} ({system})") value choices/>
            <div class="kl-row">
                <Button icon=Icon::Plus on_click=move |_| make.run(wanted.get_value())>{fill(w.new_connection_to, &[&system])}</Button>
                <Button icon=Icon::Check busy disabled=Signal::derive(move || chosen.with(String::is_empty)) on_click=test>{w.test}</Button>
            </div>
            <div aria-live="polite">{move || tested.get().map(|tested| view! { <TestResult tested/> })}</div>
        </div>
    }
}
