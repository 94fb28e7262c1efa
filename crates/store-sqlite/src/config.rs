//! What people set up: flows and their versions, connections, schedules, settings.

use crate::fault::Fault;
use crate::store::SqliteStore;
use async_trait::async_trait;
use model::{ConnectionName, FlowId, NodeId};
use rusqlite::{OptionalExtension, Transaction, params};
use sqlx::AssertSqlSafe;
use std::collections::BTreeMap;
use store::decode::{ConnectionRow, FLOW, FlowColumns, VERSION, VersionColumns, connection, flow, version};
use store::{
    Connections, Error, FlowKey, FlowRow, FlowState, Flows, Ms, SaveFlow, Schedules, SealedConnection,
    Settings, VersionKey, VersionRow,
};

#[async_trait]
impl Flows for SqliteStore {
    async fn save_flow(&self, save: SaveFlow) -> Result<FlowRow, Error> {
        self.write(move |tx| save_flow(tx, save)).await
    }

    async fn flows(&self) -> Result<Vec<FlowRow>, Error> {
        let sql = format!("SELECT {FLOW} FROM flow WHERE deleted_at IS NULL ORDER BY id");
        let mut reader = self.reader.take().await?;
        let rows: Vec<FlowColumns> =
            sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut *reader).await.map_err(Fault::Read)?;
        rows.into_iter().map(flow).collect()
    }

    async fn flow(&self, id: &FlowId) -> Result<Option<FlowRow>, Error> {
        let sql = format!("SELECT {FLOW} FROM flow WHERE id = ?1 AND deleted_at IS NULL");
        let mut reader = self.reader.take().await?;
        let query = sqlx::query_as(AssertSqlSafe(sql)).bind(id.as_str());
        let row: Option<FlowColumns> = query.fetch_optional(&mut *reader).await.map_err(Fault::Read)?;
        row.map(flow).transpose()
    }

    async fn set_flow_state(&self, id: &FlowId, state: FlowState, at: Ms) -> Result<bool, Error> {
        let sql = "UPDATE flow SET state = ?2, updated_at = ?3 WHERE id = ?1 AND deleted_at IS NULL";
        let id = id.clone();
        self.write(move |tx| Ok(tx.execute(sql, (id.as_str(), state as i16, at))? == 1)).await
    }

    async fn delete_flow(&self, id: &FlowId, at: Ms) -> Result<bool, Error> {
        let id = id.clone();
        self.write(move |tx| delete_flow(tx, &id, at)).await
    }

    async fn versions(&self, flow: FlowKey) -> Result<Vec<VersionRow>, Error> {
        let sql = format!("SELECT {VERSION} FROM version WHERE flow = ?1 ORDER BY number DESC");
        let mut reader = self.reader.take().await?;
        let query = sqlx::query_as(AssertSqlSafe(sql)).bind(flow);
        let rows: Vec<VersionColumns> = query.fetch_all(&mut *reader).await.map_err(Fault::Read)?;
        rows.into_iter().map(version).collect()
    }

    async fn numbered_version(&self, flow: FlowKey, number: u32) -> Result<Option<VersionRow>, Error> {
        let sql = format!("SELECT {VERSION} FROM version WHERE flow = ?1 AND number = ?2");
        let mut reader = self.reader.take().await?;
        let query = sqlx::query_as(AssertSqlSafe(sql)).bind(flow).bind(number);
        let row: Option<VersionColumns> = query.fetch_optional(&mut *reader).await.map_err(Fault::Read)?;
        row.map(version).transpose()
    }

    async fn version(&self, key: VersionKey) -> Result<Option<VersionRow>, Error> {
        let sql = format!("SELECT {VERSION} FROM version WHERE key = ?1");
        let mut reader = self.reader.take().await?;
        let query = sqlx::query_as(AssertSqlSafe(sql)).bind(key);
        let row: Option<VersionColumns> = query.fetch_optional(&mut *reader).await.map_err(Fault::Read)?;
        row.map(version).transpose()
    }
}

/// The live version of a flow that is there, or was.
struct Known {
    key: FlowKey,
    version: VersionKey,
    number: u32,
    logic: String,
}

/// An id is permanent, so a flow that was deleted and comes back goes on with its numbers.
fn save_flow(tx: &Transaction<'_>, save: SaveFlow) -> Result<FlowRow, Fault> {
    let now = "SELECT version, updated_at FROM flow WHERE id = ?1 AND deleted_at IS NULL";
    let now = tx.query_row(now, [save.id.as_str()], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    save.check_over(now)?;
    let known = known(tx, &save.id)?;
    let key = match &known {
        Some(known) => known.key,
        None => tx.query_row("SELECT ifnull(max(key), 0) + 1 FROM flow", [], |row| row.get(0))?,
    };
    let (version, number) = match known {
        Some(known) if known.logic == save.logic => (known.version, known.number),
        known => add_version(tx, key, known.map_or(1, |known| known.number + 1), &save)?,
    };
    let sql = "INSERT INTO flow (key, id, name, state, version, version_number, document, keep_done, keep_failed,
                                 created_at, updated_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10)
               ON CONFLICT (key) DO UPDATE SET
                   state = iif(deleted_at IS NULL, state, excluded.state),
                   created_at = iif(deleted_at IS NULL, created_at, excluded.created_at),
                   name = excluded.name, version = excluded.version, version_number = excluded.version_number,
                   document = excluded.document, keep_done = excluded.keep_done, keep_failed = excluded.keep_failed,
                   updated_at = excluded.updated_at, deleted_at = NULL
               RETURNING state, created_at";
    let SaveFlow { id, name, document, keep_done, keep_failed, at, .. } = save;
    let row = params![
        key,
        id.as_str(),
        name,
        FlowState::Live as i16,
        version,
        number,
        document,
        keep_done,
        keep_failed,
        at
    ];
    let (held, created_at): (i16, Ms) = tx.query_row(sql, row, |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(FlowRow {
        key,
        id,
        name,
        state: held.try_into()?,
        version,
        version_number: number,
        document,
        created_at,
        updated_at: at,
    })
}

fn known(tx: &Transaction<'_>, id: &FlowId) -> Result<Option<Known>, Fault> {
    let sql = "SELECT flow.key, version.key, version.number, version.logic
               FROM flow JOIN version ON version.key = flow.version WHERE flow.id = ?1";
    let known = tx.query_row(sql, [id.as_str()], |row| {
        Ok(Known { key: row.get(0)?, version: row.get(1)?, number: row.get(2)?, logic: row.get(3)? })
    });
    Ok(known.optional()?)
}

fn add_version(
    tx: &Transaction<'_>,
    flow: FlowKey,
    number: u32,
    save: &SaveFlow,
) -> Result<(VersionKey, u32), Fault> {
    let sql = "INSERT INTO version (flow, number, logic, created_at, created_by) VALUES (?1, ?2, ?3, ?4, ?5)";
    tx.execute(sql, (flow, number, &save.logic, save.at, &save.by))?;
    Ok((tx.last_insert_rowid(), number))
}

fn delete_flow(tx: &Transaction<'_>, id: &FlowId, at: Ms) -> Result<bool, Fault> {
    let sql = "SELECT key, EXISTS (SELECT 1 FROM run WHERE run.flow = flow.key) FROM flow
               WHERE id = ?1 AND deleted_at IS NULL";
    let found = tx.query_row(sql, [id.as_str()], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((key, has_open_runs)) = found else {
        return Ok(false);
    };
    let key: FlowKey = key;
    if has_open_runs {
        return Err(
            Error::Conflict(format!("flow {id} has open runs: wait for them or cancel them first")).into()
        );
    }
    tx.execute("UPDATE flow SET deleted_at = ?2 WHERE key = ?1", (key, at))?;
    tx.execute("DELETE FROM schedule WHERE flow = ?1", [key])?;
    tx.execute("DELETE FROM asked WHERE flow = ?1", [key])?;
    Ok(true)
}

#[async_trait]
impl Connections for SqliteStore {
    async fn save_connection(&self, connection: SealedConnection) -> Result<(), Error> {
        let sql = "INSERT INTO connection (name, connector, fields, secrets, updated_at) VALUES (?1, ?2, ?3, ?4, ?5)
                   ON CONFLICT DO UPDATE SET connector = excluded.connector, fields = excluded.fields,
                       secrets = excluded.secrets, updated_at = excluded.updated_at";
        let SealedConnection { name, connector, fields, secrets, updated_at } = connection;
        self.write(move |tx| {
            tx.execute(sql, (name.as_str(), connector, fields, secrets, updated_at))?;
            Ok(())
        })
        .await
    }

    async fn connections(&self) -> Result<Vec<SealedConnection>, Error> {
        let sql = "SELECT name, connector, fields, secrets, updated_at FROM connection ORDER BY name";
        let mut reader = self.reader.take().await?;
        let rows: Vec<ConnectionRow> =
            sqlx::query_as(sql).fetch_all(&mut *reader).await.map_err(Fault::Read)?;
        Ok(rows.into_iter().map(connection).collect())
    }

    async fn connection(&self, name: &ConnectionName) -> Result<Option<SealedConnection>, Error> {
        let sql = "SELECT name, connector, fields, secrets, updated_at FROM connection WHERE name = ?1";
        let mut reader = self.reader.take().await?;
        let query = sqlx::query_as(sql).bind(name.as_str());
        let row: Option<ConnectionRow> = query.fetch_optional(&mut *reader).await.map_err(Fault::Read)?;
        Ok(row.map(connection))
    }

    async fn delete_connection(&self, name: &ConnectionName) -> Result<bool, Error> {
        let name = name.clone();
        self.write(move |tx| {
            tx.execute("DELETE FROM gate WHERE connection = ?1", [name.as_str()])?;
            tx.execute("DELETE FROM renewal WHERE connection = ?1", [name.as_str()])?;
            tx.execute("DELETE FROM health WHERE connection = ?1", [name.as_str()])?;
            Ok(tx.execute("DELETE FROM connection WHERE name = ?1", [name.as_str()])? == 1)
        })
        .await
    }
}

#[async_trait]
impl Schedules for SqliteStore {
    async fn schedules(&self) -> Result<BTreeMap<(FlowKey, NodeId), Ms>, Error> {
        let sql = "SELECT flow, node, next_at FROM schedule";
        let mut reader = self.reader.take().await?;
        let rows: Vec<(FlowKey, String, Ms)> =
            sqlx::query_as(sql).fetch_all(&mut *reader).await.map_err(Fault::Read)?;
        Ok(rows.into_iter().map(|(flow, node, next_at)| ((flow, NodeId::new(node)), next_at)).collect())
    }
}

#[async_trait]
impl Settings for SqliteStore {
    async fn setting(&self, name: &str) -> Result<Option<String>, Error> {
        let sql = "SELECT value FROM setting WHERE name = ?1";
        let mut reader = self.reader.take().await?;
        Ok(sqlx::query_scalar(sql).bind(name).fetch_optional(&mut *reader).await.map_err(Fault::Read)?)
    }

    async fn set_setting(&self, name: &str, value: &str) -> Result<(), Error> {
        let sql = "INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value";
        let row = (name.to_owned(), value.to_owned());
        self.write(move |tx| {
            tx.execute(sql, row)?;
            Ok(())
        })
        .await
    }
}
