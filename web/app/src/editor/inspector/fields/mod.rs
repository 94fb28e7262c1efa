//! The fields of a node, each by its kind.

mod code;
mod condition;
mod edit;
mod editing;
mod line;
mod list;
mod map;
mod money;
mod other;
mod pairs;
mod place;
mod record;
mod schedule;
mod suggested;
mod text;

use crate::editor::desk::Desk;
use code::CodeEditor;
pub use code::js::focus as focus_entry;
use condition::ConditionEditor;
pub use edit::{edit_sample, edit_switch, edit_text};
use editing::Editing;
pub use editing::is_missing;
use leptos::prelude::*;
pub use line::{Chipped, LineInput, ListedLine};
use list::ListEditor;
use map::MapEditor;
use model::{Field, FieldKind};
use money::MoneyEditor;
use other::{BoolEditor, ChoiceEditor, JsonEditor};
pub use pairs::Pairs;
pub use place::Place;
use record::RecordEditor;
use schedule::ScheduleEditor;
use suggested::{LISTED_MAX, SuggestedEditor};
use text::TextEditor;
pub use text::chips;

/// The editor of one field. A kind that has an editor of its own is named here.
#[component]
pub fn FieldEditor(desk: Desk, place: Place, field: Field) -> impl IntoView {
    let editing = Editing::new(desk, place, field);
    match &editing.field.kind {
        FieldKind::Bool => view! { <BoolEditor editing/> }.into_any(),
        FieldKind::Choice(options) if options.len() > LISTED_MAX => {
            view! { <SuggestedEditor editing/> }.into_any()
        }
        FieldKind::Flow | FieldKind::TimeZone => view! { <SuggestedEditor editing/> }.into_any(),
        FieldKind::Choice(_) => view! { <ChoiceEditor editing/> }.into_any(),
        FieldKind::Code => view! { <CodeEditor editing/> }.into_any(),
        FieldKind::Condition => view! { <ConditionEditor editing/> }.into_any(),
        FieldKind::Cron => view! { <ScheduleEditor editing/> }.into_any(),
        FieldKind::Money(_) => view! { <MoneyEditor editing/> }.into_any(),
        FieldKind::Record(_) => view! { <RecordEditor editing/> }.into_any(),
        FieldKind::List(_) => view! { <ListEditor editing/> }.into_any(),
        FieldKind::Map => view! { <MapEditor editing/> }.into_any(),
        FieldKind::Json | FieldKind::Mapping | FieldKind::Rate => view! { <JsonEditor editing/> }.into_any(),
        _ => view! { <TextEditor editing/> }.into_any(),
    }
}
