//! Which system a new connection is for: searched, or found by what it is for.

use super::form::connectors;
use crate::fuzzy;
use crate::purposes::purpose_name;
use crate::words::{Language, language, words};
use leptos::prelude::*;
use model::{ConnectorSpec, Purpose};
use ui::{TextField, TextKind};

/// All systems in groups; what is chosen goes into `value`.
#[component]
pub fn SystemChoice(value: RwSignal<String>) -> impl IntoView {
    let w = words();
    let searched = RwSignal::new(String::new());
    let all = StoredValue::new(connectors().collect::<Vec<_>>());
    let groups = Memo::new(move |_| {
        let found = all.with_value(|all| searched.with(|text| fuzzy::best(text, all.iter().cloned(), known)));
        grouped(found)
    });
    let option = move |spec: ConnectorSpec| {
        let (id, title, about) =
            (spec.id, language().of(&spec.title).to_owned(), language().of(&spec.about).to_owned());
        view! {
            <button class="kl-connect-system" type="button" title=about.clone() on:click=move |_| value.set(id.clone())>
                <b>{title}</b><small>{about.clone()}</small>
            </button>
        }
    };
    let group = move |(purpose, specs): (Purpose, Vec<ConnectorSpec>)| {
        let name = purpose_name(purpose, language());
        view! {
            <section aria-label=name>
                <h3>{name}</h3>
                <div class="kl-connect-systems">{specs.into_iter().map(option).collect_view()}</div>
            </section>
        }
    };
    view! {
        <div class="kl-stack">
            <TextField label=w.choose_connector value=searched kind=TextKind::Search placeholder=w.search_systems autofocus=true/>
            {move || groups.get().into_iter().map(group).collect_view()}
            {move || groups.with(Vec::is_empty).then(|| view! { <p class="kl-muted">{w.search_systems_none}</p> })}
        </div>
    }
}

/// The name that is shown, and what else it is known by.
fn known(spec: &ConnectorSpec) -> (String, String) {
    let purpose = [Language::English, Language::Thai].map(|language| purpose_name(spec.purpose, language));
    let also =
        format!("{} {} {} {} {}", spec.id, spec.title.en, spec.title.th, purpose.join(" "), spec.about.en);
    (language().of(&spec.title).to_owned(), format!("{also} {}", spec.about.th))
}

/// In the order of purposes; with something searched for, the group of the best comes first.
fn grouped(found: Vec<ConnectorSpec>) -> Vec<(Purpose, Vec<ConnectorSpec>)> {
    let mut groups: Vec<(Purpose, Vec<ConnectorSpec>)> = Vec::new();
    for spec in found {
        match groups.iter_mut().find(|(purpose, _)| *purpose == spec.purpose) {
            Some((_, specs)) => specs.push(spec),
            None => groups.push((spec.purpose, vec![spec])),
        }
    }
    groups
}
