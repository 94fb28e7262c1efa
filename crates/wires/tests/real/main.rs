//! Real brokers and mail servers: asked, refused by, killed and started again.

mod common;
mod email;
mod ftp;
mod kafka;
mod kafka_sign_in;
mod mqtt;
mod nats;
mod rabbitmq;
mod sftp;
mod sql;
mod sqs;
mod transfer;
