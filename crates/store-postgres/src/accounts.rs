//! Users, sessions, API tokens and the audit trail.

use crate::fault::Fault;
use crate::store::{Change, PostgresStore};
use crate::text::text;
use async_trait::async_trait;
use sqlx::{Executor, PgConnection};
use store::decode::{TokenRow, UserRow, token, user};
use store::{Accounts, AuditEntry, Error, Ms, Session, Token, User};

const AUDIT_MAX: usize = 1_000;

#[async_trait]
impl Accounts for PostgresStore {
    async fn create_owner(&self, user: User) -> Result<bool, Error> {
        self.change(CreateOwner(user)).await
    }

    async fn create_user(&self, user: User) -> Result<(), Error> {
        let mut desk = self.desk().await?;
        match insert_user(&mut desk, &user).await? {
            true => Ok(()),
            false => Err(store::accounts::email_taken()),
        }
    }

    async fn user_by_email(&self, email: &str) -> Result<Option<User>, Error> {
        let sql = "SELECT id, email, name, role, password_hash, created_at FROM account WHERE lower(email) = lower($1)";
        let mut reader = self.reader().await?;
        let query = sqlx::query_as(sql).bind(text(email));
        let row = query.fetch_optional(&mut *reader).await.map_err(Fault::Sql)?;
        row.map(user).transpose()
    }

    async fn user(&self, id: &str) -> Result<Option<User>, Error> {
        let sql = "SELECT id, email, name, role, password_hash, created_at FROM account WHERE id = $1";
        let mut reader = self.reader().await?;
        let row =
            sqlx::query_as(sql).bind(text(id)).fetch_optional(&mut *reader).await.map_err(Fault::Sql)?;
        row.map(user).transpose()
    }

    async fn users(&self) -> Result<Vec<User>, Error> {
        let sql =
            "SELECT id, email, name, role, password_hash, created_at FROM account ORDER BY created_at, id";
        let mut reader = self.reader().await?;
        let rows: Vec<UserRow> = sqlx::query_as(sql).fetch_all(&mut *reader).await.map_err(Fault::Sql)?;
        rows.into_iter().map(user).collect()
    }

    async fn set_password(&self, id: &str, password_hash: &str) -> Result<bool, Error> {
        let sql = "UPDATE account SET password_hash = $2 WHERE id = $1";
        let mut desk = self.desk().await?;
        let done = sqlx::query(sql).bind(text(id)).bind(password_hash).execute(&mut *desk).await;
        Ok(done.map_err(Fault::Sql)?.rows_affected() == 1)
    }

    async fn save_session(&self, session: Session) -> Result<(), Error> {
        let sql = "INSERT INTO session (id_hash, data, expires_at) VALUES ($1, $2, $3)
                   ON CONFLICT (id_hash) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at";
        let query = sqlx::query(sql).bind(&session.id_hash[..]).bind(&session.data).bind(session.expires_at);
        let mut desk = self.desk().await?;
        query.execute(&mut *desk).await.map_err(Fault::Sql)?;
        Ok(())
    }

    async fn session(&self, id_hash: &[u8; 32], now: Ms) -> Result<Option<Session>, Error> {
        let sql = "SELECT data, expires_at FROM session WHERE id_hash = $1 AND expires_at > $2";
        let mut reader = self.reader().await?;
        let query = sqlx::query_as(sql).bind(&id_hash[..]).bind(now);
        let row: Option<(Vec<u8>, Ms)> = query.fetch_optional(&mut *reader).await.map_err(Fault::Sql)?;
        Ok(row.map(|(data, expires_at)| Session { id_hash: *id_hash, data, expires_at }))
    }

    async fn delete_session(&self, id_hash: &[u8; 32]) -> Result<(), Error> {
        let mut desk = self.desk().await?;
        let query = sqlx::query("DELETE FROM session WHERE id_hash = $1").bind(&id_hash[..]);
        query.execute(&mut *desk).await.map_err(Fault::Sql)?;
        Ok(())
    }

    async fn expire_sessions(&self, now: Ms) -> Result<usize, Error> {
        let mut desk = self.desk().await?;
        let query = sqlx::query("DELETE FROM session WHERE expires_at <= $1").bind(now);
        Ok(query.execute(&mut *desk).await.map_err(Fault::Sql)?.rows_affected() as usize)
    }

    async fn create_token(&self, token: Token) -> Result<(), Error> {
        let sql = "INSERT INTO token (id, name, hash, role, created_at, created_by, last_used_at)
                   VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let query = sqlx::query(sql)
            .bind(text(&token.id))
            .bind(text(&token.name))
            .bind(&token.hash[..])
            .bind(token.role as i16);
        let query = query.bind(token.created_at).bind(text(&token.created_by)).bind(token.last_used_at);
        let mut desk = self.desk().await?;
        query.execute(&mut *desk).await.map_err(Fault::Sql)?;
        Ok(())
    }

    async fn token_by_hash(&self, hash: &[u8; 32]) -> Result<Option<Token>, Error> {
        let sql =
            "SELECT id, name, hash, role, created_at, created_by, last_used_at FROM token WHERE hash = $1";
        let mut reader = self.reader().await?;
        let query = sqlx::query_as(sql).bind(&hash[..]);
        let row = query.fetch_optional(&mut *reader).await.map_err(Fault::Sql)?;
        row.map(token).transpose()
    }

    async fn tokens(&self) -> Result<Vec<Token>, Error> {
        let sql = "SELECT id, name, hash, role, created_at, created_by, last_used_at FROM token ORDER BY created_at, id";
        let mut reader = self.reader().await?;
        let rows: Vec<TokenRow> = sqlx::query_as(sql).fetch_all(&mut *reader).await.map_err(Fault::Sql)?;
        rows.into_iter().map(token).collect()
    }

    async fn touch_token(&self, id: &str, at: Ms) -> Result<(), Error> {
        let mut desk = self.desk().await?;
        let query = sqlx::query("UPDATE token SET last_used_at = $2 WHERE id = $1").bind(text(id)).bind(at);
        query.execute(&mut *desk).await.map_err(Fault::Sql)?;
        Ok(())
    }

    async fn delete_token(&self, id: &str) -> Result<bool, Error> {
        let mut desk = self.desk().await?;
        let done = sqlx::query("DELETE FROM token WHERE id = $1").bind(text(id)).execute(&mut *desk).await;
        Ok(done.map_err(Fault::Sql)?.rows_affected() == 1)
    }

    async fn audit(&self, entry: AuditEntry) -> Result<(), Error> {
        let sql = "INSERT INTO audit (at, who, what, target) VALUES ($1, $2, $3, $4)";
        let query = sqlx::query(sql)
            .bind(entry.at)
            .bind(text(&entry.who))
            .bind(text(&entry.what))
            .bind(text(&entry.on));
        let mut desk = self.desk().await?;
        query.execute(&mut *desk).await.map_err(Fault::Sql)?;
        Ok(())
    }

    async fn audit_trail(&self, before: Ms, limit: usize) -> Result<Vec<AuditEntry>, Error> {
        let sql = "SELECT at, who, what, target FROM audit WHERE at < $1 ORDER BY at DESC, n DESC LIMIT $2";
        let mut reader = self.reader().await?;
        let query = sqlx::query_as(sql).bind(before).bind(limit.min(AUDIT_MAX) as i64);
        let rows: Vec<(Ms, String, String, String)> =
            query.fetch_all(&mut *reader).await.map_err(Fault::Sql)?;
        Ok(rows.into_iter().map(|(at, who, what, on)| AuditEntry { at, who, what, on }).collect())
    }
}

struct CreateOwner(User);

impl Change<bool> for CreateOwner {
    async fn make(self, connection: &mut PgConnection) -> Result<bool, Fault> {
        // Two who come at once must not both be the first.
        connection.execute("LOCK TABLE account IN SHARE ROW EXCLUSIVE MODE").await?;
        let sql = "SELECT EXISTS (SELECT 1 FROM account)";
        let somebody: bool = sqlx::query_scalar(sql).fetch_one(&mut *connection).await?;
        Ok(!somebody && insert_user(connection, &self.0).await?)
    }
}

/// `false` where the address is taken.
async fn insert_user(connection: &mut PgConnection, user: &User) -> Result<bool, Fault> {
    let sql = "INSERT INTO account (id, email, name, role, password_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6)
               ON CONFLICT (lower(email)) DO NOTHING";
    let User { id, email, name, role, password_hash, created_at } = user;
    let query = sqlx::query(sql).bind(text(id)).bind(text(email)).bind(text(name)).bind(*role as i16);
    let done = query.bind(password_hash).bind(created_at).execute(connection).await?;
    Ok(done.rows_affected() == 1)
}
