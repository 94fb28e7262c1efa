//! Remembers what was packed, so that packing the same again is free.

use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::Inputs;

/// One number for all inputs and for the version of this program.
pub struct Stamp(String);

impl Stamp {
    pub fn of(inputs: &Inputs, small: bool) -> Self {
        let mut hash = Sha256::new();
        let mut part = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        };
        part(PROGRAM.as_bytes());
        part(&[u8::from(small)]);
        part(&inputs.wasm);
        part(inputs.page.as_bytes());
        part(inputs.css.as_bytes());
        part(&inputs.code);
        for (path, content) in &inputs.files {
            part(path.as_bytes());
            part(content);
        }
        Self(hex::encode(hash.finalize()))
    }

    /// Whether the folder still holds what these inputs gave.
    pub fn is_current(&self, stamp: &Path, out: &Path) -> bool {
        let saved = std::fs::read_to_string(stamp).unwrap_or_default();
        self.text(out).is_ok_and(|text| text == saved)
    }

    pub fn save(&self, stamp: &Path, out: &Path) -> Result<()> {
        std::fs::write(stamp, self.text(out)?).with_context(|| format!("writing {}", stamp.display()))
    }

    /// The page names all other files with their hashes, so it stands for the whole folder.
    fn text(&self, out: &Path) -> Result<String> {
        let page = std::fs::read(out.join("index.html"))?;
        Ok(format!("{}\n{}\n", self.0, hex::encode(Sha256::digest(page))))
    }
}

/// Stands for how the files are made; to be changed when the same inputs shall give other files.
const PROGRAM: &str = concat!("web-pack 4 ", env!("CARGO_PKG_VERSION"));
