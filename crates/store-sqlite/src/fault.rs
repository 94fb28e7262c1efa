//! What went wrong, before it is told in the store's words.

use rusqlite::ErrorCode;
use rusqlite::ffi::SQLITE_IOERR_SHMSIZE;
use store::Error;

/// One error for both drivers, so that `?` works in questions and in writes.
#[derive(Debug)]
pub(crate) enum Fault {
    Write(rusqlite::Error),
    Read(sqlx::Error),
    Store(Error),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Write(error)
    }
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Self::Read(error)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Store(error) => error,
            Fault::Write(error) => written(&error),
            Fault::Read(error) => read(&error),
        }
    }
}

impl Fault {
    pub(crate) fn unreadable(what: impl ToString) -> Self {
        Self::Store(Error::Unreadable(what.to_string()))
    }
}

fn written(error: &rusqlite::Error) -> Error {
    let rusqlite::Error::SqliteFailure(code, _) = error else {
        return Error::Unreadable(error.to_string());
    };
    match code.code {
        ErrorCode::DiskFull => Error::Full,
        // The log's index could not grow. SQLite says so before it writes anything of the batch.
        ErrorCode::SystemIoFailure if code.extended_code == SQLITE_IOERR_SHMSIZE => Error::Full,
        ErrorCode::ConstraintViolation | ErrorCode::TooBig => Error::Conflict(error.to_string()),
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Error::Unreadable(error.to_string()),
        _ => Error::Io(error.to_string()),
    }
}

/// SQLite's own number for a statement that its progress handler stopped.
const INTERRUPTED: &str = "9";

fn read(error: &sqlx::Error) -> Error {
    match error {
        sqlx::Error::PoolTimedOut => Error::Deadline,
        sqlx::Error::Database(inner) if inner.code().as_deref() == Some(INTERRUPTED) => Error::Deadline,
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => Error::Unreadable(error.to_string()),
        _ => Error::Io(error.to_string()),
    }
}
