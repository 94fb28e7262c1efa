//! ProFTPD on one folder of files, at four ports: plain, with both ways of TLS, and without lists that are made for machines.
//!
//! With TLS it insists, as it does wherever nobody tells it otherwise, that data comes over the session that commands do.

use crate::tls::Tls;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use testkit_process::{Home, Server, Who, free_port, program, run, secret, write};

const USER: &str = "khlong";
/// Where Debian has the part that speaks TLS.
const MODULES: &str = "/usr/lib/proftpd";

pub struct Ftp {
    home: Home,
    ports: Ports,
    password: String,
    tls: Tls,
    server: Child,
}

#[derive(Clone, Copy)]
struct Ports {
    plain: u16,
    explicit: u16,
    implicit: u16,
    old: u16,
}

fn server() -> Option<PathBuf> {
    program("proftpd", &["/usr/sbin"])
}

impl Server for Ftp {
    const NAME: &'static str = "ProFTPD";

    fn is_installed() -> bool {
        server().is_some() && Path::new(MODULES).join("mod_tls.so").exists() && Tls::is_installed()
    }

    fn start() -> Result<Self> {
        let mut home = Home::new("ftp")?;
        let password = secret();
        let ports =
            Ports { plain: free_port()?, explicit: free_port()?, implicit: free_port()?, old: free_port()? };
        let tls = Tls::make(&home.dir)?;
        std::fs::create_dir(home.dir.join("files"))?;
        introduce(&home.dir, &password)?;
        configure(&home.dir, ports, &tls)?;
        let server = spawn(&mut home, ports)?;
        Ok(Self { home, ports, password, tls, server })
    }
}

/// The user has our number, because only root could become another.
fn introduce(dir: &Path, password: &str) -> Result<()> {
    let (who, at) = (Who::us()?, dir.display());
    let (user, group) = (who.user(), who.group());
    let hash = run(Command::new("openssl").args(["passwd", "-6", password]))?;
    write(&dir.join("users"), &format!("{USER}:{}:{user}:{group}:Khlong:{at}/files:/bin/sh\n", hash.trim()))?;
    write(&dir.join("groups"), &format!("{USER}:x:{group}:\n"))?;
    // It reads no passwords from a file that others could read.
    run(Command::new("chmod").arg("600").arg(dir.join("users")).arg(dir.join("groups"))).map(drop)
}

fn configure(dir: &Path, ports: Ports, tls: &Tls) -> Result<()> {
    let (at, who) = (dir.display(), Who::us()?);
    let host =
        |port: u16, more: &str| format!("<VirtualHost 127.0.0.1>\nPort {port}\n{more}\n</VirtualHost>\n");
    let hosts = [
        host(ports.explicit, "TLSEngine on\nTLSRequired on"),
        host(ports.implicit, "TLSEngine on\nTLSRequired on\nTLSOptions UseImplicitSSL"),
        host(ports.old, "FactsAdvertise off\n<Limit MLSD MLST>\nDenyAll\n</Limit>"),
    ];
    let text = format!(
        "ModulePath {MODULES}\nLoadModule mod_tls.c\nServerName khlong\nServerType standalone\n\
         DefaultAddress 127.0.0.1\nUseIPv6 off\nSocketBindTight on\nPort {}\n\
         PidFile {at}/pid\nScoreboardFile {at}/scoreboard\nDelayTable {at}/delay\nSystemLog none\n\
         TransferLog none\nWtmpLog off\nUseReverseDNS off\nMaxInstances 50\nUser {}\nGroup {}\n\
         <Global>\nRootLogin on\nAuthOrder mod_auth_file.c\nAuthPAM off\n\
         AuthUserFile {at}/users\nAuthGroupFile {at}/groups\n\
         RequireValidShell off\nAllowOverwrite on\nDelayEngine off\nTimesGMT on\n\
         <Directory {at}/files/slow>\nTransferRate STOR 4000\n</Directory>\n\
         TLSECCertificateFile {}\nTLSECCertificateKeyFile {}\n</Global>\n{}",
        ports.plain,
        who.user_name()?,
        who.group_name()?,
        tls.certificate.display(),
        tls.key.display(),
        hosts.concat()
    );
    write(&dir.join("proftpd.conf"), &text)
}

fn spawn(home: &mut Home, ports: Ports) -> Result<Child> {
    let mut command = Command::new(server().context("there is no proftpd")?);
    let mut child = home.spawn(command.arg("-n").arg("-c").arg(home.dir.join("proftpd.conf")))?;
    for port in [ports.plain, ports.explicit, ports.implicit, ports.old] {
        home.wait_for(port, &mut child)?;
    }
    Ok(child)
}

impl Ftp {
    /// Without TLS.
    pub fn port(&self) -> u16 {
        self.ports.plain
    }

    /// With TLS when a client asks for it, and not without.
    pub fn tls_port(&self) -> u16 {
        self.ports.explicit
    }

    /// With TLS from the first byte.
    pub fn implicit_port(&self) -> u16 {
        self.ports.implicit
    }

    /// Without TLS, and with lists for people alone.
    pub fn old_port(&self) -> u16 {
        self.ports.old
    }

    pub fn user(&self) -> &'static str {
        USER
    }

    pub fn password(&self) -> &str {
        &self.password
    }

    /// Whom to trust at the ports with TLS, in PEM.
    pub fn authority(&self) -> Result<String> {
        self.tls.authority()
    }

    /// Where a session begins, and uploads into a folder `slow` take seconds; to put files there and look at what has come.
    pub fn files(&self) -> PathBuf {
        self.home.dir.join("files")
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
