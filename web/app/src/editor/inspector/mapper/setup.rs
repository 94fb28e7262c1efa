//! What the inspector shows of a mapping: what it is for and how much of it is there. The rest wants more room.

use super::bar::{Covered, MadeFor};
use super::state::Mapper;
use crate::editor::inspector::fields::{FieldEditor, Place};
use crate::editor::inspector::node::Opened;
use crate::words::{count, words};
use leptos::prelude::*;
use model::FieldKind;
use ui::{Button, ButtonKind, Icon};

#[component]
pub fn MapperSetup(opened: Opened) -> impl IntoView {
    let w = words();
    let Opened { desk, node, spec, .. } = opened;
    let mapper = Mapper::new(desk, node.clone());
    let field = spec.into_iter().flat_map(|spec| spec.fields).find(|field| field.kind == FieldKind::Mapping);
    let as_json = field.map(|field| {
        let place = Place::new(node, &field.name);
        view! { <details class="kl-details"><summary>{w.mapper_as_json}</summary><FieldEditor desk place field/></details> }
    });
    let wrong = move || {
        let many = mapper.problems.with(Vec::len) as u64;
        (many > 0).then(|| view! { <p class="kl-callout" data-tone="bad">{count(w.mapper_wrong, many)}</p> })
    };
    let nothing = move || {
        mapper
            .mapping
            .with(|mapping| mapping.lines.is_empty())
            .then(|| view! { <p class="kl-callout" data-tone="bad">{w.mapper_none}</p> })
    };
    view! {
        <MadeFor mapper/>
        <Covered mapper/>
        {wrong}
        {nothing}
        <div><Button kind=ButtonKind::Primary icon=Icon::Fit on_click=move |_| desk.look.large.set(true)>{w.mapper_start}</Button></div>
        {as_json}
    }
}
