//! The clock of a machine, in a test's hand: `machine.rs` is loaded into whatever runs on it.

use std::fs::File;
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

const HOUR_MS: i64 = 3_600_000;

pub struct SetClock {
    folder: tempfile::TempDir,
    file: File,
}

impl SetClock {
    /// As the real one.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // A database's own user reads it, too.
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
        compile(&folder.path().join("clock.so"));
        let file = File::create(folder.path().join("moved")).unwrap();
        let clock = Self { folder, file };
        clock.set(0);
        clock
    }

    /// What is to be in the environment of those who live by it.
    pub fn variables(&self) -> [(&'static str, PathBuf); 2] {
        [("LD_PRELOAD", self.folder.path().join("clock.so")), ("SET_CLOCK", self.folder.path().join("moved"))]
    }

    fn set(&self, ms: i64) {
        self.file.write_all_at(&ms.to_ne_bytes(), 0).unwrap();
    }

    pub fn moved_ms(&self) -> i64 {
        let mut bytes = [0; 8];
        File::open(self.folder.path().join("moved")).unwrap().read_exact_at(&mut bytes, 0).unwrap();
        i64::from_ne_bytes(bytes)
    }

    /// Sets it forward, or back.
    pub fn jump(&self, minutes: i64) {
        self.set(self.moved_ms() + minutes * 60_000);
    }

    pub fn now_ms(&self) -> i64 {
        let since = std::time::UNIX_EPOCH.elapsed().unwrap();
        i64::try_from(since.as_millis()).unwrap() + self.moved_ms()
    }

    /// Forward to some minutes past the next hour.
    pub fn set_past_the_hour(&self, minutes: i64) {
        let left = HOUR_MS - self.now_ms() % HOUR_MS;
        self.set(self.moved_ms() + left + minutes * 60_000);
    }
}

fn compile(library: &Path) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crash/set_clock/machine.rs");
    let rustc = std::env::var_os("RUSTC").unwrap_or("rustc".into());
    let mut compile = Command::new(rustc);
    compile.args(["--edition", "2024", "--crate-type", "cdylib", "-O", "-C", "panic=abort", "-o"]);
    let compiled = compile.arg(library).arg(source).status().expect("rustc is there where cargo is");
    assert!(compiled.success());
}
