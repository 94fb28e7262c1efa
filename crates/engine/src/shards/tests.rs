//! What happens between two steps of a process that takes shards over, or lets go of them.

use super::*;
use crate::core::{ConnectionSource, Parts};
use crate::{Options, SystemClock};
use connector::{Catalog, Connection, Http, HttpPolicy};
use model::ConnectionName;
use std::sync::Arc;
use store::{Joined, RunRow, Store};
use testkit::{FlakyStore, Shared};

/// Leases that end only when a test says so.
const TTL: Duration = Duration::from_secs(3_600);
/// The lane of the runs in these tests, and its shard.
const LANE: i64 = 3;

struct NoConnections;

impl ConnectionSource for NoConnections {
    fn connection(&self, _: &ConnectionName) -> Option<Arc<Connection>> {
        None
    }
}

struct Stopwatch(std::time::Instant);

impl script::Clock for Stopwatch {
    fn now_ms(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// A process that does nothing by itself, on a store that it shares.
async fn core_on(store: Arc<dyn Store>, options: Options) -> Arc<Core> {
    let Joined { node, .. } = store.join("test", "1").await.expect("it joins");
    let scripts = script::Engine::new(options.limits.clone(), Arc::new(Stopwatch(std::time::Instant::now())));
    let parts = Parts {
        store,
        catalog: Catalog::default().into(),
        http: Http::new(HttpPolicy::default()).expect("a client"),
        connections: Arc::new(NoConnections),
        clock: Arc::new(SystemClock),
        options,
        scripts,
    };
    let (accepted, _) = tokio::sync::mpsc::unbounded_channel();
    Core::new(parts, Joined { node, ttl: TTL }, 0, accepted)
}

/// One that holds everything and has read it.
async fn core() -> Arc<Core> {
    let shared = Shared::with_leases_of(TTL, Arc::new(store::memory::MemoryStore::default()));
    let core = core_on(shared.process(), Options::default()).await;
    core.take_first_shards(&mut Learnt::default()).await.expect("it takes them");
    core
}

/// The same, whose runs are busy once they have begun.
async fn busy_core() -> (Arc<Core>, Arc<FlakyStore>) {
    let shared = Shared::with_leases_of(TTL, Arc::new(store::memory::MemoryStore::default()));
    let store = FlakyStore::new(shared.process(), None);
    let core = core_on(store.clone(), Options::default()).await;
    core.take_first_shards(&mut Learnt::default()).await.expect("it takes them");
    store.hold(Some("load_run"));
    (core, store)
}

/// A run of the lane that has not begun.
fn ready(run: RunId) -> Ready {
    Ready::new(run, 1, store::shard_of(LANE), Some(LANE))
}

/// Runs in line, and lanes.
fn here(core: &Core) -> (usize, usize) {
    let queue = core.queue();
    (queue.waiting(), queue.lanes())
}

/// The store says that everything is another's.
fn lose_everything(core: &Core) {
    core.holding.renewed(Instant::now(), &[]);
}

#[tokio::test]
async fn a_run_whose_shard_has_just_gone_is_not_begun() {
    let core = core().await;
    core.push_all(vec![ready(1), ready(2)]);
    lose_everything(&core);
    // As when another run comes to rest just now.
    core.pump();
    assert_eq!((core.active_runs(), here(&core)), (0, (0, 0)));
}

#[tokio::test]
async fn a_run_that_is_lined_up_just_after_its_shard_went_is_not_here() {
    let core = core().await;
    core.let_go(&core.holding.leases());
    core.push_all(vec![ready(1)]);
    assert_eq!(here(&core), (0, 0));
}

#[tokio::test]
async fn a_run_that_was_read_with_its_shard_while_it_was_on_its_way_here_is_here_once() {
    let (core, _busy) = busy_core().await;
    core.push_all(vec![ready(1)]);
    core.pump();
    core.push_all(vec![ready(1)]);
    assert_eq!((core.active_runs(), core.queue().waiting()), (1, 0));
}

#[tokio::test]
async fn a_call_that_takes_forty_seconds_is_not_cut_off_because_another_process_joined() {
    let (core, _busy) = busy_core().await;
    let ago =
        |seconds| Instant::now().checked_sub(Duration::from_secs(seconds)).expect("the machine ran then");
    core.push_all(vec![ready(1), Ready::new(2, 2, 5, None)]);
    core.pump();
    core.holding.leave(&[store::shard_of(LANE)], ago(40));
    core.holding.leave(&[5], ago(600));
    assert_eq!((core.left(), core.active_runs()), (vec![5], 1));
}

#[tokio::test]
async fn an_old_row_of_a_run_that_has_ended_meanwhile_holds_no_lane_up() {
    let core = core().await;
    let run = RunRow {
        id: 1,
        flow: 1,
        version: 1,
        event: 1,
        shard: store::shard_of(LANE),
        lane: Some(LANE),
        key: None,
        lineage: 1,
        parent: None,
        started_at: 0,
        deadline: Ms::MAX,
    };
    let old = OpenRun { run, wake_at: Some(Ms::MAX), begun: true, crashes: 0, turn: 1 };
    core.take_up(vec![old], &mut Learnt::default());
    core.push_all(vec![ready(2)]);
    core.pump();
    let gone = async {
        while core.queue().lanes() > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(testkit::PATIENCE, gone).await.expect("both have had their turn");
}
