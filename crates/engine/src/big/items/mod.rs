//! The elements of a text that is read from its beginning to its end, and never held as a whole.

mod csv;
mod decode;
mod json;
mod lines;

use super::Blob;
use super::blob::{Pieces, unread};
use crate::codes;
use crate::core::Core;
use bytes::Bytes;
use decode::Decode;
use run::Data;
use run::doc::StepError;

/// What is handed to a run at once.
const BATCH_ITEMS_MAX: usize = 256;
const BATCH_BYTES_MAX: usize = 256 << 10;
/// The longest element: a script looks at it as a whole.
const ITEM_BYTES_MAX: usize = 4 << 20;

/// How a text holds its elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A list stays a list; a long body is read by its content type.
    Auto,
    Json,
    Lines,
    Csv,
}

/// How a for-each reads a text. The words are the fields' of `core/for_each`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    pub format: Format,
    pub separator: u8,
    /// A label such as `windows-874`; nothing where the text itself has to say it.
    pub encoding: Option<String>,
}

impl Reading {
    /// How a text is read that came with a content type: as what that says, where it is a table or lines. JSON that is held
    /// has become a value before.
    pub fn of_sent(&self, content_type: &str) -> Option<Self> {
        let format = by_type(content_type).filter(|format| *format != Format::Json)?;
        let encoding = self.encoding.clone().or_else(|| charset(content_type).map(str::to_owned));
        Some(Self { format, encoding, ..self.clone() })
    }
}

/// The elements of one text, on their way to one for-each.
pub struct Feed {
    source: Source,
    decode: Option<Decode>,
    split: Split,
    ended: bool,
    /// What came before it is handed out first.
    failed: Option<StepError>,
}

enum Source {
    Blob(Pieces),
    Held(Option<Bytes>),
}

enum Split {
    Json(json::JsonItems),
    Lines(lines::Lines),
    Csv(Box<csv::Rows>),
}

pub struct Batch {
    pub items: Vec<Data>,
    pub last: bool,
}

/// What is wrong with a text, in words that say where.
pub(super) type Wrong = String;

impl Feed {
    /// Nothing where the value is gone through without being read as a text.
    pub fn of(
        core: &Core,
        reading: &Reading,
        value: &Data,
        path: &[String],
    ) -> Option<Result<Self, StepError>> {
        if let Some(blob) = Blob::of(value) {
            let source = Source::Blob(Pieces::of(core.store.clone(), &blob.at));
            return Some(Self::new(reading, source, blob.at.content_type.as_deref(), path));
        }
        if reading.format == Format::Auto {
            return None;
        }
        let text = text_of(value)?;
        Some(Self::new(reading, Source::Held(Some(text)), None, path))
    }

    fn new(
        reading: &Reading,
        source: Source,
        content_type: Option<&str>,
        path: &[String],
    ) -> Result<Self, StepError> {
        let format = match reading.format {
            Format::Auto => by_type(content_type.unwrap_or_default()).ok_or_else(|| unknown(content_type))?,
            format => format,
        };
        if !path.is_empty() && format != Format::Json {
            return Err(no_members(path));
        }
        let decode = || Decode::new(reading.encoding.as_deref(), content_type.and_then(charset));
        Ok(Self {
            source,
            decode: (format != Format::Json).then(decode),
            split: match format {
                Format::Auto | Format::Json => Split::Json(json::JsonItems::at(path)),
                Format::Lines => Split::Lines(lines::Lines::default()),
                Format::Csv => Split::Csv(Box::new(csv::Rows::new(reading.separator))),
            },
            ended: false,
            failed: None,
        })
    }

    pub async fn next(&mut self) -> Result<Batch, StepError> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let mut items = Vec::new();
        loop {
            if let Err(error) = self.take(&mut items) {
                self.failed = Some(error);
            }
            if items.is_empty()
                && let Some(error) = self.failed.take()
            {
                return Err(error);
            }
            if self.ended || !items.is_empty() {
                let full = items.len() >= BATCH_ITEMS_MAX || bytes(&items) >= BATCH_BYTES_MAX;
                return Ok(Batch { items, last: self.ended && !full && self.failed.is_none() });
            }
            self.read().await?;
        }
    }

    /// Takes what has been read so far, as far as it is whole.
    fn take(&mut self, items: &mut Vec<Data>) -> Result<(), StepError> {
        let mut bytes = 0;
        while items.len() < BATCH_ITEMS_MAX && bytes < BATCH_BYTES_MAX {
            let next = match &mut self.split {
                Split::Json(split) => split.next(self.ended),
                Split::Lines(split) => split.next(self.ended),
                Split::Csv(split) => split.next(self.ended),
            };
            match next.map_err(|wrong| broken(&wrong))? {
                Some(item) => {
                    bytes += item.held().0;
                    items.push(item);
                }
                None => break,
            }
        }
        Ok(())
    }

    async fn read(&mut self) -> Result<(), StepError> {
        let piece = match &mut self.source {
            Source::Blob(pieces) => pieces.next().await.map_err(|error| unread(&error))?,
            Source::Held(text) => text.take(),
        };
        self.ended = piece.is_none();
        let piece = piece.unwrap_or_default();
        let text = match &mut self.decode {
            Some(decode) => decode.text(&piece, self.ended).map_err(|wrong| broken(&wrong))?,
            None => piece,
        };
        match &mut self.split {
            Split::Json(split) => split.push(&text),
            Split::Lines(split) => split.push(&text),
            Split::Csv(split) => split.push(&text),
        }
        Ok(())
    }
}

fn bytes(items: &[Data]) -> usize {
    items.iter().map(|item| item.held().0).sum()
}

/// A text as a webhook gives it: as it is, or where it was no UTF-8, as base64.
fn text_of(value: &Data) -> Option<Bytes> {
    use base64::Engine as _;
    match value.value() {
        model::Value::String(text) => Some(Bytes::from(text.clone())),
        model::Value::Object(map) if map.len() == 1 => {
            let coded = map.get("base64")?.as_str()?;
            base64::engine::general_purpose::STANDARD.decode(coded).ok().map(Bytes::from)
        }
        _ => None,
    }
}

fn by_type(content_type: &str) -> Option<Format> {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match kind.as_str() {
        "text/csv" | "application/csv" | "text/comma-separated-values" => Some(Format::Csv),
        "application/x-ndjson"
        | "application/ndjson"
        | "application/jsonl"
        | "application/x-jsonlines"
        | "application/jsonlines" => Some(Format::Lines),
        "application/json" | "text/json" => Some(Format::Json),
        kind if kind.ends_with("+json") => Some(Format::Json),
        _ => None,
    }
}

fn charset(content_type: &str) -> Option<&str> {
    let named =
        |part: &'_ str| part.trim().get(..8).is_some_and(|name| name.eq_ignore_ascii_case("charset="));
    let part = content_type.split(';').skip(1).find(|part| named(part))?;
    Some(part.trim()[8..].trim_matches('"'))
}

fn unknown(content_type: Option<&str>) -> StepError {
    let said = content_type.filter(|said| !said.is_empty()).unwrap_or("none");
    codes::error(
        codes::NO_LIST,
        format!("what this for-each is to go through is a long body of the content type {said}"),
        "Choose in the for-each's format how the body holds its elements: json, lines or csv.",
    )
}

/// Said of a for-each that is to read a text and was given something else.
pub fn no_text(given: &Data) -> StepError {
    let what = if given.as_large().is_some() { "a long list" } else { "no text" };
    codes::error(
        codes::NO_LIST,
        format!("this for-each is to read its elements out of a text, and was given {what}"),
        "Take the format out of the for-each where a list comes in, or give it the text itself.",
    )
}

fn no_members(path: &[String]) -> StepError {
    codes::error(
        codes::NO_LIST,
        format!("the long body is a table or lines, and so has no member {}", path.join(".")),
        "Give the whole body, ${trigger.body}, to the for-each.",
    )
}

fn broken(wrong: &str) -> StepError {
    codes::error(
        codes::BROKEN_ITEM,
        wrong.to_owned(),
        "Correct the file there and send it again. The elements before that place have been gone through.",
    )
}

/// The blob that a path of members leads into, and the rest of the path.
pub fn into_blob(value: &Data, members: &[&str]) -> Option<(Data, Vec<String>)> {
    (0..=members.len()).find_map(|n| {
        let found = value.walk(&members[..n]).filter(|found| Blob::of(found).is_some())?;
        Some((found, members[n..].iter().map(|name| (*name).to_owned()).collect()))
    })
}

#[cfg(test)]
mod tests;
