//! Sessions that rest until the next call needs one, and how many may be at work: servers throw out who comes with many.

use super::{Base, Files, Kind, System};
use crate::failure;
use crate::place::Place;
use crate::pool::Pool;
use async_trait::async_trait;

use connector::{Connection, Error, Http};
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// For one connection.
const IDLE_MAX: usize = 2;
const AT_WORK_MAX: usize = 4;
/// Servers hang up soon after.
const IDLE_FOR_MAX: Duration = Duration::from_secs(60);

pub struct Rest<S> {
    idle: Mutex<Vec<(Instant, S)>>,
    turns: Arc<Semaphore>,
}

impl<S> Default for Rest<S> {
    fn default() -> Self {
        Self { idle: Mutex::default(), turns: Arc::new(Semaphore::new(AT_WORK_MAX)) }
    }
}

/// Some servers look up our name first, which takes them long.
const CONNECT_MAX: Duration = Duration::from_secs(20);

/// What can rest.
pub trait Session: Send + Sized + 'static {
    /// The connector's id.
    const ID: &'static str;

    fn place(connection: &Connection) -> Result<Place, Error>;

    /// Reached, known and signed in to.
    fn open(connection: &Connection, place: &Place) -> impl Future<Output = Result<Self, Error>> + Send;

    fn connect(connection: &Connection) -> impl Future<Output = Result<Self, Error>> + Send {
        async {
            let place = Self::place(connection)?;
            let late = || failure::unreachable(&place, &"it did not answer in time");
            let opened = tokio::time::timeout(CONNECT_MAX, Self::open(connection, &place)).await;
            opened.unwrap_or_else(|_| Err(late()))
        }
    }

    fn files(session: Taken<Self>, base: Base) -> Box<dyn Files>;

    /// Whether the other side still answers.
    fn is_there(&mut self) -> impl Future<Output = bool> + Send;
}

/// Sessions of all connections, which are kept for all operations together.
pub struct Sessions<S>(Pool<Rest<S>>);

impl<S> Default for Sessions<S> {
    fn default() -> Self {
        Self(Pool::default())
    }
}

#[async_trait]
impl<S: Session> System for Sessions<S> {
    fn kind(&self) -> Kind {
        Kind { id: S::ID, grows: true, has_folders: true }
    }

    fn place(&self, connection: &Connection) -> String {
        S::place(connection).map_or_else(|_| S::ID.to_owned(), |place| place.to_string())
    }

    async fn open(&self, _http: &Http, connection: &Connection) -> Result<Box<dyn Files>, Error> {
        let base = base(connection)?;
        let place = S::place(connection)?;
        let late = || failure::unreachable(&place, &"connecting takes too long");
        let rest = self.0.of(connection).get(async { Ok(Rest::default()) }, late).await?;
        Ok(S::files(rest.take(&place, S::connect(connection)).await?, base))
    }
}

pub fn base(connection: &Connection) -> Result<Base, Error> {
    Base::new(connection.text("base_folder").unwrap_or_default())
}

/// A session at work. Dropped, it ends.
pub struct Taken<S> {
    session: S,
    rest: Arc<Rest<S>>,
    _turn: OwnedSemaphorePermit,
}

impl<S: Session> Rest<S> {
    /// One that is still there, or a new one.
    pub async fn take(
        self: Arc<Self>,
        place: &Place,
        connect: impl Future<Output = Result<S, Error>> + Send,
    ) -> Result<Taken<S>, Error> {
        let turn = self.turns.clone().acquire_owned().await;
        let turn = turn.map_err(|error| failure::unreachable(place, &error))?;
        while let Some((since, mut session)) = self.pop() {
            if since.elapsed() < IDLE_FOR_MAX && session.is_there().await {
                return Ok(Taken { session, rest: self, _turn: turn });
            }
        }
        Ok(Taken { session: connect.await?, rest: self, _turn: turn })
    }

    fn pop(&self) -> Option<(Instant, S)> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}

impl<S> Taken<S> {
    pub fn give_back(self) {
        let mut idle = self.rest.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_MAX {
            idle.push((Instant::now(), self.session));
        }
    }
}

impl<S> Deref for Taken<S> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.session
    }
}

impl<S> DerefMut for Taken<S> {
    fn deref_mut(&mut self) -> &mut S {
        &mut self.session
    }
}
