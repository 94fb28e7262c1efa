//! One step after the other: what each kind of node does when its turn comes.

use super::{Landed, Stop, Task};
use crate::big::{Batch, Feed, Format, Packing, Reading, Shown, into_blob, no_text, too_large};
use crate::codes;
use crate::flow::Work;
use model::{NodeId, Port, Span, Value};
use run::doc::{EditedDoc, LoopDoc, StepError, StepState};
use run::{At, Data, Edited, Event, Failure, Items, Outcome, Run, StepId, StepMemory};
use script::{Nodes, Of, Place, References, Scope, Seen, Template, Until, Which};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// A node whose script took longer than this is computed aside the next time, so that it holds up nobody.
///
/// Not shorter: on a busy machine a script of microseconds may be off the processor for some milliseconds, and stepping
/// aside costs a thread with an interpreter of its own.
const SLOW: Duration = Duration::from_millis(20);

/// How many steps a run that holds too much is told of.
const HOLDERS_NAMED: usize = 3;

/// The port of a for-each that its results go out on.
const LOOP_DONE: &str = "done";

impl Task {
    pub(super) async fn start(&mut self, at: At, input: Data) -> Result<(), Stop> {
        let known =
            if self.memory.is_empty() { None } else { self.memory.step(&self.run.step_id(&at)).cloned() };
        let pure = self.flow.nodes[at.node].is_pure();
        match &known {
            Some(known) => self.walk_again(known.begun_at),
            // Had it begun before the restart, the journal would say so.
            None if !pure => self.then = None,
            None => {}
        }
        let begun = self.noted_at();
        // What the first steps of a body got is nobody's output.
        if self.notes.begin(&self.run, &at, begun) && self.flow.plan.takes_item(at.node) {
            self.notes.input(&at, &input);
        }
        if self.run.is_halted(&at) {
            return self.abandon(&at);
        }
        if let Some(known) = known.as_ref().filter(|_| !pure) {
            self.walk_again(known.ended_at());
        }
        if let Some((port, output)) = known.as_ref().and_then(|known| known.outcome.clone()) {
            self.recall(&at, known.as_ref());
            return self.complete(&at, port.as_str(), Data::from(output));
        }
        // An effect's failure may be one that is tried again.
        let failed = known.as_ref().and_then(|known| known.failure.as_ref());
        if let (Some(failure), false) = (failed, matches!(self.flow.nodes[at.node], Work::Action(_))) {
            return self.fail(&at, failure.error.clone());
        }
        self.perform(at, input, known).await
    }

    /// What the node does with its input.
    async fn perform(&mut self, at: At, input: Data, known: Option<StepMemory>) -> Result<(), Stop> {
        let flow = self.flow.clone();
        let edited = known.as_ref().and_then(|known| known.edited.clone());
        // What a person said yes to is what they saw, whatever the expressions would give by now.
        let proposed = || known.as_ref().and_then(|known| known.proposed.clone());
        let changed = edited.map(|edited| self.note_edit(&at, edited)).or_else(proposed);
        let input = match &flow.nodes[at.node] {
            Work::Action(work) => {
                let fields = changed.map_or_else(|| self.render(&at, &input, &work.fields), Ok);
                return match fields {
                    Ok(fields) => self.start_effect(at, work, fields, known).await,
                    Err(error) => self.fail(&at, error),
                };
            }
            _ => changed.map_or(input, Data::from),
        };
        match &flow.nodes[at.node] {
            Work::Trigger | Work::Pass => self.complete(&at, Port::OUT, input),
            Work::Script(script) => {
                let result = self.eval(&at, &input, |scripts, scope| scripts.run(script, scope));
                self.settle_pure(&at, Port::OUT, result)
            }
            Work::Set(template) => {
                let result = self.render(&at, &input, template);
                self.settle_pure(&at, Port::OUT, result)
            }
            Work::Map(mapping) => self.map(at, input, mapping, References::default()),
            Work::Switch(cases) => self.switch(&at, input, cases),
            Work::Filter(when) => match self.holds(&at, &input, when) {
                Ok(true) => self.complete(&at, Port::OUT, input),
                Ok(false) => self.complete(&at, "else", input),
                Err(error) => self.fail(&at, error),
            },
            Work::ForEach { items, reading, parallel, rule } => {
                match self.list(&at, &input, items, reading) {
                    Ok(items) => {
                        let gather = Box::new(Packing::new(self.room.clone()));
                        let opened = self.run.open_loop(&at, items, gather, *rule, *parallel);
                        self.follow(opened);
                        Ok(())
                    }
                    Err(error) => self.fail(&at, error),
                }
            }
            Work::Wait { fields, callback } => {
                let fields = self.render(&at, &input, fields);
                self.start_wait(&at, fields, *callback, known)
            }
            Work::Call { fields } => {
                let fields = self.render(&at, &input, fields);
                self.start_call(&at, fields, &input, known)
            }
            Work::Respond { fields } => match self.render(&at, &input, fields) {
                Ok(fields) => self.respond(&at, fields, input),
                Err(error) => self.fail(&at, error),
            },
            // Done above.
            Work::Action(_) => Ok(()),
        }
    }

    /// Notes that a person changed what the step gets; gives that.
    fn note_edit(&mut self, at: &At, edited: Edited) -> Value {
        let Edited { input, by, at: when } = edited;
        self.notes.input(at, &Data::from(input.clone()));
        if let Some(step) = self.notes.step(at) {
            step.edited = Some(EditedDoc { by, at: when });
        }
        input
    }

    /// Notes what the journal knows of a step's attempts.
    pub(super) fn recall(&mut self, at: &At, known: Option<&StepMemory>) {
        if let Some(known) = known {
            self.notes.attempts(at, &known.attempts);
        }
    }

    pub(super) fn settle_pure(
        &mut self,
        at: &At,
        port: &str,
        result: Result<Value, StepError>,
    ) -> Result<(), Stop> {
        match result {
            Ok(value) => self.complete(at, port, Data::from(value).compact()),
            Err(error) => self.fail(at, error),
        }
    }

    pub(super) fn switch(
        &mut self,
        at: &At,
        input: Data,
        cases: &[(String, Arc<Template>)],
    ) -> Result<(), Stop> {
        for (port, when) in cases {
            match self.holds(at, &input, when) {
                Ok(true) => return self.complete(at, port, input),
                Ok(false) => {}
                Err(error) => return self.fail(at, error),
            }
        }
        self.complete(at, "else", input)
    }

    pub(super) fn holds(&mut self, at: &At, input: &Data, when: &Template) -> Result<bool, StepError> {
        match self.render(at, input, when)? {
            Value::Bool(holds) => Ok(holds),
            other => Err(codes::error(
                codes::CONDITION,
                format!("the condition gives {}, not true or false", kind_of(&other)),
                "Compare something, such as ${input.total > 1000}.",
            )),
        }
    }

    pub(super) fn complete(&mut self, at: &At, port: &str, data: Data) -> Result<(), Stop> {
        let now = self.noted_at();
        self.notes.done(at, port, &data, now);
        self.effects.remove(at);
        let next = self.run.complete(at, port, data);
        self.follow(next);
        self.check_room();
        Ok(())
    }

    /// What a for-each goes through. A plain path leads to it without a copy, however long the list is.
    fn list(
        &mut self,
        at: &At,
        input: &Data,
        items: &Template,
        reading: &Reading,
    ) -> Result<Items, StepError> {
        let of = |place: &Place| match &place.of {
            Of::Input => Some(input.clone()),
            Of::Trigger => Some(self.data.clone()),
            Of::Item => self.run.item(at).map(|(item, _)| item),
            Of::Node(id) => self.run.output(at, id),
        };
        let place = items.place();
        let found = place.as_ref().and_then(|place| Some((of(place)?, &place.members)));
        if let Some((blob, path)) = found.as_ref().and_then(|(of, members)| into_blob(of, members)) {
            return self.fed(at, &blob, &path, reading);
        }
        let list = match found.and_then(|(of, members)| of.walk(members)) {
            Some(list) => list,
            None => Data::from(self.render(at, input, items)?),
        };
        if reading.format != Format::Auto {
            return self.fed(at, &list, &[], reading);
        }
        // The same table is gone through in the same way, however long it is.
        if place.is_some_and(|place| self.is_body(&place, &list))
            && let Some(reading) = self.content_type().and_then(|said| reading.of_sent(&said))
        {
            return self.fed(at, &list, &[], &reading);
        }
        list.elements().map(Items::Here).ok_or_else(too_large)
    }

    fn is_body(&self, place: &Place, found: &Data) -> bool {
        place.of == Of::Trigger && place.members == ["body"] || found.is(&self.body)
    }

    /// Of what the trigger received.
    fn content_type(&self) -> Option<String> {
        let said = self.data.walk(&["headers", "content-type"])?;
        said.value().as_str().map(str::to_owned)
    }

    /// Elements that are read while the for-each goes on.
    fn fed(&mut self, at: &At, text: &Data, path: &[String], reading: &Reading) -> Result<Items, StepError> {
        let feed = Feed::of(&self.core, reading, text, path).unwrap_or_else(|| Err(no_text(text)))?;
        self.feeds.insert(at.clone(), feed);
        Ok(Items::Fed)
    }

    /// A for-each wants more elements than it has.
    pub(super) fn read_on(&mut self, at: At) {
        if let Some(mut feed) = self.feeds.remove(&at) {
            self.reading += 1;
            self.flying.push(Box::pin(async move {
                let batch = feed.next().await;
                Landed::Fed(at, Box::new(feed), batch)
            }));
        }
    }

    pub(super) fn feed(&mut self, at: At, feed: Feed, batch: Result<Batch, StepError>) -> Result<(), Stop> {
        self.reading -= 1;
        let next = match batch {
            Ok(Batch { items, last }) => {
                crate::failpoint::reach("items.fed");
                if !last {
                    self.feeds.insert(at.clone(), feed);
                }
                self.run.feed(&at, items, last)
            }
            Err(error) => self.run.starve(&at, error),
        };
        self.follow(next);
        self.check_room();
        Ok(())
    }

    /// A run that holds more than it may is ended, so that the others have room.
    pub(super) fn check_room(&mut self) {
        let held = self.run.held();
        if held <= self.room.memory_max || self.cancelled {
            return;
        }
        let holders = self.run.holders(HOLDERS_NAMED);
        let error = self.room.overfull(held, &holders);
        let step = holders.into_iter().next().map(|(step, _)| step);
        let step = step.unwrap_or_else(|| StepId::new(self.trigger.clone(), Vec::new()));
        self.notes.blame(&step, &error, self.noted_at());
        self.give_up(Outcome::Failed(step, error));
    }

    /// A merge's way is kept, so that it goes on with the same branch after a restart. It goes to the disk with whatever
    /// is written next: before that, nobody outside has seen what follows from it.
    pub(super) fn choose(&mut self, at: &At, from: NodeId) {
        let step = self.run.step_id(at);
        self.record(Event::Chose { step, from, at: self.now() });
    }

    /// A for-each ends with its last item, not by a step of its own.
    pub(super) fn note_loop(&mut self, at: &At, items: LoopDoc, outcome: &Result<Data, StepError>) {
        let now = self.noted_at();
        self.notes.items(at, items);
        match outcome {
            Ok(results) => self.notes.done(at, LOOP_DONE, results, now),
            Err(error) => self.notes.failed(&self.run, at, error, now),
        }
    }

    pub(super) fn fail(&mut self, at: &At, error: StepError) -> Result<(), Stop> {
        let now = self.noted_at();
        self.notes.failed(&self.run, at, &error, now);
        self.effects.remove(at);
        // A script that the run's own end stopped: no way out of the step leads on.
        if error.code == codes::RUN_TIMEOUT && !matches!(self.flow.nodes[at.node], Work::Call { .. }) {
            self.give_up(Outcome::Failed(self.run.step_id(at), error));
            return Ok(());
        }
        self.note_failure(at, &error);
        let next = self.run.fail(at, error);
        self.follow(next);
        self.drop_halted_sleepers();
        Ok(())
    }

    /// Where a step might end otherwise when it is computed again, such as on a day when the machine is less busy, or when
    /// somebody has added a cross-reference, it is kept how it ended. It goes to the disk with whatever is written next, as a merge's way does.
    fn note_failure(&mut self, at: &At, error: &StepError) {
        let step = self.run.step_id(at);
        let known = self.memory.step(&step).is_some_and(|known| known.failure.is_some());
        let reads = matches!(&self.flow.nodes[at.node], Work::Map(mapping) if mapping.refers());
        if (codes::may_pass(&error.code) || reads) && !known {
            let failure = Failure::before_any_attempt(error.clone());
            self.record(Event::Failed { step, failure, at: self.now() });
        }
    }

    pub(super) fn abandon(&mut self, at: &At) -> Result<(), Stop> {
        self.notes.state(at, StepState::Cancelled, None);
        let next = self.run.abandon(at);
        self.follow(next);
        Ok(())
    }

    /// Steps that only wait need not be waited for in a scope that has failed.
    pub(super) fn drop_halted_sleepers(&mut self) {
        while let Some(sleeper) = self.sleepers.take(|sleeper| self.run.is_halted(&sleeper.at)) {
            self.leave_gate(&sleeper);
            self.abandon(&sleeper.at).ok();
        }
    }

    fn render(&self, at: &At, input: &Data, fields: &Template) -> Result<Value, StepError> {
        self.eval(at, input, |scripts, scope| scripts.render(fields, scope))
    }

    /// Evaluates a script or a node's fields, aside from the other runs where it is known to be slow.
    pub(super) fn eval<T: Send>(
        &self,
        at: &At,
        input: &Data,
        evaluate: impl FnOnce(&script::Engine, &Scope<'_>) -> Result<T, script::Error> + Send,
    ) -> Result<T, StepError> {
        let item = self.run.item(at);
        let vars = self.core.connections.vars();
        let seen = Outputs { run: &self.run, at };
        let (input, trigger) = (Shown(input.clone()), Shown(self.data.clone()));
        let index = item.as_ref().map(|(_, index)| u64::from(*index));
        let item = item.map(|(item, _)| Shown(item));
        let left = Span::from_ms(u64::try_from(self.row.deadline.saturating_sub(self.now())).unwrap_or(0));
        let own = self.flow.timeout(at.node);
        let within = own.map_or(left, |own| own.min(left));
        let until = Until { within: Duration::from_millis(within.as_ms()), stopped: self.stopped.clone() };
        let scope = Scope {
            input: &input,
            trigger: &trigger,
            nodes: &seen,
            item: item.as_ref().map(|item| item as &dyn Seen),
            index,
            vars: &vars,
            run: &self.info,
            until: Some(&until),
        };
        let slow = &self.flow.slow[at.node];
        let started = Instant::now();
        let result = if slow.load(Ordering::Relaxed) && can_step_aside() {
            tokio::task::block_in_place(|| evaluate(&self.core.scripts, &scope))
        } else {
            evaluate(&self.core.scripts, &scope)
        };
        let took = started.elapsed();
        slow.store(took > SLOW, Ordering::Relaxed);
        // An action's own time is that of its attempts.
        if !matches!(self.flow.nodes[at.node], Work::Action(_)) {
            self.core.gauges.evaluated(&self.flow, at.node, took);
        }
        result.map_err(|error| {
            self.core.gauges.script_failed(&error);
            // Which of three ends came first: the run's, the step's, or the one that all scripts have.
            match (error.limited_by(), own) {
                (Some(Which::Wall), _) if until.within > self.core.scripts.limits().wall => {
                    script_error(&error)
                }
                (Some(Which::Wall), Some(own)) if own < left => step_timed_out(own),
                (Some(Which::Wall), _) => self.timed_out(),
                _ => script_error(&error),
            }
        })
    }
}

/// What a script sees of other nodes: their outputs, from where its step stands.
struct Outputs<'a> {
    run: &'a Run,
    at: &'a At,
}

impl Nodes for Outputs<'_> {
    fn get(&self, id: &str) -> Option<Arc<dyn Seen>> {
        self.run.output(self.at, id).map(|data| Arc::new(Shown(data)) as Arc<dyn Seen>)
    }
}

fn can_step_aside() -> bool {
    use tokio::runtime::{Handle, RuntimeFlavor};
    Handle::try_current().is_ok_and(|handle| handle.runtime_flavor() != RuntimeFlavor::CurrentThread)
}

fn step_timed_out(after: Span) -> StepError {
    codes::error(
        codes::STEP_TIMEOUT,
        format!("the step's script took longer than its time-out of {after}"),
        "Give the step more time, or split its work with a for-each node.",
    )
}

fn script_error(error: &script::Error) -> StepError {
    let message = error.to_string();
    StepError {
        code: error.code().into(),
        message,
        advice: error.advice().unwrap_or("Open the node and correct its script or expression.").into(),
    }
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
