//! Writing it: under another name until it is whole, and for its owner's eyes alone.

use super::{BYTES, END, End, FRAME_BYTES_MAX, HEAD, Hashing, Head, INT, MAGIC, NULL, PAGE, TEXT, tables};
use anyhow::{Context, bail};
use async_trait::async_trait;
use engine::failpoint;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use store::moving::{Cell, Page, Pages};
use store::{Error, Ms};
use zstd::stream::write::Encoder;

/// A good deal faster than the disk, and a third of the size or less.
const LEVEL: i32 = 3;

pub struct Writer {
    out: Encoder<'static, Hashing<BufWriter<File>>>,
    frame: Vec<u8>,
    end: End,
    to: PathBuf,
    part: PathBuf,
}

impl Writer {
    pub fn create(to: &Path, made_at: Ms) -> anyhow::Result<Self> {
        if to.exists() {
            bail!("{} exists: nothing is written over", to.display());
        }
        let mut part = OsString::from(to);
        part.push(".part");
        let part = PathBuf::from(part);
        let mut open = OpenOptions::new();
        let file = open.write(true).create(true).truncate(true).mode(0o600).open(&part);
        let mut out =
            Hashing::new(BufWriter::new(file.with_context(|| format!("making {}", part.display()))?));
        out.write_all(MAGIC)?;
        let out = Encoder::new(out, LEVEL)?;
        let mut writer = Self { out, frame: Vec::new(), end: End::default(), to: to.to_owned(), part };
        let head = Head { khlong: env!("CARGO_PKG_VERSION").into(), made_at, tables: tables() };
        writer.begin(HEAD);
        serde_json::to_writer(&mut writer.frame, &head)?;
        writer.send()?;
        Ok(writer)
    }

    /// Puts the file in its place, and tells how many rows of each table are in it.
    pub fn finish(mut self) -> anyhow::Result<BTreeMap<String, u64>> {
        self.begin(END);
        serde_json::to_writer(&mut self.frame, &self.end)?;
        self.send()?;
        let mut out = self.out.finish()?;
        let digest = out.digest();
        out.write_all(&digest)?;
        let file = out.inner.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        failpoint::reach("export.whole");
        fs::rename(&self.part, &self.to)?;
        let folder = self.to.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(self.end.rows)
    }

    fn begin(&mut self, kind: u8) {
        self.frame.clear();
        self.frame.push(kind);
    }

    fn send(&mut self) -> io::Result<()> {
        let len = self.frame.len() as u64;
        if len > FRAME_BYTES_MAX {
            return Err(io::Error::other(format!("a row of {len} bytes is too long to be moved")));
        }
        self.out.write_all(&(len as u32).to_le_bytes())?;
        self.out.write_all(&self.frame)
    }

    fn long(&mut self, kind: u8, bytes: &[u8]) {
        self.frame.push(kind);
        self.frame.extend((bytes.len() as u32).to_le_bytes());
        self.frame.extend(bytes);
    }

    fn cell(&mut self, cell: &Cell) {
        match cell {
            Cell::Null => self.frame.push(NULL),
            Cell::Int(number) => {
                self.frame.push(INT);
                self.frame.extend(number.to_le_bytes());
            }
            Cell::Text(text) => self.long(TEXT, text.as_bytes()),
            Cell::Bytes(bytes) => self.long(BYTES, bytes),
        }
    }
}

#[async_trait]
impl Pages for Writer {
    async fn page(&mut self, page: Page) -> Result<(), Error> {
        self.begin(PAGE);
        self.long(TEXT, page.table.name.as_bytes());
        self.frame.extend((page.rows.len() as u32).to_le_bytes());
        page.rows.iter().flatten().for_each(|cell| self.cell(cell));
        *self.end.rows.entry(page.table.name.into()).or_default() += page.rows.len() as u64;
        let place = self.part.clone();
        self.send().map_err(|error| match error.kind() {
            io::ErrorKind::StorageFull => Error::Full,
            _ => Error::Io(format!("{}: {error}", place.display())),
        })?;
        failpoint::reach("export.page");
        Ok(())
    }
}
