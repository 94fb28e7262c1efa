//! What Kafka's error codes mean for a flow.

use crate::failure;
use connector::Error;
use connector::http::shorten;
use kafka_protocol::ResponseError;
use std::fmt::Display;

/// What was asked for lies outside of what the partition holds.
pub const OFFSET_OUT_OF_RANGE: i16 = 1;

/// What a broker's code means; `about` is the topic, or the topic and the partition.
pub fn error(place: &dyn Display, about: &str, code: i16, said: Option<&str>) -> Error {
    use ResponseError as Code;
    let known = ResponseError::try_from_code(code).unwrap_or(Code::Unknown(code));
    let message = match said.filter(|said| !said.is_empty()) {
        Some(said) => format!("{about}: {known}: {}", shorten(said)),
        None => format!("{about}: {known}"),
    };
    let host = place.to_string();
    let status = |status| Error::Status { host: host.clone(), status, message: message.clone(), after: None };
    match known {
        Code::UnknownTopicOrPartition | Code::UnknownTopicId => failure::refused(
            format!("Kafka at {place} has no {about}, or this user may not see it"),
            "Check the topic's name, have it made, or let the user describe it.",
        ),
        Code::InvalidTopicException => {
            failure::input(format!("{about} is no name that Kafka takes"), "Correct the topic's name.")
        }
        Code::TopicAuthorizationFailed
        | Code::ClusterAuthorizationFailed
        | Code::GroupAuthorizationFailed => Error::Connection {
            message: format!("the user may not do this at Kafka: {message}"),
            advice:
                "Let the administrator allow it: Describe and Read to receive, Describe and Write to publish."
                    .into(),
        },
        Code::SaslAuthenticationFailed => failure::login(place, &message),
        // It may be in the log all the same: the time was up, or copies are missing after it was written.
        Code::RequestTimedOut
        | Code::NotEnoughReplicasAfterAppend
        | Code::NetworkException
        | Code::UnknownServerError => status(504),
        Code::MessageTooLarge | Code::RecordListTooLarge => failure::input(
            format!("the message is larger than Kafka takes: {message}"),
            "Send less at once, or the address of what is to be read.",
        ),
        known if known.is_retriable() => status(503),
        _ => failure::refused(
            format!("Kafka refuses: {message}"),
            "Correct what the message says, then try again.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use connector::Retry;

    #[test]
    fn every_code_is_tried_again_or_not_and_says_whether_it_may_be_in_the_log() {
        for (code, retry, may, kind) in [
            (3, Retry::Never, false, "E0308"),
            (5, Retry::Backoff, false, "E0307"),
            (6, Retry::Backoff, false, "E0307"),
            (7, Retry::Backoff, true, "E0307"),
            (10, Retry::Never, false, "E0301"),
            (17, Retry::Never, false, "E0301"),
            (19, Retry::Backoff, false, "E0307"),
            (20, Retry::Backoff, true, "E0307"),
            (29, Retry::Never, false, "E0302"),
            (56, Retry::Backoff, false, "E0307"),
            (58, Retry::Never, false, "E0302"),
            (87, Retry::Never, false, "E0308"),
            (9_999, Retry::Never, false, "E0308"),
        ] {
            let error = error(&"kafka:9092", "the topic orders", code, Some("said"));
            assert_eq!(
                (error.retry(), error.may_have_happened(), error.code()),
                (retry, may, kind),
                "{code}: {error}"
            );
        }
    }
}
