//! Connections to RabbitMQ, and what its errors mean.

use crate::failure;
use crate::place::Place;
use crate::tls;
use connector::http::shorten;
use connector::{Connection, Error};
use lapin::protocol::{AMQPErrorKind, AMQPHardError, AMQPSoftError};
use lapin::tcp::OwnedTLSConfig;
use lapin::types::ShortString;
use lapin::uri::{AMQPAuthority, AMQPQueryString, AMQPScheme, AMQPUri, AMQPUserInfo};
use lapin::{ConnectionProperties, ErrorKind};
use secrecy::ExposeSecret;
use std::time::Duration;

const PORT: u16 = 5672;
const PORT_TLS: u16 = 5671;
/// A broker that says nothing for two of these is gone.
const HEARTBEAT_S: u16 = 10;
const CONNECT_MAX: Duration = Duration::from_secs(5);

pub fn place(connection: &Connection) -> Result<Place, Error> {
    let usual = if tls::is_on(connection) { PORT_TLS } else { PORT };
    Place::of(connection, "host", "port", usual)
}

pub async fn connect(connection: &Connection) -> Result<lapin::Connection, Error> {
    let place = place(connection)?;
    place.check().await?;
    // Read once before, so that what is wrong with it is said in words.
    tls::certificates(connection)?;
    let trusted =
        OwnedTLSConfig { identity: None, cert_chain: connection.text(tls::CA_PEM).map(str::to_owned) };
    let runtime = lapin::runtime::default_runtime().map_err(|error| failure::unreachable(&place, &error))?;
    let properties = ConnectionProperties::default().with_connection_name("khlong".into());
    let connecting =
        lapin::Connection::connect_uri_with_config(uri(connection, &place)?, properties, trusted, runtime);
    match tokio::time::timeout(CONNECT_MAX, connecting).await {
        Ok(connected) => connected.map_err(|error| not_connected(&place, &error)),
        Err(_) => Err(failure::unreachable(&place, &"it did not answer in time")),
    }
}

fn uri(connection: &Connection, place: &Place) -> Result<AMQPUri, Error> {
    let userinfo = AMQPUserInfo {
        username: connection.need("username")?.to_owned(),
        password: connection.need_secret("password")?.expose_secret().to_owned(),
    };
    let scheme = if tls::is_on(connection) { AMQPScheme::AMQPS } else { AMQPScheme::AMQP };
    let query = AMQPQueryString { heartbeat: Some(HEARTBEAT_S), ..AMQPQueryString::default() };
    let authority = AMQPAuthority { userinfo, host: place.host.clone(), port: place.port };
    Ok(AMQPUri { scheme, authority, vhost: connection.text("vhost").unwrap_or("/").to_owned(), query })
}

/// Nothing was sent but the sign-in.
fn not_connected(place: &Place, error: &lapin::Error) -> Error {
    match refusal(error) {
        Some((AMQPErrorKind::Soft(AMQPSoftError::ACCESSREFUSED), said)) => failure::login(place, &said),
        Some((AMQPErrorKind::Hard(AMQPHardError::NOTALLOWED), said)) => Error::Connection {
            message: format!("{place} does not let this user into the virtual host: {said}"),
            advice: "Check the virtual host, and the user's rights in it.".into(),
        },
        _ => failure::connecting(place, &failure::chain(error)),
    }
}

/// What a channel's error means for a call that asked something of the broker.
pub fn failed(place: &Place, error: &lapin::Error) -> Error {
    let refused = |said: String, advice: &str| failure::refused(format!("RabbitMQ refuses: {said}"), advice);
    match refusal(error) {
        Some((AMQPErrorKind::Soft(AMQPSoftError::NOTFOUND), said)) => {
            refused(said, "Check the name of the queue or exchange, or have it made.")
        }
        Some((AMQPErrorKind::Soft(AMQPSoftError::ACCESSREFUSED), said)) => {
            refused(said, "Let the administrator give the user the right it needs.")
        }
        Some((AMQPErrorKind::Soft(AMQPSoftError::PRECONDITIONFAILED), said)) => {
            refused(said, "The queue is there and of another kind: switch off that the node makes it.")
        }
        _ => failure::unanswered(place, &failure::chain(error)),
    }
}

fn refusal(error: &lapin::Error) -> Option<(AMQPErrorKind, String)> {
    let ErrorKind::ProtocolError(refusal) = error.kind() else { return None };
    Some((refusal.kind().clone(), shorten(refusal.get_message().as_str())))
}

/// A name as AMQP writes it, in 255 bytes at most.
pub fn short(text: &str, what: &str) -> Result<ShortString, Error> {
    ShortString::try_new(text).map_err(|_| {
        failure::input(format!("the {what} is too long for RabbitMQ"), "Shorten it to 255 bytes at most.")
    })
}

pub async fn describe(connection: &Connection) -> Result<String, Error> {
    let connected = connect(connection).await?;
    let properties = connected.status();
    let text = format!("RabbitMQ at {}, virtual host {}", place(connection)?, properties.vhost());
    // What is known is known; how the goodbye goes is of no interest.
    connected.close(200, "".into()).await.ok();
    Ok(text)
}
