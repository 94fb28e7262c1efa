//! A connection that is made when it is needed, and anew after it broke.

use buffer::Error;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// How long connecting may take, queues and streams made included.
const CONNECT_MAX: Duration = Duration::from_secs(5);
/// Whoever comes so soon after a failure is told the same.
const FAILED_FOR: Duration = Duration::from_millis(250);

pub struct Link<T>(Mutex<State<T>>);

struct State<T> {
    up: Option<Arc<T>>,
    failed: Option<(Instant, Error)>,
}

impl<T> Default for Link<T> {
    fn default() -> Self {
        Self(Mutex::new(State { up: None, failed: None }))
    }
}

impl<T> Link<T> {
    /// What there is, or what `connect` makes. Who comes meanwhile waits for the same.
    pub async fn get(&self, connect: impl Future<Output = Result<T, Error>>) -> Result<Arc<T>, Error> {
        let mut state = self.0.lock().await;
        if let Some(up) = &state.up {
            return Ok(up.clone());
        }
        if let Some((when, error)) = &state.failed
            && when.elapsed() < FAILED_FOR
        {
            return Err(error.clone());
        }
        let connected = tokio::time::timeout(CONNECT_MAX, connect).await;
        match connected.unwrap_or_else(|_| Err(Error::Away("connecting takes too long".into()))) {
            Ok(up) => {
                let up = Arc::new(up);
                *state = State { up: Some(up.clone()), failed: None };
                Ok(up)
            }
            Err(error) => {
                state.failed = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }

    /// Lets go of a connection, so that the next call makes another. One that was made meanwhile stays.
    pub async fn broke(&self, broken: &Arc<T>) {
        let mut state = self.0.lock().await;
        if state.up.as_ref().is_some_and(|up| Arc::ptr_eq(up, broken)) {
            state.up = None;
        }
    }

    /// What there is, without connecting.
    pub async fn now(&self) -> Option<Arc<T>> {
        self.0.lock().await.up.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_rush_at_a_dead_broker_is_one_attempt() {
        let link = Link::<u8>::default();
        let away = || Error::Away("refused".into());
        assert_eq!(link.get(async { Err(away()) }).await.err(), Some(away()));
        for _ in 0..100 {
            let again = link.get(async { panic!("a second attempt at once") }).await;
            assert_eq!(again.err(), Some(away()));
        }
    }

    #[tokio::test]
    async fn only_what_broke_is_let_go_of() {
        let link = Link::<u8>::default();
        let old = link.get(async { Ok(1) }).await.expect("connected");
        link.broke(&old).await;
        let new = link.get(async { Ok(2) }).await.expect("connected again");
        link.broke(&old).await;
        assert_eq!(link.now().await, Some(new));
    }
}
