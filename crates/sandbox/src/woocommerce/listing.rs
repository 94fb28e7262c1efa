//! Pages: the objects in the body, the counts and neighbours in the headers.

use std::fmt::Write;

use axum::Json;
use axum::http::{HeaderName, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::refused::{Answer, Refused};
use crate::market::Asked;

const PER_PAGE: usize = 10;
const PER_PAGE_MAX: usize = 100;

/// One page of what was found; `show` is called for its own objects only.
pub(super) fn page<T>(uri: &Uri, asked: &Asked, found: Vec<T>, show: impl Fn(&T) -> Value) -> Answer {
    let per_page = asked.number("per_page", PER_PAGE).filter(|number| (1..=PER_PAGE_MAX).contains(number));
    let per_page = per_page.ok_or_else(|| Refused::invalid("per_page"))?;
    let page =
        asked.number("page", 1usize).filter(|page| *page >= 1).ok_or_else(|| Refused::invalid("page"))?;
    let pages = found.len().div_ceil(per_page);
    let skipped = (page - 1).saturating_mul(per_page);
    let body: Vec<Value> = found.iter().skip(skipped).take(per_page).map(show).collect();
    let mut answer = Json(body).into_response();
    set(&mut answer, "x-wp-total", &found.len().to_string());
    set(&mut answer, "x-wp-totalpages", &pages.to_string());
    let links = links(uri, asked, page, pages);
    if !links.is_empty() {
        set(&mut answer, "link", &links);
    }
    Ok(answer)
}

fn set(answer: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = value.parse() {
        answer.headers_mut().insert(HeaderName::from_static(name), value);
    }
}

/// `<…?page=1>; rel="prev", <…?page=3>; rel="next"`
fn links(uri: &Uri, asked: &Asked, page: usize, pages: usize) -> String {
    let mut links = String::new();
    for (rel, number) in [("prev", page.wrapping_sub(1)), ("next", page + 1)] {
        if (1..=pages).contains(&number) {
            let comma = if links.is_empty() { "" } else { ", " };
            let query = with_page(asked, number);
            let _ = write!(links, "{comma}<{}?{query}>; rel=\"{rel}\"", uri.path()); // a String takes everything
        }
    }
    links
}

/// Keys that came in the query are not repeated.
fn with_page(asked: &Asked, page: usize) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let secret = |name: &str| name.starts_with("oauth_") || name.starts_with("consumer_");
    for (name, value) in asked.0.iter().filter(|(name, _)| name != "page" && !secret(name)) {
        query.append_pair(name, value);
    }
    query.append_pair("page", &page.to_string()).finish()
}
