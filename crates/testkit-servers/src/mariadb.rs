//! A MariaDB with a database in it.

use crate::tls::Tls;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use testkit_process::{Home, Server, free_port, is_root, program, run, secret, write};

const USER: &str = "khlong";
const DATABASE: &str = "khlong";

pub struct MariaDb {
    home: Home,
    port: u16,
    password: String,
    tls: Tls,
    server: Child,
}

fn server() -> Option<PathBuf> {
    program("mariadbd", &["/usr/sbin"])
}

impl Server for MariaDb {
    const NAME: &'static str = "MariaDB";

    fn is_installed() -> bool {
        server().is_some() && program("mariadb-install-db", &[]).is_some() && Tls::is_installed()
    }

    fn start() -> Result<Self> {
        let mut home = Home::new("mariadb")?;
        let (port, password) = (free_port()?, secret());
        let tls = Tls::make(&home.dir)?;
        configure(&home.dir, port, &password, &tls)?;
        let install = program("mariadb-install-db", &[]).context("there is no mariadb-install-db")?;
        run(Command::new(install).arg(settings(&home.dir)).arg("--skip-test-db"))?;
        let server = spawn(&mut home, port)?;
        Ok(Self { home, port, password, tls, server })
    }
}

fn settings(dir: &Path) -> String {
    format!("--defaults-file={}", dir.join("my.cnf").display())
}

/// Durable as in real life; only the files that it makes in advance are smaller.
fn configure(dir: &Path, port: u16, password: &str, tls: &Tls) -> Result<()> {
    let user = if is_root()? { "user = root\n" } else { "" };
    let at = dir.display();
    let (authority, certificate, key) =
        (&tls.authority.display(), &tls.certificate.display(), &tls.key.display());
    let text = format!(
        "[mariadbd]\n{user}datadir = {at}/data\nsocket = {at}/socket\npid-file = {at}/pid\ntmpdir = {at}\n\
         port = {port}\nbind-address = 127.0.0.1\nskip-name-resolve\ninit-file = {at}/init.sql\n\
         character-set-server = utf8mb4\ninnodb-log-file-size = 8M\ninnodb-buffer-pool-size = 32M\n\
         ssl-ca = {authority}\nssl-cert = {certificate}\nssl-key = {key}\n"
    );
    write(&dir.join("my.cnf"), &text)?;
    // Read at each start, so each line may find done what it does.
    let sql = format!(
        "CREATE DATABASE IF NOT EXISTS {DATABASE};\n\
         CREATE USER IF NOT EXISTS {USER}@'%' IDENTIFIED BY '{password}';\n\
         GRANT ALL ON *.* TO {USER}@'%' WITH GRANT OPTION;\n"
    );
    write(&dir.join("init.sql"), &sql)
}

fn spawn(home: &mut Home, port: u16) -> Result<Child> {
    let mut command = Command::new(server().context("there is no mariadbd")?);
    let mut child = home.spawn(command.arg(settings(&home.dir)))?;
    home.wait_for(port, &mut child)?;
    Ok(child)
}

impl MariaDb {
    /// For a user who may do everything.
    pub fn url(&self) -> String {
        format!("mysql://{USER}:{}@127.0.0.1:{}/{DATABASE}", self.password, self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn user(&self) -> &'static str {
        USER
    }

    pub fn password(&self) -> &str {
        &self.password
    }

    pub fn database(&self) -> &'static str {
        DATABASE
    }

    /// Whom to trust, in PEM: it takes connections with and without TLS.
    pub fn authority(&self) -> Result<String> {
        self.tls.authority()
    }

    pub fn kill(&mut self) -> Result<()> {
        self.home.kill(&mut self.server)
    }

    /// Starts it again, on the same port and the same files.
    pub fn start_again(&mut self) -> Result<()> {
        self.server = spawn(&mut self.home, self.port)?;
        Ok(())
    }
}
