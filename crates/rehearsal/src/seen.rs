//! What stands behind the names that a node's expressions may use.

use crate::{Rehearsal, Standpoint};
use model::{NodeId, Value};
use std::sync::Arc;

/// What the step sees from which a node is looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    pub input: Arc<Value>,
    pub trigger: Arc<Value>,
    /// Inside of a for-each: the element and its number.
    pub item: Option<(Arc<Value>, u64)>,
    /// The nodes before it that gave something, in the order of the document.
    pub nodes: Vec<(NodeId, Arc<Value>)>,
}

impl Rehearsal {
    /// What a node's expressions see; nothing where the rehearsal did not come to it.
    pub fn seen(&self, node: usize) -> Option<Seen> {
        let standpoint = self.standpoints.get(node)?.as_ref()?;
        let plan = self.stage.run.plan();
        let before = plan.graph.upstream(node);
        let given = |id: &NodeId| Some((id.clone(), self.given(standpoint, id)?));
        Some(Seen {
            input: standpoint.input.shared(),
            trigger: self.stage.trigger(),
            item: self.item(standpoint),
            nodes: before.iter().filter_map(|node| given(plan.id(node))).collect(),
        })
    }

    /// What another script would give in the place of a node's own; nothing where the rehearsal did not come to the node.
    pub fn try_script(&self, node: usize, source: &str) -> Option<Result<Value, script::Problem>> {
        let standpoint = self.standpoints.get(node)?.as_ref()?;
        let Standpoint { at, input, inside } = standpoint;
        Some(self.stage.try_script(at, inside.as_ref(), input, source))
    }

    fn given(&self, from: &Standpoint, node: &NodeId) -> Option<Arc<Value>> {
        match &from.inside {
            Some(inside) => inside.output(node.as_str()),
            None => self.stage.run.output(&from.at, node.as_str()).map(|data| data.shared()),
        }
    }

    fn item(&self, from: &Standpoint) -> Option<(Arc<Value>, u64)> {
        match &from.inside {
            Some(inside) => Some(inside.item()),
            None => self.stage.run.item(&from.at).map(|(item, index)| (item.shared(), u64::from(index))),
        }
    }
}
