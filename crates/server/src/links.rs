//! Which run each run of a list retries.

use std::collections::HashMap;
use store::{Error, RECORDS_MAX, RunId, RunSummaryRow, Store};

/// By the run that retries.
#[derive(Default)]
pub struct Links(HashMap<RunId, RunId>);

impl Links {
    /// Asks the store only where there is a run that can be a retry.
    pub async fn of(store: &dyn Store, rows: &[RunSummaryRow]) -> Result<Self, Error> {
        let later: Vec<RunId> = rows.iter().filter(|row| is_later(row)).map(|row| row.id).collect();
        let mut links = HashMap::new();
        for some in later.chunks(RECORDS_MAX) {
            let rows = store.retries_by(some).await?;
            links.extend(rows.into_iter().map(|row| (row.by_run, row.retried.run)));
        }
        Ok(Self(links))
    }

    /// A run of an earlier release, or one of an event that had gone well and was begun anew, is linked by its event
    /// alone, whose first run has the same number.
    pub fn retried(&self, row: &RunSummaryRow) -> Option<RunId> {
        let by_event = || (row.event != row.id).then_some(row.event);
        is_later(row).then(|| self.0.get(&row.id).copied().or_else(by_event)).flatten()
    }
}

/// Whether a run is not the first of its event.
fn is_later(row: &RunSummaryRow) -> bool {
    row.event != row.id || row.lineage != row.id
}
