//! Claims.

use crate::fault::Fault;
use crate::store::SqliteStore;
use async_trait::async_trait;
use rusqlite::{OptionalExtension, Row, Transaction, params};
use store::claims::still_at_work;
use store::decode::{CLAIM, ClaimColumns, claim};
use store::{CLAIM_KEPT_MIN, CLAIMS_LISTED_MAX, ClaimRow, Claimed, Claims, Error, FlowKey, Lease, Ms};

/// Claims that go in one turn of the writer.
const CHUNK: i64 = 1_000;

#[async_trait]
impl Claims for SqliteStore {
    /// One process holds every shard: no lease is ever another's.
    async fn claim(&self, row: ClaimRow, _: Option<Lease>) -> Result<Claimed, Error> {
        let sql = "INSERT INTO claim (lane, flow, key, run, who, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                   ON CONFLICT DO NOTHING";
        self.write(move |tx| {
            let ClaimRow { lane, flow, key, run, who, at } = &row;
            match tx.prepare_cached(sql)?.execute(params![lane, flow, key, run, who, at])? {
                0 => Ok(held(tx, *lane)?.map_or(Claimed::Yours, |held| held.told(&row))),
                _ => Ok(Claimed::Yours),
            }
        })
        .await
    }

    async fn claim_of(&self, lane: i64) -> Result<Option<ClaimRow>, Error> {
        let sql = format!("SELECT {CLAIM} FROM claim WHERE lane = ?1");
        let mut reader = self.reader.take().await?;
        let query = sqlx::query_as::<_, ClaimColumns>(sqlx::AssertSqlSafe(sql)).bind(lane);
        Ok(query.fetch_optional(&mut *reader).await.map_err(Fault::Read)?.map(claim))
    }

    async fn claims_of_people(&self, flow: FlowKey) -> Result<Vec<ClaimRow>, Error> {
        let sql = format!(
            "SELECT {CLAIM} FROM claim WHERE flow = ?1 AND run IS NULL ORDER BY at DESC, lane LIMIT ?2"
        );
        let mut reader = self.reader.take().await?;
        let query = sqlx::query_as::<_, ClaimColumns>(sqlx::AssertSqlSafe(sql)).bind(flow);
        let rows = query.bind(CLAIMS_LISTED_MAX as i64).fetch_all(&mut *reader).await.map_err(Fault::Read)?;
        Ok(rows.into_iter().map(claim).collect())
    }

    /// Open runs are looked through, which they may be for what a person does now and then.
    async fn release_claim(&self, lane: i64) -> Result<bool, Error> {
        self.write(move |tx| {
            let Some(held) = held(tx, lane)? else { return Ok(false) };
            let open = "SELECT 1 FROM run WHERE lane = ?1";
            if held.run.is_some() && tx.prepare_cached(open)?.exists([lane])? {
                return Err(still_at_work(&held.key).into());
            }
            Ok(tx.execute("DELETE FROM claim WHERE lane = ?1", [lane])? == 1)
        })
        .await
    }
}

impl SqliteStore {
    pub(crate) async fn forget_claims(&self, now: Ms) -> Result<(), Error> {
        let sql = "DELETE FROM claim WHERE lane IN (
                       SELECT claim.lane FROM flow CROSS JOIN claim ON claim.flow = flow.key
                           AND claim.at < ?1 - max(flow.keep_done, flow.keep_failed, ?2) LIMIT ?3)";
        while self.write(move |tx| Ok(tx.execute(sql, (now, CLAIM_KEPT_MIN, CHUNK))?)).await?
            == CHUNK as usize
        {}
        Ok(())
    }
}

fn held(tx: &Transaction<'_>, lane: i64) -> Result<Option<ClaimRow>, Fault> {
    let sql = format!("SELECT {CLAIM} FROM claim WHERE lane = ?1");
    Ok(tx.prepare_cached(&sql)?.query_row([lane], row).optional()?)
}

fn row(row: &Row<'_>) -> rusqlite::Result<ClaimRow> {
    Ok(claim((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?)))
}
