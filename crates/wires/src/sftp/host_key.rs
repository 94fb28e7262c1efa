//! Which server is meant: the one with a key that somebody has compared.

use connector::Error;
use russh::client::Handler;
use russh::keys::{HashAlg, PublicKey, PublicKeyOrCertificate};
use std::sync::{Arc, OnceLock};

/// What the connection expects.
pub struct Expected(Vec<String>);

/// The key that a server has shown.
#[derive(Clone, Debug)]
pub struct Shown {
    pub fingerprint: String,
    pub kind: String,
}

impl Expected {
    /// Fingerprints (`SHA256:…`) or keys (`ssh-ed25519 AAAA…`), a line each.
    pub fn read(text: &str) -> Result<Self, Error> {
        let lines = text.split(['\n', ',']).map(str::trim).filter(|line| !line.is_empty());
        lines.map(fingerprint).collect::<Result<_, _>>().map(Self)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn holds(&self, fingerprint: &str) -> bool {
        self.0.iter().any(|expected| expected == fingerprint)
    }
}

fn fingerprint(line: &str) -> Result<String, Error> {
    if let Some(digest) = line.strip_prefix("SHA256:") {
        return Ok(format!("SHA256:{}", digest.trim_end_matches('=')));
    }
    // As ssh-keyscan and files of known hosts have it, with the host before the key or without.
    let from = ["ssh-", "ecdsa-"].iter().filter_map(|kind| line.find(kind)).min();
    let key = from.and_then(|from| PublicKey::from_openssh(&line[from..]).ok());
    key.map(|key| key.fingerprint(HashAlg::Sha256).to_string()).ok_or_else(|| Error::Connection {
        message: "the connection's host key is no fingerprint".into(),
        advice: "Enter it as the test shows it, SHA256: and the letters after it.".into(),
    })
}

/// Lets a session go on with the expected server alone.
pub struct Guard {
    pub expected: Arc<Expected>,
    pub shown: Arc<OnceLock<Shown>>,
}

impl Handler for Guard {
    type Error = russh::Error;

    async fn check_server_key(&mut self, key: &PublicKeyOrCertificate) -> Result<bool, russh::Error> {
        let PublicKeyOrCertificate::PublicKey { key, .. } = key else { return Ok(false) };
        let fingerprint = key.fingerprint(HashAlg::Sha256).to_string();
        let good = self.expected.holds(&fingerprint);
        self.shown.set(Shown { fingerprint, kind: key.algorithm().to_string() }).ok();
        Ok(good)
    }
}

/// Why a session with this server is not begun.
pub fn refused(place: &dyn std::fmt::Display, expected: &Expected, shown: &Shown) -> Error {
    let Shown { fingerprint, kind } = shown;
    if expected.is_empty() {
        return Error::Connection {
            message: format!("the key of {place} is {fingerprint} ({kind}); nothing secret was sent"),
            advice: "Compare it with what whoever runs the server tells you, and enter it as the host key."
                .into(),
        };
    }
    Error::Connection {
        message: format!("{place} shows another key than the connection expects: {fingerprint} ({kind})"),
        advice: "Ask whoever runs the server whether its key has changed, or whether this is another of its keys. Only then enter the new one: a stranger may stand between.".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti";
    const PRINT: &str = "SHA256:UCUiLr7Pjs9wFFJMDByLgc3NrtdU344OgUM45wZPcIQ";

    #[test]
    fn a_key_is_known_by_its_fingerprint_or_as_it_is() {
        for text in [
            PRINT.to_owned(),
            format!("{PRINT}="),
            KEY.to_owned(),
            format!("sftp.example.com {KEY} comment"),
            format!("SHA256:other,\n {PRINT}"),
        ] {
            assert!(Expected::read(&text).expect("read").holds(PRINT), "{text}");
        }
        assert!(!Expected::read("SHA256:other").expect("read").holds(PRINT));
        assert!(Expected::read(" \n").expect("read").is_empty());
        assert_eq!(Expected::read("my key").map(|_| ()).map_err(|error| error.code()), Err("E0302"));
    }
}
