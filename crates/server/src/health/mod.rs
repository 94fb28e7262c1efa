//! Whether connections work: each is tried by itself now and then, and how that came out is kept.
//!
//! One process tries, the one that does what one does for all, and one connection at a time. A trial goes through the
//! connection's gate: it takes its call out of the rate budget, and is not made while calls are held back or steps wait.

mod due;
mod trying;

pub use trying::{ask, can_try, note, try_now};

use crate::App;
use due::Due;
use model::ConnectionName;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;
use store::{HealthRow, Ms};

/// How often it is looked what is due: connections are made and changed meanwhile, and shards change hands.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// When one is tried again whose gate let nothing through.
const PUT_OFF_MS: Ms = 60_000;

/// How a connection was when it was last tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    pub ok: bool,
    /// Since when that has been so.
    pub since: Ms,
    #[serde(default)]
    pub code: String,
    #[serde(default)]
    pub message: String,
    #[serde(default)]
    pub advice: String,
}

/// What is known of every connection, by name, and when that was found.
#[derive(Default)]
pub struct Known(BTreeMap<ConnectionName, (Ms, Tried)>);

impl Known {
    pub async fn read(store: &dyn store::Store) -> Result<Self, store::Error> {
        let read = |row: HealthRow| {
            let tried = serde_json::from_str(&row.document).ok()?;
            Some((row.connection, (row.checked_at, tried)))
        };
        Ok(Self(store.health().await?.into_iter().filter_map(read).collect()))
    }

    /// Of the connection as it has been since then: what was found before it was changed says nothing.
    pub fn of(&self, name: &ConnectionName, updated_at: Ms) -> Option<(Ms, &Tried)> {
        let (at, tried) = self.0.get(name)?;
        (*at >= updated_at).then_some((*at, tried))
    }
}

/// Tries connections for as long as it is waited for; never where that is turned off.
pub async fn keep(app: &App) {
    let Some(every) = app.health_every() else { return std::future::pending().await };
    let mut put_off = HashMap::new();
    let began = app.now();
    loop {
        if app.engine().is_caretaker()
            && let Err(error) = round(app, every, began, &mut put_off).await
        {
            tracing::warn!(%error, "whether connections work is not known now");
        }
        let clock = app.clock();
        tokio::select! {
            () = clock.jumped() => {}
            () = tokio::time::sleep(LOOK_EVERY.min(every)) => {}
        }
    }
}

/// Tries what is due, one after the other.
async fn round(
    app: &App,
    every: Duration,
    began: Ms,
    put_off: &mut HashMap<ConnectionName, Ms>,
) -> Result<(), store::Error> {
    let known = Known::read(app.store()).await?;
    let all = app.vault().list();
    put_off.retain(|name, _| all.contains_key(name));
    let mut due: Vec<(Ms, ConnectionName)> = Vec::new();
    for (name, (held, updated_at)) in &all {
        // What nobody is signed in to is known to rest.
        if held.signed_out || app.vault().waits_for_sign_in(held) || !can_try(app, held) {
            continue;
        }
        let checked_at = known.of(name, *updated_at).map(|(at, _)| at);
        let at = Due { name, checked_at, since: began.max(*updated_at), every }.at();
        let at = at.max(put_off.get(name).copied().unwrap_or(Ms::MIN));
        if at <= app.now() {
            due.push((at, name.clone()));
        }
    }
    due.sort_unstable();
    for (_, name) in due {
        if !app.engine().is_caretaker() {
            break;
        }
        put_off.remove(&name);
        match app.engine().call_aside(&name, ask(app, &name)).await {
            Some(answer) => note(app, &name, &answer).await?,
            None => drop(put_off.insert(name, app.now().saturating_add(PUT_OFF_MS))),
        }
    }
    Ok(())
}
