//! OAuth as a description has it: which grant, at which addresses, for which scopes.

use super::{filled_secret, has};
use connector::oauth2::{CLIENT_ID, CLIENT_SECRET, OAuth2};
use connector::sign_in::{Consent, Grant, TokenRule, Tokens};
use connector::{Connection, Error, Http};
use openapi::Operation;
use openapi::access::{self, Access, GrantKind, OAuth, Scheme};
use std::collections::BTreeSet;
use url::Url;

pub struct SignIn {
    oauth: OAuth,
    grant: access::Grant,
    /// What the operations need, separated by spaces.
    scope: String,
}

impl SignIn {
    /// By the first scheme that has a grant.
    pub fn of(access: &Access, operations: &[Operation]) -> Option<Self> {
        let (name, oauth) = access.schemes.iter().find_map(|(name, scheme)| match scheme {
            Scheme::OAuth(oauth) if !oauth.grants.is_empty() => Some((name, oauth)),
            _ => None,
        })?;
        let needs = operations.iter().flat_map(|operation| operation.call.sign_in.iter().flatten());
        let scopes: BTreeSet<&str> = needs
            .filter(|need| need.scheme == *name)
            .flat_map(|need| need.scopes.iter().map(String::as_str))
            .collect();
        let grant = best(&oauth.grants, &scopes)?.clone();
        // A grant that gives less than all is asked for what it gives.
        let scopes: Vec<&str> = scopes
            .into_iter()
            .filter(|scope| grant.scopes.is_empty() || grant.scopes.contains_key(*scope))
            .collect();
        Some(Self { oauth: oauth.clone(), grant, scope: scopes.join(" ") })
    }

    /// A token from elsewhere needs no sign-in, and without the application's id nobody can sign in.
    pub fn rule(&self, connection: &Connection) -> TokenRule {
        let by_hand = filled_secret(connection, &self.oauth.token_field).is_some();
        if by_hand || !has(connection, &self.oauth.client_id_field) {
            return TokenRule::None;
        }
        match self.grant.kind {
            GrantKind::ClientCredentials => TokenRule::Keys,
            GrantKind::AuthorizationCode => TokenRule::Consent,
        }
    }

    pub fn needs_person(&self) -> bool {
        self.grant.kind == GrantKind::AuthorizationCode
    }

    pub fn consent_url(&self, connection: &Connection, consent: &Consent<'_>) -> Result<Url, Error> {
        self.at(&self.grant.token_url).consent_url(&self.under_usual_names(connection), consent)
    }

    pub async fn tokens(
        &self,
        http: &Http,
        connection: &Connection,
        grant: &Grant<'_>,
    ) -> Result<Tokens, Error> {
        let url = match (grant, &self.grant.refresh_url) {
            (Grant::Refresh(_), Some(url)) => url,
            _ => &self.grant.token_url,
        };
        self.at(url).tokens(http, &self.under_usual_names(connection), grant).await
    }

    fn at<'a>(&'a self, token_url: &'a str) -> OAuth2<'a> {
        OAuth2::new(self.grant.authorize_url.as_deref().unwrap_or_default(), token_url, &self.scope)
    }

    /// The application's keys under the names by which `oauth2` looks for them.
    fn under_usual_names(&self, connection: &Connection) -> Connection {
        let mut usual = connection.clone();
        if let Some(id) = connection.fields.get(&self.oauth.client_id_field) {
            usual.fields.insert(CLIENT_ID.to_owned(), id.clone());
        }
        if let Some(secret) = filled_secret(connection, &self.oauth.client_secret_field) {
            usual.secrets.insert(CLIENT_SECRET.to_owned(), secret.clone());
        }
        usual
    }
}

/// The grant that gives all that is needed; of two, the one that needs nobody in front of a browser.
fn best<'g>(grants: &'g [access::Grant], scopes: &BTreeSet<&str>) -> Option<&'g access::Grant> {
    let gives_all = |grant: &access::Grant| {
        grant.scopes.is_empty() || scopes.iter().all(|scope| grant.scopes.contains_key(*scope))
    };
    let needs_person = |grant: &access::Grant| grant.kind == GrantKind::AuthorizationCode;
    grants.iter().min_by_key(|grant| (!gives_all(grant), needs_person(grant)))
}
