//! A condition put together from rows; one that is more than rows is an expression.

pub mod rows;

use super::editing::{EditFrame, Editing, owned};
use crate::editor::inspector::expression::{as_field, constant};
use crate::words::{Words, words};
use leptos::prelude::*;
use model::Value;
use model::template::only_expression;
use rows::{Row, Rows, Test, quoted, read, unquoted, write};
use ui::{Button, FieldIds, Icon, IconButton};

/// The rows that a field's value stands for.
pub fn rows_of(value: &Value) -> Option<Rows> {
    read(only_expression(value.as_str()?)?)
}

/// Blanks make no difference: a condition is not written anew for being looked at.
fn same(one: Option<&Value>, other: Option<&Value>) -> bool {
    one.and_then(rows_of) == other.and_then(rows_of)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Line {
    id: usize,
    left: RwSignal<String>,
    test: RwSignal<Test>,
    /// `text`, `number`, `yes`, `expression`: how what is typed on the right is meant.
    kind: RwSignal<&'static str>,
    right: RwSignal<String>,
}

const KINDS: [&str; 4] = ["text", "number", "yes", "expression"];

/// What is typed on the right, by how it is meant, and back.
fn shown_right(right: &str) -> (&'static str, String) {
    if let Some(text) = unquoted(right) {
        return ("text", text);
    }
    match constant(right) {
        Some(Value::Number(_)) => ("number", right.to_owned()),
        Some(Value::Bool(_)) => ("yes", right.to_owned()),
        _ => ("expression", right.to_owned()),
    }
}

fn meant_right(kind: &str, typed: &str) -> String {
    match kind {
        "text" => quoted(typed),
        "yes" if typed != "false" => "true".to_owned(),
        _ => typed.trim().to_owned(),
    }
}

#[component]
pub fn ConditionEditor(editing: Editing) -> impl IntoView {
    let held = editing.held;
    let lines = RwSignal::new(Vec::<Line>::new());
    let all = RwSignal::new(true);
    let last = StoredValue::new(0_usize);
    // A line lives as long as the field, whatever made it.
    let owner = StoredValue::new(Owner::current());
    let line = move |row: &Row| {
        last.update_value(|last| *last += 1);
        let (kind, right) =
            if row.right.is_empty() { ("text", String::new()) } else { shown_right(&row.right) };
        owned(owner, || Line {
            id: last.get_value(),
            left: RwSignal::new(row.left.clone()),
            test: RwSignal::new(row.test),
            kind: RwSignal::new(kind),
            right: RwSignal::new(right),
        })
    };
    let empty = Row { left: String::new(), test: Test::Is, right: String::new() };
    let said = move || {
        let row = |line: &Line| Row {
            left: line.left.get(),
            test: line.test.get(),
            right: meant_right(line.kind.get(), &line.right.get()),
        };
        let rows = Rows { all: all.get(), rows: lines.with(|lines| lines.iter().map(row).collect()) };
        write(&rows).and_then(|expression| as_field(&expression)).map(Value::from)
    };
    let first = empty.clone();
    Effect::new(move |_| {
        let held = held.get();
        if !same(untrack(said).as_ref(), held.as_ref()) {
            if let Some(rows) = held.as_ref().and_then(rows_of) {
                all.set(rows.all);
                lines.set(rows.rows.iter().map(line).collect());
            } else if held.is_none() {
                lines.set(Vec::new());
            }
        }
        if lines.with_untracked(Vec::is_empty) {
            lines.set(vec![line(&first)]);
        }
    });
    let own = StoredValue::new(editing.clone());
    Effect::new(move |started: Option<()>| {
        let said = said();
        // What cannot be shown as rows is not theirs to change.
        let is_ours = held.with_untracked(|held| held.as_ref().is_none_or(|held| rows_of(held).is_some()));
        if started.is_some() && is_ours && !held.with_untracked(|held| same(said.as_ref(), held.as_ref())) {
            own.with_value(|own| own.write(said));
        }
    });
    editing.take(move |expression| {
        let open = lines.with_untracked(|lines| {
            lines.iter().find(|line| line.left.with_untracked(String::is_empty)).copied()
        });
        match open {
            Some(open) => open.left.set(expression),
            None => lines.update(|lines| {
                lines.push(line(&Row { left: expression, test: Test::Given, right: String::new() }))
            }),
        }
    });
    let empty = StoredValue::new(empty);
    let fixed = move |ids: FieldIds| {
        let w = words();
        let add = move |_| lines.update(|lines| lines.push(empty.with_value(line)));
        let many = move || lines.with(|lines| lines.len() > 1);
        view! {
            <div class="kl-condition" role="group" id=ids.input aria-labelledby=ids.label aria-describedby=ids.note>
                <Show when=many>
                    <select class="kl-input kl-select" aria-label=w.condition_join on:change=move |event| all.set(event_target_value(&event) == "all")>
                        <option value="all" prop:selected=move || all.get()>{w.condition_all}</option>
                        <option value="any" prop:selected=move || !all.get()>{w.condition_any}</option>
                    </select>
                </Show>
                <For each=move || lines.get() key=|line| line.id let:line><LineEditor line lines/></For>
                <div><Button icon=Icon::Plus on_click=add>{w.condition_add}</Button></div>
            </div>
        }
        .into_any()
    };
    view! { <EditFrame editing fixed/> }
}

#[component]
fn LineEditor(line: Line, lines: RwSignal<Vec<Line>>) -> impl IntoView {
    let w = words();
    let test = move |test: Test| {
        view! { <option value=test.name() prop:selected=move || line.test.get() == test>{test_words(test, w)}</option> }
    };
    let choose = move |name: String| {
        let Some(test) = Test::named(&name) else { return };
        line.test.set(test);
        let counts = matches!(test, Test::Greater | Test::AtLeast | Test::Less | Test::AtMost);
        // Numbers are what is compared by size; a text is never larger than a number.
        if counts && line.right.with_untracked(String::is_empty) {
            line.kind.set("number");
        }
    };
    let kind = move |kind: &'static str| view! { <option value=kind prop:selected=move || line.kind.get() == kind>{kind_words(kind, w)}</option> };
    let choose_kind = move |name: String| {
        if let Some(kind) = KINDS.into_iter().find(|kind| *kind == name) {
            line.kind.set(kind);
        }
    };
    let right = move || {
        match line.kind.get() {
        "yes" => view! {
            <select class="kl-input kl-select" aria-label=w.condition_right on:change=move |event| line.right.set(event_target_value(&event))>
                <option value="true" prop:selected=move || line.right.get() != "false">{w.yes}</option>
                <option value="false" prop:selected=move || line.right.get() == "false">{w.no}</option>
            </select>
        }
        .into_any(),
        kind => view! { <input class="kl-input" class:kl-mono=kind == "expression" type="text" spellcheck="false" aria-label=w.condition_right placeholder=w.condition_right prop:value=move || line.right.get() on:input=move |event| line.right.set(event_target_value(&event))/> }
        .into_any(),
    }
    };
    let remove = move |()| lines.update(|lines| lines.retain(|one| one.id != line.id));
    view! {
        <div class="kl-condition-row">
            <input class="kl-input kl-mono" type="text" spellcheck="false" data-entry="" aria-label=w.condition_left placeholder="input.total" prop:value=move || line.left.get() on:input=move |event| line.left.set(event_target_value(&event))/>
            <div class="kl-condition-rest">
                <select class="kl-input kl-select" aria-label=w.condition_test on:change=move |event| choose(event_target_value(&event))>{Test::ALL.map(test).collect_view()}</select>
                <Show when=move || line.test.get().needs_value()>
                    {right}
                    <select class="kl-input kl-select kl-condition-kind" aria-label=w.condition_kind on:change=move |event| choose_kind(event_target_value(&event))>{KINDS.map(kind).collect_view()}</select>
                </Show>
                <Show when=move || lines.with(|lines| lines.len() > 1)><IconButton icon=Icon::Bin label=w.condition_remove on_click=remove/></Show>
            </div>
        </div>
    }
}

const fn test_words(test: Test, w: &Words) -> &'static str {
    match test {
        Test::Is => w.test_is,
        Test::IsNot => w.test_is_not,
        Test::Greater => w.test_greater,
        Test::AtLeast => w.test_at_least,
        Test::Less => w.test_less,
        Test::AtMost => w.test_at_most,
        Test::Contains => w.test_contains,
        Test::Lacks => w.test_lacks,
        Test::StartsWith => w.test_starts_with,
        Test::EndsWith => w.test_ends_with,
        Test::Given => w.test_given,
        Test::Missing => w.test_missing,
    }
}

fn kind_words(kind: &str, w: &Words) -> &'static str {
    match kind {
        "text" => w.kind_text,
        "number" => w.kind_number,
        "yes" => w.kind_yes_no,
        _ => w.kind_expression,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_on_the_right_is_meant_as_it_is_shown() {
        for script in ["\"paid\"", "\"\"", "1000", "10.50", "true", "false", "input.limit", "\"a\" + \"b\""] {
            let (kind, typed) = shown_right(script);
            assert_eq!(meant_right(kind, &typed), script);
        }
    }
}
