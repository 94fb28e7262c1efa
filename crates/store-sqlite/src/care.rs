//! Who takes care of failures.

use crate::fault::Fault;
use crate::store::SqliteStore;
use async_trait::async_trait;
use rusqlite::{Transaction, params};
use sqlx::{AssertSqlSafe, QueryBuilder, Sqlite};
use store::care::{CARES_MAX, COMMENTS_MAX, Care, Cares, Comment, Snooze, Subject, too_many_comments};
use store::decode::{self, CARE, CareColumns, CommentColumns, SNOOZED};
use store::{Error, Ms};

/// Whether it is there, so that something may be said about it.
fn is_there(tx: &Transaction<'_>, subject: Subject) -> Result<bool, Fault> {
    let (sql, number) = match subject {
        Subject::Group(fingerprint) => ("SELECT 1 FROM error_group WHERE fingerprint = ?1", fingerprint),
        Subject::Record(run) => ("SELECT 1 FROM inbox WHERE run = ?1", run),
    };
    Ok(tx.prepare_cached(sql)?.exists([number])?)
}

/// Makes sure of the row of a subject; false where the subject is not there.
fn begin(tx: &Transaction<'_>, subject: Subject) -> Result<bool, Fault> {
    if !is_there(tx, subject)? {
        return Ok(false);
    }
    let sql = "INSERT INTO care (kind, subject) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    tx.prepare_cached(sql)?.execute(subject.parts())?;
    Ok(true)
}

/// What was said about what is gone goes too. People say something about few things: the tables are small.
pub(crate) fn forget(tx: &Transaction<'_>) -> Result<(), Fault> {
    for table in ["care", "care_comment"] {
        let sql = format!("DELETE FROM {table} WHERE {}", decode::CARED_FOR_IS_GONE);
        tx.execute(&sql, [])?;
    }
    Ok(())
}

#[async_trait]
impl Cares for SqliteStore {
    async fn cares(&self, subjects: &[Subject]) -> Result<Vec<Care>, Error> {
        let mut sql =
            QueryBuilder::<Sqlite>::new(format!("SELECT {CARE} FROM care WHERE (kind, subject) IN (VALUES "));
        let mut places = sql.separated(", ");
        for subject in subjects.iter().take(CARES_MAX) {
            let (kind, number) = subject.parts();
            places.push("(").push_bind_unseparated(kind).push_unseparated(", ");
            places.push_bind_unseparated(number).push_unseparated(")");
        }
        sql.push(")");
        if subjects.is_empty() {
            return Ok(Vec::new());
        }
        let mut reader = self.reader.take().await?;
        let rows = sql.build_query_as::<CareColumns>().fetch_all(&mut *reader).await.map_err(Fault::Read)?;
        rows.into_iter().map(decode::care).collect()
    }

    async fn assign(&self, subject: Subject, assignee: Option<&str>) -> Result<bool, Error> {
        let assignee = assignee.map(str::to_owned);
        self.write(move |tx| {
            let there = begin(tx, subject)?;
            let (kind, number) = subject.parts();
            let sql = "UPDATE care SET assignee = ?3 WHERE kind = ?1 AND subject = ?2";
            tx.prepare_cached(sql)?.execute((kind, number, assignee))?;
            Ok(there)
        })
        .await
    }

    async fn snooze(&self, subject: Subject, snooze: Option<Snooze>) -> Result<bool, Error> {
        self.write(move |tx| {
            let there = begin(tx, subject)?;
            let (kind, number) = subject.parts();
            let (at, until) = (snooze.map(|snooze| snooze.at), snooze.and_then(|snooze| snooze.until));
            let sql = "UPDATE care SET snoozed_at = ?3, snoozed_until = ?4 WHERE kind = ?1 AND subject = ?2";
            tx.prepare_cached(sql)?.execute((kind, number, at, until))?;
            Ok(there)
        })
        .await
    }

    async fn comment(&self, subject: Subject, at: Ms, who: &str, body: &str) -> Result<bool, Error> {
        let (who, body) = (who.to_owned(), body.to_owned());
        self.write(move |tx| {
            if !begin(tx, subject)? {
                return Ok(false);
            }
            let (kind, number) = subject.parts();
            let ask = "SELECT coalesce(max(n), 0) FROM care_comment WHERE kind = ?1 AND subject = ?2";
            let last: i64 = tx.prepare_cached(ask)?.query_row((kind, number), |row| row.get(0))?;
            if last >= COMMENTS_MAX as i64 {
                return Err(too_many_comments().into());
            }
            let put =
                "INSERT INTO care_comment (kind, subject, n, at, who, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            tx.prepare_cached(put)?.execute(params![kind, number, last + 1, at, who, body])?;
            Ok(true)
        })
        .await
    }

    async fn comments(&self, subject: Subject) -> Result<Vec<Comment>, Error> {
        let sql = "SELECT n, at, who, body FROM care_comment WHERE kind = ?1 AND subject = ?2 ORDER BY n";
        let (kind, number) = subject.parts();
        let mut reader = self.reader.take().await?;
        let query = sqlx::query_as(sql).bind(kind).bind(number);
        let rows: Vec<CommentColumns> = query.fetch_all(&mut *reader).await.map_err(Fault::Read)?;
        Ok(rows.into_iter().map(decode::comment).collect())
    }

    async fn open_errors(&self, now: Ms) -> Result<(u64, u64), Error> {
        let sql = format!(
            "SELECT count(*), coalesce(sum(open), 0) FROM error_group WHERE open > 0 AND NOT EXISTS ({SNOOZED} ?1))"
        );
        let mut reader = self.reader.take().await?;
        let query = sqlx::query_as(AssertSqlSafe(sql)).bind(now);
        let (groups, records): (i64, i64) = query.fetch_one(&mut *reader).await.map_err(Fault::Read)?;
        Ok((groups.unsigned_abs(), records.unsigned_abs()))
    }
}
