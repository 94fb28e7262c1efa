//! Sorted runs one behind the other in a file without a name: whatever ends the process, nothing is left behind.

use super::{Entry, LENGTHS, length, lengths};
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

const WRITTEN_AT_ONCE: usize = 64 << 10;
const READ_AHEAD: usize = 32 << 10;

pub struct Spill {
    file: Arc<File>,
    /// Where each run begins and ends.
    runs: Vec<(u64, u64)>,
}

impl Spill {
    pub fn new(folder: &Path) -> io::Result<Self> {
        Ok(Self { file: Arc::new(tempfile::tempfile_in(folder)?), runs: Vec::new() })
    }

    pub fn runs(&self) -> &[(u64, u64)] {
        &self.runs
    }

    /// Adds a run of what is written, which is in order.
    pub fn write_run(&mut self, write: impl FnOnce(&mut Run<'_>) -> io::Result<()>) -> io::Result<()> {
        let start = self.runs.last().map_or(0, |(_, end)| *end);
        let mut run = Run { out: BufWriter::with_capacity(WRITTEN_AT_ONCE, &self.file), end: start };
        write(&mut run)?;
        run.out.flush()?;
        let end = run.end;
        self.runs.push((start, end));
        Ok(())
    }

    pub fn read_run(&self, (at, end): (u64, u64)) -> Reader {
        let part = Part { file: Arc::clone(&self.file), at, end };
        Reader(BufReader::with_capacity(READ_AHEAD, part))
    }
}

pub struct Run<'f> {
    out: BufWriter<&'f File>,
    end: u64,
}

impl Run<'_> {
    pub fn write(&mut self, key: &[u8], row: &[u8]) -> io::Result<()> {
        for part in [&length(key)[..], &length(row), key, row] {
            self.out.write_all(part)?;
        }
        self.end += (LENGTHS + key.len() + row.len()) as u64;
        Ok(())
    }
}

/// The entries of one run.
pub struct Reader(BufReader<Part>);

impl Reader {
    pub fn next_into(&mut self, entry: &mut Entry) -> io::Result<bool> {
        if self.0.fill_buf()?.is_empty() {
            return Ok(false);
        }
        let mut before = [0; LENGTHS];
        self.0.read_exact(&mut before)?;
        let (key, row) = lengths(&before);
        entry.key.resize(key, 0);
        self.0.read_exact(&mut entry.key)?;
        entry.row.resize(row, 0);
        self.0.read_exact(&mut entry.row)?;
        Ok(true)
    }
}

/// A part of a file that several read at their own places.
struct Part {
    file: Arc<File>,
    at: u64,
    end: u64,
}

impl Read for Part {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
        let wanted = buffer.len().min(left);
        let read = self.file.read_at(&mut buffer[..wanted], self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}
