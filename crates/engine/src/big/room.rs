//! What one run may take, so that a run that takes more fails alone.

use crate::sync::atomic::{AtomicU64, Ordering};
use crate::{Options, codes};
use run::StepId;
use run::doc::StepError;
use std::fs::File;
use std::io;
use std::path::PathBuf;

/// The room of one run: in memory for the values that its steps hold, on the disk for what does not fit there.
#[derive(Debug)]
pub struct Room {
    pub memory_max: usize,
    disk_max: u64,
    spilled: AtomicU64,
    dir: Option<PathBuf>,
}

impl Room {
    pub fn of(options: &Options) -> Self {
        Self {
            memory_max: options.run_memory_max,
            disk_max: options.run_disk_max,
            spilled: AtomicU64::new(0),
            dir: options.spill_dir.clone(),
        }
    }

    /// A file of its own that is gone when it is closed, by a crash too: what is in it can be computed again.
    pub(super) fn file(&self) -> io::Result<File> {
        match &self.dir {
            Some(dir) => tempfile::tempfile_in(dir),
            None => tempfile::tempfile(),
        }
    }

    /// Takes room on the disk, if there is any.
    pub(super) fn spill(&self, bytes: u64) -> Result<(), StepError> {
        let fits = |taken: u64| taken.checked_add(bytes).filter(|taken| *taken <= self.disk_max);
        match self.spilled.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits) {
            Ok(_) => Ok(()),
            Err(taken) => Err(codes::error(
                codes::RUN_ROOM,
                format!(
                    "the results of this for-each do not fit on the disk: the run has put {} there, and may put {}",
                    size(taken),
                    size(self.disk_max)
                ),
                "Give back less per item, such as an id alone, or go through the list in several runs. Whoever runs \
                 Khlong can allow a run more.",
            )),
        }
    }

    pub(super) fn give_back(&self, bytes: u64) {
        self.spilled.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Said of a run that holds more in memory than it may.
    pub fn overfull(&self, held: usize, holders: &[(StepId, usize)]) -> StepError {
        let by = |(step, bytes): &(StepId, usize)| format!("{step} {}", size(*bytes as u64));
        let by: Vec<String> = holders.iter().filter(|(_, bytes)| *bytes > 0).map(by).collect();
        codes::error(
            codes::RUN_ROOM,
            format!(
                "the run holds {} of data in memory, and may hold {}; most of it: {}",
                size(held as u64),
                size(self.memory_max as u64),
                by.join(", ")
            ),
            "Let the named steps give back less: only the fields that later steps need. Go through a long list with a \
             for-each. Whoever runs Khlong can allow a run more.",
        )
    }
}

/// A number of bytes for people.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} bytes"),
        1_024..1_048_576 => format!("{:.1} kB", bytes as f64 / 1_024.0),
        _ => format!("{:.1} MB", bytes as f64 / 1_048_576.0),
    }
}
