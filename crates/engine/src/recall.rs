//! What the journal says of a run, without walking it.

use crate::core::Core;
use crate::view::{Changed, LiveState};
use crate::{Error, codec};
use run::{Event, Memory};
use std::sync::Arc;
use store::{Record, RunId};

/// Reads a run's records back.
pub fn memory(records: &[Record]) -> Result<Memory, Error> {
    let unreadable =
        |error: &dyn std::fmt::Display| Error::Store(store::Error::Unreadable(error.to_string()));
    let event = |record: &Record| {
        let text = codec::decode(&record.body).map_err(|error| unreadable(&error))?;
        serde_json::from_slice::<Event>(&text).map_err(|error| unreadable(&error))
    };
    Ok(Memory::fold(records.iter().map(event).collect::<Result<Vec<_>, _>>()?))
}

/// Finds out what the runs that are parked at the start wait for, so that people see those that wait for them. One that
/// failed at a time which is not yet, because the clock was set back, reckons anew until when it waits.
pub async fn states(core: Arc<Core>, parked: Vec<RunId>) {
    for run in parked {
        let Ok(Some(loaded)) = core.store.load_run(run).await else { continue };
        let Ok(memory) = memory(&loaded.records) else { continue };
        let state = state(&memory);
        if state != LiveState::Waiting && core.queue().set_parked_state(run, state) {
            core.tell(Changed { run, flow: loaded.run.flow });
        }
        let now = core.clock.now();
        let mut failures = memory.steps().filter_map(|(_, known)| known.attempts.last()?.ended_at);
        if state == LiveState::Retrying && failures.any(|failed_at| failed_at > now) {
            core.queue().wake(run, None).ok();
            core.pump();
        }
    }
}

/// What a run whose steps all sleep is doing, the most pressing first.
fn state(memory: &Memory) -> LiveState {
    let mut state = LiveState::Waiting;
    for (_, known) in memory.steps().filter(|(_, known)| known.outcome.is_none()) {
        if known.is_proposed() {
            state = LiveState::Proposed;
            continue;
        }
        let next = known.failure.as_ref().and_then(|failure| failure.retry_at);
        let given_up = known.failure.as_ref().is_some_and(|failure| failure.given_up);
        match next {
            Some(_) if state != LiveState::Proposed => state = LiveState::Retrying,
            None if known.is_unknown() && !given_up => return LiveState::Unknown,
            Some(_) | None => {}
        }
    }
    state
}
