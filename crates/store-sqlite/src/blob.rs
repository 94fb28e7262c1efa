//! Bodies too large for their row lie in parts beside it, written and removed in the same transaction.

use crate::fault::Fault;
use rusqlite::{Connection, Transaction};
use sqlx::SqliteConnection;

/// Larger bodies would make the rows around them slow to walk.
const INLINE_BYTES_MAX: usize = 8 << 10;
const PART_BYTES: usize = 512 << 10;

/// Whose body it is. The numbers are what SQL holds.
#[derive(Clone, Copy, Debug)]
#[repr(i16)]
pub(crate) enum Kind {
    Event = 1,
    Doc = 2,
    Record = 3,
    /// What a retry needs of a failed run.
    Letter = 4,
}

/// What goes into the row itself: the body, or `NULL` where `put` has to follow.
pub(crate) fn inline(body: &[u8]) -> Option<&[u8]> {
    (body.len() <= INLINE_BYTES_MAX).then_some(body)
}

pub(crate) fn put(tx: &Transaction<'_>, owner: i64, kind: Kind, seq: u32, body: &[u8]) -> Result<(), Fault> {
    if inline(body).is_some() {
        return Ok(());
    }
    let sql = "INSERT INTO blob (owner, kind, seq, part, data) VALUES (?1, ?2, ?3, ?4, ?5)";
    let mut insert = tx.prepare_cached(sql)?;
    for (part, data) in body.chunks(PART_BYTES).enumerate() {
        insert.execute((owner, kind as i16, seq, part as i64, data))?;
    }
    Ok(())
}

pub(crate) fn remove(tx: &Transaction<'_>, owner: i64, kind: Kind) -> Result<(), Fault> {
    tx.prepare_cached("DELETE FROM blob WHERE owner = ?1 AND kind = ?2")?.execute((owner, kind as i16))?;
    Ok(())
}

/// The body whose row says that it lies here.
pub(crate) fn whole(connection: &Connection, owner: i64, kind: Kind, seq: u32) -> Result<Vec<u8>, Fault> {
    let sql = "SELECT data FROM blob WHERE owner = ?1 AND kind = ?2 AND seq = ?3 ORDER BY part";
    let mut ask = connection.prepare_cached(sql)?;
    let parts = ask.query_map((owner, kind as i16, seq), |row| row.get::<_, Vec<u8>>(0))?;
    let parts = parts.collect::<Result<Vec<_>, _>>()?;
    if parts.is_empty() {
        return Err(missing(owner));
    }
    Ok(parts.concat())
}

fn missing(owner: i64) -> Fault {
    Fault::unreadable(format!("the body of {owner} is missing"))
}

/// The body as it was given: what the row holds, or the parts.
pub(crate) async fn get(
    connection: &mut SqliteConnection,
    inline: Option<Vec<u8>>,
    owner: i64,
    kind: Kind,
    seq: u32,
) -> Result<bytes::Bytes, Fault> {
    if let Some(body) = inline {
        return Ok(body.into());
    }
    let sql = "SELECT data FROM blob WHERE owner = ?1 AND kind = ?2 AND seq = ?3 ORDER BY part";
    let parts = sqlx::query_scalar::<_, Vec<u8>>(sql)
        .bind(owner)
        .bind(kind as i16)
        .bind(seq)
        .fetch_all(connection)
        .await?;
    if parts.is_empty() {
        return Err(missing(owner));
    }
    Ok(parts.concat().into())
}
