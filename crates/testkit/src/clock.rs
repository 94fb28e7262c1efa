//! The time as a test wants it.

use futures::future::BoxFuture;
use model::Span;
use std::sync::Arc;
use store::Ms;
use tokio::sync::watch;

/// A Monday morning, 2026-11-23T08:00:00 in Bangkok.
pub const START: Ms = 1_795_395_600_000;

/// A clock that stands still until it is moved.
#[derive(Clone)]
pub struct Clock(Arc<watch::Sender<Ms>>);

impl Default for Clock {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(START)))
    }
}

impl Clock {
    pub fn read(&self) -> Ms {
        *self.0.borrow()
    }

    pub fn set_back(&self, span: Span) {
        self.0.send_modify(|now| *now -= span.as_ms() as Ms);
    }

    pub fn advance(&self, span: Span) {
        self.0.send_modify(|now| *now += span.as_ms() as Ms);
    }
}

impl engine::Clock for Clock {
    fn now(&self) -> Ms {
        self.read()
    }

    fn jumped(&self) -> BoxFuture<'_, ()> {
        let mut moves = self.0.subscribe();
        Box::pin(async move {
            moves.changed().await.ok();
        })
    }
}
