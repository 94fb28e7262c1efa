//! Connections: how many one address may have, and how long one may take nothing.

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// Connections that one address may have open: the half of all, so that no single one can take them all.
const PER_ADDRESS_MAX: usize = 2_048;
/// A peer that takes nothing of what it asked for so long is gone or means harm.
const WRITE_TIMEOUT: Duration = Duration::from_secs(60);

/// Counts connections by address.
#[derive(Clone, Default)]
pub struct Peers(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// One connection's place; free again when dropped.
pub struct Place {
    peers: Peers,
    address: IpAddr,
}

impl Peers {
    /// Nothing where the address has too many already.
    pub fn take(&self, address: IpAddr) -> Option<Place> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(address).or_default();
        if *count >= PER_ADDRESS_MAX {
            return None;
        }
        *count += 1;
        Some(Place { peers: self.clone(), address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.peers.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.address);
            }
        }
    }
}

/// What a connection still owes the other end: requests that are being answered, and bytes that are not sent yet.
#[derive(Clone, Default)]
pub struct Duties(Arc<Counts>);

#[derive(Default)]
struct Counts {
    answering: AtomicUsize,
    unsent: AtomicBool,
}

/// One request that is being answered, until this is dropped.
pub struct Answering(Duties);

impl Duties {
    pub fn answer(&self) -> Answering {
        self.0.answering.fetch_add(1, Ordering::Relaxed);
        Answering(self.clone())
    }

    /// Whether the connection only waits for the other end to say something.
    pub fn are_done(&self) -> bool {
        self.0.answering.load(Ordering::Relaxed) == 0 && !self.0.unsent.load(Ordering::Relaxed)
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.0.answering.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A stream whose writes fail when the other end takes nothing for a while.
pub struct Impatient<S> {
    stream: S,
    /// Asleep unless a write waits.
    timer: Pin<Box<Sleep>>,
    patience: Duration,
    duties: Duties,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Impatient<S> {
    pub fn new(stream: S, duties: Duties) -> Self {
        Self::with_patience(stream, duties, WRITE_TIMEOUT)
    }

    fn with_patience(stream: S, duties: Duties, patience: Duration) -> Self {
        Self { stream, timer: Box::pin(tokio::time::sleep(patience)), patience, duties }
    }

    fn unless_too_long<T>(
        &mut self,
        cx: &mut Context<'_>,
        write: impl FnOnce(Pin<&mut S>, &mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if let Poll::Ready(done) = write(Pin::new(&mut self.stream), cx) {
            self.duties.0.unsent.store(false, Ordering::Relaxed);
            return Poll::Ready(done);
        }
        if !self.duties.0.unsent.swap(true, Ordering::Relaxed) {
            let until = Instant::now() + self.patience;
            self.timer.as_mut().reset(until);
        }
        ready!(self.timer.as_mut().poll(cx));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the other end takes nothing")))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Impatient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, into)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Impatient<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.unless_too_long(cx, |stream, cx| stream.poll_write(cx, bytes))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.unless_too_long(cx, |stream, cx| stream.poll_write_vectored(cx, parts))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.unless_too_long(cx, |stream, cx| stream.poll_flush(cx))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.unless_too_long(cx, |stream, cx| stream.poll_shutdown(cx))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[tokio::test]
    async fn a_peer_that_takes_nothing_is_given_up_and_one_that_takes_is_not() {
        let (ours, mut theirs) = tokio::io::duplex(4);
        let mut stream = Impatient::with_patience(ours, Duties::default(), Duration::ZERO);
        for _ in 0..4 {
            stream.write_all(&[0; 4]).await.expect("there is room");
            theirs.read_exact(&mut [0; 4]).await.expect("it is sent");
        }
        let error = stream.write_all(&[0; 20]).await.expect_err("nobody takes it");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        theirs.read_exact(&mut [0; 4]).await.expect("it is sent");
        stream.write_all(&[0; 4]).await.expect("there is room");
    }

    #[test]
    fn one_address_cannot_take_every_place() {
        let peers = Peers::default();
        let (here, there) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let mut places: Vec<_> =
            (0..PER_ADDRESS_MAX).map(|_| peers.take(here).expect("there is room")).collect();
        assert!(peers.take(here).is_none());
        assert!(peers.take(there).is_some());
        places.pop();
        assert!(peers.take(here).is_some());
        drop(places);
        assert!(peers.0.lock().unwrap().is_empty(), "nobody is remembered who is gone");
    }
}
