//! Tryton, an ERP: the Python packages `trytond…`, with a small company in a SQLite file.

use crate::installed::installed;
use anyhow::{Context, Result};
use std::path::Path;
use std::process::{Child, Command};
use testkit_process::{Home, Server, free_port, write};

const PROGRAM: &str = "tryton/bin/trytond";
/// Made once, when Tryton is installed; each server works on a copy.
const COMPANY: &str = "tryton/company.sqlite";

pub struct Tryton {
    home: Home,
    port: u16,
    server: Child,
}

impl Server for Tryton {
    const NAME: &'static str = "Tryton";

    fn is_installed() -> bool {
        installed(PROGRAM).is_some() && installed(COMPANY).is_some()
    }

    fn start() -> Result<Self> {
        let mut home = Home::new("tryton")?;
        let port = free_port()?;
        let company = installed(COMPANY).context("there is no company")?;
        let database = home.dir.join(Self::DATABASE).with_extension("sqlite");
        std::fs::copy(company, database).context("copying the company")?;
        configure(&home.dir, port)?;
        let server = spawn(&mut home, port)?;
        Ok(Self { home, port, server })
    }
}

fn configure(dir: &Path, port: u16) -> Result<()> {
    let at = dir.display();
    let text = format!("[database]\nuri = sqlite://\npath = {at}\n[web]\nlisten = 127.0.0.1:{port}\n");
    write(&dir.join("trytond.conf"), &text)
}

fn spawn(home: &mut Home, port: u16) -> Result<Child> {
    let mut command = Command::new(installed(PROGRAM).context("there is no trytond")?);
    command.arg("-c").arg(home.dir.join("trytond.conf")).args(["-d", Tryton::DATABASE]);
    let mut child = home.spawn(&mut command)?;
    home.wait_for(port, &mut child)?;
    Ok(child)
}

impl Tryton {
    pub const DATABASE: &str = "khlong";
    pub const USER: &str = "admin";
    pub const PASSWORD: &str = "khlong-test";
    /// For its REST interface, as a bearer's token.
    pub const KEY: &str = "0123456789abcdef0123456789abcdef";
    /// The only company's number.
    pub const COMPANY: u32 = 1;

    /// `POST {url}/rpc/` is the server, `POST {url}/khlong/rpc/` the database.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn kill(&mut self) -> Result<()> {
        self.home.kill(&mut self.server)
    }

    /// Starts it again, on the same port and the same database.
    pub fn start_again(&mut self) -> Result<()> {
        self.server = spawn(&mut self.home, self.port)?;
        Ok(())
    }
}
