//! Trying one connection, and keeping how that came out.

use super::{Known, Tried};
use crate::App;
use connector::{Connection, Error};
use engine::ConnectionSource;
use model::ConnectionName;
use std::time::Duration;
use store::HealthRow;

/// How long one trial may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How much is kept of what the system said.
const CHARS_MAX: usize = 500;

/// Whether a trial would say something.
pub fn can_try(app: &App, held: &Connection) -> bool {
    let catalog = app.catalog();
    catalog.connector(&held.connector).is_some_and(|connector| connector.can_test(held))
}

/// Asks the other system whether a connection works, without changing anything there: with a new token where the one there
/// was has ended, as for a call.
pub async fn ask(app: &App, name: &ConnectionName) -> Result<String, Error> {
    let held = app.vault().ready(name).await?;
    match ask_over(app, &held).await {
        Err(Error::TokenEnded { .. }) => {
            let renewed = app.vault().renew(name, &held).await?;
            ask_over(app, &renewed).await
        }
        answer => answer,
    }
}

async fn ask_over(app: &App, held: &Connection) -> Result<String, Error> {
    let catalog = app.catalog();
    let connector = catalog.connector(&held.connector).ok_or_else(|| Error::Connection {
        message: format!("there is no connector {:?} any more", held.connector),
        advice: "Import it again, or delete the connection.".into(),
    })?;
    let http = app.http().over(held)?;
    let answer = match tokio::time::timeout(TIMEOUT, connector.test(&http, held)).await {
        Ok(answer) => answer,
        Err(_) => {
            let message = format!("no answer within {} s", TIMEOUT.as_secs());
            Err(Error::Unanswered { host: held.connector.clone(), message })
        }
    };
    // A system that repeats what it was told must not make the list of connections tell a key.
    held.concealed_trial(answer)
}

/// Tries a connection that somebody has just signed in to: what was known of it is over.
pub async fn try_now(app: &App, name: &ConnectionName) {
    if !app.vault().find(name).is_some_and(|(held, _)| can_try(app, &held)) {
        return;
    }
    if let Some(answer) = app.engine().call_aside(name, ask(app, name)).await
        && let Err(error) = note(app, name, &answer).await
    {
        tracing::warn!(connection = %name, %error, "how the connection is was not kept");
    }
}

/// Keeps how a trial came out.
pub async fn note(
    app: &App,
    name: &ConnectionName,
    answer: &Result<String, Error>,
) -> Result<(), store::Error> {
    let Some((_, updated_at)) = app.vault().find(name) else { return Ok(()) };
    let (known, now) = (Known::read(app.store()).await?, app.now());
    let before = known.of(name, updated_at).map(|(_, tried)| tried);
    let ok = answer.is_ok();
    let since = before.filter(|before| before.ok == ok).map_or(now, |before| before.since);
    let tried = match answer {
        Ok(message) => {
            Tried { ok, since, code: String::new(), message: shorten(message), advice: String::new() }
        }
        Err(error) => Tried {
            ok,
            since,
            code: error.code().into(),
            message: shorten(&error.to_string()),
            advice: shorten(&error.advice()),
        },
    };
    match before.is_none_or(|before| before.ok) {
        true if !ok => tracing::warn!(connection = %name, code = tried.code, "a connection does not work"),
        false if ok => tracing::info!(connection = %name, "a connection works again"),
        _ => {}
    }
    let document = serde_json::to_string(&tried).unwrap_or_default();
    app.store().keep_health(HealthRow { connection: name.clone(), checked_at: now, document }).await
}

fn shorten(text: &str) -> String {
    text.chars().take(CHARS_MAX).collect()
}
