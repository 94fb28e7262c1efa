//! Files on other machines: the same operations, in the same words, for every system that keeps them.
//!
//! A system says how it is spoken to ([`System`], [`Files`]); what a flow can do with it, and when a file counts as new, is
//! said here once.

mod charset;
mod delete_file;
mod doing;
mod fields;
mod file_added;
mod known;
mod list_files;
mod looked;
mod move_file;
mod path;
mod pattern;
mod read_file;
mod replace;
mod rest;
mod view;
mod write_file;

pub use path::{Base, Path};
pub(crate) use replace::{ended, replace};
pub(crate) use rest::{Session, Sessions, Taken, base};

use crate::words;
use async_trait::async_trait;
use bytes::Bytes;
use connector::{Connection, Error, Http, Parts};
use doing::Doing;
use model::Span;
use std::sync::Arc;

/// The largest file that is read or written.
pub const BYTES_MAX: usize = connector::file::BYTES_MAX;
/// Files and folders that one look goes through.
pub const ENTRIES_MAX: usize = 200_000;
/// Folders below a folder that are looked into.
const FOLDERS_MAX: usize = 2_000;

/// What differs from system to system, for the words of operations.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// The connector's id.
    pub id: &'static str,
    /// Files grow while somebody writes them; where they do not, a file that is there is whole.
    pub grows: bool,
    /// Folders are made before anything is put into them.
    pub has_folders: bool,
}

/// A system that keeps files.
#[async_trait]
pub trait System: Send + Sync + 'static {
    fn kind(&self) -> Kind;

    /// What an error names.
    fn place(&self, _connection: &Connection) -> String {
        self.kind().id.to_owned()
    }

    async fn open(&self, http: &Http, connection: &Connection) -> Result<Box<dyn Files>, Error>;
}

/// A session that is there within a share of a call's time. Nothing is done before, and that is said: a call that somebody
/// else breaks off may have been done.
async fn opened(
    system: &dyn System,
    http: &Http,
    connection: &Connection,
    timeout: Span,
) -> Result<Box<dyn Files>, Error> {
    let late = |_| {
        let why = "no session became free in time, or none came about";
        Err(crate::failure::unreachable(&system.place(connection), &why))
    };
    tokio::time::timeout(words::half(timeout), system.open(http, connection)).await.unwrap_or_else(late)
}

/// A file or a folder, as a list has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub path: Path,
    pub is_folder: bool,
    pub bytes: u64,
    /// Milliseconds since 1970.
    pub modified: Option<i64>,
    /// The system tells the day alone: what was changed today may be changing now.
    pub by_day: bool,
    /// What the system itself tells versions of a file by.
    pub etag: Option<String>,
}

/// What a file is written with.
pub struct Write<'a> {
    pub bytes: Bytes,
    pub content_type: &'a str,
    /// A file that is there is replaced; otherwise it is an error that there is one.
    pub replaces: bool,
    /// A name for what is not whole yet, the same for every attempt.
    pub part: &'a str,
}

/// A session with a system. It is dropped when it may be broken, and rests otherwise.
#[async_trait]
pub trait Files: Send {
    /// How flows name its files.
    fn base(&self) -> &Base;

    /// What is in a folder, in any order. A folder that is not there is an error.
    async fn list(&mut self, folder: &Path) -> Result<Vec<Entry>, Error>;

    /// The same with everything below.
    async fn list_deep(&mut self, folder: &Path) -> Result<Vec<Entry>, Error> {
        let (mut found, mut left, mut folders) = (Vec::new(), vec![folder.clone()], 0);
        while let Some(next) = left.pop() {
            folders += 1;
            if folders > FOLDERS_MAX {
                let message = format!("there are more than {FOLDERS_MAX} folders below \"{folder}\"");
                return Err(crate::failure::refused(message, "Name a folder with fewer of them."));
            }
            let entries = self.list(&next).await?;
            left.extend(entries.iter().filter(|entry| entry.is_folder).map(|entry| entry.path.clone()));
            found.extend(entries);
            too_many(folder, found.len())?;
        }
        Ok(found)
    }

    async fn find(&mut self, path: &Path) -> Result<Option<Entry>, Error>;

    /// The whole file, which has `BYTES_MAX` at most.
    async fn read(&mut self, path: &Path) -> Result<Bytes, Error>;

    /// Nobody ever sees a part of it under the path.
    async fn write(&mut self, path: &Path, write: Write<'_>) -> Result<(), Error>;

    async fn rename(&mut self, from: &Path, to: &Path, replaces: bool) -> Result<(), Error>;

    /// Says whether there was one.
    async fn remove(&mut self, path: &Path) -> Result<bool, Error>;

    async fn has_folder(&mut self, folder: &Path) -> Result<bool, Error>;

    /// One folder, whose parent is there.
    async fn make_folder(&mut self, folder: &Path) -> Result<(), Error>;

    /// It is good for others.
    async fn rest(self: Box<Self>) {}
}

/// Everything that can be done with a system's files.
pub fn parts(system: impl System) -> Parts {
    let system: Arc<dyn System> = Arc::new(system);
    Parts::default()
        .poll(file_added::FileAdded(system.clone()))
        .action(Doing::<list_files::ListFiles>::new(&system))
        .action(Doing::<read_file::ReadFile>::new(&system))
        .action(Doing::<write_file::WriteFile>::new(&system))
        .action(Doing::<move_file::MoveFile>::new(&system))
        .action(Doing::<delete_file::DeleteFile>::new(&system))
}

/// The folder's list is bounded, whatever the system has.
pub fn too_many(folder: &Path, count: usize) -> Result<(), Error> {
    match count > ENTRIES_MAX {
        true => Err(crate::failure::refused(
            format!("there are more than {ENTRIES_MAX} files in \"{folder}\""),
            "Move what is done into another folder, or name one with less in it.",
        )),
        false => Ok(()),
    }
}

/// What is in a folder, each once and in the order of the paths. File systems name an entry twice now and then, as when a
/// folder changes while it is read.
async fn entries(files: &mut dyn Files, folder: &Path, deep: bool) -> Result<Vec<Entry>, Error> {
    let mut found = match deep {
        true => files.list_deep(folder).await?,
        false => files.list(folder).await?,
    };
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found.dedup_by(|one, other| one.path == other.path);
    Ok(found)
}

/// Reads a file that a list has, as it was when it was listed.
async fn read_as_listed(files: &mut dyn Files, entry: &Entry) -> Result<Bytes, Error> {
    if entry.bytes > BYTES_MAX as u64 {
        return Err(too_large(&entry.path, entry.bytes));
    }
    files.read(&entry.path).await
}

/// Says that a file is beyond what goes through a flow.
pub fn too_large(path: &Path, bytes: u64) -> Error {
    crate::failure::refused(
        format!("the file \"{path}\" has {bytes} bytes; 10 MB are read at most"),
        "Have it split, or let another program fetch it.",
    )
}

/// Says that there is no file of that name.
pub fn missing(path: &Path) -> Error {
    crate::failure::refused(
        format!("there is no file \"{path}\""),
        "Check the path and the connection's base folder, letters large and small.",
    )
}

/// Says that there is one already.
pub fn taken(path: &Path) -> Error {
    crate::failure::refused(
        format!("there is already a file \"{path}\""),
        "Choose another name, or let the node replace it.",
    )
}

/// Says that this user may not do this.
pub fn forbidden(path: &Path, said: &str) -> Error {
    crate::failure::refused(
        format!("this user may not do this with \"{path}\": {}", connector::http::shorten(said)),
        "Have the permission given, or choose another folder.",
    )
}

/// Makes the folders that are missing above a file.
async fn make_folders(files: &mut dyn Files, path: &Path) -> Result<(), Error> {
    let mut missing = Vec::new();
    let mut above = path.parent();
    while let Some(folder) = above {
        if files.has_folder(&folder).await? {
            break;
        }
        above = folder.parent();
        missing.push(folder);
    }
    for folder in missing.iter().rev() {
        if let Err(error) = files.make_folder(folder).await {
            // Somebody else may have made it meanwhile.
            if !files.has_folder(folder).await? {
                return Err(error);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use connector::{ActionCx, HttpPolicy};
    use serde_json::json;
    use std::time::Duration;

    /// All of its sessions are at work.
    struct Busy;

    #[async_trait]
    impl System for Busy {
        fn kind(&self) -> Kind {
            Kind { id: "sftp", grows: true, has_folders: true }
        }

        async fn open(&self, _http: &Http, _connection: &Connection) -> Result<Box<dyn Files>, Error> {
            std::future::pending().await
        }
    }

    /// On a clock that jumps to whoever waits.
    #[tokio::test(start_paused = true)]
    async fn a_step_that_waits_in_vain_for_a_session_has_done_nothing() {
        let system: Arc<dyn System> = Arc::new(Busy);
        let deleting = Doing::<delete_file::DeleteFile>::new(&system);
        let http = Http::new(HttpPolicy::default()).expect("a client");
        let connection = Connection::new("c".into(), "sftp".into(), Default::default(), Default::default());
        let (connection, timeout) = (Some(&connection), Span::from_secs(30));
        let cx = ActionCx { http: &http, connection, step_key: "k", timeout };
        let running = connector::Action::run(&deleting, &cx, json!({"path": "a.csv"}));
        let error = tokio::time::timeout(Duration::from_secs(30), running).await.expect("it ends by itself");
        let error = error.expect_err("none is free");
        assert_eq!((error.code(), error.may_have_happened()), ("E0303", false), "{error}");
    }
}
