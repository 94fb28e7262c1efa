//! The signatures of a webhook, in the versions that receivers check.

use chrono::{DateTime, Utc};

use crate::seal;

const METHOD: &str = "POST";
/// What stands decoded in the signed address although it came encoded.
const DECODED: [(&str, &str); 12] = [
    ("%3A", ":"),
    ("%2F", "/"),
    ("%3F", "?"),
    ("%40", "@"),
    ("%21", "!"),
    ("%24", "$"),
    ("%27", "'"),
    ("%28", "("),
    ("%29", ")"),
    ("%2A", "*"),
    ("%2C", ","),
    ("%3B", ";"),
];

pub(super) fn headers(
    secret: &str,
    uri: &str,
    body: &[u8],
    now: DateTime<Utc>,
) -> Vec<(&'static str, String)> {
    let timestamp = now.timestamp_millis().to_string();
    vec![
        ("x-hubspot-signature-v3", v3(secret, uri, body, &timestamp)),
        ("x-hubspot-request-timestamp", timestamp),
        ("x-hubspot-signature", v1(secret, body)),
        ("x-hubspot-signature-version", "v1".to_owned()),
    ]
}

fn v3(secret: &str, uri: &str, body: &[u8], timestamp: &str) -> String {
    let uri = DECODED.iter().fold(uri.to_owned(), |uri, (code, letter)| uri.replace(code, letter));
    let message = [METHOD.as_bytes(), uri.as_bytes(), body, timestamp.as_bytes()].concat();
    seal::base64(seal::hmac_sha256(secret, &[&message]))
}

fn v1(secret: &str, body: &[u8]) -> String {
    seal::sha256_hex([secret.as_bytes(), body].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy";
    const BODY: &[u8] = b"{'example_field':'example_value'}";
    const URI: &str = "https://www.example.com/webhook_uri";

    #[test]
    fn webhooks_are_signed_as_in_hubspots_own_tests() {
        assert_eq!(v3(SECRET, URI, BODY, "1693657560000"), "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y=");
        assert_eq!(v1(SECRET, BODY), "69fc6631a867edd4f9e9e627fc5c1148e3fbdd8b21837b6d2b8901c1fa57f750");
    }

    #[test]
    fn some_letters_of_the_address_are_signed_decoded() {
        let signed = |uri: &str| v3(SECRET, uri, BODY, "1");
        assert_eq!(signed("https://a.example/h%3Aook?x=%2Fy"), signed("https://a.example/h:ook?x=/y"));
        assert_ne!(signed("https://a.example/h%20ook"), signed("https://a.example/h ook"));
    }
}
