//! What is around every page: who is signed in, the rail, the addresses, toasts.

use crate::client::{Client, Error};
use crate::commands::{Commands, Everywhere, KeysRoute};
use crate::editor::keys::Keys;
use crate::errors::Told;
use crate::live::Live;
use crate::load::{self, Load};
use crate::pages;
use crate::session::{Session, SessionState};
use crate::storage;
use crate::storage_notice::StorageNotice;
use crate::time::Now;
use crate::words::{Language, language, speak, words};
use api::path;
use leptos::prelude::*;
use leptos_router::components::{A, Route, Router, Routes};
use leptos_router::{Lazy, path};
use model::Specs;
use std::sync::Arc;
use ui::{Empty, Failed, Icon, Picture, Spinner, ToastArea, Toasts};

/// Everything a flow may use, fetched once, and again when a connector was imported here; provided as a context inside the shell.
#[derive(Clone, Copy)]
pub struct Catalog(RwSignal<Arc<Specs>>);

impl Catalog {
    pub fn here() -> Self {
        expect_context()
    }

    /// As it is now, followed.
    pub fn get(self) -> Arc<Specs> {
        self.0.get()
    }

    pub fn get_untracked(self) -> Arc<Specs> {
        self.0.get_untracked()
    }

    /// Fetches it again. What is drawn already may keep what it had.
    pub async fn renew(self, client: Client) -> Result<(), Error> {
        let specs = client.get::<Specs>(path::SPECS).await?;
        self.0.try_set(Arc::new(specs));
        Ok(())
    }
}

pub fn specs() -> Arc<Specs> {
    Catalog::here().get_untracked()
}

/// What fills the window.
#[derive(Clone, Debug, PartialEq)]
enum Stage {
    Loading,
    Failed(Error),
    SetUp,
    SignIn,
    In,
}

#[component]
pub fn App() -> impl IntoView {
    let session = Session::new();
    let language = RwSignal::new(first_language());
    let toasts = Toasts::default();
    provide_context(session);
    provide_context(language);
    provide_context(toasts);
    Keys::provide();
    leptos::task::spawn_local(session.refresh());
    let stage = Memo::new(move |_| stage(session));
    // All of it is drawn anew in another language: see `words`.
    let window = move || {
        speak(language.get());
        let close = words().close;
        let _ = document().document_element().map(|root| root.set_attribute("lang", language.get().tag()));
        view! { {move || fill_window(stage.get(), session)} <ToastArea toasts close/> }
    };
    view! { <Router>{window}</Router> }
}

fn first_language() -> Language {
    let stored = storage::read(storage::LANGUAGE);
    Language::from_tag(&stored.or_else(|| window().navigator().language()).unwrap_or_default())
}

fn stage(session: Session) -> Stage {
    match session.state() {
        SessionState::Loading => Stage::Loading,
        SessionState::Failed(error) => Stage::Failed(error),
        SessionState::Known(info) if !info.set_up => Stage::SetUp,
        SessionState::Known(info) if info.user.is_none() => Stage::SignIn,
        SessionState::Known(_) => Stage::In,
    }
}

fn fill_window(stage: Stage, session: Session) -> AnyView {
    match stage {
        Stage::Loading => view! { <div class="kl-middle"><Spinner label=words().loading/></div> }.into_any(),
        Stage::Failed(error) => {
            let again = move |()| session.reload();
            let Told { title: text, detail, .. } = Told::refused(language(), &error);
            view! { <div class="kl-middle"><Failed title=words().went_wrong text detail again=words().try_again on_again=again/></div> }.into_any()
        }
        Stage::SetUp => view! { <pages::SetUp/> }.into_any(),
        Stage::SignIn => view! { <pages::SignIn/> }.into_any(),
        Stage::In => view! { <Shell/> }.into_any(),
    }
}

#[component]
fn Shell() -> impl IntoView {
    let client = crate::client::client();
    provide_context(Live::open());
    provide_context(Now::start());
    pages::ErrorsChanged::provide();
    Commands::provide();
    let specs = Load::new(move || async move { client.get::<Specs>(path::SPECS).await.map(Arc::new) });
    view! {
        <a class="kl-skip" href="#content">{words().skip_to_content}</a>
        <div class="kl-shell">
            <Rail/>
            <div class="kl-content" id="content" tabindex="-1">
                <StorageNotice/>
                {load::draw(specs, |specs| {
                    provide_context(Catalog(RwSignal::new(specs.get_untracked())));
                    view! { <Pages/> <Everywhere/> }
                })}
            </div>
        </div>
    }
}

#[component]
fn Pages() -> impl IntoView {
    view! {
        <Routes fallback=|| view! { <Nowhere/> }>
            <Route path=path!("/") view=pages::Today/>
            <Route path=path!("/orders") view=pages::Order/>
            <Route path=path!("/orders/:key") view=pages::Order/>
            <Route path=path!("/flows") view=pages::Flows/>
            <Route path=path!("/flows/new") view={Lazy::<pages::NewFlowRoute>::new()}/>
            <Route path=path!("/flows/:id") view=pages::Flow/>
            <Route path=path!("/flows/:id/edit") view={Lazy::<crate::editor::EditorRoute>::new()}/>
            <Route path=path!("/flows/:id/versions") view={Lazy::<pages::VersionsRoute>::new()}/>
            <Route path=path!("/errors") view=pages::Errors/>
            <Route path=path!("/runs") view=pages::Runs/>
            <Route path=path!("/runs/:id") view=pages::Run/>
            <Route path=path!("/connections") view=pages::Connections/>
            <Route path=path!("/connections/signed-in") view=pages::SignedInPage/>
            <Route path=path!("/connectors") view={Lazy::<pages::ConnectorsRoute>::new()}/>
            <Route path=path!("/connectors/import") view={Lazy::<pages::ImportApiRoute>::new()}/>
            <Route path=path!("/settings") view=pages::Settings/>
            <Route path=path!("/settings/xref") view={Lazy::<pages::XrefRoute>::new()}/>
            <Route path=path!("/settings/keys") view={Lazy::<KeysRoute>::new()}/>
        </Routes>
    }
}

#[component]
fn Nowhere() -> impl IntoView {
    view! {
        <main class="kl-page">
            <Empty icon=Icon::Search title=words().not_found_title text=words().not_found_text>
                <A href="/flows" attr:class="kl-button">{words().to_flows}</A>
            </Empty>
        </main>
    }
}

#[component]
fn Rail() -> impl IntoView {
    let w = words();
    let link = |href: &'static str, icon: Icon, text: &'static str| {
        view! { <A href attr:class="kl-rail-link"><Picture icon/><span>{text}</span></A> }
    };
    let (session, commands) = (expect_context::<Session>(), Commands::here());
    view! {
        <nav class="kl-rail" aria-label=w.main_menu>
            <span class="kl-logo" aria-hidden="true">"ค"</span>
            <A href="/" exact=true attr:class="kl-rail-link"><Picture icon=Icon::Today/><span>{w.nav_today}</span></A>
            {link("/flows", Icon::Flows, w.nav_flows)}
            {link("/runs", Icon::Runs, w.nav_runs)}
            <A href="/errors" attr:class="kl-rail-link"><Picture icon=Icon::Warning/><span>{w.nav_errors}</span><pages::ErrorsBadge/></A>
            {link("/connections", Icon::Plug, w.nav_connections)}
            <span class="kl-spring"></span>
            <button class="kl-rail-link" type="button" aria-keyshortcuts="Control+K" on:click=move |_| commands.toggle_bar()><Picture icon=Icon::Search/><span>{w.bar_open}</span></button>
            <A href="/settings/keys" exact=true attr:class="kl-rail-link kl-rail-keys"><Picture icon=Icon::Keyboard/><span>{w.nav_keys}</span></A>
            <A href="/settings" exact=true attr:class="kl-rail-link"><Picture icon=Icon::Gear/><span>{w.nav_settings}</span></A>
            <button class="kl-rail-link kl-rail-out" type="button" aria-label=w.sign_out title=w.sign_out on:click=move |_| session.sign_out()><Picture icon=Icon::Exit/><span>{w.nav_sign_out}</span></button>
        </nav>
    }
}

/// Names the window after the page, with the product's name behind it.
pub fn title_window(page: &str) {
    document().set_title(&format!("{page} · Khlong"));
}
