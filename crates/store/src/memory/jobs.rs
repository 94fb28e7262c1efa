//! Jobs over many runs.

use super::MemoryStore;
use crate::{Error, JOBS_KEPT, JOBS_OPEN_MAX, JobRow, JobState, Jobs, Lease, Ms, jobs};
use async_trait::async_trait;

fn is_open(job: &JobRow) -> bool {
    job.state == JobState::Working
}

#[async_trait]
impl Jobs for MemoryStore {
    async fn add_job(&self, job: JobRow) -> Result<(), Error> {
        let mut state = self.state();
        if state.jobs.contains_key(&job.id) {
            return Ok(());
        }
        if state.jobs.values().filter(|job| is_open(job)).count() >= JOBS_OPEN_MAX {
            return Err(jobs::too_many());
        }
        state.jobs.insert(job.id, job);
        let ended = state.jobs.values().rev().filter(|job| !is_open(job));
        let old: Vec<i64> = ended.skip(JOBS_KEPT).map(|job| job.id).collect();
        state.jobs.retain(|id, _| !old.contains(id));
        Ok(())
    }

    async fn jobs(&self, before: Option<i64>, limit: usize) -> Result<Vec<JobRow>, Error> {
        let state = self.state();
        let earlier = state.jobs.range(..before.unwrap_or(i64::MAX)).rev();
        Ok(earlier.map(|(_, job)| job.clone()).take(limit.min(JOBS_KEPT)).collect())
    }

    async fn job(&self, id: i64) -> Result<Option<JobRow>, Error> {
        Ok(self.state().jobs.get(&id).cloned())
    }

    async fn open_jobs(&self) -> Result<Vec<JobRow>, Error> {
        Ok(self.state().jobs.values().filter(|job| is_open(job)).cloned().collect())
    }

    async fn save_job(
        &self,
        _: Lease,
        id: i64,
        progress: &str,
        state: JobState,
        at: Ms,
    ) -> Result<bool, Error> {
        let mut all = self.state();
        let Some(job) = all.jobs.get_mut(&id).filter(|job| is_open(job)) else { return Ok(false) };
        (job.progress, job.state, job.changed_at) = (progress.to_owned(), state, at);
        Ok(true)
    }

    async fn cancel_job(&self, id: i64, at: Ms, by: &str) -> Result<bool, Error> {
        let mut all = self.state();
        let Some(job) = all.jobs.get_mut(&id).filter(|job| is_open(job)) else { return Ok(false) };
        (job.state, job.changed_at, job.changed_by) = (JobState::Cancelled, at, by.to_owned());
        Ok(true)
    }
}
