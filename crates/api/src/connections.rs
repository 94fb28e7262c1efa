//! Connections, without their secrets.

use model::{ConnectionName, FlowId, NodeId, Rate, Value};
use run::doc::{BlockedWhy, Ms};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The page of ours that other systems' consent pages send the browser back to.
pub const SIGN_IN_PAGE: &str = "/connections/signed-in";

/// What ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExpiryKind {
    /// Somebody has to sign in again.
    SignIn,
    /// Somebody has to make another key and enter it.
    Key,
}

wire! {
    pub struct ConnectionList {
        pub connections: Vec<ConnectionInfo>,
    }

    /// A connection without its secrets.
    pub struct ConnectionInfo {
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub name: ConnectionName,
        pub connector: String,
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        pub fields: serde_json::Map<String, Value>,
        /// Names of the secrets that are set.
        pub secrets: Vec<String>,
        pub updated_at: Ms,
        /// The flows that use it, published ones first; a list names 20 of them at most.
        pub used_by: Vec<ConnectionUse>,
        /// How many there are in all.
        #[serde(default)]
        pub used_by_total: u64,
        /// How many calls it may make: what its fields say, or else what its connector does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
        pub rate: Option<Rate>,
        /// Set while calls over it are held back; a spent rate budget does not count.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub blocked: Option<BlockedConnection>,
        /// Steps that wait for their turn to call, in the process that answers.
        #[serde(default)]
        pub waiting: u64,
        /// Set where it carries tokens, or would after a sign-in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub sign_in: Option<SignInState>,
        /// How it was when it was last tried; nothing where nobody has tried it as it is now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub health: Option<ConnectionHealth>,
        /// When what it signs in with ends, where that is known and only a person can renew it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub expires: Option<ConnectionExpiry>,
    }

    /// A flow that uses a connection.
    pub struct ConnectionUse {
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub flow: FlowId,
        pub name: String,
        /// The nodes that name it.
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
        pub nodes: Vec<NodeId>,
        /// In the draft that somebody works on, and not, or in other nodes, in the published flow.
        pub draft: bool,
    }

    /// How a connection was when it was last tried.
    pub struct ConnectionHealth {
        pub ok: bool,
        pub checked_at: Ms,
        /// Since when it has been so.
        pub since: Ms,
        /// The error's code; empty where it works.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        pub code: String,
        /// What the system said.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        pub message: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        pub advice: String,
    }

    /// When a person has to renew what a connection signs in with.
    pub struct ConnectionExpiry {
        pub kind: ExpiryKind,
        pub at: Ms,
        /// It is less than two weeks away, or over.
        pub near: bool,
    }

    /// How a connection stands that carries tokens.
    pub struct SignInState {
        /// A person has to consent in the browser; else its own keys get the tokens.
        pub by_consent: bool,
        /// There are tokens.
        pub signed_in: bool,
        /// Its system has ended the sign-in: nothing is called before somebody signs in again.
        #[serde(default)]
        pub ended: bool,
        /// When a person has to sign in again; nothing where that is not known, or not needed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub until: Option<Ms>,
        /// What the sign-in told, such as which company it was for.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        pub facts: serde_json::Map<String, Value>,
    }

    /// Where the browser goes to consent.
    pub struct SignInUrl {
        pub url: String,
    }

    /// What a browser brought back from a consent page.
    pub struct SignInReturn {
        /// Every pair of the address's query.
        pub query: BTreeMap<String, String>,
    }

    /// A sign-in that came to its end.
    pub struct SignedIn {
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub connection: ConnectionName,
    }

    /// Why nothing is called over a connection, and until when.
    pub struct BlockedConnection {
        /// `breaker`: its system does not answer. `asked`: its system asked for no calls.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub why: BlockedWhy,
        /// The next trial, or when calls may go on.
        pub until: Ms,
        /// Since when its system does not answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub since: Option<Ms>,
        /// Trials that failed.
        #[serde(default)]
        pub trials: u32,
        /// How the last call failed.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        pub error: String,
    }

    /// Creates or changes a connection. A secret left out stays as it is unless the connector changes; an empty one is
    /// removed.
    pub struct SaveConnection {
        pub connector: String,
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        pub fields: serde_json::Map<String, Value>,
        #[serde(default)]
        pub secrets: BTreeMap<String, String>,
    }

    /// Asks for records of the connection's system.
    pub struct LookUp {
        /// What they are, as the kind of a node's field names it, such as `customer`.
        pub kind: String,
        /// Letters that are in what people know a record by; all of them where there are none.
        #[serde(default)]
        pub text: String,
        /// This record alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
        pub id: Option<Value>,
        /// `next` of the page before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub after: Option<String>,
    }

    /// One page of them.
    pub struct FoundRecords {
        pub records: Vec<FoundRecord>,
        /// Where the next page begins.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub next: Option<String>,
    }

    pub struct FoundRecord {
        /// What a field holds of it: a number or a text.
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        pub id: Value,
        pub label: String,
        pub detail: String,
    }

    pub struct Tested {
        pub ok: bool,
        pub message: String,
        pub advice: String,
    }
}
