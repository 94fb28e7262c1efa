//! Names and texts, a row for each.

use super::editing::{EditFrame, Editing};
use super::pairs::Pairs;
use super::text::chipped;
use crate::words::{fill, words};
use leptos::prelude::*;
use ui::{Button, FieldIds, Icon, IconButton};

#[component]
pub fn MapEditor(editing: Editing) -> impl IntoView {
    let w = words();
    let own = editing.clone();
    let pairs = Pairs::of(editing.held, |text| text.into(), move |said| own.write(said));
    let wrong =
        Signal::derive(move || pairs.twice.with(|name| name.as_ref().map(|name| fill(w.map_twice, &[name]))));
    editing.take(move |expression| {
        let name = expression.rsplit(['.', '[']).next().unwrap_or_default().trim_matches(['"', ']']);
        pairs.add(name, &format!("${{{expression}}}"));
    });
    let fixed = move |ids: FieldIds| {
        view! {
            <div class="kl-map" role="group" id=ids.input aria-labelledby=ids.label aria-describedby=ids.note>
                <For each=move || pairs.rows.get() key=|pair| pair.id let:pair>
                    <div class="kl-map-row">
                        <input class="kl-input" type="text" spellcheck="false" placeholder=w.map_name aria-label=w.map_name prop:value=move || pair.name.get() on:input=move |event| pair.name.set(event_target_value(&event))/>
                        {chipped(None, None, pair.value, String::new(), w.map_value)}
                        <IconButton icon=Icon::Bin label=w.map_remove on_click=move |()| pairs.remove(pair.id)/>
                    </div>
                </For>
                <div><Button icon=Icon::Plus on_click=move |_| pairs.add("", "")>{w.list_add}</Button></div>
            </div>
        }
        .into_any()
    };
    view! { <EditFrame editing wrong fixed/> }
}
