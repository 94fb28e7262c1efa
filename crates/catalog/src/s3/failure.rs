//! What S3's refusals mean.

use super::xml::{self, Fault};
use connector::Error;
use connector::http::{Answer, shorten};
use wires::files::{Path, forbidden, missing};

/// `path` is what was asked for.
pub fn of(answer: Answer, path: &Path, bucket: &str) -> Error {
    let fault = answer.text().ok().and_then(xml::fault).unwrap_or_default();
    let (status, host) = (answer.status.as_u16(), answer.host());
    let said = if fault.message.is_empty() { fault.code.clone() } else { fault.message.clone() };
    match fault.code.as_str() {
        "NoSuchKey" => return missing(path),
        "NoSuchBucket" => return no_bucket(bucket, &host),
        "AccessDenied" | "AllAccessDisabled" => return forbidden(path, &said),
        "RequestTimeTooSkewed" => {
            return Error::Connection {
                message: format!("{host} says that the clock of this machine is wrong"),
                advice: "Have it set by NTP, then try again.".into(),
            };
        }
        "InvalidAccessKeyId"
        | "SignatureDoesNotMatch"
        | "ExpiredToken"
        | "InvalidToken"
        | "InvalidClientTokenId" => {
            return Error::Connection {
                message: format!("{host} does not accept the key: {}", shorten(&said)),
                advice: "Check the access key, the secret key and the region in the connection.".into(),
            };
        }
        "AuthorizationHeaderMalformed" | "PermanentRedirect" | "TemporaryRedirect" => {
            return elsewhere(&answer, &fault, bucket);
        }
        "SlowDown" | "ServiceUnavailable" | "RequestLimitExceeded" => {
            return Error::RateLimited { host, after: answer.retry_after() };
        }
        // It waited for more of the request than came; nothing was done.
        "RequestTimeout" => return Error::Unreachable { host, message: said },
        _ => {}
    }
    match status {
        301 | 307 => elsewhere(&answer, &fault, bucket),
        404 if fault.code.is_empty() => missing(path),
        403 if fault.code.is_empty() => forbidden(path, "no permission"),
        400 | 405 | 412 => Error::Refused {
            message: format!("{host} refuses this with \"{path}\": {}", shorten(&said)),
            advice: "Correct what the message names, then try again.".into(),
        },
        _ => answer.failed(&said),
    }
}

fn no_bucket(bucket: &str, host: &str) -> Error {
    Error::Connection {
        message: format!("there is no bucket \"{bucket}\" at {host}"),
        advice: "Check the bucket, the region and the endpoint in the connection.".into(),
    }
}

fn elsewhere(answer: &Answer, fault: &Fault, bucket: &str) -> Error {
    let region = answer.header("x-amz-bucket-region").unwrap_or(&fault.region);
    let region = if region.is_empty() { "another region".into() } else { format!("the region {region}") };
    Error::Connection {
        message: format!("the bucket \"{bucket}\" is in {region}"),
        advice: "Enter the bucket's region in the connection.".into(),
    }
}
