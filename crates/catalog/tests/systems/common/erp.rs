//! The stand-in for an ERP, and a connection to it.

use super::{Runner, connection};
use connector::Connection;
use sandbox::{Keys, Options, Running, Sandbox, Series};
use serde_json::{Value, json};

pub struct Erp {
    pub running: Running,
    pub keys: Keys,
}

impl Erp {
    pub async fn start(series: Series) -> Self {
        Self::with(|keys| Options { series, ..Options::new(keys) }).await
    }

    pub async fn with(options: impl FnOnce(Keys) -> Options) -> Self {
        let keys = Keys::random().unwrap();
        let running = Sandbox::start(options(keys.clone())).await.unwrap();
        Self { running, keys }
    }

    /// Over a protocol by its name, or `auto`.
    pub fn connection(&self, protocol: &str) -> Connection {
        let fields = json!({
            "url": self.running.erp_url, "database": self.keys.erp_database, "username": self.keys.erp_login,
            "protocol": protocol
        });
        connection("odoo", fields, &[("api_key", &self.keys.erp_api_key)])
    }
    pub fn runner(&self, protocol: &str) -> Runner {
        Runner::new("odoo/create_sales_order", Some(self.connection(protocol)))
    }

    pub async fn fault(&self, plan: Value) {
        let url = format!("{}/_sandbox/faults", self.running.erp_url);
        let http = self.runner("auto").http;
        http.post(&url).json(&plan).send().await.unwrap().error_for_status(|_| None).unwrap();
    }

    pub async fn orders(&self) -> Vec<Value> {
        let url = format!("{}/_sandbox/orders", self.running.erp_url);
        let http = self.runner("auto").http;
        http.get(&url).send().await.unwrap().json().unwrap()
    }
}
