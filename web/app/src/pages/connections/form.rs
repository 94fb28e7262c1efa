//! The form of a connection, drawn from its connector's spec.

use super::Editing;
use super::guide::SystemGuide;
use crate::client::{client, path as fill_path};
use crate::form::{Collected, Form, FormFields};
use crate::shell::specs;
use crate::words::{fill, language, words};
use api::{SaveConnection, path};
use gloo_net::http::Method;
use leptos::prelude::*;
use model::ConnectorSpec;
use ui::{Button, ButtonKind, Choice, Dialog, Select, TextField, Toasts, Tone};

#[component]
pub fn ConnectionDialog(
    editing: RwSignal<Option<Editing>>,
    #[prop(into)] on_saved: Callback<()>,
) -> impl IntoView {
    let w = words();
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(editing.with(Option::is_some)));
    Effect::new(move |was: Option<bool>| {
        if was == Some(true) && !open.get() {
            editing.set(None);
        }
        open.get()
    });
    let title = Signal::derive(move || match editing.get() {
        Some(Editing::This(connection)) => fill(w.edit_connection, &[&connection.name]),
        _ => w.new_connection.to_owned(),
    });
    view! {
        <Dialog open title close=w.close>
            {move || editing.get().map(|editing| view! { <ConnectionForm editing open on_saved/> })}
        </Dialog>
    }
}

#[component]
fn ConnectionForm(editing: Editing, open: RwSignal<bool>, on_saved: Callback<()>) -> impl IntoView {
    let w = words();
    let (connector, name) = match &editing {
        Editing::New => (String::new(), String::new()),
        Editing::NewOf(connector) => (connector.clone(), connector.clone()),
        Editing::This(connection) => (connection.connector.clone(), connection.name.to_string()),
    };
    // Which system it is, is chosen where it was not said.
    let is_open = editing == Editing::New;
    let (connector, name) = (RwSignal::new(connector), RwSignal::new(name));
    let choices: Vec<Choice> = [Choice::new("", w.choose)]
        .into_iter()
        .chain(connectors().map(|spec| Choice::new(spec.id.clone(), language().of(&spec.title))))
        .collect();
    Effect::new(move |_| {
        let system = connector.get();
        if is_open && !system.is_empty() {
            name.set(system);
        }
    });
    let editing = StoredValue::new(editing);
    let form = move || {
        let id = connector.get();
        let spec = connectors().find(|spec| spec.id == id)?;
        Some(view! { <SpecForm spec editing=editing.get_value() name open on_saved/> })
    };
    view! {
        <div class="kl-stack">
            <Select label=w.choose_connector value=connector choices=Signal::stored(choices) disabled=Signal::stored(!is_open)/>
            {form}
        </div>
    }
}

/// The connectors that have something to fill in.
fn connectors() -> impl Iterator<Item = ConnectorSpec> {
    let mut all: Vec<ConnectorSpec> =
        specs().connectors.values().filter(|spec| spec.connection.is_some()).cloned().collect();
    // What is alike stands together: shops, then back offices, and so on.
    all.sort_by_key(|spec| (spec.purpose, language().of(&spec.title).to_lowercase()));
    all.into_iter()
}

#[component]
fn SpecForm(
    spec: ConnectorSpec,
    editing: Editing,
    name: RwSignal<String>,
    open: RwSignal<bool>,
    on_saved: Callback<()>,
) -> impl IntoView {
    let w = words();
    let (client, toasts) = (client(), expect_context::<Toasts>());
    let (busy, name_wrong) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let (form, is_new) = form_of(&spec, editing);
    let spec_guide = spec.guide.clone();
    let about = language().of(&spec.about).to_owned();
    let save = Callback::new(move |_| {
        let id = name.get_untracked().trim().to_owned();
        name_wrong.set((!model::ids::is_id(&id)).then(|| w.connection_name_hint.to_owned()));
        let Some(Collected { fields, secrets }) = form.collect() else { return };
        if name_wrong.with_untracked(Option::is_some) {
            return;
        }
        let path = fill_path(path::CONNECTION, &id);
        let body = SaveConnection { connector: spec.id.clone(), fields, secrets };
        super::act(busy, async move { client.act(Method::PUT, &path, Some(&body)).await }, move |()| {
            toasts.push(Tone::Good, w.saved);
            open.try_set(false);
            on_saved.try_run(());
        });
    });
    view! {
        {(!about.is_empty()).then(|| view! { <p class="kl-muted">{about}</p> })}
        {is_new.then(|| view! { <TextField label=w.name value=name hint=w.connection_name_hint error=name_wrong required=true/> })}
        <SystemGuide guide=spec_guide open=is_new/>
        <FormFields form more=w.more_settings/>
        <div class="kl-dialog-foot">
            <Button on_click=move |_| open.set(false)>{w.cancel}</Button>
            <Button kind=ButtonKind::Primary busy on_click=save>{w.save}</Button>
        </div>
    }
}

/// The form of a connector with what is stored in it, and whether the connection is a new one.
fn form_of(spec: &ConnectorSpec, editing: Editing) -> (Form, bool) {
    let fields = spec.connection.as_ref().map(|connection| connection.fields.clone()).unwrap_or_default();
    match editing {
        Editing::New | Editing::NewOf(_) => (Form::new(fields, &Default::default(), Vec::new()), true),
        Editing::This(connection) => (Form::new(fields, &connection.fields, connection.secrets), false),
    }
}
