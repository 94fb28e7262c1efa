//! The one writer: whatever has piled up goes into one commit, and nobody waits on a timer.

use std::sync::Arc;
use std::time::Duration;
use store::{Accept, Accepted, Batch, Finish, Ms, Record, RunId, ScheduleMoved, Store};
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
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteError {
    /// Only accepts are refused for lack of space; progress waits for it.
    Full,
    /// What it refers to is not there any more.
    Refused,
    Down,
}

struct Command {
    write: Write,
    done: oneshot::Sender<Result<Accepted, WriteError>>,
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
    pub fn start(store: Arc<dyn Store>) -> Self {
        let (commands, waiting) = mpsc::channel(COMMANDS_MAX);
        let (down, is_down) = watch::channel(false);
        tokio::spawn(async move {
            if serve(store, waiting).await.is_err() {
                down.send_replace(true);
            }
        });
        Self { commands, down: is_down }
    }

    /// Queues a write. Writes of one caller are committed in the order of these calls.
    pub async fn send(&self, write: Write) -> Ticket {
        let (done, ticket) = oneshot::channel();
        // A writer that is down drops `done`, and the ticket says so.
        self.commands.send(Command { write, done }).await.ok();
        Ticket(ticket)
    }

    /// Queues a write unless too many wait already.
    pub fn try_send(&self, write: Write) -> Option<Ticket> {
        let (done, ticket) = oneshot::channel();
        self.commands.try_send(Command { write, done }).ok()?;
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

async fn serve(store: Arc<dyn Store>, mut waiting: mpsc::Receiver<Command>) -> Result<(), ()> {
    let mut commands = Vec::with_capacity(BATCH_COMMANDS_MAX);
    while waiting.recv_many(&mut commands, BATCH_COMMANDS_MAX).await > 0 {
        let mut group = std::mem::take(&mut commands);
        while !group.is_empty() {
            group = commit(&*store, group).await?;
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
async fn commit(store: &dyn Store, group: Vec<Command>) -> Result<Vec<Command>, ()> {
    match store.commit(fold(&group)).await {
        Ok(committed) => {
            let mut accepts = committed.accepts.into_iter();
            for Command { write, done } in group {
                let accepted = write.accept.is_some().then(|| accepts.next()).flatten();
                done.send(Ok(accepted.unwrap_or(Accepted::New))).ok();
            }
            Ok(Vec::new())
        }
        Err(store::Error::Full) => Ok(wait_for_space(group).await),
        Err(store::Error::Conflict(reason)) if group.len() > 1 => {
            tracing::warn!(%reason, "a group was refused; its writes are committed one by one");
            let mut left = Vec::new();
            for command in group {
                left.append(&mut Box::pin(commit(store, vec![command])).await?);
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
    }
    batch
}
