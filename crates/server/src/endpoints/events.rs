//! Live state, as server-sent events.

use crate::App;
use crate::auth::{Require, Viewer};
use crate::failure::{AnyFailure, Failure};
use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures::Stream;
use std::convert::Infallible;
use std::time::Duration;

/// Proxies close what is silent for a minute.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Changes of runs and flows as they happen. `reload` says that some were left out: ask for the lists again.
#[utoipa::path(get, path = api::path::EVENTS, tag = "events",
    responses((status = 200, body = api::LiveEvent, content_type = "text/event-stream"), AnyFailure))]
pub async fn stream(
    State(app): State<App>,
    _: Require<Viewer>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Failure> {
    let subscriber = app.hub().subscribe()?;
    let events = futures::stream::unfold(subscriber, |mut subscriber| async move {
        let told = subscriber.next().await?;
        let event = Event::default().event(told.name).data(&*told.data);
        Some((Ok(event), subscriber))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT)))
}
