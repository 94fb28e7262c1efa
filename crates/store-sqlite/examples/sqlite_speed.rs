//! How fast the store is beside the disk under it: `cargo run --profile quick -p store-sqlite --example sqlite_speed [FOLDER]`.
//!
//! Disks and neighbours change from minute to minute, so the rounds are interleaved and the median counts.

use bytes::Bytes;
use model::NodeId;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::{Accept, Batch, EventRow, Finish, IdMint, Journal, Ms, Record, RunRow, SaveFlow, Status, ids};
use store_sqlite::{Options, SqliteStore};

const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(2);
const NOW: Ms = ids::EPOCH_MS + 1_000_000_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dir = match std::env::args().nth(1) {
        Some(dir) => tempfile::tempdir_in(dir)?,
        None => tempfile::tempdir_in(".")?,
    };
    let maker = Maker::new();
    let store = open(dir.path()).await?;
    println!("idle: {} MB resident", resident_mb());
    let mut figures = Figures::default();
    for _ in 0..ROUNDS {
        let (meter, count) = (Meter::start(), appends(dir.path())?);
        figures.note("append 4 kB + fdatasync".into(), meter, count);
        for group in [1, 20, 200] {
            let (meter, open) = (Meter::start(), accepts(&store, &maker, group).await?);
            figures.note(format!("accept a 1 kB event, {group} per commit"), meter, open.len());
            finish(&store, &maker, open).await?;
            let (meter, count) = (Meter::start(), lives(&store, &maker, group).await?);
            figures.note(
                format!("whole run, 2 kB event, record, 1 kB doc, {group} per commit"),
                meter,
                count,
            );
        }
    }
    figures.print();
    println!("after the load: {} MB resident", resident_mb());
    expire(&store).await?;
    let size = store::RunQueries::size(&*store).await?;
    println!("file {} MB, log {} MB", size.bytes >> 20, size.wal_bytes >> 20);
    store.close().await;
    drop(store);
    let begin = Instant::now();
    let store = open(dir.path()).await?;
    println!("start with a current file: {:?}", begin.elapsed());
    drop(store);
    Ok(())
}

async fn open(dir: &Path) -> Result<Arc<SqliteStore>, store::Error> {
    SqliteStore::open(Options::new(dir.join("data"))).await
}

fn appends(dir: &Path) -> std::io::Result<usize> {
    let mut file = File::create(dir.join("append"))?;
    let (begin, mut count) = (Instant::now(), 0);
    while begin.elapsed() < ROUND {
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        count += 1;
    }
    Ok(count)
}

async fn accepts(store: &SqliteStore, maker: &Maker, group: usize) -> Result<Vec<RunRow>, store::Error> {
    let (begin, mut open) = (Instant::now(), Vec::new());
    while begin.elapsed() < ROUND {
        let accepts: Vec<Accept> = (0..group).map(|_| maker.accept(1 << 10)).collect();
        open.extend(accepts.iter().map(|accept| accept.run.clone()));
        store.commit(Batch { accepts, ..Batch::default() }).await?;
    }
    Ok(open)
}

async fn finish(store: &SqliteStore, maker: &Maker, open: Vec<RunRow>) -> Result<(), store::Error> {
    for runs in open.chunks(1_000) {
        let finishes = runs.iter().map(|run| maker.finish(run.clone())).collect();
        store.commit(Batch { finishes, ..Batch::default() }).await?;
    }
    Ok(())
}

/// Each commit carries the accepts of one group, the records of the one before and the ends of the one before that.
async fn lives(store: &SqliteStore, maker: &Maker, group: usize) -> Result<usize, store::Error> {
    let (begin, mut count) = (Instant::now(), 0);
    let (mut accepted, mut recorded) = (Vec::new(), Vec::<RunRow>::new());
    while begin.elapsed() < ROUND {
        let accepts: Vec<Accept> = (0..group).map(|_| maker.accept(2 << 10)).collect();
        let records = accepted.iter().map(|run| maker.record(run)).collect();
        let finishes = recorded.into_iter().map(|run| maker.finish(run)).collect();
        recorded = accepted;
        accepted = accepts.iter().map(|accept| accept.run.clone()).collect();
        store.commit(Batch { accepts, records, finishes, ..Batch::default() }).await?;
        count += group;
    }
    Ok(count)
}

async fn expire(store: &SqliteStore) -> Result<(), store::Error> {
    let (id, text) = (model::FlowId::new("speed"), String::from("{}"));
    let save = SaveFlow {
        id,
        name: text.clone(),
        document: text.clone(),
        logic: text.clone(),
        keep_done: 0,
        keep_failed: 0,
        at: NOW,
        by: text,
    };
    store::Flows::save_flow(store, save).await?;
    let (begin, mut gone) = (Instant::now(), 0);
    loop {
        let some = store.expire(NOW + (1 << 40), 10_000).await?;
        gone += some;
        if some == 0 {
            break;
        }
    }
    println!("expired {gone} runs, {:.0}/s", gone as f64 / begin.elapsed().as_secs_f64());
    Ok(())
}

fn resident_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) >> 10
}

/// Wall time and this process's CPU time, which other programs on the machine disturb less.
struct Meter {
    begin: Instant,
    cpu: Duration,
}

impl Meter {
    fn start() -> Self {
        Self { begin: Instant::now(), cpu: cpu() }
    }
}

fn cpu() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

#[derive(Default)]
struct Figures(Vec<(String, Vec<(f64, f64)>)>);

impl Figures {
    fn note(&mut self, name: String, meter: Meter, count: usize) {
        let rate = count as f64 / meter.begin.elapsed().as_secs_f64();
        let cpu = (cpu() - meter.cpu).as_secs_f64() * 1e6 / count as f64;
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, rounds)) => rounds.push((rate, cpu)),
            None => self.0.push((name, vec![(rate, cpu)])),
        }
    }

    fn print(mut self) {
        for (name, rounds) in &mut self.0 {
            rounds.sort_by(|a, b| a.0.total_cmp(&b.0));
            let (min, max) = (rounds[0].0, rounds[rounds.len() - 1].0);
            let (median, cpu) = rounds[rounds.len() / 2];
            println!("{name}: {median:.0}/s [{min:.0}-{max:.0}], {cpu:.0} us of CPU each");
        }
    }
}

struct Maker {
    mint: IdMint,
    begin: Instant,
}

impl Maker {
    fn new() -> Self {
        Self { mint: IdMint::new(0, 0), begin: Instant::now() }
    }

    fn accept(&self, bytes: usize) -> Accept {
        let now = NOW + self.begin.elapsed().as_millis() as Ms;
        let id = self.mint.mint(now);
        // Odd constants spread the ids like a hash would.
        let spread = (id as u128).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        let event = EventRow {
            id,
            flow: 1,
            trigger: NodeId::new("paid"),
            received_at: now,
            delivery: Some((spread ^ spread >> 64).to_be_bytes()),
            head: Bytes::from_static(
                br#"{"method":"POST","path":"/hooks/paid","headers":{"content-type":"application/json"}}"#,
            ),
            body: vec![b'x'; bytes].into(),
            sha256: [7; 32],
        };
        let run = RunRow {
            id,
            flow: 1,
            version: 1,
            event: id,
            shard: store::shard_of(id % 1_000),
            lane: Some(id % 1_000),
            key: Some(format!("order-{}", id % 1_000)),
            lineage: id,
            parent: None,
            started_at: now,
            deadline: now + 600_000,
        };
        Accept { event: Some(event), run, records: Vec::new(), retries: None }
    }

    fn record(&self, run: &RunRow) -> Record {
        Record { run: run.id, seq: 1, at: run.started_at, body: vec![b'r'; 200].into() }
    }

    fn finish(&self, run: RunRow) -> Finish {
        Finish {
            status: Status::Done,
            finished_at: run.started_at + 5,
            steps: 3,
            error_node: None,
            error_code: None,
            error: None,
            doc: vec![b'd'; 1 << 10].into(),
            dead: None,
            run,
        }
    }
}
