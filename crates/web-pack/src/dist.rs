//! The finished files, first in memory, then on disk.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use brotli::enc::BrotliEncoderParams;
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};

/// Below this a compressed copy saves nothing: it is one packet anyway.
const COMPRESS_BYTES_MIN: usize = 1_024;
/// Hex digits of the hash in a file's name: 48 bits are enough to tell releases apart.
const HASH_DIGITS: usize = 12;

/// The files of the site by path.
#[derive(Default)]
pub struct Dist(BTreeMap<String, Vec<u8>>);

impl Dist {
    pub fn add(&mut self, path: String, content: Vec<u8>) {
        self.0.insert(path, content);
    }

    /// Adds a file under a name that holds its hash, and returns its path.
    pub fn add_hashed(&mut self, stem: &str, extension: &str, content: Vec<u8>) -> String {
        let path = format!("assets/{}.{extension}", hashed(stem, &content));
        self.add(path.clone(), content);
        path
    }

    /// Puts these files in the place of the folder, each with its compressed copies: one that every browser takes and is made
    /// soon, and where they are to be small, one that is smaller by a third and takes long.
    pub fn replace(&self, out: &Path, small: bool) -> Result<()> {
        let new = out.with_extension("new");
        remove(&new)?;
        for (path, content) in &self.0 {
            write(&new.join(path), content)?;
            for way in Way::ALL.into_iter().filter(|way| small || *way == Way::Gzip) {
                if let Some(smaller) = compress(path, content, way)? {
                    write(&new.join(format!("{path}.{}", way.ending())), &smaller)?;
                }
            }
        }
        remove(out)?;
        fs::rename(&new, out).with_context(|| format!("putting {} into its place", out.display()))
    }
}

impl fmt::Display for Dist {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kilobytes = |extension: &str| {
            let sizes =
                self.0.iter().filter(|(path, _)| path.ends_with(extension)).map(|(_, content)| content.len());
            sizes.sum::<usize>() / 1024
        };
        let (wasm, js, css) = (kilobytes(".wasm"), kilobytes(".js"), kilobytes(".css"));
        write!(f, "{} files, wasm {wasm} KB, js {js} KB, css {css} KB", self.0.len())
    }
}

/// A name that holds the hash of what it stands for.
pub fn hashed(stem: &str, content: &[u8]) -> String {
    let hash = hex::encode(Sha256::digest(content));
    format!("{stem}-{}", &hash[..HASH_DIGITS])
}

/// A format of compressed copies.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Gzip,
    Brotli,
}

impl Way {
    const ALL: [Self; 2] = [Self::Gzip, Self::Brotli];

    fn ending(self) -> &'static str {
        match self {
            Self::Gzip => "gz",
            Self::Brotli => "br",
        }
    }

    fn pack(self, content: &[u8]) -> Result<Vec<u8>> {
        match self {
            Self::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
                encoder.write_all(content)?;
                Ok(encoder.finish()?)
            }
            Self::Brotli => {
                let mut packed = Vec::new();
                let params = BrotliEncoderParams { quality: 11, lgwin: 24, ..BrotliEncoderParams::default() };
                brotli::BrotliCompress(&mut &*content, &mut packed, &params)?;
                Ok(packed)
            }
        }
    }
}

/// All files below a folder, by path with `/`; none when there is no such folder.
pub fn read_tree(folder: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    if folder.is_dir() {
        read_below(folder, "", &mut files)?;
    }
    files.sort();
    Ok(files)
}

fn read_below(folder: &Path, prefix: &str, files: &mut Vec<(String, Vec<u8>)>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("listing {}", folder.display()))? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            read_below(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.push((name, fs::read(entry.path())?));
        }
    }
    Ok(())
}

/// A smaller copy, where the format is not compressed already and the copy is worth its space in the binary.
fn compress(path: &str, content: &[u8], way: Way) -> Result<Option<Vec<u8>>> {
    let packed_already = [".woff2", ".png", ".jpg", ".webp", ".gz"].iter().any(|end| path.ends_with(end));
    if packed_already || content.len() < COMPRESS_BYTES_MIN {
        return Ok(None);
    }
    let smaller = way.pack(content)?;
    Ok((smaller.len() < content.len()).then_some(smaller))
}

fn write(path: &Path, content: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, content).with_context(|| format!("writing {}", path.display()))
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("removing {}", folder.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_packing_leaves_nothing_of_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("dist");
        write(&out.join("assets/old.js"), b"old").unwrap();
        let mut dist = Dist::default();
        let path = dist.add_hashed("app", "css", vec![b' '; COMPRESS_BYTES_MIN]);
        dist.replace(&out, false).unwrap();
        let names = || read_tree(&out).unwrap().into_iter().map(|(path, _)| path).collect::<Vec<_>>();
        assert_eq!(names(), [path.clone(), format!("{path}.gz")]);
        dist.replace(&out, true).unwrap();
        assert_eq!(names(), [path.clone(), format!("{path}.br"), format!("{path}.gz")]);
    }

    #[test]
    fn another_content_gets_another_name() {
        let mut dist = Dist::default();
        assert_ne!(dist.add_hashed("app", "js", b"1".to_vec()), dist.add_hashed("app", "js", b"2".to_vec()));
    }
}
