//! Claims. Whoever comes second waits for the first one's transaction, and sees what came of it.

use crate::fault::Fault;
use crate::store::{Change, PostgresStore};
use crate::text::text;
use async_trait::async_trait;
use sqlx::{AssertSqlSafe, PgConnection};
use store::claims::still_at_work;
use store::decode::{CLAIM, ClaimColumns, claim};
use store::{CLAIM_KEPT_MIN, CLAIMS_LISTED_MAX, ClaimRow, Claimed, Claims, Error, FlowKey, Lease, Ms};

/// Claims that go in one statement.
const CHUNK: u64 = 5_000;
/// Times that what was in the way may be let go of before it is looked at.
const TRIES_MAX: usize = 8;

#[async_trait]
impl Claims for PostgresStore {
    async fn claim(&self, row: ClaimRow, lease: Option<Lease>) -> Result<Claimed, Error> {
        for _ in 0..TRIES_MAX {
            if let Some(claimed) = self.change(Claim { row: row.clone(), lease }).await? {
                return Ok(claimed);
            }
        }
        Err(Error::Unavailable("the claim changes hands all the time".into()))
    }

    async fn claim_of(&self, lane: i64) -> Result<Option<ClaimRow>, Error> {
        let mut reader = self.reader().await?;
        Ok(held(&mut reader, lane).await?)
    }

    async fn claims_of_people(&self, flow: FlowKey) -> Result<Vec<ClaimRow>, Error> {
        let sql = format!(
            "SELECT {CLAIM} FROM claim WHERE flow = $1 AND run IS NULL ORDER BY at DESC, lane LIMIT $2"
        );
        let mut reader = self.reader().await?;
        let query = sqlx::query_as::<_, ClaimColumns>(AssertSqlSafe(sql)).bind(flow);
        let rows = query.bind(CLAIMS_LISTED_MAX as i64).fetch_all(&mut *reader).await.map_err(Fault::Sql)?;
        Ok(rows.into_iter().map(claim).collect())
    }

    async fn release_claim(&self, lane: i64) -> Result<bool, Error> {
        self.change(Release { lane }).await
    }
}

impl PostgresStore {
    pub(crate) async fn forget_claims(&self, now: Ms) -> Result<(), Fault> {
        let sql = "DELETE FROM claim WHERE lane = ANY(ARRAY(
                       SELECT claim.lane FROM flow JOIN claim ON claim.flow = flow.key
                           AND claim.at < $1 - greatest(flow.keep_done, flow.keep_failed, $2) LIMIT $3))";
        let mut desk = self.desk().await?;
        loop {
            let query = sqlx::query(sql).bind(now).bind(CLAIM_KEPT_MIN).bind(CHUNK as i64);
            if query.execute(&mut *desk).await?.rows_affected() < CHUNK {
                return Ok(());
            }
        }
    }
}

async fn held(connection: &mut PgConnection, lane: i64) -> Result<Option<ClaimRow>, Fault> {
    let sql = format!("SELECT {CLAIM} FROM claim WHERE lane = $1");
    let query = sqlx::query_as::<_, ClaimColumns>(AssertSqlSafe(sql)).bind(lane);
    Ok(query.fetch_optional(connection).await?.map(claim))
}

struct Claim {
    row: ClaimRow,
    lease: Option<Lease>,
}

impl Change<Option<Claimed>> for Claim {
    /// Nothing where what was in the way has gone by now.
    async fn make(self, connection: &mut PgConnection) -> Result<Option<Claimed>, Fault> {
        if let Some(lease) = self.lease
            && !is_held(connection, lease).await?
        {
            return Ok(Some(Claimed::Lost));
        }
        let ClaimRow { lane, flow, key, run, who, at } = &self.row;
        let sql = "INSERT INTO claim (lane, flow, key, run, who, at) VALUES ($1, $2, $3, $4, $5, $6)
                   ON CONFLICT (lane) DO NOTHING";
        let query = sqlx::query(sql).bind(lane).bind(flow).bind(text(key)).bind(run).bind(text(who)).bind(at);
        if query.execute(&mut *connection).await?.rows_affected() == 1 {
            return Ok(Some(Claimed::Yours));
        }
        Ok(held(connection, *lane).await?.map(|held| held.told(&self.row)))
    }
}

/// Whether it is still the sender's. It cannot change hands before this transaction has ended.
async fn is_held(connection: &mut PgConnection, lease: Lease) -> Result<bool, Fault> {
    let sql = "SELECT 1 FROM shard WHERE id = $1 AND epoch = $2 FOR SHARE";
    let query = sqlx::query_scalar::<_, i32>(sql).bind(lease.shard as i16).bind(lease.epoch);
    Ok(query.fetch_optional(connection).await?.is_some())
}

struct Release {
    lane: i64,
}

impl Change<bool> for Release {
    /// Open runs are looked through, which they may be for what a person does now and then.
    async fn make(self, connection: &mut PgConnection) -> Result<bool, Fault> {
        let Some(held) = held(connection, self.lane).await? else { return Ok(false) };
        let open = "SELECT EXISTS (SELECT 1 FROM run WHERE lane = $1)";
        let query = sqlx::query_scalar::<_, bool>(open).bind(self.lane);
        if held.run.is_some() && query.fetch_one(&mut *connection).await? {
            return Err(still_at_work(&held.key).into());
        }
        let query = sqlx::query("DELETE FROM claim WHERE lane = $1").bind(self.lane);
        Ok(query.execute(connection).await?.rows_affected() == 1)
    }
}
