//! Named points of a draft, and a past version or point that becomes the draft: a change like any other, which undo takes back.

use super::brought::brought;
use super::desk::Desk;
use crate::client::path as fill_path;
use crate::pages::Which;
use crate::words::{fill, words};
use api::{KeepPoint, PointSummary, path};
use leptos::prelude::*;
use model::FlowDocument;
use ui::{Button, ButtonKind, Dialog, TextField, Tone};

/// Takes what the address names, such as `?take=v3`.
pub fn adopt(desk: Desk) {
    let Some((take, done)) = brought("take") else { return };
    let which = take.parse::<Which>().ok();
    let path = which.and_then(|which| which.path(desk.document().id.as_str()));
    let Some((which, path)) = which.zip(path) else { return };
    leptos::task::spawn_local(async move {
        let answer = desk.client().get::<FlowDocument>(&path).await;
        if !desk.is_open() {
            return;
        }
        match answer {
            Ok(taken) => {
                let document = restored(which, taken, desk.document());
                desk.does(move |canvas| canvas.become_like(document));
                desk.toasts.push(Tone::Info, fill(words().version_restored, &[&which]));
                done();
            }
            Err(error) => desk.tell(&error),
        }
    });
}

/// The document that a past one becomes. Where people find the flow is not taken back: it was never part of what was published.
fn restored(which: Which, taken: FlowDocument, now: FlowDocument) -> FlowDocument {
    let (folder, tags) = (now.folder.clone(), now.tags.clone());
    match which {
        Which::Version(_) => FlowDocument { folder, tags, ..drawn_like(taken, now) },
        // It was kept as a whole.
        Which::Point(_) | Which::Draft => FlowDocument { folder, tags, ..taken },
    }
}

/// A version is logic alone: nodes that are still there keep their places, samples and groups, and notes stay.
fn drawn_like(taken: FlowDocument, now: FlowDocument) -> FlowDocument {
    let is_there = |id: &model::NodeId| taken.node(id.as_str()).is_some();
    let FlowDocument { mut layout, mut samples, notes, mut groups, .. } = now;
    layout.retain(|id, _| is_there(id));
    samples.retain(|id, _| is_there(id));
    for group in &mut groups {
        group.nodes.retain(is_there);
    }
    groups.retain(|group| !group.nodes.is_empty());
    FlowDocument { layout, samples, notes, groups, ..taken }
}

/// Keeps what is drawn now under a name.
#[component]
pub fn NamePoint(desk: Desk) -> impl IntoView {
    let w = words();
    view! { <Dialog open=desk.naming title=w.point_title.to_owned() close=w.close><NameForm desk/></Dialog> }
}

#[component]
fn NameForm(desk: Desk) -> impl IntoView {
    let w = words();
    let (name, busy) = (RwSignal::new(String::new()), RwSignal::new(false));
    let empty = Signal::derive(move || name.with(|name| name.trim().is_empty()));
    let keep = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if empty.get_untracked() || busy.get_untracked() {
            return;
        }
        let document = desk.document();
        let path = fill_path(path::FLOW_POINTS, document.id.as_str());
        let body = KeepPoint { name: name.get_untracked(), document };
        busy.set(true);
        leptos::task::spawn_local(async move {
            let answer = desk.client().post::<PointSummary>(&path, &body).await;
            busy.try_set(false);
            match answer {
                Ok(point) => {
                    desk.toasts.push(Tone::Good, fill(words().point_kept, &[&point.name]));
                    desk.naming.try_set(false);
                }
                Err(error) => desk.tell(&error),
            }
        });
    };
    view! {
        <form class="kl-stack" on:submit=keep>
            <TextField label=w.point_name value=name autofocus=true hint=w.point_hint/>
            <div class="kl-dialog-foot">
                <Button on_click=move |_| desk.naming.set(false)>{w.cancel}</Button>
                <Button kind=ButtonKind::Primary submit=true busy disabled=empty>{w.save}</Button>
            </div>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn document(script: &str) -> FlowDocument {
        let flow = json!({
            "khlong": 1, "id": "orders", "name": "Orders", "folder": "Shop", "tags": ["erp"],
            "nodes": [{"id": "a", "use": "core/script", "with": {"script": script}}, {"id": "new", "use": "core/script"}],
            "layout": {"a": [40, 200], "new": [320, 200]}, "samples": {"a": 1, "new": 2},
            "notes": [{"id": "why", "text": "Ask Nok first", "at": [0, 0], "size": [200, 100]}],
            "groups": [{"id": "both", "nodes": ["a", "new"]}, {"id": "later", "nodes": ["new"]}],
        });
        serde_json::from_value(flow).expect("a flow")
    }

    #[test]
    fn a_version_takes_back_what_the_flow_does_and_nothing_around_it() {
        let mut version = document("1").logic();
        version.nodes.truncate(1);
        let now = document("2");
        let back = restored(Which::Version(1), version.clone(), now.clone());
        assert_eq!(back.logic(), version);
        assert_eq!((&*back.folder, &back.tags, &back.notes), ("Shop", &now.tags, &now.notes));
        assert_eq!(json!([back.layout, back.samples]), json!([{"a": [40.0, 200.0]}, {"a": 1}]));
        let groups: Vec<_> = back.groups.iter().map(|group| (group.id.as_str(), group.nodes.len())).collect();
        assert_eq!(groups, [("both", 1)], "of what is gone no group is left");
    }

    #[test]
    fn a_point_comes_back_as_it_was_drawn_and_stays_in_its_folder() {
        let mut point = document("1");
        point.notes.clear();
        point.folder = "Old".into();
        let back = restored(Which::Point(1), point.clone(), document("2"));
        assert_eq!(back, FlowDocument { folder: "Shop".into(), ..point });
    }
}
