//! An ended run's event once more: what was done stays done.

use crate::core::Core;
use crate::door::{self, SPACE_PAUSE};
use crate::view::Doc;
use crate::writer::{Write, WriteError};
use crate::{Error, codec, keys};
use run::{Event, Memory};
use std::sync::Arc;
use store::{Accept, Ms, Record, RunId, RunRow, RunSummaryRow, Status};

/// Why a retry was not started.
enum NotRetried {
    /// There is no room for it just now.
    Busy,
    Full,
    Error(Error),
}

impl<E: Into<Error>> From<E> for NotRetried {
    fn from(error: E) -> Self {
        match error.into() {
            Error::Store(store::Error::Deadline | store::Error::Unavailable(_)) => Self::Busy,
            error => Self::Error(error),
        }
    }
}

impl Core {
    /// Starts a run that goes on where an ended one failed.
    ///
    /// Only the latest run of an event can be retried: an earlier one knows nothing of what was done since.
    pub async fn retry(self: &Arc<Self>, run: RunId) -> Result<RunId, Error> {
        self.start_again(run, None).await.map_err(|error| match error {
            NotRetried::Busy => Error::NotPossible("too much is waiting; try again soon".into()),
            NotRetried::Full => Error::NotPossible("the disk is full".into()),
            NotRetried::Error(error) => error,
        })
    }

    async fn start_again(
        self: &Arc<Self>,
        run: RunId,
        parent: Option<(RunId, String)>,
    ) -> Result<RunId, NotRetried> {
        let _one_at_a_time = self.retrying.lock().await;
        let detail = self.store.run_detail(run).await?.ok_or(Error::NotFound)?;
        self.check_retry(&detail.summary).await?;
        let row = self.row_again(&detail.summary, parent)?;
        let events = Doc::decode(&detail.doc)?.events;
        let mut again = 0;
        let ticket = self.accept(|id| {
            again = id;
            let row = RunRow { id, ..row };
            let records = records(id, row.started_at, events);
            let accept = Accept { event: None, run: row.clone(), records };
            (Write { accept: Some(accept), ..Write::default() }, door::ready_of(row, None))
        });
        let ticket = ticket.ok_or(NotRetried::Busy)?;
        ticket.on_disk().await.map_err(|error| match error {
            WriteError::Refused => Error::NotPossible("the event is not kept any more".into()).into(),
            WriteError::Full => NotRetried::Full,
            WriteError::Away => NotRetried::Busy,
            WriteError::Lost | WriteError::Down => Error::Down.into(),
        })?;
        Ok(again)
    }

    async fn check_retry(&self, run: &RunSummaryRow) -> Result<(), Error> {
        let not_possible = |reason: String| Err(Error::NotPossible(reason));
        match run.status {
            None => return not_possible("the run has not ended yet".into()),
            Some(Status::Done) => {
                return not_possible("the run succeeded; there is nothing to retry".into());
            }
            Some(Status::Failed | Status::Cancelled) => {}
        }
        match self.store.retries(run.event).await?.last() {
            Some(last) if last.id > run.id => {
                not_possible(format!("the run was retried before, by the run {}", last.id))
            }
            _ => Ok(()),
        }
    }

    fn row_again(&self, run: &RunSummaryRow, parent: Option<(RunId, String)>) -> Result<RunRow, Error> {
        let deployed = self.flows.by_key(run.flow);
        let deployed =
            deployed.ok_or_else(|| Error::NotPossible("the flow does not exist any more".into()))?;
        let (now, flow) = (self.clock.now(), &deployed.flow);
        let lane = run.key.as_deref().map(|key| keys::lane(flow.key, key));
        Ok(RunRow {
            id: 0,
            flow: flow.key,
            version: flow.version,
            event: run.event,
            shard: self.holding.shard_for(lane),
            lane,
            key: run.key.clone(),
            lineage: run.lineage,
            parent,
            started_at: now,
            deadline: flow.deadline(now),
        })
    }

    /// The run whose result a retried caller waits for: the latest of the called ones, retried once more if it failed.
    /// Nobody outside keeps the call, so room for it is waited for.
    pub async fn retry_called(
        self: &Arc<Self>,
        first: RunId,
        parent: (RunId, String),
    ) -> Result<RunId, Error> {
        loop {
            match self.latest_called(first, parent.clone()).await {
                Ok(called) => return Ok(called),
                Err(NotRetried::Error(error)) => return Err(error),
                Err(NotRetried::Busy | NotRetried::Full) => tokio::time::sleep(SPACE_PAUSE).await,
            }
        }
    }

    async fn latest_called(
        self: &Arc<Self>,
        first: RunId,
        parent: (RunId, String),
    ) -> Result<RunId, NotRetried> {
        let last = self.store.retries(first).await?.last().map_or(first, |last| last.id);
        let detail = self.store.run_detail(last).await?.ok_or(Error::NotFound)?;
        match detail.summary.status {
            Some(Status::Failed | Status::Cancelled) => self.start_again(last, Some(parent)).await,
            Some(Status::Done) | None => Ok(last),
        }
    }
}

/// What a retry must know: steps that were done for good, attempts whose outcome is unknown, and which way merges went.
pub fn kept_events(memory: &Memory) -> Vec<Event> {
    let mut kept = Vec::new();
    for (step, known) in memory.steps() {
        let step = step.clone();
        if let Some((port, output)) = known.outcome.clone() {
            kept.push(Event::Done { step, port, output, at: known.done_at.unwrap_or_default() });
        } else if known.is_unknown()
            && let Some(attempt) = known.attempts.last()
        {
            // The target is asked when what was under way has had its time to arrive there.
            let at = attempt.ended_at.unwrap_or(attempt.started_at);
            kept.push(Event::Unknown { step, attempt: attempt.number, at });
        } else if let Some(from) = known.chosen.clone() {
            kept.push(Event::Chose { step, from, at: known.begun_at.unwrap_or_default() });
        }
    }
    kept.sort_by(|a, b| a.step().cmp(b.step()));
    kept
}

fn records(run: RunId, at: Ms, events: Vec<Event>) -> Vec<Record> {
    let numbered = (0..).zip(events);
    let record = |(seq, event): (u32, Event)| {
        let text = serde_json::to_vec(&event).unwrap_or_default();
        Record { run, seq, at, body: codec::encode(&text) }
    };
    numbered.map(record).collect()
}
