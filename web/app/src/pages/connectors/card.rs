//! One imported connector.

use super::IMPORT;
use crate::client::{client, encode, path as fill_path};
use crate::flow_canvas::GlyphBox;
use crate::flow_view::Glyph;
use crate::load::Load;
use crate::pages::confirm::ConfirmDialog;
use crate::pages::{Editing, act};
use crate::shell::Catalog;
use crate::words::{count, fill, language, words};
use api::{ConnectorInfo, ConnectorList, path};
use leptos::prelude::*;
use leptos_router::components::A;
use ui::{Button, ButtonKind, Dialog, Icon, Picture, Toasts, Tone};

#[component]
pub fn ConnectorCard(
    connector: ConnectorInfo,
    load: Load<ConnectorList>,
    editing: RwSignal<Option<Editing>>,
) -> impl IntoView {
    let w = words();
    let title = language().of(&connector.title).to_owned();
    let letter = title.chars().next().map(String::from).unwrap_or_default();
    let id = connector.id.clone();
    let about = language().of(&connector.about).to_owned();
    let operations = count(w.api_operations, connector.operations.len() as u64);
    let connections = match connector.connections.is_empty() {
        true => view! { <p class="kl-muted">{w.api_no_connection}</p> }.into_any(),
        false => {
            let names = connector.connections.join(", ");
            view! { <p class="kl-muted">{w.api_connections} ": " <A href="/connections">{names}</A></p> }
                .into_any()
        }
    };
    let flows = (!connector.flows.is_empty()).then(|| {
        let link = |flow: &api::ConnectorUse| {
            let (href, name) = (format!("/flows/{}", flow.flow), flow.name.clone());
            view! { <li><A href>{name}</A></li> }
        };
        let links = connector.flows.iter().map(link).collect_view();
        view! { <div class="kl-muted"><p>{w.api_flows} ":"</p><ul class="kl-bullets">{links}</ul></div> }
    });
    let deleting = RwSignal::new(false);
    let new_of = id.clone();
    let connect = move |_| editing.set(Some(Editing::NewOf(new_of.clone())));
    let (replace, export) =
        (format!("{IMPORT}?id={}", encode(&id)), fill_path(path::CONNECTOR_DOCUMENT, &id));
    view! {
        <li class="kl-card kl-connection">
            <div class="kl-connection-head">
                <GlyphBox glyph=Glyph::Letter(letter) family="action"/>
                <div class="kl-flow-name"><b>{title}</b><small>{id.clone()}</small></div>
            </div>
            <p class="kl-clamp">{about}</p>
            <p class="kl-muted">{operations}</p>
            {connections}
            {flows}
            <div class="kl-row">
                <Button icon=Icon::Plus on_click=connect>{w.api_connect}</Button>
                <A href=replace attr:class="kl-button"><Picture icon=Icon::Upload/>{w.api_replace}</A>
                <a class="kl-button" data-kind="quiet" href=export download=format!("{id}.json")><Picture icon=Icon::Download/>{w.api_export}</a>
                <Button kind=ButtonKind::Quiet icon=Icon::Bin on_click=move |_| deleting.set(true)>{w.delete}</Button>
            </div>
            <DeleteConnector open=deleting connector load/>
        </li>
    }
}

/// Asks first; where something uses it, says what.
#[component]
fn DeleteConnector(
    open: RwSignal<bool>,
    connector: ConnectorInfo,
    load: Load<ConnectorList>,
) -> impl IntoView {
    let w = words();
    let title = language().of(&connector.title).to_owned();
    if !connector.flows.is_empty() || !connector.connections.is_empty() {
        let connector = StoredValue::new(connector);
        return view! {
            <Dialog open title=w.delete.to_owned() close=w.close>
                {connector.with_value(|connector| used(&title, connector))}
            </Dialog>
        }
        .into_any();
    }
    let (client, toasts, catalog) = (client(), expect_context::<Toasts>(), Catalog::here());
    let busy = RwSignal::new(false);
    let question = fill(w.api_delete_sure, &[&title]);
    let delete = Callback::new(move |()| {
        let (path, title) = (fill_path(path::CONNECTOR, &connector.id), title.clone());
        let work = async move {
            client.delete(&path).await?;
            catalog.renew(client).await
        };
        act(busy, work, move |()| {
            toasts.push(Tone::Good, fill(w.deleted, &[&title]));
            open.try_set(false);
            load.refresh();
        });
    });
    view! { <ConfirmDialog open verb=w.delete question=Signal::stored(question) busy on_yes=delete/> }
        .into_any()
}

fn used(title: &str, connector: &ConnectorInfo) -> impl IntoView + use<> {
    let w = words();
    let flow = |flow: &api::ConnectorUse| {
        let (href, text) = (format!("/flows/{}", flow.flow), fill(w.api_in_use_flow, &[&flow.name]));
        view! { <li><A href>{text}</A></li> }
    };
    let connection = |name: &String| {
        let text = fill(w.api_in_use_connection, &[name]);
        view! { <li><A href="/connections">{text}</A></li> }
    };
    view! {
        <div class="kl-stack">
            <p>{fill(w.api_in_use, &[&title])}</p>
            <ul class="kl-bullets">
                {connector.flows.iter().map(flow).collect_view()}
                {connector.connections.iter().map(connection).collect_view()}
            </ul>
        </div>
    }
}
