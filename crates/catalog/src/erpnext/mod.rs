//! ERPNext 15 and 16, by the documents of its framework.

mod api;
mod cancel_order;
mod changes;
mod create_credit_note;
mod create_invoice;
mod create_sales_order;
mod failure;
mod get_invoice;
mod get_order;
mod guide;
mod invoice;
mod lookup;
mod order;
mod products_changed;
mod set_tracking;
mod shipments_changed;
mod stock;
mod stock_changed;
mod stock_levels;
mod upsert_customer;

use crate::office::System;
use async_trait::async_trait;
use connector::action;
use connector::lookup::{Page, Wanted};
use connector::{Connection, Connector, Error, Http, Parts};
use model::ConnectorSpec;

pub const SYSTEM: System = System { id: "erpnext", name: "ERPNext" };
/// Where the shop's number is kept, unless the connection says otherwise.
const REFERENCE: &str = "custom_external_id";

pub struct ErpNext;

#[async_trait]
impl Connector for ErpNext {
    fn spec(&self) -> ConnectorSpec {
        guide::spec()
    }

    async fn test(&self, http: &Http, connection: &Connection) -> Result<String, Error> {
        let api = api::Api::new(http, connection)?;
        let user = api.method("frappe.auth.get_logged_user", &serde_json::json!({})).await?;
        Ok(format!("ERPNext, as {}", user.as_str().unwrap_or("its user")))
    }

    fn lookups(&self) -> Vec<&'static str> {
        lookup::names()
    }

    async fn look_up(&self, http: &Http, connection: &Connection, wanted: &Wanted) -> Result<Page, Error> {
        lookup::look_up(http, connection, wanted).await
    }
}

pub fn parts() -> Parts {
    Parts::of(ErpNext)
        .action(action!(cancel_order))
        .action(action!(create_credit_note, probe, settle))
        .action(action!(create_invoice, probe, settle))
        .action(action!(create_sales_order, probe, settle))
        .action(action!(get_invoice))
        .action(action!(get_order))
        .action(action!(set_tracking))
        .action(action!(stock_levels))
        .action(action!(upsert_customer))
        .poll(products_changed::ProductsChanged)
        .poll(shipments_changed::ShipmentsChanged)
        .poll(stock_changed::StockChanged)
}
