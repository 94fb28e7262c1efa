//! The thread that moves runs which have ended into their days' files, and takes old files away.

use super::day::{DayFile, PART, PartRow, Written};
use super::{Days, FileKey};
use crate::expire;
use crate::fault::Fault;
use crate::writer::{Jobs, Writer};
use crate::{Durability, Options};
use rusqlite::{Connection, OpenFlags, Transaction, params_from_iter};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use store::{Error, EventId, Ms, RunId};
use tokio::sync::oneshot;

/// Runs moved with one commit on each side.
const GROUP_MAX: usize = 1_000;
/// Files held open for writing: today's classes, and yesterday's for a moment after midnight.
const OPEN_MAX: usize = 6;
const MESSAGES_MAX: usize = 16;
/// After a day's file could not be written, which loses nothing.
const AGAIN: Duration = Duration::from_secs(10);

enum Message {
    /// Something has ended.
    Ended,
    /// Move all there is and answer.
    Move(oneshot::Sender<Result<(), Error>>),
    /// Take away these files.
    Remove(Vec<FileKey>, oneshot::Sender<Result<(), Error>>),
    Stop,
}

pub(crate) struct Archiver {
    messages: SyncSender<Message>,
    signals: Arc<Signals>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Signals {
    /// An `Ended` is on its way.
    woken: AtomicBool,
    stopping: AtomicBool,
}

struct Thread {
    days: Arc<Days>,
    hot: PathBuf,
    ended: Connection,
    jobs: Jobs,
    after: Duration,
    durability: Durability,
    open: Vec<DayFile>,
    signals: Arc<Signals>,
    troubled: bool,
}

impl Archiver {
    /// Nothing is moved.
    pub(crate) fn absent() -> Self {
        Self { messages: sync_channel(1).0, signals: Arc::default(), thread: None }
    }

    pub(crate) fn start(days: Arc<Days>, hot: PathBuf, jobs: Jobs, options: &Options) -> Result<Self, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let ended = Connection::open_with_flags(&hot, flags).map_err(Fault::Write)?;
        let signals = Arc::new(Signals::default());
        let thread = Thread {
            days,
            hot,
            ended,
            jobs,
            after: options.archive_after,
            durability: options.durability,
            open: Vec::new(),
            signals: signals.clone(),
            troubled: false,
        };
        let (messages, queue) = sync_channel(MESSAGES_MAX);
        let spawned = thread::Builder::new().name("store-archive".into()).spawn(move || thread.run(&queue));
        let spawned =
            spawned.map_err(|error| Error::Io(format!("cannot start the archive's thread: {error}")))?;
        let archiver = Self { messages, signals, thread: Some(spawned) };
        // An earlier process may have left some.
        archiver.wake();
        Ok(archiver)
    }

    /// There is something to move, in a while.
    pub(crate) fn wake(&self) {
        if !self.signals.woken.swap(true, Ordering::Relaxed)
            && self.messages.try_send(Message::Ended).is_err()
        {
            // There was no room for the word: the next end says it again.
            self.signals.woken.store(false, Ordering::Relaxed);
        }
    }

    /// Moves all that has ended by now.
    pub(crate) async fn move_all(&self) -> Result<(), Error> {
        self.ask(Message::Move).await
    }

    pub(crate) async fn remove(&self, files: Vec<FileKey>) -> Result<(), Error> {
        self.ask(|answer| Message::Remove(files, answer)).await
    }

    async fn ask(
        &self,
        message: impl FnOnce(oneshot::Sender<Result<(), Error>>) -> Message,
    ) -> Result<(), Error> {
        let (answer, answered) = oneshot::channel();
        self.messages.try_send(message(answer)).map_err(|error| match error {
            TrySendError::Full(_) => Error::Deadline,
            TrySendError::Disconnected(_) => Error::Io("the archive has stopped".into()),
        })?;
        answered.await.map_err(|_| Error::Io("the archive has stopped".into()))?
    }
}

impl Drop for Archiver {
    fn drop(&mut self) {
        self.signals.stopping.store(true, Ordering::Relaxed);
        let _ = self.messages.send(Message::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Thread {
    fn run(mut self, queue: &Receiver<Message>) {
        let mut due: Option<Instant> = None;
        loop {
            let message = match due {
                None => queue.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(at) => queue.recv_timeout(at.saturating_duration_since(Instant::now())),
            };
            match message {
                Ok(Message::Ended) => drop(due.get_or_insert_with(|| Instant::now() + self.after)),
                Ok(Message::Move(answer)) => drop(answer.send(self.move_ended().map(drop))),
                Ok(Message::Remove(files, answer)) => drop(answer.send(self.remove(&files))),
                Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => due = self.work(),
            }
        }
    }

    /// Says when to look again by itself.
    fn work(&mut self) -> Option<Instant> {
        self.signals.woken.store(false, Ordering::Relaxed);
        match self.move_ended() {
            Ok(()) => {
                self.troubled = false;
                None
            }
            Err(error) => {
                if !std::mem::replace(&mut self.troubled, true) {
                    tracing::warn!(%error, "runs that have ended stay in the main file for now; tried again");
                }
                self.open.clear();
                Some(Instant::now() + AGAIN)
            }
        }
    }

    /// Until little is left: what ends meanwhile makes a group of its own in a while.
    fn move_ended(&mut self) -> Result<(), Error> {
        let mut full = true;
        while full && !self.signals.stopping.load(Ordering::Relaxed) {
            let group = ended_runs(&self.ended)?;
            full = group.len() == GROUP_MAX;
            let mut files: BTreeMap<FileKey, Vec<(RunId, EventId)>> = BTreeMap::new();
            for (run, event, file) in group {
                files.entry(file).or_default().push((run, event));
            }
            files.into_iter().try_for_each(|(file, runs)| self.move_to(file, runs))?;
        }
        Ok(())
    }

    fn move_to(&mut self, file: FileKey, runs: Vec<(RunId, EventId)>) -> Result<(), Error> {
        let written = self.day(file)?.take(&runs)?;
        note(&self.jobs, file, written)?;
        let mut gone = 0;
        while gone < runs.len() {
            let rest = runs[gone..].to_vec();
            gone += self.jobs.call_blocking(move |writer| forget(writer, &rest))?;
        }
        Ok(())
    }

    fn day(&mut self, key: FileKey) -> Result<&mut DayFile, Fault> {
        match self.open.iter().position(|open| open.key == key) {
            // The last one is the one used last.
            Some(place) => self.open[place..].rotate_left(1),
            None => {
                let day = DayFile::open(self.days.folder(), key, &self.hot, self.durability)?;
                if self.open.len() == OPEN_MAX {
                    self.open.remove(0);
                }
                self.open.push(day);
            }
        }
        self.open.last_mut().ok_or_else(|| Fault::unreadable("no file is open"))
    }

    /// First the hot file forgets them, then they go: whoever looks in between finds nothing and no error.
    fn remove(&mut self, files: &[FileKey]) -> Result<(), Error> {
        self.open.retain(|open| !files.contains(&open.key));
        for file in files {
            let key = file.0;
            self.jobs.call_blocking(move |writer| {
                writer.write(|tx| {
                    tx.execute("DELETE FROM history_part WHERE file = ?1", [key])?;
                    tx.execute("DELETE FROM history_file WHERE file = ?1", [key])?;
                    Ok(())
                })
            })?;
            self.days.unlink(*file)?;
        }
        Ok(())
    }
}

fn ended_runs(hot: &Connection) -> Result<Vec<(RunId, EventId, FileKey)>, Fault> {
    let sql = "SELECT h.id, h.event, h.finished_at, iif(h.status = 1, f.keep_done, f.keep_failed)
               FROM run_hist AS h LEFT JOIN flow AS f ON f.key = h.flow ORDER BY h.id LIMIT ?1";
    let mut ask = hot.prepare_cached(sql)?;
    let rows = ask.query_map([GROUP_MAX as i64], |row| {
        let (finished_at, keep): (Ms, Option<Ms>) = (row.get(2)?, row.get(3)?);
        Ok((row.get(0)?, row.get(1)?, FileKey::of(finished_at, keep)))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// From now on questions look into the day's file too.
fn note(jobs: &Jobs, file: FileKey, written: Written) -> Result<(), Error> {
    jobs.call_blocking(move |writer| writer.write(|tx| note_rows(tx, file, &written)))
}

pub(super) fn note_rows(tx: &Transaction<'_>, file: FileKey, written: &Written) -> Result<(), Fault> {
    tx.prepare_cached("INSERT OR REPLACE INTO history_file (file, writes) VALUES (?1, ?2)")?
        .execute((file.0, written.writes))?;
    let sql = format!(
        "INSERT OR REPLACE INTO history_part (file, {PART}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    );
    let mut insert = tx.prepare_cached(&sql)?;
    for PartRow(values) in &written.parts {
        let row = std::iter::once(file.0.into()).chain(values.iter().cloned());
        insert.execute(params_from_iter(row))?;
    }
    Ok(())
}

/// Lets the hot rows go, as many as one turn allows.
fn forget(writer: &mut Writer, runs: &[(RunId, EventId)]) -> Result<usize, Error> {
    let gone = writer.write(|tx| expire::remove_some(tx, runs))?;
    writer.ended.note(runs[..gone].iter().map(|(run, _)| *run));
    Ok(gone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_for_which_there_was_no_room_is_said_again() {
        let (messages, queue) = sync_channel(1);
        let archiver = Archiver { messages, signals: Arc::default(), thread: None };
        archiver.messages.send(Message::Ended).expect("there is room for one");
        archiver.wake();
        queue.recv().expect("that one is taken");
        archiver.wake();
        assert!(matches!(queue.try_recv(), Ok(Message::Ended)));
    }
}
