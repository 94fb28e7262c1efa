//! Working beside other processes: leases are renewed, shards taken over and given back, and what others did is learnt.

#[cfg(test)]
mod tests;

use crate::core::Core;
use crate::door::ready_of;
use crate::flow::Flow;
use crate::queue::{Parked, Ready, Rules};
use crate::signal::Signal;
use crate::view::LiveState;
use crate::{Error, failpoint, recall};
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use store::{Control, Lease, OpenRun, RunId, Shard};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::Instant;

/// Open runs read at once.
const PAGE: usize = 1_000;
/// What others did is looked for this often; a hint makes it sooner.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Rows of news at once.
const NEWS_MAX: usize = 2_000;
/// How long a shard's steps under way may take when it is to be given back.
const LEAVE_MAX: Duration = Duration::from_secs(30);
/// Between two tries of a store that does not answer.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// Where this process is in learning what others do.
#[derive(Debug, Default)]
pub struct Learnt {
    cursor: i64,
    generation: i64,
    /// Runs that stand in line after the next look at what others accepted.
    waiting: Vec<Ready>,
}

impl Core {
    /// Takes the first shards and reads their open runs. Nothing is accepted before.
    pub(crate) async fn take_first_shards(self: &Arc<Self>) -> Result<Learnt, Error> {
        let news = self.store.news(self.node, &[], 0, 1).await?;
        let mut learnt = Learnt { cursor: news.cursor, generation: news.generation, ..Learnt::default() };
        self.renew(&[], &mut learnt).await?;
        self.line_up_learnt(&mut learnt);
        Ok(learnt)
    }

    /// Renews the leases, and takes over or lets go of what that brings.
    async fn renew(self: &Arc<Self>, give_back: &[Shard], learnt: &mut Learnt) -> Result<(), Error> {
        let asked_at = Instant::now();
        let held = self.store.renew(self.node, give_back).await?;
        failpoint::reach(if give_back.is_empty() { "lease.renewed" } else { "lease.left" });
        self.holding.forget(give_back);
        let changes = self.holding.renewed(asked_at, &held.leases);
        self.drop_all(give_back);
        self.let_go(&changes.lost);
        self.share_limits();
        if !changes.taken.is_empty() {
            tracing::debug!(shards = changes.taken.len(), "shards taken");
            let is_taken = |lease: &Lease| changes.taken.contains(&lease.shard);
            let leases: Vec<Lease> = held.leases.iter().copied().filter(is_taken).collect();
            self.load(&leases, learnt).await?;
            failpoint::reach("lease.loaded");
        }
        self.choose_leaving(held.share);
        Ok(())
    }

    /// Reads the open runs of what was taken, and lines them up.
    async fn load(self: &Arc<Self>, leases: &[Lease], learnt: &mut Learnt) -> Result<(), Error> {
        let shards: Vec<Shard> = leases.iter().map(|lease| lease.shard).collect();
        let mut runs = Vec::new();
        loop {
            let after = runs.last().map_or(0, |open: &OpenRun| open.turn);
            let page = self.store.runs_of(&shards, after, PAGE).await?;
            let full = page.len() == PAGE;
            runs.extend(page);
            if !full {
                break;
            }
        }
        let read = runs.iter().map(|open| open.run.id).collect();
        let (working, meanwhile) = self.holding.loaded(leases, &read);
        let (mut parked, mut ready) = (Vec::new(), Vec::new());
        for open in runs.into_iter().filter(|open| working.contains(&open.run.shard)) {
            let crashes = Some(open.crashes);
            self.sort_in(open, crashes, &mut parked, &mut ready);
        }
        // Only now: a parked run was the head of its lane, and the others stand behind it.
        self.push_all(ready);
        // What was accepted here meanwhile stands behind what others accepted meanwhile.
        learnt.waiting.extend(meanwhile);
        tokio::spawn(recall::states(self.clone(), parked));
        self.schedules_changed();
        Ok(())
    }

    /// A run out of the store: parked, or in line. `crashes` is known of those that somebody may have begun before.
    fn sort_in(&self, open: OpenRun, crashes: Option<u32>, parked: &mut Vec<RunId>, ready: &mut Vec<Ready>) {
        let OpenRun { run, wake_at, begun, turn, .. } = open;
        match wake_at {
            Some(at) => {
                let (flow, shard, lane) = (run.flow, run.shard, run.lane);
                let waiting = Parked { flow, shard, lane, state: LiveState::Waiting, crashes };
                let mut queue = self.queue();
                // As in `push_all`.
                if self.holding.lease_to_begin(shard).is_some() {
                    parked.push(run.id);
                    queue.restore_parked(run.id, at, waiting);
                }
            }
            None => {
                let run = ready_of(run, None);
                ready.push(Ready { collapsible: run.collapsible && !begun, turn, crashes, ..run });
            }
        }
    }

    /// Shards that went to another process, and may have come back: whatever was begun before leaves memory as it stands. The
    /// store takes nothing of it any more.
    pub(crate) fn let_go(&self, shards: &[Shard]) {
        if !shards.is_empty() {
            tracing::warn!(?shards, "shards were taken over by another process");
        }
        self.drop_all(shards);
    }

    /// Holds this process more than its share, the surplus goes: those with the least to do.
    fn choose_leaving(&self, share: usize) {
        let working = self.holding.working();
        let surplus = working.len().saturating_sub(share);
        if surplus == 0 || !self.holding.is_shared() {
            return;
        }
        let busy = self.active_per_shard();
        let mut by_work: Vec<Shard> = working.into_iter().collect();
        by_work.sort_by_key(|shard| busy.get(shard).copied().unwrap_or(0));
        by_work.truncate(surplus);
        self.holding.leave(&by_work, Instant::now());
        self.drop_waiting(&by_work);
        self.signal_shards(&by_work, || Signal::Leave);
    }

    /// Shards on the way out whose runs are at rest, or had time enough.
    fn left(&self) -> Vec<Shard> {
        let busy = self.active_per_shard();
        let mut out = Vec::new();
        for (shard, since) in self.holding.leaving() {
            if !busy.contains_key(&shard) {
                out.push(shard);
            } else if since.elapsed() > LEAVE_MAX {
                self.abort_runs(&[shard]);
                out.push(shard);
            }
        }
        out
    }

    /// Takes up what other processes accepted, told and changed, and then what was accepted here before that look.
    async fn learn(self: &Arc<Self>, learnt: &mut Learnt) -> Result<(), Error> {
        let mut more = true;
        while std::mem::take(&mut more) {
            let shards: Vec<Shard> = self.holding.working().into_iter().collect();
            let news = self.store.news(self.node, &shards, learnt.cursor, NEWS_MAX).await?;
            self.take_up(news.runs, learnt);
            news.controls.into_iter().for_each(|control| self.begin_to_hear(control));
            if std::mem::replace(&mut learnt.generation, news.generation) != news.generation {
                self.reload().await?;
            }
            learnt.cursor = news.cursor;
            more = news.more;
        }
        self.line_up_learnt(learnt);
        Ok(())
    }

    /// Runs that others accepted for the shards of this process. Some are known.
    fn take_up(self: &Arc<Self>, runs: Vec<OpenRun>, learnt: &mut Learnt) {
        if runs.is_empty() {
            return;
        }
        let mut parked = Vec::new();
        let waiting: HashSet<RunId> = learnt.waiting.iter().map(|ready| ready.run).collect();
        for open in runs {
            let known = waiting.contains(&open.run.id) || self.knows(open.run.id);
            if self.holding.works_on(open.run.shard) && !known {
                self.sort_in(open, None, &mut parked, &mut learnt.waiting);
            }
        }
    }

    /// Everything that was accepted before a look is known by now: their turns say who is first.
    fn line_up_learnt(self: &Arc<Self>, learnt: &mut Learnt) {
        let mut runs = std::mem::take(&mut learnt.waiting);
        if !runs.is_empty() {
            runs.sort_by_key(|ready| ready.turn);
            self.push_all(self.holding.sift(runs));
            self.pump();
        }
    }

    fn begin_to_hear(self: &Arc<Self>, control: Control) {
        if self.heard_controls().insert(control.id) {
            tokio::spawn(self.clone().hear_from_elsewhere(control));
        }
    }

    /// This process's part of what each flow may have at once.
    fn share_limits(&self) {
        let deployed = self.flows.all();
        let mut queue = self.queue();
        for flow in deployed {
            queue.rule(flow.flow.key, self.rules(&flow.flow, flow.held));
        }
    }

    /// What a flow says of its runs' turns, as far as that concerns this process.
    pub(crate) fn rules(&self, flow: &Flow, held: bool) -> Rules {
        let rules = Rules::of(&flow.doc().settings);
        // Keys are spread over the shards, so each process may keep its part of what waits.
        let held = held.then(|| self.shared_limit(self.options.held_runs_max));
        Rules { limit: self.shared_limit(rules.limit), held, ..rules }
    }

    /// As many of so many as this process has of the shards, and one at least.
    fn shared_limit(&self, limit: usize) -> usize {
        let (held, all) = (self.holding.leases().len(), usize::from(store::SHARDS));
        (limit * held).div_ceil(all).max(1)
    }
}

/// Keeps the leases, and learns what others do, for as long as there is an engine.
pub async fn serve(core: Arc<Core>, mut learnt: Learnt, mut accepted: UnboundedReceiver<Vec<Ready>>) {
    let Some(every) = core.holding.renew_every() else { return };
    let mut renewed = Instant::now();
    while !core.stopping.load(Ordering::Relaxed) {
        if renewed.elapsed() >= every {
            match core.renew(&core.left(), &mut learnt).await {
                Ok(()) => renewed = Instant::now(),
                Err(Error::Store(store::Error::Conflict(reason))) => {
                    tracing::error!(%reason, "this process is not known to the store any more");
                    return core.expel();
                }
                Err(error) => tracing::warn!(%error, "the leases could not be renewed; tried again"),
            }
            core.pump();
        }
        // Before the look begins: it must see whatever was acknowledged before these came.
        while let Ok(runs) = accepted.try_recv() {
            learnt.waiting.extend(runs);
        }
        core.gates.look();
        if let Err(error) = core.learn(&mut learnt).await {
            tracing::warn!(%error, "what other processes did could not be learnt; tried again");
            tokio::time::sleep(TRY_AGAIN).await;
            continue;
        }
        let nap = LOOK_EVERY.min(every.saturating_sub(renewed.elapsed()));
        tokio::select! {
            Some(runs) = accepted.recv() => learnt.waiting.extend(runs),
            _ = core.store.hint() => {}
            () = tokio::time::sleep(nap) => {}
        }
    }
}

/// Shards with runs in memory.
pub type Busy = std::collections::BTreeMap<Shard, usize>;

/// Whether a set holds what a run says is its own.
pub fn is_among(shards: &[Shard]) -> impl Fn(Shard) -> bool {
    let set: BTreeSet<Shard> = shards.iter().copied().collect();
    move |shard| set.contains(&shard)
}
