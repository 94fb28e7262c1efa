//! `/products/{id}/variations`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State as Shared};
use axum::http::{StatusCode, Uri};
use axum::response::IntoResponse;
use bytes::Bytes;

use super::Woo;
use super::listing::page;
use super::products::{add, lost, many, update};
use super::refused::{Answer, Refused};
use super::words::{id, read};
use crate::market::Asked;

fn parent(woo: &Woo, text: &str) -> Result<u64, Refused> {
    let parent = id(text)?;
    let known = woo.state().catalogue.get(parent).is_some_and(|product| product.kind == "variable");
    if known { Ok(parent) } else { Err(lost(StatusCode::NOT_FOUND)) }
}

pub(super) async fn list(Shared(woo): Shared<Arc<Woo>>, Path(text): Path<String>, uri: Uri) -> Answer {
    let parent = parent(&woo, &text)?;
    let (asked, state) = (Asked::of(&uri), woo.state());
    let found = state.catalogue.variations(parent);
    page(&uri, &asked, found, |product| product.show(&state.catalogue, &woo.url))
}

pub(super) async fn one(
    Shared(woo): Shared<Arc<Woo>>,
    Path((text, variation)): Path<(String, String)>,
) -> Answer {
    let (parent, variation) = (parent(&woo, &text)?, id(&variation)?);
    let state = woo.state();
    let found = state.catalogue.get(variation).filter(|product| product.parent == parent);
    let found = found.ok_or_else(|| lost(StatusCode::NOT_FOUND))?;
    Ok(Json(found.show(&state.catalogue, &woo.url)).into_response())
}

pub(super) async fn create(Shared(woo): Shared<Arc<Woo>>, Path(text): Path<String>, body: Bytes) -> Answer {
    let parent = parent(&woo, &text)?;
    Ok((StatusCode::CREATED, Json(add(&woo, parent, &read(&body)?)?)).into_response())
}

pub(super) async fn change(
    Shared(woo): Shared<Arc<Woo>>,
    Path((text, variation)): Path<(String, String)>,
    body: Bytes,
) -> Answer {
    let parent = parent(&woo, &text)?;
    Ok(Json(update(&woo, Some(parent), id(&variation)?, &read(&body)?)?).into_response())
}

pub(super) async fn batch(Shared(woo): Shared<Arc<Woo>>, Path(text): Path<String>, body: Bytes) -> Answer {
    let parent = parent(&woo, &text)?;
    Ok(Json(many(&woo, Some(parent), &read(&body)?)?).into_response())
}
