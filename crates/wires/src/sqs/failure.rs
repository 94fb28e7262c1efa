//! What SQS's errors mean: try again, never, or nobody knows.

use crate::failure;
use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use connector::Error;
use connector::http::shorten;

/// The service says its code; the request, which holds credentials, is never told.
pub fn failed<E>(place: &str, error: &SdkError<E, aws_sdk_sqs::config::http::HttpResponse>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    match error {
        SdkError::ServiceError(refusal) => {
            let status = refusal.raw().status().as_u16();
            let (code, message) = (refusal.err().code(), refusal.err().message());
            by_code(place, code.unwrap_or_default(), message.unwrap_or_default(), status)
        }
        SdkError::ConstructionFailure(_) => failure::input(
            format!("{place}: the request could not be made"),
            "Check the queue's address and the message.",
        ),
        SdkError::DispatchFailure(_) => not_arrived(place, &failure::chain(error)),
        _ => failure::unanswered(&place, &failure::chain(error)),
    }
}

/// A connection that was not made took nothing; one that broke may have.
fn not_arrived(place: &str, why: &str) -> Error {
    let before = [
        "certificate",
        "InvalidContentType",
        "dns error",
        "tcp connect error",
        "ConnectError",
        "connect timeout",
    ];
    match before.iter().any(|part| why.contains(part)) {
        true => failure::connecting(&place, &why),
        false => failure::unanswered(&place, &why),
    }
}

fn by_code(place: &str, code: &str, message: &str, status: u16) -> Error {
    let host = place.to_owned();
    let said = shorten(&format!("{code}: {message}"));
    // Older answers have the namespace before the code.
    let code = code.rsplit('.').next().unwrap_or(code);
    match code {
        code if THROTTLED.iter().any(|part| code.contains(part)) => Error::RateLimited { host, after: None },
        code if CREDENTIALS.contains(&code) => Error::Connection {
            message: format!("{place} does not accept the access key: {said}"),
            advice: "Check the access key and its rights in AWS, and enter the secret again.".into(),
        },
        "QueueDoesNotExist" | "NonExistentQueue" => failure::refused(
            format!("{place}: there is no such queue"),
            "Check the queue's address and the region.",
        ),
        _ if status >= 500 => Error::Status { host, status, message: said, after: None },
        _ => failure::refused(
            format!("{place} refuses: {said}"),
            "Correct what the message says, then send it again.",
        ),
    }
}

const THROTTLED: [&str; 3] = ["Throttl", "OverLimit", "TooManyRequests"];
const CREDENTIALS: [&str; 10] = [
    "AccessDenied",
    "AccessDeniedException",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "SignatureDoesNotMatch",
    "InvalidSignatureException",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidSecurity",
    "ExpiredToken",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_for_whoever_must_act_on_it() {
        let codes = [
            ("RequestThrottled", 400, "E0306"),
            ("ThrottlingException", 400, "E0306"),
            ("OverLimit", 400, "E0306"),
            ("KmsThrottled", 400, "E0306"),
            ("AccessDenied", 403, "E0302"),
            ("InvalidClientTokenId", 403, "E0302"),
            ("SignatureDoesNotMatch", 403, "E0302"),
            ("QueueDoesNotExist", 400, "E0308"),
            ("AWS.SimpleQueueService.NonExistentQueue", 400, "E0308"),
            ("ReceiptHandleIsInvalid", 400, "E0308"),
            ("InvalidParameterValue", 400, "E0308"),
            ("MissingParameter", 400, "E0308"),
            ("TooManyEntriesInBatchRequest", 400, "E0308"),
            ("InternalError", 500, "E0307"),
            ("ServiceUnavailable", 503, "E0307"),
        ];
        for (code, status, wanted) in codes {
            assert_eq!(by_code("SQS", code, "said", status).code(), wanted, "{code}");
        }
    }

    #[test]
    fn a_connection_that_was_not_made_took_nothing() {
        assert!(!not_arrived("SQS", "dispatch failure: tcp connect error: refused").may_have_happened());
        assert!(not_arrived("SQS", "dispatch failure: connection closed").may_have_happened());
        assert_eq!(not_arrived("SQS", "invalid peer certificate: UnknownIssuer").code(), "E0302");
    }
}
