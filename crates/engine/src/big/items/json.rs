//! The elements of a list in a JSON text, which may lie below members of objects.

use super::{ITEM_BYTES_MAX, Wrong};
use bytes::Bytes;
use connector::Body;
use run::{Data, SHORT_BYTES_MAX};

/// The longest name of a member on the way to the list.
const NAME_BYTES_MAX: usize = 64 << 10;

pub(super) struct JsonItems {
    path: Vec<String>,
    text: Vec<u8>,
    at: usize,
    place: Place,
    /// Of the value that begins at `at`: how far it has been looked through, and what was found.
    scanned: usize,
    scan: Scan,
    items: u64,
}

/// What is expected next. The number says how many members of the path lead there.
#[derive(Clone, Copy)]
enum Place {
    Value(usize),
    Name(usize),
    /// Behind a name, which may be the one that is looked for.
    Colon(usize, bool),
    Skipped(usize),
    Behind(usize),
    /// The first element, or the end of an empty list.
    First,
    Element,
    BehindElement,
    Done,
}

/// Looks for the end of a value.
#[derive(Clone, Copy, Default)]
struct Scan {
    level: u32,
    begun: bool,
    in_text: bool,
    escaped: bool,
}

impl JsonItems {
    pub(super) fn at(path: &[String]) -> Self {
        Self {
            path: path.to_vec(),
            text: Vec::new(),
            at: 0,
            place: Place::Value(0),
            scanned: 0,
            scan: Scan::default(),
            items: 0,
        }
    }

    pub(super) fn push(&mut self, text: &[u8]) {
        self.text.drain(..self.at);
        self.at = 0;
        self.text.extend_from_slice(text);
    }

    /// Nothing where the next element is not whole; an error where it never will be, since nothing more comes.
    pub(super) fn next(&mut self, last: bool) -> Result<Option<Data>, Wrong> {
        loop {
            if matches!(self.place, Place::Done) {
                self.at = self.text.len();
                return Ok(None);
            }
            let Some(step) = self.step()? else {
                return if last { Err(self.cut_short()) } else { Ok(None) };
            };
            if let Some(item) = step {
                self.items += 1;
                return Ok(Some(item));
            }
        }
    }

    /// One token on. The outer `None` wants more text.
    fn step(&mut self) -> Result<Option<Option<Data>>, Wrong> {
        match self.place {
            Place::Skipped(depth) => {
                if self.value_end().is_none() {
                    // What has been skipped need not be kept.
                    self.at = self.text.len();
                    self.scanned = 0;
                    return Ok(None);
                }
                self.place = Place::Behind(depth);
                return Ok(Some(None));
            }
            Place::Element => return self.element(),
            _ => {}
        }
        let Some(byte) = self.peek() else { return Ok(None) };
        self.place = match (self.place, byte) {
            (Place::Value(depth), b'[') if depth == self.path.len() => Place::First,
            (Place::Value(depth), b'{') if depth < self.path.len() => Place::Name(depth),
            (Place::Value(depth), _) => return Err(self.no_list(depth)),
            (Place::Name(_), b'}') | (Place::Behind(_), b'}') => return Err(self.no_member()),
            (Place::Name(depth), b'"') => match self.name()? {
                Some(name) => {
                    self.place = Place::Colon(depth, name == self.path[depth]);
                    return Ok(Some(None));
                }
                None => return Ok(None),
            },
            (Place::Colon(depth, true), b':') => Place::Value(depth + 1),
            (Place::Colon(depth, false), b':') => Place::Skipped(depth),
            (Place::Behind(depth), b',') => Place::Name(depth),
            (Place::First, b']') | (Place::BehindElement, b']') => Place::Done,
            (Place::First, _) => {
                self.place = Place::Element;
                return Ok(Some(None));
            }
            (Place::BehindElement, b',') => Place::Element,
            _ => return Err(self.unexpected(byte)),
        };
        self.at += 1;
        Ok(Some(None))
    }

    fn element(&mut self) -> Result<Option<Option<Data>>, Wrong> {
        if self.peek().is_none() {
            return Ok(None);
        }
        let from = self.at;
        let Some(end) = self.value_end() else {
            let long = self.text.len() - from > ITEM_BYTES_MAX;
            return if long { Err(format!("element {} is longer than 4 MB", self.items)) } else { Ok(None) };
        };
        self.place = Place::BehindElement;
        let item = item(&self.text[from..end]).map_err(|wrong| format!("element {}: {wrong}", self.items))?;
        Ok(Some(Some(item)))
    }

    /// The next byte that is no space; a byte order mark is none either.
    fn peek(&mut self) -> Option<u8> {
        loop {
            match *self.text.get(self.at)? {
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                0xef | 0xbb | 0xbf if matches!(self.place, Place::Value(0)) => self.at += 1,
                byte => return Some(byte),
            }
        }
    }

    /// Moves behind the value that begins here, where its end has come.
    fn value_end(&mut self) -> Option<usize> {
        match self.scan.end(&self.text[self.at + self.scanned..]) {
            Some(more) => {
                self.at += self.scanned + more;
                (self.scanned, self.scan) = (0, Scan::default());
                Some(self.at)
            }
            None => {
                self.scanned = self.text.len() - self.at;
                None
            }
        }
    }

    fn name(&mut self) -> Result<Option<String>, Wrong> {
        let from = self.at;
        match self.value_end() {
            Some(end) => match serde_json::from_slice(&self.text[from..end]) {
                Ok(name) => Ok(Some(name)),
                Err(error) => Err(format!("a member's name is not JSON: {error}")),
            },
            None if self.text.len() - from > NAME_BYTES_MAX => Err("a member's name has no end".into()),
            None => Ok(None),
        }
    }

    fn no_list(&self, depth: usize) -> Wrong {
        match depth {
            0 => "the body is not a list".into(),
            depth => format!("{} is not a list", self.path[..depth].join(".")),
        }
    }

    fn no_member(&self) -> Wrong {
        format!("the body has no {}", self.path.join("."))
    }

    fn unexpected(&self, byte: u8) -> Wrong {
        format!("behind element {} there is {:?}, and not the next one", self.items, char::from(byte))
    }

    fn cut_short(&self) -> Wrong {
        format!("the body ends too early, after {} elements", self.items)
    }
}

impl Scan {
    /// How many of these bytes belong to the value, where it ends among them.
    fn end(&mut self, bytes: &[u8]) -> Option<usize> {
        for (n, byte) in bytes.iter().enumerate() {
            if self.in_text {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => {
                        self.in_text = false;
                        if self.level == 0 {
                            return Some(n + 1);
                        }
                    }
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => self.in_text = true,
                b'[' | b'{' => self.level += 1,
                // Behind a number or a word.
                b']' | b'}' | b',' if self.level == 0 => return Some(n),
                b' ' | b'\t' | b'\r' | b'\n' if self.level == 0 && self.begun => return Some(n),
                b' ' | b'\t' | b'\r' | b'\n' => continue,
                b']' | b'}' => {
                    self.level -= 1;
                    if self.level == 0 {
                        return Some(n + 1);
                    }
                }
                _ => {}
            }
            self.begun = true;
        }
        None
    }
}

/// A short element is opened at once, since it is checked by that.
pub(super) fn item(text: &[u8]) -> Result<Data, Wrong> {
    let wrong = |error: serde_json::Error| format!("it is not JSON: {error}");
    if connector::nesting::is_deeper(text, connector::nesting::JSON_LEVELS_MAX) {
        return Err(connector::nesting::too_deep());
    }
    if text.len() <= SHORT_BYTES_MAX {
        return serde_json::from_slice::<model::Value>(text).map(Data::from).map_err(wrong);
    }
    match Body::json(&Bytes::copy_from_slice(text)).map_err(wrong)? {
        Body::Json(text) => Ok(Data::from_text(text)),
        Body::Value(value) => Ok(Data::from(value).compact()),
    }
}
