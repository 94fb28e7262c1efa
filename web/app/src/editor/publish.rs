//! The draft becomes the next version; and what happens when somebody else was at it.

use super::desk::{Desk, Saving};
use crate::client::path as fill_path;
use crate::words::{count, fill, words};
use api::{Draft, Imported, PublishDraft, path};
use leptos::prelude::*;
use leptos_router::components::A;
use ui::{Button, ButtonKind, Dialog, Icon, Tone};

#[component]
pub fn Publish(desk: Desk) -> impl IntoView {
    let w = words();
    let busy = desk.asking.publishing;
    let errors = Memo::new(move |_| desk.errors());
    let warnings = Memo::new(move |_| desk.problems.with(Vec::len).saturating_sub(errors.get()));
    let ready = Memo::new(move |_| {
        desk.changed.track();
        is_ready(desk)
    });
    view! {
        {move || (errors.get() > 0).then(|| view! {
            <Button icon=Icon::Warning on_click=move |_| to_first_problem(desk)>{count(w.problems, errors.get() as u64)}</Button>
        })}
        {move || (errors.get() == 0 && warnings.get() > 0).then(|| view! {
            <Button icon=Icon::Info on_click=move |_| to_first_problem(desk)>{count(w.warnings, warnings.get() as u64)}</Button>
        })}
        <Button kind=ButtonKind::Primary busy disabled=Signal::derive(move || !ready.get()) on_click=move |_| publish(desk, None)>{move || if busy.get() { w.publishing } else { w.publish }}</Button>
        <Replace desk/>
    }
}

/// Another version went live while this draft was drawn: it is only replaced knowingly.
#[component]
fn Replace(desk: Desk) -> impl IntoView {
    let w = words();
    let (open, version) = (desk.asking.replacing, desk.asking.replaced);
    let versions = move || format!("/flows/{}/versions", desk.document().id);
    let replace = move |_| {
        open.set(false);
        publish(desk, Some(version.get_untracked()));
    };
    view! {
        <Dialog open title=w.publish_over.to_owned() close=w.close>
            <div class="kl-stack">
                <p>{move || fill(w.publish_over_text, &[&version.get()])}</p>
                <p><A href=versions>{w.versions}</A></p>
                <div class="kl-dialog-foot">
                    <Button on_click=move |_| open.set(false)>{w.cancel}</Button>
                    <Button kind=ButtonKind::Danger on_click=replace>{w.publish_over}</Button>
                </div>
            </div>
        </Dialog>
    }
}

/// Whether the server has something to publish in which nothing is wrong.
fn is_ready(desk: Desk) -> bool {
    matches!(desk.saving.get(), Saving::Saved) && desk.revision() != 0 && desk.errors() == 0
}

/// Whether asking for it leads anywhere.
pub fn can_begin(desk: Desk) -> bool {
    untrack(|| is_ready(desk) || desk.errors() > 0)
}

/// Publishes where that can be, else leads to what is in the way.
pub fn publish_or_lead(desk: Desk) {
    if untrack(|| is_ready(desk)) && !desk.asking.publishing.get_untracked() {
        publish(desk, None);
    } else if untrack(|| desk.errors()) > 0 {
        to_first_problem(desk);
    }
}

/// Makes the draft the next version; or says what is in the way, and leads to it.
fn publish(desk: Desk, over: Option<u32>) {
    let (w, busy) = (words(), desk.asking.publishing);
    let path = fill_path(path::FLOW_PUBLISH, desk.document().id.as_str());
    let revision = desk.revision();
    let body = PublishDraft { revision, over };
    busy.set(true);
    leptos::task::spawn_local(async move {
        let answer = desk.client().post::<Imported>(&path, &body).await;
        let is_left = busy.try_set(false).is_some();
        match answer {
            Ok(imported) => {
                if !is_left {
                    desk.published(imported.version, revision);
                }
                desk.toasts.push(Tone::Good, fill(w.published_version, &[&imported.version]));
            }
            Err(error) if is_left => desk.tell(&error),
            // Somebody else has saved meanwhile: what both have is what is to be published.
            Err(error) if error.code() == Some("E0442") => {
                desk.tell(&error);
                desk.catch_up().await;
            }
            Err(error) if error.code() == Some("E0443") => ask_to_replace(desk).await,
            Err(error) => {
                desk.problems.update(|known| {
                    let new = error.problems().iter().filter(|problem| !known.contains(problem));
                    let new: Vec<_> = new.cloned().collect();
                    known.extend(new);
                });
                desk.tell(&error);
                to_first_problem(desk);
            }
        }
    });
}

async fn ask_to_replace(desk: Desk) {
    let path = fill_path(path::FLOW_DRAFT, untrack(|| desk.document()).id.as_str());
    match desk.client().get::<Draft>(&path).await {
        Ok(draft) => {
            desk.asking.replaced.try_set(draft.live.unwrap_or_default());
            desk.asking.replacing.try_set(true);
        }
        Err(error) => desk.tell(&error),
    }
}

fn to_first_problem(desk: Desk) {
    let node = desk.problems.with_untracked(|all| {
        let first = all.iter().find(|problem| problem.is_error()).or(all.first());
        first.and_then(|problem| problem.node.clone())
    });
    match node {
        Some(node) => {
            desk.handle(canvas::Input::Focus(node.clone()));
            super::focus_node(node);
        }
        None => drop(desk.does(|canvas| canvas.select(None))),
    }
}
