//! What the doctor tells of connections without asking anybody: what ends soon, and what did not work.

use super::report::Report;
use crate::budget::date;
use crate::health::Known;
use crate::vault::Vault;
use connector::Catalog;
use connector::expiry::{self, What};
use connector::sign_in::TokenRule;
use store::{Ms, Store};

const SIGN_IN: &str = "Open the connection on the web page and press Sign in.";
const KEY: &str = "Make another key in the other system, and enter it in the connection with its new end.";
const MINUTE_MS: Ms = 60_000;

/// What only a person can renew, and how long they have.
pub fn expiries(catalog: &Catalog, vault: &Vault, now: Ms, report: &mut Report) {
    let mut fine = true;
    for (name, (held, _)) in vault.list() {
        let connector = catalog.connector(&held.connector);
        let rule = connector.map_or(TokenRule::None, |connector| connector.token_rule(&held));
        if held.signed_out && rule == TokenRule::Consent {
            fine = false;
            report.bad(
                "expiry",
                format!("connection {name}: nobody is signed in; what needs it waits"),
                SIGN_IN,
            );
            continue;
        }
        let Some(expiry) = expiry::of(&held, rule).filter(|expiry| expiry.is_near(now)) else { continue };
        fine = false;
        let (what, advice) = match expiry.what {
            What::SignIn => ("the sign-in", SIGN_IN),
            What::Key => ("the key", KEY),
        };
        let on = date(expiry.at);
        match expiry.at <= now {
            true => report.bad("expiry", format!("connection {name}: {what} ended on {on}"), advice),
            false => report.odd("expiry", format!("connection {name}: {what} ends on {on}"), advice),
        }
    }
    if fine {
        report.good("expiry", "no key and no sign-in that is known to end does so within two weeks");
    }
}

/// What the server found when it last tried them by itself.
pub async fn tried(store: &dyn Store, vault: &Vault, now: Ms, report: &mut Report) {
    let known = match Known::read(store).await {
        Ok(known) => known,
        Err(error) => return report.bad("health", error, "Look at the store."),
    };
    for (name, (_, updated_at)) in vault.list() {
        if let Some((at, tried)) = known.of(&name, updated_at).filter(|(_, tried)| !tried.ok) {
            let minutes = now.saturating_sub(at).max(0) / MINUTE_MS;
            let what = format!(
                "connection {name} did not work when it was tried {minutes} min ago: {}",
                tried.message
            );
            report.odd("health", what, &tried.advice);
        }
    }
}
