//! A SOAP service: the npm package `soap`, with a WSDL and the few lines of ours that answer.

use crate::installed::{installed, node};
use anyhow::{Context, Result};
use std::process::{Child, Command};
use testkit_process::{Home, Server, free_port, secret};

const PROGRAM: &str = "soap/service.mjs";

pub struct Soap {
    _home: Home,
    port: u16,
    password: String,
    _server: Child,
}

impl Server for Soap {
    const NAME: &'static str = "a SOAP service";

    fn is_installed() -> bool {
        node().is_some() && installed(PROGRAM).is_some()
    }

    fn start() -> Result<Self> {
        let mut home = Home::new("soap")?;
        let (port, password) = (free_port()?, secret());
        let mut command = Command::new(node().context("there is no Node.js")?);
        command.arg(installed(PROGRAM).context("there is no SOAP service")?);
        command.env("PORT", port.to_string()).env("PASSWORD", &password);
        let mut server = home.spawn(&mut command)?;
        home.wait_for(port, &mut server)?;
        Ok(Self { _home: home, port, password, _server: server })
    }
}

impl Soap {
    /// Whom `safe_url` lets in, by a UsernameToken whose nonce is new.
    pub const USER: &str = "khlong";

    /// SOAP 1.1, for everybody. Its WSDL is there with `?wsdl`.
    pub fn url(&self) -> String {
        self.at("stock")
    }

    /// SOAP 1.2, for everybody.
    pub fn url_of_1_2(&self) -> String {
        self.at("stock12")
    }

    /// SOAP 1.1, for those who sign in.
    pub fn safe_url(&self) -> String {
        self.at("safe")
    }

    pub fn password(&self) -> &str {
        &self.password
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    fn at(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }
}
