//! A certificate for this machine, and the authority that vouches for it. The authority is an own one, so that a client
//! has to be told whom it trusts, as it has to be where a company has an authority of its own.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;
use testkit_process::{program, run, write};

const SETTINGS: &str = "
[req]
distinguished_name = name
prompt = no
[name]
commonName = Khlong
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, IP:127.0.0.1
";
const DAYS: &str = "30";

/// Files in PEM.
pub(crate) struct Tls {
    pub authority: PathBuf,
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl Tls {
    pub(crate) fn is_installed() -> bool {
        program("openssl", &[]).is_some()
    }

    /// Makes them in a folder.
    pub(crate) fn make(dir: &Path) -> Result<Self> {
        write(&dir.join("openssl.cnf"), SETTINGS)?;
        let authority = ["-keyout", "authority.key", "-out", "authority.pem", "-extensions", "authority"];
        openssl(dir, "/CN=Khlong test authority", &authority)?;
        let server = ["-keyout", "server.key", "-out", "server.pem", "-extensions", "server"];
        let signed = ["-CA", "authority.pem", "-CAkey", "authority.key"];
        openssl(dir, "/CN=localhost", &[&server[..], &signed].concat())?;
        let file = |name| dir.join(name);
        Ok(Self {
            authority: file("authority.pem"),
            certificate: file("server.pem"),
            key: file("server.key"),
        })
    }

    /// What a client has to trust, in PEM.
    pub(crate) fn authority(&self) -> Result<String> {
        std::fs::read_to_string(&self.authority).context("reading the authority's certificate")
    }
}

fn openssl(dir: &Path, subject: &str, what: &[&str]) -> Result<()> {
    let mut command = Command::new("openssl");
    command.current_dir(dir).args(["req", "-x509", "-config", "openssl.cnf", "-days", DAYS, "-nodes"]);
    command.args(["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", subject]);
    run(command.args(what)).map(drop)
}
