//! The questions that every store is asked.

use store::contract::Home;
use store_postgres::{Options, PostgresStore};
use testkit_postgres::Database;

struct Place(tokio::sync::OnceCell<Database>);

#[async_trait::async_trait]
impl Home for Place {
    async fn open(&self) -> std::sync::Arc<dyn store::Store> {
        let database = self.0.get_or_try_init(Database::create).await.expect("a database is made");
        let options = Options::parse(&database.url()).expect("the address is read");
        PostgresStore::open(options).await.expect("the store opens")
    }
}

store::contract_tests!(Place(tokio::sync::OnceCell::new()));
