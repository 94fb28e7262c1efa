//! `/customers`: those who have an account.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State as Shared};
use axum::http::{StatusCode, Uri};
use axum::response::IntoResponse;

use super::Woo;
use super::listing::page;
use super::order::{account, buyer};
use super::refused::{Answer, Refused, refused};
use super::told::has_account;
use super::words::id;
use crate::market::{Asked, customer};

pub(super) async fn list(Shared(woo): Shared<Arc<Woo>>, uri: Uri) -> Answer {
    let asked = Asked::of(&uri);
    let seed = woo.stand.seed;
    let buyers: BTreeSet<u64> = woo.state().book.all().map(|order| order.sale.customer).collect();
    let email = asked.get("email");
    let fits =
        |buyer: &u64| email.is_none_or(|email| email.eq_ignore_ascii_case(&customer(seed, *buyer).email));
    let accounts = |buyer: u64| account(buyer).map(|account| (buyer, account));
    let found: Vec<(u64, u64)> = buyers.into_iter().filter(fits).filter_map(accounts).collect();
    page(&uri, &asked, found, |(buyer, account)| woo.show_customer(*buyer, *account))
}

pub(super) async fn one(Shared(woo): Shared<Arc<Woo>>, Path(text): Path<String>) -> Answer {
    let account = id(&text)?;
    let known = buyer(account).filter(|_| has_account(&woo.state(), account));
    let buyer = known.ok_or_else(lost)?;
    Ok(Json(woo.show_customer(buyer, account)).into_response())
}

fn lost() -> Refused {
    refused(StatusCode::NOT_FOUND, "woocommerce_rest_invalid_id", "Invalid resource ID.")
}
