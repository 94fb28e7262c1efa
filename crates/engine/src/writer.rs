//! The one writer: whatever has piled up goes into one commit, and nobody waits on a timer.

use crate::queue::Ready;
use crate::{failpoint, sync};
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::{
    Accept, Accepted, Batch, BlobUse, Control, Finish, Lease, Ms, Record, RunId, ScheduleMoved, Store,
};
use tokio::sync::{mpsc, oneshot, watch};

/// Commands waiting for a commit. Senders wait beyond this.
const COMMANDS_MAX: usize = 8_192;
/// Commands in one commit.
const BATCH_COMMANDS_MAX: usize = 512;
/// How long progress waits for space on a full disk, or for a store that cannot be reached, before it tries again.
const FULL_PAUSE: Duration = Duration::from_millis(500);
/// How long a commit may take before new events are refused rather than kept waiting for it.
const COMMIT_PATIENCE: Duration = Duration::from_secs(3);

/// One thing to write. Each is on disk as a whole or not at all.
#[derive(Debug, Default)]
pub struct Write {
    pub accept: Option<Accept>,
    pub records: Vec<Record>,
    pub park: Option<(RunId, Ms)>,
    pub schedule: Option<ScheduleMoved>,
    pub finish: Option<Finish>,
    /// What the event, or the record that a failed run leaves, needs of the long bodies.
    pub blob_use: Option<BlobUse>,
    /// How often the run was begun and did not come to rest; 0 when it has.
    pub crash: Option<(RunId, u32)>,
    /// What the event's run is told by whoever takes it in, where it is another process's.
    pub control: Option<Control>,
    /// What the run was begun under; nothing is written of it once somebody else holds its shard.
    pub lease: Option<Lease>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteError {
    /// Only accepts are refused for lack of space; progress waits for it.
    Full,
    /// The store cannot be reached. As with `Full`, only accepts are refused.
    Away,
    /// What it refers to is not there any more.
    Refused,
    /// The run's shard is another process's by now.
    Lost,
    Down,
}

struct Command {
    write: Write,
    /// The run that an accept starts.
    ready: Option<Ready>,
    done: oneshot::Sender<Result<Accepted, WriteError>>,
}

/// For whom the writer writes.
pub trait Owner: Send + Sync + 'static {
    /// Takes accepted runs over, in the order in which they were committed.
    fn line_up(&self, runs: Vec<Ready>);
    /// Whether a lease is still this process's.
    fn holds(&self, lease: Lease) -> bool;
    /// So many writes are on disk after so long.
    fn committed(&self, writes: usize, took: Duration);
    /// The store says that these leases are no more.
    fn lost(&self, leases: &[Lease]);
    /// So many writes came too late: their runs were another's by then, and nothing of them was written.
    fn late(&self, writes: usize);
}

/// A write on its way; `on_disk` waits for its commit.
#[must_use]
pub struct Ticket(oneshot::Receiver<Result<Accepted, WriteError>>);

impl Ticket {
    pub async fn on_disk(self) -> Result<Accepted, WriteError> {
        self.0.await.unwrap_or(Err(WriteError::Down))
    }
}

#[derive(Clone)]
pub struct Writer {
    commands: mpsc::Sender<Command>,
    down: watch::Receiver<bool>,
}

impl Writer {
    pub fn start(store: Arc<dyn Store>, owner: impl Owner) -> Self {
        let (commands, waiting) = mpsc::channel(COMMANDS_MAX);
        let (down, is_down) = watch::channel(false);
        sync::spawn(async move {
            // Dropped however the writer ends, by a panic too; only an orderly end takes it back.
            let mut fallen = Fallen(Some(down));
            if serve(store, &owner, waiting).await.is_ok() {
                fallen.0 = None;
            }
        });
        Self { commands, down: is_down }
    }

    /// Queues a write. Writes of one caller are committed in the order of these calls.
    pub async fn send(&self, write: Write) -> Ticket {
        let (done, ticket) = oneshot::channel();
        // A writer that is down drops `done`, and the ticket says so.
        self.commands.send(Command { write, ready: None, done }).await.ok();
        Ticket(ticket)
    }

    /// Queues an accept unless too many writes wait already. Its run is lined up by the writer, right after the commit
    /// and before anybody is told: a sender that hangs up meanwhile takes nothing with it, and runs stand in the order
    /// of these calls.
    pub fn try_accept(&self, write: Write, ready: Ready) -> Option<Ticket> {
        let (done, ticket) = oneshot::channel();
        self.commands.try_send(Command { write, ready: Some(ready), done }).ok()?;
        Some(Ticket(ticket))
    }

    /// Returns when the store has failed to write.
    pub async fn failed(&self) {
        let mut down = self.down.clone();
        if down.wait_for(|down| *down).await.is_err() && !*self.down.borrow() {
            std::future::pending::<()>().await;
        }
    }

    pub fn is_down(&self) -> bool {
        *self.down.borrow()
    }
}

/// Tells that the writer is no more.
struct Fallen(Option<watch::Sender<bool>>);

impl Drop for Fallen {
    fn drop(&mut self) {
        if let Some(down) = &self.0 {
            down.send_replace(true);
        }
    }
}

async fn serve(
    store: Arc<dyn Store>,
    owner: &impl Owner,
    mut waiting: mpsc::Receiver<Command>,
) -> Result<(), ()> {
    let mut commands = Vec::with_capacity(BATCH_COMMANDS_MAX);
    while waiting.recv_many(&mut commands, BATCH_COMMANDS_MAX).await > 0 {
        let mut group = std::mem::take(&mut commands);
        while !group.is_empty() {
            let mut left = Vec::new();
            let committing = commit(&*store, owner, group);
            group = hear_meanwhile(committing, &mut waiting, &mut left, COMMIT_PATIENCE).await?;
            group.append(&mut left);
            // What is left waits for space. Those who come meanwhile are heard: events among them are to be refused.
            while (1..COMMANDS_MAX).contains(&group.len())
                && let Ok(command) = waiting.try_recv()
            {
                group.push(command);
            }
        }
        commands.reserve(BATCH_COMMANDS_MAX);
    }
    Ok(())
}

/// Commits a group and answers its senders; returns those that have to be tried again, after a pause.
async fn commit(store: &dyn Store, owner: &impl Owner, group: Vec<Command>) -> Result<Vec<Command>, ()> {
    let came = match attempt(store, owner, group).await? {
        Came::Refused(group) if group.len() > 1 => {
            tracing::warn!("a group was refused; its writes are committed one by one");
            one_by_one(group, |command| attempt(store, owner, vec![command])).await?
        }
        came => came,
    };
    Ok(match came {
        Came::Answered => Vec::new(),
        Came::Waits(group, why) => wait_for_space(group, why).await,
        Came::Refused(group) => {
            refuse(group);
            Vec::new()
        }
    })
}

/// What became of a group.
enum Came {
    Answered,
    /// It cannot be committed yet, for lack of this.
    Waits(Vec<Command>, WriteError),
    /// It breaks a rule of the store.
    Refused(Vec<Command>),
}

async fn attempt(store: &dyn Store, owner: &impl Owner, group: Vec<Command>) -> Result<Came, ()> {
    let all = group.len();
    let group = turn_away_lost(group, |lease| !owner.holds(lease));
    owner.late(all - group.len());
    if group.is_empty() {
        return Ok(Came::Answered);
    }
    let started = Instant::now();
    failpoint::reach("commit.before");
    match store.commit(fold(&group)).await {
        Ok(committed) => {
            failpoint::reach("commit.after");
            owner.committed(group.len(), started.elapsed());
            if !committed.lost.is_empty() {
                let leases = group.iter().filter_map(|command| command.write.lease);
                let lost: Vec<Lease> = leases.filter(|lease| committed.lost.contains(&lease.shard)).collect();
                owner.lost(&lost);
            }
            let mut accepts = committed.accepts.into_iter().zip(committed.turns);
            let mut runs = Vec::new();
            let mut told = Vec::with_capacity(group.len());
            for Command { write, ready, done } in group {
                if write.lease.is_some_and(|lease| committed.lost.contains(&lease.shard)) {
                    owner.late(1);
                    done.send(Err(WriteError::Lost)).ok();
                    continue;
                }
                let accepted = write.accept.is_some().then(|| accepts.next()).flatten();
                let (accepted, turn) = accepted.unwrap_or((Accepted::New, 0));
                let new = ready.filter(|_| accepted == Accepted::New);
                runs.extend(new.map(|ready| Ready { turn, ..ready }));
                told.push((done, accepted));
            }
            owner.line_up(runs);
            for (done, accepted) in told {
                // Whoever asked may have hung up; the event is on disk and its run in line.
                done.send(Ok(accepted)).ok();
            }
            Ok(Came::Answered)
        }
        Err(store::Error::Full) => Ok(Came::Waits(group, WriteError::Full)),
        Err(store::Error::Unavailable(cause)) => {
            tracing::warn!(%cause, "the store cannot be reached: new events are refused until it can");
            Ok(Came::Waits(group, WriteError::Away))
        }
        Err(store::Error::Conflict(reason)) => {
            tracing::error!(%reason, writes = group.len(), "the store refuses what is to be written");
            Ok(Came::Refused(group))
        }
        Err(error) => {
            tracing::error!(%error, "the store failed; nothing more is written until a restart");
            Err(())
        }
    }
}

/// Where one has to wait all behind it have to: each would find the same, and wait by itself.
async fn one_by_one<F: Future<Output = Result<Came, ()>>>(
    group: Vec<Command>,
    attempt: impl Fn(Command) -> F,
) -> Result<Came, ()> {
    let mut group = group.into_iter();
    while let Some(command) = group.next() {
        match attempt(command).await? {
            Came::Answered => {}
            Came::Refused(refused) => refuse(refused),
            Came::Waits(mut left, why) => {
                left.extend(group);
                return Ok(Came::Waits(left, why));
            }
        }
    }
    Ok(Came::Answered)
}

fn refuse(group: Vec<Command>) {
    for Command { done, .. } in group {
        done.send(Err(WriteError::Refused)).ok();
    }
}

/// Writes of runs that were begun under a lease that is no more. Whoever holds the shard now has begun them anew.
fn turn_away_lost(group: Vec<Command>, is_lost: impl Fn(Lease) -> bool) -> Vec<Command> {
    let (lost, kept): (Vec<_>, Vec<_>) =
        group.into_iter().partition(|command| command.write.lease.is_some_and(&is_lost));
    for command in lost {
        command.done.send(Err(WriteError::Lost)).ok();
    }
    kept
}

/// Waits for a commit. When it takes long, the events that come meanwhile are refused so that their senders keep them,
/// and progress is kept for the next commit. Its own events wait on: what became of them only its end can tell.
async fn hear_meanwhile<T>(
    committing: impl Future<Output = T>,
    waiting: &mut mpsc::Receiver<Command>,
    kept: &mut Vec<Command>,
    patience: Duration,
) -> T {
    let mut committing = std::pin::pin!(committing);
    if let Ok(done) = sync::timeout(patience, &mut committing).await {
        return done;
    }
    loop {
        tokio::select! {
            biased;
            done = &mut committing => return done,
            Some(command) = waiting.recv(), if kept.len() < COMMANDS_MAX => {
                kept.extend(refuse_accepts(vec![command], WriteError::Away));
            }
        }
    }
}

/// Space is needed, or a store: events are refused so that their senders keep them, progress is kept and tried again.
async fn wait_for_space(group: Vec<Command>, why: WriteError) -> Vec<Command> {
    let kept = refuse_accepts(group, why);
    if !kept.is_empty() {
        sync::sleep(FULL_PAUSE).await;
    }
    kept
}

fn refuse_accepts(group: Vec<Command>, why: WriteError) -> Vec<Command> {
    let (refused, kept): (Vec<_>, Vec<_>) =
        group.into_iter().partition(|command| command.write.accept.is_some());
    for command in refused {
        command.done.send(Err(why)).ok();
    }
    kept
}

fn fold(group: &[Command]) -> Batch {
    let mut batch = Batch::default();
    for Command { write, .. } in group {
        batch.accepts.extend(write.accept.clone());
        batch.records.extend(write.records.iter().cloned());
        batch.parks.extend(write.park);
        batch.schedules.extend(write.schedule.clone());
        batch.finishes.extend(write.finish.clone());
        batch.blob_uses.extend(write.blob_use);
        batch.crashes.extend(write.crash);
        batch.controls.extend(write.control.clone());
        batch.leases.extend(write.lease);
    }
    batch.leases.sort_unstable();
    batch.leases.dedup();
    batch
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use store::RunRow;

    fn accept() -> Accept {
        let run = RunRow {
            id: 1,
            flow: 1,
            version: 1,
            event: 1,
            shard: 0,
            lane: None,
            key: None,
            lineage: 1,
            parent: None,
            started_at: 0,
            deadline: 0,
        };
        Accept { event: None, run, records: Vec::new(), retries: None }
    }

    fn command(accept: Option<Accept>) -> (Command, Ticket) {
        let (done, ticket) = oneshot::channel();
        (Command { write: Write { accept, ..Write::default() }, ready: None, done }, Ticket(ticket))
    }

    #[tokio::test]
    async fn where_one_write_waits_for_space_those_behind_it_wait_with_it_and_not_each_by_itself() {
        let (group, _tickets): (Vec<_>, Vec<_>) = (0..100).map(|_| command(None)).unzip();
        let tried = AtomicUsize::new(0);
        let full_at_the_third = |command| {
            std::future::ready(Ok(match tried.fetch_add(1, Ordering::Relaxed) {
                0 | 1 => Came::Answered,
                _ => Came::Waits(vec![command], WriteError::Full),
            }))
        };
        let came = one_by_one(group, full_at_the_third).await;
        let Ok(Came::Waits(left, why)) = came else { panic!("some have to wait") };
        assert_eq!((left.len(), why, tried.into_inner()), (98, WriteError::Full, 3));
    }

    #[tokio::test]
    async fn while_a_commit_takes_long_events_are_refused_and_progress_is_kept() {
        let (commands, mut waiting) = mpsc::channel(9);
        let (event, refused) = command(Some(accept()));
        let (progress, kept_waiting) = command(None);
        let (finish, commit) = oneshot::channel();
        for command in [event, progress] {
            assert!(commands.send(command).await.is_ok(), "there is room");
        }
        let mut kept = Vec::new();
        let hearing = hear_meanwhile(commit, &mut waiting, &mut kept, Duration::ZERO);
        let told = async {
            assert_eq!(refused.on_disk().await, Err(WriteError::Away));
            finish.send(()).expect("the commit is waited for");
        };
        let (done, ()) = tokio::join!(hearing, told);
        done.expect("it ended");
        assert_eq!(kept.len() + waiting.len(), 1);
        assert_eq!(kept_waiting.on_disk().now_or_never(), None);
    }
}
