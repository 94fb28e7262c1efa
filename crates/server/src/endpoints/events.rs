//! Live state, as server-sent events.

use crate::App;
use crate::auth::{Principal, Require, Viewer};
use crate::failure::{AnyFailure, Failure};
use crate::live::{Subscriber, Told};
use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures::Stream;
use std::convert::Infallible;
use std::time::Duration;
use tokio::time::Interval;

/// Proxies close what is silent for a minute. As often it is looked whether the listener may still listen.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Changes of runs and flows as they happen. `reload` says that some were left out: ask for the lists again.
#[utoipa::path(get, path = api::path::EVENTS, tag = "events",
    responses((status = 200, description = "Events, for as long as both sides like", body = api::LiveEvent, content_type = "text/event-stream"), AnyFailure))]
pub async fn stream(
    State(app): State<App>,
    viewer: Require<Viewer>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Failure> {
    let mut looks = tokio::time::interval(HEARTBEAT);
    looks.tick().await;
    let listener = Listener { subscriber: app.hub().subscribe()?, who: viewer.principal, app, looks };
    let events = futures::stream::unfold(listener, |mut listener| async move {
        let told = listener.next().await?;
        let event = Event::default().event(told.name).data(&*told.data);
        Some((Ok(event), listener))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT)))
}

/// A page that listens, for as long as it may.
struct Listener {
    app: App,
    who: Principal,
    subscriber: Subscriber,
    looks: Interval,
}

impl Listener {
    /// The next event; nothing more once the session or the token is gone.
    async fn next(&mut self) -> Option<Told> {
        loop {
            tokio::select! {
                told = self.subscriber.next() => return told,
                _ = self.looks.tick() => {
                    if !self.who.is_still_in(&self.app).await {
                        return None;
                    }
                }
            }
        }
    }
}
