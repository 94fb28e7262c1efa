//! Looks now and then what is wrong, and tells whoever is to be told.
//!
//! The process does so that does what one does for all. While that duty changes hands there may be two for a moment: the
//! revision of a rule's row lets one of them decide, and its claim in the row lets one send.

use super::decide::decide;
use super::observe::Look;
use super::state::{CLAIM_MS, Due, Outcome, State};
use super::tell;
use crate::App;
use api::AlertRule;
use futures::future::join_all;
use std::time::Duration;
use store::{AlertRow, Ms};

/// How often it is looked.
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// How often it is tried to write down how messages came out, while people change the same row.
const WRITES_MAX: usize = 20;

/// Tells people for as long as it is waited for.
pub async fn keep(app: &App) {
    let clock = app.clock();
    loop {
        if app.engine().is_caretaker()
            && let Err(error) = round(app).await
        {
            tracing::warn!(%error, "whether somebody is to be told of something is not known now");
        }
        tokio::select! {
            () = clock.jumped() => {}
            () = app.alerts().changed() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

/// Looks at every rule once. One that cannot be looked at keeps no other from being.
async fn round(app: &App) -> Result<(), store::Error> {
    let look = Look::at(app, app.now());
    let mut failed = Ok(());
    for row in app.store().alerts().await? {
        if !app.engine().is_caretaker() {
            break;
        }
        if let Err(error) = look_at(app, &look, row).await {
            failed = Err(error);
        }
    }
    failed
}

async fn look_at(app: &App, look: &Look<'_>, row: AlertRow) -> Result<(), store::Error> {
    let Ok(rule) = serde_json::from_str::<AlertRule>(&row.rule) else {
        // Of a newer release, which knows what it means.
        tracing::debug!(alert = row.id, "a rule cannot be read");
        return Ok(());
    };
    if !rule.enabled {
        return Ok(());
    }
    let seen = look.see(&rule).await?;
    let (before, now) = (State::read(&row.state)?, app.now());
    let mut state = before.clone();
    let decision = decide(&rule, seen.as_ref(), &state.standing, now);
    for tell in &decision.tell {
        tracing::info!(alert = row.id, occasion = tell.occasion.as_str(), "people are told of it");
    }
    state.take(&rule, decision, now);
    let is_claimed = state.claimed_until > now;
    let due = if is_claimed { Vec::new() } else { state.due(now) };
    if !due.is_empty() {
        state.claimed_until = now + CLAIM_MS;
    }
    if state == before || !app.store().save_alert(AlertRow { state: state.write(), ..row.clone() }).await? {
        return Ok(());
    }
    if !due.is_empty() {
        let sending = Sending { id: row.id, rule, due, claimed_until: state.claimed_until };
        let sender = app.clone();
        // A server that stops waits for it, so that what was sent is written down. No other rule does: what is claimed is sent
        // once, and its number is bounded by the rules.
        app.changes().spawn(async move { send(&sender, sending).await });
    }
    Ok(())
}

/// What this process sends of a rule, and until when nobody else does.
struct Sending {
    id: String,
    rule: AlertRule,
    due: Vec<Due>,
    claimed_until: Ms,
}

/// Sends all that is due, side by side: one who cannot be reached keeps nobody waiting.
async fn send(app: &App, Sending { id, rule, due, claimed_until }: Sending) {
    let outcomes = join_all(due.iter().map(|due| tell::send(app, &id, &rule, due))).await;
    let outcomes: Vec<(Due, Outcome)> = due.into_iter().zip(outcomes).collect();
    for (due, outcome) in &outcomes {
        if let Outcome::Failed { message, .. } = outcome {
            tracing::warn!(alert = id, connection = due.target.connection, message, "a message was not sent");
        }
    }
    if let Err(error) = write_down(app, &id, &outcomes, claimed_until).await {
        tracing::warn!(alert = id, %error, "how messages came out was not written down: they may come again");
    }
}

/// Whatever else was changed of the row meanwhile stays.
async fn write_down(
    app: &App,
    id: &str,
    outcomes: &[(Due, Outcome)],
    claimed_until: Ms,
) -> Result<(), store::Error> {
    for _ in 0..WRITES_MAX {
        let Some(row) = app.store().alert(id).await? else { return Ok(()) };
        let (mut state, now) = (State::read(&row.state)?, app.now());
        for (due, outcome) in outcomes {
            state.settle(due, outcome.clone(), now);
        }
        // A claim that ran out may be another's by now.
        if state.claimed_until == claimed_until {
            state.claimed_until = 0;
        }
        if app.store().save_alert(AlertRow { state: state.write(), ..row }).await? {
            return Ok(());
        }
    }
    Err(store::Error::Unavailable("the row changes all the time".into()))
}
