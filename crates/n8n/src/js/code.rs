//! What a Code node holds, as a script.

use super::translate::{Kind, Rhai, Scene, Translator, Way, finish, member_step};
use super::tree::{Entry, Js, Step};
use super::{DEPTH_MAX, Why, aliases, operators, parse};

/// A script, and what it gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    pub script: String,
    pub gave: Gave,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gave {
    /// The value of exactly one item.
    One,
    /// A list of items' values.
    Many,
}

/// Words that Rhai keeps for itself.
const RESERVED: [&str; 55] = [
    "as",
    "async",
    "await",
    "break",
    "call",
    "case",
    "catch",
    "const",
    "continue",
    "curry",
    "debug",
    "default",
    "do",
    "else",
    "eval",
    "exit",
    "export",
    "false",
    "fn",
    "for",
    "global",
    "go",
    "goto",
    "if",
    "import",
    "in",
    "let",
    "loop",
    "match",
    "module",
    "new",
    "nil",
    "null",
    "package",
    "print",
    "private",
    "protected",
    "public",
    "return",
    "shared",
    "spawn",
    "static",
    "super",
    "switch",
    "sync",
    "this",
    "thread",
    "throw",
    "true",
    "try",
    "type_of",
    "until",
    "use",
    "var",
    "while",
];

pub fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name)
        || matches!(name, "void" | "with" | "yield" | "is_def_var" | "is_def_fn" | "is_shared")
}

/// A variable's name in Rhai.
pub fn local_name(name: &str) -> Result<String, Why> {
    let plain = name.replace('$', "_");
    if !plain.is_ascii() || plain.is_empty() || plain.bytes().all(|b| b == b'_') {
        return Err(Why::NoTwin(format!("the name {name}")));
    }
    Ok(if is_reserved(&plain) { format!("{plain}_") } else { plain })
}

/// A whole program; `each` where it runs once per item.
///
/// In an old function item, `item` is the value itself.
pub fn script(source: &str, each: bool, old_item: bool, scene: &dyn Scene) -> Result<Code, Why> {
    let steps = aliases::without(parse::program(source)?, old_item)?;
    let mut translator = Translator::new(scene);
    translator.makes_items = !old_item;
    let mut writer = Writer::new(translator, each);
    if each {
        writer.takes_item(&steps, old_item)?;
    }
    writer.steps(&steps, true)?;
    let gave = writer.gave.ok_or_else(|| Why::NoTwin("code that gives nothing back".into()))?;
    Ok(Code { script: writer.lines.join("\n"), gave })
}

/// The body of a function in braces.
pub fn block(translator: &Translator, steps: &[Step]) -> Result<Rhai, Why> {
    let (last, before) = match steps {
        [before @ .., Step::Return(Some(last))] => (last, before),
        _ => return Err(Why::NoTwin("a function without a return at its end".into())),
    };
    let mut writer = Writer::new(translator.clone(), true);
    for step in before {
        match step {
            Step::Let(..) | Step::Remark(_) => writer.step(step)?,
            _ => return Err(Why::NoTwin("a function that does more than name values and return".into())),
        }
    }
    let value = writer.translator.value(last)?;
    if writer.lines.is_empty() {
        return Ok(value);
    }
    Ok(Rhai::tight(format!("{{ {} {} }}", writer.lines.join(" "), value.code), value.kind))
}

struct Writer<'a> {
    translator: Translator<'a>,
    lines: Vec<String>,
    depth: usize,
    each: bool,
    gave: Option<Gave>,
    /// Variables that hold the items as they came in.
    inputs: Vec<String>,
}

impl<'a> Writer<'a> {
    fn new(translator: Translator<'a>, each: bool) -> Self {
        Self { translator, lines: Vec::new(), depth: 0, each, gave: None, inputs: Vec::new() }
    }

    /// An item that is changed has to be the script's own.
    fn takes_item(&mut self, steps: &[Step], old_item: bool) -> Result<(), Why> {
        let changes = ["$json", "$input"].iter().any(|name| sets_name(steps, name));
        if old_item || changes {
            let item = self.translator.value(&Js::Name("$json".into()))?;
            self.line(format!("let item = {};", item.code));
            self.translator.own = Some("item".into());
        }
        if old_item {
            self.translator.locals.push(("item".into(), "item".into(), Kind::Map));
        }
        Ok(())
    }

    fn line(&mut self, text: impl AsRef<str>) {
        self.lines.push(format!("{}{}", "    ".repeat(self.depth), text.as_ref()));
    }

    fn steps(&mut self, steps: &[Step], top: bool) -> Result<(), Why> {
        let mut at = 0;
        while let Some(step) = steps.get(at) {
            let rest = &steps[at + 1..];
            match step {
                Step::Return(value) if top => return self.gives(value.as_ref(), rest),
                Step::ForOf(name, list, body)
                    if top && matches!(rest, [Step::Return(Some(given))] if given == list) =>
                {
                    match self.changed(list)? {
                        Some((items, one)) => return self.changes_items(name, body, &items, one),
                        None => self.step(step)?,
                    }
                }
                _ => self.step(step)?,
            }
            at += 1;
        }
        Ok(())
    }

    fn step(&mut self, step: &Step) -> Result<(), Why> {
        match step {
            Step::Remark(text) => {
                self.line(format!("// {}", text.replace(['\n', '\r'], " ")));
                Ok(())
            }
            Step::Let(name, js) => self.declares(name, js),
            Step::Set(place, sign, js) => self.sets(place, sign, js),
            Step::If(condition, yes, no) => {
                let condition = operators::truth(&self.translator, condition)?.code;
                self.line(format!("if {condition} {{"));
                self.inner(yes)?;
                if !no.is_empty() {
                    self.line("} else {");
                    self.inner(no)?;
                }
                self.line("}");
                Ok(())
            }
            Step::ForOf(name, list, body) => {
                let list = self.translator.value(list)?;
                let element = match list.kind {
                    Kind::Items => Kind::Item,
                    Kind::Any | Kind::List => Kind::Any,
                    _ => return Err(Why::NoTwin("for … of this".into())),
                };
                if sets_name(body, name) {
                    return Err(Why::NoTwin("changing the elements of a list in a loop".into()));
                }
                let rhai = local_name(name)?;
                self.line(format!("for {rhai} in {} {{", list.operand()));
                self.translator.locals.push((name.clone(), rhai, element));
                self.inner(body)?;
                self.translator.locals.pop();
                self.line("}");
                Ok(())
            }
            Step::Throw(js) => {
                let message = match js {
                    Js::New(class, arguments) if **class == Js::Name("Error".into()) => arguments.first(),
                    other => Some(other),
                };
                let message = message.ok_or_else(|| Why::NoTwin("an error without words".into()))?;
                let message = operators::in_text(self.translator.value(message)?)?;
                self.line(format!("throw {};", message.code));
                Ok(())
            }
            Step::Do(js) => self.does(js),
            Step::Return(_) => Err(Why::NoTwin("return in the middle".into())),
        }
    }

    fn inner(&mut self, steps: &[Step]) -> Result<(), Why> {
        if self.depth > DEPTH_MAX {
            return Err(Why::TooLarge);
        }
        let locals = self.translator.locals.len();
        self.depth += 1;
        let done = steps.iter().try_for_each(|step| self.step(step));
        self.depth -= 1;
        self.translator.locals.truncate(locals);
        done
    }

    fn declares(&mut self, name: &str, js: &Js) -> Result<(), Why> {
        let value = self.translator.value(js)?;
        let rhai = local_name(name)?;
        let is_input = self.is_input(js);
        self.inputs.retain(|known| known != name);
        self.inputs.extend(is_input.then(|| name.to_owned()));
        // A name for items is no variable: what it stands for is written where it is used.
        if matches!(value.kind, Kind::Node | Kind::Input) {
            self.translator.locals.push((name.to_owned(), value.code, value.kind));
            return Ok(());
        }
        self.line(format!("let {rhai} = {};", value.code));
        // Its kind may change where it is given another value, so only what JavaScript cannot turn is kept.
        let kind = match value.kind {
            Kind::Text | Kind::Number | Kind::Bool | Kind::Nothing => Kind::Any,
            kind => kind,
        };
        self.translator.locals.push((name.to_owned(), rhai, kind));
        Ok(())
    }

    fn sets(&mut self, place: &Js, sign: &'static str, js: &Js) -> Result<(), Why> {
        let target = self.place(place)?;
        let value = match sign {
            "=" => finish(self.translator.value(js)?)?,
            _ => {
                let operator = match sign {
                    "+=" => "+",
                    "-=" => "-",
                    _ => "*",
                };
                operators::binary(&self.translator, operator, place, js)?
            }
        };
        self.line(format!("{target} = {};", value.code));
        Ok(())
    }

    /// What may be written to: a variable of the script's own, or a member of one.
    fn place(&self, js: &Js) -> Result<String, Why> {
        if let Some(own) = &self.translator.own
            && is_at_hand(js)
        {
            return Ok(own.clone());
        }
        match js {
            Js::Name(name) => {
                let local = self.translator.locals.iter().rev().find(|(js, ..)| js == name);
                match local {
                    Some((_, rhai, Kind::Item | Kind::Any | Kind::Map | Kind::List)) => Ok(rhai.clone()),
                    _ => Err(Why::NoTwin(format!("setting {name}"))),
                }
            }
            Js::Member(inner, name, false) => {
                let is_item = self.translator.value(inner)?.kind == Kind::Item;
                let inner = self.place(inner)?;
                if name == "json" && !is_item && self.translator.makes_items {
                    return Err(Why::NoTwin("setting json of what may be an item".into()));
                }
                Ok(if is_item && name == "json" { inner } else { format!("{inner}{}", member_step(name)) })
            }
            Js::Index(inner, name, false) => match &**name {
                Js::Text(name) => Ok(format!("{}[{}]", self.place(inner)?, super::text_literal(name))),
                _ => Err(Why::NoTwin("setting a computed place".into())),
            },
            _ => Err(Why::NoTwin("setting this".into())),
        }
    }

    /// `list.push(…)`; a function called for nothing but its effect has none here.
    fn does(&mut self, js: &Js) -> Result<(), Why> {
        let Js::Call(function, arguments) = js else {
            return Err(Why::NoTwin("a value that nobody uses".into()));
        };
        let Js::Member(inner, method, false) = &**function else {
            return Err(Why::NoTwin("calling this".into()));
        };
        if matches!(&**inner, Js::Name(name) if name == "console") {
            return Ok(());
        }
        let ("push", [value]) = (method.as_str(), &**arguments) else {
            return Err(Why::NoTwin(format!(".{method}()")));
        };
        let items = |(name, _, kind): &&(String, String, Kind)| {
            matches!(&**inner, Js::Name(list) if list == name) && *kind == Kind::Items
        };
        let list = match self.translator.locals.iter().rev().find(items) {
            Some((_, list, _)) => list.clone(),
            None => self.place(inner)?,
        };
        let Js::Name(name) = &**inner else {
            let value = finish(self.translator.value(value)?)?;
            self.line(format!("{list}.push({});", value.code));
            return Ok(());
        };
        self.inputs.retain(|known| known != name);
        let value = self.translator.value(value)?;
        let is_item = value.kind == Kind::Item;
        let value = if is_item { value } else { finish(value)? };
        if let Some((.., kind)) = self.translator.locals.iter_mut().rev().find(|(js, ..)| js == name) {
            *kind = match (&*kind, is_item) {
                (Kind::List | Kind::Items, true) => Kind::Items,
                (Kind::List, false) => Kind::List,
                _ => return Err(Why::Kinds(".push()".into())),
            };
        }
        self.line(format!("{list}.push({});", value.code));
        Ok(())
    }

    /// The items that a loop may change and the program then gives, and whether it is exactly one.
    fn changed(&self, list: &Js) -> Result<Option<(String, bool)>, Why> {
        if self.is_input(list) {
            return match self.translator.scene.here()? {
                Way::One(code) => Ok(Some((code, true))),
                Way::Many(code) => Ok(Some((code, false))),
                Way::Each(..) => Err(Why::Which("items".into())),
            };
        }
        let value = self.translator.value(list)?;
        let is_variable = matches!(list, Js::Name(_)) && value.kind == Kind::Items;
        Ok(is_variable.then_some((value.code, false)))
    }

    /// `for (const item of items) { item.json.x = …; } return items;`: each item is put back when it was changed.
    fn changes_items(&mut self, name: &str, body: &[Step], items: &str, one: bool) -> Result<(), Why> {
        let rhai = local_name(name)?;
        self.translator.locals.push((name.to_owned(), rhai.clone(), Kind::Item));
        if one {
            self.line(format!("let {rhai} = {items};"));
            body.iter().try_for_each(|step| self.step(step))?;
            self.line(rhai);
            self.gave = Some(Gave::One);
            return Ok(());
        }
        self.line("let changed = [];");
        self.line(format!("for element in {items} {{"));
        self.depth += 1;
        self.line(format!("let {rhai} = element;"));
        body.iter().try_for_each(|step| self.step(step))?;
        self.line(format!("changed.push({rhai});"));
        self.depth -= 1;
        self.line("}");
        self.line("changed");
        self.gave = Some(Gave::Many);
        Ok(())
    }

    /// Whether it stands for the items as they came in: a variable of the script's own may be called `items` as well.
    fn is_input(&self, js: &Js) -> bool {
        match js {
            Js::Name(name) if self.translator.locals.iter().any(|(js, ..)| js == name) => {
                self.inputs.contains(name)
            }
            _ => is_items(js),
        }
    }

    fn gives(&mut self, value: Option<&Js>, rest: &[Step]) -> Result<(), Why> {
        if rest.iter().any(|step| !matches!(step, Step::Remark(_))) {
            return Err(Why::NoTwin("code behind its return".into()));
        }
        let js = value.ok_or_else(|| Why::NoTwin("a return of nothing".into()))?;
        let (code, gave) = self.given(js)?;
        self.line(code);
        self.gave = Some(gave);
        Ok(())
    }

    fn given(&self, js: &Js) -> Result<(String, Gave), Why> {
        let one = |js: &Js| -> Result<(String, Gave), Why> {
            let value = self.translator.value(js)?;
            match value.kind {
                Kind::Map | Kind::Any | Kind::Item => Ok((value.code, Gave::One)),
                _ => Err(Why::Kinds("what the code gives".into())),
            }
        };
        if self.each {
            return one(js);
        }
        match js {
            Js::List(entries) => match &**entries {
                [Entry::One(only)] => one(only),
                _ => {
                    let values = entries.iter().map(|entry| match entry {
                        Entry::One(js) => one(js).map(|(code, _)| code),
                        Entry::Spread(_) => Err(Why::NoTwin("... in what the code gives".into())),
                    });
                    Ok((format!("[{}]", values.collect::<Result<Vec<_>, _>>()?.join(", ")), Gave::Many))
                }
            },
            _ => self.many(js),
        }
    }

    fn many(&self, js: &Js) -> Result<(String, Gave), Why> {
        let value = self.translator.value(js)?;
        match value.kind {
            Kind::Items | Kind::List => Ok((value.code, Gave::Many)),
            Kind::Map | Kind::Item => Ok((value.code, Gave::One)),
            _ => Err(Why::Kinds("what the code gives".into())),
        }
    }
}

/// `$json`, or `$input.item.json`.
fn is_at_hand(js: &Js) -> bool {
    match js {
        Js::Name(name) => name == "$json",
        Js::Member(inner, name, false) if name == "json" => {
            matches!(&**inner, Js::Member(root, item, false) if item == "item" && **root == Js::Name("$input".into()))
        }
        _ => false,
    }
}

fn is_items(js: &Js) -> bool {
    let all_of_input = |function: &Js| matches!(function, Js::Member(root, name, false) if name == "all" && **root == Js::Name("$input".into()));
    match js {
        Js::Name(name) => name == "items",
        Js::Call(function, arguments) => arguments.is_empty() && all_of_input(function),
        _ => false,
    }
}

/// Whether a body writes to something by this name.
fn sets_name(steps: &[Step], name: &str) -> bool {
    fn root(js: &Js) -> Option<&str> {
        match js {
            Js::Name(name) => Some(name),
            Js::Member(inner, ..) | Js::Index(inner, ..) => root(inner),
            _ => None,
        }
    }
    steps.iter().any(|step| match step {
        Step::Set(place, ..) => root(place) == Some(name),
        Step::If(_, yes, no) => sets_name(yes, name) || sets_name(no, name),
        Step::ForOf(_, _, body) => sets_name(body, name),
        _ => false,
    })
}

/// The same with one name in place of another.
pub fn renamed(js: &Js, from: &str, to: &str) -> Js {
    match js {
        Js::Name(name) if name == from => Js::Name(to.to_owned()),
        Js::Member(inner, name, optional) => {
            Js::Member(Box::new(renamed(inner, from, to)), name.clone(), *optional)
        }
        Js::Index(inner, place, optional) => {
            Js::Index(Box::new(renamed(inner, from, to)), place.clone(), *optional)
        }
        other => other.clone(),
    }
}
