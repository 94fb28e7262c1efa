//! For whoever watches: is it alive, is it ready, and how much has it done.

mod answers;
mod health;
mod process;
mod text;

pub use answers::{Answers, area};

use crate::budget::Budget;
use crate::{App, Traces};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::{BufferGauges, FlowGauges, GateView, Gauges, OperationGauges};
use model::ConnectionName;
use std::collections::BTreeMap;
use store::StoreSize;
use text::Text;

/// The process answers. Says nothing about the store, so that a full disk is no reason to restart.
#[utoipa::path(get, path = api::path::LIVE, tag = "health", security(()),
    responses((status = 200, description = "It does", body = String, content_type = "text/plain")))]
pub async fn live() -> &'static str {
    "ok\n"
}

/// Events can be taken: the store answers and has room.
///
/// There is no room when the storage budget is used up, with less than 16 MiB free on the disk of the data folder, or when the store refused the last event
/// because it is full. Such a refusal counts for half a minute, so that the next event is tried.
#[utoipa::path(get, path = api::path::READY, tag = "health", security(()),
    responses((status = 200, description = "They can", body = String, content_type = "text/plain"),
        (status = 503, description = "They cannot: the reason", body = String, content_type = "text/plain")))]
pub async fn ready(State(app): State<App>) -> Response {
    let size = match app.store().ping().await {
        Ok(()) => app.store().size().await,
        Err(error) => Err(error),
    };
    let why_not = match size {
        Ok(size) => app.room().missing(size, app.now()).or_else(|| app.budget().closes()),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            Some("the store does not answer".to_owned())
        }
    };
    match why_not {
        None => match app.budget().note() {
            None => "ok\n".into_response(),
            Some(note) => format!("ok\n{note}\n").into_response(),
        },
        Some(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")).into_response(),
    }
}

/// What was done, in Prometheus' text format. Every label has a bound: docs/observability.md lists them.
#[utoipa::path(get, path = api::path::METRICS, tag = "health", security(()),
    responses((status = 200, description = "The numbers", body = String, content_type = "text/plain")))]
pub async fn metrics(State(app): State<App>) -> Response {
    let mut text = Text::new();
    let gauges = app.engine().gauges();
    flows(&mut text, &gauges.flows);
    runs(&mut text, &gauges);
    operations(&mut text, &gauges.operations);
    connections(&mut text, &app.engine().gates());
    health::render(&mut text, &app).await;
    scripts(&mut text, &gauges);
    buffers(&mut text, &gauges.buffers);
    // A store that does not answer just now is told by the readiness check; a size of zero would be a lie.
    if let Ok(size) = app.store().size().await {
        store(&mut text, size);
    }
    budget(&mut text, app.budget());
    commits(&mut text, &gauges);
    answers(&mut text, app.answers());
    spans(&mut text, app.traces());
    process::render(&mut text);
    let about = "Always 1; the label says which version runs.";
    text.gauge("khlong_build_info", about).labelled(&[("version", env!("CARGO_PKG_VERSION"))], 1);
    ([(header::CONTENT_TYPE, text::CONTENT_TYPE)], text.finish()).into_response()
}

fn flows(text: &mut Text, flows: &[(String, FlowGauges)]) {
    let mut each = |name, about, count: fn(&FlowGauges) -> u64| {
        let mut family = text.counter(name, about);
        for (flow, counts) in flows {
            family.labelled(&[("flow", flow)], count(counts));
        }
    };
    each("khlong_events_accepted_total", "Events on disk and acknowledged.", |flow| flow.accepted);
    each("khlong_events_duplicate_total", "Deliveries that had come before.", |flow| flow.duplicates);
    let mut family = text.counter("khlong_runs_finished_total", "Runs that ended, by how.");
    for (flow, counts) in flows {
        let FlowGauges { done, failed, cancelled, .. } = *counts;
        for (status, count) in [("done", done), ("failed", failed), ("cancelled", cancelled)] {
            family.labelled(&[("flow", flow), ("status", status)], count);
        }
    }
}

fn runs(text: &mut Text, gauges: &Gauges) {
    let mut family = text.gauge("khlong_runs_open", "Runs that have not ended, by where they are.");
    for (place, count) in [("active", gauges.active), ("queued", gauges.waiting), ("parked", gauges.parked)] {
        family.labelled(&[("place", place)], count);
    }
    let mut family = text.gauge("khlong_held_runs", "Runs of held flows that wait to be released.");
    for (flow, count) in &gauges.held {
        family.labelled(&[("flow", flow)], count);
    }
    text.gauge("khlong_lanes", "Ordering keys with a run that has not ended.").value(gauges.lanes);
    let about = "Parts of the runs that this process works on, of 64.";
    text.gauge("khlong_shards", about).value(gauges.shards);
    let about = "From a request until its event is on disk.";
    text.histogram("khlong_accept_seconds", about).seconds(&[], &gauges.accept);
    let about = "From a run's acceptance until it begins: its time in the queue.";
    text.histogram("khlong_queue_wait_seconds", about).seconds(&[], &gauges.queue_wait);
    let about = "From a run's acceptance until its end is on disk.";
    text.histogram("khlong_run_seconds", about).seconds(&[], &gauges.run);
}

fn operations(text: &mut Text, operations: &[(String, OperationGauges)]) {
    let about = "How long steps take: a script's evaluation, or one attempt at an effect.";
    let mut family = text.histogram("khlong_step_seconds", about);
    for (operation, counts) in operations {
        family.seconds(&[("operation", operation)], &counts.step);
    }
    let effects =
        || operations.iter().filter(|(_, counts)| counts.outcomes.iter().any(|(_, count)| *count > 0));
    let mut family =
        text.counter("khlong_effect_attempts_total", "Attempts at effects, by how they came out.");
    for (operation, counts) in effects() {
        for (outcome, count) in &counts.outcomes {
            family.labelled(&[("operation", operation), ("outcome", outcome)], count);
        }
    }
    let mut family = text.counter("khlong_retries_total", "Attempts that were put off after a failed one.");
    for (operation, counts) in effects() {
        family.labelled(&[("operation", operation)], counts.retries);
    }
}

/// There are no more of them than connections, which have a bound.
fn connections(text: &mut Text, gates: &BTreeMap<ConnectionName, GateView>) {
    let about =
        "1 while calls over a connection are held back: its system does not answer, or asked to wait.";
    let mut family = text.gauge("khlong_connection_blocked", about);
    for (name, gate) in gates {
        let blocked = gate.open.is_some() || gate.held_until.is_some() || gate.signed_out;
        family.labelled(&[("connection", name.as_str())], u8::from(blocked));
    }
    let about = "Steps that wait for their turn to call over a connection.";
    let mut family = text.gauge("khlong_connection_waiting", about);
    for (name, gate) in gates {
        family.labelled(&[("connection", name.as_str())], gate.waiting);
    }
}

fn scripts(text: &mut Text, gauges: &Gauges) {
    let about = "Scripts and expressions that reached a limit, by its kind.";
    let mut family = text.counter("khlong_scripts_stopped_total", about);
    for (limit, count) in &gauges.scripts_stopped {
        family.labelled(&[("limit", limit)], count);
    }
}

fn buffers(text: &mut Text, buffers: &[(String, BufferGauges)]) {
    let about = "Events of flows that accept into a buffer, by what became of them there.";
    let mut family = text.counter("khlong_buffer_events_total", about);
    for (buffer, counts) in buffers {
        let BufferGauges { confirmed, refused, drawn, repeated, buried, .. } = *counts;
        let outcomes = [
            ("confirmed", confirmed),
            ("refused", refused),
            ("drawn", drawn),
            ("repeated", repeated),
            ("buried", buried),
        ];
        for (outcome, count) in outcomes {
            family.labelled(&[("buffer", buffer), ("outcome", outcome)], count);
        }
    }
    let about = "What lies in a buffer, as its broker last told; the dead are what was no use.";
    let mut family = text.gauge("khlong_buffer_depth", about);
    for (buffer, counts) in buffers {
        for (place, count) in [("waiting", counts.waiting), ("dead", counts.dead)] {
            if let Some(count) = count {
                family.labelled(&[("buffer", buffer), ("place", place)], count);
            }
        }
    }
}

fn store(text: &mut Text, size: StoreSize) {
    let mut family = text.gauge("khlong_store_bytes", "Size of the store on disk, by part.");
    family.labelled(&[("part", "data")], size.bytes);
    family.labelled(&[("part", "log")], size.wal_bytes);
    // The disk of a database is another machine's to watch.
    if size.free_disk_bytes != u64::MAX {
        let about = "Room left on the disk of the data folder.";
        text.gauge("khlong_disk_free_bytes", about).value(size.free_disk_bytes);
    }
}

/// Nothing where there is no budget.
fn budget(text: &mut Text, budget: &Budget) {
    let (Some(most), Some(seen)) = (budget.limits.bytes_max, budget.seen()) else { return };
    text.gauge("khlong_storage_budget_bytes", "What the store may take.").value(most);
    let about = "What the store takes, as it is held against the budget.";
    text.gauge("khlong_storage_used_bytes", about).value(seen.taken.bytes());
    let about = "0 fine, 1 above 80 %, 2 above 95 % (the oldest days go), 3 used up (no new events).";
    text.gauge("khlong_storage_level", about).value(seen.level as u64);
    let about = "Days of history that went early, for the budget.";
    text.counter("khlong_storage_days_dropped_total", about).value(budget.dropped());
}

fn commits(text: &mut Text, gauges: &Gauges) {
    let about = "How long the store takes until a commit is on disk.";
    text.histogram("khlong_commit_seconds", about).seconds(&[], &gauges.commit);
    let about = "How many writes go together in one commit.";
    text.histogram("khlong_commit_writes", about).counts(&[], &gauges.commit_writes);
    let about = "Writes that were refused: their runs were another process's by then.";
    text.counter("khlong_late_writes_total", about).value(gauges.late_writes);
}

fn spans(text: &mut Text, traces: &Traces) {
    let about = "Spans of traces, by what became of them.";
    let mut family = text.counter("khlong_trace_spans_total", about);
    for (outcome, count) in traces.counts().into_iter().flatten() {
        family.labelled(&[("outcome", outcome)], count);
    }
}

fn answers(text: &mut Text, answers: &Answers) {
    let about = "Answers to requests, by part of the server and class of status.";
    let mut family = text.counter("khlong_http_answers_total", about);
    for (area, class, count) in answers.read() {
        family.labelled(&[("area", area), ("class", class)], count);
    }
}
