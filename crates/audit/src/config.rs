//! What is compared, and what is let pass.

use crate::compare::{Compare, Unknown};
use crate::error::Error;
use crate::moment::Moment;
use chrono::TimeDelta;
use std::str::FromStr;

/// More is a sign of another mistake.
const FIELDS_MAX: usize = 200;
/// What a comparison takes besides what it is handed, unless somebody says otherwise.
pub const MEMORY_BYTES_MAX: usize = 32 << 20;

/// One of the two systems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    Left,
    Right,
}

impl Side {
    pub const BOTH: [Self; 2] = [Self::Left, Self::Right];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
        }
    }
}

/// A field that both sides have, maybe under two names. Points lead into objects: `customer.name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub left: String,
    pub right: String,
    pub compare: Compare,
}

impl Field {
    /// Called the same on both sides.
    pub fn new(name: &str, compare: Compare) -> Self {
        Self { left: name.to_owned(), right: name.to_owned(), compare }
    }

    pub fn name(&self, side: Side) -> &str {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }
}

/// `total`, `total:0.01`, `total=amount_total:0.01`. A name with a colon in it is written with what is compared behind it.
impl FromStr for Field {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Self, Unknown> {
        let (names, compare) = match text.rsplit_once(':') {
            Some((names, compare)) => (names, compare.trim().parse()?),
            None => (text, Compare::Exact),
        };
        let (left, right) = names.split_once('=').unwrap_or((names, names));
        Ok(Self { left: left.trim().to_owned(), right: right.trim().to_owned(), compare })
    }
}

/// When records are of: which of them count, and which may still be on their way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Times {
    /// The field that says when a record is of.
    pub field: Field,
    /// The window: from the first moment on, and up to the second, which is not in it.
    pub from: Option<Moment>,
    pub to: Option<Moment>,
    /// When the two systems were asked. The window's end comes first where it is earlier.
    pub asked: Moment,
    /// So long before the end, what only one side has may still come to the other. Nothing may where this is nothing.
    pub cut_off: TimeDelta,
}

impl Times {
    pub(crate) fn is_inside(&self, ms: i64) -> bool {
        self.from.is_none_or(|from| ms >= from.timestamp_millis())
            && self.to.is_none_or(|to| ms < to.timestamp_millis())
    }

    pub(crate) fn may_still_come(&self, ms: i64) -> bool {
        if self.cut_off.is_zero() {
            return false;
        }
        let end = self.to.map_or(self.asked, |to| to.min(self.asked));
        let cut_off = end.checked_sub_signed(self.cut_off).map_or(i64::MIN, |at| at.timestamp_millis());
        ms >= cut_off
    }
}

/// What is asked of two streams of records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// What makes two records the same thing: exact, as numbers, or as texts.
    pub key: Vec<Field>,
    pub fields: Vec<Field>,
    pub times: Option<Times>,
    /// Both sides together.
    pub memory_bytes_max: usize,
}

impl Config {
    /// Compares by a key and looks at no field yet.
    pub fn by(key: Vec<Field>) -> Self {
        Self { key, fields: Vec::new(), times: None, memory_bytes_max: MEMORY_BYTES_MAX }
    }

    pub fn field(mut self, field: Field) -> Self {
        self.fields.push(field);
        self
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        let refuse = |message: String| Err(Error::Config(message));
        if self.key.is_empty() {
            return refuse("there is no key; name the field that says which records belong together".into());
        }
        if self.key.len() + self.fields.len() > FIELDS_MAX {
            return refuse(format!("more than {FIELDS_MAX} fields; compare fewer at once"));
        }
        let named = self.key.iter().chain(&self.fields).chain(self.times.as_ref().map(|times| &times.field));
        if named.clone().any(|field| field.left.is_empty() || field.right.is_empty()) {
            return refuse("a field has no name; write name, or left=right".into());
        }
        let window = self.times.as_ref().and_then(|times| times.from.zip(times.to));
        if window.is_some_and(|(from, to)| from >= to) {
            return refuse(
                "the window ends before it begins, and no record is in it; correct its times".into(),
            );
        }
        let is_key = |compare: &Compare| match compare {
            Compare::Exact | Compare::Text => true,
            Compare::Number(most) => *most == crate::Decimal::ZERO,
            _ => false,
        };
        match self.key.iter().find(|field| !is_key(&field.compare)) {
            Some(field) => refuse(format!(
                "the key \"{}\" cannot have the tolerance {}; a key is exact, number or text",
                field.left, field.compare
            )),
            None => Ok(()),
        }
    }
}
