//! Files of a session.

use super::listing::{self, Line};
use super::session::Session;
use crate::failure;
use crate::files::{
    self, BYTES_MAX, Base, ENTRIES_MAX, Entry, Files, Path, Taken, Write, missing, taken, too_large, too_many,
};
use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use connector::Error;
use connector::source::Source;

pub struct FtpFiles {
    pub session: Taken<Session>,
    pub base: Base,
}

impl Session {
    async fn list(&mut self, folder: &Path) -> Result<Vec<Entry>, Error> {
        let command = match self.has_facts {
            true => format!("MLSD {}", self.real(folder)),
            false => {
                // A name behind LIST may be taken for options.
                let moved = self.control.ask(&format!("CWD {}", self.real(folder))).await?;
                if !moved.is_good() {
                    return Err(self.failed(folder, &moved));
                }
                "LIST".to_owned()
            }
        };
        let mut data = match self.control.data(&command).await? {
            Ok(data) => data,
            Err(reply) => return Err(self.failed(folder, &reply)),
        };
        let now = DateTime::<Utc>::from_timestamp_millis(Source::system().now()).unwrap_or_default();
        let mut entries = Vec::new();
        while let Some(line) = data.line().await? {
            let read = if self.has_facts { listing::facts(&line) } else { listing::words(&line, now) };
            entries.extend(read.and_then(|line| entry(folder, line)));
            if entries.len() > ENTRIES_MAX {
                break;
            }
        }
        drop(data);
        let ended = self.control.ended().await?;
        too_many(folder, entries.len())?;
        match ended.is_good() {
            true => Ok(entries),
            false => Err(self.failed(folder, &ended)),
        }
    }

    async fn find(&mut self, path: &Path) -> Result<Option<Entry>, Error> {
        let real = self.real(path);
        if self.has_facts {
            let reply = self.control.ask(&format!("MLST {real}")).await?;
            if reply.is_good() {
                let line = reply.text.lines().find_map(|line| listing::facts(line.trim_start()));
                return Ok(line.map(|line| entry_at(path.clone(), &line)));
            }
            if reply.code == 550 {
                return Ok(None);
            }
        }
        let size = self.control.ask(&format!("SIZE {real}")).await?;
        let Some(bytes) = size.text.trim().parse().ok().filter(|_| size.code == 213) else {
            return match self.has_folder(path).await? {
                true => Ok(Some(entry_at(path.clone(), &folder_line()))),
                false if size.code == 550 => Ok(None),
                false => Err(self.failed(path, &size)),
            };
        };
        let time = self.control.ask(&format!("MDTM {real}")).await?;
        let modified = (time.code == 213).then(|| listing::time_of(&time.text)).flatten();
        let line = Line { name: String::new(), is_folder: false, bytes, modified, by_day: false };
        Ok(Some(entry_at(path.clone(), &line)))
    }

    async fn read(&mut self, path: &Path) -> Result<Bytes, Error> {
        let mut data = match self.control.data(&format!("RETR {}", self.real(path))).await? {
            Ok(data) => data,
            Err(reply) => return Err(self.failed(path, &reply)),
        };
        let bytes = data.read(BYTES_MAX).await?;
        drop(data);
        if bytes.len() > BYTES_MAX {
            // It hears that nobody wants the rest; what it says to that is read, so that the session goes on.
            self.control.ended().await?;
            return Err(too_large(path, bytes.len() as u64));
        }
        let ended = self.control.ended().await?;
        match ended.is_good() {
            true => Ok(bytes.into()),
            false => Err(self.failed_with(&ended)),
        }
    }

    /// The whole file under a name that nobody looks at.
    async fn put(&mut self, part: &Path, bytes: &[u8]) -> Result<(), Error> {
        let data = match self.control.data(&format!("STOR {}", self.real(part))).await? {
            Ok(data) => data,
            Err(reply) => return Err(self.failed(part, &reply)),
        };
        let written = data.write(bytes).await;
        let ended = self.control.ended().await?;
        if !ended.is_good() {
            return Err(self.failed_with(&ended));
        }
        written?;
        match self.find(part).await?.is_some_and(|there| there.bytes == bytes.len() as u64) {
            true => Ok(()),
            false => Err(failure::unanswered(&self.control.place, &"the file is not there in full")),
        }
    }

    async fn renamed(&mut self, from: &Path, to: &Path) -> Result<super::wire::Reply, Error> {
        let ready = self.control.ask(&format!("RNFR {}", self.real(from))).await?;
        if ready.code != 350 {
            return Err(self.failed(from, &ready));
        }
        self.control.ask(&format!("RNTO {}", self.real(to))).await
    }

    async fn remove(&mut self, path: &Path) -> Result<bool, Error> {
        let reply = self.control.ask(&format!("DELE {}", self.real(path))).await?;
        if reply.is_good() {
            return Ok(true);
        }
        match self.find(path).await? {
            None => Ok(false),
            Some(_) => Err(match self.failed(path, &reply) {
                // It is there, so that is not why.
                error if error == missing(path) => files::forbidden(path, &reply.text),
                error => error,
            }),
        }
    }

    async fn has_folder(&mut self, folder: &Path) -> Result<bool, Error> {
        let reply = self.control.ask(&format!("CWD {}", self.real(folder))).await?;
        match reply.code {
            200..=299 => Ok(true),
            500..=599 => Ok(false),
            _ => Err(self.failed_with(&reply)),
        }
    }
}

#[async_trait]
impl Files for FtpFiles {
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
        if !replaces && self.session.find(to).await?.is_some() {
            return Err(taken(to));
        }
        let reply = self.session.renamed(from, to).await?;
        if reply.is_good() {
            return Ok(());
        }
        // Some servers rename onto nothing that is there.
        if replaces && reply.code >= 500 && self.session.find(to).await?.is_some_and(|there| !there.is_folder)
        {
            return files::replace(self, from, to).await;
        }
        Err(self.session.failed(to, &reply))
    }

    async fn remove(&mut self, path: &Path) -> Result<bool, Error> {
        self.session.remove(path).await
    }

    async fn has_folder(&mut self, folder: &Path) -> Result<bool, Error> {
        self.session.has_folder(folder).await
    }

    async fn make_folder(&mut self, folder: &Path) -> Result<(), Error> {
        let command = format!("MKD {}", self.session.real(folder));
        let reply = self.session.control.ask(&command).await?;
        match reply.is_good() {
            true => Ok(()),
            false => Err(self.session.failed(folder, &reply)),
        }
    }

    async fn rest(self: Box<Self>) {
        self.session.give_back();
    }
}

/// What was found, for whoever tries a connection.
pub async fn describe(session: &mut Session, base: &Base) -> Result<String, Error> {
    let folder = base.path("")?;
    let entries = session.list(&folder).await?;
    let (at, place) = (session.real(&folder), &session.control.place);
    Ok(format!("{place}: {} files and folders in {at}", entries.len()))
}

/// A name that cannot be said to the server again is none.
fn entry(folder: &Path, line: Line) -> Option<Entry> {
    let name = line.name.as_str();
    let is_name = !name.is_empty() && !matches!(name, "." | "..") && !name.contains(['/', '\u{fffd}']);
    is_name.then(|| entry_at(folder.child(name), &line))
}

fn entry_at(path: Path, line: &Line) -> Entry {
    let Line { is_folder, bytes, modified, by_day, .. } = *line;
    Entry { path, is_folder, bytes, modified, by_day, etag: None }
}

fn folder_line() -> Line {
    Line { name: String::new(), is_folder: true, bytes: 0, modified: None, by_day: false }
}
