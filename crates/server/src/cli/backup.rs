//! `khlong backup` and `khlong restore`.

use super::settings::{Place, data_folder};
use crate::budget::megabytes;
use crate::vault::KEY_FILE;
use anyhow::{Context, bail};
use engine::{Clock, SystemClock};
use std::path::PathBuf;
use std::process::ExitCode;
use store_sqlite::BackedUp;

#[derive(clap::Args)]
pub struct Backup {
    /// The folder to write: new, or with an earlier backup, of which only what has changed is copied.
    #[arg(value_name = "TO")]
    to: PathBuf,
    #[command(flatten)]
    place: Place,
}

#[derive(clap::Args)]
pub struct Restore {
    /// The folder of a backup.
    #[arg(value_name = "FROM")]
    from: PathBuf,
    /// The data folder to fill, which must hold no store; without it, `khlong` in $XDG_DATA_HOME or ~/.local/share.
    #[arg(long, env = "KHLONG_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
}

/// The server may be running: this process only reads. The master key is left out on purpose, so that who finds the
/// copy does not find the secrets in it.
pub async fn backup(args: Backup) -> anyhow::Result<ExitCode> {
    if args.place.store.is_some() {
        bail!("the store is a PostgreSQL database: copy it with pg_dump, and keep the master key elsewhere");
    }
    let (data, to) = (args.place.settings().data, args.to.clone());
    let work = move || store_sqlite::back_up(&data, &to, SystemClock.now());
    let BackedUp { files, bytes, copied } = tokio::task::spawn_blocking(work)
        .await?
        .with_context(|| format!("backing up to {}", args.to.display()))?;
    let (bytes, copied) = (megabytes(bytes), megabytes(copied));
    eprintln!("{}: {files} files, {bytes} MB, {copied} MB of them copied now", args.to.display());
    eprintln!("it holds everything but the master key; keep that elsewhere");
    Ok(ExitCode::SUCCESS)
}

pub async fn restore(args: Restore) -> anyhow::Result<ExitCode> {
    let data = args.data.unwrap_or_else(|| data_folder("khlong"));
    let (from, to) = (args.from.clone(), data.clone());
    let restored = tokio::task::spawn_blocking(move || store_sqlite::restore(&from, &to)).await?;
    let BackedUp { files, bytes, .. } =
        restored.with_context(|| format!("restoring {}", args.from.display()))?;
    eprintln!("{}: {files} files, {} MB, each as it was backed up", data.display(), megabytes(bytes));
    if !data.join(KEY_FILE).exists() {
        eprintln!("before the first start put master.key there, or its key into KHLONG_MASTER_KEY");
    }
    Ok(ExitCode::SUCCESS)
}
