//! Connections that are kept, and what is done within one transaction.

use super::dialect::Dialect;
use super::rows::{Found, Most};
use super::statement::Statement;
use super::trouble::{Failed, Trouble};
use crate::failure;
use crate::pool::Pool;
use connector::{Connection, Error};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// Connections that one set of settings has open at once.
pub const AT_ONCE_MAX: usize = 4;
/// One that nobody used for so long may have been cut by something between.
const IDLE_MAX: Duration = Duration::from_secs(60);
const OPEN_MAX: Duration = Duration::from_secs(10);

/// What is kept for one set of settings.
pub struct Sessions<D> {
    idle: Arc<Mutex<Vec<(Instant, D)>>>,
    turns: Arc<Semaphore>,
}

impl<D> Default for Sessions<D> {
    fn default() -> Self {
        Self { idle: Arc::default(), turns: Arc::new(Semaphore::new(AT_ONCE_MAX)) }
    }
}

/// All connections of one kind of database. Clones are the same.
pub struct Databases<D>(Pool<Sessions<D>>);

impl<D> Clone for Databases<D> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<D> Default for Databases<D> {
    fn default() -> Self {
        Self(Pool::default())
    }
}

/// A transaction. Dropped without its commit, the connection is closed, which undoes it.
pub struct Transaction<D> {
    pub session: D,
    place: String,
    ends: Instant,
    idle: Arc<Mutex<Vec<(Instant, D)>>>,
    _turn: OwnedSemaphorePermit,
}

impl<D: Dialect> Databases<D> {
    pub async fn begin(
        &self,
        connection: &Connection,
        only_reads: bool,
        most: Duration,
    ) -> Result<Transaction<D>, Error> {
        let (place, ends) = (D::place(connection)?, Instant::now() + most);
        let late =
            || failure::unreachable(&place, &"all connections are in use, and none became free in time");
        let sessions = self.0.of(connection).get(async { Ok(Sessions::default()) }, late).await?;
        // Before the caller's own time ends, which would leave it open whether something was done.
        let turn = tokio::time::timeout(most / 2, sessions.turns.clone().acquire_owned()).await;
        let _turn = turn.ok().and_then(Result::ok).ok_or_else(late)?;
        while let Some(mut session) = sessions.kept() {
            match within(ends, session.begin(only_reads, most)).await {
                Ok(()) => {
                    return Ok(Transaction { session, place, ends, idle: sessions.idle.clone(), _turn });
                }
                Err(Failed { trouble: Trouble::Lost, .. }) => {}
                Err(failed) => return Err(failed.before_commit(&place)),
            }
        }
        let opening = tokio::time::timeout(OPEN_MAX.min(most), D::open(connection)).await;
        let slow = || Err(failure::unreachable(&place, &"it did not answer in time"));
        let mut session = opening.unwrap_or_else(|_| slow())?;
        let begun = within(ends, session.begin(only_reads, most)).await;
        begun.map_err(|failed| failed.before_commit(&place))?;
        Ok(Transaction { session, place, ends, idle: sessions.idle.clone(), _turn })
    }
}

impl<D> Sessions<D> {
    /// The one that was used last.
    fn kept(&self) -> Option<D> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(since, _)| since.elapsed() < IDLE_MAX);
        idle.pop().map(|(_, session)| session)
    }
}

async fn within<T>(ends: Instant, doing: impl Future<Output = Result<T, Failed>>) -> Result<T, Failed> {
    let slow = |_| Err(Failed::new(Trouble::TooLong, "the time for the step is up"));
    tokio::time::timeout_at(ends, doing).await.unwrap_or_else(slow)
}

impl<D: Dialect> Transaction<D> {
    pub async fn read(&mut self, statement: &Statement, most: Most) -> Result<Found, Error> {
        let found = within(self.ends, self.session.read(statement, most)).await;
        found.map_err(|failed| failed.before_commit(&self.place))
    }

    pub async fn change(&mut self, statement: &Statement) -> Result<u64, Error> {
        let changed = within(self.ends, self.session.change(statement)).await;
        changed.map_err(|failed| failed.before_commit(&self.place))
    }

    pub async fn describe(&mut self) -> Result<String, Error> {
        let said = within(self.ends, self.session.describe()).await;
        said.map_err(|failed| failed.before_commit(&self.place))
    }

    pub async fn commit(mut self) -> Result<(), Error> {
        let ended = within(self.ends, self.session.commit()).await;
        ended.map_err(|failed| failed.at_commit(&self.place))?;
        self.keep();
        Ok(())
    }

    /// Ends what has only read; how that ends is of no matter.
    pub async fn leave(mut self) {
        if self.session.is_whole() && within(self.ends, self.session.commit()).await.is_ok() {
            self.keep();
        }
    }

    fn keep(self) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if self.session.is_whole() && idle.len() < AT_ONCE_MAX {
            idle.push((Instant::now(), self.session));
        }
    }
}
