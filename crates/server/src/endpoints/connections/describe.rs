//! A connection as people see it: without its secrets, and with all that is known of how it is getting on.

use crate::App;
use crate::failure::Failure;
use crate::health::Known;
use crate::uses::Users;
use api::{
    BlockedConnection, ConnectionExpiry, ConnectionHealth, ConnectionInfo, ConnectionState, ExpiryKind,
    SignInState,
};
use connector::sign_in::TokenRule;
use connector::{Connection, expiry};
use engine::GateView;
use model::ConnectionName;
use run::doc::BlockedWhy;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{GateRow, Ms};

/// Flows that a list names of each connection, and those that one connection's own answer names.
pub const LISTED_MAX: usize = 20;
pub const SHOWN_MAX: usize = 500;

/// What is read once for all connections.
pub struct Looked {
    gates: Gates,
    health: Known,
    users: Arc<Users>,
}

impl Looked {
    pub async fn at(app: &App) -> Result<Self, Failure> {
        Ok(Self {
            gates: Gates::read(app).await?,
            health: Known::read(app.store()).await?,
            users: app.uses().known(app.store(), app.now()).await?,
        })
    }

    /// Names so many flows at most.
    pub fn describe(
        &self,
        app: &App,
        held: &Arc<Connection>,
        updated_at: Ms,
        flows_max: usize,
    ) -> ConnectionInfo {
        let catalog = app.catalog();
        let spec = catalog.specs().connectors.get(&held.connector);
        let rate = spec.and_then(|spec| spec.connection.as_ref()?.rate(&held.fields));
        let ConnectionState { blocked, waiting, .. } =
            self.gates.state(app, held.name.clone(), held.connector.clone());
        let users = self.users.of(&held.name);
        ConnectionInfo {
            name: held.name.clone(),
            connector: held.connector.clone(),
            fields: held.fields.clone(),
            secrets: held.secrets.keys().cloned().collect(),
            updated_at,
            used_by: users.iter().take(flows_max).cloned().collect(),
            used_by_total: users.len() as u64,
            rate,
            blocked,
            waiting,
            sign_in: sign_in_state(app, held),
            health: self.health_of(&held.name, updated_at),
            expires: expires(app, held),
        }
    }

    fn health_of(&self, name: &ConnectionName, updated_at: Ms) -> Option<ConnectionHealth> {
        let (checked_at, tried) = self.health.of(name, updated_at)?;
        Some(ConnectionHealth {
            ok: tried.ok,
            checked_at,
            since: tried.since,
            code: tried.code.clone(),
            message: tried.message.clone(),
            advice: tried.advice.clone(),
        })
    }
}

/// When a person has to do something about what it signs in with.
fn expires(app: &App, held: &Connection) -> Option<ConnectionExpiry> {
    let expiry = expiry::of(held, app.vault().token_rule(held))?;
    let kind = match expiry.what {
        expiry::What::SignIn => ExpiryKind::SignIn,
        expiry::What::Key => ExpiryKind::Key,
    };
    Some(ConnectionExpiry { kind, at: expiry.at, near: expiry.is_near(app.now()) })
}

/// How a connection stands with its tokens; nothing where it needs none.
fn sign_in_state(app: &App, held: &Connection) -> Option<SignInState> {
    let rule = app.vault().token_rule(held);
    let tokens = held.tokens.as_ref();
    let by_consent = rule == TokenRule::Consent;
    (rule != TokenRule::None).then(|| SignInState {
        by_consent,
        signed_in: tokens.is_some(),
        ended: by_consent && tokens.is_some() && held.signed_out,
        until: tokens.filter(|_| by_consent).and_then(|tokens| match &tokens.refresh {
            Some(_) => tokens.refresh_expires_at,
            None => tokens.expires_at,
        }),
        facts: tokens.map(|tokens| tokens.facts.clone()).unwrap_or_default(),
    })
}

/// What holds calls back: as all processes have it in the store, and who waits in this one.
pub struct Gates {
    rows: BTreeMap<ConnectionName, GateRow>,
    here: BTreeMap<ConnectionName, GateView>,
}

impl Gates {
    pub async fn read(app: &App) -> Result<Self, Failure> {
        let rows = app.store().gates().await?.into_iter();
        let rows = rows.map(|row| (row.connection.clone(), row)).collect();
        Ok(Self { rows, here: app.engine().gates() })
    }

    pub fn state(&self, app: &App, name: ConnectionName, connector: String) -> ConnectionState {
        let blocked = self.rows.get(&name).and_then(|row| blocked(row, app.now()));
        let waiting = self.here.get(&name).map_or(0, |gate| gate.waiting as u64);
        ConnectionState { name, connector, blocked, waiting }
    }
}

pub fn blocked(row: &GateRow, now: Ms) -> Option<BlockedConnection> {
    if let Some(open) = &row.open {
        return Some(BlockedConnection {
            why: BlockedWhy::Breaker,
            until: open.next_trial_at,
            since: Some(open.since),
            trials: open.trials,
            error: open.error.clone(),
        });
    }
    let asked = (row.held_until > now).then_some(row.held_until)?;
    let (why, error) = (BlockedWhy::Asked, String::new());
    Some(BlockedConnection { why, until: asked, since: None, trials: 0, error })
}
