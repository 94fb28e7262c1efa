#![doc = include_str!("../README.md")]

mod check;
pub mod codes;
pub mod document;
pub mod drawing;
pub mod exclusion;
pub mod find;
pub mod graph;
pub mod ids;
pub mod labels;
pub mod mapping;
pub mod money;
mod nearest;
pub mod parse;
mod pointer;
pub mod problem;
pub mod rate;
mod schema;
pub mod span;
pub mod spec;
pub mod stage;
pub mod template;
pub mod thai;
pub mod validate;
mod write;
pub mod xref;

pub use check::check;
pub use document::{
    Collapse, DOCUMENT_VERSION, Edge, FlowDocument, Keep, Node, OnError, PortRef, Priority, Retry, Settings,
};
pub use drawing::{Group, Note, NoteColour};
pub use graph::{Graph, GraphEdge, NodeSet};
pub use ids::{ConnectionName, FlowId, GroupId, NodeId, NoteId, OperationId, Port};
pub use nearest::did_you_mean;
pub use parse::{DOCUMENT_BYTES_MAX, parse};
pub use problem::{Code, Page, Problem, Severity};
pub use rate::Rate;
pub use schema::schema;
pub use span::Span;
pub use spec::{
    Choice, ConnectionSpec, ConnectorSpec, EffectRule, Family, Field, FieldKind, Guide, Inputs, Made, Need,
    OperationSpec, Ports, Purpose, Reads, Specs, Surroundings, Words,
};
pub use stage::{Canary, Mode, Stage};
pub use validate::{ScriptCheck, ScriptProblem, validate};

/// What scripts and flow data are made of everywhere: JSON whose numbers keep their digits.
pub use serde_json::Value;
