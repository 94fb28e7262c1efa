//! Real brokers and mail servers: asked, refused by, killed and started again.

mod common;
mod email;
mod kafka;
mod kafka_sign_in;
mod mqtt;
mod nats;
mod rabbitmq;
mod sql;
mod ftp;
mod mqtt;
mod nats;
mod rabbitmq;
mod ftp;
mod mqtt;
mod nats;
mod rabbitmq;
mod sftp;
mod sqs;
mod transfer;
