//! What is done with many runs at once: put down, watched until it is through, and its result.

use super::act;
use crate::client::{Client, client, path as fill_path};
use crate::words::{fill, words};
use api::{BulkAction, BulkRuns, JobInfo, JobList, JobState, path};
use gloo_net::http::Method;
use leptos::prelude::*;
use std::time::Duration;
use ui::{Button, ButtonKind, Icon, IconButton, Pill, Tone};

const ASK_EVERY: Duration = Duration::from_millis(900);
/// Jobs of before that are looked through for some at work.
const LOOKED_AT: usize = 10;

/// The jobs that a page shows: those at work, and those that ended while it was looked at. A cheap handle.
#[derive(Clone, Copy)]
pub struct Jobs {
    shown: RwSignal<Vec<JobInfo>>,
    client: Client,
    busy: RwSignal<bool>,
}

impl Jobs {
    /// Watches as long as the calling component lives.
    pub fn watch() -> Self {
        let jobs = Self { shown: RwSignal::default(), client: client(), busy: RwSignal::new(false) };
        jobs.find_working();
        if let Ok(timer) = set_interval_with_handle(move || jobs.ask(), ASK_EVERY) {
            on_cleanup(move || timer.clear());
        }
        jobs
    }

    pub fn busy(self) -> RwSignal<bool> {
        self.busy
    }

    pub fn start(self, bulk: BulkRuns, started: impl FnOnce() + 'static) {
        act(
            self.busy,
            async move { self.client.post::<JobInfo>(path::RUNS_BULK, &bulk).await },
            move |job| {
                self.shown.try_update(|shown| shown.insert(0, job));
                started();
            },
        );
    }

    /// One that goes on since before, perhaps begun in another window.
    fn find_working(self) {
        leptos::task::spawn_local(async move {
            let address = format!("{}?limit={LOOKED_AT}", path::JOBS);
            if let Ok(list) = self.client.get::<JobList>(&address).await {
                let working = list.jobs.into_iter().filter(|job| job.state == JobState::Working);
                self.shown.try_update(|shown| working.for_each(|job| add(shown, job)));
            }
        });
    }

    fn ask(self) {
        let working = self.shown.try_with_untracked(|shown| {
            shown
                .iter()
                .filter(|job| job.state == JobState::Working)
                .map(|job| job.id.clone())
                .collect::<Vec<_>>()
        });
        for id in working.unwrap_or_default() {
            leptos::task::spawn_local(async move {
                if let Ok(job) = self.client.get::<JobInfo>(&fill_path(path::JOB, &id)).await {
                    self.shown.try_update(|shown| put(shown, job));
                }
            });
        }
    }

    fn dismiss(self, id: &str) {
        self.shown.update(|shown| shown.retain(|job| job.id != id));
    }

    fn stop(self, id: &str) {
        let path = fill_path(path::JOB_CANCEL, id);
        act(self.busy, async move { self.client.act(Method::POST, &path, None::<&()>).await }, move |()| {
            self.ask()
        });
    }
}

/// One that was begun here while the server was asked for those of before is shown already.
fn add(shown: &mut Vec<JobInfo>, job: JobInfo) {
    if !shown.iter().any(|old| old.id == job.id) {
        shown.push(job);
    }
}

fn put(shown: &mut [JobInfo], job: JobInfo) {
    if let Some(old) = shown.iter_mut().find(|old| old.id == job.id) {
        *old = job;
    }
}

#[component]
pub fn JobCards(jobs: Jobs) -> impl IntoView {
    let each = move || jobs.shown.get().into_iter().map(|job| view! { <JobCard job jobs/> }).collect_view();
    view! { <div class="kl-jobs" role="status">{each}</div> }
}

#[component]
fn JobCard(job: JobInfo, jobs: Jobs) -> impl IntoView {
    let w = words();
    let (tone, state) = match job.state {
        JobState::Working => (Tone::Info, w.job_working),
        JobState::Done => (if job.refused > 0 { Tone::Warn } else { Tone::Good }, w.job_done),
        JobState::Cancelled => (Tone::Mute, w.job_stopped),
        JobState::Failed => (Tone::Bad, w.state_failed),
    };
    let settled = job.done + job.refused;
    let of = job.total.map_or_else(|| settled.to_string(), |total| fill(w.job_of, &[&settled, &total]));
    let what = match job.action {
        BulkAction::Retry => fill(w.job_retries, &[&of]),
        BulkAction::Cancel => fill(w.job_cancels, &[&of]),
    };
    let refused = (job.refused > 0).then(|| {
        let why = job.refusal.clone().unwrap_or_default();
        view! { <p class="kl-muted">{fill(w.job_refused, &[&job.refused])} " " <span lang="en">{why}</span></p> }
    });
    let id = StoredValue::new(job.id.clone());
    let button = match job.state {
        JobState::Working => view! {
            <Button icon=Icon::Stop kind=ButtonKind::Quiet busy=jobs.busy on_click=move |_| jobs.stop(&id.get_value())>{w.job_stop}</Button>
        }
        .into_any(),
        _ => view! { <IconButton icon=Icon::Cross label=w.close on_click=move |()| jobs.dismiss(&id.get_value())/> }
            .into_any(),
    };
    let bar = job.total.filter(|_| job.state == JobState::Working).map(|total| {
        view! { <progress max=total.to_string() prop:value=settled.to_string() aria-label=what.clone()></progress> }
    });
    view! {
        <section class="kl-card kl-job" data-job=job.state.as_str()>
            <div class="kl-row"><Pill tone dot=true>{state}</Pill><b>{what.clone()}</b><span class="kl-spring"></span>{button}</div>
            {bar}
            {refused}
        </section>
    }
}
