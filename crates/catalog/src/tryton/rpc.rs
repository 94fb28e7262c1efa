//! Calling Tryton's methods in a session that is kept.

use super::{failure, typed};
use crate::{address, office};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use connector::http::Answer;
use connector::{ActionCx, Connection, Error, Http, PollCx};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// More databases than any installation talks to; beyond it, everybody signs in anew.
const SESSIONS_MAX: usize = 256;
/// What stands in for the number of a request: answers come one by one.
const CALL: u8 = 1;

/// How a database is called by one user.
#[derive(Clone)]
struct Session {
    /// Series before 8.0 have no `rpc` at the end.
    path: &'static [&'static str],
    authorization: SecretString,
}

static SESSIONS: Mutex<Option<HashMap<String, Session>>> = Mutex::new(None);

fn sessions() -> MutexGuard<'static, Option<HashMap<String, Session>>> {
    SESSIONS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn keep(key: String, session: Session) {
    let mut known = sessions();
    let known = known.get_or_insert_default();
    if known.len() >= SESSIONS_MAX {
        known.clear();
    }
    known.insert(key, session);
}

pub struct Rpc<'a> {
    http: &'a Http,
    pub connection: &'a Connection,
    base: &'a str,
    database: &'a str,
    username: &'a str,
    password: &'a SecretString,
    pub company: i64,
}

impl<'a> Rpc<'a> {
    pub fn new(http: &'a Http, connection: &'a Connection) -> Result<Self, Error> {
        let company = connection.text("company").unwrap_or("1").trim();
        let company = company.parse().map_err(|_| Error::Connection {
            message: format!("\"{company}\" is no company's id"),
            advice: "Write its number into the connection, such as 1.".into(),
        })?;
        Ok(Self {
            http,
            connection,
            base: connection.need("url")?,
            database: connection.need("database")?,
            username: connection.need("username")?,
            password: connection.need_secret("password")?,
            company,
        })
    }

    pub fn of(cx: &ActionCx<'a>) -> Result<Self, Error> {
        Self::new(cx.http, cx.connection()?)
    }

    pub fn of_look(cx: &'a PollCx<'a>) -> Result<Self, Error> {
        Self::new(cx.http, office::of_look(cx, super::SYSTEM.name)?)
    }

    pub fn now(&self) -> i64 {
        self.http.source().now()
    }

    /// Calls a method of a model, in the context of the company.
    pub async fn call(&self, method: &str, params: Vec<Value>) -> Result<Value, Error> {
        self.call_with(method, params, Map::new()).await
    }

    pub async fn call_with(
        &self,
        method: &str,
        mut params: Vec<Value>,
        mut context: Map<String, Value>,
    ) -> Result<Value, Error> {
        context.insert("company".into(), self.company.into());
        params.push(Value::Object(context));
        let method = format!("model.{method}");
        let known = sessions().as_ref().and_then(|known| known.get(&self.key()).cloned());
        if let Some(session) = known {
            let answer = self.post(session.path, Some(&session.authorization), &method, &params).await?;
            // A session ends when nobody calls for a while. Nothing was done, and one sign-in repairs it.
            if answer.status.as_u16() != 401 {
                return result(answer);
            }
        }
        let session = self.login().await?;
        result(self.post(session.path, Some(&session.authorization), &method, &params).await?)
    }

    /// Rows with these fields, amounts and times as everybody reads them.
    pub async fn search_read(
        &self,
        model: &str,
        domain: Value,
        order: Value,
        fields: &[&str],
        most: usize,
    ) -> Result<Vec<Value>, Error> {
        let params = vec![domain, 0.into(), most.into(), order, json!(fields)];
        rows(self.call(&format!("{model}.search_read"), params).await?)
    }

    pub async fn read(&self, model: &str, ids: &[i64], fields: &[&str]) -> Result<Vec<Value>, Error> {
        rows(self.call(&format!("{model}.read"), vec![json!(ids), json!(fields)]).await?)
    }

    /// Makes one record, and gives its id.
    pub async fn create(&self, model: &str, vals: Value) -> Result<i64, Error> {
        let made = self.call(&format!("{model}.create"), vec![json!([vals])]).await?;
        made.get(0).and_then(Value::as_i64).ok_or_else(|| office::unread("Tryton", "the record"))
    }

    pub async fn write(&self, model: &str, id: i64, vals: Value) -> Result<(), Error> {
        self.call(&format!("{model}.write"), vec![json!([id]), vals]).await.map(drop)
    }

    /// Presses a button on one record.
    pub async fn press(&self, model: &str, button: &str, id: i64) -> Result<Value, Error> {
        self.call(&format!("{model}.{button}"), vec![json!([id])]).await
    }

    /// With the password's digest: whoever writes another one does not get into the session of who knows it.
    fn key(&self) -> String {
        let password = hex::encode(Sha256::digest(self.password.expose_secret()));
        format!("{}\n{}\n{}\n{password}", self.base, self.database, self.username)
    }

    async fn login(&self) -> Result<Session, Error> {
        let params = vec![json!(self.username), json!({"password": self.password.expose_secret()})];
        let mut path: &'static [&'static str] = &["rpc", ""];
        let mut answer = self.post(path, None, "common.db.login", &params).await?;
        if matches!(answer.status.as_u16(), 404 | 405) {
            path = &[""];
            answer = self.post(path, None, "common.db.login", &params).await?;
        }
        let told = result(answer)?;
        let (Some(user), Some(token)) = (told.get(0), told.get(1).and_then(Value::as_str)) else {
            return Err(failure::not_let_in());
        };
        let authorization = STANDARD.encode(format!("{}:{user}:{token}", self.username));
        let session = Session { path, authorization: format!("Session {authorization}").into() };
        keep(self.key(), session.clone());
        Ok(session)
    }

    async fn post(
        &self,
        path: &[&str],
        authorization: Option<&SecretString>,
        method: &str,
        params: &[Value],
    ) -> Result<Answer, Error> {
        let parts: Vec<&str> = [self.database].iter().chain(path).copied().collect();
        let call = self.http.post(&address::below(self.base, &parts)?);
        let call = match authorization {
            Some(authorization) => call.secret_header("authorization", authorization),
            None => call,
        };
        call.json(&json!({"id": CALL, "method": method, "params": params})).send().await
    }
}

/// Tryton answers 200 also when the call failed.
fn result(answer: Answer) -> Result<Value, Error> {
    if !answer.status.is_success() {
        return Err(failure::of(answer));
    }
    let mut body: Value = answer.json()?;
    if let Some(error) = body.get("error") {
        return Err(failure::of_error(&answer.host(), error));
    }
    body.get_mut("result").map(Value::take).ok_or_else(|| Error::Unreadable {
        host: answer.host(),
        message: "neither a result nor an error".into(),
    })
}

pub fn rows(told: Value) -> Result<Vec<Value>, Error> {
    match typed::plain(told) {
        Value::Array(rows) => Ok(rows),
        _ => Err(Error::Unreadable { host: "Tryton".into(), message: "no list of records".into() }),
    }
}

/// Tries a connection anew, and says what is there.
pub async fn describe(http: &Http, connection: &Connection) -> Result<String, Error> {
    let rpc = Rpc::new(http, connection)?;
    if let Some(known) = sessions().as_mut() {
        known.remove(&rpc.key());
    }
    let found = rpc.read("company.company", &[rpc.company], &["rec_name"]).await?;
    let name = found.first().map(|company| office::text(company, "rec_name")).unwrap_or_default();
    Ok(format!("Tryton, {name}"))
}

/// The id of a record, and those in a field of many.
pub fn id(row: &Value) -> i64 {
    row.get("id").and_then(Value::as_i64).unwrap_or_default()
}

pub fn ids(row: &Value, field: &str) -> Vec<i64> {
    row.get(field).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_i64).collect()
}
