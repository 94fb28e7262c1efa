//! One-legged OAuth 1.0a, for stores that are reached without HTTPS: the secret signs each call and never travels.

use crate::signature;
use std::fmt::Write as _;

/// How a signature is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Sha1,
    Sha256,
}

impl Method {
    fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "HMAC-SHA1",
            Self::Sha256 => "HMAC-SHA256",
        }
    }
}

/// What a call is signed with.
pub struct Signer<'a> {
    pub key: &'a str,
    pub secret: &'a str,
    pub method: Method,
    /// Seconds since 1970; the store takes 15 minutes of difference.
    pub timestamp: i64,
    /// Comes once.
    pub nonce: &'a str,
}

impl Signer<'_> {
    /// The pairs that are added to the query. `url` is without a query; `pairs` are those that it has besides.
    pub fn pairs(&self, verb: &str, url: &str, pairs: &[(String, String)]) -> Vec<(String, String)> {
        let mut added = vec![
            ("oauth_consumer_key".to_owned(), self.key.to_owned()),
            ("oauth_nonce".to_owned(), self.nonce.to_owned()),
            ("oauth_signature_method".to_owned(), self.method.name().to_owned()),
            ("oauth_timestamp".to_owned(), self.timestamp.to_string()),
        ];
        let base = base(verb, url, pairs.iter().chain(&added));
        // There is no token, whose secret would stand behind the sign.
        let key = format!("{}&", self.secret);
        let signature = match self.method {
            Method::Sha1 => signature::hmac_sha1_base64(&key, base.as_bytes()),
            Method::Sha256 => signature::hmac_sha256_base64(&key, base.as_bytes()),
        };
        added.push(("oauth_signature".to_owned(), signature));
        added
    }
}

/// What is signed: the verb, the address and all pairs in the order of their names. The body is not.
fn base<'p>(verb: &str, url: &str, pairs: impl Iterator<Item = &'p (String, String)>) -> String {
    let mut encoded: Vec<(String, String)> =
        pairs.map(|(name, value)| (encode(name), encode(value))).collect();
    encoded.sort();
    let joined: Vec<String> = encoded.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{verb}&{}&{}", encode(url), encode(&joined.join("&")))
}

/// RFC 3986: everything but letters, digits and four signs.
fn encode(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte))
            }
            other => drop(write!(encoded, "%{other:02X}")),
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "http://shop.example.com/wp-json/wc/v3/orders";

    fn asked() -> Vec<(String, String)> {
        vec![("status".into(), "processing".into()), ("per_page".into(), "10".into())]
    }

    fn signer(method: Method) -> Signer<'static> {
        Signer { key: "ck_test", secret: "cs_test", method, timestamp: 1_700_000_000, nonce: "abc123" }
    }

    fn signature(method: Method) -> String {
        let pairs = signer(method).pairs("GET", URL, &asked());
        pairs.into_iter().find(|(name, _)| name == "oauth_signature").map(|(_, value)| value).unwrap()
    }

    #[test]
    fn the_signatures_are_those_that_a_store_computes() {
        assert_eq!(signature(Method::Sha256), "snBfi9AE62TyW5tHHcZCLgUwE/1IUnhY/DS8dTTrJJw=");
        assert_eq!(signature(Method::Sha1), "6nUDCugoc6Wt7Y/+ASh4vC+P3pU=");
    }

    #[test]
    fn what_is_signed_is_in_order_and_encoded_twice() {
        let mut pairs = signer(Method::Sha256).pairs("GET", URL, &asked());
        pairs.pop();
        assert_eq!(
            base("GET", URL, asked().iter().chain(&pairs)),
            "GET&http%3A%2F%2Fshop.example.com%2Fwp-json%2Fwc%2Fv3%2Forders&oauth_consumer_key%3Dck_test\
             %26oauth_nonce%3Dabc123%26oauth_signature_method%3DHMAC-SHA256%26oauth_timestamp%3D1700000000\
             %26per_page%3D10%26status%3Dprocessing"
        );
        let thai = [("search".to_owned(), "ชา ~".to_owned())];
        assert!(base("GET", URL, thai.iter()).ends_with("search%3D%25E0%25B8%258A%25E0%25B8%25B2%2520~"));
    }
}
