//! Who may do what: users, sessions, API tokens, and the audit trail of what people changed.

use crate::{Error, Ms};
use async_trait::async_trait;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i16)]
pub enum Role {
    Viewer = 1,
    Operator = 2,
    Editor = 3,
    Owner = 4,
}

#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// UUID.
    pub id: String,
    pub email: String,
    pub name: String,
    pub role: Role,
    /// PHC string (argon2id).
    pub password_hash: String,
    pub created_at: Ms,
}

impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("User").field("id", &self.id).field("role", &self.role).finish_non_exhaustive()
    }
}

/// A browser session as the session layer keeps it: the id's hash and opaque data.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    pub id_hash: [u8; 32],
    pub data: Vec<u8>,
    pub expires_at: Ms,
}

/// An API token; only its hash is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    /// UUID.
    pub id: String,
    pub name: String,
    pub hash: [u8; 32],
    pub role: Role,
    pub created_at: Ms,
    pub created_by: String,
    pub last_used_at: Option<Ms>,
}

/// One change that a person (or a token) made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    pub at: Ms,
    pub who: String,
    /// Such as `flow.import`, `connection.save`, `run.retry`.
    pub what: String,
    /// What it was done to: a flow's id, a connection's name, a run's number.
    pub on: String,
}

/// What somebody is told who would make a second account with one address.
pub fn email_taken() -> Error {
    Error::Conflict("there is a user with this e-mail address".into())
}

#[async_trait]
pub trait Accounts: Send + Sync {
    /// Creates the first user; `false` and nothing changed where there is one already.
    async fn create_owner(&self, user: User) -> Result<bool, Error>;
    /// `Conflict` where the e-mail is taken.
    async fn create_user(&self, user: User) -> Result<(), Error>;
    async fn user_by_email(&self, email: &str) -> Result<Option<User>, Error>;
    async fn user(&self, id: &str) -> Result<Option<User>, Error>;
    async fn users(&self) -> Result<Vec<User>, Error>;
    /// `false` where there is no such user. Sessions stay: whoever reads one holds it against the password.
    async fn set_password(&self, id: &str, password_hash: &str) -> Result<bool, Error>;

    async fn save_session(&self, session: Session) -> Result<(), Error>;
    async fn session(&self, id_hash: &[u8; 32], now: Ms) -> Result<Option<Session>, Error>;
    async fn delete_session(&self, id_hash: &[u8; 32]) -> Result<(), Error>;
    async fn expire_sessions(&self, now: Ms) -> Result<usize, Error>;

    async fn create_token(&self, token: Token) -> Result<(), Error>;
    async fn token_by_hash(&self, hash: &[u8; 32]) -> Result<Option<Token>, Error>;
    async fn tokens(&self) -> Result<Vec<Token>, Error>;
    async fn touch_token(&self, id: &str, at: Ms) -> Result<(), Error>;
    async fn delete_token(&self, id: &str) -> Result<bool, Error>;

    async fn audit(&self, entry: AuditEntry) -> Result<(), Error>;
    /// Newest first, at most `limit`, before the given time.
    async fn audit_trail(&self, before: Ms, limit: usize) -> Result<Vec<AuditEntry>, Error>;
}
