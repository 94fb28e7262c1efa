//! One connection's gate: who may call now, who waits, and why.

mod state;

pub use super::breaker::Turned;
use super::breaker::{Breaker, Verdict};
use super::budget::Budget;
use super::line::{Line, Waiter};
use crate::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use crate::sync::{Mutex, MutexGuard};
use connector::{Connection, Error};
use model::rate::{Rate, Us};
use model::{ConnectionName, Value};
use run::doc::BlockedDoc;
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
/// How often a step that waits for a person looks by itself whether somebody has signed in; it is called out when that is so.
const SIGN_IN_MS: Ms = 3_600_000;
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
    /// A person has to sign in before anything is called.
    signed_out: bool,
    breaker: Breaker,
    /// The trial that is due is this process's to make.
    trial: bool,
    line: Line,
    /// Steps that were called out of the line and have not come yet.
    passes: HashMap<Waiter, Pass>,
    hold_to_write: Option<Ms>,
    turn_to_write: Option<Turned>,
    /// What somebody wants to know who does not stand in line.
    asked_aside: Option<Ask>,
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
    /// A person has to sign in before anything is called.
    pub signed_out: bool,
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
            signed_out: false,
            breaker: Breaker::of(row.and_then(|row| row.open.clone())),
            trial: false,
            line: Line::default(),
            passes: HashMap::new(),
            hold_to_write: None,
            turn_to_write: None,
            asked_aside: None,
        };
        let (clear, calm) = (AtomicBool::new(false), AtomicBool::new(state.breaker.is_calm()));
        Self { name, clear, calm, seen: AtomicUsize::new(0), state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets go of the lock, and says what those who come next need not look at.
    fn release(&self, state: MutexGuard<'_, State>) {
        let is_clear = state.budget.is_none()
            && state.held_until == 0
            && !state.signed_out
            && state.breaker.open.is_none();
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

    /// The same for a call that belongs to no run, such as a look what has changed: it has no place in line. `Asked` is for
    /// whoever comes back in a moment.
    pub fn enter_aside(
        &self,
        connection: &Arc<Connection>,
        rate: impl FnOnce() -> Option<Rate>,
        now: Ms,
    ) -> Result<bool, Aside> {
        let place = Arc::as_ptr(connection) as usize;
        if self.seen.load(Ordering::Acquire) == place && self.clear.load(Ordering::Relaxed) {
            return Ok(false);
        }
        let mut state = self.state();
        self.meet(&mut state, connection, rate);
        let entered = state.enter_aside(&self.name, now);
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
            state.signed_out = connection.signed_out;
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

    /// Whether nothing is called before a person signs in.
    pub fn is_signed_out(&self) -> bool {
        self.state().signed_out
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
            signed_out: state.signed_out,
            waiting: state.line.len(),
        }
    }
}

/// Why a call that belongs to no run is not made now.
#[derive(Debug)]
pub enum Aside {
    /// The store is being asked.
    Asked,
    Held(BlockedDoc),
}

/// Why a step waits.
#[derive(Debug)]
pub struct Blocked {
    pub doc: BlockedDoc,
    /// Nobody calls it: the line is full.
    pub forgotten: bool,
}

/// How long the target wants to be left alone.
fn asked_to_wait(error: &Error) -> Option<Ms> {
    let after = match error {
        Error::RateLimited { after, .. } | Error::Status { status: 429 | 503, after, .. } => *after,
        _ => None,
    };
    after.map(|after| crate::flow::ms(after).min(ASKED_MAX_MS)).filter(|after| *after > 0)
}
