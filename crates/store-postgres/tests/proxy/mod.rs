//! Stands between a store and its database and cuts the line where a test wants it cut.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use url::Url;

/// What of a commit is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// It never reaches the database.
    Question,
    /// It is done, and nobody is told.
    Answer,
    /// It reaches the database when `let_go` says so. Whoever sent it is told at once that the line is cut.
    Late,
}

#[derive(Default)]
struct Orders {
    next: Mutex<Option<Cut>>,
    has_cut: AtomicBool,
    refuse: AtomicBool,
    let_go: Notify,
}

pub struct Proxy {
    url: Url,
    orders: Arc<Orders>,
}

impl Proxy {
    pub async fn start(database: &str) -> Self {
        let database = Url::parse(database).expect("an address");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let mut url = database.clone();
        url.set_port(Some(listener.local_addr().expect("it listens").port())).expect("it takes a port");
        let orders = Arc::new(Orders::default());
        let server = (database.host_str().expect("a host").to_owned(), database.port().expect("a port"));
        let ours = orders.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if !ours.refuse.load(Ordering::SeqCst) {
                    tokio::spawn(join(client, server.clone(), ours.clone()));
                }
            }
        });
        Self { url, orders }
    }

    pub fn url(&self) -> String {
        self.url.to_string()
    }

    pub fn cut_next(&self, cut: Cut) {
        *self.orders.next.lock().expect("nobody panics with it") = Some(cut);
    }

    pub fn has_cut(&self) -> bool {
        self.orders.has_cut.load(Ordering::SeqCst)
    }

    pub fn let_go(&self) {
        self.orders.let_go.notify_one();
    }

    /// New connections are closed at once, and those that are there at their next word.
    pub fn refuse(&self, refuse: bool) {
        self.orders.refuse.store(refuse, Ordering::SeqCst);
    }
}

/// Both connections end with this, however it ends.
async fn join(mut client: TcpStream, server: (String, u16), orders: Arc<Orders>) -> std::io::Result<()> {
    let mut server = TcpStream::connect(server).await?;
    let (mut asked, mut told) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    let mut committing = false;
    loop {
        tokio::select! {
            read = client.read(&mut asked) => {
                let asked = &asked[..read?];
                if asked.is_empty() || orders.refuse.load(Ordering::SeqCst) {
                    return Ok(());
                }
                if asked.windows(7).any(|bytes| bytes == b"COMMIT\0") {
                    let cut = orders.next.lock().expect("nobody panics with it").take();
                    match cut {
                        Some(Cut::Question) => {
                            orders.has_cut.store(true, Ordering::SeqCst);
                            return Ok(());
                        }
                        Some(Cut::Answer) => committing = true,
                        Some(Cut::Late) => {
                            orders.has_cut.store(true, Ordering::SeqCst);
                            drop(client);
                            orders.let_go.notified().await;
                            server.write_all(asked).await?;
                            // The server ends the commit before it sees that nobody is there.
                            return server.read(&mut told).await.map(drop);
                        }
                        None => {}
                    }
                }
                server.write_all(asked).await?;
            }
            read = server.read(&mut told) => {
                let told = &told[..read?];
                if committing || told.is_empty() {
                    orders.has_cut.store(committing, Ordering::SeqCst);
                    return Ok(());
                }
                client.write_all(told).await?;
            }
        }
    }
}
