//! A system that is asked what has changed, and a broker that hands out messages: what triggers in tests fetch from.

use async_trait::async_trait;
use connector::{
    Body, Connection, Delivery, Drawing, Error, Fate, Message, Poll, PollCx, Polled, Queue, Receipt, Refusal,
    Request,
};
use model::{Field, FieldKind, Need, OperationSpec, Span};
use serde_json::{Map, Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Records at a time.
const PAGE: usize = 2;

/// Clones are the same.
#[derive(Clone, Default)]
pub struct Feed(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    records: Vec<String>,
    looks: usize,
    failures: usize,
    /// Messages that nobody has answered for, by number.
    waiting: VecDeque<(u64, String)>,
    handed_out: Vec<(u64, String)>,
    numbered: u64,
    buried: Vec<String>,
    sessions: usize,
}

impl Feed {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something changed in the system that is asked.
    pub fn change(&self, record: &str) {
        self.state().records.push(record.into());
    }

    /// The next looks fail.
    pub fn fail(&self, times: usize) {
        self.state().failures = times;
    }

    pub fn looks(&self) -> usize {
        self.state().looks
    }

    /// Somebody sends a message.
    pub fn send(&self, text: &str) {
        let mut state = self.state();
        state.numbered += 1;
        let numbered = (state.numbered, text.to_owned());
        state.waiting.push_back(numbered);
    }

    /// Messages that nobody has answered for.
    pub fn unanswered(&self) -> usize {
        let state = self.state();
        state.waiting.len() + state.handed_out.len()
    }

    pub fn buried(&self) -> Vec<String> {
        self.state().buried.clone()
    }

    pub fn sessions(&self) -> usize {
        self.state().sessions
    }

    pub(crate) fn poll(&self) -> Arc<dyn Poll> {
        Arc::new(Changed(self.clone()))
    }

    pub(crate) fn queue(&self) -> Arc<dyn Queue> {
        Arc::new(Received(self.clone()))
    }
}

/// `test/changed`
struct Changed(Feed);

#[async_trait]
impl Poll for Changed {
    fn spec(&self) -> OperationSpec {
        OperationSpec::trigger("test/changed", "Changed", "เปลี่ยนแปลง")
            .about("Asks what has changed.", "ถามว่ามีอะไรเปลี่ยน")
            .connection(Need::Optional)
            .field(Field::new("every", FieldKind::Span, "Every", "ทุก ๆ"))
            .field(Field::new("path", FieldKind::Path, "Path", "พาธ"))
            .example(json!({"every": "1m"}), json!("a"))
    }

    async fn poll(
        &self,
        _cx: &PollCx<'_>,
        _with: &Map<String, Value>,
        cursor: Option<&Value>,
    ) -> Result<Polled, Error> {
        let mut state = self.0.state();
        state.looks += 1;
        if state.failures > 0 {
            state.failures -= 1;
            return Err(Error::Status {
                host: "test".into(),
                status: 503,
                message: "away".into(),
                after: None,
            });
        }
        let seen = cursor.and_then(Value::as_u64).and_then(|seen| usize::try_from(seen).ok());
        let from = seen.unwrap_or(state.records.len());
        let delivery = |(at, record): (usize, &String)| Delivery {
            id: Some(format!("record-{at}")),
            body: Body::Value(record.as_str().into()),
            head: Map::new(),
        };
        let deliveries: Vec<_> =
            state.records.iter().enumerate().skip(from).take(PAGE).map(delivery).collect();
        let end = from + deliveries.len();
        Ok(Polled { deliveries, cursor: json!(end), more: end < state.records.len(), ..Polled::default() })
    }

    fn path(&self, with: &Map<String, Value>) -> Option<String> {
        with.get("path").and_then(Value::as_str).map(str::to_owned)
    }

    fn nudged(
        &self,
        request: &Request<'_>,
        _with: &Map<String, Value>,
        _connection: Option<&Connection>,
    ) -> Result<(), Refusal> {
        if request.body.as_ref() == br#""look""# { Ok(()) } else { Err(Refusal::Unauthorized) }
    }
}

/// `test/received`: `bad` is no event.
struct Received(Feed);

#[async_trait]
impl Queue for Received {
    fn spec(&self) -> OperationSpec {
        OperationSpec::trigger("test/received", "Received", "ได้รับ")
            .about("Takes messages.", "รับข้อความ")
            .connection(Need::Required)
            .example(json!({}), json!("a"))
    }

    async fn open(&self, _: &Connection, _: &Map<String, Value>) -> Result<Box<dyn Drawing>, Error> {
        self.0.state().sessions += 1;
        Ok(Box::new(Session(self.0.clone())))
    }
}

struct Session(Feed);

#[async_trait]
impl Drawing for Session {
    async fn draw(&mut self, most: usize, _wait: Span) -> Result<Vec<Message>, Error> {
        tokio::time::sleep(Duration::from_millis(5)).await;
        let mut state = self.0.state();
        if state.failures > 0 {
            state.failures -= 1;
            return Err(Error::Unanswered { host: "test".into(), message: "the connection broke".into() });
        }
        let count = most.min(state.waiting.len());
        let some: Vec<_> = state.waiting.drain(..count).collect();
        state.handed_out.extend(some.iter().cloned());
        Ok(some.into_iter().map(message).collect())
    }

    async fn settle(&mut self, fates: Vec<(Receipt, Fate)>) -> Result<(), Error> {
        let mut state = self.0.state();
        for (Receipt(receipt), fate) in fates {
            let Some(at) = state.handed_out.iter().position(|(number, _)| number.to_string() == receipt)
            else {
                continue;
            };
            let (number, text) = state.handed_out.remove(at);
            match fate {
                Fate::Taken => {}
                Fate::Back => state.waiting.push_back((number, text)),
                Fate::Buried => state.buried.push(text),
            }
        }
        Ok(())
    }
}

impl Drop for Session {
    /// What nobody answered for comes again.
    fn drop(&mut self) {
        let mut state = self.0.state();
        let left = std::mem::take(&mut state.handed_out);
        left.into_iter().rev().for_each(|one| state.waiting.push_front(one));
    }
}

fn message((number, text): (u64, String)) -> Message {
    let delivery = match text.as_str() {
        "bad" => Err("it is no event".into()),
        text => {
            Ok(Delivery { id: Some(format!("m-{text}")), body: Body::Value(text.into()), head: Map::new() })
        }
    };
    Message { receipt: Receipt(number.to_string()), delivery }
}
