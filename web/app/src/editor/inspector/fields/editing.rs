//! What all fields of a node have in common: fixed or computed, taking a value that is dragged or put into it, and saying what
//! is wrong and what comes of it.

use super::code::{Code, CodeInput, js};
use super::condition::rows_of;
use super::edit::{Notation, edit_value};
use super::place::Place;
use crate::editor::desk::Desk;
use crate::editor::inspector::board::{Board, Target};
use crate::editor::inspector::expression::{self, as_field, constant, from_value};
use crate::editor::preview::FieldPreview;
use crate::errors::Told;
use crate::focus::soon;
use crate::words::{fill, language, words};
use leptos::ev::{DragEvent, KeyboardEvent};
use leptos::html;
use leptos::prelude::*;
use model::template::only_expression;
use model::{Field, FieldKind, Value};
use ui::{FieldFrame, FieldIds};
use wasm_bindgen::JsCast;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Fixed,
    /// The whole field is one expression.
    Computed,
}

/// A field of a node, being edited.
#[derive(Clone)]
pub struct Editing {
    pub desk: Desk,
    pub place: Place,
    pub field: Field,
    pub held: Memo<Option<Value>>,
    mode: RwSignal<Mode>,
    frame: NodeRef<html::Div>,
    /// What a field of several parts does with a value that is put into it.
    taken: StoredValue<Option<Callback<String>>>,
}

impl Editing {
    pub fn new(desk: Desk, place: Place, field: Field) -> Self {
        let read = place.clone();
        let held = desk.of_document(move |doc| read.get(doc));
        let kind = field.kind.clone();
        let takes = takes_expressions(&kind);
        let mode = RwSignal::new(held.with_untracked(|held| opens_as(&kind, held.as_ref())));
        // Undo, or another hand, may have put something of the other kind there.
        Effect::new(move |started: Option<()>| {
            let (fits, computed) = held.with(|held| {
                let computed = held.as_ref().is_none_or(|held| only(held).is_some());
                (opens_as(&kind, held.as_ref()), computed)
            });
            if started.is_some() && takes {
                match mode.get_untracked() {
                    Mode::Computed if !computed => mode.set(Mode::Fixed),
                    Mode::Fixed if fits == Mode::Computed && !is_text(&kind) => mode.set(Mode::Computed),
                    _ => {}
                }
            }
        });
        let (frame, taken) = (NodeRef::new(), StoredValue::new(None));
        let editing = Self { desk, place, field, held, mode, frame, taken };
        if takes || editing.field.kind == FieldKind::Code {
            let put = editing.clone();
            Board::register(Target {
                at: editing.place.at.clone(),
                title: editing.title(),
                put: Callback::new(move |expression: String| put.put(&expression)),
            });
        }
        editing
    }

    pub fn title(&self) -> String {
        language().of(&self.field.title).to_owned()
    }

    /// What somebody types.
    pub fn write(&self, value: Option<Value>) {
        let (stroke, place) = (self.place.stroke(), self.place.clone());
        self.desk.does(move |canvas| canvas.stroke(stroke, move |doc| place.set(doc, value)));
    }

    /// What somebody picks, adds or takes away: a step of its own.
    pub fn pick(&self, value: Option<Value>) {
        let place = self.place.clone();
        self.desk.does(move |canvas| canvas.change(move |doc| place.set(doc, value)));
    }

    fn turn(&self) {
        let held = self.held.get_untracked();
        match self.mode.get_untracked() {
            Mode::Fixed => {
                let computed = held.as_ref().and_then(|value| as_field(&from_value(value)));
                self.mode.set(Mode::Computed);
                if let Some(computed) = computed {
                    self.write(Some(computed.into()));
                }
            }
            Mode::Computed if self.field.kind == FieldKind::Condition => {
                if held.as_ref().is_none_or(|held| rows_of(held).is_some()) {
                    self.mode.set(Mode::Fixed);
                }
            }
            Mode::Computed => {
                self.mode.set(Mode::Fixed);
                let plain =
                    held.as_ref().and_then(Value::as_str).and_then(only_expression).and_then(constant);
                // A text keeps its expression, to have words put around it; nothing else could show it.
                if plain.is_some() || !is_text(&self.field.kind) {
                    self.write(plain);
                }
            }
        }
        self.focus();
    }

    /// What becomes of a value that is put into the field while it is not computed.
    pub fn take(&self, how: impl Fn(String) + Send + Sync + 'static) {
        self.taken.set_value(Some(Callback::new(how)));
    }

    /// Takes the expression for a value: into the text where it is being written, or as the whole field.
    fn put(&self, expression: &str) {
        let is_empty = self.held.with_untracked(|held| held.as_ref().is_none_or(|held| *held == ""));
        match self.mode.get_untracked() {
            Mode::Computed if !is_empty => self.insert(expression),
            Mode::Fixed if self.taken.with_value(Option::is_some) => {
                if let Some(take) = self.taken.get_value() {
                    take.run(expression.to_owned());
                }
                return;
            }
            Mode::Fixed if self.field.kind == FieldKind::Code => self.insert(expression),
            Mode::Fixed if !is_empty && self.field.kind == FieldKind::Json => {
                self.insert(&Value::from(format!("${{{expression}}}")).to_string());
            }
            Mode::Fixed if !is_empty && is_text(&self.field.kind) => {
                self.insert(&format!("${{{expression}}}"))
            }
            _ => {
                self.mode.set(Mode::Computed);
                self.write(as_field(expression).map(Value::from));
            }
        }
        self.focus();
    }

    /// Types for the user, at the place where the cursor was.
    fn insert(&self, piece: &str) {
        let Some(entry) = self.entry() else { return };
        if let Some(code) = js::of(&entry) {
            return code.insert(piece);
        }
        if let Some(input) = entry.dyn_ref::<web_sys::HtmlInputElement>() {
            let _ = input.set_range_text(piece);
        } else if let Some(area) = entry.dyn_ref::<web_sys::HtmlTextAreaElement>() {
            let _ = area.set_range_text(piece);
        }
        let init = web_sys::EventInit::new();
        init.set_bubbles(true);
        if let Ok(event) = web_sys::Event::new_with_event_init_dict("input", &init) {
            let _ = entry.dispatch_event(&event);
        }
    }

    fn entry(&self) -> Option<web_sys::HtmlElement> {
        let found = self.frame.get_untracked()?.query_selector("[data-entry]").ok().flatten()?;
        found.dyn_into().ok()
    }

    /// Once what is drawn for the mode is there.
    fn focus(&self) {
        let editing = self.clone();
        soon(move || {
            if let Some(entry) = editing.entry() {
                js::focus(&entry);
            }
        });
    }

    fn error(&self) -> Signal<Option<String>> {
        let (desk, place) = (self.desk, self.place.clone());
        let (parent, name) =
            place.at.rsplit_once('/').map_or((String::new(), String::new()), |(parent, name)| {
                (format!("/with{parent}"), format!("\"{name}\""))
            });
        let at = format!("/with{}", place.at);
        let inside = format!("{at}/");
        // What is wrong with an entry's field stands at that field.
        let has_entries = matches!(self.field.kind, FieldKind::List(_));
        Signal::derive(move || {
            let here = desk.problems_of(Some(&place.node)).into_iter().find(|problem| {
                let missing =
                    is_missing(problem) && problem.at.ends_with(&parent) && problem.message.contains(&name);
                missing || problem.at.ends_with(&at) || (!has_entries && problem.at.contains(&inside))
            });
            here.map(|problem| {
                Told::of(language(), &problem.code.0, &problem.message, &problem.advice).text()
            })
        })
    }
}

/// Makes signals that live as long as the owner: those made in an effect would end with its next run.
pub fn owned<T>(owner: StoredValue<Option<Owner>>, make: impl FnOnce() -> T) -> T {
    match owner.try_get_value().flatten() {
        Some(owner) => owner.with(make),
        None => make(),
    }
}

/// The expression that a value is and nothing else.
fn only(value: &Value) -> Option<&str> {
    only_expression(value.as_str()?)
}

/// How a field is opened: computed where it could not be shown otherwise, and where a text is one expression.
fn opens_as(kind: &FieldKind, held: Option<&Value>) -> Mode {
    match (kind, held) {
        (_, None) => Mode::Fixed,
        (kind, _) if !takes_expressions(kind) => Mode::Fixed,
        (FieldKind::Condition, Some(held)) if rows_of(held).is_some() => Mode::Fixed,
        (_, Some(held)) if only(held).is_some() => Mode::Computed,
        (FieldKind::Condition, Some(_)) => Mode::Computed,
        _ => Mode::Fixed,
    }
}

/// A required field is empty: the place of the problem is what the field belongs into.
pub fn is_missing(problem: &model::Problem) -> bool {
    problem.code == model::codes::MISSING_FIELD
}

/// Whether words may stand around the field's expressions.
fn is_text(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Text | FieldKind::LongText | FieldKind::Url)
}

pub fn takes_expressions(kind: &FieldKind) -> bool {
    kind.takes_expressions()
}

/// The frame around the input of a field; `fixed` draws the one for values that are not computed.
#[component]
pub fn EditFrame(
    editing: Editing,
    /// What is typed and cannot be held.
    #[prop(optional, into)]
    wrong: Signal<Option<String>>,
    fixed: impl Fn(FieldIds) -> AnyView + Clone + Send + Sync + 'static,
) -> impl IntoView {
    let (mode, takes) = (editing.mode, takes_expressions(&editing.field.kind));
    let told = editing.error();
    let open = RwSignal::new(None::<String>);
    let error = Signal::derive(move || wrong.get().or_else(|| open.get()).or_else(|| told.get()));
    let typed = RwSignal::new(None::<Value>);
    let held = editing.held;
    let shown = Signal::derive(move || match mode.get() {
        Mode::Computed => typed.get(),
        Mode::Fixed => held.get(),
    });
    let input = {
        let editing = editing.clone();
        move |ids: FieldIds| {
            let body = move || match mode.get() {
                Mode::Fixed => fixed(ids.clone()),
                Mode::Computed => {
                    view! { <Computed editing=editing.clone() ids=ids.clone() typed open/> }.into_any()
                }
            };
            view! { {body} }.into_any()
        }
    };
    let tools = {
        let editing = StoredValue::new(editing.clone());
        ViewFn::from(move || takes.then(|| view! { <Turn editing=editing.get_value()/> }))
    };
    let over = RwSignal::new(false);
    let is_ours = |event: &DragEvent| {
        event.data_transfer().is_some_and(|data| data.types().includes(&expression::DRAGGED.into(), 0))
    };
    let drag_over = move |event: DragEvent| {
        if takes && is_ours(&event) {
            event.prevent_default();
            event.stop_propagation();
            over.set(true);
        }
    };
    let drop_on = {
        let editing = editing.clone();
        move |event: DragEvent| {
            over.set(false);
            let dragged = event.data_transfer().and_then(|data| data.get_data(expression::DRAGGED).ok());
            if let Some(dragged) = dragged.filter(|text| takes && !text.is_empty()) {
                event.prevent_default();
                event.stop_propagation();
                editing.put(&dragged);
            }
        }
    };
    let key = {
        let editing = editing.clone();
        move |event: KeyboardEvent| {
            let is_empty = editing.held.with_untracked(|held| held.as_ref().is_none_or(|held| *held == ""));
            if event.key() == "="
                && takes
                && is_empty
                && mode.get_untracked() == Mode::Fixed
                && own_entry(&editing, &event)
            {
                event.prevent_default();
                editing.turn();
            }
        }
    };
    let preview =
        takes.then(|| view! { <FieldPreview desk=editing.desk node=editing.place.node.clone() text=shown/> });
    let (hint, required) = (language().of(&editing.field.about).to_owned(), editing.field.required);
    view! {
        <div class="kl-editing" node_ref=editing.frame data-mode=move || if mode.get() == Mode::Computed { "computed" } else { "fixed" } data-over=move || over.get().then_some("") on:dragover=drag_over on:dragleave=move |_| over.set(false) on:drop=drop_on on:keydown=key>
            <FieldFrame label=editing.title() hint error required tools input/>
            {preview}
        </div>
    }
}

fn own_entry(editing: &Editing, event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlElement>().ok());
    target.is_some() && target == editing.entry()
}

/// Between a fixed value and an expression.
#[component]
fn Turn(editing: Editing) -> impl IntoView {
    let w = words();
    let label = fill(w.compute_field, &[&editing.title()]);
    let mode = editing.mode;
    view! {
        <button class="kl-turn" type="button" title=w.compute_hint aria-label=label aria-pressed=move || (mode.get() == Mode::Computed).to_string() on:click=move |_| editing.turn()>"fx"</button>
    }
}

/// One expression as the whole field.
#[component]
fn Computed(
    editing: Editing,
    ids: FieldIds,
    typed: RwSignal<Option<Value>>,
    open: RwSignal<Option<String>>,
) -> impl IntoView {
    let place = editing.place.clone();
    let edited = edit_value(
        editing.desk,
        Notation::Expression,
        editing.place.stroke(),
        editing.held,
        move |doc, value| place.set(doc, value),
    );
    let text = edited.text;
    Effect::new(move |_| {
        typed.set(text.with(|text| (!text.trim().is_empty()).then(|| format!("${{{text}}}").into())))
    });
    Effect::new(move |_| open.set(edited.wrong.get()));
    on_cleanup(move || {
        open.try_set(None);
    });
    let code = Code { label: editing.title(), placeholder: "input.total", short: true, text };
    view! {
        <div class="kl-chipped">
            <CodeInput editing code ids/>
            <div class="kl-chips" aria-hidden="true">{move || text.with(|text| (!text.trim().is_empty()).then(|| view! { <span class="kl-chip">{text.clone()}</span> }))}</div>
        </div>
    }
}
