//! Shopify: webhooks checked on their raw bytes, and the Admin API in GraphQL.

mod api;
mod cancel_order;
mod changed;
mod create_refund;
mod documents;
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
mod parcel;
mod product;
mod push_price;
mod push_product;
mod push_stock;
mod refund_spec;
mod search;
mod set_tracking;
mod shipment;
mod sign_in;
mod sku;
mod stock_set;
mod subscribe_webhooks;
mod terms;
mod topics;
mod webhook;

use api::Api;
use async_trait::async_trait;
use connector::action;
use connector::lookup::{Page, Wanted};
use connector::sign_in::{Consent, Grant, TokenRule, Tokens};
use connector::{Connection, Connector, Error, Http, Parts};
use model::ConnectorSpec;
use secrecy::ExposeSecret;

pub struct Shopify;

#[async_trait]
impl Connector for Shopify {
    fn spec(&self) -> ConnectorSpec {
        guide::spec()
    }

    fn token_rule(&self, connection: &Connection) -> TokenRule {
        sign_in::rule(connection)
    }

    fn consent_url(&self, connection: &Connection, consent: &Consent<'_>) -> Result<url::Url, Error> {
        sign_in::consent_url(connection, consent)
    }

    async fn tokens(&self, http: &Http, connection: &Connection, grant: &Grant<'_>) -> Result<Tokens, Error> {
        sign_in::tokens(http, connection, grant).await
    }

    async fn test(&self, http: &Http, connection: &Connection) -> Result<String, Error> {
        let entered =
            connection.secret("access_token").is_some_and(|token| !token.expose_secret().is_empty());
        if !entered && !sign_in::is_renewed(connection) {
            return Ok("Nothing to try: the webhook secret is tried by the first webhook.".into());
        }
        let api = Api::of(http, connection, api::ASK_TIMEOUT)?;
        let (name, answered) = api.shop().await?;
        Ok(match answered {
            None => name,
            Some(answered) => format!(
                "{name}. Shopify answers with API version {answered} although {} was asked for: that one has ended. \
                 Enter a current version in the connection and test the flows.",
                api.version()
            ),
        })
    }

    fn lookups(&self) -> Vec<&'static str> {
        vec![lookup::LOCATION]
    }

    async fn look_up(&self, http: &Http, connection: &Connection, wanted: &Wanted) -> Result<Page, Error> {
        lookup::look_up(http, connection, wanted).await
    }
}

pub fn parts() -> Parts {
    let pushed = topics::TOPICS.into_iter().fold(Parts::of(Shopify), Parts::webhook);
    pushed
        .poll(changed::ORDERS)
        .poll(changed::PRODUCTS)
        .poll(changed::CUSTOMERS)
        .poll(changed::REFUNDS)
        .action(action!(cancel_order, probe, settle))
        .action(action!(create_refund, probe))
        .action(action!(find_customers))
        .action(action!(find_orders))
        .action(action!(find_refunds))
        .action(action!(fulfil_order, probe, effect))
        .action(action!(get_customer))
        .action(action!(get_order))
        .action(action!(get_refund))
        .action(action!(note_invoice))
        .action(action!(push_price))
        .action(action!(push_product))
        .action(action!(push_stock))
        .action(action!(set_tracking))
        .action(action!(subscribe_webhooks))
}
