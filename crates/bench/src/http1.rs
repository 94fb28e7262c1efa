//! As much HTTP/1.1 as a load generator and a sink need: heads end, bodies have a length.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// More than any head or answer here; a larger one is a mistake.
const MESSAGE_BYTES_MAX: usize = 32 << 20;
const READ_BYTES: usize = 16 * 1024;

/// One connection and what came over it, message by message.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// Where one message lies in the buffer.
#[derive(Clone, Copy)]
pub struct Message {
    head_end: usize,
    end: usize,
}

impl Connection {
    pub fn new(stream: TcpStream) -> Self {
        Self { stream, buffer: Vec::with_capacity(READ_BYTES) }
    }

    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await.with_context(|| format!("connecting to {address}"))?;
        stream.set_nodelay(true)?;
        Ok(Self::new(stream))
    }

    pub async fn send(&mut self, message: &[u8]) -> Result<()> {
        Ok(self.stream.write_all(message).await?)
    }

    /// The next message, or `None` when the other side is done.
    pub async fn receive(&mut self) -> Result<Option<Message>> {
        loop {
            if let Some(message) = find_message(&self.buffer)? {
                return Ok(Some(message));
            }
            if self.buffer.len() > MESSAGE_BYTES_MAX {
                bail!("a message of more than {MESSAGE_BYTES_MAX} bytes");
            }
            self.buffer.reserve(READ_BYTES);
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Ok(None);
            }
        }
    }

    pub fn head(&self, message: Message) -> &[u8] {
        &self.buffer[..message.head_end]
    }

    pub fn body(&self, message: Message) -> &[u8] {
        &self.buffer[message.head_end..message.end]
    }

    pub fn forget(&mut self, message: Message) {
        self.buffer.drain(..message.end);
    }
}

fn find_message(buffer: &[u8]) -> Result<Option<Message>> {
    let Some(head_end) = find(buffer, b"\r\n\r\n").map(|at| at + 4) else {
        return Ok(None);
    };
    let head = &buffer[..head_end];
    let end = head_end + content_length(head)?;
    Ok((buffer.len() >= end).then_some(Message { head_end, end }))
}

fn content_length(head: &[u8]) -> Result<usize> {
    const NAME: &[u8] = b"content-length:";
    for line in head.split(|byte| *byte == b'\n') {
        if line.len() > NAME.len() && line[..NAME.len()].eq_ignore_ascii_case(NAME) {
            let text = std::str::from_utf8(&line[NAME.len()..])?;
            return text.trim().parse().context("reading a content-length");
        }
    }
    Ok(0)
}

/// `HTTP/1.1 202 Accepted` → 202
pub fn status(head: &[u8]) -> u16 {
    let digits = head.get(9..12).and_then(|digits| std::str::from_utf8(digits).ok());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

pub fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

/// A request with a JSON body, ready to be sent.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut request = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n");
    for (name, value) in headers {
        request += &format!("{name}: {value}\r\n");
    }
    request += &format!("content-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
    [request.as_bytes(), body].concat()
}

/// One call for JSON, on a connection of its own.
pub async fn call(address: SocketAddr, request: &[u8]) -> Result<(u16, Value)> {
    let mut connection = Connection::open(address).await?;
    connection.send(request).await?;
    let message =
        connection.receive().await?.context("the server closed the connection without an answer")?;
    let body = connection.body(message);
    let value = if body.is_empty() { Value::Null } else { serde_json::from_slice(body).unwrap_or_default() };
    Ok((status(connection.head(message)), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_ends_where_its_length_says() {
        let text = b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nokHTTP/1.1";
        let message = find_message(text).unwrap().unwrap();
        assert_eq!(&text[message.head_end..message.end], b"ok");
        assert_eq!(status(&text[..message.head_end]), 202);
    }

    #[test]
    fn half_a_message_is_none_yet() {
        assert!(find_message(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok").unwrap().is_none());
        assert!(find_message(b"HTTP/1.1 200 OK\r\n").unwrap().is_none());
    }
}
