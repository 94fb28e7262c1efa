//! The one connection that commits batches, in a task that nobody cancels.
//!
//! A transaction that is left in the middle would hold its locks on a connection that goes on living. So batches are
//! handed over, and whoever asked only waits for the answer.

use crate::commit::{self, Known};
use crate::fault::{Fault, What};
use crate::hints::Hints;
use crate::options::Kind;
use crate::{Options, days};
use sqlx::postgres::PgConnection;
use sqlx::{ConnectOptions, Executor};
use std::collections::BTreeSet;
use std::time::Duration;
use store::{Batch, Committed, Error};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep, timeout};

/// Batches that may wait for the connection; senders wait beyond this.
const BATCHES_MAX: usize = 64;
/// The pause before the next try grows from the one to the other.
const PAUSE_MIN: Duration = Duration::from_millis(50);
const PAUSE_MAX: Duration = Duration::from_secs(1);
/// A database that says nothing for so long is not there. Longer than its own limit for a statement.
const SILENCE_MAX: Duration = Duration::from_secs(25);
/// How often rows of a batch may be found to be there already. Once is an earlier try's commit that came late; the next try
/// knows of it, so more than once is something else.
const TAKEN_MAX: u32 = 3;

struct Job {
    batch: Batch,
    done: oneshot::Sender<Result<Committed, Error>>,
}

pub(crate) struct Writer {
    jobs: mpsc::Sender<Job>,
}

impl Writer {
    pub(crate) fn start(options: Options, days: BTreeSet<i32>, hints: Hints) -> Self {
        let (jobs, mut waiting) = mpsc::channel::<Job>(BATCHES_MAX);
        let mut desk = Desk { options, connection: None, known: Known::with_days(days) };
        tokio::spawn(async move {
            while let Some(Job { batch, done }) = waiting.recv().await {
                let brings_runs = !batch.accepts.is_empty();
                let committed = desk.commit(&batch).await;
                if brings_runs && committed.is_ok() {
                    hints.give();
                }
                // Whoever asked may be gone.
                done.send(committed).ok();
            }
        });
        Self { jobs }
    }

    pub(crate) async fn commit(&self, batch: Batch) -> Result<Committed, Error> {
        let gone = || Error::Unavailable("the writer has ended".into());
        let (done, answer) = oneshot::channel();
        self.jobs.send(Job { batch, done }).await.map_err(|_| gone())?;
        answer.await.unwrap_or_else(|_| Err(gone()))
    }
}

struct Desk {
    options: Options,
    connection: Option<PgConnection>,
    known: Known,
}

impl Desk {
    /// Tries until it is known what became of the batch.
    ///
    /// Ids are minted before, so what has landed already is found again and changes nothing. Once a COMMIT was sent and
    /// not answered only another try can tell, however long that takes; before, patience may end.
    async fn commit(&mut self, batch: &Batch) -> Result<Committed, Error> {
        let until = Instant::now() + self.options.patience;
        let (mut pause, mut in_doubt, mut taken) = (PAUSE_MIN, false, 0);
        loop {
            let failure = match self.attempt(batch, in_doubt).await {
                Ok(committed) => return Ok(committed),
                Err(failure) => failure,
            };
            let what = failure.fault.what();
            // Ids are minted once: a row that is there is the batch's own, from a try whose end nobody heard of.
            in_doubt |= failure.in_doubt || what == What::Taken;
            taken += u32::from(what == What::Taken);
            let again = match what {
                What::Lost | What::Again | What::Slow | What::NoPartition => true,
                What::Full => in_doubt,
                What::Taken => taken < TAKEN_MAX,
                What::Refused | What::Unreadable | What::Damaged => false,
            };
            if !again || (!in_doubt && Instant::now() + pause > until) {
                return Err(given_up(failure.fault));
            }
            tracing::warn!(cause = ?failure.fault, in_doubt, "a commit is tried again");
            sleep(pause).await;
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }

    async fn attempt(&mut self, batch: &Batch, again: bool) -> Result<Committed, Failure> {
        // Taken out: it comes back only when it is known to be in order.
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => in_time(connect(&self.options)).await?,
        };
        let done = in_time(transact(&mut connection, &mut self.known, batch, again)).await;
        match done {
            Ok(committed) => {
                let finish = in_time(commit_sent(&mut connection)).await;
                finish.map_err(|fault| Failure { in_doubt: fault.what() == What::Lost, fault })?;
                self.known.landed(batch);
                self.connection = Some(connection);
                Ok(committed)
            }
            Err(fault) => {
                if fault.what() == What::NoPartition {
                    self.known.forget_days();
                }
                if fault.what() != What::Lost && in_time(roll_back(&mut connection)).await.is_ok() {
                    self.connection = Some(connection);
                }
                Err(fault.into())
            }
        }
    }
}

/// Why an attempt failed, and whether its batch may have landed all the same.
struct Failure {
    fault: Fault,
    in_doubt: bool,
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self { fault, in_doubt: false }
    }
}

async fn in_time<T>(work: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    timeout(SILENCE_MAX, work).await.unwrap_or(Err(Fault::Silent(SILENCE_MAX)))
}

async fn connect(options: &Options) -> Result<PgConnection, Fault> {
    Ok(options.connect(Kind::Writer).connect().await?)
}

/// Everything but the commit itself.
async fn transact(
    connection: &mut PgConnection,
    known: &mut Known,
    batch: &Batch,
    again: bool,
) -> Result<Committed, Fault> {
    days::ensure(connection, known, batch).await?;
    connection.execute(sqlx::raw_sql("BEGIN ISOLATION LEVEL READ COMMITTED")).await?;
    commit::write(connection, known, batch, again).await
}

async fn commit_sent(connection: &mut PgConnection) -> Result<(), Fault> {
    connection.execute(sqlx::raw_sql("COMMIT")).await?;
    Ok(())
}

async fn roll_back(connection: &mut PgConnection) -> Result<(), Fault> {
    connection.execute(sqlx::raw_sql("ROLLBACK")).await?;
    Ok(())
}

/// A batch that was given up is not lost: whoever sent it has it, and may try again.
fn given_up(fault: Fault) -> Error {
    match fault.what() {
        What::Lost | What::Again | What::Slow | What::NoPartition => match Error::from(fault) {
            error @ Error::Unavailable(_) => error,
            other => Error::Unavailable(other.to_string()),
        },
        _ => fault.into(),
    }
}
