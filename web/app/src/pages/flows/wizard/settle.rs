//! The few settings, in business words.

use super::answers::{Wizard, free_number, number_paths, wrong_words};
use super::{Foot, Step};
use crate::client::client;
use crate::load::{self, Load};
use crate::words::{language, words};
use api::{FlowList, path};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use model::Value;
use templates::{Kind, Setting};
use ui::{Choice, Select, Switch, TextField, TextKind};

#[component]
pub fn Settle(wizard: Wizard) -> impl IntoView {
    let client = client();
    let load = Load::new(move || async move { client.get::<FlowList>(path::FLOWS).await });
    load::draw(load, move |list| {
        let taken = list.with_untracked(taken);
        let n = wizard.template.with_value(|template| free_number(&template.id, &taken));
        wizard.said.update(|said| number_paths(said, &wizard.settings(), n));
        view! { <Questions wizard/> }
    })
}

/// The ids that flows and drafts have.
pub fn taken(list: &FlowList) -> Vec<String> {
    let flows = list.flows.iter().map(|flow| flow.id.to_string());
    flows.chain(list.drafts.iter().map(|draft| draft.id.to_string())).collect()
}

#[component]
fn Questions(wizard: Wizard) -> impl IntoView {
    let w = words();
    let asked = RwSignal::new(false);
    let name = RwSignal::new(wizard.said.with_untracked(|said| said.name.clone()));
    Effect::new(move |_| {
        let name = name.get();
        wizard.said.update(|said| said.name = name);
    });
    let nameless = move || wizard.said.with(|said| said.name.trim().is_empty());
    let name_wrong = Signal::derive(move || (asked.get() && nameless()).then(|| w.value_required.to_owned()));
    let navigate = use_navigate();
    let next = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        asked.set(true);
        if wizard.wrong().is_empty() && !nameless() {
            navigate(&wizard.address(Step::Check), Default::default());
        }
    };
    let question = move |setting: Setting| view! { <Question wizard setting asked/> };
    view! {
        <form class="kl-stack kl-wizard-step" novalidate on:submit=next>
            <TextField label=w.flow_name value=name error=name_wrong required=true/>
            {wizard.settings().into_iter().map(question).collect_view()}
            <Foot back=wizard.before(Step::Settings) next=w.wizard_next.to_owned()/>
        </form>
    }
}

#[component]
fn Question(wizard: Wizard, setting: Setting, asked: RwSignal<bool>) -> impl IntoView {
    let w = words();
    let (title, about) = (language().of(&setting.title).to_owned(), language().of(&setting.about).to_owned());
    let id = setting.id.clone();
    let error = Signal::derive(move || {
        let wrong = wizard.wrong().get(&id).copied().filter(|_| asked.get())?;
        Some(wrong_words(wrong, w).to_owned())
    });
    let id = setting.id.clone();
    let say = move |answer: Value| wizard.said.update(|said| drop(said.settings.insert(id.clone(), answer)));
    let answer = wizard.answer(&setting);
    let text = match &answer {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    match setting.kind {
        Kind::YesNo => {
            let value = RwSignal::new(answer == Some(Value::Bool(true)));
            Effect::new(move |_| say(Value::Bool(value.get())));
            view! { <Switch label=title value hint=about/> }.into_any()
        }
        Kind::Choice(choices) => {
            let value = RwSignal::new(text);
            let choices: Vec<_> = choices
                .iter()
                .map(|choice| Choice::new(choice.value.clone(), language().of(&choice.title)))
                .collect();
            Effect::new(move |_| say(Value::String(value.get())));
            view! { <Select label=title value choices=Signal::stored(choices) hint=about/> }.into_any()
        }
        kind => {
            let is_number = matches!(kind, Kind::Number { .. });
            let value = RwSignal::new(text);
            Effect::new(move |_| {
                let text = value.get().trim().to_owned();
                // A number that is none is said as the text it is, and refused as such. What is emptied is said to be
                // empty: saying nothing would mean the default, which nobody sees any more.
                let number = is_number.then(|| text.parse::<i64>().ok()).flatten().map(Value::from);
                say(number.unwrap_or(Value::String(text)));
            });
            let placeholder = setting.example.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
            let kind = if is_number { TextKind::Number } else { TextKind::Text };
            view! { <TextField label=title value kind hint=about error placeholder required=true/> }
                .into_any()
        }
    }
}
