//! Cross-references: looked through, added, removed.

use super::super::act;
use super::super::confirm::ConfirmDialog;
use crate::client::{client, encode};
use crate::load::{self, Load};
use crate::shell::title_window;
use crate::time::Ago;
use crate::words::{fill, words};
use api::{PutXrefs, Xref, XrefInfo, XrefKinds, XrefList, path};
use gloo_net::http::Method;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};
use std::collections::BTreeSet;
use std::time::Duration;
use ui::{Button, ButtonKind, Choice, Dialog, Empty, Icon, Select, TextField, TextKind, Toasts, Tone};

/// How long typing pauses before the list follows.
const TYPING_PAUSE: Duration = Duration::from_millis(250);

pub struct XrefRoute;

#[lazy_route]
impl LazyRoute for XrefRoute {
    fn data() -> Self {
        Self
    }

    fn view(this: Self) -> AnyView {
        let XrefRoute = this;
        view! { <CrossReferences/> }.into_any()
    }
}

/// What is looked for.
#[derive(Clone, Debug, Default, PartialEq)]
struct Wanted {
    entity: String,
    system: String,
    text: String,
    after: Option<String>,
}

impl Wanted {
    fn is_all(&self) -> bool {
        *self == Self::default()
    }

    fn address(&self) -> String {
        let after = self.after.as_deref().unwrap_or_default();
        let parts = [
            ("entity", &*self.entity),
            ("system", &*self.system),
            ("text", self.text.trim()),
            ("after", after),
        ];
        let said = parts.iter().filter(|(_, value)| !value.is_empty());
        let query: Vec<String> = said.map(|(name, value)| format!("{name}={}", encode(value))).collect();
        format!("{}?{}", path::XREFS, query.join("&"))
    }
}

#[component]
fn CrossReferences() -> impl IntoView {
    let w = words();
    title_window(w.xref_title);
    let client = client();
    let wanted = RwSignal::new(Wanted::default());
    let load = Load::new(move || {
        let address = wanted.with_untracked(Wanted::address);
        async move { client.get::<XrefList>(&address).await }
    });
    let kinds = Load::new(move || async move { client.get::<XrefKinds>(path::XREF_KINDS).await });
    Effect::new(move |last: Option<Wanted>| {
        let now = wanted.get();
        if last.is_some_and(|last| last != now) {
            load.restart();
        }
        now
    });
    let adding = RwSignal::new(false);
    let changed = Callback::new(move |()| {
        load.refresh();
        kinds.refresh();
    });
    view! {
        <main class="kl-page">
            <header class="kl-page-head">
                <div><h1>{w.xref_title}</h1><p>{w.xref_sub}</p></div>
                <Button kind=ButtonKind::Primary icon=Icon::Plus on_click=move |_| adding.set(true)>{w.xref_add}</Button>
            </header>
            <Filters wanted kinds/>
            {load::draw(load, move |list| view! { <List list wanted adding changed/> })}
            <Dialog open=adding title=w.xref_add.to_owned() close=w.close><Add open=adding wanted changed/></Dialog>
        </main>
    }
}

#[component]
fn Filters(wanted: RwSignal<Wanted>, kinds: Load<XrefKinds>) -> impl IntoView {
    let w = words();
    let [text, entity, system] = [(); 3].map(|()| RwSignal::new(String::new()));
    let follow = leptos_use::use_debounce_fn(
        move || {
            let now = Wanted {
                entity: entity.try_get_untracked().unwrap_or_default(),
                system: system.try_get_untracked().unwrap_or_default(),
                text: text.try_get_untracked().unwrap_or_default().trim().to_owned(),
                after: None,
            };
            if wanted.try_with_untracked(|last| Wanted { after: None, ..last.clone() } != now) == Some(true) {
                wanted.set(now);
            }
        },
        TYPING_PAUSE.as_millis() as f64,
    );
    Effect::new(move |_| {
        text.track();
        entity.track();
        system.track();
        follow();
    });
    let choices = move |all: &'static str, of: fn(api::XrefKind) -> String| {
        Signal::derive(move || {
            let known = kinds.get().map(|known| known.kinds).unwrap_or_default();
            let names: BTreeSet<String> = known.into_iter().map(of).collect();
            let all = Choice::new("", all);
            [all]
                .into_iter()
                .chain(names.into_iter().map(|name| Choice::new(name.clone(), name)))
                .collect::<Vec<_>>()
        })
    };
    view! {
        <form class="kl-filters" role="search" on:submit=|event| event.prevent_default()>
            <TextField label=w.xref_search value=text kind=TextKind::Search placeholder=w.xref_search label_hidden=true/>
            <Select label=w.xref_entity value=entity choices=choices(w.xref_all_entities, |kind| kind.entity) label_hidden=true/>
            <Select label=w.xref_system value=system choices=choices(w.xref_all_systems, |kind| kind.system) label_hidden=true/>
        </form>
    }
}

#[component]
fn List(
    list: Signal<XrefList>,
    wanted: RwSignal<Wanted>,
    adding: RwSignal<bool>,
    changed: Callback<()>,
) -> impl IntoView {
    let w = words();
    let empty = Memo::new(move |_| list.with(|list| list.xrefs.is_empty()));
    let nothing = move || {
        match wanted.with(Wanted::is_all) {
        true => view! {
            <Empty icon=Icon::Across title=w.xref_empty_title text=w.xref_empty_text>
                <Button kind=ButtonKind::Primary icon=Icon::Plus on_click=move |_| adding.set(true)>{w.xref_add}</Button>
            </Empty>
        }
        .into_any(),
        false => view! { <p class="kl-muted" role="status">{w.xref_none}</p> }.into_any(),
    }
    };
    let key =
        |xref: &XrefInfo| (xref.entity.clone(), xref.system.clone(), xref.external.clone(), xref.changed_at);
    let next = move || list.with(|list| list.next.clone());
    let turn = move |after: Option<String>| wanted.update(|wanted| wanted.after = after);
    view! {
        <Show when=move || !empty.get() fallback=nothing>
            <table class="kl-table kl-table-stacked" aria-label=w.xref_title>
                <thead><tr>
                    <th scope="col">{w.xref_entity}</th><th scope="col">{w.xref_system}</th><th scope="col">{w.xref_external}</th><th scope="col">{w.xref_own}</th>
                    <th scope="col">{w.xref_by}</th><th scope="col"><span class="kl-sr">{w.xref_remove}</span></th>
                </tr></thead>
                <tbody><For each=move || list.get().xrefs key=key let:xref><Row xref changed/></For></tbody>
            </table>
        </Show>
        <div class="kl-row">
            <Show when=move || wanted.with(|wanted| wanted.after.is_some())><Button icon=Icon::Back on_click=move |_| turn(None)>{w.xref_first}</Button></Show>
            <Show when=move || next().is_some()><Button icon=Icon::Next on_click=move |_| turn(next())>{w.xref_next}</Button></Show>
        </div>
    }
}

#[component]
fn Row(xref: XrefInfo, changed: Callback<()>) -> impl IntoView {
    let w = words();
    let (client, toasts) = (client(), expect_context::<Toasts>());
    let (busy, asking) = (RwSignal::new(false), RwSignal::new(false));
    let XrefInfo { entity, system, external, own, changed_at, changed_by } = xref;
    let question = fill(w.xref_remove_sure, &[&external, &system]);
    let address = format!(
        "{}?entity={}&system={}&external={}",
        path::XREFS,
        encode(&entity),
        encode(&system),
        encode(&external)
    );
    let removed = external.clone();
    let remove = Callback::new(move |()| {
        let (address, removed) = (address.clone(), removed.clone());
        act(busy, async move { client.delete(&address).await }, move |()| {
            toasts.push(Tone::Good, fill(w.xref_removed, &[&removed]));
            asking.try_set(false);
            changed.try_run(());
        });
    });
    view! {
        <tr>
            <td data-label=w.xref_entity>{entity}</td>
            <td data-label=w.xref_system>{system}</td>
            <td data-label=w.xref_external class="kl-mono">{external}</td>
            <td data-label=w.xref_own class="kl-mono">{own}</td>
            <td data-label=w.xref_by class="kl-muted"><Ago at=changed_at/>" · "{changed_by}</td>
            <td class="kl-number">
                <Button kind=ButtonKind::Danger on_click=move |_| asking.set(true)>{w.xref_remove}</Button>
                <ConfirmDialog open=asking verb=w.xref_remove question=Signal::stored(question) busy on_yes=remove/>
            </td>
        </tr>
    }
}

/// The dialog stays open, ready for the next one of the same kind.
#[component]
fn Add(open: RwSignal<bool>, wanted: RwSignal<Wanted>, changed: Callback<()>) -> impl IntoView {
    let w = words();
    let (client, toasts) = (client(), expect_context::<Toasts>());
    let (entity, system) = wanted.with_untracked(|wanted| (wanted.entity.clone(), wanted.system.clone()));
    let (entity, system) = (RwSignal::new(entity), RwSignal::new(system));
    let [external, own] = [(); 2].map(|()| RwSignal::new(String::new()));
    let busy = RwSignal::new(false);
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        let said = |field: RwSignal<String>| field.with_untracked(|text| text.trim().to_owned());
        let xref =
            Xref { entity: said(entity), system: said(system), external: said(external), own: said(own) };
        let told = fill(w.xref_added, &[&format_args!("{} {}", xref.system, xref.external)]);
        let body = PutXrefs { xrefs: vec![xref] };
        act(busy, async move { client.act(Method::PUT, path::XREFS, Some(&body)).await }, move |()| {
            toasts.push(Tone::Good, told);
            external.try_set(String::new());
            own.try_set(String::new());
            changed.try_run(());
        });
    };
    view! {
        <form class="kl-stack" on:submit=save>
            <TextField label=w.xref_entity value=entity hint=w.xref_entity_hint required=true autofocus=true/>
            <TextField label=w.xref_system value=system hint=w.xref_system_hint required=true/>
            <TextField label=w.xref_external value=external hint=w.xref_replaces required=true/>
            <TextField label=w.xref_own value=own required=true/>
            <div class="kl-dialog-foot">
                <Button on_click=move |_| open.set(false)>{w.close}</Button>
                <Button kind=ButtonKind::Primary submit=true busy>{w.save}</Button>
            </div>
        </form>
    }
}
