//! TLS as SQL Server wants it: agreed upon in the clear by a first packet, shaken hands for within packets, and from then on
//! around everything. The client library is then told that nothing is encrypted, in the server's own first packet.
//!
//! Its own TLS would bring a second cryptography provider for rustls, which is C; and with two of them, rustls no longer
//! knows which one others mean. The packets are described in Microsoft's MS-TDS, 2.2.3 (header), 2.2.6.5 (PRELOGIN) and 3.2.5.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;

const HEADER: usize = 8;
const PRELOGIN: u8 = 0x12;
const ANSWER: u8 = 0x04;
const LAST: u8 = 0x01;
/// A first answer is some dozen bytes.
const ANSWER_MAX: usize = 4_096;
const VERSION: u8 = 0;
const ENCRYPTION: u8 = 1;
const END: u8 = 0xff;
const ENCRYPT_ON: u8 = 1;
const NOT_SUPPORTED: u8 = 2;
const REQUIRED: u8 = 3;

/// Makes a connection encrypted. What comes out looks to the client like one that nobody encrypts.
pub async fn encrypted<S>(
    mut stream: S,
    name: ServerName<'static>,
    config: ClientConfig,
) -> io::Result<Unaware<S>>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    stream.write_all(&packet(PRELOGIN, &asking())).await?;
    let mut answer = read_packet(&mut stream).await?;
    let at =
        encryption(&answer).ok_or_else(|| broken("the server's first answer is not one of SQL Server"))?;
    if !matches!(answer[at], ENCRYPT_ON | REQUIRED) {
        return Err(broken("the server does not support TLS"));
    }
    answer[at] = NOT_SUPPORTED;
    let packets = Packets { stream, within: true, read: Vec::new(), left: 0, written: Vec::new() };
    let mut encrypted = TlsConnector::from(Arc::new(config)).connect(name, packets).await?;
    encrypted.get_mut().0.within = false;
    Ok(Unaware { stream: encrypted, answer, told: 0, hears: Hearing::Header(Vec::new()) })
}

fn broken(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

fn packet(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(HEADER + body.len()).unwrap_or(u16::MAX).to_be_bytes();
    [&[kind, LAST, length[0], length[1], 0, 0, 0, 0], body].concat()
}

/// A version, which nobody looks at, and that it is to be encrypted.
fn asking() -> Vec<u8> {
    let table = [VERSION, 0, 11, 0, 6, ENCRYPTION, 0, 17, 0, 1, END];
    [&table[..], &[0, 0, 0, 0, 0, 0, ENCRYPT_ON]].concat()
}

async fn read_packet(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut packet = vec![0; HEADER];
    stream.read_exact(&mut packet).await?;
    let length = length(&packet);
    if packet[0] != ANSWER || !(HEADER..=ANSWER_MAX).contains(&length) {
        return Err(broken("the server does not answer as SQL Server does"));
    }
    packet.resize(length, 0);
    stream.read_exact(&mut packet[HEADER..]).await?;
    Ok(packet)
}

fn length(header: &[u8]) -> usize {
    usize::from(u16::from_be_bytes([header[2], header[3]]))
}

/// Where in an answer it stands how the server encrypts.
fn encryption(answer: &[u8]) -> Option<usize> {
    let body = answer.get(HEADER..)?;
    let entry = body
        .chunks(5)
        .take_while(|entry| entry[0] != END)
        .find(|entry| entry[0] == ENCRYPTION && entry.len() == 5)?;
    let at = HEADER + usize::from(u16::from_be_bytes([entry[1], entry[2]]));
    (at < answer.len()).then_some(at)
}

/// While hands are shaken, each part of it is the body of a packet.
pub struct Packets<S> {
    stream: S,
    within: bool,
    /// Of a header that came in part.
    read: Vec<u8>,
    /// Bytes that the packet still has.
    left: usize,
    written: Vec<u8>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Packets<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.within && this.left == 0 {
            return Pin::new(&mut this.stream).poll_read(cx, into);
        }
        while this.left == 0 {
            let mut header = [0; HEADER];
            let mut part = ReadBuf::new(&mut header[this.read.len()..]);
            ready!(Pin::new(&mut this.stream).poll_read(cx, &mut part))?;
            if part.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
            this.read.extend_from_slice(part.filled());
            if this.read.len() == HEADER {
                this.left = length(&this.read)
                    .checked_sub(HEADER)
                    .ok_or_else(|| broken("a packet shorter than its header"))?;
                this.read.clear();
            }
        }
        let room = into.remaining().min(this.left);
        let mut part = ReadBuf::new(into.initialize_unfilled_to(room));
        ready!(Pin::new(&mut this.stream).poll_read(cx, &mut part))?;
        let count = part.filled().len();
        into.advance(count);
        this.left -= count;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> Packets<S> {
    fn send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.written.is_empty() {
            let count = ready!(Pin::new(&mut self.stream).poll_write(cx, &self.written))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.written.drain(..count);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Packets<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.send(cx))?;
        if !this.within {
            return Pin::new(&mut this.stream).poll_write(cx, from);
        }
        let count = from.len().min(ANSWER_MAX - HEADER);
        this.written = packet(PRELOGIN, &from[..count]);
        Poll::Ready(Ok(count))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.send(cx))?;
        Pin::new(&mut this.stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.send(cx))?;
        Pin::new(&mut this.stream).poll_shutdown(cx)
    }
}

/// An encrypted connection for a client that does not know of it: its first packet goes nowhere, as the server has had one,
/// and the server's answer to that is what it gets.
pub struct Unaware<S> {
    stream: tokio_rustls::client::TlsStream<Packets<S>>,
    answer: Vec<u8>,
    told: usize,
    hears: Hearing,
}

/// How much of the client's first packet has come.
enum Hearing {
    Header(Vec<u8>),
    Body(usize),
    Done,
}

impl Hearing {
    /// How many of these bytes belong to the first packet.
    fn swallow(&mut self, from: &[u8]) -> usize {
        match self {
            Self::Header(header) => {
                let count = from.len().min(HEADER - header.len());
                header.extend_from_slice(&from[..count]);
                if header.len() == HEADER {
                    *self = Self::after(length(header).saturating_sub(HEADER));
                }
                count
            }
            Self::Body(left) => {
                let count = from.len().min(*left);
                *self = Self::after(*left - count);
                count
            }
            Self::Done => 0,
        }
    }

    fn after(left: usize) -> Self {
        if left == 0 { Self::Done } else { Self::Body(left) }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Unaware<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let left = &this.answer[this.told..];
        if !left.is_empty() {
            let count = left.len().min(into.remaining());
            into.put_slice(&left[..count]);
            this.told += count;
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut this.stream).poll_read(cx, into)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Unaware<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        match this.hears.swallow(from) {
            0 => Pin::new(&mut this.stream).poll_write(cx, from),
            count => Poll::Ready(Ok(count)),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests;
