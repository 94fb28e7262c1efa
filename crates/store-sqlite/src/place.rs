//! The folder: who may have it, on which kind of disk, and how much room there is.

use crate::{Options, blobs, history};
use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use store::Error;

/// What the store's file is called in its folder.
pub const FILE: &str = "khlong.db";
pub(crate) const LOCK: &str = "khlong.lock";
const BALLAST: &str = "khlong.ballast";
/// Given up when the disk is full, so that there is room to finish runs and to expire old ones.
const BALLAST_BYTES: u64 = 16 << 20;
/// The ballast is laid in again only when this much is free.
const ROOM_BYTES_MIN: u64 = 4 * BALLAST_BYTES;

/// File systems on which locks or syncs do not mean what SQLite needs them to mean (Linux `statfs` magic numbers).
const NETWORK: [(i64, &str); 10] = [
    (0x6969, "NFS"),
    (0x517b, "SMB"),
    (0xff53_4d42, "CIFS"),
    (0xfe53_4d42, "SMB2"),
    (0x6573_5546, "FUSE"),
    (0x0102_1997, "9P"),
    (0x00c3_6400, "Ceph"),
    (0x5346_414f, "AFS"),
    (0x7375_7245, "Coda"),
    (0x0bd0_0bd0, "Lustre"),
];

/// A folder that this process holds until the value is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    dir: PathBuf,
    /// Nothing for whoever only looks.
    _lock: Option<File>,
}

impl Place {
    pub(crate) fn take(options: &Options) -> Result<Self, Error> {
        let dir = &options.dir;
        make_dir(dir).map_err(|error| at(dir, "cannot make the data folder", &error))?;
        if !options.allow_network_dir {
            refuse_network(dir)?;
        }
        let _lock = lock(dir, "stop it, or give this one a data folder of its own")?;
        let place = Self { dir: dir.clone(), _lock: Some(_lock) };
        place.make_file().map_err(|error| at(dir, "cannot make the store's file", &error))?;
        place.lay_ballast();
        Ok(place)
    }

    /// The folder without the right to change anything in it.
    pub(crate) fn look(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), _lock: None }
    }

    /// Whether a process works in the folder. The lock is asked for and let go of at once.
    pub(crate) fn is_held(dir: &Path) -> Result<bool, Error> {
        let path = dir.join(LOCK);
        match File::open(&path) {
            Ok(file) => match file.try_lock_shared() {
                Ok(()) => Ok(false),
                Err(TryLockError::WouldBlock) => Ok(true),
                Err(TryLockError::Error(error)) => Err(at(&path, "cannot look at the lock of", &error)),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(at(&path, "cannot open", &error)),
        }
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.dir.join(FILE)
    }

    pub(crate) fn history(&self) -> PathBuf {
        self.dir.join(history::FOLDER)
    }

    pub(crate) fn blobs(&self) -> PathBuf {
        self.dir.join(blobs::FOLDER)
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.dir.join(format!("{FILE}-wal"))
    }

    /// SQLite gives its log and index the mode of this file.
    fn make_file(&self) -> io::Result<()> {
        let path = self.file();
        if path.exists() {
            return Ok(());
        }
        private(&path)?.sync_all()?;
        sync_dir(&self.dir)
    }

    pub(crate) fn free_bytes(&self) -> u64 {
        rustix::fs::statvfs(&self.dir).map_or(0, |fs| fs.f_bavail * fs.f_frsize)
    }

    pub(crate) fn has_room(&self) -> bool {
        self.free_bytes() >= ROOM_BYTES_MIN
    }

    /// Reserves blocks that `drop_ballast` can give back. Going without is no reason not to start.
    pub(crate) fn lay_ballast(&self) {
        let path = self.dir.join(BALLAST);
        if path.exists() || !self.has_room() {
            return;
        }
        let reserve = |file: File| {
            let flags = rustix::fs::FallocateFlags::empty();
            rustix::fs::fallocate(&file, flags, 0, BALLAST_BYTES).map_err(io::Error::from)
        };
        if let Err(error) = private(&path).and_then(reserve) {
            tracing::warn!(%error, "no ballast: a full disk will leave no room to expire old runs");
            let _ = fs::remove_file(&path);
        }
    }

    pub(crate) fn drop_ballast(&self) {
        let _ = fs::remove_file(self.dir.join(BALLAST));
    }
}

/// Whether there is a store in a folder; what state it is in is seen when it is opened.
pub fn is_store(dir: &Path) -> bool {
    dir.join(FILE).exists()
}

/// A file that only its owner may read, new or as it is.
pub(crate) fn private(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)
}

pub(crate) fn make_dir(dir: &Path) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    dir.parent().filter(|parent| !parent.as_os_str().is_empty()).map_or(Ok(()), sync_dir)
}

/// What the files of a folder take on the disk, without those of the folders in it. What cannot be looked at counts for
/// nothing.
pub(crate) fn bytes_in(folder: &Path) -> u64 {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files.filter_map(|file| file.metadata().ok()).filter(Metadata::is_file).map(|file| file.len()).sum()
}

/// A new name is on disk only when its folder is.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Held until the file is dropped; `advice` is for whoever finds another holding it.
pub(crate) fn lock(dir: &Path, advice: &str) -> Result<File, Error> {
    let path = dir.join(LOCK);
    let file = private(&path).map_err(|error| at(&path, "cannot make the lock file", &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err(Error::Conflict(format!("another process works in {}: {advice}", dir.display())))
        }
        Err(TryLockError::Error(error)) => Err(at(&path, "cannot lock", &error)),
    }
}

fn refuse_network(dir: &Path) -> Result<(), Error> {
    let stat =
        rustix::fs::statfs(dir).map_err(|error| at(dir, "cannot look at the data folder", &error.into()))?;
    // The kernel's type is 32 bits wide on some machines and signed on others.
    let magic = stat.f_type as i64 & 0xffff_ffff;
    let Some((_, name)) = NETWORK.iter().find(|(number, _)| *number == magic) else {
        return Ok(());
    };
    Err(Error::Conflict(format!(
        "{} is on a network file system ({name}), where SQLite can lose data: use a local disk, or allow it explicitly",
        dir.display()
    )))
}

pub(crate) fn at(path: &Path, what: &str, error: &io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::StorageFull => Error::Full,
        _ => Error::Io(format!("{what} {}: {error}", path.display())),
    }
}
