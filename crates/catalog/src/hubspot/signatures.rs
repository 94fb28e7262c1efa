//! The three signatures that HubSpot's webhooks may carry.
//!
//! The newest covers a time, too: what is older than five minutes is not let in.

use crate::{door, signature};
use connector::oauth2::CLIENT_SECRET;
use connector::{Connection, Refusal, Request};
use sha2::{Digest, Sha256};

/// Characters that stand decoded in the address that HubSpot signs.
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

pub fn check(request: &Request<'_>, connection: Option<&Connection>) -> Result<(), Refusal> {
    let secret = signature::secret_for(connection, CLIENT_SECRET)?;
    let header = |name: &str| door::header(request.headers, name);
    let uri = uri(request, connection);
    let method = request.method.as_str();
    if let (Some(given), Some(time)) =
        (header("x-hubspot-signature-v3"), header("x-hubspot-request-timestamp"))
    {
        signature::must_be(Some(given), &v3(secret, method, &decoded(&uri), request.body, time))?;
        return signature::must_be_fresh(request, time.parse().ok());
    }
    let wanted = match header("x-hubspot-signature-version") {
        Some("v2") => v2(secret, method, &uri, request.body),
        _ => v1(secret, request.body),
    };
    signature::must_be(header("x-hubspot-signature"), &wanted)
}

/// The address that was called, as HubSpot knows it: a proxy may have given the request another host.
fn uri(request: &Request<'_>, connection: Option<&Connection>) -> String {
    let header = |name: &str| door::header(request.headers, name);
    let host = header("x-forwarded-host").or_else(|| header("host")).unwrap_or_default();
    let base = connection.and_then(|connection| connection.text("public_url"));
    let base = base.map_or_else(|| format!("https://{host}"), |base| base.trim_end_matches('/').to_owned());
    let path = request.path.trim_start_matches('/');
    let query = request.query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{base}/hooks/{path}{query}")
}

fn decoded(uri: &str) -> String {
    DECODED
        .iter()
        .fold(uri.to_owned(), |uri, (from, to)| uri.replace(from, to).replace(&from.to_lowercase(), to))
}

fn v3(secret: &str, method: &str, uri: &str, body: &[u8], time: &str) -> String {
    let message = [method.as_bytes(), uri.as_bytes(), body, time.as_bytes()].concat();
    signature::hmac_sha256_base64(secret, &message)
}

fn v2(secret: &str, method: &str, uri: &str, body: &[u8]) -> String {
    hex::encode(
        Sha256::new()
            .chain_update(secret)
            .chain_update(method)
            .chain_update(uri)
            .chain_update(body)
            .finalize(),
    )
}

fn v1(secret: &str, body: &[u8]) -> String {
    hex::encode(Sha256::new().chain_update(secret).chain_update(body).finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signatures_of_hubspot_s_own_tests_come_out() {
        let secret = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy";
        let (uri, body) = ("https://www.example.com/webhook_uri", b"{'example_field':'example_value'}");
        assert_eq!(
            v3(secret, "POST", uri, body, "1693657560000"),
            "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y="
        );
        assert_eq!(
            v2(secret, "POST", uri, body),
            "4fe4e3a7d3cf09db53be39d0a58130e2aaba074ec123a9e355b876a689a1c383"
        );
        assert_eq!(v1(secret, body), "69fc6631a867edd4f9e9e627fc5c1148e3fbdd8b21837b6d2b8901c1fa57f750");
    }

    #[test]
    fn the_address_is_signed_with_some_characters_decoded() {
        assert_eq!(
            decoded("https://a.example/hooks/x?u=a%3ab%2Fc%20d"),
            "https://a.example/hooks/x?u=a:b/c%20d"
        );
    }
}
