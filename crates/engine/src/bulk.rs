//! What people ask to be done with many runs at once: a job, carried out in small pieces by whoever holds shard 0.
//!
//! A piece is written down before it is carried out, and what became of it together with the next piece. After a stop the
//! piece under way is done once more, and each of its runs says itself what has become of it: the store lets a run be
//! retried once, and a run ends once. So nothing is done twice, and the counts are right.

use crate::again::{Again, Edit};
use crate::core::Core;
use crate::door::SPACE_PAUSE;
use crate::retry::NotRetried;
use crate::view::LiveState;
use crate::{Error, keys};
use futures::StreamExt;
use futures::stream;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;
use store::{
    Fingerprint, FlowKey, InboxFilter, InboxRow, InboxState, JobRow, JobState, KeyFilter, Lease, Ms,
    RunFilter, RunId, RunSummaryRow, SUMMARIES_MAX, Shard, Status, ids,
};

/// Whoever holds this shard carries jobs out.
const HOLDER: Shard = 0;
/// Runs in one piece, and how many of them are under way at once.
const PIECE_RUNS: usize = 100;
const AT_ONCE: usize = 16;
/// Nothing more is retried while so many runs wait for their turn here: the lanes take what they can, and events that come
/// meanwhile have room.
const WAITING_MAX: usize = 2_000;
/// Between two looks for jobs that another process put down.
const LOOK_EVERY: Duration = Duration::from_secs(3);
/// Between two looks whether there is room, or whether the store is back.
const PAUSE: Duration = Duration::from_millis(100);
/// Runs that are counted before a job begins; beyond that nobody is told how many there are.
const COUNTED_MAX: usize = 100_000;
const COUNTED_AT_ONCE: usize = 1_000;

/// Which runs, and what is to be done with them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bulk {
    pub which: Which,
    pub deed: Deed,
}

/// Those that were there when the job was put down, and for which all of this holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Which {
    pub flow: Option<FlowKey>,
    /// Failures of one kind. Runs that have not ended have none.
    pub fingerprint: Option<Fingerprint>,
    /// Failed, or for open runs accepted, at or after this time, and before that.
    pub since: Option<Ms>,
    pub until: Option<Ms>,
    /// Part of the ordering key or of the error.
    pub text: Option<String>,
    #[serde(default)]
    pub key: Option<KeyFilter>,
    /// Accepted at or after this time, and before that, whenever they failed.
    #[serde(default)]
    pub accepted_since: Option<Ms>,
    #[serde(default)]
    pub accepted_until: Option<Ms>,
    /// Just these, in order: then nothing else is said.
    #[serde(default)]
    pub runs: Option<Vec<RunId>>,
}

/// Most runs that one job is told by their numbers.
pub const NAMED_MAX: usize = 1_000;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// Failed runs whose record in the inbox is open, or where it says so ignored.
    Retry { ignored: bool, again: Again },
    /// Runs that have not ended; where there are states, those in one of them.
    Cancel { states: Vec<LiveState> },
}

impl Default for Deed {
    fn default() -> Self {
        Self::Cancel { states: Vec::new() }
    }
}

/// A job as people see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    pub id: i64,
    pub at: Ms,
    pub who: String,
    pub bulk: Bulk,
    pub state: JobState,
    pub progress: Progress,
    pub changed_at: Ms,
    pub changed_by: String,
}

/// How far a job is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// How many runs there were when it began, where they were counted.
    pub total: Option<u64>,
    pub done: u64,
    /// Runs of which it was not possible any more, or not at all.
    pub refused: u64,
    /// Why the first of them was refused.
    pub refusal: Option<String>,
    counted: bool,
    /// Everything up to here is settled.
    cursor: Option<RunId>,
    /// What is being done: runs, with what they must go one after the other by.
    piece: Vec<(RunId, Option<i64>)>,
}

/// What became of one run.
enum Came {
    Done,
    Refused(String),
}

impl Job {
    fn of(row: JobRow) -> Result<Self, Error> {
        let unreadable =
            |error: serde_json::Error| store::Error::Unreadable(format!("job {}: {error}", row.id));
        Ok(Self {
            bulk: serde_json::from_str(&row.what).map_err(unreadable)?,
            progress: serde_json::from_str(&row.progress).map_err(unreadable)?,
            id: row.id,
            at: row.at,
            who: row.who,
            state: row.state,
            changed_at: row.changed_at,
            changed_by: row.changed_by,
        })
    }
}

impl Core {
    /// Puts a job down; it is on disk when this returns.
    pub(crate) async fn start_job(&self, bulk: Bulk, who: &str) -> Result<Job, Error> {
        if let Deed::Retry { again: Again { edit: Some(Edit::Trigger(_)), .. }, .. } = &bulk.deed {
            let reason = "every run has an event of its own: change a step's input instead, or retry one run";
            return Err(Error::NotPossible(reason.into()));
        }
        let now = self.clock.now();
        let row = JobRow {
            id: self.ids.mint(now),
            at: now,
            who: who.to_owned(),
            what: text(&bulk),
            state: JobState::Working,
            progress: text(&Progress::default()),
            changed_at: now,
            changed_by: String::new(),
        };
        self.store.add_job(row.clone()).await?;
        self.jobs.notify_one();
        Job::of(row)
    }

    pub(crate) async fn list_jobs(&self, before: Option<i64>, limit: usize) -> Result<Vec<Job>, Error> {
        self.store.jobs(before, limit).await?.into_iter().map(Job::of).collect()
    }

    pub(crate) async fn find_job(&self, id: i64) -> Result<Option<Job>, Error> {
        self.store.job(id).await?.map(Job::of).transpose()
    }
}

fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Carries jobs out, for as long as there is an engine.
pub async fn serve(core: Weak<Core>) {
    loop {
        let Some(core) = core.upgrade().filter(|core| !core.stopping.load(Ordering::Relaxed)) else { return };
        match carry_out_some(&core).await {
            Ok(true) => {}
            Ok(false) => {
                let jobs = core.jobs.clone();
                // Asleep, it keeps no engine alive.
                drop(core);
                tokio::time::timeout(LOOK_EVERY, jobs.notified()).await.ok();
            }
            Err(Error::Down) => return,
            Err(error) => {
                tracing::warn!(%error, "a job over many runs could not be gone on with; tried again");
                drop(core);
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
    }
}

/// One piece of each job; says whether there was one.
async fn carry_out_some(core: &Arc<Core>) -> Result<bool, Error> {
    let Some(lease) = core.holding.lease(HOLDER).filter(|_| core.holding.works_on(HOLDER)) else {
        return Ok(false);
    };
    let open = core.store.open_jobs().await?;
    let any = !open.is_empty();
    for row in open {
        match Job::of(row.clone()) {
            Ok(job) => job.go_on(core, lease).await?,
            Err(error) => {
                tracing::error!(job = row.id, %error, "a job cannot be read and is given up");
                let now = core.clock.now();
                core.store.save_job(lease, row.id, &row.progress, JobState::Failed, now).await?;
            }
        }
    }
    Ok(any)
}

impl Job {
    async fn go_on(mut self, core: &Arc<Core>, lease: Lease) -> Result<(), Error> {
        if !self.progress.counted {
            self.progress.total = self.count(core).await?;
            self.progress.counted = true;
        }
        if self.retries() && core.queue().waiting() > WAITING_MAX {
            tokio::time::sleep(PAUSE).await;
            return Ok(());
        }
        self.carry_out(core).await?;
        let next = self.page(core, self.progress.cursor, PIECE_RUNS).await?;
        let state = if next.is_empty() { JobState::Done } else { JobState::Working };
        self.progress.piece = next;
        let now = core.clock.now();
        // False where somebody ended the job, or another process goes on with it.
        if core.store.save_job(lease, self.id, &text(&self.progress), state, now).await?
            && state == JobState::Done
        {
            let Progress { done, refused, .. } = self.progress;
            tracing::info!(job = self.id, done, refused, "a job over many runs is done");
        }
        Ok(())
    }

    fn retries(&self) -> bool {
        matches!(self.bulk.deed, Deed::Retry { .. })
    }

    async fn count(&self, core: &Core) -> Result<Option<u64>, Error> {
        let (mut count, mut cursor) = (0, None);
        while count < COUNTED_MAX {
            let page = self.page(core, cursor, COUNTED_AT_ONCE).await?;
            count += page.len();
            match page.last() {
                Some((last, _)) => cursor = Some(*last),
                None => return Ok(Some(count as u64)),
            }
        }
        Ok(None)
    }

    /// The piece under way. Runs of one key go one after the other.
    async fn carry_out(&mut self, core: &Arc<Core>) -> Result<(), Error> {
        let piece = std::mem::take(&mut self.progress.piece);
        let Some((last, _)) = piece.last().copied() else { return Ok(()) };
        let mut lines: BTreeMap<(i64, bool), Vec<RunId>> = BTreeMap::new();
        for (run, lane) in piece {
            lines.entry((lane.unwrap_or(run), lane.is_some())).or_default().push(run);
        }
        let job = &*self;
        let came = stream::iter(lines.into_values().map(|runs| job.one_after_the_other(core, runs)));
        let came: Vec<_> = came.buffer_unordered(AT_ONCE).collect().await;
        for came in came.into_iter().collect::<Result<Vec<_>, Error>>()?.into_iter().flatten() {
            match came {
                Came::Done => self.progress.done += 1,
                Came::Refused(reason) => {
                    self.progress.refused += 1;
                    self.progress.refusal.get_or_insert(reason);
                }
            }
        }
        self.progress.cursor = Some(last);
        Ok(())
    }

    async fn one_after_the_other(&self, core: &Arc<Core>, runs: Vec<RunId>) -> Result<Vec<Came>, Error> {
        let mut came = Vec::with_capacity(runs.len());
        for run in runs {
            came.push(match &self.bulk.deed {
                Deed::Retry { again, .. } => self.retry(core, run, again).await?,
                Deed::Cancel { .. } => cancel(core, run).await?,
            });
            crate::failpoint::reach("job");
        }
        Ok(came)
    }

    async fn retry(&self, core: &Arc<Core>, run: RunId, again: &Again) -> Result<Came, Error> {
        let again = Again { by: self.who.clone(), job: Some(self.id), ..again.clone() };
        loop {
            match core.retry(run, &again).await {
                Ok(_) => return Ok(Came::Done),
                Err(NotRetried::Busy | NotRetried::Full) if core.stopping.load(Ordering::Relaxed) => {
                    return Err(Error::Down);
                }
                // There is room again before long: what was asked for is on disk.
                Err(NotRetried::Busy | NotRetried::Full) => tokio::time::sleep(SPACE_PAUSE).await,
                Err(NotRetried::Error(error @ (Error::Store(_) | Error::Down))) => return Err(error),
                Err(NotRetried::Error(error)) => {
                    // Before a stop that swallowed the word of it, it was perhaps this very job.
                    let before = core.store.retried_by(run).await?;
                    let ours = before.is_some_and(|before| before.retried.what == again.what());
                    return Ok(if ours { Came::Done } else { Came::Refused(error.to_string()) });
                }
            }
        }
    }

    /// The runs that come next, with what they must go one after the other by. Failed ones the oldest first, as their
    /// events came; those that are to be cancelled the newest first, so that none begins because the one before it went.
    async fn page(&self, core: &Core, cursor: Option<RunId>, limit: usize) -> Result<Vec<Next>, Error> {
        match (&self.bulk.which.runs, &self.bulk.deed) {
            (Some(runs), _) => self.named(core, runs, cursor, limit).await,
            (None, Deed::Retry { ignored, .. }) => {
                let state = if *ignored { InboxState::Ignored } else { InboxState::Open };
                self.failed(core, state, cursor, limit).await
            }
            (None, Deed::Cancel { states }) => self.open(core, states, cursor, limit).await,
        }
    }

    /// Those that were named: what cannot be done with one of them it says itself.
    async fn named(
        &self,
        core: &Core,
        runs: &[RunId],
        cursor: Option<RunId>,
        limit: usize,
    ) -> Result<Vec<Next>, Error> {
        let page: Vec<RunId> = match self.retries() {
            true => runs.iter().copied().filter(|run| cursor.is_none_or(|last| *run > last)).collect(),
            false => runs.iter().rev().copied().filter(|run| cursor.is_none_or(|last| *run < last)).collect(),
        };
        let page = &page[..page.len().min(limit)];
        let mut lanes = BTreeMap::new();
        for some in page.chunks(SUMMARIES_MAX).filter(|_| self.retries()) {
            let rows = core.store.summaries(some).await?;
            lanes.extend(rows.iter().filter_map(|row| Some((row.id, lane(row.flow, row.key.as_deref())?))));
        }
        Ok(page.iter().map(|run| (*run, lanes.get(run).copied())).collect())
    }

    /// Records of failed runs.
    async fn failed(
        &self,
        core: &Core,
        state: InboxState,
        cursor: Option<RunId>,
        limit: usize,
    ) -> Result<Vec<Next>, Error> {
        let Which { flow, fingerprint, since, until, text, key, accepted_since, accepted_until, .. } =
            self.bulk.which.clone();
        // What fails again meanwhile is not tried once more.
        let until = Some(until.unwrap_or(Ms::MAX).min(self.at.saturating_add(1)));
        let before = Some(accepted_until.map_or(RunId::MAX, ids::first_at).min(self.id));
        let oldest = accepted_since.map_or(0, |since| ids::first_at(since).saturating_sub(1));
        let mut after = cursor.unwrap_or_default().max(oldest);
        let state = Some(state);
        loop {
            let text = text.clone();
            let after_now = Some(after);
            let filter =
                InboxFilter { flow, fingerprint, state, since, until, text, after: after_now, before, limit };
            let rows = core.store.inbox(filter).await?;
            let Some(last) = rows.last().map(|row| row.run) else { return Ok(Vec::new()) };
            let meant = |row: &&InboxRow| key.as_ref().is_none_or(|key| key.takes(row.key.as_deref()));
            let piece = rows.iter().filter(meant).map(|row| (row.run, lane(row.flow, row.key.as_deref())));
            let piece: Vec<Next> = piece.collect();
            if !piece.is_empty() {
                return Ok(piece);
            }
            after = last;
        }
    }

    async fn open(
        &self,
        core: &Core,
        states: &[LiveState],
        cursor: Option<RunId>,
        limit: usize,
    ) -> Result<Vec<Next>, Error> {
        let Which { flow, since, until, text, key, accepted_since, accepted_until, .. } =
            self.bulk.which.clone();
        let (since, until) = (since.max(accepted_since), earlier(until, accepted_until));
        let mut before = cursor.unwrap_or(RunId::MAX).min(self.id);
        let meant = |row: &RunSummaryRow| states.is_empty() || states.contains(&state_of(core, row));
        loop {
            let filter = RunFilter {
                flow,
                open: true,
                text: text.clone(),
                key: key.clone(),
                since,
                until,
                before: Some(before),
                limit,
                ..RunFilter::default()
            };
            let rows = core.store.runs(filter).await?;
            let Some(last) = rows.last().map(|row| row.id) else { return Ok(Vec::new()) };
            let piece: Vec<Next> = rows.iter().filter(|row| meant(row)).map(|row| (row.id, None)).collect();
            if !piece.is_empty() {
                return Ok(piece);
            }
            before = last;
        }
    }
}

/// A run, and what it must go one after the other by with others.
type Next = (RunId, Option<i64>);

fn lane(flow: FlowKey, key: Option<&str>) -> Option<i64> {
    key.map(|key| keys::lane(flow, key))
}

fn earlier(one: Option<Ms>, other: Option<Ms>) -> Option<Ms> {
    one.into_iter().chain(other).min()
}

/// As lists show it: another process's runs wait for their turn or for something else.
fn state_of(core: &Core, row: &RunSummaryRow) -> LiveState {
    let resting = if row.wake_at.is_some() { LiveState::Waiting } else { LiveState::Queued };
    core.live_state(row.id).unwrap_or(resting)
}

async fn cancel(core: &Arc<Core>, run: RunId) -> Result<Came, Error> {
    if core.cancel(run).await {
        return Ok(Came::Done);
    }
    let row = core.store.summaries(&[run]).await?.pop();
    Ok(match row.map(|row| row.status) {
        Some(Some(Status::Cancelled)) => Came::Done,
        Some(None) => Came::Refused(format!("the run {run} did not hear of it; try again")),
        Some(Some(_)) | None => Came::Refused(format!("the run {run} has ended already")),
    })
}
