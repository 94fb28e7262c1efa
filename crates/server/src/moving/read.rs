//! Reading it, twice: all is checked before anything is taken.

use super::{
    BYTES, END, End, FRAME_BYTES_MAX, HASH_BYTES, HEAD, Hashing, Head, INT, MAGIC, NULL, PAGE, TEXT, tables,
};
use crate::vault;
use anyhow::{Context, bail, ensure};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom, Take};
use std::path::Path;
use store::moving::{Cell, Page, Row, Table, table};
use zstd::stream::read::Decoder;

type Source = BufReader<Hashing<Take<File>>>;

pub struct Reader {
    from: Decoder<'static, Source>,
    digest: [u8; HASH_BYTES as usize],
    head: Head,
    seen: End,
    /// All has been read and is as it was written.
    done: bool,
}

/// What a file holds.
pub struct Contents {
    pub made_at: i64,
    pub rows: BTreeMap<String, u64>,
    /// The keys that its secrets are sealed with, wrapped by a master key.
    pub keys: Option<String>,
}

impl Contents {
    /// Reads all of it, and refuses what is not as it was written.
    pub fn check(file: &Path) -> anyhow::Result<Self> {
        let mut reader = Reader::open(file)?;
        let mut keys = None;
        while let Some(page) = reader.next_page()? {
            keys = keys.or_else(|| wrapped_keys(&page));
        }
        Ok(Self { made_at: reader.head.made_at, rows: reader.seen.rows, keys })
    }
}

fn wrapped_keys(page: &Page) -> Option<String> {
    let is_keys = |row: &&Row| row.first() == Some(&Cell::Text(vault::KEYS_SETTING.into()));
    let row = page.rows.iter().filter(|_| page.table.name == "setting").find(is_keys)?;
    match row.get(1) {
        Some(Cell::Text(text)) => Some(text.clone()),
        _ => None,
    }
}

impl Reader {
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let opened = || -> anyhow::Result<Self> {
            let (file, digest) = open(path)?;
            let mut source = BufReader::new(file);
            let mut magic = [0; MAGIC.len()];
            source.read_exact(&mut magic)?;
            ensure!(magic == *MAGIC, "it is no file of `khlong export --all`, or of a newer release");
            let mut from = Decoder::with_buffer(source)?;
            let frame = frame(&mut from)?;
            let (kind, text) = frame.split_first().context("an empty frame")?;
            ensure!(*kind == HEAD, "it does not begin as such a file does");
            let head: Head = serde_json::from_slice(text)?;
            Ok(Self { from, digest, head, seen: End::default(), done: false })
        };
        let reader = opened().with_context(|| refused(path))?;
        reader.check_tables().with_context(|| format!("{} cannot be taken in", path.display()))?;
        Ok(reader)
    }

    fn check_tables(&self) -> anyhow::Result<()> {
        if self.head.tables == tables() {
            return Ok(());
        }
        bail!(
            "it was made by khlong {}, whose tables are others than those of this release ({}): take it in with that \
             release, and start this one on the store",
            self.head.khlong,
            env!("CARGO_PKG_VERSION")
        )
    }

    /// Nothing after the last page, which is told only when all of the file is as it was written.
    pub fn next_page(&mut self) -> anyhow::Result<Option<Page>> {
        if self.done {
            return Ok(None);
        }
        self.read_page().context("the file is damaged: it was cut off or altered, and nothing of it is taken")
    }

    fn read_page(&mut self) -> anyhow::Result<Option<Page>> {
        let frame = frame(&mut self.from)?;
        let (kind, mut rest) = frame.split_first().context("an empty frame")?;
        match *kind {
            PAGE => {
                let page = page(&mut rest)?;
                *self.seen.rows.entry(page.table.name.into()).or_default() += page.rows.len() as u64;
                Ok(Some(page))
            }
            END => {
                let end: End = serde_json::from_slice(rest)?;
                ensure!(end == self.seen, "it does not hold as many rows as were written");
                self.check_digest()?;
                self.done = true;
                Ok(None)
            }
            kind => bail!("there is no frame of kind {kind}"),
        }
    }

    fn check_digest(&mut self) -> anyhow::Result<()> {
        ensure!(self.from.read(&mut [0])? == 0, "something follows its end");
        let source = self.from.get_mut();
        ensure!(source.read(&mut [0])? == 0, "something follows its end");
        ensure!(source.get_ref().digest() == self.digest, "its checksum is another one");
        Ok(())
    }
}

fn refused(path: &Path) -> String {
    format!(
        "{} cannot be read as a file of `khlong export --all`: it was cut off or altered, or is something else",
        path.display()
    )
}

/// All but the hash at the end, and that.
fn open(path: &Path) -> anyhow::Result<(Hashing<Take<File>>, [u8; HASH_BYTES as usize])> {
    let mut file = File::open(path)?;
    let len = file.metadata()?.len();
    ensure!(len > HASH_BYTES + MAGIC.len() as u64, "it is too short");
    let mut digest = [0; HASH_BYTES as usize];
    file.seek(SeekFrom::Start(len - HASH_BYTES))?;
    file.read_exact(&mut digest)?;
    file.seek(SeekFrom::Start(0))?;
    Ok((Hashing::new(file.take(len - HASH_BYTES)), digest))
}

fn frame(from: &mut impl Read) -> anyhow::Result<Vec<u8>> {
    let mut len = [0; 4];
    from.read_exact(&mut len)?;
    let len = u64::from(u32::from_le_bytes(len));
    ensure!(len <= FRAME_BYTES_MAX, "a frame is too long");
    // Grows as it is read: a length that was altered does not ask for memory that is not needed.
    let mut frame = Vec::new();
    from.take(len).read_to_end(&mut frame)?;
    ensure!(frame.len() as u64 == len, "it ends too early");
    Ok(frame)
}

fn page(rest: &mut &[u8]) -> anyhow::Result<Page> {
    let Cell::Text(name) = cell(rest)? else { bail!("a page without its table") };
    let table = table(&name).with_context(|| format!("there is no table {name}"))?;
    let rows = u32::from_le_bytes(fixed(rest)?);
    let mut page = Page::new(table);
    for _ in 0..rows {
        page.push(row(table, rest)?);
    }
    ensure!(rest.is_empty(), "a page is longer than its rows");
    Ok(page)
}

fn row(table: &Table, rest: &mut &[u8]) -> anyhow::Result<Row> {
    let cells = table.columns.iter().map(|(name, kind)| {
        let cell = cell(rest)?;
        ensure!(cell.is(*kind), "{}.{name} is of another kind", table.name);
        Ok(cell)
    });
    cells.collect()
}

fn cell(rest: &mut &[u8]) -> anyhow::Result<Cell> {
    let [kind] = fixed(rest)?;
    Ok(match kind {
        NULL => Cell::Null,
        INT => Cell::Int(i64::from_le_bytes(fixed(rest)?)),
        TEXT => Cell::Text(String::from_utf8(long(rest)?.to_vec())?),
        BYTES => Cell::Bytes(long(rest)?.to_vec()),
        kind => bail!("there is no cell of kind {kind}"),
    })
}

fn long<'a>(rest: &mut &'a [u8]) -> anyhow::Result<&'a [u8]> {
    let len = u32::from_le_bytes(fixed(rest)?) as usize;
    let (bytes, after) = rest.split_at_checked(len).context("a row ends too early")?;
    *rest = after;
    Ok(bytes)
}

fn fixed<const N: usize>(rest: &mut &[u8]) -> anyhow::Result<[u8; N]> {
    let (bytes, after) = rest.split_first_chunk::<N>().context("a row ends too early")?;
    *rest = after;
    Ok(*bytes)
}
