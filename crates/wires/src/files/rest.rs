//! Sessions that rest until the next call needs one, and how many may be at work: servers throw out who comes with many.

use connector::Error;
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

/// What can rest.
pub trait Session: Send {
    /// Whether the other side still answers.
    fn is_there(&mut self) -> impl Future<Output = bool> + Send;
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
        connect: impl Future<Output = Result<S, Error>> + Send,
    ) -> Result<Taken<S>, Error> {
        let turn = self.turns.clone().acquire_owned().await;
        let turn = turn.map_err(|error| crate::failure::unreachable(&"the server", &error))?;
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
