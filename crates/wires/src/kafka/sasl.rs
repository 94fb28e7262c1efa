//! Signing in: a password as it is (PLAIN), or proofs of it from both sides (SCRAM, RFC 5802 and 7677).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::{digest, hmac, pbkdf2};
use secrecy::{ExposeSecret, SecretString};
use std::num::NonZeroU32;

/// A server that wants more work than this is up to no good; brokers ask for 4096 rounds or 8192.
const ROUNDS_MAX: u32 = 1_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mechanism {
    Plain,
    ScramSha256,
    ScramSha512,
}

impl Mechanism {
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha512 => "SCRAM-SHA-512",
        }
    }
}

#[derive(Clone, Debug)]
pub struct Login {
    pub mechanism: Mechanism,
    pub user: String,
    pub password: SecretString,
}

pub fn plain(login: &Login) -> Vec<u8> {
    format!("\0{}\0{}", login.user, login.password.expose_secret()).into_bytes()
}

/// The client's side of one sign-in.
pub struct Scram<'a> {
    login: &'a Login,
    nonce: String,
}

/// What the server has to answer in the end, if it knows the password, too.
pub struct Proof {
    pub message: Vec<u8>,
    signature: String,
}

impl<'a> Scram<'a> {
    pub fn new(login: &'a Login, nonce: String) -> Self {
        Self { login, nonce }
    }

    pub fn first(&self) -> Vec<u8> {
        format!("n,,{}", self.bare()).into_bytes()
    }

    fn bare(&self) -> String {
        format!("n={},r={}", self.login.user.replace('=', "=3D").replace(',', "=2C"), self.nonce)
    }

    /// Answers the server's first message. Nothing where that makes no sense.
    pub fn prove(&self, server: &[u8]) -> Option<Proof> {
        let server = std::str::from_utf8(server).ok()?;
        let part = |name: &str| server.split(',').find_map(|part| part.strip_prefix(name));
        let nonce =
            part("r=").filter(|nonce| nonce.len() > self.nonce.len() && nonce.starts_with(&self.nonce))?;
        let salt = STANDARD.decode(part("s=")?).ok()?;
        let rounds =
            NonZeroU32::new(part("i=")?.parse().ok()?).filter(|rounds| rounds.get() <= ROUNDS_MAX)?;
        let salted = self.salted(&salt, rounds);
        let bare = format!("c=biws,r={nonce}");
        let said = format!("{},{server},{bare}", self.bare());
        let client_key = self.sign(&salted, b"Client Key");
        let stored = digest::digest(self.digest(), client_key.as_ref());
        let signature = self.sign(stored.as_ref(), said.as_bytes());
        let pairs = client_key.as_ref().iter().zip(signature.as_ref());
        let proof: Vec<u8> = pairs.map(|(key, signed)| key ^ signed).collect();
        let server_key = self.sign(&salted, b"Server Key");
        Some(Proof {
            message: format!("{bare},p={}", STANDARD.encode(proof)).into_bytes(),
            signature: STANDARD.encode(self.sign(server_key.as_ref(), said.as_bytes())),
        })
    }

    fn is_long(&self) -> bool {
        self.login.mechanism == Mechanism::ScramSha512
    }

    fn digest(&self) -> &'static digest::Algorithm {
        if self.is_long() { &digest::SHA512 } else { &digest::SHA256 }
    }

    fn salted(&self, salt: &[u8], rounds: NonZeroU32) -> Vec<u8> {
        let by = if self.is_long() { pbkdf2::PBKDF2_HMAC_SHA512 } else { pbkdf2::PBKDF2_HMAC_SHA256 };
        let mut salted = vec![0; self.digest().output_len()];
        pbkdf2::derive(by, rounds, salt, self.login.password.expose_secret().as_bytes(), &mut salted);
        salted
    }

    fn sign(&self, key: &[u8], text: &[u8]) -> hmac::Tag {
        let by = if self.is_long() { hmac::HMAC_SHA512 } else { hmac::HMAC_SHA256 };
        hmac::sign(&hmac::Key::new(by, key), text)
    }
}

impl Proof {
    /// Whether the server proved that it knows the password, too.
    pub fn is_met_by(&self, server: &[u8]) -> bool {
        std::str::from_utf8(server).ok().and_then(|said| said.strip_prefix("v=")) == Some(&self.signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(mechanism: Mechanism) -> Login {
        Login { mechanism, user: "user".into(), password: "pencil".into() }
    }

    /// The example of RFC 7677.
    #[test]
    fn both_sides_prove_the_password_as_the_standard_shows() {
        let login = login(Mechanism::ScramSha256);
        let scram = Scram::new(&login, "rOprNGfwEbeRWgbNEkqO".into());
        assert_eq!(scram.first(), b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
        let nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        let server = format!("r={nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
        let proof = scram.prove(server.as_bytes()).expect("a proof");
        let expected = format!("c=biws,r={nonce},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
        assert_eq!(String::from_utf8_lossy(&proof.message), expected);
        assert!(proof.is_met_by(b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
        assert!(!proof.is_met_by(b"v=AAAA") && !proof.is_met_by(b"e=other-error"));
    }

    #[test]
    fn a_server_that_takes_another_s_nonce_or_wants_too_much_work_gets_no_proof() {
        let login = login(Mechanism::ScramSha512);
        let scram = Scram::new(&login, "abc".into());
        assert!(scram.prove(b"r=abcdef,s=AAAA,i=4096").is_some());
        for wrong in [
            "r=abc,s=AAAA,i=4096",
            "r=xyzabc,s=AAAA,i=4096",
            "r=abcd,s=AAAA,i=0",
            "r=abcd,s=AAAA,i=9000000",
            "e=no",
        ] {
            assert!(scram.prove(wrong.as_bytes()).is_none(), "{wrong}");
        }
    }
}
