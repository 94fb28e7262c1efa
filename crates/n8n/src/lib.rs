#![doc = include_str!("../README.md")]

mod build;
pub mod js;
mod names;
mod nodes;
mod report;
mod scene;
mod secrets;
mod source;
mod telling;
mod written;

use model::{FlowDocument, FlowId};
pub use report::{Argument, Item, Kind, NOTES, Note, Report};
pub use source::{CONNECTIONS_MAX, NODES_MAX, WORKFLOWS_MAX, is_n8n};

/// A workflow as a flow, and what became of its parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    pub document: FlowDocument,
    pub report: Report,
}

impl Imported {
    /// The document with a note on its canvas that lists what needs a person, so that it is there when they go on with it.
    pub fn with_todo_note(&self, thai: bool) -> FlowDocument {
        let mut document = self.document.clone();
        let todo: Vec<String> = self.report.of(Kind::Person).map(|item| todo_line(item, thai)).collect();
        if todo.is_empty() {
            return document;
        }
        let title = if thai {
            "## นำเข้าจาก n8n: ต้องให้คนทำต่อ"
        } else {
            "## From n8n: needs a person"
        };
        let text = format!("{title}\n{}", todo.join("\n"));
        let corner = document
            .layout
            .values()
            .fold([0.0_f64, 0.0_f64], |corner, at| [corner[0].min(at[0]), corner[1].min(at[1])]);
        let height = (120.0 + 44.0 * todo.len() as f64).min(NOTE_HEIGHT_MAX);
        let mut ids = names::Ids::default();
        document.notes.iter().for_each(|note| ids.take(note.id.as_str()));
        document.notes.push(model::Note {
            id: ids.unique("n8n".to_owned(), '_').as_str().into(),
            text: text.chars().take(model::Note::TEXT_CHARS_MAX).collect(),
            colour: model::NoteColour::Red,
            at: [corner[0], corner[1] - height - 60.0],
            size: [620.0, height],
        });
        document
    }
}

fn todo_line(item: &Item, thai: bool) -> String {
    format!("- **{}**: {} {}", item.place.replace(['*', '\n'], " "), item.what(thai), item.todo(thai))
}

/// Longer lists are read in the note's own text.
const NOTE_HEIGHT_MAX: f64 = 900.0;

/// Why a file gives no flows at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("the file is larger than {megabytes} MB; remove pinned data in n8n, and export again")]
    TooLarge { megabytes: usize },
    #[error("the text is not JSON: {0}; export or copy the workflow in n8n again")]
    NotJson(String),
    #[error("there is no n8n workflow in it: that is an object with \"nodes\" and \"connections\"")]
    NoWorkflow,
    #[error("the file holds {count} workflows, and {most} are read at once; export them in several files")]
    TooManyWorkflows { count: usize, most: usize },
    #[error(
        "a workflow has {count} {what}, and {most} are read; split it in n8n, and join the parts by Execute Workflow"
    )]
    TooMany { what: &'static str, count: usize, most: usize },
}

/// Reads one workflow, several in a list, or what was copied from n8n's canvas.
pub fn import(text: &[u8]) -> Result<Vec<Imported>, Refused> {
    import_beside(text, &[])
}

/// The same, where flows are there already: no id of theirs is given again.
pub fn import_beside(text: &[u8], taken: &[FlowId]) -> Result<Vec<Imported>, Refused> {
    let workflows = source::read(text)?;
    let mut ids = names::Ids::default();
    taken.iter().for_each(|id| ids.take(id.as_str()));
    model::ids::NO_FLOW_IDS.iter().for_each(|id| ids.take(id));
    let flows: Vec<build::Known> = workflows
        .iter()
        .map(|workflow| {
            let id = ids.unique(names::id_of(&workflow.name, '-', "n8n-workflow"), '-');
            build::Known { n8n: workflow.id.clone(), id: id.as_str().into() }
        })
        .collect();
    Ok(workflows.iter().zip(&flows).map(|(workflow, known)| build::build(workflow, known, &flows)).collect())
}
