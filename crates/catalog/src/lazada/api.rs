//! How Lazada is called: signed parameters, and errors inside a 200.

use super::failure;
use crate::market::{self, Answered, Said, text_of};
use crate::signature::hmac_sha256_hex;
use connector::{ActionCx, Connection, Error, Http, PollCx};
use http::Method;
use model::Span;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

pub const VENDOR: &str = "Lazada";
/// Thailand's.
pub const URL: &str = "https://api.lazada.co.th/rest";
pub const AUTH_URL: &str = "https://auth.lazada.com";

/// Parameters of one call.
pub type Pairs = Vec<(&'static str, String)>;

pub struct Api<'a> {
    http: &'a Http,
    pub connection: &'a Connection,
    timeout: Span,
}

impl<'a> Api<'a> {
    pub fn new(http: &'a Http, connection: &'a Connection) -> Self {
        Self { http, connection, timeout: connector::http::TIMEOUT }
    }

    pub fn of(cx: &ActionCx<'a>) -> Result<Self, Error> {
        Ok(Self { http: cx.http, connection: cx.connection()?, timeout: cx.timeout })
    }

    pub fn of_look(cx: &PollCx<'a>) -> Result<Self, Error> {
        let connection = cx.connection()?;
        Ok(Self { http: cx.http, connection, timeout: cx.timeout })
    }

    pub fn http(&self) -> &'a Http {
        self.http
    }

    pub async fn get(&self, path: &str, pairs: Pairs) -> Result<Value, Error> {
        self.call(Method::GET, path, pairs).await
    }

    pub async fn post(&self, path: &str, pairs: Pairs) -> Result<Value, Error> {
        self.call(Method::POST, path, pairs).await
    }

    async fn call(&self, method: Method, path: &str, pairs: Pairs) -> Result<Value, Error> {
        let answered = self.ask(method, path, pairs).await?;
        answered.map_err(|said| failure::of(VENDOR, &said))
    }

    /// The same, where a refusal is not the end of the step.
    pub async fn ask(&self, method: Method, path: &str, pairs: Pairs) -> Result<Answered, Error> {
        let base = market::base(self.connection, "url", URL);
        self.send(method, base, path, pairs, Some(self.connection.access_token()?)).await
    }

    /// Asks for tokens: the one kind of call that carries none.
    pub async fn token(&self, path: &str, pairs: Pairs) -> Result<Value, Error> {
        let base = format!("{}/rest", market::base(self.connection, "auth_url", AUTH_URL));
        let answered = self.send(Method::POST, &base, path, pairs, None).await?;
        answered.map_err(|said| failure::of(VENDOR, &said))
    }

    async fn send(
        &self,
        method: Method,
        base: &str,
        path: &str,
        pairs: Pairs,
        token: Option<&SecretString>,
    ) -> Result<Answered, Error> {
        let secret = market::plain(self.connection, "app_secret")?;
        let mut common: Pairs = vec![
            ("app_key", self.connection.need("app_key")?.to_owned()),
            ("sign_method", "sha256".into()),
            ("timestamp", self.http.source().now().to_string()),
        ];
        common.extend(token.map(|token| ("access_token", token.expose_secret().to_owned())));
        let all = common.iter().chain(&pairs).map(|(name, value)| (*name, value.as_str()));
        let sign = sign(path, all, secret);
        common.push(("sign", sign));
        let posts = method == Method::POST;
        let in_query = common.iter().chain(if posts { [].iter() } else { pairs.iter() });
        let call = self.http.request(method, &format!("{base}{path}")).timeout(self.timeout);
        let mut call = in_query.fold(call, |call, (name, value)| call.query(name, value));
        if posts {
            call = call.form(pairs);
        }
        let answer = call.send().await?.error_for_status(|_| None)?;
        match opened(answer.json()?) {
            Some(Ok(value)) => Ok(Ok(value)),
            Some(Err(said)) => {
                let said = market::concealed(self.connection, said);
                let error = failure::of(&answer.host(), &said);
                market::judged(&answer, said, error)
            }
            None => {
                Err(Error::Unreadable { host: answer.host(), message: "an answer without a code".into() })
            }
        }
    }
}

/// Older services answer in `data`, newer ones in `result`, which may fail on its own; tokens stand beside the code.
fn opened(mut body: Value) -> Option<Answered> {
    let code = body.get("code").map(text_of).filter(|code| !code.is_empty())?;
    if code != "0" {
        let message = format!("{} {}", market::text_at(&body, "/message"), details(body.get("detail")));
        return Some(Err(Said::new(code, &message)));
    }
    let Some(result) = body.get_mut("result").filter(|result| result.is_object()) else {
        return Some(Ok(body.get_mut("data").map(Value::take).unwrap_or(body)));
    };
    if result.get("success").is_some_and(is_false) {
        let first = |names: [&str; 2]| {
            names.iter().find_map(|name| result.get(*name).map(text_of)).unwrap_or_default()
        };
        return Some(Err(Said::new(first(["error_code", "errorCode"]), &first(["error_msg", "errorMsg"]))));
    }
    let whole = result.take();
    Some(Ok(match whole.get("data") {
        Some(data) if !data.is_null() => data.clone(),
        _ => whole,
    }))
}

fn is_false(value: &Value) -> bool {
    value.as_bool() == Some(false) || value.as_str() == Some("false")
}

/// What is wrong with which SKU.
fn details(detail: Option<&Value>) -> String {
    let rows = match detail {
        Some(Value::Array(rows)) => rows.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let said = |row: &Value| {
        let parts =
            ["seller_sku", "field", "message"].map(|name| row.get(name).map(text_of).unwrap_or_default());
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        if parts.is_empty() { text_of(row) } else { parts.join(" ") }
    };
    rows.iter().map(said).collect::<Vec<_>>().join("; ")
}

/// The path and every parameter by its name, without anything between; upper-case digits.
pub fn sign<'p>(path: &str, pairs: impl Iterator<Item = (&'p str, &'p str)>, secret: &str) -> String {
    let mut pairs: Vec<(&str, &str)> =
        pairs.filter(|(name, value)| *name != "sign" && !value.is_empty()).collect();
    pairs.sort_unstable();
    let text = pairs.into_iter().fold(path.to_owned(), |text, (name, value)| text + name + value);
    hmac_sha256_hex(secret, text.as_bytes()).to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::{Said, opened, sign};
    use serde_json::json;

    type Pairs<'p> = &'p [(&'p str, &'p str)];

    #[test]
    fn requests_are_signed_as_the_vendor_s_own_examples_are() {
        let order = [
            ("app_key", "123456"),
            ("access_token", "test"),
            ("order_id", "1234"),
            ("sign_method", "sha256"),
            ("timestamp", "1517820392000"),
        ];
        let cancel = [
            ("access_token", "test-token"),
            ("app_key", "123456"),
            ("sign_method", "sha256"),
            ("timestamp", "1700000000000"),
        ];
        let plain = [("foo", "1"), ("bar", "2"), ("foo_bar", "3"), ("foobar", "4")];
        let vectors: [(&str, Pairs<'_>, &str, &str); 3] = [
            (
                "/order/get",
                &order,
                "helloworld",
                "4190D32361CFB9581350222F345CB77F3B19F0E31D162316848A2C1FFD5FAB4A",
            ),
            (
                "/order/cancel",
                &cancel,
                "test-secret",
                "91375F42B474CECEE7172759B6400E74F10FBB6E9E9E145EA2A27DFA17556B18",
            ),
            (
                "/test/api",
                &plain,
                "secret",
                "C9E42CE09BA9FE95ECCB17111AA4E3F41D1C82F000435219C75936A427D9C945",
            ),
        ];
        for (path, pairs, secret, signature) in vectors {
            assert_eq!(sign(path, pairs.iter().copied(), secret), signature, "{path}");
        }
    }

    #[test]
    fn a_signature_leaves_out_itself_and_what_is_empty() {
        let full = sign("/a", [("b", "1")].into_iter(), "s");
        assert_eq!(sign("/a", [("sign", "x"), ("b", "1"), ("c", "")].into_iter(), "s"), full);
    }

    #[test]
    fn answers_are_opened_wherever_the_service_puts_them() {
        assert_eq!(opened(json!({"code": "0", "data": [1]})), Some(Ok(json!([1]))));
        assert_eq!(
            opened(json!({"code": "0", "result": {"success": true, "data": {"a": 1}}})),
            Some(Ok(json!({"a": 1})))
        );
        let failed = json!({"code": "0", "result": {"success": false, "error_code": "700021", "error_msg": "order not found"}});
        assert_eq!(opened(failed), Some(Err(Said::new("700021", "order not found"))));
        let refused = json!({"code": "501", "message": "E501", "detail": [{"seller_sku": "ABC-1", "message": "no stock"}]});
        assert_eq!(opened(refused), Some(Err(Said::new("501", "E501 ABC-1 no stock"))));
        assert_eq!(opened(json!({"hello": 1})), None);
    }
}
