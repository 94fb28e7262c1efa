//! A run in memory: walked step by step until it ends, or until it has nothing to do for a while.

use crate::core::Core;
use crate::door::{self, Answer};
use crate::effect::{self, Effect};
use crate::flow::{ActionWork, Flow, Work, ms, span_of};
use crate::notes::Notes;
use crate::queue::{Parked, Ready};
use crate::signal::{Decision as Verdict, Signal};
use crate::sleepers::{Sleeper, Sleepers, What};
use crate::view::{Changed, Doc, LiveState};
use crate::writer::{Ticket, Write};
use crate::{Error, codec, keys};
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};
use model::{EffectRule, NodeId, Port, Value};
use run::doc::{EffectDoc, StepError, StepState};
use run::{At, Data, Decision, Event, Failure, Memory, Outcome, Run, StepMemory};
use script::{Nodes, RunInfo, Scope};
use serde_json::json;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use store::{Finish, Ms, Record, RunId, RunRow, Status};
use tokio::sync::{mpsc, oneshot};

/// Steps computed in a row before other runs get a turn on this thread.
const STEPS_IN_A_ROW: usize = 64;
/// A node whose script took longer than this is computed aside from then on, so that it holds up nobody.
const SLOW: Duration = Duration::from_millis(2);
/// Longest sleep in one go, so that a changed clock is noticed.
const SLEEP_MAX: Duration = Duration::from_secs(30);

/// The store has failed: the run is left as the journal has it.
struct Stop;

/// What comes back from outside the run's own thread of thought.
enum Landed {
    Effect(At, Result<Value, connector::Error>),
    Called(At, Result<RunId, StepError>),
    Child(At, Option<(Port, Value)>),
}

pub(crate) struct Task {
    core: Arc<Core>,
    flow: Arc<Flow>,
    row: RunRow,
    trigger: NodeId,
    data: Data,
    body: Data,
    run: Run,
    memory: Memory,
    notes: Notes,
    info: RunInfo,
    seq: u32,
    /// Records not handed to the writer yet: they go with the next write.
    pending: Vec<Record>,
    todo: VecDeque<Decision>,
    flying: FuturesUnordered<BoxFuture<'static, Landed>>,
    effects: HashMap<At, Effect>,
    sleepers: Sleepers,
    answer: Option<oneshot::Sender<Answer>>,
    result: Option<Data>,
    cancelled: bool,
}

/// Walks one run. Whatever happens, the run leaves the list of active ones.
pub(crate) async fn drive(core: Arc<Core>, ready: Ready, mut inbox: mpsc::Receiver<Signal>) {
    let (run, flow, lane) = (ready.run, ready.flow, ready.lane);
    let signals: Vec<_> = ready.signals;
    let task = Task::load(core.clone(), ready.fresh, run).await;
    let left = match task {
        Ok(Some(mut task)) => task.walk(signals, &mut inbox).await,
        Ok(None) => Ok(Left::Ended),
        Err(error) => {
            tracing::error!(run, %error, "a run could not be loaded; it is tried again at the next start");
            Ok(Left::Ended)
        }
    };
    inbox.close();
    match left {
        Ok(Left::Parked(wake_at, parked)) => {
            core.queue().park(run, wake_at, parked);
            core.forget(run);
            core.timer.notify_one();
        }
        Ok(Left::Ended) => {
            core.forget(run);
            core.queue().ended(flow, lane);
        }
        Err(Stop) => core.forget(run),
    }
    // What was said too late for the run to hear finds it in the queue, or nowhere.
    while let Some(signal) = inbox.recv().await {
        core.signal(run, signal).await.ok();
    }
    core.pump();
}

enum Left {
    Ended,
    Parked(Ms, Parked),
}

impl Task {
    async fn load(core: Arc<Core>, fresh: Option<Box<crate::queue::Fresh>>, run: RunId) -> Result<Option<Self>, Error> {
        if let Some(fresh) = fresh {
            core.payload_bytes.fetch_sub(fresh.bytes, Ordering::Relaxed);
            let flow = core.flow_version(fresh.row.flow, fresh.row.version).await?;
            let crate::queue::Fresh { row, trigger, data, answer, .. } = *fresh;
            return Ok(Some(Self::new(core, flow, row, trigger, data, Memory::default(), 0, answer)));
        }
        let Some(loaded) = core.store.load_run(run).await? else { return Ok(None) };
        let unreadable = |error: &dyn std::fmt::Display| Error::Store(store::Error::Unreadable(error.to_string()));
        let json = |kept| codec::decode(kept).map_err(|error| unreadable(&error));
        let head = serde_json::from_slice(&json(&loaded.head)?).map_err(|error| unreadable(&error))?;
        let body = serde_json::from_slice(&json(&loaded.body)?).map_err(|error| unreadable(&error))?;
        let events = loaded.records.iter().map(|record| {
            serde_json::from_slice::<Event>(&json(&record.body)?).map_err(|error| unreadable(&error))
        });
        let memory = Memory::fold(events.collect::<Result<Vec<_>, _>>()?);
        let seq = loaded.records.last().map_or(0, |record| record.seq + 1);
        let flow = core.flow_version(loaded.run.flow, loaded.run.version).await?;
        let data = door::trigger_data(head, body);
        Ok(Some(Self::new(core, flow, loaded.run, loaded.trigger, data, memory, seq, None)))
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of a run, put together in one place")]
    fn new(
        core: Arc<Core>,
        flow: Arc<Flow>,
        row: RunRow,
        trigger: NodeId,
        data: Data,
        memory: Memory,
        seq: u32,
        answer: Option<oneshot::Sender<Answer>>,
    ) -> Self {
        let info = RunInfo {
            id: row.id,
            key: row.key.clone(),
            flow: flow.id.to_string(),
            now_ms: row.started_at,
            seed: row.lineage as u64,
        };
        Self {
            run: Run::new(flow.plan.clone()),
            body: data.part("body"),
            core,
            flow,
            row,
            trigger,
            data,
            memory,
            notes: Notes::default(),
            info,
            seq,
            pending: Vec::new(),
            todo: VecDeque::new(),
            flying: FuturesUnordered::new(),
            effects: HashMap::new(),
            sleepers: Sleepers::default(),
            answer,
            result: None,
            cancelled: false,
        }
    }

    fn now(&self) -> Ms {
        self.core.clock.now()
    }

    async fn walk(&mut self, signals: Vec<Signal>, inbox: &mut mpsc::Receiver<Signal>) -> Result<Left, Stop> {
        self.core.tell(Changed { run: self.row.id, flow: self.row.flow });
        let Some(trigger) = self.flow.plan.find(self.trigger.as_str()) else {
            let error = self.defect(&format!("the trigger {} is not in this version of the flow", self.trigger));
            let step = run::StepId::new(self.trigger.clone(), Vec::new());
            return self.finish(Outcome::Failed(step, error)).await;
        };
        let begun = self.run.begin(trigger, self.body.clone());
        self.todo.extend(begun);
        for signal in signals {
            self.hear(signal).await?;
        }
        loop {
            if let Some(outcome) = self.compute(inbox).await? {
                return self.finish(outcome).await;
            }
            if self.flying.is_empty() {
                if let Some(parked) = self.may_park() {
                    return self.park(parked).await;
                }
            }
            self.wait(inbox).await?;
        }
    }

    /// Does everything that needs nobody else; returns the outcome when nothing is under way any more.
    async fn compute(&mut self, inbox: &mut mpsc::Receiver<Signal>) -> Result<Option<Outcome>, Stop> {
        let mut in_a_row = 0;
        while let Some(decision) = self.todo.pop_front() {
            match decision {
                Decision::Finish(outcome) => return Ok(Some(outcome)),
                Decision::Start(at, input) => self.start(at, input).await?,
            }
            in_a_row += 1;
            if in_a_row % STEPS_IN_A_ROW == 0 {
                tokio::task::yield_now().await;
                while let Ok(signal) = inbox.try_recv() {
                    self.hear(signal).await?;
                }
                self.check_deadline();
            }
        }
        Ok(None)
    }

    /// Waits for whichever comes first: an effect's answer, a time, a word from outside.
    async fn wait(&mut self, inbox: &mut mpsc::Receiver<Signal>) -> Result<(), Stop> {
        self.flush().await;
        let now = self.now();
        let wake = self.sleepers.next().unwrap_or(Ms::MAX).min(self.row.deadline);
        let nap = Duration::from_millis(u64::try_from(wake.saturating_sub(now)).unwrap_or(0)).min(SLEEP_MAX);
        tokio::select! {
            Some(landed) = self.flying.next() => self.land(landed).await?,
            Some(signal) = inbox.recv() => self.hear(signal).await?,
            () = tokio::time::sleep(nap) => {}
        }
        self.check_deadline();
        while let Some(sleeper) = self.sleepers.take_due(self.now()) {
            self.wake(sleeper).await?;
        }
        self.show_state();
        Ok(())
    }

    fn show_state(&self) {
        let state = if self.flying.is_empty() && !self.sleepers.is_empty() { self.sleepers.state() } else { LiveState::Running };
        self.core.set_state(self.row.id, self.row.flow, state);
    }

    fn check_deadline(&mut self) {
        if self.now() < self.row.deadline || self.cancelled {
            return;
        }
        let error = StepError {
            code: "E0502".into(),
            message: format!("the run took longer than its time-out of {}", self.flow.doc().settings.timeout),
            advice: "Look at the step that took long, or give the flow a longer time-out in its settings.".into(),
        };
        let step = self.notes.steps.iter().rev().find(|step| step.finished_at.is_none());
        let step = step.map_or_else(|| run::StepId::new(self.trigger.clone(), Vec::new()), |step| {
            run::StepId::new(step.node.clone(), step.item.clone())
        });
        self.give_up(Outcome::Failed(step, error));
    }

    /// Ends the run now: calls under way are dropped, and their outcome stays noted as unknown in the journal.
    fn give_up(&mut self, outcome: Outcome) {
        self.cancelled = true;
        self.flying = FuturesUnordered::new();
        self.sleepers = Sleepers::default();
        self.todo.clear();
        self.todo.push_back(Decision::Finish(outcome));
    }

    // ---- steps ----

    async fn start(&mut self, at: At, input: Data) -> Result<(), Stop> {
        let now = self.now();
        self.notes.begin(&self.run, &at, now);
        if self.run.is_halted(&at) {
            return self.abandon(&at);
        }
        let known = self.memory.step(&self.run.step_id(&at)).cloned();
        if let Some((port, output)) = known.as_ref().and_then(|known| known.outcome.clone()) {
            self.recall(&at, known.as_ref());
            return self.complete(&at, port.as_str(), Data::from(output));
        }
        let flow = self.flow.clone();
        match &flow.nodes[at.node] {
            Work::Trigger | Work::Pass => self.complete(&at, Port::OUT, input),
            Work::Script(script) => {
                let result = self.eval(&at, &input, |scripts, scope| scripts.run(script, scope));
                self.settle_pure(&at, Port::OUT, result)
            }
            Work::Set(template) => {
                let result = self.eval(&at, &input, |scripts, scope| scripts.render(template, scope));
                self.settle_pure(&at, Port::OUT, result)
            }
            Work::Switch(cases) => self.switch(&at, input, cases),
            Work::Filter(when) => match self.holds(&at, &input, when) {
                Ok(true) => self.complete(&at, Port::OUT, input),
                Ok(false) => self.complete(&at, "else", input),
                Err(error) => self.fail(&at, error),
            },
            Work::ForEach { items, parallel, rule } => {
                match self.eval(&at, &input, |scripts, scope| scripts.render(items, scope)) {
                    Ok(list) => {
                        let opened = self.run.open_loop(&at, Data::from(list), *rule, *parallel);
                        self.todo.extend(opened);
                        Ok(())
                    }
                    Err(error) => self.fail(&at, error),
                }
            }
            Work::Wait { fields, callback } => {
                let fields = self.eval(&at, &input, |scripts, scope| scripts.render(fields, scope));
                self.start_wait(&at, fields, *callback, known)
            }
            Work::Call { fields } => {
                let fields = self.eval(&at, &input, |scripts, scope| scripts.render(fields, scope));
                self.start_call(&at, fields, known)
            }
            Work::Respond { fields } => match self.eval(&at, &input, |scripts, scope| scripts.render(fields, scope)) {
                Ok(fields) => self.respond(&at, fields),
                Err(error) => self.fail(&at, error),
            },
            Work::Action(work) => {
                match self.eval(&at, &input, |scripts, scope| scripts.render(&work.fields, scope)) {
                    Ok(fields) => self.start_effect(at, work, Data::from(fields), known).await,
                    Err(error) => self.fail(&at, error),
                }
            }
        }
    }

    /// Notes what the journal knows of a step's attempts.
    fn recall(&mut self, at: &At, known: Option<&StepMemory>) {
        if let Some(known) = known {
            self.notes.attempts(at, &known.attempts);
        }
    }

    fn settle_pure(&mut self, at: &At, port: &str, result: Result<Value, StepError>) -> Result<(), Stop> {
        match result {
            Ok(value) => self.complete(at, port, Data::from(value)),
            Err(error) => self.fail(at, error),
        }
    }

    fn switch(&mut self, at: &At, input: Data, cases: &[(String, Arc<script::Template>)]) -> Result<(), Stop> {
        for (port, when) in cases {
            match self.holds(at, &input, when) {
                Ok(true) => return self.complete(at, port, input),
                Ok(false) => {}
                Err(error) => return self.fail(at, error),
            }
        }
        self.complete(at, "else", input)
    }

    fn holds(&mut self, at: &At, input: &Data, when: &script::Template) -> Result<bool, StepError> {
        match self.eval(at, input, |scripts, scope| scripts.render(when, scope))? {
            Value::Bool(holds) => Ok(holds),
            other => Err(StepError {
                code: "E0503".into(),
                message: format!("the condition gives {}, not true or false", kind_of(&other)),
                advice: "Compare something, such as ${input.total > 1000}.".into(),
            }),
        }
    }

    fn complete(&mut self, at: &At, port: &str, data: Data) -> Result<(), Stop> {
        let now = self.now();
        self.notes.done(at, port, &data, now);
        self.effects.remove(at);
        let next = self.run.complete(at, port, data.clone());
        if next.iter().any(|decision| matches!(decision, Decision::Finish(_))) {
            self.result.get_or_insert(data);
        }
        self.todo.extend(next);
        Ok(())
    }

    fn fail(&mut self, at: &At, error: StepError) -> Result<(), Stop> {
        let now = self.now();
        self.notes.failed(&self.run, at, &error, now);
        self.effects.remove(at);
        let next = self.run.fail(at, error);
        self.todo.extend(next);
        self.drop_halted_sleepers();
        Ok(())
    }

    fn abandon(&mut self, at: &At) -> Result<(), Stop> {
        self.notes.state(at, StepState::Cancelled, None);
        let next = self.run.abandon(at);
        self.todo.extend(next);
        Ok(())
    }

    /// Steps that only wait need not be waited for in a scope that has failed.
    fn drop_halted_sleepers(&mut self) {
        while let Some(sleeper) = self.sleepers.take(|sleeper| self.run.is_halted(&sleeper.at)) {
            self.abandon(&sleeper.at).ok();
        }
    }

    /// Evaluates a script or a node's fields, aside from the other runs where it is known to be slow.
    fn eval<T: Send>(
        &self,
        at: &At,
        input: &Data,
        evaluate: impl FnOnce(&script::Engine, &Scope<'_>) -> Result<T, script::Error> + Send,
    ) -> Result<T, StepError> {
        let item = self.run.item(at);
        let vars = self.core.connections.vars();
        let seen = Seen { run: &self.run, at };
        let scope = Scope {
            input: input.value(),
            trigger: self.data.value(),
            nodes: &seen,
            item: item.as_ref().map(|(item, _)| item.value()),
            index: item.as_ref().map(|(_, index)| u64::from(*index)),
            vars: &vars,
            run: &self.info,
        };
        let slow = &self.flow.slow[at.node];
        let started = Instant::now();
        let result = if slow.load(Ordering::Relaxed) && can_step_aside() {
            tokio::task::block_in_place(|| evaluate(&self.core.scripts, &scope))
        } else {
            evaluate(&self.core.scripts, &scope)
        };
        slow.store(started.elapsed() > SLOW, Ordering::Relaxed);
        result.map_err(|error| script_error(&error))
    }

    // ---- waits, calls, answers ----

    fn start_wait(
        &mut self,
        at: &At,
        fields: Result<Value, StepError>,
        callback: bool,
        known: Option<StepMemory>,
    ) -> Result<(), Stop> {
        let until = match known.and_then(|known| known.waiting) {
            Some((until, _)) => until,
            None => match fields.and_then(|fields| self.wait_until(&fields, callback)) {
                Ok(until) => {
                    let event = Event::Waiting { step: self.run.step_id(at), until, callback, at: self.now() };
                    self.record(event);
                    until
                }
                Err(error) => return self.fail(at, error),
            },
        };
        if callback {
            let token = keys::callback_token(&self.core.options.callback_key, self.row.id, &self.run.step_id(at));
            self.notes.input(at, &Data::from(json!({"callback": format!("/hooks/resume/{token}")})));
        }
        self.sleep(at, until, What::Wait { callback });
        Ok(())
    }

    fn wait_until(&self, fields: &Value, callback: bool) -> Result<Option<Ms>, StepError> {
        let invalid = |message: String| StepError {
            code: "E0504".into(),
            message,
            advice: "Give a length of time such as 10m, or a time such as 2026-11-23T09:00:00+07:00.".into(),
        };
        let span = |name: &str| span_of(fields.get(name)).map_err(&invalid);
        let after = |span| self.now().saturating_add(ms(span));
        if callback {
            return Ok(span("timeout")?.map(after));
        }
        if let Some(length) = span("for")? {
            return Ok(Some(after(length)));
        }
        match fields.get("until") {
            Some(Value::String(text)) => {
                let time = chrono::DateTime::parse_from_rfc3339(text).map_err(|_| invalid(format!("\"{text}\" is not a time")))?;
                Ok(Some(time.timestamp_millis()))
            }
            Some(Value::Number(time)) if time.is_i64() => Ok(time.as_i64()),
            _ => Err(invalid("the wait says neither how long nor until when".into())),
        }
    }

    fn sleep(&mut self, at: &At, until: Option<Ms>, what: What) {
        let state = match what {
            What::Retry => StepState::Retrying,
            What::Ask => StepState::Unknown,
            What::Wait { .. } | What::Child { .. } => StepState::Waiting,
        };
        self.notes.state(at, state, until);
        self.sleepers.add(Sleeper { at: at.clone(), until, what });
    }

    async fn wake(&mut self, sleeper: Sleeper) -> Result<(), Stop> {
        match sleeper.what {
            What::Retry => self.launch(sleeper.at).await,
            What::Wait { callback } => {
                let port = if callback { "timeout" } else { Port::OUT };
                self.conclude(&sleeper.at, port, Value::Null)
            }
            What::Ask | What::Child { .. } => Ok(()),
        }
    }

    /// Records an outcome that cannot be computed again, and goes on with it.
    fn conclude(&mut self, at: &At, port: &str, output: Value) -> Result<(), Stop> {
        let step = self.run.step_id(at);
        self.record(Event::Done { step, port: Port::from(port), output: output.clone(), at: self.now() });
        self.complete(at, port, Data::from(output))
    }

    fn start_call(&mut self, at: &At, fields: Result<Value, StepError>, known: Option<StepMemory>) -> Result<(), Stop> {
        let fields = match fields {
            Ok(fields) => fields,
            Err(error) => return self.fail(at, error),
        };
        if let Some(child) = known.and_then(|known| known.called) {
            self.await_child(at, child);
            return Ok(());
        }
        let (core, step) = (self.core.clone(), self.run.step_id(at));
        let parent = (self.row.id, step.to_string());
        let delivery = format!("call:{}:{step}", self.row.lineage);
        let at = at.clone();
        self.flying.push(Box::pin(async move {
            let child = call_flow(&core, &fields, parent, delivery).await;
            Landed::Called(at, child)
        }));
        Ok(())
    }

    /// Waits for another run's end, which may have come already.
    fn await_child(&mut self, at: &At, child: RunId) {
        self.sleep(at, None, What::Child { run: child });
        let (core, at) = (self.core.clone(), at.clone());
        self.flying.push(Box::pin(async move {
            let ended = core.ended(child).await.ok().flatten();
            Landed::Child(at, ended)
        }));
    }

    fn respond(&mut self, at: &At, fields: Value) -> Result<(), Stop> {
        let body = fields.get("body").cloned().unwrap_or(Value::Null);
        let status = fields.get("status").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok());
        let headers = fields.get("headers").and_then(Value::as_object).into_iter().flatten();
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let headers = headers.map(|(name, value)| (name.clone(), text(value))).collect();
        let body = Data::from(body);
        if let Some(answer) = self.answer.take() {
            let mut out = Vec::new();
            body.write_text(&mut out);
            // Whoever asked may have gone; the run goes on.
            answer.send(Answer { status: status.unwrap_or(200), headers, body: out.into() }).ok();
        }
        self.result = Some(body.clone());
        self.complete(at, Port::OUT, body)
    }

    // ---- effects ----

    async fn start_effect(&mut self, at: At, work: &ActionWork, fields: Data, known: Option<StepMemory>) -> Result<(), Stop> {
        self.notes.input(&at, &fields);
        if self.flow.is_shadow() {
            let example = work.action.spec().example_output;
            return self.complete(&at, Port::OUT, Data::from(json!({"shadow": true, "example": example})));
        }
        let rule = work.action.effect(fields.value());
        let key = keys::effect(self.row.lineage, &self.run.step_id(&at));
        if let Some(step) = self.notes.step(&at) {
            step.effect = Some(EffectDoc { key: key.clone(), rule });
        }
        self.recall(&at, known.as_ref());
        let known = known.unwrap_or_default();
        let unknown = known.is_unknown() && rule != EffectRule::Read;
        let effect = Effect { fields, key, rule, attempt: known.tries(), unknown };
        self.effects.insert(at.clone(), effect);
        match (&known.failure, unknown) {
            (_, true) if rule == EffectRule::Ask => {
                self.sleep(&at, None, What::Ask);
                Ok(())
            }
            (_, true) if rule == EffectRule::Probe => {
                let sent_at = known.attempts.last().map_or(0, |attempt| attempt.ended_at.unwrap_or(attempt.started_at));
                let settled = sent_at.saturating_add(ms(effect::settle(&self.core, work)));
                let retry_at = known.failure.and_then(|failure| failure.retry_at).unwrap_or(0);
                self.sleep(&at, Some(settled.max(retry_at)), What::Retry);
                Ok(())
            }
            (Some(Failure { retry_at: Some(retry_at), .. }), _) => {
                self.sleep(&at, Some(*retry_at), What::Retry);
                Ok(())
            }
            (Some(failure), false) => self.fail(&at, failure.error.clone()),
            _ => self.launch(at).await,
        }
    }

    fn work(flow: &Flow, at: &At) -> Option<usize> {
        matches!(flow.nodes[at.node], Work::Action(_)).then_some(at.node)
    }

    /// Sends an effect: first its intent to the disk, then the call.
    async fn launch(&mut self, at: At) -> Result<(), Stop> {
        if self.run.is_halted(&at) {
            return self.abandon(&at);
        }
        let step = self.run.step_id(&at);
        let now = self.now();
        let (Some(node), Some(effect)) = (Self::work(&self.flow, &at), self.effects.get_mut(&at)) else {
            return Ok(());
        };
        effect.attempt += 1;
        let effect = effect.clone();
        let intent = Event::Intent { step, attempt: effect.attempt, at: now };
        self.memory.apply(intent.clone());
        self.notes.state(&at, StepState::Running, None);
        let ticket = match effect.rule {
            EffectRule::Read => None,
            _ => {
                self.push_record(&intent);
                self.flush_ticket().await
            }
        };
        let (core, flow) = (self.core.clone(), self.flow.clone());
        self.flying.push(Box::pin(async move {
            let Work::Action(work) = &flow.nodes[node] else { return Landed::Child(at, None) };
            let timeout = work.timeout.unwrap_or(model::Span::from_ms(core.options.step_timeout.as_millis() as u64));
            if let Some(ticket) = ticket && ticket.on_disk().await.is_err() {
                // The store is down: nothing may be sent whose intent is not on disk. The process is about to end.
                return std::future::pending().await;
            }
            let result = effect::attempt(&core, work, &effect, timeout).await;
            Landed::Effect(at, result)
        }));
        Ok(())
    }

    async fn land(&mut self, landed: Landed) -> Result<(), Stop> {
        match landed {
            Landed::Effect(at, Ok(output)) => self.conclude(&at, Port::OUT, output),
            Landed::Effect(at, Err(error)) => self.effect_failed(at, &error),
            Landed::Called(at, Ok(child)) => {
                self.record(Event::Called { step: self.run.step_id(&at), run: child, at: self.now() });
                self.await_child(&at, child);
                Ok(())
            }
            Landed::Called(at, Err(error)) => self.fail(&at, error),
            Landed::Child(at, Some((port, output))) => match self.sleepers.take(|sleeper| sleeper.at == at) {
                Some(_) => self.child_ended(&at, &port, output),
                None => Ok(()),
            },
            Landed::Child(_, None) => Ok(()),
        }
    }

    fn effect_failed(&mut self, at: At, error: &connector::Error) -> Result<(), Stop> {
        let flow = self.flow.clone();
        let (Work::Action(work), Some(effect)) = (&flow.nodes[at.node], self.effects.get_mut(&at)) else {
            return Ok(());
        };
        let said = effect::step_error(error);
        // A failed question about an unknown effect leaves it unknown.
        effect.unknown |= error.may_have_happened() && effect.rule != EffectRule::Read;
        let (attempt, unknown, rule) = (effect.attempt, effect.unknown, effect.rule);
        let asks = unknown && rule == EffectRule::Ask;
        let asked = match error.retry() {
            connector::Retry::Never => None,
            connector::Retry::Backoff => Some(None),
            connector::Retry::After(after) => Some(Some(after)),
        };
        let dice = run::retry::dice(self.row.id, self.run.step_id(&at).node.as_str(), attempt);
        let settle = if unknown && rule == EffectRule::Probe { effect::settle(&self.core, work) } else { model::Span::default() };
        let wait = asked.filter(|_| !asks).and_then(|asked| run::retry::wait_after(&work.retry, attempt, asked, dice));
        let retry_at = wait.map(|wait| self.now().saturating_add(ms(wait.max(settle))));
        let failure = Failure { attempt, error: said.clone(), unknown, retry_at };
        self.record(Event::Failed { step: self.run.step_id(&at), failure, at: self.now() });
        let known = self.memory.step(&self.run.step_id(&at)).map(|known| known.attempts.clone()).unwrap_or_default();
        self.notes.attempts(&at, &known);
        match retry_at {
            Some(_) => {
                self.core.gauges.retry();
                self.sleep(&at, retry_at, What::Retry);
                Ok(())
            }
            // Tried to the end without learning whether it was done: only a person can tell.
            None if unknown && rule != EffectRule::Idempotent => {
                if let Some(step) = self.notes.step(&at) {
                    step.error = Some(said);
                }
                self.sleep(&at, None, What::Ask);
                Ok(())
            }
            None => self.fail(&at, said),
        }
    }

    fn child_ended(&mut self, at: &At, port: &Port, output: Value) -> Result<(), Stop> {
        if port.as_str() == Port::ERROR {
            let text = |name: &str| output.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            let error = StepError { code: text("code"), message: text("message"), advice: text("advice") };
            return self.fail(at, error);
        }
        self.conclude(at, port.as_str(), output)
    }

    // ---- words from outside ----

    async fn hear(&mut self, signal: Signal) -> Result<(), Stop> {
        match signal {
            Signal::Cancel => {
                let step = run::StepId::new(self.trigger.clone(), Vec::new());
                let error = StepError { code: CANCELLED.into(), message: "cancelled".into(), advice: String::new() };
                self.give_up(Outcome::Failed(step, error));
                Ok(())
            }
            Signal::Callback { node, item, payload, heard } => self.called_back(node, item, payload, heard).await,
            Signal::ChildEnded { child, port, output } => {
                let waits = |sleeper: &Sleeper| sleeper.what == What::Child { run: child };
                match self.sleepers.take(waits) {
                    Some(sleeper) => self.child_ended(&sleeper.at, &port, output),
                    None => Ok(()),
                }
            }
            Signal::Decide { node, item, decision, heard } => self.decided(&node, &item, decision, heard).await,
            Signal::Inspect(answer) => {
                let mut notes = self.notes.clone();
                notes.edges = self.run.edge_counts().to_vec();
                answer.send(notes).ok();
                Ok(())
            }
        }
    }

    /// A callback may come before the wait is reached: it is remembered until then.
    async fn called_back(
        &mut self,
        node: NodeId,
        item: Vec<u32>,
        payload: Value,
        heard: oneshot::Sender<bool>,
    ) -> Result<(), Stop> {
        let step = run::StepId::new(node, item);
        let first = self.memory.step(&step).is_none_or(|known| known.outcome.is_none());
        if first {
            self.record(Event::Done { step: step.clone(), port: Port::out(), output: payload.clone(), at: self.now() });
        }
        let on_disk = self.flush_ticket().await;
        if let Some(on_disk) = on_disk {
            on_disk.on_disk().await.map_err(|_| Stop)?;
        }
        heard.send(first).ok();
        let waits = |sleeper: &Sleeper| self.run.step_id(&sleeper.at) == step && matches!(sleeper.what, What::Wait { .. });
        match self.sleepers.take(waits).filter(|_| first) {
            Some(sleeper) => self.complete(&sleeper.at, Port::OUT, Data::from(payload)),
            None => Ok(()),
        }
    }

    async fn decided(
        &mut self,
        node: &NodeId,
        item: &[u32],
        decision: Verdict,
        heard: oneshot::Sender<bool>,
    ) -> Result<(), Stop> {
        // A run that was parked has to walk to the step first.
        let asks = |task: &Self, sleeper: &Sleeper| {
            sleeper.what == What::Ask && task.run.plan().id(sleeper.at.node) == node && sleeper.at.item == item
        };
        while let Some(next) = self.todo.pop_front() {
            match next {
                Decision::Start(at, input) => Box::pin(self.start(at, input)).await?,
                finish @ Decision::Finish(_) => {
                    self.todo.push_front(finish);
                    break;
                }
            }
        }
        let mut sleepers = std::mem::take(&mut self.sleepers);
        let found = sleepers.take(|sleeper| asks(self, sleeper));
        self.sleepers = sleepers;
        heard.send(found.is_some()).ok();
        let Some(Sleeper { at, .. }) = found else { return Ok(()) };
        match decision {
            Verdict::Done(output) => self.conclude(&at, Port::OUT, output),
            Verdict::SendAgain => {
                self.record(Event::SendAgain { step: self.run.step_id(&at), at: self.now() });
                if let Some(effect) = self.effects.get_mut(&at) {
                    effect.unknown = false;
                }
                self.launch(at).await
            }
            Verdict::Fail => {
                let known = self.memory.step(&self.run.step_id(&at));
                let said = known.and_then(|known| known.failure.as_ref()).map(|failure| failure.error.clone());
                let error = said.unwrap_or_else(|| self.defect("given up by a person; the outcome is unknown"));
                self.fail(&at, error)
            }
        }
    }

    // ---- the journal ----

    /// Notes an event in memory and for the journal.
    fn record(&mut self, event: Event) {
        self.push_record(&event);
        self.memory.apply(event);
    }

    fn push_record(&mut self, event: &Event) {
        let text = serde_json::to_vec(event).unwrap_or_default();
        let record = Record { run: self.row.id, seq: self.seq, at: self.now(), body: codec::encode(&text) };
        self.seq += 1;
        self.pending.push(record);
    }

    async fn flush_ticket(&mut self) -> Option<Ticket> {
        if self.pending.is_empty() {
            return None;
        }
        let records = std::mem::take(&mut self.pending);
        Some(self.core.writer.send(Write { records, ..Write::default() }).await)
    }

    /// Hands the records to the writer without waiting for the disk: nothing outside depends on them yet.
    async fn flush(&mut self) {
        drop(self.flush_ticket().await);
    }

    /// When a run only waits, and for longer than it pays to keep it, the time it is to be called back.
    fn may_park(&self) -> Option<Ms> {
        if self.sleepers.is_empty() || !self.todo.is_empty() || self.answer.is_some() {
            return None;
        }
        let wake = self.sleepers.next().unwrap_or(Ms::MAX).min(self.row.deadline);
        let patience = Ms::try_from(self.core.options.park_after.as_millis()).unwrap_or(Ms::MAX);
        (wake.saturating_sub(self.now()) > patience).then_some(wake)
    }

    async fn park(&mut self, wake_at: Ms) -> Result<Left, Stop> {
        let records = std::mem::take(&mut self.pending);
        let write = Write { records, park: Some((self.row.id, wake_at)), ..Write::default() };
        self.core.writer.send(write).await.on_disk().await.map_err(|_| Stop)?;
        let state = self.sleepers.state();
        let parked = Parked { flow: self.row.flow, version: self.row.version, lane: self.row.lane, state };
        self.core.tell(Changed { run: self.row.id, flow: self.row.flow });
        Ok(Left::Parked(wake_at, parked))
    }

    // ---- the end ----

    async fn finish(&mut self, outcome: Outcome) -> Result<Left, Stop> {
        let now = self.now();
        self.notes.close(now);
        let (status, failure) = match &outcome {
            Outcome::Done => (Status::Done, None),
            Outcome::Failed(_, error) if error.code == CANCELLED => (Status::Cancelled, None),
            Outcome::Failed(step, error) => (Status::Failed, Some((step.clone(), error.clone()))),
        };
        if let Some((step, error)) = &failure {
            self.start_error_flow(step, error).await;
        }
        let finish = Finish {
            run: self.row.clone(),
            status,
            finished_at: now,
            steps: self.run.steps(),
            error_node: failure.as_ref().map(|(step, _)| step.node.clone()),
            error_code: failure.as_ref().map(|(_, error)| error.code.clone()),
            error: failure.as_ref().map(|(_, error)| error.message.clone()),
            doc: self.doc(status).encode(),
        };
        let write = Write { finish: Some(finish), ..Write::default() };
        self.core.writer.send(write).await.on_disk().await.map_err(|_| Stop)?;
        self.core.gauges.ended(status);
        self.core.tell(Changed { run: self.row.id, flow: self.row.flow });
        self.tell_whoever_waits(failure.map(|(_, error)| error)).await;
        Ok(Left::Ended)
    }

    fn doc(&mut self, status: Status) -> Doc<Data> {
        let events = match status {
            Status::Done => Vec::new(),
            Status::Failed | Status::Cancelled => crate::engine::kept_events(&self.memory),
        };
        Doc {
            steps: std::mem::take(&mut self.notes.steps),
            edges: self.run.edge_counts().to_vec(),
            truncated: self.notes.truncated,
            result: self.row.parent.is_some().then(|| self.result.clone()).flatten(),
            events,
        }
    }

    /// Tells the request that waits for an answer, or the run that called this one.
    async fn tell_whoever_waits(&mut self, failure: Option<StepError>) {
        if let (Some(answer), Some(error)) = (self.answer.take(), &failure) {
            let body = json!({"code": error.code, "message": error.message, "run": self.row.id.to_string()});
            let body = serde_json::to_vec(&body).unwrap_or_default().into();
            answer.send(Answer { status: 500, headers: Vec::new(), body }).ok();
        }
        if let Some((parent, _)) = self.row.parent {
            let (port, output) = child_outcome(failure.as_ref(), self.result.take().map(Data::into_value));
            self.core.signal(parent, Signal::ChildEnded { child: self.row.id, port, output }).await.ok();
        }
    }

    /// Starts the flow that takes this flow's errors. It is on disk before this run's end is, and once only.
    async fn start_error_flow(&mut self, step: &run::StepId, error: &StepError) {
        let Some(deployed) = self.flow.on_error().and_then(|id| self.core.flows.get(id)) else { return };
        let Some(trigger) = deployed.flow.trigger(None, "core/called") else { return };
        let input = json!({
            "flow": self.flow.id, "run": self.row.id.to_string(), "key": self.row.key, "node": step.node, "item": step.item,
            "error": {"code": error.code, "message": error.message, "advice": error.advice},
            "trigger": self.data.value(),
        });
        let delivery = Some(format!("error:{}", self.row.id));
        let arrival = door::Arrival::of(&deployed.flow, trigger, delivery, input);
        if let Err(error) = door::accept(&self.core, arrival, None).await {
            tracing::warn!(run = self.row.id, %error, "the error flow could not be started");
        }
    }

    fn defect(&self, message: &str) -> StepError {
        StepError { code: "E0501".into(), message: message.into(), advice: "Retry the run, or publish the flow again.".into() }
    }
}

/// Marks a run's outcome as somebody's wish, not a failure. Never stored.
const CANCELLED: &str = "cancelled";

/// On which port a called run's end arrives at its caller, and with what.
pub(crate) fn child_outcome(failure: Option<&StepError>, result: Option<Value>) -> (Port, Value) {
    match failure {
        None => (Port::out(), result.unwrap_or(Value::Null)),
        Some(StepError { code, message, advice }) => {
            (Port::error(), json!({"code": code, "message": message, "advice": advice}))
        }
    }
}

/// Starts another flow with this step as its parent.
async fn call_flow(core: &Arc<Core>, fields: &Value, parent: (RunId, String), delivery: String) -> Result<RunId, StepError> {
    let failed = |message: String, advice: &str| StepError { code: "E0505".into(), message, advice: advice.into() };
    let id = fields.get("flow").and_then(Value::as_str).unwrap_or_default();
    let deployed = core.flows.get(&id.into());
    let deployed = deployed.ok_or_else(|| failed(format!("there is no flow {id} to call"), "Publish that flow, or choose another."))?;
    let trigger = deployed.flow.trigger(None, "core/called");
    let trigger = trigger.ok_or_else(|| failed(format!("the flow {id} has no trigger to be called at"), "Add a core/called trigger to it."))?;
    let input = fields.get("input").cloned().unwrap_or(Value::Null);
    let mut arrival = door::Arrival::of(&deployed.flow, trigger, Some(delivery), input);
    arrival.parent = Some(parent);
    let received = door::accept(core, arrival, None).await;
    received.map(|received| received.run).map_err(|error| failed(error.to_string(), "Retry the run."))
}

/// What a script sees of other nodes: their outputs, from where its step stands.
struct Seen<'a> {
    run: &'a Run,
    at: &'a At,
}

impl Nodes for Seen<'_> {
    fn get(&self, id: &str) -> Option<Arc<Value>> {
        self.run.output(self.at, id).map(|data| data.shared())
    }
}

fn can_step_aside() -> bool {
    use tokio::runtime::{Handle, RuntimeFlavor};
    Handle::try_current().is_ok_and(|handle| handle.runtime_flavor() != RuntimeFlavor::CurrentThread)
}

fn script_error(error: &script::Error) -> StepError {
    let message = error.to_string();
    StepError { code: error.code().into(), message, advice: "Open the node and correct its script or expression.".into() }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a map",
    }
}
