//! JSON text that is read in part: a tree of the whole would take many times its memory.

use bytes::Bytes;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Map;
use serde_json::Value;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// The text of an object's member, as a part of the whole; of several with one name the last, as everywhere.
pub(crate) fn member(text: &Bytes, name: &str) -> Option<Bytes> {
    let mut found = None;
    walk_members(text, |key, raw| {
        if key == name {
            found = Some(raw);
        }
        Ok::<(), TooMuch>(())
    })?
    .ok()?;
    found.map(|raw| text.slice_ref(raw.as_bytes()))
}

/// How many elements a list has; nothing for anything else.
pub(crate) fn count(text: &[u8]) -> Option<u64> {
    starts_with(text, b'[').then_some(())?;
    let mut reader = serde_json::Deserializer::from_slice(text);
    let total = reader.deserialize_seq(Count).ok()?;
    reader.end().ok()?;
    Some(total)
}

/// The largest tree that is made of a text.
#[derive(Clone, Copy, Debug)]
pub struct TreeMax {
    /// Of the text.
    pub bytes: u64,
    /// Items of lists and members of objects, at all depths: a tree of nothing but empty objects takes fifty times its text.
    pub elements: u64,
}

impl TreeMax {
    pub const ANY: Self = Self { bytes: u64::MAX, elements: u64::MAX };
}

/// Why no tree is made of a text: it has so many of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooMuch {
    Bytes(u64),
    Elements(u64),
}

/// A tree with at least what is at these paths.
pub(crate) fn pick(text: &[u8], paths: &[&[&str]], most: TreeMax) -> Result<Value, TooMuch> {
    let mut left = most;
    picked(text, paths, &mut left)
}

fn picked(text: &[u8], paths: &[&[&str]], left: &mut TreeMax) -> Result<Value, TooMuch> {
    let whole = paths.iter().any(|path| path.is_empty()) || !starts_with(text, b'{');
    if whole {
        let (bytes, elements) = (text.len() as u64, elements(text));
        left.bytes = left.bytes.checked_sub(bytes).ok_or(TooMuch::Bytes(bytes))?;
        left.elements = left.elements.checked_sub(elements).ok_or(TooMuch::Elements(elements))?;
        return Ok(serde_json::from_slice(text).unwrap_or(Value::Null));
    }
    let mut tree = Map::new();
    let walked = walk_members(text, |key, raw| {
        let below = |path: &&'_ [&'_ str]| path.first().is_some_and(|first| *first == key);
        let inside: Vec<&[&str]> =
            paths.iter().copied().filter(|path| below(path)).map(|path| &path[1..]).collect();
        if !inside.is_empty() {
            tree.insert(key.into_owned(), picked(raw.as_bytes(), &inside, left)?);
        }
        Ok(())
    });
    match walked {
        Some(Err(much)) => Err(much),
        Some(Ok(())) => Ok(Value::Object(tree)),
        None => Ok(Value::Null),
    }
}

/// How many elements there are at all depths, as the commas between them tell; no tree is made for that.
fn elements(text: &[u8]) -> u64 {
    let (mut commas, mut quoted, mut escaped) = (0, false, false);
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => quoted = !quoted,
            b',' if !quoted => commas += 1,
            _ => {}
        }
    }
    commas + 1
}

/// The next element of a list, from this place of its text on, and where the one after it begins to be looked for.
pub(crate) fn element(text: &Bytes, from: usize) -> Option<(Bytes, usize)> {
    let rest = text.get(from..)?;
    let start = from + rest.iter().position(|byte| !byte.is_ascii_whitespace() && *byte != b',')?;
    let mut reader = serde_json::Deserializer::from_slice(&text[start..]).into_iter::<&RawValue>();
    let raw = reader.next()?.ok()?;
    Some((text.slice_ref(raw.get().as_bytes()), start + reader.byte_offset()))
}

/// Where the first element is looked for: behind the bracket, so that an element may be a list itself.
pub(crate) fn first_element(text: &[u8]) -> usize {
    text.iter().position(|byte| *byte == b'[').map_or(text.len(), |at| at + 1)
}

fn starts_with(text: &[u8], wanted: u8) -> bool {
    text.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&wanted)
}

/// `None` where the text is not an object.
fn walk_members<'t, E>(
    text: &'t [u8],
    each: impl FnMut(Cow<'t, str>, &'t str) -> Result<(), E>,
) -> Option<Result<(), E>> {
    starts_with(text, b'{').then_some(())?;
    let mut reader = serde_json::Deserializer::from_slice(text);
    reader.deserialize_map(Members { each, error: std::marker::PhantomData }).ok()
}

struct Members<F, E> {
    each: F,
    error: std::marker::PhantomData<E>,
}

impl<'t, E, F: FnMut(Cow<'t, str>, &'t str) -> Result<(), E>> Visitor<'t> for Members<F, E> {
    type Value = Result<(), E>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'t>>(mut self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut failed = None;
        while let Some(key) = map.next_key_seed(Key)? {
            let raw: &'t RawValue = map.next_value()?;
            if failed.is_none() {
                failed = (self.each)(key, raw.get()).err();
            }
        }
        Ok(failed.map_or(Ok(()), Err))
    }
}

/// A member's name, borrowed where it has no escapes.
struct Key;

impl<'t> DeserializeSeed<'t> for Key {
    type Value = Cow<'t, str>;

    fn deserialize<D: Deserializer<'t>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_str(self)
    }
}

impl<'t> Visitor<'t> for Key {
    type Value = Cow<'t, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'t str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}

struct Count;

impl<'t> Visitor<'t> for Count {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut list: A) -> Result<u64, A::Error> {
        let mut total = 0;
        while list.next_element::<IgnoredAny>()?.is_some() {
            total += 1;
        }
        Ok(total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn all(text: &'static str) -> Vec<String> {
        let text = Bytes::from_static(text.as_bytes());
        let mut at = first_element(&text);
        std::iter::from_fn(|| {
            let (element, next) = element(&text, at)?;
            at = next;
            Some(String::from_utf8_lossy(&element).into_owned())
        })
        .collect()
    }

    #[test]
    fn elements_come_as_they_are_written() {
        let text = r#" [1.50, "a,]\"[", [ ], {"b": [1]},null ,9007199254740993] "#;
        assert_eq!(all(text), ["1.50", r#""a,]\"[""#, "[ ]", r#"{"b": [1]}"#, "null", "9007199254740993"]);
        assert_eq!(count(text.as_bytes()), Some(6));
        assert_eq!(all("[ ]"), [""; 0]);
        assert_eq!(count(b"{}"), None);
    }

    #[test]
    fn a_tree_is_made_of_what_is_looked_at_alone() {
        let text = br#"{"name": "x", "big": [1, 2, 3], "in": {"a": 1, "b": [4]}, "in2": 5}"#;
        let paths: [&[&str]; 2] = [&["name"], &["in", "a"]];
        let bytes = |bytes| TreeMax { bytes, ..TreeMax::ANY };
        assert_eq!(pick(text, &paths, bytes(4)), Ok(json!({"name": "x", "in": {"a": 1}})));
        assert_eq!(pick(text, &[&["big"]], bytes(4)), Err(TooMuch::Bytes(9)));
        assert_eq!(pick(text, &[&[]], bytes(1_000)).map(|tree| tree["in2"].clone()), Ok(json!(5)));
    }

    #[test]
    fn a_short_text_of_many_elements_is_known_before_its_tree_is_made() {
        let text = br#"{"texts": ["a,b\",c", "\\"], "empty": [{}, [[], []], {"a": 1, "b": 2}], "rest": 1}"#;
        let elements = |elements| TreeMax { elements, ..TreeMax::ANY };
        assert_eq!(pick(text, &[&["texts"]], elements(2)), Ok(json!({"texts": ["a,b\",c", "\\"]})));
        assert_eq!(pick(text, &[&["empty"]], elements(4)), Err(TooMuch::Elements(5)));
        assert!(pick(text, &[&["empty"]], elements(5)).is_ok());
        assert!(pick(text, &[&["empty"], &["rest"]], elements(5)).is_err(), "all that is looked at counts");
    }

    #[test]
    fn a_member_is_a_part_of_the_text() {
        let text = Bytes::from_static(br#"{"a": 1, "\u0062": [ 2 ], "a": 3}"#);
        assert_eq!(member(&text, "b").as_deref(), Some(&b"[ 2 ]"[..]));
        assert_eq!(member(&text, "a").as_deref(), Some(&b"3"[..]));
        assert_eq!(member(&text, "c"), None);
    }
}
