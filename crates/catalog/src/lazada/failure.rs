//! What Lazada's error codes mean for a step.

use crate::market::Said;
use connector::Error;
use model::Span;

/// A ban is mostly a second; what a message says beyond an hour is not believed.
const BAN_SECS_MAX: u64 = 3_600;
/// While a campaign runs, some services are slowed down.
const CAMPAIGN: Span = Span::from_secs(60);

pub fn of(host: &str, said: &Said) -> Error {
    let (host, message) = (host.to_owned(), said.message.clone());
    let status = |status| Error::Status {
        host: host.clone(),
        status,
        message: format!("{message} ({})", said.code),
        after: None,
    };
    match said.code.as_str() {
        "ApiCallLimit"
        | "AppCallLimit"
        | "SellerCallLimit"
        | "901"
        | "4154"
        | "SYS_REQUEST_TOO_FAST"
        | "HOT_KEY_BLOCK"
        | "HOT_KEY_BLOCK_EXCEPTION" => Error::RateLimited { host, after: ban(&said.message) },
        "998" => Error::RateLimited { host, after: Some(CAMPAIGN) },
        "IllegalAccessToken" => Error::TokenEnded { host, message },
        "IllegalRefreshToken" | "InvalidCode" => Error::Connection {
            message: format!("Lazada does not renew the sign-in: {message}"),
            advice: "Open the connection and sign in again.".into(),
        },
        "IncompleteSignature" | "InvalidAppKey" | "IllegalTimestamp" => Error::Connection {
            message: format!("Lazada did not accept the app's keys: {message}"),
            advice: "Check app key and app secret in the connection, and the clock of this machine.".into(),
        },
        "ServiceTimeout" => status(504),
        // Another call holds the lock: this one did nothing.
        "700024" => status(409),
        "6" | "513" | "1000" | "40011" => status(500),
        code => said.refused("Lazada", advice(code)),
    }
}

fn advice(code: &str) -> &'static str {
    match code {
        "4170" => "The SKU is in a campaign: its stock may only rise until the campaign ends.",
        "4225" => "The shop is semi-hosted: Lazada itself keeps this value.",
        "MissingParameter" | "InvalidParameter" => "Check the fields of the node.",
        "E034" | "34" => "Pack the order first, then set the invoice number.",
        "16" => "Check the order's number, and that it belongs to this shop.",
        "Mp3SellerApiLimit" => "This kind of shop may not use this service; ask Lazada's partner support.",
        _ => "Correct the data here or the product or order in Seller Center, then retry.",
    }
}

/// The message names how long a ban lasts: "The ban will last 1 more seconds".
fn ban(message: &str) -> Option<Span> {
    let words: Vec<&str> = message.split_whitespace().collect();
    let unit = words.iter().position(|word| word.to_ascii_lowercase().starts_with("second"))?;
    let secs = words[..unit].iter().rev().find_map(|word| word.parse::<u64>().ok())?;
    Some(Span::from_secs(secs.clamp(1, BAN_SECS_MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use connector::Retry;

    #[test]
    fn every_code_says_whether_to_try_again_and_whether_it_may_have_happened() {
        let cases = [
            ("ApiCallLimit", Retry::After(Span::from_secs(1)), false),
            ("901", Retry::After(Span::from_secs(1)), false),
            ("998", Retry::After(CAMPAIGN), false),
            ("4154", Retry::After(Span::from_secs(1)), false),
            ("SYS_REQUEST_TOO_FAST", Retry::After(Span::from_secs(1)), false),
            ("HOT_KEY_BLOCK", Retry::After(Span::from_secs(1)), false),
            ("6", Retry::Backoff, true),
            ("513", Retry::Backoff, true),
            ("1000", Retry::Backoff, true),
            ("40011", Retry::Backoff, true),
            ("700024", Retry::Backoff, false),
            ("ServiceTimeout", Retry::Backoff, true),
            ("IllegalAccessToken", Retry::Backoff, false),
            ("IllegalRefreshToken", Retry::Never, false),
            ("IncompleteSignature", Retry::Never, false),
            ("MissingParameter", Retry::Never, false),
            ("InvalidCode", Retry::Never, false),
            ("501", Retry::Never, false),
            ("4170", Retry::Never, false),
            ("4225", Retry::Never, false),
        ];
        for (code, retry, perhaps) in cases {
            let error = of("api.lazada.co.th", &Said::new(code, "The ban will last 1 more seconds"));
            assert_eq!((error.retry(), error.may_have_happened()), (retry, perhaps), "{code}: {error}");
        }
    }

    #[test]
    fn an_ended_token_is_renewed_and_an_ended_consent_is_for_a_person() {
        assert!(matches!(of("h", &Said::new("IllegalAccessToken", "")), Error::TokenEnded { .. }));
        assert!(matches!(of("h", &Said::new("IllegalRefreshToken", "")), Error::Connection { .. }));
    }
}
