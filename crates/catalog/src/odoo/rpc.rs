//! Calling Odoo's methods, over JSON-2 or JSON-RPC.

use super::failure::{self, Exception};
use connector::http::{Answer, Call};
use connector::{ActionCx, Connection, Error, Http, PollCx};
use model::Span;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// The first release that speaks JSON-2.
const JSON2_SINCE: u64 = 19;
/// More databases than any installation talks to; beyond it, everything is asked anew.
const SESSIONS_MAX: usize = 256;
/// How long finding out about a server may take.
const ASK_TIMEOUT: Span = Span::from_secs(20);

/// How a database is called: found out once, then remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Session {
    Json2,
    /// JSON-RPC wants the user's number with every call.
    JsonRpc {
        uid: i64,
    },
}

/// What is known of the databases that were called.
#[derive(Clone, Default)]
pub struct Sessions(Arc<Mutex<HashMap<String, Session>>>);

/// What a server speaks is so for everybody who calls it.
static SHARED: LazyLock<Sessions> = LazyLock::new(Sessions::default);

impl Sessions {
    pub fn shared() -> &'static Self {
        &SHARED
    }

    fn find(&self, key: &str) -> Option<Session> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).copied()
    }

    fn keep(&self, key: &str, session: Session) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= SESSIONS_MAX {
            known.clear();
        }
        known.insert(key.to_owned(), session);
    }

    fn forget(&self, key: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

/// A database that can be called.
pub struct Rpc<'a> {
    server: Server<'a>,
    session: Session,
    sessions: &'a Sessions,
    timeout: Span,
}

impl<'a> Rpc<'a> {
    /// The database of an action's connection.
    pub async fn of(cx: &'a ActionCx<'a>) -> Result<Self, Error> {
        Self::open(cx.http, cx.connection()?, Sessions::shared(), cx.timeout).await
    }

    /// The database of a trigger's connection.
    pub async fn of_look(cx: &'a PollCx<'a>) -> Result<Self, Error> {
        let connection = cx.connection()?;
        Self::open(cx.http, connection, Sessions::shared(), cx.timeout).await
    }

    pub async fn open(
        http: &'a Http,
        connection: &'a Connection,
        sessions: &'a Sessions,
        timeout: Span,
    ) -> Result<Self, Error> {
        let server = Server::new(http, connection)?;
        let session = match sessions.find(&server.key()) {
            Some(session) => session,
            None => {
                let session = server.greet().await.map_err(failure::nothing_done)?;
                sessions.keep(&server.key(), session);
                session
            }
        };
        Ok(Self { server, session, sessions, timeout })
    }

    /// Calls a method of a model. `first` is its first argument with its name, `named` are the others.
    pub async fn call<T: DeserializeOwned>(
        &self,
        model: &str,
        method: &str,
        first: (&str, Value),
        named: Value,
    ) -> Result<T, Error> {
        let method = Method { model, name: method, first, named, key: "" };
        self.perform(method).await
    }

    /// Makes records, and gives their ids. Odoo takes no notice of the key; a proxy or a person reading logs may.
    pub async fn create(&self, model: &str, vals_list: Value, key: &str) -> Result<Vec<i64>, Error> {
        let method = Method { model, name: "create", first: ("vals_list", vals_list), named: json!({}), key };
        self.perform(method).await
    }

    async fn perform<T: DeserializeOwned>(&self, method: Method<'_>) -> Result<T, Error> {
        let called = format!("{}.{}", method.model, method.name);
        let done = match self.session {
            Session::Json2 => self.server.json2(method, self.timeout).await,
            Session::JsonRpc { uid } => self.server.execute(uid, method, self.timeout).await,
        };
        // The server may have been upgraded, or the user changed: find out anew the next time.
        if matches!(done, Err(Error::Connection { .. } | Error::Status { status: 404, .. })) {
            self.sessions.forget(&self.server.key());
        }
        serde_json::from_value(done?).map_err(|error| Error::Unreadable {
            host: self.server.host(),
            message: format!("{called} gave something else ({error})"),
        })
    }

    /// The fields among these that the model has: some come with a module or a release.
    pub async fn fields_of(&self, model: &str, wanted: &[&'static str]) -> Result<Vec<&'static str>, Error> {
        let named = json!({"attributes": ["type"]});
        let known: Map<String, Value> =
            self.call(model, "fields_get", ("allfields", json!(wanted)), named).await?;
        Ok(wanted.iter().copied().filter(|name| known.contains_key(*name)).collect())
    }

    /// Changes records.
    pub async fn write(&self, model: &str, ids: &[i64], vals: Value) -> Result<(), Error> {
        let done: Result<Value, Error> =
            self.call(model, "write", ("ids", json!(ids)), json!({"vals": vals})).await;
        done.map(drop)
    }

    pub async fn search_read<T: DeserializeOwned>(
        &self,
        model: &str,
        domain: Value,
        fields: &[&str],
        limit: usize,
    ) -> Result<Vec<T>, Error> {
        let named = json!({"fields": fields, "limit": limit, "order": "id"});
        self.call(model, "search_read", ("domain", domain), named).await
    }
}

/// One method to be called.
struct Method<'m> {
    model: &'m str,
    name: &'m str,
    /// JSON-RPC takes the first argument by its place: `create` wants that, and records can come no other way.
    first: (&'m str, Value),
    named: Value,
    /// Sent as `Idempotency-Key`, unless it is empty.
    key: &'m str,
}

/// What a connection says of a server.
struct Server<'a> {
    http: &'a Http,
    base: String,
    database: &'a str,
    username: &'a str,
    /// What the connection says is spoken there.
    protocol: &'a str,
    key: &'a SecretString,
}

impl<'a> Server<'a> {
    fn new(http: &'a Http, connection: &'a Connection) -> Result<Self, Error> {
        let text = |name: &str| connection.text(name).ok_or_else(|| incomplete(connection, name));
        Ok(Self {
            http,
            base: text("url")?.trim_end_matches('/').to_owned(),
            database: text("database")?,
            username: text("username")?,
            protocol: connection.text("protocol").unwrap_or("auto"),
            key: connection.secret("api_key").ok_or_else(|| incomplete(connection, "API key"))?,
        })
    }

    fn key(&self) -> String {
        [&self.base, self.database, self.username, self.protocol].join("\n")
    }

    fn host(&self) -> String {
        connector::http::read_url(&self.base)
            .map_or_else(|_| "Odoo".into(), |url| connector::http::host_of(&url))
    }

    /// Finds out which protocol to speak, and for JSON-RPC the user's number.
    async fn greet(&self) -> Result<Session, Error> {
        let json2 = match self.protocol {
            "json2" => true,
            "jsonrpc" => false,
            _ => self.release().await?.is_some_and(|(major, _)| major >= JSON2_SINCE),
        };
        if json2 {
            return Ok(Session::Json2);
        }
        match self.authenticate().await? {
            Some(uid) => Ok(Session::JsonRpc { uid }),
            None => Err(failure::of_exception(
                &self.host(),
                401,
                &Exception { name: "AccessDenied", message: "" },
            )),
        }
    }

    /// The release's number and name; only releases with JSON-2 answer here.
    async fn release(&self) -> Result<Option<(u64, String)>, Error> {
        let url = format!("{}/web/version", self.base);
        let answer = self.http.get(&url).timeout(ASK_TIMEOUT).send().await?;
        if answer.status.is_server_error() || answer.status.as_u16() == 429 {
            return Err(failure::of_answer(answer));
        }
        let body = answer.json::<Value>().unwrap_or_default();
        let major = body.pointer("/version_info/0").and_then(Value::as_u64);
        let name = body.get("version").and_then(Value::as_str).unwrap_or_default();
        Ok(major.map(|major| (major, name.to_owned())))
    }

    async fn json2(&self, method: Method<'_>, timeout: Span) -> Result<Value, Error> {
        let url = format!("{}/json/2/{}/{}", self.base, method.model, method.name);
        let mut body = Map::from_iter([(method.first.0.to_owned(), method.first.1)]);
        if let Value::Object(named) = method.named {
            body.extend(named);
        }
        let call =
            keyed(self.http.post(&url), method.key).bearer(self.key).header("x-odoo-database", self.database);
        let answer = call.timeout(timeout).json(&body).send().await?;
        if answer.status.is_success() { answer.json() } else { Err(failure::of_answer(answer)) }
    }

    async fn execute(&self, uid: i64, method: Method<'_>, timeout: Span) -> Result<Value, Error> {
        let key = self.key.expose_secret();
        let (model, name, first, named) = (method.model, method.name, method.first.1, method.named);
        let args = json!([self.database, uid, key, model, name, [first], named]);
        let url = format!("{}/jsonrpc", self.base);
        self.jsonrpc(keyed(self.http.post(&url), method.key), "object", "execute_kw", args, timeout).await
    }

    async fn authenticate(&self) -> Result<Option<i64>, Error> {
        let args = json!([self.database, self.username, self.key.expose_secret(), {}]);
        let url = format!("{}/jsonrpc", self.base);
        let uid = self.jsonrpc(self.http.post(&url), "common", "authenticate", args, ASK_TIMEOUT).await?;
        Ok(uid.as_i64())
    }

    async fn jsonrpc(
        &self,
        call: Call<'_>,
        service: &str,
        method: &str,
        args: Value,
        timeout: Span,
    ) -> Result<Value, Error> {
        let body = json!({
            "jsonrpc": "2.0", "method": "call", "id": 1,
            "params": {"service": service, "method": method, "args": args}
        });
        let answer = call.timeout(timeout).json(&body).send().await?;
        if !answer.status.is_success() {
            return Err(failure::of_answer(answer));
        }
        jsonrpc_result(&answer)
    }
}

fn keyed<'a>(call: Call<'a>, key: &str) -> Call<'a> {
    if key.is_empty() { call } else { call.retry_key(key) }
}

/// JSON-RPC answers 200 also when the call failed.
fn jsonrpc_result(answer: &Answer) -> Result<Value, Error> {
    let mut body: Value = answer.json()?;
    if let Some(error) = body.get("error") {
        let text = |place: &str| error.pointer(place).and_then(Value::as_str).unwrap_or_default();
        let exception = Exception {
            name: text("/data/name"),
            message: Some(text("/data/message")).filter(|said| !said.is_empty()).unwrap_or(text("/message")),
        };
        return Err(failure::of_exception(&answer.host(), 500, &exception));
    }
    body.get_mut("result").map(Value::take).ok_or_else(|| Error::Unreadable {
        host: answer.host(),
        message: "neither a result nor an error".into(),
    })
}

/// Tries a connection, and says what is there.
pub async fn describe(http: &Http, connection: &Connection, sessions: &Sessions) -> Result<String, Error> {
    let server = Server::new(http, connection)?;
    sessions.forget(&server.key());
    let release = server.release().await?.map(|(_, name)| name).unwrap_or_default();
    let rpc = Rpc::open(http, connection, sessions, ASK_TIMEOUT).await?;
    let protocol = match rpc.session {
        Session::Json2 => "JSON-2",
        Session::JsonRpc { .. } => "JSON-RPC",
    };
    let users: Vec<Value> =
        rpc.search_read("res.users", json!([["login", "=", server.username]]), &["name"], 1).await?;
    let name = users.first().and_then(|user| user.get("name")?.as_str()).unwrap_or(server.username);
    Ok(format!("Odoo {release} by {protocol}, as {name}").replace("  ", " "))
}

fn incomplete(connection: &Connection, what: &str) -> Error {
    Error::Connection {
        message: format!("the connection \"{}\" has no {what}", connection.name),
        advice: "Complete the connection.".into(),
    }
}
