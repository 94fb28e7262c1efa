//! Taking connections: bounded in number, headers bounded in time, and ended in order.

use crate::sockets::{Duties, Impatient, Peers};
use crate::{App, alerts, auth, endpoints, health, hooks, metrics, numbered, site, undivided};
use anyhow::Context;
use axum::Router;
use axum::routing::{any, get, post};
use engine::Clock;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use store::Store;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// Connections open at the same time; more wait in the system's queue.
const CONNECTIONS_MAX: usize = 4_096;
const BACKLOG: u32 = 1_024;
/// A connection that sends no whole head for so long is closed, kept alive or not.
const HEAD_TIMEOUT: Duration = Duration::from_secs(60);
const HEAD_BYTES_MAX: usize = 64 << 10;
/// How long answers under way may take to finish at the end. Whoever has not sent all of a request is not waited for.
const DRAIN: Duration = Duration::from_secs(10);
/// How long steps under way may take to finish after that.
const SETTLE: Duration = Duration::from_secs(10);
/// How often sessions that are over are removed.
const FORGET_SESSIONS: Duration = Duration::from_secs(3_600);
/// Pause after the system had no room for a connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);

/// The other end of a request's connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// An address that is taken but not yet open: nobody is kept waiting by a server that is still starting.
pub struct Listening {
    socket: TcpSocket,
    address: SocketAddr,
}

impl Listening {
    pub fn at(address: SocketAddr) -> anyhow::Result<Self> {
        let socket = match address {
            SocketAddr::V4(_) => TcpSocket::new_v4(),
            SocketAddr::V6(_) => TcpSocket::new_v6(),
        };
        let socket = socket.context("opening a socket")?;
        socket.set_reuseaddr(true).context("preparing the socket")?;
        socket.bind(address).with_context(|| format!("taking the address {address}"))?;
        let address = socket.local_addr().context("asking for the address")?;
        Ok(Self { socket, address })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// Requests at a port, until it is told to stop.
pub struct Server {
    app: App,
    listener: TcpListener,
    duty: Duty,
}

/// What a process answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// Events, the API and the pages.
    Door,
    /// Only whoever asks how it is: it works on what others take in.
    Work,
}

impl Server {
    /// Opens the port. From now on events are taken.
    pub fn open(app: App, listening: Listening) -> anyhow::Result<Self> {
        Self::open_for(Duty::Door, app, listening)
    }

    pub fn open_for(duty: Duty, app: App, listening: Listening) -> anyhow::Result<Self> {
        let address = listening.address;
        let listener = listening.socket.listen(BACKLOG);
        let listener = listener.with_context(|| format!("listening on {address}"))?;
        Ok(Self { app, listener, duty })
    }

    /// Serves until `stop`; then takes no more, finishes what is under way, and stops the engine.
    ///
    /// Fails when the store failed: what is on disk is known after the next start, not before.
    pub async fn run(self, stop: CancellationToken) -> anyhow::Result<()> {
        let engine = self.app.engine().clone();
        let store = self.app.store_handle();
        let clock = self.app.clock();
        let app = self.app.clone();
        let serve = self.serve(stop);
        tokio::select! {
            () = forget_sessions(&*store, &*clock) => Ok(()),
            () = app.keep_budget() => Ok(()),
            () = health::keep(&app) => Ok(()),
            () = alerts::keep(&app) => Ok(()),
            () = serve => Ok(()),
            () = engine.failed() => anyhow::bail!("the store failed to write; start again to see what is on disk"),
        }
    }

    async fn serve(self, stop: CancellationToken) {
        let router = match self.duty {
            Duty::Door => router(self.app.clone()),
            Duty::Work => watched().with_state(self.app.clone()),
        };
        let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        // A proxy has one address and everybody behind it.
        let peers = (!self.app.is_behind_proxy()).then(Peers::default);
        let draining = CancellationToken::new();
        let tracker = tokio_util::task::TaskTracker::new();
        loop {
            let accepted = tokio::select! {
                biased;
                () = stop.cancelled() => break,
                accepted = accept(&self.listener, &places) => accepted,
            };
            let Some((stream, peer, place)) = accepted else { continue };
            let theirs = peers.as_ref().map(|peers| peers.take(auth::network(peer.ip())));
            if matches!(theirs, Some(None)) {
                tracing::debug!(%peer, "an address has too many connections");
                continue;
            }
            let answering = (router.clone(), self.app.clone());
            let connection = connection(stream, peer, answering, draining.clone());
            tracker.spawn(async move {
                connection.await;
                drop((place, theirs));
            });
        }
        drop(self.listener);
        self.app.hub().close();
        self.app.bodies().close();
        draining.cancel();
        tracker.close();
        let changes = self.app.changes();
        changes.close();
        let done = async { tokio::join!(tracker.wait(), changes.wait()) };
        if tokio::time::timeout(DRAIN, done).await.is_err() {
            tracing::warn!("some requests were still under way and were cut off");
        }
        self.app.close(SETTLE).await;
    }
}

/// Sessions that are over are refused anyway; this is for the room they take.
async fn forget_sessions(store: &dyn Store, clock: &dyn Clock) {
    let mut hours = tokio::time::interval(FORGET_SESSIONS);
    loop {
        hours.tick().await;
        if let Err(error) = store.expire_sessions(clock.now()).await {
            tracing::warn!(%error, "old sessions were not removed");
        }
    }
}

type Accepted = (TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit);

async fn accept(listener: &TcpListener, places: &Arc<Semaphore>) -> Option<Accepted> {
    let place = places.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, place)),
        Err(error) => {
            tracing::warn!(%error, "a connection could not be taken");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    (router, app): (Router, App),
    draining: CancellationToken,
) {
    // Answers are small and whole: waiting for more to send only delays them.
    let _ = stream.set_nodelay(true);
    let duties = Duties::default();
    let answering = duties.clone();
    let service = service_fn(move |mut request: http::Request<hyper::body::Incoming>| {
        let duty = answering.answer();
        let area = metrics::area(request.uri().path());
        let app = app.clone();
        if !request.uri().path().starts_with("/hooks/") {
            request.extensions_mut().insert(Peer(peer));
        }
        let answer = router.clone().oneshot(request.map(axum::body::Body::new));
        async move {
            let Ok(answer) = answer.await;
            app.answers().count(area, answer.status());
            // Answers are whole, but for the live events, which end by themselves.
            drop(duty);
            Ok::<_, Infallible>(answer)
        }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_buf_size(HEAD_BYTES_MAX);
    let stream = TokioIo::new(Impatient::new(stream, duties.clone()));
    let mut connection = std::pin::pin!(builder.serve_connection(stream, service));
    let served = tokio::select! {
        biased;
        served = connection.as_mut() => served,
        () = draining.cancelled() => {
            connection.as_mut().graceful_shutdown();
            // Whoever has not sent a whole head by now is not waited for.
            let last = std::future::poll_fn(|cx| match connection.as_mut().poll(cx) {
                Poll::Pending if duties.are_done() => Poll::Ready(Ok(())),
                polled => polled,
            });
            last.await
        }
    };
    if let Err(error) = served {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// For whoever watches.
fn watched() -> Router<App> {
    Router::new()
        .route(api::path::LIVE, get(metrics::live))
        .route(api::path::READY, get(metrics::ready))
        .route(api::path::METRICS, get(metrics::metrics))
}

/// The hooks stand alone: sessions and headers for browsers are only around what browsers use.
fn router(app: App) -> Router {
    let session =
        auth::session_layer(auth::SessionRows::new(app.store_handle(), app.clock()), app.is_secure());
    let whole = axum::middleware::from_fn_with_state(app.clone(), undivided::run);
    let numbered = axum::middleware::from_fn(numbered::run);
    let api = endpoints::router().layer(session).layer(numbered).layer(whole);
    let api = api.layer(axum::middleware::map_response(site::harden_api));
    let site = Router::new().fallback(site::page).layer(axum::middleware::map_response(site::harden));
    Router::new()
        .route(api::path::RESUME, post(hooks::resume))
        .route("/hooks/{*path}", any(hooks::receive))
        .route("/hooks-test/{*path}", any(hooks::receive_test))
        .merge(watched())
        .method_not_allowed_fallback(endpoints::wrong_method)
        .merge(api)
        .fallback_service(site.with_state(()))
        .with_state(app)
}
