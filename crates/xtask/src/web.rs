//! The web UI: compiled for the browser, then packed into `web/dist`.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::cargo::build_program;
use crate::command::{Cmd, step};
use crate::product::Speed;
use crate::toolchain::{Toolchain, WASM};
use crate::tools::npm_packages;
use crate::workspace::Workspace;

/// These must also compile for the browser, where the editor checks and previews with the server's own code.
const PURE: [&str; 7] = ["model", "script", "run", "rehearsal", "n8n", "api", "canvas"];

pub fn build(workspace: &Workspace, speed: Speed) -> Result<()> {
    same_wasm_bindgen(workspace)?;
    let toolchain = Toolchain::find(workspace)?;
    step("compiling the web UI", "first time: 3 to 6 minutes", || {
        let build = toolchain.cargo(workspace, "build");
        build.args(["-p", "app", "--bin", "app", "--profile", speed.web_profile()]).run()
    })?;
    bundle_code(workspace)?;
    step("packing the web UI", "first time: 1 to 2 minutes", || pack(workspace, speed))
}

/// Shows that the pure crates know nothing but the standard library.
pub fn build_pure_crates(workspace: &Workspace) -> Result<()> {
    let toolchain = Toolchain::find(workspace)?;
    let build = toolchain.cargo(workspace, "build").args(["--lib", "--profile", Speed::Quick.web_profile()]);
    PURE.iter().fold(build, |build, package| build.args(["-p", package])).run()
}

/// The server embeds `web/dist`; a folder without a page serves a note instead.
pub fn make_dist_folder(workspace: &Workspace) -> Result<()> {
    let dist = workspace.path("web/dist");
    std::fs::create_dir_all(&dist).with_context(|| format!("making {}", dist.display()))
}

/// The editor for scripts: packages from npm in one file, made anew when something of it has changed.
fn bundle_code(workspace: &Workspace) -> Result<()> {
    let folder = workspace.path("web/code");
    let mut stamp = String::new();
    for file in ["package-lock.json", "build.mjs", "src/editor.js", "src/rhai.js"] {
        stamp += &std::fs::read_to_string(folder.join(file))
            .with_context(|| format!("reading web/code/{file}"))?;
    }
    let (bundle, seen) = (folder.join("dist/code.js"), folder.join("dist/made-from.txt"));
    if bundle.exists() && std::fs::read_to_string(&seen).is_ok_and(|seen| seen == stamp) {
        return Ok(());
    }
    npm_packages(&folder, "the script editor")?;
    step("bundling the script editor", "seconds", || Cmd::new("node", &folder).arg("build.mjs").run())?;
    std::fs::write(&seen, stamp).with_context(|| format!("writing {}", seen.display()))
}

fn pack(workspace: &Workspace, speed: Speed) -> Result<()> {
    let packer = build_program(workspace, "web-pack", "web-pack", "dev")?;
    let wasm: PathBuf = workspace.web_target().join(WASM).join(speed.web_profile()).join("app.wasm");
    let pack = Cmd::new(packer, &workspace.root).arg("--wasm").arg(wasm);
    let pack = pack.arg("--web").arg(workspace.path("web")).arg("--out").arg(workspace.path("web/dist"));
    let pack = pack.arg("--stamp").arg(workspace.web_target().join("packed"));
    if speed == Speed::Release { pack.arg("--small").run() } else { pack.run() }
}

/// The binder reads what the library's macros wrote into the module, and only its own version's format.
fn same_wasm_bindgen(workspace: &Workspace) -> Result<()> {
    let lock = std::fs::read_to_string(workspace.path("Cargo.lock")).context("reading Cargo.lock")?;
    let library = locked_version(&lock, "wasm-bindgen").context("Cargo.lock has no wasm-bindgen")?;
    let binder = locked_version(&lock, "wasm-bindgen-cli-support");
    if binder != Some(library) {
        bail!(
            "Cargo.lock has wasm-bindgen {library}, but wasm-bindgen-cli-support {}. \
             Run `cargo update -p wasm-bindgen-cli-support --precise {library}`.",
            binder.unwrap_or("not at all")
        );
    }
    Ok(())
}

fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let (_, after) = lock.split_once(&format!("name = \"{package}\"\nversion = \""))?;
    Some(after.split_once('"')?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_found_by_its_whole_name() {
        let lock = "name = \"wasm-bindgen-futures\"\nversion = \"0.4.80\"\n\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(lock, "wasm"), None);
    }
}
