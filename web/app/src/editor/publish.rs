//! The draft becomes the next version; and what happens when somebody else was at it.

use super::desk::{Desk, Saving};
use super::saved_words;
use crate::client::{client, path as fill_path};
use crate::errors::Told;
use crate::words::{count, fill, language, words};
use api::{Draft, Imported, PublishDraft, path};
use leptos::prelude::*;
use ui::{Button, ButtonKind, Icon, Toasts, Tone};

#[component]
pub fn Publish(desk: Desk) -> impl IntoView {
    let w = words();
    let (client, toasts) = (client(), expect_context::<Toasts>());
    let busy = RwSignal::new(false);
    let errors = Memo::new(move |_| desk.errors());
    let waits = Memo::new(move |_| !matches!(desk.saving.get(), Saving::Saved));
    let nothing = Memo::new(move |_| {
        desk.saving.track();
        desk.changed.track();
        desk.revision() == 0
    });
    let publish = move |_| {
        let flow = desk.document().id;
        let body = PublishDraft { revision: desk.revision() };
        busy.set(true);
        leptos::task::spawn_local(async move {
            let answer = client.post::<Imported>(&fill_path(path::FLOW_PUBLISH, flow.as_str()), &body).await;
            busy.try_set(false);
            match answer {
                Ok(imported) => {
                    desk.published(imported.version);
                    toasts.push(Tone::Good, fill(w.published_version, &[&imported.version]));
                }
                Err(error) => {
                    desk.problems.update(|problems| {
                        let known: Vec<_> = error
                            .problems()
                            .iter()
                            .filter(|problem| !problems.contains(problem))
                            .cloned()
                            .collect();
                        problems.extend(known);
                    });
                    let told = Told::refused(language(), &error);
                    toasts.push_with_detail(Tone::Bad, told.text(), told.detail);
                }
            }
        });
    };
    let first = move |_| {
        let node = desk.problems.with_untracked(|all| {
            all.iter().find(|problem| problem.is_error()).and_then(|problem| problem.node.clone())
        });
        match node {
            Some(node) => {
                desk.handle(canvas::Input::Focus(node.clone()));
                super::focus_node(node);
            }
            None => drop(desk.does(|canvas| canvas.select(None))),
        }
    };
    view! {
        {move || (errors.get() > 0).then(|| view! {
            <Button icon=Icon::Warning on_click=first>{count(w.problems, errors.get() as u64)}</Button>
        })}
        <Button kind=ButtonKind::Primary busy disabled=Signal::derive(move || nothing.get() || waits.get() || errors.get() > 0) on_click=publish>{w.publish}</Button>
    }
}

/// Two have worked on one draft: both are there, and a person decides.
#[component]
pub fn Conflict(desk: Desk) -> impl IntoView {
    let w = words();
    let theirs = RwSignal::new(None::<Draft>);
    Effect::new(move |_| {
        if desk.saving.get() != Saving::Overtaken {
            return theirs.set(None);
        }
        leptos::task::spawn_local(async move {
            if let Ok(draft) = desk.theirs().await {
                theirs.try_set(Some(draft));
            }
        });
    });
    move || {
        theirs.get().map(|draft| {
            let (mine, other) = (draft.clone(), draft.clone());
            view! {
                <div class="kl-conflict" role="alert">
                    <p>{w.conflict_text} " " {saved_words(&draft)}</p>
                    <Button on_click=move |_| desk.take_theirs(&other)>{w.conflict_theirs}</Button>
                    <Button on_click=move |_| desk.insist(&mine)>{w.conflict_mine}</Button>
                </div>
            }
        })
    }
}
