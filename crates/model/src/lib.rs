#![doc = include_str!("../README.md")]

pub mod codes;
pub mod document;
pub mod graph;
pub mod ids;
pub mod problem;
pub mod span;
pub mod spec;
pub mod template;

pub use document::{Edge, FlowDocument, Keep, Mode, Node, OnError, PortRef, Retry, Settings};
pub use graph::{Graph, GraphEdge};
pub use ids::{ConnectionName, FlowId, NodeId, OperationId, Port};
pub use problem::{Code, Page, Problem, Severity};
pub use span::Span;
pub use spec::{
    Choice, ConnectionSpec, ConnectorSpec, EffectRule, Family, Field, FieldKind, Inputs, Need,
    OperationSpec, Ports, Specs, Surroundings, Words,
};

/// What scripts and flow data are made of everywhere: JSON whose numbers keep their digits.
pub use serde_json::Value;
