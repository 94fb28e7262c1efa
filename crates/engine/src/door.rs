//! The door: a request or a call becomes an event on disk, and then a run in the queue.

use crate::big::{self, Blob, BlobRef, Pieces, Shown, Upload};
use crate::budget::Held;
use crate::core::Core;
use crate::error::{DoorError, Error};
use crate::flow::Flow;
use crate::flows::Listener;
use crate::queue::{Fresh, Kept, Ready};
use crate::sync::atomic::Ordering;
use crate::told::{self, Asking};
use crate::trace::{Span, Trace};
use crate::writer::{Write, WriteError};
use crate::{codec, failpoint, keys, sync};
use bytes::Bytes;
use connector::{Body, Delivery, Passed, Passing, Refusal, Request};
use model::{FlowId, NodeId, Stage, Value};
use run::Data;
use script::Which;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;
use store::{Accept, Accepted, BlobUse, Control, EventRow, FlowKey, Ms, RunId, RunRow, ScheduleMoved};
use tokio::sync::oneshot;

/// What the sender of an event is told.
#[derive(Debug)]
pub struct Received {
    pub run: RunId,
    /// The same delivery came before; `run` is what it started then.
    pub duplicate: bool,
    /// The flow's own answer, where it gives one in time.
    pub answer: Option<Answer>,
}

/// An HTTP answer that a flow gives by `core/respond`.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
}

impl Answer {
    /// As it goes from the process that has the run to the one that has the request: a line of JSON, and the body.
    pub(crate) fn encode(&self) -> Bytes {
        let mut text = serde_json::to_vec(&(self.status, &self.headers)).unwrap_or_default();
        text.push(b'\n');
        text.extend_from_slice(&self.body);
        codec::encode(&text)
    }

    /// Nothing where there is none.
    pub(crate) fn decode(kept: &Bytes) -> Option<Self> {
        let text = codec::decode(kept).ok()?;
        let end = text.iter().position(|byte| *byte == b'\n')?;
        let (status, headers) = serde_json::from_slice(&text[..end]).ok()?;
        Some(Self { status, headers, body: text.slice(end + 1..) })
    }
}

/// Where an event comes in and what it brings.
pub struct Arrival<'a> {
    pub flow: &'a Arc<Flow>,
    pub trigger: NodeId,
    /// The same again is the same event.
    pub delivery: Option<String>,
    pub head: serde_json::Map<String, Value>,
    pub body: Sent,
    pub parent: Option<(RunId, String)>,
    pub schedule: Option<ScheduleMoved>,
    /// When it came, where it waited somewhere else before it came here.
    pub received_at: Option<Ms>,
    /// It was fetched: nobody is there to be told that its ordering key cannot be read, and it may be there only once.
    pub fetched: bool,
}

/// What an event brings.
pub enum Sent {
    Body(Body),
    /// Too long to be held, and on disk already.
    Blob(BlobRef),
}

/// Longer bodies lie in blobs, beside the rows of their events.
const INLINE_BYTES_MAX: usize = 1 << 20;

/// Seconds after which a sender that was told "busy" may come back.
pub const RETRY_AFTER_S: u32 = 5;

pub async fn receive(core: &Arc<Core>, at: &Listener, request: &Request<'_>) -> Result<Received, DoorError> {
    enter(core, at, arrive(core, at, request)?).await
}

/// A request's event goes in, and the flow's own answer is waited for where it gives one.
async fn enter(core: &Arc<Core>, at: &Listener, arrival: Arrival<'_>) -> Result<Received, DoorError> {
    let Some(wait) = at.answer_timeout.map(|span| Duration::from_millis(span.as_ms())) else {
        return accept(core, arrival, None).await;
    };
    let (to, answered) = oneshot::channel();
    let mut received = accept(core, arrival, Some(Asking { to, wait })).await?;
    if !received.duplicate {
        let answer = tokio::time::timeout(wait, answered).await;
        received.answer = answer.ok().and_then(Result::ok);
    }
    Ok(received)
}

/// A request whose body is too long to be held, on its way in. Dropped before its end, it leaves nothing.
pub struct Intake {
    core: Arc<Core>,
    at: Arc<Listener>,
    passing: Box<dyn Passing>,
    upload: Upload,
    trace: Trace,
}

impl Intake {
    /// Nothing where the trigger takes no such body. The request has none yet.
    pub fn begin(
        core: &Arc<Core>,
        at: &Arc<Listener>,
        request: &Request<'_>,
    ) -> Result<Option<Self>, DoorError> {
        if at.paused {
            return Err(DoorError::Paused);
        }
        let connection = at.connection.as_ref().and_then(|name| core.connections.connection(name));
        let Some(passing) = at.webhook.receive_long(request, &at.with, connection.as_deref())? else {
            return Ok(None);
        };
        let trace = Trace::of_headers(request.headers);
        let (core, at) = (core.clone(), at.clone());
        Ok(Some(Self { upload: Upload::begin(&core), core, at, passing, trace }))
    }

    pub async fn put(&mut self, part: &[u8]) -> Result<(), DoorError> {
        if self.core.closed.load(Ordering::Relaxed) {
            return Err(DoorError::Closed);
        }
        self.passing.pass(part)?;
        self.upload.put(part).await.map_err(not_stowed)
    }

    /// The body is whole: its event goes in if the sender is who it says.
    pub async fn end(self) -> Result<Received, DoorError> {
        let Self { core, at, passing, upload, trace } = self;
        let Passed { id, mut head, content_type } = passing.end()?;
        trace.keep(&mut head);
        let blob = upload.seal(Some(content_type)).await.map_err(not_stowed)?;
        enter(&core, &at, Arrival::at(&at, id, head, Sent::Blob(blob))).await
    }
}

fn not_stowed(error: store::Error) -> DoorError {
    match error {
        store::Error::Full => DoorError::StoreFull,
        store::Error::Deadline | store::Error::Unavailable(_) => DoorError::StoreAway,
        error => {
            tracing::error!(%error, "a long body could not be kept");
            DoorError::Down
        }
    }
}

/// Reads a request, once its sender has proved who it is.
pub fn arrive<'a>(core: &Core, at: &'a Listener, request: &Request<'_>) -> Result<Arrival<'a>, DoorError> {
    if at.paused {
        return Err(DoorError::Paused);
    }
    let connection = at.connection.as_ref().and_then(|name| core.connections.connection(name));
    let received = at.webhook.receive(request, &at.with, connection.as_deref());
    if received == Err(Refusal::Look) {
        core.sources.nudge(&(at.flow.key, at.node.clone()));
    }
    let Delivery { id, body, mut head } = received?;
    Trace::of_headers(request.headers).keep(&mut head);
    Ok(Arrival::at(at, id, head, Sent::Body(body)))
}

pub async fn start_run(
    core: &Arc<Core>,
    id: &FlowId,
    node: Option<&NodeId>,
    input: Body,
    trace: Trace,
) -> Result<Received, DoorError> {
    let deployed = core.flows.get(id).ok_or(DoorError::NotFound)?;
    if deployed.paused {
        return Err(DoorError::Paused);
    }
    let flow = &deployed.flow;
    let named = node.map(NodeId::as_str);
    let trigger = flow.trigger(named, "core/manual").ok_or_else(|| {
        DoorError::Malformed("the flow has several triggers; name the one to start at".into())
    })?;
    accept(core, Arrival::of(flow, trigger, None, input).in_trace(trace), None).await
}

/// Where a called flow finds in `trigger` how deep it was called.
pub const DEPTH: &str = "depth";

/// Where a called flow finds in `trigger` how far it may go with its effects, where that is less than all the way.
pub const STAGE: &str = "stage";

impl<'a> Arrival<'a> {
    pub fn of(flow: &'a Arc<Flow>, trigger: usize, delivery: Option<String>, body: impl Into<Body>) -> Self {
        let trigger = flow.plan.id(trigger).clone();
        let head = serde_json::Map::new();
        let body = Sent::Body(body.into());
        Self::new(flow, trigger, delivery, head, body)
    }

    fn at(
        at: &'a Listener,
        delivery: Option<String>,
        head: serde_json::Map<String, Value>,
        body: Sent,
    ) -> Self {
        Self::new(&at.flow, at.node.clone(), delivery, head, body)
    }

    fn new(
        flow: &'a Arc<Flow>,
        trigger: NodeId,
        delivery: Option<String>,
        head: serde_json::Map<String, Value>,
        body: Sent,
    ) -> Self {
        let (parent, schedule, received_at, fetched) = (None, None, None, false);
        Self { flow, trigger, delivery, head, body, parent, schedule, received_at, fetched }
    }

    /// Says what the event follows from.
    pub fn in_trace(mut self, trace: Trace) -> Self {
        trace.keep(&mut self.head);
        self
    }

    /// Says how far its run goes at most.
    pub fn no_further(mut self, stage: Stage) -> Self {
        if stage > Stage::Live
            && let Ok(word) = serde_json::to_value(stage)
        {
            self.head.insert(STAGE.into(), word);
        }
        self
    }

    /// Says how many flows called one another to get here.
    pub fn below(mut self, depth: u64) -> Self {
        self.head.insert(DEPTH.into(), depth.into());
        self
    }
}

/// Puts an event from outside on disk and its run in line. Returns after the commit.
pub async fn accept(
    core: &Arc<Core>,
    arrival: Arrival<'_>,
    asking: Option<Asking>,
) -> Result<Received, DoorError> {
    if core.closed.load(Ordering::Relaxed) {
        return Err(DoorError::Closed);
    }
    let flow = arrival.flow;
    let (arrival, span) = received(core, arrival);
    let mut prepared = prepare(core, arrival, asking)?;
    // Held until its run is lined up, also when the sender hangs up before.
    prepared.fresh.room = [Some(enter_room(core, flow.key, prepared.fresh.bytes)?), None];
    noted(span, submit(core, flow, prepared).await)
}

/// Puts an event on disk that was drawn from a buffer. There it was bounded, and there it waits when this fails.
pub async fn accept_drawn(core: &Arc<Core>, arrival: Arrival<'_>) -> Result<Received, DoorError> {
    if core.closed.load(Ordering::Relaxed) {
        return Err(DoorError::Closed);
    }
    let flow = arrival.flow;
    let (arrival, span) = received(core, arrival);
    noted(span, submit(core, flow, prepare(core, arrival, None)?).await)
}

/// How long an event of our own waits for space before it is tried again.
pub const SPACE_PAUSE: Duration = Duration::from_millis(500);

/// Puts an event of our own on disk: nobody outside keeps it, so space on the disk or before the writer is waited for.
pub async fn accept_with_patience<'a>(
    core: &Arc<Core>,
    arrival: impl Fn() -> Arrival<'a>,
) -> Result<Received, DoorError> {
    loop {
        let (arrival, span) = received(core, arrival());
        let flow = arrival.flow;
        let prepared = prepare(core, arrival, None)?;
        match noted(span, submit(core, flow, prepared).await) {
            Err(DoorError::StoreFull | DoorError::StoreAway | DoorError::Busy { .. }) => {
                tokio::time::sleep(SPACE_PAUSE).await
            }
            other => return other,
        }
    }
}

/// Begins the event's span. The event keeps where that stands: whatever becomes of it is in the same trace.
pub fn received<'a>(core: &Core, mut arrival: Arrival<'a>) -> (Arrival<'a>, Span) {
    let parent = Trace::of_head(&arrival.head);
    let span = core.options.tracer.receive(arrival.flow, arrival.trigger.as_str(), &parent);
    span.trace(&parent).keep(&mut arrival.head);
    (arrival, span)
}

fn noted(mut span: Span, received: Result<Received, DoorError>) -> Result<Received, DoorError> {
    match &received {
        Ok(Received { run, duplicate, .. }) => {
            span.set("khlong.run", *run);
            span.set("khlong.duplicate", *duplicate);
        }
        Err(_) => span.fail("not_accepted"),
    }
    received
}

async fn submit(core: &Arc<Core>, flow: &Flow, mut prepared: Prepared) -> Result<Received, DoorError> {
    if core.writer.is_down() {
        return Err(DoorError::Down);
    }
    if !core.holding.is_good() {
        // Its number among the processes may be another's by now.
        return Err(DoorError::Busy { retry_after_s: RETRY_AFTER_S });
    }
    // Here, where every event passes: without it a long body is in no row and in no blob.
    prepared.stow(core).await?;
    let started = std::time::Instant::now();
    let asked_elsewhere = prepared.elsewhere.as_mut().and_then(|(told, to)| Some((told.id, to.take()?)));
    let mut run = 0;
    let ticket = core.accept(|id| {
        run = id;
        prepared.numbered(id)
    });
    let ticket = ticket.ok_or(DoorError::Busy { retry_after_s: RETRY_AFTER_S })?;
    let accepted = ticket.on_disk().await.map_err(|error| match error {
        WriteError::Full => DoorError::StoreFull,
        WriteError::Away => DoorError::StoreAway,
        WriteError::Refused | WriteError::Lost | WriteError::Down => DoorError::Down,
    })?;
    failpoint::reach("acknowledge");
    match accepted {
        Accepted::Duplicate { event } => {
            core.gauges.duplicate(flow);
            Ok(Received { run: event, duplicate: true, answer: None })
        }
        // A run from outside retries none.
        Accepted::New | Accepted::RetriedBefore { .. } => {
            core.gauges.accepted(flow, started.elapsed());
            if let Some((control, to)) = asked_elsewhere {
                sync::spawn(core.clone().pass_answer(control, to));
            }
            Ok(Received { run, duplicate: false, answer: None })
        }
    }
}

/// An event and its run, complete but for their number.
struct Prepared {
    event: EventRow,
    fresh: Box<Fresh>,
    schedule: Option<ScheduleMoved>,
    /// A body that is too long for its row, until it is in a blob.
    long: Option<Bytes>,
    blob: Option<BlobRef>,
    /// Who waits for the answer of a run that is another process's, and what that is told.
    elsewhere: Option<(Control, Option<oneshot::Sender<Answer>>)>,
}

impl Prepared {
    async fn stow(&mut self, core: &Arc<Core>) -> Result<(), DoorError> {
        let Some(long) = self.long.take() else { return Ok(()) };
        let blob = big::stow(core, &long).await.map_err(not_stowed)?;
        self.event.body = blob.encode();
        self.fresh.kept.body = self.event.body.clone();
        self.blob = Some(blob);
        Ok(())
    }

    fn numbered(mut self, id: RunId) -> (Write, Ready) {
        let row = &mut self.fresh.row;
        (row.id, row.event, row.lineage, self.event.id) = (id, id, id, id);
        let row = row.clone();
        let accept = Accept { event: Some(self.event), run: row.clone(), records: Vec::new(), retries: None };
        let blob_use = self.blob.map(|blob| BlobUse::of_event(id, blob.hash()));
        let control = self.elsewhere.map(|(told, _)| Control { run: id, ..told });
        let write =
            Write { accept: Some(accept), schedule: self.schedule, blob_use, control, ..Write::default() };
        (write, ready_of(row, Some(self.fresh)))
    }
}

pub fn ready_of(row: RunRow, fresh: Option<Box<Fresh>>) -> Ready {
    // A retry is what a person wants, and a called run is waited for.
    let collapsible = row.lineage == row.id && row.parent.is_none();
    let (came, burst) = (row.started_at, row.started_at);
    Ready { came, burst, collapsible, fresh, ..Ready::new(row.id, row.flow, row.shard, row.lane) }
}

fn prepare(core: &Arc<Core>, arrival: Arrival<'_>, asking: Option<Asking>) -> Result<Prepared, DoorError> {
    let Arrival { flow, trigger, delivery, head, body, parent, schedule, received_at, fetched } = arrival;
    let now = core.clock.now();
    let (raw, sha256, blob) = match &body {
        Sent::Blob(blob) => (blob.encode(), blob.hash(), Some(blob.clone())),
        Sent::Body(body) => {
            let raw = text_of(body)?;
            let sha256 = Sha256::digest(&raw).into();
            (raw, sha256, None)
        }
    };
    // What nobody has looked into stays closed until its run starts.
    let closed = flow.order_by.is_none() && !matches!(body, Sent::Body(Body::Value(_)));
    let mut head_text = text_of_head(&head)?;
    // Of what was fetched it may have to say yet that its key cannot be read.
    let mut head_again = fetched.then(|| head.clone());
    let mut opened = (!closed).then(|| match body {
        Sent::Body(Body::Json(text)) => Data::received(head, Data::from_text(text)),
        Sent::Body(Body::Value(value)) => trigger_data(head, value),
        Sent::Blob(blob) => Data::received(head, Blob::data(blob)),
    });
    let key = match opened.as_ref().map(|data| ordering_key(core, flow, data)).transpose() {
        Err(DoorError::Malformed(why)) if let Some(mut head) = head_again.take() => {
            tracing::warn!(flow = %flow.id, why, "an event that was fetched is in no order");
            head.insert(PROBLEM.into(), why.into());
            head_text = text_of_head(&head)?;
            let body = opened.as_ref().and_then(|data| data.walk(&[BODY])).unwrap_or_else(Data::null);
            opened = Some(Data::received(head, body));
            None
        }
        key => key?.flatten(),
    };
    let lane = key.as_deref().map(|key| keys::lane(flow.key, key));
    let row = RunRow {
        id: 0,
        flow: flow.key,
        version: flow.version,
        event: 0,
        shard: core.holding.shard_for(lane),
        lane,
        key: key.as_deref().map(shown_key),
        lineage: 0,
        parent,
        started_at: now,
        deadline: flow.deadline(now),
    };
    let long = (blob.is_none() && raw.len() > INLINE_BYTES_MAX).then(|| raw.clone());
    let body = match (&blob, &long) {
        (Some(_), _) => raw.clone(),
        (None, Some(_)) => Bytes::new(),
        (None, None) => codec::encode(&raw),
    };
    let kept = Kept { head: codec::encode(&head_text), body };
    let event = EventRow {
        id: 0,
        flow: flow.key,
        trigger: trigger.clone(),
        received_at: received_at.unwrap_or(now),
        delivery: delivery.map(|delivery| keys::delivery(&delivery)),
        head: kept.head.clone(),
        body: kept.body.clone(),
        sha256,
    };
    let (answer, elsewhere) = match asking {
        Some(Asking { to, wait }) if !core.holding.keeps(row.shard) => {
            (None, Some((told::asking(core.ids.mint(now), now, wait), Some(to))))
        }
        asking => (asking.map(|asking| asking.to), None),
    };
    let fresh = Box::new(Fresh { row, trigger, kept, opened, bytes: raw.len(), room: [None, None], answer });
    Ok(Prepared { event, fresh, schedule, long, blob, elsewhere })
}

fn text_of_head(head: &serde_json::Map<String, Value>) -> Result<Vec<u8>, DoorError> {
    serde_json::to_vec(head).map_err(|error| DoorError::Malformed(error.to_string()))
}

fn text_of(body: &Body) -> Result<Bytes, DoorError> {
    match body {
        Body::Json(text) => Ok(text.clone()),
        Body::Value(value) => {
            let text = serde_json::to_vec(value).map_err(|error| DoorError::Malformed(error.to_string()))?;
            Ok(text.into())
        }
    }
}

/// Where a trigger's body is found in what nodes see as `trigger`.
pub const BODY: &str = "body";

/// Where `trigger` says what is wrong with an event that was taken all the same.
const PROBLEM: &str = "problem";

/// What nodes see as `trigger`: the head's fields, and the body.
pub fn trigger_data(head: serde_json::Map<String, Value>, body: Value) -> Data {
    Data::received(head, Data::from(body).compact())
}

/// Longest ordering key that is kept as text, in characters; longer ones are told apart by their hash all the same.
const KEY_CHARS_MAX: usize = 200;

/// Stands in a kept key for a character that not every store takes.
const NO_CHARACTER: char = '\u{fffd}';

/// An ordering key as it is kept for people.
pub fn shown_key(key: &str) -> String {
    key.chars().take(KEY_CHARS_MAX).map(|c| if c == '\0' { NO_CHARACTER } else { c }).collect()
}

/// Whether a key that is kept for people is the key itself, to the last character.
pub fn is_whole(kept: &str) -> bool {
    kept.chars().count() < KEY_CHARS_MAX && !kept.contains(NO_CHARACTER)
}

/// An event like another one, with another body.
pub fn with_body(event: &EventRow, body: &Value) -> Result<EventRow, Error> {
    let raw = serde_json::to_vec(body).map_err(|error| Error::NotPossible(error.to_string()))?;
    let sha256 = Sha256::digest(&raw).into();
    Ok(EventRow { delivery: None, sha256, body: codec::encode(&raw), ..event.clone() })
}

/// The ordering key that a flow gives an event.
pub async fn key_of(core: &Core, flow: &Flow, event: &EventRow) -> Result<Option<String>, Error> {
    let data = open(core, &Kept { head: event.head.clone(), body: event.body.clone() }).await?;
    ordering_key(core, flow, &data).map_err(|error| Error::NotPossible(error.to_string()))
}

/// What a trigger received, read back from how the store has it.
pub async fn open(core: &Core, kept: &Kept) -> Result<Data, Error> {
    let body = match BlobRef::of(&kept.body)? {
        Some(blob) if blob.content_type.is_none() => {
            let bytes = blob.bytes;
            Data::from_text(Pieces::of(core.store.clone(), &blob).whole(bytes).await?)
        }
        _ => shown_body(kept)?,
    };
    Ok(Data::received(head_of(kept)?, body))
}

/// The same for people, who see of a long body what it is and how it begins.
pub fn open_shown(kept: &Kept) -> Result<Data, Error> {
    Ok(Data::received(head_of(kept)?, shown_body(kept)?))
}

fn shown_body(kept: &Kept) -> Result<Data, Error> {
    match BlobRef::of(&kept.body)? {
        Some(blob) => Ok(Blob::data(blob)),
        None => Ok(Data::from_text(codec::decode(&kept.body).map_err(unreadable)?)),
    }
}

fn head_of(kept: &Kept) -> Result<serde_json::Map<String, Value>, Error> {
    let head = codec::decode(&kept.head).map_err(unreadable)?;
    serde_json::from_slice(&head).map_err(unreadable)
}

fn unreadable(error: impl std::fmt::Display) -> Error {
    Error::Store(store::Error::Unreadable(error.to_string()))
}

pub fn ordering_key(core: &Core, flow: &Flow, data: &Data) -> Result<Option<String>, DoorError> {
    let Some(order_by) = &flow.order_by else {
        return Ok(None);
    };
    let body = Shown(data.walk(&["body"]).unwrap_or_else(Data::null));
    let rendered = core.render_at_door(order_by, &body, &Shown(data.clone()), &flow.id);
    let key = rendered.map_err(|error| match error.limited_by() {
        // It may go better when there is less to do. Whoever is told that the event is malformed does not send it again.
        Some(Which::Wall) => {
            tracing::warn!(flow = %flow.id, "the flow's order_by takes too long: its event was not taken");
            DoorError::Busy { retry_after_s: RETRY_AFTER_S }
        }
        _ => DoorError::Malformed(format!("the ordering key cannot be read: {error}")),
    })?;
    Ok(match key {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    })
}

/// Takes a share of the bytes that may be on their way to the disk, unless too many runs wait.
fn enter_room(core: &Core, flow: FlowKey, bytes: usize) -> Result<Held, DoorError> {
    let (waiting, held_full) = {
        let queue = core.queue();
        (core.waiting(&queue), queue.is_held_full(flow))
    };
    if held_full {
        return Err(DoorError::HoldFull);
    }
    if waiting >= core.options.queue_runs_max {
        return Err(DoorError::Busy { retry_after_s: RETRY_AFTER_S });
    }
    room_for(core, bytes)
}

/// The same however many runs wait.
pub fn room_for(core: &Core, bytes: usize) -> Result<Held, DoorError> {
    core.accepting_room.take_alone(bytes).ok_or(DoorError::Busy { retry_after_s: RETRY_AFTER_S })
}
