//! SAP Business One, by its Service Layer.

mod api;
mod cancel_order;
mod changes;
mod create_credit_note;
mod create_invoice;
mod create_sales_order;
mod failure;
mod get_order;
mod guide;
mod invoice;
mod lookup;
mod order;
mod orders_changed;
mod products_changed;
mod record_payment;
mod session;
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
use connector::sign_in::{Grant, TokenRule, Tokens};
use connector::{Connection, Connector, Error, Http, Parts};
use model::ConnectorSpec;

pub const SYSTEM: System = System { id: "sap_business_one", name: "SAP Business One" };
/// Where the shop's number is kept, unless the connection says otherwise.
const REFERENCE: &str = "U_KhlongId";

pub struct SapBusinessOne;

#[async_trait]
impl Connector for SapBusinessOne {
    fn spec(&self) -> ConnectorSpec {
        guide::spec()
    }

    /// A session is a token: got by the connection's own password, by one at a time, and shared by all.
    fn token_rule(&self, _connection: &Connection) -> TokenRule {
        TokenRule::Keys
    }

    async fn tokens(&self, http: &Http, connection: &Connection, _: &Grant<'_>) -> Result<Tokens, Error> {
        session::log_in(http, connection).await
    }

    async fn test(&self, http: &Http, connection: &Connection) -> Result<String, Error> {
        order::look(&api::Api::new(http, connection)?).await?;
        let company = connection.text("company").unwrap_or_default();
        let version = connection.fact(session::VERSION).map(|version| format!(", version {version}"));
        Ok(format!("SAP Business One, company {company}{}", version.unwrap_or_default()))
    }

    fn lookups(&self) -> Vec<&'static str> {
        lookup::names()
    }

    async fn look_up(&self, http: &Http, connection: &Connection, wanted: &Wanted) -> Result<Page, Error> {
        lookup::look_up(http, connection, wanted).await
    }
}

pub fn parts() -> Parts {
    Parts::of(SapBusinessOne)
        .action(action!(cancel_order))
        .action(action!(create_credit_note, probe, settle))
        .action(action!(create_invoice, probe, settle))
        .action(action!(create_sales_order, probe, settle))
        .action(action!(get_order))
        .action(action!(record_payment, probe, settle))
        .action(action!(set_tracking))
        .action(action!(stock_levels))
        .action(action!(upsert_customer))
        .poll(orders_changed::OrdersChanged)
        .poll(products_changed::ProductsChanged)
        .poll(shipments_changed::ShipmentsChanged)
        .poll(stock_changed::StockChanged)
}
