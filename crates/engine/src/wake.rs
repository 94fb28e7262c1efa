//! What happens by time alone: parked runs come back, schedules fire, old runs expire.

use crate::core::Core;
use crate::door::{self, Arrival};
use crate::flow::Flow;
use crate::keys;
use run::schedule::{CatchUp, Schedule};
use serde_json::json;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;
use store::{FlowKey, Ms, ScheduleMoved, Shard, ids};

/// Longest sleep, so that a clock that jumps is noticed soon.
const SLEEP_MAX: Duration = Duration::from_secs(10);
/// A clock that goes back by so little makes nobody wait.
pub const SET_BACK_MS: Ms = 1_000;
/// When a due time that could not be written down is tried again.
const TRY_AGAIN_MS: Ms = 2_000;
/// How often old runs are looked for, and how many go at once.
const EXPIRE_EVERY_MS: Ms = 60_000;
const EXPIRE_RUNS_MAX: usize = 500;
/// Whoever holds this shard does what one process does for all.
pub const CARETAKER: Shard = 0;

/// How long the inbox keeps a record, whatever the flow's retention says: a failed run waits for a person, and people
/// take their time.
const INBOX_KEPT_MS: Ms = 365 * 86_400_000;

pub type Times = BTreeMap<(FlowKey, model::NodeId), Ms>;

pub async fn serve(core: Arc<Core>, mut times: Times) {
    let mut before = Ms::MIN;
    while !core.stopping.load(Ordering::Relaxed) {
        let jumped = core.clock.jumped();
        let now = core.clock.now();
        if now + SET_BACK_MS < before {
            core.queue().wake_set_back(before);
        }
        before = now;
        if core.times_changed.swap(false, Ordering::Relaxed) && core.holding.is_shared() {
            match core.store.schedules().await {
                Ok(now) => times = now,
                Err(_) => core.times_changed.store(true, Ordering::Relaxed),
            }
        }
        let parked = core.queue().wake_due(now);
        core.pump();
        let due = fire(&core, &mut times, now).await;
        let next = parked.into_iter().chain(due).min().unwrap_or(Ms::MAX);
        let nap = u64::try_from(next.saturating_sub(core.clock.now())).unwrap_or(0);
        tokio::select! {
            biased;
            () = core.timer.notified() => {}
            () = jumped => {}
            () = tokio::time::sleep(Duration::from_millis(nap).min(SLEEP_MAX)) => {}
        }
    }
}

/// Fires what is due on every live flow's schedules; returns when the next one is.
async fn fire(core: &Arc<Core>, times: &mut Times, now: Ms) -> Option<Ms> {
    let mut next = None;
    for deployed in core.flows.all().into_iter().filter(|deployed| !deployed.paused) {
        for (node, schedule) in deployed.flow.schedules() {
            let Ok((schedule, rule)) = schedule else { continue };
            let slot = (deployed.flow.key, node.id.clone());
            if !core.holding.works_on(shard_of_schedule(&slot)) {
                continue;
            }
            let due = times.get(&slot).copied().filter(|due| *due >= deployed.since);
            let look_at = match tick(core, &deployed.flow, &slot, &schedule, (due, rule), now).await {
                Ok(at) => {
                    times.insert(slot, at);
                    at
                }
                Err(NotNow) => now + TRY_AGAIN_MS,
            };
            next = Some(next.map_or(look_at, |next: Ms| next.min(look_at)));
        }
    }
    next
}

/// Whose holder fires a schedule, so that of several processes one does.
fn shard_of_schedule((flow, node): &(FlowKey, model::NodeId)) -> Shard {
    store::shard_of(keys::lane(*flow, node.as_str()))
}

/// A due time could not be written down.
struct NotNow;

/// One schedule: its due times become events, the last of them together with the next time, in one commit.
async fn tick(
    core: &Arc<Core>,
    flow: &Arc<Flow>,
    slot: &(FlowKey, model::NodeId),
    schedule: &Schedule,
    (due, rule): (Option<Ms>, CatchUp),
    now: Ms,
) -> Result<Ms, NotNow> {
    let moved = |next_at| ScheduleMoved { flow: slot.0, node: slot.1.clone(), next_at };
    // A time that this schedule does not have is left from what it was before somebody changed it.
    let next_after = |after| schedule.next_after(after).unwrap_or(Ms::MAX);
    let Some(due) = due.filter(|due| next_after(now.min(due - 1)) == *due) else {
        let first = next_after(now);
        let write = crate::writer::Write { schedule: Some(moved(first)), ..Default::default() };
        core.writer.send(write).await.on_disk().await.map_err(|_| NotNow)?;
        return Ok(first);
    };
    let (fires, next) = schedule.due(due, now, rule);
    let next = next.unwrap_or(Ms::MAX);
    let last = fires.last().copied();
    for time in fires {
        crate::failpoint::reach("tick");
        let trigger = flow.plan.find(slot.1.as_str()).ok_or(NotNow)?;
        let body = json!({"at": schedule.local(time)});
        let mut arrival = Arrival::of(flow, trigger, Some(format!("schedule:{time}")), body);
        arrival.schedule = (Some(time) == last).then(|| moved(next));
        if let Err(error) = door::accept(core, arrival, None).await {
            tracing::warn!(flow = %flow.id, %error, "a scheduled run could not be started; it is tried again");
            return Err(NotNow);
        }
    }
    Ok(next)
}

/// Removes old runs, for as long as there is an engine. A task of its own: no wait and no schedule stands behind a disk
/// that has much to remove.
pub async fn expire(core: Weak<Core>) {
    let mut look_at = 0;
    while let Some(core) = core.upgrade().filter(|core| !core.stopping.load(Ordering::Relaxed)) {
        let clock = core.clock.clone();
        let jumped = clock.jumped();
        let now = clock.now();
        if now >= look_at && expire_some(&core, now).await {
            tokio::task::yield_now().await;
            continue;
        }
        let next = now.saturating_add(EXPIRE_EVERY_MS);
        // A clock that was set back puts it off no further.
        look_at = if now >= look_at { next } else { look_at.min(next) };
        // Asleep, it keeps no engine alive.
        drop(core);
        tokio::select! {
            biased;
            () = jumped => {}
            () = tokio::time::sleep(SLEEP_MAX) => {}
        }
    }
}

/// Removes a bounded number of runs, of the inbox's records and of long bodies; says whether there may be more.
async fn expire_some(core: &Core, now: Ms) -> bool {
    if !core.holding.works_on(CARETAKER) {
        return false;
    }
    let forgotten = async {
        let runs = core.store.expire(now, EXPIRE_RUNS_MAX).await?;
        crate::failpoint::reach("expire.runs");
        let before = ids::first_at(now.saturating_sub(INBOX_KEPT_MS));
        let records = core.store.forget_errors(before, EXPIRE_RUNS_MAX).await?;
        crate::failpoint::reach("expire.records");
        let blobs = core.store.sweep_blobs(now).await?;
        Ok::<_, store::Error>(runs.max(records).max(blobs))
    };
    let forgotten = forgotten.await;
    crate::failpoint::reach("expire");
    match forgotten {
        Ok(gone) => gone >= EXPIRE_RUNS_MAX,
        Err(error) => {
            tracing::warn!(%error, "old runs could not be removed; tried again in a minute");
            false
        }
    }
}

/// When each schedule of a flow is due next, for people to see.
pub fn next_times(flow: &Flow, now: Ms) -> HashMap<model::NodeId, Option<Ms>> {
    let next = |schedule: Result<(Schedule, CatchUp), String>| {
        schedule.ok().and_then(|(schedule, _)| schedule.next_after(now))
    };
    flow.schedules().map(|(node, schedule)| (node.id.clone(), next(schedule))).collect()
}
