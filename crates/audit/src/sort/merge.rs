//! Runs that are in order become one that is.

use super::Entry;
use super::spill::{Reader, Spill};
use std::io;
use std::path::Path;

/// All runs as one. First, runs are merged until there are few enough to be read at once. What was merged is in a new file,
/// so that disk is needed for twice the data and no more.
pub fn all(mut spill: Spill, folder: &Path, runs_max: usize) -> io::Result<Merge> {
    while spill.runs().len() > runs_max {
        let mut merged = Spill::new(folder)?;
        // Neighbours go together: of equal keys, those of an earlier run stay the earlier ones.
        for runs in spill.runs().chunks(runs_max) {
            let mut merge = Merge::new(&spill, runs)?;
            merged.write_run(|out| {
                let mut entry = Entry::default();
                while merge.next_into(&mut entry)? {
                    out.write(&entry.key, &entry.row)?;
                }
                Ok(())
            })?;
        }
        spill = merged;
    }
    Merge::new(&spill, spill.runs())
}

/// Several runs as one.
pub struct Merge {
    heads: Vec<Head>,
}

struct Head {
    entry: Entry,
    rest: Reader,
}

impl Merge {
    pub fn new(spill: &Spill, runs: &[(u64, u64)]) -> io::Result<Self> {
        let mut heads = Vec::with_capacity(runs.len());
        for run in runs {
            let mut head = Head { entry: Entry::default(), rest: spill.read_run(*run) };
            if head.rest.next_into(&mut head.entry)? {
                heads.push(head);
            }
        }
        Ok(Self { heads })
    }

    pub fn next_into(&mut self, entry: &mut Entry) -> io::Result<bool> {
        // There are so few that looking at all of them is as quick as a heap. Of equal keys the first is taken.
        let smallest = self.heads.iter().enumerate().min_by(|(_, a), (_, b)| a.entry.key.cmp(&b.entry.key));
        let Some((index, _)) = smallest else { return Ok(false) };
        let head = &mut self.heads[index];
        std::mem::swap(entry, &mut head.entry);
        if !head.rest.next_into(&mut head.entry)? {
            // In their places, for the sake of equal keys.
            self.heads.remove(index);
        }
        Ok(true)
    }
}
