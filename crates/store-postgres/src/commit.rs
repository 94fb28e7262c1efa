//! A batch inside one transaction: one statement for each kind of row, whatever their number.
//!
//! Rows are sorted by their keys before they meet a unique index, so that two processes never wait for each other.

use crate::batch::{Events, Finishes, Records, Runs, statements};
use crate::blobs;
use crate::fault::Fault;
use crate::inbox::{self, Groups};
use crate::shards;
use crate::totals::Totals;
use sqlx::PgConnection;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use store::{
    Accept, Accepted, Batch, Committed, Error, EventId, EventRow, Finish, Lease, Ms, Record, RunId,
    ScheduleMoved, Shard,
};

/// What the writer remembers between batches, so that it need not ask.
#[derive(Default)]
pub(crate) struct Known {
    /// Days that have partitions.
    pub days: BTreeSet<i32>,
    /// The largest run written by each node through this writer.
    runs: HashMap<i64, RunId>,
    /// The part of the counts that is this connection's.
    pub part: Option<i16>,
}

impl Known {
    pub(crate) fn with_days(days: BTreeSet<i32>) -> Self {
        Self { days, ..Self::default() }
    }

    pub(crate) fn forget_days(&mut self) {
        self.days.clear();
    }

    /// To be called when the batch is on disk.
    pub(crate) fn landed(&mut self, batch: &Batch) {
        for run in batch.accepts.iter().map(|accept| accept.run.id) {
            let last = self.runs.entry(node_of(run)).or_default();
            *last = run.max(*last);
        }
    }

    /// Whether a run can have been written before. A node's ids only grow.
    fn is_doubtful(&self, run: RunId) -> bool {
        self.runs.get(&node_of(run)).is_none_or(|last| run <= *last)
    }
}

fn node_of(id: i64) -> i64 {
    id >> 12 & 0x3ff
}

/// Writes the batch; `again` where it may have landed already.
pub(crate) async fn write(
    connection: &mut PgConnection,
    known: &mut Known,
    batch: &Batch,
    again: bool,
) -> Result<Committed, Fault> {
    let lost = lost(connection, &batch.leases).await?;
    let mut commit = Commit { connection, lost, again, totals: Totals::default(), groups: Groups::default() };
    let (accepts, turns) = commit.accept(batch, known).await?;
    shards::write_controls(commit.connection, &batch.controls).await?;
    commit.append_to_open(&batch.records).await?;
    commit.park(&batch.parks).await?;
    commit.move_schedules(&batch.schedules).await?;
    commit.note_crashes(&batch.crashes).await?;
    commit.finish(&batch.finishes).await?;
    blobs::write_uses(commit.connection, &batch.blob_uses).await?;
    commit.groups.write(commit.connection).await?;
    commit.totals.write(commit.connection, known).await?;
    let lost = commit.lost.into_iter().map(|shard| shard as Shard).collect();
    Ok(Committed { accepts, turns, lost })
}

/// Which of the leases are another's by now. The others cannot change hands before this transaction has ended.
async fn lost(connection: &mut PgConnection, leases: &[Lease]) -> Result<Vec<i16>, Fault> {
    if leases.is_empty() {
        return Ok(Vec::new());
    }
    let sql =
        "SELECT id FROM shard JOIN unnest($1::smallint[], $2::bigint[]) AS held (id, epoch) USING (id, epoch)
               ORDER BY id FOR SHARE OF shard";
    let (shards, epochs): (Vec<i16>, Vec<i64>) =
        leases.iter().map(|lease| (lease.shard as i16, lease.epoch)).unzip();
    let held: Vec<i16> = sqlx::query_scalar(sql).bind(&shards).bind(&epochs).fetch_all(connection).await?;
    Ok(shards.into_iter().filter(|shard| !held.contains(shard)).collect())
}

struct Commit<'a> {
    connection: &'a mut PgConnection,
    /// Nothing is written about runs of these shards.
    lost: Vec<i16>,
    /// The batch may have landed already.
    again: bool,
    totals: Totals,
    groups: Groups,
}

impl Commit<'_> {
    /// One answer and one turn for each accept.
    async fn accept(&mut self, batch: &Batch, known: &Known) -> Result<(Vec<Accepted>, Vec<i64>), Fault> {
        let accepts = &batch.accepts;
        if accepts.is_empty() {
            return Ok((Vec::new(), Vec::new()));
        }
        let events = self.delivered_as(accepts).await?;
        let doubtful =
            accepts.iter().map(|accept| accept.run.id).filter(|run| self.again || known.is_doubtful(*run));
        let mut turns = self.written(doubtful.collect()).await?;
        let refused =
            inbox::retry(self.connection, accepts, |run| turns.contains_key(&run), &mut self.groups).await?;
        let (mut new, mut answers) = (Vec::new(), Vec::with_capacity(accepts.len()));
        for (accept, first) in accepts.iter().zip(events) {
            answers.push(match (&accept.event, first) {
                (Some(event), Some(first)) if first != event.id => Accepted::Duplicate { event: first },
                _ if refused.contains_key(&accept.run.id) => {
                    Accepted::RetriedBefore { by: refused[&accept.run.id] }
                }
                _ => {
                    // Known also from now on: a batch may hold a run twice.
                    if let Entry::Vacant(place) = turns.entry(accept.run.id) {
                        place.insert(0);
                        new.push(accept);
                    }
                    Accepted::New
                }
            });
        }
        // Within a batch nobody came first, and so the ids decide about turns.
        new.sort_unstable_by_key(|accept| accept.run.id);
        self.check_events(&new).await?;
        for rows in statements(&new) {
            turns.extend(self.insert_accepts(rows).await?);
        }
        new.iter().for_each(|accept| self.totals.opened(&accept.run));
        let records: Vec<&Record> = new.iter().flat_map(|accept| &accept.records).collect();
        self.append(&records).await?;
        let turns = accepts.iter().map(|accept| turns.get(&accept.run.id).copied().unwrap_or_default());
        Ok((answers, turns.collect()))
    }

    /// The event that each delivery became, which is the given one when it is new.
    async fn delivered_as(&mut self, accepts: &[Accept]) -> Result<Vec<Option<EventId>>, Fault> {
        let mut deliveries: BTreeMap<Delivery<'_>, EventId> = BTreeMap::new();
        for event in accepts.iter().filter_map(|accept| accept.event.as_ref()) {
            if let Some(delivery) = Delivery::of(event) {
                deliveries.entry(delivery).or_insert(event.id);
            }
        }
        if !deliveries.is_empty() {
            self.dedupe(&mut deliveries).await?;
        }
        let first = |event: &EventRow| Delivery::of(event).and_then(|of| deliveries.get(&of)).copied();
        Ok(accepts.iter().map(|accept| accept.event.as_ref().and_then(first)).collect())
    }

    /// The update changes nothing; it makes the row that is there already come back, even one that was written by
    /// somebody else a moment ago.
    async fn dedupe(&mut self, deliveries: &mut BTreeMap<Delivery<'_>, EventId>) -> Result<(), Fault> {
        let sql = r#"WITH given AS (
                         SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bytea[])
                             WITH ORDINALITY AS t (event, flow, "trigger", delivery, n)
                     ), kept AS (
                         INSERT INTO dedupe AS d (event, flow, "trigger", delivery)
                         SELECT event, flow, "trigger", delivery FROM given ORDER BY n
                         ON CONFLICT (delivery, flow, "trigger") DO UPDATE SET event = d.event
                         RETURNING event, flow, "trigger", delivery
                     )
                     SELECT n, kept.event FROM given JOIN kept USING (delivery, flow, "trigger")
                     WHERE kept.event <> given.event"#;
        let events: Vec<i64> = deliveries.values().copied().collect();
        let flows: Vec<i64> = deliveries.keys().map(|delivery| delivery.flow).collect();
        let triggers: Vec<&str> = deliveries.keys().map(|delivery| delivery.trigger).collect();
        let hashes: Vec<&[u8]> = deliveries.keys().map(|delivery| delivery.hash).collect();
        let query = sqlx::query_as(sql).bind(&events).bind(&flows).bind(&triggers).bind(&hashes);
        let earlier: Vec<(i64, EventId)> = query.fetch_all(&mut *self.connection).await?;
        let earlier: HashMap<i64, EventId> = earlier.into_iter().collect();
        for (n, event) in (1..).zip(deliveries.values_mut()) {
            *event = earlier.get(&n).copied().unwrap_or(*event);
        }
        Ok(())
    }

    /// Which of these runs were written before, open with their turns or ended.
    async fn written(&mut self, runs: Vec<RunId>) -> Result<HashMap<RunId, i64>, Fault> {
        if runs.is_empty() {
            return Ok(HashMap::new());
        }
        let sql = "SELECT id, turn FROM run WHERE id = ANY($1)
                   UNION ALL SELECT id, 0 FROM run_hist WHERE id = ANY($1)";
        let found: Vec<(RunId, i64)> =
            sqlx::query_as(sql).bind(&runs).fetch_all(&mut *self.connection).await?;
        Ok(found.into_iter().collect())
    }

    /// Runs of earlier events need them; they and their day stay while this transaction lasts.
    async fn check_events(&mut self, new: &[&Accept]) -> Result<(), Fault> {
        let earlier = new.iter().filter(|accept| accept.event.is_none()).map(|accept| accept.run.event);
        let mut wanted: Vec<EventId> = earlier.collect();
        if wanted.is_empty() {
            return Ok(());
        }
        wanted.sort_unstable();
        wanted.dedup();
        let days: Vec<i32> = wanted.iter().map(|event| crate::days::day_of(*event)).collect();
        let sql = "SELECT event.id FROM unnest($1::bigint[], $2::integer[]) AS wanted (id, day)
                   JOIN event USING (id) JOIN day USING (day) WHERE closed = 0
                   ORDER BY event.id FOR SHARE OF event, day";
        let query = sqlx::query_scalar(sql).bind(&wanted).bind(&days);
        let there: Vec<EventId> = query.fetch_all(&mut *self.connection).await?;
        match wanted.iter().find(|event| !there.contains(event)) {
            Some(event) => Err(Error::Conflict(format!("event {event} is not kept any more")).into()),
            None => Ok(()),
        }
    }

    async fn insert_accepts(&mut self, accepts: &[&Accept]) -> Result<Vec<(RunId, i64)>, Fault> {
        let sql = r#"WITH e AS (
                         INSERT INTO event (id, flow, "trigger", received_at, delivery, sha256, head, body)
                         SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bytea[],
                                              $6::bytea[], $7::bytea[], $8::bytea[])
                         ON CONFLICT (id) DO NOTHING
                     )
                     INSERT INTO run (id, flow, version, event, shard, lane, key, lineage, parent, parent_step,
                                      started_at, deadline)
                     SELECT * FROM unnest($9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::smallint[],
                                          $14::bigint[], $15::text[], $16::bigint[], $17::bigint[], $18::text[],
                                          $19::bigint[], $20::bigint[])
                     RETURNING id, turn"#;
        let events: Events<'_> = accepts.iter().filter_map(|accept| accept.event.as_ref()).collect();
        let runs: Runs<'_> = accepts.iter().map(|accept| &accept.run).collect();
        let query = sqlx::query_as(sql).bind(&events.id).bind(&events.flow).bind(&events.trigger);
        let query = query.bind(&events.received_at).bind(&events.delivery).bind(&events.sha256);
        let query = query.bind(&events.head).bind(&events.body);
        let query = query.bind(&runs.id).bind(&runs.flow).bind(&runs.version).bind(&runs.event);
        let query = query.bind(&runs.shard).bind(&runs.lane).bind(&runs.key).bind(&runs.lineage);
        let query =
            query.bind(&runs.parent).bind(&runs.parent_step).bind(&runs.started_at).bind(&runs.deadline);
        Ok(query.fetch_all(&mut *self.connection).await?)
    }

    /// Records of a run that has ended are dropped: they can change nothing any more. A parked run is not parked any
    /// more once something happens in it.
    async fn append_to_open(&mut self, records: &[Record]) -> Result<(), Fault> {
        if records.is_empty() {
            return Ok(());
        }
        let runs: BTreeSet<RunId> = records.iter().map(|record| record.run).collect();
        let runs: Vec<RunId> = runs.into_iter().collect();
        let sql = "WITH woken AS (
                       UPDATE run SET wake_at = NULL
                       WHERE id = ANY($1) AND wake_at IS NOT NULL AND NOT shard = ANY($2)
                   )
                   SELECT id FROM run WHERE id = ANY($1) AND NOT shard = ANY($2)";
        let query = sqlx::query_scalar(sql).bind(&runs).bind(&self.lost);
        let open: HashSet<RunId> = query.fetch_all(&mut *self.connection).await?.into_iter().collect();
        let records: Vec<&Record> = records.iter().filter(|record| open.contains(&record.run)).collect();
        self.append(&records).await
    }

    async fn append(&mut self, records: &[&Record]) -> Result<(), Fault> {
        let sql = "INSERT INTO journal (run, seq, at, body)
                   SELECT * FROM unnest($1::bigint[], $2::integer[], $3::bigint[], $4::bytea[])
                   ON CONFLICT (run, seq) DO NOTHING";
        for rows in statements(records) {
            let rows: Records<'_> = rows.iter().copied().collect();
            let query = sqlx::query(sql).bind(&rows.run).bind(&rows.seq).bind(&rows.at).bind(&rows.body);
            query.execute(&mut *self.connection).await?;
        }
        Ok(())
    }

    async fn park(&mut self, parks: &[(RunId, Ms)]) -> Result<(), Fault> {
        if parks.is_empty() {
            return Ok(());
        }
        // The last word about a run counts.
        let parks: BTreeMap<RunId, Ms> = parks.iter().copied().collect();
        let (runs, times): (Vec<RunId>, Vec<Ms>) = parks.into_iter().unzip();
        let sql = "UPDATE run SET wake_at = parked.wake_at
                   FROM unnest($1::bigint[], $2::bigint[]) AS parked (id, wake_at)
                   WHERE run.id = parked.id AND NOT run.shard = ANY($3)";
        let query = sqlx::query(sql).bind(&runs).bind(&times).bind(&self.lost);
        query.execute(&mut *self.connection).await?;
        Ok(())
    }

    async fn note_crashes(&mut self, crashes: &[(RunId, u32)]) -> Result<(), Fault> {
        if crashes.is_empty() {
            return Ok(());
        }
        // The last word about a run counts.
        let crashes: BTreeMap<RunId, u32> = crashes.iter().copied().collect();
        let (at_rest, begun): (Vec<_>, Vec<_>) = crashes.into_iter().partition(|(_, times)| *times == 0);
        let at_rest: Vec<RunId> = at_rest.into_iter().map(|(run, _)| run).collect();
        let (runs, times): (Vec<RunId>, Vec<i32>) =
            begun.into_iter().map(|(run, times)| (run, i32::try_from(times).unwrap_or(i32::MAX))).unzip();
        let sql = "WITH rest AS (
                       DELETE FROM crash USING run
                       WHERE crash.run = ANY($1) AND run.id = crash.run AND NOT run.shard = ANY($4)
                   )
                   INSERT INTO crash (run, times)
                   SELECT run.id, begun.times FROM unnest($2::bigint[], $3::integer[]) AS begun (id, times)
                   JOIN run USING (id) WHERE NOT run.shard = ANY($4) ORDER BY run.id
                   ON CONFLICT (run) DO UPDATE SET times = excluded.times";
        let query = sqlx::query(sql).bind(&at_rest).bind(&runs).bind(&times).bind(&self.lost);
        query.execute(&mut *self.connection).await?;
        Ok(())
    }

    async fn move_schedules(&mut self, moved: &[ScheduleMoved]) -> Result<(), Fault> {
        if moved.is_empty() {
            return Ok(());
        }
        let moved: BTreeMap<(i64, &str), Ms> =
            moved.iter().map(|moved| ((moved.flow, moved.node.as_str()), moved.next_at)).collect();
        let (keys, times): (Vec<(i64, &str)>, Vec<Ms>) = moved.into_iter().unzip();
        let (flows, nodes): (Vec<i64>, Vec<&str>) = keys.into_iter().unzip();
        let sql = "INSERT INTO schedule (flow, node, next_at)
                   SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[])
                   ON CONFLICT (flow, node) DO UPDATE SET next_at = excluded.next_at";
        let query = sqlx::query(sql).bind(&flows).bind(&nodes).bind(&times);
        query.execute(&mut *self.connection).await?;
        Ok(())
    }

    /// The journal's rows stay: removing them one by one would cost more than writing them did. See `expire`.
    async fn finish(&mut self, finishes: &[Finish]) -> Result<(), Fault> {
        let mut ours: Vec<&Finish> =
            finishes.iter().filter(|finish| !self.lost.contains(&(finish.run.shard as i16))).collect();
        ours.sort_by_key(|finish| finish.run.id);
        ours.dedup_by_key(|finish| finish.run.id);
        for rows in statements(&ours) {
            let (closed, ended) = self.move_to_history(rows).await?;
            rows.iter()
                .filter(|finish| closed.contains(&finish.run.id))
                .for_each(|end| self.totals.closed(end));
            rows.iter()
                .filter(|finish| ended.contains(&finish.run.id))
                .for_each(|end| self.totals.ended(end));
            for end in rows.iter().filter(|finish| ended.contains(&finish.run.id)) {
                inbox::ended(self.connection, end, &mut self.groups).await?;
            }
        }
        Ok(())
    }

    /// Tells which runs were open, and which had not ended before. Nearly always both are all of them.
    ///
    /// Of a batch that may have landed before, a run that is not open has ended by it, and may be forgotten since: it would be
    /// counted twice.
    async fn move_to_history(
        &mut self,
        finishes: &[&Finish],
    ) -> Result<(HashSet<RunId>, HashSet<RunId>), Fault> {
        let sql = "WITH closed AS (
                       DELETE FROM run WHERE id = ANY($1::bigint[]) RETURNING id
                   ), ended AS (
                       INSERT INTO run_hist (id, flow, version, event, status, key, lineage, started_at, finished_at,
                                             steps, error_node, error_code, error, doc)
                       SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::smallint[],
                                            $6::text[], $7::bigint[], $8::bigint[], $9::bigint[], $10::integer[],
                                            $11::text[], $12::text[], $13::text[], $14::bytea[]) AS sent (id)
                       WHERE NOT $15 OR sent.id IN (SELECT id FROM closed)
                       ON CONFLICT (id) DO NOTHING RETURNING id
                   )
                   SELECT ARRAY(SELECT id FROM closed), ARRAY(SELECT id FROM ended)";
        let rows: Finishes<'_> = finishes.iter().copied().collect();
        let query = sqlx::query_as(sql).bind(&rows.id).bind(&rows.flow).bind(&rows.version).bind(&rows.event);
        let query = query.bind(&rows.status).bind(&rows.key).bind(&rows.lineage).bind(&rows.started_at);
        let query = query.bind(&rows.finished_at).bind(&rows.steps).bind(&rows.error_node);
        let query = query.bind(&rows.error_code).bind(&rows.error).bind(&rows.doc).bind(self.again);
        let (closed, ended): (Vec<RunId>, Vec<RunId>) = query.fetch_one(&mut *self.connection).await?;
        Ok((closed.into_iter().collect(), ended.into_iter().collect()))
    }
}

/// What makes a delivery the same one again, in the order of its index.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Delivery<'a> {
    hash: &'a [u8],
    flow: i64,
    trigger: &'a str,
}

impl<'a> Delivery<'a> {
    fn of(event: &'a EventRow) -> Option<Self> {
        let hash = event.delivery.as_ref()?;
        Some(Self { hash, flow: event.flow, trigger: event.trigger.as_str() })
    }
}
