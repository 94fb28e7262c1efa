//! The list itself: a row for each flow, a card on a phone, and what can be done with one.

use super::FlowPill;
use super::find::Entry;
use super::shelf::{Asked, Shelf};
use crate::client::path as fill_path;
use crate::flow_canvas::GlyphBox;
use crate::flow_view::{family_name, glyph, run_state};
use crate::shell::specs;
use crate::time::{Ago, date_time};
use crate::words::{count, fill, grouped, words};
use api::{FlowState, path};
use leptos::prelude::*;
use leptos_router::components::A;
use model::{FlowId, OperationId};
use ui::{Button, Icon, Picture, Pill, Sparkline, Tone};

/// Glyphs in a row of the list; a longer flow shows its first ones.
const GLYPHS_MAX: usize = 5;
/// Rows that are drawn at first, and more each time somebody asks: five hundred flows are drawn as quickly as fifty.
const PAGE_ROWS: usize = 60;

#[component]
pub fn Rows(shelf: Shelf) -> impl IntoView {
    let w = words();
    let found = Memo::new(move |_| {
        let query = shelf.wanted();
        shelf
            .entries
            .with(|all| query.find(all).into_iter().map(|entry| entry.id.clone()).collect::<Vec<_>>())
    });
    let most = RwSignal::new(PAGE_ROWS);
    Effect::new(move |_| {
        shelf.query.track();
        most.set(PAGE_ROWS);
    });
    let shown = move || found.with(|found| found.iter().take(most.get()).cloned().collect::<Vec<_>>());
    let rest = Memo::new(move |_| found.with(Vec::len).saturating_sub(most.get()));
    let none = move || {
        view! {
            <p class="kl-flows-none" role="status">
                {w.flows_none_match} " "
                <button class="kl-link" type="button" on:click=move |_| shelf.look_for(|query| *query = Default::default())>{w.clear_filters}</button>
            </p>
        }
    };
    view! {
        <p class="kl-sr" role="status">{move || count(w.flows_found, found.with(Vec::len) as u64)}</p>
        <Show when=move || found.with(|found| !found.is_empty()) fallback=none>
            <div class="kl-card kl-list-card">
                <table class="kl-table kl-table-stacked kl-flows-table">
                    <thead><tr>
                        <th scope="col"><All shelf found/></th>
                        <th scope="col">{w.flow}</th>
                        <th scope="col">{w.state}</th>
                        <th scope="col">{w.last_run}</th>
                        <th scope="col">{w.runs}</th>
                        <th scope="col">{w.changed}</th>
                        <th scope="col"><span class="kl-sr">{w.more_actions}</span></th>
                    </tr></thead>
                    <tbody>
                        <For each=shown key=|id| id.clone() let:id><FlowRow shelf id/></For>
                    </tbody>
                </table>
            </div>
            <Show when=move || rest.with(|rest| *rest != 0)>
                <div class="kl-flows-more">
                    <Button on_click=move |_| most.update(|most| *most += 2 * PAGE_ROWS)>{move || count(w.show_more, rest.get() as u64)}</Button>
                </div>
            </Show>
        </Show>
    }
}

/// Chooses everything that was found, or nothing.
#[component]
fn All(shelf: Shelf, found: Memo<Vec<FlowId>>) -> impl IntoView {
    let all = Memo::new(move |_| {
        let found = found.get();
        !found.is_empty() && shelf.chosen.with(|chosen| found.iter().all(|id| chosen.contains(id)))
    });
    let turn = move |_| match all.get_untracked() {
        true => shelf.chosen.update(|chosen| chosen.clear()),
        false => shelf.chosen.set(found.get_untracked().into_iter().collect()),
    };
    view! { <input class="kl-check" type="checkbox" aria-label=words().choose_all prop:checked=move || all.get() on:change=turn/> }
}

#[component]
fn FlowRow(shelf: Shelf, id: FlowId) -> impl IntoView {
    let w = words();
    let Some(first) = shelf.entry(&id) else { return ().into_any() };
    // The row follows its own entry, so that a run of one flow does not draw all others again.
    let own = id.clone();
    let entry = Memo::new(move |last: Option<&Entry>| {
        let now = shelf.by_id.with(|all| all.get(&own).cloned());
        now.or_else(|| last.cloned()).unwrap_or_else(|| first.clone())
    });
    let (mine, turned, dragged) = (id.clone(), id.clone(), id.clone());
    let chosen = Memo::new(move |_| shelf.chosen.with(|chosen| chosen.contains(&mine)));
    let turn = move |_| {
        shelf.chosen.update(|chosen| {
            if !chosen.remove(&turned) {
                chosen.insert(turned.clone());
            }
        });
    };
    let drag = move |event: web_sys::DragEvent| {
        let chosen = shelf.chosen_now();
        let ids = if chosen.contains(&dragged) { chosen } else { vec![dragged.clone()] };
        if let Some(data) = event.data_transfer() {
            let _ = data
                .set_data("text/plain", &ids.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
        }
        shelf.dragged.set(ids);
    };
    let name = entry.with_untracked(|entry| entry.name.clone());
    view! {
        <tr
            data-chosen=move || chosen.get().then_some("")
            draggable="true"
            on:dragstart=drag
            on:dragend=move |_| shelf.dragged.set(Vec::new())
        >
            <td class="kl-flows-check"><input class="kl-check" type="checkbox" aria-label=fill(w.choose_this, &[&name]) prop:checked=move || chosen.get() on:change=turn/></td>
            <td>{move || entry.with(|entry| title(entry, shelf))}</td>
            <td data-label=w.state><span class="kl-row">{move || entry.with(state)}</span></td>
            <td data-label=w.last_run><span class="kl-row">{move || entry.with(last_run)}</span></td>
            <td data-label=w.runs><span class="kl-row">{move || entry.with(counts)}</span></td>
            <td data-label=w.changed class="kl-muted">{move || entry.with(changed)}</td>
            <td class="kl-flows-menu"><More shelf entry/></td>
        </tr>
    }
    .into_any()
}

fn title(entry: &Entry, shelf: Shelf) -> AnyView {
    let href = match &entry.flow {
        Some(flow) => format!("/flows/{}", flow.id),
        None => format!("/flows/{}/edit", entry.id),
    };
    let tag = |tag: &String| {
        let (wanted, name) = (tag.clone(), tag.clone());
        view! {
            <button class="kl-tag" type="button" on:click=move |_| { let tag = wanted.clone(); shelf.look_for(|query| query.tag = tag) }>"#" {name}</button>
        }
    };
    let tags = entry.tags.iter().map(tag).collect_view();
    let folder = (!entry.folder.is_empty())
        .then(|| view! { <small class="kl-flows-folder">{entry.folder.clone()}</small> });
    let (operations, name, id) = (entry.operations.clone(), entry.name.clone(), entry.id.to_string());
    view! {
        <div class="kl-flows-title">
            <A href attr:class="kl-flow-link" attr:draggable="false">
                <Glyphs operations/>
                <span class="kl-flow-name"><b>{name}</b><small>{id}</small></span>
            </A>
            <span class="kl-flows-labels">{folder}{tags}</span>
        </div>
    }
    .into_any()
}

fn state(entry: &Entry) -> AnyView {
    let w = words();
    let draft = entry.draft.is_some().then(|| view! { <Pill tone=Tone::Mute>{w.draft}</Pill> });
    let flow = entry.flow.as_ref().map(|flow| {
        let shadow = flow.shadow.then(|| view! { <Pill tone=Tone::Warn>{w.standing_shadow}</Pill> });
        view! { <FlowPill state=flow.state version=flow.version/> {shadow} }
    });
    view! { {flow} {draft} }.into_any()
}

fn last_run(entry: &Entry) -> AnyView {
    let w = words();
    let totals = entry.flow.as_ref().map(|flow| &flow.totals);
    let last = totals.and_then(|totals| totals.last_run_at.zip(totals.last_state)).map(|(at, state)| {
        let (tone, words) = run_state(state, w);
        view! { <Pill tone>{words}</Pill> <span class="kl-muted"><Ago at/></span> }
    });
    let next = entry.flow.as_ref().and_then(|flow| flow.next_at).map(|at| {
        view! { <small class="kl-muted kl-flows-next">{fill(w.next_at, &[&date_time(at)])}</small> }
    });
    let never = last.is_none().then(|| view! { <span class="kl-muted">{w.never_run}</span> });
    view! { {last} {never} {next} }.into_any()
}

fn counts(entry: &Entry) -> AnyView {
    let w = words();
    let Some(flow) = &entry.flow else { return ().into_any() };
    let count = |n: u64, text: &str, tone: &'static str| {
        (n > 0).then(|| view! { <span class="kl-count" data-tone=tone>{fill(text, &[&grouped(n)])}</span> })
    };
    let errors = (flow.errors > 0).then(|| {
        let text = fill(w.flow_errors, &[&grouped(flow.errors)]);
        view! { <A href=format!("/errors?flow={}", flow.id) attr:class="kl-count kl-flows-errors">{text}</A> }
    });
    let spark = flow.spark.iter().any(|runs| *runs > 0).then(|| {
        let label = fill(w.last_day, &[&grouped(flow.spark.iter().sum())]);
        view! { <span class="kl-flows-spark"><Sparkline values=Signal::stored(flow.spark.clone()) label=Signal::stored(label)/></span> }
    });
    let (done, open) =
        (count(flow.totals.done, w.runs_done, "good"), count(flow.totals.open, w.runs_open, "info"));
    view! { {spark} {done} {open} {errors} }.into_any()
}

fn changed(entry: &Entry) -> AnyView {
    let saved = entry.draft.as_ref().map_or(0, |draft| draft.saved_at);
    let at = entry.flow.as_ref().map_or(0, |flow| flow.updated_at).max(saved);
    view! { <Ago at/> }.into_any()
}

#[component]
fn Glyphs(operations: Vec<String>) -> impl IntoView {
    let specs = specs();
    let one = |operation: &String| {
        let id = OperationId::from(operation.as_str());
        let family = family_name(specs.operation(&id).map(|spec| spec.family));
        view! { <GlyphBox glyph=glyph(&id, &specs) family/> }
    };
    view! { <span class="kl-glyphs">{operations.iter().take(GLYPHS_MAX).map(one).collect_view()}</span> }
}

/// What can be done with one flow.
#[component]
fn More(shelf: Shelf, entry: Memo<Entry>) -> impl IntoView {
    let w = words();
    let menu = NodeRef::<leptos::html::Details>::new();
    // A row may go with its menu open, and with the focus in it: that is told to a menu that is not known any more.
    let close = move || {
        if let Some(menu) = menu.try_get_untracked().flatten() {
            menu.set_open(false);
        }
    };
    let leave = move |event: web_sys::FocusEvent| {
        let to =
            event.related_target().and_then(|to| wasm_bindgen::JsCast::dyn_into::<web_sys::Node>(to).ok());
        let inside = menu.try_get_untracked().flatten().is_some_and(|menu| menu.contains(to.as_ref()));
        if !inside {
            close();
        }
    };
    let name = entry.with_untracked(|entry| entry.name.clone());
    let escape = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" {
            close();
        }
    };
    view! {
        <details class="kl-menu" node_ref=menu on:focusout=leave on:keydown=escape>
            <summary class="kl-button kl-button-icon" data-kind="quiet" aria-label=fill(w.more_of, &[&name])><Picture icon=Icon::More/></summary>
            <div class="kl-menu-list" on:click=move |_| close()>{move || entry.with(|entry| items(entry, shelf))}</div>
        </details>
    }
}

fn items(entry: &Entry, shelf: Shelf) -> AnyView {
    let w = words();
    let id = entry.id.clone();
    let item = |icon: Icon, text: &'static str, does: Box<dyn Fn(FlowId)>| {
        let id = id.clone();
        view! { <button type="button" on:click=move |_| does(id.clone())><Picture icon/>{text}</button> }
    };
    let set =
        move |state| Box::new(move |id: FlowId| shelf.set_state(vec![id], state)) as Box<dyn Fn(FlowId)>;
    let turn = entry.flow.as_ref().map(|flow| match flow.state {
        FlowState::Live => view! {
            {item(Icon::Pause, w.pause, set(FlowState::Paused))}
            {item(Icon::Pause, w.hold, set(FlowState::Held))}
        }
        .into_any(),
        _ => item(Icon::Play, w.resume, set(FlowState::Live)).into_any(),
    });
    let export = entry.flow.as_ref().map(|flow| {
        let href = fill_path(path::FLOW_EXPORT, flow.id.as_str());
        view! { <a href=href download=format!("{}.json", flow.id)><Picture icon=Icon::Download/>{w.export}</a> }
    });
    let open = entry.flow.as_ref().map(|flow| {
        view! { <A href=format!("/flows/{}", flow.id)><Picture icon=Icon::Flows/>{w.open}</A> }
    });
    let versions = entry.flow.as_ref().map(|flow| {
        view! { <A href=format!("/flows/{}/versions", flow.id)><Picture icon=Icon::List/>{w.versions}</A> }
    });
    let delete = if entry.flow.is_some() { w.delete } else { w.discard_draft };
    view! {
        {open}
        <A href=format!("/flows/{}/edit", entry.id)><Picture icon=Icon::Pen/>{w.edit}</A>
        {item(Icon::Copy, w.duplicate, Box::new(move |id| shelf.duplicate(id)))}
        {item(Icon::Folder, w.move_to_folder, Box::new(move |id| shelf.asked.set(Some(Asked::Move(vec![id])))))}
        {item(Icon::Tag, w.tags_of, Box::new(move |id| shelf.asked.set(Some(Asked::Tag(vec![id])))))}
        {turn}
        {export}
        {versions}
        {item(Icon::Bin, delete, Box::new(move |id| shelf.asked.set(Some(Asked::Delete(vec![id])))))}
    }
    .into_any()
}
