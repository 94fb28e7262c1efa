//! Sessions with a broker, and what its errors mean.

use crate::place::Place;
use crate::{failure, payload, tls};
use connector::{Connection, Error};
use rumqttc::v5::mqttbytes::v5::{ConnectReturnCode, Packet};
use rumqttc::v5::{AsyncClient, ConnectionError, Event, EventLoop, MqttOptions};
use rumqttc::{TlsConfiguration, Transport};
use secrecy::ExposeSecret;
use std::sync::Arc;
use std::time::Duration;

const PORT: u16 = 1883;
const PORT_TLS: u16 = 8883;
const CONNECT_MAX_S: u64 = 5;
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// Requests that wait to be written.
const REQUESTS_MAX: usize = 128;
/// What a message has around its body.
const AROUND_BYTES: usize = 64 << 10;

pub fn place(connection: &Connection) -> Result<Place, Error> {
    let usual = if tls::is_on(connection) { PORT_TLS } else { PORT };
    Place::of(connection, "host", "port", usual)
}

/// Who we are to the broker. Without an id it gives us one.
pub async fn options(connection: &Connection, client_id: &str) -> Result<MqttOptions, Error> {
    let place = place(connection)?;
    place.check().await?;
    let mut options = MqttOptions::new(client_id, place.host, place.port);
    options.set_keep_alive(KEEP_ALIVE).set_connection_timeout(CONNECT_MAX_S);
    options.set_max_packet_size(u32::try_from(payload::BYTES_MAX + AROUND_BYTES).ok());
    if let Some(user) = connection.text("username") {
        let password = connection.secret("password").map(ExposeSecret::expose_secret).unwrap_or_default();
        options.set_credentials(user, password);
    }
    if tls::is_on(connection) {
        let config = TlsConfiguration::Rustls(Arc::new(tls::config(connection)?));
        options.set_transport(Transport::tls_with_config(config));
    }
    Ok(options)
}

/// Connects, and returns when the broker has let us in.
pub async fn connect(place: &Place, options: MqttOptions) -> Result<(AsyncClient, EventLoop), Error> {
    let (client, mut events) = AsyncClient::new(options, REQUESTS_MAX);
    loop {
        match events.poll().await {
            Ok(Event::Incoming(Packet::ConnAck(_))) => return Ok((client, events)),
            Ok(_) => {}
            Err(error) => return Err(not_connected(place, &error)),
        }
    }
}

/// Nothing was sent but the sign-in.
fn not_connected(place: &Place, error: &ConnectionError) -> Error {
    use ConnectReturnCode::{BadAuthenticationMethod, BadUserNamePassword, Banned, NotAuthorized};
    match error {
        ConnectionError::ConnectionRefused(
            code @ (BadUserNamePassword | NotAuthorized | Banned | BadAuthenticationMethod),
        ) => failure::login(place, &format!("{code:?}")),
        ConnectionError::ConnectionRefused(code) => {
            failure::unreachable(place, &format!("it answers {code:?}"))
        }
        _ => failure::connecting(place, &failure::chain(error)),
    }
}

pub async fn describe(connection: &Connection) -> Result<String, Error> {
    let place = place(connection)?;
    let (client, mut events) = connect(&place, options(connection, "").await?).await?;
    // How the goodbye goes is of no interest.
    client.disconnect().await.ok();
    events.poll().await.ok();
    Ok(format!("The MQTT broker at {place} lets this user in."))
}
