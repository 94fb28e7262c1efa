//! Kafka's sign-in. The stand-in of librdkafka knows none, so the broker here is one of ours, which does as RFC 5802 says and no
//! more: it is asked who comes, and tells of a cluster without topics.

use crate::common::*;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use connector::Connection;
use kafka_protocol::messages::api_versions_response::ApiVersion;
use kafka_protocol::messages::metadata_response::MetadataResponseBroker;
use kafka_protocol::messages::{
    ApiVersionsResponse, MetadataResponse, RequestHeader, ResponseHeader, SaslAuthenticateRequest,
    SaslAuthenticateResponse, SaslHandshakeRequest, SaslHandshakeResponse,
};
use kafka_protocol::protocol::{Decodable, Encodable, StrBytes};
use ring::{digest, hmac, pbkdf2};
use serde_json::json;
use std::num::NonZeroU32;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const PASSWORD: &str = "S3CRET-KAFKA";
const ROUNDS: NonZeroU32 = NonZeroU32::new(4096).expect("some");
const SALT: &[u8] = b"salt of the broker";
const REFUSED: i16 = 58;
const NO_SUCH_MECHANISM: i16 = 33;

/// A broker that takes one mechanism; gives its port.
async fn broker(takes: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(Session { takes, port, said: Vec::new(), is_in: false }.serve(stream));
        }
    });
    port
}

struct Session {
    takes: &'static str,
    port: u16,
    /// What both sides said of the proof so far.
    said: Vec<String>,
    is_in: bool,
}

fn written<M: Encodable>(message: &M, version: i16) -> Bytes {
    let mut bytes = BytesMut::new();
    message.encode(&mut bytes, version).expect("written");
    bytes.freeze()
}

fn text(text: impl Into<String>) -> StrBytes {
    StrBytes::from_string(text.into())
}

impl Session {
    /// Hangs up where it is asked for something before somebody is in.
    async fn serve(mut self, mut stream: TcpStream) -> Option<()> {
        loop {
            let length = stream.read_i32().await.ok()?;
            let mut frame = vec![0; usize::try_from(length).ok()?];
            stream.read_exact(&mut frame).await.ok()?;
            let mut frame = Bytes::from(frame);
            let head = RequestHeader::decode(&mut frame, 1).ok()?;
            let body = self.answer(head.request_api_key, head.request_api_version, &mut frame)?;
            let head = written(&ResponseHeader::default().with_correlation_id(head.correlation_id), 0);
            stream.write_i32(i32::try_from(head.len() + body.len()).ok()?).await.ok()?;
            stream.write_all(&[head, body].concat()).await.ok()?;
        }
    }

    fn answer(&mut self, key: i16, version: i16, frame: &mut Bytes) -> Option<Bytes> {
        match key {
            18 => {
                let range = |key: i16| {
                    ApiVersion::default().with_api_key(key).with_min_version(0).with_max_version(9)
                };
                let all = (0..40).map(range).collect();
                Some(written(&ApiVersionsResponse::default().with_api_keys(all), version))
            }
            17 => {
                let wanted = SaslHandshakeRequest::decode(frame, version).ok()?.mechanism;
                let code = if wanted.as_str() == self.takes { 0 } else { NO_SUCH_MECHANISM };
                let answer = SaslHandshakeResponse::default().with_error_code(code);
                Some(written(&answer.with_mechanisms(vec![text(self.takes)]), version))
            }
            36 => {
                let said = SaslAuthenticateRequest::decode(frame, version).ok()?.auth_bytes;
                let answer = SaslAuthenticateResponse::default();
                let answer = match self.prove(&String::from_utf8_lossy(&said)) {
                    Some(said) => answer.with_auth_bytes(said.into()),
                    None => answer
                        .with_error_code(REFUSED)
                        .with_error_message(Some(text("Authentication failed"))),
                };
                Some(written(&answer, version))
            }
            3 if self.is_in => {
                let broker = MetadataResponseBroker::default().with_host(text("127.0.0.1"));
                let brokers = vec![broker.with_port(self.port.into())];
                Some(written(&MetadataResponse::default().with_brokers(brokers), version))
            }
            _ => None,
        }
    }

    fn prove(&mut self, said: &str) -> Option<String> {
        if self.takes == "PLAIN" {
            self.is_in = said == format!("\0khlong\0{PASSWORD}");
            return self.is_in.then(String::new);
        }
        if let Some(first) = said.strip_prefix("n,,") {
            let nonce = first.split_once(",r=")?.1;
            let answer = format!("r={nonce}broker,s={},i={ROUNDS}", STANDARD.encode(SALT));
            self.said = vec![first.to_owned(), answer.clone()];
            return Some(answer);
        }
        let (last, proof) = said.split_once(",p=")?;
        let (hash, by, derive) = match self.takes {
            "SCRAM-SHA-512" => (&digest::SHA512, hmac::HMAC_SHA512, pbkdf2::PBKDF2_HMAC_SHA512),
            _ => (&digest::SHA256, hmac::HMAC_SHA256, pbkdf2::PBKDF2_HMAC_SHA256),
        };
        let mut salted = vec![0; hash.output_len()];
        pbkdf2::derive(derive, ROUNDS, SALT, PASSWORD.as_bytes(), &mut salted);
        let sign = |key: &[u8], text: &[u8]| hmac::sign(&hmac::Key::new(by, key), text).as_ref().to_vec();
        let all = format!("{},{last}", self.said.join(","));
        let stored = digest::digest(hash, &sign(&salted, b"Client Key"));
        let signature = sign(stored.as_ref(), all.as_bytes());
        let proof = STANDARD.decode(proof).ok()?;
        let key: Vec<u8> = proof.iter().zip(&signature).map(|(proof, signed)| proof ^ signed).collect();
        self.is_in = digest::digest(hash, &key).as_ref() == stored.as_ref();
        let server = sign(&sign(&salted, b"Server Key"), all.as_bytes());
        self.is_in.then(|| format!("v={}", STANDARD.encode(server)))
    }
}

fn user(port: u16, sasl: &str, password: &str) -> Connection {
    let fields =
        json!({"brokers": format!("127.0.0.1:{port}"), "tls": false, "sasl": sasl, "username": "khlong"});
    connection("kafka", fields, &[("password", password)])
}

#[tokio::test]
async fn a_user_signs_in_by_each_mechanism_and_a_wrong_password_is_said_without_it() {
    for (name, sasl) in
        [("PLAIN", "plain"), ("SCRAM-SHA-256", "scram_sha_256"), ("SCRAM-SHA-512", "scram_sha_512")]
    {
        let port = broker(name).await;
        let found = test(&user(port, sasl, PASSWORD)).await.expect(name);
        assert!(found.contains("1 brokers, 0 topics"), "{found}");
        let error = test(&user(port, sasl, "S3CRET-WRONG")).await.expect_err("refused");
        is_the_connection_s_fault(&error, "S3CRET-WRONG", "sign-in");
    }
}

#[tokio::test]
async fn another_mechanism_than_the_broker_s_is_told_with_those_that_it_takes() {
    let port = broker("SCRAM-SHA-512").await;
    let error = test(&user(port, "plain", PASSWORD)).await.expect_err("not that one");
    is_the_connection_s_fault(&error, PASSWORD, "it takes SCRAM-SHA-512");
    let error = test(&user(port, "none", PASSWORD)).await.expect_err("nobody is in");
    assert_eq!(error.code(), "E0303", "{error}");
}
