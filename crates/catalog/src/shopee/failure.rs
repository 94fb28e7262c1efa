//! What Shopee's error codes mean for a step.

use crate::market::Said;
use connector::Error;
use model::Span;

const DAY_MS: i64 = 86_400_000;
/// Daily quotas begin anew at midnight in Singapore.
const SINGAPORE_MS: i64 = 8 * 3_600_000;

/// Some codes come with the name of their module, such as `common.error_auth`: the last part counts.
pub fn of(host: &str, said: &Said, now: i64) -> Error {
    let (host, message) = (host.to_owned(), said.message.clone());
    let connection = |advice: &str| Error::Connection {
        message: format!("Shopee refuses: {message} ({})", said.code),
        advice: advice.into(),
    };
    match said.code.rsplit('.').next().unwrap_or_default().trim() {
        "error_rate_limit" => Error::RateLimited { host, after: None },
        "error_limit" => Error::RateLimited { host, after: Some(until_midnight(now)) },
        "error_server" | "error_network" | "error_inner" | "error_system_busy" => {
            Error::Status { host, status: 500, message: format!("{message} ({})", said.code), after: None }
        }
        "error_auth" => match auth(&message.to_ascii_lowercase()) {
            Auth::Token => Error::TokenEnded { host, message },
            Auth::Busy => Error::Status { host, status: 503, message, after: None },
            Auth::Right => {
                connection("Check the app and its permissions in Shopee's console, then sign in again.")
            }
        },
        "invalid_acceess_token" | "invalid_access_token" => Error::TokenEnded { host, message },
        "error_sign" | "error_partner_key_expired" | "invalid_partner_id" => connection(
            "Check partner id and partner key in the connection: keys expire and can be made anew in the console.",
        ),
        "error_permission"
        | "error_api_permission"
        | "error_api_call_restricted"
        | "error_kyc_auth"
        | "partner_shop_no_link"
        | "shop_no_linked"
        | "shop_banned" => connection(
            "Check the app's permissions and the shop's state in Shopee's console, then sign in again.",
        ),
        "source_ip_undeclared" => {
            connection("Declare this server's address in the app's IP white list in the console.")
        }
        code => said.refused("Shopee", advice(code)),
    }
}

/// One code says three things, and only its words tell which.
enum Auth {
    Token,
    Right,
    Busy,
}

fn auth(message: &str) -> Auth {
    let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
    if says(&["permission", "partner_id", "app is deleted"]) {
        Auth::Right
    } else if says(&["system error"]) {
        Auth::Busy
    } else {
        Auth::Token
    }
}

fn advice(code: &str) -> &'static str {
    match code {
        "error_not_found" | "error_item_not_found" => "Check the number, and that it belongs to this shop.",
        "error_param" => "Check the fields of the node against what the message says.",
        _ => "Correct the data here or the product or order in Seller Centre, then retry.",
    }
}

fn until_midnight(now: i64) -> Span {
    let left = DAY_MS - (now + SINGAPORE_MS).rem_euclid(DAY_MS);
    Span::from_secs(u64::try_from(left / 1_000).unwrap_or_default().max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use connector::Retry;

    /// 2026-01-05 23:30:00 in Singapore.
    const NOW: i64 = 1_767_627_000_000;

    #[test]
    fn every_code_says_whether_to_try_again_and_whether_it_may_have_happened() {
        let cases = [
            ("error_rate_limit", Retry::Backoff, false),
            ("error_limit", Retry::After(Span::from_secs(1_800)), false),
            ("error_server", Retry::Backoff, true),
            ("error_network", Retry::Backoff, true),
            ("error_inner", Retry::Backoff, true),
            ("common.error_auth", Retry::Backoff, false),
            ("invalid_acceess_token", Retry::Backoff, false),
            ("error_sign", Retry::Never, false),
            ("logistics.error_param", Retry::Never, false),
            ("error_permission", Retry::Never, false),
            ("error_not_found", Retry::Never, false),
            ("shop_banned", Retry::Never, false),
            ("partner_shop_no_link", Retry::Never, false),
            ("source_ip_undeclared", Retry::Never, false),
            ("error_partner_key_expired", Retry::Never, false),
        ];
        for (code, retry, perhaps) in cases {
            let error = of("partner.shopeemobile.com", &Said::new(code, "said"), NOW);
            assert_eq!((error.retry(), error.may_have_happened()), (retry, perhaps), "{code}: {error}");
        }
    }

    #[test]
    fn one_code_says_three_things_and_the_words_tell_which() {
        let ended = of("h", &Said::new("error_auth", "Invalid access_token."), NOW);
        assert!(matches!(ended, Error::TokenEnded { .. }), "{ended:?}");
        let right = of("h", &Said::new("error_auth", "No permission to current api."), NOW);
        assert!(matches!(right, Error::Connection { .. }), "{right:?}");
        let busy = of("h", &Said::new("error_auth", "System error, please try again later."), NOW);
        assert!(matches!(busy, Error::Status { status: 503, .. }), "{busy:?}");
    }
}
