//! A connection that is made when it is needed, and anew after it broke.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// How long connecting may take, queues and streams made included.
const CONNECT_MAX: Duration = Duration::from_secs(5);
/// Whoever comes so soon after a failure is told the same.
const FAILED_FOR: Duration = Duration::from_millis(250);

pub struct Link<T, E>(Mutex<State<T, E>>);

struct State<T, E> {
    up: Option<Arc<T>>,
    failed: Option<(Instant, E)>,
}

impl<T, E> Default for Link<T, E> {
    fn default() -> Self {
        Self(Mutex::new(State { up: None, failed: None }))
    }
}

impl<T, E: Clone> Link<T, E> {
    /// What there is, or what `connect` makes. Who comes meanwhile waits for the same. `late` says that it took too long.
    pub async fn get(
        &self,
        connect: impl Future<Output = Result<T, E>>,
        late: impl FnOnce() -> E,
    ) -> Result<Arc<T>, E> {
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
        match connected.unwrap_or_else(|_| Err(late())) {
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

    const LATE: fn() -> &'static str = || "late";

    #[tokio::test]
    async fn a_rush_at_a_dead_broker_is_one_attempt() {
        let link = Link::<u8, &str>::default();
        assert_eq!(link.get(async { Err("refused") }, LATE).await.err(), Some("refused"));
        for _ in 0..100 {
            let again = link.get(async { panic!("a second attempt at once") }, LATE).await;
            assert_eq!(again.err(), Some("refused"));
        }
    }

    #[tokio::test]
    async fn only_what_broke_is_let_go_of() {
        let link = Link::<u8, &str>::default();
        let old = link.get(async { Ok(1) }, LATE).await.expect("connected");
        link.broke(&old).await;
        let new = link.get(async { Ok(2) }, LATE).await.expect("connected again");
        link.broke(&old).await;
        assert_eq!(link.now().await, Some(new));
    }
}
