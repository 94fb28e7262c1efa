//! A server that answers as it is told, byte by byte.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Longer than any request of a test.
const REQUEST_BYTES_MAX: usize = 8 << 20;
/// What a server would send if nobody stopped it.
pub const HUGE_BYTES: u64 = 100 << 20;

/// One request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    pub target: String,
    /// Everything before the body, its first line included.
    pub head: String,
    pub body: Vec<u8>,
}

impl Asked {
    pub fn body(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn whole(&self) -> String {
        format!("{}{}", self.head, self.body())
    }
}

/// What becomes of a request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// These bytes, and the end.
    Bytes(Vec<u8>),
    /// A body of 100 MB, with its length or in pieces.
    Huge { declared: bool },
    /// A byte each second, for ever.
    Drip,
    /// The connection is closed, or reset, and nothing is said.
    Hangup { reset: bool },
}

impl Reply {
    pub fn of(status: u16, headers: &[(&str, &str)], body: &str) -> Self {
        let mut text =
            format!("HTTP/1.1 {status} So\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
        headers.iter().for_each(|(name, value)| text.push_str(&format!("{name}: {value}\r\n")));
        Self::Bytes(format!("{text}\r\n{body}").into_bytes())
    }

    pub fn json(status: u16, body: &str) -> Self {
        Self::of(status, &[("content-type", "application/json")], body)
    }
}

type Answering = dyn Fn(&Asked) -> Reply + Send + Sync;

pub struct Server {
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    /// Bytes of long bodies that it got rid of.
    written: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Server {
    pub async fn start(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (asked, written) = (Arc::<Mutex<Vec<Asked>>>::default(), Arc::<AtomicU64>::default());
        let (kept, count) = (asked.clone(), written.clone());
        let answer: Arc<Answering> = Arc::new(answer);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, answer.clone(), kept.clone(), count.clone()));
            }
        });
        Self { url, asked, written, task }
    }

    /// Always the same.
    pub async fn saying(reply: Reply) -> Self {
        Self::start(move |_| reply.clone()).await
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub fn written(&self) -> u64 {
        self.written.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut stream: TcpStream,
    answer: Arc<Answering>,
    asked: Arc<Mutex<Vec<Asked>>>,
    written: Arc<AtomicU64>,
) {
    let Some(request) = read(&mut stream).await else { return };
    let reply = answer(&request);
    asked.lock().unwrap().push(request);
    // Whoever hangs up early is right to do so.
    send(stream, reply, &written).await.ok();
}

async fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 || bytes.len() > REQUEST_BYTES_MAX {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    while bytes.len() < end + length.unwrap_or(0) {
        if stream.read_buf(&mut bytes).await.ok()? == 0 || bytes.len() > REQUEST_BYTES_MAX {
            return None;
        }
    }
    let mut first = head.split_whitespace();
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    Some(Asked { method, target, head, body: bytes[end..].to_vec() })
}

async fn send(mut stream: TcpStream, reply: Reply, written: &AtomicU64) -> std::io::Result<()> {
    const OK: &str = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json\r\n";
    match reply {
        Reply::Bytes(bytes) => stream.write_all(&bytes).await?,
        Reply::Huge { declared } => {
            let how = if declared { format!("content-length: {HUGE_BYTES}\r\n") } else { String::new() };
            stream.write_all(format!("{OK}{how}\r\n[").as_bytes()).await?;
            let piece = [b' '; 1 << 16];
            while written.load(Ordering::SeqCst) < HUGE_BYTES {
                stream.write_all(&piece).await?;
                written.fetch_add(piece.len() as u64, Ordering::SeqCst);
            }
        }
        Reply::Drip => {
            stream.write_all(format!("{OK}\r\n").as_bytes()).await?;
            loop {
                stream.write_all(b" ").await?;
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
        Reply::Hangup { reset: true } => return stream.set_zero_linger(),
        Reply::Hangup { reset: false } => {}
    }
    stream.shutdown().await
}
