//! Specs: operations and connectors described as data. Palette, form, validation and docs all come from them.

use crate::money::Currency;
use crate::{ConnectionName, OperationId, Port, Rate, Span};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A text in both of the product's languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    pub en: String,
    pub th: String,
}

impl Words {
    pub fn new(en: impl Into<String>, th: impl Into<String>) -> Self {
        Self { en: en.into(), th: th.into() }
    }
}

/// The four families of nodes, as they are coloured on the canvas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    Trigger,
    Transform,
    Control,
    Action,
}

/// What to do with an effect whose outcome a crash left unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EffectRule {
    /// Changes nothing at the target: simply asked again.
    Read,
    /// The target takes the same key twice and acts once: sent again with the same key.
    Idempotent,
    /// The target can be asked whether it has been done: asked first, sent only if not.
    Probe,
    /// Nobody can know: a person decides.
    Ask,
}

/// Where a field says whether an operation only reads: it does so while the field has one of these values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reads {
    pub field: String,
    pub values: Vec<String>,
}

/// What is made at a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Made {
    /// An order in the system that the company is run with.
    Order,
}

/// The ways out of a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ports {
    Fixed(Vec<Port>),
    /// `core/switch`: one port per entry of the field `cases`, and `else`.
    Cases,
}

/// How many live edges may come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Inputs {
    /// A trigger.
    None,
    One,
    /// `core/merge`.
    Many,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OperationSpec {
    pub id: OperationId,
    pub family: Family,
    pub title: Words,
    pub about: Words,
    pub fields: Vec<Field>,
    pub inputs: Inputs,
    pub ports: Ports,
    /// Actions only.
    pub effect: Option<EffectRule>,
    /// Where it depends on a field whether anything is changed at the target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reads: Option<Reads>,
    /// What a step that is done has made, where people count that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub makes: Option<Made>,
    /// Whether a node needs, may have, or cannot have a connection of this operation's connector.
    pub connection: Need,
    /// Field values that work, for docs, tests and a new node; they validate and decode into the operation's input.
    pub example: Value,
    /// What comes out for the example, to be shown before anything has run.
    pub example_output: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    None,
    Optional,
    Required,
}

impl OperationSpec {
    fn new(id: &str, family: Family, title: Words) -> Self {
        let action = family == Family::Action;
        let ports = if action { vec![Port::out(), Port::error()] } else { vec![Port::out()] };
        Self {
            id: id.into(),
            family,
            title,
            about: Words::default(),
            fields: Vec::new(),
            inputs: if family == Family::Trigger { Inputs::None } else { Inputs::One },
            ports: Ports::Fixed(ports),
            effect: action.then_some(EffectRule::Ask),
            reads: None,
            makes: None,
            connection: Need::None,
            example: Value::Object(Default::default()),
            example_output: Value::Null,
        }
    }

    pub fn trigger(id: &str, en: &str, th: &str) -> Self {
        Self::new(id, Family::Trigger, Words::new(en, th))
    }

    pub fn transform(id: &str, en: &str, th: &str) -> Self {
        Self::new(id, Family::Transform, Words::new(en, th)).ports(&[Port::OUT, Port::ERROR])
    }

    pub fn action(id: &str, en: &str, th: &str) -> Self {
        Self::new(id, Family::Action, Words::new(en, th))
    }

    pub fn control(id: &str, en: &str, th: &str) -> Self {
        Self::new(id, Family::Control, Words::new(en, th))
    }

    pub fn about(mut self, en: &str, th: &str) -> Self {
        self.about = Words::new(en, th);
        self
    }

    pub fn field(mut self, field: Field) -> Self {
        self.fields.push(field);
        self
    }

    pub fn inputs(mut self, inputs: Inputs) -> Self {
        self.inputs = inputs;
        self
    }

    pub fn ports(mut self, ports: &[&str]) -> Self {
        self.ports = Ports::Fixed(ports.iter().map(|port| Port::from(*port)).collect());
        self
    }

    pub fn ports_from_cases(mut self) -> Self {
        self.ports = Ports::Cases;
        self
    }

    pub fn effect(mut self, rule: EffectRule) -> Self {
        self.effect = Some(rule);
        self
    }

    /// Changes nothing at the target while the field has one of these values.
    pub fn reads_where(mut self, field: &str, values: &[&str]) -> Self {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        self.reads = Some(Reads { field: field.into(), values });
        self
    }

    pub fn makes(mut self, made: Made) -> Self {
        self.makes = Some(made);
        self
    }

    pub fn connection(mut self, need: Need) -> Self {
        self.connection = need;
        self
    }

    pub fn example(mut self, fields: Value, output: Value) -> Self {
        self.example = fields;
        self.example_output = output;
        self
    }

    pub fn find_field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Whether a node with these fields changes nothing at its target. What is computed is not known before it is.
    pub fn only_reads(&self, with: &serde_json::Map<String, Value>) -> bool {
        let by_field = |reads: &Reads| {
            let usual = || self.find_field(&reads.field).map(|field| &field.default);
            let value = with.get(&reads.field).or_else(usual).and_then(Value::as_str);
            value.is_some_and(|value| reads.values.iter().any(|read| read == value))
        };
        self.effect == Some(EffectRule::Read) || self.reads.as_ref().is_some_and(by_field)
    }

    /// The ports of a node that uses this operation with the given fields.
    pub fn ports_of(&self, with: &serde_json::Map<String, Value>) -> Vec<Port> {
        match &self.ports {
            Ports::Fixed(ports) => ports.clone(),
            Ports::Cases => {
                let cases = with.get("cases").and_then(Value::as_array).into_iter().flatten();
                let named = cases.filter_map(|case| case.get("port")?.as_str()).map(Port::from);
                named.chain([Port::from("else"), Port::error()]).collect()
            }
        }
    }
}

/// One field of an operation or a connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    pub name: String,
    pub kind: FieldKind,
    pub title: Words,
    pub about: Words,
    pub required: bool,
    pub default: Value,
    pub example: Value,
    /// Largest number of characters, entries, or the largest number; what it counts depends on the kind.
    pub at_most: Option<u64>,
    /// Smallest number, where the kind is a number or money.
    pub at_least: Option<u64>,
    /// Belongs to the second screen of a form.
    pub advanced: bool,
    /// Where the kind is JSON: the fields of the object that it is, as far as they are known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shape: Vec<Field>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// One line of text. Expressions allowed.
    Text,
    /// Several lines of text. Expressions allowed.
    LongText,
    Number,
    /// An exact amount: a text or a number of decimal digits. It may say what it is in.
    Money(Option<Currency>),
    Bool,
    Choice(Vec<Choice>),
    /// Any JSON; expressions allowed in every text in it.
    Json,
    /// Names and texts, such as headers.
    Map,
    /// A list whose entries have these fields.
    List(Vec<Field>),
    /// A Rhai program.
    Code,
    /// A line for each field of a target, with what it is made of: see [`crate::mapping`].
    Mapping,
    /// One Rhai expression that gives true or false, written `${…}`.
    Condition,
    /// A length of time, such as `10m`.
    Span,
    /// Five or six fields of cron.
    Cron,
    /// An IANA time zone, such as `Asia/Bangkok`.
    TimeZone,
    /// An http or https address.
    Url,
    /// The path of a webhook: letters, digits, `-`, `_`, `/`.
    Path,
    /// Another flow's id.
    Flow,
    /// The id of a record of the connected system, which its connector looks up by this name, such as `customer`.
    Record(String),
    /// Only in connections: how many calls it may make.
    Rate,
    /// Only in connections: write-only, kept encrypted.
    Secret,
}

impl FieldKind {
    /// Whether a value of this kind may be computed, `${…}`. What a flow is drawn and published by has to be known before it
    /// runs.
    pub fn takes_expressions(&self) -> bool {
        use FieldKind::*;
        !matches!(self, Code | Mapping | Cron | TimeZone | Path | Flow | Rate | Secret)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    pub value: String,
    pub title: Words,
}

impl Field {
    pub fn new(name: &str, kind: FieldKind, en: &str, th: &str) -> Self {
        Self {
            name: name.into(),
            kind,
            title: Words::new(en, th),
            about: Words::default(),
            required: false,
            default: Value::Null,
            example: Value::Null,
            at_most: None,
            at_least: None,
            advanced: false,
            shape: Vec::new(),
        }
    }

    pub fn choice(name: &str, options: &[(&str, &str, &str)], en: &str, th: &str) -> Self {
        let option = |(value, en, th): &(&str, &str, &str)| Choice {
            value: (*value).into(),
            title: Words::new(*en, *th),
        };
        Self::new(name, FieldKind::Choice(options.iter().map(option).collect()), en, th)
    }

    /// The path that a node with these fields gives, and the one that its form shows where it gives none.
    pub fn path<'f>(&'f self, with: &'f serde_json::Map<String, Value>) -> Option<&'f str> {
        let text = |value: &'f Value| value.as_str().filter(|path| !path.is_empty());
        let given = with.get(&self.name).and_then(text);
        given.or_else(|| text(&self.default)).filter(|_| self.kind == FieldKind::Path)
    }

    /// A connection's rate budget. The default is what the vendor grants everybody.
    pub fn rate(default: Option<Rate>) -> Self {
        let about = Words::new(
            "How many calls may go out in so much time, and how many at once after a quiet time. Steps that have to wait \
             make no attempt. Empty: no limit but the default.",
            "จำนวนครั้งที่เรียกได้ในช่วงเวลาหนึ่ง และจำนวนที่เรียกพร้อมกันได้หลังช่วงเงียบ ขั้นตอนที่ต้องรอจะไม่นับเป็นการลอง \
             หากเว้นว่างจะใช้ค่าเริ่มต้น หรือไม่จำกัด",
        );
        let written = |rate: Rate| serde_json::to_value(rate).unwrap_or_default();
        let field = Self::new(RATE, FieldKind::Rate, "Rate budget", "งบการเรียก");
        let default = default.map(written).unwrap_or_default();
        let example = written(Rate::new(2, Span::from_secs(1), 40));
        Self { about, default, example, advanced: true, ..field }
    }

    pub fn about(mut self, en: &str, th: &str) -> Self {
        self.about = Words::new(en, th);
        self
    }

    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub fn default(mut self, value: impl Into<Value>) -> Self {
        self.default = value.into();
        self
    }

    pub fn example(mut self, value: impl Into<Value>) -> Self {
        self.example = value.into();
        self
    }

    pub fn at_most(mut self, most: u64) -> Self {
        self.at_most = Some(most);
        self
    }

    pub fn at_least(mut self, least: u64) -> Self {
        self.at_least = Some(least);
        self
    }

    pub fn advanced(mut self) -> Self {
        self.advanced = true;
        self
    }

    pub fn shape(mut self, fields: impl IntoIterator<Item = Field>) -> Self {
        self.shape = fields.into_iter().collect();
        self
    }
}

/// The credentials and addresses that a connector needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConnectionSpec {
    pub fields: Vec<Field>,
}

/// The name of the field.
const RATE: &str = "rate";

impl ConnectionSpec {
    /// How many calls a connection with these fields may make.
    pub fn rate(&self, fields: &serde_json::Map<String, Value>) -> Option<Rate> {
        let field = self.fields.iter().find(|field| field.kind == FieldKind::Rate)?;
        let given = fields.get(&field.name).and_then(|given| Rate::read(given).ok().flatten());
        given.or_else(|| Rate::read(&field.default).ok().flatten())
    }
}

/// What a connector's system is for; the order is that of the palette.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// What flows are built with.
    #[default]
    Flow,
    Shop,
    /// ERP and warehouse.
    BackOffice,
    Accounting,
    Crm,
    Courier,
    Message,
    /// Addresses, databases, files.
    Data,
    Queue,
}

/// What people have to know of a system before they use it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Guide {
    /// How to get the credentials, step by step.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Words>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<Words>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quirks: Vec<Words>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ConnectorSpec {
    /// The part of an operation's id before the slash.
    pub id: String,
    pub title: Words,
    pub about: Words,
    #[serde(default)]
    pub purpose: Purpose,
    #[serde(default)]
    pub guide: Guide,
    /// Somebody has to consent in the browser before the connection works, unless keys are entered that need none.
    #[serde(default)]
    pub signs_in: bool,
    pub connection: Option<ConnectionSpec>,
}

impl ConnectorSpec {
    pub fn new(id: &str, purpose: Purpose, en: &str, th: &str) -> Self {
        Self { id: id.into(), title: Words::new(en, th), purpose, ..Self::default() }
    }

    pub fn about(mut self, en: &str, th: &str) -> Self {
        self.about = Words::new(en, th);
        self
    }

    pub fn connection(mut self, fields: impl IntoIterator<Item = Field>) -> Self {
        self.connection = Some(ConnectionSpec { fields: fields.into_iter().collect() });
        self
    }

    /// The next step on the way to the credentials.
    pub fn step(mut self, en: &str, th: &str) -> Self {
        self.guide.steps.push(Words::new(en, th));
        self
    }

    pub fn limit(mut self, en: &str, th: &str) -> Self {
        self.guide.limits.push(Words::new(en, th));
        self
    }

    pub fn quirk(mut self, en: &str, th: &str) -> Self {
        self.guide.quirks.push(Words::new(en, th));
        self
    }

    pub fn signs_in(mut self) -> Self {
        self.signs_in = true;
        self
    }
}

/// Everything a flow may use: the catalog as data.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Specs {
    pub connectors: BTreeMap<String, ConnectorSpec>,
    pub operations: BTreeMap<OperationId, OperationSpec>,
}

impl Specs {
    pub fn new(connectors: Vec<ConnectorSpec>, operations: Vec<OperationSpec>) -> Self {
        Self {
            connectors: connectors.into_iter().map(|spec| (spec.id.clone(), spec)).collect(),
            operations: operations.into_iter().map(|spec| (spec.id.clone(), spec)).collect(),
        }
    }

    pub fn operation(&self, id: &OperationId) -> Option<&OperationSpec> {
        self.operations.get(id)
    }
}

/// What a validator may know of the place where the flow will run; empty where it is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Surroundings {
    /// Whether `connections` says which there are; a file checked away from a server has nobody to ask.
    pub connections_known: bool,
    /// Connection names and the connector each belongs to.
    pub connections: BTreeMap<ConnectionName, String>,
    /// Webhook paths that other flows have taken, and by which.
    pub paths: BTreeMap<String, crate::FlowId>,
    /// The buffers that are set up there, where that is known.
    #[serde(default)]
    pub buffers: Option<BTreeSet<String>>,
}
