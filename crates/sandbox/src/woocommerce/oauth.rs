//! One-legged OAuth 1.0a, which a store without TLS asks for.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::seal::{base64, hmac_sha1, hmac_sha256};

/// RFC 3986: letters, digits and these four stay as they are.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Sha1,
    Sha256,
}

impl Method {
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "HMAC-SHA1" => Some(Self::Sha1),
            "HMAC-SHA256" => Some(Self::Sha256),
            _ => None,
        }
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

/// The text that is signed: method, URL without its query, and every parameter but the signature itself.
pub(super) fn base_string(method: &str, url: &str, parameters: &[(String, String)]) -> String {
    let signed = parameters.iter().filter(|(name, _)| name != "oauth_signature");
    let mut pairs: Vec<_> = signed.map(|(name, value)| (encoded(name), encoded(value))).collect();
    pairs.sort();
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{method}&{}&{}", encoded(url), encoded(&pairs.join("&")))
}

/// The consumer secret and an empty token secret are the key.
pub(super) fn sign(method: Method, secret: &str, base_string: &str) -> String {
    let (key, text) = (format!("{secret}&"), base_string.as_bytes());
    base64(&match method {
        Method::Sha1 => hmac_sha1(&key, &[text]),
        Method::Sha256 => hmac_sha256(&key, &[text]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "http://shop.example.com/wp-json/wc/v3/orders";

    fn parameters(method: &str) -> Vec<(String, String)> {
        let pairs = [
            ("status", "processing"),
            ("per_page", "10"),
            ("oauth_timestamp", "1700000000"),
            ("oauth_signature_method", method),
            ("oauth_nonce", "abc123"),
            ("oauth_signature", "left out"),
            ("oauth_consumer_key", "ck_test"),
        ];
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    }

    #[test]
    fn the_base_string_is_the_published_one() {
        let expected = "GET&http%3A%2F%2Fshop.example.com%2Fwp-json%2Fwc%2Fv3%2Forders&oauth_consumer_key%3Dck_test\
            %26oauth_nonce%3Dabc123%26oauth_signature_method%3DHMAC-SHA256%26oauth_timestamp%3D1700000000\
            %26per_page%3D10%26status%3Dprocessing";
        assert_eq!(base_string("GET", URL, &parameters("HMAC-SHA256")), expected);
    }

    #[test]
    fn both_signatures_are_the_known_ones() {
        for (name, signature) in [
            ("HMAC-SHA256", "snBfi9AE62TyW5tHHcZCLgUwE/1IUnhY/DS8dTTrJJw="),
            ("HMAC-SHA1", "6nUDCugoc6Wt7Y/+ASh4vC+P3pU="),
        ] {
            let base = base_string("GET", URL, &parameters(name));
            assert_eq!(sign(Method::named(name).unwrap(), "cs_test", &base), signature);
        }
    }
}
