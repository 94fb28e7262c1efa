//! The filter as a form; the page's address follows it, and it follows the address.

use super::filter::Filter;
use super::when;
use crate::client::client;
use crate::flow_view::{is_open, run_state};
use crate::load::Load;
use crate::words::words;
use api::{FlowList, RunState, path};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use std::time::Duration;
use ui::{Choice, Select, TextField, TextKind};

/// How long typing pauses before the search begins.
const TYPING_PAUSE: Duration = Duration::from_millis(250);

#[component]
pub fn Filters(filter: Memo<Filter>) -> impl IntoView {
    let w = words();
    let client = client();
    let flows = Load::new(move || async move { client.get::<FlowList>(path::FLOWS).await });
    let fields = Fields::of(&filter.get_untracked());
    let navigate = use_navigate();
    let go = debounced(move |wanted: Filter| {
        let to = format!("/runs?{}", wanted.address());
        navigate(to.trim_end_matches('?'), NavigateOptions { replace: true, ..Default::default() });
    });
    Effect::new(move |last: Option<Filter>| {
        let wanted = fields.filter();
        if last.is_some_and(|last| last != wanted) {
            go(wanted.clone());
        }
        wanted
    });
    // A link to another filter, or "back", is taken over by the fields.
    Effect::new(move |_| fields.take(filter.get()));
    let flow_choices = Signal::derive(move || {
        let all = Choice::new("", w.all_flows);
        let each = flows.get().map(|list| list.flows).unwrap_or_default();
        [all]
            .into_iter()
            .chain(each.into_iter().map(|flow| Choice::new(flow.id.to_string(), flow.name)))
            .collect::<Vec<_>>()
    });
    let days = Memo::new(move |_| fields.when.get() == when::RANGE);
    view! {
        <form class="kl-filters" role="search" on:submit=|event| event.prevent_default()>
            <TextField label=w.search_runs value=fields.text kind=TextKind::Search placeholder=w.search_runs label_hidden=true/>
            <TextField label=w.key_filter value=fields.key kind=TextKind::Search placeholder=w.key_filter label_hidden=true/>
            <Select label=w.flow value=fields.flow choices=flow_choices label_hidden=true/>
            <Select label=w.state value=fields.state choices=Signal::stored(state_choices()) label_hidden=true/>
            <Select label=w.when_label value=fields.when choices=Signal::stored(when_choices()) label_hidden=true/>
            <Show when=move || days.get()>
                <div class="kl-filters-days" role="group" aria-label=w.when_range>
                    <TextField label=w.when_from value=fields.from kind=TextKind::Date/>
                    <TextField label=w.when_to value=fields.to kind=TextKind::Date hint=w.when_bangkok/>
                </div>
            </Show>
        </form>
    }
}

fn state_choices() -> Vec<Choice> {
    let w = words();
    let names = |open: bool| RunState::ALL.iter().filter(move |state| is_open(**state) == open);
    let open = names(true).map(|state| state.as_str()).collect::<Vec<_>>().join(",");
    let one = |state: &RunState| Choice::new(state.as_str(), run_state(*state, w).1);
    let groups = [Choice::new("", w.all_states), Choice::new(open, w.state_open)];
    groups.into_iter().chain(names(false).map(one)).chain(names(true).map(one)).collect()
}

fn when_choices() -> Vec<Choice> {
    let w = words();
    let all = [
        ("", w.when_any),
        (when::TODAY, w.when_today),
        (when::YESTERDAY, w.when_yesterday),
        (when::WEEK, w.when_week),
        (when::RANGE, w.when_range),
    ];
    all.into_iter().map(|(value, label)| Choice::new(value, label)).collect()
}

/// The filter as it stands in the form.
#[derive(Clone, Copy)]
struct Fields {
    flow: RwSignal<String>,
    state: RwSignal<String>,
    key: RwSignal<String>,
    text: RwSignal<String>,
    when: RwSignal<String>,
    from: RwSignal<String>,
    to: RwSignal<String>,
}

impl Fields {
    fn of(filter: &Filter) -> Self {
        let signal = |text: &String| RwSignal::new(text.clone());
        Self {
            flow: signal(&filter.flow),
            state: signal(&filter.state),
            key: signal(&filter.key),
            text: signal(&filter.text),
            when: signal(&filter.when),
            from: signal(&filter.from),
            to: signal(&filter.to),
        }
    }

    fn filter(self) -> Filter {
        let typed = |text: RwSignal<String>| text.get().trim().to_owned();
        let is_range = self.when.get() == when::RANGE;
        let day = |text: RwSignal<String>| if is_range { text.get() } else { String::new() };
        Filter {
            flow: self.flow.get(),
            state: self.state.get(),
            key: typed(self.key),
            text: typed(self.text),
            when: self.when.get(),
            from: day(self.from),
            to: day(self.to),
        }
    }

    /// What is being typed keeps its blanks.
    fn take(self, filter: Filter) {
        let Filter { flow, state, key, text, when, from, to } = filter;
        let both = [(self.flow, flow), (self.state, state), (self.key, key), (self.text, text)];
        for (field, value) in both.into_iter().chain([(self.when, when), (self.from, from), (self.to, to)]) {
            if field.get_untracked().trim() != value {
                field.set(value);
            }
        }
    }
}

/// Calls with the last of several values, once they have stopped coming.
fn debounced<T: Send + Sync + 'static>(call: impl Fn(T) + Clone + 'static) -> impl Fn(T) {
    let turn = StoredValue::new(0u64);
    move |value| {
        let mine = turn.get_value() + 1;
        turn.set_value(mine);
        let call = call.clone();
        set_timeout(
            move || {
                if turn.try_get_value() == Some(mine) {
                    call(value);
                }
            },
            TYPING_PAUSE,
        );
    }
}
