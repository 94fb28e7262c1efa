//! Tells people of what is wrong, over connections that they have: what to tell is decided from what is seen and what was told
//! before (`decide`), and both what stands and what is still to be said are on disk before anything is sent (`state`).

mod decide;
mod facts;
mod hours;
mod observe;
mod rule;
mod state;
mod tell;
mod watch;
mod words;

pub use decide::Standing;
pub use rule::{Error, check, named};
pub use state::{Outcome, State, Told};
pub use tell::{check as check_targets, drill};
pub use watch::keep;
pub use words::text;

use tokio::sync::Notify;

/// Says that it may pay to look before it is time.
#[derive(Default)]
pub struct Alerts(Notify);

impl Alerts {
    pub fn look_now(&self) {
        self.0.notify_one();
    }

    async fn changed(&self) {
        self.0.notified().await;
    }
}
