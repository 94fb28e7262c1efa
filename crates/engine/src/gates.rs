//! What holds calls of a connection back: its rate budget, a target that asked to wait, its breaker.
//!
//! A step that wants to call asks its connection's gate. Most gates are clear, and then that is a look into a table. At
//! one that is not, the step stands in line: it holds no thread and makes no attempt, and a run whose steps only stand in
//! line leaves memory. One task asks the store what must be asked, and calls the next ones out.

mod aside;
mod breaker;
mod budget;
pub mod gate;
mod line;

pub use aside::NOBODY;
pub use gate::GateView;
pub use line::Waiter;

use crate::core::Core;
use crate::signal::Signal;
use crate::sync::atomic::{AtomicBool, Ordering};
use crate::sync::{self, RwLock};
use connector::{Connection, Error};
use futures::FutureExt;
use gate::{Answer, Ask, Blocked, Gate, Next};
use model::rate::Rate;
use model::{ConnectionName, Value};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use store::{FlowKey, GateRow, Ms, RunId};
use tokio::sync::Notify;
use tokio::time::Instant;

/// When the store is asked again that did not answer.
const TRY_AGAIN_MS: Ms = 1_000;
/// The least time between two looks at what other processes did.
const LOOK_GAP: Duration = Duration::from_millis(100);
/// Longest sleep, so that a clock that jumps is noticed soon.
const SLEEP_MAX: Duration = Duration::from_secs(10);

/// Every gate that a step came to, and every one that the store knows to be shut. There are no more than connections.
pub struct Gates {
    known: RwLock<HashMap<ConnectionName, Arc<Gate>>>,
    shared: bool,
    /// Somebody stands in line, or something is to be written.
    changed: Notify,
    /// Other processes may have changed something.
    look: AtomicBool,
}

/// A step may call. Whoever called says how that came out.
#[derive(Clone)]
pub struct Pass {
    gate: Option<Arc<Gate>>,
    trial: bool,
}

impl Gates {
    pub fn new(shared: bool) -> Self {
        Self { known: RwLock::default(), shared, changed: Notify::new(), look: AtomicBool::new(false) }
    }

    fn find(&self, name: &ConnectionName) -> Arc<Gate> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        known.unwrap_or_else(|| self.make(name, None))
    }

    fn make(&self, name: &ConnectionName, row: Option<&GateRow>) -> Arc<Gate> {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(Gate::new(name.clone(), self.shared, row));
        known.entry(name.clone()).or_insert_with(new).clone()
    }

    fn all(&self) -> Vec<Arc<Gate>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// A process that starts knows what the store knows.
    pub fn load(&self, rows: &[GateRow]) {
        rows.iter().for_each(|row| drop(self.make(&row.connection, Some(row))));
    }

    /// Takes over what other processes did.
    fn learn(&self, rows: &[GateRow]) {
        let rows: HashMap<&ConnectionName, &GateRow> =
            rows.iter().map(|row| (&row.connection, row)).collect();
        self.all().iter().for_each(|gate| gate.learn(rows.get(&gate.name).copied()));
        // One that is shut holds up whoever comes to it first.
        for (name, row) in rows {
            self.make(name, Some(row));
        }
    }

    /// Other processes may have changed something: it is looked at soon.
    pub fn look(&self) {
        self.look.store(true, Ordering::Relaxed);
        self.changed.notify_one();
    }

    pub fn ring(&self) {
        self.changed.notify_one();
    }

    /// A connection is gone; one of the same name begins anew.
    fn forget(&self, name: &ConnectionName) -> Option<Arc<Gate>> {
        self.known.write().unwrap_or_else(PoisonError::into_inner).remove(name)
    }

    pub fn close(&self, name: &ConnectionName) {
        self.find(name).close();
        self.ring();
    }

    pub fn enter(
        &self,
        connection: Option<Arc<Connection>>,
        rate: impl FnOnce(&Connection) -> Option<Rate>,
        flow: FlowKey,
        waiter: impl FnOnce() -> Waiter,
        now: Ms,
    ) -> Result<Pass, Blocked> {
        let Some(connection) = connection else { return Ok(Pass::FREE) };
        let gate = self.find(&connection.name);
        match gate.enter(&connection, || rate(&connection), flow, waiter, now) {
            Ok(trial) => Ok(Pass { gate: Some(gate), trial }),
            Err(blocked) => {
                self.ring();
                Err(blocked)
            }
        }
    }

    pub fn came(&self, pass: &Pass, came: &Result<Value, Error>, run: RunId, now: Ms) -> bool {
        let Some(gate) = &pass.gate else { return false };
        let (changed, spared) = gate.came(came, pass.trial, run, now);
        if changed {
            self.ring();
        }
        spared
    }

    /// A run has ended before its steps had their turn.
    pub fn leave(&self, run: RunId) {
        self.all().iter().for_each(|gate| gate.leave_run(run));
    }

    pub fn views(&self, now: Ms) -> BTreeMap<ConnectionName, GateView> {
        self.all().iter().map(|gate| (gate.name.clone(), gate.view(now))).collect()
    }
}

impl Pass {
    /// A call without a connection.
    pub const FREE: Self = Self { gate: None, trial: false };
}

impl Core {
    /// Asks whether a step may call now. One that may not stands in line, and its run is told when to ask again.
    pub fn enter(
        &self,
        connection: Option<&ConnectionName>,
        flow: FlowKey,
        waiter: impl FnOnce() -> Waiter,
    ) -> Result<Pass, Blocked> {
        // A call without the connection that it names fails by itself.
        let connection = connection.and_then(|name| self.connections.connection(name));
        self.gates.enter(connection, |connection| self.rate_of(connection), flow, waiter, self.clock.now())
    }

    fn rate_of(&self, connection: &Connection) -> Option<Rate> {
        let catalog = self.catalog.now();
        let spec = catalog.specs().connectors.get(&connection.connector);
        spec.and_then(|spec| spec.connection.as_ref()?.rate(&connection.fields))
    }

    /// Notes how a call came out; says whether a failure is not to be counted against the step.
    pub fn came(&self, pass: &Pass, came: &Result<Value, Error>, run: RunId) -> bool {
        let spared = self.gates.came(pass, came, run, self.clock.now());
        spared || matches!(came, Err(Error::SignedOut { .. })) && self.is_signed_out(pass)
    }

    /// Whether its gate lets nobody through before a person has signed in: whoever was told so waits there.
    fn is_signed_out(&self, pass: &Pass) -> bool {
        let Some(gate) = &pass.gate else { return false };
        let Some(connection) = self.connections.connection(&gate.name) else { return false };
        gate.renew(&connection, || self.rate_of(&connection));
        gate.is_signed_out()
    }

    /// A step does not want to call any more.
    pub fn leave_gate(&self, connection: &ConnectionName, waiter: &Waiter) {
        self.gates.find(connection).leave(waiter, self.clock.now());
        self.gates.ring();
    }

    /// A connection is gone, and whoever stands in line for it learns that.
    pub fn forget_gate(self: &Arc<Self>, name: &ConnectionName) {
        if let Some(gate) = self.gates.forget(name) {
            self.send_home(&gate);
        }
    }

    /// Those in line try without the connection, and fail by themselves.
    fn send_home(self: &Arc<Self>, gate: &Arc<Gate>) {
        for waiter in gate.empty() {
            self.call_out_later(gate.clone(), waiter);
        }
    }

    /// Does at one gate what there is to do; returns when somebody in line may go on by time alone.
    async fn attend(self: &Arc<Self>, gate: &Arc<Gate>) -> Result<Option<Ms>, store::Error> {
        match self.connections.connection(&gate.name) {
            Some(connection) => gate.renew(&connection, || self.rate_of(&connection)),
            None => self.send_home(gate),
        }
        loop {
            let now = self.clock.now();
            let Next { admitted, ask, at } = gate.next(now);
            let some = !admitted.is_empty();
            for waiter in admitted {
                match self.signal_here(waiter.run, Signal::Admitted).now_or_never() {
                    Some(Ok(())) => {}
                    Some(Err(_)) => gate.give_back(&waiter, now),
                    None => self.call_out_later(gate.clone(), waiter),
                }
            }
            match ask {
                Some(ask) => {
                    let answer = self.ask_store(gate, &ask, now).await?;
                    gate.answered(&ask, answer, now);
                }
                None if some => {}
                None => return Ok(at),
            }
        }
    }

    /// A run does not listen now, such as one that waits for the disk. Nobody else is to wait for it.
    fn call_out_later(self: &Arc<Self>, gate: Arc<Gate>, waiter: Waiter) {
        let core = self.clone();
        sync::spawn(async move {
            if core.signal_here(waiter.run, Signal::Admitted).await.is_err() {
                gate.give_back(&waiter, core.clock.now());
                core.gates.ring();
            }
        });
    }

    async fn ask_store(&self, gate: &Gate, ask: &Ask, now: Ms) -> Result<Answer, store::Error> {
        use gate::Turned;
        let (store, name) = (&self.store, &gate.name);
        match ask {
            Ask::Hold(until) => store.hold(name, *until).await?,
            Ask::Turn(Turned::Open(open)) => {
                tracing::warn!(connection = %name, trials = open.trials, "the connection is paused: its system does not answer");
                store.open_breaker(name, open).await?;
            }
            Ask::Turn(Turned::Closed) => {
                tracing::info!(connection = %name, "the connection goes on");
                store.close_breaker(name).await?;
            }
            Ask::Keep(until) => store.keep_spent(name, *until).await?,
            Ask::Take(rate, calls) => {
                return Ok(Answer::Drawn(store.take_calls(name, rate, *calls, now).await?));
            }
            Ask::Trial { until } => return Ok(Answer::Trial(store.begin_trial(name, now, *until).await?)),
        }
        Ok(Answer::Written)
    }

    /// Takes over what other processes did, not too often: hints of other things come all the time.
    async fn look_at_gates(&self, looked: &mut Option<Instant>) {
        let is_due = looked.is_none_or(|looked| looked.elapsed() >= LOOK_GAP);
        if !is_due || !self.gates.look.swap(false, Ordering::Relaxed) {
            return;
        }
        *looked = Some(Instant::now());
        match self.store.gates().await {
            Ok(rows) => self.gates.learn(&rows),
            Err(error) => {
                tracing::debug!(%error, "what other processes know of connections is not known");
            }
        }
    }

    async fn attend_all(self: &Arc<Self>) -> Option<Ms> {
        let mut next: Option<Ms> = None;
        for gate in self.gates.all() {
            let at = self.attend(&gate).await.unwrap_or_else(|error| {
                tracing::warn!(connection = %gate.name, %error, "the store was not asked for calls; tried again");
                Some(self.clock.now().saturating_add(TRY_AGAIN_MS))
            });
            next = next.into_iter().chain(at).min();
        }
        next
    }
}

/// Calls steps out of their lines, for as long as there is an engine.
pub async fn serve(core: Arc<Core>) {
    let mut looked = None;
    while !core.stopping.load(Ordering::Relaxed) {
        let jumped = core.clock.jumped();
        core.look_at_gates(&mut looked).await;
        let next = core.attend_all().await.unwrap_or(Ms::MAX);
        let nap = u64::try_from(next.saturating_sub(core.clock.now())).unwrap_or(0);
        tokio::select! {
            biased;
            () = core.gates.changed.notified() => {}
            () = jumped => {}
            () = tokio::time::sleep(Duration::from_millis(nap).min(SLEEP_MAX)) => {}
        }
    }
}
