//! Connectors that were made of API documents: who uses them, and the way to import, replace, export and delete one.

mod card;
mod import;

use crate::client::client;
use crate::load::{self, Load};
use crate::pages::{ConnectionDialog, Editing};
use crate::shell::title_window;
use crate::words::words;
use api::{ConnectorInfo, ConnectorList, path};
use card::ConnectorCard;
pub use import::ImportApiRoute;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::{LazyRoute, lazy_route};
use ui::{Empty, Icon, Picture};

/// Where an API is imported.
const IMPORT: &str = "/connectors/import";

/// Few come here, and seldom: fetched when somebody does.
pub struct ConnectorsRoute;

#[lazy_route]
impl LazyRoute for ConnectorsRoute {
    fn data() -> Self {
        Self
    }

    fn view(this: Self) -> AnyView {
        let ConnectorsRoute = this;
        view! { <Connectors/> }.into_any()
    }
}

/// The imported ones.
fn fetch() -> Load<ConnectorList> {
    let client = client();
    let address = format!("{}?imported=true", path::CONNECTORS);
    Load::new(move || {
        let address = address.clone();
        async move { client.get::<ConnectorList>(&address).await }
    })
}

#[component]
fn Connectors() -> impl IntoView {
    let w = words();
    title_window(w.apis);
    let load = fetch();
    let editing = RwSignal::new(None::<Editing>);
    view! {
        <main class="kl-page">
            <header class="kl-page-head">
                <div>
                    <h1>{w.apis}</h1>
                    <p>{w.apis_sub}</p>
                </div>
                <A href="/connections" attr:class="kl-button"><Picture icon=Icon::Plug/>{w.connections}</A>
                <ImportLink/>
            </header>
            {load::draw(load, move |list| view! { <Cards list load editing/> })}
            <ConnectionDialog editing on_saved=move |()| load.refresh()/>
        </main>
    }
}

#[component]
fn ImportLink() -> impl IntoView {
    view! { <A href=IMPORT attr:class="kl-button" attr:data-kind="primary"><Picture icon=Icon::Upload/>{words().api_import}</A> }
}

#[component]
fn Cards(
    list: Signal<ConnectorList>,
    load: Load<ConnectorList>,
    editing: RwSignal<Option<Editing>>,
) -> impl IntoView {
    let w = words();
    let nothing = move || {
        view! { <Empty icon=Icon::Upload title=w.apis_empty_title text=w.apis_empty_text><ImportLink/></Empty> }
    };
    let is_empty = Memo::new(move |_| list.with(|list| list.connectors.is_empty()));
    let key = |connector: &ConnectorInfo| {
        (
            connector.id.clone(),
            connector.operations.len(),
            connector.connections.clone(),
            connector.flows.len(),
        )
    };
    view! {
        <Show when=move || !is_empty.get() fallback=nothing>
            <ul class="kl-cards">
                <For each=move || list.get().connectors key=key let:connector>
                    <ConnectorCard connector load editing/>
                </For>
            </ul>
        </Show>
    }
}
