//! Claims.

use super::{MemoryStore, State};
use crate::claims::still_at_work;
use crate::{CLAIM_KEPT_MIN, CLAIMS_LISTED_MAX, ClaimRow, Claimed, Claims, Error, FlowKey, Lease, Ms};
use async_trait::async_trait;

#[async_trait]
impl Claims for MemoryStore {
    /// One process has this store: no lease is ever another's.
    async fn claim(&self, row: ClaimRow, _: Option<Lease>) -> Result<Claimed, Error> {
        let mut state = self.state();
        let held = state.claims.entry(row.lane).or_insert_with(|| row.clone());
        Ok(held.clone().told(&row))
    }

    async fn claim_of(&self, lane: i64) -> Result<Option<ClaimRow>, Error> {
        Ok(self.state().claims.get(&lane).cloned())
    }

    async fn claims_of_people(&self, flow: FlowKey) -> Result<Vec<ClaimRow>, Error> {
        let state = self.state();
        let of_people = state.claims.values().filter(|row| row.flow == flow && row.run.is_none());
        let mut rows: Vec<ClaimRow> = of_people.cloned().collect();
        rows.sort_by_key(|row| (std::cmp::Reverse(row.at), row.lane));
        rows.truncate(CLAIMS_LISTED_MAX);
        Ok(rows)
    }

    async fn release_claim(&self, lane: i64) -> Result<bool, Error> {
        let mut state = self.state();
        let Some(held) = state.claims.get(&lane) else { return Ok(false) };
        if held.run.is_some() && state.open.values().any(|open| open.run.lane == Some(lane)) {
            return Err(still_at_work(&held.key));
        }
        Ok(state.claims.remove(&lane).is_some())
    }
}

impl State {
    /// Of a flow that was never here nothing goes.
    pub(super) fn forget_claims(&mut self, now: Ms) {
        let Self { flows, claims, .. } = self;
        claims.retain(|_, row| {
            let kept =
                flows.get(&row.flow).map(|flow| flow.keep_done.max(flow.keep_failed).max(CLAIM_KEPT_MIN));
            kept.is_none_or(|kept| row.at >= now - kept)
        });
    }
}
