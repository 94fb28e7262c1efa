//! How the day goes. All of it is counted already: nothing here looks at a run but the newest few.

use super::{connections, errors};
use crate::auth::{Require, Viewer};
use crate::failure::{AnyFailure, Failure};
use crate::overview::Card;
use crate::wire::FlowName;
use crate::{App, series};
use api::{Compared, ForPeople, OpenErrors, Today};
use axum::Json;
use axum::extract::State;
use model::Made;
use std::collections::{HashMap, HashSet};
use store::slots::SLOT_MS;
use store::{
    DAY_MS, Durations, Fingerprint, FlowKey, FlowRow, Grain, GroupFilter, InboxFilter, InboxState, Ms,
    RECORDS_MAX, RunFilter, SlotCount, SlotFilter, Status,
};

/// Bangkok's clocks stand so far ahead of UTC, all year.
const BANGKOK: Ms = 7 * 3_600_000;
const HOUR_MS: Ms = 3_600_000;
/// Groups of failures that are shown.
const GROUPS: usize = 5;
/// Runs that are looked through for an ordering key to show.
const NEWEST: usize = 50;

/// Everything since midnight, Bangkok time.
#[utoipa::path(get, path = api::path::TODAY, tag = "today",
    responses((status = 200, description = "How the day goes", body = Today), AnyFailure))]
pub async fn show(State(app): State<App>, _: Require<Viewer>) -> Result<Json<Today>, Failure> {
    let now = app.now();
    let since = midnight(now);
    let rows = app.store().flows().await?;
    let names: HashMap<FlowKey, FlowName> = rows.iter().map(|row| (row.key, FlowName::of(row))).collect();
    let today = SlotFilter { flow: None, since, until: now + 1 };
    let counts = app.store().slots(today, Grain { slots: 1, by_flow: false }).await?;
    let totals = app.store().flow_totals().await?;
    let (makers, ended) = (order_makers(&app, &rows)?, Ended::read(&app, since, now).await?);
    let (errors, people) = for_people(&app, &names, now).await?;
    Ok(Json(Today {
        now,
        since,
        flows: rows.len() as u64,
        series: series::series(&counts, since, now),
        done: ended.compared(|_| true),
        orders: (!makers.is_empty()).then(|| ended.compared(|flow| makers.contains(&flow))),
        took: series::took(&durations(&app, today, &makers).await?),
        open_runs: totals.iter().map(|(_, totals)| totals.open).sum(),
        people,
        errors,
        connections: connections::states(&app).await?,
        order: lately(&app).await?,
    }))
}

/// The last midnight in Bangkok.
fn midnight(now: Ms) -> Ms {
    (now + BANGKOK).div_euclid(DAY_MS) * DAY_MS - BANGKOK
}

/// Flows with an operation that makes orders.
fn order_makers(app: &App, rows: &[FlowRow]) -> Result<HashSet<FlowKey>, store::Error> {
    let catalog = app.catalog();
    let specs = catalog.specs();
    let makes = |operation: String| {
        specs.operation(&operation.as_str().into()).is_some_and(|spec| spec.makes == Some(Made::Order))
    };
    let mut makers = HashSet::new();
    for row in rows {
        let card = Card::of(row)?;
        if card.operations().into_iter().any(makes) {
            makers.insert(row.key);
        }
    }
    Ok(makers)
}

async fn durations(
    app: &App,
    today: SlotFilter,
    makers: &HashSet<FlowKey>,
) -> Result<Durations, store::Error> {
    let mut all = Durations::default();
    for (flow, durations) in app.store().durations(today).await? {
        if makers.is_empty() || makers.contains(&flow) {
            all.add(&durations);
        }
    }
    Ok(all)
}

/// What ended well today, and a week ago until the same time.
struct Ended {
    today: Vec<SlotCount>,
    week_ago: Vec<SlotCount>,
}

impl Ended {
    async fn read(app: &App, since: Ms, now: Ms) -> Result<Self, store::Error> {
        let grain = Grain { slots: 12, by_flow: true };
        let day = |since: Ms, until: Ms| app.store().slots(SlotFilter { flow: None, since, until }, grain);
        let ago = |time: Ms| time - 7 * DAY_MS;
        Ok(Self {
            today: day(since, now + 1).await?,
            week_ago: day(ago(since), ago(now) - SLOT_MS + 1).await?,
        })
    }

    fn compared(&self, wanted: impl Fn(FlowKey) -> bool) -> Compared {
        let done = |counts: &[SlotCount]| {
            let of = counts.iter().filter(|count| count.status == Status::Done && wanted(count.flow));
            of.map(|count| count.runs).sum()
        };
        let last_week = (!self.week_ago.is_empty()).then(|| done(&self.week_ago));
        Compared { runs: done(&self.today), last_week }
    }
}

/// Groups that wait for a person, the latest first, and how many failures that are.
async fn for_people(
    app: &App,
    names: &HashMap<FlowKey, FlowName>,
    now: Ms,
) -> Result<(Vec<OpenErrors>, ForPeople), store::Error> {
    // What somebody has put aside is nobody's work today.
    let snoozed = Some((false, now));
    let filter = GroupFilter { open: true, snoozed, limit: RECORDS_MAX, ..GroupFilter::default() };
    let groups = app.store().error_groups(filter).await?;
    let shown: HashSet<Fingerprint> = groups.iter().map(|group| group.fingerprint).collect();
    let waiting = InboxFilter { state: Some(InboxState::Open), limit: RECORDS_MAX, ..InboxFilter::default() };
    let over = InboxFilter { until: Some(now - HOUR_MS), ..waiting.clone() };
    let over = app.store().inbox(over).await?;
    let over_an_hour = over.iter().filter(|record| shown.contains(&record.fingerprint)).count() as u64;
    let (_, open) = app.store().open_errors(now).await?;
    let mut errors = Vec::new();
    for row in groups.into_iter().take(GROUPS) {
        let oldest =
            InboxFilter { fingerprint: Some(row.fingerprint), after: Some(0), limit: 1, ..waiting.clone() };
        let since = app.store().inbox(oldest).await?.first().map_or(row.last_at, |record| record.at);
        errors.push(OpenErrors { group: errors::group(row, names), since });
    }
    Ok((errors, ForPeople { open, over_an_hour }))
}

/// The newest key that waits for a person, or else the newest there is.
async fn lately(app: &App) -> Result<Option<String>, store::Error> {
    let waiting = InboxFilter { state: Some(InboxState::Open), limit: NEWEST, ..InboxFilter::default() };
    if let Some(key) = app.store().inbox(waiting).await?.into_iter().find_map(|record| record.key) {
        return Ok(Some(key));
    }
    let newest = RunFilter { limit: NEWEST, ..RunFilter::default() };
    Ok(app.store().runs(newest).await?.into_iter().find_map(|run| run.key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_bangkok() {
        // 2026-11-23 00:00 in Bangkok is 17:00 UTC of the day before.
        let begin = 1_795_366_800_000;
        let times = [begin - 1, begin, begin + DAY_MS - 1, begin + DAY_MS].map(midnight);
        assert_eq!(times, [begin - DAY_MS, begin, begin, begin + DAY_MS]);
    }
}
