//! A client for a connection, and what its queues say of themselves.

use super::failure::failed;
use crate::place::Place;
use crate::tls;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::{Credentials, SharedCredentialsProvider};
use connector::http::read_url;
use connector::{Connection, Error};
use secrecy::ExposeSecret;
use std::time::Duration;

const ATTEMPT_MAX: Duration = Duration::from_secs(5);
const CONNECT_MAX: Duration = Duration::from_secs(3);
/// The longest that SQS waits for a message.
pub const WAIT_MAX: Duration = Duration::from_secs(20);

/// Where it is, for people.
pub fn place(connection: &Connection) -> Result<String, Error> {
    Ok(format!("SQS in {}", connection.need("region")?))
}

pub async fn connect(connection: &Connection) -> Result<Client, Error> {
    let region = connection.need("region")?.to_owned();
    // Read once before, so that what is wrong with it is said in words.
    tls::certificates(connection)?;
    let http = links::sqs::http_client(connection.text(tls::CA_PEM)).map_err(|why| connection.lacks(&why))?;
    let (id, secret) = (connection.need("access_key_id")?, connection.need_secret("secret_access_key")?);
    let credentials = Credentials::new(id, secret.expose_secret(), None, None, "connection");
    let times = TimeoutConfig::builder().connect_timeout(CONNECT_MAX).operation_attempt_timeout(ATTEMPT_MAX);
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(http)
        .region(Region::new(region))
        .timeout_config(times.build())
        // The engine tries again, and knows what that may do.
        .retry_config(RetryConfig::disabled())
        .credentials_provider(SharedCredentialsProvider::new(credentials));
    if let Some(endpoint) = connection.text("endpoint") {
        check(endpoint).await?;
        config = config.endpoint_url(endpoint);
    }
    Ok(Client::new(&config.build()))
}

/// The SDK calls the address that a queue has, so it is looked at first.
pub async fn check(address: &str) -> Result<(), Error> {
    let url = read_url(address)?;
    let host = url.host_str().unwrap_or_default().to_owned();
    let place = Place { host, port: url.port_or_known_default().unwrap_or(443) };
    place.check().await
}

pub async fn describe(connection: &Connection) -> Result<String, Error> {
    let client = connect(connection).await?;
    let place = place(connection)?;
    let listed =
        client.list_queues().max_results(1000).send().await.map_err(|error| failed(&place, &error))?;
    Ok(format!("{place}: {} queues can be seen", listed.queue_urls().len()))
}

/// A FIFO queue's name says so.
pub fn is_fifo(queue_url: &str) -> bool {
    queue_url.trim_end_matches('/').ends_with(".fifo")
}

/// Whole seconds, a started one being one.
pub fn seconds(span: Duration) -> i32 {
    i32::try_from(span.as_millis().div_ceil(1_000)).unwrap_or(i32::MAX)
}
