//! Vendure, a shop with a GraphQL interface: the npm package `@vendure/core`, with ten products.

use crate::installed::{installed, node};
use anyhow::{Context, Result};
use std::process::{Child, Command};
use testkit_process::{Home, Server, free_port};

const PROGRAM: &str = "vendure/shop.mjs";
/// Made once, when Vendure is installed; what happens later stays in each server's memory.
const SHOP: &str = "vendure/shop.sqlite";

pub struct Vendure {
    home: Home,
    port: u16,
    server: Child,
}

impl Server for Vendure {
    const NAME: &'static str = "Vendure";

    fn is_installed() -> bool {
        node().is_some() && installed(PROGRAM).is_some() && installed(SHOP).is_some()
    }

    fn start() -> Result<Self> {
        let mut home = Home::new("vendure")?;
        let port = free_port()?;
        let mut command = Command::new(node().context("there is no Node.js")?);
        command.arg(installed(PROGRAM).context("there is no Vendure")?).arg("serve");
        command.arg(installed(SHOP).context("there is no shop")?).env("PORT", port.to_string());
        command.env("PASSWORD", Self::PASSWORD);
        let mut server = home.spawn(&mut command)?;
        home.wait_for(port, &mut server)?;
        Ok(Self { home, port, server })
    }
}

impl Vendure {
    /// An administrator who may do everything.
    pub const USER: &str = "admin";
    pub const PASSWORD: &str = "khlong-test";

    /// What the back office asks, by GraphQL.
    pub fn admin_url(&self) -> String {
        format!("http://127.0.0.1:{}/admin-api", self.port)
    }

    /// What the shop's pages ask, by GraphQL.
    pub fn shop_url(&self) -> String {
        format!("http://127.0.0.1:{}/shop-api", self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn kill(&mut self) -> Result<()> {
        self.home.kill(&mut self.server)
    }
}
