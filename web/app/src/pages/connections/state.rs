//! How a connection is getting on: whether it worked when it was last tried, what of it ends, and which flows use it.

use crate::errors::{self, ErrorWords, Told};
use crate::time::{Ago, date_time};
use crate::words::{fill, language, words};
use api::{ConnectionExpiry, ConnectionHealth, ConnectionUse, ExpiryKind};
use leptos::prelude::*;
use leptos_router::components::A;
use ui::{Icon, Picture};

/// Flows that a card names.
const FLOWS_SHOWN: usize = 5;

#[component]
pub fn HealthRow(health: ConnectionHealth) -> impl IntoView {
    let w = words();
    let ConnectionHealth { ok, checked_at, since, message, advice, .. } = health;
    if ok {
        return view! { <p class="kl-muted" title=message>{w.health_ok} " " <Ago at=checked_at/></p> }
            .into_any();
    }
    let told = Told::of(language(), errors::CONNECTION_FAILS, &message, &advice);
    view! {
        <div class="kl-callout kl-error" data-tone="bad">
            <Picture icon=Icon::Warning/>
            <div class="kl-stack">
                <ErrorWords told/>
                <p class="kl-muted">{fill(w.health_bad, &[&date_time(since)])} " " <Ago at=checked_at/></p>
            </div>
        </div>
    }
    .into_any()
}

/// A sign-in that ends says so beside its button.
#[component]
pub fn ExpiryRow(expires: ConnectionExpiry, now: i64) -> impl IntoView {
    let w = words();
    let is_told = expires.kind == ExpiryKind::Key && expires.near;
    is_told.then(|| {
        let (tone, text) = if expires.at <= now { ("bad", w.key_ended) } else { ("warn", w.key_ends) };
        view! {
            <div class="kl-callout" data-tone=tone>
                <Picture icon=Icon::Warning/>
                <p>{fill(text, &[&date_time(expires.at)])}</p>
            </div>
        }
    })
}

#[component]
pub fn UsedBy(name: String, flows: Vec<ConnectionUse>, total: u64) -> impl IntoView {
    let w = words();
    let more = total.saturating_sub(flows.len().min(FLOWS_SHOWN) as u64);
    let more = (more > 0).then(|| {
        let href = format!("/flows?q=uses:{name}");
        view! { <li><A href>{fill(w.used_more, &[&more])}</A></li> }
    });
    let flow = move |one: ConnectionUse| {
        let nodes = one.nodes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let href =
            if one.draft { format!("/flows/{}/edit", one.flow) } else { format!("/flows/{}", one.flow) };
        let title = if one.name.is_empty() { one.flow.to_string() } else { one.name };
        let draft = one.draft.then(|| view! { " " <small class="kl-muted">{w.draft}</small> });
        view! { <li title=nodes><A href>{title}</A>{draft}</li> }
    };
    (total > 0).then(|| {
        view! {
            <div class="kl-used-by">
                <span class="kl-muted">{w.used_by}</span>
                <ul>{flows.into_iter().take(FLOWS_SHOWN).map(flow).collect_view()}{more}</ul>
            </div>
        }
    })
}
