//! How fast the store is: `cargo run --profile quick -p store-postgres --example postgres_speed`.
//!
//! On the server that KHLONG_TEST_POSTGRES names, or a private one. Machines and neighbours change from minute to minute,
//! so the rounds are interleaved and the median counts. Dead rows are those that a vacuum has to remove again.

use bytes::Bytes;
use model::NodeId;
use sqlx::PgConnection;
use std::time::{Duration, Instant};
use store::{Accept, Batch, EventRow, Finish, IdMint, Journal, Ms, Record, RunRow, Status, ids};
use store_postgres::{Options, PostgresStore};
use testkit_postgres::Database;

const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_secs(2);
/// A connection tells its counts when it has been idle for ten seconds.
const TOLD: Duration = Duration::from_secs(11);
const NOW: Ms = ids::EPOCH_MS + 1_000_000_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let database = Database::create().await?;
    let store = PostgresStore::open(Options::parse(&database.url())?).await?;
    let (maker, mut looker) = (Maker::new(1), database.connect().await?);
    let mut figures = Figures::default();
    for _ in 0..ROUNDS {
        for group in [1, 20, 200] {
            let meter = Meter::start(&mut looker).await?;
            let open = accepts(&store, &maker, group).await?;
            figures.note(
                format!("accept a 1 kB event, {group} per commit"),
                meter.stop(&mut looker).await?,
                open.len(),
            );
            finish(&store, &maker, open).await?;
            let meter = Meter::start(&mut looker).await?;
            let count = lives(&store, &maker, group).await?;
            let name = format!("whole run, 2 kB event, record, 1 kB doc, {group} per commit");
            figures.note(name, meter.stop(&mut looker).await?, count);
        }
    }
    figures.print();
    Ok(())
}

async fn accepts(store: &PostgresStore, maker: &Maker, group: usize) -> Result<Vec<RunRow>, store::Error> {
    let (begin, mut open) = (Instant::now(), Vec::new());
    while begin.elapsed() < ROUND {
        let accepts: Vec<Accept> = (0..group).map(|_| maker.accept(1 << 10)).collect();
        open.extend(accepts.iter().map(|accept| accept.run.clone()));
        store.commit(Batch { accepts, ..Batch::default() }).await?;
    }
    Ok(open)
}

async fn finish(store: &PostgresStore, maker: &Maker, open: Vec<RunRow>) -> Result<(), store::Error> {
    for runs in open.chunks(1_000) {
        let finishes = runs.iter().map(|run| maker.finish(run.clone())).collect();
        store.commit(Batch { finishes, ..Batch::default() }).await?;
    }
    Ok(())
}

/// Each commit carries the accepts of one group, the records of the one before and the ends of the one before that.
async fn lives(store: &PostgresStore, maker: &Maker, group: usize) -> Result<usize, store::Error> {
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

struct Meter {
    begin: Instant,
    wal: i64,
    dead: i64,
}

/// What a round took.
struct Spent {
    time: Duration,
    wal: i64,
    dead: i64,
}

impl Meter {
    async fn start(looker: &mut PgConnection) -> Result<Self, sqlx::Error> {
        tokio::time::sleep(TOLD).await;
        let (wal, dead) = counts(looker).await?;
        Ok(Self { begin: Instant::now(), wal, dead })
    }

    async fn stop(self, looker: &mut PgConnection) -> Result<Spent, sqlx::Error> {
        let time = self.begin.elapsed();
        tokio::time::sleep(TOLD).await;
        let (wal, dead) = counts(looker).await?;
        Ok(Spent { time, wal: wal - self.wal, dead: dead - self.dead })
    }
}

/// Bytes of log, and rows that were deleted or replaced, since there is this database.
async fn counts(looker: &mut PgConnection) -> Result<(i64, i64), sqlx::Error> {
    let sql = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint,
                      (SELECT sum(n_tup_upd + n_tup_del)::bigint FROM pg_stat_user_tables)";
    sqlx::query_as(sql).fetch_one(looker).await
}

/// Rows per second of one round, and what each cost in bytes of log and dead rows.
type Round = (f64, [f64; 2]);

#[derive(Default)]
struct Figures(Vec<(String, Vec<Round>)>);

impl Figures {
    fn note(&mut self, name: String, spent: Spent, count: usize) {
        let Spent { time, wal, dead } = spent;
        let rate = count as f64 / time.as_secs_f64();
        let cost = [wal as f64 / count as f64, dead as f64 / count as f64];
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, rounds)) => rounds.push((rate, cost)),
            None => self.0.push((name, vec![(rate, cost)])),
        }
    }

    fn print(mut self) {
        for (name, rounds) in &mut self.0 {
            rounds.sort_by(|a, b| a.0.total_cmp(&b.0));
            let (min, max) = (rounds[0].0, rounds[rounds.len() - 1].0);
            let (median, [wal, dead]) = rounds[rounds.len() / 2];
            println!(
                "{name}: {median:.0}/s [{min:.0}-{max:.0}], {wal:.0} bytes of log and {dead:.2} dead rows each"
            );
        }
    }
}

struct Maker {
    mint: IdMint,
    begin: Instant,
}

impl Maker {
    fn new(node: u16) -> Self {
        Self { mint: IdMint::new(node, 0), begin: Instant::now() }
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
