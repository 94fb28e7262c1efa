//! Rows of the read connections, as the store's types.

use crate::blob::{self, Kind};
use crate::fault::Fault;
use model::NodeId;
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, SqliteConnection};
use store::decode::{self, SummaryColumns, fixed};
use store::{EventRow, RunRow, RunSummaryRow};

pub(crate) const RUN: &str =
    "id, flow, version, event, lane, key, lineage, parent, parent_step, started_at, deadline, wake_at, shard";

pub(crate) fn run(row: &SqliteRow) -> Result<RunRow, Fault> {
    let parent: Option<i64> = row.try_get("parent")?;
    let step: Option<String> = row.try_get("parent_step")?;
    Ok(RunRow {
        id: row.try_get("id")?,
        flow: row.try_get("flow")?,
        version: row.try_get("version")?,
        event: row.try_get("event")?,
        shard: row.try_get("shard")?,
        lane: row.try_get("lane")?,
        key: row.try_get("key")?,
        lineage: row.try_get("lineage")?,
        parent: parent.zip(step),
        started_at: row.try_get("started_at")?,
        deadline: row.try_get("deadline")?,
    })
}

/// `run` in the shape of a summary.
pub(crate) const SUMMARY_OPEN: &str = "id, flow, version, event, key, NULL AS status, wake_at, started_at,
    NULL AS finished_at, 0 AS steps, NULL AS error_node, NULL AS error_code, NULL AS error, lineage";
/// `run_hist` in the shape of a summary.
pub(crate) const SUMMARY_ENDED: &str = "id, flow, version, event, key, status, NULL AS wake_at, started_at,
    finished_at, steps, error_node, error_code, error, lineage";

pub(crate) fn summary(row: &SqliteRow) -> Result<RunSummaryRow, Fault> {
    Ok(decode::summary(SummaryColumns::from_row(row)?)?)
}

pub(crate) async fn event(connection: &mut SqliteConnection, id: i64) -> Result<Option<EventRow>, Fault> {
    let sql =
        r#"SELECT id, flow, "trigger", received_at, delivery, sha256, head, body FROM event WHERE id = ?1"#;
    let Some(row) = sqlx::query(sql).bind(id).fetch_optional(&mut *connection).await? else {
        return Ok(None);
    };
    let delivery: Option<Vec<u8>> = row.try_get("delivery")?;
    Ok(Some(EventRow {
        id,
        flow: row.try_get("flow")?,
        trigger: NodeId::new(row.try_get::<String, _>("trigger")?),
        received_at: row.try_get("received_at")?,
        delivery: delivery.map(fixed).transpose()?,
        sha256: fixed(row.try_get("sha256")?)?,
        head: row.try_get::<Vec<u8>, _>("head")?.into(),
        body: blob::get(connection, row.try_get("body")?, id, Kind::Event, 0).await?,
    }))
}
