#![doc = include_str!("../README.md")]

mod mail;
mod mariadb;
mod mosquitto;
mod sftp;
mod tls;

pub use mail::Mail;
pub use mariadb::MariaDb;
pub use mosquitto::Mosquitto;
pub use sftp::Sftp;
pub use testkit_brokers::Moto;
pub use testkit_process::{Server, here};
