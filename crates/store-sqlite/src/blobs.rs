//! Long bodies: a file each, beside the database, so that none passes its one writer and each goes with an `unlink`.
//!
//! A file is whole and synced before the row that tells of it, and goes after that row. What a crash leaves in between
//! has no row, and is removed at the next start.

use crate::fault::Fault;
use crate::place::{self, Place, at};
use crate::store::SqliteStore;
use crate::writer::Writer;
use async_trait::async_trait;
use bytes::Bytes;
use rusqlite::{Connection, Transaction};
use std::collections::{BTreeSet, HashMap};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use store::decode::{BlobColumns, IS_A_PERSONS, blob};
use store::{BLOB_GRACE, BLOBS_MAX, BlobHash, BlobRow, Blobs, Error, Ms, SWEPT_MAX, ids};

pub(crate) const FOLDER: &str = "blobs";
pub(crate) const ENDING: &str = ".blob";
/// Of a file that is being uploaded.
const UPLOAD: &str = ".upload";
const LENGTH_BYTES: usize = 4;

/// The files, and what is being uploaded.
#[derive(Debug, Default)]
pub(crate) struct Files {
    folder: PathBuf,
    uploads: Mutex<HashMap<i64, Upload>>,
    /// Held while a name and its row come or go, so that no new file is taken for an old one.
    turn: tokio::sync::Mutex<()>,
    /// The last use that was looked at.
    swept: AtomicI64,
}

#[derive(Debug)]
struct Upload {
    file: File,
    lengths: Vec<u32>,
}

impl Files {
    pub(crate) fn of(place: &Place) -> Arc<Self> {
        Arc::new(Self { folder: place.blobs(), ..Self::default() })
    }

    fn path(&self, hash: &BlobHash) -> PathBuf {
        self.folder.join(name(hash))
    }

    fn upload_path(&self, upload: i64) -> PathBuf {
        self.folder.join(format!("{upload}{UPLOAD}"))
    }

    fn put(&self, upload: i64, n: u32, piece: &[u8]) -> Result<(), Error> {
        let taken = self.uploads().remove(&upload);
        let path = self.upload_path(upload);
        let failed = |error: io::Error| at(&path, "cannot write", &error);
        let mut open = match taken {
            Some(open) => open,
            None => {
                place::make_dir(&self.folder).map_err(|error| at(&self.folder, "cannot make", &error))?;
                let file = place::private(&path).map_err(failed)?;
                file.set_len(0).map_err(failed)?;
                Upload { file, lengths: Vec::new() }
            }
        };
        if open.lengths.len() == n as usize {
            open.file.write_all(piece).map_err(failed)?;
            open.lengths.push(piece.len() as u32);
        }
        self.uploads().insert(upload, open);
        Ok(())
    }

    /// Syncs an upload's file; gives the lengths of its pieces.
    fn complete(&self, upload: i64, pieces: u32) -> Result<Vec<u32>, Error> {
        let whole = self.uploads().remove(&upload).filter(|open| open.lengths.len() == pieces as usize);
        let open = whole.ok_or_else(store::blobs::not_whole)?;
        open.file.sync_data().map_err(|error| at(&self.upload_path(upload), "cannot sync", &error))?;
        Ok(open.lengths)
    }

    fn reveal(&self, upload: i64, hash: &BlobHash) -> Result<(), Error> {
        let path = self.path(hash);
        let rename = fs::rename(self.upload_path(upload), &path);
        rename.and_then(|()| place::sync_dir(&self.folder)).map_err(|error| at(&path, "cannot name", &error))
    }

    fn drop_upload(&self, upload: i64) -> Result<(), Error> {
        self.uploads().remove(&upload);
        remove(&self.upload_path(upload))
    }

    fn read(&self, hash: &BlobHash, from: u64, bytes: usize) -> Result<Option<Bytes>, Error> {
        let path = self.path(hash);
        let mut piece = vec![0; bytes];
        match File::open(&path).and_then(|file| file.read_exact_at(&mut piece, from)) {
            Ok(()) => Ok(Some(piece.into())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::Unreadable(format!("cannot read {}: {error}", path.display()))),
        }
    }

    fn old_uploads(&self, now: Ms) -> Vec<i64> {
        let first = ids::first_at(now - BLOB_GRACE);
        self.uploads().keys().copied().filter(|upload| *upload < first).take(SWEPT_MAX).collect()
    }

    fn uploads(&self) -> std::sync::MutexGuard<'_, HashMap<i64, Upload>> {
        self.uploads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What all files take on the disk.
    pub(crate) fn bytes(&self) -> u64 {
        place::bytes_in(&self.folder)
    }
}

fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(at(path, "cannot remove", &error)),
        _ => Ok(()),
    }
}

pub(crate) fn name(hash: &BlobHash) -> String {
    format!("{}{ENDING}", hex::encode(hash))
}

/// Makes the folder and the rows agree, before anybody uploads.
pub(crate) fn check(writer: &mut Writer, files: &Files) -> Result<(), Error> {
    let known = hashes(writer.connection())?;
    let expected: BTreeSet<String> = known.iter().map(name).collect();
    let mut there = BTreeSet::new();
    for entry in fs::read_dir(&files.folder).into_iter().flatten().flatten() {
        let Ok(file) = entry.file_name().into_string() else { continue };
        let left_over = file.ends_with(UPLOAD) || (file.ends_with(ENDING) && !expected.contains(&file));
        match left_over {
            true => remove(&entry.path())?,
            false => drop(there.insert(file)),
        }
    }
    for missing in known.iter().filter(|hash| !there.contains(&name(hash))) {
        tracing::warn!(file = name(missing), "a long body is not there: what needs it will fail");
        writer.write(|tx| Ok(tx.execute("DELETE FROM kept_blob WHERE hash = ?1", [missing])?))?;
    }
    Ok(())
}

/// Of all blobs that a store's file tells of.
pub(crate) fn hashes(connection: &Connection) -> Result<Vec<BlobHash>, Fault> {
    let mut ask = connection.prepare("SELECT hash FROM kept_blob ORDER BY hash")?;
    let rows = ask.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(crate) fn write_uses(tx: &Transaction<'_>, uses: &[store::BlobUse]) -> Result<(), Fault> {
    for one in uses {
        let sql = "INSERT INTO blob_use (owner, blob) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
        tx.prepare_cached(sql)?.execute((one.owner, one.blob))?;
    }
    Ok(())
}

#[async_trait]
impl Blobs for SqliteStore {
    async fn put_piece(&self, upload: i64, n: u32, piece: Bytes) -> Result<(), Error> {
        let files = self.blobs.clone();
        aside(move || files.put(upload, n, &piece)).await
    }

    async fn seal_blob(&self, upload: i64, blob: BlobRow, now: Ms) -> Result<(), Error> {
        let files = self.blobs.clone();
        let lengths = aside(move || files.complete(upload, blob.pieces)).await?;
        let _turn = self.blobs.turn.lock().await;
        if self.write(move |tx| touch(tx, &blob.hash, now)).await? {
            return self.drop_upload(upload).await;
        }
        let files = self.blobs.clone();
        aside(move || files.reveal(upload, &blob.hash)).await?;
        self.write(move |tx| insert(tx, &blob, &lengths, now)).await
    }

    async fn drop_upload(&self, upload: i64) -> Result<(), Error> {
        let files = self.blobs.clone();
        aside(move || files.drop_upload(upload)).await
    }

    async fn blob(&self, hash: BlobHash) -> Result<Option<BlobRow>, Error> {
        let rows = self.some_blobs("hash = ?1", hash.to_vec(), 1).await?;
        Ok(rows.into_iter().next())
    }

    async fn blob_piece(&self, hash: BlobHash, n: u32) -> Result<Option<Bytes>, Error> {
        let mut reader = self.reader.take().await?;
        let ask = sqlx::query_scalar("SELECT lengths FROM kept_blob WHERE hash = ?1").bind(hash.to_vec());
        let lengths: Option<Vec<u8>> = ask.fetch_optional(&mut *reader).await.map_err(Fault::Read)?;
        drop(reader);
        let Some((from, bytes)) = lengths.and_then(|lengths| place_of(&lengths, n as usize)) else {
            return Ok(None);
        };
        let files = self.blobs.clone();
        aside(move || files.read(&hash, from, bytes)).await
    }

    async fn blobs(&self, after: Option<BlobHash>, limit: usize) -> Result<Vec<BlobRow>, Error> {
        let after = after.map_or_else(Vec::new, |hash| hash.to_vec());
        Ok(self.some_blobs("hash > ?1", after, limit.min(BLOBS_MAX)).await?)
    }

    async fn sweep_blobs(&self, now: Ms) -> Result<usize, Error> {
        for upload in self.blobs.old_uploads(now) {
            self.drop_upload(upload).await?;
        }
        let from = self.blobs.swept.load(Ordering::Relaxed);
        let to = self.write(move |tx| forget_uses(tx, from, now)).await?;
        self.blobs.swept.store(to, Ordering::Relaxed);
        let _turn = self.blobs.turn.lock().await;
        let gone = self.write(move |tx| forget_blobs(tx, now)).await?;
        let files = self.blobs.clone();
        aside(move || {
            gone.iter().try_for_each(|hash| remove(&files.path(hash)))?;
            Ok(gone.len())
        })
        .await
    }
}

impl SqliteStore {
    async fn some_blobs(&self, which: &str, hash: Vec<u8>, limit: usize) -> Result<Vec<BlobRow>, Fault> {
        let sql = format!(
            "SELECT hash, bytes, stored, length(lengths) / {LENGTH_BYTES} FROM kept_blob WHERE {which}
             ORDER BY hash LIMIT ?2"
        );
        let mut reader = self.reader.take().await?;
        let ask = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(hash).bind(limit as i64);
        let rows: Vec<BlobColumns> = ask.fetch_all(&mut *reader).await?;
        Ok(rows.into_iter().map(blob).collect::<Result<_, _>>()?)
    }
}

/// Where a piece lies in its file.
fn place_of(lengths: &[u8], n: usize) -> Option<(u64, usize)> {
    let mut lengths = lengths.chunks_exact(LENGTH_BYTES).map(|four| {
        let four: [u8; LENGTH_BYTES] = four.try_into().unwrap_or_default();
        u32::from_le_bytes(four)
    });
    let from = lengths.by_ref().take(n).map(u64::from).sum();
    Some((from, lengths.next()? as usize))
}

/// Says that the blob is wanted now; `false` where there is none.
fn touch(tx: &Transaction<'_>, hash: &BlobHash, now: Ms) -> Result<bool, Fault> {
    let sql = "UPDATE kept_blob SET touched_at = max(touched_at, ?2) WHERE hash = ?1";
    Ok(tx.prepare_cached(sql)?.execute((hash, now))? == 1)
}

fn insert(tx: &Transaction<'_>, blob: &BlobRow, lengths: &[u32], now: Ms) -> Result<(), Fault> {
    let lengths: Vec<u8> = lengths.iter().flat_map(|length| length.to_le_bytes()).collect();
    let sql = "INSERT INTO kept_blob (hash, bytes, stored, lengths, touched_at) VALUES (?1, ?2, ?3, ?4, ?5)";
    tx.execute(sql, (blob.hash, blob.bytes as i64, blob.stored as i64, lengths, now))?;
    Ok(())
}

/// Looks at the next uses. Tells where to go on; a day's file goes as a whole, and until then keeps what it may hold.
fn forget_uses(tx: &Transaction<'_>, from: i64, now: Ms) -> Result<i64, Fault> {
    let sql = "SELECT DISTINCT owner FROM blob_use WHERE owner > ?1 ORDER BY owner LIMIT ?2";
    let mut ask = tx.prepare_cached(sql)?;
    let owners = ask.query_map((from, SWEPT_MAX as i64), |row| row.get(0))?;
    let owners: Vec<i64> = owners.collect::<Result<_, _>>()?;
    for owner in &owners {
        if !is_needed_by(tx, *owner)? {
            let sql = "UPDATE kept_blob SET touched_at = max(touched_at, ?2)
                       WHERE hash IN (SELECT blob FROM blob_use WHERE owner = ?1)";
            tx.prepare_cached(sql)?.execute((owner, now))?;
            tx.prepare_cached("DELETE FROM blob_use WHERE owner = ?1")?.execute([owner])?;
        }
    }
    Ok(if owners.len() < SWEPT_MAX { 0 } else { owners.last().copied().unwrap_or(0) })
}

fn is_needed_by(tx: &Transaction<'_>, owner: i64) -> Result<bool, Fault> {
    let sql = format!(
        "SELECT 1 FROM event WHERE id = ?1
         UNION ALL SELECT 1 FROM inbox WHERE run = ?1 AND {IS_A_PERSONS}
         UNION ALL SELECT 1 FROM history_part WHERE first_event <= ?1 AND last_event >= ?1"
    );
    Ok(tx.prepare_cached(&sql)?.exists([owner])?)
}

fn forget_blobs(tx: &Transaction<'_>, now: Ms) -> Result<Vec<BlobHash>, Fault> {
    let sql = "DELETE FROM kept_blob WHERE hash IN (
                   SELECT hash FROM kept_blob WHERE touched_at < ?1
                       AND NOT EXISTS (SELECT 1 FROM blob_use WHERE blob = hash) LIMIT ?2)
               RETURNING hash";
    let mut forget = tx.prepare_cached(sql)?;
    let gone = forget.query_map((now - BLOB_GRACE, SWEPT_MAX as i64), |row| row.get(0))?;
    Ok(gone.collect::<Result<_, _>>()?)
}

/// Files are read and written on threads that may wait.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(Error::Unavailable("the work on a file was broken off".into())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_lies_behind_those_before_it() {
        let lengths: Vec<u8> = [5_u32, 300, 7].iter().flat_map(|length| length.to_le_bytes()).collect();
        let places: Vec<_> = (0..4).map(|n| place_of(&lengths, n)).collect();
        assert_eq!(places, [Some((0, 5)), Some((5, 300)), Some((305, 7)), None]);
    }
}
