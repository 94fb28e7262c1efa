//! A real server on a free port, and who asks it.

use api::{SessionInfo, SetUp, SignIn};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use server::{App, Listening, Server, Settings};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub const PASSWORD: &str = "oolong from the north";
/// Between two looks at what only a look tells.
pub const A_MOMENT: std::time::Duration = std::time::Duration::from_millis(20);
pub const OWNER: &str = "owner@example.com";
pub const ORDER_TO_ERP: &str = include_str!("../../../../flows/order-to-erp.json");

pub struct Khlong {
    pub app: App,
    pub url: String,
    pub folder: TempDir,
    stop: CancellationToken,
    task: JoinHandle<anyhow::Result<()>>,
}

impl Khlong {
    pub async fn start() -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), |_| {}).await
    }

    pub async fn start_in(folder: TempDir, set: impl FnOnce(&mut Settings)) -> Self {
        let listening = Listening::at(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
        let url = format!("http://{}", listening.address());
        let mut settings = Settings::new(folder.path(), &url);
        settings.allow_private = true;
        settings.allow_network_dir = true;
        set(&mut settings);
        let app = App::open(&settings).await.unwrap();
        let stop = CancellationToken::new();
        let task = tokio::spawn(Server::open(app.clone(), listening).unwrap().run(stop.clone()));
        Self { app, url, folder, stop, task }
    }

    pub fn tell_to_stop(&self) {
        self.stop.cancel();
    }

    /// Stops it in order and gives its folder back.
    pub async fn stop(self) -> TempDir {
        self.stop.cancel();
        self.task.await.unwrap().unwrap();
        drop(self.app);
        released(self.folder.path()).await;
        self.folder
    }

    /// The run when it has ended; the engine tells when to look.
    pub async fn settled(&self, asker: &Asker, run: &str) -> Value {
        let mut changes = self.app.engine().watch();
        loop {
            let found = asker.get_json(&api::path::RUN.replace("{id}", run)).await;
            if matches!(found["run"]["state"].as_str(), Some("done" | "failed" | "cancelled")) {
                return found;
            }
            changes.recv().await.unwrap();
        }
    }

    pub fn visitor(&self) -> Asker {
        let http = reqwest::Client::builder().cookie_store(true).build().unwrap();
        Asker { http, url: self.url.clone(), way: Way::Csrf("visitor".into()) }
    }

    /// The owner, created and signed in.
    pub async fn owner(&self) -> Asker {
        let visitor = self.visitor();
        let answer = visitor.post(api::path::SET_UP, &set_up()).await;
        assert_eq!(answer.status(), StatusCode::OK);
        visitor.signed_in(answer).await
    }

    /// A program with a token of the given role.
    pub async fn program(&self, owner: &Asker, role: &str) -> Asker {
        let answer = owner.post(api::path::TOKENS, &json!({ "name": role, "role": role })).await;
        let created: api::CreatedToken = answer.json().await.unwrap();
        let http = reqwest::Client::new();
        Asker { http, url: self.url.clone(), way: Way::Token(created.token) }
    }
}

/// Tasks that were told to end hold the store for a moment longer; a process would just be gone.
async fn released(folder: &Path) {
    let mut settings = Settings::new(folder, "");
    settings.allow_network_dir = true;
    let freed = async {
        while settings.open_store().await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(RELEASED_MAX, freed).await.expect("the store is let go of");
}

const RELEASED_MAX: std::time::Duration = std::time::Duration::from_secs(20);

pub fn set_up() -> SetUp {
    SetUp { name: "Somchai".into(), email: OWNER.into(), password: PASSWORD.into(), code: String::new() }
}

pub fn sign_in(password: &str) -> SignIn {
    SignIn { email: OWNER.into(), password: password.into() }
}

#[derive(Clone)]
enum Way {
    Csrf(String),
    Token(String),
}

/// Somebody who asks the API.
#[derive(Clone)]
pub struct Asker {
    pub http: reqwest::Client,
    url: String,
    way: Way,
}

impl Asker {
    /// A program that asks a server elsewhere.
    pub fn with_token(url: &str, token: &str) -> Self {
        Self { http: reqwest::Client::new(), url: url.to_owned(), way: Way::Token(token.to_owned()) }
    }

    pub async fn signed_in(mut self, answer: Response) -> Self {
        let info: SessionInfo = answer.json().await.unwrap();
        self.way = Way::Csrf(info.csrf);
        self
    }

    pub fn token(&self) -> &str {
        match &self.way {
            Way::Token(token) => token,
            Way::Csrf(_) => panic!("this one has a session"),
        }
    }

    pub fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url));
        match &self.way {
            Way::Csrf(csrf) => request.header(api::CSRF_HEADER, csrf),
            Way::Token(token) => request.bearer_auth(token),
        }
    }

    pub async fn get(&self, path: &str) -> Response {
        self.ask(Method::GET, path).send().await.unwrap()
    }

    pub async fn get_json(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.json().await.unwrap()
    }

    pub async fn post(&self, path: &str, body: &impl serde::Serialize) -> Response {
        self.ask(Method::POST, path).json(body).send().await.unwrap()
    }

    pub async fn put(&self, path: &str, body: &impl serde::Serialize) -> Response {
        self.ask(Method::PUT, path).json(body).send().await.unwrap()
    }

    pub async fn delete(&self, path: &str) -> Response {
        self.ask(Method::DELETE, path).send().await.unwrap()
    }

    pub async fn import(&self, file: &str) -> Response {
        self.ask(Method::POST, api::path::FLOWS).body(file.to_owned()).send().await.unwrap()
    }

    pub async fn connect(&self, name: &str, connector: &str, fields: Value, secrets: Value) {
        let path = api::path::CONNECTION.replace("{name}", name);
        let body = json!({ "connector": connector, "fields": fields, "secrets": secrets });
        let answer = self.put(&path, &body).await;
        let status = answer.status();
        assert!(status.is_success(), "{status} {}", answer.text().await.unwrap());
    }
}

/// A flow that takes what is posted to a path and has no effect anywhere.
pub fn hook_flow(id: &str, path: &str) -> String {
    json!({
        "khlong": 1, "id": id, "name": id,
        "nodes": [
            { "id": "in", "use": "core/webhook", "with": { "path": path, "delivery_id": "x-delivery" } },
            { "id": "map", "use": "core/script", "with": { "script": "input" } },
        ],
        "edges": [{ "from": "in", "to": "map" }],
    })
    .to_string()
}

/// The code in an error's body.
pub async fn code(answer: Response) -> (u16, String) {
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap();
    (status, body["code"].as_str().unwrap_or_default().to_owned())
}
