//! One vendor's stand-in, as a test uses it.

use serde_json::{Value, json};

use crate::client::{Client, Listener, start};

pub struct Booth {
    pub client: Client,
    /// The settings, keys among them, as they were in the beginning.
    pub settings: Value,
    name: &'static str,
}

impl Booth {
    pub async fn open(name: &'static str) -> Self {
        let client = start().await;
        let settings =
            client.get(format!("{}/_sandbox", client.running.url)).await["vendor_keys"][name].clone();
        assert!(settings.is_object(), "the guide has no keys of {name}");
        Self { client, settings, name }
    }

    pub fn url(&self, path: &str) -> String {
        self.client.handle().vendor_url(self.name) + path
    }

    /// One of the settings that is a text.
    pub fn key(&self, name: &str) -> &str {
        self.settings[name].as_str().unwrap()
    }

    pub async fn set(&self, settings: Value) {
        let request = self.client.http.put(self.url("/_sandbox/settings")).body(settings.to_string());
        let (status, answer) = self.client.send(request).await;
        assert_eq!(status, 200, "{answer}");
    }

    pub async fn control(&self, path: &str, wish: Value) -> (u16, Value) {
        self.client.post(self.url(&format!("/_sandbox/{path}")), &wish).await
    }

    pub async fn fault(&self, plan: Value) {
        let (status, answer) = self.control("faults", plan).await;
        assert_eq!(status, 201, "{answer}");
    }

    /// Gets all that the vendor sends from now on.
    pub async fn listener(&self) -> Listener {
        let listener = Listener::answering(&[]).await;
        let target = json!({ "url": listener.url });
        let request = self.client.http.put(self.url("/_sandbox/webhooks")).body(target.to_string());
        let (status, answer) = self.client.send(request).await;
        assert_eq!(status, 200, "{answer}");
        listener
    }

    pub async fn advance(&self, reference: &str, to: &str) -> Value {
        let (status, answer) = self.control("advance", json!({ "ref": reference, "to": to })).await;
        assert_eq!(status, 200, "{answer}");
        answer
    }

    pub async fn received(&self, kind: &str) -> Vec<Value> {
        let list = self.client.get(self.url(&format!("/_sandbox/received?kind={kind}"))).await;
        list.as_array().unwrap().clone()
    }
}
