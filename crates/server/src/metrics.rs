//! For whoever watches: is it alive, is it ready, and how much has it done.

use crate::App;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::Gauges;
use std::fmt::Write as _;
use store::StoreSize;

/// The process answers. Says nothing about the store, so that a full disk is no reason to restart.
#[utoipa::path(get, path = api::path::LIVE, tag = "health", security(()),
    responses((status = 200, description = "It does", body = String, content_type = "text/plain")))]
pub async fn live() -> &'static str {
    "ok\n"
}

/// Events can be taken: the store answers and has room.
///
/// There is no room with less than 16 MiB free on the disk of the data folder, or when the store refused the last event
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
        Ok(size) => app.room().missing(size, app.now()),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            Some("the store does not answer".to_owned())
        }
    };
    match why_not {
        None => "ok\n".into_response(),
        Some(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")).into_response(),
    }
}

/// What was done, in Prometheus' text format. The set is fixed: no label grows with the data.
#[utoipa::path(get, path = api::path::METRICS, tag = "health", security(()),
    responses((status = 200, description = "The numbers", body = String, content_type = "text/plain")))]
pub async fn metrics(State(app): State<App>) -> Response {
    let size = app.store().size().await.unwrap_or_default();
    let text = render(&app.engine().gauges(), size, resident_bytes());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

fn render(gauges: &Gauges, size: StoreSize, rss: Option<u64>) -> String {
    let mut text = Text(String::with_capacity(4_096));
    text.family("khlong_events_accepted_total", "counter", "Events on disk and acknowledged.");
    text.line("khlong_events_accepted_total", gauges.accepted);
    text.family("khlong_events_duplicate_total", "counter", "Deliveries that had come before.");
    text.line("khlong_events_duplicate_total", gauges.duplicates);
    text.family("khlong_runs_finished_total", "counter", "Runs that ended, by how.");
    for (status, count) in [("done", gauges.done), ("failed", gauges.failed), ("cancelled", gauges.cancelled)]
    {
        text.line(&format!("khlong_runs_finished_total{{status=\"{status}\"}}"), count);
    }
    text.family("khlong_retries_total", "counter", "Attempts that followed a failed one.");
    text.line("khlong_retries_total", gauges.retries);
    text.family("khlong_runs_open", "gauge", "Runs that have not ended, by where they are.");
    for (place, count) in [("active", gauges.active), ("queued", gauges.waiting), ("parked", gauges.parked)] {
        text.line(&format!("khlong_runs_open{{place=\"{place}\"}}"), count as u64);
    }
    commits(&mut text, gauges);
    text.family("khlong_store_bytes", "gauge", "Size of the store on disk.");
    text.line("khlong_store_bytes{part=\"data\"}", size.bytes);
    text.line("khlong_store_bytes{part=\"log\"}", size.wal_bytes);
    text.family("khlong_disk_free_bytes", "gauge", "Room left on the disk of the data folder.");
    text.line("khlong_disk_free_bytes", size.free_disk_bytes);
    if let Some(rss) = rss {
        text.family("process_resident_memory_bytes", "gauge", "Memory of this process.");
        text.line("process_resident_memory_bytes", rss);
    }
    text.family("khlong_build_info", "gauge", "The version that runs.");
    text.line(concat!("khlong_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"}"), 1);
    text.0
}

fn commits(text: &mut Text, gauges: &Gauges) {
    const NAME: &str = "khlong_commit_seconds";
    text.family(NAME, "histogram", "From a request until its event is on disk.");
    let mut sum = 0;
    for (end_us, count) in &gauges.commits {
        sum += count;
        let end = end_us.map_or("+Inf".to_owned(), seconds);
        text.line(&format!("{NAME}_bucket{{le=\"{end}\"}}"), sum);
    }
    let _ = writeln!(text.0, "{NAME}_sum {}", seconds(gauges.commit_us));
    text.line(&format!("{NAME}_count"), sum);
}

fn seconds(us: u64) -> String {
    format!("{}.{:06}", us / 1_000_000, us % 1_000_000)
}

struct Text(String);

impl Text {
    fn family(&mut self, name: &str, kind: &str, about: &str) {
        let _ = writeln!(self.0, "# HELP {name} {about}\n# TYPE {name} {kind}");
    }

    fn line(&mut self, series: &str, value: u64) {
        let _ = writeln!(self.0, "{series} {value}");
    }
}

/// From `/proc`, where there is one.
pub fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").trim().parse().ok()?;
    Some(kilobytes * 1_024)
}
