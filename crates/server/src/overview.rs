//! What a list of flows says of each: what is in its document, and how it fares.

use crate::wire;
use engine::Engine;
use model::{FlowId, Mode, OperationId};
use serde::Deserialize;
use std::collections::HashMap;
use store::{FlowKey, FlowRow, FlowTotals, GroupFilter, Store};

/// Groups of errors that are looked at; with more, the numbers beside flows are too small.
const GROUPS_MAX: usize = store::RECORDS_MAX;

/// The few things of a flow document that a list shows. The rest is skipped, not read: a list may have hundreds.
#[derive(Debug, Default, Deserialize)]
pub struct Card {
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub folder: String,
    #[serde(default)]
    pub tags: Vec<String>,
    #[serde(default)]
    settings: CardSettings,
    #[serde(default)]
    nodes: Vec<CardNode>,
}

#[derive(Debug, Default, Deserialize)]
struct CardSettings {
    #[serde(default)]
    mode: Mode,
}

#[derive(Debug, Deserialize)]
struct CardNode {
    #[serde(rename = "use")]
    operation: OperationId,
    connection: Option<String>,
}

impl Card {
    pub fn read(document: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(document)
    }

    /// What is kept was written by this program: what cannot be read is damage.
    pub fn of(row: &FlowRow) -> Result<Self, store::Error> {
        let unreadable = |error| store::Error::Unreadable(format!("flow {}: {error}", row.id));
        Self::read(&row.document).map_err(unreadable)
    }

    /// In the order of the nodes, for icons.
    pub fn operations(&self) -> Vec<String> {
        self.nodes.iter().map(|node| node.operation.to_string()).collect()
    }

    pub fn connections(&self) -> Vec<String> {
        let mut names: Vec<String> = self.nodes.iter().filter_map(|node| node.connection.clone()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    pub fn is_shadow(&self) -> bool {
        matches!(self.settings.mode, Mode::Shadow | Mode::Observe)
    }
}

/// How all flows fare, asked once for a whole list.
pub struct Overview {
    totals: HashMap<FlowKey, FlowTotals>,
    /// Runs that failed and wait for a person.
    errors: HashMap<FlowKey, u64>,
}

impl Overview {
    pub async fn load(store: &dyn Store) -> Result<Self, store::Error> {
        let totals = store.flow_totals().await?.into_iter().collect();
        let open = GroupFilter { open: true, limit: GROUPS_MAX, ..GroupFilter::default() };
        let mut errors = HashMap::new();
        for group in store.error_groups(open).await? {
            *errors.entry(group.flow).or_default() += group.open;
        }
        Ok(Self { totals, errors })
    }

    pub fn summary(&self, row: &FlowRow, engine: &Engine) -> Result<api::FlowSummary, store::Error> {
        let card = Card::of(row)?;
        Ok(api::FlowSummary {
            id: row.id.clone(),
            name: row.name.clone(),
            state: wire::flow_state(row.state),
            version: row.version_number,
            updated_at: row.updated_at,
            totals: wire::totals(self.totals.get(&row.key).copied().unwrap_or_default()),
            operations: card.operations(),
            connections: card.connections(),
            shadow: card.is_shadow(),
            mode: card.settings.mode,
            errors: self.errors.get(&row.key).copied().unwrap_or_default(),
            next_at: next_at(engine, &row.id),
            folder: card.folder,
            tags: card.tags,
            spark: Vec::new(),
        })
    }
}

fn next_at(engine: &Engine, id: &FlowId) -> Option<store::Ms> {
    engine.next_times(id).into_values().flatten().min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_card_says_what_a_flow_touches_and_nothing_twice() {
        let document = json!({
            "khlong": 1, "id": "x", "name": "Orders", "folder": "Shop", "tags": ["erp"], "settings": {"mode": "shadow"},
            "nodes": [
                {"id": "in", "use": "shopify/order_paid", "connection": "shop"},
                {"id": "a", "use": "odoo/create_sales_order", "connection": "erp", "with": {"order": 1}},
                {"id": "b", "use": "odoo/create_sales_order", "connection": "erp"},
            ],
            "samples": {"in": {"id": 1}},
        });
        let card = Card::read(&document.to_string()).expect("it is a flow");
        assert_eq!((card.folder.as_str(), card.tags.len(), card.is_shadow()), ("Shop", 1, true));
        assert_eq!(card.connections(), ["erp", "shop"]);
        assert_eq!(card.operations().len(), 3);
    }
}
