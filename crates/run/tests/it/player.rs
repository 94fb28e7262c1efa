//! Plays a flow against a script of outcomes and writes down what was decided.

use model::{FlowDocument, NodeId, Specs};
use run::doc::StepError;
use run::{At, Data, Decision, LoopRule, Outcome, Plan, Run, StepId};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::fmt::Write;
use std::sync::{Arc, LazyLock};

pub static SPECS: LazyLock<Arc<Specs>> = LazyLock::new(testkit::specs);

pub fn plan(flow: FlowDocument) -> Arc<Plan> {
    Arc::new(Plan::new(Arc::new(flow), &SPECS))
}

/// Steps under way, in the order in which they were started, and what was decided so far.
pub struct Player {
    pub run: Run,
    pub open: VecDeque<(At, Data)>,
    pub log: String,
    pub ends: usize,
    /// The for-each that has asked for more items.
    pub hungry: Option<At>,
}

impl Player {
    pub fn begin(plan: Arc<Plan>, trigger: &str, body: Value) -> Self {
        Self::begin_again(plan, trigger, body, [])
    }

    /// After a restart, with what the merges went on with before.
    pub fn begin_again<const N: usize>(
        plan: Arc<Plan>,
        trigger: &str,
        body: Value,
        choices: [(StepId, NodeId); N],
    ) -> Self {
        let node = plan.find(trigger).expect("the trigger");
        let mut run = Run::new(plan);
        run.remember(choices);
        let decisions = run.begin(node, Data::from(body));
        let log = format!("{trigger}.out\n");
        let mut player = Self { run, open: VecDeque::new(), log, ends: 0, hungry: None };
        player.hear(decisions);
        player
    }

    fn hear(&mut self, decisions: Vec<Decision>) {
        for decision in decisions {
            match decision {
                Decision::Start(at, input) => {
                    writeln!(self.log, "  start {} {}", self.run.step_id(&at), input.value()).unwrap();
                    self.open.push_back((at, input));
                }
                Decision::Chose(at, from) => {
                    writeln!(self.log, "  {} goes on with {from}", self.run.step_id(&at)).unwrap();
                }
                Decision::Closed(at, items, Ok(_)) => {
                    writeln!(self.log, "  close {} {}/{}", self.run.step_id(&at), items.done, items.total)
                        .unwrap();
                }
                Decision::Closed(at, _, Err(error)) => {
                    writeln!(self.log, "  close {} {}", self.run.step_id(&at), error.message).unwrap();
                }
                Decision::Hungry(at) => {
                    writeln!(self.log, "  hungry {}", self.run.step_id(&at)).unwrap();
                    self.hungry = Some(at);
                }
                Decision::Finish(outcome) => {
                    self.ends += 1;
                    self.finish(&outcome);
                }
            }
        }
    }

    fn finish(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Done => {
                let result = self.run.result().unwrap_or_else(Data::null);
                writeln!(self.log, "  done {}", result.value())
            }
            Outcome::Failed(step, error) => writeln!(self.log, "  failed at {step}: {}", error.message),
        }
        .unwrap();
    }

    fn take(&mut self, step: &str) -> (At, Data) {
        let place = self.open.iter().position(|(at, _)| self.run.step_id(at).to_string() == step);
        let place = place.unwrap_or_else(|| panic!("{step} is not under way in\n{}", self.log));
        self.open.remove(place).expect("a step at this place")
    }

    pub fn complete(&mut self, step: &str, port: &str, value: Value) {
        let (at, _) = self.take(step);
        writeln!(self.log, "{step}.{port}").unwrap();
        let decisions = self.run.complete(&at, port, Data::from(value));
        self.hear(decisions);
    }

    pub fn fail(&mut self, step: &str) {
        let (at, _) = self.take(step);
        writeln!(self.log, "{step} fails").unwrap();
        let error = StepError { code: "E0".into(), message: format!("{step} broke"), advice: String::new() };
        let decisions = self.run.fail(&at, error);
        self.hear(decisions);
    }

    pub fn open_loop(&mut self, step: &str, parallel: u32, rule: LoopRule) {
        let (at, input) = self.take(step);
        writeln!(self.log, "{step} opens").unwrap();
        let decisions = self.run.open_loop(
            &at,
            run::Items::Here(input.elements().expect("elements at hand")),
            Box::<run::InText>::default(),
            rule,
            parallel,
        );
        self.hear(decisions);
    }

    /// Steps of a scope that has failed are given up, as the engine does.
    pub fn drop_halted(&mut self) {
        while let Some(place) = self.open.iter().position(|(at, _)| self.run.is_halted(at)) {
            let (at, _) = self.open.remove(place).expect("a step at this place");
            writeln!(self.log, "{} is given up", self.run.step_id(&at)).unwrap();
            let decisions = self.run.abandon(&at);
            self.hear(decisions);
        }
    }

    /// Opens the loop of a step whose items are to be fed.
    pub fn open_fed(&mut self, step: &str, parallel: u32) {
        let (at, _) = self.take(step);
        let gather = Box::<run::InText>::default();
        let decisions = self.run.open_loop(&at, run::Items::Fed, gather, LoopRule::Stop, parallel);
        self.hear(decisions);
    }

    pub fn feed(&mut self, items: impl IntoIterator<Item = i64>, last: bool) {
        let at = self.hungry.take().expect("it has asked");
        let items = items.into_iter().map(|n| Data::from(json!(n))).collect();
        let decisions = self.run.feed(&at, items, last);
        self.hear(decisions);
    }

    pub fn starve(&mut self, error: StepError) {
        let at = self.hungry.take().expect("it has asked");
        let decisions = self.run.starve(&at, error);
        self.hear(decisions);
    }

    /// One line of a script: `step` gives its own name, `step.port`, `step = value`, `step!` fails, `step* 2` opens a
    /// loop with two items at once, `step*! 2` one that notes failures, and `-` gives up what need not go on.
    pub fn play(&mut self, line: &str) {
        if line == "-" {
            return self.drop_halted();
        }
        if let Some(step) = line.strip_suffix('!') {
            return self.fail(step);
        }
        if let Some((step, parallel)) = line.split_once('*') {
            let (rule, parallel) = match parallel.strip_prefix('!') {
                Some(parallel) => (LoopRule::Collect, parallel),
                None => (LoopRule::Stop, parallel),
            };
            return self.open_loop(step.trim(), parallel.trim().parse().expect("how many at once"), rule);
        }
        let (step, value) = match line.split_once('=') {
            Some((step, value)) => (step.trim(), serde_json::from_str(value).expect("a value")),
            None => (line, json!(line)),
        };
        let (name, port) = match step.rsplit_once('.') {
            Some((name, port)) => (name, port),
            None => (step, "out"),
        };
        self.complete(name, port, value);
    }
}

pub fn id(player: &Player, at: &At) -> NodeId {
    player.run.plan().id(at.node).clone()
}
