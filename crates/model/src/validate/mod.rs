//! What a document means: everything that is wrong with it, found in one pass over the whole.

mod buffers;
mod connections;
mod drawing;
mod edges;
mod expressions;
mod fields;
mod header;
mod mapping;
mod money;
mod nodes;
mod secrets;
mod shape;
mod texts;

pub use secrets::is_secret_name;

use crate::graph::Graph;
use crate::problem::PROBLEMS_MAX;
use crate::{Code, FlowDocument, NodeId, Problem, Specs, Surroundings, codes, pointer};

/// More than anybody draws; generated flows are split and joined with `core/call`.
pub const NODES_MAX: usize = 2_000;
pub const EDGES_MAX: usize = 10_000;
pub const NOTES_MAX: usize = 500;
pub const GROUPS_MAX: usize = 500;

/// What the validator asks of the script language, which this crate does not know.
pub trait ScriptCheck {
    /// Checks a whole script.
    fn script(&self, source: &str) -> Result<(), ScriptProblem>;

    /// Checks what is between `${` and `}`.
    fn expression(&self, source: &str) -> Result<(), ScriptProblem>;

    /// The ids that a script or expression refers to as `nodes.<id>`; none where it does not compile.
    fn names(&self, source: &str) -> Vec<String>;
}

/// Why a source does not compile, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptProblem {
    pub message: String,
    /// From 1; 0 where the place is not known.
    pub line: usize,
    /// From 1, in characters; 0 where the place is not known.
    pub column: usize,
}

/// All problems of a document, in its order; none when it can run. At most [`PROBLEMS_MAX`] are listed.
///
/// Warnings are among them: a document is refused only for a problem that [is an error](Problem::is_error).
pub fn validate(
    doc: &FlowDocument,
    specs: &Specs,
    around: &Surroundings,
    scripts: &dyn ScriptCheck,
) -> Vec<Problem> {
    if let Some(problem) = too_many(doc) {
        return vec![problem];
    }
    let graph = Graph::new(doc, specs);
    let mut check = Check { doc, specs, around, scripts, graph: &graph, problems: Vec::new() };
    check.header();
    check.drawing();
    check.nodes();
    check.connections();
    check.edges();
    check.shape();
    check.finish()
}

/// The work grows faster than the document, so a document that is too large is not looked into.
fn too_many(doc: &FlowDocument) -> Option<Problem> {
    let counts = [
        ("nodes", doc.nodes.len(), NODES_MAX),
        ("edges", doc.edges.len(), EDGES_MAX),
        ("notes", doc.notes.len(), NOTES_MAX),
        ("groups", doc.groups.len(), GROUPS_MAX),
    ];
    let (name, count, most) = counts.into_iter().find(|(_, count, most)| count > most)?;
    let message = format!("The flow has {count} {name}; {most} are allowed");
    let advice = "Split the flow and join the parts with core/call.";
    Some(Problem::error(codes::TOO_MANY, format!("/{name}"), message).advice(advice))
}

/// One validation under way.
struct Check<'a> {
    doc: &'a FlowDocument,
    specs: &'a Specs,
    around: &'a Surroundings,
    scripts: &'a dyn ScriptCheck,
    graph: &'a Graph,
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn add(&mut self, problem: Problem) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(problem);
        }
    }

    fn error(
        &mut self,
        code: Code,
        at: impl Into<String>,
        message: impl Into<String>,
        advice: impl Into<String>,
    ) {
        self.add(Problem::error(code, at, message).advice(advice));
    }

    fn warning(
        &mut self,
        code: Code,
        at: impl Into<String>,
        message: impl Into<String>,
        advice: impl Into<String>,
    ) {
        self.add(Problem::warning(code, at, message).advice(advice));
    }

    /// A problem of an edge, for which a node is to blame.
    fn error_of(
        &mut self,
        node: usize,
        code: Code,
        at: impl Into<String>,
        message: impl Into<String>,
        advice: impl Into<String>,
    ) {
        let problem = Problem::error(code, at, message).advice(advice);
        self.add(problem.node(self.graph.id(node)));
    }

    fn finish(mut self) -> Vec<Problem> {
        for problem in &mut self.problems {
            let node = pointer::node_at(&problem.at).and_then(|at| self.doc.nodes.get(at));
            problem.node = problem.node.take().or_else(|| Some(node?.id.clone()));
        }
        pointer::sort(&mut self.problems);
        self.problems
    }

    fn node_ids(&self) -> impl Iterator<Item = &str> + Clone {
        self.doc.nodes.iter().map(|node| node.id.as_str())
    }

    fn id(&self, node: usize) -> &NodeId {
        self.graph.id(node)
    }
}
