//! A server with bad manners.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// More than anybody should take.
const ENDLESS_BYTES: u64 = 128 << 20;

#[derive(Clone, Copy, Debug)]
pub enum Manner {
    /// Hangs up at once.
    Closed,
    /// Says this, and waits until the other side has gone.
    Says(&'static [u8]),
    /// Says this again and again.
    Endless(&'static [u8]),
    /// A letter each second.
    Drips,
    Silent,
}

pub struct Server {
    pub port: u16,
    written: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Server {
    pub async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let written = Arc::<AtomicU64>::default();
        let count = written.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, manner, count.clone()));
            }
        });
        Self { port, written, task }
    }

    /// Bytes that somebody took.
    pub fn written(&self) -> u64 {
        self.written.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, manner: Manner, written: Arc<AtomicU64>) -> std::io::Result<()> {
    match manner {
        Manner::Closed => return Ok(()),
        Manner::Says(text) => stream.write_all(text).await?,
        Manner::Endless(text) => {
            let piece = text.repeat(1 + (1 << 16) / text.len());
            while written.load(Ordering::SeqCst) < ENDLESS_BYTES {
                stream.write_all(&piece).await?;
                written.fetch_add(piece.len() as u64, Ordering::SeqCst);
            }
            return Ok(());
        }
        Manner::Drips => loop {
            stream.write_all(b"2").await?;
            tokio::time::sleep(Duration::from_secs(1)).await;
        },
        Manner::Silent => {}
    }
    let mut heard = [0; 1 << 12];
    while stream.read(&mut heard).await? > 0 {}
    Ok(())
}
