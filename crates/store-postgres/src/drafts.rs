//! What people work on.

use crate::fault::Fault;
use crate::store::{Change, PostgresStore};
use crate::text::text;
use async_trait::async_trait;
use model::FlowId;
use sqlx::{AssertSqlSafe, PgConnection};
use store::decode::{
    DRAFT, DraftColumns, POINT, POINT_HEAD, PointColumns, PointHeadColumns, draft, point, point_head,
};
use store::{DraftRow, DraftSaved, Drafts, Error, KeepPoint, POINTS_MAX, PointHead, PointRow, SaveDraft};

#[async_trait]
impl Drafts for PostgresStore {
    async fn draft(&self, flow: &FlowId) -> Result<Option<DraftRow>, Error> {
        Ok(find(&mut *self.reader().await?, flow).await?)
    }

    async fn drafts(&self) -> Result<Vec<DraftRow>, Error> {
        let sql = format!("SELECT {DRAFT} FROM draft WHERE document IS NOT NULL ORDER BY flow COLLATE \"C\"");
        let mut reader = self.reader().await?;
        let rows: Vec<DraftColumns> =
            sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut *reader).await.map_err(Fault::Sql)?;
        Ok(rows.into_iter().map(draft).collect())
    }

    async fn save_draft(&self, save: SaveDraft) -> Result<DraftSaved, Error> {
        self.change(Save(save)).await
    }

    async fn discard_draft(&self, flow: &FlowId, revision: i64) -> Result<bool, Error> {
        let sql = "UPDATE draft SET document = NULL, revision = revision + 1
                   WHERE flow = $1 AND revision = $2 AND document IS NOT NULL";
        let mut desk = self.desk().await?;
        let query = sqlx::query(sql).bind(flow.as_str()).bind(revision);
        Ok(query.execute(&mut *desk).await.map_err(Fault::Sql)?.rows_affected() == 1)
    }

    async fn keep_point(&self, keep: KeepPoint) -> Result<u32, Error> {
        self.change(Keep(keep)).await
    }

    async fn points(&self, flow: &FlowId) -> Result<Vec<PointHead>, Error> {
        let sql = format!("SELECT {POINT_HEAD} FROM draft_point WHERE flow = $1 ORDER BY number DESC");
        let mut reader = self.reader().await?;
        let query = sqlx::query_as(AssertSqlSafe(sql)).bind(flow.as_str());
        let rows: Vec<PointHeadColumns> = query.fetch_all(&mut *reader).await.map_err(Fault::Sql)?;
        Ok(rows.into_iter().map(point_head).collect())
    }

    async fn point(&self, flow: &FlowId, number: u32) -> Result<Option<PointRow>, Error> {
        let sql = format!("SELECT {POINT} FROM draft_point WHERE flow = $1 AND number = $2");
        let mut reader = self.reader().await?;
        let query = sqlx::query_as(AssertSqlSafe(sql)).bind(flow.as_str()).bind(i64::from(number));
        let row: Option<PointColumns> = query.fetch_optional(&mut *reader).await.map_err(Fault::Sql)?;
        Ok(row.map(point))
    }

    async fn forget_points(&self, flow: &FlowId) -> Result<(), Error> {
        let mut desk = self.desk().await?;
        let query = sqlx::query("DELETE FROM draft_point WHERE flow = $1").bind(flow.as_str());
        query.execute(&mut *desk).await.map_err(Fault::Sql)?;
        Ok(())
    }
}

async fn find(connection: &mut PgConnection, flow: &FlowId) -> Result<Option<DraftRow>, Fault> {
    let sql = format!("SELECT {DRAFT} FROM draft WHERE flow = $1 AND document IS NOT NULL");
    let query = sqlx::query_as(AssertSqlSafe(sql)).bind(flow.as_str());
    let row: Option<DraftColumns> = query.fetch_optional(connection).await?;
    Ok(row.map(draft))
}

struct Save(SaveDraft);

impl Change<DraftSaved> for Save {
    async fn make(self, connection: &mut PgConnection) -> Result<DraftSaved, Fault> {
        let Self(save) = self;
        // Two who save at once: the second waits for the first, and finds itself overtaken.
        let put = "INSERT INTO draft (flow, document, based_on, revision, saved_at, saved_by) VALUES ($1, $2, $3, 1, $4, $5)
                   ON CONFLICT (flow) DO UPDATE SET document = excluded.document, based_on = excluded.based_on,
                       revision = draft.revision + 1, saved_at = excluded.saved_at, saved_by = excluded.saved_by
                   WHERE CASE WHEN draft.document IS NULL THEN 0 ELSE draft.revision END = $6
                   RETURNING revision";
        let ask = sqlx::query_scalar(put).bind(save.flow.as_str()).bind(text(&save.document));
        let ask = ask.bind(save.based_on as i32).bind(save.at).bind(text(&save.by)).bind(save.before);
        match ask.fetch_optional(&mut *connection).await? {
            Some(revision) if save.before == 0 || revision > 1 => Ok(DraftSaved::As(revision)),
            Some(_) => {
                // There was none to go on from: what was put is taken back with the change.
                sqlx::query("DELETE FROM draft WHERE flow = $1")
                    .bind(save.flow.as_str())
                    .execute(&mut *connection)
                    .await?;
                Ok(DraftSaved::Overtaken(None))
            }
            None => Ok(DraftSaved::Overtaken(find(connection, &save.flow).await?)),
        }
    }
}

struct Keep(KeepPoint);

impl Change<u32> for Keep {
    async fn make(self, connection: &mut PgConnection) -> Result<u32, Fault> {
        let Self(keep) = self;
        // Two who keep at once get two numbers.
        sqlx::query("LOCK TABLE draft_point IN SHARE ROW EXCLUSIVE MODE").execute(&mut *connection).await?;
        let put = "INSERT INTO draft_point (flow, number, name, document, created_at, created_by)
                   SELECT $1, COALESCE(MAX(number), 0) + 1, $2, $3, $4, $5 FROM draft_point WHERE flow = $1 RETURNING number";
        let ask = sqlx::query_scalar(put).bind(keep.flow.as_str()).bind(text(&keep.name));
        let ask = ask.bind(text(&keep.document)).bind(keep.at).bind(text(&keep.by));
        let number: i32 = ask.fetch_one(&mut *connection).await?;
        let old =
            sqlx::query("DELETE FROM draft_point WHERE flow = $1 AND number <= $2").bind(keep.flow.as_str());
        old.bind(i64::from(number) - i64::from(POINTS_MAX)).execute(&mut *connection).await?;
        Ok(number.unsigned_abs())
    }
}
