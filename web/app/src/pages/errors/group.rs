//! One group of failures: what it is about, who takes care of it, and its records.

use super::badge::ErrorsChanged;
use super::care::CareOf;
use super::longer::{self, Length, More};
use super::record::RecordRow;
use crate::client::{Client, client, encode, path as fill_path};
use crate::errors::{ErrorWords, Told};
use crate::load::{self, Load};
use crate::pages::jobs::Jobs;
use crate::pages::on_change;
use crate::time::Ago;
use crate::words::{count, fill, language, words};
use api::{BulkAction, BulkRuns, ErrorGroup, ErrorList, InboxList, InboxState, RunDetail, path};
use leptos::prelude::*;
use leptos_router::components::A;
use ui::{Button, ButtonKind, Choice, Icon, Select};

const RECORDS_PAGE: usize = 50;

#[component]
pub fn Group(
    fingerprint: String,
    group: Memo<Option<ErrorGroup>>,
    groups: Load<ErrorList>,
    jobs: Jobs,
) -> impl IntoView {
    let w = words();
    let client = client();
    let state = RwSignal::new("open".to_owned());
    let length = Length::new(RECORDS_PAGE);
    let of_group = format!("{}?fingerprint={}", path::INBOX, encode(&fingerprint));
    let records = Load::new(move || {
        let address = format!("{of_group}&state={}", state.get_untracked());
        let wanted = length.wanted();
        async move { longer::fetch::<InboxList>(client, &address, wanted).await }
    });
    load::follow_runs(records, |_| true);
    on_change(state, move || {
        length.reset();
        records.restart();
    });
    let states = vec![
        Choice::new(InboxState::Open.as_str(), w.inbox_open),
        Choice::new(InboxState::Retried.as_str(), w.inbox_retried),
        Choice::new(InboxState::Ignored.as_str(), w.inbox_ignored),
        Choice::new(InboxState::Resolved.as_str(), w.inbox_resolved),
    ];
    let changed = Callback::new(move |()| {
        groups.refresh();
        records.refresh();
        ErrorsChanged::tell();
    });
    let cared = Callback::new(move |()| {
        groups.refresh();
        ErrorsChanged::tell();
    });
    let advice = newest_advice(client, records);
    let subject = format!("group-{fingerprint}");
    view! {
        <section class="kl-inbox-detail">
            {move || group.get().map(|group| view! { <GroupHead group advice/> })}
            <CareOf subject changed=cared/>
            <div class="kl-row">
                <RetryAll fingerprint group jobs changed/>
                <span class="kl-spring"></span>
                <Select label=w.state label_hidden=true value=state choices=Signal::stored(states)/>
            </div>
            {load::draw(records, move |list| view! { <Records list records length changed/> })}
        </section>
    }
}

/// What to do, as the newest run of the group says: it names the article or the field that it is about.
fn newest_advice(client: Client, records: Load<InboxList>) -> RwSignal<String> {
    let advice = RwSignal::new(String::new());
    let newest = Memo::new(move |_| {
        let list = records.get()?;
        list.records.first().map(|record| (record.run.clone(), record.node.clone()))
    });
    Effect::new(move |_| {
        let Some((run, node)) = newest.get() else { return };
        leptos::task::spawn_local(async move {
            let Ok(run) = client.get::<RunDetail>(&fill_path(path::RUN, &run)).await else { return };
            let failed = run.steps.iter().filter(|step| step.node == node);
            if let Some(error) = failed.filter_map(|step| step.error.as_ref()).next_back() {
                advice.try_set(error.advice.clone());
            }
        });
    });
    advice
}

#[component]
fn GroupHead(group: ErrorGroup, advice: RwSignal<String>) -> impl IntoView {
    let w = words();
    let (code, message) = (group.code.clone(), group.message);
    let told = move || {
        let told = Told::of(language(), &code, &message, &advice.get());
        view! { <ErrorWords code=code.clone() told/> }
    };
    let counts = fill(w.errors_counts, &[&group.open, &group.runs]);
    view! {
        {told}
        <p class="kl-muted">
            <A href=format!("/flows/{}", group.flow)>{group.flow_name}</A> " · " {group.node_title} " · " {counts}
            " · " {w.errors_first} " " <Ago at=group.first_at/> " · " {w.errors_last} " " <Ago at=group.last_at/>
        </p>
    }
}

/// All of a group at once. How far it is, its job says; the list moves as the runs end.
#[component]
fn RetryAll(
    fingerprint: String,
    group: Memo<Option<ErrorGroup>>,
    jobs: Jobs,
    changed: Callback<()>,
) -> impl IntoView {
    let w = words();
    let open = Memo::new(move |_| group.with(|group| group.as_ref().map_or(0, |group| group.open)));
    let retry = move |_| {
        let fingerprint = Some(fingerprint.clone());
        let bulk = BulkRuns { action: BulkAction::Retry, fingerprint, ..BulkRuns::default() };
        jobs.start(bulk, move || {
            changed.try_run(());
        });
    };
    let nothing = move || view! { <p class="kl-muted" role="status">{w.errors_settled}</p> };
    view! {
        <Show when=move || open.get() != 0 fallback=nothing>
            <Button kind=ButtonKind::Primary icon=Icon::Again busy=jobs.busy() on_click=retry.clone()>
                {move || count(w.errors_retry_all, open.get())}
            </Button>
        </Show>
    }
}

#[component]
fn Records(
    list: Signal<InboxList>,
    records: Load<InboxList>,
    length: Length,
    changed: Callback<()>,
) -> impl IntoView {
    let w = words();
    let cared = Callback::new(move |()| records.refresh());
    let none = move || {
        list.with(|list| list.records.is_empty())
            .then(|| view! { <p class="kl-muted">{w.errors_none_here}</p> })
    };
    view! {
        <ul class="kl-inbox-records">
            <For each=move || list.get().records key=|record| (record.run.clone(), record.state, record.changed_at) let:record>
                <RecordRow record list changed cared/>
            </For>
        </ul>
        {none}
        <div class="kl-inbox-more"><More list load=records length rest=w.errors_more/></div>
    }
}
