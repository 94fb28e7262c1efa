//! Users, sessions, API tokens and the audit trail.

use crate::fault::Fault;
use crate::store::SqliteStore;
use async_trait::async_trait;
use rusqlite::{Transaction, params};
use store::decode::{TokenRow, UserRow, token, user};
use store::{Accounts, AuditEntry, Error, Ms, Session, Token, User};

const AUDIT_MAX: usize = 1_000;

#[async_trait]
impl Accounts for SqliteStore {
    async fn create_owner(&self, user: User) -> Result<bool, Error> {
        self.write(move |tx| {
            let first = !tx.prepare("SELECT 1 FROM user")?.exists([])?;
            if first {
                insert_user(tx, &user)?;
            }
            Ok(first)
        })
        .await
    }

    async fn create_user(&self, user: User) -> Result<(), Error> {
        self.write(move |tx| {
            if tx.prepare("SELECT 1 FROM user WHERE email = ?1")?.exists([&user.email])? {
                return Err(store::accounts::email_taken().into());
            }
            insert_user(tx, &user)
        })
        .await
    }

    async fn user_by_email(&self, email: &str) -> Result<Option<User>, Error> {
        let sql = "SELECT id, email, name, role, password_hash, created_at FROM user WHERE email = ?1";
        let mut reader = self.reader.take().await?;
        let query = sqlx::query_as(sql).bind(email);
        let row = query.fetch_optional(&mut *reader).await.map_err(Fault::Read)?;
        row.map(user).transpose()
    }

    async fn user(&self, id: &str) -> Result<Option<User>, Error> {
        let sql = "SELECT id, email, name, role, password_hash, created_at FROM user WHERE id = ?1";
        let mut reader = self.reader.take().await?;
        let row = sqlx::query_as(sql).bind(id).fetch_optional(&mut *reader).await.map_err(Fault::Read)?;
        row.map(user).transpose()
    }

    async fn users(&self) -> Result<Vec<User>, Error> {
        let sql = "SELECT id, email, name, role, password_hash, created_at FROM user ORDER BY created_at, id";
        let mut reader = self.reader.take().await?;
        let rows: Vec<UserRow> = sqlx::query_as(sql).fetch_all(&mut *reader).await.map_err(Fault::Read)?;
        rows.into_iter().map(user).collect()
    }

    async fn set_password(&self, id: &str, password_hash: &str) -> Result<bool, Error> {
        let row = (id.to_owned(), password_hash.to_owned());
        self.write(move |tx| Ok(tx.execute("UPDATE user SET password_hash = ?2 WHERE id = ?1", row)? == 1))
            .await
    }

    async fn save_session(&self, session: Session) -> Result<(), Error> {
        let sql = "INSERT INTO session (id_hash, data, expires_at) VALUES (?1, ?2, ?3)
                   ON CONFLICT DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at";
        self.write(move |tx| {
            tx.prepare_cached(sql)?.execute((&session.id_hash, &session.data, session.expires_at))?;
            Ok(())
        })
        .await
    }

    async fn session(&self, id_hash: &[u8; 32], now: Ms) -> Result<Option<Session>, Error> {
        let sql = "SELECT data, expires_at FROM session WHERE id_hash = ?1 AND expires_at > ?2";
        let mut reader = self.reader.take().await?;
        let query = sqlx::query_as(sql).bind(&id_hash[..]).bind(now);
        let row: Option<(Vec<u8>, Ms)> = query.fetch_optional(&mut *reader).await.map_err(Fault::Read)?;
        Ok(row.map(|(data, expires_at)| Session { id_hash: *id_hash, data, expires_at }))
    }

    async fn delete_session(&self, id_hash: &[u8; 32]) -> Result<(), Error> {
        let id_hash = *id_hash;
        self.write(move |tx| {
            tx.execute("DELETE FROM session WHERE id_hash = ?1", [id_hash])?;
            Ok(())
        })
        .await
    }

    async fn expire_sessions(&self, now: Ms) -> Result<usize, Error> {
        self.write(move |tx| Ok(tx.execute("DELETE FROM session WHERE expires_at <= ?1", [now])?)).await
    }

    async fn create_token(&self, token: Token) -> Result<(), Error> {
        let sql = "INSERT INTO token (id, name, hash, role, created_at, created_by, last_used_at)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        self.write(move |tx| {
            let Token { id, name, hash, role, created_at, created_by, last_used_at } = token;
            tx.execute(sql, params![id, name, hash, role as i16, created_at, created_by, last_used_at])?;
            Ok(())
        })
        .await
    }

    async fn token_by_hash(&self, hash: &[u8; 32]) -> Result<Option<Token>, Error> {
        let sql =
            "SELECT id, name, hash, role, created_at, created_by, last_used_at FROM token WHERE hash = ?1";
        let mut reader = self.reader.take().await?;
        let query = sqlx::query_as(sql).bind(&hash[..]);
        let row = query.fetch_optional(&mut *reader).await.map_err(Fault::Read)?;
        row.map(token).transpose()
    }

    async fn tokens(&self) -> Result<Vec<Token>, Error> {
        let sql = "SELECT id, name, hash, role, created_at, created_by, last_used_at FROM token ORDER BY created_at, id";
        let mut reader = self.reader.take().await?;
        let rows: Vec<TokenRow> = sqlx::query_as(sql).fetch_all(&mut *reader).await.map_err(Fault::Read)?;
        rows.into_iter().map(token).collect()
    }

    async fn touch_token(&self, id: &str, at: Ms) -> Result<(), Error> {
        let row = (id.to_owned(), at);
        self.write(move |tx| {
            tx.prepare_cached("UPDATE token SET last_used_at = ?2 WHERE id = ?1")?.execute(row)?;
            Ok(())
        })
        .await
    }

    async fn delete_token(&self, id: &str) -> Result<bool, Error> {
        let id = id.to_owned();
        self.write(move |tx| Ok(tx.execute("DELETE FROM token WHERE id = ?1", [id])? == 1)).await
    }

    async fn audit(&self, entry: AuditEntry) -> Result<(), Error> {
        let sql = "INSERT INTO audit (at, who, what, target) VALUES (?1, ?2, ?3, ?4)";
        self.write(move |tx| {
            tx.execute(sql, (entry.at, entry.who, entry.what, entry.on))?;
            Ok(())
        })
        .await
    }

    async fn audit_trail(&self, before: Ms, limit: usize) -> Result<Vec<AuditEntry>, Error> {
        let sql = "SELECT at, who, what, target FROM audit WHERE at < ?1 ORDER BY at DESC, n DESC LIMIT ?2";
        let mut reader = self.reader.take().await?;
        let query = sqlx::query_as(sql).bind(before).bind(limit.min(AUDIT_MAX) as i64);
        let rows: Vec<(Ms, String, String, String)> =
            query.fetch_all(&mut *reader).await.map_err(Fault::Read)?;
        Ok(rows.into_iter().map(|(at, who, what, on)| AuditEntry { at, who, what, on }).collect())
    }
}

fn insert_user(tx: &Transaction<'_>, user: &User) -> Result<(), Fault> {
    let sql =
        "INSERT INTO user (id, email, name, role, password_hash, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let User { id, email, name, role, password_hash, created_at } = user;
    tx.execute(sql, (id, email, name, *role as i16, password_hash, created_at))?;
    Ok(())
}
