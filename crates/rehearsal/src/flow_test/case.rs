//! What a file of cases consists of.

use model::{NodeId, Port, Value};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Map;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// Cases of one flow: `X.test.json` beside `X.json`.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseFile {
    /// What is tested, one event each.
    pub cases: Vec<Case>,
}

/// One event, what other systems answer, and what is to come of it.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What is tested, as a sentence; no two cases of a file have the same.
    pub name: String,
    /// The node it begins at, where the flow has several triggers.
    #[serde(default)]
    pub trigger: Option<NodeId>,
    /// What the trigger gives on its way out, which is `trigger.body`, too; without it the trigger's sample, or its operation's
    /// example.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Value")]
    pub event: Option<Value>,
    /// What else expressions see as `trigger`, such as {"headers": {"x-shop": "tea"}}.
    #[serde(default)]
    pub head: Map<String, Value>,
    /// When the run begins: what `now()` says, such as 2026-01-05T08:00:00+07:00, which it is without this.
    #[serde(default)]
    pub now: Option<String>,
    /// What expressions see as `vars`.
    #[serde(default)]
    pub vars: Map<String, Value>,
    /// The cross-references that are known; there are no others.
    #[serde(default)]
    pub references: Vec<Reference>,
    /// What other systems answer, by node; without one, the node's sample or its operation's example.
    #[serde(default)]
    pub answers: BTreeMap<NodeId, AnswersOfNode>,
    /// All that would be sent, in the order of the walk; an empty list where nothing may be. Without this it is not looked at.
    #[serde(default)]
    pub effects: Option<Vec<Effect>>,
    /// What single nodes give, as far as it is written here: of a node in the body of a for-each, a list with an entry for each of
    /// its steps.
    #[serde(default)]
    pub gives: BTreeMap<NodeId, Value>,
    /// How the run ends: "done", or {"fails": {"node": …, "says": …}}.
    #[serde(default)]
    pub ends: Ends,
}

/// A cross-reference: which record of a system is which of ours.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Whose other id it is about, such as shopify.
    pub system: String,
    /// What kind of record, such as customer.
    pub entity: String,
    /// The system's id.
    pub external: String,
    /// Our id.
    pub own: String,
}

/// One answer to all steps of a node, or one to each in order, of which the last is that to all further ones.
#[derive(Clone, Debug, PartialEq)]
pub struct AnswersOfNode {
    pub answers: Vec<AnswerOfNode>,
    /// How they are written.
    pub listed: bool,
}

/// An answer: what the node gives by it, or that it is refused.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerOfNode {
    /// What the node gives.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Value")]
    pub gives: Option<Value>,
    /// The way out that it goes; without this it is `out`.
    #[serde(default)]
    pub port: Option<Port>,
    /// Why the system refuses; the node then goes out at its port `error` where that is wired, else the run fails there.
    #[serde(default)]
    pub refuses: Option<Refusal>,
}

/// How another system refuses.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// A code of docs/errors; without it E0308, the target refused.
    #[serde(default)]
    pub code: Option<String>,
    /// What the system says.
    pub message: String,
    /// What to do about it.
    #[serde(default)]
    pub advice: String,
}

/// Something that would be sent.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// The node that sends it.
    pub node: NodeId,
    /// The fields that it sends, as far as they are written here; without this they are not looked at.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Value")]
    pub sends: Option<Value>,
}

/// How a run ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Ends {
    #[default]
    Done,
    Fails(Failure),
}

/// A run that fails.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct EndsBadly {
    /// Where it fails, and with what.
    fails: Failure,
}

/// Where a run fails, and with what; what is not said may be anything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    /// The node that fails: of one in the body of a for-each, the outermost for-each.
    #[serde(default)]
    pub node: Option<NodeId>,
    /// What its code or message holds.
    #[serde(default)]
    pub says: Option<String>,
}

/// A `null` that is written is a value, too.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl<'de> Deserialize<'de> for AnswersOfNode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrMany)
    }
}

struct OneOrMany;

impl<'de> Visitor<'de> for OneOrMany {
    type Value = AnswersOfNode;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an answer, or a list of answers")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<AnswersOfNode, A::Error> {
        let answer = AnswerOfNode::deserialize(MapAccessDeserializer::new(map))?;
        Ok(AnswersOfNode { answers: vec![answer], listed: false })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<AnswersOfNode, A::Error> {
        let mut answers = Vec::new();
        while let Some(answer) = list.next_element()? {
            answers.push(answer);
        }
        Ok(AnswersOfNode { answers, listed: true })
    }
}

impl JsonSchema for AnswersOfNode {
    fn schema_name() -> Cow<'static, str> {
        "AnswersOfNode".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<AnswerOfNode>();
        let many = generator.subschema_for::<Vec<AnswerOfNode>>();
        json_schema!({
            "description": "One answer to all steps of a node, or a list with one to each, of which the last is that to all further ones.",
            "anyOf": [one, many]
        })
    }
}

impl<'de> Deserialize<'de> for Ends {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WordOrFailure)
    }
}

struct WordOrFailure;

impl<'de> Visitor<'de> for WordOrFailure {
    type Value = Ends;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"done\", or {\"fails\": {…}}")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Ends, E> {
        if word == "done" {
            Ok(Ends::Done)
        } else {
            Err(E::invalid_value(serde::de::Unexpected::Str(word), &self))
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Ends, A::Error> {
        Ok(Ends::Fails(EndsBadly::deserialize(MapAccessDeserializer::new(map))?.fails))
    }
}

impl JsonSchema for Ends {
    fn schema_name() -> Cow<'static, str> {
        "Ends".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let badly = generator.subschema_for::<EndsBadly>();
        json_schema!({
            "description": "How the run ends: \"done\", or {\"fails\": {\"node\": …, \"says\": …}}.",
            "anyOf": [{"type": "string", "enum": ["done"]}, badly]
        })
    }
}

/// The schema of a file of cases, as `docs/flow-test.schema.json` holds it.
pub fn schema() -> Value {
    let mut schema = schemars::schema_for!(CaseFile).to_value();
    schema["title"] = "Khlong cases of a flow".into();
    schema
}
