//! How calls and pushes are signed.

use crate::seal::hmac_sha256;

/// The path, then every parameter by name: name and value without anything between. Empty values and the
/// signature itself are left out; a raw body comes last.
fn text(path: &str, parameters: &[(String, String)], raw: &[u8]) -> Vec<u8> {
    let mut signed: Vec<_> =
        parameters.iter().filter(|(name, value)| name != "sign" && !value.is_empty()).collect();
    signed.sort();
    let pairs: String = signed.iter().map(|(name, value)| format!("{name}{value}")).collect();
    [path.as_bytes(), pairs.as_bytes(), raw].concat()
}

/// `sign`: upper-case hex.
pub(super) fn of_call(secret: &str, path: &str, parameters: &[(String, String)], raw: &[u8]) -> String {
    hex::encode_upper(hmac_sha256(secret, &[&text(path, parameters, raw)]))
}

/// `Authorization` of a push: lower-case hex over the app key and the raw body.
pub(super) fn of_push(app_key: &str, secret: &str, body: &[u8]) -> String {
    hex::encode(hmac_sha256(secret, &[app_key.as_bytes(), body]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(text: &str) -> Vec<(String, String)> {
        text.split(' ')
            .filter_map(|pair| pair.split_once('='))
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .collect()
    }

    #[test]
    fn a_call_is_signed_as_published() {
        for (secret, path, given, expected) in [
            (
                "helloworld",
                "/order/get",
                "timestamp=1517820392000 app_key=123456 access_token=test sign=X order_id=1234 sign_method=sha256 empty=",
                "4190D32361CFB9581350222F345CB77F3B19F0E31D162316848A2C1FFD5FAB4A",
            ),
            (
                "test-secret",
                "/order/cancel",
                "access_token=test-token app_key=123456 sign_method=sha256 timestamp=1700000000000",
                "91375F42B474CECEE7172759B6400E74F10FBB6E9E9E145EA2A27DFA17556B18",
            ),
            (
                "secret",
                "/test/api",
                "foo=1 bar=2 foo_bar=3 foobar=4",
                "C9E42CE09BA9FE95ECCB17111AA4E3F41D1C82F000435219C75936A427D9C945",
            ),
        ] {
            assert_eq!(of_call(secret, path, &parameters(given), b""), expected, "{path}");
        }
    }

    #[test]
    fn an_underscore_sorts_before_letters() {
        let expected = b"/test/apibar2foo1foo_bar3foobar4";
        assert_eq!(text("/test/api", &parameters("foobar=4 foo_bar=3 foo=1 bar=2"), b""), expected);
    }

    #[test]
    fn a_push_is_signed_as_published() {
        let (key, secret) = ("123456", "3412gyo124goi3124");
        let docs = r#"{"seller_id":"1234567", "message_type":0, "data":{...}..}"#;
        let expected = "f3d2ca947f16a50b577c036adecd18bec126ea19cadedd59816e255d3b6104ab";
        assert_eq!(of_push(key, secret, docs.as_bytes()), expected);
        let body = r#"{"seller_id":"1234567","message_type":0,"data":{"order_status":"unpaid","trade_order_id":"260422900198363","trade_order_line_id":"260422900298363","status_update_time":1603698638},"timestamp":1603766859530,"site":"lazada_th"}"#;
        let expected = "92ca63d81c29fe0cc8cd1eddb41fcf243196b4df82511646ecd399181a926cf3";
        assert_eq!(of_push(key, secret, body.as_bytes()), expected);
    }
}
