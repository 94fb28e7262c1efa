//! Opening, and the ways in: one connection that commits, a few that read, and two for the rest.

use crate::blobs::Swept;
use crate::fault::Fault;
use crate::hints::Hints;
use crate::migrate::migrate;
use crate::options::Kind;
use crate::shards::{Life, Standing};
use crate::writer::Writer;
use crate::{Options, days, moving};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnection, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Postgres};
use std::sync::Arc;
use std::time::Duration;
use store::Error;

const READERS_MAX: u32 = 4;
const DESK_MAX: u32 = 2;
/// Leases wait for nothing else that somebody does.
const LEASES_MAX: u32 = 1;
/// How long a question waits for a connection.
const ACQUIRE_MAX: Duration = Duration::from_secs(2);
/// Idle connections are closed; a server has a limited number of them for all.
const IDLE_MAX: Duration = Duration::from_secs(60);

/// A store in a PostgreSQL database, which any number of processes may share.
///
/// A batch that was handed over is written even when its handle is dropped meanwhile.
pub struct PostgresStore {
    pub(crate) options: Options,
    pub(crate) writer: Writer,
    pub(crate) hints: Hints,
    pub(crate) standing: Standing,
    pub(crate) life: Life,
    pub(crate) swept: Swept,
    readers: PgPool,
    desk: PgPool,
    leases: PgPool,
}

impl PostgresStore {
    /// Opens the store, and brings its tables to this release.
    pub async fn open(options: Options) -> Result<Arc<Self>, Error> {
        Ok(Arc::new(Self::start(options).await?))
    }

    async fn start(options: Options) -> Result<Self, Fault> {
        let mut builder = options.connect(Kind::Builder).connect().await?;
        migrate(&mut builder).await?;
        if !options.unfinished && moving::is_unfinished(&mut builder).await? {
            return Err(store::moving::unfinished().into());
        }
        let known_days = days::known(&mut builder).await?;
        builder.close().await.ok();
        let hints = Hints::new(&options);
        Ok(Self {
            writer: Writer::start(options.clone(), known_days, hints.clone()),
            hints,
            standing: Standing::default(),
            life: Life::default(),
            swept: Swept::default(),
            readers: pool(&options, Kind::Reader, READERS_MAX),
            desk: pool(&options, Kind::Desk, DESK_MAX),
            leases: pool(&options, Kind::Desk, LEASES_MAX),
            options,
        })
    }

    /// A connection for one question.
    pub(crate) async fn reader(&self) -> Result<PoolConnection<Postgres>, Fault> {
        Ok(self.readers.acquire().await?)
    }

    /// A connection for one change that is one statement.
    pub(crate) async fn desk(&self) -> Result<PoolConnection<Postgres>, Fault> {
        Ok(self.desk.acquire().await?)
    }

    /// Several statements, all of them or none. They run to their end whether or not the caller waits: an open
    /// transaction must not be left on a connection that others will use.
    pub(crate) async fn change<T: Send + 'static>(&self, work: impl Change<T>) -> Result<T, Error> {
        change(self.desk.clone(), work).await
    }

    /// The same for who works on what.
    pub(crate) async fn change_leases<T: Send + 'static>(&self, work: impl Change<T>) -> Result<T, Error> {
        change(self.leases.clone(), work).await
    }

    /// Where the database is, for people.
    pub fn place(&self) -> String {
        self.options.place()
    }

    /// Closes the connections that wait for questions.
    pub async fn close(&self) {
        self.readers.close().await;
        self.desk.close().await;
        self.leases.close().await;
    }
}

/// A change that takes several statements.
pub(crate) trait Change<T>: Send + 'static {
    fn make(self, connection: &mut PgConnection) -> impl Future<Output = Result<T, Fault>> + Send;
}

async fn change<T: Send + 'static>(pool: PgPool, work: impl Change<T>) -> Result<T, Error> {
    let done = tokio::spawn(async move {
        let mut transaction = pool.begin().await?;
        let done = work.make(&mut transaction).await?;
        transaction.commit().await?;
        Ok(done)
    });
    let done: Result<T, Fault> = match done.await {
        Ok(done) => done,
        Err(_) => Err(Error::Unavailable("the change was broken off".into()).into()),
    };
    Ok(done?)
}

fn pool(options: &Options, kind: Kind, most: u32) -> PgPool {
    PgPoolOptions::new()
        .max_connections(most)
        .min_connections(0)
        .acquire_timeout(ACQUIRE_MAX)
        .idle_timeout(IDLE_MAX)
        .max_lifetime(None)
        // A connection may have been cut while it was idle, by a restart for one.
        .test_before_acquire(true)
        .connect_lazy_with(options.connect(kind))
}
