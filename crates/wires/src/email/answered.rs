//! A connection on which every question has a short answer: who talks without an end is left.

use lettre::transport::smtp::client::AsyncTokioStream;
use std::fmt;
use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Far more than a server says to one command, or shows of itself when TLS begins.
const ANSWER_BYTES_MAX: usize = 256 << 10;

#[derive(Debug)]
pub struct Answered<S> {
    stream: S,
    peer: SocketAddr,
    /// Since something was said last.
    heard: usize,
}

impl<S> Answered<S> {
    pub fn new(stream: S, peer: SocketAddr) -> Self {
        Self { stream, peer, heard: 0 }
    }
}

impl<S: AsyncRead + AsyncWrite + Send + Sync + Unpin + fmt::Debug> AsyncTokioStream for Answered<S> {
    fn peer_addr(&self) -> Result<SocketAddr> {
        Ok(self.peer)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Answered<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        let before = into.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, into))?;
        self.heard += into.filled().len() - before;
        match self.heard > ANSWER_BYTES_MAX {
            true => Poll::Ready(Err(Error::new(ErrorKind::InvalidData, "an answer without an end"))),
            false => Poll::Ready(Ok(())),
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Answered<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        self.heard = 0;
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
