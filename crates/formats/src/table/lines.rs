//! Pieces of a text that end where a line or a record does.

use super::letters::Letters;
use super::{RECORD_BYTES_MAX, wrong};
use crate::csv::delimiter::Delimiter;
use connector::Error;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

const READ_AT_ONCE: usize = 64 << 10;

#[derive(Clone, Copy)]
pub enum Until {
    Line,
    /// The end of a line that is not within quotes.
    Record(Delimiter),
}

pub struct Lines {
    path: PathBuf,
    from: BufReader<Letters>,
    /// That of the next piece, from 1.
    line: usize,
}

impl Lines {
    pub fn open(path: &Path) -> Result<Self, Error> {
        let letters = Letters::open(path).map_err(|error| cannot_be_read(path, 0, &error))?;
        Ok(Self { path: path.to_owned(), from: BufReader::with_capacity(READ_AT_ONCE, letters), line: 1 })
    }

    /// Some of the beginning, which is still to come.
    pub fn beginning(&mut self) -> Result<&str, Error> {
        let bytes = self.from.fill_buf().map_err(|error| cannot_be_read(&self.path, 0, &error))?;
        // It may end within a letter.
        Ok(match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
        })
    }

    /// The next piece, and the line that it begins in. A quote that never closes is in the last one.
    pub fn next(&mut self, until: Until) -> Result<Option<(usize, String)>, Error> {
        let first = self.line;
        let mut piece = Vec::new();
        let mut at = At::Start;
        loop {
            let more = self.from.fill_buf().map_err(|error| cannot_be_read(&self.path, first, &error))?;
            let end = more.iter().position(|byte| at.passes(*byte, until));
            let taken = end.map_or(more.len(), |end| end + 1);
            let is_last = end.is_some() || more.is_empty();
            piece.extend_from_slice(&more[..taken]);
            self.from.consume(taken);
            if piece.len() > RECORD_BYTES_MAX {
                return Err(self.too_long(first));
            }
            if is_last {
                break;
            }
        }
        self.line += piece.iter().filter(|byte| **byte == b'\n').count();
        let text = String::from_utf8(piece).map_err(|error| {
            cannot_be_read(&self.path, first, &io::Error::new(io::ErrorKind::InvalidData, error))
        })?;
        Ok((!text.is_empty()).then_some((first, text)))
    }

    fn too_long(&self, line: usize) -> Error {
        let what =
            format!("line {line}: the record that begins there is larger than {} MB", RECORD_BYTES_MAX >> 20);
        wrong(&self.path, what, "Look for a quote that never closes; leave out fields that nobody compares.")
    }
}

fn cannot_be_read(path: &Path, line: usize, error: &io::Error) -> Error {
    let place = if line > 1 { format!("from line {line} on ") } else { String::new() };
    wrong(path, format!("{place}it cannot be read: {error}"), "Look at the file and at who may read it.")
}

/// Where in a record a letter stands. All that matters are single bytes, which are part of no other letter.
#[derive(Clone, Copy, PartialEq)]
enum At {
    /// Of a field, where a quote opens.
    Start,
    Plain,
    Quoted,
    /// After a quote within quotes: it closes, unless another follows.
    Closed,
}

impl At {
    /// Goes on by one byte; says whether the piece ends with it.
    fn passes(&mut self, byte: u8, until: Until) -> bool {
        let Until::Record(delimiter) = until else { return byte == b'\n' };
        let ends_field = u32::from(byte) == u32::from(delimiter.letter()) || matches!(byte, b'\n' | b'\r');
        *self = match (*self, byte) {
            (Self::Quoted, b'"') => Self::Closed,
            (Self::Quoted, _) => Self::Quoted,
            (Self::Start | Self::Closed, b'"') => Self::Quoted,
            _ if ends_field => Self::Start,
            _ => Self::Plain,
        };
        byte == b'\n' && *self == Self::Start
    }
}
