//! Sorts more records than memory holds: what is full is written to disk in order, and the runs on disk are merged.

mod merge;
mod spill;

use crate::error::Error;
use merge::Merge;
use spill::Spill;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Runs that are merged at once. Each holds one record and what is read ahead; more runs are merged in several passes.
const RUNS_MERGED_MAX: usize = 16;
/// Where each part of an entry ends is written before it.
const LENGTHS: usize = 8;

/// What is sorted: bytes, by their key and then by when they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    pub key: Vec<u8>,
    pub row: Vec<u8>,
}

/// Takes entries in any order.
pub struct Sorter {
    folder: PathBuf,
    bytes_max: usize,
    held: Held,
    spill: Option<Spill>,
}

impl Sorter {
    /// Holds so many bytes at most, or one entry, and a little more while runs are merged.
    pub fn new(folder: &Path, bytes_max: usize) -> Self {
        Self { folder: folder.to_owned(), bytes_max, held: Held::default(), spill: None }
    }

    pub fn push(&mut self, key: &[u8], row: &[u8]) -> Result<(), Error> {
        if !self.held.is_empty() && self.held.size_with(key, row) > self.bytes_max {
            self.write_run()?;
        }
        if self.held.is_empty() {
            self.held.make_room(self.bytes_max);
        }
        self.held.push(key, row);
        Ok(())
    }

    fn write_run(&mut self) -> Result<(), Error> {
        let Self { folder, held, spill, .. } = self;
        let spill = match spill {
            Some(spill) => spill,
            none => none.insert(Spill::new(folder).map_err(fails(folder))?),
        };
        held.sort();
        let written = spill.write_run(|out| held.entries().try_for_each(|(key, row)| out.write(key, row)));
        held.clear();
        written.map_err(fails(folder))
    }

    /// All entries in their order.
    pub fn sorted(mut self) -> Result<Sorted, Error> {
        if self.spill.is_some() {
            self.write_run()?;
        }
        let Some(spill) = self.spill.take() else {
            self.held.sort();
            return Ok(Sorted { folder: self.folder, from: Source::Memory { held: self.held, next: 0 } });
        };
        // Merging needs memory of its own.
        drop(self.held);
        let merge = merge::all(spill, &self.folder, RUNS_MERGED_MAX).map_err(fails(&self.folder))?;
        Ok(Sorted { folder: self.folder, from: Source::Disk(merge) })
    }
}

fn fails(folder: &Path) -> impl FnOnce(io::Error) -> Error {
    |source| Error::Spill { folder: folder.to_owned(), source }
}

/// Gives entries in order.
pub struct Sorted {
    folder: PathBuf,
    from: Source,
}

enum Source {
    Memory { held: Held, next: usize },
    Disk(Merge),
}

impl Sorted {
    /// Puts the next entry into the place of another, whose memory is used again; says whether there was one.
    pub fn next_into(&mut self, entry: &mut Entry) -> Result<bool, Error> {
        match &mut self.from {
            Source::Memory { held, next } => {
                let Some((key, row)) = held.entry(*next) else { return Ok(false) };
                *next += 1;
                entry.key.clear();
                entry.key.extend_from_slice(key);
                entry.row.clear();
                entry.row.extend_from_slice(row);
                Ok(true)
            }
            Source::Disk(merge) => merge.next_into(entry).map_err(fails(&self.folder)),
        }
    }
}

/// Entries in one piece of memory, so that their size is known to the byte.
#[derive(Default)]
struct Held {
    bytes: Vec<u8>,
    /// Where each entry begins.
    starts: Vec<usize>,
}

impl Held {
    fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    fn size_with(&self, key: &[u8], row: &[u8]) -> usize {
        let more = LENGTHS + key.len() + row.len();
        // A list that grows holds up to twice what is in it.
        self.bytes.len() + more + (self.starts.len() + 1).next_power_of_two() * size_of::<usize>()
    }

    /// Memory that nothing was written to costs nothing, and a vector that grows has its bytes twice for a moment.
    fn make_room(&mut self, bytes_max: usize) {
        self.bytes.reserve(bytes_max);
    }

    fn push(&mut self, key: &[u8], row: &[u8]) {
        self.starts.push(self.bytes.len());
        self.bytes.extend(length(key));
        self.bytes.extend(length(row));
        self.bytes.extend_from_slice(key);
        self.bytes.extend_from_slice(row);
    }

    fn sort(&mut self) {
        let bytes = &self.bytes;
        // A later entry has a later start.
        self.starts.sort_unstable_by(|a, b| key_at(bytes, *a).cmp(key_at(bytes, *b)).then(a.cmp(b)));
    }

    fn entry(&self, index: usize) -> Option<(&[u8], &[u8])> {
        let (key, row) = parts_at(&self.bytes, *self.starts.get(index)?);
        Some((&self.bytes[key], &self.bytes[row]))
    }

    fn entries(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        (0..self.starts.len()).filter_map(|index| self.entry(index))
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.starts.clear();
    }
}

fn length(part: &[u8]) -> [u8; 4] {
    // A record that is kept has 256 KB at most.
    u32::try_from(part.len()).unwrap_or(u32::MAX).to_le_bytes()
}

fn lengths(bytes: &[u8]) -> (usize, usize) {
    let number = |bytes: &[u8]| u32::from_le_bytes(bytes.try_into().unwrap_or_default()) as usize;
    (number(&bytes[..4]), number(&bytes[4..LENGTHS]))
}

fn parts_at(bytes: &[u8], start: usize) -> (Range<usize>, Range<usize>) {
    let (key, row) = lengths(&bytes[start..start + LENGTHS]);
    let key_starts = start + LENGTHS;
    (key_starts..key_starts + key, key_starts + key..key_starts + key + row)
}

fn key_at(bytes: &[u8], start: usize) -> &[u8] {
    &bytes[parts_at(bytes, start).0]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sorts numbered keys within so much memory: each with the place at which it came.
    fn sorted(keys: &[u32], bytes_max: usize) -> Vec<(Vec<u8>, usize)> {
        let folder = tempfile::tempdir().unwrap();
        let mut sorter = Sorter::new(folder.path(), bytes_max);
        for (place, key) in keys.iter().enumerate() {
            sorter.push(format!("{key:06}").as_bytes(), &place.to_le_bytes()).unwrap();
        }
        let mut sorted = sorter.sorted().unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left behind");
        let (mut all, mut entry) = (Vec::new(), Entry::default());
        while sorted.next_into(&mut entry).unwrap() {
            all.push((entry.key.clone(), usize::from_le_bytes(entry.row[..].try_into().unwrap())));
        }
        all
    }

    #[test]
    fn what_does_not_fit_into_memory_comes_in_the_same_order() {
        let keys: Vec<u32> = (0..5_000_u32).map(|i| i * 7_919 % 1_000).collect();
        let mut wanted: Vec<(Vec<u8>, usize)> =
            keys.iter().enumerate().map(|(place, key)| (format!("{key:06}").into_bytes(), place)).collect();
        wanted.sort();
        // All in memory; a few runs; hundreds of runs, which take several passes; an entry larger than the memory.
        for bytes_max in [1 << 20, 40_000, 600, 1] {
            assert_eq!(sorted(&keys, bytes_max), wanted, "{bytes_max}");
        }
    }

    #[test]
    fn nothing_sorted_is_nothing() {
        assert_eq!(sorted(&[], 100), []);
    }

    #[test]
    fn a_folder_that_is_not_there_is_named_with_what_to_do() {
        let mut sorter = Sorter::new(Path::new("/nowhere/at/all"), 1);
        sorter.push(b"a", b"").unwrap();
        let error = sorter.push(b"b", b"").unwrap_err().to_string();
        assert!(error.contains("/nowhere/at/all") && error.contains("name another"), "{error}");
    }
}
