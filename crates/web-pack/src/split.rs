//! The module in pieces: what the first screen needs, and what a page fetches when somebody opens it.

use anyhow::{Context, Result, anyhow};
use std::fs;
use wasm_split_cli_support::{Options, transform};

/// The script between the pieces, as the module imports it.
pub const LINK: &str = "./pieces.js";

pub struct Pieces {
    /// What is loaded at once; still to be bound.
    pub main: Vec<u8>,
    /// Fetches the others.
    pub link: Vec<u8>,
    /// The others, by file name.
    pub later: Vec<(String, Vec<u8>)>,
}

/// Takes the module apart at the functions that are marked `lazy`. `bound` is the script that the binder will make of the
/// main piece, as the script between them is to import it.
pub fn split(wasm: &[u8], bound: &str) -> Result<Pieces> {
    let folder = tempfile::tempdir().context("making a folder for the pieces")?;
    let main = folder.path().join("main.wasm");
    let mut options = Options::new(wasm);
    (options.output_dir, options.main_out_path) = (folder.path(), &main);
    (options.link_name, options.main_module) = (LINK, bound);
    let split = transform(options).map_err(|error| anyhow!("taking the module apart: {error:#}"))?;
    let mut later = split
        .split_modules
        .iter()
        .map(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Ok((name, fs::read(path)?))
        })
        .collect::<Result<Vec<_>>>()?;
    later.sort();
    Ok(Pieces { main: fs::read(&main)?, link: fs::read(folder.path().join(LINK))?, later })
}
