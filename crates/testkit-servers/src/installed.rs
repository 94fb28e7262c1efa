//! What `cargo xtask test` has installed from npm and PyPI.

use std::path::{Path, PathBuf};

/// The variable that names the folder; without it, the one beside what a test was compiled into.
pub const FOLDER: &str = "KHLONG_TEST_SERVERS";

/// A file of it, where that is there.
pub(crate) fn installed(below: &str) -> Option<PathBuf> {
    Some(folder()?.join(below)).filter(|path| path.exists())
}

/// A test is `target/debug/deps/name`, and they are in `target/servers`.
fn folder() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return Some(folder.into());
    }
    let test = std::env::current_exe().ok()?;
    test.ancestors().nth(3).map(|target: &Path| target.join("servers"))
}

/// The Node.js that the servers from npm run on.
pub(crate) fn node() -> Option<PathBuf> {
    installed("node/bin/node")
}
