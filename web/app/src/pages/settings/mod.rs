//! Language and theme of this browser, the account, keys for programs, and what people changed.

mod tokens;
mod xref;

use crate::client::client;
use crate::load::{self, Load};
use crate::session::Session;
use crate::shell::title_window;
use crate::storage;
use crate::time::Ago;
use crate::words::{Language, Words, fill, words};
use api::{AuditList, path};
use leptos::prelude::*;
use leptos_router::components::A;
use tokens::Tokens;
use ui::{Button, Choice, Icon, Select};
pub use xref::XrefRoute;

#[component]
pub fn Settings() -> impl IntoView {
    let w = words();
    title_window(w.settings);
    view! {
        <main class="kl-page">
            <header class="kl-page-head"><div><h1>{w.settings}</h1><p>{w.settings_sub}</p></div></header>
            <div class="kl-settings">
                <Appearance/>
                <Account/>
                <Tokens/>
                <CrossReferences/>
                <Changes/>
            </div>
        </main>
    }
}

#[component]
fn Appearance() -> impl IntoView {
    let w = words();
    let language = expect_context::<RwSignal<Language>>();
    let chosen = RwSignal::new(language.get_untracked().tag().to_owned());
    Effect::new(move |last: Option<String>| {
        let tag = chosen.get();
        if last.is_some_and(|last| last != tag) {
            use_language(Language::from_tag(&tag));
        }
        tag
    });
    let theme = RwSignal::new(storage::read(storage::THEME).unwrap_or_default());
    Effect::new(move |last: Option<String>| {
        let name = theme.get();
        if last.is_some_and(|last| last != name) {
            use_theme(&name);
        }
        name
    });
    let languages = vec![Choice::new("en", "English"), Choice::new("th", "ไทย")];
    let themes = vec![
        Choice::new("", w.theme_system),
        Choice::new("light", w.theme_light),
        Choice::new("dark", w.theme_dark),
    ];
    view! {
        <section class="kl-card">
            <h2>{w.appearance}</h2>
            <div class="kl-stack">
                <Select label=w.language value=chosen choices=Signal::stored(languages)/>
                <Select label=w.theme value=theme choices=Signal::stored(themes)/>
                <p><A href="/settings/keys">{w.keys_title}</A></p>
            </div>
        </section>
    }
}

/// All pages are drawn anew in it.
pub fn use_language(chosen: Language) {
    storage::write(storage::LANGUAGE, chosen.tag());
    if let Some(language) = use_context::<RwSignal<Language>>() {
        language.set(chosen);
    }
}

/// The style sheet knows the rest; `theme.js` does the same before the first paint.
pub fn use_theme(name: &str) {
    storage::write(storage::THEME, name);
    let Some(root) = document().document_element() else { return };
    let _ = match name {
        "" => root.remove_attribute("data-theme"),
        name => root.set_attribute("data-theme", name),
    };
}

#[component]
fn Account() -> impl IntoView {
    let w = words();
    let session = expect_context::<Session>();
    let info = session.info();
    let version = info.as_ref().map(|info| fill(w.version_of_khlong, &[&info.version]));
    let user = info.and_then(|info| info.user);
    view! {
        <section class="kl-card">
            <h2>{w.account}</h2>
            <div class="kl-stack">
                {user.map(|user| view! { <p><b>{user.name}</b><br/><span class="kl-muted">{fill(w.signed_in_as, &[&user.email])}</span></p> })}
                <p class="kl-muted">{version}" · "<a href=path::DOCS target="_blank" rel="noopener">{w.api_docs}</a></p>
                <div class="kl-row"><Button icon=Icon::Exit on_click=move |_| session.sign_out()>{w.sign_out}</Button></div>
            </div>
        </section>
    }
}

#[component]
fn CrossReferences() -> impl IntoView {
    let w = words();
    view! {
        <section class="kl-card">
            <h2>{w.xref_title}</h2>
            <div class="kl-stack"><p class="kl-muted">{w.xref_sub}</p><p><A href="/settings/xref">{w.xref_open}</A></p></div>
        </section>
    }
}

#[component]
fn Changes() -> impl IntoView {
    let w = words();
    let client = client();
    let load = Load::new(move || async move { client.get::<AuditList>(path::AUDIT).await });
    let row = |entry: api::AuditInfo| {
        view! {
            <tr>
                <td class="kl-muted"><Ago at=entry.at/></td>
                <td data-label=w.who>{entry.who}</td>
                <td data-label=w.what>{change(&entry.what, w).map_or(entry.what, str::to_owned)}</td>
                <td data-label=w.on class="kl-mono">{entry.on}</td>
            </tr>
        }
    };
    view! {
        <section class="kl-card kl-settings-wide">
            <h2>{w.changes}</h2>
            {load::draw(load, move |list| {
                let entries = list.get_untracked().entries;
                match entries.is_empty() {
                    true => view! { <p class="kl-muted">{w.changes_empty}</p> }.into_any(),
                    false => view! {
                        <div class="kl-scroll" role="region" aria-label=w.changes tabindex="0"><table class="kl-table kl-table-stacked">
                            <thead><tr><th scope="col">{w.when}</th><th scope="col">{w.who}</th><th scope="col">{w.what}</th><th scope="col">{w.on}</th></tr></thead>
                            <tbody>{entries.into_iter().map(row).collect_view()}</tbody>
                        </table></div>
                    }
                    .into_any(),
                }
            })}
        </section>
    }
}

/// What somebody changed, in words; nothing for what a newer server has to tell.
fn change(what: &str, words: &Words) -> Option<&'static str> {
    Some(match what {
        "flow.import" => words.change_flow_import,
        "flow.publish" => words.change_flow_publish,
        "flow.fetch" => words.change_flow_fetch,
        "draft.keep" => words.change_draft_keep,
        "flow.delete" => words.change_flow_delete,
        "flow.live" => words.change_flow_live,
        "flow.label" => words.change_flow_label,
        "flow.ask" => words.change_flow_ask,
        "flow.paused" => words.change_flow_paused,
        "flow.held" => words.change_flow_held,
        "run.start" => words.change_run_start,
        "run.retry" => words.change_run_retry,
        "run.cancel" => words.change_run_cancel,
        "runs.retry" => words.change_runs_retry,
        "runs.cancel" => words.change_runs_cancel,
        "job.cancel" => words.change_job_cancel,
        "errors.assign" => words.change_errors_assign,
        "errors.snooze" => words.change_errors_snooze,
        "errors.wake" => words.change_errors_wake,
        "errors.comment" => words.change_errors_comment,
        "inbox.ignore" => words.change_inbox_ignore,
        "inbox.resolve" => words.change_inbox_resolve,
        "inbox.reopen" => words.change_inbox_reopen,
        "run.decide.done" => words.change_run_done,
        "run.decide.send_again" => words.change_run_send_again,
        "run.decide.fail" => words.change_run_fail,
        "token.create" => words.change_token_create,
        "token.delete" => words.change_token_delete,
        "connection.save" => words.change_connection_save,
        "connection.unblock" => words.change_connection_unblock,
        "draft.discard" => words.change_draft_discard,
        "connection.delete" => words.change_connection_delete,
        "xref.put" => words.change_xref_put,
        "xref.remove" => words.change_xref_remove,
        "alert.save" => words.change_alert_save,
        "alert.delete" => words.change_alert_delete,
        "alert.acknowledge" => words.change_alert_acknowledge,
        "alert.drill" => words.change_alert_drill,
        "setup" => words.change_set_up,
        _ => return None,
    })
}
