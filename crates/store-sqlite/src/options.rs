//! Where the store lives and what it promises.

use std::path::PathBuf;

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
    /// Treat the disk as full when the file has this many bytes.
    pub bytes_max: Option<u64>,
}

impl Options {
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into(), durability: Durability::Full, allow_network_dir: false, bytes_max: None }
    }
}
