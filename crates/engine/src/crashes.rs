//! Runs that the process dies under, or the engine stumbles over: counted apart from attempts, and set aside in the end.
//!
//! A run of this process's own costs nothing. One that another life of the process left open is written down before it is
//! begun, with how often that was so, and taken off the list as soon as it has come to rest: it ended or parked, it only
//! waits, or something of it is done for good. Whatever is on the list at the next start was at work when the process died.
//! A process has many runs at work, and one of them ended it: those that were there several times are begun one at a time,
//! so that the others are cleared.

use crate::codes;
use crate::core::Core;
use crate::keys;
use crate::queue::{Parked, Ready};
use crate::sync::atomic::{AtomicU32, Ordering};
use crate::task::Stop;
use crate::view::{Changed, Doc, LiveState};
use crate::writer::Write;
use model::FlowId;
use run::doc::StepError;
use std::sync::Arc;
use store::{DeadLetter, Finish, Lease, Ms, RunId, Status};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// From so many times on a run is begun alone.
const ALONE_FROM: u32 = 3;
/// How long a run that is to be begun alone stays away while another one is at work.
const ALONE_AGAIN_MS: Ms = 500;
/// How long a run stays away over which the engine stumbled, the first time; twice as long each further time.
const STUMBLED_AGAIN_MS: Ms = 1_000;
const STUMBLED_AGAIN_MAX_MS: Ms = 60_000;

/// How often a run was begun and did not come to rest.
#[derive(Clone, Debug, Default)]
pub struct Crashes(Arc<AtomicU32>);

impl Crashes {
    pub fn of(ready: &Ready) -> Self {
        Self(Arc::new(AtomicU32::new(ready.crashes.unwrap_or_default())))
    }

    fn count(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    /// The engine stumbled over the run: when it is begun again, and as what it waits for that.
    pub fn stumbled(&self, now: Ms, parked: Parked) -> (Ms, Parked) {
        let times = self.count().max(1);
        let pause = STUMBLED_AGAIN_MS.saturating_mul(1 << times.min(10)).min(STUMBLED_AGAIN_MAX_MS);
        (now.saturating_add(pause), Parked { crashes: Some(times), ..parked })
    }
}

/// A run that is on the list.
pub struct Trial {
    run: RunId,
    crashes: Crashes,
    _alone: Option<OwnedSemaphorePermit>,
}

impl Trial {
    /// What is to be written when the run has come to rest.
    pub fn over(self) -> (RunId, u32) {
        self.crashes.0.store(0, Ordering::Relaxed);
        (self.run, 0)
    }
}

/// What is to become of a run whose turn it is.
pub enum Verdict {
    /// Nothing is held against it.
    Clear,
    /// It is begun once more.
    Try(Trial),
    /// Others are looked at first.
    Later(Ms),
    /// It is not begun any more. It was at work when the process died, so often.
    Poison(Trial, u32),
    /// Even the attempt to set it aside came to nothing: not even its event is opened.
    Unseen(u32),
}

/// One at a time of those that are begun alone.
pub fn alone() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(1))
}

pub fn error(times: u32) -> StepError {
    let message = format!(
        "the process stopped {times} times while this run was at work, and the run is not begun again by itself"
    );
    codes::error(
        codes::POISON,
        message,
        "Look at the event and at the step, and for the process's end in the log. Then retry the run, with a repaired event where that is the cause.",
    )
}

impl Core {
    /// Puts a run that an earlier process left open on the list.
    pub(crate) async fn try_run(
        &self,
        ready: &Ready,
        crashes: &Crashes,
        lease: Lease,
    ) -> Result<Verdict, Stop> {
        let Some(before) = ready.crashes.filter(|_| !ready.is_cancelled()) else { return Ok(Verdict::Clear) };
        let most = self.options.poison_after;
        if before > most {
            return Ok(Verdict::Unseen(most));
        }
        let alone = match before >= ALONE_FROM {
            false => None,
            true => match self.suspects.clone().try_acquire_owned() {
                Ok(alone) => Some(alone),
                Err(_) => return Ok(Verdict::Later(self.clock.now().saturating_add(ALONE_AGAIN_MS))),
            },
        };
        let times = before + 1;
        let write = Write { crash: Some((ready.run, times)), lease: Some(lease), ..Write::default() };
        self.writer.send(write).await.on_disk().await?;
        crashes.0.store(times, Ordering::Relaxed);
        let trial = Trial { run: ready.run, crashes: crashes.clone(), _alone: alone };
        Ok(if before == most { Verdict::Poison(trial, before) } else { Verdict::Try(trial) })
    }

    /// Ends a run without looking into it. It can be retried for as long as the history keeps it.
    pub(crate) async fn end_unseen(
        self: &Arc<Self>,
        run: RunId,
        lease: Lease,
        times: u32,
    ) -> Result<bool, Stop> {
        let loaded = match self.store.load_run(run).await {
            Ok(Some(loaded)) => loaded,
            Ok(None) => return Ok(true),
            Err(error) => {
                tracing::error!(%error, "a run that cannot be begun cannot be read either");
                return Ok(false);
            }
        };
        let (row, now, error) = (loaded.run, self.clock.now(), error(times));
        let flow = self.flows.by_key(row.flow).map(|deployed| deployed.flow.id.clone());
        let flow = flow.unwrap_or_else(|| FlowId::from(row.flow.to_string().as_str()));
        let fingerprint = keys::fingerprint(&flow, &loaded.trigger, &error);
        let doc = Doc::empty();
        let park = row.parent.as_ref().map(|(parent, _)| (*parent, now));
        let changed = Changed { run, flow: row.flow };
        let finish = Finish {
            status: Status::Failed,
            finished_at: now,
            steps: 0,
            retried: false,
            error_node: Some(loaded.trigger),
            error_code: Some(error.code),
            error: Some(error.message),
            doc: doc.encode(),
            dead: row.parent.is_none().then(|| DeadLetter { fingerprint, doc: Default::default() }),
            run: row,
        };
        let write = Write {
            finish: Some(finish),
            park,
            lease: Some(lease),
            crash: Some((run, 0)),
            ..Write::default()
        };
        self.writer.send(write).await.on_disk().await?;
        self.tell(changed);
        Ok(true)
    }
}

/// As what a run waits that is to be begun later.
pub fn parked(ready: &Ready) -> Parked {
    let Ready { flow, shard, lane, crashes, .. } = *ready;
    Parked { flow, shard, lane, state: LiveState::Waiting, crashes }
}
