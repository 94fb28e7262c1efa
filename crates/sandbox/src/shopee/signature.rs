//! How calls and pushes are signed: lower-case hex, and neither body nor business parameters of a call count.

use crate::seal::hmac_sha256;

/// `rest` is nothing for a public call, the access token and the shop's id for a shop's own.
pub(super) fn of_call(key: &str, partner_id: &str, path: &str, timestamp: &str, rest: &[&str]) -> String {
    let pieces: Vec<&[u8]> =
        [partner_id, path, timestamp].iter().chain(rest).map(|piece| piece.as_bytes()).collect();
    hex::encode(hmac_sha256(key, &pieces))
}

/// `Authorization` of a push: the URL as it is registered stands before the raw body.
pub(super) fn of_push(key: &str, url: &str, body: &[u8]) -> String {
    hex::encode(hmac_sha256(key, &[url.as_bytes(), b"|", body]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "test_partner_key";

    #[test]
    fn a_shops_call_is_signed_with_its_token_and_id() {
        for (partner, path, at, rest, expected) in [
            (
                "2001887",
                "/api/v2/shop/get_shop_info",
                "1655714431",
                ["59777174636562737266615546704c6d", "14701711"],
                "9fdae5aeed86e753249982ec04aa54339280f12d3f456b9e3f7d8ee91e66a2b3",
            ),
            (
                "123456",
                "/api/v2/order/get_order_list",
                "1710000000",
                ["token_value", "654321"],
                "174af5342b881750dad12a896dffa27da126f1e58a9eb99b12e59a06c288735c",
            ),
        ] {
            assert_eq!(of_call(KEY, partner, path, at, &rest), expected, "{path}");
        }
    }

    #[test]
    fn a_public_call_is_signed_without() {
        for (partner, path, at, expected) in [
            (
                "2001887",
                "/api/v2/public/get_shops_by_partner",
                "1655714431",
                "bfd95b21eda3ed2c80e9373e8c0ce80bdc39b2dc02e4c6dc19e1413c75f8ab09",
            ),
            (
                "123456",
                "/api/v2/auth/token/get",
                "1710000000",
                "39a59ca303bf398e37f8fb20c9f98f44cf295631b970aa0b671ee398e2b5adb7",
            ),
        ] {
            assert_eq!(of_call(KEY, partner, path, at, &[]), expected, "{path}");
        }
    }

    #[test]
    fn the_digest_alone_is_the_known_one() {
        let text = "/api/v2/auth/token/get123456test_partner_idtest_shop_idtest_main_account_id";
        let expected = "37c864bd9821ff5f2c2f46b2faca14eb1811a718d1fdc6dcf383cba7c74bf9e9";
        assert_eq!(hex::encode(hmac_sha256(KEY, &[text.as_bytes()])), expected);
    }

    #[test]
    fn a_push_is_signed_over_the_registered_url_and_the_body() {
        let body = r#"{"data":{"items":[],"ordersn":"220810QSDU6QSB","status":"READY_TO_SHIP","completed_scenario":"","update_time":1660123127},"shop_id":727720655,"code":3,"timestamp":1660123127}"#;
        let expected = "902be03570348059fceb69b1cb66c19506621a808fb466cb17fec5a806af2aa7";
        assert_eq!(of_push(KEY, "https://hooks.example.com/shopee", body.as_bytes()), expected);
    }
}
