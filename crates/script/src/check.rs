//! What the flow validator asks about scripts, answered by the engine that will run them.

use crate::{Engine, Problem};
use model::{ScriptCheck, ScriptProblem};

impl ScriptCheck for Engine {
    fn script(&self, source: &str) -> Result<(), ScriptProblem> {
        self.check(source).map_err(problem)
    }

    fn expression(&self, source: &str) -> Result<(), ScriptProblem> {
        self.check(source).map_err(problem)
    }

    fn names(&self, source: &str) -> Vec<String> {
        self.node_names(source)
    }
}

fn problem(Problem { message, line, column, .. }: Problem) -> ScriptProblem {
    ScriptProblem { message, line, column }
}
