//! A buffer in memory, which lives as long as a test. It can be told to fail, as brokers do.

use crate::{Buffer, Depth, Drawn, Draws, Error, Most, Parcel, Receipt};
use async_trait::async_trait;
use bytes::Bytes;
use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

const PARCEL_BYTES_MAX: usize = 1 << 20;
const PARCELS_MAX: usize = 100_000;

/// A handle; its clones are the same buffer.
#[derive(Clone)]
pub struct MemoryBuffer(Arc<Inner>);

struct Inner {
    state: Mutex<State>,
    more: Notify,
    parcel_bytes_max: usize,
}

impl Default for MemoryBuffer {
    fn default() -> Self {
        Self::of_parcels(PARCEL_BYTES_MAX)
    }
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Held>,
    in_hands: Vec<Held>,
    dead: Vec<(Bytes, String)>,
    keys: HashSet<String>,
    numbers: u64,
    away: bool,
    dead_full: bool,
}

#[derive(Clone)]
struct Held {
    number: u64,
    text: Bytes,
    times: u32,
}

impl MemoryBuffer {
    /// A broker that takes parcels of so many bytes.
    pub fn of_parcels(parcel_bytes_max: usize) -> Self {
        Self(Arc::new(Inner { state: Mutex::default(), more: Notify::new(), parcel_bytes_max }))
    }

    /// From now on it cannot be reached, or can be again.
    pub fn set_away(&self, away: bool) {
        self.state().away = away;
        self.0.more.notify_waiters();
    }

    /// From now on there is no room for what is buried, or there is again.
    pub fn set_dead_full(&self, full: bool) {
        self.state().dead_full = full;
    }

    /// Whoever drew is gone: what was in their hands is given out again.
    pub fn take_from_hands(&self) {
        let mut state = self.state();
        let back = std::mem::take(&mut state.in_hands);
        put_back(&mut state, back);
        drop(state);
        self.0.more.notify_waiters();
    }

    /// Puts a text in that no door made.
    pub fn slip_in(&self, text: impl Into<Bytes>) {
        self.state().push(text.into());
        self.0.more.notify_waiters();
    }

    /// What was put in and is not done.
    pub fn texts(&self) -> Vec<Bytes> {
        let state = self.state();
        state.in_hands.iter().chain(&state.waiting).map(|held| held.text.clone()).collect()
    }

    /// How many parcels somebody drew and has not answered for.
    pub fn in_hands(&self) -> usize {
        self.state().in_hands.len()
    }

    /// What was buried, and why.
    pub fn dead(&self) -> Vec<(Bytes, String)> {
        self.state().dead.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state of a broker that can be reached.
    fn reached(&self) -> Result<MutexGuard<'_, State>, Error> {
        let state = self.state();
        if state.away { Err(Error::Away("it was told to be away".into())) } else { Ok(state) }
    }

    fn take(&self, most: Most) -> Result<Vec<Drawn>, Error> {
        let mut state = self.reached()?;
        let (mut drawn, mut bytes) = (Vec::new(), 0);
        while let Some(held) = state.waiting.front() {
            bytes += held.text.len();
            if drawn.len() == most.parcels || (bytes > most.bytes && !drawn.is_empty()) {
                break;
            }
            let Some(mut held) = state.waiting.pop_front() else { break };
            held.times += 1;
            let receipt = Receipt(held.number.to_string());
            drawn.push(Drawn { text: held.text.clone(), times: held.times, receipt });
            state.in_hands.push(held);
        }
        Ok(drawn)
    }
}

impl State {
    fn push(&mut self, text: Bytes) {
        self.numbers += 1;
        self.waiting.push_back(Held { number: self.numbers, text, times: 0 });
    }

    fn out_of_hands(&mut self, receipts: &[Receipt]) -> Vec<Held> {
        let among = |held: &Held| receipts.iter().any(|receipt| receipt.0 == held.number.to_string());
        let (out, left) = std::mem::take(&mut self.in_hands).into_iter().partition(among);
        self.in_hands = left;
        out
    }
}

/// Before all that are younger.
fn put_back(state: &mut State, mut back: Vec<Held>) {
    back.sort_by_key(|held| held.number);
    back.into_iter().rev().for_each(|held| state.waiting.push_front(held));
}

#[async_trait]
impl Buffer for MemoryBuffer {
    async fn put(&self, parcel: &Parcel) -> Result<(), Error> {
        let limit = self.0.parcel_bytes_max;
        if parcel.text.len() > limit {
            return Err(Error::TooLarge { limit });
        }
        let mut state = self.reached()?;
        if state.waiting.len() >= PARCELS_MAX {
            return Err(Error::Full(format!("{PARCELS_MAX} parcels wait")));
        }
        if state.keys.insert(parcel.key.clone()) {
            state.push(parcel.text.clone());
        }
        drop(state);
        self.0.more.notify_waiters();
        Ok(())
    }

    async fn draw(&self, most: Most, wait: Duration) -> Result<Vec<Drawn>, Error> {
        let more = self.0.more.notified();
        let mut more = std::pin::pin!(more);
        more.as_mut().enable();
        let drawn = self.take(most)?;
        if !drawn.is_empty() {
            return Ok(drawn);
        }
        tokio::time::timeout(wait, more).await.ok();
        self.take(most)
    }

    async fn done(&self, receipts: &[Receipt]) -> Result<(), Error> {
        self.reached()?.out_of_hands(receipts);
        Ok(())
    }

    async fn give_back(&self, receipts: &[Receipt]) -> Result<(), Error> {
        let mut state = self.reached()?;
        let back = state.out_of_hands(receipts);
        put_back(&mut state, back);
        drop(state);
        self.0.more.notify_waiters();
        Ok(())
    }

    async fn bury(&self, drawn: &Drawn, why: &str) -> Result<(), Error> {
        let mut state = self.reached()?;
        if state.dead_full {
            return Err(Error::Full("it was told to have no room for the dead".into()));
        }
        state.dead.push((drawn.text.clone(), why.to_owned()));
        state.out_of_hands(std::slice::from_ref(&drawn.receipt));
        Ok(())
    }

    async fn depth(&self) -> Result<Depth, Error> {
        let state = self.reached()?;
        let waiting = Some((state.waiting.len() + state.in_hands.len()) as u64);
        Ok(Depth { waiting, dead: Some(state.dead.len() as u64) })
    }

    async fn check(&self) -> Result<String, Error> {
        self.reached().map(|_| "it is in memory".to_owned())
    }

    fn parcel_bytes_max(&self) -> usize {
        self.0.parcel_bytes_max
    }

    fn draws(&self) -> Draws {
        Draws::InOnePlace
    }
}

#[cfg(test)]
mod tests {
    use crate::Buffer;
    use crate::contract::{Home, Kind};
    use crate::memory::MemoryBuffer;
    use async_trait::async_trait;
    use std::sync::Arc;

    struct InMemory(MemoryBuffer);

    #[async_trait]
    impl Home for InMemory {
        fn kind(&self) -> Kind {
            Kind { drops_repeats: true, keeps_order: true, counts: true }
        }

        async fn open(&self) -> Arc<dyn Buffer> {
            Arc::new(self.0.clone())
        }
    }

    crate::contract_tests!(InMemory(MemoryBuffer::default()));
}
