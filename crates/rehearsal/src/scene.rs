//! What a step sees.

use model::Value;
use run::doc::StepError;
use run::{At, Data, Run};
use script::{Engine, Nodes, RunInfo, Scope, Seen};
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
}

impl Stage {
    pub fn new(run: Run, trigger: Data, scripts: Engine, now_ms: i64) -> Self {
        let flow = run.plan().doc.id.to_string();
        let info = RunInfo { flow, now_ms, ..RunInfo::default() };
        Self { run, trigger: trigger.shared(), scripts, info, vars: Value::Object(Default::default()) }
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
        evaluate(&self.scripts, &scope).map_err(|error| StepError {
            code: error.code().into(),
            message: error.to_string(),
            advice: String::new(),
        })
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
        let Some(inside) = inside else { return self.render(at, input, fields) };
        let item = Some((&*inside.item, inside.index));
        self.scoped((inside, item), input, |scripts, scope| {
            scripts.render(&*scripts.template(fields)?, scope)
        })
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
