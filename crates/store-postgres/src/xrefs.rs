//! Cross-references.

use crate::fault::Fault;
use crate::store::PostgresStore;
use crate::text::text;
use async_trait::async_trait;
use model::xref::{Found, Key};
use sqlx::{AssertSqlSafe, Postgres, QueryBuilder};
use std::borrow::Cow;
use store::decode::{XREF, XrefColumns, xref};
use store::search::contains;
use store::xrefs::{Asked, KINDS_MAX, check_count, in_order};
use store::{Error, Ms, XrefFilter, XrefPlace, XrefRow, Xrefs};

#[async_trait]
impl Xrefs for PostgresStore {
    async fn find_xrefs(&self, keys: &[Key]) -> Result<Vec<Found>, Error> {
        let mut asked = Asked::of(keys)?;
        let mut reader = self.reader().await?;
        for (kind, ids) in std::mem::take(&mut asked.kinds) {
            let (known, wanted) = kind.columns();
            let sql = format!(
                "SELECT {known}, min({wanted}), count(*) FROM xref
                 WHERE entity = $1 AND system = $2 AND {known} = ANY($3) GROUP BY {known}"
            );
            let ids: Vec<Cow<'_, str>> = ids.into_iter().map(text).collect();
            let query = sqlx::query_as(AssertSqlSafe(sql)).bind(text(kind.entity)).bind(text(kind.system));
            let rows = query.bind(ids).fetch_all(&mut *reader).await.map_err(Fault::Sql)?;
            asked.found(kind, rows);
        }
        Ok(asked.answers(keys))
    }

    /// In order, so that two who put the same never wait for each other.
    async fn put_xrefs(&self, rows: Vec<XrefRow>) -> Result<(), Error> {
        check_count(rows.len())?;
        let sql = "INSERT INTO xref (entity, system, external, own, changed_at, changed_by)
                   SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[])
                   ON CONFLICT (entity, system, external) DO UPDATE SET own = excluded.own,
                       changed_at = excluded.changed_at, changed_by = excluded.changed_by";
        let rows = in_order(rows);
        let texts = |of: fn(&XrefRow) -> &str| rows.values().map(|row| text(of(row))).collect::<Vec<_>>();
        let at: Vec<Ms> = rows.values().map(|row| row.changed_at).collect();
        let mut desk = self.desk().await?;
        let query = sqlx::query(sql).bind(texts(|row| &row.entity)).bind(texts(|row| &row.system));
        let query = query.bind(texts(|row| &row.external)).bind(texts(|row| &row.own)).bind(at);
        query.bind(texts(|row| &row.changed_by)).execute(&mut *desk).await.map_err(Fault::Sql)?;
        Ok(())
    }

    async fn remove_xref(&self, (entity, system, external): &XrefPlace) -> Result<bool, Error> {
        let sql = "DELETE FROM xref WHERE entity = $1 AND system = $2 AND external = $3";
        let mut desk = self.desk().await?;
        let query = sqlx::query(sql).bind(text(entity)).bind(text(system)).bind(text(external));
        Ok(query.execute(&mut *desk).await.map_err(Fault::Sql)?.rows_affected() == 1)
    }

    async fn xrefs(&self, filter: &XrefFilter) -> Result<Vec<XrefRow>, Error> {
        let mut sql = QueryBuilder::<Postgres>::new(format!("SELECT {XREF} FROM xref WHERE true"));
        if let Some(entity) = &filter.entity {
            sql.push(" AND entity = ").push_bind(text(entity));
        }
        if let Some(system) = &filter.system {
            sql.push(" AND system = ").push_bind(text(system));
        }
        if let Some((entity, system, external)) = &filter.after {
            sql.push(" AND (entity, system, external) > (").push_bind(text(entity)).push(", ");
            sql.push_bind(text(system)).push(", ").push_bind(text(external)).push(")");
        }
        if let Some(wanted) = filter.wanted() {
            let pattern = contains(&text(wanted));
            sql.push(" AND (external ILIKE ").push_bind(pattern.clone()).push(" OR own ILIKE ");
            sql.push_bind(pattern).push(")");
        }
        sql.push(" ORDER BY entity, system, external LIMIT ").push_bind(filter.most() as i64);
        let mut reader = self.reader().await?;
        let rows = sql.build_query_as::<XrefColumns>().fetch_all(&mut *reader).await.map_err(Fault::Sql)?;
        Ok(rows.into_iter().map(xref).collect())
    }

    /// From one to the next by the index: all rows may be millions.
    async fn xref_kinds(&self) -> Result<Vec<(String, String)>, Error> {
        let next = "SELECT entity, system FROM xref WHERE (entity, system) > ($1, $2) ORDER BY entity, system LIMIT 1";
        let mut reader = self.reader().await?;
        let (mut kinds, mut last) = (Vec::new(), (String::new(), String::new()));
        while kinds.len() < KINDS_MAX {
            let ask = sqlx::query_as(next).bind(&last.0).bind(&last.1).fetch_optional(&mut *reader);
            let Some(kind) = ask.await.map_err(Fault::Sql)? else { break };
            last = kind;
            kinds.push(last.clone());
        }
        Ok(kinds)
    }
}
