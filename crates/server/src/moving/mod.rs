//! The file that `khlong export --all` writes and `khlong import --all` reads.
//!
//! Magic; a zstd stream of frames, each a length and so many bytes; the SHA-256 of all before it. The first frame says what
//! the file is, the last one how many rows there are of each table, and between them are pages of rows. Who writes and
//! who reads hold one page at a time. Decision 0012 says why it is like this.

mod read;
mod write;

pub use read::{Contents, Reader};
pub use write::Writer;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use store::moving::TABLES;

const MAGIC: &[u8; 12] = b"khlong all\n\x01";
const HASH_BYTES: u64 = 32;
/// A page is small, but one row may have a long body.
const FRAME_BYTES_MAX: u64 = 1 << 30;

/// What a frame is; its first byte.
const HEAD: u8 = 0;
const PAGE: u8 = 1;
const END: u8 = 2;

/// How a cell begins.
const NULL: u8 = 0;
const INT: u8 = 1;
const TEXT: u8 = 2;
const BYTES: u8 = 3;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Head {
    /// The release that made it.
    khlong: String,
    made_at: i64,
    /// Columns by table: another release may have others.
    tables: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct End {
    rows: BTreeMap<String, u64>,
}

fn tables() -> BTreeMap<String, Vec<String>> {
    let columns = |table: &store::moving::Table| table.names().map(str::to_owned).collect();
    TABLES.iter().map(|table| (table.name.to_owned(), columns(table))).collect()
}

/// Hashes what goes through.
struct Hashing<T> {
    inner: T,
    hash: Sha256,
}

impl<T> Hashing<T> {
    fn new(inner: T) -> Self {
        Self { inner, hash: Sha256::new() }
    }

    fn digest(&self) -> [u8; HASH_BYTES as usize] {
        self.hash.clone().finalize().into()
    }
}

impl<T: Write> Write for Hashing<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<T: Read> Read for Hashing<T> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(bytes)?;
        self.hash.update(&bytes[..read]);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;
    use store::moving::{Cell, Page, Pages, table};

    const KEYS: &str = r#"{"keys":{}}"#;

    fn pages() -> Vec<Page> {
        let mut settings = Page::new(table("setting").unwrap());
        settings.push(vec![Cell::Text("vault.keys".into()), Cell::Text(KEYS.into())]);
        let mut schedules = Page::new(table("schedule").unwrap());
        schedules.push(vec![Cell::Int(-1), Cell::Text("clock · นาฬิกา".into()), Cell::Int(i64::MAX)]);
        schedules.push(vec![Cell::Int(2), Cell::Text(String::new()), Cell::Null]);
        let mut sessions = Page::new(table("session").unwrap());
        sessions.push(vec![Cell::Bytes(vec![7; 32]), Cell::Bytes(vec![0, 255]), Cell::Int(0)]);
        vec![settings, schedules, sessions]
    }

    async fn written(to: &Path) {
        let mut writer = Writer::create(to, 5).unwrap();
        for page in pages() {
            writer.page(page).await.unwrap();
        }
        writer.finish().unwrap();
    }

    #[tokio::test]
    async fn what_is_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("all");
        written(&file).await;
        let contents = Contents::check(&file).unwrap();
        assert_eq!((contents.keys.as_deref(), contents.rows["schedule"]), (Some(KEYS), 2));
        let mut reader = Reader::open(&file).unwrap();
        let mut read = Vec::new();
        while let Some(page) = reader.next_page().unwrap() {
            read.push(page);
        }
        assert_eq!(read, pages());
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(Writer::create(&file, 5).is_err(), "nothing is written over");
    }

    #[tokio::test]
    async fn a_file_that_was_cut_or_altered_anywhere_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("all");
        written(&file).await;
        let whole = std::fs::read(&file).unwrap();
        let refused = |bytes: &[u8]| {
            std::fs::write(&file, bytes).unwrap();
            Contents::check(&file).err().map(|error| format!("{error:#}"))
        };
        for place in 0..whole.len() {
            assert!(refused(&whole[..place]).is_some(), "cut at {place}");
            let mut altered = whole.clone();
            altered[place] ^= 0x10;
            assert!(refused(&altered).is_some(), "altered at {place}");
        }
        assert!(refused(&[&whole[..], b"x"].concat()).is_some(), "something follows");
        assert_eq!(refused(&whole), None);
        assert!(refused(b"{}").unwrap().contains("export --all"));
    }

    #[tokio::test]
    async fn an_export_that_was_broken_off_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("all");
        let mut writer = Writer::create(&file, 5).unwrap();
        writer.page(pages().remove(0)).await.unwrap();
        drop(writer);
        assert!(!file.exists());
        written(&file).await;
    }
}
