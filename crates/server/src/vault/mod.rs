//! Connections with their secrets: sealed in the store, opened in memory for the engine.

mod key;
mod renewal;
mod ring;
mod rotate;
mod seal;
mod state;
mod tokens;

pub use key::{KEY_FILE, MasterKey};
pub use renewal::Renewal;
pub use ring::{SETTING as KEYS_SETTING, check as check_keys};
pub use rotate::{rotate, rotate_between};

use crate::imported::ImportedConnectors;
use arc_swap::ArcSwap;
use connector::Connection;
use engine::ConnectionSource;
use futures::future::BoxFuture;
use model::{ConnectionName, Value};
use renewal::Turns;
use ring::Ring;
use secrecy::SecretString;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use store::{Ms, SealedConnection, Store};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0}")]
    Key(String),
    #[error("the secrets of {0} cannot be opened: they were sealed with another key")]
    Sealed(String),
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error("the connection {0} is gone")]
    Gone(String),
    #[error("no randomness from the system: {0}")]
    Random(#[from] getrandom::Error),
}

struct Held {
    connection: Arc<Connection>,
    updated_at: Ms,
}

/// All connections, opened. Their secrets are `SecretString`s: wiped when dropped, and in no log.
pub struct Vault {
    store: Arc<dyn Store>,
    ring: Ring,
    held: ArcSwap<HashMap<ConnectionName, Held>>,
    /// One change at a time, so that memory and store agree.
    changing: tokio::sync::Mutex<()>,
    vars: Arc<Value>,
    renewal: Option<Renewal>,
    turns: Turns,
    /// Sign-ins that have come back.
    returned: state::Returned,
    /// Followed where another process changes them.
    imported: Option<Arc<ImportedConnectors>>,
}

impl Vault {
    pub async fn open(store: Arc<dyn Store>, master: &MasterKey, vars: Value) -> Result<Self, Error> {
        let ring = Ring::open(&*store, master).await?;
        let held = read(&*store, &ring).await?;
        Ok(Self {
            store,
            ring,
            held: ArcSwap::from_pointee(held),
            changing: tokio::sync::Mutex::default(),
            vars: Arc::new(vars),
            renewal: None,
            turns: Turns::default(),
            returned: state::Returned::default(),
            imported: None,
        })
    }

    /// From now on these are read again, too, when another process has changed something.
    pub fn follows(mut self, imported: Arc<ImportedConnectors>) -> Self {
        self.imported = Some(imported);
        self
    }

    /// What the engine makes the addresses with that end a wait.
    pub fn callback_key(&self) -> Result<[u8; 32], Error> {
        self.ring.callbacks()
    }

    /// Every connection and when it was changed, by name.
    pub fn list(&self) -> BTreeMap<ConnectionName, (Arc<Connection>, Ms)> {
        let held = self.held.load();
        let entry = |held: &Held| (held.connection.clone(), held.updated_at);
        held.iter().map(|(name, held)| (name.clone(), entry(held))).collect()
    }

    /// Which connector each connection is for: what flow files are checked against.
    pub fn connectors(&self) -> BTreeMap<ConnectionName, String> {
        let held = self.held.load();
        held.iter().map(|(name, held)| (name.clone(), held.connection.connector.clone())).collect()
    }

    pub fn find(&self, name: &ConnectionName) -> Option<(Arc<Connection>, Ms)> {
        let held = self.held.load();
        held.get(name).map(|held| (held.connection.clone(), held.updated_at))
    }

    /// Saves a connection. `change` gets the secrets there were, and gives those there shall be. It stays signed in where that
    /// is wanted.
    pub async fn save(
        &self,
        name: ConnectionName,
        connector: String,
        fields: serde_json::Map<String, Value>,
        signed_in: bool,
        change: impl FnOnce(BTreeMap<String, SecretString>) -> BTreeMap<String, SecretString>,
        now: Ms,
    ) -> Result<(), Error> {
        let _turn = self.changing.lock().await;
        // As it is in the store: another process may just have got it a token that is good once.
        let before = self.fresh(&name).await?.map(|held| held.connection);
        let before = before.filter(|held| held.connector == connector);
        let secrets = change(before.as_ref().map(|held| held.secrets.clone()).unwrap_or_default());
        let mut connection = Connection::new(name.clone(), connector, fields, secrets);
        connection.tokens = before.filter(|_| signed_in).and_then(|held| held.tokens.clone());
        self.turns.forget(&name);
        self.store.save_connection(seal(&self.ring, &connection, now)?).await?;
        let held = Held { connection: Arc::new(connection), updated_at: now };
        self.replace(|all| drop(all.insert(name, held)));
        Ok(())
    }

    pub async fn delete(&self, name: &ConnectionName) -> Result<bool, Error> {
        let _turn = self.changing.lock().await;
        let deleted = self.store.delete_connection(name).await?;
        self.replace(|all| drop(all.remove(name)));
        Ok(deleted)
    }

    /// One connection as the store has it now.
    async fn fresh(&self, name: &ConnectionName) -> Result<Option<Held>, Error> {
        self.store.connection(name).await?.map(|row| open(&self.ring, row)).transpose()
    }

    async fn follow_connections(&self) {
        let _turn = self.changing.lock().await;
        match read(&*self.store, &self.ring).await {
            Ok(held) => self.held.store(Arc::new(held)),
            // What was known before is used on.
            Err(error) => {
                tracing::error!(%error, "connections that another process changed could not be read")
            }
        }
    }

    fn replace(&self, change: impl FnOnce(&mut HashMap<ConnectionName, Held>)) {
        let copy = |held: &Held| Held { connection: held.connection.clone(), updated_at: held.updated_at };
        let mut all: HashMap<_, _> =
            self.held.load().iter().map(|(name, held)| (name.clone(), copy(held))).collect();
        change(&mut all);
        self.held.store(Arc::new(all));
    }
}

impl ConnectionSource for Vault {
    fn connection(&self, name: &ConnectionName) -> Option<Arc<Connection>> {
        self.held.load().get(name).map(|held| held.connection.clone())
    }

    fn ready<'a>(
        &'a self,
        name: &'a ConnectionName,
    ) -> BoxFuture<'a, Result<Arc<Connection>, connector::Error>> {
        Box::pin(self.ready_connection(name))
    }

    fn renew<'a>(
        &'a self,
        name: &'a ConnectionName,
        refused: &'a Connection,
    ) -> BoxFuture<'a, Result<Arc<Connection>, connector::Error>> {
        Box::pin(self.renewed_connection(name, refused))
    }

    fn vars(&self) -> Arc<Value> {
        self.vars.clone()
    }

    fn changed_elsewhere(&self) -> BoxFuture<'_, BTreeSet<String>> {
        Box::pin(async {
            self.follow_connections().await;
            let Some(imported) = &self.imported else { return BTreeSet::new() };
            imported.follow(&*self.store).await.unwrap_or_else(|error| {
                tracing::error!(%error, "connectors that another process changed could not be read");
                BTreeSet::new()
            })
        })
    }
}

/// Every connection in the store, opened.
async fn read(store: &dyn Store, ring: &Ring) -> Result<HashMap<ConnectionName, Held>, Error> {
    let rows = store.connections().await?;
    rows.into_iter().map(|row| Ok((row.name.clone(), open(ring, row)?))).collect()
}

fn seal(ring: &Ring, connection: &Connection, now: Ms) -> Result<SealedConnection, Error> {
    Ok(SealedConnection {
        name: connection.name.clone(),
        connector: connection.connector.clone(),
        fields: Value::Object(connection.fields.clone()).to_string(),
        secrets: seal::seal(ring, connection)?,
        updated_at: now,
    })
}

fn open(ring: &Ring, row: SealedConnection) -> Result<Held, Error> {
    let (secrets, tokens, signed_out) = seal::open(ring, &row)?;
    let fields = serde_json::from_str(&row.fields)
        .map_err(|error| store::Error::Unreadable(format!("connection {}: {error}", row.name)))?;
    let connection =
        Connection { name: row.name, connector: row.connector, fields, secrets, tokens, signed_out };
    Ok(Held { connection: Arc::new(connection), updated_at: row.updated_at })
}
