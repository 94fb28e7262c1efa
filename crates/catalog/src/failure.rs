//! Refusals that a connector goes on from: what is not there may be made, what is there already may be changed.

use connector::Error;

/// Why a call brought nothing.
#[derive(Debug)]
pub enum Failure {
    /// The system has no such record.
    Absent(Error),
    /// The system has this record already.
    Taken(Error),
    Other(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

/// For whoever does not go on from it.
impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Absent(error) | Failure::Taken(error) | Failure::Other(error) => error,
        }
    }
}
