//! What a flow needs of its surroundings: connections, and webhook paths of its own.

use super::Check;
use crate::nearest::did_you_mean;
use crate::{Family, FieldKind, Need, Node, OperationSpec, codes, pointer};
use std::collections::HashMap;

impl Check<'_> {
    pub(super) fn connections(&mut self) {
        let (doc, specs) = (self.doc, self.specs);
        let mut paths = HashMap::new();
        for (index, node) in doc.nodes.iter().enumerate() {
            if let Some(spec) = specs.operation(&node.operation) {
                let at = format!("/nodes/{index}");
                self.connection(spec, node, &at);
                if spec.family == Family::Trigger {
                    self.paths(spec, node, &at, &mut paths);
                }
            }
        }
    }

    fn connection(&mut self, spec: &OperationSpec, node: &Node, at: &str) {
        let connector = node.operation.connector();
        let place = format!("{at}/connection");
        let Some(name) = &node.connection else {
            if spec.connection == Need::Required {
                let message = format!("\"{}\" needs a connection of {connector}", node.operation);
                let advice = "Choose one, or make one; in a file: \"connection\": \"name\" beside \"use\".";
                self.error(codes::CONNECTION_MISSING, at, message, advice);
            }
            return;
        };
        if spec.connection == Need::None {
            let message = format!("\"{}\" takes no connection", node.operation);
            return self.error(codes::CONNECTION_UNUSED, place, message, "Remove it.");
        }
        let around = self.around;
        let own =
            around.connections.iter().filter(|(_, owner)| *owner == connector).map(|(name, _)| name.as_str());
        match around.connections.get(name) {
            Some(owner) if owner != connector => {
                let message = format!("The connection \"{name}\" belongs to {owner}, not to {connector}");
                let advice = did_you_mean(name.as_str(), own, &format!("The connections of {connector} are"));
                self.error(codes::CONNECTION_OF_ANOTHER, place, message, advice);
            }
            None if around.connections_known => {
                let message = format!("There is no connection \"{name}\"");
                let otherwise = format!("Make it. The connections of {connector} that exist are");
                self.error(
                    codes::CONNECTION_UNKNOWN,
                    place,
                    message,
                    did_you_mean(name.as_str(), own, &otherwise),
                );
            }
            _ => {}
        }
    }

    fn paths<'d>(
        &mut self,
        spec: &'d OperationSpec,
        node: &'d Node,
        at: &str,
        seen: &mut HashMap<&'d str, &'d Node>,
    ) {
        for field in spec.fields.iter().filter(|field| field.kind == FieldKind::Path) {
            let Some(path) = field.path(&node.with) else { continue };
            let at = pointer::join(&format!("{at}/with"), &field.name);
            if let Some(first) = seen.insert(path, node) {
                let message = format!("\"{}\" listens on \"{path}\" already", first.id);
                self.error(codes::PATH_TWICE, at.clone(), message, "Give one of them another path.");
            }
            if let Some(flow) = self.around.paths.get(path).filter(|flow| **flow != self.doc.id) {
                let message = format!("The flow \"{flow}\" listens on \"{path}\" already");
                self.error(codes::PATH_TAKEN, at, message, "Choose another path.");
            }
        }
    }
}
