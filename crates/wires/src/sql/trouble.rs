//! What went wrong at a database, and what that means for whoever asked.

use crate::failure;
use connector::Error;
use connector::http::shorten;

/// What kind of trouble it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// A deadlock, a conflict of transactions, a lock that was not let go of in time: undone, and fine the next time.
    Again,
    /// Too many connections, no memory, being started or stopped.
    Busy,
    /// The connection broke.
    Lost,
    TooLong,
    Login,
    NoDatabase,
    NoRight,
    /// Something that only reads wanted to write.
    ReadOnly,
    /// A rule of the database, a type that does not fit, wrong SQL.
    Refused,
    /// The answer is nothing that can be read.
    Unreadable,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Failed {
    pub trouble: Trouble,
    pub said: String,
}

impl Failed {
    pub fn new(trouble: Trouble, said: impl Into<String>) -> Self {
        Self { trouble, said: shorten(&said.into()) }
    }

    /// While connecting or signing in.
    pub fn at_the_door(self, place: &str) -> Error {
        match self.trouble {
            Trouble::Login => failure::login(&place, &self.said),
            Trouble::NoDatabase => Error::Connection {
                message: format!("{place} has no such database, or this user may not open it: {}", self.said),
                advice: "Check the database's name in the connection, and the user's right to connect to it."
                    .into(),
            },
            Trouble::Lost => failure::connecting(&place, &self.said),
            _ => self.before_commit(place),
        }
    }

    /// While a transaction is open: nothing of it stays.
    pub fn before_commit(self, place: &str) -> Error {
        let (host, said) = (place.to_owned(), self.said);
        match self.trouble {
            Trouble::Again => Error::Status { host, status: 409, message: said, after: None },
            Trouble::Busy => Error::Status { host, status: 503, message: said, after: None },
            Trouble::Lost => {
                failure::unreachable(&place, &format!("the connection broke, nothing was kept: {said}"))
            }
            Trouble::TooLong => {
                let message = format!("it took too long and was undone: {said}");
                Error::Status { host, status: 503, message, after: None }
            }
            Trouble::Login | Trouble::NoDatabase => Self { trouble: self.trouble, said }.at_the_door(place),
            Trouble::NoRight => failure::refused(
                format!("the database's user lacks a right: {said}"),
                "Let the administrator grant it to the user of the connection.",
            ),
            Trouble::ReadOnly => failure::refused(
                format!("a query only reads: {said}"),
                "Use the operation that changes rows.",
            ),
            Trouble::Refused => failure::refused(
                format!("the database refuses: {said}"),
                "Correct the data or the SQL as the message says, then try again.",
            ),
            Trouble::Unreadable => Error::Unreadable { host, message: said },
        }
    }

    /// While the end of a transaction was asked for. A deadlock or a rule that is looked at last has undone it; of a broken
    /// connection nobody knows.
    pub fn at_commit(self, place: &str) -> Error {
        match self.trouble {
            Trouble::Lost | Trouble::TooLong | Trouble::Busy | Trouble::Unreadable => {
                failure::unanswered(&place, &format!("the connection broke at the commit: {}", self.said))
            }
            _ => self.before_commit(place),
        }
    }
}

pub fn refused_input(message: impl Into<String>, advice: &str) -> Error {
    failure::input(message, advice)
}

/// What sqlx says, with the dialect's own codes.
pub fn of_sqlx(error: &sqlx::Error, of_code: impl Fn(&dyn sqlx::error::DatabaseError) -> Trouble) -> Failed {
    let said = failure::chain(error);
    match error {
        sqlx::Error::Database(answer) => Failed::new(of_code(&**answer), answer.message()),
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::WorkerCrashed => {
            Failed::new(Trouble::Lost, said)
        }
        // What is left of an answer that was cut off in the middle.
        sqlx::Error::Protocol(_) => Failed::new(Trouble::Lost, said),
        sqlx::Error::Encode(_) => Failed::new(Trouble::Refused, said),
        _ => Failed::new(Trouble::Unreadable, said),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use connector::Retry;

    #[test]
    fn what_can_help_and_what_may_have_happened_is_told_apart() {
        let failed = |trouble| Failed::new(trouble, "said");
        for trouble in [Trouble::Again, Trouble::Busy, Trouble::Lost, Trouble::TooLong] {
            let error = failed(trouble).before_commit("db:1");
            assert_eq!((error.retry(), error.may_have_happened()), (Retry::Backoff, false), "{trouble:?}");
        }
        for trouble in
            [Trouble::NoRight, Trouble::ReadOnly, Trouble::Refused, Trouble::Login, Trouble::NoDatabase]
        {
            let error = failed(trouble).before_commit("db:1");
            assert_eq!((error.retry(), error.may_have_happened()), (Retry::Never, false), "{trouble:?}");
        }
        let lost = failed(Trouble::Lost).at_commit("db:1");
        assert_eq!((lost.retry(), lost.may_have_happened()), (Retry::Backoff, true));
        let late = failed(Trouble::Again).at_commit("db:1");
        assert!(!late.may_have_happened());
        let rule = failed(Trouble::Refused).at_commit("db:1");
        assert_eq!((rule.retry(), rule.may_have_happened()), (Retry::Never, false));
    }
}
