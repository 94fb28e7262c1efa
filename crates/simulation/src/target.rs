//! The other system, far away: it fails in every way there is, and tells the log what it really did.

use crate::chance::Chance;
use crate::clock::Clock;
use crate::danger::Danger;
use crate::world::Log;
use async_trait::async_trait;
use connector::{Action, ActionCx, Catalog, Connection, Connector, Error};
use history::What;
use model::{ConnectorSpec, EffectRule, Field, FieldKind, OperationSpec, Span, Words};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::Ms;

/// How long the target may go on with a call that was cut off. It never takes longer.
const SETTLE: Duration = Duration::from_secs(5);

#[derive(Clone)]
pub struct Target {
    inner: Arc<Inner>,
    /// What threatens the calls of the process that has this handle.
    danger: Option<Arc<Danger>>,
}

struct Inner {
    clock: Clock,
    chance: Chance,
    log: Log,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    done: BTreeSet<String>,
    /// Calls that somebody waits for, by key.
    under_way: Vec<String>,
    /// What arrives later, though nobody waits for the answer.
    late: Vec<(Ms, Work)>,
}

#[derive(Clone)]
struct Work {
    rule: EffectRule,
    key: String,
    to: String,
    delivery: String,
}

/// How a call goes.
enum Fate {
    Good,
    Limited,
    Broken,
    LostBefore,
    LostAfter,
    /// The answer is lost, and the work is done later.
    LostAndLate,
    /// Nothing comes for longer than anybody waits.
    Silent,
    Refused,
}

const OPERATIONS: [(&str, EffectRule); 3] = [
    ("far/idempotent", EffectRule::Idempotent),
    ("far/probe", EffectRule::Probe),
    ("far/ask", EffectRule::Ask),
];

impl Target {
    pub fn new(clock: Clock, chance: Chance, log: Log) -> Self {
        Self { inner: Arc::new(Inner { clock, chance, log, state: Mutex::default() }), danger: None }
    }

    /// The same target, as a process calls it.
    pub fn facing(&self, danger: Arc<Danger>) -> Self {
        Self { inner: self.inner.clone(), danger: Some(danger) }
    }

    /// What a person finds who looks: whether it was done, once nothing is under way any more.
    pub fn look(&self, key: &str) -> Option<bool> {
        let state = self.state();
        let late = state.late.iter().any(|(_, work)| work.key == key);
        let pending = late || state.under_way.iter().any(|under_way| under_way == key);
        (!pending).then(|| state.done.contains(key))
    }

    pub fn catalog(&self) -> Catalog {
        let send = |(id, rule)| Arc::new(Send { target: self.clone(), id, rule }) as Arc<dyn Action>;
        testkit::catalog_with(Arc::new(Far), OPERATIONS.map(send))
    }

    /// The state as it is now: what was to arrive by now has arrived.
    fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.inner.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.inner.clock.now();
        let (due, later) = std::mem::take(&mut state.late).into_iter().partition(|(at, _)| *at <= now);
        state.late = later;
        let due: Vec<(Ms, Work)> = due;
        due.into_iter().for_each(|(_, work)| self.do_it(&mut state, work));
        state
    }

    fn do_it(&self, state: &mut State, work: Work) {
        let new = state.done.insert(work.key.clone());
        if new || work.rule != EffectRule::Idempotent {
            let Work { to, delivery, key, .. } = work;
            self.inner.log.note(What::Done { delivery, effect: to, key: Some(key) });
        }
    }

    fn work(&self, work: &Work) {
        self.do_it(&mut self.state(), work.clone());
    }

    fn work_late(&self, work: Work) {
        let at = self.inner.clock.now() + self.inner.chance.up_to(SETTLE).as_millis() as Ms;
        self.state().late.push((at, work));
    }

    /// On the way there.
    async fn step_out(&self) {
        if let Some(danger) = &self.danger {
            danger.step_out().await;
        }
    }

    /// On the way back.
    async fn step(&self) {
        if let Some(danger) = &self.danger {
            danger.step().await;
        }
    }

    /// A call that ends with the process that made it, wherever it stands.
    async fn while_alive<T>(&self, call: impl Future<Output = T>) -> T {
        let Some(danger) = &self.danger else { return call.await };
        let answer = tokio::select! {
            biased;
            () = danger.crashed() => None,
            answer = call => Some(answer),
        };
        match answer {
            Some(answer) => answer,
            None => std::future::pending().await,
        }
    }

    fn fate(&self, rule: EffectRule) -> Fate {
        if self.danger.as_ref().is_none_or(|danger| danger.is_calm()) {
            return Fate::Good;
        }
        match self.inner.chance.below(100) {
            0..4 => Fate::Limited,
            4..9 => Fate::Broken,
            9..13 => Fate::LostBefore,
            13..19 => Fate::LostAfter,
            // A target that knows its keys may be asked again at once, and then its order with others is its own affair.
            19..23 if rule != EffectRule::Idempotent => Fate::LostAndLate,
            23..26 => Fate::Silent,
            26..28 => Fate::Refused,
            _ => Fate::Good,
        }
    }
}

/// A call on its way. Where it is dropped, the process died or gave up, and the target may do the work all the same.
struct UnderWay<'a> {
    target: &'a Target,
    key: String,
    work: Option<Work>,
}

impl<'a> UnderWay<'a> {
    fn of(target: &'a Target, work: &Work) -> Self {
        target.state().under_way.push(work.key.clone());
        Self { target, key: work.key.clone(), work: Some(work.clone()) }
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let mut state = self.target.state();
        if let Some(place) = state.under_way.iter().position(|key| *key == self.key) {
            state.under_way.swap_remove(place);
        }
        drop(state);
        if let Some(work) = self.work.take().filter(|work| work.rule != EffectRule::Idempotent)
            && self.target.inner.chance.in_a_thousand(500)
        {
            self.target.work_late(work);
        }
    }
}

struct Send {
    target: Target,
    id: &'static str,
    rule: EffectRule,
}

#[async_trait]
impl Action for Send {
    fn spec(&self) -> OperationSpec {
        OperationSpec::action(self.id, "Send", "ส่ง")
            .about("Does something far away.", "ทำงานที่ระบบอื่น")
            .field(Field::new("to", FieldKind::Text, "To", "ถึง").required())
            .field(Field::new("d", FieldKind::Text, "Delivery", "การส่ง").required())
            .effect(self.rule)
            .example(json!({"to": "a", "d": "1"}), json!({"to": "a"}))
    }

    fn settle(&self, _: Option<&Connection>) -> Span {
        Span::from_ms(SETTLE.as_millis() as u64)
    }

    async fn run(&self, cx: &ActionCx<'_>, input: Value) -> Result<Value, Error> {
        let (target, work) = (&self.target, self.work(cx, &input));
        target.while_alive(self.call(target, work)).await?;
        Ok(json!({"to": input["to"]}))
    }

    async fn probe(&self, cx: &ActionCx<'_>, input: Value) -> Result<Option<Value>, Error> {
        let target = &self.target;
        target.step().await;
        tokio::time::sleep(target.inner.chance.up_to(Duration::from_secs(1))).await;
        if matches!(target.fate(self.rule), Fate::Broken | Fate::LostAfter) {
            answer(Fate::Broken, &target.inner.chance)?;
        }
        let done = target.state().done.contains(cx.step_key);
        target.step().await;
        Ok(done.then(|| json!({"to": input["to"]})))
    }
}

impl Send {
    async fn call(&self, target: &Target, work: Work) -> Result<(), Error> {
        let mut under_way = UnderWay::of(target, &work);
        target.step_out().await;
        let fate = target.fate(self.rule);
        tokio::time::sleep(target.inner.chance.up_to(Duration::from_secs(2))).await;
        if matches!(fate, Fate::Silent) {
            std::future::pending::<()>().await;
        }
        under_way.work = None;
        match fate {
            Fate::Good | Fate::LostAfter => target.work(&work),
            Fate::LostAndLate => target.work_late(work),
            _ => {}
        }
        target.step().await;
        answer(fate, &target.inner.chance)
    }

    fn work(&self, cx: &ActionCx<'_>, input: &Value) -> Work {
        let text = |field: &str| input[field].as_str().unwrap_or_default().to_owned();
        Work { rule: self.rule, key: cx.step_key.into(), to: text("to"), delivery: text("d") }
    }
}

fn answer(fate: Fate, chance: &Chance) -> Result<(), Error> {
    let host = "far".to_owned();
    match fate {
        Fate::Good => Ok(()),
        Fate::Limited => {
            let after = Span::from_secs(1 + chance.below(60));
            Err(Error::RateLimited { host, after: chance.in_a_thousand(500).then_some(after) })
        }
        Fate::Broken => Err(Error::Status { host, status: 503, message: "broken".into(), after: None }),
        Fate::Refused => Err(Error::Refused { message: "not here".into(), advice: "Ask them.".into() }),
        Fate::LostBefore | Fate::LostAfter | Fate::LostAndLate | Fate::Silent => {
            Err(Error::Unanswered { host, message: "the line was cut".into() })
        }
    }
}

struct Far;

impl Connector for Far {
    fn spec(&self) -> ConnectorSpec {
        let words = Words::new("Far", "ไกล");
        ConnectorSpec { id: "far".into(), title: words.clone(), about: words, ..ConnectorSpec::default() }
    }
}
