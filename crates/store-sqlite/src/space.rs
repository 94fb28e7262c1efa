//! How much the folder takes, and days of history that go before their time.

use crate::fault::Fault;
use crate::history::FileKey;
use crate::place;
use crate::store::SqliteStore;
use async_trait::async_trait;
use std::fs;
use std::path::Path;
use store::{DAY_MS, Error, Ms, Space, Taken};

#[async_trait]
impl Space for SqliteStore {
    async fn taken(&self) -> Result<Taken, Error> {
        // Before the sizes: a day that goes in between is then named, and the next one does not go for its size.
        let oldest = self.oldest_day().await?.map(|file| file.day());
        let bytes = |path| fs::metadata(path).map_or(0, |data| data.len());
        let main = self.place.file();
        let all = main.parent().map_or(0, all_bytes);
        let mut parts = vec![("main", bytes(main)), ("log", bytes(self.place.log()))];
        parts.extend([("history", self.days.bytes()), ("blobs", self.blobs.bytes())]);
        let known = parts.iter().map(|(_, bytes)| bytes).sum();
        parts.push(("rest", all.saturating_sub(known)));
        Ok(Taken { parts, oldest_day: oldest })
    }

    async fn drop_oldest_day(&self, oldest: Ms, now: Ms) -> Result<Option<Ms>, Error> {
        let today = now - now.rem_euclid(DAY_MS);
        let goes = |file: &FileKey| file.day() == oldest && oldest < today;
        let Some(oldest) = self.oldest_day().await?.filter(goes) else { return Ok(None) };
        let (first, last) = oldest.of_one_day();
        let sql = "SELECT DISTINCT file FROM history_part WHERE file BETWEEN ?1 AND ?2";
        let files: Vec<i64> = {
            let mut reader = self.reader.take().await?;
            let query = sqlx::query_scalar(sql).bind(first.0).bind(last.0);
            query.fetch_all(&mut *reader).await.map_err(Fault::Read)?
        };
        self.archiver.remove(files.into_iter().map(FileKey).collect()).await?;
        Ok(Some(oldest.day()))
    }
}

impl SqliteStore {
    async fn oldest_day(&self) -> Result<Option<FileKey>, Error> {
        let mut reader = self.reader.take().await?;
        let sql = "SELECT min(file) FROM history_part";
        let oldest: Option<i64> =
            sqlx::query_scalar(sql).fetch_one(&mut *reader).await.map_err(Fault::Read)?;
        Ok(oldest.map(FileKey))
    }
}

/// Files of the folder and of the folders in it.
fn all_bytes(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let folders = entries.map(|entry| entry.path()).filter(|path| path.is_dir());
    place::bytes_in(folder) + folders.map(|folder| place::bytes_in(&folder)).sum::<u64>()
}
