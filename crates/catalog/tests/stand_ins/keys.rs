//! A connection to each stand-in, with what the vendor would have given the shop.

use crate::common::{connection, sign_in};
use crate::world::World;
use connector::Connection;
use connector::sign_in::{Grant, Return};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Every vendor that has a stand-in, as its connector is called.
pub const ALL: [&str; 15] = [
    "flash",
    "flowaccount",
    "hubspot",
    "jt",
    "kex",
    "lazada",
    "line",
    "line_shopping",
    "odoo",
    "peak",
    "shopee",
    "shopify",
    "thailand_post",
    "tiktok_shop",
    "woocommerce",
];

/// What the stand-in of a connector's vendor is called.
pub fn stand_in(connector: &str) -> &str {
    match connector {
        "shopify" => "shop",
        "odoo" => "erp",
        other => other,
    }
}

impl World {
    /// A connection that can be used: with its keys, and signed in where the vendor asks for that.
    pub async fn connect(&self, connector: &str) -> Connection {
        match connector {
            "lazada" | "shopee" | "tiktok_shop" => self.consented(connector).await,
            "flowaccount" | "peak" | "thailand_post" => self.renewed(connector).await,
            _ => self.entered(connector),
        }
    }

    async fn renewed(&self, connector: &str) -> Connection {
        let mut connection = self.entered(connector);
        sign_in(&self.http(), &mut connection, Grant::Keys).await.unwrap();
        connection
    }

    /// Somebody presses "Allow" on the vendor's page.
    pub async fn consented(&self, connector: &str) -> Connection {
        let mut connection = self.entered(connector);
        let code = self.tell(stand_in(connector), "tokens", json!({"do": "consent"})).await["code"].clone();
        let query = BTreeMap::from([
            ("code".to_owned(), code.as_str().unwrap().to_owned()),
            ("shop_id".to_owned(), self.keys.shopee.shop_id.to_string()),
        ]);
        let verifier = SecretString::from("verifier");
        let back =
            Return { redirect_uri: "https://khlong.example.com/back", verifier: &verifier, query: &query };
        sign_in(&self.http(), &mut connection, Grant::Code(back)).await.unwrap();
        connection
    }

    /// What people enter.
    pub fn entered(&self, connector: &str) -> Connection {
        let (fields, secrets) = match connector {
            "odoo" | "shopify" | "woocommerce" | "lazada" | "shopee" | "line_shopping" | "tiktok_shop" => {
                self.of_a_shop(connector)
            }
            "flash" | "kex" | "jt" | "thailand_post" => self.of_a_courier(connector),
            _ => self.of_an_office(connector),
        };
        let secrets: Vec<(&str, &str)> =
            secrets.iter().map(|(name, secret)| (*name, secret.as_str())).collect();
        connection(connector, fields, &secrets)
    }

    fn of_a_shop(&self, connector: &str) -> (Value, Vec<(&'static str, String)>) {
        let (keys, url) = (&self.keys, self.url(stand_in(connector)));
        match connector {
            "shopify" => (
                json!({"shop_url": url, "client_id": keys.shop_client_id}),
                vec![
                    ("access_token", keys.shop_token.clone()),
                    ("client_secret", keys.webhook_secret.clone()),
                ],
            ),
            "woocommerce" => (
                json!({"store_url": url}),
                vec![
                    ("consumer_key", keys.woocommerce.consumer_key.clone()),
                    ("consumer_secret", keys.woocommerce.consumer_secret.clone()),
                    ("webhook_secret", keys.woocommerce.webhook_secret.clone()),
                ],
            ),
            "lazada" => (
                json!({"app_key": keys.lazada.app_key, "url": format!("{url}/rest"), "auth_url": url}),
                vec![("app_secret", keys.lazada.app_secret.clone())],
            ),
            "shopee" => (
                json!({"partner_id": keys.shopee.partner_id.to_string(), "url": url}),
                vec![("partner_key", keys.shopee.partner_key.clone())],
            ),
            "line_shopping" => (
                json!({"url": url}),
                vec![
                    ("api_key", keys.line_shopping.api_key.clone()),
                    ("webhook_secret", keys.line_shopping.webhook_secret.clone()),
                ],
            ),
            "tiktok_shop" => (
                json!({"app_key": keys.tiktok_shop.app_key, "service_id": keys.tiktok_shop.service_id, "url": url,
                    "auth_url": url}),
                vec![("app_secret", keys.tiktok_shop.app_secret.clone())],
            ),
            _ => (
                json!({"url": url, "database": keys.erp_database, "username": keys.erp_login}),
                vec![("api_key", keys.erp_api_key.clone())],
            ),
        }
    }

    fn of_a_courier(&self, connector: &str) -> (Value, Vec<(&'static str, String)>) {
        let (url, key) = (self.url(connector), |name| self.key(connector, name));
        match connector {
            "flash" => (json!({"url": url, "merchant_id": key("mch_id")}), vec![("secret_key", key("key"))]),
            "kex" => (
                json!({"url": format!("{url}/ediwebapi/SmartEDI/shipment_info"), "app_id": key("app_id")}),
                vec![("app_key", key("app_key")), ("push_key", "pushes-4711".to_owned())],
            ),
            "jt" => (
                json!({"url": format!("{url}/webopenplatformapi/api"), "api_account": key("api_account"),
                    "customer_code": key("customer_code")}),
                vec![("private_key", key("private_key")), ("password", key("password"))],
            ),
            _ => (
                json!({"eparcel_url": format!("{url}/webservice"), "tracking_url": format!("{url}/post/api/v1"),
                    "push_url": format!("{url}/post/api/v1"), "username": key("username"), "merchant_id": "1"}),
                vec![
                    ("tracking_key", key("static_key")),
                    ("password", key("password")),
                    ("push_key", key("webhook_bearer")),
                ],
            ),
        }
    }

    fn of_an_office(&self, connector: &str) -> (Value, Vec<(&'static str, String)>) {
        let (url, key) = (self.url(stand_in(connector)), |name| self.key(stand_in(connector), name));
        match connector {
            "flowaccount" => (
                json!({"api_url": format!("{url}/v1"), "client_id": key("client_id")}),
                vec![("client_secret", key("client_secret"))],
            ),
            "peak" => (
                json!({"api_url": format!("{url}/api/v1")}),
                vec![
                    ("connect_id", key("connect_id")),
                    ("connect_key", key("connect_key")),
                    ("user_token", key("user_token")),
                ],
            ),
            "hubspot" => (
                json!({"api_url": url, "client_id": key("client_id")}),
                vec![("token", key("private_token")), ("client_secret", key("client_secret"))],
            ),
            "line" => (
                json!({"api_url": url, "client_id": key("channel_id")}),
                vec![
                    ("client_secret", key("channel_secret")),
                    ("channel_access_token", key("channel_access_token")),
                ],
            ),
            other => panic!("{other} has no stand-in"),
        }
    }
}
