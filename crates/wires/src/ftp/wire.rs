//! FTP's two kinds of connections: one for commands and replies, and one for each list or file.
//!
//! It is spoken here and not by a library, because the one that is maintained writes every command into the log, passwords
//! included.

use crate::failure;
use crate::place::Place;
use connector::Error;
use rustls::pki_types::ServerName;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// The longest wait for a reply, or for the next part of a file.
const ANSWER_MAX: Duration = Duration::from_secs(45);
/// How long a port for data may take, which is that of a server that has just answered.
const DATA_MAX: Duration = Duration::from_secs(10);
/// How long the end of an upload waits for the server's own.
const END_MAX: Duration = Duration::from_secs(2);
const LINE_BYTES_MAX: u64 = 8 << 10;
const LINES_MAX: usize = 1_000;

/// Plain or encrypted.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// The characters that a server writes names in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Names {
    Utf8,
    Tis620,
}

impl Names {
    fn decode(self, bytes: &[u8]) -> String {
        match self {
            Self::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
            Self::Tis620 => encoding_rs::WINDOWS_874.decode_without_bom_handling(bytes).0.into_owned(),
        }
    }

    fn encode(self, text: &str) -> Result<Vec<u8>, Error> {
        match self {
            Self::Utf8 => Ok(text.as_bytes().to_vec()),
            Self::Tis620 => match encoding_rs::WINDOWS_874.encode(text) {
                (_, _, true) => Err(failure::input(
                    "the name holds a letter that TIS-620 does not know",
                    "Choose another name, or UTF-8 for the names in the connection.",
                )),
                (bytes, _, false) => Ok(bytes.into_owned()),
            },
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    pub code: u16,
    pub text: String,
}

impl Reply {
    pub fn is_good(&self) -> bool {
        (200..300).contains(&self.code)
    }
}

pub struct Control {
    stream: BufReader<Box<dyn Stream>>,
    pub place: Place,
    pub names: Names,
    peer: SocketAddr,
    /// Data is encrypted with it, too.
    tls: Option<TlsConnector>,
    /// The server does not know the newer way to say where data goes.
    old_passive: bool,
}

/// Whether encryption begins with the first byte, on request, or not at all.
pub enum Begin {
    Plain,
    Explicit(TlsConnector),
    Implicit(TlsConnector),
}

impl Control {
    /// Greeted, and encrypted as far as it is to be.
    pub async fn open(place: &Place, names: Names, begin: Begin) -> Result<Self, Error> {
        let socket = place.connect().await?;
        let peer = socket.peer_addr().map_err(|error| failure::unreachable(place, &error))?;
        let plain = |stream: Box<dyn Stream>, tls| Self {
            stream: BufReader::new(stream),
            place: place.clone(),
            names,
            peer,
            tls,
            old_passive: false,
        };
        match begin {
            Begin::Plain => {
                let mut control = plain(Box::new(socket), None);
                control.greeting().await?;
                Ok(control)
            }
            Begin::Implicit(tls) => {
                let mut control = plain(encrypted(&tls, place, socket).await?, Some(tls));
                control.greeting().await?;
                Ok(control)
            }
            Begin::Explicit(tls) => {
                let mut control = plain(Box::new(socket), None);
                control.greeting().await?;
                if !control.ask("AUTH TLS").await?.is_good() {
                    return Err(failure::connecting(place, &"the server does not support TLS here"));
                }
                let stream = encrypted(&tls, place, control.stream.into_inner()).await?;
                Ok(plain(stream, Some(tls)))
            }
        }
    }

    async fn greeting(&mut self) -> Result<(), Error> {
        let mut reply = self.reply().await?;
        while reply.code == 120 {
            reply = self.reply().await?;
        }
        match reply.is_good() {
            true => Ok(()),
            false => Err(failure::unreachable(&self.place, &reply.text)),
        }
    }

    pub fn is_encrypted(&self) -> bool {
        self.tls.is_some()
    }

    /// Sends a command, which holds no line break, and gives the server's reply.
    pub async fn ask(&mut self, command: &str) -> Result<Reply, Error> {
        if command.chars().any(char::is_control) {
            return Err(failure::input("a name or password holds a control character", "Remove it."));
        }
        let mut line = self.names.encode(command)?;
        line.extend(b"\r\n");
        let place = self.place.clone();
        let sending = async {
            self.stream.write_all(&line).await?;
            self.stream.flush().await
        };
        within(&place, sending).await?;
        self.reply().await
    }

    pub async fn reply(&mut self) -> Result<Reply, Error> {
        let place = self.place.clone();
        within(&place, self.read_reply()).await
    }

    /// A reply of several lines ends with the code that it began with, and a space.
    async fn read_reply(&mut self) -> io::Result<Reply> {
        let first = self.line().await?;
        let bad = || io::Error::new(io::ErrorKind::InvalidData, "this is no FTP server");
        let code: u16 = first.get(..3).and_then(|code| code.parse().ok()).ok_or_else(bad)?;
        let mut text = first.get(4..).unwrap_or_default().to_owned();
        if first.as_bytes().get(3) == Some(&b'-') {
            let end = format!("{code:03} ");
            for count in 0.. {
                let line = self.line().await?;
                if count > LINES_MAX {
                    return Err(bad());
                }
                text.push('\n');
                match line.strip_prefix(&end) {
                    Some(last) => {
                        text.push_str(last);
                        break;
                    }
                    None => text.push_str(&line),
                }
            }
        }
        Ok(Reply { code, text })
    }

    async fn line(&mut self) -> io::Result<String> {
        let bytes = line_of(&mut self.stream).await?.ok_or(io::ErrorKind::UnexpectedEof)?;
        Ok(self.names.decode(&bytes))
    }

    /// Opens a connection for data and sends the command that it is for; the server has agreed.
    pub async fn data(&mut self, command: &str) -> Result<Result<Data, Reply>, Error> {
        let address = self.passive().await?;
        let place = self.place.clone();
        let socket = connected(&place, address).await?;
        let reply = self.ask(command).await?;
        if !(100..200).contains(&reply.code) {
            return Ok(Err(reply));
        }
        let stream: Box<dyn Stream> = match &self.tls {
            Some(tls) => encrypted(tls, &place, socket).await?,
            None => Box::new(socket),
        };
        Ok(Ok(Data { stream: BufReader::new(stream), place, names: self.names }))
    }

    /// Where data goes: always the server that commands go to, whatever address it names.
    async fn passive(&mut self) -> Result<SocketAddr, Error> {
        if !self.old_passive {
            let reply = self.ask("EPSV").await?;
            if let Some(port) = (reply.code == 229).then(|| extended_port(&reply.text)).flatten() {
                return Ok(SocketAddr::new(self.peer.ip(), port));
            }
            self.old_passive = true;
        }
        let reply = self.ask("PASV").await?;
        let port = (reply.code == 227).then(|| passive_port(&reply.text)).flatten();
        let port = port.ok_or_else(|| {
            failure::refused(
                format!(
                    "{} does not say where data goes: {}",
                    self.place,
                    connector::http::shorten(&reply.text)
                ),
                "Have passive mode switched on at the server.",
            )
        })?;
        Ok(SocketAddr::new(self.peer.ip(), port))
    }

    /// The end of a transfer, as the server has seen it.
    pub async fn ended(&mut self) -> Result<Reply, Error> {
        self.reply().await
    }
}

/// A list or a file on its way.
pub struct Data {
    stream: BufReader<Box<dyn Stream>>,
    place: Place,
    names: Names,
}

impl Data {
    pub async fn line(&mut self) -> Result<Option<String>, Error> {
        let line = within(&self.place, line_of(&mut self.stream)).await?;
        Ok(line.map(|bytes| self.names.decode(&bytes)))
    }

    /// Everything there is, and one byte more than so many at most.
    pub async fn read(&mut self, most: usize) -> Result<Vec<u8>, Error> {
        let mut all = Vec::new();
        let mut part = vec![0; 64 << 10];
        while all.len() <= most {
            let read = within(&self.place, self.stream.read(&mut part)).await?;
            if read == 0 {
                break;
            }
            all.extend_from_slice(&part[..read]);
        }
        Ok(all)
    }

    pub async fn write(mut self, bytes: &[u8]) -> Result<(), Error> {
        for part in bytes.chunks(64 << 10) {
            within(&self.place, self.stream.write_all(part)).await?;
        }
        within(&self.place, self.stream.flush()).await?;
        within(&self.place, self.stream.shutdown()).await?;
        // A socket closed with something unread in it may throw away what was sent last.
        let mut rest = [0; 256];
        let drained = async { while matches!(self.stream.read(&mut rest).await, Ok(read) if read > 0) {} };
        tokio::time::timeout(END_MAX, drained).await.ok();
        Ok(())
    }
}

/// Nothing was asked for yet. Where a firewall keeps the port, nobody says so.
async fn connected(place: &Place, address: SocketAddr) -> Result<TcpStream, Error> {
    let why = match tokio::time::timeout(DATA_MAX, TcpStream::connect(address)).await {
        Ok(Ok(socket)) => return Ok(socket),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "it did not answer in time".into(),
    };
    let port = address.port();
    let advice = "have the ports for passive mode opened in the server's firewall";
    Err(failure::unreachable(place, &format!("its port {port} for lists and files: {why}; {advice}")))
}

async fn encrypted(
    tls: &TlsConnector,
    place: &Place,
    stream: impl Stream + 'static,
) -> Result<Box<dyn Stream>, Error> {
    let name =
        ServerName::try_from(place.host.clone()).map_err(|error| failure::unreachable(place, &error))?;
    let shaken = tokio::time::timeout(ANSWER_MAX, tls.connect(name, stream)).await;
    let shaken = shaken.map_err(|_| failure::unreachable(place, &"it did not answer in time"))?;
    let stream = shaken.map_err(|error| failure::connecting(place, &failure::chain(&error)))?;
    Ok(Box::new(stream))
}

/// Nothing at the end. What is longer than any name is no line.
async fn line_of(stream: &mut BufReader<Box<dyn Stream>>) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    stream.take(LINE_BYTES_MAX).read_until(b'\n', &mut line).await?;
    if line.len() as u64 == LINE_BYTES_MAX {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a line is too long"));
    }
    if line.is_empty() {
        return Ok(None);
    }
    while matches!(line.last(), Some(b'\r' | b'\n')) {
        line.pop();
    }
    Ok(Some(line))
}

async fn within<T>(place: &Place, doing: impl Future<Output = io::Result<T>>) -> Result<T, Error> {
    match tokio::time::timeout(ANSWER_MAX, doing).await {
        Ok(done) => done.map_err(|error| failure::unanswered(place, &error)),
        Err(_) => Err(failure::unanswered(place, &"it did not answer in time")),
    }
}

/// `Entering Extended Passive Mode (|||6446|)`
fn extended_port(text: &str) -> Option<u16> {
    let (_, inside) = text.split_once('(')?;
    let mark = inside.chars().next()?;
    inside.split(mark).nth(3)?.parse().ok()
}

/// `Entering Passive Mode (h1,h2,h3,h4,p1,p2).`
fn passive_port(text: &str) -> Option<u16> {
    let from = text.find(|letter: char| letter.is_ascii_digit())?;
    let numbers = text[from..].split(|letter: char| !letter.is_ascii_digit() && letter != ',').next()?;
    let numbers: Vec<u8> = numbers.split(',').filter_map(|number| number.parse().ok()).collect();
    let [_, _, _, _, high, low] = numbers[..] else { return None };
    Some(u16::from(high) << 8 | u16::from(low))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    /// A server that names a port at which nobody is.
    async fn without_data(listener: TcpListener, closed: u16) -> io::Result<()> {
        let (mut stream, _) = listener.accept().await?;
        stream.write_all(b"220 ready\r\n").await?;
        let mut heard = [0; 64];
        while stream.read(&mut heard).await? > 0 {
            stream.write_all(format!("229 Extended Passive Mode (|||{closed}|)\r\n").as_bytes()).await?;
        }
        Ok(())
    }

    #[tokio::test]
    async fn a_port_for_files_that_is_shut_is_named_and_nothing_was_done() {
        let closed = TcpListener::bind("127.0.0.1:0").await.and_then(|shut| shut.local_addr());
        let closed = closed.expect("a port").port();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let place = Place { host: "127.0.0.1".into(), port: listener.local_addr().expect("a port").port() };
        tokio::spawn(without_data(listener, closed));
        let mut control = Control::open(&place, Names::Utf8, Begin::Plain).await.expect("greeted");
        let error = control.data("LIST").await.err().expect("nobody is there");
        let said = error.to_string();
        assert_eq!((error.code(), error.may_have_happened()), ("E0303", false), "{said}");
        assert!(said.contains(&format!("port {closed}")) && said.contains("passive"), "{said}");
    }

    #[test]
    fn ports_are_read_as_servers_write_them() {
        assert_eq!(extended_port("Entering Extended Passive Mode (|||6446|)"), Some(6446));
        assert_eq!(extended_port("Entering"), None);
        assert_eq!(passive_port("Entering Passive Mode (192,168,1,2,25,46)."), Some(6446));
        assert_eq!(passive_port("=127,0,0,1,25,46"), Some(6446));
        assert_eq!(passive_port("Entering Passive Mode (1,2,3)"), None);
    }
}
