//! Sessions with a server: reached, known, signed in to.

use super::files::SftpFiles;
use super::host_key::{self, Expected, Guard};
use crate::failure;
use crate::files::{self, Base, Files, Taken};
use crate::place::Place;
use connector::{Connection, Error};
use russh::client::{AuthResult, Config, Handle, KeyboardInteractiveAuthResponse};
use russh::keys::{PrivateKeyWithHashAlg, decode_secret_key};
use russh::{MethodKind, MethodSet};
use russh_sftp::client::RawSftpSession;
use russh_sftp::client::rawsession::Limits;
use secrecy::ExposeSecret;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

pub const PORT: u16 = 22;
const ANSWER_SECS_MAX: u64 = 30;
/// Questions of a server that asks for the password by asking questions.
const QUESTIONS_MAX: usize = 3;
/// What any server takes in one piece.
const PIECE_BYTES: u32 = 32 << 10;

pub struct Session {
    ssh: Handle<Guard>,
    pub sftp: RawSftpSession,
    pub place: Place,
    /// The server renames onto a file that is there.
    pub renames_over: bool,
    pub piece: u32,
}

impl files::Session for Session {
    const ID: &'static str = "sftp";

    fn place(connection: &Connection) -> Result<Place, Error> {
        place(connection)
    }

    async fn open(connection: &Connection, place: &Place) -> Result<Self, Error> {
        open(connection, place).await
    }

    fn files(session: Taken<Self>, base: Base) -> Box<dyn Files> {
        Box::new(SftpFiles { session, base })
    }

    async fn is_there(&mut self) -> bool {
        let asked = tokio::time::timeout(Duration::from_secs(5), self.sftp.realpath(".")).await;
        !self.ssh.is_closed() && matches!(asked, Ok(Ok(_)))
    }
}

fn place(connection: &Connection) -> Result<Place, Error> {
    Place::of(connection, "host", "port", PORT)
}

async fn open(connection: &Connection, place: &Place) -> Result<Session, Error> {
    let expected = Arc::new(Expected::read(connection.text("host_key").unwrap_or_default())?);
    let shown = Arc::new(OnceLock::new());
    let guard = Guard { expected: expected.clone(), shown: shown.clone() };
    let config =
        Config { nodelay: true, keepalive_interval: Some(Duration::from_secs(15)), ..Config::default() };
    let socket = place.connect().await?;
    let met = russh::client::connect_stream(Arc::new(config), socket, guard).await;
    let mut ssh = met.map_err(|error| match (&error, shown.get()) {
        (russh::Error::UnknownKey, Some(shown)) => host_key::refused(place, &expected, shown),
        _ => not_met(place, &error),
    })?;
    sign_in(&mut ssh, connection, place).await?;
    let lost = |error: russh::Error| failure::unreachable(place, &error);
    let channel = ssh.channel_open_session().await.map_err(lost)?;
    channel.request_subsystem(true, "sftp").await.map_err(lost)?;
    begun(ssh, RawSftpSession::new(channel.into_stream()), place).await
}

async fn begun(ssh: Handle<Guard>, mut sftp: RawSftpSession, place: &Place) -> Result<Session, Error> {
    sftp.set_timeout(ANSWER_SECS_MAX);
    let no_files = |_| {
        failure::refused(
            format!("{place} lets this user in, but speaks no SFTP with them"),
            "Have SFTP switched on for the user.",
        )
    };
    let version = sftp.init().await.map_err(no_files)?;
    let has = |name: &str, version_of: &str| version.extensions.get(name).is_some_and(|it| it == version_of);
    let (limited, renames_over) = (has("limits@openssh.com", "1"), has("posix-rename@openssh.com", "1"));
    let mut piece = PIECE_BYTES;
    if limited && let Ok(limits) = sftp.limits().await.map(Limits::from) {
        let most = limits.read_len.into_iter().chain(limits.write_len).min();
        piece = most.and_then(|most| u32::try_from(most).ok()).map_or(piece, |most| piece.min(most));
        sftp.set_limits(limits);
    }
    Ok(Session { ssh, sftp, place: place.clone(), renames_over, piece })
}

fn not_met(place: &Place, error: &russh::Error) -> Error {
    match error {
        russh::Error::NoCommonAlgo { kind, theirs, .. } => Error::Connection {
            message: format!("{place} offers no {kind:?} that is still safe: {}", theirs.join(", ")),
            advice: "Have the server brought up to date.".into(),
        },
        russh::Error::Version => Error::Connection {
            message: format!("{place} does not speak SSH at this port"),
            advice: "Check the port; FTP and FTPS are another connector.".into(),
        },
        error => failure::unreachable(place, error),
    }
}

/// By the private key where there is one, then by the password: some servers ask for both.
async fn sign_in(ssh: &mut Handle<Guard>, connection: &Connection, place: &Place) -> Result<(), Error> {
    let user = connection.need("username")?;
    let secret =
        |name| connection.secret(name).map(ExposeSecret::expose_secret).filter(|secret| !secret.is_empty());
    let (key, password) = (secret("private_key"), secret("password"));
    if key.is_none() && password.is_none() {
        return Err(connection.lacks("password and no private key"));
    }
    let lost = |error: russh::Error| failure::unreachable(place, &error);
    if let Some(key) = key {
        // The reader's own text may repeat what it could not read.
        let key = decode_secret_key(key, secret("passphrase")).map_err(|error| unusable(&error))?;
        let hash = match key.algorithm().is_rsa() {
            true => ssh.best_supported_rsa_hash().await.map_err(lost)?.flatten(),
            false => None,
        };
        let key = PrivateKeyWithHashAlg::new(Arc::new(key), hash);
        if ssh.authenticate_publickey(user, key).await.map_err(lost)?.success() {
            return Ok(());
        }
    }
    let Some(password) = password else { return Err(not_let_in(ssh, place, "the key")) };
    let offered = match ssh.authenticate_password(user, password).await.map_err(lost)? {
        AuthResult::Success => return Ok(()),
        AuthResult::Failure { remaining_methods, .. } => remaining_methods,
    };
    match answer_questions(ssh, user, password, &offered).await.map_err(lost)? {
        true => Ok(()),
        false => Err(not_let_in(ssh, place, "the password")),
    }
}

/// Servers that take no password may ask for it in words.
async fn answer_questions(
    ssh: &mut Handle<Guard>,
    user: &str,
    password: &str,
    offered: &MethodSet,
) -> Result<bool, russh::Error> {
    if !offered.contains(&MethodKind::KeyboardInteractive) {
        return Ok(false);
    }
    let mut said = ssh.authenticate_keyboard_interactive_start(user, None::<String>).await?;
    for _ in 0..QUESTIONS_MAX {
        let KeyboardInteractiveAuthResponse::InfoRequest { prompts, .. } = said else { break };
        // What is shown while it is typed is no password.
        let answers = prompts.iter().map(|prompt| if prompt.echo { "" } else { password }.to_owned());
        said = ssh.authenticate_keyboard_interactive_respond(answers.collect()).await?;
    }
    Ok(matches!(said, KeyboardInteractiveAuthResponse::Success))
}

fn unusable(error: &russh::keys::Error) -> Error {
    let why = match error {
        russh::keys::Error::KeyIsEncrypted => "it is kept under a passphrase, which is missing",
        _ => "it cannot be read, or its passphrase is another",
    };
    Error::Connection {
        message: format!("the connection's private key cannot be used: {why}"),
        advice: "Paste the whole file, from -----BEGIN to the end, and enter its passphrase if it has one."
            .into(),
    }
}

fn not_let_in(ssh: &Handle<Guard>, place: &Place, what: &str) -> Error {
    match ssh.is_closed() {
        true => failure::unreachable(place, &"it hung up during the sign-in"),
        false => failure::login(place, &format!("{what} was not taken")),
    }
}
