//! An OpenSSH server for SFTP and nothing else.
//!
//! Whoever signs in is a user that the machine does not know: a library of Debian's (nss_wrapper) tells the server of them,
//! so that there is a password without one of the machine's own being changed.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use testkit_process::{Home, Server, Who, free_port, is_root, program, run, secret, write};

const USER: &str = "khlong";
/// As root, the server wants this folder, which Debian makes when its own service starts.
const EMPTY: &str = "/run/sshd";

pub struct Sftp {
    home: Home,
    port: u16,
    password: String,
    server: Child,
}

fn server() -> Option<PathBuf> {
    program("sshd", &["/usr/sbin"])
}

/// Where Debian has libraries depends on the processor.
fn wrapper() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    folders.map(|folder| folder.path().join("libnss_wrapper.so")).find(|library| library.exists())
}

impl Server for Sftp {
    const NAME: &'static str = "OpenSSH's server with nss_wrapper";

    fn is_installed() -> bool {
        let programs = ["ssh-keygen", "openssl"].iter().all(|name| program(name, &[]).is_some());
        server().is_some() && wrapper().is_some() && programs
    }

    fn start() -> Result<Self> {
        let mut home = Home::new("sftp")?;
        let (port, password) = (free_port()?, secret());
        for key in ["host_key", "user_key"] {
            let mut keygen = Command::new("ssh-keygen");
            run(keygen.args(["-q", "-t", "ed25519", "-N", "", "-C", USER, "-f"]).arg(home.dir.join(key)))?;
        }
        std::fs::create_dir(home.dir.join("files"))?;
        introduce(&home.dir, &password)?;
        configure(&home.dir, port)?;
        if is_root()? {
            std::fs::create_dir_all(EMPTY)?;
        }
        let server = spawn(&mut home, port)?;
        Ok(Self { home, port, password, server })
    }
}

/// The user has our number, because only root could become another.
fn introduce(dir: &Path, password: &str) -> Result<()> {
    let (who, at) = (Who::us()?, dir.display());
    let hash = run(Command::new("openssl").args(["passwd", "-6", password]))?;
    let separated = "sshd:x:65534:65534::/run/sshd:/usr/sbin/nologin";
    let (user, group) = (who.user(), who.group());
    let users = format!("{USER}:x:{user}:{group}:Khlong:{at}/files:/bin/sh\n{separated}\n");
    write(&dir.join("users"), &users)?;
    write(&dir.join("groups"), &format!("{USER}:x:{group}:\n"))?;
    write(&dir.join("shadow"), &format!("{USER}:{}:19000:0:99999:7:::\n", hash.trim()))
}

fn configure(dir: &Path, port: u16) -> Result<()> {
    let at = dir.display();
    let text = format!(
        "Port {port}\nListenAddress 127.0.0.1\nHostKey {at}/host_key\nPidFile none\nUsePAM no\nUseDNS no\n\
         StrictModes no\nPermitRootLogin yes\nAuthorizedKeysFile {at}/user_key.pub\n\
         PasswordAuthentication yes\nKbdInteractiveAuthentication no\nMaxStartups 100\n\
         Subsystem sftp internal-sftp\nForceCommand internal-sftp -d {at}/files\n\
         AllowTcpForwarding no\nX11Forwarding no\nPermitTTY no\nPermitUserRC no\n"
    );
    write(&dir.join("sshd_config"), &text)
}

fn spawn(home: &mut Home, port: u16) -> Result<Child> {
    let mut command = Command::new(server().context("there is no sshd")?);
    command.args(["-D", "-e", "-f"]).arg(home.dir.join("sshd_config"));
    command.env("LD_PRELOAD", wrapper().context("there is no libnss_wrapper.so")?);
    for (name, file) in [("PASSWD", "users"), ("GROUP", "groups"), ("SHADOW", "shadow")] {
        command.env(format!("NSS_WRAPPER_{name}"), home.dir.join(file));
    }
    let mut child = home.spawn(&mut command)?;
    home.wait_for(port, &mut child)?;
    Ok(child)
}

impl Sftp {
    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn user(&self) -> &'static str {
        USER
    }

    pub fn password(&self) -> &str {
        &self.password
    }

    /// The file of the key that the user may sign in with, in OpenSSH's own format and without a passphrase.
    pub fn key(&self) -> PathBuf {
        self.home.dir.join("user_key")
    }

    /// The server's own key, as a line `ssh-ed25519 AAAA…` of a file of known hosts has it.
    pub fn host_key(&self) -> Result<String> {
        let line =
            std::fs::read_to_string(self.home.dir.join("host_key.pub")).context("reading the host's key")?;
        Ok(line.split(' ').take(2).collect::<Vec<_>>().join(" "))
    }

    /// The fingerprint of that key, `SHA256:…`.
    pub fn fingerprint(&self) -> Result<String> {
        let shown = run(Command::new("ssh-keygen").arg("-lf").arg(self.home.dir.join("host_key.pub")))?;
        Ok(shown.split(' ').nth(1).context("a fingerprint")?.to_owned())
    }

    /// Where a session begins, to put files there and look at what has come.
    pub fn files(&self) -> PathBuf {
        self.home.dir.join("files")
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
