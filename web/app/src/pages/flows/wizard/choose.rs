//! The first step: from nothing, or from a template.

use super::super::new::NewFlowForm;
use crate::client::encode;
use crate::flow_canvas::GlyphBox;
use crate::flow_view::{family_name, glyph};
use crate::shell::specs;
use crate::words::{language, words};
use leptos::prelude::*;
use leptos_router::components::A;
use model::OperationId;
use templates::{Carries, Template};
use ui::{TextField, TextKind};

#[component]
pub fn Choose(templates: Vec<Template>) -> impl IntoView {
    let w = words();
    let search = RwSignal::new(String::new());
    let templates = StoredValue::new(templates);
    let found = move || {
        let words = search.get().to_lowercase();
        let all = templates.get_value().into_iter();
        all.filter(|template| words.split_whitespace().all(|word| text_of(template).contains(word)))
            .collect::<Vec<_>>()
    };
    view! {
        <div class="kl-stack">
            <section class="kl-card">
                <h2>{w.begin_with_nothing}</h2>
                <NewFlowForm/>
            </section>
            <section class="kl-stack">
                <div class="kl-begin-head">
                    <h2>{w.begin_with_template}</h2>
                    <TextField label=w.search_templates value=search kind=TextKind::Search placeholder=w.search_templates label_hidden=true/>
                </div>
                {move || groups(found()).map(|(carries, found)| view! { <Group carries found/> }).collect_view()}
                {move || found().is_empty().then(|| view! { <p class="kl-muted" role="status">{w.no_template_matches}</p> })}
            </section>
        </div>
    }
}

/// By what they carry; what nobody is left of is not shown.
fn groups(found: Vec<Template>) -> impl Iterator<Item = (Carries, Vec<Template>)> {
    Carries::ALL.into_iter().filter_map(move |carries| {
        let of: Vec<_> = found.iter().filter(|one| one.manifest.carries == carries).cloned().collect();
        (!of.is_empty()).then_some((carries, of))
    })
}

#[component]
fn Group(carries: Carries, found: Vec<Template>) -> impl IntoView {
    view! {
        <section class="kl-stack kl-template-group">
            <h3>{title(carries)}</h3>
            <ul class="kl-cards">{found.into_iter().map(|template| view! { <Card template/> }).collect_view()}</ul>
        </section>
    }
}

fn title(carries: Carries) -> &'static str {
    let w = words();
    match carries {
        Carries::Orders => w.carries_orders,
        Carries::Stock => w.carries_stock,
        Carries::Products => w.carries_products,
        Carries::Statuses => w.carries_statuses,
        Carries::Tracking => w.carries_tracking,
        Carries::Customers => w.carries_customers,
        Carries::Invoices => w.carries_invoices,
        Carries::Anything => w.carries_anything,
    }
}

/// What a search looks in: both languages, and what the flow uses.
fn text_of(template: &Template) -> String {
    let (title, about) = (&template.manifest.title, &template.manifest.about);
    let uses =
        template.document.nodes.iter().map(|node| node.operation.to_string()).collect::<Vec<_>>().join(" ");
    format!("{} {} {} {} {uses}", title.en, title.th, about.en, about.th).to_lowercase()
}

/// One operation of each system that the flow speaks to, in the order in which it does. All of its nodes would be too many to
/// tell anything.
fn systems_of(template: &Template) -> Vec<&OperationId> {
    let mut of: Vec<&OperationId> = Vec::new();
    for operation in template.document.nodes.iter().map(|node| &node.operation) {
        let connector = operation.connector();
        if connector != "core" && of.iter().all(|other| other.connector() != connector) {
            of.push(operation);
        }
    }
    of
}

#[component]
fn Card(template: Template) -> impl IntoView {
    let w = words();
    let specs = specs();
    let of = |words: &model::Words| language().of(words).to_owned();
    let (title, about) = (of(&template.manifest.title), of(&template.manifest.about));
    let glyphs = systems_of(&template).into_iter().map(|operation| {
        let family = family_name(specs.operation(operation).map(|spec| spec.family));
        view! { <GlyphBox glyph=glyph(operation, &specs) family/> }
    });
    let systems =
        template.manifest.connections.iter().filter_map(|slot| specs.connectors.get(&slot.connector));
    let mut systems: Vec<_> = systems.map(|spec| language().of(&spec.title).to_owned()).collect();
    systems.dedup();
    let label = format!("{}: {title}", w.use_template);
    let href = format!("/flows/new?template={}", encode(&template.id));
    view! {
        <li class="kl-card kl-template">
            <span class="kl-glyphs">{glyphs.collect_view()}</span>
            <h4>{title}</h4>
            <p class="kl-muted">{about}</p>
            <p class="kl-muted kl-template-foot"><span>{systems.join(" → ")}</span> <A href attr:class="kl-button" attr:aria-label=label>{w.use_template}</A></p>
        </li>
    }
}
