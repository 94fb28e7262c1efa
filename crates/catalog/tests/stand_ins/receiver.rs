//! A door that takes whatever a vendor sends and keeps it as it came.

use crate::common::Knock;
use axum::Router;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use bytes::Bytes;
use serde_json::json;
use std::sync::{Arc, Mutex};
use tokio::task::JoinHandle;

/// What was sent, byte for byte.
#[derive(Clone)]
pub struct Sent {
    pub method: Method,
    pub query: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Sent {
    /// The same at a trigger's door.
    pub fn knock(&self) -> Knock {
        Knock {
            method: self.method.clone(),
            query: None,
            headers: self.headers.clone(),
            body: self.body.clone(),
            at: 0,
        }
    }

    /// The same with one byte of the body changed.
    pub fn forged(&self) -> Knock {
        let mut body = self.body.to_vec();
        let last = body.len() - 2;
        body[last] ^= 1;
        Knock { body: body.into(), ..self.knock() }
    }
}

pub struct Receiver {
    pub url: String,
    sent: Arc<Mutex<Vec<Sent>>>,
    task: JoinHandle<()>,
}

impl Receiver {
    pub async fn start() -> Self {
        let sent = Arc::<Mutex<Vec<Sent>>>::default();
        let kept = sent.clone();
        let take = move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
            let query = uri.query().unwrap_or_default().to_owned();
            kept.lock().unwrap().push(Sent { method, query, headers, body });
            std::future::ready("")
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks/vendor", listener.local_addr().unwrap());
        let app = Router::new().fallback(take);
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, sent, task }
    }

    /// Answers with everything that it was told, as a message and as a page.
    pub async fn echoing(status: u16) -> Self {
        let echo = move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
            let told = format!("{method} {uri} {headers:?} {}", String::from_utf8_lossy(&body));
            let said = json!({"message": told, "msg": told, "error": told, "errors": told, "error_description": told,
                "code": told, "data": {"message": told}, "status_desc": told, "desc": told, "resDesc": told});
            std::future::ready((StatusCode::from_u16(status).unwrap(), said.to_string()))
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new().fallback(echo);
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, sent: Arc::default(), task }
    }

    pub fn origin(&self) -> &str {
        &self.url
    }

    /// What came since this was asked last.
    pub fn all(&self) -> Vec<Sent> {
        std::mem::take(&mut *self.sent.lock().unwrap())
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}
