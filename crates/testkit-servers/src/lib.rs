#![doc = include_str!("../README.md")]

mod ftp;
mod identity;
mod installed;
mod mail;
mod mariadb;
mod mosquitto;
mod sftp;
mod sign_in;
mod tls;
mod tryton;
mod vendure;

pub use ftp::Ftp;
pub use identity::{Identity, Settings};
pub use installed::FOLDER;
pub use mail::Mail;
pub use mariadb::MariaDb;
pub use mosquitto::Mosquitto;
pub use sftp::Sftp;
pub use testkit_brokers::Moto;
pub use testkit_process::{Server, here, here_with};
pub use tryton::Tryton;
pub use vendure::Vendure;
