//! Looking whether what a rule is about is so. Everything here is counted already, or read in bounded pages.

use super::facts::{Facts, Named, Seen, Trouble, Why};
use super::hours::Hours;
use crate::App;
use crate::health::{self, Known};
use api::{AlertHours, AlertQueue, AlertRule, AlertWhen};
use connector::expiry;
use model::{ConnectionName, FlowId};
use std::collections::{BTreeMap, HashSet};
use store::ids::time_of;
use store::slots::{SLOT_MS, slot_at};
use store::{
    DAY_MS, Fingerprint, FlowKey, FlowRow, GateRow, Grain, GroupFilter, InboxFilter, InboxRow, InboxState,
    Ms, RECORDS_MAX, RunFilter, RunRow, SlotFilter, Status, Store, all_shards,
};
use tokio::sync::OnceCell;

const MINUTE_MS: Ms = 60_000;
/// Runs are read in pages, so many at most: of more than 10,000 open runs only those that came first are looked at.
const PAGE: usize = 1_000;
const PAGES_MAX: usize = 10;
/// Runs that are looked through for the newest event: retries stand among them.
const NEWEST: usize = 20;
/// Things that are named of many.
const NAMED_MAX: usize = 10;
/// Five minutes each, as many as a rule looks back at.
const ALL_SLOTS: u32 = 1_000;

/// The flow that a rule is about is not there any more: nothing is wrong with it.
struct Gone;

/// What one round sees. What several rules need is read once.
pub struct Look<'a> {
    app: &'a App,
    now: Ms,
    health: OnceCell<Known>,
    gates: OnceCell<BTreeMap<ConnectionName, GateRow>>,
}

impl<'a> Look<'a> {
    pub fn at(app: &'a App, now: Ms) -> Self {
        Self { app, now, health: OnceCell::new(), gates: OnceCell::new() }
    }

    /// What is wrong; nothing where it is not the time to look.
    pub async fn see(&self, rule: &AlertRule) -> Result<Option<Seen>, store::Error> {
        match &rule.when {
            AlertWhen::FailureRate { flow, percent, minutes, runs_min } => {
                self.failing(flow.as_deref(), *percent, *minutes, *runs_min).await.map(Some)
            }
            AlertWhen::Quiet { flow, minutes, hours } => self.quiet(flow, *minutes, hours.as_ref()).await,
            AlertWhen::Oldest { queue, flow, minutes } => {
                self.oldest(*queue, flow.as_deref(), *minutes).await.map(Some)
            }
            AlertWhen::ConnectionBroken { connection, minutes } => {
                self.broken(connection.as_deref(), *minutes).await.map(Some)
            }
            AlertWhen::ConnectionExpires { connection, days } => {
                Ok(Some(self.ending(connection.as_deref(), *days)))
            }
            AlertWhen::NotDone { flow, minutes } => self.not_done(flow, *minutes).await.map(Some),
        }
    }

    fn store(&self) -> &dyn Store {
        self.app.store()
    }

    async fn flow(&self, id: &str) -> Result<Option<FlowRow>, store::Error> {
        self.store().flow(&FlowId::from(id)).await
    }

    /// The flow that a rule is about, where it is about one.
    async fn about(&self, flow: Option<&str>) -> Result<Result<Option<FlowRow>, Gone>, store::Error> {
        let Some(id) = flow else { return Ok(Ok(None)) };
        Ok(self.flow(id).await?.map(Some).ok_or(Gone))
    }

    fn ago(&self, minutes: u32) -> Ms {
        self.now - Ms::from(minutes) * MINUTE_MS
    }

    async fn failing(
        &self,
        flow: Option<&str>,
        percent: u32,
        minutes: u32,
        runs_min: u32,
    ) -> Result<Seen, store::Error> {
        let Ok(named) = self.about(flow).await? else { return Ok(Seen::new()) };
        // From the beginning of the slot on in which the time begins.
        let since = slot_at(self.ago(minutes)) * SLOT_MS;
        let which = SlotFilter { flow: named.as_ref().map(|row| row.key), since, until: self.now + 1 };
        let counts = self.store().slots(which, Grain { slots: ALL_SLOTS, by_flow: true }).await?;
        let mut ended: BTreeMap<FlowKey, (u64, u64)> = BTreeMap::new();
        for count in counts.iter().filter(|count| count.status != Status::Cancelled) {
            let (failed, runs) = ended.entry(count.flow).or_default();
            *failed += if count.status == Status::Failed { count.runs } else { 0 };
            *runs += count.runs;
        }
        ended.retain(|_, (failed, runs)| is_failing(*failed, *runs, percent, runs_min));
        if ended.is_empty() {
            return Ok(Seen::new());
        }
        let rows = named.map_or_else(Vec::new, |row| vec![row]);
        let rows = if rows.is_empty() { self.store().flows().await? } else { rows };
        let trouble = |row: &FlowRow| {
            let (failed, runs) = ended.get(&row.key).copied()?;
            let facts = Facts::Failing { flow: name(row), failed, runs, minutes };
            Some((row.id.to_string(), Trouble { since: self.now, facts }))
        };
        Ok(rows.iter().filter_map(trouble).collect())
    }

    async fn quiet(
        &self,
        flow: &str,
        minutes: u32,
        hours: Option<&AlertHours>,
    ) -> Result<Option<Seen>, store::Error> {
        let Some(row) = self.flow(flow).await? else { return Ok(Some(Seen::new())) };
        let newest = RunFilter { flow: Some(row.key), limit: NEWEST, ..RunFilter::default() };
        let newest = self.store().runs(newest).await?;
        // A retry goes on with an event that came long ago.
        let last = newest.iter().map(|run| time_of(run.event)).max();
        let since = last.unwrap_or(row.created_at);
        let hours = hours.and_then(Hours::read);
        let silent = hours.as_ref().map_or(self.now - since, |hours| hours.open_between(since, self.now));
        if silent < Ms::from(minutes) * MINUTE_MS {
            return Ok(Some(Seen::new()));
        }
        // Whoever is not at work is not told, and what they were told before is not over.
        if hours.is_some_and(|hours| !hours.is_open(self.now)) {
            return Ok(None);
        }
        Ok(Some(only(&row, since, Facts::Quiet { flow: name(&row), last })))
    }

    async fn oldest(
        &self,
        queue: AlertQueue,
        flow: Option<&str>,
        minutes: u32,
    ) -> Result<Seen, store::Error> {
        let Ok(named) = self.about(flow).await? else { return Ok(Seen::new()) };
        let (wanted, until) = (named.as_ref().map(|row| row.key), self.ago(minutes));
        let (at, key) = match queue {
            AlertQueue::Runs => {
                let runs = self.open_runs(wanted, until, 1).await?;
                let Some(run) = runs.into_iter().next() else { return Ok(Seen::new()) };
                (time_of(run.lineage), run.key)
            }
            AlertQueue::Inbox => {
                let records = self.waiting(wanted).await?;
                let Some(record) = records.into_iter().find(|record| record.at <= until) else {
                    return Ok(Seen::new());
                };
                (record.at, record.key)
            }
        };
        let facts = Facts::Oldest { queue, flow: named.as_ref().map(name), key, at };
        let subject = named.map_or_else(|| queue.as_str().to_owned(), |row| row.id.to_string());
        Ok(Seen::from([(subject, Trouble { since: at, facts })]))
    }

    async fn not_done(&self, flow: &str, minutes: u32) -> Result<Seen, store::Error> {
        let Some(row) = self.flow(flow).await? else { return Ok(Seen::new()) };
        let until = self.ago(minutes);
        let open = self.open_runs(Some(row.key), until, PAGE).await?;
        let failed = self.waiting(Some(row.key)).await?;
        let more = open.len() >= PAGE || failed.len() >= RECORDS_MAX;
        let open = open.into_iter().map(|run| (time_of(run.lineage), run.key, run.id));
        let failed = failed.into_iter().map(|record| (time_of(record.run), record.key, record.run));
        let mut late: Vec<_> = open.chain(failed.filter(|(at, ..)| *at <= until)).collect();
        late.sort_by_key(|(at, _, run)| (*at, *run));
        let Some((oldest, ..)) = late.first() else { return Ok(Seen::new()) };
        let (oldest, count) = (*oldest, late.len() as u64);
        let named = late.into_iter().take(NAMED_MAX);
        let first = named.map(|(_, key, run)| key.unwrap_or_else(|| run.to_string())).collect();
        let facts = Facts::NotDone { flow: name(&row), first, count, more, minutes };
        Ok(only(&row, oldest + Ms::from(minutes) * MINUTE_MS, facts))
    }

    /// Runs that have not ended and whose event was accepted by this time, so many at most.
    async fn open_runs(
        &self,
        flow: Option<FlowKey>,
        until: Ms,
        limit: usize,
    ) -> Result<Vec<RunRow>, store::Error> {
        let (shards, mut after, mut found) = (all_shards(), 0, Vec::new());
        for _ in 0..PAGES_MAX {
            let page = self.store().runs_of(&shards, after, PAGE).await?;
            let is_last = page.len() < PAGE;
            after = page.last().map_or(after, |open| open.turn);
            let late =
                |run: &RunRow| flow.is_none_or(|flow| run.flow == flow) && time_of(run.lineage) <= until;
            found.extend(page.into_iter().map(|open| open.run).filter(late));
            if is_last || found.len() >= limit {
                break;
            }
        }
        found.sort_by_key(|run| run.lineage);
        found.truncate(limit);
        Ok(found)
    }

    /// Failed runs that wait for a person, in order of their ids. What somebody has put aside waits for nobody.
    async fn waiting(&self, flow: Option<FlowKey>) -> Result<Vec<InboxRow>, store::Error> {
        let snoozed = Some((false, self.now));
        let groups = GroupFilter { flow, open: true, snoozed, limit: RECORDS_MAX, ..GroupFilter::default() };
        let groups = self.store().error_groups(groups).await?;
        let shown: HashSet<Fingerprint> = groups.iter().map(|group| group.fingerprint).collect();
        let state = Some(InboxState::Open);
        let records =
            InboxFilter { flow, state, after: Some(0), limit: RECORDS_MAX, ..InboxFilter::default() };
        let mut records = self.store().inbox(records).await?;
        records.retain(|record| shown.contains(&record.fingerprint));
        Ok(records)
    }

    async fn broken(&self, connection: Option<&str>, minutes: u32) -> Result<Seen, store::Error> {
        let store = self.store();
        let health = self.health.get_or_try_init(|| Known::read(store)).await?;
        let gates = self.gates.get_or_try_init(|| read_gates(store)).await?;
        let mut seen = Seen::new();
        for (name, (held, updated_at)) in self.app.vault().list() {
            if connection.is_some_and(|wanted| wanted != name.as_str()) {
                continue;
            }
            let tried = health.of(&name, updated_at).filter(|(_, tried)| !tried.ok);
            let open = gates.get(&name).and_then(|gate| gate.open.as_ref());
            let why = if held.signed_out || self.app.vault().waits_for_sign_in(&held) {
                // Since when is known of nobody: at the latest since it was changed.
                Some((updated_at, Why::SignedOut))
            } else if let Some(open) = open {
                Some((open.since, Why::Breaker))
            } else {
                let is_tried = health::can_try(self.app, &held);
                tried.filter(|_| is_tried).map(|(_, tried)| (tried.since, Why::Trial(tried.code.clone())))
            };
            if let Some((since, why)) = why.filter(|(since, _)| *since <= self.ago(minutes)) {
                let facts = Facts::Broken { connection: name.to_string(), why };
                seen.insert(name.to_string(), Trouble { since, facts });
            }
        }
        Ok(seen)
    }

    fn ending(&self, connection: Option<&str>, days: u32) -> Seen {
        let mut seen = Seen::new();
        for (name, (held, _)) in self.app.vault().list() {
            if connection.is_some_and(|wanted| wanted != name.as_str()) {
                continue;
            }
            let expiry = expiry::of(&held, self.app.vault().token_rule(&held));
            let Some(expiry) = expiry.filter(|expiry| self.now >= expiry.at - Ms::from(days) * DAY_MS) else {
                continue;
            };
            let sign_in = expiry.what == expiry::What::SignIn;
            let facts = Facts::Ends { connection: name.to_string(), sign_in, at: expiry.at };
            seen.insert(name.to_string(), Trouble { since: self.now, facts });
        }
        seen
    }
}

async fn read_gates(store: &dyn Store) -> Result<BTreeMap<ConnectionName, GateRow>, store::Error> {
    Ok(store.gates().await?.into_iter().map(|gate| (gate.connection.clone(), gate)).collect())
}

/// So many of a hundred, of enough that anything can be said.
fn is_failing(failed: u64, runs: u64, percent: u32, runs_min: u32) -> bool {
    failed > 0 && runs >= u64::from(runs_min) && failed * 100 >= runs * u64::from(percent)
}

fn name(row: &FlowRow) -> Named {
    Named { id: row.id.to_string(), name: row.name.clone() }
}

fn only(row: &FlowRow, since: Ms, facts: Facts) -> Seen {
    Seen::from([(row.id.to_string(), Trouble { since, facts })])
}

#[cfg(test)]
mod tests;
