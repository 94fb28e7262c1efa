//! People and programs, from the machine itself. The server must not be running: the data folder has one owner.

use super::settings::Place;
use crate::auth::{Passwords, Random, check_account, normal_email};
use crate::endpoints::tokens;
use anyhow::{Context, bail};
use clap::{Subcommand, ValueEnum};
use engine::{Clock, SystemClock};
use secrecy::SecretString;
use std::io::Read;
use std::process::ExitCode;
use uuid::Uuid;

const BY: &str = "cli";
/// Longer input is no password.
const STDIN_BYTES_MAX: u64 = 1_024;

#[derive(Subcommand)]
pub enum User {
    /// Add an account. Without --password-stdin a password is made up and printed once.
    Add {
        #[arg(long)]
        email: String,
        #[arg(long)]
        name: String,
        #[arg(long, default_value = "viewer")]
        role: Role,
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Set a new password, which ends all sessions of the account.
    Password {
        email: String,
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Subcommand)]
pub enum Token {
    /// Make an API token. It is printed once.
    Create {
        #[arg(long)]
        name: String,
        #[arg(long, default_value = "operator")]
        role: Role,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Role {
    Viewer,
    Operator,
    Editor,
    Owner,
}

impl From<Role> for store::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Viewer => Self::Viewer,
            Role::Operator => Self::Operator,
            Role::Editor => Self::Editor,
            Role::Owner => Self::Owner,
        }
    }
}

pub async fn user(user: User) -> anyhow::Result<ExitCode> {
    match user {
        User::Add { email, name, role, password_stdin, place } => {
            let store = place.settings().open_store().await?.store();
            let (password, made_up) = password(password_stdin)?;
            let email = check_account(&name, &email, &password).map_err(anyhow::Error::msg)?;
            let user = store::User {
                id: Uuid::new_v4().to_string(),
                email,
                name: name.trim().to_owned(),
                role: role.into(),
                password_hash: hash(&password).await?,
                created_at: SystemClock.now(),
            };
            store.create_user(user).await?;
            show(&password, made_up);
        }
        User::Password { email, password_stdin, place } => {
            let store = place.settings().open_store().await?.store();
            let (password, made_up) = password(password_stdin)?;
            crate::auth::check_password(&password).map_err(anyhow::Error::msg)?;
            let found = store.user_by_email(&normal_email(&email)).await?;
            let user = found.with_context(|| format!("there is no account {email:?}"))?;
            store.set_password(&user.id, &hash(&password).await?).await?;
            show(&password, made_up);
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn token(token: Token) -> anyhow::Result<ExitCode> {
    let Token::Create { name, role, place } = token;
    let store = place.settings().open_store().await?.store();
    let made = tokens::make(&*store, &name, role.into(), BY, SystemClock.now()).await?;
    println!("{}", made.token);
    Ok(ExitCode::SUCCESS)
}

async fn hash(password: &str) -> anyhow::Result<String> {
    Ok(Passwords::default().hash(SecretString::from(password)).await?)
}

/// The password, and whether it was made up here.
fn password(from_stdin: bool) -> anyhow::Result<(String, bool)> {
    if !from_stdin {
        return Ok((Random::<15>::new()?.text(), true));
    }
    let mut text = String::new();
    std::io::stdin().take(STDIN_BYTES_MAX).read_to_string(&mut text).context("reading the password")?;
    let password = text.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        bail!("there is no password on stdin");
    }
    Ok((password.to_owned(), false))
}

fn show(password: &str, made_up: bool) {
    if made_up {
        println!("{password}");
    }
}
