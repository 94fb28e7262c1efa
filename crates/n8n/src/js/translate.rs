//! From JavaScript to Rhai, where both give the same.
//!
//! Where n8n swallows an error and goes on with nothing, the translation fails and says why: that is the one difference
//! that is meant. `docs/n8n.md` lists it beside those that lie in the nature of the two (numbers, nothing).

use super::tree::{Body, Entry, Field, Js};
use super::{RHAI_BYTES_MAX, STEPS_MAX, Why, code, dates, methods, operators};
use std::cell::Cell;
use std::rc::Rc;

/// What is known of a value before anything runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Any,
    Text,
    Number,
    Bool,
    List,
    Map,
    Nothing,
    /// A moment, read by the clock of a zone; in Rhai it is a text.
    When(String),
    /// One of n8n's items: what counts is under `json`.
    Item,
    Items,
    /// A node, by its n8n name.
    Node,
    /// `$input`.
    Input,
}

/// A piece of Rhai.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rhai {
    pub code: String,
    pub kind: Kind,
    /// It can stand beside any operator without brackets.
    pub tight: bool,
}

impl Rhai {
    pub fn tight(code: impl Into<String>, kind: Kind) -> Self {
        Self { code: code.into(), kind, tight: true }
    }

    pub fn loose(code: impl Into<String>, kind: Kind) -> Self {
        Self { code: code.into(), kind, tight: false }
    }

    /// The code as an operand.
    pub fn operand(&self) -> String {
        if self.tight { self.code.clone() } else { format!("({})", self.code) }
    }
}

/// How the items of a node are reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// There is exactly one.
    One(String),
    /// All of them, as a list.
    Many(String),
    /// The one at hand, in a loop over all; and all of them, where they can be reached.
    Each(String, Option<String>),
}

/// What expressions see.
pub trait Scene {
    /// The item or items that come in.
    fn here(&self) -> Result<Way, Why>;
    fn node(&self, name: &str) -> Result<Way, Why>;
    fn zone(&self) -> &str;
    fn flow_name(&self) -> &str;
}

#[derive(Clone)]
pub struct Translator<'a> {
    pub scene: &'a dyn Scene,
    /// JavaScript's name, Rhai's name, and the kind.
    pub locals: Vec<(String, String, Kind)>,
    /// The variable that holds the item at hand, where a script changes it.
    pub own: Option<String>,
    /// In a program, `{ json: … }` is an item, wherever it is made.
    pub makes_items: bool,
    /// How many values may still be looked at, in all of a translation.
    left: Rc<Cell<usize>>,
}

/// One expression, as it stands alone in a field: what is missing on its way is nothing.
pub fn translate(js: &Js, scene: &dyn Scene) -> Result<Rhai, Why> {
    finish(found(js, scene)?)
}

/// One expression among words, whose value becomes a part of a text.
pub fn translate_in_text(js: &Js, scene: &dyn Scene) -> Result<Rhai, Why> {
    finish(dates::as_text(found(js, scene)?)?)
}

fn found(js: &Js, scene: &dyn Scene) -> Result<Rhai, Why> {
    let translator = Translator::new(scene);
    match path(&translator, js)? {
        Some(path) => Ok(path),
        None => translator.value(js),
    }
}

/// What JavaScript takes for true.
pub fn truth(js: &Js, scene: &dyn Scene) -> Result<Rhai, Why> {
    operators::truth(&Translator::new(scene), js)
}

/// A value on its way out of an expression.
pub fn finish(rhai: Rhai) -> Result<Rhai, Why> {
    match rhai.kind {
        Kind::Node | Kind::Input | Kind::Items | Kind::Item => {
            Err(Why::NoTwin("handing on whole items".into()))
        }
        _ => Ok(dates::written(rhai)),
    }
}

/// A path whose members may be missing; nothing where it is something else.
fn path(translator: &Translator, js: &Js) -> Result<Option<Rhai>, Why> {
    let (inner, step, optional) = match js {
        Js::Member(inner, name, optional) if name != "length" => (inner, member_step(name), *optional),
        Js::Index(inner, place, optional) => match &**place {
            Js::Text(name) => (inner, format!("[{}]", text_literal(name)), *optional),
            _ => return Ok(None),
        },
        _ => return Ok(None),
    };
    // n8n's own names have members that are no data.
    if matches!(&**inner, Js::Name(name) if name != "$json") {
        return Ok(None);
    }
    let inner = match path(translator, inner)? {
        Some(path) => path,
        None => translator.value(inner)?,
    };
    let asked = match inner.kind {
        Kind::Map => optional,
        Kind::Any => true,
        _ => return Ok(None),
    };
    let mark = if asked { "?" } else { "" };
    Ok(Some(Rhai::tight(format!("{}{mark}{step}", inner.operand()), Kind::Any)))
}

/// `.name`, or `["a name"]`.
pub fn member_step(name: &str) -> String {
    if is_plain_name(name) { format!(".{name}") } else { format!("[{}]", text_literal(name)) }
}

pub fn is_plain_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_' && name.len() > 1)
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && name.bytes().any(|b| b.is_ascii_alphanumeric())
}

/// A text as Rhai writes it.
pub fn text_literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for c in text.chars() {
        match c {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            c if c.is_control() => literal.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => literal.push(c),
        }
    }
    literal.push('"');
    literal
}

impl<'a> Translator<'a> {
    pub fn new(scene: &'a dyn Scene) -> Self {
        Self { scene, locals: Vec::new(), own: None, makes_items: false, left: Rc::new(Cell::new(STEPS_MAX)) }
    }

    pub fn value(&self, js: &Js) -> Result<Rhai, Why> {
        self.left.set(self.left.get().checked_sub(1).ok_or(Why::TooLarge)?);
        let rhai = self.unbounded(js)?;
        if rhai.code.len() > RHAI_BYTES_MAX { Err(Why::TooLarge) } else { Ok(rhai) }
    }

    fn unbounded(&self, js: &Js) -> Result<Rhai, Why> {
        match js {
            Js::Text(text) => Ok(Rhai::tight(text_literal(text), Kind::Text)),
            Js::Number(number) => Ok(Rhai::tight(number.clone(), Kind::Number)),
            Js::Bool(yes) => Ok(Rhai::tight(yes.to_string(), Kind::Bool)),
            Js::Null | Js::Undefined => Ok(Rhai::tight("()", Kind::Nothing)),
            Js::Template(texts, values) => operators::template(self, texts, values),
            Js::Regex(..) => Err(Why::NoTwin("a pattern at this place".into())),
            Js::Name(name) => self.name(name),
            Js::Member(inner, name, optional) => self.member(inner, name, *optional),
            Js::Index(inner, place, optional) => self.index(inner, place, *optional),
            Js::Call(function, arguments) => methods::call(self, function, arguments),
            Js::New(class, arguments) => dates::new(self, class, arguments),
            Js::Unary(sign, inner) => operators::unary(self, sign, inner),
            Js::Binary(sign, left, right) => operators::binary(self, sign, left, right),
            Js::If(condition, yes, no) => {
                let condition = operators::truth(self, condition)?;
                let (yes, no, kind) = operators::either(self.value(yes)?, self.value(no)?)?;
                Ok(Rhai::loose(
                    format!("if {} {{ {} }} else {{ {} }}", condition.code, yes.code, no.code),
                    kind,
                ))
            }
            Js::List(entries) => self.list(entries),
            Js::Map(fields) => self.map(fields),
            Js::Arrow(..) => Err(Why::NoTwin("a function as a value".into())),
        }
    }

    fn name(&self, name: &str) -> Result<Rhai, Why> {
        if let Some((_, rhai, kind)) = self.locals.iter().rev().find(|(js, ..)| js == name) {
            return Ok(Rhai::tight(rhai.clone(), kind.clone()));
        }
        let zone = self.scene.zone();
        match name {
            "$json" => self.at_hand(name),
            "$input" => Ok(Rhai::tight("$input", Kind::Input)),
            "items" => self.all_of(self.scene.here()?, name),
            "$now" => Ok(dates::now(zone)),
            "$today" => Ok(Rhai::tight(
                format!("start_of_day(now(), {})", text_literal(zone)),
                Kind::When(zone.to_owned()),
            )),
            "$itemIndex" => match self.scene.here()? {
                Way::One(_) => Ok(Rhai::tight("0", Kind::Number)),
                Way::Each(..) => Ok(Rhai::tight("index", Kind::Number)),
                Way::Many(_) => Err(Why::Which(name.into())),
            },
            _ => Err(Why::NoTwin(name.to_owned())),
        }
    }

    fn at_hand(&self, said: &str) -> Result<Rhai, Why> {
        match &self.own {
            Some(own) => Ok(Rhai::tight(own.clone(), Kind::Map)),
            None => self.item_of(self.scene.here()?, said),
        }
    }

    /// The item at hand.
    fn item_of(&self, way: Way, said: &str) -> Result<Rhai, Why> {
        match way {
            Way::One(code) | Way::Each(code, _) => Ok(Rhai::tight(code, Kind::Map)),
            Way::Many(_) => Err(Why::Which(said.to_owned())),
        }
    }

    pub fn all_of(&self, way: Way, said: &str) -> Result<Rhai, Why> {
        match way {
            Way::One(code) => Ok(Rhai::tight(format!("[{code}]"), Kind::Items)),
            Way::Many(code) | Way::Each(_, Some(code)) => Ok(Rhai::tight(code, Kind::Items)),
            Way::Each(_, None) => Err(Why::Which(said.to_owned())),
        }
    }

    /// The first or last item.
    pub fn end_of(&self, way: Way, which: &str) -> Result<Rhai, Why> {
        let code = match way {
            Way::One(code) => code,
            Way::Many(list) | Way::Each(_, Some(list)) => format!("{which}({list})"),
            Way::Each(_, None) => return Err(Why::Which(format!(".{which}()"))),
        };
        Ok(Rhai::tight(code, Kind::Item))
    }

    fn member(&self, inner: &Js, name: &str, optional: bool) -> Result<Rhai, Why> {
        if let Js::Name(root) = inner
            && let Some(found) = self.of_root(root, name)
        {
            return found;
        }
        if name == "length"
            && let Some(count) = methods::count_of_keys(self, inner)
        {
            return count;
        }
        let inner = self.value(inner)?;
        let said = || format!(".{name}");
        match (&inner.kind, name) {
            (Kind::Item, "json") => Ok(Rhai { kind: Kind::Map, ..inner }),
            (Kind::Input, "item") => Ok(Rhai { kind: Kind::Item, ..self.at_hand("$input.item")? }),
            (Kind::Node, "item") => {
                Ok(Rhai { kind: Kind::Item, ..self.item_of(self.scene.node(&inner.code)?, ".item")? })
            }
            (Kind::Node, "json") => self.item_of(self.scene.node(&inner.code)?, ".json"),
            (Kind::Item | Kind::Items | Kind::Node | Kind::Input, _) if name != "length" => {
                Err(Why::NoTwin(said()))
            }
            (Kind::Text | Kind::List | Kind::Items, "length") => {
                Ok(Rhai::tight(format!("{}.len()", inner.operand()), Kind::Number))
            }
            // Something may have a field of this name.
            (Kind::Any, "length") => {
                let value = inner.operand();
                let code = format!(
                    "if type_of({0}) == \"map\" {{ {value}.length }} else {{ {value}.len() }}",
                    inner.code
                );
                Ok(Rhai::loose(code, Kind::Any))
            }
            (Kind::When(_), _) => dates::member(&inner, name),
            (Kind::Any | Kind::Map, _) => {
                let mark = if optional { "?" } else { "" };
                Ok(Rhai::tight(format!("{}{mark}{}", inner.operand(), member_step(name)), Kind::Any))
            }
            _ => Err(Why::NoTwin(said())),
        }
    }

    /// Members of n8n's own names.
    fn of_root(&self, root: &str, name: &str) -> Option<Result<Rhai, Why>> {
        let any = |code: String| Some(Ok(Rhai::tight(code, Kind::Any)));
        match (root, name) {
            ("$node", _) => Some(Ok(Rhai::tight(name, Kind::Node))),
            ("$vars" | "$env", _) => any(format!("vars{}", member_step(name))),
            ("$workflow", "name") => Some(Ok(Rhai::tight(text_literal(self.scene.flow_name()), Kind::Text))),
            ("$workflow", "id") => Some(Ok(Rhai::tight("run.flow", Kind::Text))),
            ("$execution", "id") => Some(Ok(Rhai::tight("run.id.to_string()", Kind::Text))),
            ("Math", "PI") => Some(Err(Why::NoTwin("Math.PI".into()))),
            _ if matches!(root, "$workflow" | "$execution" | "$prevNode" | "$parameter" | "$binary") => {
                Some(Err(Why::NoTwin(format!("{root}.{name}"))))
            }
            _ => None,
        }
    }

    fn index(&self, inner: &Js, place: &Js, optional: bool) -> Result<Rhai, Why> {
        if let (Js::Name(root), Js::Text(name)) = (inner, place)
            && let Some(found) = self.of_root(root, name)
        {
            return found;
        }
        let inner = self.value(inner)?;
        let mark = if optional { "?" } else { "" };
        let (kind, kinds) = match inner.kind {
            Kind::Items => (Kind::Item, true),
            Kind::Any | Kind::Map | Kind::List => (Kind::Any, true),
            _ => (Kind::Any, false),
        };
        match place {
            _ if !kinds => Err(Why::NoTwin("[…] of this".into())),
            Js::Text(name) if kind == Kind::Any => {
                Ok(Rhai::tight(format!("{}{mark}[{}]", inner.operand(), text_literal(name)), kind))
            }
            Js::Number(number) if !number.contains('.') => {
                Ok(Rhai::tight(format!("{}{mark}[{number}]", inner.operand()), kind))
            }
            _ => Err(Why::Kinds("[…] with a computed place".into())),
        }
    }

    fn list(&self, entries: &[Entry]) -> Result<Rhai, Why> {
        let (mut parts, mut open, mut items) = (Vec::new(), Vec::new(), 0);
        for entry in entries {
            match entry {
                Entry::One(js) => {
                    let value = self.value(js)?;
                    let is_item = value.kind == Kind::Item && self.makes_items;
                    items += usize::from(is_item);
                    open.push(if is_item { value.code } else { finish(value)?.code });
                }
                Entry::Spread(js) => {
                    let spread = self.value(js)?;
                    if !matches!(spread.kind, Kind::Any | Kind::List) {
                        return Err(Why::NoTwin("... of this".into()));
                    }
                    if !open.is_empty() {
                        parts.push(format!("[{}]", std::mem::take(&mut open).join(", ")));
                    }
                    parts.push(spread.operand());
                }
            }
        }
        if !open.is_empty() || parts.is_empty() {
            parts.push(format!("[{}]", open.join(", ")));
        }
        match &*parts {
            [one] if items == entries.len() && items > 0 => Ok(Rhai::tight(one.clone(), Kind::Items)),
            _ if items > 0 => Err(Why::NoTwin("a list of items and others".into())),
            [one] => Ok(Rhai::tight(one.clone(), Kind::List)),
            _ => Ok(Rhai::loose(parts.join(" + "), Kind::List)),
        }
    }

    /// `{ json: x }`. What else an item may have that is no file has no meaning here.
    fn item(&self, fields: &[Field]) -> Result<Option<Rhai>, Why> {
        let is_json = |field: &Field| matches!(field, Field::Named(name, _) if name == "json");
        if !self.makes_items || !fields.iter().any(is_json) {
            return Ok(None);
        }
        let mut json = None;
        for field in fields {
            match field {
                Field::Named(name, js) if name == "json" => json = Some(self.value(js)?),
                Field::Named(name, _) if name == "pairedItem" => {}
                Field::Spread(js) if self.value(js)?.kind == Kind::Item => {}
                _ => return Err(Why::NoTwin("an item with more than json".into())),
            }
        }
        match json {
            None => Ok(None),
            Some(json) if matches!(json.kind, Kind::Map | Kind::Any) => {
                Ok(Some(Rhai { kind: Kind::Item, ..json }))
            }
            Some(_) => Err(Why::NoTwin("an item that is no object".into())),
        }
    }

    fn map(&self, fields: &[Field]) -> Result<Rhai, Why> {
        if let Some(item) = self.item(fields)? {
            return Ok(item);
        }
        let (mut code, mut open): (Option<String>, Vec<String>) = (None, Vec::new());
        let close = |code: Option<String>, open: &mut Vec<String>| {
            if open.is_empty() {
                return code;
            }
            let map = format!("#{{ {} }}", std::mem::take(open).join(", "));
            Some(code.map_or(map.clone(), |code| format!("merge({code}, {map})")))
        };
        for field in fields {
            match field {
                Field::Named(name, js) => {
                    let value = finish(self.value(js)?)?;
                    open.push(format!("{}: {}", field_name(name), value.code));
                }
                Field::Spread(js) => {
                    let spread = self.value(js)?;
                    if !matches!(spread.kind, Kind::Any | Kind::Map) {
                        return Err(Why::NoTwin("... of this".into()));
                    }
                    code = close(code, &mut open);
                    code = Some(
                        code.map_or(spread.code.clone(), |code| format!("merge({code}, {})", spread.code)),
                    );
                }
            }
        }
        let code = close(code, &mut open).unwrap_or_else(|| "#{}".into());
        Ok(Rhai::tight(code, Kind::Map))
    }

    /// A function of so many arguments: their names in Rhai, and what it gives.
    pub fn arrow(&self, js: &Js, kinds: &[Kind]) -> Result<(String, Rhai), Why> {
        self.arrow_read(js, kinds, Self::value)
    }

    /// The same where what it gives is read in another way than as a value.
    pub fn arrow_read(
        &self,
        js: &Js,
        kinds: &[Kind],
        read: impl Fn(&Self, &Js) -> Result<Rhai, Why>,
    ) -> Result<(String, Rhai), Why> {
        let Js::Arrow(names, body) = js else { return Err(Why::NoTwin("a function by its name".into())) };
        if names.len() > kinds.len() {
            return Err(Why::NoTwin("a function's further argument".into()));
        }
        let mut inner = self.clone();
        let mut written = Vec::new();
        for (at, kind) in kinds.iter().enumerate() {
            let name = names.get(at).cloned().unwrap_or_else(|| format!("other{at}"));
            let rhai = code::local_name(&name)?;
            written.push(rhai.clone());
            inner.locals.push((name, rhai, kind.clone()));
        }
        let value = match body {
            Body::Value(js) => read(&inner, js)?,
            Body::Steps(steps) => code::block(&inner, steps)?,
        };
        Ok((format!("|{}|", written.join(", ")), value))
    }
}

/// A name on the left of a colon.
pub fn field_name(name: &str) -> String {
    if is_plain_name(name) && !code::is_reserved(name) { name.to_owned() } else { text_literal(name) }
}
