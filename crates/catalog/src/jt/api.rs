//! How J&T is called: JSON in a form, its digest in a header, a code in the answer.

use super::failure::{self, Said};
use super::{URL, sign};
use connector::{ActionCx, Connection, Error, Http};
use secrecy::ExposeSecret;
use serde_json::{Map, Value};

pub struct Api<'a> {
    http: &'a Http,
    connection: &'a Connection,
}

impl<'a> Api<'a> {
    pub fn new(http: &'a Http, connection: &'a Connection) -> Self {
        Self { http, connection }
    }

    pub fn of(cx: &ActionCx<'a>) -> Result<Self, Error> {
        Ok(Self::new(cx.http, cx.connection()?))
    }

    /// What J&T gives where it agrees.
    pub async fn call(&self, path: &str, content: Map<String, Value>) -> Result<Value, Error> {
        self.ask(path, content).await?.map_err(|said| failure::of(&said))
    }

    /// The same of a question: what J&T does not know, it refuses to look for.
    pub async fn find(&self, path: &str, content: Map<String, Value>) -> Result<Option<Value>, Error> {
        match self.ask(path, content).await? {
            Ok(found) => Ok(Some(found)),
            Err(said) => match failure::of(&said) {
                Error::Refused { .. } => Ok(None),
                error => Err(error),
            },
        }
    }

    async fn ask(&self, path: &str, content: Map<String, Value>) -> Result<Result<Value, Said>, Error> {
        let connection = self.connection;
        let content = Value::Object(self.with_customer(content)?).to_string();
        let digest = sign::digest(&content, connection.need_secret("private_key")?.expose_secret());
        let base = connection.text("url").unwrap_or(URL).trim_end_matches('/');
        let call = self
            .http
            .post(&format!("{base}{path}"))
            .header("apiaccount", connection.need("api_account")?)
            .header("digest", &digest)
            .header("timestamp", &self.http.source().now().to_string())
            .form([("bizContent", content)]);
        failure::read(&call.send().await?.error_for_status(|_| None)?)
    }

    fn with_customer(&self, content: Map<String, Value>) -> Result<Map<String, Value>, Error> {
        let salt = self.connection.text("password_salt").unwrap_or(sign::SALT);
        let password = sign::password(self.connection.need_secret("password")?.expose_secret(), salt);
        let customer = self.connection.need("customer_code")?;
        let own = [("customerCode", customer.to_owned()), ("password", password)];
        let own = own.into_iter().map(|(name, value)| (name.to_owned(), Value::String(value)));
        Ok(own.chain(content).collect())
    }
}

/// Names and texts as an object.
pub fn object<const N: usize>(pairs: [(&str, &str); N]) -> Map<String, Value> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect()
}

/// A text that may be written as a number.
pub fn text(record: &Value, name: &str) -> String {
    match record.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}
