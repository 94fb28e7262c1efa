//! One connection's gate: who may call now, who waits, and why.

pub use super::breaker::Turned;
use super::breaker::{Breaker, TRIAL_LEASE_MS, Verdict};
use super::budget::{Budget, Draw};
use super::line::{Line, Waiter};
use crate::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use crate::sync::{Mutex, MutexGuard};
use connector::{Connection, Error};
use model::rate::{Rate, Us};
use model::{ConnectionName, Value};
use run::doc::{BlockedDoc, BlockedWhy};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, Weak};
use store::{Drawn, FlowKey, GateRow, Ms, OpenBreaker, RunId};

/// Steps let through in one go.
const ADMIT_MAX: usize = 256;
/// How long a step that was let through may take to call: it may have to come back into memory first.
const PASS_MS: Ms = 5_000;
/// A pass that nobody came for is forgotten after this.
const PASS_KEPT_MS: Ms = 60_000;
/// Another process makes the trial: when to look what came of it.
const LOOK_AGAIN_MS: Ms = 1_000;
/// The longest wait that a target may ask for.
const ASKED_MAX_MS: Ms = 86_400_000;

pub struct Gate {
    pub name: ConnectionName,
    /// No budget, no wish to wait, no open breaker: as most connections are at most times.
    clear: AtomicBool,
    /// No failure is counted.
    calm: AtomicBool,
    /// Where the connection is in memory that `clear` was said of.
    seen: AtomicUsize,
    state: Mutex<State>,
}

struct State {
    shared: bool,
    /// Keeps the place of `seen` from being another connection's.
    connection: Weak<Connection>,
    budget: Option<Budget>,
    /// What the store has of a budget that is not made yet.
    spent_until: Us,
    held_until: Ms,
    breaker: Breaker,
    /// The trial that is due is this process's to make.
    trial: bool,
    line: Line,
    /// Steps that were called out of the line and have not come yet.
    passes: HashMap<Waiter, Pass>,
    hold_to_write: Option<Ms>,
    turn_to_write: Option<Turned>,
}

struct Pass {
    trial: bool,
    good_until: Ms,
}

/// What is to be asked of the store or written to it, before more can be let through.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    Hold(Ms),
    Turn(Turned),
    Keep(Us),
    Take(Rate, u32),
    Trial { until: Ms },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Written,
    Drawn(Drawn),
    /// Whether the trial is ours.
    Trial(bool),
}

/// What comes next at a gate.
#[derive(Debug, Default)]
pub struct Next {
    pub admitted: Vec<Waiter>,
    pub ask: Option<Ask>,
    /// When somebody in line may go on, where time alone decides that.
    pub at: Option<Ms>,
}

/// What somebody who looks at a gate sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateView {
    pub connection: ConnectionName,
    pub open: Option<OpenBreaker>,
    /// The target asked for no call before.
    pub held_until: Option<Ms>,
    /// Steps in line in this process.
    pub waiting: usize,
}

enum Through {
    Yes,
    Ask(Ask),
    At(Ms),
}

impl Gate {
    pub fn new(name: ConnectionName, shared: bool, row: Option<&GateRow>) -> Self {
        let state = State {
            shared,
            connection: Weak::new(),
            budget: None,
            spent_until: row.map_or(0, |row| row.spent_until),
            held_until: row.map_or(0, |row| row.held_until),
            breaker: Breaker::of(row.and_then(|row| row.open.clone())),
            trial: false,
            line: Line::default(),
            passes: HashMap::new(),
            hold_to_write: None,
            turn_to_write: None,
        };
        let (clear, calm) = (AtomicBool::new(false), AtomicBool::new(state.breaker.is_calm()));
        Self { name, clear, calm, seen: AtomicUsize::new(0), state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets go of the lock, and says what those who come next need not look at.
    fn release(&self, state: MutexGuard<'_, State>) {
        let is_clear = state.budget.is_none() && state.held_until == 0 && state.breaker.open.is_none();
        self.clear.store(is_clear, Ordering::Relaxed);
        self.calm.store(state.breaker.is_calm(), Ordering::Relaxed);
    }

    /// Whether a step may call now. One that may not has a place in line, unless the line is full.
    ///
    /// Gives whether the call is a trial.
    pub fn enter(
        &self,
        connection: &Arc<Connection>,
        rate: impl FnOnce() -> Option<Rate>,
        flow: FlowKey,
        waiter: impl FnOnce() -> Waiter,
        now: Ms,
    ) -> Result<bool, Blocked> {
        let place = Arc::as_ptr(connection) as usize;
        if self.seen.load(Ordering::Acquire) == place && self.clear.load(Ordering::Relaxed) {
            return Ok(false);
        }
        let mut state = self.state();
        self.meet(&mut state, connection, rate);
        let entered = state.enter(&self.name, flow, waiter(), now);
        self.release(state);
        entered
    }

    /// The connection as it is now: those in line wait by the budget that it has, not by the one that it had.
    pub fn renew(&self, connection: &Arc<Connection>, rate: impl FnOnce() -> Option<Rate>) {
        if self.seen.load(Ordering::Acquire) != Arc::as_ptr(connection) as usize {
            let mut state = self.state();
            self.meet(&mut state, connection, rate);
            self.release(state);
        }
    }

    fn meet(&self, state: &mut State, connection: &Arc<Connection>, rate: impl FnOnce() -> Option<Rate>) {
        let place = Arc::as_ptr(connection) as usize;
        if self.seen.load(Ordering::Relaxed) != place {
            // Before others see that this connection is known: until its budget is, the gate may have been clear.
            self.clear.store(false, Ordering::Relaxed);
            state.connection = Arc::downgrade(connection);
            state.set_rate(rate());
            self.seen.store(place, Ordering::Release);
        }
    }

    /// The connection is gone: nobody stands in line for it any more.
    pub fn empty(&self) -> Vec<Waiter> {
        let mut state = self.state();
        std::iter::from_fn(|| state.line.pop()).collect()
    }

    /// Notes how a call came out; says whether something changed that others must know of, and whether the failure is
    /// not to be counted against the step: it only tried, for all, whether the system is there again.
    pub fn came(&self, came: &Result<Value, Error>, trial: bool, run: RunId, now: Ms) -> (bool, bool) {
        let (verdict, asked) = (Verdict::of(came), came.as_ref().err().and_then(asked_to_wait));
        if verdict == Verdict::Alive && asked.is_none() && self.calm.load(Ordering::Relaxed) {
            return (false, false);
        }
        let mut state = self.state();
        let changed = state.came(verdict, came.as_ref().err(), asked, trial, run, now);
        self.release(state);
        (changed, trial && verdict.spares_the_step())
    }

    /// What is to be done next: asked again until there is nothing to ask and nobody to let through.
    pub fn next(&self, now: Ms) -> Next {
        let mut state = self.state();
        let next = state.next(now);
        self.release(state);
        next
    }

    /// The store has answered what it was asked.
    pub fn answered(&self, ask: &Ask, answer: Answer, now: Ms) {
        let mut state = self.state();
        state.answered(ask, answer, now);
        self.release(state);
    }

    /// A step that was let through is not there any more.
    pub fn give_back(&self, waiter: &Waiter, now: Ms) {
        let mut state = self.state();
        if let Some(pass) = state.passes.remove(waiter) {
            match (&mut state.budget, pass.trial) {
                (_, true) => state.trial = true,
                (Some(budget), false) => budget.give_back(now),
                (None, false) => {}
            }
        }
    }

    /// A step does not want to call any more.
    pub fn leave(&self, waiter: &Waiter, now: Ms) {
        if !self.state().line.remove(waiter) {
            self.give_back(waiter, now);
        }
    }

    /// A run has ended before its steps had their turn.
    pub fn leave_run(&self, run: RunId) {
        self.state().line.remove_run(run);
    }

    /// Takes over what the store says, unless this process has something newer to write.
    pub fn learn(&self, row: Option<&GateRow>) {
        let mut state = self.state();
        if state.hold_to_write.is_none() {
            state.held_until = row.map_or(0, |row| row.held_until);
        }
        if state.turn_to_write.is_none() {
            match row.and_then(|row| row.open.clone()) {
                Some(open) => state.breaker.open = Some(open),
                None if state.breaker.open.is_some() => state.close(),
                None => {}
            }
        }
        self.release(state);
    }

    /// A person says that the system is there again.
    pub fn close(&self) {
        let mut state = self.state();
        state.close();
        (state.held_until, state.hold_to_write) = (0, None);
        state.turn_to_write = Some(Turned::Closed);
        self.release(state);
    }

    pub fn view(&self, now: Ms) -> GateView {
        let state = self.state();
        GateView {
            connection: self.name.clone(),
            open: state.breaker.open.clone(),
            held_until: Some(state.held_until).filter(|until| *until > now),
            waiting: state.line.len(),
        }
    }
}

/// Why a step waits.
#[derive(Debug)]
pub struct Blocked {
    pub doc: BlockedDoc,
    /// Nobody calls it: the line is full.
    pub forgotten: bool,
}

impl State {
    fn set_rate(&mut self, rate: Option<Rate>) {
        match (&mut self.budget, rate) {
            (Some(budget), Some(rate)) if budget.rate() != rate => budget.set_rate(rate),
            (Some(_), Some(_)) | (None, None) => {}
            (Some(_), None) => self.budget = None,
            (None, Some(rate)) => self.budget = Some(Budget::new(rate, self.shared, self.spent_until)),
        }
    }

    fn enter(
        &mut self,
        name: &ConnectionName,
        flow: FlowKey,
        waiter: Waiter,
        now: Ms,
    ) -> Result<bool, Blocked> {
        match self.passes.remove(&waiter) {
            Some(pass) if now <= pass.good_until => return Ok(pass.trial),
            Some(_) => self.line.push_first(flow, waiter.clone()),
            None => {}
        }
        if self.line.is_empty() && matches!(self.through(now), Through::Yes) {
            return Ok(self.trial_begins());
        }
        let forgotten = !self.line.push(flow, waiter);
        Err(Blocked { doc: self.blocked(name, now), forgotten })
    }

    fn blocked(&self, name: &ConnectionName, now: Ms) -> BlockedDoc {
        let (why, until) = match (&self.breaker.open, &self.budget) {
            (Some(open), _) => (BlockedWhy::Breaker, open.next_trial_at),
            (None, _) if self.held_until > now => (BlockedWhy::Asked, self.held_until),
            (None, Some(budget)) => (BlockedWhy::Rate, budget.estimate(now, self.line.len())),
            (None, None) => (BlockedWhy::Rate, now),
        };
        BlockedDoc { connection: name.clone(), why, until }
    }

    /// Whether the next one may call now; takes what that takes.
    fn through(&mut self, now: Ms) -> Through {
        if self.held_until > now {
            return Through::At(self.held_until);
        }
        self.held_until = 0;
        if let Some(open) = &self.breaker.open {
            return match () {
                () if self.trial => Through::Yes,
                () if open.next_trial_at > now => Through::At(open.next_trial_at),
                () => Through::Ask(Ask::Trial { until: now.saturating_add(TRIAL_LEASE_MS) }),
            };
        }
        let wanted = self.line.len();
        match self.budget.as_mut().map(|budget| budget.draw(now, wanted)) {
            None | Some(Draw::Through) => Through::Yes,
            Some(Draw::Keep(until)) => Through::Ask(Ask::Keep(until)),
            Some(Draw::Take(rate, calls)) => Through::Ask(Ask::Take(rate, calls)),
            Some(Draw::Later(at)) => Through::At(at.div_euclid(1_000) + 1),
        }
    }

    /// Whoever goes through now makes the trial, where there is one to be made.
    fn trial_begins(&mut self) -> bool {
        std::mem::take(&mut self.trial) && self.breaker.open.is_some()
    }

    fn next(&mut self, now: Ms) -> Next {
        let write = self.hold_to_write.map(Ask::Hold).or_else(|| self.turn_to_write.clone().map(Ask::Turn));
        let mut next = Next { ask: write, ..Next::default() };
        self.passes.retain(|_, pass| now <= pass.good_until.saturating_add(PASS_KEPT_MS));
        while next.ask.is_none() && !self.line.is_empty() && next.admitted.len() < ADMIT_MAX {
            match self.through(now) {
                Through::Yes => next.admitted.extend(self.admit(now)),
                Through::Ask(ask) => next.ask = Some(ask),
                Through::At(at) => {
                    next.at = Some(at);
                    break;
                }
            }
        }
        next
    }

    fn admit(&mut self, now: Ms) -> Option<Waiter> {
        let waiter = self.line.pop()?;
        let trial = self.trial_begins();
        let good_for = if trial { TRIAL_LEASE_MS } else { PASS_MS };
        let pass = Pass { trial, good_until: now.saturating_add(good_for) };
        self.passes.insert(waiter.clone(), pass);
        Some(waiter)
    }

    fn answered(&mut self, ask: &Ask, answer: Answer, now: Ms) {
        match (ask, answer) {
            (Ask::Hold(until), _) => self.hold_to_write = self.hold_to_write.filter(|newer| newer != until),
            (Ask::Turn(turned), _) => {
                self.turn_to_write = self.turn_to_write.take().filter(|newer| newer != turned);
            }
            (Ask::Keep(until), _) => {
                if let Some(budget) = &mut self.budget {
                    budget.written(*until);
                }
            }
            (Ask::Take(rate, calls), Answer::Drawn(taken)) => {
                if let Some(budget) = self.budget.as_mut().filter(|budget| budget.rate() == *rate) {
                    budget.taken(*calls, taken, now);
                }
            }
            (Ask::Trial { until }, Answer::Trial(ours)) => {
                self.trial = ours;
                if let Some(open) = &mut self.breaker.open {
                    open.next_trial_at = if ours { *until } else { now.saturating_add(LOOK_AGAIN_MS) };
                }
            }
            (Ask::Take(..) | Ask::Trial { .. }, _) => {}
        }
    }

    fn came(
        &mut self,
        verdict: Verdict,
        error: Option<&Error>,
        asked: Option<Ms>,
        trial: bool,
        run: RunId,
        now: Ms,
    ) -> bool {
        let until = asked.map(|asked| now.saturating_add(asked)).filter(|until| *until > self.held_until);
        if let Some(until) = until {
            (self.held_until, self.hold_to_write) = (until, Some(until));
        }
        let turned = self.breaker.note(verdict, error, run, trial, now);
        let tried_nothing = trial && verdict == Verdict::Nothing && self.breaker.open.is_some();
        self.trial = tried_nothing || self.trial && self.breaker.open.is_some();
        if turned.is_some() {
            self.turn_to_write.clone_from(&turned);
        }
        until.is_some() || turned.is_some() || tried_nothing
    }

    fn close(&mut self) {
        self.breaker.close();
        self.trial = false;
    }
}

/// How long the target wants to be left alone.
fn asked_to_wait(error: &Error) -> Option<Ms> {
    let after = match error {
        Error::RateLimited { after, .. } | Error::Status { status: 429 | 503, after, .. } => *after,
        _ => None,
    };
    after.map(|after| crate::flow::ms(after).min(ASKED_MAX_MS)).filter(|after| *after > 0)
}
