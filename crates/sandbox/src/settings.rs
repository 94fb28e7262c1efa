//! What can be set at a stand-in while it runs: its keys, and how it behaves where the vendor's documents leave a choice.

use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::stand::{Vendor, lock, refuse};

/// A vendor's settings; cheap to share with whoever signs for it.
pub(crate) struct Settings<S>(Arc<Mutex<S>>);

impl<S> Clone for Settings<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<S: Clone + Serialize + DeserializeOwned> Settings<S> {
    pub(crate) fn new(first: S) -> Self {
        Self(Arc::new(Mutex::new(first)))
    }

    /// As they are now.
    pub(crate) fn get(&self) -> S {
        lock(&self.0).clone()
    }

    /// Changes the named ones and leaves the others.
    pub(crate) fn change(&self, wanted: Map<String, Value>) -> Result<S, String> {
        let mut held = lock(&self.0);
        let mut all = serde_json::to_value(&*held).map_err(|error| error.to_string())?;
        for (name, value) in wanted {
            *all.get_mut(&name).ok_or_else(|| format!("there is no setting {name:?}"))? = value;
        }
        *held = serde_json::from_value(all).map_err(|error| error.to_string())?;
        Ok(held.clone())
    }
}

/// A vendor that has settings.
pub(crate) trait Tunable: Vendor {
    type Values: Clone + Serialize + DeserializeOwned + Send + Sync + 'static;

    fn settings(&self) -> &Settings<Self::Values>;
}

/// `GET` and `PUT /_sandbox/settings`.
pub(crate) fn routes<V: Tunable>() -> Router<Arc<V>> {
    Router::new().route("/_sandbox/settings", get(show::<V>).put(change::<V>))
}

async fn show<V: Tunable>(State(vendor): State<Arc<V>>) -> Response {
    Json(vendor.settings().get()).into_response()
}

async fn change<V: Tunable>(State(vendor): State<Arc<V>>, body: Bytes) -> Response {
    let wanted = serde_json::from_slice(&body).map_err(|error| error.to_string());
    match wanted.and_then(|wanted| vendor.settings().change(wanted)) {
        Ok(now) => Json(now).into_response(),
        Err(message) => refuse(StatusCode::UNPROCESSABLE_ENTITY, &message),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Sample {
        key: String,
        limit: u32,
    }

    fn changed(wanted: Value) -> Result<Sample, String> {
        let settings = Settings::new(Sample { key: "a".to_owned(), limit: 1 });
        settings.change(wanted.as_object().unwrap().clone())
    }

    #[test]
    fn what_is_not_named_stays() {
        assert_eq!(changed(json!({ "limit": 2 })), Ok(Sample { key: "a".to_owned(), limit: 2 }));
    }

    #[test]
    fn an_unknown_name_or_a_wrong_value_changes_nothing() {
        assert!(changed(json!({ "limti": 2 })).unwrap_err().contains("limti"));
        assert!(changed(json!({ "limit": "two" })).is_err());
    }
}
