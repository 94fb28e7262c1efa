//! A compiler for the browser: the toolchain's own, rustup's, or Debian's.

use std::ffi::OsString;
use std::path::Path;

use anyhow::{Result, bail};

use crate::cargo::cargo;
use crate::command::{Cmd, step};
use crate::debian;
use crate::workspace::Workspace;

pub const WASM: &str = "wasm32-unknown-unknown";
/// Randomness comes from the browser. And a component is drawn as one type of Leptos's, not as the type of everything in it: with
/// the whole of a page in one type, compiling the pages takes three times as long and makes a module a quarter larger.
const WEB_FLAGS: &str = r#"--cfg getrandom_backend="wasm_js" --cfg erase_components"#;
/// The oldest compiler that our code compiles with, as in Cargo.toml.
const MINOR_VERSION_MIN: u32 = 95;

const DEBIAN_PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-19"];
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_STD: &str = "/usr/lib/rustlib/src/rust/library/std/Cargo.toml";
const DEBIAN_STD_OLD: &str = "/usr/share/rust/library/std/Cargo.toml";
const DEBIAN_LINKER: &str = "wasm-ld-19";

/// How to compile for the browser on this machine.
#[derive(Clone, Copy, PartialEq)]
pub enum Toolchain {
    /// The toolchain in use has the target.
    Own,
    /// Debian's compiler, which builds the standard library along.
    Debian,
}

impl Toolchain {
    /// Finds one, and installs what is missing.
    pub fn find(workspace: &Workspace) -> Result<Self> {
        if own_has_target(workspace) {
            return Ok(Self::Own);
        }
        if debian_is_complete() {
            return Ok(Self::Debian);
        }
        step("adding the compiler for the browser", "1 to 3 minutes", || install(workspace))
    }

    /// A cargo for the browser, with its own target folder.
    pub fn cargo(self, workspace: &Workspace, verb: &str) -> Cmd {
        let command = match self {
            Self::Own => cargo(&workspace.root).arg(verb),
            Self::Debian => debian_cargo(&workspace.root).arg(verb).args([
                "-Zbuild-std=std,panic_abort",
                "--config",
                &format!("target.{WASM}.linker=\"{DEBIAN_LINKER}\""),
            ]),
        };
        command
            .args(["--locked", "--target", WASM])
            .env("CARGO_TARGET_DIR", workspace.web_target())
            .env("RUSTFLAGS", WEB_FLAGS)
    }
}

fn install(workspace: &Workspace) -> Result<Toolchain> {
    if Cmd::new("rustup", &workspace.root).args(["target", "add", WASM]).succeeds()
        && own_has_target(workspace)
    {
        return Ok(Toolchain::Own);
    }
    eprintln!("    rustup cannot add {WASM} here; trying Debian's packages");
    debian::install(&workspace.root, &DEBIAN_PACKAGES)?;
    if !debian_is_complete() {
        bail!(
            "{} are installed, but {DEBIAN_RUSTC} is older than 1.{MINOR_VERSION_MIN} or has no library source.\n\
             Either of these helps: rustup target add {WASM}, or a Debian with rustc-web 1.{MINOR_VERSION_MIN} or newer.",
            DEBIAN_PACKAGES.join(", ")
        );
    }
    Ok(Toolchain::Debian)
}

fn own_has_target(workspace: &Workspace) -> bool {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
    let libs = Cmd::new(rustc, &workspace.root).args(["--print", "target-libdir", "--target", WASM]).read();
    libs.is_ok_and(|path| has_std(Path::new(path.trim())))
}

/// The folder may exist without the library, after a half-finished installation.
fn has_std(libs: &Path) -> bool {
    let Ok(entries) = libs.read_dir() else {
        return false;
    };
    entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
}

fn debian_is_complete() -> bool {
    let here = Path::new("/");
    let source = Path::new(DEBIAN_STD).exists() || Path::new(DEBIAN_STD_OLD).exists();
    let version = Cmd::new(DEBIAN_RUSTC, here).env_remove("LD_LIBRARY_PATH").arg("--version");
    source
        && Path::new(DEBIAN_CARGO).exists()
        && Cmd::new(DEBIAN_LINKER, here).arg("--version").succeeds()
        && version.read().is_ok_and(|text| is_new_enough(&text))
}

/// `rustc 1.96.0 (ac68faa20 2026-05-25)`
fn is_new_enough(version: &str) -> bool {
    let number = version.split_whitespace().nth(1).unwrap_or_default();
    let mut parts = number.split('.').map(|part| part.parse().unwrap_or(0));
    matches!((parts.next(), parts.next()), (Some(1), Some(minor)) if minor >= MINOR_VERSION_MIN)
}

fn debian_cargo(root: &Path) -> Cmd {
    let command = Cmd::new(DEBIAN_CARGO, root).env("RUSTC", DEBIAN_RUSTC).env("RUSTC_BOOTSTRAP", "1");
    // rustup's cargo leaves these behind, and they lead a foreign compiler to rustup's libraries.
    ["LD_LIBRARY_PATH", "CARGO", "RUSTUP_TOOLCHAIN", "RUSTUP_HOME", "RUSTC_WRAPPER", "RUSTDOC"]
        .iter()
        .fold(command, |command, name| command.env_remove(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_compiler_in_the_usual_place_is_not_taken() {
        assert!(is_new_enough("rustc 1.96.0 (ac68faa20 2026-05-25) (built from a source tarball)"));
        assert!(!is_new_enough("rustc 1.63.0"));
        assert!(!is_new_enough(""));
    }
}
