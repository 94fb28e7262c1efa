//! Answers of other processes: looked for together, however many wait.

use crate::core::Core;
use crate::sync::{Mutex, MutexGuard, sleep};
use bytes::Bytes;
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, oneshot};

/// How often answers are looked for while somebody waits; a hint makes it sooner.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// The least time between two looks.
const LOOK_GAP: Duration = Duration::from_millis(10);
/// Before a store that did not answer is asked again.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// Who waits for which control's answer.
#[derive(Default)]
pub struct Answers {
    waiting: Mutex<BTreeMap<i64, oneshot::Sender<Bytes>>>,
    look: Notify,
}

impl Answers {
    fn waiting(&self) -> MutexGuard<'_, BTreeMap<i64, oneshot::Sender<Bytes>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It is looked for as long as the receiver is kept.
    pub fn wait_for(&self, control: i64) -> oneshot::Receiver<Bytes> {
        let (answer, answered) = oneshot::channel();
        let mut waiting = self.waiting();
        if waiting.is_empty() {
            self.look.notify_one();
        }
        waiting.insert(control, answer);
        answered
    }

    /// Another process has said something.
    pub fn ring(&self) {
        if !self.waiting().is_empty() {
            self.look.notify_one();
        }
    }

    /// The engine ends.
    pub fn wake(&self) {
        self.look.notify_one();
    }

    fn wanted(&self) -> Vec<i64> {
        let mut waiting = self.waiting();
        waiting.retain(|_, answer| !answer.is_closed());
        waiting.keys().copied().collect()
    }

    fn hand_over(&self, answers: Vec<(i64, Bytes)>) {
        let mut waiting = self.waiting();
        for (control, answer) in answers {
            if let Some(waits) = waiting.remove(&control) {
                // Whoever waited may have gone just now.
                waits.send(answer).ok();
            }
        }
    }
}

/// Looks for answers, for as long as there is an engine or somebody waits.
pub async fn serve(core: Arc<Core>) {
    if !core.holding.is_shared() {
        return;
    }
    loop {
        let wanted = core.answers.wanted();
        if wanted.is_empty() {
            if core.stopping.load(Ordering::Relaxed) {
                return;
            }
            core.answers.look.notified().await;
            continue;
        }
        match core.store.take_answers(&wanted).await {
            Ok(answers) => core.answers.hand_over(answers),
            Err(error) => {
                tracing::debug!(%error, "answers of other processes could not be looked for; tried again");
                sleep(TRY_AGAIN).await;
            }
        }
        sleep(LOOK_GAP).await;
        tokio::select! {
            biased;
            () = core.answers.look.notified() => {}
            () = sleep(LOOK_EVERY) => {}
        }
    }
}
