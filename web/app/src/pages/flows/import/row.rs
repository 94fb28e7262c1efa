//! One flow that is to come in: where it is from, what it becomes, and what is to be done first.

use super::super::Problems;
use super::batch::{Batch, Becomes, Entry, Found, Source, Stands};
use super::report::ReportList;
use crate::errors::{ErrorWords, Told};
use crate::words::{fill, language, words};
use leptos::prelude::*;
use leptos_router::components::A;
use ui::{Icon, IconButton, Picture, Pill, Tone};

#[component]
pub fn EntryRow(entry: Entry, batch: Batch) -> impl IntoView {
    let w = words();
    let key = entry.key;
    let good = entry.can_go();
    let source = match &entry.source {
        Source::File(name) => name.clone(),
        Source::Typed => w.import_pasted.to_owned(),
    };
    let name = match &entry.found {
        Found::Flow { document: Some(document), .. } => document.name.clone(),
        Found::N8n(imported) => imported.document.name.clone(),
        _ => source.clone(),
    };
    let (tone, outcome) = outcome(&entry);
    let link = match &entry.stands {
        Stands::Done { at, .. } => Some(at.clone()),
        _ => None,
    };
    let refused = match &entry.stands {
        Stands::Refused(error) => Some(error.clone()),
        _ => None,
    };
    let sub = (name != source).then_some(source);
    let label = fill(w.import_leave_out, &[&name]);
    view! {
        <li class="kl-import-row">
            <header>
                <span class="kl-import-name"><b>{name}</b> {sub.map(|source| view! { <small>{source}</small> })}</span>
                <Pill tone>{outcome}</Pill>
                {match link {
                    Some(at) => view! { <A href=at>{w.import_open}</A> }.into_any(),
                    None => view! { <IconButton icon=Icon::Cross label on_click=move |()| batch.drop_entry(key)/> }.into_any(),
                }}
            </header>
            {body(entry, good)}
            <div role="alert">{refused.map(|error| {
                let problems = error.problems().to_vec();
                let told = Told::refused(language(), &error);
                view! {
                    <div class="kl-callout kl-error" data-tone="bad"><Picture icon=Icon::Warning/><div><p><b>{w.server_says}</b></p><ErrorWords told/></div></div>
                    {(!problems.is_empty()).then(|| view! { <Problems problems=Signal::stored(problems)/> })}
                }
            })}</div>
        </li>
    }
}

fn outcome(entry: &Entry) -> (Tone, String) {
    let w = words();
    match (&entry.stands, &entry.found) {
        (Stands::Done { news, .. }, _) => (Tone::Good, news.clone()),
        (Stands::Busy, _) => (Tone::Info, w.import_busy.to_owned()),
        (Stands::Refused(_), _) => (Tone::Bad, w.import_refused.to_owned()),
        (_, Found::Unreadable(_)) => (Tone::Bad, w.import_unreadable.to_owned()),
        (_, Found::N8n(_)) => (Tone::Brand, w.import_n8n.to_owned()),
        (_, Found::Flow { .. }) if !entry.can_go() => (Tone::Bad, w.import_problems.to_owned()),
        (_, Found::Flow { becomes, .. }) => match becomes {
            Becomes::New => (Tone::Good, w.import_new.to_owned()),
            Becomes::Version(version) => (Tone::Info, fill(w.import_version, &[version])),
            Becomes::Same => (Tone::Mute, w.import_same.to_owned()),
        },
    }
}

fn body(entry: Entry, good: bool) -> AnyView {
    let w = words();
    match entry.found {
        Found::Unreadable(why) => view! { <p class="kl-note" data-tone="bad">{why}</p> }.into_any(),
        Found::N8n(imported) => {
            let done = matches!(entry.stands, Stands::Done { .. }).then(|| imported.document.id.to_string());
            view! { <ReportList report=imported.report flow=done/> }.into_any()
        }
        Found::Flow { problems, .. } => view! {
            {good.then(|| view! { <p class="kl-note" data-tone="good">{w.no_problems}</p> })}
            {(!problems.is_empty()).then(|| view! { <Problems problems=Signal::stored(problems)/> })}
        }
        .into_any(),
    }
}
