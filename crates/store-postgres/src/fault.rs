//! What went wrong, before it is told in the store's words.

use sqlx::migrate::MigrateError;
use std::time::Duration;
use store::Error;

#[derive(Debug)]
pub(crate) enum Fault {
    Sql(sqlx::Error),
    Store(Error),
    /// The database has not answered at all for so long.
    Silent(Duration),
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

impl From<MigrateError> for Fault {
    fn from(error: MigrateError) -> Self {
        Self::Store(match error {
            MigrateError::VersionMissing(version) => {
                Error::Unreadable(format!("it has migration {version}, which this release does not know"))
            }
            MigrateError::Execute(error) => return Self::Sql(error),
            other => Error::Unreadable(other.to_string()),
        })
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match (fault.what(), fault) {
            (_, Fault::Store(error)) => error,
            (_, Fault::Silent(time)) => Error::Unavailable(format!("no answer for {} s", time.as_secs())),
            (What::Lost | What::Again, Fault::Sql(error)) => Error::Unavailable(error.to_string()),
            (What::Slow, _) => Error::Deadline,
            (What::Full, _) => Error::Full,
            (What::Refused | What::Taken, Fault::Sql(error)) => Error::Conflict(error.to_string()),
            (What::Unreadable | What::NoPartition, Fault::Sql(error)) => Error::Unreadable(error.to_string()),
            (What::Damaged, Fault::Sql(error)) => Error::Io(error.to_string()),
        }
    }
}

/// What a failure means for what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// The connection is gone, or the database is not to be had now.
    Lost,
    /// It collided with something; the same again may do.
    Again,
    /// It ran into its own deadline.
    Slow,
    Full,
    /// A row broke a rule.
    Refused,
    /// A row of this key is there already.
    Taken,
    /// Rows of a day that has no partition.
    NoPartition,
    Unreadable,
    /// What is on disk may be wrong.
    Damaged,
}

impl Fault {
    pub(crate) fn unreadable(what: impl ToString) -> Self {
        Self::Store(Error::Unreadable(what.to_string()))
    }

    pub(crate) fn what(&self) -> What {
        match self {
            Self::Sql(error) => what(error),
            Self::Silent(_) => What::Lost,
            Self::Store(Error::Full) => What::Full,
            Self::Store(Error::Conflict(_)) => What::Refused,
            Self::Store(Error::Deadline) => What::Slow,
            Self::Store(Error::Unavailable(_)) => What::Again,
            Self::Store(Error::Unreadable(_)) => What::Unreadable,
            Self::Store(Error::Io(_)) => What::Damaged,
        }
    }
}

fn what(error: &sqlx::Error) -> What {
    match error {
        sqlx::Error::Database(error) => error.code().map_or(What::Damaged, |code| of_code(&code)),
        sqlx::Error::PoolTimedOut => What::Slow,
        sqlx::Error::ColumnDecode { .. }
        | sqlx::Error::Decode(_)
        | sqlx::Error::ColumnNotFound(_)
        | sqlx::Error::ColumnIndexOutOfBounds { .. }
        | sqlx::Error::TypeNotFound { .. }
        | sqlx::Error::RowNotFound => What::Unreadable,
        sqlx::Error::Encode(_) => What::Refused,
        // Io, Tls, Protocol, PoolClosed, WorkerCrashed: whatever it was, nobody answers on this connection.
        _ => What::Lost,
    }
}

/// By SQLSTATE, https://www.postgresql.org/docs/current/errcodes-appendix.html
fn of_code(code: &str) -> What {
    match code {
        "53100" => What::Full,
        // Deadlock, serialization, a lock not to be had.
        "40001" | "40P01" | "55P03" => What::Again,
        "57014" => What::Slow,
        "23505" => What::Taken,
        // A value without partition. (23514 is any check, but the tables have no other.)
        "23514" => What::NoPartition,
        // Read-only: a standby took the place of what we were connected to, or will.
        "25006" => What::Lost,
        "XX001" | "XX002" | "58030" => What::Damaged,
        _ => match &code[..2.min(code.len())] {
            // Connection, resources, an operator at work, too many connections, the way in, no such database.
            "08" | "53" | "57" | "55" | "28" | "3D" | "25" => What::Lost,
            "22" | "23" | "54" => What::Refused,
            "42" | "3F" | "0A" => What::Unreadable,
            _ => What::Damaged,
        },
    }
}
