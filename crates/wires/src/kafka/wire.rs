//! One connection to one broker: frames, versions, sign-in.

use super::codes;
use super::sasl::{Login, Mechanism, Scram, plain};
use crate::failure;
use crate::place::Place;
use bytes::{BufMut, Bytes, BytesMut};
use connector::Error;
use connector::source::Source;
use futures::FutureExt;
use kafka_protocol::messages::{
    ApiVersionsRequest, RequestHeader, ResponseHeader, SaslAuthenticateRequest, SaslHandshakeRequest,
};
use kafka_protocol::protocol::{Decodable, Encodable, HeaderVersion, Request, StrBytes};
use rustls::pki_types::ServerName;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::Instant;

const CONNECT_MAX: Duration = Duration::from_secs(5);
const ANSWER_MAX: Duration = Duration::from_secs(20);
/// What a broker answers at once; a batch that is larger than what was asked for comes whole.
const FRAME_BYTES_MAX: usize = 64 << 20;
/// A connection that rested is asked whether it is still one; what waits for an answer must not find out.
const FRESH_FOR: Duration = Duration::from_secs(1);
const CLIENT: &str = "khlong";
const UNSUPPORTED_SASL_MECHANISM: i16 = 33;
const UNSUPPORTED_VERSION: i16 = 35;

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// How brokers are spoken to.
#[derive(Clone)]
pub struct Access {
    pub tls: Option<Arc<rustls::ClientConfig>>,
    pub login: Option<Login>,
}

pub struct Wire {
    pub place: Place,
    stream: Box<dyn Stream>,
    versions: HashMap<i16, (i16, i16)>,
    count: i32,
    used: Instant,
}

impl Wire {
    pub async fn connect(place: &Place, access: &Access) -> Result<Self, Error> {
        let late = || failure::unreachable(place, &"it did not answer in time");
        let connecting = tokio::time::timeout(CONNECT_MAX, stream(place, access)).await;
        let stream = connecting.unwrap_or_else(|_| Err(late()))?;
        let (versions, used) = (HashMap::new(), Instant::now());
        let mut wire = Self { place: place.clone(), stream, versions, count: 0, used };
        let meeting = tokio::time::timeout(CONNECT_MAX, wire.meet(access)).await;
        meeting.unwrap_or_else(|_| Err(late()))?;
        Ok(wire)
    }

    async fn meet(&mut self, access: &Access) -> Result<(), Error> {
        self.learn_versions().await.map_err(|error| match access.tls {
            // Whoever expects TLS hangs up on anything else.
            None => {
                failure::unreachable(&self.place, &format!("it does not speak Kafka without TLS: {error}"))
            }
            Some(_) => failure::unreachable(&self.place, &error),
        })?;
        match &access.login {
            Some(login) => self.sign_in(login).await,
            None => Ok(()),
        }
    }

    async fn learn_versions(&mut self) -> Result<(), Error> {
        let told = self.ask(ApiVersionsRequest::default(), 0).await?;
        // A broker that is newer than the question answers with what it has all the same.
        if told.error_code != 0 && told.error_code != UNSUPPORTED_VERSION {
            return Err(codes::error(&self.place, "its versions", told.error_code, None));
        }
        let versions = told.api_keys.into_iter();
        self.versions = versions.map(|one| (one.api_key, (one.min_version, one.max_version))).collect();
        Ok(())
    }

    async fn sign_in(&mut self, login: &Login) -> Result<(), Error> {
        let request =
            SaslHandshakeRequest::default().with_mechanism(StrBytes::from_static_str(login.mechanism.name()));
        let told = self.ask(request, 1).await.map_err(|error| failure::unreachable(&self.place, &error))?;
        if told.error_code == UNSUPPORTED_SASL_MECHANISM {
            let takes: Vec<&str> = told.mechanisms.iter().map(|one| one.as_str()).collect();
            return Err(Error::Connection {
                message: format!(
                    "{} does not take {}; it takes {}",
                    self.place,
                    login.mechanism.name(),
                    takes.join(", ")
                ),
                advice: "Choose in the connection how it signs in.".into(),
            });
        }
        if told.error_code != 0 {
            return Err(codes::error(&self.place, "the sign-in", told.error_code, None));
        }
        if login.mechanism == Mechanism::Plain {
            return self.authenticate(plain(login)).await.map(drop);
        }
        let scram = Scram::new(login, Source::system().nonce());
        let first = self.authenticate(scram.first()).await?;
        let strange = |place: &Place| failure::login(place, &"it does not sign in as SCRAM says");
        let proof = scram.prove(&first).ok_or_else(|| strange(&self.place))?;
        let last = self.authenticate(proof.message.clone()).await?;
        if proof.is_met_by(&last) { Ok(()) } else { Err(strange(&self.place)) }
    }

    async fn authenticate(&mut self, bytes: Vec<u8>) -> Result<Bytes, Error> {
        let request = SaslAuthenticateRequest::default().with_auth_bytes(bytes.into());
        let told = self.ask(request, 0).await.map_err(|error| failure::unreachable(&self.place, &error))?;
        match told.error_code {
            0 => Ok(told.auth_bytes),
            _ => {
                let said = told.error_message.as_ref().map_or("it was refused", |said| said.as_str());
                Err(failure::login(&self.place, &said))
            }
        }
    }

    /// The newest version of a request that both sides know, between these two.
    pub fn version<R: Request>(&self, oldest: i16, newest: i16) -> Result<i16, Error> {
        let (least, most) = self.versions.get(&R::KEY).copied().unwrap_or((0, -1));
        let version = newest.min(most);
        match version >= oldest.max(least) {
            true => Ok(version),
            false => Err(failure::refused(
                format!(
                    "Kafka at {} has no version of its request {} that is spoken here",
                    self.place,
                    R::KEY
                ),
                "Kafka 1.0 or newer is needed, or what speaks like it.",
            )),
        }
    }

    /// Whether it is still a connection.
    pub async fn is_up(&mut self) -> bool {
        if self.has_word() {
            return false;
        }
        if self.used.elapsed() < FRESH_FOR {
            return true;
        }
        matches!(tokio::time::timeout(CONNECT_MAX, self.learn_versions()).await, Ok(Ok(())))
    }

    /// Whether something is to be heard. Between two answers that is the broker hanging up, or no Kafka.
    fn has_word(&mut self) -> bool {
        let mut byte = [0];
        self.stream.read(&mut byte).now_or_never().is_some()
    }

    pub fn rested(&self) -> Duration {
        self.used.elapsed()
    }

    /// Asks, and waits for the answer. After an error nobody knows what would come next, so the connection is not used again.
    pub async fn ask<R: Request>(&mut self, request: R, version: i16) -> Result<R::Response, Error> {
        let asking = tokio::time::timeout(ANSWER_MAX, self.ask_on(&request, version)).await;
        let told = asking.unwrap_or_else(|_| Err("no answer in time".into()));
        self.used = Instant::now();
        told.map_err(|why| failure::unanswered(&self.place, &why))
    }

    async fn ask_on<R: Request>(&mut self, request: &R, version: i16) -> Result<R::Response, Why> {
        self.count = self.count.wrapping_add(1);
        let frame = frame(request, version, self.count)?;
        self.stream.write_all(&frame).await?;
        self.stream.flush().await?;
        let length = usize::try_from(self.stream.read_i32().await?).unwrap_or(usize::MAX);
        if length > FRAME_BYTES_MAX {
            return Err(format!("an answer of {length} bytes is too large, or no answer of Kafka").into());
        }
        let mut answer = vec![0; length];
        self.stream.read_exact(&mut answer).await?;
        let mut answer = Bytes::from(answer);
        let head = ResponseHeader::decode(&mut answer, R::Response::header_version(version))
            .map_err(|error| error.to_string())?;
        if head.correlation_id != self.count {
            return Err("it answers another question".into());
        }
        R::Response::decode(&mut answer, version).map_err(|error| error.to_string().into())
    }
}

type Why = Box<dyn std::error::Error + Send + Sync>;

fn frame<R: Request>(request: &R, version: i16, count: i32) -> Result<Bytes, Why> {
    let head = RequestHeader::default()
        .with_request_api_key(R::KEY)
        .with_request_api_version(version)
        .with_correlation_id(count)
        .with_client_id(Some(StrBytes::from_static_str(CLIENT)));
    let mut frame = BytesMut::new();
    frame.put_i32(0);
    head.encode(&mut frame, R::header_version(version)).map_err(|error| error.to_string())?;
    request.encode(&mut frame, version).map_err(|error| error.to_string())?;
    let length = i32::try_from(frame.len() - 4)?;
    frame[..4].copy_from_slice(&length.to_be_bytes());
    Ok(frame.freeze())
}

async fn stream(place: &Place, access: &Access) -> Result<Box<dyn Stream>, Error> {
    let tcp = place.connect().await?;
    let Some(tls) = &access.tls else { return Ok(Box::new(tcp)) };
    let name = ServerName::try_from(place.host.clone())
        .map_err(|_| failure::unreachable(place, &"no certificate can be for such a name"))?;
    let greeted = tokio_rustls::TlsConnector::from(tls.clone()).connect(name, tcp).await;
    let stream = greeted.map_err(|error| match error.kind() {
        // A broker without TLS takes the greeting for a frame without end.
        std::io::ErrorKind::UnexpectedEof | std::io::ErrorKind::ConnectionReset => {
            failure::connecting(place, &"TLS not supported")
        }
        _ => failure::connecting(place, &failure::chain(&error)),
    })?;
    Ok(Box::new(stream))
}
