//! Microsoft Dynamics 365 Business Central, by its API v2.0.

mod api;
mod cancel_order;
mod changed;
mod company;
mod create_credit_note;
mod create_invoice;
mod create_sales_order;
mod failure;
mod get_order;
mod guide;
mod invoice;
mod lookup;
mod order;
mod stock;
mod stock_changed;
mod stock_levels;
mod subscription;
mod upsert_customer;

use crate::office::System;
use async_trait::async_trait;
use connector::action;
use connector::lookup::{Page, Wanted};
use connector::oauth2::OAuth2;
use connector::sign_in::{Grant, TokenRule, Tokens};
use connector::{Connection, Connector, Error, Http, Parts};
use model::ConnectorSpec;

pub const SYSTEM: System = System { id: "business_central", name: "Business Central" };

pub struct BusinessCentral;

#[async_trait]
impl Connector for BusinessCentral {
    fn spec(&self) -> ConnectorSpec {
        guide::spec()
    }

    /// The cloud wants tokens of the app; an own server takes a user with an access key.
    fn token_rule(&self, connection: &Connection) -> TokenRule {
        if api::is_own_server(connection) { TokenRule::None } else { TokenRule::Keys }
    }

    /// Which company it is for is asked right after, as every call names it.
    async fn tokens(&self, http: &Http, connection: &Connection, _: &Grant<'_>) -> Result<Tokens, Error> {
        let tenant = connection.need("tenant")?;
        let usual = format!("{}/{tenant}/oauth2/v2.0/token", guide::LOGIN_URL);
        let url = connection.text("token_url").unwrap_or(&usual);
        let mut tokens = OAuth2::new("", url, guide::SCOPE).tokens(http, connection, &Grant::Keys).await?;
        company::learn(http, connection, &mut tokens).await?;
        Ok(tokens)
    }

    async fn test(&self, http: &Http, connection: &Connection) -> Result<String, Error> {
        let api = api::Api::open(http, connection).await?;
        order::look(&api).await?;
        Ok(format!("Business Central, company {}", connection.text("company").unwrap_or_default()))
    }

    fn lookups(&self) -> Vec<&'static str> {
        lookup::names()
    }

    async fn look_up(&self, http: &Http, connection: &Connection, wanted: &Wanted) -> Result<Page, Error> {
        lookup::look_up(http, connection, wanted).await
    }
}

pub fn parts() -> Parts {
    Parts::of(BusinessCentral)
        .action(action!(cancel_order, probe, settle))
        .action(action!(create_credit_note, probe, settle))
        .action(action!(create_invoice, probe, settle))
        .action(action!(create_sales_order, probe, settle))
        .action(action!(get_order))
        .action(action!(stock_levels))
        .action(action!(upsert_customer))
        .poll(changed::ORDERS)
        .poll(changed::PRODUCTS)
        .poll(changed::SHIPMENTS)
        .poll(stock_changed::StockChanged)
}
