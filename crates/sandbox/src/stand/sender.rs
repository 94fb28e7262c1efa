//! Sends a vendor's webhooks: attempt, wait, attempt again; the same bytes each time.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::redirect;
use serde_json::Value;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::delivery::{Delivery, Fate};
use super::target::{Parcel, TARGETS_MAX, Target};
use crate::{Clock, Error};

/// Deliveries that wait for a further attempt at the same time; more are given up at once.
const WAITING_MAX: usize = 10_000;
/// Deliveries remembered; the oldest finished ones are forgotten beyond that.
const KEPT_MAX: usize = 20_000;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// Of an answer only the status counts; this much of its body is read so that the connection can be used again.
const ANSWER_BYTES_MAX: usize = 64 << 10;

/// Given-up webhooks a vendor can be asked for; the oldest are forgotten beyond that.
const LOST_MAX: usize = 1_000;

/// What is signed, and for whom.
pub(crate) struct Sealed<'a> {
    pub target: &'a Target,
    pub parcel: &'a Parcel,
    pub at: DateTime<Utc>,
}

/// Gives the headers that prove where a webhook comes from.
pub(crate) type Sign = Box<dyn Fn(&Sealed<'_>) -> Vec<(&'static str, String)> + Send + Sync>;

/// How a vendor delivers.
pub(crate) struct Manners {
    pub user_agent: &'static str,
    pub timeout: Duration,
    /// The wait before each further attempt; when it is used up, the delivery is given up.
    pub gaps: Vec<Duration>,
    /// Which statuses count as taken.
    pub taken: fn(u16) -> bool,
    /// Deliveries in a row that nobody took, until the target is switched off.
    pub failures_max: Option<u32>,
    pub sign: Sign,
}

struct State {
    targets: BTreeMap<u64, Target>,
    next_target: u64,
    log: BTreeMap<u64, Delivery>,
    next_delivery: u64,
    waiting: watch::Sender<usize>,
    lost: VecDeque<(u64, Parcel)>,
}

/// The one sender of a stand-in.
pub(crate) struct Sender {
    manners: Manners,
    client: reqwest::Client,
    clock: Clock,
    stop: CancellationToken,
    tasks: TaskTracker,
    state: Mutex<State>,
}

impl Sender {
    /// A redirect is a failure, and a proxy of the environment is not asked for a local address.
    pub(crate) fn new(manners: Manners, clock: Clock, stop: CancellationToken) -> Result<Self, Error> {
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT.min(manners.timeout))
            .timeout(manners.timeout)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .tcp_nodelay(true)
            .user_agent(manners.user_agent)
            .build()?;
        let state = State {
            targets: BTreeMap::new(),
            next_target: 1,
            log: BTreeMap::new(),
            next_delivery: 0,
            waiting: watch::Sender::default(),
            lost: VecDeque::new(),
        };
        let tasks = TaskTracker::new();
        Ok(Self { manners, client, clock, stop, tasks, state: Mutex::new(state) })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Subscribes one more target and gives it an id.
    pub(crate) fn subscribe(&self, mut target: Target) -> Result<Target, String> {
        target.check()?;
        let mut state = self.state();
        if state.targets.len() >= TARGETS_MAX {
            return Err(format!("at most {TARGETS_MAX} targets"));
        }
        target.id = state.next_target;
        state.next_target += 1;
        state.targets.insert(target.id, target.clone());
        Ok(target)
    }

    /// Makes this the only target.
    pub(crate) fn replace(&self, target: Target) -> Result<Target, String> {
        target.check()?;
        self.state().targets.clear();
        self.subscribe(target)
    }

    /// Changes a target; `None` if there is no such one.
    pub(crate) fn change(&self, id: u64, change: impl FnOnce(&mut Target)) -> Option<Target> {
        let mut state = self.state();
        let target = state.targets.get_mut(&id)?;
        change(target);
        Some(target.clone())
    }

    pub(crate) fn unsubscribe(&self, id: u64) -> Option<Target> {
        self.state().targets.remove(&id)
    }

    pub(super) fn unsubscribe_all(&self) {
        self.state().targets.clear();
    }

    pub(crate) fn targets(&self) -> Vec<Target> {
        self.state().targets.values().cloned().collect()
    }

    /// What was given up, oldest first, with a number that rises.
    pub(crate) fn lost(&self, most: usize) -> Vec<(u64, Parcel)> {
        self.state().lost.iter().take(most).cloned().collect()
    }

    /// Forgets what was given up, up to this number.
    pub(crate) fn forget_lost(&self, last: u64) {
        self.state().lost.retain(|(number, _)| *number > last);
    }

    /// Newest first.
    pub(super) fn deliveries(&self, state: Option<&str>) -> Vec<Value> {
        let log = self.state();
        let fits = |delivery: &&Delivery| state.is_none_or(|state| state == delivery.fate.name());
        log.log.values().rev().filter(fits).map(Delivery::show).collect()
    }

    /// Returns once nothing waits to be delivered any more.
    pub(crate) async fn settled(&self) {
        let mut waiting = self.state().waiting.subscribe();
        let _ = waiting.wait_for(|waiting| *waiting == 0).await; // fails only when the stand-in is gone
    }

    /// Ends the retries; what is on its way may still arrive, but not for longer than `grace`.
    pub(crate) async fn close(&self, grace: Duration) {
        self.stop.cancel();
        self.tasks.close();
        let _ = tokio::time::timeout(grace, self.tasks.wait()).await;
    }

    /// Sends to every target that wants the topic, so many copies more of each, and tells how it went.
    /// Returns after the first attempts; further ones go on by themselves.
    pub(crate) async fn send(self: &Arc<Self>, parcel: Parcel, duplicates: u32) -> Vec<Value> {
        let opened = self.open_all(&parcel);
        let mut shown = Vec::with_capacity(opened.len());
        for (number, target) in opened {
            self.begin(number, target, &parcel, duplicates).await;
            shown.extend(self.state().log.get(&number).map(Delivery::show));
        }
        shown
    }

    /// The same in the background. What is announced counts as waiting at once, so that [`Sender::settled`] sees it.
    pub(crate) fn announce(self: &Arc<Self>, parcel: Parcel) {
        let opened = self.open_all(&parcel);
        self.begin_later(opened, parcel);
    }

    fn begin_later(self: &Arc<Self>, opened: Vec<(u64, u64)>, parcel: Parcel) {
        if opened.is_empty() {
            return;
        }
        let sender = self.clone();
        self.tasks.spawn(async move {
            for (number, target) in opened {
                sender.begin(number, target, &parcel, 0).await;
            }
        });
    }

    /// The same, whatever topics the targets want: a vendor's test of an address.
    pub(crate) fn announce_to_all(self: &Arc<Self>, parcel: Parcel) {
        let opened = self.targets().iter().map(|target| (self.open(&parcel), target.id)).collect();
        self.begin_later(opened, parcel);
    }

    /// One attempt outside the log, as vendors do before they take an address; the status that came back.
    pub(crate) async fn probe(&self, target: u64, parcel: &Parcel) -> Option<u16> {
        let target = self.state().targets.get(&target).cloned()?;
        self.attempt(&target, parcel).await.ok()
    }

    fn open_all(&self, parcel: &Parcel) -> Vec<(u64, u64)> {
        let wanted = self.targets().into_iter().filter(|target| target.wants(&parcel.topic));
        wanted.map(|target| (self.open(parcel), target.id)).collect()
    }

    async fn begin(self: &Arc<Self>, number: u64, target: u64, parcel: &Parcel, duplicates: u32) {
        let mut taken = false;
        for _ in 0..=duplicates {
            taken |= self.try_once(number, target, parcel).await;
        }
        if taken {
            self.finish(number, target, Fate::Delivered);
        } else if self.manners.gaps.is_empty() || !self.has_room() {
            self.give_up(number, target, parcel);
        } else {
            let (sender, parcel) = (self.clone(), parcel.clone());
            self.tasks.spawn(async move { sender.keep_trying(number, target, parcel).await });
        }
    }

    /// The target is looked up each time, so that a listener may come back on another port.
    async fn try_once(&self, number: u64, target: u64, parcel: &Parcel) -> bool {
        let Some(target) = self.state().targets.get(&target).cloned() else {
            return false;
        };
        let result = self.attempt(&target, parcel).await;
        let taken = result.as_ref().is_ok_and(|status| (self.manners.taken)(*status));
        let now = self.clock.now();
        if let Some(delivery) = self.state().log.get_mut(&number) {
            delivery.attempts.push((now, result));
        }
        taken
    }

    /// One attempt: the status that came back, or why none did.
    async fn attempt(&self, target: &Target, parcel: &Parcel) -> Result<u16, &'static str> {
        let mut request = self.client.post(&target.url).header("content-type", parcel.content_type);
        let proofs = (self.manners.sign)(&Sealed { target, parcel, at: self.clock.now() });
        for (name, value) in parcel.headers.iter().chain(&proofs) {
            request = request.header(*name, value);
        }
        let mut answer = request.body(parcel.body.clone()).send().await.map_err(|error| reason(&error))?;
        let mut read = 0;
        while read < ANSWER_BYTES_MAX {
            match answer.chunk().await {
                Ok(Some(chunk)) => read += chunk.len(),
                Ok(None) | Err(_) => break,
            }
        }
        Ok(answer.status().as_u16())
    }

    async fn keep_trying(&self, number: u64, target: u64, parcel: Parcel) {
        for gap in &self.manners.gaps {
            if !self.pause(*gap).await {
                return;
            }
            if self.try_once(number, target, &parcel).await {
                return self.finish(number, target, Fate::Delivered);
            }
        }
        self.give_up(number, target, &parcel);
    }

    /// False if the stand-in closes meanwhile.
    async fn pause(&self, gap: Duration) -> bool {
        tokio::select! {
            () = tokio::time::sleep(gap) => true,
            () = self.stop.cancelled() => false,
        }
    }

    fn has_room(&self) -> bool {
        *self.state().waiting.borrow() <= WAITING_MAX
    }

    fn open(&self, parcel: &Parcel) -> u64 {
        let mut state = self.state();
        let number = state.next_delivery;
        state.next_delivery += 1;
        state.waiting.send_modify(|waiting| *waiting += 1);
        state.log.insert(number, Delivery::new(number, parcel));
        if state.log.len() > KEPT_MAX {
            let done = state.log.iter().find(|(_, delivery)| delivery.fate != Fate::Waiting);
            let done = done.map(|(number, _)| *number);
            done.and_then(|number| state.log.remove(&number));
        }
        number
    }

    fn give_up(&self, number: u64, target: u64, parcel: &Parcel) {
        {
            let lost = &mut self.state().lost;
            lost.push_back((number + 1, parcel.clone()));
            if lost.len() > LOST_MAX {
                lost.pop_front();
            }
        }
        self.finish(number, target, Fate::GivenUp);
    }

    fn finish(&self, number: u64, target: u64, fate: Fate) {
        let mut state = self.state();
        if let Some(delivery) = state.log.get_mut(&number) {
            delivery.fate = fate;
        }
        if let Some(target) = state.targets.get_mut(&target) {
            target.failures = if fate == Fate::Delivered { 0 } else { target.failures.saturating_add(1) };
            target.active &= self.manners.failures_max.is_none_or(|max| target.failures <= max);
        }
        state.waiting.send_modify(|waiting| *waiting = waiting.saturating_sub(1));
    }
}

fn reason(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "cannot connect"
    } else {
        "the connection broke"
    }
}
