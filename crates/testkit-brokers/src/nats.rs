//! A nats-server with JetStream.

use anyhow::{Context, Result};
use std::path::PathBuf;
use std::process::{Child, Command};
use testkit_process::{Home, Server, free_port, program, secret};

pub struct Nats {
    home: Home,
    port: u16,
    password: String,
    message_bytes_max: Option<usize>,
    server: Child,
}

fn server() -> Option<PathBuf> {
    program("nats-server", &["/usr/sbin"])
}

impl Server for Nats {
    const NAME: &'static str = "nats-server";

    fn is_installed() -> bool {
        server().is_some()
    }

    fn start() -> Result<Self> {
        let mut home = Home::new("nats")?;
        let (port, password) = (free_port()?, secret());
        let server = spawn(&mut home, port, &password, None)?;
        Ok(Self { home, port, password, message_bytes_max: None, server })
    }
}

fn spawn(home: &mut Home, port: u16, password: &str, message_bytes_max: Option<usize>) -> Result<Child> {
    let mut command = Command::new(server().context("there is no nats-server")?);
    let store = home.dir.join("jetstream");
    command.args(["-a", "127.0.0.1", "-p", &port.to_string(), "--user", "khlong", "--pass", password]);
    command.arg("-js").arg("-sd").arg(store);
    if let Some(bytes) = message_bytes_max {
        let file = home.dir.join("nats.conf");
        std::fs::write(&file, format!("max_payload: {bytes}\n"))?;
        command.arg("-c").arg(file);
    }
    let mut child = home.spawn(&mut command)?;
    home.wait_for(port, &mut child)?;
    Ok(child)
}

impl Nats {
    /// A buffer's address; parameters such as `stream=…` are added to it.
    pub fn url(&self, parameters: &str) -> String {
        format!("nats://khlong:{}@127.0.0.1:{}?{parameters}", self.password, self.port)
    }

    pub fn kill(&mut self) -> Result<()> {
        self.home.kill(&mut self.server)
    }

    /// Starts it again, on the same port and the same files.
    pub fn start_again(&mut self) -> Result<()> {
        self.server = spawn(&mut self.home, self.port, &self.password, self.message_bytes_max)?;
        Ok(())
    }

    /// Starts it anew, with another limit of a message than the usual one.
    pub fn take_messages_of(&mut self, bytes: usize) -> Result<()> {
        self.message_bytes_max = Some(bytes);
        self.kill()?;
        self.start_again()
    }
}
