//! Cross-references.

use crate::fault::Fault;
use crate::store::SqliteStore;
use async_trait::async_trait;
use model::xref::{Found, Key};
use rusqlite::params;
use sqlx::{QueryBuilder, Sqlite};
use store::decode::{XREF, XrefColumns, xref};
use store::search::contains;
use store::xrefs::{Asked, KINDS_MAX, check_count, in_order};
use store::{Error, XrefFilter, XrefPlace, XrefRow, Xrefs};

#[async_trait]
impl Xrefs for SqliteStore {
    async fn find_xrefs(&self, keys: &[Key]) -> Result<Vec<Found>, Error> {
        let mut asked = Asked::of(keys)?;
        let mut reader = self.reader.take().await?;
        for (kind, ids) in std::mem::take(&mut asked.kinds) {
            let (known, wanted) = kind.columns();
            let mut sql = QueryBuilder::<Sqlite>::new(format!(
                "SELECT {known}, min({wanted}), count(*) FROM xref WHERE entity = "
            ));
            sql.push_bind(kind.entity).push(" AND system = ").push_bind(kind.system);
            sql.push(format!(" AND {known} IN ("));
            let mut places = sql.separated(", ");
            for id in ids {
                places.push_bind(id);
            }
            sql.push(format!(") GROUP BY {known}"));
            let rows = sql.build_query_as().fetch_all(&mut *reader).await.map_err(Fault::Read)?;
            asked.found(kind, rows);
        }
        Ok(asked.answers(keys))
    }

    async fn put_xrefs(&self, rows: Vec<XrefRow>) -> Result<(), Error> {
        check_count(rows.len())?;
        let sql = "INSERT INTO xref (entity, system, external, own, changed_at, changed_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                   ON CONFLICT DO UPDATE SET own = excluded.own, changed_at = excluded.changed_at,
                       changed_by = excluded.changed_by";
        self.write(move |tx| {
            let mut put = tx.prepare_cached(sql)?;
            for row in in_order(rows).into_values() {
                let XrefRow { entity, system, external, own, changed_at, changed_by } = row;
                put.execute(params![entity, system, external, own, changed_at, changed_by])?;
            }
            Ok(())
        })
        .await
    }

    async fn remove_xref(&self, place: &XrefPlace) -> Result<bool, Error> {
        let sql = "DELETE FROM xref WHERE entity = ?1 AND system = ?2 AND external = ?3";
        let (entity, system, external) = place.clone();
        self.write(move |tx| Ok(tx.execute(sql, (entity, system, external))? == 1)).await
    }

    async fn xrefs(&self, filter: &XrefFilter) -> Result<Vec<XrefRow>, Error> {
        let mut sql = QueryBuilder::<Sqlite>::new(format!("SELECT {XREF} FROM xref WHERE 1"));
        if let Some(entity) = &filter.entity {
            sql.push(" AND entity = ").push_bind(entity);
        }
        if let Some(system) = &filter.system {
            sql.push(" AND system = ").push_bind(system);
        }
        if let Some((entity, system, external)) = &filter.after {
            sql.push(" AND (entity, system, external) > (").push_bind(entity).push(", ").push_bind(system);
            sql.push(", ").push_bind(external).push(")");
        }
        if let Some(wanted) = filter.wanted() {
            let pattern = contains(wanted);
            sql.push(" AND (external LIKE ").push_bind(pattern.clone()).push(" ESCAPE '\\' OR own LIKE ");
            sql.push_bind(pattern).push(" ESCAPE '\\')");
        }
        sql.push(" ORDER BY entity, system, external LIMIT ").push_bind(filter.most() as i64);
        let mut reader = self.reader.take().await?;
        let rows = sql.build_query_as::<XrefColumns>().fetch_all(&mut *reader).await.map_err(Fault::Read)?;
        Ok(rows.into_iter().map(xref).collect())
    }

    /// From one to the next by the index: all rows may be millions.
    async fn xref_kinds(&self) -> Result<Vec<(String, String)>, Error> {
        let next = "SELECT entity, system FROM xref WHERE (entity, system) > (?1, ?2) ORDER BY entity, system LIMIT 1";
        let mut reader = self.reader.take().await?;
        let (mut kinds, mut last) = (Vec::new(), (String::new(), String::new()));
        while kinds.len() < KINDS_MAX {
            let ask = sqlx::query_as(next).bind(&last.0).bind(&last.1).fetch_optional(&mut *reader);
            let Some(kind) = ask.await.map_err(Fault::Read)? else { break };
            last = kind;
            kinds.push(last.clone());
        }
        Ok(kinds)
    }
}
