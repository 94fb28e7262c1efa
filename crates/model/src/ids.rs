//! Names that are permanent: of flows, nodes, operations, ports and connections.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// Longest id of any kind, in bytes; ids are typed by people and appear in URLs, logs and SQL.
pub const ID_BYTES_MAX: usize = 64;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
        #[serde(transparent)]
        pub struct $name(#[schemars(with = "String")] Arc<str>);

        impl $name {
            pub fn new(text: impl Into<Arc<str>>) -> Self {
                Self(text.into())
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

id!(
    /// A flow's permanent name, such as `order-to-erp`.
    FlowId
);
id!(
    /// A node's permanent name inside its flow; expressions refer to it as `nodes.<id>`.
    NodeId
);
id!(
    /// A note's permanent name inside its flow.
    NoteId
);
id!(
    /// A group's permanent name inside its flow.
    GroupId
);
id!(
    /// An operation, written `connector/operation`, such as `odoo/create_sales_order`.
    OperationId
);
id!(
    /// A named way out of a node. Most nodes have `out` and, where they can fail, `error`.
    Port
);
id!(
    /// The name under which somebody keeps credentials for a connector.
    ConnectionName
);

impl OperationId {
    /// The part before the slash, or the whole text when there is none.
    pub fn connector(&self) -> &str {
        self.as_str().split_once('/').map_or(self.as_str(), |(connector, _)| connector)
    }

    /// The part after the slash, or nothing.
    pub fn operation(&self) -> &str {
        self.as_str().split_once('/').map_or("", |(_, operation)| operation)
    }
}

impl Port {
    pub const OUT: &'static str = "out";
    pub const ERROR: &'static str = "error";

    pub fn out() -> Self {
        Self::from(Self::OUT)
    }

    pub fn error() -> Self {
        Self::from(Self::ERROR)
    }
}

/// Words that mean something else where an address has the id of a flow: `/api/v1/flows/check`, and the page `/flows/new`.
pub const NO_FLOW_IDS: [&str; 2] = ["check", "new"];

/// Tells whether a text can be an id: letters, digits, `-` and `_`, starting with a letter or digit.
pub fn is_id(text: &str) -> bool {
    let mut bytes = text.bytes();
    let first = bytes.next().is_some_and(|b| b.is_ascii_alphanumeric());
    first && text.len() <= ID_BYTES_MAX && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
