//! Files of a session.

use super::session::Session;
use crate::failure;
use crate::files::{
    self, BYTES_MAX, Base, Entry, Files, Path, Taken, Write, forbidden, missing, taken, too_large, too_many,
};
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use connector::Error;
use futures::{StreamExt, TryStreamExt, stream};
use russh_sftp::client::error::Error as Failed;
use russh_sftp::protocol::{FileAttributes, OpenFlags, Packet, StatusCode};

/// Pieces of a file that are under way at once.
const PIECES_AT_ONCE: usize = 8;

pub struct SftpFiles {
    pub session: Taken<Session>,
    pub base: Base,
}

impl Session {
    fn failed(&self, path: &Path, error: &Failed) -> Error {
        match error {
            Failed::Status(status) => match status.status_code {
                StatusCode::NoSuchFile => missing(path),
                StatusCode::PermissionDenied => forbidden(path, &status.error_message),
                StatusCode::NoConnection | StatusCode::ConnectionLost => {
                    failure::unanswered(&self.place, &status.error_message)
                }
                _ => failure::refused(
                    format!(
                        "{} refuses this with \"{path}\": {}",
                        self.place,
                        connector::http::shorten(&status.error_message)
                    ),
                    "Check that the path is what it should be, and that the server has room on its disk.",
                ),
            },
            error => failure::unanswered(&self.place, error),
        }
    }

    async fn list(&self, folder: &Path) -> Result<Vec<Entry>, Error> {
        let opened = self.sftp.opendir(real(folder)).await;
        let handle = opened.map_err(|error| self.failed(folder, &error))?.handle;
        let read = self.entries(&handle, folder).await;
        let (mut entries, links) = self.closed(handle, folder, read).await?;
        for link in links {
            // A link that leads nowhere is nothing; one to a folder could lead in a circle.
            entries.extend(self.find(&link).await?.filter(|entry| !entry.is_folder));
        }
        Ok(entries)
    }

    /// A server has few handles: each is closed, however well it went, as long as the session goes on.
    async fn closed<T>(&self, handle: String, path: &Path, done: Result<T, Error>) -> Result<T, Error> {
        if !matches!(done, Ok(_) | Err(Error::Refused { .. })) {
            return done;
        }
        let closed = self.sftp.close(handle).await;
        let done = done?;
        closed.map(|_| done).map_err(|error| self.failed(path, &error))
    }

    /// What is in an open folder, and what are links there.
    async fn entries(&self, handle: &str, folder: &Path) -> Result<(Vec<Entry>, Vec<Path>), Error> {
        let (mut entries, mut links) = (Vec::new(), Vec::new());
        loop {
            let page = match self.sftp.readdir(handle).await {
                Ok(page) => page,
                Err(Failed::Status(status)) if status.status_code == StatusCode::Eof => {
                    return Ok((entries, links));
                }
                Err(error) => return Err(self.failed(folder, &error)),
            };
            // A name that is not UTF-8 can be neither read nor moved.
            let known = |name: &str| !matches!(name, "." | "..") && !name.contains('\u{fffd}');
            for file in page.files.into_iter().filter(|file| known(&file.filename)) {
                let path = folder.child(&file.filename);
                match kind(&file.attrs) {
                    LINK => links.push(path),
                    _ => entries.extend(entry(path, &file.attrs)),
                }
            }
            too_many(folder, entries.len() + links.len())?;
        }
    }

    async fn find(&self, path: &Path) -> Result<Option<Entry>, Error> {
        match self.sftp.stat(real(path)).await {
            Ok(found) => Ok(entry(path.clone(), &found.attrs)),
            Err(Failed::Status(status)) if status.status_code == StatusCode::NoSuchFile => Ok(None),
            Err(error) => Err(self.failed(path, &error)),
        }
    }

    async fn read(&self, path: &Path) -> Result<Bytes, Error> {
        let opened = self.sftp.open(real(path), OpenFlags::READ, FileAttributes::empty()).await;
        let handle = opened.map_err(|error| self.failed(path, &error))?.handle;
        let read = self.content(&handle, path).await;
        self.closed(handle, path, read).await
    }

    async fn content(&self, handle: &str, path: &Path) -> Result<Bytes, Error> {
        let failed = |error: Failed| self.failed(path, &error);
        let size = self.sftp.fstat(handle).await.map_err(failed)?.attrs.len();
        if size > BYTES_MAX as u64 {
            return Err(too_large(path, size));
        }
        let pieces = (0..size).step_by(self.piece as usize);
        let read = stream::iter(pieces)
            .map(|from| self.piece_of(handle, from, (size - from).min(u64::from(self.piece))))
            .buffered(PIECES_AT_ONCE)
            .try_fold(BytesMut::new(), |mut all, piece| async move {
                all.extend_from_slice(&piece);
                Ok(all)
            });
        Ok(read.await.map_err(failed)?.freeze())
    }

    /// A server may give less than it is asked for.
    async fn piece_of(&self, handle: &str, from: u64, length: u64) -> Result<Vec<u8>, Failed> {
        let mut piece = Vec::new();
        while (piece.len() as u64) < length {
            let left = u32::try_from(length - piece.len() as u64).unwrap_or(self.piece);
            match self.sftp.read(handle, from + piece.len() as u64, left).await {
                Ok(read) if read.data.is_empty() => break,
                Ok(read) => piece.extend(read.data),
                Err(Failed::Status(status)) if status.status_code == StatusCode::Eof => break,
                Err(error) => return Err(error),
            }
        }
        Ok(piece)
    }

    /// The whole file under a name that nobody looks at.
    async fn put(&self, part: &Path, bytes: &Bytes) -> Result<(), Error> {
        let failed = |error: Failed| self.failed(part, &error);
        let flags = OpenFlags::CREATE | OpenFlags::TRUNCATE | OpenFlags::WRITE;
        let handle = self.sftp.open(real(part), flags, FileAttributes::empty()).await;
        let handle = handle.map_err(failed)?.handle;
        let piece = self.piece as usize;
        let written = stream::iter((0..bytes.len()).step_by(piece))
            .map(|from| {
                let part = bytes.slice(from..bytes.len().min(from + piece));
                self.sftp.write(&handle, from as u64, part.to_vec())
            })
            .buffer_unordered(PIECES_AT_ONCE)
            .try_for_each(|_| async { Ok(()) })
            .await;
        self.closed(handle, part, written.map_err(failed)).await?;
        let there = self.sftp.stat(real(part)).await.map_err(failed)?.attrs.len();
        match there == bytes.len() as u64 {
            true => Ok(()),
            false => Err(failure::unanswered(&self.place, &"the file is not there in full")),
        }
    }

    /// Onto nothing that is there.
    async fn rename(&self, from: &Path, to: &Path) -> Result<(), Error> {
        match self.sftp.rename(real(from), real(to)).await {
            Ok(_) => Ok(()),
            Err(error) if matches!(self.find(to).await, Ok(Some(_))) => match error {
                Failed::Status(_) => Err(taken(to)),
                error => Err(self.failed(from, &error)),
            },
            Err(error) => Err(self.failed(from, &error)),
        }
    }

    async fn rename_over(&self, from: &Path, to: &Path) -> Result<(), Error> {
        let data = [from, to].into_iter().flat_map(|path| {
            let name = real(path).into_bytes();
            (name.len() as u32).to_be_bytes().into_iter().chain(name).collect::<Vec<_>>()
        });
        match self.sftp.extended("posix-rename@openssh.com", data.collect()).await {
            Ok(Packet::Status(status)) if status.status_code == StatusCode::Ok => Ok(()),
            Ok(Packet::Status(status)) => Err(self.failed(from, &Failed::Status(status))),
            Ok(_) => Err(self.failed(from, &Failed::UnexpectedPacket)),
            Err(error) => Err(self.failed(from, &error)),
        }
    }

    async fn remove(&self, path: &Path) -> Result<bool, Error> {
        match self.sftp.remove(real(path)).await {
            Ok(_) => Ok(true),
            Err(Failed::Status(status)) if status.status_code == StatusCode::NoSuchFile => Ok(false),
            Err(error) => Err(self.failed(path, &error)),
        }
    }
}

#[async_trait]
impl Files for SftpFiles {
    fn base(&self) -> &Base {
        &self.base
    }

    async fn list(&mut self, folder: &Path) -> Result<Vec<Entry>, Error> {
        self.session.list(folder).await
    }

    async fn find(&mut self, path: &Path) -> Result<Option<Entry>, Error> {
        self.session.find(path).await
    }

    async fn read(&mut self, path: &Path) -> Result<Bytes, Error> {
        self.session.read(path).await
    }

    async fn write(&mut self, path: &Path, write: Write<'_>) -> Result<(), Error> {
        let part = path.beside(write.part);
        let mut done = self.session.put(&part, &write.bytes).await;
        if done.is_ok() {
            done = self.rename(&part, path, write.replaces).await;
        }
        files::ended(self, &part, path, done).await
    }

    async fn rename(&mut self, from: &Path, to: &Path, replaces: bool) -> Result<(), Error> {
        match replaces {
            true if self.session.renames_over => self.session.rename_over(from, to).await,
            true => files::replace(self, from, to).await,
            false => self.session.rename(from, to).await,
        }
    }

    async fn remove(&mut self, path: &Path) -> Result<bool, Error> {
        self.session.remove(path).await
    }

    async fn has_folder(&mut self, folder: &Path) -> Result<bool, Error> {
        Ok(self.session.find(folder).await?.is_some_and(|entry| entry.is_folder))
    }

    async fn make_folder(&mut self, folder: &Path) -> Result<(), Error> {
        let made = self.session.sftp.mkdir(real(folder), FileAttributes::empty()).await;
        made.map(drop).map_err(|error| self.session.failed(folder, &error))
    }

    async fn rest(self: Box<Self>) {
        self.session.give_back();
    }
}

/// What was found, for whoever tries a connection.
pub async fn describe(session: &mut Session, base: &Base) -> Result<String, Error> {
    let folder = base.path("")?;
    let entries = session.list(&folder).await?;
    let at = session.sftp.realpath(real(&folder)).await.map_err(|error| session.failed(&folder, &error))?;
    let at = at.files.first().map_or_else(|| real(&folder), |file| file.filename.clone());
    Ok(format!("{}: {} files and folders in {at}", session.place, entries.len()))
}

/// Where a session begins has a name of its own.
fn real(path: &Path) -> String {
    if path.real().is_empty() { ".".into() } else { path.real().to_owned() }
}

const KIND: u32 = 0o170_000;
const FOLDER: u32 = 0o040_000;
const REGULAR: u32 = 0o100_000;
const LINK: u32 = 0o120_000;

/// A server that tells no kinds has files, as far as anybody knows.
fn kind(attrs: &FileAttributes) -> u32 {
    attrs.permissions.map(|mode| mode & KIND).filter(|kind| *kind != 0).unwrap_or(REGULAR)
}

/// Nothing for what is neither a file nor a folder.
fn entry(path: Path, attrs: &FileAttributes) -> Option<Entry> {
    let is_folder = match kind(attrs) {
        FOLDER => true,
        REGULAR => false,
        _ => return None,
    };
    let modified = attrs.mtime.map(|seconds| i64::from(seconds) * 1_000);
    Some(Entry { path, is_folder, bytes: attrs.len(), modified, by_day: false, etag: None })
}
