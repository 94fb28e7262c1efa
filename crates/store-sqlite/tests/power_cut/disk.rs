//! A disk that forgets at a power cut what was not synced. Compiled by the test that needs it, and loaded into its child
//! with LD_PRELOAD, so it stands on nothing but the standard library.
//!
//! It lets every write through and remembers which bytes it changed. When a file is synced, those bytes are copied into the
//! same file in a second folder: what lies there is what a power cut leaves. Names are kept as most file systems keep them,
//! with the file's own sync; with `POWER_CUT_NAMES=1` a new file is there only once its folder was synced as well.
//! Files that are mapped into memory (SQLite's `-shm`) never come through here and are lost as a whole.
//!
//! `unsafe` is what this is about: it stands in for functions of libc and calls the real ones. Each has the signature that
//! libc's manual gives, and touches nothing that it was not given.

use std::collections::HashMap;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

unsafe extern "C" {
    fn dlsym(handle: *mut c_void, name: *const c_char) -> *mut c_void;
    fn lseek(file: c_int, offset: i64, whence: c_int) -> i64;
}

const RTLD_NEXT: *mut c_void = -1isize as *mut c_void;
const SEEK_CUR: c_int = 1;
/// New files whose folder was not synced yet.
const NAMELESS: &str = ".nameless";

/// The next function of this name, which is libc's own.
macro_rules! real {
    ($name:literal as $kind:ty) => {{
        static REAL: LazyLock<usize> =
            LazyLock::new(|| unsafe { dlsym(RTLD_NEXT, $name.as_ptr()) } as usize);
        unsafe { std::mem::transmute::<usize, $kind>(*REAL) }
    }};
}

/// The folder that is watched, the one that survives, and what has changed since the last sync, by name.
struct Disk {
    watched: PathBuf,
    durable: PathBuf,
    names: bool,
    changed: Mutex<HashMap<String, Vec<(u64, u64)>>>,
    /// One sync after the other: a checkpoint that syncs beside a commit takes the commit's bytes along, and the commit must
    /// not be told before they lie where they survive.
    syncing: Mutex<()>,
}

static DISK: LazyLock<Disk> = LazyLock::new(|| {
    let folder = |name: &str| PathBuf::from(std::env::var_os(name).unwrap_or_default());
    Disk {
        watched: folder("POWER_CUT_DIR"),
        durable: folder("POWER_CUT_DURABLE"),
        names: std::env::var_os("POWER_CUT_NAMES").is_some(),
        changed: Mutex::default(),
        syncing: Mutex::default(),
    }
});

impl Disk {
    fn changed(&self) -> MutexGuard<'_, HashMap<String, Vec<(u64, u64)>>> {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The name in the watched folder of what is open here.
    fn name_of(&self, file: c_int) -> Option<String> {
        self.name(&fs::read_link(format!("/proc/self/fd/{file}")).ok()?)
    }

    /// Such as `khlong.db`, or `history/2026-01-01.db` in a folder of it. A folder has none.
    fn name(&self, path: &Path) -> Option<String> {
        let name = path.strip_prefix(&self.watched).ok()?.to_str()?;
        (!name.is_empty() && !name.ends_with("-shm") && !path.is_dir()).then(|| name.to_owned())
    }

    fn note(&self, file: c_int, from: i64, bytes: isize) {
        if let (Some(name), Ok(bytes), Ok(from)) = (self.name_of(file), u64::try_from(bytes), u64::try_from(from)) {
            self.changed().entry(name).or_default().push((from, bytes));
        }
    }

    /// Where a name's bytes survive.
    fn place(&self, name: &str) -> PathBuf {
        let place = self.durable.join(name);
        if !self.names || place.exists() { place } else { self.durable.join(NAMELESS).join(name) }
    }

    fn synced(&self, name: &str, changed: Vec<(u64, u64)>) -> std::io::Result<()> {
        let from = File::open(self.watched.join(name))?;
        let place = self.place(name);
        fs::create_dir_all(place.parent().unwrap_or(&self.durable))?;
        let to = OpenOptions::new().write(true).create(true).truncate(false).open(place)?;
        for (offset, bytes) in changed {
            let mut buffer = vec![0; bytes as usize];
            let mut held = 0;
            while held < buffer.len() {
                match from.read_at(&mut buffer[held..], offset + held as u64)? {
                    0 => break,
                    read => held += read,
                }
            }
            to.write_all_at(&buffer[..held], offset)?;
        }
        to.set_len(from.metadata()?.len())
    }

    /// The new files in it have their names now.
    fn folder_synced(&self, folder: &Path) {
        let Ok(inside) = folder.strip_prefix(&self.watched) else { return };
        let (nameless, named) = (self.durable.join(NAMELESS).join(inside), self.durable.join(inside));
        for entry in fs::read_dir(nameless).into_iter().flatten().flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_file()) {
                fs::create_dir_all(&named).expect("the test's disk is writable");
                let _ = fs::rename(entry.path(), named.join(entry.file_name()));
            }
        }
    }

    fn sync(&self, file: c_int, real: impl FnOnce() -> c_int) -> c_int {
        let _one = self.syncing.lock().unwrap_or_else(PoisonError::into_inner);
        let name = self.name_of(file);
        // What is written from now on counts for the next sync.
        let changed = name.as_ref().and_then(|name| self.changed().remove(name)).unwrap_or_default();
        let answer = real();
        if answer == 0 {
            if let Some(name) = name {
                self.synced(&name, changed).expect("the test's disk is writable");
            } else if let Ok(folder) = fs::read_link(format!("/proc/self/fd/{file}")) {
                self.folder_synced(&folder);
            }
        }
        answer
    }

    fn forget(&self, path: *const c_char) {
        let path = Path::new(unsafe { CStr::from_ptr(path) }.to_str().unwrap_or_default());
        if let Some(name) = self.name(path) {
            self.changed().remove(&name);
            let _ = fs::remove_file(self.place(&name));
        }
    }
}

#[unsafe(no_mangle)]
extern "C" fn write(file: c_int, bytes: *const c_void, count: usize) -> isize {
    let real = real!(c"write" as extern "C" fn(c_int, *const c_void, usize) -> isize);
    let from = unsafe { lseek(file, 0, SEEK_CUR) };
    let written = real(file, bytes, count);
    DISK.note(file, from, written);
    written
}

macro_rules! pwrite {
    ($name:ident, $text:literal) => {
        #[unsafe(no_mangle)]
        extern "C" fn $name(file: c_int, bytes: *const c_void, count: usize, from: i64) -> isize {
            let real = real!($text as extern "C" fn(c_int, *const c_void, usize, i64) -> isize);
            let written = real(file, bytes, count, from);
            DISK.note(file, from, written);
            written
        }
    };
}
pwrite!(pwrite, c"pwrite");
pwrite!(pwrite64, c"pwrite64");

#[unsafe(no_mangle)]
extern "C" fn writev(file: c_int, parts: *const c_void, count: c_int) -> isize {
    let real = real!(c"writev" as extern "C" fn(c_int, *const c_void, c_int) -> isize);
    let from = unsafe { lseek(file, 0, SEEK_CUR) };
    let written = real(file, parts, count);
    DISK.note(file, from, written);
    written
}

#[unsafe(no_mangle)]
extern "C" fn fsync(file: c_int) -> c_int {
    let real = real!(c"fsync" as extern "C" fn(c_int) -> c_int);
    DISK.sync(file, || real(file))
}

#[unsafe(no_mangle)]
extern "C" fn fdatasync(file: c_int) -> c_int {
    let real = real!(c"fdatasync" as extern "C" fn(c_int) -> c_int);
    DISK.sync(file, || real(file))
}

#[unsafe(no_mangle)]
extern "C" fn unlink(path: *const c_char) -> c_int {
    let real = real!(c"unlink" as extern "C" fn(*const c_char) -> c_int);
    DISK.forget(path);
    real(path)
}
