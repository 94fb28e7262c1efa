//! Opening, and the two ways in: one writer, a few readers.

use crate::blobs::{self, Files};
use crate::fault::Fault;
use crate::history::{self, Archiver, Days};
use crate::place::Place;
use crate::reader::Reader;
use crate::writer::{Writer, WriterHandle};
use crate::{Durability, Options, migrate, moving};
use rusqlite::Transaction;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::Error;
use tempfile::TempDir;

/// A store in one SQLite file.
///
/// Dropping it waits for the commits under way.
pub struct SqliteStore {
    // Fields are dropped in this order: the folder last.
    pub(crate) archiver: Archiver,
    pub(crate) writer: WriterHandle,
    pub(crate) reader: Reader,
    pub(crate) days: Arc<Days>,
    pub(crate) blobs: Arc<Files>,
    pub(crate) place: Arc<Place>,
    /// A commit waits until what it ended has moved.
    pub(crate) moves_at_once: bool,
    _temporary: Option<TempDir>,
}

impl SqliteStore {
    /// Opens the store in a folder, which it makes and fills where there is none.
    ///
    /// Refused with `Conflict` while another process has it open.
    pub async fn open(options: Options) -> Result<Arc<Self>, Error> {
        Ok(Arc::new(Self::start(options, None).await?))
    }

    /// A store that is gone with its last handle, for tests and trial runs.
    pub async fn temporary() -> Result<Arc<Self>, Error> {
        let dir = tempfile::tempdir().map_err(|error| Error::Io(format!("no temporary folder: {error}")))?;
        let mut options = Options::new(dir.path());
        options.durability = Durability::Normal;
        options.allow_network_dir = true;
        Ok(Arc::new(Self::start(options, Some(dir)).await?))
    }

    async fn start(options: Options, temporary: Option<TempDir>) -> Result<Self, Error> {
        let place = Arc::new(Place::take(&options)?);
        let days = Arc::new(Days::new(place.history()));
        let mut writer = Writer::open(place.clone(), days.clone(), &options)?;
        if !migrate::is_current(writer.connection())? {
            migrate::migrate(&place.file()).await?;
        }
        if !options.unfinished && moving::is_unfinished(writer.connection())? {
            return Err(store::moving::unfinished());
        }
        history::check(&mut writer, &days, &place.file(), options.durability, migrate::newest())?;
        let blobs = Files::of(&place);
        blobs::check(&mut writer, &blobs)?;
        writer.learn_last_run(days.clone())?;
        let reader = Reader::open(&place.file());
        let writer = WriterHandle::start(writer)?;
        let archiver = Archiver::start(days.clone(), place.file(), writer.jobs(), &options)?;
        let moves_at_once = options.archive_after.is_zero();
        Ok(Self { archiver, writer, reader, days, blobs, place, moves_at_once, _temporary: temporary })
    }

    /// A store that can be asked and not written, also while another process has it open: for whoever only looks.
    pub fn look(dir: &Path) -> Result<Arc<Self>, Error> {
        let place = Arc::new(Place::look(dir));
        if !place.file().exists() {
            return Err(Error::Conflict(format!("there is no store in {}", dir.display())));
        }
        let days = Arc::new(Days::new(place.history()));
        let (archiver, writer) = (Archiver::absent(), WriterHandle::absent());
        let reader = Reader::open(&place.file());
        let (blobs, moves_at_once) = (Files::of(&place), false);
        Ok(Arc::new(Self { archiver, writer, reader, days, blobs, place, moves_at_once, _temporary: None }))
    }

    pub fn file(&self) -> PathBuf {
        self.place.file()
    }

    /// Closes the read connections, so that dropping the store leaves one tidy file without its log.
    pub async fn close(&self) {
        self.reader.close().await;
        self.days.close();
    }

    /// Everything but the hot path goes through here, in turn with it.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, Fault> + Send + 'static,
    {
        self.writer.call(move |writer| writer.write(work)).await
    }
}
