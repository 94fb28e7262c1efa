//! Calling a service at the connection's address.

use super::envelope::{self, Version};
use super::xml::Element;
use crate::http::with_headers;
use connector::http::Call;
use connector::{Connection, Error, Http};
use model::Span;

/// How long a person waits for a test or a choice.
pub const ASK_TIMEOUT: Span = Span::from_secs(20);

pub struct Service<'a> {
    pub http: &'a Http,
    pub connection: &'a Connection,
    pub timeout: Span,
}

/// A message as it goes into an envelope: both are XML.
pub struct Message<'a> {
    pub action: &'a str,
    pub header: &'a str,
    pub body: &'a str,
    /// Faults of the service itself, too, mean that nothing was done.
    pub faults_refuse: bool,
}

impl<'a> Service<'a> {
    pub async fn call(&self, message: &Message<'_>) -> Result<Option<Element>, Error> {
        let url = self.connection.need("url")?;
        let text = envelope::written(self.connection, self.http.source(), message.header, message.body)?;
        let action = quoted(message.action)?;
        let call = self.signed(self.http.post(url))?.secret_body(text.into());
        let call = match Version::of(self.connection) {
            Version::V11 => {
                call.header("content-type", "text/xml; charset=utf-8").header("soapaction", &action)
            }
            Version::V12 if message.action.is_empty() => {
                call.header("content-type", "application/soap+xml; charset=utf-8")
            }
            Version::V12 => {
                call.header("content-type", &format!("application/soap+xml; charset=utf-8; action={action}"))
            }
        };
        envelope::read(call.send().await?, message.faults_refuse)
    }

    /// With what goes along outside of the envelope.
    pub fn signed(&self, call: Call<'a>) -> Result<Call<'a>, Error> {
        let call = with_headers(call.timeout(self.timeout), self.connection);
        match self.connection.text("auth") {
            Some("basic") => {
                Ok(call.basic(self.connection.need("username")?, self.connection.need_secret("password")?))
            }
            _ => Ok(call),
        }
    }
}

fn quoted(action: &str) -> Result<String, Error> {
    match action.contains(['"', '\\']) {
        true => Err(Error::Input {
            message: "the action holds a quotation mark".into(),
            advice: "Write it without quotation marks; they are added.".into(),
        }),
        false => Ok(format!("\"{action}\"")),
    }
}
