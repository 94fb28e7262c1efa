//! A value on its way through a run.

use crate::elements::Elements;
use crate::text::{self, TooMuch, TreeMax};
use bytes::Bytes;
use model::Value;
use serde::{Serialize, Serializer};
use serde_json::Map;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt::Debug;
use std::sync::{Arc, OnceLock};

/// A JSON value that many steps may read. It is kept as text, as a tree, or both; the tree is made when first asked for,
/// and of a long text only for as long as somebody looks: a tree takes twenty times the memory.
#[derive(Clone, Debug)]
pub struct Data(Arc<Kept>);

#[derive(Debug)]
enum Kept {
    Own {
        text: OnceLock<Bytes>,
        value: OnceLock<Arc<Value>>,
    },
    /// What is at a path of members of a short value, such as the body of what a trigger received.
    Part {
        of: Data,
        path: Vec<Cow<'static, str>>,
    },
    /// What a trigger received, with a body that is long.
    Received {
        head: Map<String, Value>,
        body: Data,
        value: OnceLock<Arc<Value>>,
    },
    Large(Arc<dyn Large>),
}

/// A value that is not held as a whole: a long list of results, or a body on the disk.
pub trait Large: Debug + Send + Sync {
    /// What can be said of it without reading it; in its place where somebody asks for the whole all the same.
    fn facts(&self) -> &Value;

    /// Bytes of its text.
    fn len(&self) -> u64;

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes that it takes in memory.
    fn held(&self) -> usize;

    /// How many elements it has, where it is a list and that is known.
    fn count(&self) -> Option<u64>;

    /// The whole text. Whoever asks has looked at `len`.
    fn read(&self) -> Option<Bytes>;

    /// How it begins, for a preview.
    fn beginning(&self) -> Bytes;

    /// Its elements one by one, where they can be had at once.
    fn elements(self: Arc<Self>) -> Option<Box<dyn Iterator<Item = Data> + Send>>;

    /// For whoever made it, to know it again.
    fn as_any(&self) -> &(dyn std::any::Any + Send + Sync);
}

/// Texts up to this length keep their tree once it was asked for.
pub const SHORT_BYTES_MAX: usize = 64 << 10;

static NULL: Value = Value::Null;

impl Data {
    pub fn null() -> Self {
        Self::from(Value::Null)
    }

    /// Takes JSON text as it is. Text that is not JSON reads as null; callers have checked or written it themselves.
    pub fn from_text(text: impl Into<Bytes>) -> Self {
        Self(Arc::new(Kept::Own { text: OnceLock::from(text.into()), value: OnceLock::new() }))
    }

    pub fn large(large: Arc<dyn Large>) -> Self {
        Self(Arc::new(Kept::Large(large)))
    }

    /// What a trigger received: the head's fields, and the body as `body`.
    pub fn received(mut head: Map<String, Value>, body: Self) -> Self {
        if body.is_short() {
            head.insert(BODY.into(), body.into_value());
            return Self::from(Value::Object(head));
        }
        Self(Arc::new(Kept::Received { head, body, value: OnceLock::new() }))
    }

    /// What a trigger received, with nothing in place of one of its members.
    pub fn without(&self, member: &str) -> Self {
        let mut rest = match &*self.0 {
            Kept::Received { head, .. } if member == BODY => head.clone(),
            _ => self.value().as_object().cloned().unwrap_or_default(),
        };
        rest.shift_remove(member);
        Self::from(Value::Object(rest))
    }

    /// Whether both are one value, handed on.
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub fn as_large(&self) -> Option<&Arc<dyn Large>> {
        if let Kept::Large(large) = &*self.0 { Some(large) } else { None }
    }

    /// What is at a path of members, without copying it; nothing where it is not there.
    pub fn walk(&self, path: &[&str]) -> Option<Self> {
        let Some((first, rest)) = path.split_first() else {
            return Some(self.clone());
        };
        match &*self.0 {
            Kept::Received { body, .. } if *first == BODY => body.walk(rest),
            Kept::Received { head, .. } => Self::from(head.get(*first)?.clone()).walk(rest),
            Kept::Large(_) => None,
            Kept::Own { .. } | Kept::Part { .. } => match self.tree() {
                Some(tree) => {
                    path.iter().try_fold(tree, |at, name| at.as_object()?.get(*name))?;
                    let path = path.iter().map(|name| Cow::Owned((*name).to_owned())).collect();
                    Some(Self(Arc::new(Kept::Part { of: self.clone(), path })))
                }
                None => Self::from_text(text::member(self.known_text()?, first)?).walk(rest),
            },
        }
    }

    /// The tree, where it is at hand or soon made.
    pub fn tree(&self) -> Option<&Value> {
        match &*self.0 {
            Kept::Own { value, .. } if value.get().is_some() || self.is_short() => Some(self.value()),
            Kept::Part { of, path } => of.tree().map(|tree| inside(tree, path)),
            Kept::Own { .. } | Kept::Received { .. } | Kept::Large(_) => None,
        }
    }

    /// The tree, kept from then on. For what may be long, `tree` and `pick` cost less.
    pub fn value(&self) -> &Value {
        match &*self.0 {
            Kept::Own { text, value } => value.get_or_init(|| Arc::new(parse(text.get()))),
            Kept::Part { of, path } => inside(of.value(), path),
            Kept::Received { head, body, value } => value.get_or_init(|| {
                let mut whole = head.clone();
                whole.insert(BODY.into(), body.value().clone());
                Arc::new(Value::Object(whole))
            }),
            Kept::Large(large) => large.facts(),
        }
    }

    /// A tree of its own with at least what is at these paths; an empty path is the whole. `Err` where that would be larger
    /// than allowed.
    pub fn pick(&self, paths: &[&[&str]], most: TreeMax) -> Result<Value, TooMuch> {
        match &*self.0 {
            Kept::Received { head, body, .. } => {
                let mut whole = head.clone();
                let whole_body: &[&[&str]] = &[&[]];
                let of_body: Vec<&[&str]> = paths.iter().filter_map(|path| below(path, BODY)).collect();
                let all = paths.iter().any(|path| path.is_empty());
                let wanted = if all { whole_body } else { &of_body };
                if !wanted.is_empty() {
                    whole.insert(BODY.into(), body.pick(wanted, most)?);
                }
                Ok(Value::Object(whole))
            }
            Kept::Large(large) if only_facts(large.facts(), paths) => Ok(large.facts().clone()),
            Kept::Large(large) if large.len() > most.bytes => Err(TooMuch::Bytes(large.len())),
            Kept::Large(large) => match large.read() {
                Some(text) => text::pick(&text, paths, most),
                None => Err(TooMuch::Bytes(large.len())),
            },
            Kept::Own { .. } | Kept::Part { .. } => match (self.tree(), self.known_text()) {
                (None, Some(text)) => text::pick(text, paths, most),
                _ => Ok(self.value().clone()),
            },
        }
    }

    /// The elements of a list, one after the other; of anything else the one that it is. Nothing where they cannot be
    /// had at once.
    pub fn elements(&self) -> Option<Elements> {
        match &*self.0 {
            Kept::Large(large) => Some(Elements::kept(large.count()?, large.clone().elements()?)),
            _ => Some(match (self.tree(), self.known_text()) {
                (None, Some(text)) => match text::count(text) {
                    Some(total) => Elements::of_text(text.clone(), total),
                    None => Elements::one(self.clone()),
                },
                _ => Elements::of_tree(self.clone()),
            }),
        }
    }

    /// How many elements a long list has; nothing for what is soon looked at, or no list.
    pub fn count(&self) -> Option<u64> {
        match &*self.0 {
            Kept::Large(large) => large.count(),
            _ if self.tree().is_some() => None,
            _ => text::count(self.known_text()?),
        }
    }

    /// The tree, to be kept beside this.
    pub fn shared(&self) -> Arc<Value> {
        self.value();
        match &*self.0 {
            Kept::Own { value, .. } | Kept::Received { value, .. } => {
                value.get().cloned().unwrap_or_default()
            }
            Kept::Part { .. } | Kept::Large(_) => Arc::new(self.value().clone()),
        }
    }

    /// The value itself, without copying where nobody else holds it.
    pub fn into_value(self) -> Value {
        let shared = self.shared();
        drop(self);
        Arc::unwrap_or_clone(shared)
    }

    /// The JSON text, kept for the next who asks.
    pub fn text(&self) -> Bytes {
        let write = || serde_json::to_vec(self.value()).unwrap_or_default().into();
        match &*self.0 {
            Kept::Own { text, .. } => text.get_or_init(write).clone(),
            Kept::Part { .. } | Kept::Received { .. } | Kept::Large(_) => write(),
        }
    }

    /// The same as text alone, where that is long: its tree would take many times the memory.
    pub fn compact(self) -> Self {
        let long = match &*self.0 {
            Kept::Own { text, value } => {
                text.get().is_none()
                    && value.get().is_some_and(|value| weigh(value, SHORT_BYTES_MAX) > SHORT_BYTES_MAX)
            }
            _ => false,
        };
        if long { Self::from_text(self.text()) } else { self }
    }

    /// The JSON text, not kept by this.
    pub fn text_once(&self) -> Bytes {
        match self.known_text() {
            Some(text) => text.clone(),
            None => serde_json::to_vec(self.value()).unwrap_or_default().into(),
        }
    }

    /// Appends the JSON text without keeping it.
    pub fn write_text(&self, out: &mut Vec<u8>) {
        match self.known_text() {
            Some(text) => out.extend_from_slice(text),
            None => serde_json::to_writer(out, self.value()).unwrap_or(()),
        }
    }

    /// Whether the JSON text has more bytes than `limit`; of a tree that is an estimate, made without writing it.
    pub fn is_larger(&self, limit: usize) -> bool {
        match &*self.0 {
            Kept::Large(large) => large.len() > limit as u64,
            Kept::Received { body, .. } => body.is_larger(limit),
            _ => self.known_text().map_or_else(|| weigh(self.value(), limit), Bytes::len) > limit,
        }
    }

    /// About how many bytes of text are held for it in memory, and who holds them: the same number, the same bytes.
    pub fn held(&self) -> (usize, usize) {
        let bytes = match &*self.0 {
            Kept::Own { .. } => self.known_text().map_or_else(|| weigh(self.value(), usize::MAX), Bytes::len),
            // Held by what it is a part of.
            Kept::Part { .. } => 0,
            Kept::Received { body, .. } => return body.held(),
            Kept::Large(large) => large.held(),
        };
        (bytes, Arc::as_ptr(&self.0).addr())
    }

    fn is_short(&self) -> bool {
        match &*self.0 {
            Kept::Own { text, .. } => text.get().is_none_or(|text| text.len() <= SHORT_BYTES_MAX),
            Kept::Part { .. } => true,
            Kept::Received { .. } | Kept::Large(_) => false,
        }
    }

    fn known_text(&self) -> Option<&Bytes> {
        match &*self.0 {
            Kept::Own { text, .. } => text.get(),
            Kept::Part { .. } | Kept::Received { .. } | Kept::Large(_) => None,
        }
    }
}

/// The member of what a trigger received that holds what was sent.
const BODY: &str = "body";

fn inside<'v>(tree: &'v Value, path: &[Cow<'static, str>]) -> &'v Value {
    path.iter().try_fold(tree, |at, name| at.get(name.as_ref())).unwrap_or(&NULL)
}

/// The rest of a path that goes into this member.
fn below<'p>(path: &'p [&'p str], member: &str) -> Option<&'p [&'p str]> {
    path.split_first().filter(|(first, _)| **first == member).map(|(_, rest)| rest)
}

/// Whether the facts answer everything that is asked.
fn only_facts(facts: &Value, paths: &[&[&str]]) -> bool {
    paths.iter().all(|path| path.first().is_some_and(|name| facts.get(*name).is_some()))
}

/// About how many bytes of text a tree makes; stops counting beyond the limit.
fn weigh(value: &Value, limit: usize) -> usize {
    let mut left = vec![value];
    let mut bytes = 0;
    while let Some(value) = left.pop().filter(|_| bytes <= limit) {
        bytes += match value {
            Value::String(text) => text.len() + 3,
            Value::Array(list) => {
                left.extend(list);
                2
            }
            Value::Object(map) => {
                left.extend(map.values());
                map.keys().map(|key| key.len() + 4).sum::<usize>() + 2
            }
            _ => 6,
        };
    }
    bytes
}

fn parse(text: Option<&Bytes>) -> Value {
    text.and_then(|text| serde_json::from_slice(text).ok()).unwrap_or(Value::Null)
}

impl From<Value> for Data {
    fn from(value: Value) -> Self {
        Self::from(Arc::new(value))
    }
}

impl From<Arc<Value>> for Data {
    fn from(value: Arc<Value>) -> Self {
        Self(Arc::new(Kept::Own { text: OnceLock::new(), value: OnceLock::from(value) }))
    }
}

impl PartialEq for Data {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.value() == other.value()
    }
}

impl Serialize for Data {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw = self.known_text().and_then(|text| serde_json::from_slice::<&RawValue>(text).ok());
        match raw {
            Some(raw) => raw.serialize(serializer),
            None => self.value().serialize(serializer),
        }
    }
}
