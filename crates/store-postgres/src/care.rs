//! Who takes care of failures.

use crate::fault::Fault;
use crate::store::{Change, PostgresStore};
use crate::text::text;
use async_trait::async_trait;
use sqlx::{AssertSqlSafe, PgConnection};
use store::care::{CARES_MAX, COMMENTS_MAX, Care, Cares, Comment, Snooze, Subject, too_many_comments};
use store::decode::{self, CARE, CareColumns, CommentColumns, SNOOZED};
use store::{Error, Ms};

/// Makes sure of the row of a subject, and holds it; false where the subject is not there.
async fn begin(connection: &mut PgConnection, subject: Subject) -> Result<bool, Fault> {
    let ask = match subject {
        Subject::Group(_) => "SELECT 1 FROM error_group WHERE fingerprint = $1",
        Subject::Record(_) => "SELECT 1 FROM inbox WHERE run = $1",
    };
    let (kind, number) = subject.parts();
    let found: Option<i32> = sqlx::query_scalar(ask).bind(number).fetch_optional(&mut *connection).await?;
    if found.is_none() {
        return Ok(false);
    }
    // Two who say something at once: the second waits here for the first.
    let sql = "INSERT INTO care (kind, subject) VALUES ($1, $2)
               ON CONFLICT (kind, subject) DO UPDATE SET kind = excluded.kind";
    sqlx::query(sql).bind(kind).bind(number).execute(connection).await?;
    Ok(true)
}

/// What was said about what is gone goes too. People say something about few things, and each of these is looked up by its key.
pub(crate) async fn forget(connection: &mut PgConnection) -> Result<(), Fault> {
    for table in ["care", "care_comment"] {
        let sql = format!("DELETE FROM {table} WHERE {}", decode::CARED_FOR_IS_GONE);
        sqlx::query(AssertSqlSafe(sql)).execute(&mut *connection).await?;
    }
    Ok(())
}

struct Assign(Subject, Option<String>);

impl Change<bool> for Assign {
    async fn make(self, connection: &mut PgConnection) -> Result<bool, Fault> {
        let Self(subject, assignee) = self;
        let there = begin(connection, subject).await?;
        let (kind, number) = subject.parts();
        let sql = "UPDATE care SET assignee = $3 WHERE kind = $1 AND subject = $2";
        let query = sqlx::query(sql).bind(kind).bind(number).bind(assignee.as_deref().map(text));
        query.execute(connection).await?;
        Ok(there)
    }
}

struct PutAside(Subject, Option<Snooze>);

impl Change<bool> for PutAside {
    async fn make(self, connection: &mut PgConnection) -> Result<bool, Fault> {
        let Self(subject, snooze) = self;
        let there = begin(connection, subject).await?;
        let (kind, number) = subject.parts();
        let sql = "UPDATE care SET snoozed_at = $3, snoozed_until = $4 WHERE kind = $1 AND subject = $2";
        let (at, until) = (snooze.map(|snooze| snooze.at), snooze.and_then(|snooze| snooze.until));
        sqlx::query(sql).bind(kind).bind(number).bind(at).bind(until).execute(connection).await?;
        Ok(there)
    }
}

struct Say {
    subject: Subject,
    at: Ms,
    who: String,
    body: String,
}

impl Change<bool> for Say {
    async fn make(self, connection: &mut PgConnection) -> Result<bool, Fault> {
        let Self { subject, at, who, body } = self;
        if !begin(connection, subject).await? {
            return Ok(false);
        }
        let (kind, number) = subject.parts();
        let ask = "SELECT coalesce(max(n), 0) FROM care_comment WHERE kind = $1 AND subject = $2";
        let last: i32 = sqlx::query_scalar(ask).bind(kind).bind(number).fetch_one(&mut *connection).await?;
        if last >= COMMENTS_MAX as i32 {
            return Err(too_many_comments().into());
        }
        let put =
            "INSERT INTO care_comment (kind, subject, n, at, who, body) VALUES ($1, $2, $3, $4, $5, $6)";
        let query = sqlx::query(put).bind(kind).bind(number).bind(last + 1).bind(at);
        query.bind(text(&who)).bind(text(&body)).execute(connection).await?;
        Ok(true)
    }
}

#[async_trait]
impl Cares for PostgresStore {
    async fn cares(&self, subjects: &[Subject]) -> Result<Vec<Care>, Error> {
        let parts = subjects.iter().take(CARES_MAX).map(|subject| subject.parts());
        let (kinds, numbers): (Vec<i16>, Vec<i64>) = parts.unzip();
        let sql = format!(
            "SELECT {CARE} FROM care WHERE (kind, subject) IN (SELECT * FROM unnest($1::smallint[], $2::bigint[]))"
        );
        let mut reader = self.reader().await?;
        let query = sqlx::query_as(AssertSqlSafe(sql)).bind(kinds).bind(numbers);
        let rows: Vec<CareColumns> = query.fetch_all(&mut *reader).await.map_err(Fault::Sql)?;
        rows.into_iter().map(decode::care).collect()
    }

    async fn assign(&self, subject: Subject, assignee: Option<&str>) -> Result<bool, Error> {
        self.change(Assign(subject, assignee.map(str::to_owned))).await
    }

    async fn snooze(&self, subject: Subject, snooze: Option<Snooze>) -> Result<bool, Error> {
        self.change(PutAside(subject, snooze)).await
    }

    async fn comment(&self, subject: Subject, at: Ms, who: &str, body: &str) -> Result<bool, Error> {
        self.change(Say { subject, at, who: who.to_owned(), body: body.to_owned() }).await
    }

    async fn comments(&self, subject: Subject) -> Result<Vec<Comment>, Error> {
        let sql = "SELECT n, at, who, body FROM care_comment WHERE kind = $1 AND subject = $2 ORDER BY n";
        let (kind, number) = subject.parts();
        let mut reader = self.reader().await?;
        let query = sqlx::query_as(sql).bind(kind).bind(number);
        let rows: Vec<CommentColumns> = query.fetch_all(&mut *reader).await.map_err(Fault::Sql)?;
        Ok(rows.into_iter().map(decode::comment).collect())
    }

    async fn open_errors(&self, now: Ms) -> Result<(u64, u64), Error> {
        let sql = format!(
            "SELECT count(*), coalesce(sum(open), 0)::bigint FROM error_group
             WHERE open > 0 AND NOT EXISTS ({SNOOZED} $1))"
        );
        let mut reader = self.reader().await?;
        let query = sqlx::query_as(AssertSqlSafe(sql)).bind(now);
        let (groups, records): (i64, i64) = query.fetch_one(&mut *reader).await.map_err(Fault::Sql)?;
        Ok((groups.unsigned_abs(), records.unsigned_abs()))
    }
}
