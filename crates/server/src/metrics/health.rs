//! Whether connections work, and until when what they sign in with is good.

use super::text::Text;
use crate::App;
use crate::health::Known;
use connector::expiry;

/// There are no more of them than connections, which have a bound.
pub async fn render(text: &mut Text, app: &App) {
    let all = app.vault().list();
    // A store that does not answer just now is told by the readiness check.
    if let Ok(known) = Known::read(app.store()).await {
        let about = "1 where a connection worked when it was last tried, 0 where it did not or somebody has to sign in.";
        let mut family = text.gauge("khlong_connection_up", about);
        for (name, (held, updated_at)) in &all {
            let tried = known.of(name, *updated_at).map(|(_, tried)| tried.ok);
            let up = if held.signed_out { Some(false) } else { tried };
            if let Some(up) = up {
                family.labelled(&[("connection", name.as_str())], u8::from(up));
            }
        }
        let about = "When a connection was last tried.";
        let mut family = text.gauge("khlong_connection_checked_timestamp_seconds", about);
        for (name, (_, updated_at)) in &all {
            if let Some((at, _)) = known.of(name, *updated_at) {
                family.labelled(&[("connection", name.as_str())], at / 1_000);
            }
        }
    }
    let about =
        "When what a connection signs in with ends, where that is known and only a person can renew it.";
    let mut family = text.gauge("khlong_connection_expires_timestamp_seconds", about);
    for (name, (held, _)) in &all {
        if let Some(expiry) = expiry::of(held, app.vault().token_rule(held)) {
            family.labelled(&[("connection", name.as_str())], expiry.at / 1_000);
        }
    }
}
