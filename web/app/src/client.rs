//! The one way to the server: JSON there, JSON back, one kind of error.

use crate::session::Session;
use api::{CSRF_HEADER, ErrorBody};
use gloo_net::http::{Method, RequestBuilder, Response};
use leptos::prelude::*;
use model::Problem;
use serde::Serialize;
use serde::de::DeserializeOwned;

#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// No answer at all.
    Offline,
    /// An answer that is not what this page expects: it may be older than the server.
    Unreadable,
    /// The server said no, and why.
    Refused { status: u16, body: ErrorBody },
}

impl Error {
    /// What the server found wrong with a flow.
    pub fn problems(&self) -> &[Problem] {
        match self {
            Error::Refused { body, .. } => &body.problems,
            _ => &[],
        }
    }

    /// What the server calls it, such as `E0442`.
    pub fn code(&self) -> Option<&str> {
        match self {
            Error::Refused { body, .. } => Some(&body.code),
            _ => None,
        }
    }

    /// The server is in trouble, or a proxy before it: the same may be taken a little later.
    pub fn may_pass(&self) -> bool {
        matches!(self, Error::Offline | Error::Refused { status: 429 | 500.., .. })
    }

    pub fn is_not_found(&self) -> bool {
        matches!(self, Error::Refused { status: 404, .. })
    }
}

const UNAUTHORIZED: u16 = 401;

/// A cheap handle for making requests as whoever is signed in.
#[derive(Clone, Copy)]
pub struct Client {
    session: Session,
}

/// The client of the page, from the context that the shell provides.
pub fn client() -> Client {
    Client { session: expect_context::<Session>() }
}

impl Client {
    pub fn new(session: Session) -> Self {
        Self { session }
    }

    pub async fn get<T: DeserializeOwned>(self, path: &str) -> Result<T, Error> {
        read(&self.call(Method::GET, path, None).await?)
    }

    pub async fn post<T: DeserializeOwned>(self, path: &str, body: &impl Serialize) -> Result<T, Error> {
        read(&self.call(Method::POST, path, Some(json(body)?)).await?)
    }

    pub async fn put<T: DeserializeOwned>(self, path: &str, body: &impl Serialize) -> Result<T, Error> {
        read(&self.call(Method::PUT, path, Some(json(body)?)).await?)
    }

    /// Sends a text that is JSON already, such as a flow file: digits and order stay as they are in it.
    pub async fn post_text<T: DeserializeOwned>(self, path: &str, body: String) -> Result<T, Error> {
        read(&self.call(Method::POST, path, Some(body)).await?)
    }

    /// A request whose answer says nothing more than that it was done.
    pub async fn act(self, method: Method, path: &str, body: Option<&impl Serialize>) -> Result<(), Error> {
        let body = body.map(json).transpose()?;
        self.call(method, path, body).await.map(drop)
    }

    pub async fn delete(self, path: &str) -> Result<(), Error> {
        self.call(Method::DELETE, path, None).await.map(drop)
    }

    async fn call(self, method: Method, path: &str, body: Option<String>) -> Result<String, Error> {
        let mut request =
            RequestBuilder::new(path).method(method.clone()).header("accept", "application/json");
        if method != Method::GET {
            request = request.header(CSRF_HEADER, &self.session.csrf());
        }
        let request = match body {
            Some(body) => request.header("content-type", "application/json").body(body),
            None => request.build(),
        };
        let response = request.map_err(|_| Error::Unreadable)?.send().await.map_err(|_| Error::Offline)?;
        let status = response.status();
        let answer = text(response).await?;
        if (200..300).contains(&status) {
            return Ok(answer);
        }
        if status == UNAUTHORIZED {
            self.session.expire();
        }
        match serde_json::from_str(&answer) {
            Ok(body) => Err(Error::Refused { status, body }),
            // What stands before the server says in its own words that the server is away.
            Err(_) if status >= 500 => Err(Error::Offline),
            Err(_) => Err(Error::Unreadable),
        }
    }
}

async fn text(response: Response) -> Result<String, Error> {
    response.text().await.map_err(|_| Error::Offline)
}

fn json(body: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(body).map_err(|_| Error::Unreadable)
}

/// An answer without a body stands for `null`, so that `()` can be asked for.
fn read<T: DeserializeOwned>(answer: &str) -> Result<T, Error> {
    let answer = if answer.trim().is_empty() { "null" } else { answer };
    serde_json::from_str(answer).map_err(|error| {
        leptos::logging::error!("unreadable answer: {error}");
        Error::Unreadable
    })
}

/// A path with its one `{…}` replaced.
pub fn path(template: &str, value: &str) -> String {
    let encoded = encode(value);
    match (template.find('{'), template.find('}')) {
        (Some(from), Some(to)) if from < to => {
            format!("{}{encoded}{}", &template[..from], &template[to + 1..])
        }
        _ => template.to_owned(),
    }
}

/// Percent-encodes a text for a path segment or a query's value.
pub fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_takes_the_place_in_a_path_and_cannot_leave_it() {
        assert_eq!(path(api::path::FLOW_EXPORT, "order-to-erp"), "/api/v1/flows/order-to-erp/export");
        assert_eq!(path(api::path::FLOW, "../a?b"), "/api/v1/flows/..%2Fa%3Fb");
        assert_eq!(path(api::path::FLOWS, "x"), "/api/v1/flows");
    }

    #[test]
    fn thai_goes_into_a_query_as_bytes() {
        assert_eq!(encode("ก 1"), "%E0%B8%81%201");
    }
}
