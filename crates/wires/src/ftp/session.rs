//! Sessions with a server: encrypted as far as wanted, and signed in to.

use super::files::FtpFiles;
use super::wire::{Begin, Control, Names, Reply};
use crate::files::{self, Base, Files, Path, Taken, forbidden, missing};
use crate::place::Place;
use crate::{failure, tls};
use connector::http::{check_address, shorten};
use connector::{Connection, Error};
use secrecy::ExposeSecret;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio_rustls::TlsConnector;

const PORT: u16 = 21;
const PORT_IMPLICIT: u16 = 990;

pub struct Session {
    pub control: Control,
    /// Where a session begins.
    pub home: String,
    /// Lists that are made for machines.
    pub has_facts: bool,
}

impl files::Session for Session {
    const ID: &'static str = "ftp";

    fn place(connection: &Connection) -> Result<Place, Error> {
        place(connection)
    }

    async fn open(connection: &Connection, place: &Place) -> Result<Self, Error> {
        open(connection, place).await
    }

    fn files(session: Taken<Self>, base: Base) -> Box<dyn Files> {
        Box::new(FtpFiles { session, base })
    }

    async fn is_there(&mut self) -> bool {
        let asked = tokio::time::timeout(Duration::from_secs(5), self.control.ask("NOOP")).await;
        matches!(asked, Ok(Ok(reply)) if reply.is_good())
    }
}

fn place(connection: &Connection) -> Result<Place, Error> {
    let usual = if security(connection) == "implicit" { PORT_IMPLICIT } else { PORT };
    Place::of(connection, "host", "port", usual)
}

fn security(connection: &Connection) -> &str {
    connection.text("security").unwrap_or("explicit")
}

async fn open(connection: &Connection, place: &Place) -> Result<Session, Error> {
    // Servers take data only over the session that commands come over. In TLS 1.3 a session can be gone back to as often as the
    // server has given tickets, and then no more; in 1.2 always.
    let versions = [&rustls::version::TLS12];
    let connector =
        || tls::config_of(connection, &versions).map(|config| TlsConnector::from(Arc::new(config)));
    let begin = match security(connection) {
        "none" => {
            may_be_plain(connection, place).await?;
            Begin::Plain
        }
        "implicit" => Begin::Implicit(connector()?),
        _ => Begin::Explicit(connector()?),
    };
    let names = match connection.text("names") {
        Some("tis-620") => Names::Tis620,
        _ => Names::Utf8,
    };
    let control = Control::open(place, names, begin).await.map_err(nothing_done)?;
    let mut session = Session { control, home: String::new(), has_facts: false };
    session.sign_in(connection).await.map_err(nothing_done)?;
    session.agree().await.map_err(nothing_done)?;
    Ok(session)
}

/// A connection that breaks while it is made has done nothing.
fn nothing_done(error: Error) -> Error {
    match error {
        Error::Unanswered { host, message } => Error::Unreachable { host, message },
        error => error,
    }
}

/// A password in the open goes no further than the own network, unless somebody says that it may.
async fn may_be_plain(connection: &Connection, place: &Place) -> Result<(), Error> {
    let meant = connection.fields.get("plain_password") == Some(&Value::Bool(true));
    let nobody = connection.text("username") == Some("anonymous");
    let is_public = |ip| check_address(ip, false).is_ok();
    if !meant && !nobody && place.addresses().await?.iter().any(|address| is_public(address.ip())) {
        return Err(Error::Connection {
            message: format!("the password is not sent to {place}: nothing is encrypted, and the address is public"),
            advice: "Choose TLS in the connection. Only if the server has none, allow the password in the open there.".into(),
        });
    }
    Ok(())
}

impl Session {
    async fn sign_in(&mut self, connection: &Connection) -> Result<(), Error> {
        let user = connection.need("username")?;
        let password = connection.secret("password").map(ExposeSecret::expose_secret).unwrap_or_default();
        let mut reply = self.control.ask(&format!("USER {user}")).await?;
        if reply.code == 331 {
            reply = self.control.ask(&format!("PASS {password}")).await?;
        }
        match reply.code {
            230 | 232 | 202 => Ok(()),
            421 => Err(failure::unreachable(&self.control.place, &reply.text)),
            400..=499 => Err(self.passing(&reply)),
            _ => Err(failure::login(&self.control.place, &reply.text)),
        }
    }

    /// How lists, names and data are to be.
    async fn agree(&mut self) -> Result<(), Error> {
        let features = self.control.ask("FEAT").await?.text.to_ascii_uppercase();
        let has = |name: &str| features.lines().any(|line| line.trim().starts_with(name));
        self.has_facts = has("MLST") || has("MLSD");
        if has("UTF8") && self.control.names == Names::Utf8 {
            // Some say no because it is always so.
            self.control.ask("OPTS UTF8 ON").await?;
        }
        if self.control.is_encrypted() {
            self.control.ask("PBSZ 0").await?;
            let private = self.control.ask("PROT P").await?;
            if !private.is_good() {
                return Err(failure::refused(
                    format!("{} does not encrypt files: {}", self.control.place, shorten(&private.text)),
                    "Have encryption of data switched on at the server.",
                ));
            }
        }
        let binary = self.control.ask("TYPE I").await?;
        if !binary.is_good() {
            return Err(self.failed_with(&binary));
        }
        let home = self.control.ask("PWD").await?;
        self.home = quoted(&home.text).filter(|_| home.code == 257).unwrap_or_else(|| "/".into());
        Ok(())
    }

    /// From the root on, whatever the session's folder is.
    pub fn real(&self, path: &Path) -> String {
        match path.real() {
            "" => self.home.clone(),
            real if real.starts_with('/') => real.to_owned(),
            real => format!("{}/{real}", self.home.trim_end_matches('/')),
        }
    }

    /// What a refusal means.
    pub fn failed(&self, path: &Path, reply: &Reply) -> Error {
        let said = reply.text.to_ascii_lowercase();
        let is_denied = ["permission", "denied", "not allowed", "forbidden", "read-only"];
        match reply.code {
            550 | 553 if is_denied.iter().any(|word| said.contains(word)) => forbidden(path, &reply.text),
            550 => missing(path),
            532 | 553 => forbidden(path, &reply.text),
            _ => self.failed_with(reply),
        }
    }

    /// 4yz passes and 5yz does not.
    pub fn failed_with(&self, reply: &Reply) -> Error {
        match reply.code {
            // The data was cut off: nobody knows how much of it was taken.
            421 | 425 | 426 => failure::unanswered(&self.control.place, &reply.text),
            530 => failure::login(&self.control.place, &reply.text),
            400..=499 => self.passing(reply),
            _ => failure::refused(
                format!("{} refuses: {} {}", self.control.place, reply.code, shorten(&reply.text)),
                "Check that the path is what it should be, and that the server has room on its disk.",
            ),
        }
    }

    fn passing(&self, reply: &Reply) -> Error {
        Error::Status {
            host: self.control.place.to_string(),
            status: 503,
            message: shorten(&reply.text),
            after: None,
        }
    }
}

/// `"/home/shop" is the current directory`, where a quote in the name is written twice.
fn quoted(text: &str) -> Option<String> {
    let (_, inside) = text.split_once('"')?;
    let mut folder = String::new();
    let mut letters = inside.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == '"' && letters.next_if_eq(&'"').is_none() {
            return Some(folder);
        }
        folder.push(letter);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_session_begins_is_read_with_its_quotes() {
        assert_eq!(quoted("\"/home/shop\" is the current directory").as_deref(), Some("/home/shop"));
        assert_eq!(quoted("\"/a \"\"b\"\"\" created").as_deref(), Some("/a \"b\""));
        assert_eq!(quoted("/"), None);
    }

    #[tokio::test]
    async fn a_password_in_the_open_stays_in_the_own_network_unless_it_is_meant() {
        let connection = |host: &str, meant: bool| {
            let fields = serde_json::json!({"host": host, "security": "none", "username": "shop", "plain_password": meant});
            let fields = fields.as_object().cloned().expect("fields");
            Connection::new("c".into(), "ftp".into(), fields, Default::default())
        };
        for (host, meant, good) in
            [("203.0.113.9", false, false), ("203.0.113.9", true, true), ("10.0.0.9", false, true)]
        {
            let place = Place { host: host.into(), port: 21 };
            let allowed = may_be_plain(&connection(host, meant), &place).await;
            assert_eq!(allowed.is_ok(), good, "{host} {meant}");
        }
    }
}
