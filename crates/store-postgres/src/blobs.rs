//! Long bodies in rows of pieces. An upload becomes a blob without a piece of it being written again.

use crate::fault::Fault;
use crate::store::{Change, PostgresStore};
use async_trait::async_trait;
use bytes::Bytes;
use sqlx::{AssertSqlSafe, PgConnection};
use std::sync::atomic::{AtomicI64, Ordering};
use store::decode::{BlobColumns, IS_A_PERSONS, blob};
use store::{BLOB_GRACE, BLOBS_MAX, BlobHash, BlobRow, BlobUse, Blobs, Error, Ms, SWEPT_MAX, ids};

/// The last use that this process has looked at.
#[derive(Debug, Default)]
pub(crate) struct Swept(AtomicI64);

#[async_trait]
impl Blobs for PostgresStore {
    async fn put_piece(&self, upload: i64, n: u32, piece: Bytes) -> Result<(), Error> {
        Ok(self.put(upload, n, &piece).await?)
    }

    async fn seal_blob(&self, upload: i64, blob: BlobRow, now: Ms) -> Result<(), Error> {
        self.change(Seal { upload, blob, now }).await
    }

    async fn drop_upload(&self, upload: i64) -> Result<(), Error> {
        self.change(Drop(vec![upload])).await
    }

    async fn blob(&self, hash: BlobHash) -> Result<Option<BlobRow>, Error> {
        Ok(self.some_blobs("hash = $1", &hash, 1).await?.into_iter().next())
    }

    async fn blob_piece(&self, hash: BlobHash, n: u32) -> Result<Option<Bytes>, Error> {
        let sql = "SELECT data FROM kept_blob JOIN blob_piece USING (upload) WHERE hash = $1 AND n = $2";
        let mut reader = self.reader().await?;
        let ask = sqlx::query_scalar(sql).bind(hash).bind(n as i32);
        let piece: Option<Vec<u8>> = ask.fetch_optional(&mut *reader).await.map_err(Fault::Sql)?;
        Ok(piece.map(Bytes::from))
    }

    async fn blobs(&self, after: Option<BlobHash>, limit: usize) -> Result<Vec<BlobRow>, Error> {
        let after = after.map_or_else(Vec::new, |hash| hash.to_vec());
        Ok(self.some_blobs("hash > $1", &after, limit.min(BLOBS_MAX)).await?)
    }

    async fn sweep_blobs(&self, now: Ms) -> Result<usize, Error> {
        let from = self.swept.0.load(Ordering::Relaxed);
        let to = self.change(ForgetUses { from, now }).await?;
        self.swept.0.store(to, Ordering::Relaxed);
        let abandoned = self.abandoned(now).await?;
        self.change(Drop(abandoned)).await?;
        self.change(ForgetBlobs(now)).await
    }
}

impl PostgresStore {
    async fn put(&self, upload: i64, n: u32, piece: &[u8]) -> Result<(), Fault> {
        let mut desk = self.desk().await?;
        if n == 0 {
            let sql = "INSERT INTO blob_upload (id) VALUES ($1) ON CONFLICT DO NOTHING";
            sqlx::query(sql).bind(upload).execute(&mut *desk).await?;
        }
        let sql = "INSERT INTO blob_piece (upload, n, data) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        sqlx::query(sql).bind(upload).bind(n as i32).bind(piece).execute(&mut *desk).await?;
        Ok(())
    }

    async fn some_blobs(&self, which: &str, hash: &[u8], limit: usize) -> Result<Vec<BlobRow>, Fault> {
        let sql =
            format!("SELECT hash, bytes, stored, pieces FROM kept_blob WHERE {which} ORDER BY hash LIMIT $2");
        let mut reader = self.reader().await?;
        let ask = sqlx::query_as(AssertSqlSafe(sql)).bind(hash).bind(limit as i64);
        let rows: Vec<BlobColumns> = ask.fetch_all(&mut *reader).await?;
        Ok(rows.into_iter().map(blob).collect::<Result<_, _>>()?)
    }

    async fn abandoned(&self, now: Ms) -> Result<Vec<i64>, Fault> {
        let mut reader = self.reader().await?;
        let ask = sqlx::query_scalar("SELECT id FROM blob_upload WHERE id < $1 ORDER BY id LIMIT $2");
        let ask = ask.bind(ids::first_at(now - BLOB_GRACE)).bind(SWEPT_MAX as i64);
        Ok(ask.fetch_all(&mut *reader).await?)
    }
}

/// To be called in the transaction of what needs the blobs.
pub(crate) async fn write_uses(connection: &mut PgConnection, uses: &[BlobUse]) -> Result<(), Fault> {
    if uses.is_empty() {
        return Ok(());
    }
    let mut uses = uses.to_vec();
    uses.sort_unstable();
    let (owners, blobs): (Vec<i64>, Vec<&[u8]>) = uses.iter().map(|one| (one.owner, &one.blob[..])).unzip();
    let sql = "INSERT INTO blob_use (owner, blob) SELECT * FROM unnest($1::bigint[], $2::bytea[])
               ON CONFLICT DO NOTHING";
    sqlx::query(sql).bind(&owners).bind(&blobs).execute(connection).await?;
    Ok(())
}

struct Seal {
    upload: i64,
    blob: BlobRow,
    now: Ms,
}

impl Change<()> for Seal {
    async fn make(self, connection: &mut PgConnection) -> Result<(), Fault> {
        let Self { upload, blob, now } = self;
        let sql = "SELECT count(*) FROM blob_piece JOIN blob_upload ON id = upload WHERE upload = $1";
        let pieces: i64 = sqlx::query_scalar(sql).bind(upload).fetch_one(&mut *connection).await?;
        if pieces != i64::from(blob.pieces) {
            return Err(store::blobs::not_whole().into());
        }
        let sql = "INSERT INTO kept_blob AS k (hash, upload, bytes, stored, pieces, touched_at)
                   VALUES ($1, $2, $3, $4, $5, $6)
                   ON CONFLICT (hash) DO UPDATE SET touched_at = greatest(k.touched_at, excluded.touched_at)
                   RETURNING upload";
        let query = sqlx::query_scalar(sql).bind(blob.hash).bind(upload).bind(blob.bytes as i64);
        let query = query.bind(blob.stored as i64).bind(blob.pieces as i32).bind(now);
        let kept: i64 = query.fetch_one(&mut *connection).await?;
        if kept != upload {
            return Drop(vec![upload]).make(connection).await;
        }
        sqlx::query("DELETE FROM blob_upload WHERE id = $1").bind(upload).execute(connection).await?;
        Ok(())
    }
}

/// Uploads, with their pieces.
struct Drop(Vec<i64>);

impl Change<()> for Drop {
    async fn make(self, connection: &mut PgConnection) -> Result<(), Fault> {
        let sql = "WITH gone AS (DELETE FROM blob_upload WHERE id = ANY($1) RETURNING id)
                   DELETE FROM blob_piece USING gone WHERE upload = gone.id";
        sqlx::query(sql).bind(&self.0).execute(connection).await?;
        Ok(())
    }
}

/// Looks at the next uses. Tells where to go on.
struct ForgetUses {
    from: i64,
    now: Ms,
}

impl Change<i64> for ForgetUses {
    async fn make(self, connection: &mut PgConnection) -> Result<i64, Fault> {
        let sql = "SELECT DISTINCT owner FROM blob_use WHERE owner > $1 ORDER BY owner LIMIT $2";
        let ask = sqlx::query_scalar(sql).bind(self.from).bind(SWEPT_MAX as i64);
        let owners: Vec<i64> = ask.fetch_all(&mut *connection).await?;
        let sql = format!(
            "WITH gone AS (
                 DELETE FROM blob_use WHERE owner = ANY($1)
                     AND NOT EXISTS (SELECT 1 FROM event WHERE event.id = owner)
                     AND NOT EXISTS (SELECT 1 FROM inbox WHERE run = owner AND {IS_A_PERSONS})
                 RETURNING blob
             ), wanted AS (
                 SELECT hash FROM kept_blob WHERE hash IN (SELECT blob FROM gone) ORDER BY hash FOR UPDATE
             )
             UPDATE kept_blob SET touched_at = greatest(touched_at, $2)
             WHERE hash IN (SELECT hash FROM wanted)"
        );
        sqlx::query(AssertSqlSafe(sql)).bind(&owners).bind(self.now).execute(connection).await?;
        Ok(if owners.len() < SWEPT_MAX { 0 } else { owners.last().copied().unwrap_or(0) })
    }
}

struct ForgetBlobs(Ms);

impl Change<usize> for ForgetBlobs {
    async fn make(self, connection: &mut PgConnection) -> Result<usize, Fault> {
        let sql = "DELETE FROM kept_blob WHERE hash = ANY(ARRAY(
                       SELECT hash FROM kept_blob WHERE touched_at < $1
                           AND NOT EXISTS (SELECT 1 FROM blob_use WHERE blob = hash)
                       ORDER BY hash LIMIT $2 FOR UPDATE))
                   RETURNING upload";
        let forget = sqlx::query_scalar(sql).bind(self.0 - BLOB_GRACE).bind(SWEPT_MAX as i64);
        let gone: Vec<i64> = forget.fetch_all(&mut *connection).await?;
        let sql = "DELETE FROM blob_piece WHERE upload = ANY($1)";
        sqlx::query(sql).bind(&gone).execute(connection).await?;
        Ok(gone.len())
    }
}
