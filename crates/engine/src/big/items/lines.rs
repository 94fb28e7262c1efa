//! One JSON value on each line.

use super::{ITEM_BYTES_MAX, Wrong, json};
use run::Data;

#[derive(Default)]
pub(super) struct Lines {
    text: Vec<u8>,
    at: usize,
    /// Up to here there is no end of a line.
    seen: usize,
    line: u64,
}

impl Lines {
    pub(super) fn push(&mut self, text: &[u8]) {
        self.text.drain(..self.at);
        self.seen -= self.at;
        self.at = 0;
        self.text.extend_from_slice(text);
    }

    /// Nothing where the next line is not whole; `last` where nothing more comes. Empty lines count, and are no items.
    pub(super) fn next(&mut self, last: bool) -> Result<Option<Data>, Wrong> {
        loop {
            let end = match self.text[self.seen..].iter().position(|byte| *byte == b'\n') {
                Some(more) => self.seen + more,
                None if last && self.at < self.text.len() => self.text.len(),
                None => {
                    self.seen = self.text.len();
                    let long = self.seen - self.at > ITEM_BYTES_MAX;
                    return if long { Err(self.wrong("is longer than 4 MB")) } else { Ok(None) };
                }
            };
            self.line += 1;
            let line = self.text[self.at..end].trim_ascii();
            let item = (!line.is_empty()).then(|| json::item(line));
            (self.at, self.seen) = ((end + 1).min(self.text.len()), (end + 1).min(self.text.len()));
            match item {
                Some(item) => return item.map(Some).map_err(|wrong| format!("line {}: {wrong}", self.line)),
                None => continue,
            }
        }
    }

    fn wrong(&self, what: &str) -> Wrong {
        format!("line {} {what}", self.line + 1)
    }
}
