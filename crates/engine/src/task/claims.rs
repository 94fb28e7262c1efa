//! The run claims its key before it writes of it, so that no person does the same by hand.

use super::{Stop, Task};
use crate::codes;
use crate::flow::Flow;
use crate::sleepers::What;
use model::EffectRule;
use run::{At, Outcome};
use store::{ClaimRow, Claimed, Ms};

/// When a store that could not be asked is asked again.
const ASK_AGAIN_MS: Ms = 3_000;

impl Task {
    /// Whether the flow has the key, where that is asked for. What becomes of the run otherwise is done here.
    pub(super) async fn has_claim(&mut self, at: &At) -> Result<bool, Stop> {
        let reads = self.effects.get(at).is_none_or(|effect| effect.rule == EffectRule::Read);
        let asked = !self.claimed && !reads && self.looks_for_claims();
        let Some(lane) = self.row.lane.filter(|_| asked) else { return Ok(true) };
        let row = ClaimRow {
            lane,
            flow: self.row.flow,
            key: self.row.key.clone().unwrap_or_default(),
            run: Some(self.row.id),
            who: String::new(),
            at: self.now(),
        };
        match self.core.store.claim(row, Some(self.lease)).await {
            Ok(Claimed::Yours) => {
                self.claimed = true;
                Ok(true)
            }
            Ok(Claimed::Another(held)) => {
                self.end_by_hand(at, &held);
                Ok(false)
            }
            Ok(Claimed::Lost) => Err(Stop::Lost),
            // Whoever cannot ask has no claim, and what is not claimed is not sent.
            Err(error) => {
                tracing::warn!(%error, "a claim could not be asked for; it is asked for again soon");
                self.sleep(at, Some(self.now().saturating_add(ASK_AGAIN_MS)), What::Retry);
                Ok(false)
            }
        }
    }

    /// Whether its version says so, or what is live by now.
    fn looks_for_claims(&self) -> bool {
        let claims = |flow: &Flow| flow.doc().settings.claims;
        claims(&self.flow) || self.core.flows.get(&self.flow.id).is_some_and(|live| claims(&live.flow))
    }

    fn end_by_hand(&mut self, at: &At, held: &ClaimRow) {
        let message = format!("done by hand: {} had claimed {}", held.who, held.key);
        let advice = "Nothing, if the work is done by hand. Else let go of the claim, and retry the run.";
        self.give_up(Outcome::Failed(self.run.step_id(at), codes::error(codes::BY_HAND, message, advice)));
    }
}
