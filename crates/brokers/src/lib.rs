#![doc = include_str!("../README.md")]

mod address;
mod counts;
mod jetstream;
mod link;
mod rabbitmq;
mod sqs;
mod timed;

pub use address::Error;

use address::Address;
use buffer::{Buffer, Buffers};
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use std::sync::Arc;
use timed::Timed;

/// Opens each buffer of a list of `NAME=URL`. Nothing is connected yet: a broker that is down keeps nobody from starting.
pub fn open_all(list: &[SecretString]) -> Result<Buffers, Error> {
    let mut buffers = BTreeMap::new();
    for one in list {
        let (name, url) = one.expose_secret().split_once('=').ok_or(Error::NoName)?;
        if buffers.insert(name.to_owned(), open(name, url)?).is_some() {
            return Err(Error::Twice(name.to_owned()));
        }
    }
    Ok(buffers.into_iter().collect())
}

/// The buffer at an address, by the name that flows know it by.
pub fn open(name: &str, url: &str) -> Result<Arc<dyn Buffer>, Error> {
    let address = Address::parse(name, url)?;
    match address.url.scheme() {
        "amqp" | "amqps" => Ok(Arc::new(Timed(rabbitmq::RabbitMq::at(&address)?))),
        "nats" | "tls" => Ok(Arc::new(Timed(jetstream::JetStream::at(&address)?))),
        "sqs" | "sqs+http" => Ok(Arc::new(Timed(sqs::Sqs::at(&address)?))),
        other => Err(address.wrong(format!("\"{other}\" is none of amqp, amqps, nats, tls, sqs"))),
    }
}
