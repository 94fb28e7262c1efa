//! What is remembered of other systems.

use crate::SqliteStore;
use crate::fault::Fault;
use async_trait::async_trait;
use model::{ConnectionName, NodeId};
use store::outside::too_many_connectors;
use store::{CONNECTORS_MAX, ConnectorRow, Error, FlowKey, HealthRow, Ms, Outside};

type Columns = (String, String, Ms, String);

#[async_trait]
impl Outside for SqliteStore {
    async fn cursor(&self, flow: FlowKey, node: &NodeId) -> Result<Option<String>, Error> {
        let sql = "SELECT \"cursor\" FROM asked WHERE flow = ?1 AND node = ?2";
        let mut reader = self.reader.take().await?;
        let query = sqlx::query_scalar(sql).bind(flow).bind(node.as_str());
        Ok(query.fetch_optional(&mut *reader).await.map_err(Fault::Read)?)
    }

    async fn set_cursor(&self, flow: FlowKey, node: &NodeId, cursor: &str) -> Result<(), Error> {
        let sql = "INSERT INTO asked (flow, node, \"cursor\") VALUES (?1, ?2, ?3)
                   ON CONFLICT DO UPDATE SET \"cursor\" = excluded.\"cursor\"";
        let row = (flow, node.as_str().to_owned(), cursor.to_owned());
        self.write(move |tx| {
            tx.execute(sql, row)?;
            Ok(())
        })
        .await
    }

    async fn begin_renewal(&self, connection: &ConnectionName, now: Ms, until: Ms) -> Result<bool, Error> {
        let sql = "INSERT INTO renewal (connection, until) VALUES (?1, ?3)
                   ON CONFLICT DO UPDATE SET until = excluded.until WHERE renewal.until <= ?2";
        let name = connection.as_str().to_owned();
        self.write(move |tx| Ok(tx.execute(sql, (name, now, until))? == 1)).await
    }

    async fn end_renewal(&self, connection: &ConnectionName) -> Result<(), Error> {
        let name = connection.as_str().to_owned();
        self.write(move |tx| {
            tx.execute("DELETE FROM renewal WHERE connection = ?1", [name])?;
            Ok(())
        })
        .await
    }

    async fn health(&self) -> Result<Vec<HealthRow>, Error> {
        let sql = "SELECT connection, checked_at, document FROM health ORDER BY connection";
        let mut reader = self.reader.take().await?;
        let rows: Vec<(String, Ms, String)> =
            sqlx::query_as(sql).fetch_all(&mut *reader).await.map_err(Fault::Read)?;
        let row = |(name, checked_at, document)| HealthRow {
            connection: ConnectionName::new(name),
            checked_at,
            document,
        };
        Ok(rows.into_iter().map(row).collect())
    }

    async fn keep_health(&self, row: HealthRow) -> Result<(), Error> {
        let sql = "INSERT INTO health (connection, checked_at, document) VALUES (?1, ?2, ?3)
                   ON CONFLICT DO UPDATE SET checked_at = excluded.checked_at, document = excluded.document";
        let row = (row.connection.as_str().to_owned(), row.checked_at, row.document);
        self.write(move |tx| {
            tx.execute(sql, row)?;
            Ok(())
        })
        .await
    }

    async fn connectors(&self) -> Result<Vec<ConnectorRow>, Error> {
        let sql = "SELECT id, document, changed_at, changed_by FROM connector ORDER BY id";
        let mut reader = self.reader.take().await?;
        let rows: Vec<Columns> = sqlx::query_as(sql).fetch_all(&mut *reader).await.map_err(Fault::Read)?;
        let row =
            |(id, document, changed_at, changed_by)| ConnectorRow { id, document, changed_at, changed_by };
        Ok(rows.into_iter().map(row).collect())
    }

    async fn save_connector(&self, row: ConnectorRow) -> Result<(), Error> {
        let sql = "INSERT INTO connector (id, document, changed_at, changed_by) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT DO UPDATE SET document = excluded.document, changed_at = excluded.changed_at,
                       changed_by = excluded.changed_by";
        self.write(move |tx| {
            let sql_others = "SELECT count(*) FROM connector WHERE id <> ?1";
            let others: i64 = tx.query_row(sql_others, [&row.id], |row| row.get(0))?;
            if usize::try_from(others).is_ok_and(|others| others >= CONNECTORS_MAX) {
                return Err(too_many_connectors().into());
            }
            tx.execute(sql, (row.id, row.document, row.changed_at, row.changed_by))?;
            Ok(())
        })
        .await
    }

    async fn delete_connector(&self, id: &str) -> Result<bool, Error> {
        let id = id.to_owned();
        self.write(move |tx| Ok(tx.execute("DELETE FROM connector WHERE id = ?1", [id])? == 1)).await
    }
}
