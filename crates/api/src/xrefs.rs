//! Cross-references: which record of a system is which of ours.

use model::xref::{Found, Key};
use run::doc::Ms;

wire! {
    /// One page of them, by entity, system and the system's id.
    pub struct XrefList {
        pub xrefs: Vec<XrefInfo>,
        /// Where the next page begins.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub next: Option<String>,
    }

    pub struct XrefInfo {
        pub entity: String,
        pub system: String,
        pub external: String,
        pub own: String,
        pub changed_at: Ms,
        pub changed_by: String,
    }

    /// A thousand at most.
    pub struct PutXrefs {
        pub xrefs: Vec<Xref>,
    }

    /// Which record of a system is which of ours.
    pub struct Xref {
        /// What kind of record: `customer`.
        pub entity: String,
        /// Whose id the other one is: `shopify`.
        pub system: String,
        /// The system's id.
        pub external: String,
        /// Our id.
        pub own: String,
    }

    pub struct XrefKinds {
        pub kinds: Vec<XrefKind>,
    }

    /// There are cross-references of this entity and system.
    pub struct XrefKind {
        pub entity: String,
        pub system: String,
    }

    /// Asks for a thousand at most.
    pub struct FindXrefs {
        /// Each `{"entity", "system", "way", "id"}`; the way is `to_own` or `to_system`.
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
        pub keys: Vec<Key>,
    }

    pub struct FoundXrefs {
        /// In the order of the keys: `"nothing"`, `{"one": id}`, or `{"several": how many}`.
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
        pub found: Vec<Found>,
    }
}
