//! How fast the store is: `cargo run --profile quick -p store-postgres --example postgres_speed`.
//!
//! On the server that KHLONG_TEST_POSTGRES names, or a private one. The rounds are interleaved and the median counts. Dead
//! rows are those that a vacuum has to remove again.

use sqlx::PgConnection;
use std::time::{Duration, Instant};
use store::contract::speed::{Figures, GROUPS, Load};
use store_postgres::{Options, PostgresStore};
use testkit_postgres::Database;

const ROUNDS: usize = 3;
/// A connection tells its counts when it has been idle for ten seconds.
const TOLD: Duration = Duration::from_secs(11);

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let database = Database::create().await?;
    let store = PostgresStore::open(Options::parse(&database.url())?).await?;
    let (load, mut looker) = (Load::new(1), database.connect().await?);
    let mut figures = Figures::default();
    for _ in 0..ROUNDS {
        for group in GROUPS {
            let meter = Meter::start(&mut looker).await?;
            let open = load.accepts(&*store, group).await?;
            meter.stop(&mut looker, Load::name_of_accepts(group), open.len(), &mut figures).await?;
            load.finish(&*store, open).await?;
            let meter = Meter::start(&mut looker).await?;
            let count = load.lives(&*store, group).await?;
            meter.stop(&mut looker, Load::name_of_lives(group), count, &mut figures).await?;
        }
    }
    figures.print(|[wal, dead]| format!("{wal:.0} bytes of log and {dead:.2} dead rows"));
    Ok(())
}

/// Time, bytes of log and dead rows since it was started.
struct Meter {
    begin: Instant,
    counts: [i64; 2],
}

impl Meter {
    async fn start(looker: &mut PgConnection) -> Result<Self, sqlx::Error> {
        tokio::time::sleep(TOLD).await;
        let counts = counts(looker).await?;
        Ok(Self { begin: Instant::now(), counts })
    }

    async fn stop(
        self,
        looker: &mut PgConnection,
        name: String,
        count: usize,
        figures: &mut Figures<[f64; 2]>,
    ) -> Result<(), sqlx::Error> {
        let time = self.begin.elapsed();
        tokio::time::sleep(TOLD).await;
        let [wal, dead] = counts(looker).await?;
        let spent = [wal - self.counts[0], dead - self.counts[1]];
        figures.note(name, count, time, spent.map(|spent| spent as f64 / count as f64));
        Ok(())
    }
}

/// Bytes of log, and rows that were deleted or replaced, since there is this database.
async fn counts(looker: &mut PgConnection) -> Result<[i64; 2], sqlx::Error> {
    let sql = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint,
                      (SELECT sum(n_tup_upd + n_tup_del)::bigint FROM pg_stat_user_tables)";
    let (wal, dead) = sqlx::query_as(sql).fetch_one(looker).await?;
    Ok([wal, dead])
}
