//! Expressions that need no interpreter: a path into the data, or a path compared with a constant.
//!
//! They answer only where the answer is beyond doubt; anything else (an index out of bounds, a number beside a text) is
//! left to Rhai, so that both have one meaning and one set of errors.

use crate::{Error, RunInfo, Scope, Seen, analysis::Root};
use serde_json::Value;
use std::borrow::Cow;

#[derive(Debug, PartialEq)]
pub(crate) enum Quick {
    Path(Path),
    Compare {
        path: Path,
        equal: bool,
        with: Value,
    },
    /// How many elements a list has. A long one is not opened for that.
    Count(Path),
}

#[derive(Debug, PartialEq)]
pub(crate) struct Path {
    root: Root,
    steps: Vec<Step>,
}

#[derive(Debug, PartialEq)]
enum Step {
    /// The member, and whether nothing may be in its place (`?.`).
    Member(Box<str>, bool),
    Item(usize, bool),
}

impl Quick {
    pub(crate) fn parse(source: &str) -> Option<Self> {
        if let Some(list) = source.trim().strip_suffix(".len()") {
            let mut reader = Reader(list);
            return reader.path().filter(|_| reader.0.is_empty()).map(Self::Count);
        }
        let mut reader = Reader(source.trim());
        let path = reader.path()?;
        if reader.0.is_empty() {
            return Some(Self::Path(path));
        }
        let rest = reader.0.trim_start();
        let (equal, rest) = match rest.strip_prefix("==") {
            Some(rest) => (true, rest),
            None => (false, rest.strip_prefix("!=")?),
        };
        let rest = rest.trim();
        let with = if matches!(rest, "true" | "false") {
            Value::Bool(rest == "true")
        } else {
            Value::String(plain_text(rest)?.to_owned())
        };
        Some(Self::Compare { path, equal, with })
    }

    /// `None` where Rhai has to say what it is.
    pub(crate) fn answer(&self, scope: &Scope) -> Option<Result<Value, Error>> {
        match self {
            Self::Path(path) => path.find(scope, |found| Some(found.cloned().unwrap_or(Value::Null))),
            Self::Count(path) => match path.count(scope) {
                Some(count) => Some(Ok(count.into())),
                None => path.find(scope, |found| Some(found?.as_array()?.len().into())),
            },
            Self::Compare { path, equal, with } => path.find(scope, |found| {
                let same_kind = match (found?, with) {
                    (Value::String(a), Value::String(b)) => a == b,
                    (Value::Bool(a), Value::Bool(b)) => a == b,
                    _ => return None,
                };
                Some(Value::Bool(same_kind == *equal))
            }),
        }
    }
}

impl Path {
    /// The same path with every member one that may be missing.
    pub(crate) fn find_leniently(&self, scope: &Scope) -> Option<Result<Value, Error>> {
        let found = |steps: &[Step], of: &dyn Seen| {
            let read = |tree: &Value| walk_leniently(tree, steps);
            match of.tree() {
                Some(tree) => read(tree).map(Ok),
                None => match of.look(&[members_before_index(steps)]) {
                    Ok(tree) => read(&tree).map(Ok),
                    Err(error) => Some(Err(error)),
                },
            }
        };
        match self.root {
            Root::Input => found(&self.steps, scope.input),
            Root::Trigger => found(&self.steps, scope.trigger),
            Root::Vars => found(&self.steps, scope.vars),
            Root::Item => found(&self.steps, scope.item?),
            Root::Nodes => {
                let (id, rest) = self.node()?;
                match scope.nodes.get(id) {
                    Some(output) => found(rest, &*output),
                    None => Some(Ok(Value::Null)),
                }
            }
            Root::Index | Root::Run => self.find(scope, |found| Some(found.cloned().unwrap_or(Value::Null))),
        }
    }

    /// Hands what is at the path to `then`, or nothing where a member is missing. `None`: ask Rhai.
    fn find<T>(
        &self,
        scope: &Scope,
        then: impl FnOnce(Option<&Value>) -> Option<T>,
    ) -> Option<Result<T, Error>> {
        match self.root {
            Root::Input => look(scope.input, &self.steps, then),
            Root::Trigger => look(scope.trigger, &self.steps, then),
            Root::Vars => look(scope.vars, &self.steps, then),
            Root::Item => look(scope.item?, &self.steps, then),
            Root::Index => {
                let index = scope.index.filter(|_| self.steps.is_empty())?;
                then(Some(&Value::from(index))).map(Ok)
            }
            Root::Run => {
                let [Step::Member(name, _)] = &*self.steps else {
                    return None;
                };
                then(Some(&run_member(scope.run, name)?)).map(Ok)
            }
            Root::Nodes => {
                let (id, rest) = self.node()?;
                look(&*scope.nodes.get(id)?, rest, then)
            }
        }
    }

    fn node(&self) -> Option<(&str, &[Step])> {
        match self.steps.split_first()? {
            (Step::Member(id, _), rest) => Some((id, rest)),
            (Step::Item(..), _) => None,
        }
    }

    fn count(&self, scope: &Scope) -> Option<u64> {
        match self.root {
            Root::Input => scope.input.count(&members(&self.steps)?),
            Root::Trigger => scope.trigger.count(&members(&self.steps)?),
            Root::Item => scope.item?.count(&members(&self.steps)?),
            Root::Nodes => {
                let (id, rest) = self.node()?;
                scope.nodes.get(id)?.count(&members(rest)?)
            }
            Root::Vars | Root::Index | Root::Run => None,
        }
    }

    /// Where a long list may be read from without a tree: the root, and the members below it.
    pub(crate) fn place(&self) -> Option<Place<'_>> {
        match self.root {
            Root::Input => Some(Place { of: Of::Input, members: members(&self.steps)? }),
            Root::Trigger => Some(Place { of: Of::Trigger, members: members(&self.steps)? }),
            Root::Item => Some(Place { of: Of::Item, members: members(&self.steps)? }),
            Root::Nodes => {
                let (id, rest) = self.node()?;
                Some(Place { of: Of::Node(id), members: members(rest)? })
            }
            Root::Vars | Root::Index | Root::Run => None,
        }
    }
}

/// A plain path into what a run holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place<'a> {
    pub of: Of<'a>,
    pub members: Vec<&'a str>,
}

/// Whose value a path goes into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of<'a> {
    Input,
    Trigger,
    Item,
    Node(&'a str),
}

/// The names along a path that has nothing but members.
fn members(steps: &[Step]) -> Option<Vec<&str>> {
    steps.iter().map(|step| if let Step::Member(name, _) = step { Some(&**name) } else { None }).collect()
}

/// Up to the first index, which the names stop at.
fn members_before_index(steps: &[Step]) -> Vec<&str> {
    steps
        .iter()
        .map_while(|step| if let Step::Member(name, _) = step { Some(&**name) } else { None })
        .collect()
}

fn look<T>(
    seen: &dyn Seen,
    steps: &[Step],
    then: impl FnOnce(Option<&Value>) -> Option<T>,
) -> Option<Result<T, Error>> {
    if let Some(tree) = seen.tree() {
        return then(walk(tree, steps)?).map(Ok);
    }
    match seen.look(&[members_before_index(steps)]) {
        Ok(tree) => then(walk(&tree, steps)?).map(Ok),
        Err(error) => Some(Err(error)),
    }
}

/// What `run.…` holds.
pub(crate) fn run_member(run: &RunInfo, name: &str) -> Option<Value> {
    Some(match name {
        "id" => Value::from(run.id),
        "key" => run.key.clone().map_or(Value::Null, Value::String),
        "flow" => Value::String(run.flow.clone()),
        "now" => Value::String(crate::library::iso_utc(run.now_ms)),
        _ => return None,
    })
}
pub(crate) const RUN_MEMBERS: [&str; 4] = ["id", "key", "flow", "now"];

/// `Some(None)` where the last member is missing, `None` where Rhai has to say what is wrong.
fn walk<'v>(value: &'v Value, steps: &[Step]) -> Option<Option<&'v Value>> {
    let mut at = Some(value);
    for (number, step) in steps.iter().enumerate() {
        let (Step::Member(_, elvis) | Step::Item(_, elvis)) = step;
        at = match (step, at) {
            (_, None | Some(Value::Null)) if *elvis && number + 1 == steps.len() => None,
            (Step::Member(name, _), Some(Value::Object(members))) => members.get(&**name),
            (Step::Item(index, _), Some(Value::Array(items))) => Some(items.get(*index)?),
            _ => return None,
        };
    }
    Some(at)
}

/// Nothing where anything on the way is missing; `None` where a member is asked of what has none, such as a text.
fn walk_leniently(value: &Value, steps: &[Step]) -> Option<Value> {
    let mut at = value;
    for step in steps {
        let next = match (step, at) {
            (_, Value::Null) => None,
            (Step::Member(name, _), Value::Object(members)) => members.get(&**name),
            (Step::Item(index, _), Value::Array(items)) => items.get(*index),
            _ => return None,
        };
        let Some(next) = next else { return Some(Value::Null) };
        at = next;
    }
    Some(at.clone())
}

struct Reader<'s>(&'s str);

impl<'s> Reader<'s> {
    fn path(&mut self) -> Option<Path> {
        let root = Root::named(self.name()?)?;
        let mut steps = Vec::new();
        while let Some(step) = self.step() {
            steps.push(step?);
        }
        Some(Path { root, steps })
    }

    /// `None` at the end of the path, `Some(None)` for what is no plain path.
    fn step(&mut self) -> Option<Option<Step>> {
        let elvis = self.0.starts_with("?.") || self.0.starts_with("?[");
        let rest = if elvis { &self.0[1..] } else { self.0 };
        if let Some(rest) = rest.strip_prefix('.') {
            self.0 = rest;
            return Some(self.name().map(|name| Step::Member(name.into(), elvis)));
        }
        let rest = rest.strip_prefix('[')?;
        let Some((inside, rest)) = rest.split_once(']') else {
            return Some(None);
        };
        self.0 = rest;
        if let Some(name) = plain_text(inside) {
            return Some(Some(Step::Member(name.into(), elvis)));
        }
        let digits = !inside.is_empty() && inside.bytes().all(|byte| byte.is_ascii_digit());
        Some(digits.then(|| inside.parse().ok()).flatten().map(|index| Step::Item(index, elvis)))
    }

    fn name(&mut self) -> Option<&'s str> {
        let end = self
            .0
            .find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
            .unwrap_or(self.0.len());
        let (name, rest) = self.0.split_at(end);
        // A bracket would make it a call.
        let fine = name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_')
            && !rest.starts_with('(');
        self.0 = rest;
        fine.then_some(name)
    }
}

/// The inside of `"…"` when there is nothing special in it.
fn plain_text(quoted: &str) -> Option<&str> {
    let inside = quoted.strip_prefix('"')?.strip_suffix('"')?;
    (!inside.contains(['"', '\\', ']', '\n', '\r'])).then_some(inside)
}

/// How a value looks inside text: nothing for nothing, a text as it is, anything else as JSON.
pub(crate) fn as_text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::String(text) => Cow::Borrowed(text),
        Value::Number(number) => Cow::Borrowed(number.as_str()),
        other => Cow::Owned(other.to_string()),
    }
}
