//! What a step sees.

use model::{Field, Value};
use run::doc::StepError;
use run::{At, Data, Run};
use script::{Engine, LineResult, Mapped, Nodes, References, RunInfo, Scope, Seen};
use std::collections::HashMap;
use std::sync::Arc;

/// Why a field has no value yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unevaluated {
    /// The rehearsal did not come to the node.
    NotReached,
    Wrong(String),
}

pub(crate) struct Stage {
    pub run: Run,
    trigger: Arc<Value>,
    scripts: Engine,
    info: RunInfo,
    vars: Value,
    /// What is known of cross-references.
    pub known: References,
}

impl Stage {
    pub fn new(
        run: Run,
        trigger: Data,
        scripts: Engine,
        now_ms: i64,
        vars: Value,
        known: References,
    ) -> Self {
        let flow = run.plan().doc.id.to_string();
        let info = RunInfo { flow, now_ms, ..RunInfo::default() };
        Self { run, trigger: trigger.shared(), scripts, info, vars, known }
    }

    pub fn trigger(&self) -> Arc<Value> {
        self.trigger.clone()
    }

    /// What a step inside of a for-each sees.
    pub fn inside(&self, at: &At) -> Option<Inside> {
        let (item, index) = self.run.item(at)?;
        let doc = &self.run.plan().doc;
        let output =
            |node: &model::Node| Some((node.id.to_string(), self.run.output(at, node.id.as_str())?.shared()));
        Some(Inside {
            item: item.shared(),
            index: u64::from(index),
            outputs: doc.nodes.iter().filter_map(output).collect(),
        })
    }

    fn scoped<T>(
        &self,
        (nodes, item): (&dyn Nodes, Option<(&Value, u64)>),
        input: &Data,
        evaluate: impl FnOnce(&Engine, &Scope<'_>) -> Result<T, script::Error>,
    ) -> Result<T, StepError> {
        self.seen_by((nodes, item), input, evaluate).map_err(|error| StepError {
            code: error.code().into(),
            message: error.to_string(),
            advice: error.advice().unwrap_or_default().into(),
        })
    }

    fn seen_by<T>(
        &self,
        (nodes, item): (&dyn Nodes, Option<(&Value, u64)>),
        input: &Data,
        evaluate: impl FnOnce(&Engine, &Scope<'_>) -> Result<T, script::Error>,
    ) -> Result<T, script::Error> {
        let scope = Scope {
            input: input.value(),
            trigger: &*self.trigger,
            nodes,
            item: item.map(|(item, _)| item as &dyn Seen),
            index: item.map(|(_, index)| index),
            vars: &self.vars,
            run: &self.info,
            until: None,
        };
        evaluate(&self.scripts, &scope)
    }

    fn here<T>(
        &self,
        at: &At,
        input: &Data,
        evaluate: impl FnOnce(&Engine, &Scope<'_>) -> Result<T, script::Error>,
    ) -> Result<T, StepError> {
        let item = self.run.item(at).map(|(item, index)| (item.shared(), u64::from(index)));
        let item = item.as_ref().map(|(item, index)| (&**item, *index));
        self.scoped((&Outputs { run: &self.run, at }, item), input, evaluate)
    }

    pub fn render(&self, at: &At, input: &Data, fields: &Value) -> Result<Value, StepError> {
        self.here(at, input, |scripts, scope| scripts.render(&*scripts.template(fields)?, scope))
    }

    /// The same from where a step stood that may be over by now.
    pub fn render_from(
        &self,
        at: &At,
        inside: Option<&Inside>,
        input: &Data,
        fields: &Value,
    ) -> Result<Value, StepError> {
        self.seen_from(at, inside, input, |scripts, scope| scripts.render(&*scripts.template(fields)?, scope))
    }

    fn seen_from<T>(
        &self,
        at: &At,
        inside: Option<&Inside>,
        input: &Data,
        evaluate: impl FnOnce(&Engine, &Scope<'_>) -> Result<T, script::Error>,
    ) -> Result<T, StepError> {
        match inside {
            None => self.here(at, input, evaluate),
            Some(inside) => self.scoped((inside, Some((&*inside.item, inside.index))), input, evaluate),
        }
    }

    pub fn map(
        &self,
        at: &At,
        input: &Data,
        fields: &Value,
        shape: Option<&[Field]>,
    ) -> Result<Mapped, StepError> {
        self.here(at, input, |scripts, scope| {
            scripts.map(&*scripts.mapping(fields, shape)?, scope, &self.known)
        })
    }

    pub fn map_lines_from(
        &self,
        at: &At,
        inside: Option<&Inside>,
        input: &Data,
        fields: &Value,
        shape: Option<&[Field]>,
    ) -> Result<Vec<LineResult>, StepError> {
        self.seen_from(at, inside, input, |scripts, scope| {
            Ok(scripts.map_lines(&scripts.mapping_in_the_making(fields, shape)?, scope, &self.known))
        })
    }

    /// Runs a script where a step stood that may be over by now.
    pub fn try_script(
        &self,
        at: &At,
        inside: Option<&Inside>,
        input: &Data,
        source: &str,
    ) -> Result<Value, script::Problem> {
        let run = |scripts: &Engine, scope: &Scope<'_>| scripts.run(&*scripts.compile(source)?, scope);
        let ran = match inside {
            Some(inside) => self.seen_by((inside, Some((&*inside.item, inside.index))), input, run),
            None => {
                let item = self.run.item(at).map(|(item, index)| (item.shared(), u64::from(index)));
                let item = item.as_ref().map(|(item, index)| (&**item, *index));
                self.seen_by((&Outputs { run: &self.run, at }, item), input, run)
            }
        };
        ran.map_err(|error| error.problem())
    }

    pub fn run_script(&self, at: &At, input: &Data, source: &str) -> Result<Value, StepError> {
        self.here(at, input, |scripts, scope| scripts.run(&*scripts.compile(source)?, scope))
    }
}

pub(crate) struct Inside {
    item: Arc<Value>,
    index: u64,
    outputs: HashMap<String, Arc<Value>>,
}

impl Inside {
    pub fn item(&self) -> (Arc<Value>, u64) {
        (self.item.clone(), self.index)
    }

    pub fn output(&self, node: &str) -> Option<Arc<Value>> {
        self.outputs.get(node).cloned()
    }
}

impl Nodes for Inside {
    fn get(&self, id: &str) -> Option<Arc<dyn Seen>> {
        self.outputs.get(id).map(|value| Arc::new((**value).clone()) as Arc<dyn Seen>)
    }
}

struct Outputs<'a> {
    run: &'a Run,
    at: &'a At,
}

impl Nodes for Outputs<'_> {
    fn get(&self, id: &str) -> Option<Arc<dyn Seen>> {
        self.run.output(self.at, id).map(|data| Arc::new((*data.shared()).clone()) as Arc<dyn Seen>)
    }
}
