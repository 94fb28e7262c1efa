//! Where the system is and how one signs in there: what a connection holds, and where it goes in a call.

mod connection;
mod reader;
mod schemes;
mod servers;
mod used;

use crate::imported::Operation;
use crate::node::join;
use crate::problem::{self, Problem};
pub(crate) use connection::connector_spec;
pub(crate) use reader::AccessReader;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use url::Url;

/// The field of a connection that holds the address where it is not one of the document's.
pub const BASE_URL: &str = "base_url";
/// The field that chooses one of the document's servers, where there are several.
pub const SERVER: &str = "server";

/// What a connection's fields mean.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Access {
    pub servers: Vec<Server>,
    pub schemes: BTreeMap<String, Scheme>,
}

/// An address of the system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Server {
    /// Such as `https://{shop}.example.com/api`.
    pub address: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<Variable>,
}

/// What stands in braces in a server's address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variable {
    pub name: String,
    /// The connection's field.
    pub field: String,
    pub default: String,
}

/// A scheme that an operation needs, and what for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Need {
    pub scheme: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
}

/// A way to sign in. Texts called a field are names of the connection's fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// A key in a header, the query or a cookie.
    Key { place: crate::call::Place, name: String, field: String },
    /// User name and password, as HTTP has it. Some systems take a key for the user name, and no password.
    Basic { username_field: String, password_field: String },
    /// `Authorization: Bearer …`
    Bearer { field: String },
    #[serde(rename = "oauth")]
    OAuth(OAuth),
}

/// OAuth 2. A token that somebody got elsewhere goes before the grants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OAuth {
    pub grants: Vec<Grant>,
    pub client_id_field: String,
    pub client_secret_field: String,
    pub token_field: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub kind: GrantKind,
    /// Where a person agrees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorize_url: Option<String>,
    pub token_url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_url: Option<String>,
    /// All that there are, with what the document says of them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub scopes: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantKind {
    ClientCredentials,
    AuthorizationCode,
}

impl Scheme {
    /// Any one of these sets of fields is enough.
    fn field_sets(&self) -> Vec<Vec<&str>> {
        match self {
            Self::Key { field, .. } | Self::Bearer { field } => vec![vec![field]],
            Self::Basic { username_field, .. } => vec![vec![username_field]],
            Self::OAuth(oauth) => {
                let client = vec![&*oauth.client_id_field, &*oauth.client_secret_field];
                vec![vec![&*oauth.token_field], client]
            }
        }
    }

    fn is_filled(&self, has: &impl Fn(&str) -> bool) -> bool {
        self.field_sets().iter().any(|fields| fields.iter().all(|field| has(field)))
    }
}

impl Access {
    /// The address that an operation's path goes on from, without a slash at its end.
    pub fn address(&self, operation: &Operation, connection: &Map<String, Value>) -> Result<String, Problem> {
        let said = |field: &str| connection.get(field).and_then(Value::as_str).map(str::trim);
        let said = |field: &str| said(field).filter(|text| !text.is_empty());
        let address = match (&operation.call.server, said(BASE_URL), said(SERVER)) {
            (Some(server), _, _) => server.filled(&said)?,
            (None, Some(address), _) => address.to_owned(),
            (None, None, chosen) => {
                let known =
                    chosen.and_then(|chosen| self.servers.iter().find(|server| server.address == chosen));
                let server = known.or_else(|| self.servers.first());
                server.ok_or_else(|| problem::NO_ADDRESS.at(join("", BASE_URL), &[]))?.filled(&said)?
            }
        };
        checked(&address)
    }

    /// What a call signs in with: the first way for which the connection has everything. `has` tells whether a field of
    /// the connection is filled in.
    pub fn credentials<'a>(
        &'a self,
        operation: &'a Operation,
        has: impl Fn(&str) -> bool,
    ) -> Result<Vec<(&'a Scheme, &'a [String])>, Problem> {
        let ways = &operation.call.sign_in;
        let scheme = |need: &'a Need| Some((self.schemes.get(&need.scheme)?, need.scopes.as_slice()));
        // The way without anything is for connections without anything.
        let with_something = ways.iter().filter(|way| !way.is_empty());
        for way in with_something {
            let schemes: Option<Vec<_>> = way.iter().map(scheme).collect();
            if let Some(schemes) = schemes.filter(|all| all.iter().all(|(scheme, _)| scheme.is_filled(&has)))
            {
                return Ok(schemes);
            }
        }
        if ways.is_empty() || ways.iter().any(Vec::is_empty) {
            return Ok(Vec::new());
        }
        Err(problem::NO_CREDENTIALS.at("", &[&self.lacking(&ways[0], &has).join(", ")]))
    }

    fn lacking<'a>(&'a self, way: &'a [Need], has: &impl Fn(&str) -> bool) -> Vec<&'a str> {
        let schemes = way.iter().filter_map(|need| self.schemes.get(&need.scheme));
        let sets =
            schemes.filter(|scheme| !scheme.is_filled(has)).filter_map(|scheme| scheme.field_sets().pop());
        sets.flatten().filter(|field| !has(field)).collect()
    }
}

impl Server {
    /// Variables are parts of a host or a path: whatever a connection holds, it stays one part.
    fn filled<'v>(&self, said: &impl Fn(&str) -> Option<&'v str>) -> Result<String, Problem> {
        let mut address = self.address.clone();
        for Variable { name, field, default } in &self.variables {
            let value = said(field).unwrap_or(default);
            if value.is_empty() {
                return Err(problem::NO_PART.at(join("", field), &[field, &self.address]));
            }
            let value = percent_encoding::utf8_percent_encode(value, &crate::request::encode::SERVER_PART);
            address = address.replace(&format!("{{{name}}}"), &value.to_string());
        }
        Ok(address)
    }
}

fn checked(address: &str) -> Result<String, Problem> {
    let refuse = |why: &str| problem::UNUSABLE_ADDRESS.at(join("", BASE_URL), &[address, why]);
    let mut url = Url::parse(address).map_err(|error| refuse(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(refuse("it is no http or https address"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("it has a user name or password in it"));
    }
    url.set_query(None);
    url.set_fragment(None);
    Ok(url.as_str().trim_end_matches('/').to_owned())
}
