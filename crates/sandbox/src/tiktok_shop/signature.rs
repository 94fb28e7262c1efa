//! How calls and webhooks are signed: lower-case hex.

use crate::seal::hmac_sha256;

/// The secret, the path, the query by name without signature and token, the raw body, the secret again.
pub(super) fn of_call(secret: &str, path: &str, query: &[(String, String)], body: &[u8]) -> String {
    let mut signed: Vec<_> =
        query.iter().filter(|(name, _)| name != "sign" && name != "access_token").collect();
    signed.sort();
    let pairs: String = signed.iter().map(|(name, value)| format!("{name}{value}")).collect();
    let pieces = [secret.as_bytes(), path.as_bytes(), pairs.as_bytes(), body, secret.as_bytes()];
    hex::encode(hmac_sha256(secret, &pieces))
}

/// `Authorization` of a webhook: over the app key and the raw body.
pub(super) fn of_webhook(app_key: &str, secret: &str, body: &[u8]) -> String {
    hex::encode(hmac_sha256(secret, &[app_key.as_bytes(), body]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Vec<(String, String)> {
        text.split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .collect()
    }

    #[test]
    fn a_call_is_signed_as_published() {
        let inventory = r#"{"skus":[{"id":"1729382588","inventory":[{"warehouse_id":"7068517275539719942","quantity":999}]}]}"#;
        for (secret, path, given, body, expected) in [
            (
                "e59af819cc",
                "/authorization/202309/shops",
                "timestamp=1623812664&app_key=29a39d&sign=x&access_token=y",
                "",
                "b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8",
            ),
            (
                "app_secret",
                "/test-api",
                "foo=bar",
                "",
                "d3cb7fe11ecae942802ceeca67e7cf10120cc12f1517d45fbc1c8cfe5413c80f",
            ),
            (
                "e59af819cc",
                "/product/202309/products/1729382476/inventory/update",
                "app_key=29a39d&shop_cipher=ROW_cipherTH&timestamp=1700000000",
                inventory,
                "7c5520bd53a24b603ebc9a59542a0ba4e5d86d199c0f5dd5c3734b3717287dba",
            ),
        ] {
            assert_eq!(of_call(secret, path, &query(given), body.as_bytes()), expected, "{path}");
        }
    }

    #[test]
    fn a_webhook_is_signed_as_published() {
        for (key, secret, body, expected) in [
            (
                "abcdef",
                "123",
                r#"{"type":1,"tts_notification_id":"7380066284010030890","shop_id":"7495540735365777507","timestamp":1718305585,"data":{"is_on_hold_order":true,"order_id":"576653688135258178","order_status":"UNPAID","update_time":1718305585}}"#,
                "5dec0f11ec2f6783b8deee53c9ffbf8d024302f7c7e7fa55a35d17629031ac05",
            ),
            (
                "fake_app_key",
                "fake_app_secret",
                r#"{"type":1,"shop_id":"7494726673780148744","timestamp":1664095733,"data":{"order_id":"576684019603311365","order_status":"AWAITING_SHIPMENT","update_time":1664095610}}"#,
                "21109834de72ec53c9959716d8514ae388ce1f123e5ffdcafc46713fcdf62b27",
            ),
        ] {
            assert_eq!(of_webhook(key, secret, body.as_bytes()), expected);
        }
    }
}
