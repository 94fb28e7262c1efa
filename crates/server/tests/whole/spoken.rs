//! Everything the whole program says, in answers and in its log, about secrets that it was given.

use crate::process::{KHLONG, text};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// As a person would recognise them; what is sent for the password is its base64.
const PASSWORD: &str = "pa55word-of-the-erp";
const PASSWORD_SENT: &str = "a2hsb25nOnBhNTV3b3JkLW9mLXRoZS1lcnA=";
const TOKEN: &str = "t0ken-of-the-courier";
const SIGNING: &str = "s1gning-secret-of-the-shop";
const GUESS: &str = "gue55-at-the-door";
const OWNERS: &str = "0wners-long-password";

/// The program with everything it writes.
struct Program {
    child: Child,
    url: String,
    out: BufReader<std::process::ChildStdout>,
}

impl Program {
    fn start(folder: &Path, more: &[&str]) -> Self {
        let log = std::fs::File::create(folder.join("log")).unwrap();
        let mut command = Command::new(KHLONG);
        command.args(["serve", "--json", "--port", "0", "--allow-private", "--allow-network-dir"]);
        command.args(["--log", "trace", "--data"]).arg(folder.join("data")).args(more);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).expect("one line of JSON");
        Self { child, url: text(&ready, "url").to_owned(), out }
    }

    /// Ends it as an administrator does, and gives what it wrote after the first line, and its log.
    fn stop(mut self, folder: &Path) -> String {
        let told = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(told.success());
        assert!(self.child.wait().unwrap().success());
        let mut said = String::new();
        self.out.read_to_string(&mut said).unwrap();
        said.push_str(&String::from_utf8_lossy(&std::fs::read(folder.join("log")).unwrap()));
        said
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A target that refuses everything and repeats what it was sent, as careless ones do.
async fn echoing_target() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut asked = vec![0; 16 << 10];
                let read = stream.read(&mut asked).await.unwrap_or(0);
                let echo = String::from_utf8_lossy(&asked[..read]).into_owned();
                let body = json!({ "error": "refused", "you_sent": echo }).to_string();
                let head = "HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-type: application/json";
                let answer = format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
                let _ = stream.write_all(answer.as_bytes()).await;
            });
        }
    });
    url
}

/// Asks, and keeps every answer.
struct Asker {
    http: Client,
    url: String,
    csrf: String,
    heard: String,
}

impl Asker {
    fn new(program: &Program) -> Self {
        let http = Client::builder().cookie_store(true).build().unwrap();
        Self { http, url: program.url.clone(), csrf: "visitor".into(), heard: String::new() }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url));
        request.header(api::CSRF_HEADER, &self.csrf)
    }

    async fn hear(&mut self, request: RequestBuilder) -> (StatusCode, Value) {
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let headers = format!("{:?}", answer.headers());
        let body = answer.text().await.unwrap();
        self.heard.push_str(&headers);
        self.heard.push_str(&body);
        (status, serde_json::from_str(&body).unwrap_or_default())
    }

    async fn get(&mut self, path: &str) -> Value {
        self.hear(self.request(Method::GET, path)).await.1
    }

    async fn send(&mut self, method: Method, path: &str, body: &Value) -> (StatusCode, Value) {
        self.hear(self.request(method, path).json(body)).await
    }

    async fn set_up(&mut self, code: &str) -> StatusCode {
        let owner = json!({ "name": "O", "email": "o@example.com", "password": OWNERS, "code": code });
        let (status, session) = self.send(Method::POST, api::path::SET_UP, &owner).await;
        if status.is_success() {
            self.csrf = text(&session, "csrf").to_owned();
        }
        status
    }

    async fn connect(&mut self, name: &str, connector: &str, fields: Value, secrets: Value) {
        let path = api::path::CONNECTION.replace("{name}", name);
        let body = json!({ "connector": connector, "fields": fields, "secrets": secrets });
        assert_eq!(self.send(Method::PUT, &path, &body).await.0, StatusCode::OK, "{name}");
    }

    async fn ended(&mut self, run: &str) -> Value {
        loop {
            let found = self.get(&api::path::RUN.replace("{id}", run)).await;
            if found["run"]["finished_at"].is_number() {
                return found;
            }
            tokio::task::yield_now().await;
        }
    }
}

/// A flow behind a signed webhook whose only call goes out with the connection's credentials, to be refused.
fn calls(id: &str, connection: &str) -> Value {
    json!({
        "khlong": 1, "id": id, "name": id,
        "nodes": [
            { "id": "in", "use": "core/webhook", "connection": "signed", "with": { "path": id, "auth": "hmac" } },
            { "id": "call", "use": "http/request", "connection": connection,
              "with": { "method": "POST", "url": "/orders", "body": { "id": "${input.id}" } } },
        ],
        "edges": [{ "from": "in", "to": "call" }],
    })
}

fn signature(body: &str) -> String {
    use hmac::{Hmac, Mac};
    let mac = Hmac::<sha2::Sha256>::new_from_slice(SIGNING.as_bytes()).unwrap();
    hex::encode(mac.chain_update(body.as_bytes()).finalize().into_bytes())
}

/// Everything that fails while secrets are at hand.
async fn let_things_fail(asker: &mut Asker, target: &str) {
    let basic = json!({ "base_url": target, "auth": "basic", "username": "khlong", "test_url": format!("{target}/me") });
    asker.connect("erp", "http", basic, json!({ "password": PASSWORD })).await;
    let bearer = json!({ "base_url": target, "auth": "bearer", "test_url": format!("{target}/me") });
    asker.connect("courier", "http", bearer, json!({ "token": TOKEN })).await;
    asker.connect("signed", "core", json!({}), json!({ "hmac_secret": SIGNING })).await;
    for (flow, connection) in [("to-erp", "erp"), ("to-courier", "courier")] {
        let test = api::path::CONNECTION_TEST.replace("{name}", connection);
        let (_, tested) = asker.send(Method::POST, &test, &json!({})).await;
        assert_eq!(tested["ok"], false, "the target refuses");
        let (status, imported) = asker.send(Method::POST, api::path::FLOWS, &calls(flow, connection)).await;
        assert_eq!(status, StatusCode::OK, "{imported}");
        let body = r#"{"id":1}"#;
        let hook = format!("{}/hooks/{flow}", asker.url);
        let deliver = |signature: String, body: &str| {
            let request = asker.http.post(&hook).header("x-signature", signature);
            request.header("content-type", "application/json").body(body.to_owned())
        };
        let (right, wrong) = (deliver(signature(body), body), deliver(GUESS.into(), body));
        let broken = deliver(signature("{"), "{");
        assert_eq!(asker.hear(wrong).await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(asker.hear(broken).await.0, StatusCode::BAD_REQUEST);
        let (status, started) = asker.hear(right).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{started}");
        let run = asker.ended(text(&started, "run")).await;
        assert_eq!(run["run"]["state"], "failed", "{run}");
    }
    let unknown =
        json!({ "connector": "http", "fields": {}, "secrets": { "token": TOKEN, "colour": PASSWORD } });
    let path = api::path::CONNECTION.replace("{name}", "other");
    assert_eq!(asker.send(Method::PUT, &path, &unknown).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let misspelt = json!({ "connector": "http", "secrets": PASSWORD });
    assert_eq!(asker.send(Method::PUT, &path, &misspelt).await.0, StatusCode::BAD_REQUEST);
    let guess = json!({ "email": "o@example.com", "password": GUESS });
    assert_eq!(asker.send(Method::POST, api::path::SESSION, &guess).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn nothing_that_is_said_anywhere_holds_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path(), &[]);
    let target = echoing_target().await;
    let mut asker = Asker::new(&program);
    assert_eq!(asker.set_up("").await, StatusCode::OK);
    let made = json!({ "name": "program", "role": "owner" });
    let made = asker.request(Method::POST, api::path::TOKENS).json(&made).send().await.unwrap();
    let khl: Value = made.json().await.unwrap();
    let with_token =
        asker.http.get(format!("{}{}", asker.url, api::path::RUNS)).bearer_auth(text(&khl, "token"));
    assert_eq!(asker.hear(with_token).await.0, StatusCode::OK);
    let_things_fail(&mut asker, &target).await;
    for path in [
        api::path::CONNECTIONS,
        api::path::RUNS,
        api::path::FLOWS,
        &api::path::FLOW_EXPORT.replace("{id}", "to-erp"),
        &api::path::FLOW_EXPORT.replace("{id}", "to-courier"),
        api::path::AUDIT,
        api::path::TOKENS,
        "/metrics",
    ] {
        asker.get(path).await;
    }
    let said = program.stop(folder.path());
    assert!(said.contains("ready"), "the log was looked at");
    assert!(!said.contains("default implementation"), "sessions are created by our own hand");
    let secrets = [PASSWORD, PASSWORD_SENT, TOKEN, SIGNING, GUESS, OWNERS, text(&khl, "token")];
    for (place, words) in [("an answer", &asker.heard), ("the log", &said)] {
        for secret in secrets {
            if let Some(at) = words.find(secret) {
                let begin = words[..at].char_indices().rev().nth(300).map_or(0, |(at, _)| at);
                panic!("{secret} is in {place}: {}", &words[begin..at + secret.len()]);
            }
        }
    }
}

#[tokio::test]
async fn the_set_up_code_is_in_the_log_where_others_can_come_and_only_there() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path(), &["--listen", "0.0.0.0"]);
    let mut asker = Asker::new(&program);
    assert_eq!(asker.get(api::path::SESSION).await["set_up_code"], true);
    assert_eq!(asker.set_up("").await, StatusCode::FORBIDDEN);
    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    let code = log.split_once("code=").and_then(|(_, rest)| rest.split_whitespace().next()).unwrap();
    let code = code.trim_matches('"');
    assert_eq!(asker.set_up(code).await, StatusCode::OK);
    assert!(!asker.heard.contains(code), "no answer holds the code");
}
