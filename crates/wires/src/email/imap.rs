//! Sessions with a server that keeps mailboxes.

use super::{Security, security_of, user};
use crate::place::Place;
use crate::{failure, tls};
use async_imap::error::Error as Failed;
use async_imap::{Client, Session};
use connector::{Connection, Error};
use secrecy::ExposeSecret;
use std::fmt::Debug;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};

pub const PORT: u16 = 993;
const CONNECT_MAX: Duration = Duration::from_secs(15);
const ANSWER_MAX: Duration = Duration::from_secs(60);

/// Plain or encrypted.
pub trait Wire: AsyncRead + AsyncWrite + Unpin + Send + Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + Debug> Wire for T {}

pub type Mailbox = Session<Box<dyn Wire>>;

pub fn place(connection: &Connection) -> Result<Place, Error> {
    Place::of(connection, "imap_host", "imap_port", PORT)
}

/// Every command ends.
pub async fn within<T>(place: &Place, command: impl Future<Output = Result<T, Failed>>) -> Result<T, Error> {
    match tokio::time::timeout(ANSWER_MAX, command).await {
        Ok(done) => done.map_err(|error| failed(place, &error)),
        Err(_) => Err(failure::unanswered(place, &"it did not answer in time")),
    }
}

fn failed(place: &Place, error: &Failed) -> Error {
    match error {
        Failed::No(said) | Failed::Bad(said) => failure::refused(
            format!("{place} refuses: {}", connector::http::shorten(said)),
            "Check the name of the folder, and that the mailbox may be changed.",
        ),
        _ => failure::unanswered(place, &failure::chain(error)),
    }
}

pub async fn connect(connection: &Connection) -> Result<Mailbox, Error> {
    let place = place(connection)?;
    let client = tokio::time::timeout(CONNECT_MAX, greeted(connection, &place)).await;
    let client = client.map_err(|_| failure::unreachable(&place, &"it did not answer in time"))??;
    let password = connection.need_secret("password")?.expose_secret();
    let signing_in = tokio::time::timeout(CONNECT_MAX, client.login(user(connection)?, password)).await;
    let signed_in = signing_in.map_err(|_| failure::unreachable(&place, &"it did not answer in time"))?;
    signed_in.map_err(|(error, _)| match error {
        Failed::No(said) | Failed::Bad(said) => failure::login(&place, &said),
        Failed::Validate(_) => {
            failure::login(&place, &"user name or password hold a letter that IMAP does not know")
        }
        error => failure::unreachable(&place, &failure::chain(&error)),
    })
}

/// Encrypted, as far as it is to be, and greeted.
async fn greeted(connection: &Connection, place: &Place) -> Result<Client<Box<dyn Wire>>, Error> {
    let away = |error: &dyn std::fmt::Display| failure::unreachable(place, error);
    let tcp = place.connect().await?;
    let security = security_of(connection, "imap_security", Security::Tls);
    let wire: Box<dyn Wire> = match security {
        Security::Tls => Box::new(tls::encrypted(connection, place, tcp).await?),
        _ => Box::new(tcp),
    };
    let mut client = Client::new(wire);
    let greeting = client.read_response().await.map_err(|error| away(&error))?;
    greeting.ok_or_else(|| away(&"it hung up"))?;
    if security != Security::StartTls {
        return Ok(client);
    }
    let agreed = client.run_command_and_check_ok("STARTTLS", None).await;
    agreed.map_err(|_| failure::connecting(place, &"the server does not support TLS here"))?;
    Ok(Client::new(Box::new(tls::encrypted(connection, place, client.into_inner()).await?)))
}

pub async fn describe(connection: &Connection) -> Result<String, Error> {
    let place = place(connection)?;
    let mut session = connect(connection).await?;
    let inbox = within(&place, session.examine("INBOX")).await?;
    // How the goodbye goes is of no interest.
    within(&place, session.logout()).await.ok();
    Ok(format!("The inbox at {place} holds {} mails.", inbox.exists))
}
