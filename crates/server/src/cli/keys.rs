//! `khlong key rotate`.

use super::settings::Place;
use crate::vault::{MasterKey, rotate, rotate_between};
use anyhow::Context;
use clap::Subcommand;
use secrecy::{ExposeSecret, SecretString};
use std::process::ExitCode;

#[derive(Subcommand)]
pub enum Key {
    /// Make a new key and seal every secret anew. The server must not be running.
    Rotate {
        #[command(flatten)]
        place: Place,
        /// The new key, where the old one comes from the environment.
        #[arg(long, env = "KHLONG_MASTER_KEY_NEXT", hide_env_values = true, value_name = "HEX")]
        next: Option<SecretString>,
    },
}

pub async fn run(key: Key) -> anyhow::Result<ExitCode> {
    let Key::Rotate { place, next } = key;
    let settings = place.settings();
    let store = settings.open_existing_store().await?.store();
    let sealed = match &settings.master_key {
        None => rotate(&*store, &settings.data).await?,
        Some(_) => {
            let next = next
                .context("the key comes from the environment: give the new one in KHLONG_MASTER_KEY_NEXT")?;
            let next = MasterKey::parse(next.expose_secret())?;
            rotate_between(&*store, &settings.master_key()?, &next).await?
        }
    };
    eprintln!("the secrets of {sealed} connections are sealed with a new key");
    if settings.master_key.is_some() {
        eprintln!("from now on KHLONG_MASTER_KEY must hold the new key");
    }
    Ok(ExitCode::SUCCESS)
}
