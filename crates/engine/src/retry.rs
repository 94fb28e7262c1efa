//! An ended run's event once more: what was done stays done.

use crate::again::{Again, Edit, Version};
use crate::big::BlobRef;
use crate::core::Core;
use crate::door::{self, SPACE_PAUSE};
use crate::flow::Flow;
use crate::letter::Letter;
use crate::view::Doc;
use crate::writer::{Write, WriteError};
use crate::{Error, codec, codes, keys};
use run::{Event, Memory};
use std::sync::Arc;
use store::{
    Accept, Accepted, BlobUse, EventId, EventRow, FlowKey, Ms, Record, Retried, RunDetailRow, RunId, RunRow,
    Status, VersionKey,
};

/// Most retries of one run, one after the other, that are followed to find the latest.
const CHAIN_MAX: usize = 10_000;

/// Why a retry was not started.
pub enum NotRetried {
    /// There is no room for it just now.
    Busy,
    Full,
    Error(Error),
}

impl From<Error> for NotRetried {
    fn from(error: Error) -> Self {
        match error {
            Error::Store(store::Error::Deadline | store::Error::Unavailable(_)) => Self::Busy,
            error => Self::Error(error),
        }
    }
}

impl From<store::Error> for NotRetried {
    fn from(error: store::Error) -> Self {
        Error::from(error).into()
    }
}

impl NotRetried {
    pub fn into_error(self) -> Error {
        match self {
            NotRetried::Busy => Error::NotPossible("too much is waiting; try again soon".into()),
            NotRetried::Full => Error::NotPossible("the disk is full".into()),
            NotRetried::Error(error) => error,
        }
    }
}

/// An ended run, from the history or from what the inbox kept of it.
struct Past {
    id: RunId,
    flow: FlowKey,
    version: VersionKey,
    event: EventId,
    key: Option<String>,
    lineage: RunId,
    status: Option<Status>,
    events: Vec<Event>,
    event_row: Option<EventRow>,
    /// The history has let go of it, and perhaps of its event.
    gone: bool,
    /// A newer event of its key took its place.
    replaced: bool,
}

impl Past {
    fn of(detail: RunDetailRow) -> Result<Self, Error> {
        let RunDetailRow { summary, doc, event } = detail;
        let events = if summary.status.is_some() { Doc::decode(&doc)?.events } else { Vec::new() };
        Ok(Self {
            id: summary.id,
            flow: summary.flow,
            version: summary.version,
            event: summary.event,
            key: summary.key,
            lineage: summary.lineage,
            status: summary.status,
            events,
            event_row: event,
            gone: false,
            replaced: summary.error_code.as_deref() == Some(codes::REPLACED),
        })
    }
}

impl Core {
    /// Starts a run that goes on where an ended one failed, or as `again` says.
    ///
    /// Only the latest run of an event can be retried: an earlier one knows nothing of what was done since. The store
    /// refuses a second retry of the same run, whoever asks for it.
    pub async fn retry(self: &Arc<Self>, run: RunId, again: &Again) -> Result<RunId, NotRetried> {
        self.start_again(run, again, None).await
    }

    async fn start_again(
        self: &Arc<Self>,
        run: RunId,
        again: &Again,
        parent: Option<(RunId, String)>,
    ) -> Result<RunId, NotRetried> {
        let past = self.past(run).await?;
        self.check_retry(&past, again).await?;
        let flow = self.version_for(&past, again.version).await?;
        let now = self.clock.now();
        let event = self.edited(&past, &flow, again)?;
        // The history lets go of a run and of its event together: then the event comes in once more.
        let brought = event.clone().or_else(|| past.event_row.clone().filter(|_| past.gone));
        let row = self.row_again(&past, &flow, event.as_ref(), parent).await?;
        let blob = brought.as_ref().map(|event| BlobRef::of(&event.body)).transpose()?.flatten();
        let done = past.status == Some(Status::Done);
        let events = again.keep(&flow, past.events, now)?;
        let retries =
            (!done).then(|| Retried { run: past.id, at: now, who: again.by.clone(), what: again.what() });
        let lineage = if again.as_new { self.ids.mint(now) } else { past.lineage };
        let mut new = 0;
        let ticket = self.accept(|id| {
            new = id;
            let mut row = RunRow { id, lineage, ..row };
            let mut brought = brought;
            if let Some(own) = &mut brought {
                (own.id, row.event) = (id, id);
            }
            if done {
                row.lineage = id;
            }
            let records = records(id, row.started_at, events);
            let accept = Accept { event: brought, run: row.clone(), records, retries };
            let blob_use = blob.map(|blob| BlobUse::of_event(id, blob.hash()));
            (Write { accept: Some(accept), blob_use, ..Write::default() }, door::ready_of(row, None))
        });
        let ticket = ticket.ok_or(NotRetried::Busy)?;
        match ticket.on_disk().await {
            Ok(Accepted::RetriedBefore { by }) => Err(retried_before(by).into()),
            Ok(Accepted::New | Accepted::Duplicate { .. }) => Ok(new),
            Err(WriteError::Refused) => {
                Err(Error::NotPossible("the event is not kept any more".into()).into())
            }
            Err(WriteError::Full) => Err(NotRetried::Full),
            Err(WriteError::Away) => Err(NotRetried::Busy),
            Err(WriteError::Lost | WriteError::Down) => Err(Error::Down.into()),
        }
    }

    /// The flow of a run, ended or not, as long as anything is kept of it. A store that does not answer is waited for.
    pub async fn flow_of(&self, run: RunId) -> Result<Option<FlowKey>, Error> {
        loop {
            match self.past(run).await {
                Ok(past) => return Ok(Some(past.flow)),
                Err(Error::NotFound) => return Ok(None),
                Err(Error::Store(store::Error::Deadline | store::Error::Unavailable(_))) => {
                    tokio::time::sleep(SPACE_PAUSE).await
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn past(&self, run: RunId) -> Result<Past, Error> {
        if let Some(detail) = self.store.run_detail(run).await? {
            return Past::of(detail);
        }
        let (record, doc) = self.store.dead_letter(run).await?.ok_or(Error::NotFound)?;
        let not_kept = || Error::NotPossible("the event is not kept any more".into());
        let letter = Letter::decode(&doc)?.ok_or_else(not_kept)?;
        let event_row = Some(letter.event_row(record.flow));
        let Letter { version, event, lineage, events, .. } = letter;
        Ok(Past {
            id: run,
            flow: record.flow,
            version,
            event,
            key: record.key,
            lineage,
            status: Some(Status::Failed),
            events,
            event_row,
            gone: true,
            replaced: false,
        })
    }

    async fn check_retry(&self, past: &Past, again: &Again) -> Result<(), Error> {
        let not_possible = |reason: &str| Err(Error::NotPossible(reason.into()));
        match past.status {
            None => return not_possible("the run has not ended yet"),
            // The store does not know that it began anew before, and a piece of a job may be done once more.
            Some(Status::Done) if again.as_new && again.from.is_none() && again.job.is_none() => {
                return Ok(());
            }
            Some(Status::Done) => {
                return not_possible("the run succeeded; it can only begin anew as a whole (as_new)");
            }
            Some(_) if past.replaced => return not_possible("a newer event of its key took its place"),
            Some(Status::Failed | Status::Cancelled) => {}
        }
        if let Some(retry) = self.store.retried_by(past.id).await? {
            return Err(retried_before(retry.by_run));
        }
        // Retries of earlier releases are told by their event alone.
        let later = self.store.retries(past.event).await?;
        let later = later.iter().rfind(|later| later.lineage == past.lineage && later.id > past.id);
        later.map_or(Ok(()), |later| Err(retried_before(later.id)))
    }

    async fn version_for(&self, past: &Past, version: Version) -> Result<Arc<Flow>, Error> {
        let deployed = self.flows.by_key(past.flow);
        let deployed =
            deployed.ok_or_else(|| Error::NotPossible("the flow does not exist any more".into()))?;
        match version {
            Version::Newest => Ok(deployed.flow),
            Version::Then => self.flow_version(past.flow, past.version).await,
        }
    }

    /// The event that a person made of the old one.
    fn edited(&self, past: &Past, flow: &Flow, again: &Again) -> Result<Option<EventRow>, Error> {
        let Some(Edit::Trigger(body)) = &again.edit else { return Ok(None) };
        let old = past.event_row.as_ref();
        let old = old.ok_or_else(|| Error::NotPossible("the event is not kept any more".into()))?;
        let mut event = door::with_body(old, body)?;
        (event.flow, event.received_at) = (flow.key, self.clock.now());
        Ok(Some(event))
    }

    /// The key as the event gives it: what is kept of it for people may be less, and that is another lane.
    async fn whole_key(&self, past: &Past, flow: &Flow) -> Result<Option<String>, Error> {
        let Some(kept) = past.key.as_deref().filter(|key| !door::is_whole(key)) else {
            return Ok(past.key.clone());
        };
        let whole = match &past.event_row {
            Some(event) => door::key_of(self, flow, event).await?,
            None => None,
        };
        // A flow that orders by something else by now leaves the run where it was, as far as that is known.
        Ok(whole.filter(|whole| door::shown_key(whole) == kept).or_else(|| past.key.clone()))
    }

    async fn row_again(
        &self,
        past: &Past,
        flow: &Flow,
        edited: Option<&EventRow>,
        parent: Option<(RunId, String)>,
    ) -> Result<RunRow, Error> {
        // What was changed may belong to another key.
        let key = match edited {
            Some(event) => door::key_of(self, flow, event).await?,
            None => self.whole_key(past, flow).await?,
        };
        let lane = key.as_deref().map(|key| keys::lane(flow.key, key));
        let now = self.clock.now();
        Ok(RunRow {
            id: 0,
            flow: flow.key,
            version: flow.version,
            event: past.event,
            shard: self.holding.shard_for(lane),
            lane,
            key: key.map(|key| door::shown_key(&key)),
            lineage: past.lineage,
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
        let last = self.latest(first).await?;
        // The inbox keeps a failed run for longer than the history does.
        match self.past(last).await?.status {
            Some(Status::Failed | Status::Cancelled) => {
                self.start_again(last, &Again::default(), Some(parent)).await
            }
            Some(Status::Done) | None => Ok(last),
        }
    }

    /// The last of the runs that retry one another from this one on.
    async fn latest(&self, first: RunId) -> Result<RunId, Error> {
        let later = self.store.retries(first).await?;
        let mut last = later.iter().rfind(|run| run.lineage == first).map_or(first, |last| last.id);
        for _ in 0..CHAIN_MAX {
            match self.store.retried_by(last).await? {
                Some(retry) => last = retry.by_run,
                None => break,
            }
        }
        Ok(last)
    }
}

fn retried_before(by: RunId) -> Error {
    Error::NotPossible(format!("the run was retried before, by the run {by}"))
}

/// What a retry must know: what people changed, steps that were done for good, attempts whose outcome is unknown, which
/// runs were called, which way merges went, and what failed by chance without calling anybody.
pub fn kept_events(memory: &Memory) -> Vec<Event> {
    let mut kept = Vec::new();
    for (step, known) in memory.steps() {
        let step = step.clone();
        if let Some(edit) = &known.edited {
            let (step, input, by) = (step.clone(), edit.input.clone(), edit.by.clone());
            kept.push(Event::Edited { step, input, by, at: edit.at });
        }
        if let Some((port, output)) = known.outcome.clone() {
            kept.push(Event::Done {
                step,
                port,
                output,
                at: known.done_at.unwrap_or_default(),
                settled: None,
            });
        } else if known.is_unknown()
            && let Some(attempt) = known.attempts.last()
        {
            // The target is asked when what was under way has had its time to arrive there.
            let at = attempt.ended_at.unwrap_or(attempt.started_at);
            kept.push(Event::Unknown { step, attempt: attempt.number, at });
        } else if let Some(run) = known.called.or(known.called_earlier) {
            // What it did is not to be done twice, also when nobody knows the call's delivery any more.
            kept.push(Event::Called { step, run, at: known.begun_at.unwrap_or_default(), earlier: true });
        } else if let Some(from) = known.chosen.clone() {
            kept.push(Event::Chose { step, from, at: known.begun_at.unwrap_or_default() });
        } else if known.attempts.is_empty()
            && let Some(failure) = known.failure.clone()
        {
            // It led on by the way out for errors; `Again::keep` says whether it has to again.
            kept.push(Event::Failed { step, failure, at: known.begun_at.unwrap_or_default() });
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
