//! Data of the example: what a node is given, to look at and to take values from.

use super::Look;
use super::board::Board;
use super::expression::{self, of_part};
use super::item::ItemPicker;
use super::sources::{Source, sources};
use crate::editor::desk::Desk;
use crate::words::{count, fill, words};
use leptos::ev::DragEvent;
use leptos::prelude::*;
use model::{NodeId, Value};
use std::sync::Arc;
use ui::{
    Button, ButtonKind, Choice, CopyButton, DataView, DataWords, File, FileView, FileWords, RowActions,
    Select, Toasts, Tone, files,
};

pub fn data_words(label: impl Into<String>) -> DataWords {
    let w = words();
    DataWords {
        label: label.into(),
        schema: w.view_schema,
        table: w.view_table,
        tree: w.tree,
        json: w.json,
        search: w.data_search,
        nothing_found: w.data_nothing,
        more: w.load_more,
        copy: w.copy,
        copied: w.copied,
        actions: w.data_actions,
        items: |n| count(words().items, n as u64),
        fields: |n| count(words().fields, n as u64),
    }
}

/// All that the node's expressions may use, one at a time.
#[component]
pub fn InputPane(desk: Desk, node: NodeId, board: Board) -> impl IntoView {
    let w = words();
    let all = sources(desk, node.clone());
    let chosen = RwSignal::new("input".to_owned());
    let choices = Signal::derive(move || {
        let choice = |source: &Source| Choice::new(source.root.clone(), source.label.clone());
        all.with(|all| all.iter().flatten().map(choice).collect::<Vec<_>>())
    });
    let source = Memo::new(move |_| {
        let all = all.get()?;
        let wanted = chosen.with(|chosen| all.iter().find(|source| source.root == *chosen).cloned());
        wanted.or_else(|| all.into_iter().next())
    });
    let root = Signal::derive(move || {
        source.with(|source| source.as_ref().map_or_else(|| "input".into(), |source| source.root.clone()))
    });
    let value = Signal::derive(move || {
        source.with(|source| source.as_ref().map(|source| source.value.clone()).unwrap_or_default())
    });
    let is_reached = Memo::new(move |_| source.with(Option::is_some));
    move || {
        if !is_reached.get() {
            return view! { <p class="kl-muted">{w.preview_not_reached}</p> }.into_any();
        }
        view! {
            <div class="kl-stack">
                <ItemPicker desk node=node.clone()/>
                <Select label=w.source value=chosen choices label_hidden=true/>
                <Values look=desk.look label=w.input root value board/>
                <p class="kl-muted">{w.drag_hint}</p>
            </div>
        }
        .into_any()
    }
}

/// A value whose parts can be dragged, copied and put into a field.
#[component]
pub fn Values(
    look: Look,
    #[prop(into)] label: String,
    /// As expressions name the value.
    #[prop(into)]
    root: Signal<String>,
    #[prop(into)] value: Signal<Arc<Value>>,
    board: Board,
) -> impl IntoView {
    let expression = move |pointer: &str| value.with(|value| of_part(&root.get(), value, pointer));
    let on_drag = Callback::new(move |(event, pointer): (DragEvent, String)| {
        let Some(data) = event.data_transfer() else { return };
        let expression = untrack(|| expression(&pointer));
        let _ = data.set_data("text/plain", &format!("${{{expression}}}"));
        let _ = data.set_data(expression::DRAGGED, &expression);
    });
    let actions: RowActions = Arc::new(move |pointer: String| {
        let whole = value.with_untracked(|value| value.pointer(&pointer).cloned());
        view! { <Actions look expression=untrack(|| expression(&pointer)) value=whole.unwrap_or_default() board/> }
            .into_any()
    });
    view! { <Files value root/> <DataView value words=data_words(label) shown=look.data on_drag actions/> }
}

/// Bytes among the data, as what they are.
#[component]
fn Files(value: Signal<Arc<Value>>, root: Signal<String>) -> impl IntoView {
    let w = words();
    let words = FileWords { picture: w.file_picture, text: w.file_text, other: w.file_other };
    let found = Memo::new(move |_| value.with(|value| files(value)));
    let file = move |file: File| {
        let name = value.with_untracked(|value| of_part(&root.get_untracked(), value, &file.at));
        view! { <FileView name base64=file.base64 words/> }
    };
    move || found.get().into_iter().map(file).collect_view()
}

#[component]
fn Actions(look: Look, expression: String, value: Value, board: Board) -> impl IntoView {
    let w = words();
    let toasts = expect_context::<Toasts>();
    let text = match &value {
        Value::String(text) => text.clone(),
        other => serde_json::to_string_pretty(other).unwrap_or_default(),
    };
    let whole = format!("${{{expression}}}");
    let field = RwSignal::new(String::new());
    let targets = Signal::derive(move || {
        let choice = |target: super::board::Target| Choice::new(target.at, target.title);
        std::iter::once(Choice::new("", w.use_choose))
            .chain(board.targets().into_iter().map(choice))
            .collect::<Vec<_>>()
    });
    let put = {
        let expression = expression.clone();
        move |_| {
            if let Some(title) = board.put(&field.get_untracked(), expression.clone()) {
                toasts.push(Tone::Good, fill(w.used_in, &[&title]));
                look.tab.set("setup");
            }
        }
    };
    view! {
        <code class="kl-data-path">{expression.clone()}</code>
        <CopyButton text=Signal::stored(text) label=w.copy_value done=w.copied/>
        <CopyButton text=Signal::stored(expression) label=w.copy_path done=w.copied/>
        <CopyButton text=Signal::stored(whole) label=w.copy_expression done=w.copied/>
        <Show when=move || !board.targets().is_empty()>
            <div class="kl-data-use">
                <Select label=w.use_in value=field choices=targets label_hidden=true/>
                <Button kind=ButtonKind::Plain on_click=put.clone() disabled=Signal::derive(move || field.with(String::is_empty))>{w.use_in}</Button>
            </div>
        </Show>
    }
}
