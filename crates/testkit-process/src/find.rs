//! What a server is started with: its program, a port, a secret, its settings.

use anyhow::{Context, Result, bail};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Below those that a system gives to whoever asks for any: a server takes seconds to listen, and a test of another process that
/// begins meanwhile must not be given its port.
const PORTS: std::ops::Range<u16> = 16_000..32_000;
const TRIES: usize = 100;

pub fn free_port() -> Result<u16> {
    let any = |(): ()| {
        let (chance, _) = uuid::Uuid::new_v4().as_u64_pair();
        let within = u16::try_from(chance % u64::from(PORTS.end - PORTS.start)).unwrap_or_default();
        PORTS.start + within
    };
    let is_free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let found = std::iter::repeat_n((), TRIES).map(any).find(is_free);
    found.context("no port is free between 16000 and 32000")
}

/// A program on the `PATH`, or where Debian has it.
pub fn program(name: &str, elsewhere: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(elsewhere.iter().map(PathBuf::from));
    folders.map(|folder| folder.join(name)).find(|path| path.exists())
}

pub fn secret() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

pub fn write(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}

/// Runs a program to its end, and gives what it printed.
pub fn run(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("starting {command:?}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if !output.status.success() {
        bail!("{command:?} ended with {}: {}{}", output.status, text(&output.stdout), text(&output.stderr));
    }
    Ok(text(&output.stdout))
}
