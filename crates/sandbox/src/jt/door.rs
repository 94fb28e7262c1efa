//! The door: account, digest, customer.

use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Map, Value};

use super::answer::{
    BAD_SIGNATURE, NO_ACCOUNT, NO_DIGEST, NO_PERMISSION, NO_SUCH_ACCOUNT, NO_TIMESTAMP, Refused, respond,
};
use super::{Jt, Values};
use crate::seal;

/// What J&T Thailand adds to a password before hashing; other countries add something else.
const PASSWORD_SALT: &str = "jadada236t2";

/// What `bizContent` holds.
pub(super) type Asked = Map<String, Value>;

/// Base64 of the sixteen bytes themselves, not of their hex.
pub(super) fn digest(content: &str, private_key: &str) -> String {
    seal::base64(seal::md5(&format!("{content}{private_key}")))
}

pub(super) fn password(plain: &str) -> String {
    hex::encode_upper(seal::md5(&format!("{plain}{PASSWORD_SALT}")))
}

impl Jt {
    /// Lets a call in whose headers and customer are good, and wraps its answer.
    pub(super) fn signed(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        work: impl FnOnce(&Asked, &Values) -> Result<Value, Refused>,
    ) -> Response {
        let values = self.settings.get();
        let answer = read(headers, body, &values).and_then(|asked| work(&asked, &values));
        respond(answer, values.code_as_number)
    }
}

fn read(headers: &HeaderMap, body: &[u8], values: &Values) -> Result<Asked, Refused> {
    let account = header(headers, "apiAccount", NO_ACCOUNT)?;
    let given = header(headers, "digest", NO_DIGEST)?;
    let timestamp = header(headers, "timestamp", NO_TIMESTAMP)?;
    if account != values.api_account {
        return Err(Refused::new(NO_SUCH_ACCOUNT, "API account does not exist"));
    }
    if timestamp.is_empty() || !timestamp.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refused::bad("timestamp is milliseconds"));
    }
    let form = seal::read(body).ok_or_else(|| Refused::bad("too many fields"))?;
    let content = form.get("bizContent").ok_or_else(|| Refused::bad("bizContent is empty"))?;
    if given != digest(content, &values.private_key) {
        return Err(Refused::new(BAD_SIGNATURE, "headers signature failed"));
    }
    let asked: Asked = serde_json::from_str(content).map_err(|_| Refused::bad("bizContent is not JSON"))?;
    check_customer(&asked, values)?;
    Ok(asked)
}

/// Only a header counts: the same in the body is as if it were not there.
fn header<'a>(headers: &'a HeaderMap, name: &str, missing: u32) -> Result<&'a str, Refused> {
    let value = headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if value.is_empty() { Err(Refused::new(missing, format!("{name} is empty"))) } else { Ok(value) }
}

fn check_customer(asked: &Asked, values: &Values) -> Result<(), Refused> {
    let text = |name: &str| asked.get(name).and_then(Value::as_str).unwrap_or_default();
    if text("customerCode").is_empty() || text("password").is_empty() {
        return Err(Refused::bad("customerCode and password are required"));
    }
    let good = text("customerCode") == values.customer_code && text("password") == password(&values.password);
    if good { Ok(()) } else { Err(Refused::new(NO_PERMISSION, "customerCode or password is wrong")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn a_password_is_hashed_with_thailands_salt() {
        assert_eq!(password("H5CD3zE6"), "6A272C3DD1F3CD2F92BF567C37040910");
    }

    #[test]
    fn a_digest_is_of_the_bytes_and_not_of_their_hex() {
        let content = r#"{"customerCode":"J0086474299","password":"6A272C3DD1F3CD2F92BF567C37040910","txlogisticId":"KHL-TEST-0001","lang":"th"}"#;
        assert_eq!(digest(content, KEY), "tnv+ZiWcuiPzGZYxETBQKg==");
        assert_eq!(
            digest(r#"{"name":"สมชาย","txlogisticId":"KHL-TEST-0002"}"#, KEY),
            "kj8trtSuOdAND2w+JOE42g=="
        );
    }
}
