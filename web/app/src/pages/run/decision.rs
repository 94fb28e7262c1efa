//! A write whose outcome nobody knows: a person looks and decides, and says what the target gave where that is needed.

use super::super::act;
use super::needs::{Needs, WHOLE, untouched};
use crate::client::{client, path as fill_path};
use crate::form::{Form, FormFields};
use crate::load::Load;
use crate::shell::specs;
use crate::words::{Language, fill, words};
use api::{Decide, Decision, RunDetail, path};
use gloo_net::http::Method;
use leptos::prelude::*;
use model::{Field, Value};
use run::doc::StepDoc;
use ui::{Button, ButtonKind, Toasts, Tone};

/// Sends a decision and what the step gives on.
type Send = Callback<(Decision, Value)>;

#[component]
pub fn DecisionBox(step: StepDoc, load: Load<RunDetail>, run: Signal<RunDetail>) -> impl IntoView {
    let w = words();
    let (busy, filling) = (RwSignal::new(false), RwSignal::new(false));
    let fields = run.with_untracked(|run| asked(run, &step));
    let send = sender(step, load, run, busy);
    let asks = !fields.is_empty();
    let done = move |_| if asks { filling.set(true) } else { send.run((Decision::Done, Value::Null)) };
    let choices = move || {
        view! {
            <p>{w.decide_text}</p>
            <div class="kl-row">
                <Button busy on_click=done>{w.decide_done}</Button>
                <Button busy on_click=move |_| send.run((Decision::SendAgain, Value::Null))>{w.decide_send_again}</Button>
                <Button kind=ButtonKind::Danger busy on_click=move |_| send.run((Decision::Fail, Value::Null))>{w.decide_fail}</Button>
            </div>
        }
    };
    let fields = StoredValue::new(fields);
    view! {
        <section class="kl-callout kl-decision" data-tone="warn">
            <h3>{w.decide_title}</h3>
            <Show when=move || filling.get() fallback=choices>
                <OutputForm fields=fields.get_value() filling busy send/>
            </Show>
        </section>
    }
}

fn sender(step: StepDoc, load: Load<RunDetail>, run: Signal<RunDetail>, busy: RwSignal<bool>) -> Send {
    let (client, toasts) = (client(), expect_context::<Toasts>());
    let path = fill_path(path::RUN_DECIDE, &run.with_untracked(|run| run.run.id.clone()));
    Callback::new(move |(decision, output)| {
        let (node, item) = (step.node.clone(), step.item.clone());
        let body = Decide { node, item, decision, output, why: String::new() };
        let path = path.clone();
        act(busy, async move { client.act(Method::POST, &path, Some(&body)).await }, move |()| {
            toasts.push(Tone::Good, words().decided);
            load.refresh();
        });
    })
}

/// What the person has to say of the output: nothing where no step follows.
fn asked(run: &RunDetail, step: &StepDoc) -> Vec<Field> {
    let specs = specs();
    let needs = Needs::of(&run.document, &step.node, &specs);
    if !needs.followed {
        return Vec::new();
    }
    let spec = run.document.node(step.node.as_str()).and_then(|node| specs.operation(&node.operation));
    let sample = run.document.samples.get(&step.node).or(spec.map(|spec| &spec.example_output));
    let read_by = |readers: &[String]| {
        let told = |language: Language| fill(language.words().decide_read_by, &[&readers.join(", ")]);
        (told(Language::English), told(Language::Thai))
    };
    needs.form(sample.unwrap_or(&Value::Null), read_by)
}

#[component]
fn OutputForm(
    fields: Vec<Field>,
    filling: RwSignal<bool>,
    busy: RwSignal<bool>,
    send: Send,
) -> impl IntoView {
    let w = words();
    let form = Form::new(fields.clone(), &Default::default(), Vec::new());
    let go_on = Callback::new(move |_| {
        let Some(mut given) = form.collect().map(|collected| collected.fields) else { return };
        let examples = untouched(&fields, &mut given);
        for name in &examples {
            form.reject(name, w.decide_example_left);
        }
        if examples.is_empty() {
            let output = given.remove(WHOLE).unwrap_or(Value::Object(given));
            send.run((Decision::Done, output));
        }
    });
    view! {
        <p>{w.decide_output_text}</p>
        <div class="kl-stack">
            <FormFields form more=w.decide_output_more/>
            <div class="kl-row kl-decision-foot">
                <Button on_click=move |_| filling.set(false)>{w.cancel}</Button>
                <Button kind=ButtonKind::Primary busy on_click=go_on>{w.decide_go_on}</Button>
            </div>
        </div>
    }
}
