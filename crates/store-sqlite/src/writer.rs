//! The one connection that writes, on a thread of its own.

use crate::checkpoint::{Checkpoints, PAGE_BYTES};
use crate::fault::Fault;
use crate::history::{self, Days, Ended};
use crate::place::Place;
use crate::{Durability, Options};
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use std::cell::Cell;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;
use store::Error;
use tokio::sync::{mpsc, oneshot};

/// Jobs that may wait for the thread; callers beyond that wait for a place.
const JOBS_MAX: usize = 64;
/// Little, for a larger one makes commits slower: after a commit that put pages of a tree into another order, SQLite looks
/// through all that it caches for pages past the file's end. What is not here is a copy away, in the system's cache.
const CACHE_KIB: i64 = 4 << 10;
/// A full file takes events again when one in so many of its pages is free.
const PAGES_FREE_MIN: i64 = 16;
const STATEMENTS_MAX: usize = 64;
/// The log is cut back to this when it starts over.
const LOG_BYTES_KEPT: i64 = 64 << 20;
/// Another program, such as the `sqlite3` shell, may hold the file for a moment.
const BUSY: Duration = Duration::from_secs(5);
/// Older releases can corrupt the file when a checkpoint meets a commit that restarts the log.
const SQLITE_VERSION_MIN: i32 = 3_051_003;

type Job = Box<dyn FnOnce(&mut Writer) + Send>;

/// What the thread owns.
pub(crate) struct Writer {
    connection: Connection,
    checkpoints: Checkpoints,
    place: Arc<Place>,
    /// Set by the first write that failed in an unknown way. From then on nothing is written.
    stopped: Option<String>,
    /// Set by a full disk until there is room again: nothing new comes in, what is here may end.
    tight: bool,
    /// No run with a larger id has ever been written.
    pub(crate) last_run: i64,
    /// Which runs have left this file.
    pub(crate) ended: Ended,
}

/// A way to the thread for other threads; the thread ends when all are gone.
#[derive(Clone)]
pub(crate) struct Jobs(mpsc::Sender<Job>);

impl Jobs {
    /// Runs `work` on the writer's thread and waits for its answer. Not from within an async runtime.
    pub(crate) fn call_blocking<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Writer) -> Result<T, Error> + Send + 'static,
    {
        let gone = || Error::Io("the writer has stopped".into());
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |writer| drop(answer.send(work(writer))));
        self.0.blocking_send(job).map_err(|_| gone())?;
        answered.blocking_recv().map_err(|_| gone())?
    }
}

/// Sends work to the thread; dropping it ends the thread when the queue is empty.
pub(crate) struct WriterHandle {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl WriterHandle {
    pub(crate) fn start(writer: Writer) -> Result<Self, Error> {
        let (jobs, queue) = mpsc::channel(JOBS_MAX);
        let thread = thread::Builder::new().name("store-writer".into()).spawn(move || run(writer, queue));
        let thread =
            thread.map_err(|error| Error::Io(format!("cannot start the writer's thread: {error}")))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Nobody writes.
    pub(crate) fn absent() -> Self {
        Self { jobs: None, thread: None }
    }

    /// For a thread that ends before this handle is dropped.
    pub(crate) fn jobs(&self) -> Jobs {
        Jobs(self.jobs.clone().expect("it is there until the handle is dropped"))
    }

    /// Runs `work` on the thread and gives its answer.
    pub(crate) async fn call<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Writer) -> Result<T, Error> + Send + 'static,
    {
        let gone = || Error::Io("the writer has stopped".into());
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |writer| drop(answer.send(work(writer))));
        let jobs = self.jobs.as_ref().ok_or_else(gone)?;
        jobs.send(job).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

impl Drop for WriterHandle {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(mut writer: Writer, mut queue: mpsc::Receiver<Job>) {
    while let Some(job) = queue.blocking_recv() {
        job(&mut writer);
    }
}

impl Writer {
    pub(crate) fn open(place: Arc<Place>, days: Arc<Days>, options: &Options) -> Result<Self, Error> {
        let connection = connect(&place, options)?;
        let checkpoints = Checkpoints::start(&place.file())?;
        connection.wal_hook(Some(note_log_pages));
        Ok(Self {
            connection,
            checkpoints,
            place,
            stopped: None,
            tight: false,
            last_run: i64::MAX,
            ended: Ended::new(days, i64::MAX),
        })
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Asked once, after the tables are known to be there.
    pub(crate) fn learn_last_run(&mut self, days: Arc<Days>) -> Result<(), Fault> {
        let sql =
            "SELECT max(ifnull((SELECT max(id) FROM run), 0), ifnull((SELECT max(id) FROM run_hist), 0))";
        let floor = history::floor(&self.connection)?;
        self.ended = Ended::new(days, floor);
        self.last_run = self.connection.query_row(sql, [], |row| row.get::<_, i64>(0))?.max(floor);
        Ok(())
    }

    /// One transaction: all of `work` is on disk when this returns `Ok`, nothing of it otherwise.
    pub(crate) fn write<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Fault>,
    ) -> Result<T, Error> {
        self.write_knowing(|tx, _| work(tx))
    }

    /// The same for work that has to know which runs have left this file.
    pub(crate) fn write_knowing<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>, &Ended) -> Result<T, Fault>,
    ) -> Result<T, Error> {
        if let Some(why) = &self.stopped {
            return Err(Error::Io(why.clone()));
        }
        if let Some(why) = self.checkpoints.failed() {
            return Err(self.stop(Error::Io(why.into())));
        }
        let done = transact(&mut self.connection, |tx| work(tx, &self.ended)).map_err(Error::from);
        match done {
            Ok(_) => self.checkpoints.after_commit(&self.connection, LOG_PAGES.get()),
            Err(Error::Full) => self.make_do(),
            Err(error @ (Error::Io(_) | Error::Unreadable(_))) => return Err(self.stop(error)),
            Err(_) => {}
        }
        done
    }

    /// Whether new events must wait for room. Looks at the disk and the file only while one was full.
    pub(crate) fn is_tight(&mut self) -> bool {
        if self.tight && self.place.has_room() && self.has_pages() {
            self.place.lay_ballast();
            self.tight = false;
        }
        self.tight
    }

    /// Whether the file may take more, counting what is free within it. What cannot be asked is no reason to refuse.
    fn has_pages(&self) -> bool {
        let ask = |name| self.connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        match (ask("max_page_count"), ask("page_count"), ask("freelist_count")) {
            (Ok(most), Ok(pages), Ok(free)) => most - (pages - free) >= most / PAGES_FREE_MIN,
            _ => true,
        }
    }

    fn make_do(&mut self) {
        if !self.tight {
            tracing::error!("the store is full: new events are refused until there is room");
            // Where the disk has room it was the file's own limit, and giving up ballast would not move that.
            if !self.place.has_room() {
                self.place.drop_ballast();
            }
        }
        self.tight = true;
    }

    /// A sync that failed once may lie the second time, so there is no second time.
    fn stop(&mut self, error: Error) -> Error {
        tracing::error!(%error, "the store stops writing until the next start");
        self.stopped = Some(error.to_string());
        error
    }
}

fn transact<T>(
    connection: &mut Connection,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = work(&transaction)?;
    transaction.commit()?;
    Ok(done)
}

thread_local! {
    /// Pages in the log after the last commit of this thread's connection.
    static LOG_PAGES: Cell<u32> = const { Cell::new(0) };
}

/// SQLite takes a plain function here, hence the thread-local.
fn note_log_pages(_: &rusqlite::hooks::Wal, pages: i32) -> rusqlite::Result<()> {
    LOG_PAGES.set(pages.unsigned_abs());
    Ok(())
}

fn connect(place: &Place, options: &Options) -> Result<Connection, Error> {
    if rusqlite::version_number() < SQLITE_VERSION_MIN {
        return Err(Error::Unreadable(format!("SQLite {} is too old to be trusted", rusqlite::version())));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(place.file(), flags).map_err(Fault::Write)?;
    set_up(&connection, options).map_err(Error::from)?;
    Ok(connection)
}

fn set_up(connection: &Connection, options: &Options) -> Result<(), Fault> {
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    // Only an empty file takes these two.
    connection.pragma_update(None, "page_size", PAGE_BYTES)?;
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", sync_word(options.durability))?;
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "journal_size_limit", LOG_BYTES_KEPT)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "mmap_size", 0)?;
    if let Some(bytes) = options.bytes_max {
        connection.pragma_update(
            None,
            "max_page_count",
            bytes.div_ceil(u64::from(PAGE_BYTES)).max(1) as i64,
        )?;
    }
    Ok(())
}

pub(crate) fn sync_word(durability: Durability) -> &'static str {
    match durability {
        Durability::Full => "FULL",
        Durability::Normal => "NORMAL",
    }
}
