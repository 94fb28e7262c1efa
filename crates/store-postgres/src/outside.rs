//! What is remembered of other systems.

use crate::PostgresStore;
use crate::fault::Fault;
use crate::text::text;
use async_trait::async_trait;
use model::{ConnectionName, NodeId};
use store::outside::too_many_connectors;
use store::{CONNECTORS_MAX, ConnectorRow, Error, FlowKey, HealthRow, Ms, Outside};

type Columns = (String, String, Ms, String);

#[async_trait]
impl Outside for PostgresStore {
    async fn cursor(&self, flow: FlowKey, node: &NodeId) -> Result<Option<String>, Error> {
        let sql = "SELECT \"cursor\" FROM asked WHERE flow = $1 AND node = $2";
        let mut reader = self.reader().await?;
        let query = sqlx::query_scalar(sql).bind(flow).bind(node.as_str());
        Ok(query.fetch_optional(&mut *reader).await.map_err(Fault::Sql)?)
    }

    async fn set_cursor(&self, flow: FlowKey, node: &NodeId, cursor: &str) -> Result<(), Error> {
        let sql = "INSERT INTO asked (flow, node, \"cursor\") VALUES ($1, $2, $3)
                   ON CONFLICT (flow, node) DO UPDATE SET \"cursor\" = excluded.\"cursor\"";
        let mut desk = self.desk().await?;
        let query = sqlx::query(sql).bind(flow).bind(node.as_str()).bind(text(cursor));
        query.execute(&mut *desk).await.map_err(Fault::Sql)?;
        Ok(())
    }

    async fn begin_renewal(&self, connection: &ConnectionName, now: Ms, until: Ms) -> Result<bool, Error> {
        let sql = "INSERT INTO renewal AS held (connection, until) VALUES ($1, $3)
                   ON CONFLICT (connection) DO UPDATE SET until = excluded.until WHERE held.until <= $2";
        let mut desk = self.desk().await?;
        let query = sqlx::query(sql).bind(connection.as_str()).bind(now).bind(until);
        Ok(query.execute(&mut *desk).await.map_err(Fault::Sql)?.rows_affected() == 1)
    }

    async fn end_renewal(&self, connection: &ConnectionName) -> Result<(), Error> {
        let sql = "DELETE FROM renewal WHERE connection = $1";
        let mut desk = self.desk().await?;
        sqlx::query(sql).bind(connection.as_str()).execute(&mut *desk).await.map_err(Fault::Sql)?;
        Ok(())
    }

    async fn health(&self) -> Result<Vec<HealthRow>, Error> {
        let sql = "SELECT connection, checked_at, document FROM health ORDER BY connection";
        let mut reader = self.reader().await?;
        let rows: Vec<(String, Ms, String)> =
            sqlx::query_as(sql).fetch_all(&mut *reader).await.map_err(Fault::Sql)?;
        let row = |(name, checked_at, document)| HealthRow {
            connection: ConnectionName::new(name),
            checked_at,
            document,
        };
        Ok(rows.into_iter().map(row).collect())
    }

    async fn keep_health(&self, row: HealthRow) -> Result<(), Error> {
        let sql = "INSERT INTO health (connection, checked_at, document) VALUES ($1, $2, $3)
                   ON CONFLICT (connection) DO UPDATE SET checked_at = excluded.checked_at,
                       document = excluded.document";
        let mut desk = self.desk().await?;
        let query = sqlx::query(sql).bind(row.connection.as_str()).bind(row.checked_at);
        query.bind(text(&row.document)).execute(&mut *desk).await.map_err(Fault::Sql)?;
        Ok(())
    }

    async fn connectors(&self) -> Result<Vec<ConnectorRow>, Error> {
        let sql = "SELECT id, document, changed_at, changed_by FROM connector ORDER BY id";
        let mut reader = self.reader().await?;
        let rows: Vec<Columns> = sqlx::query_as(sql).fetch_all(&mut *reader).await.map_err(Fault::Sql)?;
        let row =
            |(id, document, changed_at, changed_by)| ConnectorRow { id, document, changed_at, changed_by };
        Ok(rows.into_iter().map(row).collect())
    }

    /// Two who add at the same time may end up with one more than the most: the bound is against running full.
    async fn save_connector(&self, row: ConnectorRow) -> Result<(), Error> {
        let sql = "WITH changed AS (UPDATE change SET n = n + 1)
                   INSERT INTO connector (id, document, changed_at, changed_by)
                   SELECT $1, $2, $3, $4 WHERE (SELECT count(*) FROM connector WHERE id <> $1) < $5
                   ON CONFLICT (id) DO UPDATE SET document = excluded.document, changed_at = excluded.changed_at,
                       changed_by = excluded.changed_by";
        let mut desk = self.desk().await?;
        let query = sqlx::query(sql).bind(text(&row.id)).bind(text(&row.document));
        let query = query.bind(row.changed_at).bind(text(&row.changed_by)).bind(CONNECTORS_MAX as i64);
        let done = query.execute(&mut *desk).await.map_err(Fault::Sql)?;
        if done.rows_affected() == 1 { Ok(()) } else { Err(too_many_connectors()) }
    }

    async fn delete_connector(&self, id: &str) -> Result<bool, Error> {
        let sql = "WITH changed AS (UPDATE change SET n = n + 1) DELETE FROM connector WHERE id = $1";
        let mut desk = self.desk().await?;
        let done = sqlx::query(sql).bind(text(id)).execute(&mut *desk).await;
        Ok(done.map_err(Fault::Sql)?.rows_affected() == 1)
    }
}
