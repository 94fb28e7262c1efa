//! Claims of people: who does a key by hand, so that the flow does not.

use crate::{Engine, Error, keys};
use model::FlowId;
use store::{ClaimRow, Claimed};

impl Engine {
    /// Claims a key of a flow for a person, unless the flow has begun to write of it, or another person has it.
    pub async fn claim_by_hand(&self, flow: &FlowId, key: &str, who: &str) -> Result<Claimed, Error> {
        let core = &self.0;
        let flow = core.flows.get(flow).ok_or(Error::NotFound)?.flow;
        if !flow.doc().settings.claims {
            let why = "the flow does not look for claims before it writes: set `claims` in its settings";
            return Err(Error::NotPossible(why.into()));
        }
        let (lane, at) = (keys::lane(flow.key, key), core.clock.now());
        let (key, who) = (crate::door::shown_key(key), who.to_owned());
        let row = ClaimRow { lane, flow: flow.key, key, run: None, who, at };
        Ok(core.store.claim(row, None).await?)
    }

    /// Who has a key of a flow.
    pub async fn claim_of(&self, flow: &FlowId, key: &str) -> Result<Option<ClaimRow>, Error> {
        let flow = self.0.flows.get(flow).ok_or(Error::NotFound)?.flow.key;
        Ok(self.0.store.claim_of(keys::lane(flow, key)).await?)
    }

    /// Lets go of it; false where nobody has it. Refused where the flow has it and a run of the key is open.
    pub async fn release_claim(&self, flow: &FlowId, key: &str) -> Result<bool, Error> {
        let flow = self.0.flows.get(flow).ok_or(Error::NotFound)?.flow.key;
        Ok(self.0.store.release_claim(keys::lane(flow, key)).await?)
    }
}
