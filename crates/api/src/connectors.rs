//! What there is to build flows with, and connectors that are made of API documents.

use model::{ConnectorSpec, EffectRule, Family, FlowId, OperationId, OperationSpec, Purpose, Words};
use std::collections::BTreeMap;

wire! {
    /// By id.
    pub struct ConnectorList {
        pub connectors: Vec<ConnectorInfo>,
    }

    pub struct ConnectorInfo {
        pub id: String,
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        pub title: Words,
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        pub about: Words,
        /// What its system is for: `shop`, `back_office`, …
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub purpose: Purpose,
        /// Made of an API document, and not built in.
        pub imported: bool,
        pub operations: Vec<OperationInfo>,
        /// Connections to it.
        #[serde(default)]
        pub connections: Vec<String>,
        /// Flows that use it.
        #[serde(default)]
        pub flows: Vec<ConnectorUse>,
    }

    /// What a flow uses of a connector.
    pub struct ConnectorUse {
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub flow: FlowId,
        pub name: String,
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
        pub operations: Vec<OperationId>,
    }

    pub struct OperationInfo {
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub id: OperationId,
        /// `trigger`, `transform`, `control` or `action`.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub kind: Family,
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        pub title: Words,
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        pub about: Words,
        pub fields: Vec<FieldInfo>,
        /// What is done where nobody knows whether a call was carried out: `read`, `idempotent`, `probe` or `ask`. Actions only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
        pub effect: Option<EffectRule>,
    }

    /// A field in short; `/api/v1/specs` has all of it.
    pub struct FieldInfo {
        pub name: String,
        pub kind: String,
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        pub title: Words,
        pub required: bool,
    }

    /// Either the document or its address.
    pub struct PreviewConnector {
        /// OpenAPI 3 or Swagger 2.0 in JSON or YAML, or a connector that was exported; 20 MB at most.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub document: Option<String>,
        /// Where it is; the server fetches it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub url: Option<String>,
        /// The connector's id; one is made of the document's title where there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub id: Option<String>,
        /// Only operations with one of these tags; all where there are none.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub tags: Vec<String>,
    }

    /// What a document would become.
    pub struct ConnectorPreview {
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        pub spec: ConnectorSpec,
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
        pub operations: Vec<OperationSpec>,
        /// How each operation is called, by its id: `GET /orders/{id}`.
        #[serde(default)]
        pub calls: BTreeMap<String, String>,
        /// Where its system is, as far as the document says it.
        #[serde(default)]
        pub servers: Vec<String>,
        /// How one signs in there: `key`, `basic`, `bearer`, `oauth_keys`, `oauth_person`.
        #[serde(default)]
        pub sign_in: Vec<String>,
        pub notes: Vec<ConnectorNote>,
        /// What uses the connector that has this id already.
        #[serde(default)]
        pub flows: Vec<ConnectorUse>,
        #[serde(default)]
        pub connections: Vec<String>,
    }

    /// What became of a part of the document that could not be taken as it stands.
    pub struct ConnectorNote {
        pub code: String,
        /// `person`: somebody has something to do; `left_out`, `changed`, `assumed`.
        pub weight: String,
        /// A JSON pointer into the document.
        pub at: String,
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        pub message: Words,
    }

    /// Either the document or its address.
    pub struct SaveConnector {
        /// As in a preview.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub document: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub url: Option<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub tags: Vec<String>,
        /// Another name than the document has.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub title: Option<String>,
        /// Only these operations, by what stands behind the slash of their ids in the preview; all where there are none.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub operations: Vec<String>,
    }

    pub struct SavedConnector {
        pub id: String,
        /// There was none of this id before.
        pub created: bool,
        pub operations: u64,
        /// Operations that were not there before.
        pub added: Vec<String>,
        /// Operations that are gone; no flow uses them.
        pub removed: Vec<String>,
        pub notes: Vec<ConnectorNote>,
    }
}
