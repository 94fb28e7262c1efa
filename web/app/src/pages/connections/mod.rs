//! The systems that flows speak to: addresses and credentials, made from each connector's own form.

mod choose;
mod form;
mod guide;
mod sign_in;
mod state;

use super::act;
use super::confirm::ConfirmDialog;
use crate::client::{client, path as fill_path};
use crate::errors::{self, ErrorWords, Told};
use crate::flow_canvas::GlyphBox;
use crate::flow_view::Glyph;
use crate::load::{self, Load};
use crate::shell::{specs, title_window};
use crate::time::{Ago, date_time};
use crate::words::{fill, language, words};
use api::{BlockedConnection, ConnectionInfo, ConnectionList, Tested, path};
pub use form::ConnectionDialog;
use leptos::prelude::*;
use leptos_router::components::A;
pub use sign_in::SignedInPage;
use ui::{Button, ButtonKind, Empty, Icon, Picture, Toasts, Tone};

/// What the form is open for.
#[derive(Clone, Debug, PartialEq)]
pub enum Editing {
    New,
    /// A new one to this kind of system.
    NewOf(String),
    This(Box<ConnectionInfo>),
}

#[component]
pub fn Connections() -> impl IntoView {
    let w = words();
    title_window(w.connections);
    let client = client();
    let load = Load::new(move || async move { client.get::<ConnectionList>(path::CONNECTIONS).await });
    let editing = RwSignal::new(None::<Editing>);
    let add = move |_| editing.set(Some(Editing::New));
    view! {
        <main class="kl-page">
            <header class="kl-page-head">
                <div>
                    <h1>{w.connections}</h1>
                    <p>{w.connections_sub}</p>
                </div>
                <A href="/connectors" attr:class="kl-button"><Picture icon=Icon::Upload/>{w.apis}</A>
                <Button kind=ButtonKind::Primary icon=Icon::Plus on_click=add>{w.new_connection}</Button>
            </header>
            {load::draw(load, move |list| view! { <List list load editing/> })}
            <ConnectionDialog editing on_saved=move |()| load.refresh()/>
        </main>
    }
}

#[component]
fn List(
    list: Signal<ConnectionList>,
    load: Load<ConnectionList>,
    editing: RwSignal<Option<Editing>>,
) -> impl IntoView {
    let w = words();
    let empty = Memo::new(move |_| list.with(|list| list.connections.is_empty()));
    let nothing = move || {
        view! {
            <Empty icon=Icon::Plug title=w.connections_empty_title text=w.connections_empty_text>
                <Button kind=ButtonKind::Primary icon=Icon::Plus on_click=move |_| editing.set(Some(Editing::New))>{w.new_connection}</Button>
            </Empty>
        }
    };
    view! {
        <Show when=move || !empty.get() fallback=nothing>
            <ul class="kl-cards">
                <For each=move || list.get().connections key=card_key let:connection>
                    <ConnectionCard connection load editing/>
                </For>
            </ul>
        </Show>
    }
}

/// A card is drawn anew when something of it has changed that it shows.
fn card_key(connection: &ConnectionInfo) -> impl std::hash::Hash + Eq + use<> {
    let sign_in = connection.sign_in.clone().map(|state| (state.signed_in, state.ended, state.until));
    let blocked = connection.blocked.clone().map(|blocked| (blocked.until, connection.waiting));
    let health = connection.health.clone().map(|health| (health.ok, health.checked_at));
    let expires = connection.expires.clone().map(|expires| (expires.at, expires.near));
    let used_by: Vec<_> =
        connection.used_by.iter().map(|one| (one.flow.clone(), one.name.clone(), one.draft)).collect();
    let is = (connection.name.clone(), connection.updated_at);
    (is, sign_in, blocked, health, expires, used_by)
}

#[component]
fn ConnectionCard(
    connection: ConnectionInfo,
    load: Load<ConnectionList>,
    editing: RwSignal<Option<Editing>>,
) -> impl IntoView {
    let w = words();
    let (busy, tested, deleting) =
        (RwSignal::new(false), RwSignal::new(None::<Tested>), RwSignal::new(false));
    let client = client();
    let name = connection.name.to_string();
    let specs = specs();
    let system = specs
        .connectors
        .get(&connection.connector)
        .map_or_else(|| connection.connector.clone(), |spec| language().of(&spec.title).to_owned());
    let test_path = fill_path(path::CONNECTION_TEST, &name);
    let test = move |_| {
        let path = test_path.clone();
        tested.set(None);
        act(busy, async move { client.post::<Tested>(&path, &()).await }, move |answer| {
            drop(tested.try_set(Some(answer)))
        });
    };
    let now = crate::time::now_ms();
    let (flows, total) = (connection.used_by.clone(), connection.used_by_total);
    let used = view! { <state::UsedBy name=name.clone() flows total/> };
    let health = connection.health.clone().map(|health| view! { <state::HealthRow health/> });
    let expires = connection.expires.clone().map(|expires| view! { <state::ExpiryRow expires now/> });
    let sign_in = connection.sign_in.clone().map(|state| {
        view! { <sign_in::SignInRow name=name.clone() state now/> }
    });
    let letter = system.chars().next().map(String::from).unwrap_or_default();
    let (edited, updated_at) = (connection.clone(), connection.updated_at);
    let blocked = connection.blocked.clone().map(|blocked| {
        view! { <Blocked blocked waiting=connection.waiting name=name.clone() load/> }
    });
    view! {
        <li class="kl-card kl-connection">
            <div class="kl-connection-head">
                <GlyphBox glyph=Glyph::Letter(letter) family="action"/>
                <div class="kl-flow-name"><b>{name.clone()}</b><span class="kl-muted">{system}</span></div>
            </div>
            <p class="kl-muted">{w.changed} " " <Ago at=updated_at/></p>
            {used}
            {health}
            {expires}
            {sign_in}
            {blocked}
            <div aria-live="polite">{move || tested.get().map(|tested| view! { <TestResult tested/> })}</div>
            <div class="kl-row">
                <Button icon=Icon::Check busy on_click=test>{w.test}</Button>
                <Button on_click=move |_| editing.set(Some(Editing::This(Box::new(edited.clone()))))>{w.edit}</Button>
                <Button kind=ButtonKind::Quiet icon=Icon::Bin on_click=move |_| deleting.set(true)>{w.delete}</Button>
            </div>
            <DeleteConnection open=deleting name load/>
        </li>
    }
}

/// Why nothing is called over it just now, and a way to go on at once.
#[component]
fn Blocked(
    blocked: BlockedConnection,
    waiting: u64,
    name: String,
    load: Load<ConnectionList>,
) -> impl IntoView {
    let w = words();
    let (client, toasts, busy) = (client(), expect_context::<Toasts>(), RwSignal::new(false));
    let text = match blocked.since {
        Some(since) => fill(w.connection_paused, &[&date_time(since), &date_time(blocked.until)]),
        None => fill(w.connection_asked, &[&date_time(blocked.until)]),
    };
    let waits = (waiting > 0).then(|| view! { <p>{fill(w.connection_waiting, &[&waiting])}</p> });
    let error = (!blocked.error.is_empty()).then(|| view! { <p class="kl-muted">{blocked.error}</p> });
    let unblock = move |_| {
        let (path, name) = (fill_path(path::CONNECTION_UNBLOCK, &name), name.clone());
        act(busy, async move { client.post::<ConnectionInfo>(&path, &()).await }, move |_| {
            toasts.push(Tone::Good, fill(w.unblocked, &[&name]));
            load.refresh();
        });
    };
    view! {
        <div class="kl-callout" data-tone="warn">
            <Picture icon=Icon::Warning/>
            <div class="kl-stack"><p>{text}</p>{waits}{error}<Button busy on_click=unblock>{w.unblock}</Button></div>
        </div>
    }
}

#[component]
pub fn TestResult(tested: Tested) -> impl IntoView {
    let Tested { ok, message, advice } = tested;
    let (tone, icon) = if ok { ("good", Icon::Check) } else { ("bad", Icon::Warning) };
    let told = match ok {
        true if message.is_empty() => Told::plain(words().test_ok),
        true => Told::plain(&message),
        false => Told::of(language(), errors::CONNECTION_FAILS, &message, &advice),
    };
    view! { <div class="kl-callout kl-error" data-tone=tone><Picture icon/><ErrorWords told/></div> }
}

#[component]
fn DeleteConnection(open: RwSignal<bool>, name: String, load: Load<ConnectionList>) -> impl IntoView {
    let w = words();
    let (client, toasts) = (client(), expect_context::<Toasts>());
    let busy = RwSignal::new(false);
    let question = fill(w.delete_sure, &[&name]);
    let delete = Callback::new(move |_| {
        let (path, name) = (fill_path(path::CONNECTION, &name), name.clone());
        act(busy, async move { client.delete(&path).await }, move |()| {
            toasts.push(Tone::Good, fill(w.deleted, &[&name]));
            open.try_set(false);
            load.refresh();
        });
    });
    view! { <ConfirmDialog open verb=w.delete question=Signal::stored(question) busy on_yes=delete/> }
}
