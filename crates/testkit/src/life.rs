//! One engine from its start to its sudden end, asked by plain calls.

use crate::flaky::FlakyStore;
use crate::world::{PATIENCE, World};
use bytes::Bytes;
use connector::Request;
use engine::{Buffered, DoorError, Engine, Hook, LiveState, Received, RunView};
use http::{HeaderMap, HeaderName, Method};
use model::{FlowDocument, Span};
use run::doc::{StepDoc, StepState};
use serde_json::Value;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::{RunId, Status};
use tokio::runtime::Runtime;

/// Dropping it stops the engine where it stands, as kill -9 does.
pub struct Life<'w> {
    pub engine: Engine,
    pub store: Arc<FlakyStore>,
    world: &'w World,
    runtime: Runtime,
}

/// A request at the door.
#[derive(Clone, Debug)]
pub struct Post<'a> {
    pub path: &'a str,
    pub body: Value,
    pub delivery: Option<&'a str>,
}

/// A request whose body the engine is handed part by part, whatever its length.
#[derive(Clone, Debug)]
pub struct LongPost<'a> {
    pub path: &'a str,
    pub content_type: &'a str,
    pub delivery: Option<&'a str>,
    pub body: &'a [u8],
}

/// How long to look away between two looks, where nothing tells of a change.
const LOOK_EVERY: Duration = Duration::from_millis(2);
/// How far the clock moves when all that is left of a run is a wait.
const STEP: Span = Span::from_secs(600);

impl<'w> Life<'w> {
    pub(crate) fn new(world: &'w World, runtime: Runtime, engine: Engine, store: Arc<FlakyStore>) -> Self {
        Self { engine, store, world, runtime }
    }

    pub fn ask<T>(&self, question: impl Future<Output = T>) -> T {
        let answer = async { tokio::time::timeout(PATIENCE, question).await };
        self.runtime.block_on(answer).expect("an answer in time")
    }

    pub fn deploy(&self, flow: &FlowDocument) {
        let row = self.world.save(flow);
        self.ask(self.engine.deploy(row)).expect("the flow is deployed");
    }

    /// Sends a request to a webhook; its delivery id goes in the header `x-delivery`.
    pub fn post(&self, post: Post<'_>) -> Result<Received, DoorError> {
        self.knock(post, async |hook, request| self.engine.receive(hook, request).await)
    }

    /// The same where the flow accepts into a buffer.
    pub fn put(&self, post: Post<'_>) -> Result<Buffered, DoorError> {
        self.knock(post, async |hook, request| self.engine.put(hook, request).await)
    }

    fn knock<T>(
        &self,
        post: Post<'_>,
        take: impl AsyncFnOnce(&Hook, &Request<'_>) -> Result<T, DoorError>,
    ) -> Result<T, DoorError> {
        let hook = self.engine.hook(post.path).ok_or(DoorError::NotFound)?;
        let headers = headers("application/json", post.delivery);
        let body = Bytes::from(post.body.to_string());
        let (method, path) = (&Method::POST, post.path);
        let request = Request { method, path, query: None, headers: &headers, body: &body, at: 0 };
        self.ask(take(&hook, &request))
    }

    /// Sends a body as if it were too long to be held.
    pub fn post_long(&self, post: &LongPost<'_>) -> Result<Received, DoorError> {
        let hook = self.engine.hook(post.path).ok_or(DoorError::NotFound)?;
        let headers = headers(post.content_type, post.delivery);
        let (method, path) = (&Method::POST, post.path);
        let request = Request { method, path, query: None, headers: &headers, body: &Bytes::new(), at: 0 };
        self.ask(async {
            let mut intake =
                self.engine.receive_long(&hook, &request)?.expect("the trigger takes long bodies");
            for part in post.body.chunks(100_000) {
                intake.put(part).await?;
            }
            intake.end().await
        })
    }

    pub fn send(&self, path: &str, body: Value) -> RunId {
        self.post(Post { path, body, delivery: None }).expect("an accepted event").run
    }

    pub fn view(&self, run: RunId) -> RunView {
        self.ask(self.engine.inspect(run)).expect("the run can be read").expect("the run is there")
    }

    pub fn step(&self, run: RunId, node: &str) -> StepDoc {
        let found = self.view(run).steps.into_iter().find(|step| step.node.as_str() == node);
        found.unwrap_or_else(|| panic!("{node} has no step"))
    }

    pub fn status(&self, run: RunId) -> Option<Status> {
        let detail = self.world.ask(self.world.store.run_detail(run)).expect("the run can be read");
        detail.and_then(|detail| detail.summary.status)
    }

    /// Waits until something holds.
    pub fn until(&self, what: &str, holds: impl Fn() -> bool) {
        let end = Instant::now() + PATIENCE;
        let mut changes = self.engine.watch();
        while !holds() {
            assert!(Instant::now() < end, "waited in vain until {what}");
            self.runtime.block_on(async { tokio::time::timeout(LOOK_EVERY, changes.recv()).await.ok() });
        }
    }

    /// Waits until a run does nothing but what is said, such as waiting.
    pub fn until_state(&self, run: RunId, state: LiveState) {
        self.until(&format!("{run} is {state:?}"), || self.engine.live_state(run) == Some(state));
    }

    pub fn until_ended(&self, run: RunId) -> Status {
        self.until(&format!("{run} has ended"), || self.status(run).is_some());
        self.status(run).expect("an ended run")
    }

    /// Moves the clock whenever a run only waits, until it has ended or the store has failed or a person is asked.
    pub fn until_settled(&self, run: RunId) -> Option<Status> {
        self.until(&format!("{run} settles"), || {
            match self.engine.live_state(run) {
                Some(LiveState::Waiting | LiveState::Retrying) => self.world.clock.advance(STEP),
                Some(LiveState::Unknown | LiveState::Proposed) => return true,
                _ => {}
            }
            self.store.has_failed() || self.status(run).is_some()
        });
        self.status(run)
    }

    /// `node[item] state port output` per step, in the order of nodes and items: what a restart must not change.
    pub fn story(&self, run: RunId) -> String {
        let view = self.view(run);
        let mut lines: Vec<String> = view.steps.iter().map(line).collect();
        lines.sort();
        let status = view.summary.status.map_or("open".into(), |status| format!("{status:?}").to_lowercase());
        let error = view.summary.error.map(|error| format!(": {error}")).unwrap_or_default();
        format!("{status}{error}\n{}\n", lines.join("\n"))
    }
}

fn headers(content_type: &str, delivery: Option<&str>) -> HeaderMap {
    let header = |text: &str| text.parse().expect("a header");
    let mut headers = HeaderMap::new();
    headers.insert("content-type", header(content_type));
    headers.extend(delivery.map(|delivery| (HeaderName::from_static("x-delivery"), header(delivery))));
    headers
}

fn line(step: &StepDoc) -> String {
    let item: String = step.item.iter().map(|index| format!("[{index}]")).collect();
    let state = state_word(step.state);
    let port = step.port.as_ref().map(|port| format!(" {port}")).unwrap_or_default();
    let output = step.output.as_ref().map(|output| format!(" {output}")).unwrap_or_default();
    let error = step.error.as_ref().map(|error| format!(" {} {}", error.code, error.message));
    format!("{}{item} {state}{port}{output}{}", step.node, error.unwrap_or_default())
}

fn state_word(state: StepState) -> String {
    serde_json::to_value(state).ok().and_then(|word| Some(word.as_str()?.to_owned())).unwrap_or_default()
}
