//! Where something is: a host and a port that may be called.

use crate::failure;
use connector::http::check_address;
use connector::{Connection, Error};
use serde_json::Value;
use std::fmt;
use std::net::SocketAddr;
use tokio::net::TcpStream;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub host: String,
    pub port: u16,
}

impl Place {
    /// What a connection's fields say; the port that is usual where they name none.
    pub fn of(connection: &Connection, host: &str, port: &str, usual: u16) -> Result<Self, Error> {
        let host = connection.need(host)?.trim().to_owned();
        let given = connection.fields.get(port).filter(|given| !given.is_null() && *given != "");
        let number = |given: &Value| {
            let text = given.as_str().map_or_else(|| given.to_string(), str::to_owned);
            text.trim()
                .parse()
                .ok()
                .filter(|port| *port > 0)
                .ok_or_else(|| connection.lacks("port that is one"))
        };
        let port = given.map_or(Ok(usual), number)?;
        Ok(Self { host, port })
    }

    /// Refuses addresses that are never called, whatever name leads there.
    pub async fn check(&self) -> Result<(), Error> {
        self.addresses().await.map(drop)
    }

    /// Where the name leads to; addresses that are never called are refused.
    pub async fn addresses(&self) -> Result<Vec<SocketAddr>, Error> {
        let found = tokio::net::lookup_host((self.host.as_str(), self.port)).await;
        let found: Vec<_> = found.map_err(|error| failure::unreachable(self, &error))?.collect();
        for address in &found {
            check_address(address.ip(), true).map_err(|blocked| Error::Forbidden {
                host: self.to_string(),
                message: blocked.to_string(),
            })?;
        }
        Ok(found)
    }

    /// Goes to an address that was checked, so that a name that changes meanwhile leads nowhere else.
    pub async fn connect(&self) -> Result<TcpStream, Error> {
        let addresses = self.addresses().await?;
        let stream = TcpStream::connect(&addresses[..]).await;
        let stream = stream.map_err(|error| failure::unreachable(self, &error))?;
        stream.set_nodelay(true).ok();
        Ok(stream)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::collections::BTreeMap;

    fn place(fields: Value) -> Result<Place, Error> {
        let fields = fields.as_object().cloned().expect("fields");
        let connection = Connection::new("c".into(), "rabbitmq".into(), fields, BTreeMap::new());
        Place::of(&connection, "host", "port", 5672)
    }

    #[test]
    fn a_port_is_a_number_or_a_text_or_the_usual_one() {
        for (port, wanted) in [(json!(1), 1), (json!("2"), 2), (json!(null), 5672), (json!(""), 5672)] {
            let place = place(json!({"host": "rabbit.example.com", "port": port})).expect("a place");
            assert_eq!(place.to_string(), format!("rabbit.example.com:{wanted}"));
        }
        assert!(place(json!({"host": "h", "port": 70_000})).is_err());
        assert!(place(json!({"host": "h", "port": 0})).is_err());
        assert!(place(json!({})).is_err());
    }

    #[tokio::test]
    async fn a_metadata_address_is_never_called_and_a_private_one_may_be() {
        let at = |host: &str| Place { host: host.into(), port: 5672 };
        assert!(matches!(at("169.254.169.254").check().await, Err(Error::Forbidden { .. })));
        assert_eq!(at("127.0.0.1").check().await, Ok(()));
    }
}
