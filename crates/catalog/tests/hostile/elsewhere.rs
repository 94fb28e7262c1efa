//! Servers that send calls elsewhere, and such as are not who they should be.

use crate::calls::{self, Call, Ended};
use crate::judge;
use crate::secrets;
use crate::server::{Asked, Reply, Server};
use rcgen::CertifiedKey;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::AsyncReadExt;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

const MOVED: [u16; 5] = [301, 302, 303, 307, 308];

#[tokio::test(flavor = "multi_thread")]
async fn nobody_follows_a_redirect_to_an_address_that_is_never_called() {
    for status in MOVED {
        for address in
            ["http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "file:///etc/passwd"]
        {
            let reply = Reply::of(status, &[("location", address)], "");
            let ended = calls::everything(move |_, _| reply.clone()).await;
            let mut wrong = Vec::new();
            for ended in ended.iter().filter(|ended| !ended.asked().is_empty()) {
                judge::is_silent(ended, &mut wrong);
                match &ended.result {
                    Ok(output) => wrong.push(format!("{} at {status}: {output}", ended.call.name())),
                    Err(error) if status == 303 && is_doubted(ended) && !error.may_have_happened() => {
                        wrong.push(format!("{} at {status} is called undone: {error:?}", ended.call.name()));
                    }
                    Err(_) => {}
                }
            }
            judge::none(wrong);
        }
    }
}

/// Whoever follows from a GET cannot know that it was one of the few that change something.
fn is_doubted(ended: &Ended) -> bool {
    let last = ended.asked().last().filter(|asked| asked.method != "GET").cloned();
    ended.changes && last.is_some_and(|asked| !crate::reading::only_reads(&ended.call.connector, &asked))
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_sent_to_another_host_takes_no_secret_along() {
    for status in MOVED {
        let other = Server::saying(Reply::json(401, r#"{"message": "who are you?"}"#)).await;
        let location = format!("{}/taken", other.url);
        let send = move |_: &Call, _: &Asked| Reply::of(status, &[("location", location.as_str())], "");
        let ended = calls::everything(send).await;
        let mut wrong = Vec::new();
        ended.iter().for_each(|ended| judge::is_silent(ended, &mut wrong));
        let known: BTreeSet<String> = ended.iter().flat_map(|ended| secrets::of(&ended.connection)).collect();
        for asked in other.asked() {
            let whole = asked.whole();
            let told = secrets::said(&whole, &known);
            wrong.extend(told.map(|secret| format!("{secret} is told at {status}: {whole}")));
            if !asked.body.is_empty() {
                wrong.push(format!("a body goes to another host at {status}: {whole}"));
            }
        }
        wrong.sort();
        wrong.dedup();
        judge::none(wrong);
    }
}

/// A server with a certificate that it gave itself; counts the bytes that it was told after the handshake.
async fn impostor(name: &str) -> (u16, Arc<AtomicUsize>) {
    let CertifiedKey { cert, signing_key } = rcgen::generate_simple_self_signed([name.into()]).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let told = Arc::<AtomicUsize>::default();
    let count = told.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, count) = (acceptor.clone(), count.clone());
            tokio::spawn(async move {
                if let Ok(mut stream) = acceptor.accept(stream).await {
                    let mut bytes = Vec::new();
                    stream.read_to_end(&mut bytes).await.ok();
                    count.fetch_add(bytes.len(), Ordering::SeqCst);
                }
            });
        }
    });
    (port, told)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_who_it_should_be_is_told_nothing() {
    let catalog = catalog::all();
    for name in ["localhost", "shop.example.com"] {
        let (port, told) = impostor(name).await;
        let url = format!("https://localhost:{port}");
        let mut wrong = Vec::new();
        for call in calls::all(&catalog) {
            // The server that it would have been is never asked.
            let server = Server::saying(Reply::Hangup { reset: true }).await;
            let ended = calls::make(&catalog, call, server, &url).await;
            judge::is_silent(&ended, &mut wrong);
            match &ended.result {
                Err(error) if error.may_have_happened() => {
                    wrong.push(format!("{} is in doubt: {error:?}", ended.call.name()));
                }
                Err(error) if error.code() == "E0303" && !error.to_string().contains("localhost") => {
                    wrong.push(format!("{} does not say where: {error}", ended.call.name()));
                }
                Err(_) | Ok(_) => {}
            }
        }
        judge::none(wrong);
        assert_eq!(told.load(Ordering::SeqCst), 0, "{name} was told something");
    }
}
