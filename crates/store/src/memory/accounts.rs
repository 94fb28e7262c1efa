//! Users, sessions, API tokens and the audit trail.

use super::MemoryStore;
use crate::{Accounts, AuditEntry, Error, Ms, Session, Token, User, accounts};
use async_trait::async_trait;

#[async_trait]
impl Accounts for MemoryStore {
    async fn create_owner(&self, user: User) -> Result<bool, Error> {
        let mut state = self.state();
        let first = state.users.is_empty();
        if first {
            state.users.insert(user.id.clone(), user);
        }
        Ok(first)
    }

    async fn create_user(&self, user: User) -> Result<(), Error> {
        let mut state = self.state();
        if state.users.values().any(|known| known.email.eq_ignore_ascii_case(&user.email)) {
            return Err(accounts::email_taken());
        }
        state.users.insert(user.id.clone(), user);
        Ok(())
    }

    async fn user_by_email(&self, email: &str) -> Result<Option<User>, Error> {
        Ok(self.state().users.values().find(|user| user.email.eq_ignore_ascii_case(email)).cloned())
    }

    async fn user(&self, id: &str) -> Result<Option<User>, Error> {
        Ok(self.state().users.get(id).cloned())
    }

    async fn users(&self) -> Result<Vec<User>, Error> {
        let mut users: Vec<User> = self.state().users.values().cloned().collect();
        users.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        Ok(users)
    }

    async fn set_password(&self, id: &str, password_hash: &str) -> Result<bool, Error> {
        let mut state = self.state();
        let found = state.users.get_mut(id);
        Ok(found.map(|user| user.password_hash = password_hash.into()).is_some())
    }

    async fn save_session(&self, session: Session) -> Result<(), Error> {
        self.state().sessions.insert(session.id_hash, session);
        Ok(())
    }

    async fn session(&self, id_hash: &[u8; 32], now: Ms) -> Result<Option<Session>, Error> {
        Ok(self.state().sessions.get(id_hash).filter(|session| session.expires_at > now).cloned())
    }

    async fn delete_session(&self, id_hash: &[u8; 32]) -> Result<(), Error> {
        self.state().sessions.remove(id_hash);
        Ok(())
    }

    async fn expire_sessions(&self, now: Ms) -> Result<usize, Error> {
        let mut state = self.state();
        let before = state.sessions.len();
        state.sessions.retain(|_, session| session.expires_at > now);
        Ok(before - state.sessions.len())
    }

    async fn create_token(&self, token: Token) -> Result<(), Error> {
        self.state().tokens.insert(token.id.clone(), token);
        Ok(())
    }

    async fn token_by_hash(&self, hash: &[u8; 32]) -> Result<Option<Token>, Error> {
        Ok(self.state().tokens.values().find(|token| token.hash == *hash).cloned())
    }

    async fn tokens(&self) -> Result<Vec<Token>, Error> {
        let mut tokens: Vec<Token> = self.state().tokens.values().cloned().collect();
        tokens.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        Ok(tokens)
    }

    async fn touch_token(&self, id: &str, at: Ms) -> Result<(), Error> {
        if let Some(token) = self.state().tokens.get_mut(id) {
            token.last_used_at = Some(at);
        }
        Ok(())
    }

    async fn delete_token(&self, id: &str) -> Result<bool, Error> {
        Ok(self.state().tokens.remove(id).is_some())
    }

    async fn audit(&self, entry: AuditEntry) -> Result<(), Error> {
        self.state().audit.push(entry);
        Ok(())
    }

    async fn audit_trail(&self, before: Ms, limit: usize) -> Result<Vec<AuditEntry>, Error> {
        let mut trail: Vec<AuditEntry> =
            self.state().audit.iter().rev().filter(|entry| entry.at < before).cloned().collect();
        // Stable: of those written at one time, the last one stays first.
        trail.sort_by_key(|entry| std::cmp::Reverse(entry.at));
        trail.truncate(limit);
        Ok(trail)
    }
}
