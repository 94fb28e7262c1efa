//! That each server starts, says what it is for, and lets in whom it should and nobody else.

mod ftp;
mod identity;
mod mail;
mod mariadb;
mod mosquitto;
mod s3;
mod sftp;
mod tls;
mod tryton;
mod vendure;
