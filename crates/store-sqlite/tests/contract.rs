//! The questions that every store is asked.

use store::contract::Home;
use store_sqlite::{Durability, Options, SqliteStore};

struct Folder(tempfile::TempDir);

#[async_trait::async_trait]
impl Home for Folder {
    async fn open(&self) -> std::sync::Arc<dyn store::Store> {
        let mut options = Options::new(self.0.path());
        options.durability = Durability::Normal;
        SqliteStore::open(options).await.expect("the store opens")
    }
}

store::contract_tests!(Folder(tempfile::tempdir().expect("a temporary folder")));
