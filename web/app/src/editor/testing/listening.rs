//! Waiting for an event that really comes, at a test address, and copying the addresses.

use super::super::desk::Desk;
use super::{event, pins, run};
use crate::client::path as fill_path;
use crate::words::{fill, words};
use api::{HookAddress, Listen, Listening, path};
use canvas::Canvas;
use leptos::prelude::*;
use model::NodeId;
use rehearsal::Reach;
use std::time::Duration;
use ui::{Button, CopyButton, Icon, Tone};

/// How often it is asked whether the event has come.
const ASK: Duration = Duration::from_secs(1);

/// Waiting, and for how much longer.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    node: NodeId,
    url: String,
    left_s: i64,
}

/// The address of the chosen trigger, or of the one that tests begin at.
pub fn address(desk: Desk) -> Option<HookAddress> {
    let chosen = desk.canvas.with_untracked(|canvas| Canvas::selected(canvas).cloned());
    desk.hooks.with_untracked(|hooks| {
        let of = |node: &NodeId| hooks.iter().find(|hook| hook.node == *node).cloned();
        let begins = || {
            let (doc, specs) = (desk.document(), desk.specs());
            of(&event::trigger(desk.testing, &doc, &specs)?)
        };
        chosen.as_ref().and_then(of).or_else(begins)
    })
}

/// Puts an address of the chosen trigger on the clipboard.
pub fn copy_address(desk: Desk, which: fn(HookAddress) -> String, said: &'static str) {
    let Some(url) = address(desk).map(which) else {
        return desk.toasts.push(Tone::Warn, words().listen_no_address);
    };
    let copying = ui::clipboard::copy(&url);
    leptos::task::spawn_local(async move {
        // Where it cannot be copied it can be read all the same.
        desk.toasts.push(if copying.await { Tone::Good } else { Tone::Warn }, fill(said, &[&url]));
    });
}

/// The button, and while one waits what is waited for.
#[component]
pub fn ListenButton(desk: Desk) -> impl IntoView {
    let w = words();
    let has_address = Memo::new(move |_| desk.hooks.with(|hooks| !hooks.is_empty()));
    let busy = RwSignal::new(false);
    move || {
        let free = desk.testing.waiting.with(Option::is_none);
        (free && has_address.get()).then(|| {
            view! { <Button icon=Icon::Globe busy on_click=move |_| listen(desk, busy)>{w.listen}</Button> }
        })
    }
}

#[component]
pub fn WaitingNote(desk: Desk) -> impl IntoView {
    let w = words();
    let url =
        Memo::new(move |_| desk.testing.waiting.with(|waiting| waiting.as_ref().map(|one| one.url.clone())));
    let left =
        Memo::new(move |_| desk.testing.waiting.with(|waiting| waiting.as_ref().map_or(0, |one| one.left_s)));
    move || {
        let url = url.get()?;
        let text = url.clone();
        Some(view! {
            <div class="kl-test-waiting" role="status">
                <span>{w.listen_waiting} " " <b>{move || format!("{}:{:02}", left.get() / 60, left.get() % 60)}</b></span>
                <span class="kl-copyable"><code>{url}</code><CopyButton text=Signal::stored(text) label=w.copy done=w.copied/></span>
                <Button icon=Icon::Stop on_click=move |_| stop(desk)>{w.test_stop}</Button>
            </div>
        })
    }
}

fn listen(desk: Desk, busy: RwSignal<bool>) {
    let node = address(desk).and_then(|hook| desk.document().node(hook.node.as_str()).cloned());
    let Some(node) = node else { return desk.toasts.push(Tone::Warn, words().listen_no_address) };
    let (id, body) = (node.id.clone(), Listen { node });
    let path = fill_path(path::FLOW_LISTEN, desk.document().id.as_str());
    busy.set(true);
    leptos::task::spawn_local(async move {
        let answer = desk.client().post::<Listening>(&path, &body).await;
        busy.try_set(false);
        // The editor may have been left meanwhile.
        if desk.changed.try_get_untracked().is_none() {
            return;
        }
        match answer {
            Ok(listening) => {
                wait(desk, id, listening);
            }
            Err(error) => desk.tell(&error),
        }
    });
}

fn wait(desk: Desk, node: NodeId, listening: Listening) {
    let Listening { url, left_ms, event } = listening;
    if let Some(event) = event {
        desk.testing.waiting.try_set(None);
        pins::pin(desk, &node, event);
        desk.testing.trigger.set(Some(node));
        desk.toasts.push(Tone::Good, words().listen_heard);
        // Its place is free for the next one.
        end(desk);
        return run(desk, Reach::All);
    }
    desk.testing.waiting.try_set(Some(Waiting { node: node.clone(), url, left_s: left_ms / 1_000 }));
    set_timeout(move || ask(desk, node), ASK);
}

fn ask(desk: Desk, node: NodeId) {
    // Stopped meanwhile, or the page was left.
    if desk.testing.waiting.try_with_untracked(Option::is_some) != Some(true) {
        return;
    }
    let path = fill_path(path::FLOW_LISTEN, desk.document().id.as_str());
    leptos::task::spawn_local(async move {
        let answer = desk.client().get::<Listening>(&path).await;
        if desk.testing.waiting.try_with_untracked(Option::is_some) != Some(true) {
            return;
        }
        match answer {
            Ok(listening) => wait(desk, node, listening),
            Err(error) if error.is_not_found() => {
                desk.testing.waiting.set(None);
                desk.toasts.push(Tone::Warn, words().listen_over);
            }
            Err(crate::client::Error::Offline) => set_timeout(move || ask(desk, node), ASK),
            Err(error) => {
                desk.testing.waiting.set(None);
                desk.tell(&error);
            }
        }
    });
}

fn stop(desk: Desk) {
    desk.testing.waiting.set(None);
    end(desk);
}

fn end(desk: Desk) {
    let path = fill_path(path::FLOW_LISTEN, desk.document().id.as_str());
    leptos::task::spawn_local(async move {
        // Else it ends by itself.
        let _ = desk.client().delete(&path).await;
    });
}

/// Where a trigger listens, and where it takes one event for a test.
#[component]
pub fn Addresses(desk: Desk, node: NodeId) -> impl IntoView {
    let w = words();
    let hook =
        Memo::new(move |_| desk.hooks.with(|hooks| hooks.iter().find(|hook| hook.node == node).cloned()));
    let line = move |label: &'static str, url: String| {
        let text = url.clone();
        view! {
            <div class="kl-field">
                <span class="kl-label">{label}</span>
                <span class="kl-copyable"><code>{url}</code><CopyButton text=Signal::stored(text) label=w.copy done=w.copied/></span>
            </div>
        }
    };
    move || {
        let HookAddress { url, test_url, .. } = hook.get()?;
        Some(view! { {line(w.listen_live_url, url)} {line(w.listen_test_url, test_url)} })
    }
}
