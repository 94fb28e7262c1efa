//! Takes old runs away: whole days at once where they hold many (`trim`), and else one by one.

use crate::days::MakeAhead;
use crate::fault::Fault;
use crate::store::{Change, PostgresStore};
use sqlx::{AssertSqlSafe, PgConnection};
use store::{DAY_MS, EventId, Ms, RunId, Status, ids};

/// A sender that repeats a delivery does so within days; after this time it would be a new event.
const DELIVERIES_KEPT: Ms = 30 * DAY_MS;
const CHUNK: i64 = 5_000;
/// A question that nobody answered.
const CONTROLS_KEPT: Ms = DAY_MS;
/// An answer that nobody took: whoever asked waits for seconds.
const ANSWERS_KEPT: Ms = DAY_MS / 24;

impl PostgresStore {
    pub(crate) async fn expire_runs(&self, now: Ms, limit: usize) -> Result<usize, Fault> {
        self.change(MakeAhead(now)).await?;
        let trimmed = self.trim_days(now).await?;
        let old = self.old_runs(now, limit).await?;
        let gone = trimmed + old.len();
        for chunk in old.chunks(CHUNK as usize) {
            self.change(Remove(chunk.to_vec())).await?;
        }
        while self.forget_deliveries(now).await? == CHUNK as u64 {}
        while self.forget_slots(now).await? > 0 {}
        self.forget_claims(now).await?;
        let mut desk = self.desk().await?;
        let sql = "DELETE FROM control WHERE at < $1 OR answer IS NOT NULL AND at < $2";
        let forgotten = sqlx::query(sql).bind(now - CONTROLS_KEPT).bind(now - ANSWERS_KEPT);
        forgotten.execute(&mut *desk).await?;
        // Runs that ended without having come to rest, as those that a newer one replaced.
        let left = "DELETE FROM crash WHERE NOT EXISTS (SELECT 1 FROM run WHERE run.id = crash.run)";
        sqlx::query(left).execute(&mut *desk).await?;
        Ok(gone)
    }

    async fn old_runs(&self, now: Ms, limit: usize) -> Result<Vec<(RunId, EventId)>, Fault> {
        let mut reader = self.reader().await?;
        let mut old: Vec<(RunId, EventId)> = Vec::new();
        for (status, keep) in OUTCOMES {
            for day in [Day::Over, Day::Begun] {
                let sql = old_runs_sql(status, keep, day);
                let room = limit - old.len();
                if room == 0 {
                    return Ok(old);
                }
                // Whether there are few is to be known however few may go in one turn.
                let most = if day == Day::Over { room } else { FEW + 1 };
                let query = sqlx::query_as(AssertSqlSafe(sql)).bind(now).bind(ids::EPOCH_MS);
                let rows: Vec<(RunId, EventId)> = query.bind(most as i64).fetch_all(&mut *reader).await?;
                if day == Day::Over || rows.len() <= FEW {
                    old.extend(rows.into_iter().take(room));
                }
            }
        }
        Ok(old)
    }

    /// Tells how many; a full chunk means that there may be more.
    async fn forget_deliveries(&self, now: Ms) -> Result<u64, Fault> {
        let sql =
            "DELETE FROM dedupe WHERE ctid = ANY(ARRAY(SELECT ctid FROM dedupe WHERE event < $1 LIMIT $2))";
        let mut desk = self.desk().await?;
        let query = sqlx::query(sql).bind(ids::first_at(now - DELIVERIES_KEPT)).bind(CHUNK);
        Ok(query.execute(&mut *desk).await?.rows_affected())
    }
}

/// Old runs of a day that is not past its time as a whole. Where there are more than a few they wait until it is, and go
/// at once.
const FEW: usize = 1_000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Day {
    Over,
    Begun,
}

/// Which of a flow's two retentions each outcome has: what went wrong is kept for whoever asks why.
const OUTCOMES: [(Status, &str); 3] =
    [(Status::Done, "keep_done"), (Status::Failed, "keep_failed"), (Status::Cancelled, "keep_failed")];

/// A run cannot have ended before its id was minted, which lets the index stop at the first young id.
fn old_runs_sql(status: Status, keep: &str, day: Day) -> String {
    let status = status as i16;
    let whole_days = format!("((($1 - flow.{keep} - $2) / {DAY_MS} * {DAY_MS}) << {})", ids::TIME_SHIFT);
    let of_days = match day {
        Day::Over => format!("id < {whole_days}"),
        Day::Begun => format!("id >= {whole_days}"),
    };
    format!(
        "SELECT h.id, h.event FROM flow CROSS JOIN LATERAL (
             SELECT id, event FROM run_hist
             WHERE run_hist.flow = flow.key AND status = {status}
               AND {of_days} AND id < (greatest(0, $1 - flow.{keep} - $2) << {shift}) AND finished_at < $1 - flow.{keep}
             ORDER BY id LIMIT $3
         ) AS h LIMIT $3",
        shift = ids::TIME_SHIFT,
    )
}

/// Removes runs, and each event with the last run that refers to it.
struct Remove(Vec<(RunId, EventId)>);

impl Change<()> for Remove {
    async fn make(self, connection: &mut PgConnection) -> Result<(), Fault> {
        let (runs, mut events): (Vec<RunId>, Vec<EventId>) = self.0.into_iter().unzip();
        events.sort_unstable();
        events.dedup();
        sqlx::query("DELETE FROM run_hist WHERE id = ANY($1)").bind(&runs).execute(&mut *connection).await?;
        // Held first and asked about in the next statement, which sees every run that got its event before.
        let hold = "SELECT id FROM event WHERE id = ANY($1) ORDER BY id FOR UPDATE";
        sqlx::query(hold).bind(&events).fetch_all(&mut *connection).await?;
        let sql = "DELETE FROM event WHERE id = ANY($1)
                   AND NOT EXISTS (SELECT 1 FROM run WHERE run.id = event.id AND run.event = event.id)
                   AND NOT EXISTS (SELECT 1 FROM run_hist h WHERE h.id = event.id AND h.event = event.id)
                   AND NOT EXISTS (SELECT 1 FROM run WHERE run.event = event.id AND run.id <> run.event)
                   AND NOT EXISTS (SELECT 1 FROM run_hist h WHERE h.event = event.id AND h.id <> h.event)";
        sqlx::query(sql).bind(&events).execute(connection).await?;
        Ok(())
    }
}
