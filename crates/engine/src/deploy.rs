//! Flows come into service, and follow what other processes publish.

use crate::Error;
use crate::core::Core;
use crate::flow::Flow;
use model::{FlowDocument, FlowId};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::{FlowRow, FlowState, Ms};

impl Core {
    /// `since` is when the flow begins to keep its schedules, unless it keeps them already.
    pub(crate) async fn deploy_since(self: &Arc<Self>, row: FlowRow, since: Ms) -> Result<(), Error> {
        let flow = match self.flows.version(row.version) {
            Some(flow) => flow,
            None => {
                let unreadable = |error: serde_json::Error| Error::Flow {
                    flow: row.id.to_string(),
                    message: error.to_string(),
                };
                let doc: FlowDocument = serde_json::from_str(&row.document).map_err(unreadable)?;
                Arc::new(Flow::compile(
                    (row.key, row.version),
                    doc.logic(),
                    &self.catalog.now(),
                    &self.scripts,
                )?)
            }
        };
        self.queue().rule(row.key, self.rules(&flow, row.state == FlowState::Held));
        self.flows.put(flow, row.state, since, &self.catalog.now());
        self.timer.notify_one();
        self.sources.ring();
        self.pump();
        Ok(())
    }

    /// Operations of these connectors are others now: flows that use them are made ready anew, as they are.
    pub(crate) async fn connectors_changed(
        self: &Arc<Self>,
        connectors: &BTreeSet<String>,
    ) -> Result<(), Error> {
        let uses =
            |flow: &Flow| flow.doc().nodes.iter().any(|node| connectors.contains(node.operation.connector()));
        self.flows.forget_versions(uses);
        for row in self.store.flows().await? {
            let deployed = self.flows.get(&row.id);
            if deployed.is_some_and(|deployed| uses(&deployed.flow)) {
                let (id, since) = (row.id.clone(), row.updated_at);
                if let Err(error) = self.deploy_since(row, since).await {
                    tracing::error!(flow = %id, %error, "a flow cannot run any more; the others can");
                }
            }
        }
        Ok(())
    }

    /// Connections and connectors, as other processes left them.
    pub(crate) async fn follow_connections(self: &Arc<Self>) -> Result<(), Error> {
        let changed = self.connections.changed_elsewhere().await;
        match changed.is_empty() {
            true => Ok(()),
            false => self.connectors_changed(&changed).await,
        }
    }

    /// Another process published, paused or deleted flows, or changed connections.
    pub(crate) async fn reload(self: &Arc<Self>) -> Result<(), Error> {
        self.follow_connections().await?;
        self.gates.ring();
        self.sources.ring();
        let rows = self.store.flows().await?;
        let there: BTreeSet<FlowId> = rows.iter().map(|row| row.id.clone()).collect();
        for row in rows.into_iter().filter(|row| !self.is_deployed(row)) {
            let (id, since) = (row.id.clone(), row.updated_at);
            if let Err(error) = self.deploy_since(row, since).await {
                tracing::error!(flow = %id, %error, "a flow cannot run; the others can");
            }
        }
        for gone in self.flows.all().into_iter().filter(|deployed| !there.contains(&deployed.flow.id)) {
            self.flows.remove(&gone.flow.id, &self.catalog.now());
            self.sources.ring();
        }
        Ok(())
    }

    fn is_deployed(&self, row: &FlowRow) -> bool {
        let deployed = self.flows.get(&row.id);
        deployed.is_some_and(|now| {
            let same = |now, state| now == (row.state == state);
            now.flow.version == row.version
                && same(now.paused, FlowState::Paused)
                && same(now.held, FlowState::Held)
        })
    }
}
