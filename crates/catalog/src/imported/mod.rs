//! Connectors that are data: made of a system's own description by the crate `openapi`, and called by it.
//!
//! Credentials go to the address that the description and the connection give, and to no other origin, whatever an answer says
//! about the next page.

mod action;
mod pages;
mod send;
mod sign_in;
mod trial;

use async_trait::async_trait;
use connector::sign_in::{Consent, Grant, TokenRule, Tokens};
use connector::{Connection, Connector, Error, Http, Parts};
use model::ConnectorSpec;
use openapi::access::Access;
use openapi::{Imported, Problem};
use secrecy::{ExposeSecret, SecretString};
use sign_in::SignIn;
use std::sync::Arc;
use trial::Trial;
use url::Url;

/// What a description brings: its connector, and an action for each operation.
pub fn parts(imported: Imported) -> Parts {
    let Imported { mut spec, access, operations, .. } = imported;
    let access = Arc::new(access);
    let sign_in = SignIn::of(&access, &operations);
    spec.signs_in = sign_in.as_ref().is_some_and(SignIn::needs_person);
    let trial = Trial::among(&operations);
    let connector = ImportedConnector { spec, access: access.clone(), sign_in, trial };
    let action = |operation| action::ImportedAction { access: access.clone(), operation };
    operations.into_iter().map(action).fold(Parts::of(connector), Parts::action)
}

struct ImportedConnector {
    spec: ConnectorSpec,
    access: Arc<Access>,
    /// Nothing where no operation is signed in to by OAuth.
    sign_in: Option<SignIn>,
    trial: Trial,
}

impl ImportedConnector {
    fn sign_in(&self, connection: &Connection) -> Result<&SignIn, Error> {
        self.sign_in.as_ref().ok_or_else(|| Error::Connection {
            message: format!("{} has no sign-in", connection.connector),
            advice: "Enter the keys in the connection's form.".into(),
        })
    }
}

#[async_trait]
impl Connector for ImportedConnector {
    fn spec(&self) -> ConnectorSpec {
        self.spec.clone()
    }

    fn token_rule(&self, connection: &Connection) -> TokenRule {
        self.sign_in.as_ref().map_or(TokenRule::None, |sign_in| sign_in.rule(connection))
    }

    fn consent_url(&self, connection: &Connection, consent: &Consent<'_>) -> Result<Url, Error> {
        self.sign_in(connection)?.consent_url(connection, consent)
    }

    fn can_test(&self, _connection: &Connection) -> bool {
        self.trial.asks()
    }

    async fn tokens(&self, http: &Http, connection: &Connection, grant: &Grant<'_>) -> Result<Tokens, Error> {
        self.sign_in(connection)?.tokens(http, connection, grant).await
    }

    async fn test(&self, http: &Http, connection: &Connection) -> Result<String, Error> {
        self.trial.run(http, &self.access, connection).await
    }
}

/// Whether a field of the connection is filled in.
fn has(connection: &Connection, field: &str) -> bool {
    connection.text(field).is_some() || filled_secret(connection, field).is_some()
}

fn filled_secret<'c>(connection: &'c Connection, field: &str) -> Option<&'c SecretString> {
    connection.secret(field).filter(|secret| !secret.expose_secret().is_empty())
}

/// Something in the connection stands in the way of the call.
fn bad_connection(problem: Problem) -> Error {
    Error::Connection { message: problem.message.en, advice: problem.advice.en }
}

/// The fields of the node do.
fn bad_input(problem: Problem) -> Error {
    Error::Input { message: problem.message.en, advice: problem.advice.en }
}
