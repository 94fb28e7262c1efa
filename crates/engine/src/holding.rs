//! Which shards this process holds, and how long its leases are good.

use crate::queue::Ready;
use crate::sync::atomic::{AtomicUsize, Ordering};
use crate::sync::{Mutex, MutexGuard};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::PoisonError;
use std::time::Duration;
use store::{Epoch, Lease, RunId, SHARDS, Shard};
use tokio::sync::Notify;
use tokio::time::Instant;

/// So long before a lease runs out, a fifth of it at most, nothing new is sent under it: a call that begins must not
/// outlive it by much.
const MARGIN: Duration = Duration::from_secs(3);

/// A shard in this process's hands.
#[derive(Debug)]
enum Hold {
    /// Its open runs are being read. Those that this process accepts meanwhile wait here, to stand behind them.
    Loading(Vec<Ready>),
    Working,
    /// To be given back: its runs come to rest, and no further one is started.
    Leaving(Instant),
}

#[derive(Debug, Default)]
struct Table {
    shards: BTreeMap<Shard, (Epoch, Hold)>,
}

pub struct Holding {
    table: Mutex<Table>,
    /// When the leases are no longer good; `None` where nobody else could take them.
    good_until: Mutex<Option<Instant>>,
    /// Rings when they are renewed.
    renewals: Notify,
    ttl: Option<Duration>,
    /// Deals out runs that belong to no lane.
    next: AtomicUsize,
}

/// What came of renewing.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// To be loaded.
    pub taken: Vec<Shard>,
    /// Somebody else's by now.
    pub lost: Vec<Shard>,
}

/// What came of reading.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The shards that are worked on from now on, without those that went to another process meanwhile.
    pub working: BTreeSet<Shard>,
    /// Accepted here meanwhile, and among what was read.
    pub known: Vec<Ready>,
    /// Accepted here meanwhile, and later than what was read.
    pub meanwhile: Vec<Ready>,
}

impl Holding {
    pub fn new(ttl: Duration) -> Self {
        // A store for one process has leases that never end.
        let ttl = Instant::now().checked_add(ttl).is_some().then_some(ttl);
        let good_until = Mutex::new(ttl.map(|_| Instant::now()));
        let (table, renewals, next) = (Mutex::default(), Notify::new(), AtomicUsize::new(0));
        Self { table, good_until, renewals, ttl, next }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn good_until(&self) -> MutexGuard<'_, Option<Instant>> {
        self.good_until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether other processes may work on the same store.
    pub fn is_shared(&self) -> bool {
        self.ttl.is_some()
    }

    /// How often to renew: several times before the leases run out.
    pub fn renew_every(&self) -> Option<Duration> {
        self.ttl.map(|ttl| ttl / 4)
    }

    /// Takes over what the store said of a renewal that was asked for at this moment.
    pub fn renewed(&self, asked_at: Instant, leases: &[Lease]) -> Changes {
        let mut table = self.table();
        let mut changes = Changes::default();
        let now: BTreeMap<Shard, Epoch> = leases.iter().map(|lease| (lease.shard, lease.epoch)).collect();
        table.shards.retain(|shard, (epoch, _)| {
            let kept = now.get(shard) == Some(epoch);
            if !kept {
                changes.lost.push(*shard);
            }
            kept
        });
        for (shard, epoch) in now {
            table.shards.entry(shard).or_insert_with(|| {
                changes.taken.push(shard);
                (epoch, Hold::Loading(Vec::new()))
            });
        }
        drop(table);
        if let Some(ttl) = self.ttl {
            *self.good_until() = Some(asked_at + ttl.saturating_sub(MARGIN.min(ttl / 5)));
            self.renewals.notify_waiters();
        }
        changes
    }

    /// The open runs of what is held by these leases have been read and these are they. From now on they are worked on.
    ///
    /// What was accepted here meanwhile is there once.
    pub fn loaded(&self, leases: &[Lease], read: &HashSet<RunId>) -> Loaded {
        let mut table = self.table();
        let mut loaded = Loaded::default();
        for lease in leases {
            if let Some((epoch, hold @ Hold::Loading(_))) = table.shards.get_mut(&lease.shard)
                && *epoch == lease.epoch
                && let Hold::Loading(stash) = std::mem::replace(hold, Hold::Working)
            {
                loaded.working.insert(lease.shard);
                for ready in stash {
                    let is_known = read.contains(&ready.run);
                    let there = if is_known { &mut loaded.known } else { &mut loaded.meanwhile };
                    there.push(ready);
                }
            }
        }
        loaded
    }

    /// What is held and not read yet.
    pub fn loading(&self) -> Vec<Lease> {
        let table = self.table();
        let loading = table.shards.iter().filter(|(_, (_, hold))| matches!(hold, Hold::Loading(_)));
        loading.map(|(shard, (epoch, _))| Lease { shard: *shard, epoch: *epoch }).collect()
    }

    /// Keeps of the given runs those that this process works on now. What is being loaded takes its own. One that came under
    /// a lease before this one was read with its shard since: here it would be begun beside that, or after its end.
    pub fn sift(&self, runs: Vec<Ready>) -> Vec<Ready> {
        let mut table = self.table();
        let mut here = Vec::with_capacity(runs.len());
        for mut ready in runs {
            // Its holder finds it in the store.
            let Some((epoch, hold)) = table.shards.get_mut(&ready.shard) else { continue };
            if *ready.under.get_or_insert(*epoch) != *epoch {
                continue;
            }
            match hold {
                Hold::Working => here.push(ready),
                Hold::Loading(stash) => stash.push(ready),
                Hold::Leaving(_) => {}
            }
        }
        here
    }

    /// Begins to give shards back.
    pub fn leave(&self, shards: &[Shard], now: Instant) {
        let mut table = self.table();
        for shard in shards {
            if let Some((_, hold @ Hold::Working)) = table.shards.get_mut(shard) {
                *hold = Hold::Leaving(now);
            }
        }
    }

    /// Shards on the way out, and since when.
    pub fn leaving(&self) -> Vec<(Shard, Instant)> {
        let table = self.table();
        let leaving = table.shards.iter().filter_map(|(shard, (_, hold))| match hold {
            Hold::Leaving(since) => Some((*shard, *since)),
            _ => None,
        });
        leaving.collect()
    }

    /// These leases are no more; gives the shards that were held by them, and not taken anew since.
    pub fn end(&self, leases: &[Lease]) -> Vec<Shard> {
        let mut table = self.table();
        let held =
            |lease: &&Lease| table.shards.get(&lease.shard).is_some_and(|(epoch, _)| *epoch == lease.epoch);
        let ended: BTreeSet<Shard> = leases.iter().filter(held).map(|lease| lease.shard).collect();
        table.shards.retain(|shard, _| !ended.contains(shard));
        ended.into_iter().collect()
    }

    /// Shards that were given back.
    pub fn forget(&self, shards: &[Shard]) {
        let mut table = self.table();
        table.shards.retain(|shard, _| !shards.contains(shard));
    }

    /// The lease that something is written under.
    pub fn lease(&self, shard: Shard) -> Option<Lease> {
        self.table().shards.get(&shard).map(|(epoch, _)| Lease { shard, epoch: *epoch })
    }

    /// The lease that a run of this shard is begun under; nothing where none may begin here.
    pub fn lease_to_begin(&self, shard: Shard) -> Option<Lease> {
        match self.table().shards.get(&shard) {
            Some((epoch, Hold::Working)) => Some(Lease { shard, epoch: *epoch }),
            _ => None,
        }
    }

    /// What is held.
    pub fn leases(&self) -> Vec<Lease> {
        let table = self.table();
        table.shards.iter().map(|(shard, (epoch, _))| Lease { shard: *shard, epoch: *epoch }).collect()
    }

    /// Shards whose runs are worked on.
    pub fn working(&self) -> BTreeSet<Shard> {
        let table = self.table();
        let working = table.shards.iter().filter(|(_, (_, hold))| matches!(hold, Hold::Working));
        working.map(|(shard, _)| *shard).collect()
    }

    /// Whether runs of this shard begin here, now or as soon as it has been read.
    pub fn keeps(&self, shard: Shard) -> bool {
        matches!(self.table().shards.get(&shard), Some((_, Hold::Loading(_) | Hold::Working)))
    }

    pub fn works_on(&self, shard: Shard) -> bool {
        matches!(self.table().shards.get(&shard), Some((_, Hold::Working)))
    }

    /// The shard of a run: its lane's, or for a run without one any that is worked on here.
    pub fn shard_for(&self, lane: Option<i64>) -> Shard {
        if let Some(lane) = lane {
            return store::shard_of(lane);
        }
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        let table = self.table();
        let of = |wanted: fn(&Hold) -> bool| {
            let some = || table.shards.iter().filter(|(_, (_, hold))| wanted(hold)).map(|(shard, _)| *shard);
            turn.checked_rem(some().count()).and_then(|nth| some().nth(nth))
        };
        // One that is still read begins its runs soon; one on its way out when it has another holder.
        of(|hold| matches!(hold, Hold::Working))
            .or_else(|| of(|hold| matches!(hold, Hold::Loading(_))))
            .unwrap_or_else(|| Shard::try_from(turn % usize::from(SHARDS)).unwrap_or_default())
    }

    /// Whether something may be sent, or accepted, by this process now.
    pub fn is_good(&self) -> bool {
        self.good_until().is_none_or(|until| Instant::now() < until)
    }

    /// Returns when the leases are good.
    pub async fn good(&self) {
        loop {
            // Before the look, so that no renewal comes between. Those who wait go on in the order in which they came.
            let renewed = self.renewals.notified();
            if self.is_good() {
                return;
            }
            renewed.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lease(shard: Shard, epoch: Epoch) -> Lease {
        Lease { shard, epoch }
    }

    fn ready(run: RunId, shard: Shard) -> Ready {
        Ready::new(run, 1, shard, None)
    }

    fn ids(runs: Vec<Ready>) -> Vec<RunId> {
        runs.into_iter().map(|ready| ready.run).collect()
    }

    fn renew(holding: &Holding, leases: &[Lease]) -> Changes {
        holding.renewed(Instant::now(), leases)
    }

    #[test]
    fn a_run_accepted_while_its_shard_is_read_stands_behind_what_is_read_and_is_there_once() {
        let holding = Holding::new(Duration::from_secs(15));
        assert_eq!(renew(&holding, &[lease(3, 1)]).taken, [3]);
        assert_eq!(ids(holding.sift(vec![ready(7, 3), ready(8, 3), ready(9, 4)])), [] as [RunId; 0]);
        let loaded = holding.loaded(&[lease(3, 1)], &HashSet::from([5, 7]));
        assert_eq!((loaded.working, ids(loaded.known)), (BTreeSet::from([3]), vec![7]));
        assert_eq!(ids(loaded.meanwhile), [8]);
        assert_eq!(ids(holding.sift(vec![ready(10, 3), ready(11, 4)])), [10]);
    }

    #[test]
    fn a_run_that_came_under_an_earlier_lease_is_left_to_what_was_read_since() {
        let holding = Holding::new(Duration::from_secs(15));
        renew(&holding, &[lease(3, 1)]);
        holding.loaded(&[lease(3, 1)], &HashSet::new());
        let on_its_way = holding.sift(vec![ready(7, 3)]);
        renew(&holding, &[]);
        renew(&holding, &[lease(3, 2)]);
        holding.loaded(&[lease(3, 2)], &HashSet::from([7]));
        assert_eq!(ids(holding.sift(on_its_way)), [] as [RunId; 0]);
        assert_eq!(ids(holding.sift(vec![ready(8, 3)])), [8]);
    }

    #[test]
    fn a_shard_that_changed_hands_in_between_is_lost_and_taken_anew() {
        let holding = Holding::new(Duration::from_secs(15));
        renew(&holding, &[lease(1, 1), lease(2, 1)]);
        holding.loaded(&[lease(1, 1), lease(2, 1)], &HashSet::new());
        let changes = renew(&holding, &[lease(2, 3), lease(5, 1)]);
        assert_eq!((changes.lost, changes.taken), (vec![1, 2], vec![2, 5]));
        assert!(!holding.works_on(2));
        // What was read before it went says nothing of what the other one did.
        assert_eq!(holding.loaded(&[lease(2, 1)], &HashSet::new()).working, BTreeSet::new());
        assert_eq!(holding.end(&[lease(2, 1)]), [] as [Shard; 0]);
        assert_eq!(holding.lease_to_begin(2), None);
        holding.loaded(&[lease(2, 3)], &HashSet::new());
        assert_eq!(holding.lease_to_begin(2), Some(lease(2, 3)));
        assert_eq!(holding.end(&[lease(2, 3)]), [2]);
    }

    #[test]
    fn a_shard_on_the_way_out_gets_nothing_new_and_is_still_written_for() {
        let holding = Holding::new(Duration::from_secs(15));
        renew(&holding, &[lease(1, 1)]);
        holding.loaded(&[lease(1, 1)], &HashSet::new());
        holding.leave(&[1], Instant::now());
        assert_eq!(holding.lease_to_begin(1), None);
        assert_eq!(ids(holding.sift(vec![ready(7, 1)])), [] as [RunId; 0]);
        assert_eq!(holding.leases(), [lease(1, 1)]);
        assert_eq!(holding.leaving().len(), 1);
    }

    #[test]
    fn a_run_of_no_lane_goes_where_it_is_begun_at_once() {
        let holding = Holding::new(Duration::from_secs(15));
        let deal = || (0..9).map(|_| holding.shard_for(None)).collect::<BTreeSet<Shard>>();
        renew(&holding, &[lease(1, 1), lease(2, 1), lease(3, 1), lease(4, 1)]);
        assert_eq!(deal(), BTreeSet::from([1, 2, 3, 4]), "all are read, soon");
        holding.loaded(&[lease(1, 1), lease(2, 1), lease(3, 1)], &HashSet::new());
        holding.leave(&[2], Instant::now());
        assert_eq!(deal(), BTreeSet::from([1, 3]));
        holding.leave(&[1, 3], Instant::now());
        assert_eq!(deal(), BTreeSet::from([4]));
    }

    #[test]
    fn leases_are_good_until_shortly_before_they_run_out() {
        let holding = Holding::new(Duration::from_secs(15));
        assert!(!holding.is_good());
        renew(&holding, &[]);
        assert!(holding.is_good());
        holding.renewed(Instant::now() - Duration::from_secs(12), &[]);
        assert!(!holding.is_good());
        assert!(Holding::new(Duration::MAX).is_good());
    }
}
