//! A mapping that is worked on: what it is, what each of its lines gives, and how it is changed.

use super::drag::Drag;
use crate::editor::desk::Desk;
use crate::editor::inspector::sources::{position, sources};
use crate::focus::focus_soon;
use crate::words::{count, fill, language, words};
use canvas::draft::Stroke;
use canvas::mapper::{self, NotMapped, SourceRow, TargetRow};
use leptos::prelude::*;
use model::mapping::{Conversion, Coverage, Mapping, coverage, shape_of};
use model::xref::Key;
use model::{Field, FlowDocument, NodeId, Value};
use std::collections::{HashMap, HashSet};

const FIELDS: &str = "fields";
const TARGET: &str = "target";

/// What a line gives; nothing where it is left out.
pub type Given = Result<Option<Value>, script::Error>;

/// Lines that could be, to be accepted or not.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggested {
    pub mapping: Mapping,
    pub rows: Vec<TargetRow>,
    pub targets: Vec<String>,
    pub given: HashMap<String, Given>,
}

/// A cheap handle, shared by all parts of the mapper.
#[derive(Clone, Copy)]
pub struct Mapper {
    pub desk: Desk,
    node: StoredValue<NodeId>,
    /// As in `odoo/create_sales_order.order`.
    pub target: Memo<String>,
    pub shape: Memo<Vec<Field>>,
    pub mapping: Memo<Mapping>,
    pub rows: Memo<Vec<TargetRow>>,
    /// Nothing where the target's fields are not known.
    pub coverage: Memo<Option<Coverage>>,
    /// Nothing where the example does not come to here.
    pub sources: Memo<Option<Vec<SourceRow>>>,
    pub given: Memo<HashMap<String, Given>>,
    /// What is wrong, with its place below the mapping.
    pub problems: Memo<Vec<(String, String)>>,
    /// A source that is to be put somewhere.
    pub chosen: RwSignal<Option<SourceRow>>,
    pub drag: Drag,
    pub suggested: RwSignal<Option<Suggested>>,
    /// What was done last, or why it was not.
    pub said: RwSignal<String>,
}

impl Mapper {
    pub fn new(desk: Desk, node: NodeId) -> Self {
        let (of_target, of_fields, of_given, of_problems) =
            (node.clone(), node.clone(), node.clone(), node.clone());
        let target = desk.of_document(move |doc| {
            held(doc, &of_target, TARGET).and_then(Value::as_str).unwrap_or_default().to_owned()
        });
        let shape = Memo::new(move |_| {
            target.with(|target| shape_of(&desk.specs(), target).map(<[Field]>::to_vec).unwrap_or_default())
        });
        let fields = desk.of_document(move |doc| held(doc, &of_fields, FIELDS).cloned().unwrap_or_default());
        let mapping = Memo::new(move |_| fields.with(|fields| Mapping::read(fields).0));
        let rows =
            Memo::new(move |_| mapping.with(|mapping| shape.with(|shape| mapper::rows(mapping, shape))));
        let coverage = Memo::new(move |_| {
            shape.with(|shape| (!shape.is_empty()).then(|| mapping.with(|mapping| coverage(shape, mapping))))
        });
        let roots = sources(desk, node.clone());
        let sources = Memo::new(move |_| {
            roots.with(|roots| {
                let rows = roots.as_ref()?.iter();
                let rows = rows.flat_map(|root| mapper::sources(&root.root, &root.label, &root.value));
                Some(rows.collect())
            })
        });
        let given = Memo::new(move |_| {
            desk.rehearsed.track();
            fields.with(|fields| shape.with(|shape| look(desk, &of_given, fields, shape)))
        });
        let problems = Memo::new(move |_| problems(desk, &of_problems));
        desk.xrefs.forget();
        // A mapping that fails elsewhere, or whose output is pinned, asks for nothing in the rehearsal.
        Effect::new(move |_| given.with(|given| desk.xrefs.want(given.values().filter_map(unasked))));
        Self {
            desk,
            node: StoredValue::new(node),
            target,
            shape,
            mapping,
            rows,
            coverage,
            sources,
            given,
            problems,
            chosen: RwSignal::new(None),
            drag: Drag::new(),
            suggested: RwSignal::new(None),
            said: RwSignal::new(String::new()),
        }
    }

    pub fn node(self) -> NodeId {
        self.node.get_value()
    }

    /// A field as it stands in the target; an empty one where it is gone.
    pub fn row(self, target: String) -> Memo<TargetRow> {
        Memo::new(move |_| {
            let found = self.rows.with(|rows| rows.iter().find(|row| row.target == target).cloned());
            found.unwrap_or_default()
        })
    }

    /// What people call a field.
    pub fn name_of(self, target: &str) -> String {
        let named =
            self.rows.with_untracked(|rows| rows.iter().find(|row| row.target == target).map(name_of));
        named.unwrap_or_else(|| target.to_owned())
    }

    /// The paths that are read somewhere.
    pub fn used(self) -> Memo<HashSet<String>> {
        Memo::new(move |_| self.rows.with(|rows| rows.iter().filter_map(|row| row.reads.clone()).collect()))
    }

    /// Changes the mapping, or says why it cannot be changed so. Changes of the same stroke are taken back as one.
    fn write(
        self,
        stroke: Option<Stroke>,
        what: impl FnOnce(&mut Mapping, &[Field]) -> Result<(), NotMapped>,
    ) -> bool {
        let mut mapping = self.mapping.get_untracked();
        if let Err(why) = self.shape.with_untracked(|shape| what(&mut mapping, shape)) {
            self.said.set(refused(why).to_owned());
            return false;
        }
        let (node, fields) = (self.node(), mapping.write());
        let make = move |doc: &mut FlowDocument| set(doc, &node, FIELDS, fields);
        self.desk.does(|canvas| match stroke {
            Some(stroke) => canvas.stroke(stroke, make),
            None => canvas.change(make),
        });
        true
    }

    fn typing(self, at: &str) -> Option<Stroke> {
        Some(Stroke::Typing { node: Some(self.node()), field: format!("/{FIELDS}/{at}") })
    }

    pub fn assign(self, target: &str, source: &SourceRow) -> bool {
        let done = self.write(None, |mapping, shape| mapper::assign(mapping, target, source, shape));
        if done {
            self.say(words().mapper_put_done, &[&source.path, &self.name_of(target)]);
        }
        self.chosen.set(None);
        done
    }

    /// What somebody types as a source.
    pub fn type_source(self, target: &str, text: &str) {
        self.write(self.typing(target), |mapping, shape| mapper::set_text(mapping, target, text, shape));
    }

    pub fn clear(self, target: &str) {
        self.write(None, |mapping, _| {
            mapper::remove(mapping, target);
            Ok(())
        });
        self.say(words().mapper_cleared, &[&self.name_of(target)]);
    }

    pub fn type_when(self, target: &str, when: &str) {
        self.write(self.typing(&format!("{target}/when")), |mapping, _| {
            mapper::set_when(mapping, target, when);
            Ok(())
        });
    }

    pub fn set_each(self, target: &str, each: bool) {
        self.write(None, |mapping, _| {
            mapper::set_each(mapping, target, each);
            Ok(())
        });
    }

    /// Changes a line's conversions; `typed` names what is typed in, else it is a step of its own.
    pub fn convert(self, target: &str, typed: Option<String>, change: impl FnOnce(&mut Vec<Conversion>)) {
        let stroke = typed.and_then(|typed| self.typing(&format!("{target}/as/{typed}")));
        self.write(stroke, |mapping, shape| {
            let row = mapper::rows(mapping, shape).into_iter().find(|row| row.target == target);
            let mut conversions = row.map(|row| row.conversions).unwrap_or_default();
            change(&mut conversions);
            mapper::set_conversions(mapping, target, conversions);
            Ok(())
        });
    }

    pub fn add(self, target: &str) -> bool {
        self.write(None, |mapping, _| mapper::add(mapping, target))
    }

    /// What the mapping is made for, and for which field of a node that comes next.
    pub fn make_for(self, target: String, next: Option<(NodeId, String)>) {
        let node = self.node();
        self.desk.does(move |canvas| {
            canvas.change(move |doc| {
                set(doc, &node, TARGET, if target.is_empty() { Value::Null } else { target.into() });
                if let Some((next, field)) = next
                    && held(doc, &next, &field).is_none()
                {
                    set(doc, &next, &field, Value::from("${input}"));
                }
            })
        });
        self.suggested.set(None);
    }

    /// Looks for sources that are called as fields are.
    pub fn suggest(self) {
        let (mut mapping, shape) = (self.mapping.get_untracked(), self.shape.get_untracked());
        let all = self.sources.get_untracked().unwrap_or_default();
        // What comes in; what other nodes gave is for people to choose.
        let input_ends = all.iter().skip(1).position(|row| row.depth == 0).map_or(all.len(), |at| at + 1);
        let targets = mapper::suggest(&mut mapping, &all[..input_ends], &shape);
        if targets.is_empty() {
            self.say(words().mapper_nothing_alike, &[]);
            return self.suggested.set(None);
        }
        self.said.set(count(words().mapper_suggested, targets.len() as u64));
        let given = look(self.desk, &self.node(), &mapping.write(), &shape);
        let rows = mapper::rows(&mapping, &shape);
        self.suggested.set(Some(Suggested { mapping, rows, targets, given }));
    }

    pub fn accept(self, targets: &[String]) {
        let Some(suggested) = self.suggested.get_untracked() else { return };
        self.write(None, |mapping, shape| {
            mapper::accept(mapping, &suggested.mapping, targets, shape);
            Ok(())
        });
        self.say(words().mapper_accepted, &[&targets.len()]);
        // A line has brought its list along.
        let is_left = |target: &String| {
            !targets.contains(target) && self.mapping.with_untracked(|mapping| mapping.line(target).is_none())
        };
        self.keep_suggested(is_left);
        self.go_on();
    }

    pub fn dismiss(self, target: &str) {
        self.keep_suggested(|other| other != target);
        self.go_on();
    }

    /// What was pressed is gone: on to the next offer, or back to where they came from.
    fn go_on(self) {
        let is_more = self.suggested.with_untracked(Option::is_some);
        let next = if is_more { ".kl-mapper-offer button" } else { ".kl-mapper-bar > .kl-button" };
        focus_soon(next.to_owned());
    }

    fn keep_suggested(self, is_left: impl Fn(&String) -> bool) {
        self.suggested.update(|suggested| {
            if let Some(all) = suggested {
                all.targets.retain(|target| is_left(target));
                if all.targets.is_empty() {
                    *suggested = None;
                }
            }
        });
    }

    fn say(self, text: &str, values: &[&dyn std::fmt::Display]) {
        self.said.set(fill(text, values));
    }
}

/// The names of the objects that a field is in, and its own.
pub fn name_of(row: &TargetRow) -> String {
    let titles: Vec<&str> = row.titles.iter().map(|title| language().of(title)).collect();
    match titles.is_empty() {
        true => row.target.rsplit("[].").next().unwrap_or_default().to_owned(),
        false => titles.join(" › "),
    }
}

/// The cross-reference that a line waits for.
fn unasked(given: &Given) -> Option<Key> {
    match given {
        Err(script::Error::Unasked(key)) => Some(Key::clone(key)),
        _ => None,
    }
}

fn refused(why: NotMapped) -> &'static str {
    match why {
        NotMapped::ListFirst => words().mapper_list_first,
        NotMapped::BadName => words().mapper_bad_name,
    }
}

fn held<'d>(doc: &'d FlowDocument, node: &NodeId, field: &str) -> Option<&'d Value> {
    doc.node(node.as_str())?.with.get(field)
}

fn set(doc: &mut FlowDocument, node: &NodeId, field: &str, value: Value) {
    let Some(node) = doc.nodes.iter_mut().find(|one| one.id == *node) else { return };
    match value {
        Value::Null => drop(node.with.shift_remove(field)),
        value => drop(node.with.insert(field.to_owned(), value)),
    }
}

/// What each line of a mapping gives with the example.
fn look(desk: Desk, node: &NodeId, fields: &Value, shape: &[Field]) -> HashMap<String, Given> {
    let Some(place) = position(desk, node) else { return HashMap::new() };
    let shape = (!shape.is_empty()).then_some(shape);
    let lines = desk.rehearsal.with_untracked(|rehearsal| {
        rehearsal.as_ref().and_then(|rehearsal| rehearsal.map_lines(place, fields, shape).ok())
    });
    lines.into_iter().flatten().map(|line| (line.target, line.value)).collect()
}

/// What is wrong with the lines. That one is missing is seen where it is missing.
fn problems(desk: Desk, node: &NodeId) -> Vec<(String, String)> {
    let inside = format!("/with/{FIELDS}");
    let all = desk.problems_of(Some(node)).into_iter();
    let mine = all.filter(|problem| problem.code != model::codes::TARGET_MISSING);
    mine.filter_map(|problem| {
        let (_, at) = problem.at.split_once(&inside)?;
        let told = crate::errors::Told::of(language(), &problem.code.0, &problem.message, &problem.advice);
        Some((at.to_owned(), told.text()))
    })
    .collect()
}
