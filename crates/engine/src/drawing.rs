//! From a buffer into the store: what is drawn is answered for after its commit, and not before.

use crate::buffered::BufferedEvent;
use crate::core::Core;
use crate::door::{self, Arrival};
use crate::error::{DoorError, Error};
use crate::flow::Flow;
use crate::gauges::BufferCounts;
use crate::sync::{Mutex, MutexGuard};
use crate::wake::CARETAKER;
use crate::{failpoint, sync};
use buffer::{Buffer, Drawn, Draws, Most, Receipt};
use futures::future::join_all;
use model::FlowId;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, Weak};
use std::time::Duration;
use store::Ms;

/// What lies in memory between broker and store.
const MOST: Most = Most { parcels: 64, bytes: 8 << 20 };
/// How long a broker is asked to wait for something to draw.
const WAIT: Duration = Duration::from_secs(1);
/// Pause before something that failed is tried again; it doubles up to the longest.
const PAUSE: Duration = Duration::from_millis(500);
const PAUSE_MAX: Duration = Duration::from_secs(10);
/// A parcel that came so often ends whoever takes it in: it is buried.
const TIMES_MAX: u32 = 32;
/// How often a store may refuse an event before it is buried.
const REFUSALS_MAX: u32 = 5;
/// How long an event waits, in hands and so in its order, for a process that can run its flow: in a rolling upgrade this one
/// ends meanwhile and a newer one draws. Counted from the first event of a flow, so that the others are held up once.
const NEWER_MAX_MS: Ms = 10 * 60_000;
/// How often the store is asked for such a flow's version.
const NEWER_PAUSE: Duration = Duration::from_secs(2);
const COUNT_EVERY: Duration = Duration::from_secs(10);

/// Draws from every buffer of this process, whether or not a flow uses it: something may have been left in it.
pub fn start(core: &Arc<Core>) {
    for (name, buffer) in core.options.buffers.iter() {
        let (counts, name) = (core.gauges.buffer(name), name.to_owned());
        let (core, buffer, unknown) = (Arc::downgrade(core), buffer.clone(), Arc::default());
        let drawer = Drawer { core, name, buffer, counts, unknown };
        sync::spawn(drawer.clone().count());
        sync::spawn(drawer.serve());
    }
}

#[derive(Clone)]
struct Drawer {
    /// A buffer keeps no engine alive.
    core: Weak<Core>,
    name: String,
    buffer: Arc<dyn Buffer>,
    counts: Arc<BufferCounts>,
    /// Flows that this release cannot run, since when.
    unknown: Arc<Mutex<HashMap<FlowId, Ms>>>,
}

/// An event in our hands.
struct Held {
    event: BufferedEvent,
    drawn: Drawn,
}

/// Why an event is not on disk yet.
enum Unaccepted {
    /// There is no such flow, or no such trigger in it.
    Gone,
    /// There is, in a version that this release cannot run.
    Unknown(Error),
    Door(DoorError),
}

impl From<DoorError> for Unaccepted {
    fn from(error: DoorError) -> Self {
        Self::Door(error)
    }
}

enum Outcome {
    OnDisk {
        repeated: bool,
    },
    NoUse(String),
    /// The engine ends; the event is for whoever draws next.
    Stopped,
}

impl Drawer {
    async fn serve(self) {
        let mut pause = PAUSE;
        while let Some(core) = self.core() {
            let may = self.may_draw(&core);
            drop(core);
            if !may {
                tokio::time::sleep(PAUSE).await;
                continue;
            }
            let before = self.counts.read().drawn;
            let taken_in = match self.buffer.draw(MOST, WAIT).await {
                Ok(drawn) => self.take_in(drawn).await,
                Err(error) => Err(error),
            };
            match taken_in {
                Ok(()) => {
                    pause = PAUSE;
                    if self.counts.works() {
                        tracing::info!(buffer = self.name, "a broker answers again");
                    }
                }
                Err(error) => {
                    if self.counts.fails() {
                        tracing::warn!(buffer = self.name, %error, "a broker does not answer as it should");
                    }
                    if self.counts.read().drawn > before {
                        // What cannot be buried holds up nobody else for long.
                        pause = PAUSE;
                    }
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(PAUSE_MAX);
                }
            }
        }
    }

    fn core(&self) -> Option<Arc<Core>> {
        self.core.upgrade().filter(|core| !core.stopping.load(Ordering::Relaxed) && !core.writer.is_down())
    }

    /// What could not be taken in stays with the broker, which has more room.
    fn may_draw(&self, core: &Core) -> bool {
        let ours = match self.buffer.draws() {
            Draws::Everywhere => core.holding.is_good(),
            Draws::InOnePlace => core.holding.is_good() && core.holding.works_on(CARETAKER),
        };
        let open = !core.closed.load(Ordering::Relaxed);
        ours && open && core.waiting(&core.queue()) < core.options.queue_runs_max
    }

    /// Takes in what was drawn, one after the other within a lane. Parcels that fail stay with the broker.
    ///
    /// Gives the first of the broker's errors, after all parcels: one that nothing was said of would be neither here nor
    /// there, and a broker bounds how many of those there are.
    async fn take_in(&self, drawn: Vec<Drawn>) -> Result<(), buffer::Error> {
        let mut left = Vec::with_capacity(drawn.len());
        let mut said = Ok(());
        for drawn in drawn {
            match readable(&drawn) {
                Ok(event) => left.push(Held { event, drawn }),
                Err(why) => said = said.and(self.bury(&drawn, &why).await),
            }
        }
        while !left.is_empty() {
            let (now, later) = first_of_each_lane(left);
            let outcomes = join_all(now.iter().map(|held| self.accept(&held.event))).await;
            failpoint::reach("drawn");
            said = said.and(self.answer(now, outcomes).await);
            left = later;
        }
        said
    }

    async fn answer(&self, held: Vec<Held>, outcomes: Vec<Outcome>) -> Result<(), buffer::Error> {
        let (mut done, mut back): (Vec<Receipt>, Vec<Receipt>) = Default::default();
        let mut no_use = Vec::new();
        for (held, outcome) in held.into_iter().zip(outcomes) {
            match outcome {
                Outcome::OnDisk { repeated } => {
                    self.counts.drawn(repeated);
                    done.push(held.drawn.receipt);
                }
                Outcome::NoUse(why) => no_use.push((held.drawn, why)),
                Outcome::Stopped => back.push(held.drawn.receipt),
            }
        }
        let mut said = self.buffer.done(&done).await;
        if !back.is_empty() {
            said = said.and(self.buffer.give_back(&back).await);
        }
        for (drawn, why) in no_use {
            said = said.and(self.bury(&drawn, &why).await);
        }
        said
    }

    async fn bury(&self, drawn: &Drawn, why: &str) -> Result<(), buffer::Error> {
        if let Err(error) = self.buffer.bury(drawn, why).await {
            // Where there is no room for the dead, they stay where they are.
            self.buffer.give_back(std::slice::from_ref(&drawn.receipt)).await.ok();
            return Err(error);
        }
        self.counts.buried();
        tracing::error!(
            buffer = self.name,
            why,
            "what was in a buffer is no use; it lies beside it, with the dead"
        );
        Ok(())
    }

    /// Puts an event on disk, with patience for a store that is away or full.
    async fn accept(&self, event: &BufferedEvent) -> Outcome {
        let mut refusals = 0;
        while let Some(core) = self.core() {
            let mut pause = PAUSE;
            match accept_once(&core, event).await {
                Ok(repeated) => {
                    self.unknown().remove(&event.flow);
                    return Outcome::OnDisk { repeated };
                }
                Err(Unaccepted::Gone) => {
                    return Outcome::NoUse(format!(
                        "there is no trigger {} in a flow {}",
                        event.trigger, event.flow
                    ));
                }
                Err(Unaccepted::Unknown(_)) if self.waits_for_newer(&event.flow, core.clock.now()) => {
                    pause = NEWER_PAUSE;
                }
                Err(Unaccepted::Unknown(error)) => return Outcome::NoUse(error.to_string()),
                Err(Unaccepted::Door(
                    DoorError::Closed | DoorError::StoreFull | DoorError::StoreAway | DoorError::Busy { .. },
                )) => {}
                Err(Unaccepted::Door(DoorError::Down)) if refusals < REFUSALS_MAX => refusals += 1,
                Err(Unaccepted::Door(error)) => return Outcome::NoUse(error.to_string()),
            }
            drop(core);
            tokio::time::sleep(pause).await;
        }
        Outcome::Stopped
    }

    fn unknown(&self) -> MutexGuard<'_, HashMap<FlowId, Ms>> {
        self.unknown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn waits_for_newer(&self, flow: &FlowId, now: Ms) -> bool {
        let mut unknown = self.unknown();
        if !unknown.contains_key(flow) {
            tracing::warn!(buffer = self.name, %flow, "events wait for a process that can run their flow");
        }
        let since = *unknown.entry(flow.clone()).or_insert(now);
        now < since.saturating_add(NEWER_MAX_MS)
    }

    /// Asks how much is in it, so that whoever reads the metrics need not wait for a broker.
    async fn count(self) {
        while self.core().is_some() {
            self.counts.holds(self.buffer.depth().await.unwrap_or_default());
            tokio::time::sleep(COUNT_EVERY).await;
        }
    }
}

fn readable(drawn: &Drawn) -> Result<BufferedEvent, String> {
    if drawn.times > TIMES_MAX {
        return Err(format!("it was given out {} times and never came on disk", drawn.times));
    }
    BufferedEvent::read(&drawn.text)
}

/// Whether the event had come before.
async fn accept_once(core: &Arc<Core>, event: &BufferedEvent) -> Result<bool, Unaccepted> {
    let (flow, trigger) = match deployed(core, event) {
        Some(found) => found,
        None => published(core, event).await?,
    };
    let arrival = Arrival {
        head: event.head.clone(),
        received_at: Some(event.received_at),
        ..Arrival::of(&flow, trigger, Some(event.delivery.clone()), event.body.clone())
    };
    Ok(door::accept_drawn(core, arrival).await?.duplicate)
}

fn deployed(core: &Core, event: &BufferedEvent) -> Option<(Arc<Flow>, usize)> {
    let flow = core.flows.get(&event.flow)?.flow;
    let trigger = flow.trigger(Some(event.trigger.as_str()), "")?;
    Some((flow, trigger))
}

/// What another process may have published a moment ago.
async fn published(core: &Arc<Core>, event: &BufferedEvent) -> Result<(Arc<Flow>, usize), Unaccepted> {
    let row =
        core.store.flow(&event.flow).await.map_err(|_| DoorError::StoreAway)?.ok_or(Unaccepted::Gone)?;
    let since = row.updated_at;
    // Its connections may be as new as the flow.
    core.follow_connections().await.map_err(Unaccepted::Unknown)?;
    core.deploy_since(row, since).await.map_err(Unaccepted::Unknown)?;
    deployed(core, event).ok_or(Unaccepted::Gone)
}

/// Parts the events into those that nothing of their lane stands before, and the others.
fn first_of_each_lane(events: Vec<Held>) -> (Vec<Held>, Vec<Held>) {
    let mut lanes = HashSet::new();
    events.into_iter().partition(|held| {
        let lane = held.event.lane.as_ref().map(|lane| (held.event.flow.clone(), lane.clone()));
        lane.is_none_or(|lane| lanes.insert(lane))
    })
}
