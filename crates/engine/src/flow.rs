//! A flow version made ready to run: its plan, and each node with its script, fields and connector at hand.

use crate::Error;
use crate::big::{Format, Reading};
use crate::gauges::Places;
use connector::{Action, Catalog};
use model::{ConnectionName, FlowDocument, FlowId, Node, OnError, Retry, Span, Stage, Value};
use run::schedule::{CatchUp, Schedule};
use run::{LoopRule, Plan};
use script::{Mapping, Script, Template};
use serde_json::Map;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use store::{FlowKey, Ms, VersionKey};

pub struct Flow {
    pub key: FlowKey,
    pub id: FlowId,
    pub version: VersionKey,
    pub plan: Arc<Plan>,
    pub nodes: Vec<Work>,
    pub order_by: Option<Arc<Template>>,
    /// Nodes whose last evaluation took long, by position.
    pub slow: Vec<AtomicBool>,
    pub counts: Places,
}

/// What a node does when its turn comes.
pub enum Work {
    Trigger,
    /// Gives its input on: a disabled node, a merge.
    Pass,
    Script(Arc<Script>),
    Set(Arc<Template>),
    Map(Arc<Mapping>),
    Switch(Vec<(String, Arc<Template>)>),
    Filter(Arc<Template>),
    ForEach {
        items: Arc<Template>,
        reading: Reading,
        parallel: u32,
        rule: LoopRule,
    },
    Wait {
        fields: Arc<Template>,
        callback: bool,
    },
    Call {
        fields: Arc<Template>,
    },
    Respond {
        fields: Arc<Template>,
    },
    Action(ActionWork),
}

impl Work {
    /// Whether the step is computed again after a restart, and so leaves nothing in the journal.
    pub fn is_pure(&self) -> bool {
        match self {
            Work::Wait { .. } | Work::Call { .. } | Work::Action(_) => false,
            // What it reads may be another when it is computed again.
            Work::Map(mapping) => !mapping.refers(),
            _ => true,
        }
    }

    /// How long an attempt may take, where the node says so.
    pub fn timeout(&self) -> Option<Span> {
        match self {
            Work::Action(work) => work.timeout,
            _ => None,
        }
    }
}

pub struct ActionWork {
    pub action: Arc<dyn Action>,
    pub fields: Arc<Template>,
    pub connection: Option<ConnectionName>,
    pub retry: Retry,
    pub timeout: Option<Span>,
}

impl Flow {
    pub fn compile(
        (key, version): (FlowKey, VersionKey),
        doc: FlowDocument,
        catalog: &Catalog,
        scripts: &script::Engine,
    ) -> Result<Self, Error> {
        let failed = |node: &str, error: &dyn std::fmt::Display| Error::Flow {
            flow: doc.id.to_string(),
            message: format!("{node}: {error}"),
        };
        let order_by = doc.settings.order_by.clone().map(|text| scripts.template(&Value::String(text)));
        let order_by = order_by.transpose().map_err(|error| failed("order_by", &error))?;
        let work = |node: &Node| {
            compile_node(node, catalog, scripts).map_err(|error| failed(node.id.as_str(), &error))
        };
        let nodes: Vec<Work> = doc.nodes.iter().map(work).collect::<Result<_, _>>()?;
        let id = doc.id.clone();
        let slow = doc.nodes.iter().map(|_| AtomicBool::new(false)).collect();
        let counts = Places::of(nodes.len());
        let plan = Arc::new(Plan::new(Arc::new(doc), catalog.specs()));
        Ok(Self { key, id, version, plan, nodes, order_by, slow, counts })
    }

    pub fn doc(&self) -> &FlowDocument {
        &self.plan.doc
    }

    pub fn deadline(&self, started_at: Ms) -> Ms {
        started_at.saturating_add(ms(self.doc().settings.timeout))
    }

    /// How long one attempt of a node, or its script, may take by its own word.
    pub fn timeout(&self, node: usize) -> Option<Span> {
        self.doc().nodes[node].timeout
    }

    /// How far a run with this ordering key goes with its effects.
    pub fn stage(&self, key: Option<&str>) -> Stage {
        self.doc().settings.stage(key)
    }

    /// The flow that is started with this one's errors.
    pub fn on_error(&self) -> Option<&FlowId> {
        match &self.doc().settings.on_error {
            OnError::Inbox => None,
            OnError::Flow(id) => Some(id),
        }
    }

    /// Where its events are accepted, where that is not the store.
    pub fn buffer(&self) -> Option<&str> {
        self.doc().settings.accept_into.as_deref()
    }

    /// Its schedules, by node.
    pub fn schedules(&self) -> impl Iterator<Item = (&Node, Result<(Schedule, CatchUp), String>)> {
        let scheduled = self
            .doc()
            .nodes
            .iter()
            .filter(|node| node.operation.as_str() == "core/schedule" && !node.disabled);
        scheduled.map(|node| (node, schedule(&node.with)))
    }

    /// The trigger to start by hand or by another flow: the one named, or the only one of that kind.
    pub fn trigger(&self, named: Option<&str>, kind: &str) -> Option<usize> {
        let triggers = || (0..self.plan.graph.len()).filter(|node| self.plan.graph.is_trigger(*node));
        match named {
            Some(id) => triggers().find(|node| self.plan.id(*node).as_str() == id),
            None => {
                let of_kind = triggers().find(|node| self.doc().nodes[*node].operation.as_str() == kind);
                of_kind.or_else(|| triggers().next().filter(|_| triggers().count() == 1))
            }
        }
    }
}

pub fn ms(span: Span) -> Ms {
    Ms::try_from(span.as_ms()).unwrap_or(Ms::MAX)
}

fn schedule(with: &Map<String, Value>) -> Result<(Schedule, CatchUp), String> {
    let text = |name: &str, default| with.get(name).and_then(Value::as_str).unwrap_or(default).to_owned();
    let rule = match text("catch_up", "last").as_str() {
        "skip" => CatchUp::Skip,
        "all" => CatchUp::All,
        _ => CatchUp::Last,
    };
    Ok((Schedule::parse(&text("cron", ""), &text("time_zone", "Asia/Bangkok"))?, rule))
}

fn compile_node(node: &Node, catalog: &Catalog, scripts: &script::Engine) -> Result<Work, String> {
    if node.disabled {
        return Ok(Work::Pass);
    }
    let template = |value: &Value| scripts.template(value).map_err(|error| error.to_string());
    let field = |name: &str| template(node.with.get(name).unwrap_or(&Value::Null));
    let fields = || template(&Value::Object(node.with.clone()));
    let text = |name: &str| node.with.get(name).and_then(Value::as_str);
    Ok(match node.operation.as_str() {
        "core/script" => {
            Work::Script(scripts.compile(text("script").unwrap_or_default()).map_err(|e| e.to_string())?)
        }
        "core/set" => Work::Set(field("value")?),
        "core/map" => {
            let shape = text("target").and_then(|target| model::mapping::shape_of(catalog.specs(), target));
            let fields = node.with.get("fields").unwrap_or(&Value::Null);
            Work::Map(scripts.mapping(fields, shape).map_err(|error| error.to_string())?)
        }
        "core/switch" => Work::Switch(cases(node, &template)?),
        "core/filter" => Work::Filter(field("when")?),
        "core/merge" => Work::Pass,
        "core/for_each" => Work::ForEach {
            items: field("items")?,
            reading: reading(&text),
            parallel: node
                .with
                .get("parallel")
                .and_then(Value::as_u64)
                .and_then(|n| n.try_into().ok())
                .unwrap_or(8),
            rule: if text("on_item_error") == Some("collect") { LoopRule::Collect } else { LoopRule::Stop },
        },
        "core/wait" => {
            let callback = node.with.get("callback").and_then(Value::as_bool).unwrap_or(false);
            Work::Wait { fields: fields()?, callback }
        }
        "core/call" => Work::Call { fields: fields()? },
        "core/respond" => Work::Respond { fields: fields()? },
        _ => match catalog.action(&node.operation) {
            Some(action) => Work::Action(ActionWork {
                action: action.clone(),
                fields: fields()?,
                connection: node.connection.clone(),
                retry: node.retry.clone().unwrap_or_default(),
                timeout: node.timeout,
            }),
            None if catalog.specs().operation(&node.operation).is_some() => Work::Trigger,
            None => return Err(format!("there is no operation {}", node.operation)),
        },
    })
}

/// How a for-each reads a text.
fn reading<'n>(text: &dyn Fn(&str) -> Option<&'n str>) -> Reading {
    Reading {
        format: match text("format") {
            Some("json") => Format::Json,
            Some("lines") => Format::Lines,
            Some("csv") => Format::Csv,
            _ => Format::Auto,
        },
        separator: match text("separator") {
            Some("semicolon") => b';',
            Some("tab") => b'\t',
            Some("pipe") => b'|',
            _ => b',',
        },
        encoding: text("encoding").filter(|name| *name != "auto").map(str::to_owned),
    }
}

type Case = (String, Arc<Template>);

fn cases(
    node: &Node,
    template: &dyn Fn(&Value) -> Result<Arc<Template>, String>,
) -> Result<Vec<Case>, String> {
    let cases = node.with.get("cases").and_then(Value::as_array).into_iter().flatten();
    let case = |case: &Value| {
        let port = case.get("port").and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok((port, template(case.get("when").unwrap_or(&Value::Null))?))
    };
    cases.map(case).collect()
}

/// Reads a span that a node's field gave after its expressions were replaced.
pub fn span_of(value: Option<&Value>) -> Result<Option<Span>, String> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.is_empty() => Ok(None),
        Some(Value::String(text)) => Span::from_str(text).map(Some),
        Some(other) => Err(format!("{other} is not a length of time; write a text such as 10m")),
    }
}
