//! The one writer: whatever has piled up goes into one commit, and nobody waits on a timer.

use crate::queue::Ready;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::{Accept, Accepted, Batch, Finish, Lease, Ms, Record, RunId, ScheduleMoved, Shard, Store};
use tokio::sync::{mpsc, oneshot, watch};

/// Commands waiting for a commit. Senders wait beyond this.
const COMMANDS_MAX: usize = 8_192;
/// Commands in one commit.
const BATCH_COMMANDS_MAX: usize = 512;
/// How long progress waits for space on a full disk before it tries again.
const FULL_PAUSE: Duration = Duration::from_millis(500);

/// One thing to write. Each is on disk as a whole or not at all.
#[derive(Debug, Default)]
pub struct Write {
    pub accept: Option<Accept>,
    pub records: Vec<Record>,
    pub park: Option<(RunId, Ms)>,
    pub schedule: Option<ScheduleMoved>,
    pub finish: Option<Finish>,
    /// What the run was begun under; nothing is written of it once somebody else holds its shard.
    pub lease: Option<Lease>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteError {
    /// Only accepts are refused for lack of space; progress waits for it.
    Full,
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
    /// The store says that these shards are another's.
    fn lost(&self, shards: &[Shard]);
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
        tokio::spawn(async move {
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
            group = commit(&*store, owner, group).await?;
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

/// Commits a group and answers its senders; returns those that have to be tried again.
async fn commit(store: &dyn Store, owner: &impl Owner, group: Vec<Command>) -> Result<Vec<Command>, ()> {
    let group = turn_away_lost(group, |lease| !owner.holds(lease));
    if group.is_empty() {
        return Ok(group);
    }
    let started = Instant::now();
    match store.commit(fold(&group)).await {
        Ok(committed) => {
            owner.committed(group.len(), started.elapsed());
            if !committed.lost.is_empty() {
                owner.lost(&committed.lost);
            }
            let mut accepts = committed.accepts.into_iter().zip(committed.turns);
            let mut runs = Vec::new();
            let mut told = Vec::with_capacity(group.len());
            for Command { write, ready, done } in group {
                if write.lease.is_some_and(|lease| committed.lost.contains(&lease.shard)) {
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
            Ok(Vec::new())
        }
        Err(store::Error::Full) => Ok(wait_for_space(group).await),
        Err(store::Error::Conflict(reason)) if group.len() > 1 => {
            tracing::warn!(%reason, "a group was refused; its writes are committed one by one");
            let mut left = Vec::new();
            for command in group {
                left.append(&mut Box::pin(commit(store, owner, vec![command])).await?);
            }
            Ok(left)
        }
        Err(store::Error::Conflict(reason)) => {
            tracing::error!(%reason, "a write was refused by the store");
            for Command { done, .. } in group {
                done.send(Err(WriteError::Refused)).ok();
            }
            Ok(Vec::new())
        }
        Err(error) => {
            tracing::error!(%error, "the store failed; nothing more is written until a restart");
            Err(())
        }
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

/// Space is needed: events are refused so that their senders keep them, progress is kept and tried again.
async fn wait_for_space(group: Vec<Command>) -> Vec<Command> {
    let (refused, kept): (Vec<_>, Vec<_>) =
        group.into_iter().partition(|command| command.write.accept.is_some());
    for command in refused {
        command.done.send(Err(WriteError::Full)).ok();
    }
    if !kept.is_empty() {
        tokio::time::sleep(FULL_PAUSE).await;
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
        batch.leases.extend(write.lease);
    }
    batch.leases.sort_unstable();
    batch.leases.dedup();
    batch
}
