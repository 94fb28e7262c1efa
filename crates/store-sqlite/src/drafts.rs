//! What people work on.

use crate::fault::Fault;
use crate::store::SqliteStore;
use async_trait::async_trait;
use model::FlowId;
use rusqlite::{OptionalExtension, Transaction, params};
use sqlx::AssertSqlSafe;
use store::decode::{
    DRAFT, DraftColumns, POINT, POINT_HEAD, PointColumns, PointHeadColumns, draft, point, point_head,
};
use store::{DraftRow, DraftSaved, Drafts, Error, KeepPoint, POINTS_MAX, PointHead, PointRow, SaveDraft};

#[async_trait]
impl Drafts for SqliteStore {
    async fn draft(&self, flow: &FlowId) -> Result<Option<DraftRow>, Error> {
        let sql = format!("SELECT {DRAFT} FROM draft WHERE flow = ?1 AND document IS NOT NULL");
        let mut reader = self.reader.take().await?;
        let query = sqlx::query_as(AssertSqlSafe(sql)).bind(flow.as_str());
        let row: Option<DraftColumns> = query.fetch_optional(&mut *reader).await.map_err(Fault::Read)?;
        Ok(row.map(draft))
    }

    async fn drafts(&self) -> Result<Vec<DraftRow>, Error> {
        let sql = format!("SELECT {DRAFT} FROM draft WHERE document IS NOT NULL ORDER BY flow");
        let mut reader = self.reader.take().await?;
        let rows: Vec<DraftColumns> =
            sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut *reader).await.map_err(Fault::Read)?;
        Ok(rows.into_iter().map(draft).collect())
    }

    async fn save_draft(&self, save: SaveDraft) -> Result<DraftSaved, Error> {
        self.write(move |tx| put(tx, &save)).await
    }

    async fn discard_draft(&self, flow: &FlowId, revision: i64) -> Result<bool, Error> {
        let sql = "UPDATE draft SET document = NULL, revision = revision + 1
                   WHERE flow = ?1 AND revision = ?2 AND document IS NOT NULL";
        let flow = flow.clone();
        self.write(move |tx| Ok(tx.execute(sql, (flow.as_str(), revision))? == 1)).await
    }

    async fn keep_point(&self, keep: KeepPoint) -> Result<u32, Error> {
        self.write(move |tx| put_point(tx, &keep)).await
    }

    async fn points(&self, flow: &FlowId) -> Result<Vec<PointHead>, Error> {
        let sql = format!("SELECT {POINT_HEAD} FROM draft_point WHERE flow = ?1 ORDER BY number DESC");
        let mut reader = self.reader.take().await?;
        let query = sqlx::query_as(AssertSqlSafe(sql)).bind(flow.as_str());
        let rows: Vec<PointHeadColumns> = query.fetch_all(&mut *reader).await.map_err(Fault::Read)?;
        Ok(rows.into_iter().map(point_head).collect())
    }

    async fn point(&self, flow: &FlowId, number: u32) -> Result<Option<PointRow>, Error> {
        let sql = format!("SELECT {POINT} FROM draft_point WHERE flow = ?1 AND number = ?2");
        let mut reader = self.reader.take().await?;
        let query = sqlx::query_as(AssertSqlSafe(sql)).bind(flow.as_str()).bind(number);
        let row: Option<PointColumns> = query.fetch_optional(&mut *reader).await.map_err(Fault::Read)?;
        Ok(row.map(point))
    }

    async fn forget_points(&self, flow: &FlowId) -> Result<(), Error> {
        let flow = flow.clone();
        let sql = "DELETE FROM draft_point WHERE flow = ?1";
        self.write(move |tx| Ok(tx.execute(sql, [flow.as_str()]).map(|_| ())?)).await
    }
}

fn put(tx: &Transaction<'_>, save: &SaveDraft) -> Result<DraftSaved, Fault> {
    let ask = "SELECT document, based_on, revision, saved_at, saved_by FROM draft WHERE flow = ?1";
    let found = tx.query_row(ask, [save.flow.as_str()], |row| {
        let kept: Option<String> = row.get(0)?;
        let revision: i64 = row.get(2)?;
        let there = match kept {
            Some(document) => Some(DraftRow {
                flow: save.flow.clone(),
                document,
                based_on: row.get(1)?,
                revision,
                saved_at: row.get(3)?,
                saved_by: row.get(4)?,
            }),
            None => None,
        };
        Ok((revision, there))
    });
    let (last, there) = found.optional()?.unwrap_or_default();
    if there.as_ref().map_or(0, |draft| draft.revision) != save.before {
        return Ok(DraftSaved::Overtaken(there));
    }
    let sql = "INSERT INTO draft (flow, document, based_on, revision, saved_at, saved_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
               ON CONFLICT DO UPDATE SET document = excluded.document, based_on = excluded.based_on,
                   revision = excluded.revision, saved_at = excluded.saved_at, saved_by = excluded.saved_by";
    tx.execute(sql, params![save.flow.as_str(), save.document, save.based_on, last + 1, save.at, save.by])?;
    Ok(DraftSaved::As(last + 1))
}

fn put_point(tx: &Transaction<'_>, keep: &KeepPoint) -> Result<u32, Fault> {
    let ask = "SELECT COALESCE(MAX(number), 0) + 1 FROM draft_point WHERE flow = ?1";
    let number: u32 = tx.query_row(ask, [keep.flow.as_str()], |row| row.get(0))?;
    let sql = "INSERT INTO draft_point (flow, number, name, document, created_at, created_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    tx.execute(sql, params![keep.flow.as_str(), number, keep.name, keep.document, keep.at, keep.by])?;
    let old = "DELETE FROM draft_point WHERE flow = ?1 AND number <= ?2";
    tx.execute(old, params![keep.flow.as_str(), number.saturating_sub(POINTS_MAX)])?;
    Ok(number)
}
