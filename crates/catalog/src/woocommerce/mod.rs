//! WooCommerce: the shop software that runs on one's own WordPress, by its REST API v3.

mod api;
mod batch;
mod cancel_order;
mod changed;
mod create_refund;
mod customers_changed;
mod examples;
mod failure;
mod find_customers;
mod find_orders;
mod find_refunds;
mod fulfil_order;
mod get_customer;
mod get_order;
mod get_refund;
mod guide;
mod lookup;
mod note_invoice;
mod oauth1;
mod parcel;
mod push_price;
mod push_product;
mod push_stock;
mod refund_spec;
mod refunds_changed;
mod search;
mod set_tracking;
mod sku;
mod subscribe_webhooks;
mod terms;
mod topics;
mod update_order_status;
mod walk;
mod webhook;

use api::Api;
use async_trait::async_trait;
use connector::action;
use connector::lookup::{Page, Wanted};
use connector::{Connection, Connector, Error, Http, Parts};
use model::ConnectorSpec;
use serde_json::Value;

pub struct WooCommerce;

#[async_trait]
impl Connector for WooCommerce {
    fn spec(&self) -> ConnectorSpec {
        guide::spec()
    }

    async fn test(&self, http: &Http, connection: &Connection) -> Result<String, Error> {
        let api = Api::of(http, connection, api::ASK_TIMEOUT)?;
        let index = api.get("", &[("_fields", "name,namespaces".to_owned())]).await?;
        let spaces = index.get("namespaces").and_then(Value::as_array);
        if !spaces.is_some_and(|spaces| spaces.iter().any(|space| space == "wc/v3")) {
            return Err(Error::Connection {
                message: "WordPress answers, but WooCommerce does not".into(),
                advice: "Install and switch on WooCommerce 3.5 or newer in the store.".into(),
            });
        }
        let pairs = [("_fields", "environment,settings".to_owned())];
        let status = api.get("wc/v3/system_status", &pairs).await?;
        let text = |place: &str| status.pointer(place).and_then(Value::as_str).unwrap_or_default();
        let name = index.get("name").and_then(Value::as_str).unwrap_or_default();
        Ok(format!("{name}: WooCommerce {}, {}", text("/environment/version"), text("/settings/currency")))
    }

    fn lookups(&self) -> Vec<&'static str> {
        vec![lookup::STATUS]
    }

    async fn look_up(&self, http: &Http, connection: &Connection, wanted: &Wanted) -> Result<Page, Error> {
        lookup::look_up(http, connection, wanted).await
    }
}

pub fn parts() -> Parts {
    let pushed = topics::TOPICS.into_iter().fold(Parts::of(WooCommerce), Parts::webhook);
    pushed
        .poll(changed::ORDERS)
        .poll(changed::PRODUCTS)
        .poll(customers_changed::CustomersChanged)
        .poll(refunds_changed::RefundsChanged)
        .action(action!(cancel_order))
        .action(action!(create_refund, probe))
        .action(action!(find_customers))
        .action(action!(find_orders))
        .action(action!(find_refunds))
        .action(action!(fulfil_order, probe))
        .action(action!(get_customer))
        .action(action!(get_order))
        .action(action!(get_refund))
        .action(action!(note_invoice))
        .action(action!(push_price))
        .action(action!(push_product))
        .action(action!(push_stock))
        .action(action!(set_tracking, probe))
        .action(action!(subscribe_webhooks))
        .action(action!(update_order_status))
}
