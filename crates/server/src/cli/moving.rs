//! `khlong export --all` and `khlong import --all`: a whole store, to go on with elsewhere.

use super::settings::Place;
use crate::Settings;
use crate::budget;
use crate::moving::{Contents, Reader, Writer};
use crate::vault::{self, KEY_FILE};
use anyhow::{Context, bail};
use engine::{Clock, SystemClock, failpoint};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use store::moving::{Moving, table};

/// Runs that will go on, and runs that are past.
const OPEN: &str = "run";
const ENDED: &str = "run_hist";

pub async fn export(place: &Place, to: &Path) -> anyhow::Result<ExitCode> {
    let storage = place.settings().open_existing_store().await?;
    let mut writer = Writer::create(to, SystemClock.now())?;
    let given = storage.moving().give(&mut writer).await;
    given.with_context(|| format!("exporting {}", storage.place()))?;
    let rows = writer.finish().with_context(|| format!("writing {}", to.display()))?;
    storage.close().await;
    let megabytes = budget::megabytes(std::fs::metadata(to)?.len());
    eprintln!("{}: {megabytes} MB, {}", to.display(), told(&rows));
    eprintln!("secrets are in it as they are sealed: take the master key along, on another way");
    eprintln!("do not start the old store again once the new one works: both would do what is open");
    Ok(ExitCode::SUCCESS)
}

/// Everything that can be known to go wrong is asked before the first row is written.
pub async fn import(place: &Place, from: &Path) -> anyhow::Result<ExitCode> {
    let contents = Contents::check(from)?;
    let settings = Settings { unfinished: true, ..place.settings() };
    check_key(&settings, &contents)?;
    let storage = settings.open_store().await?;
    let moving = storage.moving();
    check_places(moving, &contents)?;
    let filled = fill(moving, from).await;
    filled.with_context(|| format!("importing into {}", storage.place()))?;
    storage.close().await;
    let as_of = budget::date(contents.made_at);
    eprintln!("{}: {}, as of {as_of}", storage.place(), told(&contents.rows));
    eprintln!("runs that are open go on when a server starts here; do not start the old store again");
    Ok(ExitCode::SUCCESS)
}

async fn fill(moving: &dyn Moving, from: &Path) -> anyhow::Result<()> {
    let mut taking = moving.begin().await?;
    let mut reader = Reader::open(from)?;
    while let Some(page) = reader.next_page()? {
        taking.page(page).await?;
        failpoint::reach("import.page");
    }
    failpoint::reach("import.whole");
    Ok(taking.end().await?)
}

/// The secrets must be open to whoever starts a server here. No key is made for that: it would be another one.
fn check_key(settings: &Settings, contents: &Contents) -> anyhow::Result<()> {
    let Some(keys) = &contents.keys else { return Ok(()) };
    let file = settings.data.join(KEY_FILE);
    if settings.master_key.is_none() && !file.exists() {
        bail!(
            "there is no master key: put the one of the store that was exported into KHLONG_MASTER_KEY or {}",
            file.display()
        );
    }
    vault::check_keys(keys, &settings.master_key()?)
        .context("the secrets in the file were sealed with another master key than the one given here")
}

fn check_places(moving: &dyn Moving, contents: &Contents) -> anyhow::Result<()> {
    let without = contents.rows.keys().filter_map(|name| table(name)).find(|table| !moving.takes(table));
    let Some(table) = without else { return Ok(()) };
    bail!(
        "the file holds {} rows of {:?}, for which a store in a folder has no place: somebody told a run something that it \
         has not heard. Start `khlong worker` on the database for a moment, stop it, and export again",
        contents.rows[table.name],
        table.name
    )
}

fn told(rows: &BTreeMap<String, u64>) -> String {
    let count = |table| rows.get(table).copied().unwrap_or_default();
    let (all, open, ended) = (rows.values().sum::<u64>(), count(OPEN), count(ENDED));
    format!("{all} rows, among them {} flows, {open} open runs and {ended} that have ended", count("flow"))
}
