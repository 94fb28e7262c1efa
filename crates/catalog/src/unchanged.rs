//! Failures of calls that change nothing: whatever became of one, it is simply made again.

use connector::Error;

/// Says of a reading call's failure that nothing was done, so that the step that began with it may begin again.
pub fn nothing_done(error: Error) -> Error {
    match error {
        Error::Unanswered { host, message } => Error::Unreachable { host, message },
        Error::Status { host, message, status, .. } if matches!(status, 408 | 500 | 502 | 504..=599) => {
            Error::Unreachable { host, message: format!("it answered {status}: {message}") }
        }
        // A page of a firewall or a cache, which passes, or of another system, which the tries that are left will show.
        Error::Unreadable { host, message } => {
            Error::Unreachable { host, message: format!("something else answered: {message}") }
        }
        Error::TooLarge { host, limit } => Error::Refused {
            message: format!("{host} answered more than {limit} bytes"),
            advice: "Ask for less at once, or let an administrator raise the bound in the settings.".into(),
        },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_call_never_leaves_a_doubt_behind_and_passing_failures_stay_so() {
        let (host, message) = (|| "shop".to_owned(), || "lost".to_owned());
        for error in [
            Error::Unanswered { host: host(), message: message() },
            Error::Status { host: host(), status: 502, message: message(), after: None },
            Error::Unreadable { host: host(), message: message() },
        ] {
            let told = nothing_done(error);
            assert!(!told.may_have_happened(), "{told:?}");
            assert_eq!(told.retry(), connector::Retry::Backoff, "{told:?}");
        }
        assert!(!nothing_done(Error::TooLarge { host: host(), limit: 9 }).may_have_happened());
    }
}
