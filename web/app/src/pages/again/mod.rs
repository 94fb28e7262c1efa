//! A run is retried from a step, with other data where somebody gives them. What is sent again and what is not is said
//! before it is done.

mod body;
mod plan;
mod wrong;

use super::act;
use crate::client::{client, path as fill_path};
use crate::words::{fill, words};
use api::{RetryRun, RunDetail, Started, path};
use body::{Body, Edited, Editing};
use leptos::prelude::*;
use model::NodeId;
use plan::{How, Plan};
use ui::{Button, ButtonKind, Choice, Dialog, Icon, Select, Switch, Toasts, Tone};

/// The step that a retry begins at.
#[derive(Clone, Debug, PartialEq)]
pub struct From {
    pub node: NodeId,
    /// Of which items, inside for-eaches.
    pub item: Vec<u32>,
}

#[component]
pub fn RetryDialog(
    open: RwSignal<bool>,
    #[prop(into)] title: String,
    run: Signal<RunDetail>,
    from: From,
    /// Gets the number of the run that goes on.
    on_started: Callback<String>,
) -> impl IntoView {
    view! {
        <Dialog open title=Signal::stored(title) close=words().close wide=true>
            <RetryForm open run from=from.clone() on_started/>
        </Dialog>
    }
}

/// What the dialog holds, for pages that bring the run along only once it is open.
#[component]
pub fn RetryForm(
    open: RwSignal<bool>,
    run: Signal<RunDetail>,
    from: From,
    on_started: Callback<String>,
) -> impl IntoView {
    let w = words();
    let (client, toasts) = (client(), expect_context::<Toasts>());
    let specs = crate::shell::specs();
    let detail = run.get_untracked();
    let editing = Editing::new(&detail, &from, &specs);
    let first = Plan::of(&detail, &specs, &from.node, &from.item, How::Keep);
    let how = RwSignal::new(if first.must_repeat { "repeat" } else { "keep" }.to_owned());
    let (busy, then) = (RwSignal::new(false), RwSignal::new(false));
    let id = detail.run.id.clone();
    let version = detail.version;
    let begin = from.clone();
    let plan = Memo::new(move |_| Plan::of(&detail, &specs, &begin.node, &begin.item, how_of(&how.get())));
    let send = Callback::new(move |()| {
        let Some(edited) = editing.collect() else { return };
        let request = request(edited, &from, how_of(&how.get_untracked()));
        let request = RetryRun { then: then.get_untracked(), ..request };
        let path = fill_path(path::RUN_RETRY, &id);
        act(busy, async move { client.post::<Started>(&path, &request).await }, move |started| {
            toasts.push(Tone::Good, w.retry_started);
            open.set(false);
            on_started.try_run(started.run);
        });
    });
    let is_event = Memo::new(move |_| editing.is_event());
    let choices = Signal::stored(how_choices(first.must_repeat));
    let (repeats, has_written) = (
        Memo::new(move |_| !is_event.get() && how_of(&how.get()) != How::Keep),
        Memo::new(move |_| !is_event.get() && plan.with(Plan::has_written)),
    );
    view! {
        <div class="kl-stack kl-again">
            <Body editing/>
            <Show when=move || has_written.get()>
                <Select label=w.again_written value=how choices/>
            </Show>
            <Show when=move || !is_event.get() fallback=move || view! { <p class="kl-muted">{w.again_event_text}</p> }>
                <Told plan how/>
            </Show>
            <Switch label=fill(w.again_then, &[&version]) value=then/>
            <div class="kl-dialog-foot">
                <Button on_click=move |_| open.set(false)>{w.go_back}</Button>
                <Show when=move || repeats.get() fallback=move || view! {
                    <Button kind=ButtonKind::Primary icon=Icon::Again busy on_click=move |_| send.run(())>{w.send_again}</Button>
                }>
                    <Button kind=ButtonKind::Danger icon=Icon::Again busy on_click=move |_| send.run(())>{w.again_write_again}</Button>
                </Show>
            </div>
        </div>
    }
}

/// An event of its own begins where the old one failed: what is said about a step does not go with it.
fn request(edited: Edited, from: &From, how: How) -> RetryRun {
    if edited.is_event {
        return RetryRun { trigger: edited.trigger, ..RetryRun::default() };
    }
    RetryRun {
        node: Some(from.node.clone()),
        item: from.item.clone(),
        input: edited.input,
        repeat: how == How::Repeat,
        as_new: how == How::Anew,
        ..RetryRun::default()
    }
}

fn how_of(word: &str) -> How {
    match word {
        "repeat" => How::Repeat,
        "anew" => How::Anew,
        _ => How::Keep,
    }
}

fn how_choices(must_repeat: bool) -> Vec<Choice> {
    let w = words();
    let all = [("keep", w.again_keep), ("repeat", w.again_repeat), ("anew", w.again_anew)];
    let all = all.into_iter().filter(|(word, _)| !(must_repeat && *word == "keep"));
    all.map(|(word, text)| Choice::new(word, text)).collect()
}

/// What is done again and what is not, in a sentence for each.
#[component]
fn Told(plan: Memo<Plan>, how: RwSignal<String>) -> impl IntoView {
    let w = words();
    let line = |tone: &'static str, text: &str, titles: &[String]| {
        (!titles.is_empty()).then(|| {
            view! { <li data-tone=tone>{fill(text, &[&titles.join(", ")])}</li> }
        })
    };
    let lines = move || {
        let plan = plan.get();
        let repeated = match how_of(&how.get()) {
            How::Anew => w.again_says_anew,
            _ => w.again_says_repeat,
        };
        view! {
            {line("bad", repeated, &plan.repeated)}
            {line("warn", w.again_says_sent, &plan.sent)}
            {line("good", w.again_says_kept, &plan.kept)}
            {line("", w.again_says_runs, &plan.again)}
        }
    };
    view! { <ul class="kl-again-plan" aria-label=w.again_plan>{lines}</ul> }
}
