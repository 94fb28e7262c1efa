//! Where the flow stands: what is live, what is changed since, whether it is safe, and who else has it open.

use super::desk::{Desk, Saving};
use crate::client::path as fill_path;
use crate::errors::Told as Refused;
use crate::words::{count, fill, language, words};
use api::{Editing, Editors, FlowDetail, path};
use canvas::compare::{Changes, changes};
use gloo_net::http::Method;
use leptos::prelude::*;
use leptos_router::components::A;
use model::FlowDocument;
use std::time::Duration;
use ui::{Button, ButtonKind, Icon, Pill, Tone};

/// How often a window says that it is open, and asks whether somebody else has saved.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// The live version, and how the draft differs from it.
#[component]
pub fn FlowState(desk: Desk) -> impl IntoView {
    let w = words();
    let changed = follow_live(desk);
    let id = desk.document().id.to_string();
    let live = move || match desk.live.get() {
        Some(version) => {
            view! { <Pill tone=Tone::Good dot=true>{fill(w.flow_live, &[&version])}</Pill> }.into_any()
        }
        None => view! { <Pill tone=Tone::Mute>{w.never_published}</Pill> }.into_any(),
    };
    let draft = move || {
        let (tone, text) = match desk.saving.get() {
            Saving::Saved => match changed.with(|changes| changes.as_ref().map(Changes::count)) {
                _ if desk.revision() == 0 => return None,
                Some(0) => (Tone::Mute, w.draft_same.to_owned()),
                Some(many) => (Tone::Mute, count(w.draft_changes, many as u64)),
                None => (Tone::Mute, w.draft_saved.to_owned()),
            },
            Saving::Unsaved => (Tone::Mute, w.draft_saving.to_owned()),
            Saving::Offline if !desk.kept_here.get() => (Tone::Bad, w.draft_offline_unkept.to_owned()),
            Saving::Offline => (Tone::Warn, w.draft_offline.to_owned()),
            Saving::Overtaken => (Tone::Bad, w.draft_overtaken.to_owned()),
            Saving::Refused(_) => (Tone::Bad, w.draft_refused.to_owned()),
        };
        Some(
            view! { <span role="status" data-saving=desk.saving.with(Saving::as_str)><Pill tone>{text}</Pill></span> },
        )
    };
    let refused = move || {
        let Saving::Refused(error) = desk.saving.get() else { return None };
        let why = Refused::refused(language(), &error).text();
        Some(view! {
            <span class="kl-draft-why" role="status" title=why.clone()>{why.clone()}</span>
            <Button kind=ButtonKind::Quiet icon=Icon::Again on_click=move |_| desk.save()>{w.try_again}</Button>
        })
    };
    view! {
        <A href=format!("/flows/{id}/versions") attr:class="kl-live-link" attr:title=w.versions>{live}</A>
        {draft}
        {refused}
        <Others desk/>
    }
}

/// What has changed since the live version; nothing where there is none, or it is not fetched yet.
fn follow_live(desk: Desk) -> Memo<Option<Changes>> {
    let document = RwSignal::new(None::<FlowDocument>);
    Effect::new(move |_| {
        if desk.live.get().is_none() {
            return document.set(None);
        }
        let path = fill_path(path::FLOW, desk.document().id.as_str());
        let client = desk.client();
        leptos::task::spawn_local(async move {
            if let Ok(flow) = client.get::<FlowDetail>(&path).await {
                document.try_set(Some(flow.document));
            }
        });
    });
    Memo::new(move |_| {
        desk.changed.track();
        document.with(|live| live.as_ref().map(|live| changes(live, &desk.document())))
    })
}

/// Who else has the flow open. What they save is taken in by the way.
#[component]
fn Others(desk: Desk) -> impl IntoView {
    let w = words();
    let others = RwSignal::new(Vec::<String>::new());
    let window_id = desk.window();
    let (client, path) = (desk.client(), fill_path(path::FLOW_EDITING, desk.document().id.as_str()));
    let leaving = (path.clone(), Editing { window: window_id.clone(), leaving: true });
    let say = move || {
        let (path, body) = (path.clone(), Editing { window: window_id.clone(), leaving: false });
        leptos::task::spawn_local(async move {
            let Ok(editors) = client.post::<Editors>(&path, &body).await else { return };
            others.try_set(editors.others);
            if desk.is_behind(editors.revision) {
                desk.catch_up().await;
            }
        });
    };
    say();
    if let Ok(beat) = set_interval_with_handle(say, HEARTBEAT) {
        on_cleanup(move || beat.clear());
    }
    on_cleanup(move || {
        let (path, body) = leaving.clone();
        leptos::task::spawn_local(async move {
            // Silent for a while, the window would be forgotten, too.
            let _ = client.act(Method::POST, &path, Some(&body)).await;
        });
    });
    move || {
        let names = others.get();
        (!names.is_empty()).then(|| {
            let title = fill(w.others_open, &[&names.join(", ")]);
            let shown = title.clone();
            view! { <span class="kl-others" role="status" title=title><Pill tone=Tone::Info dot=true>{shown}</Pill></span> }
        })
    }
}
