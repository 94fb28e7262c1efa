//! Tokens that end: got anew before that, by one for all who need them.
//!
//! Within a process a lock per connection sees to it, between processes a row of the store. Whoever had to wait takes what
//! the other one got. Many vendors let a refresh token be used once: so what came back is on disk before anybody uses it.

use super::{Vault, seal};
use connector::sign_in::{Grant, TokenRule, Tokens};
use connector::{Connection, Error, Http, LiveCatalog, Retry};
use engine::{Clock, no_connection, signed_out};
use model::ConnectionName;
use secrecy::ExposeSecret;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::Ms;

/// How long one may take to get a token before another may try.
const TURN_MS: Ms = 90_000;
/// How often it is looked whether another process is done.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// How long a failure counts for everybody, so that twenty runs do not ask twenty times.
const FAILED_MS: Ms = 5_000;
const REFUSED_MS: Ms = 30_000;
/// How often a new token is tried to be kept. It may be the only one there is.
const KEEP_TRIES: u32 = 20;
const KEEP_PAUSE: Duration = Duration::from_millis(500);

/// What tokens are got with.
pub struct Renewal {
    pub catalog: LiveCatalog,
    pub http: Http,
    pub clock: Arc<dyn Clock>,
}

/// Who has the turn, and what failed a moment ago.
#[derive(Default)]
pub(super) struct Turns {
    turns: Mutex<HashMap<ConnectionName, Arc<tokio::sync::Mutex<()>>>>,
    failed: Mutex<HashMap<ConnectionName, (Ms, Error)>>,
}

impl Turns {
    fn of(&self, name: &ConnectionName) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.entry(name.clone()).or_default().clone()
    }

    fn failed(&self, name: &ConnectionName, now: Ms) -> Option<Error> {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.get(name).filter(|(until, _)| now < *until).map(|(_, error)| error.clone())
    }

    fn fail(&self, name: &ConnectionName, until: Ms, error: &Error) {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.insert(name.clone(), (until, error.clone()));
    }

    /// The connection is another now, or gone.
    pub(super) fn forget(&self, name: &ConnectionName) {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }
}

impl Vault {
    /// From now on tokens are got. Without it, connections are given as they are.
    pub fn renews_with(mut self, renewal: Renewal) -> Self {
        self.renewal = Some(renewal);
        self
    }

    fn rule(&self, connection: &Connection) -> TokenRule {
        let Some(with) = &self.renewal else { return TokenRule::None };
        let catalog = with.catalog.now();
        let connector = catalog.connector(&connection.connector);
        connector.map_or(TokenRule::None, |connector| connector.token_rule(connection))
    }

    /// Whether somebody has to sign in before it works.
    pub fn waits_for_sign_in(&self, connection: &Connection) -> bool {
        let has_none = connection.tokens.is_none() || connection.signed_out;
        self.rule(connection) == TokenRule::Consent && has_none
    }

    /// How it comes to its tokens.
    pub fn token_rule(&self, connection: &Connection) -> TokenRule {
        self.rule(connection)
    }

    /// The connection for a call that is made now.
    pub(super) async fn ready_connection(&self, name: &ConnectionName) -> Result<Arc<Connection>, Error> {
        let (held, _) = self.find(name).ok_or_else(|| no_connection(name))?;
        let rule = self.rule(&held);
        let Some(with) = self.renewal.as_ref().filter(|_| rule != TokenRule::None) else { return Ok(held) };
        match &held.tokens {
            _ if held.signed_out => Err(signed_out(name)),
            Some(tokens) if !tokens.is_due(with.clock.now()) => Ok(held),
            _ => self.other_tokens(with, name, held.tokens.clone()).await,
        }
    }

    /// The connection with other tokens than those that its system has just refused.
    pub(super) async fn renewed_connection(
        &self,
        name: &ConnectionName,
        refused: &Connection,
    ) -> Result<Arc<Connection>, Error> {
        let Some(with) = &self.renewal else { return self.ready_connection(name).await };
        self.other_tokens(with, name, refused.tokens.clone()).await
    }

    async fn other_tokens(
        &self,
        with: &Renewal,
        name: &ConnectionName,
        before: Option<Tokens>,
    ) -> Result<Arc<Connection>, Error> {
        let turn = self.turns.of(name);
        let _turn = turn.lock().await;
        if self.find(name).is_some_and(|(held, _)| held.signed_out) {
            return Err(signed_out(name));
        }
        if let Some(other) = self.other(with, name, before.as_ref())? {
            return Ok(other);
        }
        if let Some(error) = self.turns.failed(name, with.clock.now()) {
            return Err(error);
        }
        let got = self.one_of_all(with, name, before.as_ref()).await.map_err(before_the_call);
        if let Err(error) = &got {
            let lasts = if error.retry() == Retry::Never { REFUSED_MS } else { FAILED_MS };
            self.turns.fail(name, with.clock.now().saturating_add(lasts), error);
        }
        got
    }

    /// The connection, where it has other tokens by now, which are good.
    fn other(
        &self,
        with: &Renewal,
        name: &ConnectionName,
        before: Option<&Tokens>,
    ) -> Result<Option<Arc<Connection>>, Error> {
        let (held, _) = self.find(name).ok_or_else(|| no_connection(name))?;
        let others = held.tokens.as_ref().is_some_and(|tokens| {
            !tokens.is_due(with.clock.now()) && before.is_none_or(|before| !tokens.is_same(before))
        });
        Ok(others.then_some(held))
    }

    /// Takes the turn among all processes, or waits for what another one gets.
    async fn one_of_all(
        &self,
        with: &Renewal,
        name: &ConnectionName,
        before: Option<&Tokens>,
    ) -> Result<Arc<Connection>, Error> {
        let began = with.clock.now();
        loop {
            let now = with.clock.now();
            let is_ours = self.store.begin_renewal(name, now, now.saturating_add(TURN_MS)).await;
            let is_ours = is_ours.map_err(|error| not_kept(&error))?;
            // Another process may have been done just before.
            self.read_again(name).await?;
            let other = self.other(with, name, before)?;
            if is_ours {
                let got = match other {
                    Some(other) => Ok(other),
                    None => self.get(with, name).await,
                };
                if let Err(error) = self.store.end_renewal(name).await {
                    tracing::warn!(connection = %name, %error, "others wait until the turn is over");
                }
                return got;
            }
            match other {
                Some(other) => return Ok(other),
                None if now.saturating_sub(began) > TURN_MS => {
                    return Err(Error::Unreachable {
                        host: name.to_string(),
                        message: "another process is getting a token, and does not come to an end".into(),
                    });
                }
                None => tokio::time::sleep(LOOK_EVERY).await,
            }
        }
    }

    /// Gets tokens and keeps them.
    async fn get(&self, with: &Renewal, name: &ConnectionName) -> Result<Arc<Connection>, Error> {
        let (held, _) = self.find(name).ok_or_else(|| no_connection(name))?;
        if held.signed_out {
            return Err(signed_out(name));
        }
        let rule = self.rule(&held);
        let grant = match (rule, &held.tokens) {
            (TokenRule::Keys, Some(tokens)) if tokens.refresh.is_some() => Grant::Refresh(tokens),
            (TokenRule::Keys, _) => Grant::Keys,
            (_, Some(tokens)) if tokens.refresh.is_some() => Grant::Refresh(tokens),
            (TokenRule::Consent, _) => return self.sign_out(&held, signed_out(name)).await,
            (TokenRule::None, _) => return Ok(held),
        };
        let tokens = match self.ask_for(with, &held, &grant).await {
            // Whoever has keys of its own needs nobody to sign in.
            Err(Error::SignedOut { .. }) if rule == TokenRule::Keys => {
                self.ask_for(with, &held, &Grant::Keys).await?
            }
            Err(error @ Error::SignedOut { .. }) => return self.sign_out(&held, error).await,
            tokens => tokens?,
        };
        tracing::info!(connection = %name, "a new token was got");
        self.keep(&held, tokens).await
    }

    /// Keeps in mind that somebody has to sign in: until then nobody asks, and whoever wants to call waits.
    async fn sign_out(&self, asked: &Connection, why: Error) -> Result<Arc<Connection>, Error> {
        tracing::warn!(connection = %asked.name, %why, "somebody has to sign in to the connection");
        let is_same = |now: &Connection| match (&now.tokens, &asked.tokens) {
            (Some(now), Some(asked)) => now.is_same(asked),
            (None, None) => true,
            _ => false,
        };
        let kept = self.change(asked, |connection| connection.signed_out |= is_same(connection)).await;
        match kept.map_err(|error| not_kept(&error))? {
            // Somebody has signed in meanwhile.
            kept if !kept.signed_out && kept.tokens.is_some() => Ok(kept),
            _ => Err(why),
        }
    }

    async fn ask_for(&self, with: &Renewal, held: &Connection, grant: &Grant<'_>) -> Result<Tokens, Error> {
        let unknown = || no_connection(&held.name);
        let catalog = with.catalog.now();
        let connector = catalog.connector(&held.connector).ok_or_else(unknown)?;
        let tokens = connector.tokens(&with.http.over(held)?, held, grant).await;
        // Some systems repeat in their refusal what they were sent.
        let tokens = tokens.map_err(|error| held.concealed(error))?;
        Ok(Tokens { made_at: tokens.made_at.or_else(|| Some(with.clock.now())), ..tokens })
    }

    /// Exchanges what a browser brought back, and keeps it.
    pub async fn sign_in(
        &self,
        name: &ConnectionName,
        back: connector::sign_in::Return<'_>,
    ) -> Result<Arc<Connection>, Error> {
        let with = self.renewal.as_ref().ok_or_else(|| no_connection(name))?;
        let turn = self.turns.of(name);
        let _turn = turn.lock().await;
        let (held, _) = self.find(name).ok_or_else(|| no_connection(name))?;
        let tokens = self.ask_for(with, &held, &Grant::Code(back)).await?;
        self.turns.forget(name);
        self.keep(&held, tokens).await
    }

    /// Keeps tokens, whatever the store says at first: the system may already have forgotten those before.
    async fn keep(&self, asked: &Connection, tokens: Tokens) -> Result<Arc<Connection>, Error> {
        let (name, mut tries) = (&asked.name, 0);
        loop {
            match self.keep_once(asked, &tokens).await {
                Ok(kept) => return Ok(kept),
                Err(super::Error::Store(error)) if tries < KEEP_TRIES => {
                    tries += 1;
                    tracing::warn!(connection = %name, %error, tries, "a new token could not be kept; it is tried again");
                    tokio::time::sleep(KEEP_PAUSE).await;
                }
                Err(error) => return Err(not_kept(&error)),
            }
        }
    }

    async fn keep_once(&self, asked: &Connection, tokens: &Tokens) -> Result<Arc<Connection>, super::Error> {
        let signed_in = |connection: &mut Connection| {
            (connection.tokens, connection.signed_out) = (Some(tokens.clone()), false);
        };
        self.change(asked, signed_in).await
    }

    /// Changes the connection that a system was asked for. Where somebody has saved another under its name meanwhile, the
    /// answer is nothing to that one, which stays as it is.
    async fn change(
        &self,
        asked: &Connection,
        change: impl FnOnce(&mut Connection),
    ) -> Result<Arc<Connection>, super::Error> {
        let _turn = self.changing.lock().await;
        let name = &asked.name;
        let gone = || super::Error::Gone(name.to_string());
        // As it is in the store: another process may have saved it while the system was asked.
        let mut held = self.fresh(name).await?.ok_or_else(gone)?;
        if asks_alike(&held.connection, asked) {
            change(Arc::make_mut(&mut held.connection));
            self.store.save_connection(seal(&self.ring, &held.connection, held.updated_at)?).await?;
        }
        let connection = held.connection.clone();
        self.replace(|all| drop(all.insert(name.clone(), held)));
        Ok(connection)
    }

    /// Reads one connection again, which another process may have changed.
    async fn read_again(&self, name: &ConnectionName) -> Result<(), Error> {
        let _turn = self.changing.lock().await;
        let held = self.fresh(name).await.map_err(|error| not_kept(&error))?;
        let held = held.ok_or_else(|| no_connection(name))?;
        self.replace(|all| drop(all.insert(name.clone(), held)));
        Ok(())
    }
}

/// Whether both ask the same system as the same user.
fn asks_alike(one: &Connection, other: &Connection) -> bool {
    let said = |connection: &Connection| -> Vec<(String, String)> {
        let secrets = connection.secrets.iter();
        secrets.map(|(name, secret)| (name.clone(), secret.expose_secret().to_owned())).collect()
    };
    (&one.connector, &one.fields) == (&other.connector, &other.fields) && said(one) == said(other)
}

/// Whatever became of the request for a token: the call that it was for has not been sent, and nobody need ask whether it was.
fn before_the_call(error: Error) -> Error {
    match &error {
        Error::Unanswered { host, .. }
        | Error::Unreadable { host, .. }
        | Error::TooLarge { host, .. }
        | Error::Status { host, .. }
            if error.may_have_happened() =>
        {
            let message = format!("it gave no token: {error}");
            Error::Unreachable { host: host.clone(), message }
        }
        _ => error,
    }
}

/// Nothing was asked of the system, or what it gave is lost with the store.
fn not_kept(error: &dyn std::fmt::Display) -> Error {
    Error::Unreachable { host: "the store".into(), message: error.to_string() }
}

#[cfg(test)]
mod tests;
