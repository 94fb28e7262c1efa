//! The door of a flow whose events are accepted into a buffer: acknowledged when the broker has confirmed, with the store or
//! without it.

use crate::buffered::{self, BufferedEvent};
use crate::core::Core;
use crate::door::{self, Arrival, Sent};
use crate::error::DoorError;
use crate::failpoint;
use crate::flows::Listener;
use buffer::{Buffer, Parcel};
use connector::{Body, Request};
use model::Value;
use run::Data;
use std::fmt::Write;
use std::sync::Arc;

/// What the sender of a buffered event is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buffered {
    pub buffer: String,
    /// What the event is known by until it has a run: the sender's own number, or one that the door made.
    pub delivery: String,
}

/// Puts a request's event into the flow's buffer. Returns when the broker has confirmed that it keeps it.
pub async fn put(core: &Arc<Core>, at: &Listener, request: &Request<'_>) -> Result<Buffered, DoorError> {
    let name = at.flow.buffer().ok_or(DoorError::NotFound)?.to_owned();
    let (arrival, mut span) = door::received(core, door::arrive(core, at, request)?);
    let not_confirmed = || DoorError::NotConfirmed { buffer: name.clone() };
    let Some(buffer) = core.options.buffers.get(&name) else {
        span.fail("not_accepted");
        tracing::error!(flow = %at.flow.id, buffer = name, "the flow's buffer is not set up in this process");
        return Err(not_confirmed());
    };
    let put = async {
        let event = event_of(core, arrival)?;
        confirmed(core, &name, &**buffer, &event).await?;
        Ok(event.delivery)
    };
    match put.await {
        Ok(delivery) => Ok(Buffered { buffer: name, delivery }),
        Err(error) => {
            span.fail("not_accepted");
            Err(error)
        }
    }
}

fn event_of(core: &Core, arrival: Arrival<'_>) -> Result<BufferedEvent, DoorError> {
    let Arrival { flow, trigger, delivery, head, body, .. } = arrival;
    let Sent::Body(body) = body else {
        return Err(DoorError::Malformed("a body this long cannot wait in a buffer".into()));
    };
    // A key that cannot be read is the sender's to hear of, not that of whoever draws.
    let key = match &flow.order_by {
        None => None,
        Some(_) => door::ordering_key(core, flow, &opened(&head, &body))?,
    };
    let delivery = match delivery {
        Some(delivery) => delivery,
        None => made_up()?,
    };
    let lane = key.map(|key| buffered::lane(&flow.id, &key));
    let received_at = core.clock.now();
    Ok(BufferedEvent { flow: flow.id.clone(), trigger, delivery, lane, received_at, head, body })
}

fn opened(head: &serde_json::Map<String, Value>, body: &Body) -> Data {
    match body {
        Body::Json(text) => Data::received(head.clone(), Data::from_text(text.clone())),
        Body::Value(value) => door::trigger_data(head.clone(), value.clone()),
    }
}

/// A delivery id for a sender that has none, so that what the broker gives twice is one event.
fn made_up() -> Result<String, DoorError> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|error| DoorError::Malformed(error.to_string()))?;
    let mut text = "khlong:".to_owned();
    for byte in random {
        write!(text, "{byte:02x}").ok();
    }
    Ok(text)
}

async fn confirmed(
    core: &Core,
    name: &str,
    buffer: &dyn Buffer,
    event: &BufferedEvent,
) -> Result<(), DoorError> {
    let text = event.write().map_err(|error| DoorError::Malformed(error.to_string()))?;
    let _room = door::room_for(core, text.len())?;
    let counts = core.gauges.buffer(name);
    let put = buffer.put(&Parcel { key: event.key(), lane: event.lane.clone(), text }).await;
    failpoint::reach("buffered");
    match put {
        Ok(()) => {
            counts.confirmed();
            Ok(())
        }
        Err(buffer::Error::TooLarge { limit }) => {
            Err(DoorError::TooLargeForBuffer { buffer: name.to_owned(), limit })
        }
        Err(error) => {
            counts.refused();
            // A rush at a broker that is away is one line.
            if counts.fails() {
                tracing::warn!(buffer = name, %error, "a broker did not confirm: its flows' events are refused");
            }
            Err(DoorError::NotConfirmed { buffer: name.to_owned() })
        }
    }
}
