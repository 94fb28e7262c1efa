//! The other system: what flows in tests write to.

use crate::Feed;
use crate::flaky::Weather;
use async_trait::async_trait;
use connector::{Action, ActionCx, Catalog, Connection, Connector, Error, Parts};
use model::{ConnectionSpec, ConnectorSpec, EffectRule, Field, FieldKind, Need, OperationSpec, Span, Words};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use tokio::sync::watch;

/// How the target answers a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Ok,
    /// 429, perhaps with Retry-After.
    Limited(Option<Span>),
    /// This status, without doing the work.
    Failed(u16),
    /// Nobody is there.
    Away,
    Refused,
    LostAfterWork,
    LostBeforeWork,
    Panic,
    /// Nothing until `Target::release`, then the work and a good answer.
    Held,
}

/// One call as it arrived.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub operation: &'static str,
    pub to: String,
    pub key: String,
    pub body: Value,
    pub probe: bool,
}

/// A system that does what it is asked and remembers it. Clones are the same system.
#[derive(Clone, Default)]
pub struct Target(Arc<Inner>);

#[derive(Default)]
struct Inner {
    state: Mutex<State>,
    released: watch::Sender<bool>,
    weather: OnceLock<Arc<dyn Weather>>,
    feed: Feed,
}

#[derive(Default)]
struct State {
    calls: Vec<Call>,
    works: Vec<(String, Value)>,
    /// Keys of work done, as the idempotent and the probed operation know them.
    keys: HashSet<String>,
    answers: HashMap<String, VecDeque<Answer>>,
    /// What every call is answered while it is so.
    down: Option<Answer>,
    settle: Span,
    stumbles: usize,
}

/// The built-in operations, with one more connector and its actions.
pub fn catalog_with(
    connector: Arc<dyn Connector>,
    more: impl IntoIterator<Item = Arc<dyn Action>>,
) -> Catalog {
    Catalog::new(parts_with(connector, more))
}

fn parts_with(connector: Arc<dyn Connector>, more: impl IntoIterator<Item = Arc<dyn Action>>) -> Parts {
    let mut parts = catalog::parts();
    parts.connectors.push(connector);
    parts.actions.extend(more);
    parts
}

impl Target {
    /// What calls for `to` are answered, one after the other; `Ok` from then on.
    pub fn answers(&self, to: &str, answers: impl IntoIterator<Item = Answer>) {
        self.state().answers.entry(to.into()).or_default().extend(answers);
    }

    /// What every call is answered from now on, whoever it is for; `None` as it was.
    pub fn set_down(&self, answer: Option<Answer>) {
        self.state().down = answer;
    }

    /// Lets every held call go on, and all that come.
    pub fn release(&self) {
        self.0.released.send_replace(true);
    }

    /// What meets each call on its way here, as `call` or as `probe`, and its answer on the way back, as `answer`.
    pub fn meets(&self, weather: Arc<dyn Weather>) {
        assert!(self.0.weather.set(weather).is_ok(), "there is one weather");
    }

    /// How long it may go on with a call that was cut off, so that nobody asks before.
    pub fn set_settle(&self, settle: Span) {
        self.state().settle = settle;
    }

    /// So often the engine itself panics when it comes to one of these writes.
    pub fn set_stumbles(&self, times: usize) {
        self.state().stumbles = times;
    }

    pub fn calls(&self) -> Vec<Call> {
        self.state().calls.clone()
    }

    /// Calls for `to`, probes not counted.
    pub fn calls_for(&self, to: &str) -> usize {
        self.state().calls.iter().filter(|call| call.to == to && !call.probe).count()
    }

    /// What was done here: for whom, and with what. A repeat with a known key is nothing new to `test/send_idempotent`.
    pub fn works(&self) -> Vec<(String, Value)> {
        self.state().works.clone()
    }

    pub fn works_for(&self, to: &str) -> usize {
        self.state().works.iter().filter(|work| work.0 == to).count()
    }

    /// The built-in operations, and those of this target.
    pub fn catalog(&self) -> Catalog {
        let send = |(id, rule)| Arc::new(Send { target: self.clone(), id, rule }) as Arc<dyn Action>;
        let mut parts = parts_with(Arc::new(TestConnector), OPERATIONS.map(send));
        parts.polls.push(self.0.feed.poll());
        parts.queues.push(self.0.feed.queue());
        Catalog::new(parts)
    }

    /// What triggers fetch from.
    pub fn feed(&self) -> &Feed {
        &self.0.feed
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn on_the_way(&self, which: &'static str) {
        if let Some(weather) = self.0.weather.get() {
            weather.before(which).await.expect("the weather takes its time, and loses no call");
        }
    }

    fn note(&self, call: Call) -> Answer {
        let mut state = self.state();
        let answer = state.answers.get_mut(&call.to).filter(|_| !call.probe).and_then(VecDeque::pop_front);
        state.calls.push(call);
        state.down.or(answer).unwrap_or(Answer::Ok)
    }

    fn work(&self, rule: EffectRule, key: &str, to: &str, body: &Value) {
        let mut state = self.state();
        let new = state.keys.insert(key.into());
        if rule != EffectRule::Read && (new || rule != EffectRule::Idempotent) {
            state.works.push((to.into(), body.clone()));
        }
    }
}

const OPERATIONS: [(&str, EffectRule); 4] = [
    ("test/send_idempotent", EffectRule::Idempotent),
    ("test/send_probe", EffectRule::Probe),
    ("test/send_ask", EffectRule::Ask),
    ("test/read", EffectRule::Read),
];

struct Send {
    target: Target,
    id: &'static str,
    rule: EffectRule,
}

#[async_trait]
impl Action for Send {
    fn spec(&self) -> OperationSpec {
        OperationSpec::action(self.id, "Send", "ส่ง")
            .about("Does something at the target.", "ทำงานที่ระบบปลายทาง")
            .field(Field::new("to", FieldKind::Text, "To", "ถึง").required())
            .field(Field::new("body", FieldKind::Json, "Body", "เนื้อหา"))
            .effect(self.rule)
            .connection(Need::Optional)
            .example(json!({"to": "a"}), json!({"to": "a"}))
    }

    /// Asked by the engine on its own account, outside of what it guards a connector's calls with.
    fn effect(&self, _: &Value) -> EffectRule {
        let stumbles = {
            let mut state = self.target.state();
            let stumbles = state.stumbles > 0;
            state.stumbles = state.stumbles.saturating_sub(1);
            stumbles
        };
        assert!(!stumbles, "an engine with a bug");
        self.rule
    }

    fn settle(&self, _: Option<&Connection>) -> Span {
        self.target.state().settle
    }

    async fn run(&self, cx: &ActionCx<'_>, input: Value) -> Result<Value, Error> {
        self.target.on_the_way("call").await;
        let answer = self.answer(cx, &input).await;
        self.target.on_the_way("answer").await;
        answer
    }

    async fn probe(&self, cx: &ActionCx<'_>, input: Value) -> Result<Option<Value>, Error> {
        self.target.on_the_way("probe").await;
        let call = self.call(cx, &input, true);
        let (to, body) = (call.to.clone(), call.body.clone());
        self.target.note(call);
        let done = self.target.state().keys.contains(cx.step_key);
        self.target.on_the_way("answer").await;
        Ok(done.then(|| output(&to, &body)))
    }
}

impl Send {
    async fn answer(&self, cx: &ActionCx<'_>, input: &Value) -> Result<Value, Error> {
        let call = self.call(cx, input, false);
        let (to, body) = (call.to.clone(), call.body.clone());
        let host = || "target".to_owned();
        let work = || self.target.work(self.rule, cx.step_key, &to, &body);
        let lost = || Error::Unanswered { host: host(), message: "the line was cut".into() };
        match self.target.note(call) {
            Answer::Ok => work(),
            Answer::Held => {
                let mut released = self.target.0.released.subscribe();
                released.wait_for(|released| *released).await.ok();
                work();
            }
            Answer::Limited(after) => return Err(Error::RateLimited { host: host(), after }),
            Answer::Failed(status) => {
                return Err(Error::Status { host: host(), status, message: "broken".into(), after: None });
            }
            Answer::Away => {
                return Err(Error::Unreachable { host: host(), message: "connection refused".into() });
            }
            Answer::Refused => {
                return Err(Error::Refused { message: "not here".into(), advice: "Ask them.".into() });
            }
            Answer::LostBeforeWork => return Err(lost()),
            Answer::LostAfterWork => {
                work();
                return Err(lost());
            }
            Answer::Panic => panic!("a connector with a bug"),
        }
        Ok(output(&to, &body))
    }

    fn call(&self, cx: &ActionCx<'_>, input: &Value, probe: bool) -> Call {
        let to = input["to"].as_str().unwrap_or_default().to_owned();
        let body = input.get("body").cloned().unwrap_or_default();
        Call { operation: self.id, to, key: cx.step_key.into(), body, probe }
    }
}

fn output(to: &str, body: &Value) -> Value {
    json!({"to": to, "sent": body})
}

struct TestConnector;

impl Connector for TestConnector {
    fn spec(&self) -> ConnectorSpec {
        let words = Words::new("Test", "ทดสอบ");
        let connection = Some(ConnectionSpec { fields: vec![Field::rate(None)] });
        ConnectorSpec {
            id: "test".into(),
            title: words.clone(),
            about: words,
            connection,
            ..ConnectorSpec::default()
        }
    }
}
