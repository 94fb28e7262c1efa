//! The form of a connection, drawn from its connector's spec.

use super::Editing;
use super::fields::{Collected, collect, is_secret, is_structure, shown};
use crate::client::{client, path as fill_path};
use crate::shell::specs;
use crate::words::{fill, language, words};
use api::{SaveConnection, path};
use gloo_net::http::Method;
use leptos::prelude::*;
use model::{ConnectorSpec, Field, FieldKind};
use std::collections::BTreeMap;
use ui::{Button, ButtonKind, Choice, Dialog, Select, Switch, TextArea, TextField, TextKind, Toasts, Tone};

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
        Editing::This(connection) => (connection.connector.clone(), connection.name.to_string()),
    };
    let is_new = editing == Editing::New;
    let (connector, name) = (RwSignal::new(connector), RwSignal::new(name));
    let choices: Vec<Choice> = [Choice::new("", w.choose)]
        .into_iter()
        .chain(connectors().map(|spec| Choice::new(spec.id.clone(), language().of(&spec.title))))
        .collect();
    Effect::new(move |_| {
        let system = connector.get();
        if is_new && !system.is_empty() {
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
            <Select label=w.choose_connector value=connector choices=Signal::stored(choices) disabled=Signal::stored(!is_new)/>
            {form}
        </div>
    }
}

/// The connectors that have something to fill in.
fn connectors() -> impl Iterator<Item = ConnectorSpec> {
    let all: Vec<ConnectorSpec> =
        specs().connectors.values().filter(|spec| spec.connection.is_some()).cloned().collect();
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
    let busy = RwSignal::new(false);
    let fields = spec.connection.map(|connection| connection.fields).unwrap_or_default();
    let (values, stored, is_new) = match &editing {
        Editing::New => (Default::default(), Vec::new(), true),
        Editing::This(connection) => (connection.fields.clone(), connection.secrets.clone(), false),
    };
    let texts: BTreeMap<String, RwSignal<String>> = fields
        .iter()
        .map(|field| (field.name.clone(), RwSignal::new(shown(field, values.get(&field.name)))))
        .collect();
    let wrong = RwSignal::new(BTreeMap::<String, String>::new());
    let name_wrong = RwSignal::new(None::<String>);
    let (plain, advanced): (Vec<Field>, Vec<Field>) =
        fields.iter().cloned().partition(|field| !field.advanced);
    let draw = |list: Vec<Field>| {
        let input = |field: Field| {
            let value = texts[&field.name];
            let is_stored = stored.contains(&field.name);
            view! { <SpecField field value wrong is_stored/> }
        };
        list.into_iter().map(input).collect_view()
    };
    let (plain, more) = (draw(plain), (!advanced.is_empty()).then(|| draw(advanced)));
    let connector = spec.id;
    let save = Callback::new(move |_| {
        let id = name.get_untracked().trim().to_owned();
        name_wrong.set((!model::ids::is_id(&id)).then(|| w.connection_name_hint.to_owned()));
        let now = texts.iter().map(|(name, text)| (name.clone(), text.get_untracked())).collect();
        match collect(&fields, &now, &stored, w) {
            Err(reasons) => wrong.set(reasons),
            Ok(_) if name_wrong.with_untracked(Option::is_some) => wrong.set(BTreeMap::new()),
            Ok(Collected { fields, secrets }) => {
                wrong.set(BTreeMap::new());
                let path = fill_path(path::CONNECTION, &id);
                let body = SaveConnection { connector: connector.clone(), fields, secrets };
                super::act(
                    busy,
                    async move { client.act(Method::PUT, &path, Some(&body)).await },
                    move |()| {
                        toasts.push(Tone::Good, w.saved);
                        open.try_set(false);
                        on_saved.try_run(());
                    },
                );
            }
        }
    });
    let about = language().of(&spec.about).to_owned();
    view! {
        {(!about.is_empty()).then(|| view! { <p class="kl-muted">{about}</p> })}
        {is_new.then(|| view! { <TextField label=w.name value=name hint=w.connection_name_hint error=name_wrong required=true/> })}
        {plain}
        {more.map(|more| view! { <details class="kl-details"><summary>{w.more_settings}</summary><div class="kl-stack">{more}</div></details> })}
        <div class="kl-dialog-foot">
            <Button on_click=move |_| open.set(false)>{w.cancel}</Button>
            <Button kind=ButtonKind::Primary busy on_click=save>{w.save}</Button>
        </div>
    }
}

#[component]
fn SpecField(
    field: Field,
    value: RwSignal<String>,
    wrong: RwSignal<BTreeMap<String, String>>,
    is_stored: bool,
) -> impl IntoView {
    let w = words();
    let label = language().of(&field.title).to_owned();
    let about = language().of(&field.about).to_owned();
    let name = field.name.clone();
    let error = Signal::derive(move || wrong.with(|wrong| wrong.get(&name).cloned()));
    let placeholder = field.example.as_str().unwrap_or_default().to_owned();
    let required = field.required;
    match &field.kind {
        FieldKind::Choice(choices) => {
            let choices: Vec<Choice> = choices
                .iter()
                .map(|choice| Choice::new(choice.value.clone(), language().of(&choice.title)))
                .collect();
            // What the list shows first is what is sent, also if nobody touches it.
            if value.with_untracked(String::is_empty) {
                value.set(choices.first().map(|choice| choice.value.clone()).unwrap_or_default());
            }
            view! { <Select label value choices=Signal::stored(choices) hint=about/> }.into_any()
        }
        FieldKind::Bool => {
            let on = RwSignal::new(value.get_untracked() == "true");
            Effect::new(move |_| value.set(on.get().to_string()));
            view! { <Switch label value=on hint=about/> }.into_any()
        }
        FieldKind::Secret => {
            let hint = if is_stored { w.secret_set } else { w.secret_hint };
            view! { <TextField label value kind=TextKind::Password autocomplete="off" hint=format!("{about} {hint}").trim().to_owned() error required=required && !is_stored/> }.into_any()
        }
        kind if is_structure(kind) || *kind == FieldKind::LongText || is_secret(&field) => {
            view! { <TextArea label value hint=about error rows=4 mono=true/> }.into_any()
        }
        FieldKind::Number => {
            view! { <TextField label value kind=TextKind::Number hint=about error placeholder required/> }
                .into_any()
        }
        FieldKind::Url => {
            view! { <TextField label value kind=TextKind::Url hint=about error placeholder required/> }
                .into_any()
        }
        _ => view! { <TextField label value hint=about error placeholder required/> }.into_any(),
    }
}
