//! Beside the canvas: what went into a step and came out of it, or the run as a whole.

use super::super::data::Data;
use super::super::flow::{InspectorHead, NodeFields, NodeHead};
use super::Picked;
use super::decision::DecisionBox;
use super::events::{Moment, moments};
use super::from_here::FromHere;
use crate::errors::{Detail, ErrorWords, Told};
use crate::flow_canvas::{INSPECTOR, Shown};
use crate::flow_view::{Glyph, step_state};
use crate::load::Load;
use crate::time::{clock, date_time, length};
use crate::words::{Words, fill, language, words};
use api::RunDetail;
use leptos::prelude::*;
use leptos_router::components::A;
use model::{EffectRule, NodeId, Port, Value};
use run::doc::{Attempt, BlockedDoc, BlockedWhy, EffectDoc, Settled, StepDoc, StepError, StepState};
use ui::{Choice, Icon, Picture, Pill, Select, Tabs};

#[component]
pub fn StepInspector(
    run: Signal<RunDetail>,
    load: Load<RunDetail>,
    shown: Shown,
    picked: Picked,
) -> impl IntoView {
    let body = move || match shown.selected.get() {
        Some(node) => view! { <NodeOfRun run load shown picked node/> }.into_any(),
        None => view! { <WholeRun run shown/> }.into_any(),
    };
    view! { <aside class="kl-inspector" id=INSPECTOR tabindex="-1" aria-label=words().step>{body}</aside> }
}

#[component]
fn WholeRun(run: Signal<RunDetail>, shown: Shown) -> impl IntoView {
    let w = words();
    let first = run.get_untracked();
    let facts = first.run.retry_of.clone().map(|id| {
        view! { <p><A href=format!("/runs/{id}")>{fill(w.retry_of, &[&id])}</A></p> }
    });
    let timeline = Memo::new(move |_| run.with(|run| moments(run, language())));
    view! {
        <InspectorHead glyph=Glyph::Icon(Icon::Runs) family="action" title=first.run.flow_name.clone() text=fill(w.older_version, &[&first.version]) shown=None/>
        <div class="kl-inspector-body">
            {move || run.with(failure).map(|error| view! { <ErrorBox error/> })}
            {facts}
            {move || run.with(|run| run.truncated).then(|| view! { <p class="kl-callout" data-tone="info">{w.steps_truncated}</p> })}
            <h3>{w.timeline}</h3>
            <ol class="kl-timeline">
                {move || timeline.get().into_iter().map(|moment| view! { <MomentRow moment shown/> }).collect_view()}
            </ol>
            <Data label=w.trigger_event value=first.trigger/>
        </div>
    }
}

/// Why the run failed: as its step says it, with what to do; else as the list of runs has it.
fn failure(run: &RunDetail) -> Option<StepError> {
    let message = run.run.error.clone()?;
    let node = run.run.error_node.as_ref();
    let step = run.steps.iter().find(|step| Some(&step.node) == node && step.error.is_some());
    let code = run.run.error_code.clone().unwrap_or_default();
    Some(step.and_then(|step| step.error.clone()).unwrap_or(StepError {
        code,
        message,
        advice: String::new(),
    }))
}

#[component]
fn MomentRow(moment: Moment, shown: Shown) -> impl IntoView {
    let title = match moment.node {
        Some(node) => view! { <button class="kl-moment" type="button" on:click=move |_| shown.show(node.clone())>{moment.title}</button> }.into_any(),
        None => view! { <b>{moment.title}</b> }.into_any(),
    };
    view! {
        <li data-tone=moment.tone>
            <time title=date_time(moment.at)>{clock(moment.at)}</time>
            {title}
            {(!moment.text.is_empty()).then(|| view! { <span>": " {moment.text}</span> })}
            <Detail text=moment.detail/>
        </li>
    }
}

/// What to draw of a node, compared as a whole, so that a refresh that changes nothing redraws nothing.
#[derive(Clone, PartialEq)]
struct Steps {
    steps: Vec<StepDoc>,
    trigger: Option<Value>,
}

#[component]
fn NodeOfRun(
    run: Signal<RunDetail>,
    load: Load<RunDetail>,
    shown: Shown,
    picked: Picked,
    node: NodeId,
) -> impl IntoView {
    let w = words();
    let document = run.with_untracked(|run| run.document.node(node.as_str()).cloned());
    let (own, own_node) = (node.clone(), node.clone());
    let steps = Memo::new(move |_| {
        run.with(|run| Steps {
            steps: run.steps.iter().filter(|step| step.node == own).cloned().collect(),
            trigger: (run.trigger_node == own).then(|| run.trigger.clone()),
        })
    });
    let item = item_picked(steps, picked, node);
    // Of a step that failed, what went in is what one looks for.
    let failed = steps.with_untracked(|all| all.steps.iter().any(|step| step.state == StepState::Failed));
    let tab = RwSignal::new(if failed { "input" } else { "output" });
    let tabs = vec![
        ("output", w.output.to_owned()),
        ("input", w.input.to_owned()),
        ("attempts", w.timeline.to_owned()),
        ("setup", w.setup.to_owned()),
    ];
    let chosen = Memo::new(move |_| {
        let at = item.get().parse::<usize>().unwrap_or(0);
        steps.with(|all| (all.steps.get(at).or(all.steps.first()).cloned(), all.trigger.clone()))
    });
    let head = document.clone().map(|node| view! { <NodeHead node shown/> });
    let begin = own_node;
    let body = move || match (tab.get(), chosen.get()) {
        ("setup", _) => document
            .clone()
            .map(|node| view! { <NodeFields node/> }.into_any())
            .unwrap_or_else(|| ().into_any()),
        (tab, (step, trigger)) => step_body(tab, step, trigger),
    };
    view! {
        {head}
        <Tabs label=w.step tabs=Signal::stored(tabs) selected=tab/>
        <div class="kl-inspector-body">
            <ItemChoice steps item/>
            {move || chosen.get().0.map(|step| view! { <StateOfStep step load run/> })}
            {move || view! { <FromHere run node=begin.clone() step=chosen.get().0/> }}
            {body}
        </div>
    }
}

/// The place of the step that was picked in the timeline; what is chosen here is picked there.
fn item_picked(steps: Memo<Steps>, picked: Picked, node: NodeId) -> RwSignal<String> {
    let item = RwSignal::new(String::from("0"));
    let own = node.clone();
    Effect::new(move |_| {
        let wanted = picked.0.get().filter(|(of, _)| *of == own).map(|(_, item)| item);
        let at = steps.with(|all| all.steps.iter().position(|step| Some(&step.item) == wanted.as_ref()));
        if let Some(at) = at.map(|at| at.to_string()).filter(|at| *at != item.get_untracked()) {
            item.set(at);
        }
    });
    Effect::new(move |last: Option<String>| {
        let now = item.get();
        if last.is_some_and(|last| last != now) {
            let at = now.parse::<usize>().ok();
            let step =
                steps.with_untracked(|all| at.and_then(|at| all.steps.get(at)).map(|step| step.item.clone()));
            picked.0.set(step.map(|item| (node.clone(), item)));
        }
        now
    });
    item
}

/// In a for-each body: which item's step is shown.
#[component]
fn ItemChoice(steps: Memo<Steps>, item: RwSignal<String>) -> impl IntoView {
    let w = words();
    let choices = Signal::derive(move || {
        steps.with(|all| {
            let choice = |(at, step): (usize, &StepDoc)| {
                let path: Vec<String> = step.item.iter().map(|index| (index + 1).to_string()).collect();
                Choice::new(
                    at.to_string(),
                    format!("{}, {}", fill(w.item_number, &[&path.join(".")]), step_state(step.state, w).1),
                )
            };
            all.steps.iter().enumerate().map(choice).collect::<Vec<_>>()
        })
    });
    let many = Memo::new(move |_| choices.with(|choices| choices.len() > 1));
    view! { <Show when=move || many.get()><Select label=w.items_of_loop value=item choices/></Show> }
}

#[component]
fn StateOfStep(step: StepDoc, load: Load<RunDetail>, run: Signal<RunDetail>) -> impl IntoView {
    let w = words();
    let (tone, state) = step_state(step.state, w);
    let took =
        step.started_at.zip(step.finished_at).map(|(from, to)| fill(w.took_time, &[&length(to - from, w)]));
    let port =
        step.port.clone().filter(|port| port.as_str() != Port::OUT).map(|port| fill(w.went_out_by, &[&port]));
    let progress = step.items.map(|items| fill(w.loop_progress, &[&items.done, &items.total, &items.failed]));
    let wakes = (step.state == StepState::Waiting).then(|| match step.wake_at {
        Some(at) => fill(w.waits_until, &[&date_time(at)]),
        None => w.waits_callback.to_owned(),
    });
    let why = step.blocked.as_ref().map(why_blocked);
    let wakes = wakes.filter(|_| why.is_none());
    let notes: Vec<String> = [took, port, progress, wakes, why].into_iter().flatten().collect();
    let undecided = step.state == StepState::Unknown;
    let error = step.error.clone();
    view! {
        <p class="kl-row"><Pill tone dot=true>{state}</Pill><span class="kl-muted">{notes.join(", ")}</span></p>
        {error.map(|error| view! { <ErrorBox error/> })}
        {undecided.then(|| view! { <DecisionBox step load run/> })}
    }
}

/// Why a step waits that has made no attempt.
fn why_blocked(blocked: &BlockedDoc) -> String {
    let w = words();
    let (connection, until) = (&blocked.connection, date_time(blocked.until));
    let text = match blocked.why {
        BlockedWhy::Rate => w.blocked_rate,
        BlockedWhy::Asked => w.blocked_asked,
        BlockedWhy::Breaker => w.blocked_breaker,
        BlockedWhy::SignIn => w.blocked_sign_in,
    };
    fill(text, &[connection, &until])
}

fn step_body(tab: &'static str, step: Option<StepDoc>, trigger: Option<Value>) -> AnyView {
    let w = words();
    let nothing = |text: &'static str| view! { <p class="kl-muted">{text}</p> }.into_any();
    let Some(step) = step else {
        return match trigger {
            Some(value) if tab == "output" => view! { <Data label=w.output value/> }.into_any(),
            _ => nothing(w.not_reached_text),
        };
    };
    match (tab, step.state) {
        ("attempts", _) => view! { <Attempts step/> }.into_any(),
        (_, StepState::Skipped) => nothing(w.skipped_text),
        (_, StepState::Pending) => nothing(w.not_reached_text),
        ("input", _) => step
            .input
            .map_or_else(|| nothing(w.no_input), |value| view! { <Data label=w.input value/> }.into_any()),
        _ => step.output.or(trigger).map_or_else(
            || nothing(if step.state == StepState::Failed { w.no_output_failed } else { w.no_output }),
            |value| view! { <Data label=w.output value/> }.into_any(),
        ),
    }
}

/// What went wrong and what to do, in words.
#[component]
fn ErrorBox(error: StepError) -> impl IntoView {
    let told = Told::step(language(), &error);
    view! {
        <div class="kl-callout kl-error" data-tone="bad" role="group" aria-label=words().error>
            <Picture icon=Icon::Warning/>
            <ErrorWords code=error.code told/>
        </div>
    }
}

#[component]
fn Attempts(step: StepDoc) -> impl IntoView {
    let w = words();
    let none = step.attempts.is_empty() && step.effect.is_none();
    view! {
        {none.then(|| view! { <p class="kl-muted">{step.finished_at.or(step.started_at).map(date_time)}</p> })}
        <ol class="kl-timeline">{step.attempts.into_iter().map(|attempt| view! { <AttemptRow attempt/> }).collect_view()}</ol>
        <h3>{w.effects}</h3>
        {match step.effect {
            Some(effect) => view! { <EffectBox effect/> }.into_any(),
            None => view! { <p class="kl-muted">{w.no_effects}</p> }.into_any(),
        }}
    }
}

#[component]
fn AttemptRow(attempt: Attempt) -> impl IntoView {
    let w = words();
    let (tone, outcome) = match (&attempt.error, attempt.ended_at) {
        (Some(error), _) => ("bad", Told { advice: String::new(), ..Told::step(language(), error) }),
        (None, Some(_)) => ("good", Told::plain(w.attempt_ok)),
        (None, None) => ("", Told::plain(w.attempt_running)),
    };
    let took = attempt.ended_at.map(|end| format!(", {}", length(end - attempt.started_at, w)));
    let settled = attempt.settled.map(|how| view! { <p class="kl-muted">{settled_words(how, w)}</p> });
    let next =
        attempt.retry_at.map(|at| view! { <p class="kl-muted">{fill(w.next_attempt, &[&clock(at)])}</p> });
    view! {
        <li data-tone=tone>
            <time title=date_time(attempt.started_at)>{clock(attempt.started_at)}</time>
            <b>{fill(w.attempt, &[&attempt.number])}</b> ": " {outcome.title} <span class="kl-muted">{took}</span>
            <Detail text=outcome.detail/>
            {settled}
            {next}
        </li>
    }
}

/// By what it was found out what had become of a write whose answer was lost.
const fn settled_words(how: Settled, words: &Words) -> &'static str {
    match how {
        Settled::FoundDone => words.settled_found_done,
        Settled::FoundNotDone => words.settled_found_not_done,
        Settled::KeyRepeated => words.settled_key_repeated,
        Settled::PersonDone => words.settled_person_done,
        Settled::PersonNotDone => words.settled_person_not_done,
        Settled::GivenUp => words.settled_given_up,
    }
}

#[component]
fn EffectBox(effect: EffectDoc) -> impl IntoView {
    let w = words();
    let rule = match effect.rule {
        EffectRule::Read => w.rule_read,
        EffectRule::Idempotent => w.rule_idempotent,
        EffectRule::Probe => w.rule_probe,
        EffectRule::Ask => w.rule_ask,
    };
    view! { <dl class="kl-facts"><dt>{w.effect_key}</dt><dd class="kl-mono">{effect.key}</dd><dt>{w.effect_rule}</dt><dd>{rule}</dd></dl> }
}
