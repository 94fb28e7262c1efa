//! The queue and the gates by themselves, for `examples/`, which measure them without a store, a target or a runtime.

use crate::gates::{Gates, Waiter};
use crate::queue::{Queue, Ready, Rules};
use connector::Connection;
use model::{Rate, Value};
use run::StepId;
use std::collections::HashMap;
use std::sync::Arc;
use store::{FlowKey, GateRow, RunId};

pub struct Lanes(Queue);

impl Lanes {
    /// `flows` flows, numbered from 0, with as many runs at once as they like.
    pub fn new(flows: FlowKey) -> Self {
        let mut queue = Queue::new(usize::MAX);
        let rules = Rules { limit: usize::MAX, ..Rules::default() };
        (0..flows).for_each(|flow| queue.rule(flow, rules));
        Self(queue)
    }

    pub fn push(&mut self, run: RunId, flow: FlowKey, lane: Option<i64>) {
        self.0.push(Ready::new(run, flow, 0, lane));
    }

    /// Starts the next run and ends it at once.
    pub fn pass(&mut self) -> Option<RunId> {
        let Ready { run, flow, lane, .. } = self.0.pop()?;
        self.0.ended(flow, lane);
        Some(run)
    }

    pub fn call_out(&mut self, run: RunId) -> bool {
        let called = self.0.call_out(run);
        called.map(|ready| self.0.ended(ready.flow, ready.lane)).is_some()
    }
}

/// Steps that pass a gate and come back well.
pub struct Passing {
    gates: Gates,
    connections: HashMap<model::ConnectionName, Arc<Connection>>,
    name: Option<model::ConnectionName>,
    rate: Option<Rate>,
}

impl Passing {
    /// Over a connection with a budget, or over none.
    pub fn new(rate: Option<Rate>, connected: bool) -> Self {
        let name = model::ConnectionName::new("erp");
        let (connector, fields) = ("test".to_owned(), Default::default());
        let connection = Connection::new(name.clone(), connector, fields, Default::default());
        let gates = Gates::new(false);
        // As if all had been written ahead that will be called.
        let spent_until = if rate.is_some() { i64::MAX / 4 } else { 0 };
        let row = GateRow { connection: name.clone(), spent_until, held_until: 0, open: None };
        gates.load(&[row]);
        let connections = HashMap::from([(name.clone(), Arc::new(connection))]);
        Self { gates, connections, name: connected.then_some(name), rate }
    }

    pub fn pass(&self, run: RunId) -> bool {
        let connection = self.name.as_ref().and_then(|name| self.connections.get(name).cloned());
        let waiter = || Waiter { run, step: StepId::new("erp".into(), Vec::new()) };
        match self.gates.enter(connection, |_| self.rate, 1, waiter, run) {
            Ok(pass) => !self.gates.came(&pass, &Ok(Value::Null), run, run),
            Err(_) => false,
        }
    }
}
