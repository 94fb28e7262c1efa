//! The questions that every store is asked.

use std::time::Duration;
use store::contract::Home;
use store_sqlite::{Durability, Options, SqliteStore};

struct Folder {
    dir: tempfile::TempDir,
    archive_after: Duration,
}

impl Folder {
    fn archiving_after(archive_after: Duration) -> Self {
        Self { dir: tempfile::tempdir().expect("a temporary folder"), archive_after }
    }
}

#[async_trait::async_trait]
impl Home for Folder {
    async fn open(&self) -> std::sync::Arc<dyn store::Store> {
        let mut options = Options::new(self.dir.path());
        options.durability = Durability::Normal;
        options.archive_after = self.archive_after;
        SqliteStore::open(options).await.expect("the store opens")
    }
}

/// Runs that have ended are still in the hot file.
mod while_hot {
    use super::*;
    store::contract_tests!(Folder::archiving_after(Duration::from_secs(60)));
}

/// Runs that have ended are in the files of their days.
mod once_archived {
    use super::*;
    store::contract_tests!(Folder::archiving_after(Duration::ZERO));
}
