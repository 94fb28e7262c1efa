//! A mail server: Exim takes mail by SMTP, and Dovecot shows it by IMAP.

mod inbox;
mod settings;

use crate::tls::Tls;
use anyhow::{Context, Result};
use settings::configure;
use std::path::{Path, PathBuf};
use std::process::Child;
use testkit_process::{Home, Server, Who, free_port, program, secret};

/// Both refuse to deliver mail as root.
const USERS: [&str; 1] = ["nobody"];

pub struct Mail {
    home: Home,
    who: Who,
    ports: Ports,
    password: String,
    tls: Tls,
    exim: Child,
    dovecot: Child,
}

#[derive(Clone, Copy)]
struct Ports {
    smtp: u16,
    smtps: u16,
    imap: u16,
    imaps: u16,
}

fn exim() -> Option<PathBuf> {
    program("exim4", &["/usr/sbin"])
}

fn dovecot() -> Option<PathBuf> {
    program("dovecot", &["/usr/sbin"]).filter(|_| Path::new("/usr/lib/dovecot/imap").exists())
}

impl Server for Mail {
    const NAME: &'static str = "a mail server (Exim and Dovecot)";

    fn is_installed() -> bool {
        exim().is_some() && dovecot().is_some() && Tls::is_installed()
    }

    fn start() -> Result<Self> {
        let mut home = Home::new("mail")?;
        let who = Who::other_than_root(&USERS)?;
        let password = secret();
        let ports =
            Ports { smtp: free_port()?, smtps: free_port()?, imap: free_port()?, imaps: free_port()? };
        let tls = Tls::make(&home.dir)?;
        configure(&home.dir, who, ports, &password, &tls)?;
        let (exim, dovecot) = spawn(&mut home, who, ports)?;
        Ok(Self { home, who, ports, password, tls, exim, dovecot })
    }
}

fn spawn(home: &mut Home, who: Who, ports: Ports) -> Result<(Child, Child)> {
    let mut command = who.command(&exim().context("there is no exim4")?);
    // In the foreground; what could not be delivered at once is tried again soon.
    command.args(["-bdf", "-q1m", "-C"]).arg(home.dir.join("exim.conf"));
    let mut exim = home.spawn(&mut command)?;
    let mut command = who.command(&dovecot().context("there is no dovecot")?);
    let mut dovecot = home.spawn(command.args(["-F", "-c"]).arg(home.dir.join("dovecot.conf")))?;
    for port in [ports.smtp, ports.smtps] {
        home.wait_for(port, &mut exim)?;
    }
    for port in [ports.imap, ports.imaps] {
        home.wait_for(port, &mut dovecot)?;
    }
    Ok((exim, dovecot))
}

impl Mail {
    /// A mailbox, and the name to sign in with, by SMTP and by IMAP.
    pub const SHOP: &str = "shop@khlong.test";
    /// Another one, with the same password. There are no more.
    pub const CUSTOMER: &str = "customer@khlong.test";

    /// For SMTP that may change to TLS (STARTTLS).
    pub fn smtp_port(&self) -> u16 {
        self.ports.smtp
    }

    /// For SMTP in TLS from the first byte.
    pub fn smtps_port(&self) -> u16 {
        self.ports.smtps
    }

    /// For IMAP that may change to TLS (STARTTLS).
    pub fn imap_port(&self) -> u16 {
        self.ports.imap
    }

    /// For IMAP in TLS from the first byte.
    pub fn imaps_port(&self) -> u16 {
        self.ports.imaps
    }

    /// The one of both mailboxes.
    pub fn password(&self) -> &str {
        &self.password
    }

    /// Whom to trust, in PEM.
    pub fn authority(&self) -> Result<String> {
        self.tls.authority()
    }

    /// Waits until so many mails are in a mailbox, and gives all that are, as IMAP shows them.
    pub fn inbox(&self, mailbox: &str, at_least: usize) -> Result<Vec<String>> {
        inbox::read(self.ports.imap, mailbox, &self.password, at_least)
    }

    pub fn kill(&mut self) -> Result<()> {
        self.home.kill(&mut self.exim)?;
        self.home.kill(&mut self.dovecot)
    }

    /// Starts both again, on the same ports and the same files.
    pub fn start_again(&mut self) -> Result<()> {
        // Dovecot does not start while this file names a process, whoever has its number by now.
        std::fs::remove_file(self.home.dir.join("run/dovecot/master.pid")).ok();
        (self.exim, self.dovecot) = spawn(&mut self.home, self.who, self.ports)?;
        Ok(())
    }
}
