//! How much the store takes, and how much it may.
#![allow(unused_qualifications, reason = "in what utoipa writes")]

use crate::App;
use crate::auth::{Require, Viewer};
use crate::budget::{self, Level};
use crate::failure::{AnyFailure, Failure};
use api::{Storage, StorageLevel, StoragePart};
use axum::Json;
use axum::extract::State;
use store::DAY_MS;

/// What the store takes on its disk, by kind, and what the budget is.
///
/// As it was at the last look, some seconds ago. From 95 % of the budget on the oldest day of history goes early, if that
/// was not turned off; at 100 % no new events are taken (`E0429`) until there is room.
#[utoipa::path(get, path = api::path::STORAGE, tag = "storage",
    responses((status = 200, description = "How much is taken", body = Storage), AnyFailure))]
pub async fn show(State(app): State<App>, _: Require<Viewer>) -> Result<Json<Storage>, Failure> {
    if app.budget().seen().is_none() {
        app.look_at_budget().await?;
    }
    let seen = app.budget().seen().ok_or_else(|| Failure::internal("the store was not looked at"))?;
    let limits = app.budget().limits;
    let today = app.now() - app.now().rem_euclid(DAY_MS);
    let next = seen.taken.oldest_day.filter(|day| *day < today);
    let drops = limits.bytes_max.is_some() && !limits.keeps_days;
    let part = |(kind, bytes): &(&str, u64)| StoragePart { kind: (*kind).into(), bytes: *bytes };
    Ok(Json(Storage {
        used_bytes: seen.taken.bytes(),
        budget_bytes: limits.bytes_max,
        level: level(seen.level),
        parts: seen.taken.parts.iter().map(part).collect(),
        oldest_day: seen.taken.oldest_day.map(budget::date),
        next_to_go: next.filter(|_| drops).map(budget::date),
        measured_at: seen.at,
    }))
}

fn level(level: Level) -> StorageLevel {
    match level {
        Level::Fine => StorageLevel::Fine,
        Level::Near => StorageLevel::Near,
        Level::Tight => StorageLevel::Tight,
        Level::Full => StorageLevel::Full,
    }
}
