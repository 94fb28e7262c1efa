//! A trigger that a broker hands messages to: each is answered for when its event is on disk.

use super::{PAUSE, PAUSE_MAX, Source, connection};
use crate::core::Core;
use crate::error::DoorError;
use crate::sync;
use connector::{Drawing, Error, Fate, Message, Queue, Receipt};
use futures::future::join_all;
use model::Span;
use std::sync::Arc;
use std::time::Duration;
use store::Ms;

/// Messages in our hands at a time.
const MOST: usize = 64;
/// How long a broker is asked to wait for messages.
const WAIT: Span = Span::from_secs(1);
/// How long a broker may take to let us in. A client may wait for one that is away without an end.
const OPEN_MAX: Duration = Duration::from_secs(60);
/// How long it may take to hand out messages, or to hear what became of them: some are told of each by itself.
const WORK_MAX: Duration = Duration::from_secs(180);

impl Source {
    pub(super) async fn hear(self, queue: Arc<dyn Queue>) {
        let mut pause = PAUSE;
        while let Some(core) = self.core() {
            let heard = self.session(core, &*queue).await;
            let Some(core) = self.core() else { return };
            let Err((error, worked)) = heard else { return };
            pause = if worked { PAUSE } else { pause.saturating_mul(2).min(PAUSE_MAX) };
            self.lost(&core, &error, pause);
            drop(core);
            sync::sleep(pause).await;
        }
    }

    /// One session with the broker. It ends with the engine, or with an error and whether anything went well before.
    async fn session(&self, core: Arc<Core>, queue: &dyn Queue) -> Result<(), (Error, bool)> {
        let opened = async {
            let connection = connection(&core, self.node().connection.as_ref()).await?;
            let connection = connection.ok_or_else(|| Error::Connection {
                message: "the trigger has no connection to a broker".into(),
                advice: "Choose a connection in the node.".into(),
            })?;
            queue.open(&connection, &self.node().with).await
        };
        let mut drawing = self.within(OPEN_MAX, opened).await.map_err(|error| (error, false))?;
        core.sources.answered(&self.slot(), core.clock.now(), None);
        drop(core);
        while let Some(core) = self.core() {
            if core.closed.load(std::sync::atomic::Ordering::Relaxed) {
                drop(core);
                sync::sleep(Duration::from_millis(500)).await;
                continue;
            }
            drop(core);
            let drawn = self.within(WORK_MAX, drawing.draw(MOST, WAIT));
            let messages = drawn.await.map_err(|error| (error, true))?;
            let Some(core) = self.core() else { return Ok(()) };
            core.sources.answered(&self.slot(), core.clock.now(), None);
            self.take_in(&core, &mut *drawing, messages).await.map_err(|error| (error, true))?;
        }
        Ok(())
    }

    async fn take_in(
        &self,
        core: &Arc<Core>,
        drawing: &mut dyn Drawing,
        messages: Vec<Message>,
    ) -> Result<(), Error> {
        if messages.is_empty() {
            return Ok(());
        }
        let fates = join_all(messages.into_iter().map(|message| self.fate(core, message))).await;
        crate::failpoint::reach("heard");
        self.within(WORK_MAX, drawing.settle(fates)).await
    }

    async fn within<T>(
        &self,
        most: Duration,
        asked: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let late = |_| Error::Unanswered {
            host: self.node().operation.to_string(),
            message: format!("the broker said nothing for {} seconds", most.as_secs()),
        };
        sync::timeout(most, asked).await.map_err(late)?
    }

    async fn fate(&self, core: &Arc<Core>, message: Message) -> (Receipt, Fate) {
        let fate = match message.delivery {
            Ok(delivery) => match self.accept_one(core, delivery).await {
                Ok(new) => {
                    core.sources.brought(&self.slot(), new);
                    Fate::Taken
                }
                Err(error @ DoorError::Malformed(_)) => self.bury(&error.to_string()),
                Err(_) => Fate::Back,
            },
            Err(why) => self.bury(&why),
        };
        (message.receipt, fate)
    }

    fn bury(&self, why: &str) -> Fate {
        let (flow, node) = (&self.flow.id, &self.node().id);
        tracing::warn!(%flow, %node, why, "a message can never be an event; it is kept only where the broker has a place for such");
        Fate::Buried
    }

    fn lost(&self, core: &Core, error: &Error, pause: Duration) {
        let now = core.clock.now();
        let next = now.saturating_add(Ms::try_from(pause.as_millis()).unwrap_or(Ms::MAX));
        let slot = self.slot();
        if core.sources.state(&slot).is_none_or(|state| state.failing.is_none()) {
            let (flow, node) = (&self.flow.id, &self.node().id);
            tracing::warn!(%flow, %node, %error, "a broker does not hand out messages; it is tried again");
        }
        core.sources.failed(&slot, now, next, (error.code(), error.to_string(), error.advice()));
    }
}
