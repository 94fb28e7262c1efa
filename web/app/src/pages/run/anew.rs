//! A run that succeeded begins anew as a whole: everything is sent once more, which a person has to want.

use crate::client::{client, path as fill_path};
use crate::pages::act;
use crate::words::words;
use api::{RetryRun, Started, path};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use ui::{Button, ButtonKind, Dialog, Icon, Toasts, Tone};

#[component]
pub fn Anew(run: String) -> impl IntoView {
    let w = words();
    let (client, toasts, navigate) = (client(), expect_context::<Toasts>(), use_navigate());
    let (open, busy) = (RwSignal::new(false), RwSignal::new(false));
    let begin = Callback::new(move |_| {
        let (path, navigate) = (fill_path(path::RUN_RETRY, &run), navigate.clone());
        let anew = RetryRun { as_new: true, ..RetryRun::default() };
        act(busy, async move { client.post::<Started>(&path, &anew).await }, move |started| {
            toasts.push(Tone::Good, w.anew_started);
            navigate(&format!("/runs/{}", started.run), Default::default());
        });
    });
    view! {
        <Button icon=Icon::Again on_click=move |_| open.set(true)>{w.anew}</Button>
        <Dialog open title=w.anew.to_owned() close=w.close>
            <p>{w.anew_text}</p>
            <div class="kl-dialog-foot">
                <Button on_click=move |_| open.set(false)>{w.go_back}</Button>
                <Button kind=ButtonKind::Danger icon=Icon::Again busy on_click=begin>{w.anew}</Button>
            </div>
        </Dialog>
    }
}
