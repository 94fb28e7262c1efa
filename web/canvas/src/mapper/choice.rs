//! What a mapping can be made for.

use model::{Family, Field, FieldKind, FlowDocument, NodeId, OperationSpec, Specs, Words};

/// A field of an operation that takes an object.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetChoice {
    /// As in `odoo/create_sales_order.order`.
    pub target: String,
    /// The system, the operation and the field.
    pub titles: [Words; 3],
    /// Whether its fields are known.
    pub known: bool,
}

/// All that there is, first what has fields that are known.
pub fn targets(specs: &Specs) -> Vec<TargetChoice> {
    let mut all: Vec<TargetChoice> = specs
        .operations
        .values()
        .filter(|spec| spec.family == Family::Action)
        .flat_map(|spec| {
            spec.fields.iter().filter(|field| takes_object(field)).map(|field| choice(specs, spec, field))
        })
        .collect();
    all.sort_by_key(|choice| !choice.known);
    all
}

fn takes_object(field: &Field) -> bool {
    field.kind == FieldKind::Json
}

fn choice(specs: &Specs, spec: &OperationSpec, field: &Field) -> TargetChoice {
    let system = specs.connectors.get(spec.id.connector()).map(|connector| connector.title.clone());
    TargetChoice {
        target: format!("{}.{}", spec.id, field.name),
        titles: [system.unwrap_or_default(), spec.title.clone(), field.title.clone()],
        known: !field.shape.is_empty(),
    }
}

/// A field of a node that comes next.
#[derive(Clone, Debug, PartialEq)]
pub struct NextTarget {
    pub target: String,
    pub node: NodeId,
    pub field: String,
}

/// The first field with known fields of a node that this one leads to.
pub fn next_target(doc: &FlowDocument, specs: &Specs, node: &NodeId) -> Option<NextTarget> {
    doc.edges.iter().filter(|edge| edge.from.node == *node).find_map(|edge| {
        let next = doc.node(edge.to.as_str())?;
        let spec = specs.operation(&next.operation).filter(|spec| spec.family == Family::Action)?;
        let field = spec.fields.iter().find(|field| takes_object(field) && !field.shape.is_empty())?;
        Some(NextTarget {
            target: format!("{}.{}", spec.id, field.name),
            node: next.id.clone(),
            field: field.name.clone(),
        })
    })
}
