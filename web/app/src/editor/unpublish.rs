//! Taking a flow out of service while it is being edited.

use super::desk::Desk;
use crate::client::path as fill_path;
use crate::words::words;
use api::{FlowState, SetFlowState, path};
use gloo_net::http::Method;
use leptos::prelude::*;
use ui::{Button, Dialog, Icon, Tone};

#[component]
pub fn Unpublish(desk: Desk) -> impl IntoView {
    let w = words();
    let busy = RwSignal::new(false);
    let turn = move |state: FlowState| {
        let path = fill_path(path::FLOW_STATE, desk.document().id.as_str());
        busy.set(true);
        leptos::task::spawn_local(async move {
            let answer = desk.client().act(Method::PUT, &path, Some(&SetFlowState { state })).await;
            busy.try_set(false);
            match answer {
                Ok(()) => {
                    desk.toasts.push(Tone::Good, words().unpublished);
                    desk.unpublishing.try_set(false);
                }
                Err(error) => desk.tell(&error),
            }
        });
    };
    view! {
        <Dialog open=desk.unpublishing title=w.unpublish.to_owned() close=w.close>
            <div class="kl-stack">
                <p>{w.unpublish_text}</p>
                <Button icon=Icon::Pause busy on_click=move |_| turn(FlowState::Paused)>{w.unpublish_pause}</Button>
                <Button icon=Icon::Pause busy on_click=move |_| turn(FlowState::Held)>{w.unpublish_hold}</Button>
                <p class="kl-muted">{w.unpublish_delete}</p>
            </div>
        </Dialog>
    }
}
