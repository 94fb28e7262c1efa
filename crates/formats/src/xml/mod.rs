//! XML and JSON for each other: attributes are members whose names begin with `@`, text beside them is `#text`, and what
//! stands several times is a list.

pub mod read;
pub mod write;

/// An element is an object in JSON and may be in a list: scripts take 64 levels.
const LEVELS_MAX: usize = 28;
const ATTRIBUTE: char = '@';
const TEXT: &str = "#text";
