//! The store in memory is asked what every store is asked.

use async_trait::async_trait;
use std::sync::Arc;
use store::contract::Home;
use store::memory::MemoryStore;

struct Kept(MemoryStore);

#[async_trait]
impl Home for Kept {
    async fn open(&self) -> Arc<dyn store::Store> {
        Arc::new(self.0.clone())
    }
}

store::contract_tests!(Kept(MemoryStore::default()));
