//! The form of a connection, drawn from its connector's spec: what to fill in, and beside it how to get that.

use super::choose::SystemChoice;
use super::guide::SystemGuide;
use super::sign_in::SignInRow;
use super::{Editing, TestResult};
use crate::client::{client, path as fill_path};
use crate::flow_canvas::GlyphBox;
use crate::flow_view::Glyph;
use crate::form::{Collected, Form, FormFields};
use crate::shell::specs;
use crate::words::{fill, language, words};
use api::{ConnectionInfo, SaveConnection, Tested, path};
use gloo_net::http::Method;
use leptos::prelude::*;
use model::{ConnectorSpec, Purpose};
use ui::{Button, ButtonKind, CopyButton, Dialog, Icon, Picture, TextField, Toasts, Tone};

/// How the field is called that holds an application's id, wherever people sign in by OAuth.
const CLIENT_ID: &str = "client_id";

#[component]
pub fn ConnectionDialog(
    editing: RwSignal<Option<Editing>>,
    #[prop(into)] on_saved: Callback<()>,
    /// Gets the name of what was saved.
    #[prop(optional, into)]
    on_made: Option<Callback<String>>,
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
    let saved = Callback::new(move |name: String| {
        on_saved.try_run(());
        if let Some(made) = on_made {
            made.try_run(name);
        }
    });
    view! {
        <Dialog open title close=w.close wide=true>
            {move || editing.get().map(|editing| view! { <ConnectionForm editing open saved/> })}
        </Dialog>
    }
}

#[component]
fn ConnectionForm(editing: Editing, open: RwSignal<bool>, saved: Callback<String>) -> impl IntoView {
    let (connector, name) = match &editing {
        Editing::New => (String::new(), String::new()),
        Editing::NewOf(connector) => (connector.clone(), connector.clone()),
        Editing::This(connection) => (connection.connector.clone(), connection.name.to_string()),
    };
    // Which system it is, is chosen where it was not said.
    let is_open = editing == Editing::New;
    let (connector, name) = (RwSignal::new(connector), RwSignal::new(name));
    Effect::new(move |_| {
        let system = connector.get();
        if is_open && !system.is_empty() {
            name.set(system);
        }
    });
    let editing = StoredValue::new(editing);
    // Saved, and somebody has to consent before flows can use it.
    let waits = RwSignal::new(None::<ConnectionInfo>);
    move || {
        if let Some(connection) = waits.get() {
            return view! { <NowSignIn connection open/> }.into_any();
        }
        let id = connector.get();
        match connectors().find(|spec| spec.id == id) {
            Some(spec) => {
                let other = is_open.then_some(connector);
                view! { <SpecForm spec editing=editing.get_value() name other open waits saved/> }.into_any()
            }
            None => view! { <SystemChoice value=connector/> }.into_any(),
        }
    }
}

/// The connectors that have something to fill in.
pub fn connectors() -> impl Iterator<Item = ConnectorSpec> {
    let mut all: Vec<ConnectorSpec> =
        specs().connectors.values().filter(|spec| is_system(spec)).cloned().collect();
    // What is alike stands together: shops, then back offices, and so on.
    all.sort_by_key(|spec| (spec.purpose, language().of(&spec.title).to_lowercase()));
    all.into_iter()
}

/// What flows are built with is no system.
fn is_system(spec: &ConnectorSpec) -> bool {
    spec.connection.is_some() && spec.purpose != Purpose::Flow
}

#[component]
fn SpecForm(
    spec: ConnectorSpec,
    editing: Editing,
    name: RwSignal<String>,
    /// Where another system can be chosen still.
    other: Option<RwSignal<String>>,
    open: RwSignal<bool>,
    waits: RwSignal<Option<ConnectionInfo>>,
    saved: Callback<String>,
) -> impl IntoView {
    let w = words();
    let (client, toasts) = (client(), expect_context::<Toasts>());
    let (busy, name_wrong) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let tested = RwSignal::new(None::<Tested>);
    let (form, is_new) = form_of(&spec, editing);
    let guide = spec.guide.clone();
    let has_guide = guide != Default::default();
    let (id, signs_in) = (spec.id.clone(), spec.signs_in && is_new);
    let redirect = leads_back(&spec).then(|| view! { <RedirectAddress/> });
    // What is right so far, or nothing: then the fields say what is wrong.
    let given = move || {
        let named = name.get_untracked().trim().to_owned();
        name_wrong.set((!model::ids::is_id(&named)).then(|| w.connection_name_hint.to_owned()));
        let Collected { fields, secrets } = form.collect()?;
        let body = SaveConnection { connector: id.clone(), fields, secrets };
        name_wrong.with_untracked(Option::is_none).then_some((named, body))
    };
    let keep = {
        let given = given.clone();
        move |_| {
            let Some((named, body)) = given() else { return };
            let path = fill_path(path::CONNECTION, &named);
            let work = async move {
                client.act(Method::PUT, &path, Some(&body)).await?;
                client.get::<ConnectionInfo>(&path).await
            };
            super::act(busy, work, move |connection| {
                saved.try_run(named);
                if waits_for_consent(&connection) {
                    waits.try_set(Some(connection));
                } else {
                    toasts.push(Tone::Good, w.saved);
                    open.try_set(false);
                }
            });
        }
    };
    let try_it = move |_| {
        let Some((named, body)) = given() else { return };
        let (path, test) = (fill_path(path::CONNECTION, &named), fill_path(path::CONNECTION_TEST, &named));
        tested.set(None);
        let work = async move {
            client.act(Method::PUT, &path, Some(&body)).await?;
            client.post::<Tested>(&test, &()).await
        };
        super::act(busy, work, move |answer| {
            saved.try_run(named);
            tested.try_set(Some(answer));
        });
    };
    view! {
        <div class="kl-connect" data-guide=has_guide.then_some("")>
            <SystemHead spec other/>
            {has_guide.then(|| view! { <aside class="kl-connect-guide" aria-label=w.guide><SystemGuide guide open=is_new/></aside> })}
            <div class="kl-stack kl-connect-form">
                {is_new.then(|| view! { <TextField label=w.name value=name hint=w.connection_name_hint error=name_wrong required=true/> })}
                {redirect}
                <FormFields form more=w.more_settings about=w.more_settings_about/>
                <div aria-live="polite">{move || tested.get().map(|tested| view! { <TestResult tested/> })}</div>
            </div>
        </div>
        <div class="kl-dialog-foot">
            <Button on_click=move |_| open.set(false)>{move || if tested.with(Option::is_some) { w.close } else { w.cancel }}</Button>
            {(!signs_in).then(|| view! { <Button icon=Icon::Check busy on_click=try_it>{w.save_and_test}</Button> })}
            <Button kind=ButtonKind::Primary busy on_click=keep>{if signs_in { w.save_and_sign_in } else { w.save }}</Button>
        </div>
    }
}

/// Whether somebody signs in there in the browser, or may: then the system asks where to send them back to.
fn leads_back(spec: &ConnectorSpec) -> bool {
    let fields = spec.connection.iter().flat_map(|connection| &connection.fields);
    spec.signs_in || fields.into_iter().any(|field| field.name.ends_with(CLIENT_ID))
}

#[component]
fn RedirectAddress() -> impl IntoView {
    let w = words();
    let origin = window().location().origin().unwrap_or_default();
    let address = format!("{origin}{}", api::SIGN_IN_PAGE);
    view! {
        <div class="kl-field">
            <span class="kl-label">{w.redirect_address}</span>
            <div class="kl-copyable"><code>{address.clone()}</code><CopyButton text=Signal::stored(address) label=w.copy done=w.copied/></div>
            <p class="kl-note">{w.redirect_hint}</p>
        </div>
    }
}

fn waits_for_consent(connection: &ConnectionInfo) -> bool {
    connection.sign_in.as_ref().is_some_and(|state| state.by_consent && !state.signed_in)
}

/// Which system it is, and the way back to the others.
#[component]
fn SystemHead(spec: ConnectorSpec, other: Option<RwSignal<String>>) -> impl IntoView {
    let title = language().of(&spec.title).to_owned();
    let letter = title.chars().next().map(String::from).unwrap_or_default();
    let about = language().of(&spec.about).to_owned();
    let back = other.map(|connector| {
        view! { <Button kind=ButtonKind::Quiet icon=Icon::Back on_click=move |_| connector.set(String::new())>{words().other_system}</Button> }
    });
    view! {
        <header class="kl-connect-head">
            <GlyphBox glyph=Glyph::Letter(letter) family="action"/>
            <div class="kl-flow-name"><b>{title}</b><span class="kl-muted">{about}</span></div>
            {back}
        </header>
    }
}

/// What is left after the connection is saved: the system's own page asks somebody whether flows may use it.
#[component]
fn NowSignIn(connection: ConnectionInfo, open: RwSignal<bool>) -> impl IntoView {
    let w = words();
    let name = connection.name.to_string();
    let saved = fill(w.saved_as, &[&name]);
    view! {
        <div class="kl-stack">
            <div class="kl-callout" data-tone="good"><Picture icon=Icon::Check/><p>{saved}</p></div>
            <p>{w.now_sign_in}</p>
            {connection.sign_in.map(|state| view! { <SignInRow name state now=crate::time::now_ms()/> })}
        </div>
        <div class="kl-dialog-foot"><Button on_click=move |_| open.set(false)>{w.sign_in_later}</Button></div>
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
