//! What TikTok Shop's error codes mean for a step.

use crate::market::Said;
use connector::Error;

pub fn of(host: &str, said: &Said) -> Error {
    let (host, message) = (host.to_owned(), said.message.clone());
    let connection = |advice: &str| Error::Connection {
        message: format!("TikTok Shop refuses: {message} ({})", said.code),
        advice: advice.into(),
    };
    let status = |status| Error::Status {
        host: host.clone(),
        status,
        message: format!("{message} ({})", said.code),
        after: None,
    };
    match said.code.as_str() {
        "36009002" => Error::RateLimited { host, after: None },
        "36009003" | "11001031" | "21001008" | "21001011" | "21022029" | "21042001" | "21042076" => {
            status(500)
        }
        "36009007" | "11001027" | "21001003" => status(504),
        // The label is still being made.
        "11034037" | "11034023" | "11006010" | "11034025" | "21023022" | "21023034" => status(425),
        "105002" => Error::TokenEnded { host, message },
        "105005" | "101000" => {
            connection("Give the app this permission in Partner Center, then sign in again.")
        }
        "106001" | "36009004" => {
            connection("Check app key and app secret in the connection, and the clock of this machine.")
        }
        "106013" => connection("Sign in again: the connection does not know its shop."),
        "36009033" => connection("Add this server's address to the app's IP list in Partner Center."),
        code => said.refused("TikTok Shop", advice(code)),
    }
}

fn advice(code: &str) -> &'static str {
    match code {
        "12052038" | "12019045" => {
            "A promotion holds the price: wait for its end, or take the product out of it."
        }
        "12019028" => "Name every warehouse of the SKU.",
        "36009009" | "36009010" | "36009014" | "36009022" => {
            "TikTok Shop no longer takes this call; a newer version of Khlong may."
        }
        _ => "Correct the data here or the product or order in Seller Center, then retry.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use connector::Retry;

    #[test]
    fn every_code_says_whether_to_try_again_and_whether_it_may_have_happened() {
        let cases = [
            ("36009002", Retry::Backoff, false),
            ("36009003", Retry::Backoff, true),
            ("36009007", Retry::Backoff, true),
            ("11001031", Retry::Backoff, true),
            ("21001003", Retry::Backoff, true),
            ("11034037", Retry::Backoff, false),
            ("105002", Retry::Backoff, false),
            ("105005", Retry::Never, false),
            ("101000", Retry::Never, false),
            ("106001", Retry::Never, false),
            ("106013", Retry::Never, false),
            ("36009004", Retry::Never, false),
            ("36009009", Retry::Never, false),
            ("36009010", Retry::Never, false),
            ("36009014", Retry::Never, false),
            ("36009022", Retry::Never, false),
            ("36009033", Retry::Never, false),
            ("25001001", Retry::Never, false),
            ("12019028", Retry::Never, false),
            ("12052038", Retry::Never, false),
        ];
        for (code, retry, perhaps) in cases {
            let error = of("open-api.tiktokglobalshop.com", &Said::new(code, "said"));
            assert_eq!((error.retry(), error.may_have_happened()), (retry, perhaps), "{code}: {error}");
        }
    }

    #[test]
    fn an_ended_token_is_renewed_and_a_missing_right_is_for_a_person() {
        assert!(matches!(of("h", &Said::new("105002", "")), Error::TokenEnded { .. }));
        assert!(matches!(of("h", &Said::new("105005", "")), Error::Connection { .. }));
    }
}
