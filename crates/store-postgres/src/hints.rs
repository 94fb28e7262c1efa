//! Word between processes that a look at the database may pay. Losing it costs a little time and nothing else.

use crate::Options;
use crate::fault::Fault;
use crate::options::Kind;
use sqlx::postgres::{PgConnection, PgListener, PgPoolOptions};
use sqlx::{ConnectOptions, Executor};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::sleep;

const CHANNEL: &str = "khlong";
/// The least time between two words of one process: saying one takes a lock that all who say one wait for, and it is
/// never said within a commit.
const GAP: Duration = Duration::from_millis(10);
/// Before a connection that was lost is made again.
const PAUSE: Duration = Duration::from_secs(1);

#[derive(Clone)]
pub(crate) struct Hints(Arc<Parts>);

struct Parts {
    options: Options,
    words: Arc<Words>,
    /// Nobody else is there to hear.
    alone: AtomicBool,
    tasks: Mutex<Vec<AbortHandle>>,
}

#[derive(Default)]
struct Words {
    to_say: Notify,
    heard: Notify,
    /// Who says ours, so that we do not listen to ourselves.
    speaker: AtomicU32,
}

impl Hints {
    pub(crate) fn new(options: &Options) -> Self {
        let alone = AtomicBool::new(true);
        Self(Arc::new(Parts {
            options: options.clone(),
            words: Arc::default(),
            alone,
            tasks: Mutex::default(),
        }))
    }

    /// Tells the others, soon. Never waits.
    pub(crate) fn give(&self) {
        if !self.0.alone.load(Ordering::Relaxed) {
            self.0.words.to_say.notify_one();
        }
    }

    pub(crate) fn set_alone(&self, alone: bool) {
        self.0.alone.store(alone, Ordering::Relaxed);
    }

    /// Returns when another process has said something since the last time.
    pub(crate) async fn wait(&self) {
        self.begin();
        self.0.words.heard.notified().await;
    }

    /// The first who waits starts both; a store that only answers questions needs neither.
    fn begin(&self) {
        let mut tasks = self.0.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        if tasks.is_empty() {
            let (options, words) = (self.0.options.clone(), self.0.words.clone());
            let listening = tokio::spawn(async move {
                loop {
                    let lost = listen(&options, &words).await;
                    tracing::debug!(?lost, "hints of other processes are not heard for a while");
                    sleep(PAUSE).await;
                }
            });
            let (options, words) = (self.0.options.clone(), self.0.words.clone());
            let saying = tokio::spawn(async move {
                loop {
                    let lost = say(&options, &words).await;
                    tracing::debug!(?lost, "other processes get no hints for a while");
                    sleep(PAUSE).await;
                }
            });
            tasks.extend([listening.abort_handle(), saying.abort_handle()]);
        }
    }
}

impl Drop for Parts {
    fn drop(&mut self) {
        let tasks = self.tasks.get_mut().unwrap_or_else(PoisonError::into_inner);
        tasks.iter().for_each(AbortHandle::abort);
    }
}

async fn listen(options: &Options, words: &Words) -> Result<(), Fault> {
    let pool = PgPoolOptions::new().max_connections(1).connect_with(options.connect(Kind::Desk)).await?;
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.listen(CHANNEL).await?;
    loop {
        match listener.try_recv().await? {
            Some(word) if word.process_id() == words.speaker.load(Ordering::Relaxed) => {}
            // Nothing is told of what was said while the connection was away, so that counts as a word too.
            Some(_) | None => words.heard.notify_one(),
        }
    }
}

async fn say(options: &Options, words: &Words) -> Result<(), Fault> {
    words.to_say.notified().await;
    let mut connection: PgConnection = options.connect(Kind::Desk).connect().await?;
    let speaker: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut connection).await?;
    words.speaker.store(speaker.unsigned_abs(), Ordering::Relaxed);
    loop {
        connection.execute("NOTIFY khlong").await?;
        sleep(GAP).await;
        words.to_say.notified().await;
    }
}
