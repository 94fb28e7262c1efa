//! What people draw around a flow: notes and groups. Nothing of it is part of the flow's logic.

use crate::{GroupId, NodeId, NoteId};
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

/// A remark that lies on the canvas, behind the nodes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// Permanent id, unique among the flow's notes.
    pub id: NoteId,
    /// Markdown: bold, italic, code, lists and headings. Anything else is shown as it is written.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    #[serde(default, skip_serializing_if = "NoteColour::is_first")]
    pub colour: NoteColour,
    /// The upper left corner, in canvas units.
    #[serde(serialize_with = "pair")]
    pub at: [f64; 2],
    /// Width and height, in canvas units.
    #[serde(serialize_with = "pair")]
    pub size: [f64; 2],
}

impl Note {
    pub const TEXT_CHARS_MAX: usize = 10_000;
    /// A note can always be seen and taken hold of, and never covers the whole canvas.
    pub const SIDE_MIN: f64 = 60.0;
    pub const SIDE_MAX: f64 = 4_000.0;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoteColour {
    #[default]
    Yellow,
    Green,
    Blue,
    Purple,
    Red,
    Grey,
}

impl NoteColour {
    pub const ALL: [Self; 6] = [Self::Yellow, Self::Green, Self::Blue, Self::Purple, Self::Red, Self::Grey];

    fn is_first(&self) -> bool {
        *self == Self::default()
    }

    /// As the document writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yellow => "yellow",
            Self::Green => "green",
            Self::Blue => "blue",
            Self::Purple => "purple",
            Self::Red => "red",
            Self::Grey => "grey",
        }
    }
}

/// Nodes that belong together for the eye: drawn in one frame, moved as one. A node is in one group at most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Permanent id, unique among the flow's groups.
    pub id: GroupId,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// What its nodes are for, in at most 145 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    pub nodes: Vec<NodeId>,
}

impl Group {
    pub const NAME_CHARS_MAX: usize = 200;
    pub const DESCRIPTION_CHARS_MAX: usize = 145;
}

/// Writes whole units as people do: 40, not 40.0.
fn number(unit: f64) -> Value {
    let whole = unit as i64;
    if whole as f64 == unit { Value::from(whole) } else { Value::from(unit) }
}

fn pair<S: Serializer>(pair: &[f64; 2], serializer: S) -> Result<S::Ok, S::Error> {
    pair.map(number).serialize(serializer)
}

pub(crate) fn places<S: Serializer>(
    layout: &IndexMap<NodeId, [f64; 2]>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(layout.iter().map(|(id, place)| (id, place.map(number))))
}
