//! The buffer that a flow's events are accepted into.

use super::Check;
use crate::nearest::did_you_mean;
use crate::{FieldKind, Node, codes, pointer};
use serde_json::Value;

const AT: &str = "/settings/accept_into";
const NAME_BYTES_MAX: usize = 40;

impl Check<'_> {
    pub(super) fn buffer(&mut self, name: &str) {
        let fine = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if name.is_empty() || name.len() > NAME_BYTES_MAX || !name.chars().all(fine) {
            // It may be an address, with a password in it.
            let advice = format!("Use letters, digits, - and _, {NAME_BYTES_MAX} at most.");
            self.error(codes::BUFFER_NAME, AT, "This cannot be a buffer's name", advice);
            return;
        }
        if let Some(known) = self.around.buffers.as_ref().filter(|known| !known.contains(name)) {
            let message = format!("No buffer \"{name}\" is set up here");
            let advice = match known.is_empty() {
                true => {
                    format!("Start every server and worker with --buffer {name}=…, or leave the setting out.")
                }
                false => did_you_mean(name, known.iter().map(String::as_str), "The buffers are"),
            };
            self.error(codes::UNKNOWN_BUFFER, AT, message, advice);
        }
        self.buffered_webhooks();
    }

    fn buffered_webhooks(&mut self) {
        let doc = self.doc;
        let webhooks: Vec<(usize, &Node)> =
            doc.nodes.iter().enumerate().filter(|(_, node)| self.is_webhook(node)).collect();
        if webhooks.is_empty() {
            let message = "The flow has no webhook whose events could wait in a buffer";
            self.error(codes::NOT_FOR_A_BUFFER, AT, message, "Leave the setting out.");
        }
        for (at, node) in webhooks {
            if node.with.get("answer").and_then(Value::as_str) == Some("result") {
                let at = pointer::join(&format!("/nodes/{at}/with"), "answer");
                let message = "Who sends is answered before the flow begins, and so not with its result";
                let advice = "Write \"accepted\", or take accept_into out of the flow's settings.";
                self.error(codes::NOT_FOR_A_BUFFER, at, message, advice);
            }
        }
    }

    /// A trigger that listens at a path.
    fn is_webhook(&self, node: &Node) -> bool {
        let spec = self.specs.operation(&node.operation);
        !node.disabled
            && spec.is_some_and(|spec| spec.fields.iter().any(|field| field.kind == FieldKind::Path))
    }
}
