//! Where the store lives and what it promises.

use std::path::PathBuf;
use std::time::Duration;

const ARCHIVE_AFTER: Duration = Duration::from_secs(2);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// A commit that returned survives a power cut.
    Full,
    /// A commit that returned survives the process, but not a power cut. For tests.
    Normal,
}

#[derive(Clone, Debug)]
pub struct Options {
    /// The folder that holds the file, its log and its lock; made where it is missing.
    pub dir: PathBuf,
    pub durability: Durability,
    /// Open even on a network file system, whose locks and syncs cannot be trusted.
    pub allow_network_dir: bool,
    /// How long a run that has ended may stay in the hot file before it moves to its day's: many at once cost less. With
    /// none, a commit waits for the move; for tests.
    pub archive_after: Duration,
    /// Treat the disk as full when the file has this many bytes.
    pub bytes_max: Option<u64>,
    /// Open also what an import has not filled to its end: for an import that begins anew.
    pub unfinished: bool,
}

impl Options {
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            durability: Durability::Full,
            allow_network_dir: false,
            archive_after: ARCHIVE_AFTER,
            bytes_max: None,
            unfinished: false,
        }
    }
}
