//! What is wanted of a document.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// The connector's id; otherwise one is made of the title.
    pub id: Option<String>,
    /// Where the document was read from, for servers that it gives without a host.
    pub address: Option<String>,
    /// Only operations with one of these tags; none for all.
    pub tags: Vec<String>,
    /// Ids that operations have already, by method and path, such as `GET /orders/{}` and `get_order`: flows use them, so
    /// they stay, whatever the vendor calls the operation today. [`crate::Imported::ids`] gives them.
    pub keep: BTreeMap<String, String>,
}
