//! A server's API, for the commands that work on a running one.

use anyhow::{Context, bail};
use bytes::Bytes;
use connector::http::Answer;
use connector::{Http, HttpPolicy};
use http::Method;
use secrecy::SecretString;
use serde::de::DeserializeOwned;

/// Which server, and who asks.
#[derive(clap::Args, Clone)]
pub struct Remote {
    /// Work on a running server instead of a data folder.
    #[arg(long, env = "KHLONG_URL", value_name = "URL", requires = "token")]
    pub url: Option<String>,
    /// An API token of that server.
    #[arg(long, env = "KHLONG_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    pub token: Option<SecretString>,
}

impl Remote {
    pub fn client(&self) -> anyhow::Result<Option<Client>> {
        let (Some(url), Some(token)) = (&self.url, &self.token) else { return Ok(None) };
        let base = url.trim_end_matches('/').to_owned();
        Ok(Some(Client { http: http()?, base, token: token.clone() }))
    }
}

/// A client that the administrator points where it shall go, private addresses included.
pub fn http() -> anyhow::Result<Http> {
    let policy = HttpPolicy { allow_private: true, ..HttpPolicy::default() };
    Http::new(policy).context("making the HTTP client")
}

pub struct Client {
    http: Http,
    base: String,
    token: SecretString,
}

/// What the server said when it refused.
#[derive(Debug, thiserror::Error)]
#[error("{} {}. {}", .0.code, .0.message, .0.advice)]
pub struct Refused(pub api::ErrorBody);

impl Client {
    pub async fn send(&self, method: Method, path: &str, body: Option<Bytes>) -> anyhow::Result<Answer> {
        let url = format!("{}{path}", self.base);
        let call = self.http.request(method, &url).bearer(&self.token);
        let call = match body {
            Some(body) => call.header("content-type", "application/json").body(body),
            None => call,
        };
        let answer = call.send().await.with_context(|| format!("asking {}", self.base))?;
        if answer.status.is_success() {
            return Ok(answer);
        }
        match answer.json::<api::ErrorBody>() {
            Ok(body) => Err(Refused(body).into()),
            Err(_) => bail!("{} answered {}", self.base, answer.status),
        }
    }

    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        Ok(self.send(Method::GET, path, None).await?.json()?)
    }

    pub async fn put<T: DeserializeOwned>(&self, path: &str, body: Bytes) -> anyhow::Result<T> {
        Ok(self.send(Method::PUT, path, Some(body)).await?.json()?)
    }

    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: Bytes) -> anyhow::Result<T> {
        Ok(self.send(Method::POST, path, Some(body)).await?.json()?)
    }
}
