//! Reading what people and programs send: bounded in length, in time, and in how much is under way at once.

use crate::codes;
use crate::failure::Failure;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

/// How long a sender may take over its body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// Bytes of all bodies that are being read. Nobody has proved yet who they are, so strangers could take it all.
const BYTES_MAX: usize = 64 << 20;
/// How much of a body that is too large is read all the same, and for how long, without keeping any of it.
const SPILT_BYTES_MAX: usize = 32 << 20;
const SPILL_TIMEOUT: Duration = Duration::from_secs(5);
/// A sender that pauses for so long waits for the answer already.
const SPILL_PAUSE: Duration = Duration::from_millis(500);
const RETRY_S: u64 = 2;

/// A longer body is not held: it goes to the disk as it comes.
pub const HELD_BYTES_MAX: u64 = 16 << 20;
/// Bodies that pass at once. They have room of their own, so that whoever takes long keeps no others out.
const PASSING_MAX: usize = 16;
/// How fast such a body has to come after the time that every body has.
const PASSING_BYTES_PER_S: u64 = 128 << 10;

/// The room for bodies under way.
pub struct Bodies {
    room: Arc<Semaphore>,
    passing: Arc<Semaphore>,
    patience: Duration,
    closing: CancellationToken,
}

impl Default for Bodies {
    fn default() -> Self {
        Self::of(BYTES_MAX, BODY_TIMEOUT)
    }
}

/// A body, and the room it takes until this is dropped.
#[derive(Debug)]
pub struct Held {
    pub bytes: Bytes,
    _room: Option<OwnedSemaphorePermit>,
}

/// A body, or as much of it as shows that it is too long to be held.
pub enum Taken {
    Held(Held),
    Long(Long),
}

/// A body that passes.
pub struct Long {
    first: Held,
    rest: Body,
    limit: u64,
    _passing: OwnedSemaphorePermit,
}

/// Takes a body's parts.
pub trait Sink {
    fn put(&mut self, part: &[u8]) -> impl Future<Output = Result<(), Failure>> + Send;
}

impl Bodies {
    fn of(bytes: usize, patience: Duration) -> Self {
        let closing = CancellationToken::new();
        let [room, passing] = [bytes, PASSING_MAX].map(|most| Arc::new(Semaphore::new(most)));
        Self { room, passing, patience, closing }
    }

    /// Nobody is waited for any more: what has not come yet is given up.
    pub fn close(&self) {
        self.closing.cancel();
    }

    /// Reads a body that is not larger than allowed; of one that says it is, nothing is kept.
    pub async fn read(&self, headers: &HeaderMap, mut body: Body, limit: u64) -> Result<Held, Failure> {
        if declared(headers).is_some_and(|length| length > limit) {
            // Who asks before sending is told at once.
            if !headers.contains_key(header::EXPECT) {
                spill(&mut body).await;
            }
            return Err(too_large(limit));
        }
        let read = tokio::time::timeout(self.patience, self.gather(body, limit));
        tokio::select! {
            biased;
            read = read => read.map_err(|_| too_slow())?,
            () = self.closing.cancelled() => Err(stopping()),
        }
    }

    /// Reads a body that may be too long to be held.
    pub async fn take(&self, headers: &HeaderMap, mut body: Body, limit: u64) -> Result<Taken, Failure> {
        let declared = declared(headers);
        if limit <= HELD_BYTES_MAX
            || declared.is_some_and(|length| length <= HELD_BYTES_MAX || length > limit)
        {
            return self.read(headers, body, limit).await.map(Taken::Held);
        }
        let (first, ended) = match declared {
            Some(_) => (Held { bytes: Bytes::new(), _room: None }, false),
            None => {
                let begun = tokio::time::timeout(self.patience, self.begin(&mut body));
                begun.await.map_err(|_| too_slow())??
            }
        };
        if ended {
            return Ok(Taken::Held(first));
        }
        let _passing = self.passing.clone().try_acquire_owned().map_err(|_| busy())?;
        Ok(Taken::Long(Long { first, rest: body, limit, _passing }))
    }

    /// Reads a body that does not say its length as far as it may be held; tells whether that was all.
    async fn begin(&self, body: &mut Body) -> Result<(Held, bool), Failure> {
        let (mut first, mut room) = (BytesMut::new(), None);
        while first.len() as u64 <= HELD_BYTES_MAX {
            let Some(part) = self.part(body).await? else {
                return Ok((Held { bytes: first.freeze(), _room: room }, true));
            };
            self.make_room(&mut room, part.len())?;
            first.extend_from_slice(&part);
        }
        Ok((Held { bytes: first.freeze(), _room: room }, false))
    }

    /// Lets go of a long body that nobody takes.
    pub async fn refuse(&self, mut long: Long) {
        spill(&mut long.rest).await;
    }

    /// Hands a long body on, part by part.
    pub async fn pass(&self, long: Long, sink: &mut (impl Sink + Send)) -> Result<(), Failure> {
        let Long { first, mut rest, limit, _passing } = long;
        let (began, mut bytes) = (Instant::now(), first.bytes.len() as u64);
        sink.put(&first.bytes).await?;
        drop(first);
        while let Some(part) = self.part(&mut rest).await? {
            bytes += part.len() as u64;
            let taken = match bytes > limit {
                true => Err(too_large(limit)),
                false => sink.put(&part).await,
            };
            if let Err(failure) = taken {
                spill(&mut rest).await;
                return Err(failure);
            }
            if began.elapsed() > self.patience + Duration::from_secs(bytes / PASSING_BYTES_PER_S) {
                return Err(too_slow());
            }
        }
        Ok(())
    }

    /// The next part, which is not waited for longer than others wait for a whole body.
    async fn part(&self, body: &mut Body) -> Result<Option<Bytes>, Failure> {
        loop {
            let frame = tokio::select! {
                biased;
                frame = tokio::time::timeout(self.patience, body.frame()) => frame.map_err(|_| too_slow())?,
                () = self.closing.cancelled() => return Err(stopping()),
            };
            let Some(frame) = frame else { return Ok(None) };
            let frame = frame.map_err(|_| Failure::bad_request("the body ended too early"))?;
            if let Ok(data) = frame.into_data() {
                return Ok(Some(data));
            }
        }
    }

    async fn gather(&self, mut body: Body, limit: u64) -> Result<Held, Failure> {
        let (mut first, mut more) = (Bytes::new(), BytesMut::new());
        let mut room = None;
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| Failure::bad_request("the body ended too early"))?;
            let Ok(data) = frame.into_data() else { continue };
            if (first.len() + more.len() + data.len()) as u64 > limit {
                spill(&mut body).await;
                return Err(too_large(limit));
            }
            self.make_room(&mut room, data.len())?;
            // Nearly every body comes in one piece, which is then not copied.
            match first.is_empty() && more.is_empty() {
                true => first = data,
                false => {
                    more.extend_from_slice(&std::mem::take(&mut first));
                    more.extend_from_slice(&data);
                }
            }
        }
        Ok(Held { bytes: if more.is_empty() { first } else { more.freeze() }, _room: room })
    }

    /// Counted as it comes, not as it is announced: who announces much and sends nothing takes nothing.
    fn make_room(&self, room: &mut Option<OwnedSemaphorePermit>, bytes: usize) -> Result<(), Failure> {
        let bytes = u32::try_from(bytes).map_err(|_| busy())?;
        let more = self.room.clone().try_acquire_many_owned(bytes).map_err(|_| busy())?;
        match room {
            Some(room) => room.merge(more),
            None => *room = Some(more),
        }
        Ok(())
    }
}

fn declared(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Most senders look for an answer after they have sent everything; hung up on before, they would see a broken
/// connection instead of what is wrong, and send the same again.
async fn spill(body: &mut Body) {
    let read = async {
        let mut left = SPILT_BYTES_MAX;
        while let Ok(Some(Ok(frame))) = tokio::time::timeout(SPILL_PAUSE, body.frame()).await {
            left = match left.checked_sub(frame.data_ref().map_or(0, Bytes::len)) {
                Some(left) => left,
                None => return,
            };
        }
    };
    // Whatever is left then is cut off.
    tokio::time::timeout(SPILL_TIMEOUT, read).await.ok();
}

pub fn too_large(limit: impl fmt::Display) -> Failure {
    let message = format!("the body is larger than {limit} bytes");
    Failure::new(StatusCode::PAYLOAD_TOO_LARGE, codes::TOO_LARGE, message)
}

fn too_slow() -> Failure {
    Failure::new(StatusCode::REQUEST_TIMEOUT, codes::TOO_SLOW, "the body did not come in time")
}

fn stopping() -> Failure {
    let message = "Khlong is stopping, and the body has not come yet";
    Failure::new(StatusCode::SERVICE_UNAVAILABLE, codes::STOPPING, message).retry_after(RETRY_S)
}

fn busy() -> Failure {
    let message = "too much is being sent at once";
    Failure::new(StatusCode::SERVICE_UNAVAILABLE, codes::BUSY, message).retry_after(RETRY_S)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::response::IntoResponse;

    async fn read(bodies: &Bodies, bytes: usize) -> Result<Held, StatusCode> {
        let read = bodies.read(&HeaderMap::new(), Body::from(vec![b'x'; bytes]), 1_000).await;
        read.map_err(|failure| failure.into_response().status())
    }

    #[tokio::test]
    async fn what_comes_at_once_is_bounded_and_gives_its_room_back() {
        let bodies = Bodies::of(100, BODY_TIMEOUT);
        let held = read(&bodies, 60).await.expect("it fits");
        assert_eq!(held.bytes.len(), 60);
        assert_eq!(read(&bodies, 60).await.err(), Some(StatusCode::SERVICE_UNAVAILABLE));
        drop(held);
        read(&bodies, 60).await.expect("there is room again");
    }

    #[tokio::test]
    async fn a_body_that_does_not_come_is_given_up() {
        let never = Body::from_stream(futures::stream::pending::<Result<Bytes, std::io::Error>>());
        let read = Bodies::of(100, Duration::ZERO).read(&HeaderMap::new(), never, 1_000).await;
        assert_eq!(
            read.map_err(|failure| failure.into_response().status()).err(),
            Some(StatusCode::REQUEST_TIMEOUT)
        );
    }
}
