#![doc = include_str!("../README.md")]

mod email;
mod failure;
pub mod files;
mod ftp;
mod held;
mod mqtt;
mod nats;
mod payload;
mod place;
mod pool;
mod rabbitmq;
mod sftp;
mod sqs;
mod tls;
mod words;

use connector::Parts;

pub use sftp::base_folder;

/// Every connector that does not speak HTTP.
pub fn parts() -> Parts {
    [
        email::parts(),
        ftp::parts(),
        mqtt::parts(),
        nats::parts(),
        rabbitmq::parts(),
        sftp::parts(),
        sqs::parts(),
    ]
    .into_iter()
    .collect()
}
