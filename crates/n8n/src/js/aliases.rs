//! Second names for one thing. JavaScript changes it under both, Rhai gave the second name a copy.
//!
//! A copy does no harm where nobody looks under the other name after a change. Where somebody does, the second name gives way
//! to the path that it stands for; where it stands for no path, the program is left to a person.

use super::Why;
use super::tree::{Body, Entry, Field, Js, Step};
use std::collections::{HashMap, HashSet};

/// Steps in looking at one program; what a person writes takes some ten thousand.
const STEPS_MAX: usize = 1_000_000;
/// Members of a path. A thing that holds itself has endless ones.
const PATH_MAX: usize = 32;
/// Any element or member.
const ANY: &str = "*";

/// A variable, and the members that lead on from it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Path {
    root: String,
    members: Vec<String>,
}

/// Where in a value something is that has another place as well.
type Shared = (Vec<String>, Path);

/// The program without those second names that would make a difference.
pub fn without(mut steps: Vec<Step>, old_item: bool) -> Result<Vec<Step>, Why> {
    let mut budget = STEPS_MAX;
    loop {
        let mut walk = Walk { old_item, budget, ..Walk::default() };
        walk.steps(&steps, true)?;
        let Some(clash) = walk.clash()? else { return Ok(steps) };
        let name = clash.iter().find(|name| walk.gives_way(name));
        let name = name.ok_or_else(|| Why::NoTwin(format!("changing {} under another name", clash[0])))?;
        let (_, path) = walk.aliases.iter().find(|(alias, _)| alias == name).expect("it gives way");
        budget = walk.budget;
        steps = in_steps(&steps, name, path, &mut budget)?;
    }
}

#[derive(Default)]
struct Walk {
    old_item: bool,
    budget: usize,
    at: usize,
    /// Where each name is declared.
    declared: HashMap<String, Vec<usize>>,
    /// Names that stand for a path.
    aliases: Vec<(String, Js)>,
    /// From where on two places are one.
    joined: Vec<(usize, Path, Path)>,
    /// What is written to.
    writes: Vec<(usize, Path)>,
    uses: Vec<(usize, Path)>,
    /// Beginnings and ends of loops.
    loops: Vec<(usize, usize)>,
    /// Elements that a loop changes and that are put back into their list, which is returned at this place.
    put_back: Option<(String, usize)>,
}

impl Walk {
    fn count(&mut self, steps: usize) -> Result<(), Why> {
        self.budget = self.budget.checked_sub(steps + 1).ok_or(Why::TooLarge)?;
        Ok(())
    }

    fn declare(&mut self, name: &str) {
        self.at += 1;
        self.declared.entry(name.to_owned()).or_default().push(self.at);
    }

    fn join(&mut self, place: &Path, shared: Vec<Shared>) {
        for (inside, other) in shared {
            self.joined.push((self.at, longer(place, &inside), other));
        }
    }

    fn steps(&mut self, steps: &[Step], top: bool) -> Result<(), Why> {
        for (at, step) in steps.iter().enumerate() {
            self.count(0)?;
            self.at += 1;
            match step {
                Step::Remark(_) | Step::Return(None) => {}
                Step::Let(name, js) => {
                    self.used(js)?;
                    let shared = self.shared(js, &[])?;
                    self.declare(name);
                    self.join(&Path { root: name.clone(), members: Vec::new() }, shared);
                    if is_path(js) {
                        self.aliases.push((name.clone(), js.clone()));
                    }
                }
                Step::Set(place, sign, js) => {
                    self.used(js)?;
                    let shared = if *sign == "=" { self.shared(js, &[])? } else { Vec::new() };
                    self.written(place, shared, false)?;
                }
                Step::If(condition, yes, no) => {
                    self.used(condition)?;
                    self.steps(yes, false)?;
                    self.steps(no, false)?;
                }
                Step::ForOf(name, list, body) => {
                    self.used(list)?;
                    let shared = elements(self.shared(list, &[])?);
                    self.at += 1;
                    let start = self.at;
                    self.declare(name);
                    self.join(&Path { root: name.clone(), members: Vec::new() }, element(shared));
                    self.steps(body, false)?;
                    self.at += 1;
                    self.loops.push((start, self.at));
                    if top && matches!(&steps[at + 1..], [Step::Return(Some(given))] if given == list) {
                        self.put_back = Some((name.clone(), self.at));
                    }
                }
                Step::Return(Some(js)) | Step::Throw(js) => self.used(js)?,
                Step::Do(Js::Call(function, arguments)) => match (&**function, &**arguments) {
                    (Js::Member(list, method, false), [value]) if method == "push" => {
                        self.used(value)?;
                        let shared = self.shared(value, &[])?;
                        self.written(list, shared, true)?;
                    }
                    _ => {
                        self.used(function)?;
                        arguments.iter().try_for_each(|js| self.used(js))?;
                    }
                },
                Step::Do(js) => self.used(js)?,
            }
        }
        Ok(())
    }

    fn written(&mut self, place: &Js, shared: Vec<Shared>, adds: bool) -> Result<(), Why> {
        self.at += 1;
        for (inside, path) in self.shared(place, &[])? {
            if inside.is_empty() {
                let path = if adds { longer(&path, &[ANY.to_owned()]) } else { path };
                self.join(&path, shared.clone());
                self.writes.push((self.at, path));
            }
        }
        Ok(())
    }

    /// Notes each path that is read.
    fn used(&mut self, js: &Js) -> Result<(), Why> {
        self.count(0)?;
        if is_path(js) {
            self.at += 1;
            for (_, path) in self.shared(js, &[])? {
                self.uses.push((self.at, path));
            }
            return Ok(());
        }
        match js {
            Js::Member(inner, ..) | Js::Unary(_, inner) => self.used(inner),
            Js::Index(one, other, _) | Js::Binary(_, one, other) => {
                self.used(one)?;
                self.used(other)
            }
            Js::Call(function, arguments) | Js::New(function, arguments) => {
                match &**function {
                    Js::Member(inner, ..) => self.used(inner)?,
                    Js::Name(name) => self.uses.push((self.at, self.place_of(name))),
                    function => self.used(function)?,
                }
                arguments.iter().try_for_each(|js| self.used(js))
            }
            Js::If(condition, yes, no) => [condition, yes, no].into_iter().try_for_each(|js| self.used(js)),
            Js::Template(_, values) => values.iter().try_for_each(|js| self.used(js)),
            Js::List(entries) => entries.iter().try_for_each(|entry| match entry {
                Entry::One(js) | Entry::Spread(js) => self.used(js),
            }),
            Js::Map(fields) => fields.iter().try_for_each(|field| match field {
                Field::Named(_, js) | Field::Spread(js) => self.used(js),
            }),
            Js::Arrow(names, body) => {
                for name in names {
                    self.declare(name);
                }
                match body {
                    Body::Value(js) => self.used(js),
                    Body::Steps(steps) => self.steps(steps, false),
                }
            }
            _ => Ok(()),
        }
    }

    /// What of a value has a place already; `known` are the arguments of the functions around it.
    fn shared(&mut self, js: &Js, known: &[(String, Vec<Shared>)]) -> Result<Vec<Shared>, Why> {
        let shared = match js {
            Js::Name(name) => match known.iter().rev().find(|(argument, _)| argument == name) {
                Some((_, shared)) => shared.clone(),
                None => vec![(Vec::new(), self.place_of(name))],
            },
            Js::Member(inner, name, _) => match &**inner {
                Js::Name(root) if root == "$input" && name == "item" => {
                    member(self.shared(inner, known)?, ANY)
                }
                _ => member(self.shared(inner, known)?, name),
            },
            Js::Index(inner, place, _) => {
                let name = match &**place {
                    Js::Text(name) | Js::Number(name) => name.as_str(),
                    _ => ANY,
                };
                member(self.shared(inner, known)?, name)
            }
            Js::If(_, one, other) | Js::Binary("||" | "&&" | "??", one, other) => {
                let mut shared = self.shared(one, known)?;
                shared.extend(self.shared(other, known)?);
                shared
            }
            Js::List(entries) => {
                let mut shared = Vec::new();
                for entry in entries {
                    match entry {
                        Entry::One(js) => shared.extend(under(ANY, self.shared(js, known)?)),
                        Entry::Spread(js) => shared.extend(elements(self.shared(js, known)?)),
                    }
                }
                shared
            }
            Js::Map(fields) => {
                let mut shared = Vec::new();
                for field in fields {
                    match field {
                        Field::Named(name, js) => shared.extend(under(name, self.shared(js, known)?)),
                        Field::Spread(js) => shared.extend(elements(self.shared(js, known)?)),
                    }
                }
                shared
            }
            Js::Call(function, arguments) => self.given(function, arguments, known)?,
            _ => Vec::new(),
        };
        self.count(shared.len())?;
        Ok(shared)
    }

    /// What a call gives that is not its own.
    fn given(
        &mut self,
        function: &Js,
        arguments: &[Js],
        known: &[(String, Vec<Shared>)],
    ) -> Result<Vec<Shared>, Why> {
        let (inner, method) = match function {
            Js::Name(name) if matches!(name.as_str(), "$" | "$items") => {
                return Ok(vec![(Vec::new(), self.place_of(name))]);
            }
            Js::Name(name) if name == "$if" => {
                let mut shared = Vec::new();
                for js in arguments {
                    shared.extend(self.shared(js, known)?);
                }
                return Ok(shared);
            }
            Js::Member(inner, method, _) => (inner, method.as_str()),
            _ => return Ok(Vec::new()),
        };
        let list = self.shared(inner, known)?;
        Ok(match method {
            "all" => list,
            "first" | "last" | "find" => element(elements(list)),
            "filter" | "slice" | "reverse" | "toReversed" | "sort" => elements(list),
            "flat" => {
                let inner = elements(element(elements(list.clone())));
                [elements(list), inner].concat()
            }
            "concat" | "assign" => {
                let mut shared = elements(list);
                for js in arguments {
                    shared.extend(elements(self.shared(js, known)?));
                }
                shared
            }
            "map" | "flatMap" => {
                let made = self.made(arguments.first(), &[element(elements(list))], known)?;
                if method == "map" { under(ANY, made) } else { elements(made) }
            }
            "reduce" => {
                let mut shared = match arguments.get(1) {
                    Some(start) => self.shared(start, known)?,
                    None => Vec::new(),
                };
                let each = element(elements(list));
                shared.extend(self.made(arguments.first(), &[Vec::new(), each], known)?);
                shared
            }
            _ => Vec::new(),
        })
    }

    /// What a function gives for these arguments.
    fn made(
        &mut self,
        function: Option<&Js>,
        given: &[Vec<Shared>],
        known: &[(String, Vec<Shared>)],
    ) -> Result<Vec<Shared>, Why> {
        let Some(Js::Arrow(names, body)) = function else { return Ok(Vec::new()) };
        let given = given.iter().cloned().chain(std::iter::repeat(Vec::new()));
        let mut known: Vec<_> = known.iter().cloned().chain(names.iter().cloned().zip(given)).collect();
        self.count(known.iter().map(|(_, shared)| shared.len()).sum())?;
        match body {
            Body::Value(js) => self.shared(js, &known),
            Body::Steps(steps) => {
                let mut made = Vec::new();
                for step in steps {
                    match step {
                        Step::Let(name, js) => {
                            let shared = self.shared(js, &known)?;
                            known.push((name.clone(), shared));
                        }
                        Step::Return(Some(js)) => made.extend(self.shared(js, &known)?),
                        _ => {}
                    }
                }
                Ok(made)
            }
        }
    }

    /// A variable, or one of n8n's names for what comes in.
    fn place_of(&self, name: &str) -> Path {
        let input = |members: &[&str]| Path {
            root: "$input".into(),
            members: members.iter().map(|name| (*name).to_owned()).collect(),
        };
        match name {
            _ if self.declared.contains_key(name) => Path { root: name.to_owned(), members: Vec::new() },
            "$json" => input(&[ANY, "json"]),
            "item" if self.old_item => input(&[ANY, "json"]),
            "items" | "$items" => input(&[]),
            _ => Path { root: name.to_owned(), members: Vec::new() },
        }
    }

    /// Names of one thing that is changed under one of them and then looked at under another.
    fn clash(&mut self) -> Result<Option<Vec<String>>, Why> {
        for (at, write) in self.writes.clone() {
            let put_back = self.put_back.clone().filter(|(name, _)| *name == write.root);
            let (mut open, mut seen) = (vec![(write.clone(), vec![write.root.clone()])], HashSet::new());
            while let Some((path, names)) = open.pop() {
                self.count(self.joined.len() + self.uses.len())?;
                if path.members.len() > PATH_MAX {
                    return Err(Why::TooLarge);
                }
                if !seen.insert(path.clone()) {
                    continue;
                }
                let is_seen = |(used, read): &(usize, Path)| {
                    let returned = put_back.as_ref().is_some_and(|(_, end)| used > end);
                    overlap(&path, read) && !returned && self.follows(at, *used, &path.root)
                };
                if path != write && self.uses.iter().any(is_seen) {
                    return Ok(Some(names));
                }
                for (since, one, other) in &self.joined {
                    for (from, to) in [(one, other), (other, one)] {
                        if inside(&path, from) && self.follows(*since, at, &path.root) {
                            let there = longer(to, &path.members[from.members.len()..]);
                            let names = names.iter().cloned().chain([to.root.clone()]).collect();
                            open.push((there, names));
                        }
                    }
                }
            }
        }
        Ok(None)
    }

    /// Whether one place may be reached after another while a variable holds what it held.
    fn follows(&self, first: usize, then: usize, name: &str) -> bool {
        let since = self.declared.get(name).and_then(|places| places.first()).copied().unwrap_or_default();
        let again = |(start, end): &(usize, usize)| {
            let within = |at: usize| *start <= at && at <= *end;
            within(first) && within(then) && since < *start
        };
        first <= then || self.loops.iter().any(again)
    }

    /// Whether a name can be replaced by the path that it stands for: as long as it lives, both are the same.
    fn gives_way(&self, name: &str) -> bool {
        let Some((_, js)) = self.aliases.iter().find(|(alias, _)| alias == name) else { return false };
        let Some(path) = plain_path(js) else { return false };
        let declared = |name: &str| self.declared.get(name).map_or(0, Vec::len);
        let is_replaced = |(_, write): &(usize, Path)| {
            write.root == name && write.members.is_empty() || inside(&path, write) || path == *write
        };
        declared(name) == 1 && declared(&path.root) <= 1 && !self.writes.iter().any(is_replaced)
    }
}

/// A name, or members of one that are known by their names.
fn is_path(js: &Js) -> bool {
    plain_path(js).is_some()
}

fn plain_path(js: &Js) -> Option<Path> {
    match js {
        Js::Name(name) => Some(Path { root: name.clone(), members: Vec::new() }),
        Js::Member(inner, name, false) => Some(longer(&plain_path(inner)?, std::slice::from_ref(name))),
        Js::Index(inner, place, false) => match &**place {
            Js::Text(name) | Js::Number(name) => {
                Some(longer(&plain_path(inner)?, std::slice::from_ref(name)))
            }
            _ => None,
        },
        _ => None,
    }
}

fn longer(path: &Path, members: &[String]) -> Path {
    Path { root: path.root.clone(), members: [&path.members, members].concat() }
}

fn same(one: &String, other: &String) -> bool {
    one == other || one == ANY || other == ANY
}

fn overlap(one: &Path, other: &Path) -> bool {
    one.root == other.root && one.members.iter().zip(&other.members).all(|(one, other)| same(one, other))
}

/// Whether a path leads further into what is at another.
fn inside(path: &Path, other: &Path) -> bool {
    path.members.len() > other.members.len() && overlap(path, other)
}

fn under(name: &str, shared: Vec<Shared>) -> Vec<Shared> {
    let deeper = |(at, path): Shared| (std::iter::once(name.to_owned()).chain(at).collect(), path);
    shared.into_iter().map(deeper).collect()
}

fn member(shared: Vec<Shared>, name: &str) -> Vec<Shared> {
    let name = name.to_owned();
    let of = |(at, path): Shared| match at.split_first() {
        None => Some((at, longer(&path, std::slice::from_ref(&name)))),
        Some((first, rest)) if same(first, &name) => Some((rest.to_vec(), path)),
        Some(_) => None,
    };
    shared.into_iter().filter_map(of).collect()
}

/// What is in it, in another list or object.
fn elements(shared: Vec<Shared>) -> Vec<Shared> {
    let any = [ANY.to_owned()];
    let of =
        |(at, path): Shared| if at.is_empty() { (any.to_vec(), longer(&path, &any)) } else { (at, path) };
    shared.into_iter().map(of).collect()
}

/// One of what is in it.
fn element(shared: Vec<Shared>) -> Vec<Shared> {
    member(shared, ANY)
}

fn in_steps(steps: &[Step], name: &str, by: &Js, budget: &mut usize) -> Result<Vec<Step>, Why> {
    let mut written = Vec::new();
    for step in steps {
        written.push(match step {
            Step::Let(alias, _) if alias == name => continue,
            Step::Let(other, js) => Step::Let(other.clone(), in_place(js, name, by, budget)?),
            Step::Set(place, sign, js) => {
                Step::Set(in_place(place, name, by, budget)?, sign, in_place(js, name, by, budget)?)
            }
            Step::If(condition, yes, no) => Step::If(
                in_place(condition, name, by, budget)?,
                in_steps(yes, name, by, budget)?,
                in_steps(no, name, by, budget)?,
            ),
            Step::ForOf(element, list, body) => Step::ForOf(
                element.clone(),
                in_place(list, name, by, budget)?,
                in_steps(body, name, by, budget)?,
            ),
            Step::Return(js) => {
                Step::Return(js.as_ref().map(|js| in_place(js, name, by, budget)).transpose()?)
            }
            Step::Throw(js) => Step::Throw(in_place(js, name, by, budget)?),
            Step::Do(js) => Step::Do(in_place(js, name, by, budget)?),
            Step::Remark(text) => Step::Remark(text.clone()),
        });
    }
    Ok(written)
}

/// The same with a path in place of a name.
fn in_place(js: &Js, name: &str, by: &Js, budget: &mut usize) -> Result<Js, Why> {
    *budget = budget.checked_sub(1).ok_or(Why::TooLarge)?;
    let mut one = |js: &Js| in_place(js, name, by, budget);
    let mut boxed = |js: &Js| one(js).map(Box::new);
    Ok(match js {
        Js::Name(found) if found == name => by.clone(),
        Js::Member(inner, member, asked) => Js::Member(boxed(inner)?, member.clone(), *asked),
        Js::Index(inner, place, asked) => Js::Index(boxed(inner)?, boxed(place)?, *asked),
        Js::Unary(sign, inner) => Js::Unary(sign, boxed(inner)?),
        Js::Binary(sign, left, right) => Js::Binary(sign, boxed(left)?, boxed(right)?),
        Js::If(condition, yes, no) => Js::If(boxed(condition)?, boxed(yes)?, boxed(no)?),
        Js::Call(function, arguments) => {
            Js::Call(boxed(function)?, arguments.iter().map(one).collect::<Result<_, _>>()?)
        }
        Js::New(class, arguments) => {
            Js::New(boxed(class)?, arguments.iter().map(one).collect::<Result<_, _>>()?)
        }
        Js::Template(texts, values) => {
            Js::Template(texts.clone(), values.iter().map(one).collect::<Result<_, _>>()?)
        }
        Js::List(entries) => {
            let entry = |entry: &Entry| match entry {
                Entry::One(js) => one(js).map(Entry::One),
                Entry::Spread(js) => one(js).map(Entry::Spread),
            };
            Js::List(entries.iter().map(entry).collect::<Result<_, _>>()?)
        }
        Js::Map(fields) => {
            let field = |field: &Field| match field {
                Field::Named(name, js) => one(js).map(|js| Field::Named(name.clone(), js)),
                Field::Spread(js) => one(js).map(Field::Spread),
            };
            Js::Map(fields.iter().map(field).collect::<Result<_, _>>()?)
        }
        Js::Arrow(names, Body::Value(js)) => Js::Arrow(names.clone(), Body::Value(boxed(js)?)),
        Js::Arrow(names, Body::Steps(steps)) => {
            Js::Arrow(names.clone(), Body::Steps(in_steps(steps, name, by, budget)?))
        }
        other => other.clone(),
    })
}
