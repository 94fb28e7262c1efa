//! Working beside other processes: leases are renewed, shards taken over and given back, and what others did is learnt.

#[cfg(test)]
mod tests;

use crate::core::Core;
use crate::door::ready_of;
use crate::flow::Flow;
use crate::holding::Loaded;
use crate::queue::{Parked, Ready, Rules};
use crate::signal::Signal;
use crate::view::LiveState;
use crate::{Error, failpoint, recall, sync};
use model::Span;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use store::{Control, Epoch, Lease, Ms, OpenRun, RunId, Shard};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::Instant;

/// Open runs read at once.
const PAGE: usize = 1_000;
/// What others did is looked for this often; a hint makes it sooner.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Rows of news at once.
const NEWS_MAX: usize = 2_000;
/// How long a shard's runs may take to come to rest when it is to be given back, beside the calls under way.
const LEAVE_MAX: Duration = Duration::from_secs(30);
/// Between two tries of a store that does not answer.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// The open runs of shards, as they were read.
#[derive(Debug, Default)]
struct Read {
    all: HashSet<RunId>,
    parked: Vec<(RunId, Ms, Parked)>,
    ready: Vec<Ready>,
}

impl Read {
    /// `crashes` is known of those that somebody may have begun before.
    fn add(&mut self, open: OpenRun, crashes: Option<u32>) {
        let OpenRun { run, wake_at, begun, turn, .. } = open;
        self.all.insert(run.id);
        match wake_at {
            Some(at) => {
                let (flow, shard, lane) = (run.flow, run.shard, run.lane);
                let parked = Parked { flow, shard, lane, state: LiveState::Waiting, crashes };
                self.parked.push((run.id, at, parked));
            }
            None => {
                let run = ready_of(run, None);
                self.ready.push(Ready { collapsible: run.collapsible && !begun, turn, crashes, ..run });
            }
        }
    }
}

/// Where this process is in learning what others do.
#[derive(Debug, Default)]
pub struct Learnt {
    cursor: i64,
    generation: i64,
    /// Runs that stand in line after the next look at what others accepted.
    waiting: Vec<Ready>,
    /// What is heard after that.
    told: Vec<Control>,
}

impl Learnt {
    /// Takes what was accepted here during the look that has just been made: it waits for the next one, which sees whatever was
    /// acknowledged before. What others accepted after it in its lane waits with it.
    fn hold_back(&mut self, accepted: &mut UnboundedReceiver<Vec<Ready>>) -> Vec<Ready> {
        let mut late: Vec<Ready> = std::iter::from_fn(|| accepted.try_recv().ok()).flatten().collect();
        let mut first: HashMap<i64, i64> = HashMap::new();
        for ready in &late {
            let Some(lane) = ready.lane else { continue };
            let turn = first.entry(lane).or_insert(ready.turn);
            *turn = ready.turn.min(*turn);
        }
        let comes_after = |ready: &mut Ready| {
            let first = ready.lane.and_then(|lane| first.get(&lane));
            first.is_some_and(|first| ready.turn > *first)
        };
        late.extend(self.waiting.extract_if(.., comes_after));
        late
    }
}

impl Core {
    /// From here on it is learnt what others do.
    pub(crate) async fn begin_to_learn(&self) -> Result<Learnt, Error> {
        let news = self.store.news(self.node, &[], 0, &[], 1).await?;
        Ok(Learnt { cursor: news.cursor, generation: news.generation, ..Learnt::default() })
    }

    /// Takes the first shards and reads their open runs. Nothing is accepted before.
    pub(crate) async fn take_first_shards(self: &Arc<Self>, learnt: &mut Learnt) -> Result<(), Error> {
        self.renew(&[]).await?;
        self.load_taken(learnt).await?;
        if !self.holding.is_shared() {
            self.line_up_learnt(learnt);
        }
        Ok(())
    }

    /// Renews the leases, and lets go of what is another's by now. What that brings is read next.
    async fn renew(self: &Arc<Self>, give_back: &[Shard]) -> Result<(), Error> {
        let asked_at = Instant::now();
        let held = self.store.renew(self.node, give_back).await?;
        failpoint::reach(if give_back.is_empty() { "lease.renewed" } else { "lease.left" });
        let changes = self.change_hands(|holding| {
            holding.forget(give_back);
            let changes = holding.renewed(asked_at, &held.leases);
            let gone = give_back.iter().chain(&changes.lost).copied().collect();
            (gone, changes)
        });
        if !changes.lost.is_empty() {
            tracing::warn!(shards = ?changes.lost, "shards were taken over by another process");
        }
        self.share_limits();
        if !changes.taken.is_empty() {
            tracing::debug!(shards = changes.taken.len(), "shards taken");
            self.taken.notify_one();
        }
        self.choose_leaving(held.share);
        Ok(())
    }

    /// Reads the open runs of whatever was taken and is not read yet, and lines them up. Nothing is done before all is read:
    /// a read that fails is made anew from its beginning.
    async fn load_taken(self: &Arc<Self>, learnt: &mut Learnt) -> Result<(), Error> {
        let leases = self.holding.loading();
        if leases.is_empty() {
            return Ok(());
        }
        let shards: Vec<Shard> = leases.iter().map(|lease| lease.shard).collect();
        let Read { all, mut parked, mut ready } = self.read(&shards).await?;
        // After the runs: what was told with one of them is there by now. All else is heard when they stand in line.
        let told = self.store.news(self.node, &shards, 0, &[], NEWS_MAX).await?.controls;
        let Loaded { working, known, mut meanwhile } = self.holding.loaded(&leases, &all);
        parked.retain(|(_, _, parked)| working.contains(&parked.shard));
        ready.retain(|ready| working.contains(&ready.shard));
        let parked = self.restore(parked);
        let epochs: HashMap<Shard, Epoch> = leases.iter().map(|lease| (lease.shard, lease.epoch)).collect();
        ready.iter_mut().for_each(|ready| ready.under = epochs.get(&ready.shard).copied());
        self.attach_answers(told, &mut ready);
        keep_answers(known, &mut ready);
        // Parked runs first: each was the head of its lane, and the others stand behind it. And those after a look, as all
        // that comes from elsewhere: one that was accepted while the first were read may have been missed, and not its next.
        learnt.waiting.append(&mut ready);
        learnt.waiting.append(&mut meanwhile);
        sync::spawn(recall::states(self.clone(), parked));
        self.schedules_changed();
        self.sources.ring();
        failpoint::reach("lease.loaded");
        self.pump();
        Ok(())
    }

    /// One shard after the other where others have some: among their runs a few shards' are hard to find.
    async fn read(&self, shards: &[Shard]) -> Result<Read, Error> {
        let mut read = Read::default();
        let at_once = if self.holding.is_shared() { 1 } else { shards.len() };
        for shards in shards.chunks(at_once.max(1)) {
            let mut after = 0;
            loop {
                let page = self.store.runs_of(shards, after, PAGE).await?;
                let full = page.len() == PAGE;
                after = page.last().map_or(after, |open| open.turn);
                for open in page {
                    let crashes = Some(open.crashes);
                    read.add(open, crashes);
                }
                if !full {
                    break;
                }
            }
        }
        read.ready.sort_by_key(|ready| ready.turn);
        Ok(read)
    }

    /// Parks runs as the store has them, as far as their shards are still here; gives those.
    fn restore(&self, parked: Vec<(RunId, Ms, Parked)>) -> Vec<RunId> {
        let mut queue = self.queue();
        let is_ours = |(_, _, parked): &(RunId, Ms, Parked)| self.holding.works_on(parked.shard);
        let restore = |(run, at, parked)| {
            queue.restore_parked(run, at, parked);
            run
        };
        parked.into_iter().filter(is_ours).map(restore).collect()
    }

    /// Leases that the store says are no more: whatever was begun under them leaves memory as it stands. The store takes
    /// nothing of it any more.
    pub(crate) fn let_go(&self, leases: &[Lease]) {
        let shards = self.change_hands(|holding| {
            let shards = holding.end(leases);
            (shards.clone(), shards)
        });
        if !shards.is_empty() {
            tracing::warn!(?shards, "shards were taken over by another process");
        }
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
        self.sources.ring();
        self.drop_waiting(&by_work);
        self.signal_shards(&by_work, || Signal::Leave);
    }

    /// Shards on the way out whose runs are at rest, or had time enough.
    fn left(&self) -> Vec<Shard> {
        let leaving = self.holding.leaving();
        if leaving.is_empty() {
            return Vec::new();
        }
        let (busy, patience) = (self.active_per_shard(), self.leave_max());
        let (mut out, mut cut_off, mut told) = (Vec::new(), Vec::new(), Vec::new());
        for (shard, since) in leaving {
            match busy.contains_key(&shard) {
                false => out.push(shard),
                true if since.elapsed() > patience => cut_off.push(shard),
                true => told.push(shard),
            }
        }
        self.abort_runs(&cut_off);
        // One that was busy may have had no room for the word.
        self.signal_shards(&told, || Signal::Leave);
        out.append(&mut cut_off);
        out
    }

    /// A call under way is not cut off, however long it may take: what became of it would be for a person to find out.
    fn leave_max(&self) -> Duration {
        let longest = self.flows.longest_timeout().map_or(0, Span::as_ms);
        LEAVE_MAX + self.options.step_timeout.max(Duration::from_millis(longest))
    }

    /// Takes up what other processes accepted, told and changed, and then what was accepted here before that look.
    async fn learn(
        self: &Arc<Self>,
        learnt: &mut Learnt,
        accepted: &mut UnboundedReceiver<Vec<Ready>>,
    ) -> Result<(), Error> {
        let mut more = true;
        while std::mem::take(&mut more) {
            let shards: Vec<Shard> = self.holding.working().into_iter().collect();
            let heard: Vec<i64> = self.heard_controls().iter().copied().collect();
            let news = self.store.news(self.node, &shards, learnt.cursor, &heard, NEWS_MAX).await?;
            self.take_up(news.runs, learnt);
            for control in self.attach_answers(news.controls, &mut learnt.waiting) {
                self.heard_controls().insert(control.id);
                learnt.told.push(control);
            }
            if learnt.generation != news.generation {
                self.reload().await?;
                // Only now: what could not be read is to be read by the next look.
                learnt.generation = news.generation;
            }
            learnt.cursor = news.cursor;
            more = news.more;
        }
        let late = learnt.hold_back(accepted);
        self.line_up_learnt(learnt);
        learnt.waiting = late;
        // Only now: what was told to runs that came with the same look finds them in line.
        for control in learnt.told.drain(..) {
            sync::spawn(self.clone().hear_from_elsewhere(control));
        }
        Ok(())
    }

    /// Runs that others accepted for the shards of this process. Some are known.
    fn take_up(self: &Arc<Self>, runs: Vec<OpenRun>, learnt: &mut Learnt) {
        if runs.is_empty() {
            return;
        }
        let mut read = Read::default();
        let waiting: HashSet<RunId> = learnt.waiting.iter().map(|ready| ready.run).collect();
        for open in runs {
            let known = waiting.contains(&open.run.id) || self.knows(open.run.id);
            if self.holding.works_on(open.run.shard) && !known {
                read.add(open, None);
            }
        }
        for ready in &mut read.ready {
            ready.under = self.holding.lease_to_begin(ready.shard).map(|lease| lease.epoch);
        }
        // One that was parked has been known here: the row is old, and the run may have ended since it was read. What is true
        // is looked up at once, so that it holds no lane up until its time.
        for run in self.restore(read.parked) {
            self.queue().wake(run, None).ok();
        }
        learnt.waiting.extend(read.ready);
        self.pump();
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

/// Of runs that were accepted here while their shard was read, and were read with it: whoever waits for their answers here is
/// reached by nothing on the disk.
fn keep_answers(known: Vec<Ready>, read: &mut [Ready]) {
    let waits = |ready: Ready| Some((ready.run, ready.fresh?.answer?));
    let mut waiting: HashMap<RunId, _> = known.into_iter().filter_map(waits).collect();
    for ready in read {
        ready.signals.extend(waiting.remove(&ready.run).map(Signal::Answer));
    }
}

/// Keeps the leases for as long as there is an engine. A task of its own: they do not run out over what is read of others,
/// however long that takes.
pub async fn keep(core: Arc<Core>) {
    let Some(every) = core.holding.renew_every() else { return };
    let mut nap = every;
    loop {
        sync::sleep_until(Instant::now() + nap).await;
        if core.stopping.load(Ordering::Relaxed) {
            return;
        }
        nap = match core.renew(&core.left()).await {
            Ok(()) => every,
            Err(Error::Store(store::Error::Conflict(reason))) => {
                tracing::error!(%reason, "this process is not known to the store any more");
                return core.expel();
            }
            Err(error) => {
                tracing::warn!(%error, "the leases could not be renewed; tried again");
                TRY_AGAIN.min(every)
            }
        };
        core.pump();
    }
}

/// Reads what was taken, and learns what others do, for as long as there is an engine.
pub async fn learn(core: Arc<Core>, mut learnt: Learnt, mut accepted: UnboundedReceiver<Vec<Ready>>) {
    if !core.holding.is_shared() {
        return;
    }
    let mut read_at = Instant::now();
    while !core.stopping.load(Ordering::Relaxed) && !core.is_expelled() {
        if Instant::now() >= read_at
            && let Err(error) = core.load_taken(&mut learnt).await
        {
            tracing::warn!(%error, "the runs of shards that were taken could not be read; tried again");
            read_at = Instant::now() + TRY_AGAIN;
        }
        // Before the look begins: it must see whatever was acknowledged before these came.
        while let Ok(runs) = accepted.try_recv() {
            learnt.waiting.extend(runs);
        }
        core.gates.look();
        core.answers.ring();
        if let Err(error) = core.learn(&mut learnt, &mut accepted).await {
            tracing::warn!(%error, "what other processes did could not be learnt; tried again");
            tokio::time::sleep(TRY_AGAIN).await;
            continue;
        }
        if !learnt.waiting.is_empty() {
            continue;
        }
        tokio::select! {
            biased;
            Some(runs) = accepted.recv() => learnt.waiting.extend(runs),
            () = core.taken.notified() => {}
            _ = core.store.hint() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
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
