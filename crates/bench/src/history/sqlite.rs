//! Histories in the files of a data folder.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rusqlite::{Connection, OptionalExtension};

use super::{AGE_DAYS, DOC_BYTES, Day, Place};

/// Rows in one transaction.
const BATCH: i64 = 500_000;
const ROWS_AT_ONCE: i64 = 250_000;
/// As the store numbers its files: a day has so many.
const CLASSES_MAX: i64 = 16;

pub fn fill(data: &Path, rows: i64) -> Result<i64> {
    copy(data, rows, &format!("substr(doc, 1, {DOC_BYTES})"))
}

/// In the newest day's file. `doc` is what a copy tells about its run.
fn copy(data: &Path, rows: i64, doc: &str) -> Result<i64> {
    let day = latest_day(&data.join("history")).context("no run has moved to a day's file yet")?;
    let connection = Connection::open(&day).with_context(|| format!("opening {}", day.display()))?;
    connection.execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;")?;
    let (first, flow): (i64, i64) = connection.query_row(
        "SELECT id, flow FROM run_hist WHERE status = 1 ORDER BY id LIMIT 1",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let columns = columns(&connection)?;
    let start = Instant::now();
    let mut made = 0;
    while made < rows {
        let batch = BATCH.min(rows - made);
        connection.execute(&copies(&columns, first, (made, batch), doc), [])?;
        made += batch;
        eprintln!("    {made} rows after {} s", start.elapsed().as_secs());
    }
    let oldest = id(first, rows);
    let counts = "runs = runs + ?1, first_id = ?2, first_event = ?2 WHERE flow = ?3 AND status = 1";
    connection.execute(&format!("UPDATE part SET {counts}"), (rows, oldest, flow))?;
    connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE);")?;
    let hot = Connection::open(data.join("khlong.db"))?;
    let newest_file = "file = (SELECT max(file) FROM history_part WHERE flow = ?3 AND status = 1)";
    hot.execute(&format!("UPDATE history_part SET {counts} AND {newest_file}"), (rows, oldest, flow))?;
    Ok(connection.query_row("SELECT count(*) FROM run_hist", [], |row| row.get(0))?)
}

/// Copies runs as they are until the day's file is so large.
pub fn fill_to(data: &Path, bytes: u64) -> Result<()> {
    let size = || -> Result<u64> {
        let day = latest_day(&data.join("history")).context("no run has moved to a day's file yet")?;
        Ok(std::fs::metadata(day)?.len())
    };
    while size()? < bytes {
        copy(data, ROWS_AT_ONCE, "doc")?;
    }
    Ok(())
}

/// Makes the day that was filled an old one, which is past its time in `due`. Only while no server works on the folder.
pub fn age(data: &Path, due: Duration) -> Result<Day> {
    let was = latest_day(&data.join("history")).context("no run has moved to a day's file yet")?;
    let name = was.file_name().and_then(|name| name.to_str()).context("a day's file has a name")?;
    let (date, class) = name.rsplit_once('-').context("a day's file is named by its date and class")?;
    let hot = Connection::open(data.join("khlong.db"))?;
    let now = "SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER)";
    let due = hot.query_row(now, [], |row| row.get::<_, i64>(0))? + i64::try_from(due.as_millis())?;
    let old: String =
        hot.query_row("SELECT date(?1, ?2)", (date, format!("-{AGE_DAYS} days")), |row| row.get(0))?;
    let file = was.with_file_name(format!("{old}-{class}"));
    std::fs::rename(&was, &file).with_context(|| format!("renaming {}", was.display()))?;
    let newest: i64 =
        hot.query_row("SELECT max(file) FROM history_part WHERE status = 1", [], |row| row.get(0))?;
    let aged = newest - AGE_DAYS * CLASSES_MAX;
    hot.execute("UPDATE history_file SET file = ?2 WHERE file = ?1", (newest, aged))?;
    hot.execute(
        "UPDATE history_part SET file = ?2, last_finished = ?3 - (SELECT keep_done FROM flow WHERE key = history_part.flow)
         WHERE file = ?1",
        (newest, aged, due),
    )?;
    let runs = "SELECT sum(runs) FROM history_part WHERE file = ?1";
    let runs = hot.query_row(runs, [aged], |row| row.get(0))?;
    Ok(Day { bytes: std::fs::metadata(&file)?.len(), runs, place: Place::File(file) })
}

/// Before the first run there is room for ids: a millisecond for each row.
fn id(first: i64, nth: i64) -> i64 {
    first - (nth << 22)
}

fn copies(columns: &[String], first: i64, (made, batch): (i64, i64), doc: &str) -> String {
    let value = |column: &String| match column.as_str() {
        "id" | "event" | "lineage" => format!("{first} - (({made} + n) << 22)"),
        "doc" => doc.to_owned(),
        other => other.to_owned(),
    };
    let values: Vec<String> = columns.iter().map(value).collect();
    format!(
        "WITH RECURSIVE series (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {batch})
         INSERT INTO run_hist ({}) SELECT {} FROM series, (SELECT * FROM run_hist WHERE id = {first})",
        columns.join(", "),
        values.join(", "),
    )
}

fn columns(connection: &Connection) -> Result<Vec<String>> {
    let mut names = connection.prepare("SELECT name FROM pragma_table_info('run_hist')")?;
    Ok(names.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// The newest file that holds a run that succeeded.
fn latest_day(folder: &Path) -> Option<PathBuf> {
    let files = std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    let mut days: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|end| end == "db")).collect();
    days.sort();
    days.into_iter().rev().find(|path| holds_a_success(path).unwrap_or(false))
}

fn holds_a_success(file: &Path) -> Result<bool> {
    let connection = Connection::open(file)?;
    let found = connection.query_row("SELECT 1 FROM run_hist WHERE status = 1 LIMIT 1", [], |_| Ok(()));
    Ok(found.optional()?.is_some())
}
