//! Random commands, put to a store and to the one in memory: whatever may be asked afterwards, both answer the same.

use super::Home;
use super::sample::*;
use crate::memory::MemoryStore;
use crate::{
    Accept, Accepted, Batch, Error, Finish, FlowState, Grain, Ms, Record, RunFilter, RunId, ScheduleMoved,
    SlotFilter, Status, Store, all_shards,
};
use model::NodeId;
use std::collections::BTreeMap;
use std::sync::Arc;

const COMMANDS: u64 = 400;
/// Runs that commands are about: the newest.
const RECENT: usize = 12;

/// The same choices each time, so that a failure comes again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound.max(1)
    }

    fn one_of<T: Clone>(&mut self, things: &[T]) -> Option<T> {
        things.get(self.below(things.len() as u64) as usize).cloned()
    }

    fn recent(&mut self, accepts: &[Accept]) -> Option<Accept> {
        self.one_of(&accepts[accepts.len().saturating_sub(RECENT)..])
    }
}

/// What was sent so far.
#[derive(Default)]
struct Sender {
    accepts: Vec<Accept>,
    /// From here on they may be sent again.
    repeatable: usize,
    n: i64,
    seq: u32,
    /// When runs ended: one after the other, as they do.
    ends: BTreeMap<RunId, Ms>,
}

impl Sender {
    fn batch(&mut self, dice: &mut Dice) -> Batch {
        let mut batch = Batch::default();
        for _ in 0..=dice.below(4) {
            self.add_to(&mut batch, dice);
        }
        batch
    }

    fn add_to(&mut self, batch: &mut Batch, dice: &mut Dice) {
        match dice.below(12) {
            0..4 => batch.accepts.push(self.accept(dice)),
            // Sent once more, as after a connection that was lost.
            4 => batch.accepts.extend(dice.recent(&self.accepts[self.repeatable..])),
            5..8 => batch.records.extend(dice.recent(&self.accepts).map(|accept| self.record(&accept))),
            8 => {
                let wake_at = dice.one_of(&[at(self.n + 60), Ms::MAX]).unwrap_or_default();
                batch.parks.extend(dice.recent(&self.accepts).map(|accept| (accept.run.id, wake_at)));
            }
            9 => {
                let (flow, node) = (FLOW, NodeId::new(format!("clock-{}", dice.below(2))));
                batch.schedules.push(ScheduleMoved { flow, node, next_at: at(self.n) });
            }
            _ => {
                // Whoever ends a run twice ends it in the same way.
                let ended = dice.recent(&self.accepts).map(|accept| accept.run);
                batch.finishes.extend(ended.map(|run| {
                    let status = Status::ALL[(run.started_at / 1_000 % 3) as usize];
                    let next = at(self.n) + self.ends.len() as Ms;
                    let finished_at = *self.ends.entry(run.id).or_insert(next);
                    Finish { finished_at, ..finish(run, status) }
                }));
            }
        }
    }

    fn accept(&mut self, dice: &mut Dice) -> Accept {
        self.n += 1;
        let first = dice.recent(&self.accepts).filter(|_| dice.below(6) == 0);
        match (first, dice.below(2)) {
            (Some(first), _) => {
                let mut again = accept(self.n);
                (again.event, again.run.event, again.run.lineage) =
                    (None, first.run.event, first.run.lineage);
                again.records = vec![record(self.n, 0)];
                again
            }
            (None, 0) => accept(self.n),
            (None, _) => delivered(self.n, dice.below(40) as u8),
        }
    }

    /// After old runs have gone nobody ends one of them once more, and nothing is sent again whose delivery may be forgotten.
    async fn forget_ended(&mut self, store: &dyn Store) {
        let open = store.runs_of(&all_shards(), 0, 10_000).await.expect("asked");
        self.accepts.retain(|accept| open.iter().any(|open| open.run.id == accept.run.id));
        self.repeatable = self.accepts.len();
    }

    /// Only what began a run is heard of again; and nothing old is sent again once old deliveries are forgotten.
    fn accepted(&mut self, accepts: &[Accept], answers: &[Accepted]) {
        let new = accepts.iter().zip(answers).filter(|(_, answer)| **answer == Accepted::New);
        for (accept, _) in new {
            if !self.accepts.iter().any(|known| known.run.id == accept.run.id) {
                self.accepts.push(accept.clone());
            }
        }
    }

    fn record(&mut self, accept: &Accept) -> Record {
        self.seq += 1;
        Record { run: accept.run.id, ..record(0, self.seq) }
    }
}

pub async fn a_store_answers_as_the_one_in_memory_does(home: &dyn Home) {
    let model: Arc<dyn Store> = Arc::new(MemoryStore::default());
    let mut store = home.open().await;
    let mut likeness = Likeness::new(20_261_123);
    both_have_the_flow(&*model, &*store).await;
    for number in 0..COMMANDS {
        if likeness.dice.below(20) == 0 {
            drop(store);
            store = home.open().await;
        }
        likeness.command(number, &*model, &*store).await;
    }
}

/// Random commands, put to two stores.
pub(super) struct Likeness {
    dice: Dice,
    sender: Sender,
}

impl Likeness {
    pub(super) fn new(seed: u64) -> Self {
        Self { dice: Dice(seed), sender: Sender::default() }
    }

    /// The next run has a larger number than this.
    pub(super) fn goes_on_after(&mut self, n: i64) {
        self.sender.n = n;
    }

    pub(super) async fn command(&mut self, number: u64, model: &dyn Store, store: &dyn Store) {
        let Self { dice, sender } = self;
        let what = match dice.below(19) {
            0 => {
                // At noon: what ended in one day is past its time, or not, as a whole.
                let now = at(sender.n) + dice.below(40) as Ms * DAY + DAY / 2;
                let gone = (model.expire(now, 1_000).await, store.expire(now, 1_000).await);
                assert_eq!(gone.0.expect("expired"), gone.1.expect("expired"), "command {number}: expire");
                sender.forget_ended(model).await;
                format!("expired at {now}")
            }
            1 => both_change_flows(model, store, dice).await,
            _ => {
                let batch = sender.batch(dice);
                let (ours, theirs) = (model.commit(batch.clone()).await, store.commit(batch.clone()).await);
                match (ours, theirs) {
                    (Ok(ours), Ok(theirs)) => {
                        assert_eq!(ours.accepts, theirs.accepts, "command {number}: {batch:#?}");
                        sender.accepted(&batch.accepts, &ours.accepts);
                    }
                    (Err(Error::Conflict(_)), Err(Error::Conflict(_))) => {}
                    (ours, theirs) => panic!("command {number}: {ours:?} and {theirs:?} to {batch:#?}"),
                }
                format!("{batch:#?}")
            }
        };
        self.assert_alike(model, store, &format!("after command {number}: {what}")).await;
    }

    /// Asks both everything, and about one run by chance in detail.
    pub(super) async fn assert_alike(&mut self, model: &dyn Store, store: &dyn Store, when: &str) {
        let (ours, theirs) = (overview(model).await, overview(store).await);
        for (ours, theirs) in ours.iter().zip(&theirs) {
            assert_eq!(ours, theirs, "{when}");
        }
        let newest = last_id(store).await >= last_id(model).await;
        assert!(newest, "an id was forgotten {when}");
        let Some(accept) = self.dice.one_of(&self.sender.accepts) else { return };
        let (ours, theirs) = (detail(model, &accept).await, detail(store, &accept).await);
        assert_eq!(ours, theirs, "{when}");
    }
}

/// So that it is known of every run how long it is kept.
pub(super) async fn both_have_the_flow(model: &dyn Store, store: &dyn Store) {
    for store in [model, store] {
        let saved = store.save_flow(flow("a-flow")).await.expect("saved");
        assert_eq!(saved.key, FLOW);
    }
}

async fn both_change_flows(model: &dyn Store, store: &dyn Store, dice: &mut Dice) -> String {
    let mut save = flow(if dice.below(2) == 0 { "a-flow" } else { "b-flow" });
    save.logic = format!("logic {}", dice.below(3));
    let id = save.id.clone();
    let what = match dice.below(4) {
        0 => {
            let states = [FlowState::Live, FlowState::Paused, FlowState::Held];
            let state = dice.one_of(&states).unwrap_or(FlowState::Live);
            let set = (
                model.set_flow_state(&id, state, at(1)).await,
                store.set_flow_state(&id, state, at(1)).await,
            );
            assert_eq!(set.0.expect("set"), set.1.expect("set"));
            "state"
        }
        1 => {
            let deleted = (model.delete_flow(&id, at(2)).await, store.delete_flow(&id, at(2)).await);
            assert_eq!(deleted.0.ok(), deleted.1.ok(), "deleted, or refused for its open runs");
            "delete"
        }
        _ => {
            let saved = (model.save_flow(save.clone()).await, store.save_flow(save).await);
            assert_eq!(saved.0.expect("saved"), saved.1.expect("saved"));
            "save"
        }
    };
    format!("{what} {id}")
}

async fn last_id(store: &dyn Store) -> i64 {
    store.last_id().await.expect("asked")
}

/// What anybody may ask without naming a run, each as text.
async fn overview(store: &dyn Store) -> Vec<String> {
    let open = store.runs_of(&all_shards(), 0, 10_000).await.expect("asked");
    let open: Vec<_> = open.into_iter().map(|open| (open.run, open.wake_at)).collect();
    let all = RunFilter { limit: 1_000, ..RunFilter::default() };
    let trouble = RunFilter { statuses: vec![Status::Failed], open: true, ..all.clone() };
    vec![
        format!("{open:#?}"),
        format!("{:#?}", store.runs(all).await.expect("asked")),
        format!("{:#?}", store.runs(trouble).await.expect("asked")),
        format!("{:#?}", store.flow_totals().await.expect("asked")),
        format!("{:#?}", store.days(0).await.expect("asked")),
        format!("{:#?}", store.slots(ever(), Grain { slots: 1, by_flow: true }).await.expect("asked")),
        format!("{:#?}", store.slots(ever(), Grain { slots: 12, by_flow: false }).await.expect("asked")),
        format!("{:?}", store.durations(ever()).await.expect("asked")),
        format!("{:#?}", store.schedules().await.expect("asked")),
        format!("{:#?}", store.flows().await.expect("asked")),
    ]
}

fn ever() -> SlotFilter {
    SlotFilter { flow: None, since: 0, until: at(1_000_000_000) }
}

async fn detail(store: &dyn Store, accept: &Accept) -> String {
    let run = accept.run.id;
    let loaded = store.load_run(run).await.expect("asked");
    let detail = store.run_detail(run).await.expect("asked");
    let retries = store.retries(accept.run.event).await.expect("asked");
    let summaries = store.summaries(&[run, accept.run.event]).await.expect("asked");
    format!("{loaded:#?} {detail:#?} {retries:#?} {summaries:#?}")
}
