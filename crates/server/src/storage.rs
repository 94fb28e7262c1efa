//! Where everything is remembered: in the data folder, or in a database that processes share.

use anyhow::Context;
use secrecy::{ExposeSecret, SecretString};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use store::{Moving, Space, Store};
use store_postgres::PostgresStore;
use store_sqlite::SqliteStore;

/// An open store.
pub enum Storage {
    Folder(Arc<SqliteStore>, PathBuf),
    Database(Arc<PostgresStore>),
}

impl Storage {
    pub async fn in_folder(options: store_sqlite::Options) -> anyhow::Result<Self> {
        let folder = options.dir.clone();
        let opened = SqliteStore::open(options).await;
        let opened = opened.with_context(|| format!("opening the data folder {}", folder.display()))?;
        Ok(Self::Folder(opened, folder))
    }

    /// The data folder is there as well, for the master key.
    pub async fn in_database(
        url: &SecretString,
        data: &Path,
        lease: Option<Duration>,
        unfinished: bool,
    ) -> anyhow::Result<Self> {
        // Its own errors never repeat the address, because there is a password in it.
        let mut options = store_postgres::Options::parse(url.expose_secret())?;
        options.unfinished = unfinished;
        options.lease = lease.unwrap_or(options.lease);
        let place = options.place();
        make_private(data).with_context(|| format!("making the data folder {}", data.display()))?;
        let opened = PostgresStore::open(options).await;
        Ok(Self::Database(opened.with_context(|| format!("opening the database {place}"))?))
    }

    pub fn store(&self) -> Arc<dyn Store> {
        match self {
            Self::Folder(store, _) => store.clone(),
            Self::Database(store) => store.clone(),
        }
    }

    pub fn moving(&self) -> &dyn Moving {
        match self {
            Self::Folder(store, _) => &**store,
            Self::Database(store) => &**store,
        }
    }

    pub fn space(&self) -> &dyn Space {
        match self {
            Self::Folder(store, _) => &**store,
            Self::Database(store) => &**store,
        }
    }

    /// For people.
    pub fn place(&self) -> String {
        match self {
            Self::Folder(_, folder) => folder.display().to_string(),
            Self::Database(store) => format!("the database {}", store.place()),
        }
    }

    /// Lets go of what is idle, so that dropping the store leaves nothing behind.
    pub async fn close(&self) {
        match self {
            Self::Folder(store, _) => store.close().await,
            Self::Database(store) => store.close().await,
        }
    }
}

fn make_private(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}
