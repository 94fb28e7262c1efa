//! Sessions with a server that takes mail, and what its answers mean.

use super::answered::Answered;
use super::{Security, address, security_of, user};
use crate::place::Place;
use crate::{failure, tls};
use connector::http::shorten;
use connector::{Connection, Error};
use lettre::address::Envelope;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, AsyncTokioStream, Certificate, CertificateStore, TlsParameters, TlsParametersBuilder,
};
use lettre::transport::smtp::extension::ClientId;
use secrecy::ExposeSecret;
use std::time::Duration;
use tokio::sync::{Mutex, Semaphore};
use tokio::time::{Instant, timeout, timeout_at};

pub const PORT: u16 = 587;
/// Sessions that wait for the next mail, for one connection.
const IDLE_MAX: usize = 2;
const AT_WORK_MAX: usize = 4;
const ANSWER_MAX: Duration = Duration::from_secs(30);
/// For a whole mail, which may be large; servers look for viruses before they take one.
const SENDING_MAX: Duration = Duration::from_secs(300);

type Failed = lettre::transport::smtp::Error;

/// Sessions that are open and at rest, and how many may be at work: providers throw out who comes with many.
pub struct Idle {
    sessions: Mutex<Vec<AsyncSmtpConnection>>,
    turns: Semaphore,
}

impl Default for Idle {
    fn default() -> Self {
        Self { sessions: Mutex::default(), turns: Semaphore::new(AT_WORK_MAX) }
    }
}

pub fn place(connection: &Connection) -> Result<Place, Error> {
    Place::of(connection, "smtp_host", "smtp_port", PORT)
}

impl Idle {
    /// Returns what the server said when it took the mail, by a session that is free within so long.
    pub async fn send(
        &self,
        connection: &Connection,
        envelope: &Envelope,
        mail: &[u8],
        most: Duration,
    ) -> Result<String, Error> {
        let place = place(connection)?;
        // Nothing is handed over before a session is there, and that is said: a call that somebody else breaks off may have
        // been done.
        let ends = Instant::now() + most;
        let turn = timeout_at(ends, self.turns.acquire()).await.ok().and_then(Result::ok);
        let late = || failure::unreachable(&place, &"all sessions are in use, and none became free in time");
        let _turn = turn.ok_or_else(late)?;
        let session = timeout_at(ends, self.session(connection)).await;
        let slow = |_| Err(failure::unreachable(&place, &"it did not answer in time"));
        let mut session = session.unwrap_or_else(slow)?;
        let sent = match timeout(SENDING_MAX, session.send(envelope, mail)).await {
            Ok(sent) => sent.map_err(|error| failed(&place, &error)),
            Err(_) => Err(failure::unanswered(&place, &"it did not answer in time")),
        };
        let mut idle = self.sessions.lock().await;
        if !session.has_broken() && idle.len() < IDLE_MAX && !matches!(sent, Err(Error::Unanswered { .. })) {
            idle.push(session);
        }
        let said = sent?;
        Ok(shorten(&said.message().collect::<Vec<_>>().join(" ")))
    }

    /// One that is still there, or a new one: a mail is handed to none that has hung up meanwhile.
    async fn session(&self, connection: &Connection) -> Result<AsyncSmtpConnection, Error> {
        loop {
            let Some(mut session) = self.sessions.lock().await.pop() else {
                return connect(connection).await;
            };
            if timeout(ANSWER_MAX, session.test_connected()).await == Ok(true) {
                return Ok(session);
            }
        }
    }
}

async fn connect(connection: &Connection) -> Result<AsyncSmtpConnection, Error> {
    let place = place(connection)?;
    let late = |_| Err(failure::unreachable(&place, &"it did not answer in time"));
    timeout(ANSWER_MAX, open(connection, &place)).await.unwrap_or_else(late)
}

async fn open(connection: &Connection, place: &Place) -> Result<AsyncSmtpConnection, Error> {
    let hello = ClientId::Domain(address::read(connection.need("address")?)?.email.domain().to_owned());
    let security = security_of(connection, "smtp_security", Security::StartTls);
    let parameters = trust(connection, place)?;
    let wire = place.connect().await?;
    let peer = wire.peer_addr().map_err(|error| failure::unreachable(place, &error))?;
    let wire: Box<dyn AsyncTokioStream> = match security {
        // Only who is who he should be gets to say something.
        Security::Tls => Box::new(Answered::new(tls::encrypted(connection, place, wire).await?, peer)),
        _ => Box::new(Answered::new(wire, peer)),
    };
    let connected = AsyncSmtpConnection::connect_with_transport(wire, &hello).await;
    let mut session = connected.map_err(|error| not_connected(place, &error))?;
    if security == Security::StartTls {
        if !session.can_starttls() {
            return Err(failure::connecting(place, &"the server does not support TLS here"));
        }
        session.starttls(parameters, &hello).await.map_err(|error| not_connected(place, &error))?;
    }
    let password = connection.need_secret("password")?.expose_secret();
    let credentials = Credentials::new(user(connection)?.to_owned(), password.to_owned());
    let signed_in = session.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await;
    signed_in.map_err(|error| match error.is_permanent() || error.is_client() {
        true => failure::login(place, &failure::chain(&error)),
        false => not_connected(place, &error),
    })?;
    Ok(session)
}

fn trust(connection: &Connection, place: &Place) -> Result<TlsParameters, Error> {
    let unusable = |error: &Failed| connection.lacks(&format!("usable certificate authority: {error}"));
    let mut parameters =
        TlsParametersBuilder::new(place.host.clone()).certificate_store(CertificateStore::WebpkiRoots);
    for certificate in tls::certificates(connection)? {
        let certificate = Certificate::from_der(certificate.to_vec()).map_err(|error| unusable(&error))?;
        parameters = parameters.add_root_certificate(certificate);
    }
    parameters.build_rustls().map_err(|error| unusable(&error))
}

/// Nothing was handed over.
fn not_connected(place: &Place, error: &Failed) -> Error {
    failure::connecting(place, &failure::chain(error))
}

/// 4yz passes, 5yz does not; without an answer nobody knows.
fn failed(place: &Place, error: &Failed) -> Error {
    let said = shorten(&failure::chain(error));
    if error.is_permanent() {
        return failure::refused(
            format!("{place} refuses the mail: {said}"),
            "Check the receivers and the sender's address, then send it again.",
        );
    }
    if error.is_transient() {
        return Error::Status { host: place.to_string(), status: 503, message: said, after: None };
    }
    match error.is_client() {
        true => failure::input(format!("the mail cannot be sent: {said}"), "Correct the mail's fields."),
        false => failure::unanswered(place, &said),
    }
}

pub async fn describe(connection: &Connection) -> Result<String, Error> {
    let mut session = connect(connection).await?;
    // How the goodbye goes is of no interest.
    timeout(ANSWER_MAX, session.quit()).await.ok();
    Ok(format!("{} takes mail of {}.", place(connection)?, user(connection)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// On a clock that jumps to whoever waits.
    #[tokio::test(start_paused = true)]
    async fn a_mail_that_waits_in_vain_for_its_turn_was_not_sent() {
        let fields = json!({"smtp_host": "127.0.0.1", "address": "shop@example.com"});
        let fields = fields.as_object().cloned().expect("fields");
        let connection = Connection::new("c".into(), "email".into(), fields, Default::default());
        let envelope = Envelope::new(None, vec!["a@example.com".parse().expect("an address")]);
        let (idle, most) = (Idle::default(), Duration::from_secs(15));
        let _at_work = idle.turns.acquire_many(AT_WORK_MAX as u32).await.expect("turns");
        let envelope = envelope.expect("an envelope");
        let sending = idle.send(&connection, &envelope, b"hello", most);
        let error = timeout(most * 2, sending).await.expect("it ends by itself").expect_err("none is free");
        assert_eq!((error.code(), error.may_have_happened()), ("E0303", false), "{error}");
    }
}
