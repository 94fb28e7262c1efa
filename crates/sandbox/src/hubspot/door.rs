//! The door: a token, and a turn within the limits.

use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::HubSpot;
use super::answer::{Refused, Said, respond};
use super::limits::{Turn, too_many};
use crate::stand::lock;

pub(super) fn expired() -> Refused {
    let message = "Authentication credentials not found or expired.";
    Refused::new(StatusCode::UNAUTHORIZED, "INVALID_AUTHENTICATION", message)
}

impl HubSpot {
    /// Lets a call in, and says in its answer how much of the limits is left.
    pub(super) fn entered(
        &self,
        headers: &HeaderMap,
        is_search: bool,
        work: impl FnOnce() -> Result<Said, Refused>,
    ) -> Response {
        if let Err(refused) = self.may_enter(headers) {
            return respond(Err(refused));
        }
        let turn = lock(&self.limits).turn(self.stand.now(), is_search, &self.settings.get());
        match turn {
            Turn::Wait(policy) => too_many(policy),
            Turn::Now(left) => (left, respond(work())).into_response(),
        }
    }

    fn may_enter(&self, headers: &HeaderMap) -> Result<(), Refused> {
        let given = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let token = given.strip_prefix("Bearer ").ok_or_else(expired)?;
        let now = self.stand.now();
        let short = lock(&self.tokens).iter().any(|(held, until)| held == token && now < *until);
        if short || token == self.settings.get().private_token { Ok(()) } else { Err(expired()) }
    }
}
