//! Connectors made of API documents: kept in the store, and joined with those that are built in.

mod list;
mod packed;
mod reading;

pub use list::list;
pub use packed::Packed;
pub use reading::{Error, narrow, refuse_moved_secrets, text_of, ways_in};

use connector::{Catalog, LiveCatalog, Parts};
use openapi::Imported;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{ConnectorRow, Ms, Store};

/// The catalog as it is now, and what was added to the built-in part of it.
pub struct ImportedConnectors {
    catalog: LiveCatalog,
    built_in: BTreeSet<String>,
    held: tokio::sync::Mutex<BTreeMap<String, Held>>,
    reading: tokio::sync::Mutex<()>,
    packed: packed::Last,
}

/// A connector of the store, as it was read.
#[derive(Clone)]
struct Held {
    /// By which another version of it is known.
    version: (Ms, usize),
    /// Nothing where it cannot be read.
    parts: Option<Parts>,
}

impl ImportedConnectors {
    /// One that cannot be read is left out, and the others work.
    pub async fn read(store: &dyn Store) -> Result<Self, store::Error> {
        let built_in = catalog::parts().connectors.iter().map(|connector| connector.spec().id).collect();
        let catalog = LiveCatalog::from(catalog::all());
        let it = Self {
            catalog,
            built_in,
            held: tokio::sync::Mutex::default(),
            reading: tokio::sync::Mutex::default(),
            packed: packed::Last::default(),
        };
        it.follow(store).await?;
        Ok(it)
    }

    /// The catalog, which stays the same while what is in it changes.
    pub fn catalog(&self) -> LiveCatalog {
        self.catalog.clone()
    }

    pub fn now(&self) -> Arc<Catalog> {
        self.catalog.now()
    }

    /// The specs of the catalog as browsers fetch them.
    pub async fn packed(&self) -> std::io::Result<Arc<Packed>> {
        self.packed.of(self.now()).await
    }

    /// Waits for its turn to read a document.
    pub async fn reading(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.reading.lock().await
    }

    pub fn is_built_in(&self, id: &str) -> bool {
        self.built_in.contains(id)
    }

    /// Takes in what has changed in the store, and tells which connectors are others now or gone.
    pub async fn follow(&self, store: &dyn Store) -> Result<BTreeSet<String>, store::Error> {
        let mut held = self.held.lock().await;
        let rows = store.connectors().await?;
        let there: BTreeSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        let mut changed: BTreeSet<String> =
            held.keys().filter(|id| !there.contains(id.as_str())).cloned().collect();
        held.retain(|id, _| there.contains(id.as_str()));
        for row in &rows {
            if held.get(&row.id).is_none_or(|held| held.version != version(row)) {
                held.insert(row.id.clone(), Held { version: version(row), parts: self.parts(row) });
                changed.insert(row.id.clone());
            }
        }
        if !changed.is_empty() {
            let added = held.values().filter_map(|held| held.parts.clone());
            self.catalog.replace(Catalog::new(std::iter::once(catalog::parts()).chain(added).collect()));
        }
        Ok(changed)
    }

    fn parts(&self, row: &ConnectorRow) -> Option<Parts> {
        let left_out =
            |why: String| tracing::error!(connector = %row.id, why, "an imported connector is left out");
        if self.is_built_in(&row.id) {
            left_out("there is a built-in connector with this id".into());
            return None;
        }
        match read(row) {
            Ok(imported) => Some(catalog::imported::parts(imported)),
            Err(error) => {
                left_out(error.to_string());
                None
            }
        }
    }
}

/// A connector as it is kept.
pub fn read(row: &ConnectorRow) -> Result<Imported, Error> {
    let imported = Imported::from_json(&row.document)?;
    reading::check(&imported, &row.id)?;
    Ok(imported)
}

fn version(row: &ConnectorRow) -> (Ms, usize) {
    (row.changed_at, row.document.len())
}
