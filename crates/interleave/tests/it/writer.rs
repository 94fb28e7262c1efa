//! The one writer, with its store in a bad temper.

use crate::explore::{a_while, below, explore_async};
use async_trait::async_trait;
use bytes::Bytes;
use interleave::inside::{Owner, Ready, Ticket, Write, WriteError, Writer, set_haste};
use shuttle::future::spawn;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::memory::MemoryStore;
use store::{Accept, Accepted, EventRow, Lease, Record, RunId, RunRow, Store};
use testkit::{FlakyStore, Weather};

const LEASE: Lease = Lease { shard: 0, epoch: 1 };

/// What the store does at every commit.
#[derive(Default)]
struct Temper {
    /// In a hundred: full, away, one row refused.
    refuses: AtomicU64,
    /// In a hundred: broken, before or after the commit.
    breaks: AtomicU64,
}

impl Temper {
    fn breaks(&self) -> Result<(), store::Error> {
        match below(100) < self.breaks.load(Ordering::Relaxed) {
            true => Err(store::Error::Io("pulled out".into())),
            false => Ok(()),
        }
    }
}

#[async_trait]
impl Weather for Temper {
    async fn before(&self, method: &'static str) -> Result<(), store::Error> {
        a_while().await;
        if method == "commit" && below(100) < self.refuses.load(Ordering::Relaxed) {
            return Err(match below(3) {
                0 => store::Error::Full,
                1 => store::Error::Unavailable("away".into()),
                _ => store::Error::Conflict("a row that does not fit".into()),
            });
        }
        self.breaks()
    }

    async fn after_commit(&self) -> Result<(), store::Error> {
        a_while().await;
        self.breaks()
    }
}

/// Whoever works on what is committed.
#[derive(Clone, Default)]
struct Desk(Arc<Inner>);

#[derive(Default)]
struct Inner {
    lined_up: Mutex<Vec<RunId>>,
    lost: AtomicBool,
}

impl Desk {
    fn lined_up(&self) -> Vec<RunId> {
        self.0.lined_up.lock().unwrap().clone()
    }
}

impl Owner for Desk {
    fn line_up(&self, runs: Vec<Ready>) {
        shuttle::thread::yield_now();
        self.0.lined_up.lock().unwrap().extend(runs.iter().map(|ready| ready.run));
        shuttle::thread::yield_now();
    }

    fn holds(&self, _: Lease) -> bool {
        !self.0.lost.load(Ordering::Relaxed)
    }

    fn committed(&self, _: usize, _: Duration) {
        shuttle::thread::yield_now();
    }

    fn lost(&self, _: &[Lease]) {}

    fn late(&self, _: usize) {}
}

struct Office {
    disk: Arc<dyn Store>,
    temper: Arc<Temper>,
    desk: Desk,
    writer: Writer,
}

fn office() -> Office {
    let (temper, desk) = (Arc::<Temper>::default(), Desk::default());
    let disk: Arc<dyn Store> = Arc::new(MemoryStore::default());
    let store = FlakyStore::under(temper.clone(), disk.clone());
    let writer = Writer::start(store, desk.clone());
    Office { disk, temper, desk, writer }
}

fn row(id: RunId) -> RunRow {
    RunRow {
        id,
        flow: 1,
        version: 1,
        event: id,
        shard: 0,
        lane: None,
        key: None,
        lineage: id,
        parent: None,
        started_at: 0,
        deadline: 0,
    }
}

fn event(id: RunId, delivery: Option<[u8; 16]>) -> (Write, Ready) {
    let event = EventRow {
        id,
        flow: 1,
        trigger: "in".into(),
        received_at: 0,
        delivery,
        head: Bytes::new(),
        body: Bytes::new(),
        sha256: [0; 32],
    };
    let accept = Accept { event: Some(event), run: row(id), records: Vec::new(), retries: None };
    (Write { accept: Some(accept), ..Write::default() }, Ready::new(id, 1, 0, None))
}

fn accept(writer: &Writer, id: RunId) -> Ticket {
    let (write, ready) = event(id, None);
    writer.try_accept(write, ready).expect("there is room")
}

/// Progress of a run.
fn progress(run: RunId, seq: u32) -> Write {
    let record = Record { run, seq, at: 0, body: Bytes::from_static(b"done") };
    Write { records: vec![record], lease: Some(LEASE), ..Write::default() }
}

async fn is_open(disk: &Arc<dyn Store>, run: RunId) -> bool {
    disk.load_run(run).await.expect("memory answers").is_some()
}

async fn steps(disk: &Arc<dyn Store>, run: RunId) -> usize {
    disk.load_run(run).await.expect("memory answers").map_or(0, |run| run.records.len())
}

#[test]
fn whoever_is_told_that_it_is_on_disk_finds_it_there_and_its_run_in_line() {
    explore_async(2_000, async || {
        let Office { disk, temper, desk, writer } = office();
        temper.refuses.store(30, Ordering::Relaxed);
        set_haste(true);
        let sent: Vec<_> = (1..=4)
            .map(|id| {
                let (writer, disk, desk) = (writer.clone(), disk.clone(), desk.clone());
                spawn(async move {
                    a_while().await;
                    let told = accept(&writer, id).on_disk().await;
                    if told.is_ok() {
                        assert!(is_open(&disk, id).await, "event {id} is acknowledged and not on disk");
                        assert!(desk.lined_up().contains(&id), "event {id} is acknowledged and not in line");
                    }
                    told
                })
            })
            .collect();
        for (id, sent) in (1..).zip(sent) {
            let told = sent.await.unwrap();
            assert_eq!(is_open(&disk, id).await, told.is_ok(), "event {id} was told {told:?}");
            assert!(!matches!(told, Err(WriteError::Down | WriteError::Lost)), "{told:?}");
        }
        let lined_up = desk.lined_up();
        assert_eq!(BTreeSet::from_iter(&lined_up).len(), lined_up.len(), "a run is in line twice");
    });
}

#[test]
fn progress_waits_for_a_full_disk_in_order_while_events_are_sent_away() {
    explore_async(2_000, async || {
        let Office { disk, temper, writer, .. } = office();
        accept(&writer, 1).on_disk().await.expect("accepted");
        temper.refuses.store(40, Ordering::Relaxed);
        set_haste(true);
        let (rush, theirs) = (spawn_rush(&writer), writer.clone());
        let working = spawn(async move {
            for seq in 0..3 {
                let told = theirs.send(progress(1, seq)).await.on_disk().await;
                assert!(matches!(told, Ok(_) | Err(WriteError::Refused)), "step {seq} was told {told:?}");
                if told.is_err() {
                    return seq as usize;
                }
            }
            3
        });
        let written = working.await.unwrap();
        assert_eq!(steps(&disk, 1).await, written, "all that was acknowledged, and no more");
        rush.await.unwrap();
    });
}

/// Senders who hang up at once.
fn spawn_rush(writer: &Writer) -> shuttle::future::JoinHandle<()> {
    let writer = writer.clone();
    spawn(async move {
        for id in 2..5 {
            drop(accept(&writer, id));
            a_while().await;
        }
    })
}

#[test]
fn two_senders_of_one_delivery_start_one_run_and_both_are_told_which() {
    explore_async(2_000, async || {
        let Office { disk, desk, writer, .. } = office();
        let sent = [1, 2].map(|id| {
            let writer = writer.clone();
            spawn(async move {
                let (write, ready) = event(id, Some([7; 16]));
                writer.try_accept(write, ready).expect("there is room").on_disk().await.expect("accepted")
            })
        });
        let mut told = Vec::new();
        for sent in sent {
            told.push(sent.await.unwrap());
        }
        let [first] = desk.lined_up()[..] else { panic!("in line: {:?}", desk.lined_up()) };
        let (new, other) = if first == 1 { (told[0], told[1]) } else { (told[1], told[0]) };
        assert_eq!((new, other), (Accepted::New, Accepted::Duplicate { event: first }));
        assert!(is_open(&disk, first).await);
    });
}

#[test]
fn a_store_that_breaks_leaves_nobody_waiting_and_acknowledges_nothing_that_it_did_not_write() {
    explore_async(2_000, async || {
        let Office { disk, temper, desk, writer } = office();
        temper.breaks.store(30, Ordering::Relaxed);
        let mut sent = Vec::new();
        for id in 1..=4 {
            let (write, ready) = event(id, None);
            match writer.try_accept(write, ready) {
                Some(ticket) => sent.push((id, ticket)),
                None => assert!(writer.is_down(), "sent away by a writer that lives and has nothing to do"),
            }
            a_while().await;
        }
        let mut down = false;
        for (id, ticket) in sent {
            match ticket.on_disk().await {
                Ok(_) => {
                    assert!(!down, "the writer went on after its store had failed");
                    assert!(is_open(&disk, id).await && desk.lined_up().contains(&id));
                }
                Err(told) => {
                    assert_eq!(told, WriteError::Down);
                    assert!(!desk.lined_up().contains(&id), "what nobody was told of does not begin");
                    down = true;
                }
            }
        }
        if down {
            // Whoever waits to hear of it does.
            writer.failed().await;
            assert!(writer.is_down());
            let told = writer.send(progress(1, 0)).await.on_disk().await;
            assert_eq!(told, Err(WriteError::Down));
        }
    });
}

#[test]
fn what_was_handed_in_before_the_last_writer_went_is_written() {
    explore_async(2_000, async || {
        let Office { disk, desk, writer, .. } = office();
        let sent: Vec<_> = (1..=3)
            .map(|id| {
                let writer = writer.clone();
                spawn(async move {
                    a_while().await;
                    let ticket = accept(&writer, id);
                    // This one is gone before it hears.
                    drop(writer);
                    (id, ticket.on_disk().await)
                })
            })
            .collect();
        drop(writer);
        for sent in sent {
            let (id, told) = sent.await.unwrap();
            assert_eq!((told, is_open(&disk, id).await), (Ok(Accepted::New), true));
        }
        assert_eq!(desk.lined_up().len(), 3);
    });
}

#[test]
fn a_run_whose_shard_was_lost_is_told_so_and_nothing_more_of_it_is_written() {
    explore_async(2_000, async || {
        let Office { disk, desk, writer, .. } = office();
        accept(&writer, 1).on_disk().await.expect("accepted");
        let theirs = desk.clone();
        let taken = spawn(async move {
            a_while().await;
            theirs.0.lost.store(true, Ordering::Relaxed);
        });
        let mut written = 0;
        for seq in 0..4 {
            let was_held = desk.holds(LEASE);
            match writer.send(progress(1, seq)).await.on_disk().await {
                Ok(_) if was_held => written += 1,
                told => assert_eq!((told, desk.holds(LEASE)), (Err(WriteError::Lost), false)),
            }
        }
        assert_eq!(steps(&disk, 1).await, written);
        taken.await.unwrap();
    });
}
