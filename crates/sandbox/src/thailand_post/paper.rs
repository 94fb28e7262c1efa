//! What can be fetched about a parcel: its label, the list it is handed in with, its order, its history.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde_json::{Value, json};

use super::ThailandPost;
use super::parcels::{Refused, missing, respond};
use super::words::item;
use crate::clock::in_thailand;
use crate::courier::{Page, Shipment, Stage, pdf};
use crate::stand::lock;

const LABEL: Page = Page { width: 100, height: 100 };
const DEPOSIT: Page = Page { width: 210, height: 297 };
/// Parcels on one deposit list.
const LINES_MAX: usize = 40;
const DELIVERED_MAX: usize = 1_000;

type Held = State<Arc<ThailandPost>>;
type Asked = Query<HashMap<String, String>>;

fn asked<'a>(query: &'a HashMap<String, String>, name: &str) -> Result<&'a str, Refused> {
    let bad = || Refused { code: "002", message: format!("{name} is required") };
    query.get(name).map(String::as_str).filter(|text| !text.is_empty()).ok_or_else(bad)
}

impl ThailandPost {
    /// The parcel of the barcode that is asked for, told in the caller's way.
    fn about(
        &self,
        headers: &HeaderMap,
        query: &HashMap<String, String>,
        tell: impl FnOnce(&Shipment) -> Response,
    ) -> Response {
        let told = self.may_enter(headers).and_then(|()| {
            let barcode = asked(query, "barcode")?;
            let shipments = lock(&self.shipments);
            let known = shipments.get(barcode).filter(|known| known.number == barcode);
            Ok(tell(known.ok_or_else(missing)?))
        });
        told.unwrap_or_else(|refused| respond(Err(refused)))
    }
}

fn paper(page: Page, lines: &[&str]) -> Response {
    ([(header::CONTENT_TYPE, "application/pdf")], pdf(page, lines)).into_response()
}

fn good(member: &str, value: Value) -> Response {
    Json(json!({ "statusCode": "000", "message": "success", member: value })).into_response()
}

pub(super) async fn label(State(post): Held, Query(query): Asked, headers: HeaderMap) -> Response {
    post.about(&headers, &query, |known| paper(LABEL, &["Thailand Post", &known.number, &known.reference]))
}

pub(super) async fn order(State(post): Held, Query(query): Asked, headers: HeaderMap) -> Response {
    post.about(&headers, &query, |known| good("order", known.asked.clone()))
}

pub(super) async fn history(State(post): Held, Query(query): Asked, headers: HeaderMap) -> Response {
    post.about(&headers, &query, |known| {
        good("items", known.scans().iter().filter_map(|scan| item(known, scan, "TH")).collect())
    })
}

/// All parcels of one manifest on a sheet for the counter.
pub(super) async fn deposit(State(post): Held, Query(query): Asked, headers: HeaderMap) -> Response {
    let sheet = post.may_enter(&headers).and_then(|()| {
        let manifest = asked(&query, "manifestNo")?;
        let shipments = lock(&post.shipments);
        let listed = shipments.all().filter(|known| known.asked["manifestNo"].as_str() == Some(manifest));
        let mut lines = vec!["Thailand Post", manifest];
        lines.extend(listed.take(LINES_MAX).map(|known| known.number.as_str()));
        if lines.len() > 2 { Ok(paper(DEPOSIT, &lines)) } else { Err(missing()) }
    });
    sheet.unwrap_or_else(|refused| respond(Err(refused)))
}

/// `?date=2026-11-20`: what was delivered on this Thai day.
pub(super) async fn delivered(State(post): Held, Query(query): Asked, headers: HeaderMap) -> Response {
    let list = post.may_enter(&headers).and_then(|()| {
        let date = asked(&query, "date")?;
        let day = NaiveDate::parse_from_str(date, "%Y-%m-%d")
            .map_err(|_| Refused { code: "002", message: "date is not yyyy-MM-dd".to_owned() })?;
        let shipments = lock(&post.shipments);
        let on_that_day = |known: &&Shipment| {
            let mut ends = known.scans().iter().filter(|scan| scan.stage == Stage::Delivered);
            ends.any(|scan| in_thailand(scan.at).date_naive() == day)
        };
        let barcodes = shipments.all().filter(on_that_day).take(DELIVERED_MAX);
        Ok(good("items", barcodes.map(|known| json!(known.number)).collect()))
    });
    list.unwrap_or_else(|refused| respond(Err(refused)))
}
