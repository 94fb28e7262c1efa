//! Rows of the read connections, as the store's types.

use crate::fault::Fault;
use model::NodeId;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, Row};
use store::decode::{self, SummaryColumns, fixed};
use store::{EventRow, RunRow, RunSummaryRow};

pub(crate) const RUN: &str =
    "run.id, run.flow, run.version, run.event, run.lane, run.key, run.lineage, run.parent, run.parent_step,
     run.started_at, run.deadline, run.wake_at, run.shard, run.turn";

pub(crate) fn run(row: &PgRow) -> Result<RunRow, Fault> {
    let parent: Option<i64> = row.try_get("parent")?;
    let step: Option<String> = row.try_get("parent_step")?;
    Ok(RunRow {
        id: row.try_get("id")?,
        flow: row.try_get("flow")?,
        version: row.try_get("version")?,
        event: row.try_get("event")?,
        shard: row.try_get::<i16, _>("shard")? as u16,
        lane: row.try_get("lane")?,
        key: row.try_get("key")?,
        lineage: row.try_get("lineage")?,
        parent: parent.zip(step),
        started_at: row.try_get("started_at")?,
        deadline: row.try_get("deadline")?,
    })
}

/// `run` in the shape of a summary.
pub(crate) const SUMMARY_OPEN: &str =
    "id, flow, version, event, key, NULL::smallint AS status, wake_at, started_at,
    NULL::bigint AS finished_at, 0 AS steps, NULL AS error_node, NULL AS error_code, NULL AS error, lineage";
/// `run_hist` in the shape of a summary.
pub(crate) const SUMMARY_ENDED: &str =
    "id, flow, version, event, key, status, NULL::bigint AS wake_at, started_at,
    finished_at, steps, error_node, error_code, error, lineage";

pub(crate) fn summary(row: &PgRow) -> Result<RunSummaryRow, Fault> {
    Ok(decode::summary(SummaryColumns::from_row(row)?)?)
}

/// An event's columns, under names of their own.
pub(crate) const EVENT: &str = r#"event.id AS event_id, event.flow AS event_flow, event."trigger", event.received_at,
    event.delivery, event.sha256, event.head, event.body"#;

/// `None` where the row was joined with no event.
pub(crate) fn event(row: &PgRow) -> Result<Option<EventRow>, Fault> {
    let Some(id) = row.try_get::<Option<i64>, _>("event_id")? else {
        return Ok(None);
    };
    let delivery: Option<Vec<u8>> = row.try_get("delivery")?;
    Ok(Some(EventRow {
        id,
        flow: row.try_get("event_flow")?,
        trigger: NodeId::new(row.try_get::<String, _>("trigger")?),
        received_at: row.try_get("received_at")?,
        delivery: delivery.map(fixed).transpose()?,
        sha256: fixed(row.try_get("sha256")?)?,
        head: row.try_get::<Vec<u8>, _>("head")?.into(),
        body: row.try_get::<Vec<u8>, _>("body")?.into(),
    }))
}
