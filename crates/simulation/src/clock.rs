//! The time of day: it goes as the paused time of the runtime does, and is set forward and back now and then.

use crate::bell::Bell;
use futures::future::BoxFuture;
use std::sync::{Arc, Mutex, PoisonError};
use store::Ms;
use tokio::time::Instant;

#[derive(Clone)]
pub struct Clock(Arc<Inner>);

struct Inner {
    face: Mutex<Face>,
    jumps: Bell<()>,
}

/// What the clock showed when this life began. Each runtime has an `Instant` of its own, so one is read per life.
struct Face {
    shown: Ms,
    since: Option<Instant>,
}

impl Face {
    fn now(&self) -> Ms {
        let passed = self.since.map_or(0, |since| since.elapsed().as_millis());
        self.shown + Ms::try_from(passed).unwrap_or(0)
    }
}

impl Default for Clock {
    fn default() -> Self {
        let face = Mutex::new(Face { shown: testkit::START, since: None });
        Self(Arc::new(Inner { face, jumps: Bell::new(()) }))
    }
}

impl Clock {
    pub fn now(&self) -> Ms {
        self.face().now()
    }

    /// To be called inside a life's runtime.
    pub fn start(&self) {
        self.face().since = Some(Instant::now());
    }

    /// To be called before that runtime is dropped.
    pub fn stop(&self) {
        let mut face = self.face();
        *face = Face { shown: face.now(), since: None };
    }

    pub fn jump(&self, by: Ms) {
        self.face().shown += by;
        self.0.jumps.ring(|()| ());
    }

    fn face(&self) -> std::sync::MutexGuard<'_, Face> {
        self.0.face.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl engine::Clock for Clock {
    fn now(&self) -> Ms {
        Clock::now(self)
    }

    fn jumped(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.0.jumps.next())
    }
}
