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
        // Another program holds the file for longer than it is waited for. The batch did not begin, or was rolled back.
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Error::Unavailable(error.to_string()),
        ErrorCode::ConstraintViolation | ErrorCode::TooBig => Error::Conflict(error.to_string()),
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Error::Unreadable(error.to_string()),
        _ => Error::Io(error.to_string()),
    }
}

/// SQLite's own number for a statement that its progress handler stopped.
const INTERRUPTED: i32 = 9;
/// For one that another program is in the way of.
const BUSY: i32 = 5;

/// The number without what SQLite adds to it in the higher bits, such as why it is busy.
fn code(error: &sqlx::Error) -> Option<i32> {
    Some(error.as_database_error()?.code()?.parse::<i32>().ok()? & 0xff)
}

fn read(error: &sqlx::Error) -> Error {
    match (error, code(error)) {
        (sqlx::Error::PoolTimedOut, _) | (_, Some(INTERRUPTED)) => Error::Deadline,
        (_, Some(BUSY)) => Error::Unavailable(error.to_string()),
        (sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_), _) => {
            Error::Unreadable(error.to_string())
        }
        _ => Error::Io(error.to_string()),
    }
}
