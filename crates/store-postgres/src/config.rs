//! What people set up: flows and their versions, connections, schedules, settings.

use crate::fault::Fault;
use crate::store::{Change, PostgresStore};
use crate::text::text;
use async_trait::async_trait;
use model::{ConnectionName, FlowId, NodeId};
use sqlx::{AssertSqlSafe, Executor, PgConnection};
use std::collections::BTreeMap;
use store::decode::{ConnectionRow, FLOW, FlowColumns, VERSION, VersionColumns, connection, flow, version};
use store::{
    Connections, Error, FlowKey, FlowRow, FlowState, Flows, Ms, SaveFlow, Schedules, SealedConnection,
    Settings, VersionKey, VersionRow,
};

#[async_trait]
impl Flows for PostgresStore {
    async fn save_flow(&self, save: SaveFlow) -> Result<FlowRow, Error> {
        self.change(Save(save)).await
    }

    async fn flows(&self) -> Result<Vec<FlowRow>, Error> {
        let sql = format!("SELECT {FLOW} FROM flow WHERE deleted_at IS NULL ORDER BY id");
        let mut reader = self.reader().await?;
        let rows: Vec<FlowColumns> =
            sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut *reader).await.map_err(Fault::Sql)?;
        rows.into_iter().map(flow).collect()
    }

    async fn flow(&self, id: &FlowId) -> Result<Option<FlowRow>, Error> {
        let sql = format!("SELECT {FLOW} FROM flow WHERE id = $1 AND deleted_at IS NULL");
        let mut reader = self.reader().await?;
        let query = sqlx::query_as(AssertSqlSafe(sql)).bind(id.as_str());
        let row: Option<FlowColumns> = query.fetch_optional(&mut *reader).await.map_err(Fault::Sql)?;
        row.map(flow).transpose()
    }

    async fn set_flow_state(&self, id: &FlowId, state: FlowState, at: Ms) -> Result<bool, Error> {
        let sql = "WITH changed AS (UPDATE change SET n = n + 1)
                   UPDATE flow SET state = $2, updated_at = $3 WHERE id = $1 AND deleted_at IS NULL";
        let mut desk = self.desk().await?;
        let query = sqlx::query(sql).bind(id.as_str()).bind(state as i16).bind(at);
        Ok(query.execute(&mut *desk).await.map_err(Fault::Sql)?.rows_affected() == 1)
    }

    async fn delete_flow(&self, id: &FlowId, at: Ms) -> Result<bool, Error> {
        self.change(Delete { id: id.clone(), at }).await
    }

    async fn versions(&self, flow: FlowKey) -> Result<Vec<VersionRow>, Error> {
        let sql = format!("SELECT {VERSION} FROM version WHERE flow = $1 ORDER BY number DESC");
        let mut reader = self.reader().await?;
        let query = sqlx::query_as(AssertSqlSafe(sql)).bind(flow);
        let rows: Vec<VersionColumns> = query.fetch_all(&mut *reader).await.map_err(Fault::Sql)?;
        rows.into_iter().map(version).collect()
    }

    async fn numbered_version(&self, flow: FlowKey, number: u32) -> Result<Option<VersionRow>, Error> {
        let sql = format!("SELECT {VERSION} FROM version WHERE flow = $1 AND number = $2");
        let mut reader = self.reader().await?;
        let query = sqlx::query_as(AssertSqlSafe(sql)).bind(flow).bind(i64::from(number));
        let row: Option<VersionColumns> = query.fetch_optional(&mut *reader).await.map_err(Fault::Sql)?;
        row.map(version).transpose()
    }

    async fn version(&self, key: VersionKey) -> Result<Option<VersionRow>, Error> {
        let sql = format!("SELECT {VERSION} FROM version WHERE key = $1");
        let mut reader = self.reader().await?;
        let query = sqlx::query_as(AssertSqlSafe(sql)).bind(key);
        let row: Option<VersionColumns> = query.fetch_optional(&mut *reader).await.map_err(Fault::Sql)?;
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

struct Save(SaveFlow);

impl Change<FlowRow> for Save {
    /// An id is permanent, so a flow that was deleted and comes back goes on with its numbers.
    async fn make(self, connection: &mut PgConnection) -> Result<FlowRow, Fault> {
        let Self(save) = self;
        // Flows are numbered without gaps, so one is saved at a time.
        connection.execute("LOCK TABLE flow IN SHARE ROW EXCLUSIVE MODE").await?;
        connection.execute("UPDATE change SET n = n + 1").await?;
        let now = "SELECT version, updated_at FROM flow WHERE id = $1 AND deleted_at IS NULL";
        save.check_over(sqlx::query_as(now).bind(save.id.as_str()).fetch_optional(&mut *connection).await?)?;
        let known = known(connection, &save.id).await?;
        let key = match &known {
            Some(known) => known.key,
            None => {
                let next = "SELECT coalesce(max(key), 0) + 1 FROM flow";
                sqlx::query_scalar(next).fetch_one(&mut *connection).await?
            }
        };
        let (version, number) = match known {
            Some(known) if known.logic == save.logic => (known.version, known.number),
            known => {
                let number = known.map_or(1, |known| known.number + 1);
                (add_version(connection, key, number, &save).await?, number)
            }
        };
        put(connection, key, version, number, save).await
    }
}

async fn known(connection: &mut PgConnection, id: &FlowId) -> Result<Option<Known>, Fault> {
    let sql = "SELECT flow.key, version.key, version.number, version.logic
               FROM flow JOIN version ON version.key = flow.version WHERE flow.id = $1";
    let row: Option<(FlowKey, VersionKey, i32, String)> =
        sqlx::query_as(sql).bind(id.as_str()).fetch_optional(connection).await?;
    Ok(row.map(|(key, version, number, logic)| Known { key, version, number: number as u32, logic }))
}

async fn add_version(
    connection: &mut PgConnection,
    flow: FlowKey,
    number: u32,
    save: &SaveFlow,
) -> Result<VersionKey, Fault> {
    let sql = "INSERT INTO version (flow, number, logic, created_at, created_by) VALUES ($1, $2, $3, $4, $5)
               RETURNING key";
    let query = sqlx::query_scalar(sql).bind(flow).bind(number as i32).bind(text(&save.logic));
    Ok(query.bind(save.at).bind(text(&save.by)).fetch_one(connection).await?)
}

async fn put(
    connection: &mut PgConnection,
    key: FlowKey,
    version: VersionKey,
    number: u32,
    save: SaveFlow,
) -> Result<FlowRow, Fault> {
    let sql = "INSERT INTO flow AS held (key, id, name, state, version, version_number, document, keep_done, keep_failed,
                                         created_at, updated_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
               ON CONFLICT (key) DO UPDATE SET
                   state = CASE WHEN held.deleted_at IS NULL THEN held.state ELSE excluded.state END,
                   created_at = CASE WHEN held.deleted_at IS NULL THEN held.created_at ELSE excluded.created_at END,
                   name = excluded.name, version = excluded.version, version_number = excluded.version_number,
                   document = excluded.document, keep_done = excluded.keep_done, keep_failed = excluded.keep_failed,
                   updated_at = excluded.updated_at, deleted_at = NULL
               RETURNING state, created_at";
    let query = sqlx::query_as(sql).bind(key).bind(save.id.as_str()).bind(text(&save.name));
    let query =
        query.bind(FlowState::Live as i16).bind(version).bind(number as i32).bind(text(&save.document));
    let query = query.bind(save.keep_done).bind(save.keep_failed).bind(save.at);
    let (held, created_at): (i16, Ms) = query.fetch_one(connection).await?;
    Ok(FlowRow {
        key,
        id: save.id,
        name: save.name,
        state: held.try_into()?,
        version,
        version_number: number,
        document: save.document,
        created_at,
        updated_at: save.at,
    })
}

struct Delete {
    id: FlowId,
    at: Ms,
}

impl Change<bool> for Delete {
    async fn make(self, connection: &mut PgConnection) -> Result<bool, Fault> {
        let Self { id, at } = self;
        let sql = "SELECT key, EXISTS (SELECT 1 FROM run WHERE run.flow = flow.key) FROM flow
                   WHERE id = $1 AND deleted_at IS NULL FOR UPDATE";
        let found: Option<(FlowKey, bool)> =
            sqlx::query_as(sql).bind(id.as_str()).fetch_optional(&mut *connection).await?;
        let Some((key, has_open_runs)) = found else {
            return Ok(false);
        };
        if has_open_runs {
            let reason = format!("flow {id} has open runs: wait for them or cancel them first");
            return Err(Error::Conflict(reason).into());
        }
        connection.execute("UPDATE change SET n = n + 1").await?;
        let sql = "WITH unscheduled AS (DELETE FROM schedule WHERE flow = $1),
                        unasked AS (DELETE FROM asked WHERE flow = $1)
                   UPDATE flow SET deleted_at = $2 WHERE key = $1";
        sqlx::query(sql).bind(key).bind(at).execute(connection).await?;
        Ok(true)
    }
}

#[async_trait]
impl Connections for PostgresStore {
    async fn save_connection(&self, connection: SealedConnection) -> Result<(), Error> {
        let sql = "WITH changed AS (UPDATE change SET n = n + 1)
                   INSERT INTO connection (name, connector, fields, secrets, updated_at) VALUES ($1, $2, $3, $4, $5)
                   ON CONFLICT (name) DO UPDATE SET connector = excluded.connector, fields = excluded.fields,
                       secrets = excluded.secrets, updated_at = excluded.updated_at";
        let SealedConnection { name, connector, fields, secrets, updated_at } = connection;
        let query = sqlx::query(sql).bind(name.as_str()).bind(text(&connector)).bind(text(&fields));
        let query = query.bind(secrets).bind(updated_at);
        let mut desk = self.desk().await?;
        query.execute(&mut *desk).await.map_err(Fault::Sql)?;
        Ok(())
    }

    async fn connections(&self) -> Result<Vec<SealedConnection>, Error> {
        let sql = "SELECT name, connector, fields, secrets, updated_at FROM connection ORDER BY name";
        let mut reader = self.reader().await?;
        let rows: Vec<ConnectionRow> =
            sqlx::query_as(sql).fetch_all(&mut *reader).await.map_err(Fault::Sql)?;
        Ok(rows.into_iter().map(connection).collect())
    }

    async fn connection(&self, name: &ConnectionName) -> Result<Option<SealedConnection>, Error> {
        let sql = "SELECT name, connector, fields, secrets, updated_at FROM connection WHERE name = $1";
        let mut reader = self.reader().await?;
        let query = sqlx::query_as(sql).bind(name.as_str());
        let row: Option<ConnectionRow> = query.fetch_optional(&mut *reader).await.map_err(Fault::Sql)?;
        Ok(row.map(connection))
    }

    async fn delete_connection(&self, name: &ConnectionName) -> Result<bool, Error> {
        let sql = "WITH changed AS (UPDATE change SET n = n + 1),
                        gone AS (DELETE FROM gate WHERE connection = $1),
                        unrenewed AS (DELETE FROM renewal WHERE connection = $1),
                        untried AS (DELETE FROM health WHERE connection = $1)
                   DELETE FROM connection WHERE name = $1";
        let mut desk = self.desk().await?;
        let done = sqlx::query(sql).bind(name.as_str()).execute(&mut *desk).await;
        Ok(done.map_err(Fault::Sql)?.rows_affected() == 1)
    }
}

#[async_trait]
impl Schedules for PostgresStore {
    async fn schedules(&self) -> Result<BTreeMap<(FlowKey, NodeId), Ms>, Error> {
        let sql = "SELECT flow, node, next_at FROM schedule";
        let mut reader = self.reader().await?;
        let rows: Vec<(FlowKey, String, Ms)> =
            sqlx::query_as(sql).fetch_all(&mut *reader).await.map_err(Fault::Sql)?;
        Ok(rows.into_iter().map(|(flow, node, next_at)| ((flow, NodeId::new(node)), next_at)).collect())
    }
}

#[async_trait]
impl Settings for PostgresStore {
    async fn setting(&self, name: &str) -> Result<Option<String>, Error> {
        let sql = "SELECT value FROM setting WHERE name = $1";
        let mut reader = self.reader().await?;
        Ok(sqlx::query_scalar(sql).bind(text(name)).fetch_optional(&mut *reader).await.map_err(Fault::Sql)?)
    }

    async fn set_setting(&self, name: &str, value: &str) -> Result<(), Error> {
        let sql = "INSERT INTO setting (name, value) VALUES ($1, $2)
                   ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        let mut desk = self.desk().await?;
        sqlx::query(sql).bind(text(name)).bind(text(value)).execute(&mut *desk).await.map_err(Fault::Sql)?;
        Ok(())
    }
}
