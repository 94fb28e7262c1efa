//! Browser sessions: in the store by the hash of their id, with an idle and an absolute end.

use super::Random;
use async_trait::async_trait;
use engine::Clock;
use secrecy::zeroize::Zeroize;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::Arc;
use store::{Ms, Store, User};
use time::OffsetDateTime;
use tower_sessions::cookie::SameSite;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{self, Result as StoreResult};
use tower_sessions::{Expiry, Session, SessionManagerLayer, SessionStore};

/// A session nobody uses ends after this.
const IDLE: time::Duration = time::Duration::hours(24);
/// Every session ends after this, however much it is used.
const ABSOLUTE_MS: Ms = 14 * 24 * 3_600_000;
/// How often use is written down: not at every request, or reading a page would be a write.
const SEEN_EVERY_MS: Ms = 10 * 60_000;
const KEY: &str = "user";

/// What a session holds.
#[derive(Clone, Serialize, Deserialize)]
pub struct SignedIn {
    pub user: String,
    pub csrf: String,
    pub since: Ms,
    seen: Ms,
    /// Changes with the password, so that a new password ends all sessions.
    password: String,
}

/// Starts a session under a new id, so that an id planted before the sign-in is worth nothing.
pub async fn sign_in(session: &Session, user: &User, now: Ms) -> Result<SignedIn, session_store::Error> {
    let backend = |error: getrandom::Error| session_store::Error::Backend(error.to_string());
    let signed_in = SignedIn {
        user: user.id.clone(),
        csrf: Random::<32>::new().map_err(backend)?.text(),
        since: now,
        seen: now,
        password: fingerprint(&user.password_hash),
    };
    session.clear().await;
    session.cycle_id().await.map_err(unwrap_session)?;
    session.insert(KEY, &signed_in).await.map_err(unwrap_session)?;
    Ok(signed_in)
}

pub async fn sign_out(session: &Session) -> Result<(), session_store::Error> {
    session.flush().await.map_err(unwrap_session)
}

/// The session's content while it is valid, whoever its user is.
pub async fn signed_in(session: &Session, now: Ms) -> Result<Option<SignedIn>, session_store::Error> {
    let found: Option<SignedIn> = session.get(KEY).await.map_err(unwrap_session)?;
    let Some(mut found) = found.filter(|found| now - found.since < ABSOLUTE_MS) else {
        return Ok(None);
    };
    if now - found.seen >= SEEN_EVERY_MS {
        found.seen = now;
        session.insert(KEY, &found).await.map_err(unwrap_session)?;
    }
    Ok(Some(found))
}

impl SignedIn {
    pub fn belongs_to(&self, user: &User) -> bool {
        self.user == user.id && self.password == fingerprint(&user.password_hash)
    }
}

fn fingerprint(password_hash: &str) -> String {
    hex::encode(&Sha256::digest(password_hash.as_bytes())[..8])
}

fn unwrap_session(error: tower_sessions::session::Error) -> session_store::Error {
    match error {
        tower_sessions::session::Error::Store(error) => error,
        other => session_store::Error::Backend(other.to_string()),
    }
}

/// The layer that finds a request's session. It belongs around the API and nothing else.
pub fn layer(rows: SessionRows, secure: bool) -> SessionManagerLayer<SessionRows> {
    SessionManagerLayer::new(rows)
        // `__Host-` makes the browser insist on https, this host and the whole site.
        .with_name(if secure { "__Host-khlong" } else { "khlong" })
        .with_same_site(SameSite::Lax)
        .with_http_only(true)
        .with_secure(secure)
        .with_expiry(Expiry::OnInactivity(IDLE))
}

/// Sessions in the store. What is stored cannot be used to sign in: only the id's hash is there.
#[derive(Clone)]
pub struct SessionRows {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl SessionRows {
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }
}

impl fmt::Debug for SessionRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionRows")
    }
}

#[async_trait]
impl SessionStore for SessionRows {
    /// An id of 128 random bits that is taken already is news for the log: the randomness would be broken.
    async fn create(&self, record: &mut Record) -> StoreResult<()> {
        while self.load(&record.id).await?.is_some() {
            tracing::warn!("a new session's id was taken already; it gets another");
            record.id = Id::default();
        }
        self.save(record).await
    }

    async fn save(&self, record: &Record) -> StoreResult<()> {
        let data = serde_json::to_vec(&record.data)
            .map_err(|error| session_store::Error::Encode(error.to_string()))?;
        let row = store::Session {
            id_hash: hash(&record.id),
            data,
            expires_at: record.expiry_date.unix_timestamp() * 1_000,
        };
        self.store.save_session(row).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> StoreResult<Option<Record>> {
        let found = self.store.session(&hash(id), self.clock.now()).await.map_err(backend)?;
        let Some(row) = found else { return Ok(None) };
        let data = serde_json::from_slice(&row.data)
            .map_err(|error| session_store::Error::Decode(error.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp(row.expires_at / 1_000)
            .map_err(|error| session_store::Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> StoreResult<()> {
        self.store.delete_session(&hash(id)).await.map_err(backend)
    }
}

fn hash(id: &Id) -> [u8; 32] {
    let mut bytes = id.0.to_le_bytes();
    let hash = Sha256::digest(bytes).into();
    bytes.zeroize();
    hash
}

fn backend(error: store::Error) -> session_store::Error {
    session_store::Error::Backend(error.to_string())
}
