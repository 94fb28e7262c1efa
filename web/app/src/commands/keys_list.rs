//! All keys, to be searched and changed: a page, and the same over any other page.

use crate::editor::keys::{Caps, Keys, Part, Row, TABLE, pressed, spoken};
use crate::focus::focus_soon;
use crate::fuzzy;
use crate::shell::title_window;
use crate::words::{Language, fill, words};
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};
use ui::{Button, ButtonKind, Icon, IconButton, TextField, TextKind};

#[lazy]
pub fn fetch() -> ViewFn {
    ViewFn::from(|| view! { <KeysList/> })
}

pub struct KeysRoute;

#[lazy_route]
impl LazyRoute for KeysRoute {
    fn data() -> Self {
        Self
    }

    fn view(this: Self) -> AnyView {
        let KeysRoute = this;
        let w = words();
        title_window(w.keys_title);
        view! {
            <main class="kl-page">
                <header class="kl-page-head"><div><h1>{w.keys_title}</h1><p>{w.keys_sub}</p></div></header>
                <KeysList/>
            </main>
        }
        .into_any()
    }
}

/// What is done with the list at the moment. Only one row waits for its key.
#[derive(Clone, Copy)]
struct Changing {
    keys: Keys,
    row: RwSignal<Option<&'static str>>,
    /// A key that was pressed and is another's.
    conflict: RwSignal<Option<String>>,
    said: RwSignal<String>,
}

#[component]
fn KeysList() -> impl IntoView {
    let w = words();
    let searched = RwSignal::new(String::new());
    let changing = Changing {
        keys: Keys::here(),
        row: RwSignal::new(None),
        conflict: RwSignal::new(None),
        said: RwSignal::new(String::new()),
    };
    // Over another page the list is drawn before its dialog is shown, and until then it takes no focus.
    focus_soon(".kl-keys input");
    let text = move |row: &&'static Row| {
        let english = Part::words(row.part, Language::English.words());
        let keys = changing.keys.of(row).join(" ");
        let known = format!("{keys} {} {english}", row.name.replace('_', " "));
        (row.action.words().to_owned(), known)
    };
    let found = Memo::new(move |_| searched.with(|searched| fuzzy::best(searched, TABLE, text)));
    let part = move |part: Part| {
        let rows =
            found.with(|found| found.iter().copied().filter(|row| row.part == part).collect::<Vec<_>>());
        (!rows.is_empty()).then(|| {
            view! {
                <section class="kl-keys-part" aria-label=part.words(w)>
                    <h3>{part.words(w)}</h3>
                    <ul>{rows.into_iter().map(|row| view! { <KeyRow row changing/> }).collect_view()}</ul>
                </section>
            }
        })
    };
    let reset_all = move |_| {
        changing.keys.reset_all();
        changing.row.set(None);
    };
    view! {
        <div class="kl-keys">
            <div class="kl-keys-head">
                <TextField label=w.keys_search label_hidden=true placeholder=w.keys_search kind=TextKind::Search value=searched/>
                <Show when=move || changing.keys.has_own()><Button on_click=reset_all>{w.keys_reset_all}</Button></Show>
            </div>
            <p class="kl-sr" role="status">{move || changing.said.get()}</p>
            {move || Part::ALL.map(part).collect_view()}
            {move || found.with(Vec::is_empty).then(|| view! { <p class="kl-muted">{w.picker_nothing}</p> })}
        </div>
    }
}

#[component]
fn KeyRow(row: &'static Row, changing: Changing) -> impl IntoView {
    let w = words();
    let keys = changing.keys;
    let title = row.action.words();
    let is_changing = Memo::new(move |_| changing.row.get() == Some(row.name));
    let shown = move || {
        let all = keys.of(row);
        match all.is_empty() {
            true => view! { <span class="kl-muted">{w.keys_none}</span> }.into_any(),
            false => all.into_iter().map(|key| view! { <Caps key/> }).collect_view().into_any(),
        }
    };
    let change = move |_| {
        changing.conflict.set(None);
        changing.row.set(Some(row.name));
    };
    let reset = move || {
        keys.is_own(row).then(|| {
            view! { <IconButton icon=Icon::Undo label=fill(w.keys_reset_of, &[&title]) on_click=move |()| keys.reset(row)/> }
        })
    };
    let tools = move || {
        match (row.fixed, is_changing.get()) {
        (true, _) => view! { <small class="kl-muted">{w.keys_by_browser}</small> }.into_any(),
        (_, true) => view! { <Capture row changing/> }.into_any(),
        _ => view! {
            {reset}
            <button class="kl-button" type="button" data-kind="quiet" aria-label=fill(w.keys_change_of, &[&title]) data-row=row.name on:click=change>{w.keys_change}</button>
        }
        .into_any(),
    }
    };
    view! {
        <li class="kl-keys-row">
            <span class="kl-keys-title">{title}</span>
            <span class="kl-keys-caps">{shown}</span>
            <span class="kl-keys-tools">{tools}</span>
        </li>
    }
}

/// Waits for a key, and asks where it is another's.
#[component]
fn Capture(row: &'static Row, changing: Changing) -> impl IntoView {
    let w = words();
    let field = NodeRef::<html::Button>::new();
    field.on_load(|field| {
        request_animation_frame(move || drop(field.focus()));
    });
    let give = move |key: Option<String>| {
        changing.keys.give(row, key.as_deref());
        let key = key.as_deref().map_or_else(|| w.keys_none.to_owned(), spoken);
        changing.said.set(fill(w.keys_changed, &[&row.action.words(), &key]));
        leave(row, changing);
    };
    let press = move |event: KeyboardEvent| {
        // Tab leads on, and what is held down is not yet a key.
        let Some(key) = pressed(&event).filter(|key| !key.ends_with("Tab")) else { return };
        event.prevent_default();
        event.stop_propagation();
        if key == "Escape" {
            return leave(row, changing);
        }
        match changing.keys.holder(&key, row) {
            Some(_) => changing.conflict.set(Some(key)),
            None => give(Some(key)),
        }
    };
    let conflict = move || {
        let key = changing.conflict.get()?;
        let holder = changing.keys.holder(&key, row)?;
        let text = fill(w.keys_conflict, &[&spoken(&key), &holder.action.words()]);
        let take = (!holder.fixed).then(|| {
            view! { <Button kind=ButtonKind::Primary on_click=move |_| give(Some(key.clone()))>{w.keys_use_here}</Button> }
        });
        Some(view! { <span class="kl-keys-conflict" role="alert">{text} " " {take}</span> })
    };
    view! {
        <span class="kl-keys-capture" data-typing="">
            <button class="kl-button" type="button" node_ref=field on:keydown=press>{w.keys_press}</button>
            <Button kind=ButtonKind::Quiet on_click=move |_| give(None)>{w.keys_take_away}</Button>
            {conflict}
        </span>
    }
}

/// The focus goes back to where the change began.
fn leave(row: &'static Row, changing: Changing) {
    changing.row.set(None);
    changing.conflict.set(None);
    let name = row.name;
    focus_soon(format!(".kl-keys [data-row={name}]"));
}
