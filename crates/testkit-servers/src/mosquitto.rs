//! A mosquitto, which is an MQTT broker.

use crate::tls::Tls;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use testkit_process::{Home, Server, free_port, is_root, program, run, secret, write};

const USER: &str = "khlong";

pub struct Mosquitto {
    home: Home,
    ports: Ports,
    password: String,
    tls: Tls,
    server: Child,
}

#[derive(Clone, Copy)]
struct Ports {
    plain: u16,
    tls: u16,
}

fn server() -> Option<PathBuf> {
    program("mosquitto", &["/usr/sbin"])
}

impl Server for Mosquitto {
    const NAME: &'static str = "mosquitto";

    fn is_installed() -> bool {
        server().is_some() && program("mosquitto_passwd", &[]).is_some() && Tls::is_installed()
    }

    fn start() -> Result<Self> {
        let mut home = Home::new("mosquitto")?;
        let (ports, password) = (Ports { plain: free_port()?, tls: free_port()? }, secret());
        let tls = Tls::make(&home.dir)?;
        configure(&home.dir, ports, &tls)?;
        let mut passwords = Command::new("mosquitto_passwd");
        run(passwords.args(["-b", "-c"]).arg(home.dir.join("passwords")).args([USER, &password]))?;
        let server = spawn(&mut home, ports)?;
        Ok(Self { home, ports, password, tls, server })
    }
}

/// What it keeps is on disk after each change, since a test may kill it at any time.
fn configure(dir: &Path, ports: Ports, tls: &Tls) -> Result<()> {
    let user = if is_root()? { "user root\n" } else { "" };
    let at = dir.display();
    let text = format!(
        "{user}allow_anonymous false\npassword_file {at}/passwords\nlog_dest stdout\n\
         persistence true\npersistence_location {at}/\nautosave_on_changes true\nautosave_interval 1\n\
         listener {} 127.0.0.1\n\
         listener {} 127.0.0.1\ncertfile {}\nkeyfile {}\n",
        ports.plain,
        ports.tls,
        tls.certificate.display(),
        tls.key.display()
    );
    write(&dir.join("mosquitto.conf"), &text)
}

fn spawn(home: &mut Home, ports: Ports) -> Result<Child> {
    let mut command = Command::new(server().context("there is no mosquitto")?);
    let mut child = home.spawn(command.arg("-c").arg(home.dir.join("mosquitto.conf")))?;
    home.wait_for(ports.plain, &mut child)?;
    home.wait_for(ports.tls, &mut child)?;
    Ok(child)
}

impl Mosquitto {
    pub fn port(&self) -> u16 {
        self.ports.plain
    }

    pub fn tls_port(&self) -> u16 {
        self.ports.tls
    }

    pub fn user(&self) -> &'static str {
        USER
    }

    pub fn password(&self) -> &str {
        &self.password
    }

    /// Whom to trust at the port for TLS, in PEM.
    pub fn authority(&self) -> Result<String> {
        self.tls.authority()
    }

    pub fn kill(&mut self) -> Result<()> {
        self.home.kill(&mut self.server)
    }

    /// Starts it again, on the same ports and the same files.
    pub fn start_again(&mut self) -> Result<()> {
        self.server = spawn(&mut self.home, self.ports)?;
        Ok(())
    }
}
