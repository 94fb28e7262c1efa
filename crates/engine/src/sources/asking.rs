//! A trigger that asks its system now and then.

use super::{PAUSE, PAUSE_MAX, Source, connection};
use crate::core::{Core, signed_out};
use crate::error::DoorError;
use crate::gates::{NOBODY, Pass};
use crate::sync;
use connector::{Connection, Error, Poll, PollCx, Polled, Retry};
use futures::FutureExt;
use model::{ConnectionName, Span, Value};
use run::doc::BlockedWhy;
use serde::{Deserialize, Serialize};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use store::Ms;

/// How long one look may take unless its node says otherwise.
const TIMEOUT: Span = Span::from_secs(60);
/// Longest sleep, so that a clock that jumps is noticed soon.
const SLEEP_MAX: Duration = Duration::from_secs(10);
/// The largest cursor that is kept.
const CURSOR_BYTES_MAX: usize = 64 << 10;
/// Looks at once, one after the other, before others have their turn.
const LOOKS_AT_ONCE_MAX: u32 = 100;
/// How far a trigger has asked, and of whom: another system, or another question, begins anew.
#[derive(Serialize, Deserialize)]
struct Place {
    operation: String,
    connection: Option<String>,
    cursor: Value,
}

/// Why a look brought nothing.
enum NotNow {
    /// Calls over the connection are held back until then.
    Held(Ms),
    Call(Error),
    /// It brought something, and a part of the system is kept back.
    InPart(Error),
    Door(DoorError),
    Store(store::Error),
}

impl Source {
    pub(super) async fn ask(self, poll: Arc<dyn Poll>) {
        let (mut due, mut failures) = (Ms::MIN, 0);
        while self.wait_for(due).await {
            let Some(core) = self.core() else { return };
            let began = core.clock.now();
            let looked = self.look_on(&core, &*poll).await;
            let now = core.clock.now();
            due = match looked {
                Ok(()) => {
                    failures = 0;
                    let every = connector::poll::every(&self.node().with);
                    let next = began.saturating_add(ms(every)).max(now);
                    core.sources.answered(&self.slot(), now, Some(next));
                    next
                }
                Err(NotNow::Held(until)) => until.max(now.saturating_add(1_000)),
                Err(why) => {
                    failures += 1;
                    self.failed(&core, &why, failures, now)
                }
            };
        }
    }

    /// Waits until then, or until somebody says that there is something to ask for; false when the engine is gone.
    async fn wait_for(&self, due: Ms) -> bool {
        loop {
            let Some(core) = self.core() else { return false };
            let clock = core.clock.clone();
            drop(core);
            let jumped = clock.jumped();
            let nap = due.saturating_sub(clock.now());
            if nap <= 0 {
                return true;
            }
            let nap = Duration::from_millis(u64::try_from(nap).unwrap_or(0)).min(SLEEP_MAX);
            tokio::select! {
                biased;
                () = self.nudged.notified() => return true,
                () = jumped => {}
                () = sync::sleep(nap) => {}
            }
        }
    }

    /// Looks until everything has been fetched that there is.
    async fn look_on(&self, core: &Arc<Core>, poll: &dyn Poll) -> Result<(), NotNow> {
        let (mut more, mut trouble) = (true, None);
        for _ in 0..LOOKS_AT_ONCE_MAX {
            if !more {
                break;
            }
            (more, trouble) = self.look(core, poll).await?;
        }
        trouble.map_or(Ok(()), |error| Err(NotNow::InPart(error)))
    }

    /// Looks once; says whether there is more at once, and what keeps back a part.
    async fn look(&self, core: &Arc<Core>, poll: &dyn Poll) -> Result<(bool, Option<Error>), NotNow> {
        if core.closed.load(std::sync::atomic::Ordering::Relaxed) {
            return Err(NotNow::Door(DoorError::Closed));
        }
        let (flow, node) = self.slot();
        let kept = core.store.cursor(flow, &node).await.map_err(NotNow::Store)?;
        let cursor = kept.and_then(|text| self.read_place(&text));
        let pass = self.pass(core).await?;
        let polled = self.call(core, poll, cursor.as_ref()).await;
        let came = polled.as_ref().map(|_| Value::Null).map_err(Clone::clone);
        core.came(&pass, &came, NOBODY);
        let Polled { deliveries, cursor, more, trouble } = polled.map_err(NotNow::Call)?;
        self.accept(core, deliveries).await.map_err(NotNow::Door)?;
        crate::failpoint::reach("asked");
        let place = self.write_place(cursor)?;
        core.store.set_cursor(flow, &node, &place).await.map_err(NotNow::Store)?;
        Ok((more, trouble))
    }

    /// A look is one call of the connection's budget.
    async fn pass(&self, core: &Arc<Core>) -> Result<Pass, NotNow> {
        let Some(name) = &self.node().connection else { return Ok(Pass::FREE) };
        core.pass_aside(name).await.map_err(|blocked| match blocked.why {
            // Nothing but a person ends this: it is to be seen.
            BlockedWhy::SignIn => NotNow::Call(signed_out(name)),
            _ => NotNow::Held(blocked.until),
        })
    }

    /// Asks the system; with a new token where the one there was has ended.
    async fn call(&self, core: &Core, poll: &dyn Poll, cursor: Option<&Value>) -> Result<Polled, Error> {
        let name = self.node().connection.as_ref();
        let connection = connection(core, name).await?;
        match self.call_over(core, poll, cursor, connection.as_deref()).await {
            Err(Error::TokenEnded { .. }) if let (Some(name), Some(ended)) = (name, &connection) => {
                let renewed = core.connections.renew(name, ended).await?;
                self.call_over(core, poll, cursor, Some(&*renewed)).await
            }
            polled => polled,
        }
    }

    async fn call_over(
        &self,
        core: &Core,
        poll: &dyn Poll,
        cursor: Option<&Value>,
        connection: Option<&Connection>,
    ) -> Result<Polled, Error> {
        let http = connection.map_or_else(|| Ok(core.http.clone()), |one| core.http.over(one))?;
        let timeout = self.node().timeout.unwrap_or(TIMEOUT);
        let cx = PollCx { http: &http, connection, now: core.clock.now(), timeout };
        let call = AssertUnwindSafe(poll.poll(&cx, &self.node().with, cursor)).catch_unwind();
        let host = || self.node().operation.to_string();
        match sync::timeout(Duration::from_millis(timeout.as_ms()), call).await {
            Ok(Ok(polled)) => {
                // A system that repeats what it was told must not make the list of failures tell a key.
                let told = |error| match connection {
                    Some(connection) => connection.concealed(error),
                    None => error,
                };
                polled.map(|polled| Polled { trouble: polled.trouble.map(told), ..polled }).map_err(told)
            }
            Ok(Err(_panic)) => {
                let message = "the connector stumbled over this look; please report it".to_owned();
                Err(Error::Unreadable { host: host(), message })
            }
            Err(_) => Err(Error::Unanswered { host: host(), message: format!("no answer within {timeout}") }),
        }
    }

    /// What was kept, where it is of the same system and the same question.
    fn read_place(&self, text: &str) -> Option<Value> {
        let place: Place = serde_json::from_str(text).ok()?;
        let node = self.node();
        let same = place.operation == node.operation.as_str()
            && place.connection.as_deref() == node.connection.as_ref().map(ConnectionName::as_str);
        same.then_some(place.cursor)
    }

    fn write_place(&self, cursor: Value) -> Result<String, NotNow> {
        let node = self.node();
        let connection = node.connection.as_ref().map(|name| name.as_str().to_owned());
        let place = Place { operation: node.operation.to_string(), connection, cursor };
        let text = serde_json::to_string(&place).unwrap_or_default();
        if text.is_empty() || text.len() > CURSOR_BYTES_MAX {
            let message = "the place where the next look begins cannot be kept".to_owned();
            return Err(NotNow::Call(Error::Unreadable { host: node.operation.to_string(), message }));
        }
        Ok(text)
    }

    /// Notes a failure; gives when to try again.
    fn failed(&self, core: &Core, why: &NotNow, failures: u32, now: Ms) -> Ms {
        let every = Duration::from_millis(connector::poll::every(&self.node().with).as_ms());
        let longest = match why {
            // What is kept back makes nothing else late.
            NotNow::InPart(_) => every,
            _ => PAUSE_MAX.max(every),
        };
        let pause = PAUSE.saturating_mul(1 << failures.saturating_sub(1).min(10)).min(longest);
        let pause = match why {
            NotNow::Call(error) if let Retry::After(span) = error.retry() => {
                pause.max(Duration::from_millis(span.as_ms()))
            }
            _ => pause,
        };
        let next = now.saturating_add(i64::try_from(pause.as_millis()).unwrap_or(i64::MAX));
        let told = match why {
            NotNow::Call(error) | NotNow::InPart(error) => (error.code(), error.to_string(), error.advice()),
            NotNow::Door(error) => ("", error.to_string(), String::new()),
            NotNow::Store(error) => ("", error.to_string(), String::new()),
            NotNow::Held(_) => return next,
        };
        if failures == 1 {
            let (flow, node) = (&self.flow.id, &self.node().id);
            tracing::warn!(%flow, %node, error = told.1, "a trigger could not ask what has changed; it is tried again");
        }
        core.sources.failed(&self.slot(), now, next, told);
        next
    }
}

fn ms(span: Span) -> Ms {
    i64::try_from(span.as_ms()).unwrap_or(i64::MAX)
}
